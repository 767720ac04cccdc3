//! The one path of a mail: intake, deliver, purge. See docs/MAIL_FLOW.md for every state and what the next start does.
//!
//! ```text
//! run_once(mailbox)
//!  1 intake    listing → plan → headers → decide → record      one transaction for a batch of mails
//!  2 deliver   claim (attempt counted on disk) → send → settle
//!  3 purge     DELE what is settled and the keep rule lets go → QUIT; believed only after +OK
//! ```
//!
//! The future of [`run_once`] may be dropped at any await: everything is promised on disk before it is acted on.

pub(crate) mod aside;
mod deliver;
mod intake;
pub(crate) mod letters;
mod purge;
mod safely;
mod spool;
mod strange_day;
mod trouble;
mod whole;
mod worker;

use std::path::Path;
use std::time::Duration;

use karamail_core::words::{Telling, Told};

use crate::config::SmtpAuthentication;
use crate::pop3::Pop3Error;
use crate::stop::Stop;
use crate::store::{Store, StoreError};

pub(crate) use letters::receipt_again;
pub(crate) use spool::has_shop_word;
pub(crate) use worker::wordings;
pub use worker::{LoginFault, Logins, Worker};

/// How long letters are sent while the POP3 session waits for its purge. Servers hang up after ten minutes of silence
/// (RFC 1939 section 3); other programs wait for the maildrop's lock all that time.
const DELIVER_IN_SESSION: Duration = Duration::from_secs(60);

/// What one cycle of a mailbox did.
#[derive(Debug, Default)]
pub struct CycleReport {
    /// Whether the POP3 server let us in.
    pub has_logged_in: bool,
    /// Mails on the server at the start.
    pub listed: usize,
    /// Mails that were new.
    pub received: usize,
    /// Numbers given.
    pub receipts: usize,
    /// Repeat replies written.
    pub repeats: usize,
    /// People who left.
    pub opt_outs: usize,
    /// Other mails to be forwarded.
    pub forwards: usize,
    /// Other mails archived.
    pub archived: usize,
    /// Mails held for the shop.
    pub held: usize,
    /// Old mails left alone.
    pub backlog: usize,
    /// Mails that could not be read.
    pub unreadable: usize,
    /// Letters that the SMTP server took.
    pub sent: usize,
    /// Letters that were refused for good.
    pub refused: usize,
    /// Letters that are tried again later.
    pub delayed: usize,
    /// Mails deleted from the server.
    pub deleted: usize,
    /// Whether letters that are due were left for the next cycle.
    pub is_unfinished: bool,
    /// Every unique id was new on a mailbox with history.
    pub is_every_uidl_new: bool,
    /// Why receiving failed, if it did.
    pub receive_fault: Option<CycleFault>,
    /// Why sending failed for all letters, if it did.
    pub send_fault: Option<Telling>,
}

/// What can end one side of a cycle.
#[derive(Debug, thiserror::Error)]
pub enum CycleFault {
    /// The POP3 side.
    #[error(transparent)]
    Pop3(#[from] Pop3Error),
    /// The ledger or the disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No login.
    #[error(transparent)]
    Login(#[from] LoginFault),
}

impl Told for CycleFault {
    fn what(&self, language: karamail_core::words::Language) -> String {
        match self {
            CycleFault::Pop3(fault) => fault.what(language),
            CycleFault::Store(fault) => fault.what(language),
            CycleFault::Login(fault) => fault.what(language),
        }
    }

    fn what_to_do(&self, language: karamail_core::words::Language) -> Option<String> {
        match self {
            CycleFault::Pop3(fault) => fault.what_to_do(language),
            CycleFault::Store(fault) => fault.what_to_do(language),
            CycleFault::Login(fault) => fault.what_to_do(language),
        }
    }
}

/// Polls one mailbox and sends what is due. Never fails as a whole: whatever failed is in the report, and the rest was
/// done (a dead POP3 server does not keep receipts from going out, nor the other way round).
pub async fn run_once(worker: &mut Worker, store: &Store, data_folder: &Path, stop: &Stop) -> CycleReport {
    let mut report = CycleReport::default();
    let mut session = match intake::collect(worker, store, data_folder, stop, &mut report).await {
        Ok(session) => Some(session),
        Err(intake::Interrupted { fault, session }) => {
            report.receive_fault = Some(fault);
            session
        }
    };
    if let Some(open) = &mut session
        && let Err(fault) = aside::run_errands(worker, open, store, data_folder, &mut report).await
    {
        report.receive_fault.get_or_insert(fault);
        // Nobody knows in which state the connection is: nothing is deleted over it.
        session = None;
    }
    // A server with POP before SMTP takes us for a stranger now, and might refuse the letters for good.
    if worker.mailbox.smtp.authentication == SmtpAuthentication::PopBeforeSmtp && !report.has_logged_in {
        return report;
    }
    let until = tokio::time::Instant::now() + DELIVER_IN_SESSION;
    if let Err(fault) = deliver::send_due(worker, store, data_folder, stop, until, &mut report).await {
        report.receive_fault.get_or_insert(fault.into());
    }
    if let Some(session) = session
        && let Err(fault) = purge::purge(worker, session, store, &mut report).await
    {
        report.receive_fault.get_or_insert(fault);
    }
    report
}
