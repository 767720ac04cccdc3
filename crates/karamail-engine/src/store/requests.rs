//! Requests: what a command asks of the program that holds the data folder. The command writes its request with a
//! connection of its own beside the running program, and waits for the result in the same row.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use karamail_core::limits::REQUEST_KEPT;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{FILE_NAME, Store, StoreError, base_options, in_file, is_new, milliseconds, timestamp};

/// A request that nobody has finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its row.
    pub id: i64,
    /// When it was written.
    pub at: Timestamp,
    /// Which request it is, by its stable name.
    pub kind: String,
    /// Its arguments, JSON.
    pub arguments: String,
}

impl Store {
    /// The requests that nobody has finished, oldest first.
    pub async fn open_requests(&self) -> Result<Vec<OpenRequest>, StoreError> {
        let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(
            "SELECT id, at, kind, arguments FROM requests WHERE done_at IS NULL ORDER BY id LIMIT 100",
        )
        .fetch_all(self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, at, kind, arguments)| OpenRequest {
                id,
                at: timestamp(at),
                kind,
                arguments,
            })
            .collect())
    }

    /// Takes a request: from here on the command that wrote it waits for its result. `false` when it was taken back.
    pub async fn take_request(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        let taken = sqlx::query("UPDATE requests SET taken_at = ?2 WHERE id = ?1 AND done_at IS NULL")
            .bind(id)
            .bind(milliseconds(now))
            .execute(&mut *writer)
            .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Writes a request's result (JSON) for the command that waits, and forgets the arguments.
    pub async fn finish_request(&self, id: i64, result: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query(
            "UPDATE requests SET done_at = ?2, result = ?3, arguments = 'null' WHERE id = ?1 AND done_at IS NULL",
        )
        .bind(id)
        .bind(milliseconds(now))
        .bind(result)
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Removes finished requests whose result nobody came for.
    pub async fn sweep_requests(&self, now: Timestamp) -> Result<(), StoreError> {
        let kept = SignedDuration::try_from(REQUEST_KEPT).unwrap_or(SignedDuration::MAX);
        let before = now.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let mut writer = self.writer().await;
        // One from the future (the clock was set back) is old too: nobody waits for that long.
        sqlx::query("DELETE FROM requests WHERE done_at < ?1 OR done_at > ?2")
            .bind(milliseconds(before))
            .bind(milliseconds(now.checked_add(kept).unwrap_or(Timestamp::MAX)))
            .execute(&mut *writer)
            .await?;
        // Mails that a server refused and that have left it since.
        sqlx::query("DELETE FROM refusals WHERE last_at < ?1")
            .bind(milliseconds(
                now.checked_sub(SignedDuration::from_hours(24 * 30))
                    .unwrap_or(now),
            ))
            .execute(&mut *writer)
            .await?;
        Ok(())
    }
}

/// A command's side of one request: its own short-lived connection beside the running program.
pub struct HandedOver {
    connection: SqliteConnection,
    id: i64,
}

impl HandedOver {
    /// Writes a request into the ledger of `data_folder`. `None` where the running program knows no requests.
    pub async fn write(
        data_folder: &Path,
        kind: &str,
        arguments: &str,
        now: Timestamp,
    ) -> Result<Option<HandedOver>, StoreError> {
        let path = data_folder.join(FILE_NAME);
        if is_new(data_folder, &path)? {
            return Ok(None);
        }
        let in_place = |error: sqlx::Error| in_file(error.into(), &path);
        let mut connection = base_options(&path).connect().await.map_err(in_place)?;
        let knows: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'requests'")
            .fetch_one(&mut connection)
            .await
            .map_err(in_place)?;
        if knows == 0 {
            return Ok(None);
        }
        let insert = "INSERT INTO requests (at, kind, arguments) VALUES (?1, ?2, ?3) RETURNING id";
        let id = sqlx::query_scalar(insert)
            .bind(milliseconds(now))
            .bind(kind)
            .bind(arguments)
            .fetch_one(&mut connection)
            .await
            .map_err(in_place)?;
        Ok(Some(HandedOver { connection, id }))
    }

    /// The result (JSON), once there is one; it is removed from the ledger by this.
    pub async fn result(&mut self) -> Result<Option<String>, StoreError> {
        let find = "SELECT result FROM requests WHERE id = ?1 AND done_at IS NOT NULL";
        let found: Option<String> = sqlx::query_scalar(find)
            .bind(self.id)
            .fetch_optional(&mut self.connection)
            .await?;
        if found.is_some() {
            self.forget("done_at IS NOT NULL").await?;
        }
        Ok(found)
    }

    /// Takes the request back. `false` when the running program has begun with it, or is done.
    pub async fn take_back(&mut self) -> Result<bool, StoreError> {
        self.forget("taken_at IS NULL AND done_at IS NULL").await
    }

    /// Closes the connection.
    pub async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a request's connection did not close well");
        }
    }

    async fn forget(&mut self, condition: &'static str) -> Result<bool, StoreError> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new("DELETE FROM requests WHERE id = ");
        query.push_bind(self.id).push(" AND ").push(condition);
        let removed = query
            .build()
            .persistent(false)
            .execute(&mut self.connection)
            .await?;
        Ok(removed.rows_affected() == 1)
    }
}
