//! The events table: what happened, in the same transaction as what it describes, and how far the monthly text files
//! have followed it.

use jiff::Timestamp;
use karamail_core::journal::{Event, EventKind};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::{Store, StoreError, milliseconds, timestamp};

/// An event with its place in the table.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its place; later events have larger ones.
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// How far the monthly text files have followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPosition {
    /// The last event that is in a file.
    pub event_id: i64,
    /// The month (`2026-11`) of the file it is in; empty before the first.
    pub month: String,
    /// That file's length behind it, bytes.
    pub length: u64,
}

type EventRow = (
    i64,
    i64,
    String,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl Store {
    /// Writes one event in a transaction of its own, for what no ledger row goes with.
    pub async fn note(&self, event: Event, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        write(&mut writer, std::slice::from_ref(&event), milliseconds(now)).await?;
        drop(writer);
        self.announce_events();
        Ok(())
    }

    /// How far the monthly text files have followed.
    pub async fn log_position(&self) -> Result<LogPosition, StoreError> {
        let mut writer = self.writer().await;
        let (event_id, month, length): (i64, String, i64) =
            sqlx::query_as("SELECT event_id, month, length FROM log_position")
                .fetch_one(&mut *writer)
                .await?;
        Ok(LogPosition {
            event_id,
            month,
            length: length.try_into().unwrap_or(0),
        })
    }

    /// Notes how far the monthly text files have followed, after they were flushed.
    pub async fn set_log_position(&self, position: &LogPosition) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query("UPDATE log_position SET event_id = ?1, month = ?2, length = ?3")
            .bind(position.event_id)
            .bind(&position.month)
            .bind(i64::try_from(position.length).unwrap_or(i64::MAX))
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// The next events behind `event_id`, oldest first, at most `limit`.
    pub async fn events_after(&self, event_id: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let mut writer = self.writer().await;
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT id, at, kind, mailbox, mail_id, number, address, reason, detail FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
        )
        .bind(event_id)
        .bind(limit)
        .fetch_all(&mut *writer)
        .await?;
        Ok(rows.into_iter().filter_map(stored).collect())
    }
}

/// The newest events, oldest first, at most `limit`.
pub async fn newest_events(readers: &SqlitePool, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
    let mut rows: Vec<EventRow> = sqlx::query_as(
        "SELECT id, at, kind, mailbox, mail_id, number, address, reason, detail FROM events ORDER BY id DESC LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(readers)
    .await?;
    rows.reverse();
    Ok(rows.into_iter().filter_map(stored).collect())
}

/// The place of the newest event; 0 where there is none.
pub async fn newest_event(readers: &SqlitePool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM events")
        .fetch_one(readers)
        .await?)
}

/// Whether a running program has consumed one of our test mails, told by its token, behind the event `after`.
pub async fn has_consumed_test(readers: &SqlitePool, after: i64, token: &str) -> Result<bool, StoreError> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM events WHERE id > ?1 AND kind = ?2 AND detail = ?3")
            .bind(after)
            .bind(EventKind::SelfTest.as_str())
            .bind(token)
            .fetch_one(readers)
            .await?;
    Ok(count > 0)
}

/// Writes events on a connection that may be in a transaction.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    events: &[Event],
    now: i64,
) -> Result<(), StoreError> {
    // SQLite takes 32,766 values in one statement; a row has 8.
    for chunk in events.chunks(2_000) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT INTO events (at, kind, mailbox, mail_id, number, address, reason, detail) ",
        );
        query.push_values(chunk, |mut row, event| {
            row.push_bind(now)
                .push_bind(event.kind.as_str())
                .push_bind(event.mailbox.clone())
                .push_bind(event.mail_id)
                .push_bind(event.number)
                .push_bind(event.address.clone())
                .push_bind(event.reason.clone())
                .push_bind(event.detail.clone());
        });
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// `None` for a kind that a newer version wrote; the log cannot tell it, the table keeps it.
fn stored(
    (id, at, kind, mailbox, mail_id, number, address, reason, detail): EventRow,
) -> Option<StoredEvent> {
    let kind = EventKind::from_name(&kind)?;
    Some(StoredEvent {
        id,
        at: timestamp(at),
        event: Event {
            kind,
            mailbox,
            mail_id,
            number,
            address,
            reason,
            detail,
        },
    })
}
