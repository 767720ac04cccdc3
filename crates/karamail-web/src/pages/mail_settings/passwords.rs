//! Where the passwords of a mailbox are, in words.

use karamail_core::words::screens::mail_settings as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::{Mailbox, Settings, SmtpAuthentication};
use karamail_engine::secrets::{Lookup, SecretKind, SecretSource, Secrets};

/// Where one password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// There.
    Found(SecretSource),
    /// Nowhere.
    Missing,
    /// The server wants none.
    NotNeeded,
    /// Where it should be cannot be read; why.
    Unreadable(String),
}

/// Where both are; `smtp` is `None` where it is the same login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) pop3: Place,
    pub(super) smtp: Option<Place>,
}

impl Places {
    pub(super) async fn of(
        secrets: &Secrets,
        settings: &Settings,
        mailbox: &Mailbox,
        language: Language,
    ) -> Places {
        let is_same = mailbox.smtp.same_credentials_as_pop3;
        let needs_own = !is_same && mailbox.smtp.authentication == SmtpAuthentication::Password;
        Places {
            pop3: Place::of(secrets, settings, mailbox, SecretKind::Pop3, language).await,
            smtp: match (is_same, needs_own) {
                (true, _) => None,
                (false, true) => {
                    Some(Place::of(secrets, settings, mailbox, SecretKind::Smtp, language).await)
                }
                (false, false) => Some(Place::NotNeeded),
            },
        }
    }

    /// One line for each.
    pub(super) fn told(&self, language: Language) -> Vec<String> {
        let line = |whose: String, place: &Place| {
            let told = place.told(language);
            match language {
                Language::Japanese => format!("{whose}: {told}"),
                Language::English => format!("For {whose}: {told}"),
            }
        };
        match &self.smtp {
            None => vec![line(words::for_both(language), &self.pop3)],
            Some(smtp) => vec![
                line(words::for_receiving(language), &self.pop3),
                line(words::for_sending(language), smtp),
            ],
        }
    }

    /// Whether one that is needed is not there.
    pub(super) fn is_any_missing(&self) -> bool {
        self.pop3.is_missing() || self.smtp.as_ref().is_some_and(Place::is_missing)
    }
}

impl Place {
    pub(super) async fn of(
        secrets: &Secrets,
        settings: &Settings,
        mailbox: &Mailbox,
        kind: SecretKind,
        language: Language,
    ) -> Place {
        match secrets.get(settings, mailbox, kind).await {
            Ok(Lookup::Found { source, .. }) => Place::Found(source),
            Ok(Lookup::Missing { .. }) => Place::Missing,
            Err(fault) => Place::Unreadable(fault.told_on_screen(language)),
        }
    }

    pub(super) fn told(&self, language: Language) -> String {
        match self {
            Place::Found(SecretSource::Keyring) => words::in_keyring(language),
            Place::Found(SecretSource::File) => words::in_file(language),
            Place::Found(SecretSource::ThisRun) => words::for_this_run(language),
            Place::Found(SecretSource::Environment(name)) => words::in_environment(language, name),
            Place::Missing => words::missing(language),
            Place::NotNeeded => words::not_needed(language),
            Place::Unreadable(why) => why.clone(),
        }
    }

    fn is_missing(&self) -> bool {
        matches!(self, Place::Missing | Place::Unreadable(_))
    }
}
