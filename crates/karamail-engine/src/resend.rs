//! Sending a number again: a letter that is composed anew from the present template, with the same number.

use jiff::Timestamp;
use karamail_core::words::{Language, Told, delivery as words};
use serde::{Deserialize, Serialize};

use crate::cycle::receipt_again;
use crate::engine::requests::Office;
use crate::store::StoreError;
use crate::store::resends::Resent;

/// What came of asking for one number to be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resending {
    /// The number.
    pub number: i64,
    /// Its series, where it is known.
    pub series: Option<String>,
    /// Whom it goes to, where it goes.
    pub address: Option<String>,
    /// Why it does not go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<ResendFault>,
}

/// Why a number is not sent again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum ResendFault {
    /// There is no such number.
    #[error("there is no such number")]
    NoSuchNumber,
    /// It is a number of several series.
    #[error("it is a number of several series: {}", series.join(", "))]
    SeveralSeries {
        /// These.
        series: Vec<String>,
    },
    /// Its letter has not been sent yet.
    #[error("its letter has not been sent yet")]
    OnItsWay,
    /// There is no address: the person was erased.
    #[error("there is no address")]
    NoAddress,
    /// The mailbox that gave it is not in the settings.
    #[error("the mailbox {mailbox} is not in the settings")]
    NoMailbox {
        /// Its address.
        mailbox: String,
    },
}

impl Told for ResendFault {
    fn what(&self, language: Language) -> String {
        match self {
            ResendFault::NoSuchNumber => words::no_such_number(language),
            ResendFault::SeveralSeries { series } => words::several_series(language, &series.join(", ")),
            ResendFault::OnItsWay => words::on_its_way(language),
            ResendFault::NoAddress => words::no_address(language),
            ResendFault::NoMailbox { mailbox } => words::no_mailbox(language, mailbox),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            ResendFault::NoSuchNumber => Some(words::no_such_number_advice(language)),
            ResendFault::SeveralSeries { .. } => Some(words::several_series_advice(language)),
            ResendFault::NoMailbox { .. } => Some(words::no_mailbox_advice(language)),
            ResendFault::OnItsWay | ResendFault::NoAddress => None,
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            ResendFault::NoMailbox { .. } => self.what_to_do(language),
            // The screens name the number and its series themselves.
            _ => None,
        }
    }
}

/// Puts letters with these numbers into the outbox; each number is a transaction of its own.
pub async fn resend(
    office: &Office<'_>,
    numbers: &[i64],
    series: Option<&str>,
    asked_at: Timestamp,
) -> Result<Vec<Resending>, StoreError> {
    let mut answers: Vec<Resending> = Vec::with_capacity(numbers.len());
    for &number in numbers {
        if answers.iter().any(|known| known.number == number) {
            continue;
        }
        let compose = |facts: &_| receipt_again(office.settings, facts, office.now);
        let resent = office
            .store
            .resend(number, series, asked_at, office.now, compose)
            .await?;
        answers.push(answer(number, series, resent));
    }
    Ok(answers)
}

fn answer(number: i64, series: Option<&str>, resent: Resent) -> Resending {
    let fault = match resent {
        Resent::Queued { series, address } => {
            return Resending {
                number,
                series: Some(series),
                address: Some(address),
                fault: None,
            };
        }
        Resent::NoSuchNumber => ResendFault::NoSuchNumber,
        Resent::SeveralSeries(series) => ResendFault::SeveralSeries { series },
        Resent::OnItsWay => ResendFault::OnItsWay,
        Resent::NoAddress => ResendFault::NoAddress,
        Resent::NoMailbox(mailbox) => ResendFault::NoMailbox { mailbox },
    };
    Resending {
        number,
        series: series.map(ToOwned::to_owned),
        address: None,
        fault: Some(fault),
    }
}
