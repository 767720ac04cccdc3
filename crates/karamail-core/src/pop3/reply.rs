//! Replies on the wire: status lines, lists and dot-stuffed mails, however they are split over reads.

use memchr::{memchr, memmem};

use crate::limits::POP3_LINE_BYTES;

/// What follows a `+OK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    Single,
    /// Lines up to a line with a dot alone.
    Lines,
    /// A dot-stuffed mail up to a line with a dot alone.
    Body,
}

/// The next piece of a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A status line.
    Status(StatusKind, &'a [u8]),
    /// A line of a list, without its line end and without stuffing.
    Line(&'a [u8]),
    /// Some bytes of a mail, without stuffing, line ends as sent. Never empty.
    Body(&'a [u8]),
    /// The list or mail is complete.
    End,
}

/// How a status line begins. Its text is what follows, without blanks in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusKind {
    /// `+OK`
    Ok,
    /// `-ERR`
    Err,
    /// `+`, the continuation of an AUTH exchange (RFC 5034 section 4).
    Continue,
    /// No status line at all; the text is the whole line.
    Other,
}

/// Cuts the input into [`Token`]s; holds at most [`POP3_LINE_BYTES`] of an incomplete line.
#[derive(Debug)]
pub(super) struct Reader {
    state: State,
    partial: Vec<u8>,
    /// The partial line was handed out with the last token and is dropped at the next call.
    partial_is_spent: bool,
    /// The input so far ended in CR, kept or not.
    ends_in_return: bool,
    /// The last status line ended in a bare LF, so a terminator may too.
    bare_line_feeds: bool,
    stuffing: memmem::Finder<'static>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Status,
    Lines,
    Body(BodyState),
}

#[derive(Clone, Copy, Debug)]
enum BodyState {
    LineStart,
    /// A dot at the start of a line: stuffing, or the terminator.
    Dot,
    DotReturn,
    Middle,
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            state: State::Status,
            partial: Vec::new(),
            partial_is_spent: false,
            ends_in_return: false,
            bare_line_feeds: false,
            stuffing: memmem::Finder::new(b"\n."),
        }
    }

    /// Takes the next token off the front of `input`; None once it needs more than there is, with `input` used up.
    ///
    /// `shape` is what follows a `+OK` that is read by this call.
    pub(super) fn next<'t, 'i: 't>(&'t mut self, input: &mut &'i [u8], shape: Shape) -> Option<Token<'t>> {
        if std::mem::take(&mut self.partial_is_spent) {
            self.partial.clear();
        }
        match self.state {
            State::Status => self.status(input, shape),
            State::Lines => self.line(input),
            State::Body(state) => self.body(state, input),
        }
    }

    /// Forgets that a list is being read: the next line is a status line.
    pub(super) fn abandon_list(&mut self) {
        self.state = State::Status;
    }

    /// What came of a line that is not complete yet.
    pub(super) fn partial(&self) -> &[u8] {
        if self.partial_is_spent { &[] } else { &self.partial }
    }

    fn status<'t, 'i: 't>(&'t mut self, input: &mut &'i [u8], shape: Shape) -> Option<Token<'t>> {
        loop {
            let Some(end) = memchr(b'\n', input) else {
                self.keep(input);
                *input = &[];
                if self.partial.first().is_some_and(|first| is_binary(*first)) {
                    self.partial_is_spent = true;
                    return Some(Token::Status(StatusKind::Other, &self.partial));
                }
                return None;
            };
            let (line, rest) = input.split_at(end + 1);
            *input = rest;
            let bare = !(line.ends_with(b"\r\n") || line == b"\n" && self.ends_in_return);
            let is_empty = match self.partial.as_slice() {
                [] => without_line_end(line).is_empty(),
                partial => partial == b"\r" && line == b"\n",
            };
            if is_empty {
                self.partial.clear();
                continue;
            }
            let line = if self.partial.is_empty() {
                line
            } else {
                self.keep(line);
                self.partial_is_spent = true;
                self.partial.as_slice()
            };
            let (kind, text) = kind_of(without_line_end(line));
            self.bare_line_feeds = bare;
            if kind == StatusKind::Ok {
                self.state = match shape {
                    Shape::Single => State::Status,
                    Shape::Lines => State::Lines,
                    Shape::Body => State::Body(BodyState::LineStart),
                };
            }
            return Some(Token::Status(kind, text));
        }
    }

    fn line<'t, 'i: 't>(&'t mut self, input: &mut &'i [u8]) -> Option<Token<'t>> {
        let Some(end) = memchr(b'\n', input) else {
            self.keep(input);
            *input = &[];
            return None;
        };
        let (line, rest) = input.split_at(end + 1);
        *input = rest;
        let line = if self.partial.is_empty() {
            line
        } else {
            self.keep(line);
            self.partial_is_spent = true;
            self.partial.as_slice()
        };
        match without_line_end(line) {
            [b'.'] => {
                self.state = State::Status;
                Some(Token::End)
            }
            [b'.', stuffed @ ..] => Some(Token::Line(stuffed)),
            plain => Some(Token::Line(plain)),
        }
    }

    /// A line starts behind each LF, and a dot there is stuffing. The terminator itself needs its CR where the
    /// status line had one: a mail that holds LF `.` LF from a server that stuffs CRLF lines only is then not cut off.
    fn body<'a>(&mut self, mut state: BodyState, input: &mut &'a [u8]) -> Option<Token<'a>> {
        loop {
            let Some((&first, rest)) = input.split_first() else {
                self.state = State::Body(state);
                return None;
            };
            match (state, first) {
                (BodyState::LineStart, b'.') => {
                    *input = rest;
                    state = BodyState::Dot;
                }
                (BodyState::Dot, b'\r') => {
                    *input = rest;
                    state = BodyState::DotReturn;
                }
                (BodyState::DotReturn, b'\n') => {
                    *input = rest;
                    self.state = State::Status;
                    return Some(Token::End);
                }
                (BodyState::Dot, b'\n') if self.bare_line_feeds => {
                    *input = rest;
                    self.state = State::Status;
                    return Some(Token::End);
                }
                (BodyState::Dot, b'\n') => {
                    self.state = State::Body(BodyState::Middle);
                    return Some(Token::Body(b"."));
                }
                (BodyState::DotReturn, _) => {
                    self.state = State::Body(BodyState::Middle);
                    return Some(Token::Body(b"\r"));
                }
                (BodyState::LineStart | BodyState::Dot | BodyState::Middle, _) => {
                    return Some(self.body_bytes(input));
                }
            }
        }
    }

    fn body_bytes<'a>(&mut self, input: &mut &'a [u8]) -> Token<'a> {
        if let Some(at) = self.stuffing.find(input)
            && let Some((bytes, rest)) = input.split_at_checked(at + 1)
        {
            *input = rest.split_first().map_or(&[], |(_, rest)| rest);
            self.state = State::Body(BodyState::Dot);
            return Token::Body(bytes);
        }
        let bytes = std::mem::take(input);
        self.state = State::Body(if bytes.ends_with(b"\n") {
            BodyState::LineStart
        } else {
            BodyState::Middle
        });
        Token::Body(bytes)
    }

    /// Keeps `bytes` of a line up to the limit and a line end.
    fn keep(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.ends_in_return = *last == b'\r';
        }
        let room = (POP3_LINE_BYTES + 2).saturating_sub(self.partial.len());
        self.partial.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}

/// No text line begins so. A TLS alert does, and it brings no line end to wait for.
pub(super) fn is_binary(first: u8) -> bool {
    first.is_ascii_control() && !matches!(first, b'\r' | b'\n' | b'\t')
}

fn kind_of(line: &[u8]) -> (StatusKind, &[u8]) {
    let after = |prefix: &[u8]| {
        let (head, rest) = line.split_at_checked(prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then(|| rest.trim_ascii_start())
    };
    if let Some(text) = after(b"+OK") {
        (StatusKind::Ok, text)
    } else if let Some(text) = after(b"-ERR") {
        (StatusKind::Err, text)
    } else if line == b"+" {
        (StatusKind::Continue, &[])
    } else if let Some(text) = after(b"+ ") {
        (StatusKind::Continue, text)
    } else {
        (StatusKind::Other, line)
    }
}

/// The line's content, at most [`POP3_LINE_BYTES`] of it.
fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.get(..POP3_LINE_BYTES).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All tokens of `input`, cut in pieces as `cuts` says (then byte by byte), neighbouring bytes of a mail joined.
    fn tokens(input: &[u8], shapes: &[Shape], cuts: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut reader = Reader::new();
        let mut shapes = shapes.iter().copied().cycle();
        let mut shape = shapes.next().unwrap();
        let mut seen: Vec<String> = Vec::new();
        let mut body = Vec::new();
        let mut rest = input;
        let mut cuts = cuts.into_iter();
        while !rest.is_empty() {
            let (mut piece, behind) = rest.split_at(cuts.next().unwrap_or(1).clamp(1, rest.len()));
            rest = behind;
            while let Some(token) = reader.next(&mut piece, shape) {
                match token {
                    Token::Body(bytes) => {
                        assert!(!bytes.is_empty());
                        body.extend_from_slice(bytes);
                        continue;
                    }
                    Token::Status(kind, text) => {
                        seen.push(format!("{kind:?} {}", text.escape_ascii()));
                        if kind != StatusKind::Ok || shape == Shape::Single {
                            shape = shapes.next().unwrap();
                        }
                    }
                    Token::Line(line) => seen.push(format!("line {}", line.escape_ascii())),
                    Token::End => {
                        seen.push(format!("body {} end", std::mem::take(&mut body).escape_ascii()));
                        shape = shapes.next().unwrap();
                    }
                }
            }
            assert!(piece.is_empty(), "without a token everything is used up");
            assert!(
                reader.partial.capacity() <= 2 * (POP3_LINE_BYTES + 2),
                "memory is bounded"
            );
        }
        seen.push(format!("body {} open", body.escape_ascii()));
        seen
    }

    fn check_mail(wire: &[u8], mail: &str) {
        for size in [1, 2, 3, 7, usize::MAX] {
            let seen = tokens(wire, &[Shape::Body, Shape::Single], std::iter::repeat(size));
            let expected = [
                "Ok ".to_owned(),
                format!("body {mail} end"),
                "Ok bye".to_owned(),
                "body  open".to_owned(),
            ];
            assert_eq!(seen, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn dot_stuffing_is_taken_off_wherever_the_reads_cut() {
        check_mail(b"+OK\r\n.\r\n+OK bye\r\n", "");
        check_mail(b"+OK\r\na\r\n.\r\n+OK bye\r\n", r"a\r\n");
        check_mail(
            b"+OK\r\n..\r\n...\r\n..a\r\n.b\r\n.\r\n+OK bye\r\n",
            r".\r\n..\r\n.a\r\nb\r\n",
        );
        check_mail(b"+OK\r\na\r\n.\rb\r\n.\r\n+OK bye\r\n", r"a\r\n\rb\r\n");
        check_mail(
            b"+OK\r\na.\r\nb\0\xff.\r\n.\r\n+OK bye\r\n",
            r"a.\r\nb\x00\xff.\r\n",
        );
    }

    #[test]
    fn bare_line_feeds_in_a_mail_neither_end_it_early_nor_hide_its_end() {
        check_mail(b"+OK\r\na\n.\nb\r\n.\r\n+OK bye\r\n", r"a\n.\nb\r\n");
        check_mail(b"+OK\r\na\nb\n.\r\n+OK bye\r\n", r"a\nb\n");
        check_mail(b"+OK\na\n..b\n.\n+OK bye\n", r"a\n.b\n");
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_in_lists_and_passed_through_in_mails() {
        let long = "x".repeat(1 << 20);
        let wire = format!("+OK {long}\r\n{long}\r\n.\r\n");
        let kept = "x".repeat(POP3_LINE_BYTES);
        for size in [3, 1_000, usize::MAX] {
            let seen = tokens(wire.as_bytes(), &[Shape::Lines], std::iter::repeat(size));
            assert_eq!(seen[1], format!("line {kept}"), "in pieces of {size}");
        }
        check_mail(
            format!("+OK\r\n{long}\r\n.\r\n+OK bye\r\n").as_bytes(),
            &format!(r"{long}\r\n"),
        );
    }

    #[test]
    fn a_tls_alert_is_no_reply_and_is_not_waited_for() {
        let seen = tokens(b"\x15\x03\x01\x00\x02\x02\x46", &[Shape::Single], [7]);
        assert_eq!(seen[0], r"Other \x15\x03\x01\x00\x02\x02F");
    }

    /// Bytes that are likely to be near something that matters.
    fn pop3_like_bytes() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"+OK".to_vec()),
            Just(b"-ERR no".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b".".to_vec()),
            Just(b"\r\n.\r\n".to_vec()),
            Just(b"\n..\r\n".to_vec()),
            Just(vec![b'x'; POP3_LINE_BYTES - 1]),
            prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_split_of_any_bytes_gives_the_same_tokens(
            bytes in pop3_like_bytes(),
            cuts in prop::collection::vec(1..4000usize, 0..200),
            first in 0..3usize,
        ) {
            let mut shapes = [Shape::Body, Shape::Lines, Shape::Single];
            shapes.rotate_left(first);
            // A first byte that is binary ends the wait at once, so what is quoted of it depends on the split.
            prop_assume!(!bytes.iter().any(|byte| is_binary(*byte)));
            let whole = tokens(&bytes, &shapes, [bytes.len()]);
            prop_assert_eq!(&tokens(&bytes, &shapes, cuts), &whole);
            prop_assert_eq!(&tokens(&bytes, &shapes, []), &whole);
        }
    }
}
