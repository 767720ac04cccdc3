//! What is kept for how long: archive and forwards by `archive_days`, the text of settled letters too, monthly logs by
//! `log_months`, old requests. Daily files of the diagnostic log are the appender's own (`diagnostic_log_days`).

use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::archive;
use crate::backup::names::is_month;
use crate::clock;
use crate::config::General;
use crate::monthly_log::log_folder;
use crate::store::{Store, StoreError};

/// What one sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files of the archive, the outbox and the spool.
    pub files: usize,
    /// Letters whose text was blanked.
    pub letters: u64,
    /// Monthly logs.
    pub logs: usize,
}

/// Removes what is older than the settings want it kept. Once a day is enough.
///
/// # Errors
/// The ledger's or the disk's; what was removed before stays removed.
pub async fn sweep(
    store: &Store,
    data_folder: &Path,
    general: &General,
    now: Timestamp,
) -> Result<Swept, StoreError> {
    store.sweep_requests(now).await?;
    let kept = SignedDuration::from_hours(24 * i64::from(general.archive_days));
    // A number that is sent again is composed anew, so the old letter's text serves nobody any more.
    let letters = store
        .blank_letters(now.checked_sub(kept).unwrap_or(Timestamp::MIN))
        .await?;
    let unsettled = store.unsettled_files().await?;
    let logs = log_folder(general, data_folder);
    let (folder, days, months) = (data_folder.to_owned(), general.archive_days, general.log_months);
    let removed = tokio::task::spawn_blocking(move || {
        let files = archive::sweep(&folder, days, &unsettled, now)?;
        let logs = sweep_logs(&logs, months, &clock::local(now))?;
        Ok::<_, io::Error>((files, logs))
    });
    let (files, logs) = removed
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(|error| StoreError::at(data_folder, error))?;
    Ok(Swept { files, letters, logs })
}

/// Removes the logs of months that are more than `months` before this one; 0 keeps all. Only files that are named
/// like ours: whatever else lies there is somebody's.
fn sweep_logs(folder: &Path, months: u32, now: &Zoned) -> io::Result<usize> {
    if months == 0 {
        return Ok(0);
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let count = |year: i64, month: i64| year * 12 + month;
    let this_month = count(i64::from(now.year()), i64::from(now.month()));
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let month = name
            .to_str()
            .and_then(|name| name.strip_suffix(".txt"))
            .filter(|month| is_month(month));
        let age = month
            .and_then(|month| month.split_once('-'))
            .and_then(|(year, month)| Some(this_month - count(year.parse().ok()?, month.parse().ok()?)));
        if age.is_some_and(|age| age > i64::from(months)) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
