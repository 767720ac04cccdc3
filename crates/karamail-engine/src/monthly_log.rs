//! The monthly log: one text file a local month, one line an event, in the shop's language.
//!
//! It follows the events table without loss or repetition: the file is flushed first and the place in the table noted
//! after, so a crash between the two leaves lines in the file that the table's place does not know. The next start
//! renders those events again, finds their lines standing there already, and goes on behind them.
//!
//! [`reader`] reads it again, for a screen.

pub(crate) mod find;
mod fold;
pub(crate) mod index;
pub mod reader;

use std::fs::File;
use std::io::{self, BufRead as _, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};
use karamail_core::words::Language;

use crate::clock;
use crate::config::General;
use crate::crash_point::crash_point;
use crate::store::events::{LogPosition, StoredEvent};
use crate::store::{Store, StoreError};

/// Events rendered and flushed at once: a bound on memory, large enough that a day's work costs few flushes.
const EVENTS_AT_ONCE: u32 = 2_000;
/// What Windows' editor writes and reads; others show either.
const LINE_END: &str = if cfg!(windows) { "\r\n" } else { "\n" };
/// Tells older Windows programs that the file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where the monthly files are: in the folder of the settings, else in the data folder.
pub fn log_folder(general: &General, data_folder: &Path) -> PathBuf {
    let chosen = general.log_folder.clone();
    chosen.unwrap_or_else(|| data_folder.join("log"))
}

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
        let _turn = store.log_turn().await;
        self.follow(store).await
    }

    /// As [`MonthlyLog::catch_up`], for whoever has the log's turn already.
    pub(crate) async fn follow(&self, store: &Store) -> Result<(), StoreError> {
        // With the data folder gone its log folder would be made anew, elsewhere.
        store.check_place()?;
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

    /// Overwrites texts in every file, wherever they stand whole, with as many asterisks as they have bytes: what stands
    /// behind them stays where it is, so the follower's place stays right, and nothing of them is left on the disk.
    /// Returns how many places were overwritten, and the files where that failed. The caller has the log's turn.
    pub(crate) async fn blank(&self, texts: &[String]) -> (usize, Vec<(PathBuf, io::Error)>) {
        let (mut places, mut faults) = (0, Vec::new());
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_month = |name: &str| {
                name.strip_suffix(".txt")
                    .is_some_and(crate::backup::names::is_month)
            };
            if !entry.file_name().to_str().is_some_and(is_month) {
                continue;
            }
            let (path, texts) = (entry.path(), texts.to_vec());
            let blanked = tokio::task::spawn_blocking(move || blanked(&path, &texts)).await;
            match blanked.map_err(io::Error::other).and_then(|blanked| blanked) {
                Ok(found) => places += found,
                Err(error) => faults.push((entry.path(), error)),
            }
        }
        (places, faults)
    }

    /// Lines grouped by local month, in order.
    fn by_month(&self, events: &[StoredEvent]) -> Vec<(String, Vec<u8>)> {
        let mut months: Vec<(String, Vec<u8>)> = Vec::new();
        let mut last_time: Option<(Timestamp, Zoned, String)> = None;
        for stored in events {
            // Events of one batch have one time, and the calendar is most of the work here.
            let known = last_time.take().filter(|(at, ..)| *at == stored.at);
            let (_, at, month) = last_time.insert(known.unwrap_or_else(|| {
                let at = clock::local(stored.at);
                let month = at.strftime("%Y-%m").to_string();
                (stored.at, at, month)
            }));
            let line = format!("{}{LINE_END}", stored.event.line(at, self.language));
            match months.last_mut() {
                Some((last, lines)) if last == month => lines.extend_from_slice(line.as_bytes()),
                _ => months.push((month.clone(), line.into_bytes())),
            }
        }
        months
    }
}

/// Overwrites the texts in one file, line by line; returns how many places.
fn blanked(path: &Path, texts: &[String]) -> io::Result<usize> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut reader = io::BufReader::new(file.try_clone()?);
    let (mut line, mut start, mut places) = (Vec::new(), 0u64, 0);
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        let found = texts
            .iter()
            .map(|text| blank_in(&mut line, text.as_bytes()))
            .sum::<usize>();
        if found > 0 {
            // The reader has a place of its own in its buffer; the file's place is set for each write and put back.
            let next = start + length as u64;
            file.seek(SeekFrom::Start(start))?;
            file.write_all(&line)?;
            reader.seek(SeekFrom::Start(next))?;
            places += found;
        }
        start += length as u64;
    }
    file.sync_all()?;
    Ok(places)
}

/// Overwrites `text` in `line` where it stands whole, case aside; returns how often.
fn blank_in(line: &mut [u8], text: &[u8]) -> usize {
    // Of an address; a longer address that ends or begins like this one is somebody else's.
    let goes_on = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"!#$%&*+-/=?^_`{|}~.@\"".contains(byte))
    };
    let mut places = 0;
    let mut at = 0usize;
    while let Some(end) = at
        .checked_add(text.len())
        .filter(|end| !text.is_empty() && *end <= line.len())
    {
        let is_text = line
            .get(at..end)
            .is_some_and(|piece| piece.eq_ignore_ascii_case(text));
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        // A dot behind it ends a sentence, unless the address goes on after it.
        let after = match line.get(end) {
            Some(b'.') => line.get(end + 1),
            after => after,
        };
        let is_bracket = |byte: Option<&u8>| byte == Some(&b'"');
        if is_text && (!goes_on(before) || is_bracket(before)) && (!goes_on(after) || is_bracket(after)) {
            if let Some(piece) = line.get_mut(at..end) {
                piece.fill(b'*');
            }
            places += 1;
            at = end;
        } else {
            at += 1;
        }
    }
    places
}

/// The numbers that the files of a log folder speak of, each with the mailbox's name, in either language.
pub fn numbers_in(folder: &Path) -> Vec<(String, i64)> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_month = |name: &str| {
            name.strip_suffix(".txt")
                .is_some_and(crate::backup::names::is_month)
        };
        if !entry.file_name().to_str().is_some_and(is_month) {
            continue;
        }
        let Ok(text) = std::fs::read(entry.path()) else {
            continue;
        };
        let text = String::from_utf8_lossy(&text);
        numbers.extend(text.lines().filter_map(number_in_line));
    }
    numbers
}

fn number_in_line(line: &str) -> Option<(String, i64)> {
    let number = line.split('\t').find_map(|part| {
        part.strip_prefix("受付番号 ")
            .or_else(|| part.strip_prefix("number "))?
            .parse()
            .ok()
    })?;
    let mailbox = line.rsplit('\t').next()?;
    let mailbox = mailbox.trim_matches(|c| matches!(c, '（' | '）' | '(' | ')'));
    Some((mailbox.to_owned(), number))
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
    fn an_address_is_blanked_where_it_stands_whole_and_nowhere_else() {
        let check = |line: &str, after: &str| {
            let mut bytes = line.as_bytes().to_vec();
            blank_in(&mut bytes, b"a@x.jp");
            assert_eq!(String::from_utf8(bytes).unwrap(), after);
        };
        check("x\ta@x.jp\ty", "x\t******\ty");
        check(
            "<A@X.jp>: User unknown, \"a@x.jp\".",
            "<******>: User unknown, \"******\".",
        );
        check("a@x.jp", "******");
        check(
            "aa@x.jp b.a@x.jp a@x.jp.com a@x.jpn",
            "aa@x.jp b.a@x.jp a@x.jp.com a@x.jpn",
        );
        check("受付a@x.jp（", "受付******（");
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
