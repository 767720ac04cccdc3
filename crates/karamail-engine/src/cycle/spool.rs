//! What a decision needs of a mail besides its header: the whole of it on disk, or the start of its body.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karamail_core::decide::{Outcome, Reason, Rules, ShopWordIn, decide};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::mail::{IncomingMail, body_text};
use karamail_core::pop3::{ListedMail, MailFault, Uidl};

use super::intake::Intake;
use super::safely::safely;
use super::whole::{Whole, fetch_whole};
use super::{CycleFault, CycleReport, Receiver, letters};
use crate::archive;
use crate::crash_point::crash_point;
use crate::seams::off_the_loop;
use crate::store::StoreError;
use crate::store::mails::{Candidate, Spool, Spooled};

impl Intake<'_> {
    /// Fetches the whole of what is to be forwarded or archived, so that it lies on disk before the ledger says so. What
    /// the ledger knows under another unique id lies there already.
    pub(super) async fn spool(
        &mut self,
        worker: &mut Receiver,
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
        let rules = self.rules(worker);
        for (candidate, known) in candidates.iter_mut().zip(known) {
            let Some(known) = known else { continue };
            if candidate.put_aside.is_some() {
                continue;
            }
            let Some(decision) = safely(|| decide(&candidate.mail, &rules, &known)) else {
                candidate.put_aside = Some(Reason::CannotBeHandled);
                continue;
            };
            if !matches!(decision.outcome, Outcome::Forward | Outcome::Archive) {
                continue;
            }
            // The mail in hand was finished; the others wait on the server for the next start.
            if self.stop.is_requested() {
                self.unread += 1;
                break;
            }
            let Some(part) = self.retrieve(worker, candidate, report).await? else {
                continue;
            };
            crash_point("before-archive");
            let archive_file = {
                // Flushing a large mail takes seconds on a slow disk.
                let (folder, id) = (folder.to_owned(), candidate.id);
                let kept = off_the_loop(move || archive::keep(&folder, &part, id, now));
                kept.await.map_err(in_folder)?
            };
            let forward = match decision.outcome {
                Outcome::Forward => {
                    let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
                    let forward = safely(|| writer.forward(candidate, &decision, folder, &archive_file));
                    if forward.is_none() {
                        candidate.put_aside = Some(Reason::CannotBeHandled);
                    }
                    forward.transpose().map_err(in_folder)?.flatten()
                }
                _ => None,
            };
            crash_point("after-archive");
            let beginning = archive::beginning(folder, &archive_file).map_err(in_folder)?;
            let report = safely(|| DeliveryReport::parse(&beginning)).flatten();
            candidate.spooled = Spool::Whole(Spooled {
                archive_file,
                forward,
                report: report.map(Box::new),
            });
        }
        Ok(())
    }

    /// One mail whole, to be archived; `None` where it cannot be: it is too large, or the server does not hand it out.
    async fn retrieve(
        &mut self,
        worker: &mut Receiver,
        candidate: &mut Candidate,
        report: &mut CycleReport,
    ) -> Result<Option<PathBuf>, CycleFault> {
        let mail = ListedMail {
            number: candidate.message_number,
            uidl: candidate
                .uidl
                .as_deref()
                .and_then(|uidl| Uidl::parse(uidl.as_bytes())),
            size: candidate.size,
        };
        let limit = worker.mailbox.pop3.largest_mail;
        let connection = &mut self.session.connection;
        let mut whole = fetch_whole(connection, self.data_folder, mail.number, worker.row.id, limit).await;
        if let Ok(Whole::Spooled(part)) = &whole
            && is_another(&candidate.mail, part)
        {
            whole = Ok(Whole::Refused(MailFault::AnotherMail));
        }
        match whole {
            Ok(Whole::Spooled(part)) => return Ok(Some(part)),
            Ok(Whole::TooLarge) => candidate.spooled = Spool::TooLarge,
            Ok(Whole::Refused(fault)) if self.is_refused_for_good(worker, &mail, &fault).await? => {
                candidate.spooled = Spool::Refused;
            }
            // `NotFetched` keeps it out of this batch, and the next cycle tries again.
            Ok(Whole::Refused(fault)) => self.unreadable(worker, &mail, &fault, report).await?,
            Err(CycleFault::Pop3(fault)) => {
                self.broke_off(worker, &mail, &fault).await?;
                return Err(fault.into());
            }
            Err(fault) => return Err(fault),
        }
        Ok(None)
    }

    /// Reads the start of the body where the shop asks for a word that may stand there, and of no other mail.
    pub(super) async fn look_for_shop_word(
        &mut self,
        worker: &Receiver,
        candidates: &mut [Candidate],
        now: Timestamp,
    ) -> Result<(), CycleFault> {
        let rules = self.rules(worker);
        if rules.shop_words.is_empty() || rules.shop_word_in == ShopWordIn::Subject {
            return Ok(());
        }
        let known = self
            .store
            .known(&worker.scope, candidates, &self.listed_rows, now)
            .await?;
        let mut needed = Vec::new();
        for (candidate, known) in candidates.iter().zip(known) {
            let Some(known) = known.filter(|_| candidate.put_aside.is_none()) else {
                continue;
            };
            let decision = safely(|| decide(&candidate.mail, &rules, &known));
            if decision.is_some_and(|decision| decision.reason == Reason::ShopWordMissing) {
                needed.push(candidate.message_number);
            }
        }
        let mut found = HashSet::new();
        let look = |number, start: Vec<u8>| {
            if has_shop_word(&rules, &start) {
                found.insert(number);
            }
        };
        self.session.connection.fetch_starts(&needed, look).await?;
        for candidate in candidates {
            candidate.shop_word_in_body = found.contains(&candidate.message_number);
        }
        Ok(())
    }
}

/// Whether the fetched file is not the mail whose header was read: it would be archived in its place, and the mail itself
/// deleted unseen. Message-ID and sender are compared; some servers add other lines to one of both answers.
pub(super) fn is_another(mail: &IncomingMail, part: &Path) -> bool {
    let Ok(beginning) = archive::first_bytes(part) else {
        return false;
    };
    let Some(fetched) = safely(|| IncomingMail::parse(&beginning)) else {
        return false;
    };
    let differ = |one: Option<&str>, other: Option<&str>| matches!((one, other), (Some(one), Some(other)) if one != other);
    let key = |mail: &IncomingMail| mail.sender_address().map(|address| address.key());
    differ(mail.message_id(), fetched.message_id()) || differ(key(mail).as_deref(), key(&fetched).as_deref())
}

/// Whether a shop word stands in the body of the mail of which this is the start.
pub(crate) fn has_shop_word(rules: &Rules, start: &[u8]) -> bool {
    let text = safely(|| body_text(start)).unwrap_or_default();
    rules.shop_words.iter().any(|word| word.is_in(&text))
}
