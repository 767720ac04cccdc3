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
