//! The ledger on disk: one SQLite file, one writer, WAL with `synchronous=FULL`.
//!
//! Nothing outside this module knows SQL. What must hold is written a second time in the schema (`migrations/`), so a
//! fault in this program is refused by the database and not stored.
//!
//! Reading order: [`mails`] (what is known of a mailbox, and the one transaction that records a batch), [`receipts`]
//! (numbers), [`outbox`] (claim and settle), [`purge`] (what may be deleted),
//! [`aside`] and [`waiting`] (what waits for the shop), [`events`], [`results`], `reports` (what comes back), [`resends`],
//! [`consents`] and [`erasure`] (people's rights), [`requests`] (what commands ask of the running program).

pub mod aside;
mod batch;
mod batch_rows;
pub mod consents;
mod desk;
pub mod erasure;
pub mod events;
#[cfg(test)]
pub(crate) mod evidence;
mod fault;
mod ids;
pub mod imported;
mod leaving;
pub mod mails;
pub mod outbox;
pub mod purge;
pub mod receipts;
pub(crate) mod reports;
pub mod requests;
pub mod resends;
pub mod results;
pub mod snapshot;
pub mod waiting;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::data_folder::{DataFolder, FileIdentity, file_identity, restore_staging};
pub use fault::StoreError;
use writing::Writer;
pub(crate) use writing::{begin, commit};

/// The ledger's file name in the data folder.
pub const FILE_NAME: &str = "karamail.db";

/// Lies beside a ledger, so that a ledger that is gone is noticed.
const IN_USE_MARK: &str = "karamail.used";

/// Marks the file as Karamail's ledger (SQLite application id, "KML1"); the first migration sets it.
const APPLICATION_ID: i64 = 0x4b4d_4c31;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Connections that can only read.
pub type Readers = SqlitePool;

/// The ledger. Cheap to clone; all clones share the one writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// Which file it was when it was opened.
    identity: Option<FileIdentity>,
    writer: Mutex<SqliteConnection>,
    readers: SqlitePool,
    next_mail_id: AtomicI64,
    events_written: Notify,
    /// Held by whoever writes the monthly log: two writers would repeat lines.
    log_turn: Mutex<()>,
}

impl Store {
    /// Whether the ledger's file is where it was opened. An open file goes on working when its folder is moved away or
    /// its disk taken out, and what belongs beside it would be written elsewhere.
    pub(crate) fn check_place(&self) -> Result<(), StoreError> {
        let Inner { path, identity, .. } = &*self.inner;
        match file_identity(path) {
            Some(found) if Some(found) == *identity => Ok(()),
            _ => Err(StoreError::Vanished(path.clone())),
        }
    }

    /// Opens the ledger of `data_folder`, or makes a new one in a folder that never held one.
    ///
    /// The caller holds the folder's instance lock: letters found in mid-send belong to a process that is gone and
    /// become `unsure` (sent again with the same bytes).
    pub async fn open(data_folder: &Path) -> Result<Store, StoreError> {
        let path = data_folder.join(FILE_NAME);
        let is_new = is_new(data_folder, &path)?;
        let in_place = |error| in_file(error, &path);
        if is_new {
            make_private_file(&path).map_err(|error| match error.kind() {
                std::io::ErrorKind::StorageFull => StoreError::DiskFull,
                _ => StoreError::Folder(path.clone(), error),
            })?;
        } else {
            check_health(&path).await.map_err(in_place)?;
        }
        let mut writer = writer_options(&path)
            .connect()
            .await
            .map_err(StoreError::from)
            .map_err(in_place)?;
        #[cfg(test)]
        evidence::watch(&mut writer).await;
        MIGRATIONS.run(&mut writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_)
            | sqlx::migrate::MigrateError::VersionTooNew(..) => StoreError::Newer(path.clone()),
            sqlx::migrate::MigrateError::Execute(error) => in_file(error.into(), &path),
            other => StoreError::Damaged(path.clone(), other.to_string()),
        })?;
        sqlx::query("UPDATE outbox SET state = 'unsure' WHERE state = 'sending'")
            .execute(&mut writer)
            .await
            .map_err(StoreError::from)
            .map_err(in_place)?;
        // Letters that are sent again take their ids from the same sequence.
        let last_id: i64 = sqlx::query_scalar(
            "SELECT max((SELECT coalesce(max(id), 0) FROM mails), (SELECT coalesce(max(id), 0) FROM outbox))",
        )
        .fetch_one(&mut writer)
        .await
        .map_err(StoreError::from)
        .map_err(in_place)?;
        mark_in_use(data_folder).map_err(|error| StoreError::Folder(data_folder.to_owned(), error))?;
        Ok(Store {
            inner: Arc::new(Inner {
                path: path.clone(),
                identity: file_identity(&path),
                writer: Mutex::new(writer),
                readers: readers(&path),
                next_mail_id: AtomicI64::new(last_id + 1),
                events_written: Notify::new(),
                log_turn: Mutex::new(()),
            }),
        })
    }

    /// Opens the ledger of `data_folder` for reading beside a running program: nothing is written. One of an older
    /// version is brought up to date first, where no program holds the folder.
    ///
    /// `None` where there is no ledger yet.
    pub async fn open_to_read(data_folder: &Path) -> Result<Option<SqlitePool>, StoreError> {
        let path = data_folder.join(FILE_NAME);
        if is_new(data_folder, &path)? {
            return Ok(None);
        }
        let pool = readers(&path);
        let version: Result<i64, sqlx::Error> =
            sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
                .fetch_one(&pool)
                .await;
        match version {
            Ok(version) if version > newest_migration() => Err(StoreError::Newer(path)),
            // The very first start was cut off.
            Ok(0) => Ok(None),
            Ok(version) if version < newest_migration() => {
                let Ok(folder) = DataFolder::take(data_folder) else {
                    return Err(StoreError::Older(path));
                };
                Store::open(folder.path()).await?.close().await;
                Ok(Some(pool))
            }
            Ok(_) => Ok(Some(pool)),
            Err(error) => Err(in_file(error.into(), &path)),
        }
    }

    /// Connections to a ledger as it is, for those who can do without: it may be older, or not be a ledger yet.
    pub(crate) fn peek(data_folder: &Path) -> Option<SqlitePool> {
        let path = data_folder.join(FILE_NAME);
        path.exists().then(|| readers(&path))
    }

    /// Whether `data_folder` holds a ledger. A used folder without one is refused.
    pub fn is_there(data_folder: &Path) -> Result<bool, StoreError> {
        Ok(!is_new(data_folder, &data_folder.join(FILE_NAME))?)
    }

    /// A pool of read-only connections.
    pub fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    /// An id for the ledger row of a mail that is about to be recorded. An id that is not used leaves a gap, which
    /// nobody sees; receipt numbers are another thing.
    pub fn allocate_mail_id(&self) -> i64 {
        self.inner.next_mail_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Resolves when events were written since the last call.
    pub async fn events_written(&self) {
        self.inner.events_written.notified().await;
    }

    /// Closes both sides; pending commits are done before. Nobody can write afterwards.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        let mut writer = self.inner.writer.lock().await;
        // Where others still read, the WAL stays, and is short.
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut *writer)
            .await
        {
            tracing::debug!(%error, "checkpoint at close");
        }
        // Not when the last clone is dropped: the process may have ended by then, and the WAL would be left behind.
        let closed = match SqliteConnectOptions::new().in_memory(true).connect().await {
            Ok(nowhere) => std::mem::replace(&mut *writer, nowhere).close().await,
            Err(error) => Err(error),
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "the ledger's connection at close");
        }
    }

    /// The turn to write the monthly log.
    pub(crate) async fn log_turn(&self) -> MutexGuard<'_, ()> {
        self.inner.log_turn.lock().await
    }

    pub(crate) async fn writer(&self) -> Writer<'_> {
        let mut writer = Writer::take(&self.inner.writer).await;
        if writer.is_in_transaction() {
            self.renew(&mut writer).await;
        }
        writer
    }

    /// A transaction that met a full disk was rolled back by SQLite itself. The connection believes that it goes on and
    /// would begin no other one: it gives way to a new connection.
    async fn renew(&self, writer: &mut SqliteConnection) {
        // The rollback of a transaction that was dropped (a cycle that was cut off) may still be on its way.
        if writer.ping().await.is_ok() && !writer.is_in_transaction() {
            return;
        }
        match writer_options(&self.inner.path).connect().await {
            Ok(renewed) => {
                tracing::info!("the ledger's connection was renewed");
                *writer = renewed;
                #[cfg(test)]
                evidence::watch(writer).await;
            }
            Err(error) => tracing::warn!(%error, "the ledger's connection could not be renewed"),
        }
    }

    /// How many prepared statements the writing connection keeps.
    #[cfg(test)]
    pub(crate) async fn kept_statements(&self) -> usize {
        self.writer().await.cached_statements_size()
    }

    pub(crate) fn announce_events(&self) {
        self.inner.events_written.notify_one();
    }
}

pub(crate) fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(if milliseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn base_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging()
}

fn writer_options(path: &Path) -> SqliteConnectOptions {
    base_options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose the last commits in a power cut: a number that is on a phone already would be given again.
        .synchronous(SqliteSynchronous::Full)
        // Kibibytes (negative): enough for the working set of a batch, small beside the 15 MB the program may hold.
        .pragma("cache_size", "-2000")
        .pragma("wal_autocheckpoint", "1000")
        // What is overwritten or deleted within a page is not left in its free space; costs no writing.
        .pragma("secure_delete", "FAST")
        .statement_cache_capacity(64)
        // SQLite's thread hands rows over through a channel, and sleeps while it is full.
        .row_buffer_size(256)
}

fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(2)
        .min_connections(0)
        // No time-out: the pool's reaper would wake the program at rest again and again.
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(base_options(path).read_only(true).pragma("cache_size", "-1000"))
}

fn newest_migration() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Whether there is no ledger yet: no file, or the empty one that a crash in the very first moment leaves, in a folder
/// that was never in use. A used folder without its ledger is refused: silently starting at number 1 again would give
/// people other people's cards.
fn is_new(data_folder: &Path, path: &Path) -> Result<bool, StoreError> {
    let was_in_use = was_in_use(data_folder);
    match std::fs::metadata(path) {
        Ok(found) if found.len() == 0 && !was_in_use => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && was_in_use => {
            Err(StoreError::Vanished(path.to_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        _ => refuse_foreign_file(path).map(|()| false),
    }
}

/// Refuses a file that is not SQLite's before SQLite could take an empty or foreign one for a new ledger.
fn refuse_foreign_file(path: &Path) -> Result<(), StoreError> {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    read.map_err(|error| StoreError::Folder(path.to_owned(), error))?;
    let why = match head.as_slice() {
        b"SQLite format 3\0" => return Ok(()),
        [] => "the file is empty",
        _ => "it is not a SQLite file",
    };
    Err(StoreError::Damaged(path.to_owned(), why.to_owned()))
}

/// Whether the folder shows traces of a ledger.
fn was_in_use(data_folder: &Path) -> bool {
    let wal = format!("{FILE_NAME}-wal");
    let traces = [IN_USE_MARK, wal.as_str(), "log", "archive", "outbox"];
    // A restore that was cut off between its two renames has left the folder missing.
    let is_restore_cut_off =
        std::path::absolute(data_folder).is_ok_and(|folder| restore_staging(&folder).exists());
    is_restore_cut_off
        || traces.iter().any(|name| {
            let trace = data_folder.join(name);
            std::fs::metadata(&trace).is_ok_and(|found| found.is_file() && found.len() > 0)
                || std::fs::read_dir(&trace).is_ok_and(|mut entries| entries.next().is_some())
        })
}

/// Leaves the mark that this folder has a ledger, once.
fn mark_in_use(data_folder: &Path) -> std::io::Result<()> {
    let mark = data_folder.join(IN_USE_MARK);
    if !mark.exists() {
        let text =
            format!("{FILE_NAME} holds the receipt numbers. Without it Karamail does not start here.\n");
        // Windows flushes only what was opened for writing.
        let mut file = std::fs::File::create(&mark)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        file.sync_all()?;
        crate::data_folder::flush_folder(data_folder)?;
    }
    Ok(())
}

/// Makes the ledger's file readable by its owner alone before SQLite writes addresses into it.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Looks before the first write: a damaged file or another program's is left exactly as it is.
async fn check_health(path: &Path) -> Result<(), StoreError> {
    let mut reader = base_options(path).read_only(true).connect().await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut reader)
        .await?;
    if found != "ok" {
        return Err(StoreError::Damaged(path.to_owned(), found));
    }
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut reader)
        .await?;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE tbl_name <> '_sqlx_migrations'")
            .fetch_one(&mut reader)
            .await?;
    reader.close().await?;
    // A file without tables but the migrations' own is what a crash during the very first start leaves.
    if id == APPLICATION_ID || tables == 0 {
        Ok(())
    } else {
        Err(StoreError::Damaged(
            path.to_owned(),
            "it is another program's file".to_owned(),
        ))
    }
}

/// Names the whole path in errors that only know the file's kind, and finds the folder's faults behind "cannot open".
fn in_file(error: StoreError, path: &Path) -> StoreError {
    match error {
        StoreError::ReadOnly(_) => StoreError::ReadOnly(path.to_owned()),
        StoreError::Damaged(_, why) => StoreError::Damaged(path.to_owned(), why),
        StoreError::Sql(sqlx::Error::Database(database))
            if database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .is_some_and(|code| code & 0xff == 14) =>
        {
            StoreError::ReadOnly(path.to_owned())
        }
        other => other,
    }
}
