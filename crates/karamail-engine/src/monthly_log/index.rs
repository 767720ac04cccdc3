//! Where the lines of one log file begin, so that any of them is read without reading those before it.

use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};

use karamail_core::limits::{LOG_ANSWER_BYTES, LOG_DAYS, LOG_FILE_BYTES, LOG_LINE_BYTES};
use memchr::{memchr, memchr_iter};

/// Every so many lines the place is kept: 200,000 lines take 25 kB, and 63 lines at most are read in vain.
const LINES_A_MARK: u64 = 64;
const BUFFER_BYTES: usize = 256 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes of the beginning of a line that are looked at for its day: a byte order mark and `2026-11-21 `.
const HEAD_BYTES: usize = 14;
/// Bytes before the end that must be the same for a grown file to be the same file.
const TAIL_BYTES: u64 = 256;

/// A day that the log tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogDay {
    /// `2026-11-21`.
    pub day: String,
    /// Its first line, counted from 0.
    pub first_line: u64,
}

/// One line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its text, without the line end. Bytes that are no UTF-8 are U+FFFD.
    pub text: String,
    /// Whether it goes on: a line of a megabyte is no line for a screen.
    pub is_cut: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct LineIndex {
    /// Another one each time a file is looked through from its beginning.
    generation: u64,
    /// Where each [`LINES_A_MARK`]th line begins.
    marks: Vec<u64>,
    days: Vec<LogDay>,
    /// Lines with a line end, and where the last of them ends.
    ended: u64,
    ended_at: u64,
    /// The day of what stands behind them, as far as it tells one.
    open_day: Option<String>,
    /// Bytes that were looked at.
    length: u64,
    /// What stands before `ended_at`.
    tail: Vec<u8>,
}

impl LineIndex {
    pub(crate) fn build(file: &mut File) -> io::Result<LineIndex> {
        let mut index = LineIndex {
            generation: RandomState::new().build_hasher().finish(),
            ..LineIndex::default()
        };
        index.extend(file)?;
        Ok(index)
    }

    /// Lines, with one that has no line end yet.
    pub(crate) fn lines(&self) -> u64 {
        let behind = self.length > self.ended_at;
        // A file that holds nothing but its mark has no line.
        let is_only_a_mark = self.ended == 0 && self.length == BYTE_ORDER_MARK.len() as u64;
        self.ended + u64::from(behind && !(is_only_a_mark && self.tail == BYTE_ORDER_MARK))
    }

    /// The same as long as the file only grows.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Bytes that were looked at.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The days, in the order in which the file tells of them.
    pub(crate) fn days(&self) -> Vec<LogDay> {
        let mut days = self.days.clone();
        if let Some(day) = &self.open_day
            && !days.iter().any(|known| known.day == *day)
        {
            days.push(LogDay {
                day: day.clone(),
                first_line: self.ended,
            });
        }
        days
    }

    /// Whether a file that has grown is the one that was looked at, with more behind it.
    pub(crate) fn is_beginning_of(&self, file: &mut File) -> io::Result<bool> {
        let tail_length = self.tail.len() as u64;
        let Some(start) = self.ended_at.checked_sub(tail_length) else {
            return Ok(self.ended == 0);
        };
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        file.take(tail_length).read_to_end(&mut tail)?;
        Ok(tail == self.tail)
    }

    /// Looks at what stands behind the last line that was ended.
    pub(crate) fn extend(&mut self, file: &mut File) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.ended_at))?;
        let mut reader = BufReader::with_capacity(
            BUFFER_BYTES,
            (&mut *file).take(LOG_FILE_BYTES.saturating_sub(self.ended_at)),
        );
        let mut head = Head::default();
        let mut block_at = self.ended_at;
        loop {
            let block = reader.fill_buf()?;
            if block.is_empty() {
                break;
            }
            let length = block.len();
            let mut line_start = 0;
            for end in memchr_iter(b'\n', block) {
                head.add(block.get(line_start..end).unwrap_or_default());
                line_start = end + 1;
                self.end_line(&head, block_at + line_start as u64);
                head = Head::default();
            }
            head.add(block.get(line_start..).unwrap_or_default());
            reader.consume(length);
            block_at += length as u64;
        }
        drop(reader);
        self.length = block_at;
        self.open_day = head.day().map(str::to_owned);
        let tail_start = self.ended_at.saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(tail_start))?;
        self.tail.clear();
        // A file without a line end yet is known by its first bytes.
        let tail_length = match self.ended_at {
            0 => BYTE_ORDER_MARK.len() as u64,
            end => end - tail_start,
        };
        file.take(tail_length).read_to_end(&mut self.tail)?;
        Ok(())
    }

    fn end_line(&mut self, head: &Head, next_start: u64) {
        if self.ended.is_multiple_of(LINES_A_MARK) {
            self.marks.push(self.ended_at);
        }
        if let Some(day) = head.day()
            // Most lines are of the day before them.
            && self.days.last().is_none_or(|last| last.day != day)
            && self.days.len() < LOG_DAYS
            && !self.days.iter().any(|known| known.day == day)
        {
            self.days.push(LogDay {
                day: day.to_owned(),
                first_line: self.ended,
            });
        }
        self.ended += 1;
        self.ended_at = next_start;
    }

    /// Lines from `from` on, at most `count`, and fewer where they are long. `None` where the file is not the one that was
    /// looked at.
    pub(crate) fn read(&self, file: &mut File, from: u64, count: u64) -> io::Result<Option<Vec<Line>>> {
        let mark = from / LINES_A_MARK;
        let start = usize::try_from(mark)
            .ok()
            .and_then(|mark| self.marks.get(mark))
            .copied()
            .unwrap_or(self.ended_at);
        let skipped = from - mark * LINES_A_MARK;
        if let Some(before) = start.checked_sub(1) {
            let mut byte = [0];
            file.seek(SeekFrom::Start(before))?;
            if file.read(&mut byte)? != 1 || byte != *b"\n" {
                return Ok(None);
            }
        } else {
            file.seek(SeekFrom::Start(0))?;
        }
        let mut reader = BufReader::with_capacity(64 * 1024, file);
        if start == 0 && reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            reader.consume(BYTE_ORDER_MARK.len());
        }
        for _ in 0..skipped {
            skip_line(&mut reader)?;
        }
        let last = from.saturating_add(count).min(self.lines());
        let (mut lines, mut bytes) = (Vec::new(), 0);
        for _ in from..last {
            let Some((line, length)) = read_line(&mut reader)? else {
                break;
            };
            lines.push(line);
            bytes += length;
            if bytes > LOG_ANSWER_BYTES {
                break;
            }
        }
        Ok(Some(lines))
    }
}

/// The beginning of a line, which may lie in two blocks.
#[derive(Default)]
struct Head {
    bytes: [u8; HEAD_BYTES],
    length: usize,
}

impl Head {
    fn add(&mut self, more: &[u8]) {
        let Some(free) = self.bytes.get_mut(self.length..) else {
            return;
        };
        let taken = free.len().min(more.len());
        if let (Some(free), Some(more)) = (free.get_mut(..taken), more.get(..taken)) {
            free.copy_from_slice(more);
            self.length += taken;
        }
    }

    /// `2026-11-21`, where the line begins with a day and a blank.
    fn day(&self) -> Option<&str> {
        let head = self.bytes.get(..self.length)?;
        let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
        let (day, rest) = head.split_at_checked(10)?;
        let is_day = day.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        (is_day && rest.first() == Some(&b' '))
            .then(|| std::str::from_utf8(day).ok())
            .flatten()
    }
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let block = reader.fill_buf()?;
        let (length, is_end) = match memchr(b'\n', block) {
            Some(at) => (at + 1, true),
            None => (block.len(), block.is_empty()),
        };
        reader.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

/// The next line, cut at [`LOG_LINE_BYTES`], and how many bytes it has in the file; `None` at the end.
fn read_line(reader: &mut impl BufRead) -> io::Result<Option<(Line, usize)>> {
    let (mut bytes, mut length, mut is_ended) = (Vec::new(), 0, false);
    while !is_ended {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            break;
        }
        let (taken, is_end) = match memchr(b'\n', block) {
            Some(at) => (at + 1, true),
            None => (block.len(), false),
        };
        is_ended = is_end;
        let room = LOG_LINE_BYTES.saturating_sub(bytes.len()).min(taken);
        bytes.extend_from_slice(block.get(..room).unwrap_or_default());
        reader.consume(taken);
        length += taken;
    }
    if length == 0 {
        return Ok(None);
    }
    let is_cut = length - usize::from(is_ended) > bytes.len();
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    // A letter that was cut in two is left out; bytes that are no letter stay visible.
    let whole = match std::str::from_utf8(text) {
        Err(fault) if is_cut && fault.error_len().is_none() => text.get(..fault.valid_up_to()),
        _ => Some(text),
    };
    let text = String::from_utf8_lossy(whole.unwrap_or(text)).into_owned();
    Ok(Some((Line { text, is_cut }, length)))
}
