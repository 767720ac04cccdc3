//! Intake: from the listing to the ledger. Nothing is answered or deleted here.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use karamail_core::decide::{Outcome, Reason, Rules, decide};
use karamail_core::limits::{BATCH_HEADER_BYTES, HEADER_BLOCK_BYTES, SIZE_LOOKS, VAIN_SIZE_LOOKS};
use karamail_core::pop3::plan::plan_fetch;
use karamail_core::pop3::{ListedMail, Listing, MailFault};
use tokio::sync::watch;

use super::doubts::Doubts;
use super::progress::Progress;
use super::safely::{candidate, put_aside};
use super::strange_day::StrangeDay;
use super::trouble::mark;
use super::{CycleFault, CycleReport, Receiver, letters};
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::Pop3Connection;
use crate::stop::Stop;
use crate::store::Store;
use crate::store::mails::{Candidate, Clerk, Recorded, Spool};

/// Mails in one transaction: thousands of mails do not mean thousands of flushes, a cut loses little work, and the
/// headers of a batch (8 KiB each, say) stay small in memory.
const MAILS_A_BATCH: usize = 250;
/// Mails in the first transaction; each later one doubles. The first customer waits for few others, and a program that is
/// cut off again and again still gets on.
const MAILS_A_FIRST_BATCH: usize = 16;
/// A POP3 session after intake, with what its message numbers mean in the ledger.
pub(super) struct Session {
    pub(super) connection: Pop3Connection,
    pub(super) listed: Vec<(u32, i64)>,
    /// Message numbers of mails whose content was seen in this session. The others are known by their unique id alone.
    pub(super) read: HashSet<u32>,
}

/// Intake ended early; the session is there if it can still be purged.
pub(super) struct Interrupted {
    pub(super) fault: CycleFault,
    pub(super) session: Option<Session>,
}

impl<F: Into<CycleFault>> From<F> for Interrupted {
    fn from(fault: F) -> Self {
        Interrupted {
            fault: fault.into(),
            session: None,
        }
    }
}

/// Opens the mailbox and records every mail that the ledger does not know.
pub(super) async fn collect(
    worker: &mut Receiver,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    progress: &watch::Sender<Progress>,
    report: &mut CycleReport,
) -> Result<Session, Interrupted> {
    let password = worker.login.clone()?;
    let mut connection = Pop3Connection::open(&worker.mailbox.pop3, &password).await?;
    report.has_logged_in = true;
    progress.send_modify(Progress::logged_in);
    let listing = connection.listing().await?;
    let Listing {
        mails: listing,
        is_whole,
    } = listing;
    report.listed = listing.len();
    crash_point("after-listing");
    let known = store.known_mails(worker.row.id).await?;
    let plan = plan_fetch(
        listing.iter().map(|mail| {
            (
                mail.number,
                mail.uidl.as_ref().map(|uidl| uidl.as_str()),
                mail.size,
            )
        }),
        &known,
        match worker.vain_looks < VAIN_SIZE_LOOKS {
            true => SIZE_LOOKS,
            false => 0,
        },
    );
    let by_number: HashMap<u32, &ListedMail> = listing.iter().map(|mail| (mail.number, mail)).collect();
    let mut wanted: Vec<ListedMail> = plan
        .fetch
        .iter()
        .filter_map(|number| by_number.get(number).map(|mail| (*mail).clone()))
        .collect();
    worker.forget_troubles(&listing, &wanted);
    let strange_day = match plan.every_uidl_is_new {
        true => Some(StrangeDay::look(&mut connection, worker, store, &wanted).await?),
        // Some of its mails are known since the session broke off.
        false if worker.is_strange_day => Some(StrangeDay { is_backlog: true }),
        false => None,
    };
    worker.is_strange_day = strange_day.as_ref().is_some_and(|day| day.is_backlog);
    let rules_of_the_day = match wanted.is_empty() {
        true => None,
        false => rules_of_the_day(worker, strange_day.as_ref()),
    };
    let all = wanted.len();
    let instant = tokio::time::Instant::now();
    wanted.retain(|mail| {
        let left = worker.left_alone.get(&mark(mail));
        left.is_none_or(|(until, _)| *until <= instant)
    });
    wanted.sort_by_key(|mail| worker.left_alone.contains_key(&mark(mail)));
    let unread = all - wanted.len();
    report.unreadable += unread;
    let mut intake = Intake {
        store,
        data_folder,
        listed_rows: plan.known.iter().map(|(_, id)| *id).collect(),
        session: Session {
            connection,
            listed: plan.known,
            read: HashSet::new(),
        },
        doubts: Doubts::new(&plan.doubted),
        rules_of_the_day,
        stop,
        unread,
        recognised: 0,
    };
    let (mut rest, mut size) = (wanted.as_slice(), MAILS_A_FIRST_BATCH);
    while !rest.is_empty() {
        if stop.is_requested() {
            return Ok(intake.session);
        }
        let sizes = rest.iter().map(|mail| mail.size.unwrap_or_default());
        let (batch, behind) = rest.split_at(batch_length(sizes, size));
        (rest, size) = (behind, (2 * size).min(MAILS_A_BATCH));
        if let Err(fault) = intake.batch(worker, batch, report).await {
            // A broken connection cannot purge; after a full disk or a refused commit the session is sound, but what
            // is on it was not all recorded: leaving it to the next cycle is the safe thing.
            return Err(Interrupted { fault, session: None });
        }
        progress.send_modify(Progress::recorded);
    }
    worker.is_strange_day = false;
    if let Some(day) = strange_day {
        day.tell(worker, store, listing.len(), intake.recognised, report)
            .await?;
    }
    intake.doubts.judge(&mut worker.vain_looks);
    // What a listing leaves out may be there.
    if intake.unread == 0 && is_whole {
        let unlisted: Vec<i64> = plan
            .unlisted
            .into_iter()
            .filter(|id| !intake.listed_rows.contains(id))
            .collect();
        store.note_vanished(&unlisted, clock::now()).await?;
        if !worker.row.first_contact_done {
            store.finish_first_contact(worker.row.id, clock::now()).await?;
            worker.row.first_contact_done = true;
        }
    }
    Ok(intake.session)
}

pub(super) struct Intake<'a> {
    pub(super) store: &'a Store,
    pub(super) data_folder: &'a Path,
    /// Ledger rows that stand for a mail of this session's listing.
    pub(super) listed_rows: HashSet<i64>,
    pub(super) session: Session,
    /// Other rules than the mailbox's, on first contact and on a strange day.
    pub(super) rules_of_the_day: Option<Arc<Rules>>,
    pub(super) stop: &'a Stop,
    /// Mails that the server did not give.
    pub(super) unread: usize,
    /// Mails that were known under another unique id.
    recognised: usize,
    /// Known mails whose size is not what it was.
    doubts: Doubts,
}

impl Intake<'_> {
    /// The rules that mails are decided by: those of the day, or else the mailbox's.
    pub(super) fn rules(&self, worker: &Receiver) -> Arc<Rules> {
        let of_the_day = self.rules_of_the_day.clone();
        of_the_day.unwrap_or_else(|| Arc::new(worker.rules()))
    }

    async fn batch(
        &mut self,
        worker: &mut Receiver,
        batch: &[ListedMail],
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        let (mut candidates, mut broken) = self.fetch(worker, batch, report).await?;
        let now = clock::now();
        if broken.is_none() {
            broken = self.look_for_shop_word(worker, &mut candidates, now).await.err();
        }
        if broken.is_none() {
            broken = self.spool(worker, &mut candidates, now, report).await.err();
        }
        // Whatever broke the session off, what was read before is recorded: it was not to blame.
        if !candidates.is_empty() {
            self.record(worker, &candidates, now, report).await?;
        }
        broken.map_or(Ok(()), Err)
    }

    async fn record(
        &mut self,
        worker: &mut Receiver,
        candidates: &[Candidate],
        now: Timestamp,
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        let rules = self.rules(worker);
        let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
        let clerk = Clerk {
            decide: &|mail, known| decide(mail, &rules, known),
            compose: &|candidate, address, is_repeat, number| {
                writer.reply(candidate, address, is_repeat, number)
            },
            farewell: &|candidate, address, number| writer.farewell(candidate, address, number),
        };
        crash_point("before-record");
        let recorded = self
            .store
            .record(&worker.scope, candidates, &mut self.listed_rows, &clerk, now)
            .await
            .inspect_err(|_| {
                let whole = |candidate: &&Candidate| matches!(candidate.spooled, Spool::Whole(_));
                let on_disk = candidates.iter().filter(whole);
                worker.spare_ids = on_disk.map(|candidate| (candidate.key, candidate.id)).collect();
            })?;
        crash_point("after-record");
        for entry in recorded {
            self.recognised += usize::from(entry.outcome.is_none());
            self.session.listed.push((entry.message_number, entry.mail_id));
            self.session.read.insert(entry.message_number);
            self.doubts.end(entry.message_number, entry.mail_id);
            count(&entry, report);
        }
        Ok(())
    }

    /// The headers of a batch, as facts, and what broke the session off if anything did. A mail whose headers the server
    /// refuses is left alone and told once.
    async fn fetch(
        &mut self,
        worker: &mut Receiver,
        batch: &[ListedMail],
        report: &mut CycleReport,
    ) -> Result<(Vec<Candidate>, Option<CycleFault>), CycleFault> {
        let by_number: HashMap<u32, &ListedMail> = batch.iter().map(|mail| (mail.number, mail)).collect();
        let mut candidates = Vec::with_capacity(batch.len());
        let mut faults = Vec::new();
        let store = self.store;
        let spare_ids = &mut worker.spare_ids;
        let fetched = self
            .session
            .connection
            .fetch_headers(batch, |number, headers| {
                let Some(listed) = by_number.get(&number) else {
                    return;
                };
                match headers {
                    // Of a header block over the limit the parser says that its sender is unreadable.
                    Ok(header) | Err(MailFault::HeaderCut { bytes: header }) => {
                        let mut candidate = candidate(store, listed, header);
                        let spare = spare_ids.iter().position(|(of, _)| *of == candidate.key);
                        if let Some(at) = spare {
                            candidate.id = spare_ids.swap_remove(at).1;
                        }
                        candidates.push(candidate);
                    }
                    Err(fault) => faults.push((number, fault)),
                }
            })
            .await;
        let came: HashSet<u32> = candidates
            .iter()
            .map(|candidate: &Candidate| candidate.message_number)
            .chain(faults.iter().map(|(number, _)| *number))
            .collect();
        // A server that refuses every mail has trouble of its own.
        let is_the_mails_fault = faults.len() < batch.len() || batch.len() == 1;
        for (number, fault) in faults {
            let Some(mail) = by_number.get(&number) else {
                continue;
            };
            // Its size alone says nothing against it.
            if let Some(id) = self.doubts.drop_of(number) {
                self.session.listed.push((number, id));
                self.listed_rows.insert(id);
                continue;
            }
            if is_the_mails_fault && self.is_refused_for_good(worker, mail, &fault).await? {
                candidates.push(put_aside(store, mail, Reason::HeaderRefused, Vec::new()));
            } else {
                self.unreadable(worker, mail, &fault, report).await?;
            }
        }
        let broken = match fetched {
            Ok(()) => None,
            Err(fault) => {
                // Answers come in the order of the questions.
                let at = batch.iter().find(|mail| !came.contains(&mail.number));
                if let Some(mail) = at {
                    self.broke_off(worker, mail, &fault).await?;
                }
                Some(fault.into())
            }
        };
        Ok((candidates, broken))
    }
}

/// How many of the mails with these listed sizes are taken in together: at least one, at most `most`, and no more than may have
/// headers of [`BATCH_HEADER_BYTES`]. Where a server lies about sizes, its headers still end at their own limit.
pub(crate) fn batch_length(sizes: impl Iterator<Item = u64>, most: usize) -> usize {
    let mut bytes = 0;
    let fitting = sizes.take(most).take_while(|size| {
        bytes += (*size).min(HEADER_BLOCK_BYTES as u64);
        bytes <= BATCH_HEADER_BYTES
    });
    fitting.count().max(1)
}

/// The mailbox's rules with what holds on first contact or on a strange day; `None` on any other day.
fn rules_of_the_day(worker: &Receiver, strange_day: Option<&StrangeDay>) -> Option<Arc<Rules>> {
    let all_is_backlog = strange_day.is_some_and(|day| day.is_backlog);
    let limit = worker
        .settings
        .guard
        .backlog
        .filter(|_| !worker.row.first_contact_done);
    if limit.is_none() && !all_is_backlog {
        return None;
    }
    let limit = limit.map(|limit| SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX));
    Some(Arc::new(Rules {
        backlog_before: limit.and_then(|limit| clock::now().checked_sub(limit).ok()),
        all_is_backlog,
        ..worker.rules()
    }))
}

pub(super) fn count(entry: &Recorded, report: &mut CycleReport) {
    let Some(outcome) = entry.outcome else { return };
    report.received += 1;
    match outcome {
        Outcome::Receipt => report.receipts += 1,
        Outcome::Duplicate(karamail_core::decide::DuplicateAction::NewNumber) => report.receipts += 1,
        Outcome::Duplicate(_) => report.repeats += 1,
        Outcome::Forward => report.forwards += 1,
        Outcome::Archive => report.archived += 1,
        Outcome::Hold => report.held += 1,
        Outcome::Backlog => report.backlog += 1,
        Outcome::OptOut => report.opt_outs += 1,
        Outcome::SelfTest => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_with_long_headers_are_taken_in_a_few_at_a_time() {
        const MEGABYTE: u64 = 1024 * 1024;
        let length = |sizes: &[u64]| batch_length(sizes.iter().copied(), 250);
        assert_eq!(length(&[800; 1_000]), 250, "signup mails");
        assert_eq!(length(&[MEGABYTE; 100]), 16);
        assert_eq!(length(&[100 * MEGABYTE; 100]), 16, "no header is longer");
        assert_eq!(length(&[u64::MAX; 100]), 16);
        assert_eq!(length(&[0; 3]), 3);
        assert_eq!(batch_length([MEGABYTE; 3].into_iter(), 1), 1);
    }
}
