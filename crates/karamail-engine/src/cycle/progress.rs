//! How far receiving is, for the delivery beside it.

use tokio::time::Instant;

use super::DELIVER_IN_SESSION;

/// How far receiving is. Delivery watches it: each change may bring letters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    has_logged_in: bool,
    /// Batches that were recorded.
    batches: u64,
    /// When delivery ends, once receiving is over.
    until: Option<Instant>,
}

impl Progress {
    /// The POP3 server let us in.
    pub(super) fn logged_in(&mut self) {
        self.has_logged_in = true;
    }

    /// A batch was recorded.
    pub(super) fn recorded(&mut self) {
        self.batches += 1;
    }

    /// Nothing more comes: what is due goes out for as long as the session may wait.
    pub(super) fn over(&mut self) {
        self.until = Some(Instant::now() + DELIVER_IN_SESSION);
    }

    pub(super) fn has_logged_in(&self) -> bool {
        self.has_logged_in
    }

    pub(super) fn is_receiving(&self) -> bool {
        self.until.is_none()
    }

    /// Whether another letter may be begun now.
    pub(super) fn is_time_left(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }

    /// Whether that is not behind the end.
    pub(super) fn is_before_end(&self, at: Instant) -> bool {
        self.until.is_none_or(|until| at <= until)
    }
}
