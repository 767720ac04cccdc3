//! What the ledger knows that the decisions of one batch need.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use karamail_core::address::EmailAddress;
use karamail_core::decide::Known;
use karamail_core::mail::IncomingMail;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::mails::{Candidate, Scope};
use super::receipts::Numbers;
use super::{StoreError, milliseconds};

/// What the ledger knows that the decisions of one batch need, kept up to date while the batch is decided.
pub(super) struct Desk {
    pub(super) numbers: Numbers,
    ours: HashSet<String>,
    /// Address key → replies within the last hour and day.
    answered: HashMap<String, (u32, u32)>,
    answered_mailbox_hour: u32,
    forwarded_mailbox_hour: u32,
}

impl Desk {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        scope: &Scope,
        mails: &[&IncomingMail],
        now: Timestamp,
    ) -> Result<Desk, StoreError> {
        let mut keys: Vec<String> = mails
            .iter()
            .filter_map(|mail| mail.sender_address())
            .map(EmailAddress::key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(Desk {
            numbers: Numbers::load(connection, &scope.series, scope.first_number, &keys).await?,
            ours: our_letters(connection, mails).await?,
            answered: answered(connection, &keys, now).await?,
            answered_mailbox_hour: within_the_hour(connection, scope, now, ANSWERS).await?,
            forwarded_mailbox_hour: within_the_hour(connection, scope, now, FORWARDS).await?,
        })
    }

    pub(super) fn known(&self, mail: &IncomingMail) -> Known {
        let key = mail.sender_address().map(EmailAddress::key);
        let (hour, day) = key
            .as_ref()
            .and_then(|key| self.answered.get(key))
            .copied()
            .unwrap_or_default();
        Known {
            number: key.as_ref().and_then(|key| self.numbers.of(key)),
            refers_to_ours: ids_of(mail).any(|id| self.ours.contains(id)),
            answered_address_hour: hour,
            answered_address_day: day,
            answered_mailbox_hour: self.answered_mailbox_hour,
            forwarded_mailbox_hour: self.forwarded_mailbox_hour,
            shop_word_in_body: false,
        }
    }

    pub(super) fn known_of(&self, candidate: &Candidate) -> Known {
        Known {
            shop_word_in_body: candidate.shop_word_in_body,
            ..self.known(&candidate.mail)
        }
    }

    pub(super) fn note_forward(&mut self) {
        self.forwarded_mailbox_hour = self.forwarded_mailbox_hour.saturating_add(1);
    }

    pub(super) fn note_reply(&mut self, address_key: String) {
        let (hour, day) = self.answered.entry(address_key).or_default();
        *hour = hour.saturating_add(1);
        *day = day.saturating_add(1);
        self.answered_mailbox_hour = self.answered_mailbox_hour.saturating_add(1);
    }
}

fn ids_of(mail: &IncomingMail) -> impl Iterator<Item = &str> {
    mail.message_id()
        .into_iter()
        .chain(mail.references().iter().map(String::as_str))
}

async fn our_letters(
    connection: &mut SqliteConnection,
    mails: &[&IncomingMail],
) -> Result<HashSet<String>, StoreError> {
    let mut ids: Vec<&str> = mails.iter().flat_map(|mail| ids_of(mail)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut ours = HashSet::new();
    // SQLite takes 32,766 values in one statement.
    for chunk in ids.chunks(10_000) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT message_id FROM outbox WHERE message_id IN (");
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind((*id).to_owned());
        }
        query.push(")");
        ours.extend(
            query
                .build_query_scalar::<String>()
                .persistent(false)
                .fetch_all(&mut *connection)
                .await?,
        );
    }
    Ok(ours)
}

/// Replies of a later time were written while the clock was ahead: they would count for years.
fn latest(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(1)
}

const ANSWERS: &str = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE mailbox_id = ?1 AND created_at BETWEEN ?2 AND ?3 \
                       AND kind IN ('receipt', 'repeat') LIMIT ?4)";
const FORWARDS: &str = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE mailbox_id = ?1 AND created_at BETWEEN ?2 AND ?3 \
                        AND kind = 'forward' LIMIT ?4)";

/// How many letters of a mailbox were recorded within the hour, counted as far as its limit: in a rush of a hundred thousand
/// each batch would read all those before it.
async fn within_the_hour(
    connection: &mut SqliteConnection,
    scope: &Scope,
    now: Timestamp,
    letters: &'static str,
) -> Result<u32, StoreError> {
    if scope.limit_hour == 0 {
        return Ok(0);
    }
    let count: i64 = sqlx::query_scalar(letters)
        .bind(scope.mailbox_id)
        .bind(milliseconds(now - SignedDuration::from_hours(1)))
        .bind(milliseconds(latest(now)))
        .bind(scope.limit_hour)
        .fetch_one(connection)
        .await?;
    Ok(count.try_into().unwrap_or(u32::MAX))
}

async fn answered(
    connection: &mut SqliteConnection,
    keys: &[String],
    now: Timestamp,
) -> Result<HashMap<String, (u32, u32)>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT recipient_key, sum(created_at > ");
    query.push_bind(milliseconds(now - SignedDuration::from_hours(1)));
    query.push("), count(*) FROM outbox WHERE kind IN ('receipt', 'repeat') AND created_at BETWEEN ");
    query.push_bind(milliseconds(now - SignedDuration::from_hours(24)));
    query.push(" AND ").push_bind(milliseconds(latest(now)));
    query.push(" AND recipient_key IN (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key);
    }
    query.push(") GROUP BY recipient_key");
    let rows: Vec<(String, i64, i64)> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|(key, hour, day)| (key, (count(hour), count(day))))
        .collect())
}
