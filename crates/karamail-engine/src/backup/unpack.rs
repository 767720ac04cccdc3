//! Reading a backup that may come from anywhere: what it must be before anything of it is believed.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use karamail_core::limits::{BACKUP_ENTRIES, BACKUP_MANIFEST_BYTES, BACKUP_RATIO, BACKUP_UNPACKED_FREELY};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::write::copy_hashed;
use super::{BackupFault, Entry, FORMAT, Manifest, names};
use crate::data_folder::make_private_folder;
use crate::store;

/// Reads every entry of a backup and holds it against the manifest. With `staging`, the entries are written below
/// that folder as they are read; it is the caller's to remove where this fails.
pub(super) fn verify(path: &Path, staging: Option<&Path>) -> Result<Manifest, BackupFault> {
    let failed = BackupFault::file(path);
    let file = File::open(path).map_err(&failed)?;
    let size = file.metadata().map_err(&failed)?.len();
    let no_backup =
        |error: zip::result::ZipError| BackupFault::NotABackup(path.to_owned(), error.to_string());
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(no_backup)?;
    let most = size.saturating_mul(BACKUP_RATIO).max(BACKUP_UNPACKED_FREELY);
    let bomb = || BackupFault::Bomb(path.to_owned(), most);
    if zip.len() > BACKUP_ENTRIES {
        return Err(bomb());
    }
    check_entries(&mut zip, most, &bomb, &no_backup)?;
    let manifest = manifest(path, &mut zip)?;
    let wanted = wanted(&manifest)?;
    let mut found = HashSet::new();
    let mut left = most;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(no_backup)?;
        let name = entry.name().map_err(no_backup)?.into_owned();
        if name == names::MANIFEST {
            continue;
        }
        let Some(entry_wanted) = wanted.get(name.as_str()) else {
            return Err(BackupFault::Incomplete(name));
        };
        // What the entry says of its size is the file's own word: what comes out is counted.
        let mut bounded = (&mut entry).take(entry_wanted.bytes.min(left).saturating_add(1));
        let copied = match staging {
            Some(folder) => {
                let mut file = create(folder, &name)?;
                copy_hashed(&mut bounded, &mut file).and_then(|copied| file.sync_all().map(|()| copied))
            }
            None => copy_hashed(&mut bounded, &mut io::sink()),
        };
        let (bytes, sha256) = match copied {
            Ok(copied) => copied,
            Err(error) if is_corrupt(&error) => return Err(BackupFault::Altered(name)),
            Err(error) => return Err(failed(error)),
        };
        left = left.checked_sub(bytes).ok_or_else(&bomb)?;
        if bytes != entry_wanted.bytes || sha256 != entry_wanted.sha256 {
            return Err(BackupFault::Altered(name));
        }
        found.insert(name);
    }
    if let Some(missing) = wanted.keys().find(|name| !found.contains(**name)) {
        return Err(BackupFault::Incomplete((*missing).to_owned()));
    }
    Ok(manifest)
}

/// Names, kinds and claimed sizes of all entries, before any is unpacked.
fn check_entries(
    zip: &mut ZipArchive<BufReader<File>>,
    most: u64,
    bomb: &impl Fn() -> BackupFault,
    no_backup: &impl Fn(zip::result::ZipError) -> BackupFault,
) -> Result<(), BackupFault> {
    let duplicates = zip.has_duplicate_names();
    let mut seen = HashSet::new();
    let mut claimed = 0u64;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(no_backup)?;
        let name = entry.name().map_err(no_backup)?.into_owned();
        if !is_plain_file(&entry) {
            return Err(BackupFault::NoPlainFile(name));
        }
        if !names::is_ours(&name) {
            return Err(BackupFault::StrangeName(name));
        }
        // Windows and macOS take names that differ in case for one file.
        if !seen.insert(name.to_lowercase()) {
            return Err(BackupFault::Twice(name));
        }
        claimed = claimed.saturating_add(entry.size());
    }
    if duplicates {
        return Err(BackupFault::Twice("*".to_owned()));
    }
    if claimed > most { Err(bomb()) } else { Ok(()) }
}

/// Whether the checksum or the compressed data are wrong, rather than the disk.
fn is_corrupt(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}

fn is_plain_file<R: Read>(entry: &ZipFile<'_, R>) -> bool {
    // The file type bits of a Unix mode: 0o100000 is a plain file, 0 says nothing.
    let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
    entry.is_file() && !entry.is_symlink() && !entry.encrypted() && matches!(kind, 0 | 0o100_000)
}

fn manifest(path: &Path, zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, BackupFault> {
    let no_backup = |why: String| BackupFault::NotABackup(path.to_owned(), why);
    let entry = zip
        .by_name(names::MANIFEST)
        .map_err(|error| no_backup(error.to_string()))?;
    let mut text = Vec::new();
    entry
        .take(BACKUP_MANIFEST_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|error| no_backup(error.to_string()))?;
    if text.len() as u64 > BACKUP_MANIFEST_BYTES {
        return Err(BackupFault::Bomb(path.to_owned(), BACKUP_MANIFEST_BYTES));
    }
    // Of a newer form nothing but its number can be relied on.
    #[derive(serde::Deserialize)]
    struct Form {
        format: u32,
    }
    let form: Form = serde_json::from_slice(&text).map_err(|error| no_backup(error.to_string()))?;
    if form.format > FORMAT {
        return Err(BackupFault::NewerFormat);
    }
    serde_json::from_slice(&text).map_err(|error| no_backup(error.to_string()))
}

/// The manifest's entries by name. A ledger must be among them.
fn wanted(manifest: &Manifest) -> Result<HashMap<&str, &Entry>, BackupFault> {
    let mut wanted = HashMap::new();
    for entry in &manifest.entries {
        if !names::is_ours(&entry.name) || entry.name == names::MANIFEST {
            return Err(BackupFault::StrangeName(entry.name.clone()));
        }
        if wanted.insert(entry.name.as_str(), entry).is_some() {
            return Err(BackupFault::Twice(entry.name.clone()));
        }
    }
    match wanted.contains_key(store::FILE_NAME) {
        true => Ok(wanted),
        false => Err(BackupFault::Incomplete(store::FILE_NAME.to_owned())),
    }
}

/// A new file in the staging folder. The name was checked before.
fn create(staging: &Path, name: &str) -> Result<File, BackupFault> {
    let path = name
        .split('/')
        .fold(staging.to_owned(), |path, part| path.join(part));
    let failed = BackupFault::file(&path);
    if let Some(folder) = path.parent() {
        make_private_folder(folder).map_err(&failed)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(failed)
}
