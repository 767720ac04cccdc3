//! Settings that hold now, and the status that follows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::SignedDuration;
use karamail_core::journal::{Event, EventKind};
use karamail_core::words::{Telling, Told};

use super::follower::monthly_log;
use super::{Engine, EngineError, MailboxStatus, Slot};
use crate::clock;
use crate::config::{ConfigFaults, Settings};
use crate::cycle::{Logins, Worker};
use crate::store::aside::aside_counts;

impl Engine {
    /// Workers for the settings that hold now. Those whose cycle runs come back and are replaced then.
    pub(super) async fn prepare(&mut self) -> Result<(), EngineError> {
        let mut slots = Vec::new();
        let mut lacking = Vec::new();
        for mailbox in self.settings.mailboxes.iter().filter(|mailbox| mailbox.enabled) {
            let logins = Logins::find(&self.secrets, &self.settings, mailbox).await;
            let worker =
                Worker::new(Arc::clone(&self.settings), mailbox.clone(), logins, &self.store).await?;
            if worker.lacks_password() {
                lacking.push(mailbox.name.clone());
            }
            slots.push(Slot {
                name: mailbox.name.clone(),
                mailbox_id: worker.mailbox_id(),
                worker: Some(worker),
                due: tokio::time::Instant::now(),
                is_check_wanted: false,
                failures: 0,
            });
        }
        let old = std::mem::replace(&mut self.slots, slots);
        old.into_iter()
            .filter_map(|slot| slot.worker)
            .for_each(|worker| self.put_back(worker));
        let settings = Arc::clone(&self.settings);
        self.status.send_modify(|status| {
            let before = std::mem::take(&mut status.mailboxes);
            status.mailboxes = settings
                .mailboxes
                .iter()
                .filter(|mailbox| mailbox.enabled)
                .map(|mailbox| {
                    let address = mailbox.address.to_string();
                    before
                        .iter()
                        .find(|old| old.name == mailbox.name && old.address == address)
                        .cloned()
                        .unwrap_or_else(|| MailboxStatus::new(mailbox.name.clone(), address))
                })
                .collect();
            for mailbox in &mut status.mailboxes {
                let is_missing = lacking.contains(&mailbox.name);
                if mailbox.is_password_missing && !is_missing {
                    // What was told of it is over; the next poll tells whether the password is right.
                    mailbox.receive_fault = None;
                    mailbox.send_fault = None;
                }
                mailbox.is_password_missing = is_missing;
            }
        });
        self.count_waiting().await;
        Ok(())
    }

    /// Puts the numbers of mails that wait for the shop into the status, of every mailbox.
    pub(super) async fn count_waiting(&self) {
        for slot in &self.slots {
            self.count_waiting_in(slot).await;
        }
    }

    /// The same of one mailbox, whose cycle has ended.
    pub(super) async fn count_waiting_in(&self, slot: &Slot) {
        let Ok(waiting) = aside_counts(self.store.readers(), slot.mailbox_id).await else {
            return;
        };
        self.status.send_if_modified(|status| {
            let mailbox = status.mailboxes.iter_mut().find(|one| one.name == slot.name);
            mailbox.is_some_and(|mailbox| {
                let before = mailbox.clone();
                mailbox.waiting = waiting;
                mailbox.count_problems(clock::now());
                *mailbox != before
            })
        });
    }

    pub(super) async fn take_settings(&mut self, changed: Result<Settings, ConfigFaults>) {
        match changed {
            Ok(settings) => {
                let before = std::mem::replace(&mut self.settings, Arc::new(settings));
                if let Err(error) = self.prepare().await {
                    tracing::error!(%error, "the new settings could not be taken over");
                    self.settings = before;
                    return;
                }
                self.settings_shown.send_replace(Arc::clone(&self.settings));
                self.log
                    .send_replace(monthly_log(self.data_folder.path(), &self.settings));
                self.status.send_modify(|status| status.settings_faults = None);
                self.note(Event::new(EventKind::SettingsLoaded)).await;
            }
            Err(faults) => {
                let told = faults.told(self.settings.general.language);
                tracing::warn!(%faults, "the settings file has faults");
                self.status
                    .send_modify(|status| status.settings_faults = Some(Telling::of(&faults)));
                self.note(Event {
                    detail: Some(told),
                    ..Event::new(EventKind::SettingsRefused)
                })
                .await;
            }
        }
    }

    /// Publishes what is polled now and when the next polls are due, if that changed.
    pub(super) fn publish(&self) {
        let now = tokio::time::Instant::now();
        // With a thousand mailboxes the loop comes here often: each is looked at once, and nothing is copied.
        let slots: HashMap<&str, &Slot> = self.slots.iter().map(|slot| (slot.name.as_str(), slot)).collect();
        let running: HashSet<i64> = self.running.values().copied().collect();
        self.status.send_if_modified(|status| {
            let mut is_news = false;
            for mailbox in &mut status.mailboxes {
                let slot = slots.get(mailbox.name.as_str());
                let is_polling = slot.is_some_and(|slot| running.contains(&slot.mailbox_id));
                let due = slot
                    .filter(|_| status.is_collecting && !is_polling)
                    .map(|slot| slot.due);
                let at = due.and_then(|due| {
                    let wait = SignedDuration::try_from(due.saturating_duration_since(now)).ok()?;
                    clock::now().checked_add(wait).ok()
                });
                // The clock moves between two looks: the same due time is not a change.
                let is_same = match (mailbox.next_poll, at) {
                    (Some(old), Some(new)) => old.duration_since(new).abs() < SignedDuration::from_secs(1),
                    (old, new) => old == new,
                };
                is_news |= mailbox.is_polling != is_polling || !is_same;
                mailbox.is_polling = is_polling;
                if !is_same {
                    mailbox.next_poll = at;
                }
            }
            is_news
        });
    }
}
