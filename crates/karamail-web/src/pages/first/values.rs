//! From what was typed to settings: the keys to be written, and what is wrong with them, each beside its field.

use karamail_core::words::{Language, Told};
use karamail_engine::config::{EditFault, READY_MADE_RECEIPTS, SettingValue, Settings, SettingsFile};

use super::desk::{Draft, Servers};
use crate::app::App;

/// Keys of the settings file with their values.
pub(crate) type Values = Vec<(&'static str, SettingValue)>;

/// What is wrong with what was typed, by the key of the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<(String, String)>);

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add(&mut self, key: &str, text: String) {
        self.0.push((key.to_owned(), text));
    }

    /// What is wrong with this key.
    pub(crate) fn of(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(faulty, _)| faulty == key);
        found.map(|(_, text)| text.as_str())
    }

    /// What is wrong with anything else.
    pub(crate) fn beside(&self, keys: &[&str]) -> Vec<&str> {
        let others = self.0.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
        others.map(|(_, text)| text.as_str()).collect()
    }
}

fn text(text: &str) -> SettingValue {
    SettingValue::Text(text.trim().to_owned())
}

/// A number where it is one, also written in full-width digits; what else was typed is for the check to refuse.
fn number(typed: &str) -> SettingValue {
    let plain = |character: char| match character {
        '０'..='９' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        other => other,
    };
    let digits: String = typed.trim().chars().map(plain).collect();
    digits
        .parse()
        .map_or_else(|_| SettingValue::Text(digits.clone()), SettingValue::Number)
}

pub(crate) fn of_shop(draft: &Draft) -> Values {
    vec![("general.shop_name", text(&draft.shop_name))]
}

pub(crate) fn of_address(draft: &Draft) -> Values {
    let address = draft.address.trim();
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let name: String = local.chars().take(20).collect();
    let mut values = vec![("mailbox[1].address", text(address))];
    if !name.trim().is_empty() {
        values.push(("mailbox[1].name", text(&name)));
    }
    values
}

pub(crate) fn of_servers(servers: &Servers) -> Values {
    let mut values = vec![
        ("mailbox[1].pop3.host", text(&servers.pop3_host)),
        ("mailbox[1].pop3.port", number(&servers.pop3_port)),
        ("mailbox[1].pop3.security", text(&servers.pop3_security)),
        ("mailbox[1].pop3.user", text(&servers.user)),
        ("mailbox[1].smtp.host", text(&servers.smtp_host)),
        ("mailbox[1].smtp.port", number(&servers.smtp_port)),
        ("mailbox[1].smtp.security", text(&servers.smtp_security)),
    ];
    match servers.smtp_login.as_str() {
        "own" => {
            values.push((
                "mailbox[1].smtp.same_credentials_as_pop3",
                SettingValue::Flag(false),
            ));
            values.push(("mailbox[1].smtp.user", text(&servers.smtp_user)));
        }
        "none" | "pop-before-smtp" => {
            values.push(("mailbox[1].smtp.authentication", text(&servers.smtp_login)));
        }
        _ => {}
    }
    values
}

fn of_passwords(draft: &Draft) -> Values {
    if draft.passwords.save {
        return Vec::new();
    }
    let mut values = vec![("mailbox[1].pop3.save_password", SettingValue::Flag(false))];
    if draft.servers.has_own_login() {
        values.push(("mailbox[1].smtp.save_password", SettingValue::Flag(false)));
    }
    values
}

pub(crate) fn of_receipt(draft: &Draft, language: Language) -> Values {
    let mut values = Vec::new();
    let chosen = draft.receipt(language);
    // The usual one is the default and need not stand in the file.
    let is_usual = READY_MADE_RECEIPTS
        .iter()
        .position(|one| one.language == language)
        == Some(chosen);
    if let Some(ready_made) = READY_MADE_RECEIPTS.get(chosen).filter(|_| !is_usual) {
        let as_it_is = |text: &str| SettingValue::Text(text.to_owned());
        values.push(("receipt.subject", as_it_is(ready_made.subject())));
        values.push(("receipt.body", as_it_is(ready_made.body())));
    }
    if !draft.first_number.trim().is_empty() {
        values.push(("series[1].first_number", number(&draft.first_number)));
    }
    values
}

/// Everything that would be written.
pub(crate) fn of_all(draft: &Draft, language: Language) -> Values {
    [
        of_shop(draft),
        of_address(draft),
        of_servers(&draft.servers),
        of_passwords(draft),
        of_receipt(draft, language),
    ]
    .concat()
}

/// What the settings would be with these keys set in the sample.
pub(crate) fn check(app: &App, values: Values) -> Result<Settings, Faults> {
    let language = app.language();
    let mut faults = Faults::default();
    match SettingsFile::filled(&app.program.places().config, language, values) {
        Ok(file) => match file.check() {
            Ok(settings) => return Ok(settings),
            Err(found) => {
                for fault in found.faults {
                    faults.add(&fault.key, fault.kind.told_on_screen(language));
                }
            }
        },
        Err(EditFault::Faults(found)) => faults.add("", found.told_on_screen(language)),
        Err(other) => faults.add("", other.told_on_screen(language)),
    }
    Err(faults)
}
