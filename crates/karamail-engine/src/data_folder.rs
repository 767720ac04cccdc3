//! The data folder: who may use it, and what lies where in it.
//!
//! `karamail.db` the ledger · `log/2026-11.txt` the monthly log · `archive/2026-11/*.eml` other mail, whole ·
//! `outbox/*.eml` finished forwards · `spool/*` mails being fetched · `diagnostics/` · `secrets.toml` · `karamail.lock`.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use karamail_core::words::screens::faults as screen;
use karamail_core::words::{Language, Told, store as words};

use crate::seams::file_trouble;
use crate::store::StoreError;

/// A data folder that this process alone uses; released when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a data folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another Karamail uses it.
    #[error("the data folder {0} is in use by another instance")]
    InUse(PathBuf),
    /// It cannot be made or written.
    #[error("the data folder {0}: {1}")]
    Unusable(PathBuf, io::Error),
}

impl Told for DataFolderError {
    fn what(&self, language: Language) -> String {
        match self {
            DataFolderError::InUse(path) => words::second_instance(language, &path.display().to_string()),
            DataFolderError::Unusable(path, why) => {
                words::folder(language, &path.display().to_string(), &why.to_string())
            }
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            DataFolderError::InUse(_) => words::second_instance_advice(language),
            DataFolderError::Unusable(..) => words::read_only_advice(language),
        })
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            DataFolderError::Unusable(..) => Some(screen::folder_advice(language)),
            other => other.what_to_do(language),
        }
    }
}

impl DataFolder {
    /// Makes the folder where it is missing and takes it. Two programs on one folder would give one number twice.
    pub fn take(path: &Path) -> Result<DataFolder, DataFolderError> {
        let unusable = |error| DataFolderError::Unusable(path.to_owned(), error);
        make_private_folder(path).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("karamail.lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(DataFolder {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Whether a program uses the folder now. Changes nothing; by the time it is read it may be different.
    pub fn is_in_use(path: &Path) -> bool {
        let lock = File::options().write(true).open(path.join("karamail.lock"));
        lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where a backup is unpacked before it takes the data folder's place: beside it, on the same disk.
pub fn restore_staging(data_folder: &Path) -> PathBuf {
    let name = data_folder.file_name().unwrap_or_default().to_string_lossy();
    data_folder.with_file_name(format!("{name}.restore-part"))
}

/// Makes a folder that its owner alone can read: addresses of customers lie in it.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    file_trouble()?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // What is made here is there after a power cut, too: a folder's name stands in the folder above it.
    let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let made: Vec<&Path> = path.ancestors().take_while(is_new).collect();
    builder.create(path)?;
    for folder in made.iter().rev() {
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
        // Where the folder above may not be read, it is the system's to flush.
        let _ = flush_folder(above.unwrap_or(Path::new(".")));
    }
    Ok(())
}

/// Which file stands under a name: its disk and its number there. Windows keeps an open file where it is, so that its name
/// is enough.
pub(crate) type FileIdentity = (u64, u64);

/// The file that stands under that name; `None` where none does.
pub(crate) fn file_identity(path: &Path) -> Option<FileIdentity> {
    let found = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt as _;
        (found.dev(), found.ino())
    };
    #[cfg(not(unix))]
    let identity = {
        let _ = found;
        (0, 0)
    };
    Some(identity)
}

/// Flushes a folder, so that a file renamed into it is there after a power cut. Windows has no such call and needs none.
pub fn flush_folder(path: &Path) -> io::Result<()> {
    file_trouble()?;
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// Whether an error says that the disk is full.
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

impl StoreError {
    /// What an error of the file system at `path` means.
    pub fn at(path: &Path, error: io::Error) -> StoreError {
        if is_disk_full(&error) {
            StoreError::DiskFull
        } else {
            StoreError::Folder(path.to_owned(), error)
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        StoreError::at(Path::new(""), error)
    }
}
