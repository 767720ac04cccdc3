//! Every sentence that people read, in Japanese and in English.
//!
//! One table, split by subject so that a file stays small. An entry is a function of its arguments; both languages
//! are given at the entry, so a missing translation does not compile:
//!
//! ```
//! use karamail_core::words::{Language, words};
//!
//! words! {
//!     /// A mail got its number.
//!     pub fn receipt_given(number: i64) {
//!         ja: "受付番号 {number} を発行しました。",
//!         en: "Receipt number {number} was given.",
//!     }
//! }
//! assert_eq!(receipt_given(Language::English, 7), "Receipt number 7 was given.");
//! ```

pub mod backup;
pub mod commands;
pub mod config;
pub mod data;
pub mod decision;
pub mod delivery;
pub mod demo;
pub mod desktop;
pub mod fallback;
pub mod guards;
pub mod journal;
pub mod letters;
pub mod lines;
pub mod pop3;
pub mod requests;
pub mod screens;
pub mod secrets;
pub mod self_test;
pub mod settings_file;
pub mod setup;
pub mod smtp;
pub mod store;
pub mod tray;

use serde::{Deserialize, Serialize};

/// The language of the person who reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Japanese, the default.
    #[default]
    #[serde(rename = "ja")]
    Japanese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The language's tag in settings and on the command line: `ja` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Japanese => "ja",
            Language::English => "en",
        }
    }

    /// The language's own name, for whoever cannot read the other.
    pub const fn name(self) -> &'static str {
        match self {
            Language::Japanese => "日本語",
            Language::English => "English",
        }
    }
}

/// Defines sentences in both languages; see the [module](self).
#[macro_export]
macro_rules! words {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) {
        ja: $ja:literal, en: $en:literal $(,)?
    })*) => {
        $(
            $(#[$meta])*
            $vis fn $name(language: $crate::words::Language $(, $argument: $kind)*) -> String {
                match language {
                    $crate::words::Language::Japanese => format!($ja),
                    $crate::words::Language::English => format!($en),
                }
            }
        )*
    };
}
pub use crate::words;

mod telling;

pub use telling::Telling;

/// Something that can be told to a person in their language: every error and every event.
pub trait Told {
    /// What happened, in one sentence.
    fn what(&self, language: Language) -> String;
    /// What to do about it, in one sentence, where there is something to do.
    fn what_to_do(&self, _language: Language) -> Option<String> {
        None
    }
    /// What to do about it, for who reads it on one of our screens: no commands, and nothing of how the settings file is
    /// written.
    fn on_screen(&self, language: Language) -> Option<String> {
        self.what_to_do(language)
    }
    /// Both sentences.
    fn told(&self, language: Language) -> String {
        with_advice(self.what(language), self.what_to_do(language), language)
    }
    /// Both sentences, for a screen.
    fn told_on_screen(&self, language: Language) -> String {
        with_advice(self.what(language), self.on_screen(language), language)
    }
}

/// A sentence and what to do, one behind the other.
pub fn with_advice(what: String, advice: Option<String>, language: Language) -> String {
    match (advice, language) {
        (Some(advice), Language::Japanese) => what + &advice,
        (Some(advice), Language::English) => format!("{what} {advice}"),
        (None, _) => what,
    }
}
