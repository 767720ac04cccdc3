//! What sends a mailbox's letters: its connections to the SMTP server, and what is known of its troubles.

use std::sync::Arc;

use karamail_core::words::{Language, Telling, Told};
use tokio::time::Instant;

use super::LoginFault;
use crate::config::{Mailbox, Settings, SmtpAuthentication, SmtpSettings};
use crate::secrets::Credentials;
use crate::smtp::{Mailer, SmtpFault};
use crate::store::outbox::{Attempt, Claimed};

/// What sends the letters of one mailbox.
pub(super) struct Sender {
    pub(super) mailbox_id: i64,
    pub(super) mailbox_name: String,
    pub(super) language: Language,
    smtp: SmtpSettings,
    login: Result<Option<Credentials>, LoginFault>,
    pub(super) mailer: Option<Arc<Mailer>>,
    /// Sending pauses until then because the SMTP server takes nothing.
    pub(super) paused_until: Option<Instant>,
    /// Why, told, until a letter goes out again.
    pub(super) trouble: Option<Telling>,
    /// How often in a row the SMTP server took nothing.
    pub(super) failures: u32,
    /// When the last letter went out, for the send interval.
    pub(super) last_sent: Option<Instant>,
    /// What became of letters, where the ledger could not take it yet.
    pub(super) unsettled: Vec<(Claimed, Attempt)>,
}

impl Sender {
    pub(super) fn new(
        settings: &Settings,
        mailbox: &Mailbox,
        mailbox_id: i64,
        login: Result<Option<Credentials>, LoginFault>,
    ) -> Sender {
        Sender {
            mailbox_id,
            mailbox_name: mailbox.name.clone(),
            language: settings.general.language,
            smtp: mailbox.smtp.clone(),
            login,
            mailer: None,
            paused_until: None,
            trouble: None,
            failures: 0,
            last_sent: None,
            unsettled: Vec::new(),
        }
    }

    /// See [`super::Worker::inherit`].
    pub(super) fn inherit(&mut self, predecessor: Sender) {
        self.failures = predecessor.failures.min(1);
        self.trouble = predecessor.trouble;
        self.last_sent = predecessor.last_sent;
        self.unsettled = predecessor.unsettled;
    }

    pub(super) fn lacks_password(&self) -> bool {
        self.login.as_ref().is_err_and(LoginFault::is_missing)
    }

    pub(super) fn is_in_trouble(&self) -> bool {
        self.failures > 0
    }

    /// Tries at once where these are others than before.
    pub(super) fn try_with(&mut self, credentials: Option<Credentials>) {
        if self.login.as_ref().ok() != Some(&credentials) {
            self.login = Ok(credentials);
            self.mailer = None;
            self.paused_until = None;
        }
    }

    /// Whether the server knows us only after we logged in to POP3: before that it might refuse the letters for good.
    pub(super) fn waits_for_pop3(&self) -> bool {
        self.smtp.authentication == SmtpAuthentication::PopBeforeSmtp
    }

    /// Whether letters go out one after another, each in its turn.
    pub(super) fn has_interval(&self) -> bool {
        !self.smtp.send_interval.is_zero()
    }

    /// When the next letter may begin: the send interval after the last one, or at once.
    pub(super) fn next_turn(&self) -> Instant {
        match self.last_sent {
            Some(last) => last + self.smtp.send_interval,
            None => Instant::now(),
        }
    }

    /// The end of the pause, while there is one.
    pub(super) fn pause(&self) -> Option<Instant> {
        self.paused_until.filter(|until| Instant::now() < *until)
    }

    /// Ends the connections that rest.
    pub(super) async fn say_goodbye(&mut self) {
        if let Some(mailer) = self.mailer.take() {
            mailer.close_idle().await;
        }
    }

    /// The mailer, made at first use: a mailbox without letters holds no connections.
    pub(super) fn mailer(&mut self) -> Result<Arc<Mailer>, MailerFault> {
        if let Some(mailer) = &self.mailer {
            return Ok(Arc::clone(mailer));
        }
        let credentials = self.login.clone()?;
        let mailer = Arc::new(Mailer::new(&self.smtp, credentials.as_ref())?);
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

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            MailerFault::Smtp(fault) => fault.on_screen(language),
            MailerFault::Login(fault) => fault.on_screen(language),
        }
    }
}
