//! Deliver: claim, send, settle. The attempt is on disk before it is made, and what became of it right after.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use karamail_core::delivery::{RefusalClass, Step, next_attempt_after};
use karamail_core::journal::{Event, EventKind};
use karamail_core::words::{Language, Telling, Told, journal as words};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{CycleReport, Worker};
use crate::clock;
use crate::crash_point::crash_point;
use crate::smtp::{Mailer, SendOutcome, SmtpFault};
use crate::stop::Stop;
use crate::store::mails::LetterBody;
use crate::store::outbox::{Attempt, Claimed};
use crate::store::{Store, StoreError};

/// Letters claimed at once for each connection: after a crash these, and no more, are sent a second time.
const CLAIMS_A_CONNECTION: usize = 8;
/// How long all letters wait when the SMTP server takes nothing: 15 s, 30 s, 1 min, 2 min, then every 5 min. The
/// letters themselves lose no attempt, so the shop has all the time in the world to mend a password.
const SERVER_PAUSES: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];
/// How long a letter waits for its next turn when its series is over but the fault was not its own.
const LONGEST_DELAY: Duration = Duration::from_secs(4 * 60 * 60);
/// A letter of more bytes than this is read from the disk and sent alone: each takes its size in memory, twice.
const LARGE_LETTER: u64 = 1024 * 1024;
/// How long sends in flight may take when the program is asked to stop.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// Sends every letter of the mailbox that is due, until `until`.
pub(super) async fn send_due(
    worker: &mut Worker,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    until: Instant,
    report: &mut CycleReport,
) -> Result<(), StoreError> {
    report.send_fault.clone_from(&worker.send_trouble);
    settle_kept(worker, store).await?;
    if worker.paused_until.is_some_and(|until| Instant::now() < until) {
        return Ok(());
    }
    store.recover_cut_off(worker.row.id).await?;
    // Nothing due: no mailer, no connection, no write.
    if !store.is_any_due(worker.row.id, clock::now()).await? {
        return Ok(());
    }
    let mailer = match worker.mailer() {
        Ok(mailer) => mailer,
        Err(fault) => {
            return pause(worker, store, Telling::of(&fault), report).await;
        }
    };
    let connections = if worker.mailbox.smtp.send_interval.is_zero() {
        mailer.connections().max(1)
    } else {
        1
    };
    let mut delivery = Delivery {
        store,
        mailer,
        data_folder: data_folder.to_owned(),
        connections,
        waiting: VecDeque::new(),
        in_flight: JoinSet::new(),
        trouble: None,
        large: Arc::new(Semaphore::new(1)),
        stop: stop.clone(),
        cut_off_at: None,
        until,
    };
    let mut result = delivery.run(worker, report).await;
    if result.is_err() {
        delivery.keep_results(worker, report).await;
    }
    if let Some(told) = delivery.trouble.take() {
        // The connections of the pool may be part of the trouble.
        worker.mailer = None;
        result = result.and(pause(worker, store, told, report).await);
    }
    result
}

/// Results that could not be written down (a full disk) come first: nothing is sent until they stand in the ledger, or
/// what the server took already would go out again at every poll.
async fn settle_kept(worker: &mut Worker, store: &Store) -> Result<(), StoreError> {
    if worker.unsettled.is_empty() {
        return Ok(());
    }
    match store
        .settle(&worker.mailbox.name, &worker.unsettled, clock::now())
        .await
    {
        Err(error) if !error.is_contradiction() => return Err(error),
        Err(error) => tracing::error!(%error, "the ledger knows better what became of letters"),
        Ok(_) => {}
    }
    worker.unsettled.clear();
    Ok(())
}

struct Delivery<'a> {
    store: &'a Store,
    mailer: Arc<Mailer>,
    data_folder: PathBuf,
    connections: usize,
    waiting: VecDeque<Claimed>,
    in_flight: JoinSet<(Claimed, Tried)>,
    /// Why the server takes nothing.
    trouble: Option<Telling>,
    /// One large letter at a time.
    large: Arc<Semaphore>,
    stop: Stop,
    /// When sends in flight are given up, once the end was asked for.
    cut_off_at: Option<Instant>,
    until: Instant,
}

impl Delivery<'_> {
    async fn run(&mut self, worker: &mut Worker, report: &mut CycleReport) -> Result<(), StoreError> {
        let mut is_more_due = true;
        loop {
            if self.may_begin() && is_more_due && self.waiting.len() < self.connections {
                crash_point("before-claim");
                let limit = (self.connections * CLAIMS_A_CONNECTION)
                    .try_into()
                    .unwrap_or(u32::MAX);
                let claimed = self.store.claim(worker.row.id, clock::now(), limit).await?;
                crash_point("after-claim");
                is_more_due = !claimed.is_empty();
                self.waiting.extend(claimed);
            }
            self.start_sends(worker);
            let Some(finished) = self.next_finished(worker).await else {
                break;
            };
            // The connections go on while the results are written down.
            self.start_sends(worker);
            self.settle(worker, finished, report).await?;
        }
        let is_left = is_more_due || !self.waiting.is_empty();
        report.is_unfinished |= is_left && self.trouble.is_none() && !self.stop.is_requested();
        self.give_back(worker).await
    }

    /// Whether another letter may be begun.
    fn may_begin(&self) -> bool {
        self.trouble.is_none() && !self.stop.is_requested() && Instant::now() < self.until
    }

    /// Fills the free connections. With a send interval there is one connection, and each letter waits its turn.
    fn start_sends(&mut self, worker: &mut Worker) {
        while self.in_flight.len() < self.connections
            && self.may_begin()
            && worker.next_turn() <= Instant::now()
            && let Some(letter) = self.waiting.pop_front()
        {
            worker.last_sent = Some(Instant::now());
            let mailer = Arc::clone(&self.mailer);
            let (folder, large) = (self.data_folder.clone(), Arc::clone(&self.large));
            self.in_flight.spawn(async move {
                let outcome = send(&mailer, &folder, &letter, &large).await;
                crash_point("after-send");
                (letter, outcome)
            });
        }
    }

    /// One finished send and all others that have finished by now; none when it is the next letter's turn; `None` when
    /// nothing is in flight and nothing more can begin.
    async fn next_finished(&mut self, worker: &Worker) -> Option<Vec<(Claimed, Tried)>> {
        if self.in_flight.is_empty() {
            let turn = worker.next_turn();
            if self.waiting.is_empty() || !self.may_begin() || turn > self.until {
                return None;
            }
            tokio::select! {
                () = self.stop.requested() => {}
                () = tokio::time::sleep_until(turn) => {}
            }
            return Some(Vec::new());
        }
        let first = tokio::select! {
            finished = self.in_flight.join_next() => finished?,
            () = cut_off(&mut self.stop, &mut self.cut_off_at) => return None,
        };
        let mut finished: Vec<(Claimed, Tried)> = Vec::new();
        let mut next = Some(first);
        while let Some(done) = next {
            match done {
                Ok(done) => finished.push(done),
                // A send that panicked is unsure: its row stays as it is and the next start sends it again.
                Err(error) => tracing::error!(%error, "a send ended without a result"),
            }
            next = self.in_flight.try_join_next();
        }
        Some(finished)
    }

    async fn settle(
        &mut self,
        worker: &mut Worker,
        finished: Vec<(Claimed, Tried)>,
        report: &mut CycleReport,
    ) -> Result<(), StoreError> {
        let now = clock::now();
        let attempts = self.judge(worker, finished, now, report);
        crash_point("before-settle");
        let settled = self.store.settle(&worker.mailbox.name, &attempts, now).await;
        crash_point("after-settle");
        if let Err(error) = settled {
            worker.unsettled.extend(attempts);
            return Err(error);
        }
        let is_taken =
            |attempt: &Attempt| matches!(attempt, Attempt::Accepted { .. } | Attempt::Refused { .. });
        if self.trouble.is_none() && attempts.iter().any(|(_, attempt)| is_taken(attempt)) {
            recovered(worker, self.store).await?;
        }
        Ok(())
    }

    /// What each finished send comes to.
    fn judge(
        &mut self,
        worker: &Worker,
        finished: Vec<(Claimed, Tried)>,
        now: Timestamp,
        report: &mut CycleReport,
    ) -> Vec<(Claimed, Attempt)> {
        let language = worker.settings.general.language;
        let mut attempts = Vec::with_capacity(finished.len());
        for (letter, tried) in finished {
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
                        tracing::warn!(mailbox = worker.mailbox.name, %fault, "the SMTP server takes nothing");
                        self.trouble.get_or_insert_with(|| Telling::of(&fault));
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
    async fn give_back(&mut self, worker: &mut Worker) -> Result<(), StoreError> {
        let now = clock::now();
        let attempts = self.not_made(now);
        let given_back = self.store.settle(&worker.mailbox.name, &attempts, now).await;
        given_back
            .map(drop)
            .inspect_err(|_| worker.unsettled.extend(attempts))
    }

    fn not_made(&mut self, now: Timestamp) -> Vec<(Claimed, Attempt)> {
        let left = self.waiting.drain(..);
        left.map(|letter| (letter, Attempt::NotMade { at: now }))
            .collect()
    }

    /// The ledger takes nothing: what becomes of the letters in flight is kept until it does.
    async fn keep_results(&mut self, worker: &mut Worker, report: &mut CycleReport) {
        let now = clock::now();
        worker.unsettled.extend(self.not_made(now));
        while let Some(finished) = self.next_finished(worker).await {
            let attempts = self.judge(worker, finished, now, report);
            worker.unsettled.extend(attempts);
        }
    }
}

/// Resolves when sends in flight have had their time since the end was asked for.
async fn cut_off(stop: &mut Stop, at: &mut Option<Instant>) {
    stop.requested().await;
    let at = *at.get_or_insert_with(|| Instant::now() + STOP_GRACE);
    tokio::time::sleep_until(at).await;
}

/// What came of an attempt; an error where the finished letter could not be read from the disk.
type Tried = std::io::Result<SendOutcome>;

async fn send(mailer: &Mailer, data_folder: &Path, letter: &Claimed, large: &Semaphore) -> Tried {
    let read;
    let mut _alone = None;
    let bytes: &[u8] = match letter.body() {
        LetterBody::Bytes(bytes) => bytes,
        LetterBody::File(file) => {
            let path = data_folder.join(file);
            if tokio::fs::metadata(&path)
                .await
                .is_ok_and(|found| found.len() > LARGE_LETTER)
            {
                // The semaphore is never closed.
                _alone = large.acquire().await.ok();
            }
            read = tokio::fs::read(path)
                .await
                .inspect_err(|error| tracing::error!(file, %error, "a finished forward cannot be read"))?;
            &read
        }
    };
    Ok(mailer.send(letter.from(), letter.to(), bytes).await)
}

/// What becomes of a letter that met trouble with the server itself. Before RCPT it waits with all the others. Behind RCPT
/// the trouble may be about this one recipient after all: it goes to the end of the queue, so that it cannot keep the
/// others waiting for ever, and is never given up for such a reason.
fn blameless(attempts: u32, fault: &SmtpFault, now: Timestamp) -> Attempt {
    if fault.step() < Step::Recipient {
        return Attempt::NotMade { at: now };
    }
    let delay = next_attempt_after(attempts).unwrap_or(LONGEST_DELAY);
    let at = now
        .checked_add(SignedDuration::try_from(delay).unwrap_or_default())
        .unwrap_or(now);
    Attempt::Again {
        at,
        why: fault.to_string(),
    }
}

/// When a letter is tried again, or that it is given up after the whole series.
fn again(attempts: u32, what: String, now: Timestamp, language: Language) -> Attempt {
    let delay = next_attempt_after(attempts).and_then(|delay| SignedDuration::try_from(delay).ok());
    match delay.and_then(|delay| now.checked_add(delay).ok()) {
        Some(at) => {
            let time = clock::local(at).strftime("%H:%M:%S").to_string();
            Attempt::Again {
                at,
                why: format!("{what} {}", words::tried_again_at(language, &time)),
            }
        }
        None => Attempt::Refused {
            why: format!("{what} {}", words::gave_up(language)),
            class: RefusalClass::GaveUp,
        },
    }
}

/// All letters wait: the server takes nothing. Told once, and once when it is over.
async fn pause(
    worker: &mut Worker,
    store: &Store,
    told: Telling,
    report: &mut CycleReport,
) -> Result<(), StoreError> {
    let at = usize::try_from(worker.send_failures)
        .unwrap_or(usize::MAX)
        .min(SERVER_PAUSES.len() - 1);
    let pause = SERVER_PAUSES.get(at).copied().unwrap_or(Duration::from_secs(300));
    // The clock on the wall may jump; a pause must not grow to years by it.
    worker.paused_until = Some(Instant::now() + pause);
    worker.send_trouble = Some(told.clone());
    worker.send_failures = worker.send_failures.saturating_add(1);
    report.send_fault = Some(told.clone());
    if worker.send_failures == 1 {
        let mailbox = Some(worker.mailbox.name.clone());
        let event = Event {
            mailbox,
            detail: Some(told.told(worker.settings.general.language)),
            ..Event::new(EventKind::SendingFailing)
        };
        store.note(event, clock::now()).await?;
    }
    Ok(())
}

async fn recovered(worker: &mut Worker, store: &Store) -> Result<(), StoreError> {
    worker.paused_until = None;
    worker.send_trouble = None;
    if std::mem::take(&mut worker.send_failures) > 0 {
        let mailbox = Some(worker.mailbox.name.clone());
        store
            .note(
                Event {
                    mailbox,
                    ..Event::new(EventKind::SendingRecovered)
                },
                clock::now(),
            )
            .await?;
    }
    Ok(())
}
