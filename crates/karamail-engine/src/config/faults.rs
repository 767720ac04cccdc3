//! What can be wrong with the settings, and how it is told: every fault of a file at once, each with its line, its
//! key, what is wrong and what is allowed.

use std::fmt;
use std::path::PathBuf;

use karamail_core::address::AddressFault;
use karamail_core::limits::CONFIG_FAULTS;
use karamail_core::words::config as words;
use karamail_core::words::{Language, Told};

use super::keys::{Kind, SECTIONS};

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

impl ValueType {
    fn told(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Japanese, ValueType::Text) => "文字列",
            (Language::Japanese, ValueType::Integer) => "整数",
            (Language::Japanese, ValueType::Float) => "小数",
            (Language::Japanese, ValueType::Flag) => "true・false",
            (Language::Japanese, ValueType::Date) => "日付",
            (Language::Japanese, ValueType::List) => "一覧",
            (Language::Japanese, ValueType::Section) => "見出し",
            (Language::English, ValueType::Text) => "a text",
            (Language::English, ValueType::Integer) => "a whole number",
            (Language::English, ValueType::Float) => "a fraction",
            (Language::English, ValueType::Flag) => "true or false",
            (Language::English, ValueType::Date) => "a date",
            (Language::English, ValueType::List) => "a list",
            (Language::English, ValueType::Section) => "a section",
        }
    }
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

impl Told for ConfigFaults {
    fn what(&self, language: Language) -> String {
        let path = self.path.display().to_string();
        format!(
            "{}\n{}",
            words::faults_headline(language, &path, self.faults.len()),
            self.lines(language)
        )
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what(Language::English))
    }
}

impl std::error::Error for ConfigFaults {}

impl Told for ConfigFault {
    fn what(&self, language: Language) -> String {
        let mut place = self
            .line
            .map(|line| words::place_line(language, line))
            .unwrap_or_default();
        if !self.key.is_empty() {
            let blank = match language {
                _ if place.is_empty() => "",
                Language::Japanese => " ",
                Language::English => ", ",
            };
            place = format!("{place}{blank}{}", self.key);
        }
        if let Some(mailbox) = &self.mailbox {
            place = format!("{place} ({mailbox})");
        }
        let what = self.kind.what(language);
        if place.is_empty() {
            what
        } else {
            format!("{place}: {what}")
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        self.kind.what_to_do(language)
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.told(Language::English))
    }
}

impl FaultKind {
    /// Why a file that the settings name cannot be read, for a line that names the file.
    pub(crate) fn reason(&self) -> String {
        match self {
            FaultKind::NoRights => "permission denied".to_owned(),
            FaultKind::IsFolder => "it is a folder".to_owned(),
            FaultKind::Unreadable(reason) => reason.clone(),
            other => other.what(Language::English),
        }
    }
}

impl Told for FaultKind {
    fn what(&self, language: Language) -> String {
        use FaultKind as Fault;
        match self {
            Fault::Missing => words::missing(language),
            Fault::NoRights => words::no_rights(language),
            Fault::Unreadable(reason) => words::unreadable(language, reason),
            Fault::IsFolder => words::is_folder(language),
            Fault::TooLarge { bytes, limit } | Fault::FileTooLarge { bytes, limit } => {
                words::too_large(language, *bytes, *limit)
            }
            Fault::Empty => words::empty(language),
            Fault::Zeros => words::zeros(language),
            Fault::ShiftJis => words::shift_jis(language),
            Fault::NotUtf8 => words::not_utf8(language),
            Fault::CutInCharacter => words::cut(language),
            Fault::Syntax(fault) => fault.what(language),
            Fault::UnknownSection { .. } => words::unknown_section(language),
            Fault::UnknownKey { .. } => words::unknown_key(language),
            Fault::PasswordInFile => words::password_in_file(language),
            Fault::Brackets { .. } => words::brackets(language),
            Fault::WrongType { found, .. } => words::wrong_type(language, found.told(language)),
            Fault::NotAllowed { found, .. } => words::not_allowed(language, found),
            Fault::TooLong { characters, .. } => words::too_long(language, *characters),
            Fault::TooMany { count, .. } => words::too_many(language, *count),
            Fault::ControlCharacter { .. } => words::control_character(language),
            Fault::EmptyValue { .. } => words::empty_value(language),
            Fault::NotAnAddress { found, fault } => {
                words::not_an_address(language, found, words::address_fault(language, *fault))
            }
            Fault::NotAHost {
                found,
                slip: HostSlip::Port,
            } => words::host_with_port(language, found),
            Fault::NotAHost {
                found,
                slip: HostSlip::Url,
            } => words::host_is_url(language, found),
            Fault::NotAHost {
                found,
                slip: HostSlip::Other,
            } => words::not_a_host(language, found),
            Fault::MissingKey { .. } => words::missing_key(language),
            Fault::MissingSection { .. } => words::missing_section(language),
            Fault::NoMailbox => words::no_mailbox(language),
            Fault::NameTaken { name, other } => words::name_taken(language, name, other),
            Fault::AddressTaken { address, other } => words::address_taken(language, address, other),
            Fault::AccountTaken { other } => words::account_taken(language, other),
            Fault::ForwardToOurselves { address, other } => {
                words::forward_to_ourselves(language, address, other)
            }
            Fault::UnknownSeries { name, .. } => words::unknown_series(language, name),
            Fault::BodyTwice => words::body_twice(language),
            Fault::FileMissing(path) => words::file_missing(language, path),
            Fault::FileUnreadable { path, reason } => words::file_unreadable(language, path, reason),
            Fault::FileNotUtf8(path) => words::file_not_utf8(language, path),
            Fault::FileNoCertificate(path) => words::file_no_certificate(language, path),
            Fault::Template { ja, en } => match language {
                Language::Japanese => ja.clone(),
                Language::English => en.clone(),
            },
            Fault::NotABlockRule(found) => words::not_a_block_rule(language, found),
            Fault::CredentialsTwice => words::credentials_twice(language),
            Fault::SmtpUserMissing => words::smtp_user_missing(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        use FaultKind as Fault;
        Some(match self {
            Fault::Missing => words::missing_advice(language),
            Fault::NoRights | Fault::Unreadable(_) => words::unreadable_advice(language),
            Fault::IsFolder => words::is_folder_advice(language),
            Fault::TooLarge { .. } | Fault::FileTooLarge { .. } => words::too_large_advice(language),
            Fault::Empty | Fault::Zeros | Fault::CutInCharacter => words::empty_advice(language),
            Fault::ShiftJis | Fault::NotUtf8 | Fault::FileNotUtf8(_) => words::utf8_advice(language),
            Fault::Syntax(fault) => return fault.what_to_do(language),
            Fault::UnknownSection { hint: Some(hint) } => words::perhaps(language, hint),
            Fault::UnknownSection { hint: None } => {
                let headers: Vec<String> = SECTIONS.iter().map(|section| section.header()).collect();
                words::known_names(language, &headers.join(" "))
            }
            Fault::UnknownKey { hint } => match hint {
                KeyHint::Perhaps(name) => words::perhaps(language, name),
                KeyHint::Belongs(section) => words::belongs(language, section),
                KeyHint::Known(names) => words::known_names(language, names),
            },
            Fault::PasswordInFile => words::password_in_file_advice(language),
            Fault::Brackets { header } => words::brackets_advice(language, header),
            Fault::NotAllowed { hint: Some(hint), .. } => words::perhaps(language, &format!("\"{hint}\"")),
            Fault::WrongType { allowed, .. }
            | Fault::NotAllowed { allowed, .. }
            | Fault::TooLong { allowed, .. }
            | Fault::ControlCharacter { allowed }
            | Fault::EmptyValue { allowed }
            | Fault::MissingKey { allowed } => words::write_allowed(language, &allowed.allowed(language)),
            Fault::TooMany { most, .. } => words::too_many_advice(language, *most),
            Fault::NotAnAddress { .. } => words::write_allowed(language, &Kind::Address.allowed(language)),
            Fault::NotAHost {
                slip: HostSlip::Port, ..
            } => words::host_with_port_advice(language),
            Fault::NotAHost { .. } => words::host_is_url_advice(language),
            Fault::MissingSection { header } => words::missing_section_advice(language, header),
            Fault::NoMailbox => words::no_mailbox_advice(language),
            Fault::NameTaken { .. } => words::name_taken_advice(language),
            Fault::AddressTaken { .. } => words::address_taken_advice(language),
            Fault::AccountTaken { .. } => words::account_taken_advice(language),
            Fault::ForwardToOurselves { .. } => words::forward_to_ourselves_advice(language),
            Fault::UnknownSeries { known, .. } => {
                words::unknown_series_advice(language, &known.join(words::or(language)))
            }
            Fault::BodyTwice | Fault::CredentialsTwice => words::one_of_them(language),
            Fault::FileMissing(_) | Fault::FileUnreadable { .. } => words::file_advice(language),
            Fault::FileNoCertificate(_) => words::file_no_certificate_advice(language),
            Fault::Template { .. } => return None,
            Fault::NotABlockRule(_) => words::not_a_block_rule_advice(language),
            Fault::SmtpUserMissing => words::smtp_user_missing_advice(language),
        })
    }
}

impl Told for SyntaxFault {
    fn what(&self, language: Language) -> String {
        match self {
            SyntaxFault::OpenString => words::syntax_string(language),
            SyntaxFault::OpenBracket => words::syntax_bracket(language),
            SyntaxFault::Duplicate => words::syntax_duplicate(language),
            SyntaxFault::FullWidth(sign) => words::syntax_full_width(language, *sign),
            SyntaxFault::NoValue => words::syntax_no_value(language),
            SyntaxFault::NoAssignment => words::syntax_no_assignment(language),
            SyntaxFault::Value => words::syntax_value(language),
            SyntaxFault::Escape => words::syntax_escape(language),
            SyntaxFault::Other(detail) => words::syntax_other(language, detail),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            SyntaxFault::OpenString => words::syntax_string_advice(language),
            SyntaxFault::OpenBracket => words::syntax_bracket_advice(language),
            SyntaxFault::Duplicate => words::syntax_duplicate_advice(language),
            SyntaxFault::FullWidth(_) => words::syntax_full_width_advice(language),
            SyntaxFault::NoValue => words::syntax_no_value_advice(language),
            SyntaxFault::NoAssignment => words::syntax_no_assignment_advice(language),
            SyntaxFault::Value => words::syntax_value_advice(language),
            SyntaxFault::Escape => words::syntax_escape_advice(language),
            SyntaxFault::Other(_) => words::syntax_other_advice(language),
        })
    }
}
