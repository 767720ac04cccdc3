//! What can be wrong with the ledger, in words and what to do.

use std::path::PathBuf;

use karamail_core::words::screens::faults as screen;
use karamail_core::words::{Language, Told, store as words};

use super::FILE_NAME;

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; what was to be written was not written.
    #[error("the disk is full")]
    DiskFull,
    /// The data folder or the file cannot be written.
    #[error("the ledger {0} cannot be written")]
    ReadOnly(PathBuf),
    /// The file is no ledger, or is damaged.
    #[error("the ledger {0} is damaged: {1}")]
    Damaged(PathBuf, String),
    /// The ledger is gone although the folder shows that there was one.
    #[error("the ledger {0} is missing but the folder was in use")]
    Vanished(PathBuf),
    /// A newer Karamail wrote the file.
    #[error("the ledger {0} was written by a newer version")]
    Newer(PathBuf),
    /// An older Karamail is using the file.
    #[error("the ledger {0} is in use by an older version")]
    Older(PathBuf),
    /// The folder cannot be made or read.
    #[error("the data folder {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// Anything else SQLite says, a broken invariant among it.
    #[error("the ledger: {0}")]
    Sql(sqlx::Error),
}

impl StoreError {
    /// Whether the ledger holds something else than the caller believed: asking again would fail again.
    pub fn is_contradiction(&self) -> bool {
        matches!(self, StoreError::Sql(sqlx::Error::RowNotFound))
    }
}

impl Told for StoreError {
    fn what(&self, language: Language) -> String {
        match self {
            StoreError::DiskFull => words::disk_full(language),
            StoreError::ReadOnly(path) => words::read_only(language, &path.display().to_string()),
            StoreError::Damaged(path, why) => words::damaged(language, &path.display().to_string(), why),
            StoreError::Vanished(path) => words::vanished(language, &path.display().to_string()),
            StoreError::Newer(path) => words::newer(language, &path.display().to_string()),
            StoreError::Older(path) => words::older(language, &path.display().to_string()),
            StoreError::Folder(path, why) => {
                words::folder(language, &path.display().to_string(), &why.to_string())
            }
            StoreError::Sql(why) => words::other(language, &why.to_string()),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            StoreError::DiskFull => words::disk_full_advice(language),
            StoreError::ReadOnly(_) | StoreError::Folder(..) => words::read_only_advice(language),
            StoreError::Damaged(..) => words::damaged_advice(language),
            StoreError::Vanished(_) => words::vanished_advice(language),
            StoreError::Newer(_) => words::newer_advice(language),
            StoreError::Older(_) => words::older_advice(language),
            StoreError::Sql(_) => words::other_advice(language),
        })
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            StoreError::ReadOnly(_) | StoreError::Folder(..) => Some(screen::folder_advice(language)),
            other => other.what_to_do(language),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // Primary result codes of SQLite; the extended codes carry them in their low byte.
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<i32>().ok()),
            _ => None,
        };
        match code.map(|code| code & 0xff) {
            Some(13) => StoreError::DiskFull,
            // SHMSIZE: the shared memory of the WAL could not grow.
            _ if code == Some(4874) => StoreError::DiskFull,
            Some(8) => StoreError::ReadOnly(FILE_NAME.into()),
            Some(11 | 26) => StoreError::Damaged(FILE_NAME.into(), error.to_string()),
            // IOERR while writing or syncing: on most systems a full or failing disk.
            _ => StoreError::Sql(error),
        }
    }
}
