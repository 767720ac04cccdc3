//! The header block of a mail, taken from TOP or from the front of a RETR.

use memchr::memchr;

use crate::limits::POP3_HEADER_BYTES;

/// Keeps the bytes of a mail up to and with the empty line that ends its header, at most
/// [`POP3_HEADER_BYTES`], and drops the rest.
#[derive(Debug, Default)]
pub struct HeaderBlock {
    bytes: Vec<u8>,
    line: Line,
    cut: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Start,
    Return,
    Middle,
    HeaderOver,
}

impl HeaderBlock {
    /// An empty block.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the mail.
    pub fn push(&mut self, bytes: &[u8]) {
        let header = self.header_part(bytes);
        let room = POP3_HEADER_BYTES.saturating_sub(self.bytes.len());
        if header.len() > room {
            self.cut = true;
            self.line = Line::HeaderOver;
        }
        self.bytes.extend_from_slice(header.get(..room).unwrap_or(header));
    }

    /// The block, and whether it was cut off at the limit.
    pub fn finish(self) -> (Vec<u8>, bool) {
        (self.bytes, self.cut)
    }

    /// How many of `bytes` belong to the header; a line ends with LF, with or without CR.
    fn header_part<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let mut rest = bytes;
        while let Some((first, behind)) = rest.split_first() {
            match (self.line, first) {
                (Line::HeaderOver, _) => break,
                (Line::Start | Line::Return, b'\n') => {
                    self.line = Line::HeaderOver;
                    rest = behind;
                }
                (Line::Start, b'\r') => {
                    self.line = Line::Return;
                    rest = behind;
                }
                (Line::Start | Line::Return | Line::Middle, _) => {
                    let end = memchr(b'\n', rest);
                    self.line = if end.is_some() { Line::Start } else { Line::Middle };
                    rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or(&[]);
                }
            }
        }
        bytes.get(..bytes.len() - rest.len()).unwrap_or(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &[u8], expected: &[u8]) {
        for chunk in [1, 2, 3, usize::MAX] {
            let mut block = HeaderBlock::new();
            mail.chunks(chunk.min(mail.len().max(1)))
                .for_each(|part| block.push(part));
            assert_eq!(block.finish(), (expected.to_vec(), false), "in chunks of {chunk}");
        }
    }

    #[test]
    fn a_header_ends_at_the_first_empty_line_whatever_its_line_ends() {
        check(b"A: b\r\nC: d\r\n\r\nbody\r\n", b"A: b\r\nC: d\r\n\r\n");
        check(b"A: b\n\nbody\n\n", b"A: b\n\n");
        check(b"A: b\r\n\nbody", b"A: b\r\n\n");
        check(b"A: b\n\r\nbody", b"A: b\n\r\n");
        check(b"A: b\r\n", b"A: b\r\n");
        check(b"\r\nbody", b"\r\n");
        check(b"\rA: b\r\n\r\nbody", b"\rA: b\r\n\r\n");
        check(b"", b"");
    }

    #[test]
    fn an_endless_header_is_cut_and_flagged() {
        let mut block = HeaderBlock::new();
        for _ in 0..1_000 {
            block.push(&[b'x'; 10_000]);
        }
        let (bytes, cut) = block.finish();
        assert_eq!((bytes.len(), cut), (POP3_HEADER_BYTES, true));
    }
}
