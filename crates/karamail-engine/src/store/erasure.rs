//! Erasing a person: the address goes from every row, the number stays and is never given again.
//!
//! What is overwritten is overwritten on disk too (`secure_delete`), and the WAL is emptied after it.

use std::collections::HashSet;

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::journal::{Event, EventKind};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::ids::push_ids;
use super::imported::WITHHELD;
use super::{Store, StoreError, begin, commit, events, milliseconds};

/// What stands in the place of an address. No address: it has no at sign.
pub const TOMBSTONE: &str = "erased";

/// SQLite takes 32,766 values in one statement.
const VALUES_A_STATEMENT: usize = 10_000;

/// What came of asking for a person to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// The rows hold the person no more; files are still to be cleaned.
    Done(Erased),
    /// There is no such number.
    NoSuchNumber,
    /// It is a number of several series, these.
    SeveralSeries(Vec<String>),
    /// It was done before.
    AlreadyErased,
    /// A letter to the person is being sent at this moment.
    BeingSent,
}

/// A person whose rows are erased, and what is to be done with the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The series of the number that was named.
    pub series: String,
    /// Every number that the address had, as series and number.
    pub numbers: Vec<(String, i64)>,
    /// How the address was written, each way once: what to look for in the log files.
    pub spellings: Vec<String>,
    /// Files of the person's mails, relative to the data folder.
    pub files: Vec<String>,
    /// Mails that were erased.
    pub mails: usize,
    /// Letters that were erased.
    pub letters: usize,
}

impl Store {
    /// What erasing the person behind a number would do; nothing is changed. The files are cleaned by it first: after a
    /// crash in between, the ledger still knows what to look for.
    pub async fn look_up_person(&self, number: i64, series: Option<&str>) -> Result<Erasure, StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        Ok(match Person::behind(&mut transaction, number, series).await? {
            Ok(person) => Erasure::Done(person.told(0)),
            Err(erasure) => erasure,
        })
    }

    /// Erases the person behind a number, in one transaction with its event. Letters that wait are settled as withheld:
    /// there is nobody to send them to any more.
    pub async fn erase(
        &self,
        number: i64,
        series: Option<&str>,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        let mut writer = self.writer().await;
        sqlx::query("PRAGMA secure_delete = ON")
            .execute(&mut *writer)
            .await?;
        let erasure = erase(&mut writer, number, series, milliseconds(now)).await;
        sqlx::query("PRAGMA secure_delete = FAST")
            .execute(&mut *writer)
            .await?;
        if matches!(erasure, Ok(Erasure::Done(_))) {
            // The WAL still has the pages as they were. A reader may hold this off; the next checkpoint does it then.
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut *writer)
                .await?;
        }
        drop(writer);
        self.announce_events();
        erasure
    }
}

async fn erase(
    writer: &mut SqliteConnection,
    number: i64,
    series: Option<&str>,
    now: i64,
) -> Result<Erasure, StoreError> {
    let mut transaction = begin(writer).await?;
    let person = match Person::behind(&mut transaction, number, series).await? {
        Ok(person) => person,
        Err(erasure) => return Ok(erasure),
    };
    let letters = erase_letters(&mut transaction, &person, now).await?;
    erase_mails(&mut transaction, &person, now).await?;
    erase_events(&mut transaction, &person).await?;
    for (series, number) in &person.numbers {
        sqlx::query(
            "UPDATE receipts SET address = ?3, address_key = ?3 || ':' || number, erased_at = ?4 WHERE series = ?1 AND number = ?2",
        )
        .bind(series)
        .bind(number)
        .bind(TOMBSTONE)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    }
    let event = |number: i64| Event {
        number: Some(number),
        ..Event::new(EventKind::Erased)
    };
    let told: Vec<Event> = person.numbers.iter().map(|(_, number)| event(*number)).collect();
    events::write(&mut transaction, &told, now).await?;
    commit(transaction).await?;
    Ok(Erasure::Done(person.told(letters)))
}

/// All that is known of one address.
struct Person {
    key: String,
    /// The series of the number that was named.
    series: String,
    numbers: Vec<(String, i64)>,
    mails: Vec<i64>,
    spellings: HashSet<String>,
    files: Vec<String>,
}

impl Person {
    /// The person behind a number, or why nobody can be erased.
    async fn behind(
        connection: &mut SqliteConnection,
        number: i64,
        series: Option<&str>,
    ) -> Result<Result<Person, Erasure>, StoreError> {
        let mut named: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT series, address_key, erased_at IS NOT NULL FROM receipts \
             WHERE number = ?1 AND (?2 IS NULL OR series = ?2) ORDER BY series",
        )
        .bind(number)
        .bind(series)
        .fetch_all(&mut *connection)
        .await?;
        if named.len() > 1 {
            let all = named.into_iter().map(|row| row.0).collect();
            return Ok(Err(Erasure::SeveralSeries(all)));
        }
        let Some((series, key, is_erased)) = named.pop() else {
            return Ok(Err(Erasure::NoSuchNumber));
        };
        if is_erased {
            return Ok(Err(Erasure::AlreadyErased));
        }
        let person = Person::find(connection, series, key).await?;
        let sending: Vec<(i64, String)> =
            sqlx::query_as("SELECT mail_id, recipient_key FROM outbox WHERE state = 'sending'")
                .fetch_all(connection)
                .await?;
        let is_theirs = |(mail_id, key): &(i64, String)| *key == person.key || person.mails.contains(mail_id);
        Ok(match sending.iter().any(is_theirs) {
            true => Err(Erasure::BeingSent),
            false => Ok(person),
        })
    }

    async fn find(
        connection: &mut SqliteConnection,
        series: String,
        key: String,
    ) -> Result<Person, StoreError> {
        let receipts: Vec<(String, i64, String)> =
            sqlx::query_as("SELECT series, number, address FROM receipts WHERE address_key = ?1")
                .bind(&key)
                .fetch_all(&mut *connection)
                .await?;
        let mut person = Person {
            series,
            numbers: Vec::new(),
            mails: Vec::new(),
            spellings: HashSet::from([key.clone()]),
            files: Vec::new(),
            key,
        };
        for (series, number, address) in receipts {
            person.numbers.push((series, number));
            person.spellings.insert(address);
        }
        // One address is written in many ways; the domain is the same in all of them, but for its case.
        let domain = person.key.rsplit('@').next().unwrap_or_default().to_owned();
        let senders: Vec<(i64, String, Option<String>)> = sqlx::query_as(
            "SELECT id, sender, archive_file FROM mails WHERE sender IS NOT NULL AND instr(lower(sender), lower(?1)) > 0",
        )
        .bind(&domain)
        .fetch_all(&mut *connection)
        .await?;
        for (id, sender, file) in senders {
            if sender
                .parse::<EmailAddress>()
                .is_ok_and(|address| address.key() == person.key)
            {
                person.mails.push(id);
                person.spellings.insert(sender);
                person.files.extend(file);
            }
        }
        // A report of a letter that came back has the address in it.
        let reports: Vec<(i64, Option<String>)> = sqlx::query_as(
            "SELECT DISTINCT m.id, m.archive_file FROM delivery_reports d JOIN outbox o ON o.id = d.outbox_id \
             JOIN mails m ON m.id = d.mail_id WHERE o.recipient_key = ?1",
        )
        .bind(&person.key)
        .fetch_all(&mut *connection)
        .await?;
        for (id, file) in reports {
            person.mails.push(id);
            person.files.extend(file);
        }
        for chunk in person.mails.chunks(VALUES_A_STATEMENT) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("SELECT file FROM outbox WHERE file IS NOT NULL AND mail_id IN (");
            push_ids(&mut query, chunk);
            let files: Vec<String> = query
                .build_query_scalar()
                .persistent(false)
                .fetch_all(&mut *connection)
                .await?;
            person.files.extend(files);
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
                "SELECT file FROM aside WHERE file IS NOT NULL AND file <> '' AND mail_id IN (",
            );
            push_ids(&mut query, chunk);
            let files: Vec<String> = query
                .build_query_scalar()
                .persistent(false)
                .fetch_all(&mut *connection)
                .await?;
            person.files.extend(files);
        }
        Ok(person)
    }

    fn told(self, letters: usize) -> Erased {
        Erased {
            series: self.series,
            letters,
            mails: self.mails.len(),
            numbers: self.numbers,
            spellings: self.spellings.into_iter().collect(),
            files: self.files,
        }
    }

    /// Whether a text has the address in it, however it is written.
    fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.spellings
            .iter()
            .any(|spelling| text.contains(&spelling.to_lowercase()))
    }
}

/// Letters to the person, and forwards of the person's mails. What waits is settled first: a letter that is not
/// settled is not changed (invariant 4).
async fn erase_letters(
    connection: &mut SqliteConnection,
    person: &Person,
    now: i64,
) -> Result<usize, StoreError> {
    let mut ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM outbox WHERE recipient_key = ?1 AND kind <> 'forward'")
            .bind(&person.key)
            .fetch_all(&mut *connection)
            .await?;
    for chunk in person.mails.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT id FROM outbox WHERE kind = 'forward' AND mail_id IN (");
        push_ids(&mut query, chunk);
        let forwards: Vec<i64> = query
            .build_query_scalar()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?;
        ids.extend(forwards);
    }
    for chunk in ids.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("UPDATE outbox SET state = 'refused', class = ");
        query.push_bind(WITHHELD).push(", settled_at = ").push_bind(now);
        query.push(" WHERE state IN ('queued', 'unsure') AND id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE outbox SET recipient = ");
        query
            .push_bind(TOMBSTONE)
            .push(", recipient_key = ")
            .push_bind(TOMBSTONE);
        query.push(" || ':' || id, bytes = CASE WHEN bytes IS NULL THEN NULL ELSE x'' END, answer = NULL");
        query.push(" WHERE kind <> 'forward' AND id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("UPDATE delivery_reports SET said = '' WHERE outbox_id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(ids.len())
}

/// Mails that were held for the shop go with the person: there is nothing left to decide about.
async fn erase_mails(connection: &mut SqliteConnection, person: &Person, now: i64) -> Result<(), StoreError> {
    for chunk in person.mails.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE mails SET erased_at = ");
        query
            .push_bind(now)
            .push(", sender = NULL, subject = '', message_id = NULL,");
        query.push(
            " state = CASE WHEN state IN ('recorded', 'held', 'backlog') THEN 'settled' ELSE state END",
        );
        query.push(" WHERE id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("UPDATE aside SET header = NULL, file = NULL WHERE mail_id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Id, mail, and address and detail where the person's domain is in them.
type EventTexts = (i64, Option<i64>, Option<String>, Option<String>);

async fn erase_events(connection: &mut SqliteConnection, person: &Person) -> Result<(), StoreError> {
    // One address is written in many ways; the domain is the same in all of them, but for its case.
    let domain = person.key.rsplit('@').next().unwrap_or_default();
    let rows: Vec<EventTexts> = sqlx::query_as(
        "SELECT id, mail_id, CASE WHEN instr(lower(address), ?1) > 0 THEN address END, \
         CASE WHEN instr(lower(detail), ?1) > 0 THEN detail END \
         FROM events WHERE address IS NOT NULL OR detail IS NOT NULL",
    )
    .bind(domain)
    .fetch_all(&mut *connection)
    .await?;
    let mails: HashSet<i64> = person.mails.iter().copied().collect();
    let ids: Vec<i64> = rows
        .into_iter()
        .filter(|(_, mail_id, address, detail)| {
            mail_id.is_some_and(|id| mails.contains(&id))
                || address.as_deref().is_some_and(|text| person.is_in(text))
                || detail.as_deref().is_some_and(|text| person.is_in(text))
        })
        .map(|row| row.0)
        .collect();
    for chunk in ids.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("UPDATE events SET address = NULL, detail = NULL WHERE id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}
