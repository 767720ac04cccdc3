//! Putting a backup back: unpack beside, verify all of it, then exchange the folders.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::BACKUP_OTHER_FILE_BYTES;
use karamail_core::words::{Language, backup as words};

use super::{BackupFault, Manifest, names, unpack};
use crate::clock;
use crate::data_folder::{DataFolder, flush_folder, make_private_folder, restore_staging};
use crate::monthly_log;
use crate::store::snapshot::{self, LedgerFacts};
use crate::store::{self, Store};

/// What restoring did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Where the data before are kept, if there were any.
    pub kept_before: Option<PathBuf>,
    /// Where the backup's settings are now; `None` where it has none.
    pub settings: Option<PathBuf>,
    /// Whether they are in their place (`false`: the settings that were there stay).
    pub are_settings_in_place: bool,
    /// Each series with the number it goes on at.
    pub series: Vec<(String, i64)>,
    /// Series, first and last number that a lost ledger gave and that are not given again.
    pub skipped: Vec<(String, i64, i64)>,
}

/// Restores `backup` into `data_folder`, and the settings to `config` where there are none.
///
/// # Errors
/// [`BackupFault`]; the data folder is as it was.
pub async fn restore(
    backup: &Path,
    data_folder: &Path,
    config: &Path,
    language: Language,
    now: Timestamp,
) -> Result<Restored, BackupFault> {
    let data_folder = std::path::absolute(data_folder).map_err(BackupFault::file(data_folder))?;
    let data_folder = data_folder.as_path();
    let lock = DataFolder::take(data_folder)?;
    let staging = restore_staging(data_folder);
    let result = prepare(backup, &staging, data_folder, language, now).await;
    let prepared = match result {
        Ok(prepared) => prepared,
        Err(fault) => {
            let _ = std::fs::remove_dir_all(&staging);
            return Err(fault);
        }
    };
    let kept_before = match exchange(lock, &staging, data_folder, now) {
        Ok(kept_before) => kept_before,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&staging);
            return Err(BackupFault::NotMoved(data_folder.to_owned(), error));
        }
    };
    let (settings, are_settings_in_place) = settings_into_place(data_folder, config)?;
    Ok(Restored {
        kept_before,
        settings,
        are_settings_in_place,
        series: prepared.series,
        skipped: prepared.skipped,
        manifest: prepared.manifest,
    })
}

struct Prepared {
    manifest: Manifest,
    series: Vec<(String, i64)>,
    skipped: Vec<(String, i64, i64)>,
}

/// Everything up to the exchange of the folders; nothing of the data folder is changed.
async fn prepare(
    backup: &Path,
    staging: &Path,
    data_folder: &Path,
    language: Language,
    now: Timestamp,
) -> Result<Prepared, BackupFault> {
    if staging.exists() {
        // Left by a restore that was cut off; the folder's lock says that none is at work.
        std::fs::remove_dir_all(staging).map_err(BackupFault::file(staging))?;
    }
    make_private_folder(staging).map_err(BackupFault::file(staging))?;
    let (source, folder) = (backup.to_owned(), staging.to_owned());
    let verified = tokio::task::spawn_blocking(move || unpack::verify(&source, Some(&folder)));
    let manifest = verified
        .await
        .map_err(|error| BackupFault::File(backup.to_owned(), io::Error::other(error)))??;
    let ledger = staging.join(store::FILE_NAME);
    let facts = snapshot::examine(&ledger).await?;
    if facts != manifest.ledger {
        return Err(BackupFault::Altered(names::MANIFEST.to_owned()));
    }
    let skips = lost_numbers(data_folder, &ledger, &facts).await?;
    let made = clock::local(manifest.created_at)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string();
    // Opened as the program would: an older ledger is brought up to date here, and not after the exchange.
    let opened = Store::open(staging).await?;
    let event = Event {
        detail: Some(words::event_detail(language, &made)),
        ..Event::new(EventKind::Restored)
    };
    opened.note(event, now).await?;
    opened.close().await;
    drop(opened);
    if !skips.is_empty() {
        snapshot::skip_lost_numbers(&ledger, &skips).await?;
    }
    take_over(data_folder, staging).map_err(BackupFault::file(data_folder))?;
    let after = snapshot::examine(&ledger).await?;
    Ok(Prepared {
        series: after
            .series
            .iter()
            .map(|series| (series.name.clone(), series.next))
            .collect(),
        skipped: skips
            .into_iter()
            .filter_map(|(name, next)| {
                let before = facts.series.iter().find(|series| series.name == name)?;
                Some((name, before.next, next - 1))
            })
            .collect(),
        manifest,
    })
}

/// Refuses where the folder's ledger knows of anything later. Where that ledger is damaged or gone, the numbers it is
/// known to have given (by what can still be read of it, and by the monthly logs) are not given again: series and
/// the number to go on at.
async fn lost_numbers(
    data_folder: &Path,
    restored: &Path,
    facts: &LedgerFacts,
) -> Result<Vec<(String, i64)>, BackupFault> {
    let present = data_folder.join(store::FILE_NAME);
    if present.exists()
        && let Ok(present) = snapshot::examine(&present).await
    {
        return match present.is_ahead_of(facts) {
            true => Err(BackupFault::PresentIsNewer(data_folder.to_owned())),
            false => Ok(Vec::new()),
        };
    }
    let mut next: BTreeMap<String, i64> = BTreeMap::new();
    let mut raise = |series: &str, number: i64| {
        let next = next.entry(series.to_owned()).or_insert(0);
        *next = (*next).max(number);
    };
    if present.exists()
        && let Some(glimpse) = snapshot::glance(&present).await
    {
        for series in &glimpse.series {
            raise(&series.name, series.next);
        }
    }
    let series_of = snapshot::series_of_mailboxes(restored).await?;
    for (mailbox, number) in monthly_log::numbers_in(&data_folder.join("log")) {
        match series_of.iter().find(|(name, _)| *name == mailbox) {
            Some((_, series)) => raise(series, number.saturating_add(1)),
            // A mailbox that is new since the backup: with one series there is no doubt, with several none is safe.
            None => facts
                .series
                .iter()
                .for_each(|series| raise(&series.name, number.saturating_add(1))),
        }
    }
    Ok(next
        .into_iter()
        .filter(|(name, next)| {
            facts
                .series
                .iter()
                .any(|series| series.name == *name && *next > series.next)
        })
        .collect())
}

/// Copies into the staging folder what a backup does not hold and the folder before has: passwords, files that a
/// person put there, and monthly logs that are longer than the backup's.
fn take_over(data_folder: &Path, staging: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(data_folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let is_ledger = text.starts_with(store::FILE_NAME) || text == "karamail.lock" || text == "wake";
        let metadata = entry.path().symlink_metadata()?;
        if metadata.is_file() && !is_ledger && metadata.len() <= BACKUP_OTHER_FILE_BYTES {
            std::fs::copy(entry.path(), staging.join(&name))?;
        }
    }
    let logs = data_folder.join("log");
    if logs.is_dir() {
        make_private_folder(&staging.join("log"))?;
        for entry in std::fs::read_dir(&logs)? {
            let entry = entry?;
            let target = staging.join("log").join(entry.file_name());
            let length = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
            if entry.file_type()?.is_file() && length(&entry.path()) > length(&target) {
                std::fs::copy(entry.path(), target)?;
            }
        }
    }
    flush_folder(staging)
}

/// Puts the staging folder in the data folder's place. A crash between the two renames leaves the staging folder
/// beside a missing data folder: [`Store::open`] refuses to begin a new ledger there.
fn exchange(
    lock: DataFolder,
    staging: &Path,
    data_folder: &Path,
    now: Timestamp,
) -> io::Result<Option<PathBuf>> {
    let time = clock::local(now).strftime("%Y%m%d-%H%M%S").to_string();
    let name = data_folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let before = data_folder.with_file_name(format!("{name}.before-restore-{time}"));
    let is_empty = std::fs::read_dir(data_folder)?
        .filter_map(Result::ok)
        .all(|entry| entry.file_name() == "karamail.lock");
    // Windows moves no folder with an open file in it; there, whoever opens it next makes the move fail instead.
    let lock = if cfg!(windows) {
        drop(lock);
        None
    } else {
        Some(lock)
    };
    std::fs::rename(data_folder, &before)?;
    if let Err(error) = std::fs::rename(staging, data_folder) {
        std::fs::rename(&before, data_folder)?;
        return Err(error);
    }
    if let Some(parent) = data_folder.parent() {
        flush_folder(parent)?;
    }
    drop(lock);
    if is_empty {
        std::fs::remove_dir_all(&before)?;
        return Ok(None);
    }
    Ok(Some(before))
}

/// Moves the backup's settings to their place if nothing is there; otherwise they stay in the data folder.
fn settings_into_place(data_folder: &Path, config: &Path) -> Result<(Option<PathBuf>, bool), BackupFault> {
    let unpacked = data_folder.join("settings");
    let file = unpacked.join("karamail.toml");
    if !file.is_file() {
        return Ok((None, false));
    }
    if config.exists() {
        return Ok((Some(file), false));
    }
    let failed = BackupFault::file(config);
    let folder = match config.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder).map_err(&failed)?;
    copy_missing(&unpacked, &folder).map_err(&failed)?;
    let placed = folder.join("karamail.toml");
    if placed != config && !config.exists() {
        std::fs::copy(&file, config).map_err(&failed)?;
    }
    std::fs::remove_dir_all(&unpacked).map_err(failed)?;
    Ok((Some(config.to_owned()), true))
}

/// Copies files that are not there yet.
fn copy_missing(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy_missing(&entry.path(), &target)?;
        } else if target.symlink_metadata().is_err() {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
