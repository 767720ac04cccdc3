//! Intake: from the listing to the ledger. Nothing is answered or deleted here.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use karamail_core::decide::{Known, Outcome, Reason, Rules, ShopWordIn, decide};
use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::MAIL_REFUSALS;
use karamail_core::mail::{IncomingMail, body_text};
use karamail_core::pop3::ListedMail;
use karamail_core::pop3::plan::plan_fetch;
use karamail_core::words::Told;

use super::safely::{candidate, put_aside, safely};
use super::strange_day::StrangeDay;
use super::whole::{Whole, fetch_whole};
use super::{CycleFault, CycleReport, Worker, letters};
use crate::archive;
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::{MailFault, Pop3Connection};
use crate::stop::Stop;
use crate::store::Store;
use crate::store::mails::{Candidate, Clerk, Recorded, Spool, Spooled};

/// Mails in one transaction: thousands of mails do not mean thousands of flushes, a cut loses little work, and the
/// headers of a batch (8 KiB each, say) stay small in memory.
const MAILS_A_BATCH: usize = 250;

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
    let by_number: HashMap<u32, &ListedMail> = listing.iter().map(|mail| (mail.number, mail)).collect();
    let wanted: Vec<ListedMail> = plan
        .fetch
        .iter()
        .filter_map(|number| by_number.get(number).map(|mail| (*mail).clone()))
        .collect();
    let strange_day = match plan.every_uidl_is_new {
        true => Some(StrangeDay::look(&mut connection, worker, store, &wanted).await?),
        false => None,
    };
    let rules_of_the_day = rules_of_the_day(worker, strange_day.as_ref());
    let mut intake = Intake {
        store,
        data_folder,
        listed_rows: plan.known.iter().map(|(_, id)| *id).collect(),
        session: Session {
            connection,
            listed: plan.known,
        },
        rules_of_the_day,
        unread: 0,
        recognised: 0,
    };
    for batch in wanted.chunks(MAILS_A_BATCH) {
        if stop.is_requested() {
            return Ok(intake.session);
        }
        if let Err(fault) = intake.batch(worker, batch, report).await {
            // A broken connection cannot purge; after a full disk or a refused commit the session is sound, but what
            // is on it was not all recorded: leaving it to the next cycle is the safe thing.
            return Err(Interrupted { fault, session: None });
        }
    }
    if let Some(day) = strange_day {
        day.tell(worker, store, listing.len(), intake.recognised, report).await?;
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
    /// Other rules than the mailbox's, on first contact and on a strange day.
    rules_of_the_day: Option<Rules>,
    /// Mails whose headers the server did not give.
    unread: usize,
    /// Mails that were known under another unique id.
    recognised: usize,
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
        self.look_for_shop_word(worker, &mut candidates, now).await?;
        self.spool(worker, &mut candidates, now).await?;
        let rules = self.rules_of_the_day.as_ref().unwrap_or(&worker.rules);
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
            .record(&worker.scope, &candidates, &mut self.listed_rows, &clerk, now)
            .await?;
        crash_point("after-record");
        for entry in recorded {
            self.recognised += usize::from(entry.outcome.is_none());
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
                    Ok(header) => candidates.push(candidate(store, listed, header)),
                    Err(MailFault::HeaderCut { .. }) => {
                        candidates.push(put_aside(store, listed, Reason::CannotBeHandled, Vec::new()));
                    }
                    Err(fault) => faults.push((*listed, fault)),
                }
            })
            .await?;
        // A server that refuses every mail has trouble of its own.
        let is_the_mails_fault = faults.len() < batch.len() || batch.len() == 1;
        let refused = self.refused_for_good(worker, &faults, is_the_mails_fault).await?;
        for (listed, fault) in faults {
            if listed
                .uidl
                .as_ref()
                .is_some_and(|uidl| refused.contains(uidl.as_str()))
            {
                candidates.push(put_aside(store, listed, Reason::HeaderRefused, Vec::new()));
            } else {
                self.unread += 1;
                report.unreadable += 1;
                self.tell_unreadable(worker, listed, &fault).await?;
            }
        }
        Ok(candidates)
    }

    /// Of mails that the server refused, the unique ids of those that it has refused too often in a row.
    async fn refused_for_good(
        &self,
        worker: &Worker,
        faults: &[(&ListedMail, MailFault)],
        is_the_mails_fault: bool,
    ) -> Result<HashSet<String>, CycleFault> {
        let uidls: Vec<String> = faults
            .iter()
            .filter(|(_, fault)| is_the_mails_fault && !is_temporary(fault))
            .filter_map(|(listed, _)| Some(listed.uidl.as_ref()?.as_str().to_owned()))
            .collect();
        if uidls.is_empty() {
            return Ok(HashSet::new());
        }
        let counted = self
            .store
            .count_refusals(worker.row.id, &uidls, clock::now())
            .await?;
        let too_often = counted.into_iter().filter(|(_, times)| *times >= MAIL_REFUSALS);
        Ok(too_often.map(|(uidl, _)| uidl).collect())
    }

    async fn tell_unreadable(
        &self,
        worker: &mut Worker,
        listed: &ListedMail,
        fault: &MailFault,
    ) -> Result<(), CycleFault> {
        tracing::warn!(mailbox = worker.mailbox.name, number = listed.number, %fault, "a mail could not be read");
        let name = listed
            .uidl
            .as_ref()
            .map_or(String::new(), |uidl| uidl.as_str().to_owned());
        if worker.told_unreadable.insert(name) {
            let event = Event {
                mailbox: Some(worker.mailbox.name.clone()),
                detail: Some(fault.told(worker.settings.general.language)),
                ..Event::new(EventKind::MailUnreadable)
            };
            self.store.note(event, clock::now()).await?;
        }
        Ok(())
    }

    /// Reads the start of the body where the shop asks for a word that may stand there, and of no other mail.
    async fn look_for_shop_word(
        &mut self,
        worker: &Worker,
        candidates: &mut [Candidate],
        now: Timestamp,
    ) -> Result<(), CycleFault> {
        let rules = self.rules_of_the_day.as_ref().unwrap_or(&worker.rules);
        if rules.shop_words.is_empty() || rules.shop_word_in == ShopWordIn::Subject {
            return Ok(());
        }
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let known = self.store.known(&worker.scope, &mails, now).await?;
        let needed: Vec<u32> = candidates
            .iter()
            .zip(&known)
            .filter(|(candidate, known)| {
                let decision = safely(|| decide(&candidate.mail, rules, known));
                candidate.put_aside.is_none()
                    && decision.is_some_and(|decision| decision.reason == Reason::ShopWordMissing)
            })
            .map(|(candidate, _)| candidate.message_number)
            .collect();
        let mut found = HashSet::new();
        self.session
            .connection
            .fetch_starts(&needed, |number, start| {
                if has_shop_word(rules, &start) {
                    found.insert(number);
                }
            })
            .await?;
        for candidate in candidates {
            candidate.shop_word_in_body = found.contains(&candidate.message_number);
        }
        Ok(())
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
        let rules = self.rules_of_the_day.as_ref().unwrap_or(&worker.rules);
        let mut refused = Vec::new();
        for (candidate, known) in candidates.iter_mut().zip(known) {
            if candidate.put_aside.is_some() {
                continue;
            }
            let known = Known {
                shop_word_in_body: candidate.shop_word_in_body,
                ..known
            };
            let Some(decision) = safely(|| decide(&candidate.mail, rules, &known)) else {
                candidate.put_aside = Some(Reason::CannotBeHandled);
                continue;
            };
            if !matches!(decision.outcome, Outcome::Forward | Outcome::Archive) {
                continue;
            }
            let limit = worker.mailbox.pop3.largest_mail;
            let number = candidate.message_number;
            let connection = &mut self.session.connection;
            let whole = fetch_whole(connection, self.data_folder, number, candidate.id, limit).await?;
            let part = match whole {
                Whole::Spooled(part) => part,
                Whole::TooLarge => {
                    candidate.spooled = Spool::TooLarge;
                    continue;
                }
                // Left alone: `NotFetched` keeps it out of this batch, and the next cycle tries again.
                Whole::Refused(fault) => {
                    tracing::warn!(mailbox = worker.mailbox.name, %fault, "a mail could not be fetched whole");
                    refused.push((candidate, fault));
                    continue;
                }
            };
            crash_point("before-archive");
            let archive_file = archive::keep(self.data_folder, &part, candidate.id, now)?;
            let forward = match decision.outcome {
                Outcome::Forward => {
                    let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
                    let writing =
                        safely(|| writer.forward(candidate, &decision, self.data_folder, &archive_file));
                    match writing {
                        Some(written) => written?,
                        None => {
                            candidate.put_aside = Some(Reason::CannotBeHandled);
                            None
                        }
                    }
                }
                _ => None,
            };
            crash_point("after-archive");
            candidate.spooled = Spool::Whole(Spooled {
                archive_file,
                forward,
            });
        }
        for (candidate, fault) in refused {
            let Some(uidl) = candidate.uidl.clone().filter(|_| !is_temporary(&fault)) else {
                continue;
            };
            let uidls = [uidl];
            let counted = self.store.count_refusals(worker.row.id, &uidls, now).await?;
            if counted.values().any(|times| *times >= MAIL_REFUSALS) {
                candidate.spooled = Spool::Refused;
            }
        }
        Ok(())
    }
}

/// Whether a shop word stands in the body of which this is the start.
pub(super) fn has_shop_word(rules: &Rules, start: &[u8]) -> bool {
    let text = safely(|| body_text(start)).unwrap_or_default();
    rules.shop_words.iter().any(|word| word.is_in(&text))
}

/// A refusal that says of itself that it will pass (RFC 2449 section 8, RFC 3206 section 4).
fn is_temporary(fault: &MailFault) -> bool {
    match fault {
        MailFault::Refused { said, .. } => {
            let said = said.to_ascii_uppercase();
            ["[SYS/TEMP]", "[IN-USE]", "[LOGIN-DELAY]"]
                .iter()
                .any(|code| said.contains(code))
        }
        MailFault::HeaderCut { .. } => false,
    }
}

/// The mailbox's rules with what holds on first contact or on a strange day; `None` on any other day.
fn rules_of_the_day(worker: &Worker, strange_day: Option<&StrangeDay>) -> Option<Rules> {
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
    Some(Rules {
        backlog_before: limit.and_then(|limit| clock::now().checked_sub(limit).ok()),
        all_is_backlog,
        ..worker.rules.clone()
    })
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
        Outcome::SelfTest => {}
    }
}
