//! Looks for text in one log file, from its first line to its last.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use karamail_core::limits::{LOG_FIND_CHARACTERS, LOG_SEARCHED_LINE_BYTES};
use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::fold::fold;

/// Text that a person looks for: case, width and the blanks around it do not matter.
#[derive(Clone, Debug)]
pub struct Wanted {
    folded: memmem::Finder<'static>,
}

impl Wanted {
    /// `None` where there is nothing to look for. A text beyond any sense is cut.
    pub fn new(text: &str) -> Option<Wanted> {
        let text: String = text.trim().chars().take(LOG_FIND_CHARACTERS).collect();
        let mut folded = Vec::new();
        fold(text.trim().as_bytes(), &mut folded, |_, _| ());
        // A line end would never be found.
        folded.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        (!folded.is_empty()).then(|| Wanted {
            folded: memmem::Finder::new(&folded).into_owned(),
        })
    }

    /// Where it stands in a text, in bytes, from left to right.
    pub fn places_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut folded = Vec::new();
        let mut changes: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        fold(text.as_bytes(), &mut folded, |before, after| {
            changes.push((before, after));
        });
        let wanted_length = self.folded.needle().len();
        self.folded
            .find_iter(&folded)
            .map(|at| before_fold(&changes, at, false)..before_fold(&changes, at + wanted_length, true))
            .collect()
    }
}

/// The place in the text of a place in what was folded.
fn before_fold(changes: &[(Range<usize>, Range<usize>)], at: usize, is_end: bool) -> usize {
    let behind = changes.partition_point(|(_, after)| match is_end {
        true => after.start < at,
        false => after.start <= at,
    });
    let Some((before, after)) = behind.checked_sub(1).and_then(|last| changes.get(last)) else {
        return at;
    };
    if at < after.end || (is_end && at == after.end) {
        // A letter is found whole or not at all.
        return if is_end { before.end } else { before.start };
    }
    before.end + (at - after.end)
}

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the line on, that line too; then from the first line.
    Forwards,
    /// The lines before the line; then from the last line.
    Backwards,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many lines have it.
    pub lines: u64,
    /// The next one in the direction asked for.
    pub line: Option<u64>,
    /// Which of the lines that have it this is, counted from 1.
    pub nth: u64,
    /// Whether the end of the file lay between.
    pub is_wrapped: bool,
}

/// Looks through the whole file: all of it is counted.
pub(crate) fn find(file: &mut File, wanted: &Wanted, from: u64, direction: Direction) -> io::Result<Found> {
    let mut tally = Tally {
        from,
        ..Tally::default()
    };
    let mut folded = Vec::new();
    let mut lines_before = 0u64;
    each_block(file, |block| {
        folded.clear();
        fold(block, &mut folded, |_, _| ());
        let (mut looked, mut line) = (0, lines_before);
        while let Some(at) = folded
            .get(looked..)
            .and_then(|rest| wanted.folded.find(rest))
            .map(|at| looked + at)
        {
            line += count_line_ends(folded.get(looked..at).unwrap_or_default());
            tally.line(line);
            // One line counts once.
            let rest = folded.get(at..).unwrap_or_default();
            let Some(end) = memchr(b'\n', rest) else { break };
            (looked, line) = (at + end + 1, line + 1);
        }
        lines_before += count_line_ends(block);
    })?;
    Ok(tally.found(direction))
}

fn count_line_ends(block: &[u8]) -> u64 {
    memchr_iter(b'\n', block).count() as u64
}

/// Which lines have it, as far as the answer needs to know.
#[derive(Default)]
struct Tally {
    from: u64,
    lines: u64,
    first: Option<u64>,
    last: Option<u64>,
    /// The last one before `from`, and how many there are up to it.
    before: Option<(u64, u64)>,
    /// The first one from `from` on, and how many there are up to it.
    behind: Option<(u64, u64)>,
}

impl Tally {
    fn line(&mut self, line: u64) {
        self.lines += 1;
        self.first.get_or_insert(line);
        self.last = Some(line);
        if line < self.from {
            self.before = Some((line, self.lines));
        } else {
            self.behind.get_or_insert((line, self.lines));
        }
    }

    fn found(&self, direction: Direction) -> Found {
        let (next, wrapped) = match direction {
            Direction::Forwards => (self.behind, self.first.map(|line| (line, 1))),
            Direction::Backwards => (self.before, self.last.map(|line| (line, self.lines))),
        };
        let chosen = next.or(wrapped);
        Found {
            lines: self.lines,
            line: chosen.map(|(line, _)| line),
            nth: chosen.map_or(0, |(_, nth)| nth),
            is_wrapped: next.is_none() && wrapped.is_some(),
        }
    }
}

/// Hands the file out in blocks of whole lines. Of a line that fills a block the rest is left out, up to its line end.
fn each_block(file: &mut File, mut look: impl FnMut(&[u8])) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; LOG_SEARCHED_LINE_BYTES];
    let mut filled = 0;
    let mut is_rest_of_line = false;
    loop {
        let read = file.read(buffer.get_mut(filled..).unwrap_or_default())?;
        filled += read;
        if read == 0 && filled == 0 {
            return Ok(());
        }
        let mut start = 0;
        if is_rest_of_line {
            let block = buffer.get(..filled).unwrap_or_default();
            let Some(end) = memchr(b'\n', block) else {
                if read == 0 {
                    return Ok(());
                }
                filled = 0;
                continue;
            };
            // The line end itself counts.
            start = end;
            is_rest_of_line = false;
        }
        let block = buffer.get(start..filled).unwrap_or_default();
        let end = match memrchr(b'\n', block) {
            Some(at) => at + 1,
            None if read == 0 => block.len(),
            None if filled == buffer.len() && start == 0 => {
                is_rest_of_line = true;
                block.len()
            }
            None => 0,
        };
        look(block.get(..end).unwrap_or_default());
        if read == 0 {
            // What stands behind the last line end.
            look(block.get(end..).unwrap_or_default());
            return Ok(());
        }
        buffer.copy_within(start + end..filled, 0);
        filled -= start + end;
    }
}
