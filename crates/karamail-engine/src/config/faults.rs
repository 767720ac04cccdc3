//! What can be wrong with the settings, and how it is told: every fault of a file at once, each with its line, its
//! key, what is wrong and what is allowed.

use std::path::PathBuf;

use karamail_core::address::AddressFault;
use karamail_core::limits::CONFIG_FAULTS;
use karamail_core::words::config as words;
use karamail_core::words::{Language, Told};

use super::keys::Kind;

mod told;

/// Everything that is wrong with one settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFaults {
    /// The file; empty where the text came from elsewhere.
    pub path: PathBuf,
    /// The faults in the order of the file, at least one.
    pub faults: Vec<ConfigFault>,
}

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Its line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The path of the key, such as `mailbox[1].pop3.port`; mailboxes count from 1. May be empty.
    pub key: String,
    /// The name of the mailbox, where the key belongs to one and it is known.
    pub mailbox: Option<String>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file is not there.
    Missing,
    /// The file cannot be read for want of rights.
    NoRights,
    /// The file cannot be read; the system's reason.
    Unreadable(String),
    /// There is a folder in the file's place.
    IsFolder,
    /// The file is larger than [`karamail_core::limits::CONFIG_FILE_BYTES`].
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Nothing but blanks.
    Empty,
    /// Nothing but NUL bytes, as a power cut leaves on some file systems.
    Zeros,
    /// Shift_JIS (CP932) instead of UTF-8.
    ShiftJis,
    /// Some other encoding.
    NotUtf8,
    /// The file ends inside a UTF-8 character.
    CutInCharacter,
    /// Not TOML.
    Syntax(SyntaxFault),
    /// An unknown section.
    UnknownSection {
        /// What was probably meant, with brackets.
        hint: Option<String>,
    },
    /// An unknown key.
    UnknownKey {
        /// What helps: what was probably meant, or where the key belongs.
        hint: KeyHint,
    },
    /// A password in the file.
    PasswordInFile,
    /// `[mailbox]` for `[[mailbox]]`, or the other way round.
    Brackets {
        /// How it is written.
        header: String,
    },
    /// A value of the wrong type.
    WrongType {
        /// What it is.
        found: ValueType,
        /// What is allowed.
        allowed: Kind,
    },
    /// A value outside its bounds, or no choice.
    NotAllowed {
        /// What was written.
        found: String,
        /// What is allowed.
        allowed: Kind,
        /// What was probably meant.
        hint: Option<&'static str>,
    },
    /// A text that is too long.
    TooLong {
        /// Its length.
        characters: usize,
        /// What is allowed.
        allowed: Kind,
    },
    /// Too many entries.
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A line end or control character.
    ControlCharacter {
        /// What is allowed.
        allowed: Kind,
    },
    /// An empty text where something must be.
    EmptyValue {
        /// What is allowed.
        allowed: Kind,
    },
    /// No e-mail address.
    NotAnAddress {
        /// What was written.
        found: String,
        /// Why it is none.
        fault: AddressFault,
    },
    /// No host name.
    NotAHost {
        /// What was written.
        found: String,
        /// What it seems to be.
        slip: HostSlip,
    },
    /// A key that must be there.
    MissingKey {
        /// What is allowed.
        allowed: Kind,
    },
    /// A section that must be there.
    MissingSection {
        /// How it is written.
        header: String,
    },
    /// No mailbox at all.
    NoMailbox,
    /// A name of two mailboxes or series.
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        other: String,
    },
    /// An address of two mailboxes.
    AddressTaken {
        /// The address.
        address: String,
        /// The mailbox that has it.
        other: String,
    },
    /// A POP3 account of two mailboxes.
    AccountTaken {
        /// The mailbox that has it.
        other: String,
    },
    /// Forwarding to one of our own addresses.
    ForwardToOurselves {
        /// The address.
        address: String,
        /// The mailbox that has it.
        other: String,
    },
    /// A series that is not there.
    UnknownSeries {
        /// The name.
        name: String,
        /// The series there are.
        known: Vec<String>,
    },
    /// `body` and `body_file`.
    BodyTwice,
    /// A file that is named but not there.
    FileMissing(String),
    /// A file that cannot be read.
    FileUnreadable {
        /// The file.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// A file that is too large.
    FileTooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A text file that is not UTF-8.
    FileNotUtf8(String),
    /// A file without a PEM certificate.
    FileNoCertificate(String),
    /// A template that is not sound; the words are the template's own.
    Template {
        /// In Japanese.
        ja: String,
        /// In English.
        en: String,
    },
    /// Neither address nor domain.
    NotABlockRule(String),
    /// The same credentials as POP3, and others.
    CredentialsTwice,
    /// SMTP AUTH without user.
    SmtpUserMissing,
}

/// What helps with an unknown key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyHint {
    /// This was probably meant.
    Perhaps(&'static str),
    /// It belongs in this section (with brackets).
    Belongs(String),
    /// These are the keys of the section.
    Known(String),
}

/// What a host name seems to be instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostSlip {
    /// Has a port with it.
    Port,
    /// A URL.
    Url,
    /// Something else.
    Other,
}

/// What is wrong with the form of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxFault {
    /// No closing quote.
    OpenString,
    /// No closing bracket.
    OpenBracket,
    /// The same key or section twice.
    Duplicate,
    /// A full-width sign outside quotes.
    FullWidth(char),
    /// `key =`.
    NoValue,
    /// `key`.
    NoAssignment,
    /// A value that is none, such as text without quotes.
    Value,
    /// A backslash that starts nothing.
    Escape,
    /// Something else, in the parser's English words.
    Other(String),
}

/// The type of a value, as TOML has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `"…"`
    Text,
    /// `1`
    Integer,
    /// `1.5`
    Float,
    /// `true`
    Flag,
    /// `2026-01-01`
    Date,
    /// `[…]`
    List,
    /// `[section]` or `{…}`
    Section,
}

impl ConfigFaults {
    /// A single fault of the whole file.
    pub(crate) fn whole(kind: FaultKind) -> ConfigFaults {
        let fault = ConfigFault {
            line: None,
            key: String::new(),
            mailbox: None,
            kind,
        };
        ConfigFaults {
            path: PathBuf::new(),
            faults: vec![fault],
        }
    }

    /// The faults alone, one a line, without the headline.
    pub fn lines(&self, language: Language) -> String {
        let shown = self.faults.iter().take(CONFIG_FAULTS);
        let mut lines: Vec<String> = shown.map(|fault| fault.told(language)).collect();
        if let Some(more) = self
            .faults
            .len()
            .checked_sub(CONFIG_FAULTS)
            .filter(|more| *more > 0)
        {
            lines.push(words::faults_more(language, more));
        }
        lines.join("\n")
    }

    /// Whether the file may just be in the middle of being written: missing, empty, cut off, or no TOML.
    pub(crate) fn may_be_half_written(&self) -> bool {
        self.faults.iter().any(|fault| {
            matches!(
                fault.kind,
                FaultKind::Missing
                    | FaultKind::Unreadable(_)
                    | FaultKind::Empty
                    | FaultKind::Zeros
                    | FaultKind::CutInCharacter
                    | FaultKind::Syntax(_)
                    | FaultKind::NoMailbox
                    | FaultKind::MissingKey { .. }
                    | FaultKind::MissingSection { .. }
                    | FaultKind::FileMissing(_)
                    | FaultKind::Template { .. }
            )
        })
    }
}
