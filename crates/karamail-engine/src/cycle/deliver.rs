//! Deliver: claim, send, settle. The attempt is on disk before it is made, and what became of it right after.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use karamail_core::words::{Telling, Told, journal as words};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::attempt::{Tried, again, blameless, send};
use super::pauses::{pause, recovered};
use super::progress::Progress;
use super::sender::Sender;
use crate::clock;
use crate::crash_point::crash_point;
use crate::smtp::{Mailer, SendOutcome};
use crate::stop::Stop;
use crate::store::outbox::{Attempt, Claimed};
use crate::store::{Store, StoreError};

/// Letters claimed ahead for each connection, so that none waits for the ledger.
const CLAIMS_A_CONNECTION: usize = 8;
/// Letters for each connection that are on their way or sent, and not yet written down: after a crash these, and no more, go
/// out a second time.
const UNWRITTEN_A_CONNECTION: usize = 4;
/// Results are written down together when they come within this time: a flush for each would be most of the work at a rush.
const GATHERING: Duration = Duration::from_millis(20);
/// How long sends in flight may take when the program is asked to stop.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// What one cycle's delivery did.
#[derive(Debug, Default)]
pub(super) struct DeliveryReport {
    /// Letters that the SMTP server took.
    pub(super) sent: usize,
    /// Letters that were refused for good.
    pub(super) refused: usize,
    /// Letters that are tried again later.
    pub(super) delayed: usize,
    /// Whether letters that are due were left for the next cycle.
    pub(super) is_unfinished: bool,
    /// Why sending failed for all letters, if it did.
    pub(super) fault: Option<Telling>,
}

/// Sends the letters of the mailbox: those that are due, those that intake records meanwhile, and what is left after it for
/// as long as the POP3 session may wait.
pub(super) async fn deliver(
    sender: &mut Sender,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    mut progress: watch::Receiver<Progress>,
    report: &mut DeliveryReport,
) -> Result<(), StoreError> {
    if sender.waits_for_pop3() && !wait_for_login(&mut progress).await {
        return Ok(());
    }
    let delivered = deliver_beside(sender, store, data_folder, stop.clone(), progress, report).await;
    // As it is now: what was in trouble at first may have gone out since.
    report.fault.clone_from(&sender.trouble);
    delivered
}

async fn deliver_beside(
    sender: &mut Sender,
    store: &Store,
    data_folder: &Path,
    mut stop: Stop,
    mut progress: watch::Receiver<Progress>,
    report: &mut DeliveryReport,
) -> Result<(), StoreError> {
    settle_kept(sender, store).await?;
    store.recover_cut_off(sender.mailbox_id).await?;
    loop {
        // Marked as seen first: what is recorded while letters go out is looked for again.
        let is_receiving = progress.borrow_and_update().is_receiving();
        send_due(sender, store, data_folder, &stop, &progress, report).await?;
        if !is_receiving || stop.is_requested() {
            return Ok(());
        }
        let pause = sender.pause();
        tokio::select! {
            biased;
            () = stop.requested() => return Ok(()),
            changed = progress.changed() => if changed.is_err() { return Ok(()) },
            () = tokio::time::sleep_until(pause.unwrap_or_else(Instant::now)), if pause.is_some() => {}
        }
    }
}

/// Whether the POP3 server let us in, once that is known.
async fn wait_for_login(progress: &mut watch::Receiver<Progress>) -> bool {
    let known = progress
        .wait_for(|progress| progress.has_logged_in() || !progress.is_receiving())
        .await;
    known.is_ok_and(|progress| progress.has_logged_in())
}

/// Sends every letter of the mailbox that is due.
async fn send_due(
    sender: &mut Sender,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    progress: &watch::Receiver<Progress>,
    report: &mut DeliveryReport,
) -> Result<(), StoreError> {
    // Nothing due: no mailer, no connection, no write.
    if sender.pause().is_some() || !store.is_any_due(sender.mailbox_id, clock::now()).await? {
        return Ok(());
    }
    let mailer = match sender.mailer() {
        Ok(mailer) => mailer,
        Err(fault) => {
            return pause(sender, store, Telling::of(&fault)).await;
        }
    };
    let connections = match sender.has_interval() {
        true => 1,
        false => mailer.connections().max(1),
    };
    let mut delivery = Delivery {
        store,
        mailer,
        data_folder: data_folder.to_owned(),
        connections,
        waiting: VecDeque::new(),
        is_more_due: true,
        in_flight: JoinSet::new(),
        finished: Vec::new(),
        writing: 0,
        trouble: None,
        large: Arc::new(Semaphore::new(1)),
        stop: stop.clone(),
        cut_off_at: None,
        progress: progress.clone(),
    };
    let mut result = delivery.run(sender, report).await;
    if result.is_err() {
        delivery.keep_results(sender, report).await;
    }
    if let Some(told) = delivery.trouble.take() {
        // The connections of the pool may be part of the trouble.
        sender.mailer = None;
        result = result.and(pause(sender, store, told).await);
    }
    result
}

/// Results that could not be written down (a full disk) come first: nothing is sent until they stand in the ledger, or
/// what the server took already would go out again at every poll.
async fn settle_kept(sender: &mut Sender, store: &Store) -> Result<(), StoreError> {
    if sender.unsettled.is_empty() {
        return Ok(());
    }
    match store
        .settle(&sender.mailbox_name, &sender.unsettled, clock::now())
        .await
    {
        Err(error) if !error.is_contradiction() => return Err(error),
        Err(error) => tracing::error!(%error, "the ledger knows better what became of letters"),
        Ok(_) => {}
    }
    let kept = std::mem::take(&mut sender.unsettled);
    // Nothing may be left to send, that would show that the server is well again.
    match kept.iter().any(|(_, attempt)| attempt.is_taken()) {
        true => recovered(sender, store).await,
        false => Ok(()),
    }
}

struct Delivery<'a> {
    store: &'a Store,
    mailer: Arc<Mailer>,
    data_folder: PathBuf,
    connections: usize,
    waiting: VecDeque<Claimed>,
    /// Whether the ledger may have more letters that are due.
    is_more_due: bool,
    in_flight: JoinSet<(Claimed, Tried)>,
    /// Sent or not, and not yet written down.
    finished: Vec<(Claimed, Tried)>,
    /// How many more are being written down.
    writing: usize,
    /// Why the server takes nothing.
    trouble: Option<Telling>,
    /// One large letter at a time.
    large: Arc<Semaphore>,
    stop: Stop,
    /// When sends in flight are given up, once the end was asked for.
    cut_off_at: Option<Instant>,
    /// How far receiving is: it brings more letters, and tells when to end.
    progress: watch::Receiver<Progress>,
}

impl Delivery<'_> {
    async fn run(&mut self, sender: &mut Sender, report: &mut DeliveryReport) -> Result<(), StoreError> {
        loop {
            self.write_down(sender, report).await?;
            self.start_sends(sender);
            // Where every letter in hand came to nothing, more are claimed first.
            let is_idle = !self.next_finished(sender).await;
            if is_idle && !(self.waiting.is_empty() && self.wanted() > 0) {
                break;
            }
            self.gather(sender).await;
        }
        let is_left = self.is_more_due || !self.waiting.is_empty();
        report.is_unfinished |= is_left && self.trouble.is_none() && !self.stop.is_requested();
        self.give_back(sender).await
    }

    /// How many letters to claim now: none while half of what is claimed ahead still waits.
    fn wanted(&self) -> u32 {
        let ahead = self.connections * CLAIMS_A_CONNECTION;
        match self.may_begin() && self.is_more_due && self.waiting.len() <= ahead / 2 {
            true => (ahead - self.waiting.len()).try_into().unwrap_or(u32::MAX),
            false => 0,
        }
    }

    /// Lets more results come for a moment, as long as there are connections at work.
    async fn gather(&mut self, sender: &mut Sender) {
        let until = Instant::now() + GATHERING;
        self.start_sends(sender);
        while !self.finished.is_empty() && self.finished.len() < self.connections * UNWRITTEN_A_CONNECTION / 2
        {
            let done = tokio::select! {
                biased;
                done = self.in_flight.join_next() => done,
                () = tokio::time::sleep_until(until) => None,
            };
            let Some(done) = done else { return };
            self.keep(done);
            self.start_sends(sender);
        }
    }

    /// Waits for the ledger while the connections go on: what they finish meanwhile is written down with one flush.
    async fn meanwhile<T>(&mut self, sender: &mut Sender, writing: impl Future<Output = T>) -> T {
        let mut writing = pin!(writing);
        loop {
            let done = tokio::select! {
                biased;
                written = &mut writing => return written,
                Some(done) = self.in_flight.join_next() => done,
            };
            self.keep(done);
            self.start_sends(sender);
        }
    }

    /// Whether another letter may be begun.
    fn may_begin(&self) -> bool {
        self.trouble.is_none() && !self.stop.is_requested() && self.progress.borrow().is_time_left()
    }

    /// Fills the free connections. With a send interval there is one connection, and each letter waits its turn.
    fn start_sends(&mut self, sender: &mut Sender) {
        while self.in_flight.len() < self.connections
            && self.in_flight.len() + self.finished.len() + self.writing
                < self.connections * UNWRITTEN_A_CONNECTION
            && self.may_begin()
            && sender.next_turn() <= Instant::now()
            && let Some(letter) = self.waiting.pop_front()
        {
            sender.last_sent = Some(Instant::now());
            let mailer = Arc::clone(&self.mailer);
            let (folder, large) = (self.data_folder.clone(), Arc::clone(&self.large));
            self.in_flight.spawn(async move {
                let outcome = send(&mailer, &folder, &letter, &large).await;
                crash_point("after-send");
                (letter, outcome)
            });
        }
    }

    /// Waits until something is finished, or there is news of letters, or it is the next letter's turn; `false` when
    /// nothing is in hand and nothing more can begin.
    async fn next_finished(&mut self, sender: &Sender) -> bool {
        if self.finished.is_empty() && self.in_flight.is_empty() {
            let turn = sender.next_turn();
            if self.waiting.is_empty() || !self.may_begin() || !self.progress.borrow().is_before_end(turn) {
                return false;
            }
            tokio::select! {
                biased;
                () = self.stop.requested() => {}
                () = news(&mut self.progress) => self.is_more_due = true,
                () = tokio::time::sleep_until(turn) => {}
            }
            return true;
        }
        if self.finished.is_empty() {
            let first = tokio::select! {
                biased;
                finished = self.in_flight.join_next() => finished,
                // A connection that hangs does not keep the others from what was recorded meanwhile.
                () = news(&mut self.progress) => {
                    self.is_more_due = true;
                    return true;
                }
                () = cut_off(&mut self.stop, &mut self.cut_off_at) => return false,
            };
            first.into_iter().for_each(|done| self.keep(done));
        }
        while let Some(done) = self.in_flight.try_join_next() {
            self.keep(done);
        }
        true
    }

    /// Keeps a result until it is written down. What shows that the server takes nothing counts at once.
    fn keep(&mut self, done: Result<(Claimed, Tried), JoinError>) {
        match done {
            Ok((letter, tried)) => {
                if let Ok(SendOutcome::ServerTrouble { fault }) = &tried {
                    self.trouble.get_or_insert_with(|| Telling::of(fault));
                }
                self.finished.push((letter, tried));
            }
            // A send that panicked is unsure: its row stays as it is and the next start sends it again.
            Err(error) => tracing::error!(%error, "a send ended without a result"),
        }
    }

    /// Writes down what is finished, and claims the next letters with the same flush.
    async fn write_down(
        &mut self,
        sender: &mut Sender,
        report: &mut DeliveryReport,
    ) -> Result<(), StoreError> {
        let now = clock::now();
        let attempts = self.judge(sender, now, report);
        let wanted = self.wanted();
        // Trouble that comes while this is written down is the next results'.
        let is_well = self.trouble.is_none() && attempts.iter().any(|(_, attempt)| attempt.is_taken());
        if !attempts.is_empty() {
            crash_point("before-settle");
        }
        if wanted > 0 {
            crash_point("before-claim");
        }
        let (store, mailbox, name) = (self.store, sender.mailbox_id, sender.mailbox_name.clone());
        self.writing = attempts.len();
        let writing = store.settle_and_claim(&name, &attempts, mailbox, now, wanted);
        let written = self.meanwhile(sender, writing).await;
        self.writing = 0;
        let claimed = match written {
            Ok((_, claimed)) => claimed,
            Err(error) => {
                sender.unsettled.extend(attempts);
                return Err(error);
            }
        };
        if !attempts.is_empty() {
            crash_point("after-settle");
        }
        if wanted > 0 {
            crash_point("after-claim");
            self.is_more_due = !claimed.is_empty();
        }
        self.waiting.extend(claimed);
        if is_well {
            recovered(sender, self.store).await?;
        }
        Ok(())
    }

    /// What each finished send comes to.
    fn judge(
        &mut self,
        sender: &Sender,
        now: Timestamp,
        report: &mut DeliveryReport,
    ) -> Vec<(Claimed, Attempt)> {
        let language = sender.language;
        let mut attempts = Vec::with_capacity(self.finished.len());
        for (letter, tried) in std::mem::take(&mut self.finished) {
            let attempt = match tried {
                Err(error) => again(
                    letter.attempts(),
                    words::letter_unreadable(language, &error.to_string()),
                    now,
                    language,
                ),
                Ok(outcome) => match outcome {
                    SendOutcome::Accepted { answer } => Attempt::Accepted { answer },
                    SendOutcome::Refused { fault } => Attempt::Refused {
                        why: fault.told_of(letter.to(), language),
                        class: fault.refusal_class_of(letter.to()),
                    },
                    SendOutcome::Again { fault } => {
                        again(letter.attempts(), fault.what(language), now, language)
                    }
                    SendOutcome::ServerTrouble { fault } => {
                        tracing::warn!(mailbox = sender.mailbox_name, %fault, "the SMTP server takes nothing");
                        blameless(letter.attempts(), &fault, now)
                    }
                },
            };
            match &attempt {
                Attempt::Accepted { .. } => report.sent += 1,
                Attempt::Refused { .. } => report.refused += 1,
                Attempt::Again { .. } => report.delayed += 1,
                Attempt::NotMade { .. } => {}
            }
            attempts.push((letter, attempt));
        }
        attempts
    }

    /// Letters that were claimed and not tried: the attempt was not made and is not counted.
    async fn give_back(&mut self, sender: &mut Sender) -> Result<(), StoreError> {
        let now = clock::now();
        let attempts = self.not_made(now);
        let given_back = self.store.settle(&sender.mailbox_name, &attempts, now).await;
        given_back
            .map(drop)
            .inspect_err(|_| sender.unsettled.extend(attempts))
    }

    fn not_made(&mut self, now: Timestamp) -> Vec<(Claimed, Attempt)> {
        let left = self.waiting.drain(..);
        left.map(|letter| (letter, Attempt::NotMade { at: now }))
            .collect()
    }

    /// The ledger takes nothing: what becomes of the letters in flight is kept until it does.
    async fn keep_results(&mut self, sender: &mut Sender, report: &mut DeliveryReport) {
        let now = clock::now();
        sender.unsettled.extend(self.not_made(now));
        while self.next_finished(sender).await {
            let attempts = self.judge(sender, now, report);
            sender.unsettled.extend(attempts);
        }
    }
}

/// Resolves when receiving has come further; never once it is over.
async fn news(progress: &mut watch::Receiver<Progress>) {
    let is_receiving = progress.borrow().is_receiving();
    if !is_receiving || progress.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Resolves when sends in flight have had their time since the end was asked for.
async fn cut_off(stop: &mut Stop, at: &mut Option<Instant>) {
    stop.requested().await;
    let at = *at.get_or_insert_with(|| Instant::now() + STOP_GRACE);
    tokio::time::sleep_until(at).await;
}
