//! Results as files for other programs: [`Csv`] and [`Xlsx`], row by row, the same from the command line and the screens.
//!
//! What customers wrote is in these files, and spreadsheets do things with what they read: no cell begins like a formula,
//! and characters that turn the writing direction or move a cursor are made visible.

mod csv;
mod xlsx;

use std::collections::HashMap;

use jiff::Timestamp;
use karamail_core::journal::visible;
use karamail_core::words::{
    Language, Told, commands as words, data as data_words, delivery as delivery_words,
};

pub use self::csv::{Csv, csv_record};
pub use self::xlsx::{Xlsx, XlsxFault};
use crate::clock;
use crate::config::Mailbox;
use crate::store::results::ResultRow;

/// Where the receipt number stands among the columns.
const NUMBER_COLUMN: usize = 1;

/// From the ledger's address keys to the names that people know.
#[derive(Clone, Debug, Default)]
pub struct MailboxNames(HashMap<String, String>);

impl MailboxNames {
    /// The names that the settings have now.
    pub fn of<'a>(mailboxes: impl IntoIterator<Item = &'a Mailbox>) -> MailboxNames {
        let named = |mailbox: &Mailbox| (mailbox.address.key(), mailbox.name.clone());
        MailboxNames(mailboxes.into_iter().map(named).collect())
    }

    /// The name; the address where the settings have no such mailbox any more.
    pub fn name<'a>(&'a self, address_key: &'a str) -> &'a str {
        self.0.get(address_key).map_or(address_key, String::as_str)
    }
}

/// The heads of the columns.
pub fn head(language: Language) -> Vec<String> {
    vec![
        words::column_series(language),
        words::column_number(language),
        words::column_address(language),
        words::column_given(language),
        words::column_delivery(language),
        words::column_mailbox(language),
        data_words::column_person(language),
        delivery_words::column_advice(language),
        words::column_answer(language),
    ]
}

/// One row under [`head`]; nothing in it moves a cursor or turns the writing direction.
pub fn cells(row: &ResultRow, mailboxes: &MailboxNames, language: Language) -> Vec<String> {
    vec![
        plain(&row.series),
        row.number.to_string(),
        plain(&address(row, language)),
        time(row.given_at),
        row.delivery.what(language),
        plain(mailboxes.name(&row.mailbox)),
        person(row, language),
        row.delivery.what_to_do(language).unwrap_or_default(),
        plain(row.answer.as_deref().unwrap_or_default()),
    ]
}

/// Local time to the second.
pub fn time(at: Timestamp) -> String {
    clock::local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The address, or what stands in its place.
pub fn address(row: &ResultRow, language: Language) -> String {
    match row.erased_at {
        Some(_) => data_words::erased_address(language),
        None => row.address.clone(),
    }
}

/// Whether the person left or was erased, and when.
pub fn person(row: &ResultRow, language: Language) -> String {
    match (row.erased_at, row.left_at) {
        (Some(at), _) => data_words::person_erased(language, &time(at)),
        (None, Some(at)) => data_words::person_left(language, &time(at)),
        (None, None) => String::new(),
    }
}

/// Text from outside on one line, without anything that moves a cursor or turns the writing direction.
fn plain(text: &str) -> String {
    text.trim().chars().map(visible).collect()
}
