//! Intake: from the listing to the ledger. Nothing is answered or deleted here.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use karamail_core::decide::{Outcome, decide};
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::IncomingMail;
use karamail_core::pop3::plan::plan_fetch;
use karamail_core::pop3::{ListedMail, MailFault, Pop3Error, Problem, Uidl};
use karamail_core::words::Told;

use super::{CycleFault, CycleReport, Worker, letters};
use crate::archive;
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::{Pop3Connection, Retrieved};
use crate::stop::Stop;
use crate::store::mails::{Candidate, Clerk, Recorded, Spool, Spooled};
use crate::store::{Store, StoreError};

/// Mails in one transaction: thousands of mails do not mean thousands of flushes, a cut loses little work, and the
/// headers of a batch (8 KiB each, say) stay small in memory.
const MAILS_A_BATCH: usize = 250;
/// Mails in the first transaction; each later one doubles. The first customer waits for few others, and a program that is
/// cut off again and again still gets on.
const MAILS_A_FIRST_BATCH: usize = 16;
/// How long a mail at which the session broke off is left alone: this long at first, twice as long each time after. A line
/// that failed costs it little, and one bad mail does not keep the others from being read (invariant 6).
const LEFT_ALONE_FIRST: Duration = Duration::from_secs(60);
const LEFT_ALONE_LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// A POP3 session after intake, with what its message numbers mean in the ledger.
pub(super) struct Session {
    pub(super) connection: Pop3Connection,
    pub(super) listed: Vec<(u32, i64)>,
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
    worker: &mut Worker,
    store: &Store,
    data_folder: &Path,
    stop: &Stop,
    report: &mut CycleReport,
) -> Result<Session, Interrupted> {
    let password = worker.logins.pop3.clone()?;
    let mut connection = Pop3Connection::open(&worker.mailbox.pop3, &password).await?;
    report.has_logged_in = true;
    let listing = connection.listing().await?;
    report.listed = listing.len();
    crash_point("after-listing");
    let known = store.known_mails(worker.row.id).await?;
    let plan = plan_fetch(
        listing
            .iter()
            .map(|mail| (mail.number, mail.uidl.as_ref().map(|uidl| uidl.as_str()))),
        &known,
    );
    if plan.every_uidl_is_new {
        // Content keys keep known mails from being numbered again; it is a strange day all the same.
        tracing::warn!(
            mailbox = worker.mailbox.name,
            mails = listing.len(),
            "every unique id on the server is new"
        );
    }
    let now = clock::now();
    let mut rules_of_first_contact = None;
    if !worker.row.first_contact_done
        && let Some(limit) = worker.settings.guard.backlog
    {
        let limit = jiff::SignedDuration::try_from(limit).unwrap_or(jiff::SignedDuration::MAX);
        let mut rules = worker.rules.clone();
        rules.backlog_before = now.checked_sub(limit).ok();
        rules_of_first_contact = Some(rules);
    }
    let by_number: HashMap<u32, &ListedMail> = listing.iter().map(|mail| (mail.number, mail)).collect();
    let mut wanted: Vec<ListedMail> = plan
        .fetch
        .iter()
        .filter_map(|number| by_number.get(number).map(|mail| (*mail).clone()))
        .collect();
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
        },
        rules_of_first_contact,
        unread,
    };
    let (mut rest, mut size) = (wanted.as_slice(), MAILS_A_FIRST_BATCH);
    while !rest.is_empty() {
        if stop.is_requested() {
            return Ok(intake.session);
        }
        let (batch, behind) = rest.split_at(size.min(rest.len()));
        (rest, size) = (behind, (2 * size).min(MAILS_A_BATCH));
        if let Err(fault) = intake.batch(worker, batch, report).await {
            // A broken connection cannot purge; after a full disk or a refused commit the session is sound, but what
            // is on it was not all recorded: leaving it to the next cycle is the safe thing.
            return Err(Interrupted { fault, session: None });
        }
    }
    if intake.unread == 0 {
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

struct Intake<'a> {
    store: &'a Store,
    data_folder: &'a Path,
    /// Ledger rows that stand for a mail of this session's listing.
    listed_rows: HashSet<i64>,
    session: Session,
    rules_of_first_contact: Option<karamail_core::decide::Rules>,
    /// Mails whose headers the server did not give.
    unread: usize,
}

impl Intake<'_> {
    async fn batch(
        &mut self,
        worker: &mut Worker,
        batch: &[ListedMail],
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        let (mut candidates, mut broken) = self.fetch(worker, batch, report).await?;
        let now = clock::now();
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
        worker: &mut Worker,
        candidates: &[Candidate],
        now: Timestamp,
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        let rules = self.rules_of_first_contact.as_ref().unwrap_or(&worker.rules);
        let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
        let clerk = Clerk {
            decide: &|mail, known| decide(mail, rules, known),
            compose: &|candidate, address, is_repeat, number| {
                writer.reply(candidate, address, is_repeat, number)
            },
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
            self.session.listed.push((entry.message_number, entry.mail_id));
            count(&entry, report);
        }
        Ok(())
    }

    /// The headers of a batch, as facts, and what broke the session off if anything did. A mail whose headers the server
    /// refuses is left alone and told once.
    async fn fetch(
        &mut self,
        worker: &mut Worker,
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
                    Ok(bytes) | Err(MailFault::HeaderCut { bytes }) => {
                        let mail = IncomingMail::parse(&bytes);
                        // Not the size that LIST gives: it differs from session to session on servers that guess it.
                        let key = mail.content_key(None);
                        let spare = spare_ids.iter().position(|(of, _)| *of == key);
                        candidates.push(Candidate {
                            id: spare
                                .map_or_else(|| store.allocate_mail_id(), |at| spare_ids.swap_remove(at).1),
                            message_number: number,
                            uidl: listed.uidl.as_ref().map(|uidl| uidl.as_str().to_owned()),
                            size: listed.size,
                            mail,
                            key,
                            spooled: Spool::NotFetched,
                        });
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
        for (number, fault) in faults {
            if let Some(mail) = by_number.get(&number) {
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

    /// One mail that the server does not hand out: told once.
    async fn unreadable(
        &mut self,
        worker: &mut Worker,
        mail: &ListedMail,
        fault: &(impl Told + std::fmt::Display),
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        self.unread += 1;
        report.unreadable += 1;
        tracing::warn!(mailbox = worker.mailbox.name, number = mail.number, %fault, "a mail could not be read");
        self.tell_unreadable(worker, mail, fault).await
    }

    /// The session broke off at this mail: the next ones go on without it for a while.
    async fn broke_off(
        &mut self,
        worker: &mut Worker,
        mail: &ListedMail,
        fault: &Pop3Error,
    ) -> Result<(), CycleFault> {
        // A full disk is not the mail's fault.
        if matches!(fault.fault.problem, Problem::CannotKeep(_)) {
            return Ok(());
        }
        let before = worker.left_alone.get(&mark(mail)).map(|(_, wait)| *wait);
        let wait = before.map_or(LEFT_ALONE_FIRST, |wait| (2 * wait).min(LEFT_ALONE_LONGEST));
        let until = tokio::time::Instant::now() + wait;
        worker.left_alone.insert(mark(mail), (until, wait));
        if before.is_some() {
            self.tell_unreadable(worker, mail, fault).await?;
        }
        Ok(())
    }

    async fn tell_unreadable(
        &self,
        worker: &mut Worker,
        mail: &ListedMail,
        fault: &impl Told,
    ) -> Result<(), CycleFault> {
        if worker.told_unreadable.insert(mark(mail)) {
            let event = Event {
                mailbox: Some(worker.mailbox.name.clone()),
                detail: Some(fault.told(worker.settings.general.language)),
                ..Event::new(EventKind::MailUnreadable)
            };
            self.store.note(event, clock::now()).await?;
        }
        Ok(())
    }

    /// Fetches the whole of what is to be forwarded or archived, so that it lies on disk before the ledger says so. What
    /// the ledger knows under another unique id lies there already.
    async fn spool(
        &mut self,
        worker: &mut Worker,
        candidates: &mut [Candidate],
        now: Timestamp,
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        let known = self
            .store
            .known(&worker.scope, candidates, &self.listed_rows, now)
            .await?;
        let folder = self.data_folder;
        let in_folder = |error: std::io::Error| StoreError::at(folder, error);
        for (candidate, known) in candidates.iter_mut().zip(known) {
            let Some(known) = known else { continue };
            let rules = self.rules_of_first_contact.as_ref().unwrap_or(&worker.rules);
            let decision = decide(&candidate.mail, rules, &known);
            if !matches!(decision.outcome, Outcome::Forward | Outcome::Archive) {
                continue;
            }
            let part = archive::spool_file(folder, worker.row.id).map_err(in_folder)?;
            match self.retrieve(worker, candidate, &part, report).await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::fs::remove_file(&part).await.map_err(in_folder)?;
                    continue;
                }
                Err(fault) => {
                    // Half a mail is of no use, and what filled the disk need not stay.
                    let _ = tokio::fs::remove_file(&part).await;
                    return Err(fault);
                }
            }
            crash_point("before-archive");
            let archive_file = {
                // Flushing a large mail takes seconds on a slow disk.
                let (folder, id) = (folder.to_owned(), candidate.id);
                let kept = tokio::task::spawn_blocking(move || archive::keep(&folder, &part, id, now));
                let kept = kept.await.map_err(std::io::Error::other).flatten();
                kept.map_err(in_folder)?
            };
            let forward = match decision.outcome {
                Outcome::Forward => {
                    let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
                    let forward = writer.forward(candidate, &decision, folder, &archive_file);
                    forward.map_err(in_folder)?
                }
                _ => None,
            };
            crash_point("after-archive");
            candidate.spooled = Spool::Whole(Spooled {
                archive_file,
                forward,
            });
        }
        Ok(())
    }

    /// One mail whole, to be archived; `false` where it cannot be: it is too large, or the server does not hand it out.
    async fn retrieve(
        &mut self,
        worker: &mut Worker,
        candidate: &mut Candidate,
        part: &Path,
        report: &mut CycleReport,
    ) -> Result<bool, CycleFault> {
        let in_folder = |error: std::io::Error| StoreError::at(part, error);
        let mut file = tokio::fs::File::create(part).await.map_err(in_folder)?;
        let limit = worker.mailbox.pop3.largest_mail;
        let number = candidate.message_number;
        let mail = ListedMail {
            number,
            uidl: candidate
                .uidl
                .as_deref()
                .and_then(|uidl| Uidl::parse(uidl.as_bytes())),
            size: candidate.size,
        };
        let retrieved = match self.session.connection.retrieve(number, &mut file, limit).await {
            Ok(retrieved) => retrieved,
            Err(fault) => {
                self.broke_off(worker, &mail, &fault).await?;
                return Err(fault.into());
            }
        };
        tokio::io::AsyncWriteExt::flush(&mut file)
            .await
            .map_err(in_folder)?;
        match retrieved {
            Retrieved::Whole { .. } => Ok(true),
            Retrieved::OverLimit { .. } => {
                candidate.spooled = Spool::TooLarge;
                Ok(false)
            }
            // `NotFetched` keeps it out of this batch, and the next cycle tries again.
            Retrieved::Refused(fault) => {
                self.unreadable(worker, &mail, &fault, report).await?;
                Ok(false)
            }
        }
    }
}

/// What knows a mail again in the next listing, well enough to leave it alone.
fn mark(mail: &ListedMail) -> String {
    match &mail.uidl {
        Some(uidl) => uidl.as_str().to_owned(),
        None => format!("{} {}", mail.number, mail.size.unwrap_or(0)),
    }
}

fn count(entry: &Recorded, report: &mut CycleReport) {
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
        Outcome::SelfTest => {}
    }
}
