//! One mailbox at work: its settings, its row in the ledger, its connections to the SMTP server, and what it has told
//! about its troubles.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use karamail_core::decide::Rules;
use karamail_core::words::{Language, Told, commands as words};

use crate::config::{Mailbox, Settings, SmtpAuthentication};
use crate::secrets::{Credentials, Password};
use crate::smtp::{Mailer, SmtpFault};
use crate::store::mails::{MailboxRow, Scope};
use crate::store::{Store, StoreError};

/// The passwords of one mailbox, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    /// For POP3.
    pub pop3: Option<Password>,
    /// For SMTP, if its authentication needs one.
    pub smtp: Option<Password>,
}

/// A password is missing.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no password is known for mailbox {mailbox}")]
pub struct PasswordFault {
    /// The mailbox's name.
    pub mailbox: String,
}

impl Told for PasswordFault {
    fn what(&self, language: Language) -> String {
        words::password_missing(language, &self.mailbox)
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(words::password_missing_advice(language, &self.mailbox))
    }
}

/// One mailbox at work.
pub struct Worker {
    pub(super) settings: Arc<Settings>,
    pub(super) mailbox: Mailbox,
    pub(super) rules: Rules,
    pub(super) row: MailboxRow,
    pub(super) scope: Scope,
    pub(super) passwords: Passwords,
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
        passwords: Passwords,
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
            passwords,
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

    pub(super) fn pop3_password(&self) -> Result<Password, PasswordFault> {
        self.passwords.pop3.clone().ok_or_else(|| PasswordFault {
            mailbox: self.mailbox.name.clone(),
        })
    }

    /// The mailer, made at first use: a mailbox without letters holds no connections.
    pub(super) fn mailer(&mut self) -> Result<Arc<Mailer>, MailerFault> {
        if let Some(mailer) = &self.mailer {
            return Ok(Arc::clone(mailer));
        }
        let smtp = &self.mailbox.smtp;
        let credentials = match smtp.authentication {
            SmtpAuthentication::None | SmtpAuthentication::PopBeforeSmtp => None,
            SmtpAuthentication::Password => {
                let password = self.passwords.smtp.clone();
                let password = password.ok_or_else(|| PasswordFault {
                    mailbox: self.mailbox.name.clone(),
                })?;
                Some(Credentials {
                    user: smtp.user.clone(),
                    password,
                })
            }
        };
        let mailer = Arc::new(Mailer::new(smtp, credentials.as_ref())?);
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
    Password(#[from] PasswordFault),
}

impl Told for MailerFault {
    fn what(&self, language: Language) -> String {
        match self {
            MailerFault::Smtp(fault) => fault.what(language),
            MailerFault::Password(fault) => fault.what(language),
        }
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            MailerFault::Smtp(fault) => fault.what_to_do(language),
            MailerFault::Password(fault) => fault.what_to_do(language),
        }
    }
}
