//! The header block of a mail as fields, whatever its line ends and however it is damaged.
//!
//! RFC 5322 section 2.2 says how a header looks; this reads what really arrives as well: LF, CRLF and bare CR, a
//! byte order mark or blank lines in front, an mbox `From ` line, garbage between the fields, a header without the
//! blank line after it. A field that says "no answer" must be seen in all of these.

use super::text;
use crate::limits::{HEADER_BLANK_LINES, HEADER_BLOCK_BYTES, HEADER_FIELDS, HEADER_GARBAGE_LINES};

/// One header field, unfolded.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Lower case.
    pub(super) name: String,
    /// The value in Unicode, line ends gone, encoded words as they stand.
    pub(super) value: String,
    /// It came after a line that is no header line: it may be text of the body, so it can forbid an answer but is
    /// no second Subject or From.
    pub(super) after_garbage: bool,
}

/// All fields of a header block, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct HeaderBlock {
    pub(super) fields: Vec<Field>,
    /// A limit cut the header off: what is missing may be anything.
    pub(super) truncated: bool,
}

impl HeaderBlock {
    /// Reads the block at the start of `bytes` and stops at its end.
    pub(super) fn read(bytes: &[u8]) -> HeaderBlock {
        HeaderBlock::split(bytes).0
    }

    /// Reads the block at the start of `bytes`, and gives what follows it.
    pub(super) fn split(bytes: &[u8]) -> (HeaderBlock, &[u8]) {
        let mut reader = Reader::default();
        let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut read = 0_usize;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            read += rest.len() - after.len();
            if read > HEADER_BLOCK_BYTES || reader.fields.len() >= HEADER_FIELDS {
                reader.truncated = true;
                break;
            }
            rest = after;
            if reader.take(line, rest).is_end() {
                break;
            }
        }
        (reader.finish(), rest)
    }
}

/// Whether reading goes on after a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Line,
    End,
}

impl Next {
    fn is_end(self) -> bool {
        self == Next::End
    }
}

#[derive(Default)]
struct Reader {
    fields: Vec<RawField>,
    truncated: bool,
    after_garbage: bool,
    garbage_in_a_row: usize,
}

struct RawField {
    name: String,
    value: Vec<u8>,
    after_garbage: bool,
}

impl Reader {
    /// Takes one line up to a line feed. Bare carriage returns inside end a line where a field follows, or where an
    /// empty line follows such an end; elsewhere they are blanks.
    fn take(&mut self, line: &[u8], rest: &[u8]) -> Next {
        let mut split_before = false;
        for (index, piece) in line.split(|&byte| byte == b'\r').enumerate() {
            let starts_field = field_start(piece).is_some();
            if index == 0 || starts_field {
                split_before |= index > 0;
                if self.take_piece(piece, rest).is_end() {
                    return Next::End;
                }
            } else if piece.is_empty() && split_before {
                return Next::End;
            } else {
                self.continue_field(piece);
            }
        }
        Next::Line
    }

    fn take_piece(&mut self, line: &[u8], rest: &[u8]) -> Next {
        let is_nothing = line.iter().all(|&byte| byte == 0);
        if is_nothing || (self.fields.is_empty() && line.trim_ascii().is_empty()) {
            // Blank lines in front of the first field are damage, not the end of an empty header.
            return if self.fields.is_empty() {
                Next::Line
            } else {
                Next::End
            };
        }
        if is_continuation(line) {
            if line.trim_ascii().is_empty() && !header_goes_on(rest) {
                return Next::End;
            }
            self.continue_field(line);
            return Next::Line;
        }
        let Some((name, value)) = field_start(line) else {
            return self.take_garbage();
        };
        self.garbage_in_a_row = 0;
        self.fields.push(RawField {
            name,
            value: value.to_vec(),
            after_garbage: self.after_garbage,
        });
        Next::Line
    }

    fn take_garbage(&mut self) -> Next {
        if self.fields.is_empty() {
            // The `From ` line of an mbox file, or a line of the transport.
            return Next::Line;
        }
        self.after_garbage = true;
        self.garbage_in_a_row += 1;
        if self.garbage_in_a_row >= HEADER_GARBAGE_LINES {
            return Next::End;
        }
        Next::Line
    }

    fn continue_field(&mut self, piece: &[u8]) {
        // A folded line after garbage continues the garbage, not the field before it.
        if self.garbage_in_a_row > 0 {
            return;
        }
        if let Some(field) = self.fields.last_mut() {
            if !piece.first().is_some_and(u8::is_ascii_whitespace) {
                field.value.push(b' ');
            }
            field.value.extend_from_slice(piece);
        }
    }

    fn finish(self) -> HeaderBlock {
        let fields = self.fields.into_iter().map(|raw| Field {
            name: raw.name,
            value: text::from_raw(&raw.value),
            after_garbage: raw.after_garbage,
        });
        HeaderBlock {
            fields: fields.collect(),
            truncated: self.truncated,
        }
    }
}

/// The line up to its line feed, without the line end (`\n`, `\r\n` and the `\r\r\n` of broken gateways).
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut halves = bytes.splitn(2, |&byte| byte == b'\n');
    let mut line = halves.next().unwrap_or_default();
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    (line, halves.next().unwrap_or_default())
}

fn is_continuation(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

/// Whether the line after a line of blanks still belongs to the header (RFC 5322 section 4.2 allows such folding).
fn header_goes_on(rest: &[u8]) -> bool {
    let mut rest = rest;
    for _ in 0..HEADER_BLANK_LINES {
        let (line, after) = split_line(rest);
        if !is_continuation(line) {
            return field_start(line).is_some();
        }
        if !line.trim_ascii().is_empty() {
            return true;
        }
        rest = after;
    }
    false
}

/// The lower-case name and the value, where the line begins a field. Blanks before the colon are obsolete syntax
/// (RFC 5322 section 4.5) that old systems still write.
fn field_start(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    Some((name, value.strip_prefix(b":").unwrap_or(value)))
}
