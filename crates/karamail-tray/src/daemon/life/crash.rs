//! An end that nobody asked for: noticed by the next start, and recorded where the program itself was at fault.
//!
//! A start leaves a mark in the data folder, an end that was asked for (or the end of the session) takes it away. A panic anywhere, also
//! in a task that costs nobody anything, leaves a line in `crash.log`; the last lines stay.

use std::fs::{self, File};
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karamail_engine::clock;
use karamail_engine::program::{Ended, HowEnded};
use serde::{Deserialize, Serialize};

use super::memory::write_whole;
use super::session;

/// The mark of a program that runs.
const MARK: &str = "running.json";
/// The record of panics, one a line.
const RECORD: &str = "crash.log";
/// Lines that stay in the record.
const RECORDS: usize = 20;
/// Longest message that is kept, characters.
const MESSAGE: usize = 2_000;
/// A longer file is none of ours, bytes.
const LONGEST: u64 = 1024 * 1024;

/// A program that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Running {
    pid: u32,
    version: String,
    started: Timestamp,
    /// The session of the computer it started in, where that can be known.
    session: Option<String>,
}

/// A panic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    at: Timestamp,
    pid: u32,
    version: String,
    thread: String,
    place: String,
    message: String,
}

/// The mark of this program, until it is taken away.
pub(super) struct Mark(PathBuf);

impl Mark {
    /// Leaves the mark, and tells how the program before ended where nobody asked it to.
    pub(super) fn leave(data_folder: &Path) -> (Mark, Option<Ended>) {
        let mark = Mark(data_folder.join(MARK));
        let session = session::name();
        let before: Option<Running> = read(&mark.0).and_then(|text| serde_json::from_str(&text).ok());
        let ended = before.map(|before| Ended {
            how: how(&before, session.as_deref(), &records(&data_folder.join(RECORD))),
            started: before.started,
            noticed: clock::now(),
        });
        let now = Running {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started: clock::now(),
            session,
        };
        if let Err(error) = write_whole(&mark.0, &serde_json::to_vec(&now).unwrap_or_default()) {
            tracing::warn!(%error, "a crash will not be noticed");
        }
        (mark, ended)
    }

    /// The end was asked for.
    pub(super) fn take_away(&self) {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the next start will take this end for a crash");
            }
            _ => {}
        }
    }
}

/// How a program ended that left its mark.
fn how(before: &Running, session: Option<&str>, records: &[Record]) -> HowEnded {
    // A panic of another thread ends no program.
    let is_fatal = |record: &Record| record.thread == "main" || cfg!(panic = "abort");
    let is_its = |record: &&Record| record.pid == before.pid && record.at >= before.started;
    match records.iter().rev().find(is_its) {
        Some(last) if is_fatal(last) => HowEnded::Fault,
        _ if before.session.is_some() && before.session.as_deref() != session => HowEnded::WithComputer,
        _ => HowEnded::Outside,
    }
}

/// Records each panic from now on, beside what is done with it already.
pub(super) fn record_panics(data_folder: &Path) {
    let file = data_folder.join(RECORD);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Nothing can be done about a record that cannot be written, least of all here.
        let _ = record(&file, panic);
        before(panic);
    }));
}

fn record(file: &Path, panic: &PanicHookInfo<'_>) -> std::io::Result<()> {
    let message = panic.payload_as_str().unwrap_or_default();
    let record = Record {
        at: clock::now(),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        thread: std::thread::current().name().unwrap_or_default().to_owned(),
        place: panic.location().map(ToString::to_string).unwrap_or_default(),
        message: message.chars().take(MESSAGE).collect(),
    };
    append(file, &record)
}

fn append(file: &Path, record: &Record) -> std::io::Result<()> {
    let before = read(file).unwrap_or_default();
    let mut lines: Vec<&str> = before.lines().collect();
    let over = (lines.len() + 1).saturating_sub(RECORDS);
    let line = serde_json::to_string(record)?;
    lines.drain(..over);
    lines.push(&line);
    let fresh = file.with_extension("new");
    let mut written = File::create(&fresh)?;
    written.write_all(lines.join("\n").as_bytes())?;
    written.write_all(b"\n")?;
    written.sync_all()?;
    fs::rename(fresh, file)
}

fn records(file: &Path) -> Vec<Record> {
    let text = read(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn read(file: &Path) -> Option<String> {
    let is_small = fs::metadata(file).is_ok_and(|metadata| metadata.len() <= LONGEST);
    is_small.then(|| fs::read_to_string(file).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("karamail-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn record_of(pid: u32, at: &str, thread: &str) -> Record {
        Record {
            at: at.parse().unwrap(),
            pid,
            version: String::new(),
            thread: thread.to_owned(),
            place: String::new(),
            message: "x".to_owned(),
        }
    }

    #[test]
    fn an_end_that_was_asked_for_is_not_told_and_another_one_is_told_once() {
        let folder = Folder::new("mark");
        let (mark, ended) = Mark::leave(&folder.0);
        assert_eq!(ended, None);
        mark.take_away();
        let (_killed, ended) = Mark::leave(&folder.0);
        assert_eq!(ended, None);
        let (mark, ended) = Mark::leave(&folder.0);
        assert_eq!(ended.map(|ended| ended.how), Some(HowEnded::Outside));
        mark.take_away();
        assert_eq!(Mark::leave(&folder.0).1, None);
    }

    #[test]
    fn a_mark_that_a_power_cut_left_empty_or_torn_is_none() {
        let folder = Folder::new("torn");
        for torn in ["", "{\"pid\":1,", "\0\0\0\0"] {
            fs::write(folder.0.join(MARK), torn).unwrap();
            assert_eq!(Mark::leave(&folder.0).1, None, "{torn:?}");
        }
    }

    #[test]
    fn a_fault_a_killed_program_and_a_power_cut_are_told_apart() {
        let before = Running {
            pid: 7,
            version: String::new(),
            started: "2026-11-21T03:00:00Z".parse().unwrap(),
            session: Some("monday".to_owned()),
        };
        let later = "2026-11-21T04:00:00Z";
        let check = |session: &str, records: &[Record], expected| {
            assert_eq!(how(&before, Some(session), records), expected);
        };
        check("monday", &[], HowEnded::Outside);
        check("tuesday", &[], HowEnded::WithComputer);
        check("monday", &[record_of(7, later, "main")], HowEnded::Fault);
        check("tuesday", &[record_of(7, later, "main")], HowEnded::Fault);
        // A task's panic ends nothing; an older program's number may come again.
        check("monday", &[record_of(7, later, "worker")], HowEnded::Outside);
        check(
            "tuesday",
            &[record_of(7, "2026-11-20T00:00:00Z", "main")],
            HowEnded::WithComputer,
        );
        check("monday", &[record_of(8, later, "main")], HowEnded::Outside);
    }

    #[test]
    fn the_record_keeps_the_last_panics_and_no_more() {
        let folder = Folder::new("record");
        let file = folder.0.join(RECORD);
        for pid in 1..=50 {
            append(&file, &record_of(pid, "2026-11-21T04:00:00Z", "main")).unwrap();
        }
        let kept: Vec<u32> = records(&file).iter().map(|record| record.pid).collect();
        assert_eq!(kept, (31..=50).collect::<Vec<u32>>());
    }
}
