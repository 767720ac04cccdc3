//! One file with everything but the passwords: the ledger, the settings with the files they name, monthly logs, the
//! archive, forwards that wait and mails that were put aside. It is a zip file with a manifest that has a SHA-256 for each entry.
//!
//! Reading order: [`write`](fn@write) (beside a running program), [`restore`](fn@restore) (into a folder that nobody
//! uses), `unpack` (what a file must be before anything of it is believed), `names`.
//!
//! Invariant: restoring changes nothing before the whole file has been verified, and never takes a number back.

pub(crate) mod names;
mod restore;
mod unpack;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karamail_core::words::{Language, Told, backup as words};
use serde::{Deserialize, Serialize};

use crate::data_folder::DataFolderError;
use crate::store::StoreError;
use crate::store::snapshot::LedgerFacts;

pub use restore::{Restored, restore};
pub use write::{Written, write};

/// The form of the file. A change that an older version could misread raises it.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What its ledger holds; the highest number of each series among it.
    pub ledger: LedgerFacts,
    /// Every other entry.
    pub entries: Vec<Entry>,
}

/// One file in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name, with forward slashes.
    pub name: String,
    /// Its size, bytes.
    pub bytes: u64,
    /// SHA-256 of its content, 64 hex digits.
    pub sha256: String,
}

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// There is a file of that name; it is left alone.
    #[error("{0} exists")]
    TargetExists(PathBuf),
    /// There is no ledger to back up.
    #[error("no ledger in {0}")]
    NoLedger(PathBuf),
    /// A file could not be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// No zip file, no manifest, or cut off.
    #[error("{0} is no backup: {1}")]
    NotABackup(PathBuf, String),
    /// An entry of a name that is not ours: a path trick, or somebody else's file.
    #[error("the entry {0:?} has no name of ours")]
    StrangeName(String),
    /// A link, a folder or an encrypted entry.
    #[error("the entry {0:?} is no plain file")]
    NoPlainFile(String),
    /// Two entries of one name, case aside.
    #[error("the entry {0:?} is there twice")]
    Twice(String),
    /// It unpacks to more than it may.
    #[error("{0} unpacks to more than {1} bytes")]
    Bomb(PathBuf, u64),
    /// An entry is not what the manifest says.
    #[error("the entry {0:?} does not match its digest")]
    Altered(String),
    /// An entry is in the manifest or in the file, and not in both.
    #[error("the entry {0:?} is not in both manifest and file")]
    Incomplete(String),
    /// A newer version made it.
    #[error("made by a newer version")]
    NewerFormat,
    /// The data in the folder know of something later.
    #[error("the data in {0} are newer")]
    PresentIsNewer(PathBuf),
    /// The folders could not be exchanged.
    #[error("{0} could not be replaced: {1}")]
    NotMoved(PathBuf, io::Error),
    /// Another program uses the folder, or it cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// A ledger: the one to copy, or the one in the backup.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupFault {
    fn file(path: &Path) -> impl Fn(io::Error) -> BackupFault + use<> {
        let path = path.to_owned();
        move |error| BackupFault::File(path.clone(), error)
    }
}

impl Told for BackupFault {
    fn what(&self, language: Language) -> String {
        let shown = |path: &Path| path.display().to_string();
        let harmless = karamail_core::journal::harmless;
        match self {
            BackupFault::TargetExists(path) => words::target_exists(language, &shown(path)),
            BackupFault::NoLedger(path) => words::no_ledger(language, &shown(path)),
            BackupFault::File(path, why) => words::file_failed(language, &shown(path), &why.to_string()),
            BackupFault::NotABackup(path, why) => words::not_a_backup(language, &shown(path), &harmless(why)),
            BackupFault::StrangeName(name) => words::strange_name(language, &harmless(name)),
            BackupFault::NoPlainFile(name) => words::no_plain_file(language, &harmless(name)),
            BackupFault::Twice(name) => words::twice(language, &harmless(name)),
            BackupFault::Bomb(path, bytes) => words::bomb(language, &shown(path), *bytes),
            BackupFault::Altered(name) => words::altered(language, &harmless(name)),
            BackupFault::Incomplete(name) => words::incomplete(language, &harmless(name)),
            BackupFault::NewerFormat => words::newer_format(language),
            BackupFault::PresentIsNewer(path) => words::present_is_newer(language, &shown(path)),
            BackupFault::NotMoved(path, why) => words::not_moved(language, &shown(path), &why.to_string()),
            BackupFault::DataFolder(fault) => fault.what(language),
            BackupFault::Store(fault) => fault.what(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            BackupFault::TargetExists(_) => Some(words::target_exists_advice(language)),
            BackupFault::NoLedger(_) => Some(words::no_ledger_advice(language)),
            BackupFault::File(..) => Some(words::file_failed_advice(language)),
            BackupFault::NotABackup(..)
            | BackupFault::StrangeName(_)
            | BackupFault::NoPlainFile(_)
            | BackupFault::Twice(_)
            | BackupFault::Bomb(..)
            | BackupFault::Altered(_)
            | BackupFault::Incomplete(_) => Some(words::distrust_advice(language)),
            BackupFault::NewerFormat => Some(karamail_core::words::store::newer_advice(language)),
            BackupFault::PresentIsNewer(_) => Some(words::present_is_newer_advice(language)),
            BackupFault::NotMoved(..) => Some(words::not_moved_advice(language)),
            BackupFault::DataFolder(fault) => fault.what_to_do(language),
            BackupFault::Store(_) => Some(words::distrust_advice(language)),
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            BackupFault::NoLedger(_) => None,
            BackupFault::DataFolder(fault) => fault.on_screen(language),
            BackupFault::Store(fault) => fault.on_screen(language),
            other => other.what_to_do(language),
        }
    }
}
