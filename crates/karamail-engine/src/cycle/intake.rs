//! Intake: from the listing to the ledger. Nothing is answered or deleted here.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use karamail_core::decide::{Outcome, decide};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::IncomingMail;
use karamail_core::pop3::plan::plan_fetch;
use karamail_core::pop3::{ListedMail, MailFault};
use karamail_core::words::Told;

use super::{CycleFault, CycleReport, Worker, letters};
use crate::archive;
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::{Pop3Connection, Retrieved};
use crate::stop::Stop;
use crate::store::Store;
use crate::store::mails::{Candidate, Clerk, Recorded, Spool, Spooled};

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
    let wanted: Vec<ListedMail> = plan
        .fetch
        .iter()
        .filter_map(|number| by_number.get(number).map(|mail| (*mail).clone()))
        .collect();
    let mut intake = Intake {
        store,
        data_folder,
        listed_rows: plan.known.iter().map(|(_, id)| *id).collect(),
        session: Session {
            connection,
            listed: plan.known,
        },
        rules_of_first_contact,
        unread: 0,
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
        let mut candidates = self.fetch(worker, batch, report).await?;
        if candidates.is_empty() {
            return Ok(());
        }
        let now = clock::now();
        self.spool(worker, &mut candidates, now).await?;
        let rules = self.rules_of_first_contact.as_ref().unwrap_or(&worker.rules);
        let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
        let clerk = Clerk {
            decide: &|mail, known| decide(mail, rules, known),
            compose: &|candidate, address, is_repeat, number| {
                writer.reply(candidate, address, is_repeat, number)
            },
            farewell: &|candidate, address, number| writer.farewell(candidate, address, number),
        };
        crash_point("before-record");
        let recorded = self
            .store
            .record(&worker.scope, &candidates, &mut self.listed_rows, &clerk, now)
            .await?;
        crash_point("after-record");
        for entry in recorded {
            self.session.listed.push((entry.message_number, entry.mail_id));
            count(&entry, report);
        }
        Ok(())
    }

    /// The headers of a batch, as facts. A mail whose headers the server refuses is left alone and told once.
    async fn fetch(
        &mut self,
        worker: &mut Worker,
        batch: &[ListedMail],
        report: &mut CycleReport,
    ) -> Result<Vec<Candidate>, CycleFault> {
        let by_number: HashMap<u32, &ListedMail> = batch.iter().map(|mail| (mail.number, mail)).collect();
        let mut candidates = Vec::with_capacity(batch.len());
        let mut faults = Vec::new();
        let store = self.store;
        self.session
            .connection
            .fetch_headers(batch, |number, headers| {
                let Some(listed) = by_number.get(&number) else {
                    return;
                };
                match headers {
                    // Of a header block over the limit the parser says that its sender is unreadable.
                    Ok(bytes) | Err(MailFault::HeaderCut { bytes }) => {
                        let mail = IncomingMail::parse(&bytes);
                        let key = mail.content_key(listed.size);
                        candidates.push(Candidate {
                            id: store.allocate_mail_id(),
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
            .await?;
        self.unread += faults.len();
        report.unreadable += faults.len();
        for (number, fault) in faults {
            let told = fault.told(worker.settings.general.language);
            tracing::warn!(mailbox = worker.mailbox.name, number, %fault, "a mail could not be read");
            let name = by_number
                .get(&number)
                .and_then(|mail| mail.uidl.as_ref())
                .map_or(String::new(), |uidl| uidl.as_str().to_owned());
            if worker.told_unreadable.insert(name) {
                let mailbox = Some(worker.mailbox.name.clone());
                let event = Event {
                    mailbox,
                    detail: Some(told),
                    ..Event::new(EventKind::MailUnreadable)
                };
                self.store.note(event, clock::now()).await?;
            }
        }
        Ok(candidates)
    }

    /// Fetches the whole of what is to be forwarded or archived, so that it lies on disk before the ledger says so.
    async fn spool(
        &mut self,
        worker: &Worker,
        candidates: &mut [Candidate],
        now: Timestamp,
    ) -> Result<(), CycleFault> {
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let known = self.store.known(&worker.scope, &mails, now).await?;
        let rules = self.rules_of_first_contact.as_ref().unwrap_or(&worker.rules);
        for (candidate, known) in candidates.iter_mut().zip(known) {
            let decision = decide(&candidate.mail, rules, &known);
            if !matches!(decision.outcome, Outcome::Forward | Outcome::Archive) {
                continue;
            }
            let part = archive::spool_file(self.data_folder, candidate.id)?;
            let mut file = tokio::fs::File::create(&part).await?;
            let limit = worker.mailbox.pop3.largest_mail;
            let retrieved = self
                .session
                .connection
                .retrieve(candidate.message_number, &mut file, limit)
                .await?;
            tokio::io::AsyncWriteExt::flush(&mut file).await?;
            drop(file);
            match retrieved {
                Retrieved::Whole { .. } => {}
                Retrieved::OverLimit { .. } => {
                    tokio::fs::remove_file(&part).await?;
                    candidate.spooled = Spool::TooLarge;
                    continue;
                }
                // Left alone: `NotFetched` keeps it out of this batch, and the next cycle tries again.
                Retrieved::Refused(fault) => {
                    tracing::warn!(mailbox = worker.mailbox.name, %fault, "a mail could not be fetched whole");
                    tokio::fs::remove_file(&part).await?;
                    continue;
                }
            }
            crash_point("before-archive");
            let archive_file = archive::keep(self.data_folder, &part, candidate.id, now)?;
            let forward = match decision.outcome {
                Outcome::Forward => {
                    let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
                    writer.forward(candidate, &decision, self.data_folder, &archive_file)?
                }
                _ => None,
            };
            crash_point("after-archive");
            let report = DeliveryReport::parse(&archive::beginning(self.data_folder, &archive_file)?);
            candidate.spooled = Spool::Whole(Spooled {
                archive_file,
                forward,
                report: report.map(Box::new),
            });
        }
        Ok(())
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
        Outcome::OptOut => report.opt_outs += 1,
        Outcome::SelfTest => {}
    }
}
