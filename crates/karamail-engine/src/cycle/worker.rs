//! One mailbox at work: its settings, its row in the ledger, its connections to the SMTP server, and what it has told
//! about its troubles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use karamail_core::decide::Rules;
use karamail_core::mail::ContentKey;
use karamail_core::words::{Language, Telling, Told, commands as words};
use tokio::time::Instant;

use crate::config::{Mailbox, Settings};
use crate::secrets::{Credentials, CredentialsLookup, Password, SecretFault, SecretKind, Secrets};
use crate::smtp::{Mailer, SmtpFault};
use crate::store::consents::Wordings;
use crate::store::mails::{MailboxRow, Scope};
use crate::store::outbox::{Attempt, Claimed};
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

impl Logins {
    /// Whether one of the passwords is not known.
    fn lack_password(&self) -> bool {
        let is_missing = |fault: &LoginFault| matches!(fault, LoginFault::Missing { .. });
        self.pop3.as_ref().is_err_and(is_missing) || self.smtp.as_ref().is_err_and(is_missing)
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
}

/// One mailbox at work.
pub struct Worker {
    pub(super) settings: Arc<Settings>,
    pub(super) mailbox: Mailbox,
    pub(super) rules: Rules,
    pub(super) row: MailboxRow,
    pub(super) scope: Scope,
    pub(super) logins: Logins,
    pub(super) mailer: Option<Arc<Mailer>>,
    /// Sending pauses until then because the SMTP server takes nothing.
    pub(super) paused_until: Option<Instant>,
    /// Why, told, until a letter goes out again.
    pub(super) send_trouble: Option<Telling>,
    /// How often in a row the SMTP server took nothing.
    pub(super) send_failures: u32,
    /// When the last letter went out, for the send interval.
    pub(super) last_sent: Option<Instant>,
    /// What became of letters, where the ledger could not take it yet.
    pub(super) unsettled: Vec<(Claimed, Attempt)>,
    /// Unique ids of mails whose trouble was told already.
    pub(super) told_unreadable: HashSet<String>,
    /// Mails at which the session broke off, by their mark in the listing: until when they are left alone, and for how
    /// long that was.
    pub(super) left_alone: HashMap<String, (Instant, Duration)>,
    /// Ids of mails that lie on disk and could not be recorded: the next attempt writes over the same files.
    pub(super) spare_ids: Vec<(ContentKey, i64)>,
    /// Whether the server is known to keep mails that it should delete.
    pub(super) is_deleting_failing: bool,
    /// Whether receiving is known to fail, so that it is told once and its end once.
    pub is_receiving_failing: bool,
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
        Ok(Worker {
            rules: settings.rules(&mailbox),
            scope: scope(&settings, &mailbox, row.id),
            row,
            logins,
            mailer: None,
            paused_until: None,
            send_trouble: None,
            send_failures: 0,
            last_sent: None,
            unsettled: Vec::new(),
            told_unreadable: HashSet::new(),
            left_alone: HashMap::new(),
            spare_ids: Vec::new(),
            is_deleting_failing: false,
            is_receiving_failing: false,
            settings,
            mailbox,
        })
    }

    /// The mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Takes over what its predecessor knew of the mailbox: what it has told (a failure is told once, and once when it
    /// is over), what it must not lose, and when the last letter went out. Pauses are not taken over: with new settings
    /// or passwords everything is tried at once.
    pub fn inherit(&mut self, predecessor: Worker) {
        self.send_failures = predecessor.send_failures.min(1);
        self.send_trouble = predecessor.send_trouble;
        self.last_sent = predecessor.last_sent;
        self.unsettled = predecessor.unsettled;
        self.told_unreadable = predecessor.told_unreadable;
        self.spare_ids = predecessor.spare_ids;
        self.is_deleting_failing = predecessor.is_deleting_failing;
        self.is_receiving_failing = predecessor.is_receiving_failing;
    }

    /// Looks for the passwords again where the last cycle was in trouble: the shop may have stored a new one since, and
    /// need not start the program anew for it.
    pub async fn refresh_logins(&mut self, secrets: &Secrets) {
        let is_in_trouble = self.is_receiving_failing || self.send_failures > 0;
        if !is_in_trouble {
            return;
        }
        let found = Logins::find(secrets, &self.settings, &self.mailbox).await;
        if let Ok(password) = found.pop3 {
            self.logins.pop3 = Ok(password);
        }
        if let Ok(credentials) = found.smtp
            && self.logins.smtp.as_ref().ok() != Some(&credentials)
        {
            self.logins.smtp = Ok(credentials);
            self.mailer = None;
            self.paused_until = None;
        }
    }

    /// Whether a password that its servers want is not known.
    pub fn lacks_password(&self) -> bool {
        self.logins.lack_password()
    }

    /// The row of the mailbox in the ledger.
    pub fn mailbox_id(&self) -> i64 {
        self.row.id
    }

    /// When the next letter may begin: the send interval after the last one, or at once.
    pub fn next_turn(&self) -> Instant {
        match self.last_sent {
            Some(last) => last + self.mailbox.smtp.send_interval,
            None => Instant::now(),
        }
    }

    /// Ends the connections to the SMTP server that rest.
    pub async fn say_goodbye(&mut self) {
        if let Some(mailer) = self.mailer.take() {
            mailer.close_idle().await;
        }
    }

    /// The mailer, made at first use: a mailbox without letters holds no connections.
    pub(super) fn mailer(&mut self) -> Result<Arc<Mailer>, MailerFault> {
        if let Some(mailer) = &self.mailer {
            return Ok(Arc::clone(mailer));
        }
        let credentials = self.logins.smtp.clone()?;
        let mailer = Arc::new(Mailer::new(&self.mailbox.smtp, credentials.as_ref())?);
        self.mailer = Some(Arc::clone(&mailer));
        Ok(mailer)
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

/// Why there is no mailer.
#[derive(Debug, thiserror::Error)]
pub(super) enum MailerFault {
    #[error(transparent)]
    Smtp(#[from] SmtpFault),
    #[error(transparent)]
    Login(#[from] LoginFault),
}

impl Told for MailerFault {
    fn what(&self, language: Language) -> String {
        match self {
            MailerFault::Smtp(fault) => fault.what(language),
            MailerFault::Login(fault) => fault.what(language),
        }
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            MailerFault::Smtp(fault) => fault.what_to_do(language),
            MailerFault::Login(fault) => fault.what_to_do(language),
        }
    }
}
