//! Passwords in the environment, for servers and containers. docs/CONFIG.md has the names.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::{Password, SecretFault, SecretKind, check};
use crate::config::{Mailbox, Settings};

/// Where variables come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Environment {
    /// The process's own, read anew each time.
    Process,
    /// These.
    Given(BTreeMap<String, OsString>),
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values are passwords.
        formatter.write_str(match self {
            Environment::Process => "Process",
            Environment::Given(_) => "Given",
        })
    }
}

impl Environment {
    /// The first variable that holds this password, and its name.
    pub(super) fn password(
        &self,
        settings: &Settings,
        mailbox: &Mailbox,
        kind: SecretKind,
    ) -> Result<Option<(String, Password)>, SecretFault> {
        for name in names(settings, mailbox, kind) {
            if let Some(password) = self.variable(&name)? {
                check(&password).map_err(|_| SecretFault::BadVariable(name.clone()))?;
                return Ok(Some((name, password)));
            }
        }
        Ok(None)
    }

    /// A variable that is set and not empty, without the line end that files given to a container often have.
    pub(super) fn variable(&self, name: &str) -> Result<Option<Password>, SecretFault> {
        let value = match self {
            Environment::Process => std::env::var_os(name),
            Environment::Given(variables) => variables.get(name).cloned(),
        };
        let Some(value) = value else { return Ok(None) };
        let text = value
            .into_string()
            .map_err(|_| SecretFault::BadVariable(name.to_owned()))?;
        let whole = Password::new(text);
        let plain = whole.expose().trim_end_matches(['\r', '\n']);
        Ok((!plain.is_empty()).then(|| Password::new(plain)))
    }
}

/// The variables that may hold this password, in the order in which they count.
fn names(settings: &Settings, mailbox: &Mailbox, kind: SecretKind) -> Vec<String> {
    let kind = match kind {
        SecretKind::Pop3 => "POP3",
        SecretKind::Smtp => "SMTP",
    };
    let position = settings.mailboxes.iter().position(|one| one.name == mailbox.name);
    let number = position.map(|position| (position + 1).to_string());
    let word = name_word(&mailbox.name).filter(|word| {
        let same = |one: &&Mailbox| name_word(&one.name).as_ref() == Some(word);
        settings.mailboxes.iter().filter(same).count() <= 1
    });
    let mut names = Vec::new();
    for own in [&word, &number].into_iter().flatten() {
        names.push(format!("KARAMAIL_{own}_{kind}_PASSWORD"));
    }
    for own in [&word, &number].into_iter().flatten() {
        names.push(format!("KARAMAIL_{own}_PASSWORD"));
    }
    names.push(format!("KARAMAIL_{kind}_PASSWORD"));
    names.push("KARAMAIL_PASSWORD".to_owned());
    names
}

/// A mailbox's name as part of a variable; `None` where it cannot be one: letters other than ASCII, digits alone (which
/// are the number), or a word that means a kind.
fn name_word(name: &str) -> Option<String> {
    if !name.is_ascii() || name.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let word: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let taken = word == "POP3" || word == "SMTP" || !word.contains(|c: char| c != '_');
    (!taken).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words_where_a_shell_can_write_them() {
        let check =
            |name: &str, expected: Option<&str>| assert_eq!(name_word(name).as_deref(), expected, "{name}");
        check("Honten", Some("HONTEN"));
        check("Shop 2", Some("SHOP_2"));
        check("a-b.c", Some("A_B_C"));
        check("本店", None);
        check("A館", None);
        check("2", None);
        check("--", None);
        check("smtp", None);
    }
}
