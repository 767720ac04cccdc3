//! One answer of an SMTP server, read from its bytes (RFC 5321 section 4.2).

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub(super) code: u16,
    /// The text of each line without its code; bytes that are not UTF-8 show as U+FFFD.
    pub(super) lines: Vec<String>,
}

/// What the bytes heard so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The answer has more lines to come.
    Incomplete,
    /// Whole, with the number of bytes behind it that nobody asked for.
    Whole(Reply, usize),
    /// No answer in the sense of the protocol.
    Nonsense,
}

impl Reply {
    /// Reads an answer. Bare LF is taken for a line end, as servers do send it.
    pub(super) fn read(bytes: &[u8]) -> Heard {
        let mut lines = Vec::new();
        let mut rest = bytes;
        loop {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return Heard::Incomplete;
            };
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let Some((code, text)) = line
                .split_at_checked(3)
                .and_then(|(digits, text)| Some((code(digits)?, text)))
            else {
                return Heard::Nonsense;
            };
            let (is_last, text) = match text {
                [b'-', text @ ..] => (false, text),
                [b' ', text @ ..] => (true, text),
                [] => (true, text),
                _ => return Heard::Nonsense,
            };
            lines.push(String::from_utf8_lossy(text).into_owned());
            if is_last {
                return Heard::Whole(Reply { code, lines }, rest.len());
            }
        }
    }

    /// Reads the answer behind `before` others, as they come to commands that were sent together.
    pub(super) fn read_behind(bytes: &[u8], before: usize) -> Heard {
        let mut rest = bytes;
        for _ in 0..before {
            match Reply::read(rest) {
                Heard::Whole(_, left) => rest = rest.get(rest.len() - left..).unwrap_or_default(),
                other => return other,
            }
        }
        Reply::read(rest)
    }

    /// The lines joined by blanks; an enhanced code repeated on each line stays on the first alone.
    pub(super) fn text(&self) -> String {
        let code = self
            .lines
            .first()
            .and_then(|line| line.split(' ').next())
            .unwrap_or_default();
        let is_enhanced = karamail_core::delivery::EnhancedCode::parse(code).is_some();
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            let again = (index > 0 && is_enhanced)
                .then(|| line.strip_prefix(code))
                .flatten();
            text.push_str(again.map_or(line.as_str(), str::trim_start));
        }
        text
    }

    /// 2yz.
    pub(super) fn is_success(&self) -> bool {
        self.code / 100 == 2
    }
}

fn code(digits: &[u8]) -> Option<u16> {
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (200..600).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(u16, &str, usize)>) {
        let heard = match Reply::read(bytes) {
            Heard::Whole(reply, rest) => Some((reply.code, reply.text(), rest)),
            Heard::Incomplete | Heard::Nonsense => None,
        };
        let heard = heard
            .as_ref()
            .map(|(code, text, rest)| (*code, text.as_str(), *rest));
        assert_eq!(heard, expected, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn answers_are_read_as_servers_write_them() {
        check(b"250 ok\r\n", Some((250, "ok", 0)));
        check(b"250\r\n", Some((250, "", 0)));
        check(b"250 ok\n", Some((250, "ok", 0)));
        check(
            b"550-5.1.1 no such\r\n550 5.1.1 user\r\n",
            Some((550, "5.1.1 no such user", 0)),
        );
        check(b"571 odd code\r\n", Some((571, "odd code", 0)));
        check(
            b"550 \x88\xb6\x90\xe6\r\n",
            Some((550, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}", 0)),
        );
        check(b"250 ok\r\n421 bye\r\n", Some((250, "ok", 9)));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        assert_eq!(Reply::read(b"250-a\r\n250 b"), Heard::Incomplete);
        for bytes in [
            b"HTTP/1.0 400\r\n".as_slice(),
            b"25\r\n",
            b"2500 x\r\n",
            b"999 x\r\n",
            b"+OK\r\n",
            b"\r\n",
        ] {
            assert_eq!(Reply::read(bytes), Heard::Nonsense);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reading(bytes in "([25]50[- ][a-z.]{0,9}\r?\n|\\PC{0,9}|[0-9\r\n -]{0,9}){0,6}") {
            if let Heard::Whole(reply, rest) = Reply::read(bytes.as_bytes()) {
                proptest::prop_assert!(rest < bytes.len());
                proptest::prop_assert!(!reply.lines.is_empty());
            }
        }
    }
}
