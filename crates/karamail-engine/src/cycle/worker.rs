//! One mailbox at work: its settings, its row in the ledger, its connections to the SMTP server, and what it has told
//! about its troubles.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use karamail_core::decide::Rules;
use karamail_core::words::{Language, Told, commands as words};

use crate::config::{Mailbox, Settings};
use crate::secrets::{Credentials, CredentialsLookup, Password, SecretFault, SecretKind, Secrets};
use crate::smtp::{Mailer, SmtpFault};
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
        let missing = || LoginFault::Missing {
            mailbox: mailbox.name.clone(),
        };
        let unusable = |fault| LoginFault::Unusable(Arc::new(fault));
        Logins {
            pop3: match secrets.credentials(settings, mailbox, SecretKind::Pop3).await {
                Ok(CredentialsLookup::Found(credentials)) => Ok(credentials.password),
                Ok(CredentialsLookup::NotNeeded | CredentialsLookup::Missing { .. }) => Err(missing()),
                Err(fault) => Err(unusable(fault)),
            },
            smtp: match secrets.credentials(settings, mailbox, SecretKind::Smtp).await {
                Ok(CredentialsLookup::Found(credentials)) => Ok(Some(credentials)),
                Ok(CredentialsLookup::NotNeeded) => Ok(None),
                Ok(CredentialsLookup::Missing { .. }) => Err(missing()),
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
    },
    /// It lies where it cannot be taken from.
    #[error("{0}")]
    Unusable(Arc<SecretFault>),
}

impl Told for LoginFault {
    fn what(&self, language: Language) -> String {
        match self {
            LoginFault::Missing { mailbox } => words::password_missing(language, mailbox),
            LoginFault::Unusable(fault) => fault.what(language),
        }
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            LoginFault::Missing { mailbox } => Some(words::password_missing_advice(language, mailbox)),
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
    pub(super) paused_until: Option<Timestamp>,
    /// How often in a row the SMTP server took nothing.
    pub(super) send_failures: u32,
    /// When the last letter went out, for the send interval.
    pub(super) last_sent: Option<tokio::time::Instant>,
    /// Unique ids of mails whose trouble was told already.
    pub(super) told_unreadable: HashSet<String>,
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
        let first_number = settings
            .series
            .iter()
            .find(|series| series.name == mailbox.series)
            .map_or(1, |series| series.first_number);
        Ok(Worker {
            rules: settings.rules(&mailbox),
            scope: Scope {
                mailbox_id: row.id,
                mailbox_name: mailbox.name.clone(),
                series: mailbox.series.clone(),
                first_number,
            },
            row,
            logins,
            mailer: None,
            paused_until: None,
            send_failures: 0,
            last_sent: None,
            told_unreadable: HashSet::new(),
            is_receiving_failing: false,
            settings,
            mailbox,
        })
    }

    /// The mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Whether the worker was made for these settings.
    pub fn belongs_to(&self, settings: &Arc<Settings>) -> bool {
        Arc::ptr_eq(&self.settings, settings)
    }

    /// The row of the mailbox in the ledger.
    pub fn mailbox_id(&self) -> i64 {
        self.row.id
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
