//! What the shop decided about mails that lie aside: decided again without the guard that held them, or archived and
//! deleted; and the bytes of mails that were put aside.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use karamail_core::decide::{Known, Outcome, Reason, Rules, ShopWordIn, decide};
use karamail_core::limits::{POP3_HEADER_BYTES, POP3_START_BYTES};
use karamail_core::mail::IncomingMail;
use karamail_core::pop3::MailFault;
use tokio::io::AsyncReadExt;

use super::intake::Session;
use super::look::{self, Look, look};
use super::safely::safely;
use super::spool::{has_shop_word, is_another};
use super::whole::{Whole, fetch_whole};
use super::worker::scope;
use super::{CycleFault, CycleReport, Receiver, letters};
use crate::archive;
use crate::clock;
use crate::config::{Mailbox, Settings};
use crate::seams::files;
use crate::store::aside::{AsideRow, Wish, waived_with};
use crate::store::mails::{Candidate, Clerk, Recorded, Spool, Spooled};
use crate::store::{Store, StoreError};

/// Mails decided again in one transaction.
const MAILS_A_BATCH: usize = 250;
/// Mails that are looked at before the first of them is dealt with.
const LOOKS_AT_ONCE: usize = 64;

/// Decides again about mails of one mailbox, without what held them. `None` for a mail that waits for the server: its
/// header is not kept, or the whole of it is needed.
pub(crate) async fn release(
    store: &Store,
    settings: &Arc<Settings>,
    mailbox: &Mailbox,
    rows: &[AsideRow],
    now: Timestamp,
) -> Result<HashMap<i64, Option<Recorded>>, StoreError> {
    let rules = settings.rules(mailbox);
    let mut done = HashMap::new();
    let mut mails = Vec::new();
    let mut unread = Vec::new();
    for row in rows {
        // On a strange day bodies were not looked at; where the shop word may stand there, the server is needed.
        let needs_body = row.reason == Some(Reason::UidlsChanged) && asks_for_body(&rules);
        match row.header.as_deref().filter(|_| !needs_body) {
            Some(header) => mails.push((row.clone(), candidate(row, header, false))),
            None => unread.push(row.clone()),
        }
    }
    store.wish(&unread, Wish::Release, now).await?;
    done.extend(unread.iter().map(|row| (row.id, None)));
    for batch in mails.chunks(MAILS_A_BATCH) {
        let scope = scope(
            settings,
            mailbox,
            batch.first().map_or(0, |(row, _)| row.mailbox_id),
        );
        let recorded = record(store, settings, mailbox, &scope, batch, now).await?;
        done.extend(batch.iter().map(|(row, _)| row.id).zip(recorded));
    }
    Ok(done)
}

fn asks_for_body(rules: &Rules) -> bool {
    !rules.shop_words.is_empty() && rules.shop_word_in != ShopWordIn::Subject
}

/// Records mails again, those with the same guards waived together.
async fn record(
    store: &Store,
    settings: &Arc<Settings>,
    mailbox: &Mailbox,
    scope: &crate::store::mails::Scope,
    mails: &[(AsideRow, Candidate)],
    now: Timestamp,
) -> Result<Vec<Option<Recorded>>, StoreError> {
    let rules = settings.rules(mailbox);
    let writer = letters::Writer::new(settings, mailbox, now);
    let mut recorded = Vec::with_capacity(mails.len());
    for group in mails.chunk_by(|(one, _), (other, _)| waived_with(one) == waived_with(other)) {
        let waived = group.first().map(|(row, _)| waived_with(row)).unwrap_or_default();
        let clerk = Clerk {
            decide: &|mail, known| decide_without(&waived, mail, &rules, known),
            compose: &|candidate, address, is_repeat, number| {
                writer.reply(candidate, address, is_repeat, number)
            },
            farewell: &|candidate, address, number| writer.farewell(candidate, address, number),
        };
        recorded.extend(store.record_again(scope, group, &clerk, now).await?);
    }
    Ok(recorded)
}

/// The decision table without the guards that the shop has waived for this mail. The limit of the mailbox is waived with
/// any: the shop wants these answered now, and knows how many they are.
fn decide_without(
    waived: &[Reason],
    mail: &IncomingMail,
    rules: &Rules,
    known: &Known,
) -> karamail_core::decide::Decision {
    let mut rules = rules.clone();
    let mut known = *known;
    rules.limit_mailbox_hour = 0;
    for reason in waived {
        match reason {
            Reason::SpfFail | Reason::DmarcFail => rules.hold_spoofed = false,
            Reason::RateLimitAddress => {
                rules.limit_address_hour = 0;
                rules.limit_address_day = 0;
            }
            // It was looked for before the mail became backlog. The words stay: one alone in the subject is a signup.
            Reason::ShopWordMissing | Reason::Backlog => {
                rules.shop_word_in = ShopWordIn::Body;
                known.shop_word_in_body = true;
            }
            _ => {}
        }
    }
    decide(mail, &rules, &known)
}

fn candidate(row: &AsideRow, header: &[u8], shop_word_in_body: bool) -> Candidate {
    let mail = safely(|| IncomingMail::parse(header));
    let key = match &mail {
        // Now it is known by its content, as all others.
        Some(mail) if !row.is_comparable() => mail.content_key(None),
        _ => row.key,
    };
    Candidate {
        id: row.id,
        message_number: 0,
        uidl: row.uidl.clone(),
        size: row.size,
        put_aside: mail.is_none().then_some(Reason::CannotBeHandled),
        mail: mail.unwrap_or_else(|| IncomingMail::parse(b"")),
        header: header.to_vec(),
        shop_word_in_body,
        key,
        spooled: Spool::NotFetched,
    }
}

/// Does on the server what waits for it: mails that the shop released or discarded, and the bytes of mails that were
/// put aside.
pub(super) async fn run_errands(
    worker: &Receiver,
    session: &mut Session,
    store: &Store,
    data_folder: &Path,
    report: &mut CycleReport,
) -> Result<(), CycleFault> {
    let rows = store.errands(worker.row.id).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut numbers: HashMap<i64, u32> = session.listed.iter().map(|(number, id)| (*id, *number)).collect();
    // Not all at once: where a session is too short for all of them, the next one goes on.
    for rows in rows.chunks(LOOKS_AT_ONCE) {
        let seen = look_at(session, rows, &numbers).await?;
        for row in rows {
            match numbers.get(&row.id).and_then(|number| seen.get(number)) {
                Some(Look::Other) => {
                    numbers.remove(&row.id);
                    store.forget_id(row.id).await?;
                }
                // Perhaps it is, perhaps it is not: the next poll tries again.
                Some(Look::Refused) => continue,
                Some(Look::Same) | None => {}
            }
            let errand = Errand {
                worker,
                store,
                data_folder,
                row,
                number: numbers.get(&row.id).copied(),
            };
            match row.wish {
                Some(Wish::Discard) => errand.discard(session).await?,
                Some(Wish::Release) => errand.release(session, report).await?,
                _ => errand.keep_bytes(session).await?,
            }
        }
    }
    Ok(())
}

/// Whether the mails of these rows that were not read in this session are still theirs, as far as that can be compared.
async fn look_at(
    session: &mut Session,
    rows: &[AsideRow],
    numbers: &HashMap<i64, u32>,
) -> Result<HashMap<u32, Look>, CycleFault> {
    let unread: Vec<look::Known<'_>> = rows
        .iter()
        .filter(|row| row.is_comparable())
        .filter_map(|row| {
            let number = numbers.get(&row.id).copied()?;
            let known = look::Known {
                number,
                uidl: row.uidl.as_deref(),
                key: row.key,
            };
            (!session.read.contains(&number)).then_some(known)
        })
        .collect();
    let seen = look(&mut session.connection, &unread).await?;
    let same = seen.iter().filter(|(_, look)| **look == Look::Same);
    session.read.extend(same.map(|(number, _)| *number));
    Ok(seen)
}

/// The header of a mail and the start of its body, bounded: a mail may be larger than the memory.
async fn read_start(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let most = POP3_HEADER_BYTES.saturating_add(POP3_START_BYTES) as u64;
    files::File::open(file)
        .await?
        .take(most)
        .read_to_end(&mut start)
        .await?;
    Ok(start)
}

struct Errand<'a> {
    worker: &'a Receiver,
    store: &'a Store,
    data_folder: &'a Path,
    row: &'a AsideRow,
    /// Its number in this session; `None` where it is not on the server any more.
    number: Option<u32>,
}

impl Errand<'_> {
    /// Archived if the server hands it out, then deleted with the next purge; the shop does not want it either way.
    async fn discard(&self, session: &mut Session) -> Result<(), CycleFault> {
        let in_folder = |error: std::io::Error| StoreError::at(self.data_folder, error);
        let now = clock::now();
        let mut archived = None;
        if let Some(number) = self.number {
            match self.fetch(session, number, u64::MAX).await? {
                Whole::Spooled(part) => {
                    archived =
                        Some(archive::keep(self.data_folder, &part, self.row.id, now).map_err(in_folder)?);
                }
                Whole::TooLarge | Whole::Refused(_) => {}
            }
        }
        let name = &self.worker.mailbox.name;
        let is_listed = self.number.is_some();
        self.store
            .finish_discard(name, self.row.id, archived.as_deref(), is_listed, now)
            .await?;
        Ok(())
    }

    /// Decided again with the whole mail at hand.
    async fn release(&self, session: &mut Session, report: &mut CycleReport) -> Result<(), CycleFault> {
        let in_folder = |error: std::io::Error| StoreError::at(self.data_folder, error);
        let now = clock::now();
        let worker = self.worker;
        let Some(number) = self.number else {
            // It has left the server, and what is left of it is no signup: there is nothing to do it with.
            let name = &worker.mailbox.name;
            self.store
                .finish_discard(name, self.row.id, None, false, now)
                .await?;
            return Ok(());
        };
        let part = match self.fetch(session, number, u64::MAX).await? {
            Whole::Spooled(part) => part,
            Whole::TooLarge | Whole::Refused(_) => {
                self.store.give_wish_up(self.row.id).await?;
                return Ok(());
            }
        };
        let bytes = read_start(&part).await.map_err(in_folder)?;
        let rules = worker.rules();
        let mut candidate = candidate(self.row, &bytes, has_shop_word(&rules, &bytes));
        let known = self.store.known_again(&worker.scope, &candidate, now).await?;
        let waived = waived_with(self.row);
        let decision = safely(|| decide_without(&waived, &candidate.mail, &rules, &known));
        match decision {
            Some(decision) if matches!(decision.outcome, Outcome::Forward | Outcome::Archive) => {
                let archive_file =
                    archive::keep(self.data_folder, &part, self.row.id, now).map_err(in_folder)?;
                let writer = letters::Writer::new(&worker.settings, &worker.mailbox, now);
                let writing = safely(|| match decision.outcome {
                    Outcome::Forward => {
                        writer.forward(&candidate, &decision, self.data_folder, &archive_file)
                    }
                    _ => Ok(None),
                });
                let forward = writing.transpose().map_err(in_folder)?;
                if forward.is_none() {
                    candidate.put_aside = Some(Reason::CannotBeHandled);
                }
                candidate.spooled = Spool::Whole(Spooled {
                    archive_file,
                    forward: forward.flatten(),
                    report: None,
                });
            }
            Some(_) => files::remove_file(&part).await.map_err(in_folder)?,
            None => {
                candidate.put_aside = Some(Reason::CannotBeHandled);
                files::remove_file(&part).await.map_err(in_folder)?;
            }
        }
        let mails = [(self.row.clone(), candidate)];
        let recorded = record(
            self.store,
            &worker.settings,
            &worker.mailbox,
            &worker.scope,
            &mails,
            now,
        )
        .await?;
        for entry in recorded.into_iter().flatten() {
            super::intake::count(&entry, report);
        }
        Ok(())
    }

    /// The bytes of a mail that was put aside, once: what the server does not give now it will not give later.
    async fn keep_bytes(&self, session: &mut Session) -> Result<(), CycleFault> {
        let Some(number) = self.number else {
            return Ok(());
        };
        let in_folder = |error: std::io::Error| StoreError::at(self.data_folder, error);
        let limit = self.worker.mailbox.pop3.largest_mail;
        let file = match (self.fetch(session, number, limit).await?, &self.row.header) {
            (Whole::Spooled(part), _) => {
                archive::quarantine(self.data_folder, &part, self.row.id).map_err(in_folder)?
            }
            (_, Some(header)) => {
                let part = archive::spool_file(self.data_folder, self.row.mailbox_id).map_err(in_folder)?;
                files::write(&part, header).await.map_err(in_folder)?;
                archive::quarantine(self.data_folder, &part, self.row.id).map_err(in_folder)?
            }
            (_, None) => String::new(),
        };
        self.store.set_quarantine_file(self.row.id, &file).await?;
        Ok(())
    }

    async fn fetch(&self, session: &mut Session, number: u32, limit: u64) -> Result<Whole, CycleFault> {
        let whole = fetch_whole(
            &mut session.connection,
            self.data_folder,
            number,
            self.row.mailbox_id,
            limit,
        )
        .await?;
        if let Whole::Spooled(part) = &whole {
            let header = self.row.header.as_deref().filter(|_| self.row.is_comparable());
            let mail = header.and_then(|header| safely(|| IncomingMail::parse(header)));
            if mail.is_some_and(|mail| is_another(&mail, part)) {
                return Ok(Whole::Refused(MailFault::AnotherMail));
            }
            session.read.insert(number);
        }
        Ok(whole)
    }
}
