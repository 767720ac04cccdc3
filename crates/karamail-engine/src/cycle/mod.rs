//! The one path of a mail: intake, deliver, purge. See docs/MAIL_FLOW.md for every state and what the next start does.
//!
//! ```text
//! run_once(mailbox)
//!  1 intake    listing → plan → headers → decide → record      one transaction for a batch of mails
//!  2 deliver   claim (attempt counted on disk) → send → settle  beside intake, from the first batch on
//!  3 purge     DELE what is settled and the keep rule lets go → QUIT; believed only after +OK
//! ```
//!
//! The future of [`run_once`] may be dropped at any await: everything is promised on disk before it is acted on.

pub(crate) mod aside;
mod attempt;
mod deliver;
mod doubts;
mod intake;
#[cfg(test)]
mod kept;
pub(crate) mod letters;
mod look;
mod pauses;
mod progress;
mod purge;
mod safely;
mod sender;
mod spool;
mod strange_day;
mod trouble;
mod whole;
mod worker;

use std::path::Path;
use std::time::Duration;

use karamail_core::words::{Telling, Told};
use tokio::sync::watch;

use crate::pop3::Pop3Error;
use crate::seams::lockstep;
use crate::stop::Stop;
use crate::store::{Store, StoreError};

use deliver::DeliveryReport;
use intake::Session;
pub(crate) use intake::batch_length;
pub(crate) use letters::receipt_again;
use progress::Progress;
pub(crate) use spool::has_shop_word;
use worker::Receiver;
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
    /// Whether letters that are due, or new mails under the ids of old ones, were left for the next cycle.
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

    fn on_screen(&self, language: karamail_core::words::Language) -> Option<String> {
        match self {
            CycleFault::Pop3(fault) => fault.on_screen(language),
            CycleFault::Store(fault) => fault.on_screen(language),
            CycleFault::Login(fault) => fault.on_screen(language),
        }
    }
}

/// Polls one mailbox and sends what is due. Never fails as a whole: whatever failed is in the report, and the rest was
/// done (a dead POP3 server does not keep receipts from going out, nor the other way round).
///
/// Receiving and delivering go on side by side: the first customer's receipt does not wait for the headers of the last.
/// Both are parts of this one future, and are dropped with it. Purging comes after both.
pub async fn run_once(worker: &mut Worker, store: &Store, data_folder: &Path, stop: &Stop) -> CycleReport {
    let Worker { receiver, sender, .. } = worker;
    let (mut report, mut delivered) = (CycleReport::default(), DeliveryReport::default());
    if let Err(fault) = store.check_place() {
        report.receive_fault = Some(fault.into());
        return report;
    }
    let (progress, watched) = watch::channel(Progress::default());
    let receiving = async {
        let session = receive(receiver, store, data_folder, stop, &progress, &mut report).await;
        progress.send_modify(Progress::over);
        session
    };
    let delivering = deliver::deliver(sender, store, data_folder, stop, watched, &mut delivered);
    let (session, sent) = futures_util::join!(lockstep(receiving), lockstep(delivering));
    report.take_in(delivered);
    if let Err(fault) = sent {
        report.receive_fault.get_or_insert(fault.into());
    }
    if let Some(session) = session
        && let Err(fault) = purge::purge(receiver, session, store, &mut report).await
    {
        report.receive_fault.get_or_insert(fault);
    }
    report
}

/// Intake, and what the shop decided that needs the server. The session is there where it can still be purged.
async fn receive(
    receiver: &mut Receiver,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    progress: &watch::Sender<Progress>,
    report: &mut CycleReport,
) -> Option<Session> {
    let collected = intake::collect(receiver, store, data_folder, stop, progress, report).await;
    let mut session = match collected {
        Ok(session) => session,
        Err(intake::Interrupted { fault, session }) => {
            report.receive_fault = Some(fault);
            session?
        }
    };
    if let Err(fault) = aside::run_errands(receiver, &mut session, store, data_folder, report).await {
        report.receive_fault.get_or_insert(fault);
        // Nobody knows in which state the connection is: nothing is deleted over it.
        return None;
    }
    Some(session)
}

impl CycleReport {
    fn take_in(&mut self, delivered: DeliveryReport) {
        self.sent = delivered.sent;
        self.refused = delivered.refused;
        self.delayed = delivered.delayed;
        self.is_unfinished = delivered.is_unfinished;
        self.send_fault = delivered.fault;
    }
}
