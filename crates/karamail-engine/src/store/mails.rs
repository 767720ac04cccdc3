//! What is known of a mailbox, and the one transaction that records a batch of mails: ledger rows, numbers, finished
//! letters and events, or none of them (invariant 2).

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::decide::{Decision, Known, Outcome, Reason};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::mail::{ContentKey, IncomingMail};
use karamail_core::pop3::plan::{KnownMail, Trust};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::aside::{AsideRow, Wish};
use super::batch::Batch;
use super::consents::Wordings;
use super::desk::Desk;
use super::{Store, StoreError, begin, commit, events, milliseconds, reports};

/// A mailbox in the ledger.
#[derive(Clone, Copy, Debug)]
pub struct MailboxRow {
    /// Its row.
    pub id: i64,
    /// Whether a whole listing of it was recorded before.
    pub first_contact_done: bool,
}

/// A mail that was read from the server and is not in the ledger yet.
pub struct Candidate {
    /// The ledger id it will have.
    pub id: i64,
    /// Its message number in this POP3 session.
    pub message_number: u32,
    /// Its unique id on the server, where the server has such.
    pub uidl: Option<String>,
    /// Its size as the server lists it, octets.
    pub size: Option<u64>,
    /// Its facts.
    pub mail: IncomingMail,
    /// Its header as it came, kept where the shop has to decide about the mail.
    pub header: Vec<u8>,
    /// A shop word stands in its body.
    pub shop_word_in_body: bool,
    /// It cannot be handled, and is put aside for this reason.
    pub put_aside: Option<Reason>,
    /// Its content key.
    pub key: ContentKey,
    /// Where the whole of it lies on disk, for mail that is forwarded or archived.
    pub spooled: Spool,
}

/// Whether the whole of a mail lies on disk.
#[derive(Clone, Debug)]
pub enum Spool {
    /// It was not fetched: nothing needs it.
    NotFetched,
    /// It lies there.
    Whole(Spooled),
    /// It is larger than the mailbox's `largest_mail` and stays on the server, held for the shop.
    TooLarge,
    /// The server refused it again and again: it is put aside.
    Refused,
}

/// A whole mail on disk, flushed before the ledger speaks of it.
#[derive(Clone, Debug)]
pub struct Spooled {
    /// The file in the archive folder, relative to the data folder, with forward slashes.
    pub archive_file: String,
    /// The finished forward, where it is to be forwarded.
    pub forward: Option<Letter>,
    /// What it says about letters of ours, where it is a delivery report.
    pub report: Option<Box<DeliveryReport>>,
}

/// A finished letter, ready for the outbox.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Envelope sender.
    pub from: EmailAddress,
    /// Envelope recipient.
    pub to: EmailAddress,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The bytes, or where they lie.
    pub body: LetterBody,
}

/// Where a finished letter lies.
#[derive(Clone, Debug)]
pub enum LetterBody {
    /// In the ledger.
    Bytes(Vec<u8>),
    /// In a file of the outbox folder, relative to the data folder, flushed before the ledger speaks of it.
    File(String),
}

/// How a batch is decided and answered: pure functions of the mail and what is known.
pub struct Clerk<'a> {
    /// The decision table with this mailbox's rules.
    pub decide: &'a (dyn Fn(&IncomingMail, &Known) -> Decision + Sync),
    /// The finished receipt (`false`) or repeat reply (`true`) with this number.
    pub compose: &'a (dyn Fn(&Candidate, &EmailAddress, bool, i64) -> Letter + Sync),
    /// The finished answer to somebody who leaves; `None` where the shop wants none.
    pub farewell: &'a (dyn Fn(&Candidate, &EmailAddress, i64) -> Option<Letter> + Sync),
}

/// Which mailbox and series a batch belongs to.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The mailbox's row.
    pub mailbox_id: i64,
    /// The mailbox's name, for events.
    pub mailbox_name: String,
    /// The series its numbers come from.
    pub series: String,
    /// The number the series begins with if it is new.
    pub first_number: i64,
    /// Letters of this mailbox within an hour that the decisions count up to; 0 where no limit is set.
    pub limit_hour: u32,
    /// What the consent records keep.
    pub wordings: Wordings,
}

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The message number in this session.
    pub message_number: u32,
    /// The ledger row; an older one where the mail was known under another unique id.
    pub mail_id: i64,
    /// The decision, for a mail that is new.
    pub outcome: Option<Outcome>,
    /// The number it was given or has.
    pub number: Option<i64>,
}

/// Id, unique id, size, whether its deletion was asked for, and whether its header was never read.
type KnownRow = (i64, Option<String>, Option<i64>, bool, bool);

impl Store {
    /// The ledger's row for a mailbox, made where it is new.
    pub async fn mailbox(&self, address: &EmailAddress) -> Result<MailboxRow, StoreError> {
        let mut writer = self.writer().await;
        let key = address.key();
        let find = "SELECT id, first_contact_done_at IS NOT NULL FROM mailboxes WHERE address_key = ?1";
        if let Some((id, first_contact_done)) = sqlx::query_as::<_, (i64, bool)>(find)
            .bind(&key)
            .fetch_optional(&mut *writer)
            .await?
        {
            return Ok(MailboxRow {
                id,
                first_contact_done,
            });
        }
        let id = sqlx::query_scalar("INSERT INTO mailboxes (address_key) VALUES (?1) RETURNING id")
            .bind(&key)
            .fetch_one(&mut *writer)
            .await?;
        Ok(MailboxRow {
            id,
            first_contact_done: false,
        })
    }

    /// Notes that a whole listing of the mailbox has been recorded.
    pub async fn finish_first_contact(&self, mailbox_id: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query(
            "UPDATE mailboxes SET first_contact_done_at = ?2 WHERE id = ?1 AND first_contact_done_at IS NULL",
        )
        .bind(mailbox_id)
        .bind(milliseconds(now))
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Every mail of the mailbox that is, as far as we know, still on the server, and what its unique id is worth. That
    /// of one whose deletion was asked for is worth nothing: it may be gone, and the next mail may have its id. One whose
    /// header was never read cannot be compared.
    pub async fn known_mails(&self, mailbox_id: i64) -> Result<Vec<KnownMail>, StoreError> {
        let mut writer = self.writer().await;
        let rows: Vec<KnownRow> = sqlx::query_as(
            "SELECT id, uidl, size, state = 'purging', reason IN ('header-refused', 'cannot-be-handled') \
             FROM mails WHERE mailbox_id = ?1 AND state <> 'gone'",
        )
        .bind(mailbox_id)
        .fetch_all(&mut *writer)
        .await?;
        let known = |(id, uidl, size, is_leaving, is_unread): KnownRow| KnownMail {
            id,
            uidl,
            trust: match (is_leaving, is_unread) {
                (true, _) => Trust::Content,
                (_, true) => Trust::Id,
                _ => Trust::IdAndSize(size.and_then(|size| size.try_into().ok())),
            },
        };
        Ok(rows.into_iter().map(known).collect())
    }

    /// What is known of each mail's sender, for a first look before the batch is recorded. `None` for a mail that is
    /// an older row's: [`Store::record`] will not ask for a decision on it.
    pub async fn known(
        &self,
        scope: &Scope,
        candidates: &[Candidate],
        listed: &HashSet<i64>,
        now: Timestamp,
    ) -> Result<Vec<Option<Known>>, StoreError> {
        let mut writer = self.writer().await;
        let twins = twins(&mut writer, scope.mailbox_id, candidates, listed).await?;
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let desk = Desk::load(&mut writer, scope, &mails, now).await?;
        let known = mails.into_iter().zip(twins);
        Ok(known
            .zip(candidates)
            .map(|((_, twin), candidate)| twin.is_none().then(|| desk.known_of(candidate)))
            .collect())
    }

    /// What is known of the sender of a mail that is in the ledger.
    pub async fn known_again(
        &self,
        scope: &Scope,
        candidate: &Candidate,
        now: Timestamp,
    ) -> Result<Known, StoreError> {
        let mut writer = self.writer().await;
        let desk = Desk::load(&mut writer, scope, &[&candidate.mail], now).await?;
        Ok(desk.known_of(candidate))
    }

    /// Records a batch in one transaction. `listed` holds the ledger rows that are known to be in this session's
    /// listing already; a candidate whose content is that of another row is that row's mail under a new unique id,
    /// and is neither numbered nor answered again.
    pub async fn record(
        &self,
        scope: &Scope,
        candidates: &[Candidate],
        listed: &mut HashSet<i64>,
        clerk: &Clerk<'_>,
        now: Timestamp,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        // Taken over only after the commit.
        let mut newly_listed = HashSet::new();
        let twins = twins(&mut transaction, scope.mailbox_id, candidates, listed).await?;
        free_ids(&mut transaction, scope.mailbox_id, candidates).await?;
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let mut desk = Desk::load(&mut transaction, scope, &mails, now).await?;
        let mut batch = Batch::default();
        let mut recorded = Vec::with_capacity(candidates.len());
        for (candidate, twin) in candidates.iter().zip(twins) {
            if let Some(mail_id) = twin {
                newly_listed.insert(mail_id);
                adopt(&mut transaction, mail_id, candidate).await?;
                recorded.push(Recorded {
                    message_number: candidate.message_number,
                    mail_id,
                    outcome: None,
                    number: None,
                });
            } else if let Some(entry) = batch.enter_safely(scope, candidate, &mut desk, clerk) {
                newly_listed.insert(candidate.id);
                recorded.push(entry);
            }
        }
        batch.tell_limit(&mut transaction, scope, now).await?;
        batch.write(&mut transaction, scope, now).await?;
        let is_new = |id: i64| {
            recorded
                .iter()
                .any(|entry| entry.mail_id == id && entry.outcome.is_some())
        };
        for candidate in candidates {
            if let Spool::Whole(Spooled {
                report: Some(report), ..
            }) = &candidate.spooled
                && is_new(candidate.id)
            {
                let at = milliseconds(now);
                let told = reports::mark(&mut transaction, scope, candidate.id, report, at).await?;
                events::write(&mut transaction, &told, at).await?;
            }
        }
        commit(transaction).await?;
        listed.extend(newly_listed);
        drop(writer);
        self.announce_events();
        Ok(recorded)
    }

    /// Decides again about mails that lie aside, in one transaction: the number is taken now. What the decision needs
    /// from the server first (the whole mail, to forward or archive it) stays where it lies, with the wish noted.
    pub async fn record_again(
        &self,
        scope: &Scope,
        mails: &[(AsideRow, Candidate)],
        clerk: &Clerk<'_>,
        now: Timestamp,
    ) -> Result<Vec<Option<Recorded>>, StoreError> {
        let facts: Vec<&IncomingMail> = mails.iter().map(|(_, candidate)| &candidate.mail).collect();
        let mut recorded = Vec::with_capacity(mails.len());
        let mut waiting = Vec::new();
        {
            let mut writer = self.writer().await;
            let mut transaction = begin(&mut writer).await?;
            let mut desk = Desk::load(&mut transaction, scope, &facts, now).await?;
            let mut batch = Batch::default();
            for (row, candidate) in mails {
                // Somebody else may have decided since it was read.
                let find = "SELECT state IN ('held', 'backlog') FROM mails WHERE id = ?1";
                let is_aside: bool = sqlx::query_scalar(find)
                    .bind(row.id)
                    .fetch_one(&mut *transaction)
                    .await?;
                let entry = match is_aside {
                    true => batch.enter_safely(scope, candidate, &mut desk, clerk),
                    false => None,
                };
                if is_aside && entry.is_none() {
                    waiting.push(row.clone());
                }
                recorded.push(entry);
            }
            batch.tell_limit(&mut transaction, scope, now).await?;
            batch.write_again(&mut transaction, scope, mails, now).await?;
            commit(transaction).await?;
        }
        self.announce_events();
        self.wish(&waiting, Wish::Release, now).await?;
        Ok(recorded)
    }
}

/// For each candidate the row of this mailbox that it is, if any: one with its content, live or gone, that is not
/// otherwise in the listing.
async fn twins(
    connection: &mut SqliteConnection,
    mailbox_id: i64,
    candidates: &[Candidate],
    listed: &HashSet<i64>,
) -> Result<Vec<Option<i64>>, StoreError> {
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT content_key, id, uidl FROM mails WHERE mailbox_id = ");
    query.push_bind(mailbox_id).push(" AND content_key IN (");
    let mut list = query.separated(", ");
    for candidate in candidates {
        list.push_bind(candidate.key.0.to_vec());
    }
    // One that should be there is likelier to be this mail than one that is gone.
    query.push(") ORDER BY state = 'gone', id DESC");
    let rows: Vec<(Vec<u8>, i64, Option<String>)> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let mut same: HashMap<&[u8], VecDeque<(i64, Option<&str>)>> = HashMap::new();
    for (key, id, uidl) in &rows {
        if !listed.contains(id) {
            same.entry(key).or_default().push_back((*id, uidl.as_deref()));
        }
    }
    // Of several that are alike, each is first of all the one whose unique id it has.
    let mut twins: Vec<Option<i64>> = candidates
        .iter()
        .map(|candidate| {
            let rows = same.get_mut(candidate.key.0.as_slice())?;
            let own = |(_, uidl): &(i64, Option<&str>)| uidl.is_some() && *uidl == candidate.uidl.as_deref();
            let at = rows.iter().position(own)?;
            rows.remove(at).map(|(id, _)| id)
        })
        .collect();
    for (twin, candidate) in twins.iter_mut().zip(candidates) {
        if twin.is_none() {
            let rows = same.get_mut(candidate.key.0.as_slice());
            *twin = rows.and_then(|rows| rows.pop_front()).map(|(id, _)| id);
        }
    }
    Ok(twins)
}

/// The unique ids of these mails are theirs now; other mails that had them have them no longer.
async fn free_ids(
    connection: &mut SqliteConnection,
    mailbox_id: i64,
    candidates: &[Candidate],
) -> Result<(), StoreError> {
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("UPDATE mails SET uidl = NULL WHERE state <> 'gone' AND mailbox_id = ");
    query.push_bind(mailbox_id).push(" AND uidl IN (");
    let mut list = query.separated(", ");
    for uidl in candidates.iter().filter_map(|candidate| candidate.uidl.as_ref()) {
        list.push_bind(uidl);
    }
    query.push(")");
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}

/// The mail of an older row is listed under a new unique id, or came back after it was gone: the row goes on with it.
/// Backlog that was only out of sight is still the shop's to decide on; anything else that was gone may go again. One whose
/// deletion was asked for is there: whether it goes is for the keep rule of today to say, and its unique id is its own again.
async fn adopt(
    connection: &mut SqliteConnection,
    mail_id: i64,
    candidate: &Candidate,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE mails SET uidl = ?2, size = coalesce(?3, size), gone_at = NULL, state = CASE WHEN state = 'purging' THEN 'settled' \
         WHEN state <> 'gone' THEN state WHEN outcome = 'backlog' THEN 'backlog' ELSE 'settled' END WHERE id = ?1",
    )
    .bind(mail_id)
    .bind(candidate.uidl.as_deref())
    .bind(candidate.size.and_then(|size| i64::try_from(size).ok()))
    .execute(connection)
    .await?;
    Ok(())
}
