//! One number as a row of the list.

use karamail_core::words::Language;
use karamail_core::words::screens::results as words;
use karamail_engine::clock;
use karamail_engine::export;
use karamail_engine::store::results::{Delivery, ResultRow};

use super::filter::{Choices, encoded};

/// One number as a row of the list.
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) series: String,
    pub(super) address: String,
    pub(super) mailbox: String,
    pub(super) given: String,
    pub(super) state: Tag,
    /// The person left.
    pub(super) left: Option<Tag>,
    pub(super) href: String,
    /// What its check box says: number and series.
    pub(super) pick: String,
    /// Nobody to send anything to, or it goes by itself.
    pub(super) is_fixed: bool,
    /// The number that was searched for.
    pub(super) is_exact: bool,
}

/// A state: a word, and a colour besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) kind: &'static str,
    pub(super) word: String,
}

impl Row {
    /// `query`: the filters of the list, to come back to.
    pub(super) fn of(row: &ResultRow, choices: &Choices, query: &str, language: Language) -> Row {
        Row {
            number: row.number,
            address: export::address(row, language),
            mailbox: choices.names.name(&row.mailbox).to_owned(),
            given: clock::local(row.given_at).strftime("%Y-%m-%d %H:%M").to_string(),
            state: state(row, language),
            left: row.left_at.filter(|_| row.erased_at.is_none()).map(|_| Tag {
                kind: "warn",
                word: words::state_left(language),
            }),
            href: match query {
                "" => href(&row.series, row.number),
                query => format!("{}?back={}", href(&row.series, row.number), encoded(query)),
            },
            pick: format!("{}.{}", row.number, row.series),
            is_fixed: row.erased_at.is_some() || is_on_its_way(row),
            is_exact: false,
            series: row.series.clone(),
        }
    }
}

/// The page of a number.
pub(super) fn href(series: &str, number: i64) -> String {
    format!("/results/{}/{number}", encoded(series))
}

/// Whether a letter waits, or is being sent.
pub(super) fn is_on_its_way(row: &ResultRow) -> bool {
    matches!(row.delivery, Delivery::Queued | Delivery::Unsure)
}

/// How far the receipt is, or that the person was erased.
pub(super) fn state(row: &ResultRow, language: Language) -> Tag {
    let (kind, word) = match row.delivery {
        _ if row.erased_at.is_some() => ("", words::state_erased(language)),
        Delivery::Queued | Delivery::Unsure => ("busy", words::state_queued(language)),
        Delivery::Sent => ("good", words::state_sent(language)),
        Delivery::SentAgain => ("good", words::state_sent_again(language)),
        Delivery::Refused { .. } => ("bad", words::state_refused(language)),
        Delivery::Bounced { .. } => ("bad", words::state_bounced(language)),
        Delivery::Withheld => ("", words::state_withheld(language)),
    };
    Tag { kind, word }
}
