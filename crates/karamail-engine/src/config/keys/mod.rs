//! The one definition of every key in `karamail.toml`: where it stands, what it may hold, its default, and what it
//! means. Reading, the reference in docs/CONFIG.md and the sample file all rest on this table; tests hold them to it.

mod general;
mod mailbox;
mod opt_out;
#[cfg(test)]
mod tests;

pub(crate) use general::{DUPLICATE, GENERAL, GUARD, RECEIPT, SERIES};
pub(crate) use mailbox::{MAILBOX, MAILBOX_DUPLICATE, MAILBOX_RECEIPT, POP3, SMTP};
pub(crate) use opt_out::{OPT_OUT, OPT_OUT_WORD_CHARACTERS};

use karamail_core::words::Language;

/// One section of the file.
#[derive(Debug)]
pub struct Section {
    /// Its path without brackets, such as `mailbox.pop3`.
    pub path: &'static str,
    /// Whether it may come several times (`[[mailbox]]`).
    pub repeated: bool,
    /// What it is about, in Japanese.
    pub ja: &'static str,
    /// What it is about, in English.
    pub en: &'static str,
    /// Its keys in the order of the reference.
    pub keys: &'static [Key],
}

/// One key of a section.
#[derive(Debug)]
pub struct Key {
    /// Its name; a number of anything but pieces has its unit at the end.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What holds where it is absent.
    pub default: Default,
    /// What it means, in Japanese.
    pub ja: &'static str,
    /// What it means, in English.
    pub en: &'static str,
}

/// What a key may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds, both included.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One word of several.
    Choice(&'static [&'static str]),
    /// Text of one line, at most so many characters.
    Line {
        /// Longest, characters.
        max: usize,
    },
    /// Text of several lines, at most so many characters.
    Text {
        /// Longest, characters.
        max: usize,
    },
    /// An e-mail address.
    Address,
    /// A host name or an IP address.
    Host,
    /// A file, absolute or relative to the folder of `karamail.toml`.
    File,
    /// A folder, absolute or relative to the folder of `karamail.toml`.
    Folder,
    /// A list of texts of one line.
    List {
        /// Most entries.
        entries: usize,
        /// Longest entry, characters.
        max: usize,
    },
    /// A list of e-mail addresses.
    Addresses {
        /// Most entries.
        entries: usize,
    },
}

/// What holds where a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// The key must be there.
    Required,
    /// Nothing: the thing it sets is off or empty.
    Nothing,
    /// A switch.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text or a choice.
    Text(&'static str),
    /// It follows from other keys; the words say how.
    Follows {
        /// In Japanese.
        ja: &'static str,
        /// In English.
        en: &'static str,
    },
}

/// Every section, in the order of the reference.
pub const SECTIONS: [&Section; 11] = [
    &GENERAL,
    &SERIES,
    &RECEIPT,
    &DUPLICATE,
    &OPT_OUT,
    &GUARD,
    &MAILBOX,
    &POP3,
    &SMTP,
    &MAILBOX_RECEIPT,
    &MAILBOX_DUPLICATE,
];

impl Section {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// As it is written in the file: `[general]`, `[[mailbox]]`.
    pub fn header(&self) -> String {
        if self.repeated {
            format!("[[{}]]", self.path)
        } else {
            format!("[{}]", self.path)
        }
    }

    /// What it is about.
    pub fn about(&self, language: Language) -> &'static str {
        match language {
            Language::Japanese => self.ja,
            Language::English => self.en,
        }
    }
}

impl Key {
    /// What it means.
    pub fn about(&self, language: Language) -> &'static str {
        match language {
            Language::Japanese => self.ja,
            Language::English => self.en,
        }
    }

    /// What may be written, for the reference and for error texts.
    pub fn allowed(&self, language: Language) -> String {
        self.kind.allowed(language)
    }
}

impl Kind {
    /// What may be written, for the reference and for error texts.
    pub fn allowed(self, language: Language) -> String {
        use karamail_core::words::config as words;
        match self {
            Kind::Flag => words::allowed_flag(language),
            Kind::Number { min, max } => words::allowed_number(language, min, max),
            Kind::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
                words::allowed_choice(language, &quoted.join(words::or(language)))
            }
            Kind::Line { max } => words::allowed_line(language, max),
            Kind::Text { max } => words::allowed_text(language, max),
            Kind::Address => words::allowed_address(language),
            Kind::Host => words::allowed_host(language),
            Kind::File => words::allowed_file(language),
            Kind::Folder => words::allowed_folder(language),
            Kind::List { entries, max } => words::allowed_list(language, entries, max),
            Kind::Addresses { entries } => words::allowed_addresses(language, entries),
        }
    }
}
