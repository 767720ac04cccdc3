//! A monthly log that anybody may have edited: its lines by number, its days, and text that is looked for.
//!
//! The first line is what is looked for and where the file is cut for its growth; the rest is the file.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use karamail_core::limits::LOG_LINE_BYTES;

use super::first_line;
use crate::monthly_log::find::{Direction, Wanted, find};
use crate::monthly_log::index::LineIndex;

/// Any bytes, as a log file.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    thread_local! {
        static FILE: RefCell<File> = RefCell::new(tempfile::tempfile().expect("a file"));
    }
    let (wanted, log) = first_line(bytes);
    let wanted = String::from_utf8_lossy(wanted);
    FILE.with_borrow_mut(|file| {
        let cut = log.len() * (wanted.len() % 8) / 8;
        file.set_len(0).unwrap();
        write_at(file, 0, &log[..cut]);
        let mut grown = LineIndex::build(file).unwrap();
        write_at(file, cut as u64, &log[cut..]);
        assert!(grown.is_beginning_of(file).unwrap(), "it only grew");
        grown.extend(file).unwrap();
        let index = LineIndex::build(file).unwrap();
        assert_eq!(
            (grown.lines(), grown.days()),
            (index.lines(), index.days()),
            "grown or new"
        );
        its_lines_are_its_lines(&index, file, log);
        assert_eq!(
            grown.read(file, 0, 1_000).unwrap(),
            index.read(file, 0, 1_000).unwrap(),
            "grown or new"
        );
        what_is_there_is_found(file, log, &wanted);
    });
}

fn write_at(file: &mut File, at: u64, bytes: &[u8]) {
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

fn its_lines_are_its_lines(index: &LineIndex, file: &mut File, log: &[u8]) {
    let text = log.strip_prefix(b"\xef\xbb\xbf").unwrap_or(log);
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(index.lines(), lines.len() as u64);
    assert_eq!(index.length(), log.len() as u64);
    let all = index
        .read(file, 0, lines.len() as u64)
        .unwrap()
        .expect("the file is the same");
    assert_eq!(all.len(), lines.len());
    for (seen, line) in all.iter().zip(&lines) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let plain = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() < LOG_LINE_BYTES {
            assert_eq!(
                (seen.text.as_str(), seen.is_cut),
                (&*String::from_utf8_lossy(plain), false)
            );
        }
        assert!(!seen.text.contains('\n'));
    }
    for from in [1, 63, 64, 65, lines.len() as u64] {
        let some = index
            .read(file, from.min(lines.len() as u64), 3)
            .unwrap()
            .expect("the file is the same");
        let expected: Vec<_> = all
            .iter()
            .skip(usize::try_from(from).unwrap())
            .take(3)
            .cloned()
            .collect();
        assert_eq!(some, expected, "from line {from}");
    }
    for day in index.days() {
        let line = usize::try_from(day.first_line).unwrap();
        // Files that were put together have a byte order mark in their middle.
        assert!(
            all[line]
                .text
                .trim_start_matches('\u{feff}')
                .starts_with(&day.day),
            "{day:?}"
        );
    }
}

fn what_is_there_is_found(file: &mut File, log: &[u8], text: &str) {
    let Some(wanted) = Wanted::new(text) else { return };
    for direction in [Direction::Forwards, Direction::Backwards] {
        let found = find(file, &wanted, 1, direction).unwrap();
        assert_eq!(found.line.is_some(), found.lines > 0);
        assert!(
            found.nth <= found.lines && (found.nth > 0) == (found.lines > 0),
            "{found:?}"
        );
        let needle = text.trim().to_ascii_lowercase();
        let is_plain =
            log.is_ascii() && needle.bytes().all(|byte| matches!(byte, b' '..=b'~')) && needle.len() <= 100;
        if is_plain {
            // The tab between two columns counts as a blank.
            let has = |line: &&[u8]| {
                let line = String::from_utf8_lossy(line).replace('\t', " ");
                line.to_ascii_lowercase().contains(&needle)
            };
            let lines = log.split(|byte| *byte == b'\n').filter(has).count();
            assert_eq!(found.lines, lines as u64, "{needle:?}");
        }
    }
    let shown = String::from_utf8_lossy(log);
    for place in wanted.places_in(&shown) {
        assert!(
            shown.get(place.clone()).is_some(),
            "{place:?} cuts a letter of {shown:?}"
        );
    }
}
