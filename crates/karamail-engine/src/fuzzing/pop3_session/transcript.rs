//! A second reader of what a POP3 server said: line by line, with all of it there. Slow, and easy to see through.

use crate::pop3::scripted::Script;

/// One command of the program, and what the server answered.
#[derive(Debug)]
pub(super) struct Reply {
    /// Without its line end.
    pub(super) command: String,
    /// +OK.
    pub(super) is_ok: bool,
    /// What followed, dot-stuffing taken off.
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The body up to and with its first empty line.
    pub(super) fn header(&self) -> &[u8] {
        let mut end = 0;
        for line in lines(&self.body) {
            end += line.len();
            if matches!(line, b"\n" | b"\r\n") {
                break;
            }
        }
        &self.body[..end]
    }

    /// The numbers of the mails that the lines of a listing name.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let number = |line: &[u8]| {
            // A line beyond all measure is cut; its number stands in front, unless it is all blanks.
            let line = &line[..line.len().min(2 * 1024)];
            let word = line.trim_ascii_start().split(u8::is_ascii_whitespace).next()?;
            let is_number = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
            // What is quoted is shortened: no mail has a number of hundreds of digits.
            let text = std::str::from_utf8(word)
                .ok()
                .filter(|text| is_number && text.len() <= 300)?;
            text.parse().ok().filter(|number| *number > 0)
        };
        lines(&self.body).filter_map(number).collect()
    }
}

pub(super) struct Transcript {
    script: Script,
    /// How much of what was read belongs to earlier commands.
    read: usize,
    /// The same of what was written.
    written: usize,
}

impl Transcript {
    /// From here on; `unread` bytes were read and belong to what comes now.
    pub(super) fn begin(script: &Script, unread: usize) -> Transcript {
        let tape = script.tape();
        Transcript {
            script: script.clone(),
            read: tape.read.len() - unread,
            written: tape.written.len(),
        }
    }

    /// The commands since the last call, all of which were answered.
    pub(super) fn go_on(&mut self) -> Vec<Reply> {
        let tape = self.script.tape();
        let commands = String::from_utf8(tape.written[self.written..].to_vec()).expect("commands are ASCII");
        self.written = tape.written.len();
        let mut rest = &tape.read[self.read..];
        let replies = commands
            .lines()
            .map(|command| reply(command, &mut rest))
            .collect();
        self.read = tape.read.len() - rest.len();
        replies
    }
}

fn reply(command: &str, rest: &mut &[u8]) -> Reply {
    let status = loop {
        let line = take_line(rest);
        // Empty lines between replies are nothing.
        if !matches!(line, b"\n" | b"\r\n") {
            break line;
        }
    };
    let is_ok = status
        .get(..3)
        .is_some_and(|sign| sign.eq_ignore_ascii_case(b"+OK"));
    let is_refused = status
        .get(..4)
        .is_some_and(|sign| sign.eq_ignore_ascii_case(b"-ERR"));
    assert!(is_ok || is_refused, "{command}: {}", status.escape_ascii());
    let verb = command.split(' ').next().unwrap_or_default();
    let mut body = Vec::new();
    if is_ok && matches!(verb, "LIST" | "UIDL" | "TOP" | "RETR") {
        // Lists take the end with any line end; a mail may hold a line of a dot alone that ends unlike the others.
        let takes_bare = matches!(verb, "LIST" | "UIDL") || !status.ends_with(b"\r\n");
        loop {
            let line = take_line(rest);
            match line {
                b".\r\n" => break,
                b".\n" if takes_bare => break,
                b".\n" => body.extend_from_slice(line),
                [b'.', stuffed @ ..] => body.extend_from_slice(stuffed),
                plain => body.extend_from_slice(plain),
            }
        }
    }
    Reply {
        command: command.to_owned(),
        is_ok,
        body,
    }
}

/// The next line with its line end. All of it has come: the program took the reply for complete.
fn take_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let line = lines(rest).next().unwrap_or_default();
    assert!(
        line.ends_with(b"\n"),
        "a reply is complete that did not come whole: {}",
        line.escape_ascii()
    );
    *rest = &rest[line.len()..];
    line
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}
