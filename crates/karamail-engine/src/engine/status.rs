//! What the engine is doing, as screens see it.

use jiff::{SignedDuration, Timestamp};
use karamail_core::words::Telling;
use serde::Serialize;

use crate::store::aside::AsideCounts;

/// How long a strange day stays a problem to show.
const STRANGE_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the engine is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Whether mailboxes are polled.
    pub is_collecting: bool,
    /// Each enabled mailbox, in the settings' order.
    pub mailboxes: Vec<MailboxStatus>,
    /// What is wrong with the settings file, told; the settings before it hold.
    pub settings_faults: Option<Telling>,
    /// Why the monthly log cannot be written, told; it catches up when it can.
    pub log_fault: Option<Telling>,
    /// That the disk is full, told: nothing is polled or sent until there is room. The mails are on their servers.
    pub disk_fault: Option<Telling>,
    /// When this machine woke from sleep, or the clock jumped: polls of before are old by no fault.
    #[serde(skip)]
    pub woke_at: Option<Timestamp>,
}

/// What a mailbox is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailboxStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Whether a cycle runs now.
    pub is_polling: bool,
    /// When the last poll that succeeded ended.
    pub last_good_poll: Option<Timestamp>,
    /// When the next poll is due.
    pub next_poll: Option<Timestamp>,
    /// Why the last poll failed, told.
    pub receive_fault: Option<Telling>,
    /// Why nothing can be sent, told.
    pub send_fault: Option<Telling>,
    /// Whether a password that the mailbox needs is not there: the shop must enter it.
    pub is_password_missing: bool,
    /// How many mails wait for the shop: `held`, `quarantined`, `backlog`.
    #[serde(flatten)]
    pub waiting: AsideCounts,
    /// When every unique id of the mailbox was found to be new, if that was within a day.
    pub every_uidl_new_at: Option<Timestamp>,
    /// How many of the troubles above stand now: receiving, sending, a strange day.
    pub problems: u32,
}

impl MailboxStatus {
    pub(super) fn new(name: String, address: String) -> MailboxStatus {
        MailboxStatus {
            name,
            address,
            is_polling: false,
            last_good_poll: None,
            next_poll: None,
            receive_fault: None,
            send_fault: None,
            is_password_missing: false,
            waiting: AsideCounts::default(),
            every_uidl_new_at: None,
            problems: 0,
        }
    }

    /// Counts the troubles that stand at `now`.
    pub(super) fn count_problems(&mut self, now: Timestamp) {
        let is_over = |at: Timestamp| now.duration_since(at).abs() > STRANGE_DAY;
        self.every_uidl_new_at = self.every_uidl_new_at.filter(|at| !is_over(*at));
        self.problems = u32::from(self.receive_fault.is_some())
            + u32::from(self.send_fault.is_some())
            + u32::from(self.every_uidl_new_at.is_some());
    }
}
