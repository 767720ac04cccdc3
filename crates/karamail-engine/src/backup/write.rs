//! Making a backup, beside a running program.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BackupFault, Entry, FORMAT, Manifest, names, unpack};
use crate::config::files_named;
use crate::data_folder::flush_folder;
use crate::store::{self, Store, snapshot};

/// A backup that was made, read back and found sound.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its size, bytes.
    pub bytes: u64,
    /// Files that the settings name and that are not in it, because they lie outside the settings' folder.
    pub left_out: Vec<PathBuf>,
}

/// A file to be packed.
struct Source {
    name: String,
    path: PathBuf,
    /// Whether it may go away while we work: the archive is swept.
    may_vanish: bool,
}

/// Writes a backup of `data_folder` and the settings file `config` to `target`, which must not be there yet, and
/// verifies it. `log_folder` is where the monthly logs are, if not in the data folder.
///
/// # Errors
/// [`BackupFault`]; whatever was begun is removed.
pub async fn write(
    data_folder: &Path,
    config: &Path,
    log_folder: Option<&Path>,
    target: &Path,
    now: Timestamp,
) -> Result<Written, BackupFault> {
    let failed = BackupFault::file(target);
    if target.symlink_metadata().is_ok() {
        return Err(BackupFault::TargetExists(target.to_owned()));
    }
    if !Store::is_in(data_folder) {
        return Err(BackupFault::NoLedger(data_folder.to_owned()));
    }
    let folder = folder_of(target);
    // Beside the target, so that the last step is a rename, and for the owner alone: addresses lie in it.
    let working = tempfile::Builder::new()
        .prefix(".karamail-backup-")
        .tempdir_in(&folder)
        .map_err(&failed)?;
    let copy = working.path().join(store::FILE_NAME);
    snapshot::copy_ledger(data_folder, &copy).await?;
    let ledger = snapshot::examine(&copy).await?;
    // The ledger was copied first: every file it speaks of was flushed before.
    let mut sources = vec![Source {
        name: store::FILE_NAME.to_owned(),
        path: copy,
        may_vanish: false,
    }];
    let left_out = add_settings(config, &mut sources);
    let logs = log_folder.map_or_else(|| data_folder.join("log"), Path::to_owned);
    add_folder(&logs, "log", &mut sources).map_err(BackupFault::file(&logs))?;
    let archive = data_folder.join("archive");
    for month in folders(&archive).map_err(BackupFault::file(&archive))? {
        let name = month
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        add_folder(&month, &format!("archive/{name}"), &mut sources).map_err(BackupFault::file(&month))?;
    }
    for name in ["outbox", "quarantine"] {
        let folder = data_folder.join(name);
        add_folder(&folder, name, &mut sources).map_err(BackupFault::file(&folder))?;
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: now,
        ledger,
        entries: Vec::new(),
    };
    let part = working.path().join("backup.part");
    let target_owned = target.to_owned();
    let packed = tokio::task::spawn_blocking(move || {
        let manifest = pack(&part, manifest, &sources)?;
        let read_back = unpack::verify(&part, None)?;
        if read_back != manifest {
            return Err(BackupFault::Altered(names::MANIFEST.to_owned()));
        }
        let bytes = std::fs::metadata(&part).map_err(BackupFault::file(&part))?.len();
        publish(&part, &target_owned)?;
        Ok((manifest, bytes))
    });
    let (manifest, bytes) = packed.await.map_err(|error| failed(io::Error::other(error)))??;
    Ok(Written {
        manifest,
        bytes,
        left_out,
    })
}

/// Moves the finished file to its place without writing over another one.
fn publish(part: &Path, target: &Path) -> Result<(), BackupFault> {
    let failed = BackupFault::file(target);
    match std::fs::hard_link(part, target) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackupFault::TargetExists(target.to_owned()));
        }
        // File systems of USB sticks have no links.
        Err(_) if target.symlink_metadata().is_ok() => {
            return Err(BackupFault::TargetExists(target.to_owned()));
        }
        Err(_) => std::fs::rename(part, target).map_err(&failed)?,
    }
    flush_folder(&folder_of(target)).map_err(failed)
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The settings file as it is, sound or not, and the files it names below its own folder.
fn add_settings(config: &Path, sources: &mut Vec<Source>) -> Vec<PathBuf> {
    if !config.is_file() {
        return Vec::new();
    }
    sources.push(Source {
        name: names::SETTINGS.to_owned(),
        path: config.to_owned(),
        may_vanish: false,
    });
    let folder = folder_of(config);
    let mut left_out = Vec::new();
    let mut named = files_named(config);
    named.sort();
    named.dedup();
    for path in named.into_iter().filter(|path| path.is_file()) {
        let relative = path.strip_prefix(&folder).ok().map(|path| {
            let parts: Vec<String> = path
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            format!("settings/{}", parts.join("/"))
        });
        match relative.filter(|name| names::is_ours(name) && name != names::SETTINGS) {
            Some(name) => sources.push(Source {
                name,
                path,
                may_vanish: false,
            }),
            None => left_out.push(path),
        }
    }
    left_out
}

/// The plain files of a folder whose names are ours; no links.
fn add_folder(folder: &Path, prefix: &str, sources: &mut Vec<Source>) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_file() && names::is_ours(&name) {
            found.push(Source {
                name,
                path: entry.path(),
                may_vanish: true,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    sources.extend(found);
    Ok(())
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry?;
                let is_month = entry.file_name().to_str().is_some_and(names::is_month);
                if is_month && entry.file_type()?.is_dir() {
                    found.push(entry.path());
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    found.sort();
    Ok(found)
}

/// Packs the files and, last, the manifest with their digests; flushed when this returns.
fn pack(part: &Path, mut manifest: Manifest, sources: &[Source]) -> Result<Manifest, BackupFault> {
    let failed = BackupFault::file(part);
    let zipped = |error: zip::result::ZipError| BackupFault::File(part.to_owned(), error.into());
    let file = File::options()
        .write(true)
        .create_new(true)
        .open(part)
        .map_err(&failed)?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true)
        .unix_permissions(0o600);
    for source in sources {
        let mut file = match File::open(&source.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && source.may_vanish => continue,
            Err(error) => return Err(BackupFault::File(source.path.clone(), error)),
        };
        zip.start_file(source.name.as_str(), options).map_err(zipped)?;
        let (bytes, sha256) = copy_hashed(&mut file, &mut zip).map_err(BackupFault::file(&source.path))?;
        manifest.entries.push(Entry {
            name: source.name.clone(),
            bytes,
            sha256,
        });
    }
    zip.start_file(names::MANIFEST, options).map_err(zipped)?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(error.into()))?;
    zip.write_all(&text).map_err(&failed)?;
    let file = zip.finish().map_err(zipped)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(&failed)?;
    Ok(manifest)
}

/// Copies to the end; returns how many bytes and their SHA-256.
pub(super) fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0u8; 64 * 1024];
    let mut bytes = 0u64;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..read).unwrap_or_default();
        digest.update(piece);
        to.write_all(piece)?;
        bytes += read as u64;
    }
    let hex: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((bytes, hex))
}
