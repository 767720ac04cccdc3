//! The monthly log as a screen reads it: which months there are, lines by their number, the days, and text that is looked
//! for. It changes nothing, and needs no running engine.
//!
//! A file of 200,000 lines is looked through once, in some hundredths of a second; after that its lines are read where they
//! stand. What is remembered of a file is small (its index), is kept for a few files, goes on where the file grew, and is
//! made anew where the file is another one. The files belong to the shop: they may be edited, cut, or taken away at any moment.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use karamail_core::limits::{LOG_FILE_BYTES, LOG_FILES_KEPT, LOG_LINES_AT_ONCE};
use karamail_core::words::screens::log as words;
use karamail_core::words::{Language, Told};
use tokio::sync::Semaphore;

use super::find;
pub use super::find::{Direction, Found, Wanted};
use super::index::LineIndex;
pub use super::index::{Line, LogDay};

/// A month, and so the name of a log file: `2026-11`. Nothing else can name one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(String);

impl Month {
    /// Reads `2026-11`; anything else could be a path.
    pub fn parse(text: &str) -> Option<Month> {
        crate::backup::names::is_month(text).then(|| Month(text.to_owned()))
    }

    /// `2026-11`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its file in a log folder.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.txt", self.0))
    }
}

/// A month with a log file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogMonth {
    /// The month.
    pub month: Month,
    /// The size of its file.
    pub bytes: u64,
}

/// What a month's file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    /// Its size, as far as it was looked at.
    pub bytes: u64,
    /// How many lines it has.
    pub lines: u64,
    /// The same as long as lines are only added: whoever remembers lines may keep them.
    pub generation: u64,
    /// The days it tells of, in its order.
    pub days: Vec<LogDay>,
}

/// Some lines of a month's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The number of the first one, counted from 0.
    pub from: u64,
    /// How many lines the file has.
    pub total: u64,
    /// As [`LogView::generation`].
    pub generation: u64,
    /// The lines: fewer than were asked for at the end of the file, and where they are long.
    pub lines: Vec<Line>,
}

/// Where the log was found to have a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayPlace {
    /// The line to show.
    pub line: u64,
    /// The day that begins there: the one asked for, else the next one, else the last.
    pub day: String,
}

/// Why a log cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// There is no such file (any more).
    #[error("there is no log file {0}")]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("the log {0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// It is no file that this program wrote.
    #[error("the log file {0} has {1} bytes")]
    TooLarge(PathBuf, u64),
    /// Somebody writes into its middle while it is read.
    #[error("the log file {0} changes all the time")]
    Restless(PathBuf),
}

impl LogFault {
    /// The fault of an error that came of this file.
    pub fn of(path: &Path, error: io::Error) -> LogFault {
        match error.kind() {
            io::ErrorKind::NotFound => LogFault::Missing(path.to_owned()),
            _ => LogFault::Unreadable(path.to_owned(), error),
        }
    }
}

impl Told for LogFault {
    fn what(&self, language: Language) -> String {
        match self {
            LogFault::Missing(path) => words::missing(language, &path.display().to_string()),
            LogFault::Unreadable(path, why) => {
                words::unreadable(language, &path.display().to_string(), &why.to_string())
            }
            LogFault::TooLarge(path, bytes) => {
                words::too_large(language, &path.display().to_string(), bytes / (1024 * 1024))
            }
            LogFault::Restless(path) => words::restless(language, &path.display().to_string()),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            LogFault::Missing(_) => words::missing_advice(language),
            LogFault::Unreadable(..) => words::unreadable_advice(language),
            LogFault::TooLarge(..) => words::too_large_advice(language),
            LogFault::Restless(_) => words::restless_advice(language),
        })
    }
}

/// Reads log files, and remembers where their lines are. Cheap to clone; all clones remember together.
#[derive(Clone, Default)]
pub struct LogReader {
    /// Those asked for last in front. Held for moments only: whoever reads a file holds that file's alone.
    kept: Arc<Mutex<VecDeque<Arc<Kept>>>>,
}

/// What is remembered of one file.
struct Kept {
    path: PathBuf,
    known: Mutex<Option<Known>>,
}

/// Where the lines of a file were when it was changed last.
struct Known {
    modified: Option<SystemTime>,
    index: Arc<LineIndex>,
}

impl LogReader {
    /// A reader that remembers nothing yet.
    pub fn new() -> LogReader {
        LogReader::default()
    }

    /// The months that have a file in this folder, the newest first. A folder that is not there yet has none.
    pub async fn months(&self, folder: &Path) -> Result<Vec<LogMonth>, LogFault> {
        let folder = folder.to_owned();
        blocking(&folder.clone(), move || months(&folder)).await
    }

    /// What the file of a month holds.
    pub async fn view(&self, folder: &Path, month: &Month) -> Result<LogView, LogFault> {
        self.with_file(folder, month, |_, index| {
            Ok(Some(LogView {
                bytes: index.length(),
                lines: index.lines(),
                generation: index.generation(),
                days: index.days(),
            }))
        })
        .await
    }

    /// Lines from number `from` on (counted from 0), at most `count` of them and at most [`LOG_LINES_AT_ONCE`].
    pub async fn lines(
        &self,
        folder: &Path,
        month: &Month,
        from: u64,
        count: u64,
    ) -> Result<Lines, LogFault> {
        self.with_file(folder, month, move |file, index| {
            let from = from.min(index.lines());
            let lines = index.read(file, from, count.min(LOG_LINES_AT_ONCE))?;
            Ok(lines.map(|lines| Lines {
                from,
                total: index.lines(),
                generation: index.generation(),
                lines,
            }))
        })
        .await
    }

    /// Where a day such as `2026-11-21` begins. A day without a line is looked for at the next one, and behind the last
    /// day at the last. `None` in a file that tells of no day.
    pub async fn place_of(
        &self,
        folder: &Path,
        month: &Month,
        day: &str,
    ) -> Result<Option<DayPlace>, LogFault> {
        let days = self.view(folder, month).await?.days;
        let exact = days.iter().find(|known| known.day == day);
        // The clock may have been put back: the days need not rise.
        let next = || {
            days.iter()
                .filter(|known| known.day.as_str() > day)
                .min_by(|a, b| a.day.cmp(&b.day))
        };
        let found = exact
            .or_else(next)
            .or_else(|| days.iter().max_by(|a, b| a.day.cmp(&b.day)));
        Ok(found.map(|found| DayPlace {
            line: found.first_line,
            day: found.day.clone(),
        }))
    }

    /// Looks for text. The whole file is looked through, so that the lines that have it are counted.
    pub async fn find(
        &self,
        folder: &Path,
        month: &Month,
        wanted: Wanted,
        from: u64,
        direction: Direction,
    ) -> Result<Found, LogFault> {
        let path = month.file(folder);
        blocking(&path.clone(), move || {
            let fault = |error| LogFault::of(&path, error);
            let (mut file, _, _) = open(&path)?;
            find::find(&mut file, &wanted, from, direction).map_err(fault)
        })
        .await
    }

    /// Runs `look` on a month's file and its index; once more where it says that the index is not the file's.
    async fn with_file<T: Send + 'static>(
        &self,
        folder: &Path,
        month: &Month,
        look: impl Fn(&mut File, &LineIndex) -> io::Result<Option<T>> + Send + 'static,
    ) -> Result<T, LogFault> {
        let path = month.file(folder);
        let reader = self.clone();
        blocking(&path.clone(), move || {
            for _ in 0..2 {
                let (mut file, index) = reader.indexed(&path)?;
                let seen = look(&mut file, &index).map_err(|error| LogFault::of(&path, error))?;
                if let Some(seen) = seen {
                    return Ok(seen);
                }
                reader.forget(&path);
            }
            Err(LogFault::Restless(path))
        })
        .await
    }

    /// The open file, and where its lines are: remembered, gone on with, or looked for anew.
    fn indexed(&self, path: &Path) -> Result<(File, Arc<LineIndex>), LogFault> {
        let fault = |error| LogFault::of(path, error);
        let (mut file, length, modified) = open(path)?;
        let kept = self.kept(path);
        // Held while the file is looked through: whoever asks for it meanwhile would look through it too.
        let mut known = lock(&kept.known);
        let index = match known.take() {
            Some(known) if known.index.length() == length && known.modified == modified => known.index,
            Some(known)
                if known.index.length() < length
                    && known.index.is_beginning_of(&mut file).map_err(fault)? =>
            {
                let mut index = Arc::unwrap_or_clone(known.index);
                index.extend(&mut file).map_err(fault)?;
                Arc::new(index)
            }
            _ => Arc::new(LineIndex::build(&mut file).map_err(fault)?),
        };
        *known = Some(Known {
            modified,
            index: Arc::clone(&index),
        });
        Ok((file, index))
    }

    /// What is remembered of a file, if only its name as yet.
    fn kept(&self, path: &Path) -> Arc<Kept> {
        let mut all = lock(&self.kept);
        let place = all.iter().position(|kept| kept.path == path);
        let kept = place.and_then(|at| all.remove(at)).unwrap_or_else(|| {
            Arc::new(Kept {
                path: path.to_owned(),
                known: Mutex::default(),
            })
        });
        all.push_front(Arc::clone(&kept));
        all.truncate(LOG_FILES_KEPT);
        kept
    }

    fn forget(&self, path: &Path) {
        lock(&self.kept).retain(|kept| kept.path != path);
    }
}

// A lock that a fault of ours poisoned is taken over: what is remembered is whole, or nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens a log file that is one: its length and when it was changed come with it.
fn open(path: &Path) -> Result<(File, u64, Option<SystemTime>), LogFault> {
    let fault = |error| LogFault::of(path, error);
    // Looked at first: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(fault)?.is_file() {
        return Err(fault(io::ErrorKind::InvalidInput.into()));
    }
    let file = File::open(path).map_err(fault)?;
    let found = file.metadata().map_err(fault)?;
    if found.len() > LOG_FILE_BYTES {
        return Err(LogFault::TooLarge(path.to_owned(), found.len()));
    }
    Ok((file, found.len(), found.modified().ok()))
}

fn months(folder: &Path) -> Result<Vec<LogMonth>, LogFault> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| LogFault::of(folder, error))?,
    };
    let mut months: Vec<LogMonth> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let month = Month::parse(name.to_str()?.strip_suffix(".txt")?)?;
            let found = fs::metadata(entry.path()).ok().filter(fs::Metadata::is_file)?;
            Some(LogMonth {
                month,
                bytes: found.len(),
            })
        })
        .collect();
    months.sort_by(|a, b| b.month.cmp(&a.month));
    Ok(months)
}

/// Threads that wait for log files at once, in all of the program. A runtime has eight for all purposes, and a drive that hangs may not
/// take them from collecting.
const WAITING_THREADS: usize = 2;

static FREE: Semaphore = Semaphore::const_new(WAITING_THREADS);

/// Files may lie on a slow disk: they are read on a thread that may wait.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, LogFault> + Send + 'static,
) -> Result<T, LogFault> {
    // It is never closed. Held until the thread is free again, whoever still waits.
    let free = FREE.acquire().await.ok();
    let waiting = tokio::task::spawn_blocking(move || {
        let _free = free;
        work()
    });
    waiting
        .await
        .map_err(|error| LogFault::of(path, io::Error::other(error)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    #[allow(clippy::await_holding_lock, reason = "whoever is slow holds it for long")]
    async fn a_month_that_is_slow_to_look_through_keeps_nobody_from_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let months = ["2026-10", "2026-11"].map(|month| Month::parse(month).unwrap());
        for month in &months {
            fs::write(month.file(folder.path()), "2026-11-01 10:00:00\tx\n").unwrap();
        }
        let reader = LogReader::new();
        let [slow, other] = months;
        // As whoever looks through it holds it.
        let kept = reader.kept(&slow.file(folder.path()));
        let held = lock(&kept.known);
        let view = reader.view(folder.path(), &other);
        let view = tokio::time::timeout(Duration::from_secs(60), view).await;
        assert_eq!(view.expect("it waited for the slow one").unwrap().lines, 1);
        drop(held);
        assert_eq!(reader.view(folder.path(), &slow).await.unwrap().lines, 1);
    }

    #[test]
    fn however_many_look_at_a_log_that_hangs_collecting_has_threads_left() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(8)
            .enable_time()
            .build()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let month = Month::parse("2026-11").unwrap();
        fs::write(month.file(folder.path()), "2026-11-01 10:00:00\tx\n").unwrap();
        let reader = LogReader::new();
        let kept = reader.kept(&month.file(folder.path()));
        let held = lock(&kept.known);
        for _ in 0..16 {
            let (reader, month, folder) = (reader.clone(), month.clone(), folder.path().to_owned());
            runtime.spawn(async move { reader.view(&folder, &month).await.map(drop) });
        }
        let works = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let work = tokio::task::spawn_blocking(|| ());
            tokio::time::timeout(Duration::from_secs(30), work).await.is_ok()
        };
        let is_done = runtime.block_on(works);
        drop(held);
        runtime.shutdown_background();
        assert!(is_done, "those who look at the log have all threads");
    }
}
