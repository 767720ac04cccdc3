//! The monthly log: one text file a local month, one line an event, in the shop's language.
//!
//! It follows the events table without loss or repetition: the file is flushed first and the place in the table noted
//! after, so a crash between the two leaves lines in the file that the table's place does not know. The next start
//! renders those events again, finds their lines standing there already, and goes on behind them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use karamail_core::words::Language;

use crate::clock;
use crate::crash_point::crash_point;
use crate::store::events::{LogPosition, StoredEvent};
use crate::store::{Store, StoreError};

/// Events rendered and flushed at once: a bound on memory, large enough that a day's work costs few flushes.
const EVENTS_AT_ONCE: u32 = 2_000;
/// What Windows' editor writes and reads; others show either.
const LINE_END: &str = if cfg!(windows) { "\r\n" } else { "\n" };
/// Tells older Windows programs that the file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The folder with the monthly files.
#[derive(Clone, Debug)]
pub struct MonthlyLog {
    folder: PathBuf,
    language: Language,
}

impl MonthlyLog {
    /// The log in this folder, made when the first line is written.
    pub fn new(folder: PathBuf, language: Language) -> MonthlyLog {
        MonthlyLog { folder, language }
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The language of its lines.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The file of a month such as `2026-11`.
    pub fn file(&self, month: &str) -> PathBuf {
        self.folder.join(format!("{month}.txt"))
    }

    /// Writes the lines of every event that is not in a file yet.
    pub async fn catch_up(&self, store: &Store) -> Result<(), StoreError> {
        let mut position = store.log_position().await?;
        loop {
            let events = store.events_after(position.event_id, EVENTS_AT_ONCE).await?;
            let Some(last) = events.last().map(|stored| stored.id) else {
                return Ok(());
            };
            for (month, lines) in self.by_month(&events) {
                let start = if month == position.month {
                    Some(position.length)
                } else {
                    None
                };
                let file = self.file(&month);
                crash_point("before-log");
                let written = tokio::task::spawn_blocking(move || {
                    append(&file, start, &lines).map_err(|error| StoreError::at(&file, error))
                });
                let length = written.await.map_err(io::Error::other)??;
                crash_point("after-log");
                position = LogPosition {
                    event_id: position.event_id,
                    month,
                    length,
                };
            }
            position.event_id = last;
            store.set_log_position(&position).await?;
        }
    }

    /// Lines grouped by local month, in order.
    fn by_month(&self, events: &[StoredEvent]) -> Vec<(String, Vec<u8>)> {
        let mut months: Vec<(String, Vec<u8>)> = Vec::new();
        for stored in events {
            let at = clock::local(stored.at);
            let month = at.strftime("%Y-%m").to_string();
            let line = format!("{}{LINE_END}", stored.event.line(&at, self.language));
            match months.last_mut() {
                Some((last, lines)) if *last == month => lines.extend_from_slice(line.as_bytes()),
                _ => months.push((month, line.into_bytes())),
            }
        }
        months
    }
}

/// Appends `lines` behind the known length of the file and flushes; returns the new length.
///
/// What already stands behind the known length is left if it is the beginning of `lines` (a crash came after the flush
/// and before the place was noted). Anything else there was written by a person and stays: the lines go behind it.
fn append(path: &Path, known_length: Option<u64>, lines: &[u8]) -> io::Result<u64> {
    if let Some(folder) = path.parent() {
        crate::data_folder::make_private_folder(folder)?;
    }
    let mut file = File::options().create(true).read(true).append(true).open(path)?;
    let length = file.metadata()?.len();
    if length == 0 {
        file.write_all(BYTE_ORDER_MARK)?;
    }
    // A month that the table's place does not speak of yet begins with nothing behind its mark.
    let known_length = known_length.unwrap_or(BYTE_ORDER_MARK.len() as u64);
    let mut rest = lines;
    if length > known_length {
        file.seek(SeekFrom::Start(known_length))?;
        let mut tail = Vec::new();
        (&mut file).take(lines.len() as u64 + 1).read_to_end(&mut tail)?;
        if lines.starts_with(&tail) {
            // Whole or cut off in the middle of a line: what is missing is what comes next.
            rest = lines.get(tail.len()..).unwrap_or_default();
        } else if tail.starts_with(lines) {
            rest = &[];
        } else {
            end_line(&mut file)?;
        }
    }
    file.write_all(rest)?;
    file.sync_data()?;
    Ok(file.metadata()?.len())
}

/// Ends a line that a person left open at the end of the file.
fn end_line(file: &mut File) -> io::Result<()> {
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0u8];
    file.read_exact(&mut last)?;
    if last != *b"\n" {
        file.write_all(LINE_END.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, known_length: Option<u64>, lines: &str, after: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2026-11.txt");
        if !before.is_empty() {
            std::fs::write(&path, format!("\u{feff}{before}")).unwrap();
        }
        let length = append(&path, known_length, lines.as_bytes()).unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert_eq!(now, format!("\u{feff}{after}"));
        assert_eq!(length, now.len() as u64);
    }

    #[test]
    fn a_crash_between_file_and_place_neither_loses_nor_repeats_a_line() {
        let known = Some(3 + 4);
        check("", None, "one\n", "one\n");
        check("one\n", known, "two\nthree\n", "one\ntwo\nthree\n");
        check("one\ntwo\n", known, "two\nthree\n", "one\ntwo\nthree\n");
        check("one\ntwo\nthr", known, "two\nthree\n", "one\ntwo\nthree\n");
        check("one\ntwo\nthree\n", known, "two\nthree\n", "one\ntwo\nthree\n");
        check("two\n", None, "two\nthree\n", "two\nthree\n");
    }

    #[test]
    fn what_a_person_wrote_into_the_log_stays() {
        check("one\nnote", Some(3 + 4), "two\n", "one\nnote\ntwo\n");
    }

    #[test]
    fn a_log_that_was_emptied_goes_on() {
        check("", Some(400), "two\n", "two\n");
    }
}
