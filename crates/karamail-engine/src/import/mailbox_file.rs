//! Where the mails of a file are: one in an `.eml` file, many in an mbox file. Read as a stream; a file may be larger
//! than the memory.

use std::io::{self, BufRead, Read, Write};

use karamail_core::limits::{HEADER_BLOCK_BYTES, IMPORT_LINE_BYTES};

/// A mail in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where its header begins, bytes from the file's beginning.
    pub(crate) offset: u64,
    /// Its length as it lies there.
    pub(crate) length: u64,
    /// Its size as a server would list it: with CRLF line ends and without the mbox form's quoting.
    pub(crate) size: u64,
    /// Its header and, where that is short, some of its body.
    pub(crate) header: Vec<u8>,
}

/// Finds the mails of a file. In an mbox file each begins with a `From ` line behind an empty line.
pub(crate) fn each_mail(
    file: &mut impl BufRead,
    is_mbox: bool,
    mut each: impl FnMut(Place) -> io::Result<()>,
) -> io::Result<()> {
    let mut scan = Scan {
        // The file's beginning counts as an empty line.
        is_after_blank: true,
        ..Scan::default()
    };
    if !is_mbox {
        scan.begin(byte_order_mark(file)?);
        scan.offset = scan.open.as_ref().map_or(0, |place| place.offset);
    }
    // A line that was read to see what follows a `From ` line.
    let mut ahead = None;
    loop {
        let line = match ahead.take() {
            Some(line) => line,
            None => read_line(file)?,
        };
        if line.length == 0 {
            break;
        }
        if is_mbox && scan.is_after_blank && is_from_line(&line.head) {
            let next = read_line(file)?;
            let begins = next.length == 0 || looks_like_header(&next.head);
            ahead = Some(next);
            if begins {
                if let Some(place) = scan.end(true) {
                    each(place)?;
                }
                scan.offset += line.length;
                scan.begin(scan.offset);
                continue;
            }
        }
        scan.take(&line, is_mbox);
    }
    match scan.end(is_mbox) {
        Some(place) => each(place),
        None => Ok(()),
    }
}

/// Whether a file is in the mbox form: it begins with a `From ` line.
pub(crate) fn is_mbox(file: &mut impl BufRead) -> io::Result<bool> {
    Ok(file.fill_buf()?.starts_with(b"From "))
}

/// Copies a mail from its place, without the mbox form's quoting (`>From ` of mboxo and mboxrd).
pub(crate) fn copy_mail(
    file: &mut impl BufRead,
    length: u64,
    is_mbox: bool,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut mail = file.take(length);
    if !is_mbox {
        io::copy(&mut mail, to)?;
        return Ok(());
    }
    let mut is_line_begin = true;
    loop {
        let mut piece = Vec::new();
        let read = (&mut mail).take(64 * 1024).read_until(b'\n', &mut piece)?;
        if read == 0 {
            return Ok(());
        }
        let is_quoted = is_line_begin && is_quoted_from(&piece);
        to.write_all(piece.get(usize::from(is_quoted)..).unwrap_or_default())?;
        is_line_begin = piece.ends_with(b"\n");
    }
}

/// `>From `, `>>From ` and so on.
fn is_quoted_from(line: &[u8]) -> bool {
    let rest = line.iter().position(|byte| *byte != b'>').unwrap_or(0);
    rest > 0 && line.get(rest..).is_some_and(|rest| rest.starts_with(b"From "))
}

#[derive(Default)]
struct Scan {
    offset: u64,
    open: Option<Place>,
    is_in_header: bool,
    is_after_blank: bool,
    /// The empty line at the end of a mail of an mbox file belongs to the form.
    last_was_empty: Option<(u64, u64)>,
}

impl Scan {
    fn begin(&mut self, offset: u64) {
        self.open = Some(Place {
            offset,
            length: 0,
            size: 0,
            header: Vec::new(),
        });
        self.is_in_header = true;
        self.is_after_blank = false;
        self.last_was_empty = None;
    }

    fn take(&mut self, line: &Line, is_mbox: bool) {
        self.offset += line.length;
        self.is_after_blank = line.is_blank();
        // What stands before the first `From ` line is no mail.
        let Some(place) = &mut self.open else { return };
        let quoted = u64::from(is_mbox && is_quoted_from(&line.head));
        let size = line.length - quoted + u64::from(line.ends_bare);
        place.length += line.length;
        place.size += size;
        self.last_was_empty = line.is_blank().then_some((line.length, size));
        if self.is_in_header {
            let room = HEADER_BLOCK_BYTES.saturating_sub(place.header.len());
            place.header.extend(line.whole.iter().take(room));
            self.is_in_header = !line.is_blank() && room > 0;
        }
    }

    fn end(&mut self, is_mbox: bool) -> Option<Place> {
        let mut place = self.open.take()?;
        if is_mbox
            && let Some((length, size)) = self.last_was_empty
            && !self.is_in_header
            && place.length > place.header.len() as u64
        {
            place.length -= length;
            place.size -= size;
        }
        let is_blank = place.header.iter().all(u8::is_ascii_whitespace);
        (!is_blank).then_some(place)
    }
}

struct Line {
    /// Its beginning.
    head: Vec<u8>,
    /// All of it, up to the longest header.
    whole: Vec<u8>,
    /// With its end.
    length: u64,
    /// Ended by LF alone.
    ends_bare: bool,
}

impl Line {
    fn is_blank(&self) -> bool {
        matches!(self.head.as_slice(), b"\n" | b"\r\n")
    }
}

/// One line, of which only the beginning is kept where it is long.
fn read_line(file: &mut impl BufRead) -> io::Result<Line> {
    let mut whole = Vec::new();
    let mut length = 0u64;
    let mut last = [0u8; 2];
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let room = HEADER_BLOCK_BYTES.saturating_sub(whole.len());
        whole.extend(piece.iter().take(room));
        for byte in piece.iter().rev().take(2).rev() {
            last = [last[1], *byte];
        }
        length += piece.len() as u64;
        let consumed = piece.len();
        file.consume(consumed);
        if end.is_some() {
            break;
        }
    }
    Ok(Line {
        head: whole.iter().take(IMPORT_LINE_BYTES).copied().collect(),
        whole,
        length,
        ends_bare: last[1] == b'\n' && last[0] != b'\r',
    })
}

/// `From ` with an envelope sender and a date, as programs write it, or with nothing behind it, as newer versions of
/// Thunderbird do. A line of a body that begins with "From " has neither.
fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let text = String::from_utf8_lossy(rest);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = |word: &str| {
        let mut parts = word.split(':');
        let first = parts.next().unwrap_or_default();
        is_number(first) && word.contains(':') && parts.all(is_number)
    };
    let has_time = text.split_ascii_whitespace().any(is_time);
    let has_year = text
        .split_ascii_whitespace()
        .any(|word| word.len() == 4 && is_number(word));
    text.trim().is_empty() || has_time && has_year
}

/// Whether a line is a header field, or another `From ` line that some programs leave there.
fn looks_like_header(line: &[u8]) -> bool {
    let name: Vec<u8> = line.iter().copied().take_while(|byte| *byte != b':').collect();
    let is_field =
        name.len() < line.len() && !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    is_field || line.starts_with(b">From ")
}

/// Skips the mark that Windows' editors put before text; returns where the mail begins.
fn byte_order_mark(file: &mut impl BufRead) -> io::Result<u64> {
    let has_mark = file.fill_buf()?.starts_with(b"\xef\xbb\xbf");
    if has_mark {
        file.consume(3);
    }
    Ok(if has_mark { 3 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(file: &str, is_mbox: bool) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        // However the buffer's ends fall.
        for capacity in (5..60).chain([64 * 1024]) {
            let mut places = Vec::new();
            let mut reader = io::BufReader::with_capacity(capacity, file.as_bytes());
            each_mail(&mut reader, is_mbox, |place| {
                places.push(place);
                Ok(())
            })
            .unwrap();
            let before = std::mem::take(&mut found);
            found = places
                .iter()
                .map(|place| {
                    let start = usize::try_from(place.offset).unwrap();
                    let mut rest = &file.as_bytes()[start..];
                    let mut copy = Vec::new();
                    copy_mail(&mut rest, place.length, is_mbox, &mut copy).unwrap();
                    (String::from_utf8(copy).unwrap(), place.size)
                })
                .collect();
            assert!(before.is_empty() || before == found, "capacity {capacity}");
        }
        found
    }

    #[test]
    fn an_mbox_file_is_cut_at_its_from_lines_and_nowhere_else() {
        let file = "From - Sat Nov 21 12:00:00 2026\nFrom: a@x.jp\n\nbody\nFrom here on\n\nFrom you, at 12:00\n>From me\n>>From us\n\n\
                    From b@x.jp Sat Nov 21 12:00:01 2026\r\nFrom: b@x.jp\r\n\r\n\r\nFrom \nFrom: c@x.jp\n\n";
        let found = mails(file, true);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(
            found[0].0,
            "From: a@x.jp\n\nbody\nFrom here on\n\nFrom you, at 12:00\nFrom me\n>From us\n"
        );
        assert_eq!(found[1].0, "From: b@x.jp\r\n\r\n");
        assert_eq!(found[1].1, 16);
        assert_eq!(found[2].0, "From: c@x.jp\n\n");
        assert_eq!(found[2].1, 16, "as a server would count it");
    }

    #[test]
    fn an_eml_file_is_one_mail_whatever_is_in_it() {
        let file = "\u{feff}From: a@x.jp\n\nFrom - Sat Nov 21 12:00:00 2026\nTo: x\n";
        let found = mails(file, false);
        assert_eq!(found.len(), 1);
        assert!(found[0].0.starts_with("From: a@x.jp\n"));
    }

    #[test]
    fn an_empty_file_holds_no_mail() {
        assert!(mails("", false).is_empty());
        assert!(mails("", true).is_empty());
        assert!(mails("From - Sat Nov 21 12:00:00 2026\n", true).is_empty());
    }
}
