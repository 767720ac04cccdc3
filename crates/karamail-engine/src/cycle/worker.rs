//! One mailbox at work: its settings, its row in the ledger, and what it has told about its troubles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use karamail_core::decide::Rules;
use karamail_core::mail::ContentKey;
use karamail_core::words::screens::faults as screen;
use karamail_core::words::{Language, Told, commands as words};
use tokio::time::Instant;

use super::sender::Sender;
use crate::config::{Mailbox, Settings};
use crate::secrets::{Credentials, CredentialsLookup, Password, SecretFault, SecretKind, Secrets};
use crate::store::consents::Wordings;
use crate::store::mails::{MailboxRow, Scope};
use crate::store::{Store, StoreError};

/// The logins of one mailbox, as far as they are known.
#[derive(Clone, Debug)]
pub struct Logins {
    pub(crate) pop3: Result<Password, LoginFault>,
    /// `None` where the SMTP server wants no login.
    pub(crate) smtp: Result<Option<Credentials>, LoginFault>,
}

impl Logins {
    /// Looks for the mailbox's passwords. What is missing or unusable is told when it is needed.
    pub async fn find(secrets: &Secrets, settings: &Settings, mailbox: &Mailbox) -> Logins {
        let missing = |is_asked_for| LoginFault::Missing {
            mailbox: mailbox.name.clone(),
            is_asked_for,
        };
        let unusable = |fault| LoginFault::Unusable(Arc::new(fault));
        Logins {
            pop3: match secrets.credentials(settings, mailbox, SecretKind::Pop3).await {
                Ok(CredentialsLookup::Found(credentials)) => Ok(credentials.password),
                Ok(CredentialsLookup::NotNeeded) => Err(missing(false)),
                Ok(CredentialsLookup::Missing { ask }) => Err(missing(ask)),
                Err(fault) => Err(unusable(fault)),
            },
            smtp: match secrets.credentials(settings, mailbox, SecretKind::Smtp).await {
                Ok(CredentialsLookup::Found(credentials)) => Ok(Some(credentials)),
                Ok(CredentialsLookup::NotNeeded) => Ok(None),
                Ok(CredentialsLookup::Missing { ask }) => Err(missing(ask)),
                Err(fault) => Err(unusable(fault)),
            },
        }
    }
}

/// Why there is no login.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoginFault {
    /// No password is known.
    #[error("no password is known for mailbox {mailbox}")]
    Missing {
        /// The mailbox's name.
        mailbox: String,
        /// It may not be stored (`save_password = false`): it is asked for at every start.
        is_asked_for: bool,
    },
    /// It lies where it cannot be taken from.
    #[error("{0}")]
    Unusable(Arc<SecretFault>),
}

impl LoginFault {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, LoginFault::Missing { .. })
    }
}

impl Told for LoginFault {
    fn what(&self, language: Language) -> String {
        match self {
            LoginFault::Missing { mailbox, .. } => words::password_missing(language, mailbox),
            LoginFault::Unusable(fault) => fault.what(language),
        }
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            LoginFault::Missing {
                is_asked_for: true, ..
            } => Some(words::password_asked_for_advice(language)),
            LoginFault::Missing { mailbox, .. } => Some(words::password_missing_advice(language, mailbox)),
            LoginFault::Unusable(fault) => fault.what_to_do(language),
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        Some(match self {
            LoginFault::Missing {
                mailbox,
                is_asked_for: true,
            } => screen::password_asked_for_advice(language, mailbox),
            LoginFault::Missing { mailbox, .. } => screen::password_advice(language, mailbox),
            LoginFault::Unusable(fault) => return fault.on_screen(language),
        })
    }
}

/// One mailbox at work. What receives and what sends are apart: they work side by side.
pub struct Worker {
    pub(super) receiver: Receiver,
    pub(super) sender: Sender,
    /// Whether receiving is known to fail, so that it is told once and its end once.
    pub is_receiving_failing: bool,
}

/// What takes mails in and deletes them.
pub(super) struct Receiver {
    pub(super) settings: Arc<Settings>,
    pub(super) mailbox: Mailbox,
    pub(super) row: MailboxRow,
    pub(super) scope: Scope,
    pub(super) login: Result<Password, LoginFault>,
    /// Unique ids of mails whose trouble was told already.
    pub(super) told_unreadable: HashSet<String>,
    /// Mails at which the session broke off, by their mark in the listing: until when they are left alone, and for how
    /// long that was.
    pub(super) left_alone: HashMap<String, (Instant, Duration)>,
    /// Ids of mails that lie on disk and could not be recorded: the next attempt writes over the same files.
    pub(super) spare_ids: Vec<(ContentKey, i64)>,
    /// Whether the server is known to keep mails that it should delete.
    pub(super) is_deleting_failing: bool,
    /// Mails that the server kept when it should delete them: how often in a row.
    pub(super) kept_by_server: HashMap<i64, u32>,
    /// Sessions in a row in which mails of another size than before were looked at, and all were the same as before.
    pub(super) vain_looks: u32,
    /// Whether mails are backlog because every unique id is new, and some of them were not taken in yet.
    pub(super) is_strange_day: bool,
}

impl Worker {
    /// Prepares a mailbox of these settings; its row in the ledger is made where it is new.
    pub async fn new(
        settings: Arc<Settings>,
        mailbox: Mailbox,
        logins: Logins,
        store: &Store,
    ) -> Result<Worker, StoreError> {
        let row = store.mailbox(&mailbox.address).await?;
        let sender = Sender::new(&settings, &mailbox, row.id, logins.smtp);
        let receiver = Receiver {
            scope: scope(&settings, &mailbox, row.id),
            row,
            login: logins.pop3,
            told_unreadable: HashSet::new(),
            left_alone: HashMap::new(),
            spare_ids: Vec::new(),
            is_deleting_failing: false,
            kept_by_server: HashMap::new(),
            vain_looks: 0,
            is_strange_day: false,
            settings,
            mailbox,
        };
        Ok(Worker {
            receiver,
            sender,
            is_receiving_failing: false,
        })
    }

    /// The mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.receiver.mailbox
    }

    /// Takes over what its predecessor knew of the mailbox: what it has told (a failure is told once, and once when it
    /// is over), what it must not lose, and when the last letter went out. Pauses are not taken over: with new settings
    /// or passwords everything is tried at once.
    pub fn inherit(&mut self, predecessor: Worker) {
        self.sender.inherit(predecessor.sender);
        self.receiver.told_unreadable = predecessor.receiver.told_unreadable;
        self.receiver.spare_ids = predecessor.receiver.spare_ids;
        self.receiver.is_deleting_failing = predecessor.receiver.is_deleting_failing;
        self.receiver.kept_by_server = predecessor.receiver.kept_by_server;
        self.receiver.vain_looks = predecessor.receiver.vain_looks;
        self.receiver.is_strange_day = predecessor.receiver.is_strange_day;
        self.is_receiving_failing = predecessor.is_receiving_failing;
    }

    /// Looks for the passwords again where the last cycle was in trouble: the shop may have stored a new one since, and
    /// need not start the program anew for it.
    pub async fn refresh_logins(&mut self, secrets: &Secrets) {
        if !self.is_receiving_failing && !self.sender.is_in_trouble() {
            return;
        }
        let found = Logins::find(secrets, &self.receiver.settings, &self.receiver.mailbox).await;
        if let Ok(password) = found.pop3 {
            self.receiver.login = Ok(password);
        }
        if let Ok(credentials) = found.smtp {
            self.sender.try_with(credentials);
        }
    }

    /// Whether a password that its servers want is not known.
    pub fn lacks_password(&self) -> bool {
        self.receiver.login.as_ref().is_err_and(LoginFault::is_missing) || self.sender.lacks_password()
    }

    /// The row of the mailbox in the ledger.
    pub fn mailbox_id(&self) -> i64 {
        self.receiver.row.id
    }

    /// When the next letter may begin: the send interval after the last one, or at once.
    pub fn next_turn(&self) -> Instant {
        self.sender.next_turn()
    }

    /// Of how many mails a trouble is known: left alone, and told.
    #[cfg(test)]
    pub(crate) fn known_troubles(&self) -> (usize, usize) {
        self.receiver.known_troubles()
    }

    /// Ends the connections to the SMTP server that rest.
    pub async fn say_goodbye(&mut self) {
        self.sender.say_goodbye().await;
    }
}

impl Receiver {
    /// The mailbox's rules, made when there is a mail to decide: they hold the addresses of all mailboxes, which in a
    /// thousand mailboxes at rest would be a million.
    pub(super) fn rules(&self) -> Rules {
        self.settings.rules(&self.mailbox)
    }
}

/// Which mailbox and series the mails of a mailbox belong to.
pub(super) fn scope(settings: &Settings, mailbox: &Mailbox, mailbox_id: i64) -> Scope {
    let series = settings
        .series
        .iter()
        .find(|series| series.name == mailbox.series);
    Scope {
        mailbox_id,
        mailbox_name: mailbox.name.clone(),
        series: mailbox.series.clone(),
        first_number: series.map_or(1, |series| series.first_number),
        limit_hour: settings.guard.limit_mailbox_hour,
        wordings: wordings(mailbox),
    }
}

/// What the consent records of this mailbox's numbers keep.
pub(crate) fn wordings(mailbox: &Mailbox) -> Wordings {
    Wordings {
        mailbox: mailbox.address.to_string(),
        receipt: format!("{}\n\n{}", mailbox.receipt.subject(), mailbox.receipt.body()),
        invitation: mailbox.invitation.clone(),
    }
}
