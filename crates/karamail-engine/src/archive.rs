//! Whole mails and finished forwards on disk, flushed before the ledger speaks of them, and their retention.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use karamail_core::limits::REPORT_BYTES;

use crate::clock;
use crate::data_folder::{flush_folder, make_private_folder};

/// A file without a ledger row is left by a crash between the flush and the commit; it is removed when it is older
/// than any cycle can last.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a mail is fetched to before it is whole; in the data folder, so that the final rename stays on one disk. One
/// for each mailbox: however often a large mail is cut off, no more than one piece of it lies there.
pub fn spool_file(data_folder: &Path, mailbox_id: i64) -> io::Result<PathBuf> {
    let folder = data_folder.join("spool");
    make_private_folder(&folder)?;
    Ok(folder.join(format!("{mailbox_id}.part")))
}

/// Flushes a fetched mail and moves it into the archive; returns its name relative to the data folder.
pub fn keep(data_folder: &Path, spooled: &Path, mail_id: i64, now: Timestamp) -> io::Result<String> {
    let month = clock::local(now).strftime("%Y-%m").to_string();
    let folder = data_folder.join("archive").join(&month);
    make_private_folder(&folder)?;
    File::options().write(true).open(spooled)?.sync_all()?;
    let name = format!("{mail_id}.eml");
    std::fs::rename(spooled, folder.join(&name))?;
    flush_folder(&folder)?;
    Ok(format!("archive/{month}/{name}"))
}

/// The beginning of an archived mail, as far as a delivery report is read.
pub fn beginning(data_folder: &Path, archive_file: &str) -> io::Result<Vec<u8>> {
    first_bytes(&data_folder.join(archive_file))
}

/// The beginning of a file, as far as a delivery report is read.
pub(crate) fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(REPORT_BYTES).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Flushes a fetched mail that was put aside and moves it into the quarantine; returns its name relative to the data
/// folder.
pub fn quarantine(data_folder: &Path, spooled: &Path, mail_id: i64) -> io::Result<String> {
    let folder = data_folder.join("quarantine");
    make_private_folder(&folder)?;
    File::options().write(true).open(spooled)?.sync_all()?;
    let name = format!("{mail_id}.eml");
    std::fs::rename(spooled, folder.join(&name))?;
    flush_folder(&folder)?;
    Ok(format!("quarantine/{name}"))
}

/// Writes a finished forward into the outbox folder and flushes it; returns its name relative to the data folder.
pub fn keep_forward(data_folder: &Path, mail_id: i64, bytes: &[u8]) -> io::Result<String> {
    let folder = data_folder.join("outbox");
    make_private_folder(&folder)?;
    let part = folder.join(format!("{mail_id}.part"));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    let name = format!("{mail_id}.eml");
    std::fs::rename(&part, folder.join(&name))?;
    flush_folder(&folder)?;
    Ok(format!("outbox/{name}"))
}

/// Removes archived mail older than `archive_days`, forwards that are settled, mails of the quarantine that the shop has
/// decided on, and what a crash left half done. `unsettled` are the files that are still to be sent or decided on. Returns how many files went.
pub fn sweep(
    data_folder: &Path,
    archive_days: u32,
    unsettled: &[String],
    now: Timestamp,
) -> io::Result<usize> {
    let mut removed = 0;
    let archive_age = Duration::from_secs(u64::from(archive_days) * 24 * 60 * 60);
    for month in folders(&data_folder.join("archive"))? {
        removed += remove_older(&month, archive_age, now, |_| true)?;
        if std::fs::read_dir(&month)?.next().is_none() {
            std::fs::remove_dir(&month)?;
        }
    }
    let is_settled = |name: &str| {
        !unsettled
            .iter()
            .any(|file| file.strip_prefix("outbox/") == Some(name))
    };
    removed += remove_older(&data_folder.join("outbox"), ORPHAN_AGE, now, is_settled)?;
    let is_decided = |name: &str| {
        !unsettled
            .iter()
            .any(|file| file.strip_prefix("quarantine/") == Some(name))
    };
    removed += remove_older(&data_folder.join("quarantine"), archive_age, now, is_decided)?;
    removed += remove_older(&data_folder.join("spool"), ORPHAN_AGE, now, |_| true)?;
    Ok(removed)
}

fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries
            .filter_map(|entry| {
                entry
                    .map(|entry| entry.path().is_dir().then(|| entry.path()))
                    .transpose()
            })
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn remove_older(
    folder: &Path,
    age: Duration,
    now: Timestamp,
    may_go: impl Fn(&str) -> bool,
) -> io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        // Only what this program puts there: a file that a person added stays.
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.ends_with(".eml") || name.ends_with(".part"));
        let modified = Timestamp::try_from(entry.metadata()?.modified()?).unwrap_or(now);
        let is_old = now.duration_since(modified)
            > jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::MAX);
        if is_ours && is_old && name.to_str().is_some_and(&may_go) {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archived_mail_goes_after_its_days_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let now = clock::now();
        let spooled = spool_file(folder.path(), 7).unwrap();
        std::fs::write(&spooled, "mail").unwrap();
        let kept = keep(folder.path(), &spooled, 7, now).unwrap();
        let forward = keep_forward(folder.path(), 7, b"forward").unwrap();
        std::fs::write(folder.path().join("archive").join("note.txt"), "mine").unwrap();
        let day = |days: i64| now + jiff::SignedDuration::from_hours(24 * days);

        assert_eq!(
            sweep(folder.path(), 30, std::slice::from_ref(&forward), day(29)).unwrap(),
            0
        );
        assert!(folder.path().join(&kept).exists());
        assert_eq!(
            sweep(folder.path(), 30, std::slice::from_ref(&forward), day(31)).unwrap(),
            1
        );
        assert!(!folder.path().join(&kept).exists());
        assert!(
            folder.path().join(&forward).exists(),
            "a forward that is not sent stays"
        );
        assert_eq!(sweep(folder.path(), 30, &[], day(31)).unwrap(), 1);
        assert!(
            folder.path().join("archive").join("note.txt").exists(),
            "a person's file stays"
        );
    }
}
