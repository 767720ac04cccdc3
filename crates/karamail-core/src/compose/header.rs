//! Header fields in pure ASCII: encoded words, quoted strings, folding. Whatever the values hold, a field is one field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::address::EmailAddress;
use crate::compose::clean;
use crate::limits::{DISPLAY_NAME_CHARACTERS, SUBJECT_CHARACTERS};

/// Longest line with an encoded word, RFC 2047 section 2, and the length lines are folded at.
const LINE: usize = 76;
const WORD_OPENS: &str = "=?utf-8?B?";
const WORD_CLOSES: &str = "?=";
/// Longest encoded word, RFC 2047 section 2.
const WORD: usize = 75;

/// The header of a mail under construction.
pub(super) struct Header(String);

impl Header {
    pub(super) fn new() -> Self {
        Header(String::with_capacity(1024))
    }

    /// A field whose value is ours and ASCII by construction. Anything else in it becomes `?`, so that a slip can
    /// never add a field.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push(':');
        if !value.is_empty() {
            self.0.push(' ');
        }
        self.0.extend(
            value
                .chars()
                .map(|c| if matches!(c, ' '..='~') { c } else { '?' }),
        );
        self.0.push_str("\r\n");
    }

    /// A field of free text (RFC 5322 section 2.2.1), cleaned to one line and bounded.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        let value = clean::one_line(value, SUBJECT_CHARACTERS);
        let fits = name.len() + 2 + value.len() <= LINE;
        if value.is_ascii() && fits && !value.contains("=?") {
            return self.plain(name, &value);
        }
        self.0.push_str(name);
        self.0.push_str(": ");
        self.encoded_words(&value, name.len() + 2);
        self.0.push_str("\r\n");
    }

    /// A field with one address (RFC 5322 section 3.4).
    ///
    /// A local part that is not ASCII cannot stand in an ASCII header at all; it is shown as an empty group named by
    /// the address, the form that RFC 6857 section 3.1 gives such headers. The envelope carries the true one.
    pub(super) fn address(&mut self, name: &str, display_name: &str, address: &EmailAddress) {
        self.0.push_str(name);
        self.0.push_str(": ");
        let used = name.len() + 2;
        if !address.is_ascii() {
            self.encoded_words(&address.to_string(), used);
            self.0.push_str("\r\n :;\r\n");
            return;
        }
        let display_name = clean::one_line(display_name, DISPLAY_NAME_CHARACTERS);
        let address = written(address);
        if display_name.is_empty() {
            self.0.push_str(&address);
        } else {
            let used = self.phrase(&display_name, used);
            let fits = used + 3 + address.len() <= LINE;
            self.0.push_str(if fits { " <" } else { "\r\n <" });
            self.0.push_str(&address);
            self.0.push('>');
        }
        self.0.push_str("\r\n");
    }

    /// The header with the empty line that ends it.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.push_str("\r\n");
        self.0.into_bytes()
    }

    /// A display name as a quoted string or as encoded words; returns the length of the last line.
    fn phrase(&mut self, text: &str, used: usize) -> usize {
        let is_quotable = text.bytes().all(|b| matches!(b, b' '..=b'~')) && !text.contains("=?");
        if !is_quotable || used + text.len() + 2 > LINE {
            return self.encoded_words(text, used);
        }
        let before = self.0.len();
        self.0.push('"');
        for character in text.chars() {
            if matches!(character, '"' | '\\') {
                self.0.push('\\');
            }
            self.0.push(character);
        }
        self.0.push('"');
        used + self.0.len() - before
    }

    /// Encoded words in Base64, each of whole characters (RFC 2047 section 5), one a line; returns the length of the
    /// last line.
    fn encoded_words(&mut self, text: &str, used: usize) -> usize {
        let room = |line_used: usize| {
            let word = WORD.min(LINE - line_used.min(LINE / 2)) - WORD_OPENS.len() - WORD_CLOSES.len();
            word / 4 * 3
        };
        let mut used = used;
        let mut word = String::new();
        let mut first = true;
        for character in text.chars() {
            if word.len() + character.len_utf8() > room(used) {
                used = self.encoded_word(&word, used, first);
                (first, used) = (false, if first { 1 } else { used.min(1) });
                word.clear();
            }
            word.push(character);
        }
        self.encoded_word(&word, used, first)
    }

    fn encoded_word(&mut self, text: &str, used: usize, first: bool) -> usize {
        if !first {
            self.0.push_str("\r\n ");
        }
        let before = self.0.len();
        self.0.push_str(WORD_OPENS);
        STANDARD.encode_string(text, &mut self.0);
        self.0.push_str(WORD_CLOSES);
        used + self.0.len() - before
    }
}

/// As in the envelope. But what looks like an encoded word is quoted: readers decode those also where RFC 2047 section 5
/// has none, yet not between quotes, and the address would be another one.
fn written(address: &EmailAddress) -> String {
    let envelope = address.to_envelope();
    match address.local().contains("=?") && !envelope.starts_with('"') {
        true => format!("\"{}\"@{}", address.local(), address.domain()),
        false => envelope,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> String {
        let mut header = Header::new();
        header.text("Subject", value);
        header.0
    }

    #[test]
    fn short_ascii_stands_as_it_is_and_all_else_is_encoded() {
        assert_eq!(text("Receipt 12"), "Subject: Receipt 12\r\n");
        assert_eq!(text(""), "Subject:\r\n");
        assert_eq!(text("受付"), "Subject: =?utf-8?B?5Y+X5LuY?=\r\n");
        assert!(
            text("=?utf-8?Q?x?=").starts_with("Subject: =?utf-8?B?"),
            "what looks encoded is encoded again"
        );
    }

    #[test]
    fn long_text_is_split_between_characters_and_lines_stay_short() {
        for length in 1..200 {
            let written = text(&"受😀".repeat(length).chars().take(length).collect::<String>());
            for line in written.split("\r\n").filter(|line| !line.is_empty()) {
                assert!(line.len() <= LINE, "{line}");
                let word = line.trim_start_matches("Subject:").trim();
                let bytes = STANDARD
                    .decode(
                        word.strip_prefix(WORD_OPENS)
                            .unwrap()
                            .strip_suffix(WORD_CLOSES)
                            .unwrap(),
                    )
                    .unwrap();
                assert!(String::from_utf8(bytes).is_ok(), "{line}");
            }
        }
    }

    #[test]
    fn a_plain_field_cannot_become_two() {
        let mut header = Header::new();
        header.plain("X-Loop", "a\r\nBcc: é");
        assert_eq!(header.0, "X-Loop: a??Bcc: ?\r\n");
    }
}
