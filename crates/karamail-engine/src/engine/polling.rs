//! When a mailbox is polled, and what becomes of it when its cycle has ended.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::LONGEST_NAP;
use karamail_core::words::{Telling, Told, guards as words};
use tokio::task::JoinSet;

use super::{Engine, SWEEP_AFTER_JUMP, room};
use crate::clock;
use crate::cycle::{self, CycleReport, Logins, Worker};

/// A mailbox that fails is tried again after 1, 2, 4, 8 intervals and so on, at the most this long: it backs off
/// alone, and a mended one is found soon.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);

impl Engine {
    pub(super) fn start_due(&mut self, cycles: &mut JoinSet<(Worker, CycleReport)>) {
        if !self.status.borrow().is_collecting || self.look_for_room_at.is_some() {
            return;
        }
        let now = tokio::time::Instant::now();
        for slot in self.slots.iter_mut().filter(|slot| slot.due <= now) {
            if self.running.values().any(|id| *id == slot.mailbox_id) {
                continue;
            }
            if let Some(mut worker) = slot.worker.take() {
                let (store, stop, secrets) = (
                    self.store.clone(),
                    self.collecting.1.clone(),
                    Arc::clone(&self.secrets),
                );
                let folder = self.data_folder.path().to_owned();
                let task = cycles.spawn(async move {
                    worker.refresh_logins(&secrets).await;
                    let report = cycle::run_once(&mut worker, &store, &folder, &stop).await;
                    (worker, report)
                });
                self.running.insert(task.id(), slot.mailbox_id);
            }
        }
    }

    /// When to look again at the latest: a PC that wakes from sleep does not wake our timers.
    pub(super) fn next_look(&self) -> Option<tokio::time::Instant> {
        if !self.status.borrow().is_collecting {
            return None;
        }
        let due = self.look_for_room_at.or_else(|| self.next_due());
        let nap = tokio::time::Instant::now() + LONGEST_NAP;
        Some(due.map_or(nap, |due| due.min(nap)))
    }

    /// After a sleep or a jump of the clock everything is polled at once, and what was planned by the wall clock is
    /// planned anew. Letters and limits bear jumps by themselves (`store::outbox`, `store::mails`).
    pub(super) async fn mind_the_clock(&mut self, planned: Option<tokio::time::Instant>) {
        let (now, running) = (clock::now(), tokio::time::Instant::now());
        let Some(jump) = self.pulse.look(now, running, planned) else {
            return;
        };
        tracing::info!(
            seconds = jump.by.as_secs(),
            "the clock jumped, or this machine slept"
        );
        // Not at once: a clock that is wrong would take the archive for old. In some hours it is set right; a day would be
        // too long for a PC that sleeps every night.
        let rest = running + SWEEP_AFTER_JUMP;
        self.next_sweep = Some(self.next_sweep.map_or(rest, |next| next.max(rest)));
        if !jump.is_news || !self.status.borrow().is_collecting {
            return;
        }
        self.woke();
        if !jump.by.is_zero() {
            let minutes = jump.by.as_secs().unsigned_abs() / 60;
            let language = self.settings.general.language;
            let detail = match jump.by.is_negative() {
                true => words::clock_back(language, minutes),
                false => words::clock_forward(language, minutes),
            };
            let event = Event {
                detail: Some(detail),
                ..Event::new(EventKind::ClockJumped)
            };
            self.note(event).await;
        }
    }

    pub(super) fn next_due(&self) -> Option<tokio::time::Instant> {
        if !self.status.borrow().is_collecting {
            return None;
        }
        let running: HashSet<i64> = self.running.values().copied().collect();
        self.slots
            .iter()
            .filter(|slot| slot.worker.is_some() && !running.contains(&slot.mailbox_id))
            .map(|slot| slot.due)
            .min()
    }

    pub(super) async fn finish_cycle(
        &mut self,
        done: Result<(tokio::task::Id, (Worker, CycleReport)), tokio::task::JoinError>,
    ) {
        let (mut worker, report) = match done {
            Ok((task, done)) => {
                self.running.remove(&task);
                done
            }
            Err(error) => {
                // A bug in one cycle must not stop the others: the mailbox begins anew.
                tracing::error!(%error, "a cycle ended without a result");
                let mailbox_id = self.running.remove(&error.id());
                self.replace_lost(mailbox_id).await;
                return;
            }
        };
        let is_disk_full = room::met_full_disk(&report);
        if is_disk_full {
            self.pause_for_room();
        } else {
            self.tell_receiving(&mut worker, &report).await;
        }
        let id = worker.mailbox_id();
        let interval = self.settings.general.check_interval;
        // One whose settings changed meanwhile is polled at once, whatever came of the old ones.
        let slot = self.slots.iter_mut().find(|slot| slot.mailbox_id == id);
        let Some(slot) = slot.filter(|slot| slot.worker.is_none()) else {
            return self.put_back(worker);
        };
        {
            slot.failures = if report.receive_fault.is_some() {
                slot.failures.saturating_add(1)
            } else {
                0
            };
            let doubled = interval.saturating_mul(1 << slot.failures.saturating_sub(1).min(10));
            let pause = if std::mem::take(&mut slot.is_check_wanted) {
                Duration::ZERO
            } else if report.is_unfinished {
                let turn = worker.next_turn();
                turn.saturating_duration_since(tokio::time::Instant::now())
                    .min(interval)
            } else if slot.failures == 0 {
                interval
            } else {
                doubled.min(LONGEST_BACK_OFF.max(interval))
            };
            slot.due = tokio::time::Instant::now() + pause;
        }
        let name = worker.mailbox().name.clone();
        let is_password_missing = worker.lacks_password();
        self.status.send_modify(|status| {
            if let Some(mailbox) = status.mailboxes.iter_mut().find(|mailbox| mailbox.name == name) {
                mailbox.receive_fault = report.receive_fault.as_ref().map(Telling::of);
                if report.receive_fault.is_none() {
                    mailbox.last_good_poll = Some(clock::now());
                }
                mailbox.send_fault.clone_from(&report.send_fault);
                mailbox.is_password_missing = is_password_missing;
                if report.is_every_uidl_new {
                    mailbox.every_uidl_new_at = Some(clock::now());
                }
            }
        });
        self.put_back(worker);
        if let Some(slot) = self.slots.iter().find(|slot| slot.mailbox_id == id) {
            self.count_waiting_in(slot).await;
        }
        self.sweep().await;
    }

    /// Gives a worker its place back. Where new settings or passwords put another one there meanwhile, that one goes on
    /// with what this one knows.
    pub(super) fn put_back(&mut self, worker: Worker) {
        let id = worker.mailbox_id();
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.mailbox_id == id) {
            match &mut slot.worker {
                Some(successor) => successor.inherit(worker),
                place => *place = Some(worker),
            }
        }
    }

    /// A worker in the place of one that was lost with its cycle; it waits as long as a failing mailbox may.
    pub(super) async fn replace_lost(&mut self, mailbox_id: Option<i64>) {
        let Some(slot) = self
            .slots
            .iter_mut()
            .find(|slot| Some(slot.mailbox_id) == mailbox_id)
        else {
            return;
        };
        let Some(mailbox) = self
            .settings
            .mailboxes
            .iter()
            .find(|mailbox| mailbox.name == slot.name)
        else {
            return;
        };
        let logins = Logins::find(&self.secrets, &self.settings, mailbox).await;
        match Worker::new(Arc::clone(&self.settings), mailbox.clone(), logins, &self.store).await {
            Ok(worker) => slot.worker = Some(worker),
            Err(error) => {
                tracing::error!(%error, mailbox = slot.name, "the mailbox rests until the next start")
            }
        }
        slot.due = tokio::time::Instant::now() + LONGEST_BACK_OFF;
    }

    /// A failure is told once, and once when it is over.
    pub(super) async fn tell_receiving(&self, worker: &mut Worker, report: &CycleReport) {
        let mailbox = Some(worker.mailbox().name.clone());
        match &report.receive_fault {
            Some(fault) => {
                tracing::warn!(mailbox = worker.mailbox().name, %fault, "a poll failed");
                if !worker.is_receiving_failing {
                    let detail = Some(fault.told(self.settings.general.language));
                    let event = Event {
                        mailbox,
                        detail,
                        ..Event::new(EventKind::MailboxFailing)
                    };
                    worker.is_receiving_failing = self.note(event).await;
                }
            }
            None if worker.is_receiving_failing => {
                let event = Event {
                    mailbox,
                    ..Event::new(EventKind::MailboxRecovered)
                };
                worker.is_receiving_failing = !self.note(event).await;
            }
            None => {}
        }
    }

    /// What was planned before a sleep is late by no fault: it is done now, and the light waits for it.
    pub(super) fn woke(&mut self) {
        if !self.status.borrow().is_collecting {
            return;
        }
        self.status
            .send_modify(|status| status.woke_at = Some(clock::now()));
        self.check_now();
    }

    pub(super) fn check_now(&mut self) {
        for slot in &mut self.slots {
            slot.due = tokio::time::Instant::now();
            slot.is_check_wanted = slot.worker.is_none();
            slot.failures = 0;
        }
    }
}
