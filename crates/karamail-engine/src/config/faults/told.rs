//! How faults are told.

use std::fmt;

use karamail_core::words::config as words;
use karamail_core::words::screens::faults as screen;
use karamail_core::words::{Language, Told, with_advice};

use super::{ConfigFault, ConfigFaults, FaultKind, HostSlip, KeyHint, SyntaxFault, ValueType};
use crate::config::keys::{Kind, SECTIONS};

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

    fn on_screen(&self, language: Language) -> Option<String> {
        self.kind.on_screen(language)
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

    fn on_screen(&self, language: Language) -> Option<String> {
        use FaultKind as Fault;
        Some(match self {
            Fault::Missing => screen::no_file_advice(language),
            Fault::PasswordInFile => screen::password_in_file_advice(language),
            Fault::WrongType { allowed, .. }
            | Fault::NotAllowed {
                allowed, hint: None, ..
            }
            | Fault::TooLong { allowed, .. }
            | Fault::ControlCharacter { allowed }
            | Fault::EmptyValue { allowed }
            | Fault::MissingKey { allowed } => enter(*allowed, language),
            Fault::NotAnAddress { .. } => screen::enter_address(language),
            Fault::NotAHost {
                slip: HostSlip::Port, ..
            } => screen::enter_port_apart(language),
            Fault::NotAHost { .. } => screen::enter_host(language),
            Fault::NameTaken { .. } => screen::enter_other_name(language),
            Fault::AddressTaken { .. } => screen::one_mailbox_an_address(language),
            Fault::UnknownSeries { known, .. } => {
                screen::known_series(language, &known.join(words::or(language)))
            }
            Fault::NotABlockRule(_) => screen::enter_block_rule(language),
            Fault::CredentialsTwice => screen::credentials_twice_advice(language),
            Fault::SmtpUserMissing => screen::smtp_user_missing_advice(language),
            _ => return self.what_to_do(language),
        })
    }

    fn told_on_screen(&self, language: Language) -> String {
        let what = match self {
            FaultKind::EmptyValue { .. } | FaultKind::MissingKey { .. } => screen::empty(language),
            FaultKind::CredentialsTwice => screen::credentials_twice(language),
            FaultKind::SmtpUserMissing => screen::smtp_user_missing(language),
            other => other.what(language),
        };
        with_advice(what, self.on_screen(language), language)
    }
}

/// What to type into the field of a key of this kind.
fn enter(kind: Kind, language: Language) -> String {
    match kind {
        Kind::Flag | Kind::Choice(_) => screen::choose(language),
        Kind::Number { min, max } => screen::enter_number(language, min, max),
        Kind::Line { max } => screen::enter_line(language, max),
        Kind::Text { max } => screen::enter_text(language, max),
        Kind::Address => screen::enter_address(language),
        Kind::Host => screen::enter_host(language),
        Kind::File => screen::enter_file(language),
        Kind::Folder => screen::enter_folder(language),
        Kind::List { entries, max } => screen::enter_list(language, entries, max),
        Kind::Addresses { entries } => screen::enter_addresses(language, entries),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_told_to_be_filled_in_the_words_of_the_file() {
        let kinds = SECTIONS
            .iter()
            .flat_map(|section| section.keys)
            .map(|key| key.kind);
        for allowed in kinds {
            let found = String::new;
            let faults = [
                FaultKind::MissingKey { allowed },
                FaultKind::EmptyValue { allowed },
                FaultKind::ControlCharacter { allowed },
                FaultKind::TooLong {
                    characters: 9,
                    allowed,
                },
                FaultKind::NotAllowed {
                    found: found(),
                    allowed,
                    hint: None,
                },
            ];
            for (fault, language) in faults
                .iter()
                .flat_map(|fault| [(fault, Language::Japanese), (fault, Language::English)])
            {
                let told = fault.told_on_screen(language);
                for word in ["引用符", "quote", "\"", "[", "karamail", "書いて", "true", "key"] {
                    assert!(!told.contains(word), "{word:?} in {told:?}");
                }
            }
        }
    }
}
