//! Header text in Unicode: raw bytes in any charset, and encoded words (RFC 2047) as phones really write them.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::address::is_blank;
use crate::limits::HEADER_QUOTED_BYTES;

const ESCAPE: u8 = 0x1b;

/// Raw header bytes as text: ASCII, UTF-8, unencoded ISO-2022-JP, EUC-JP or Shift_JIS, whichever fits.
///
/// Text of the old charsets must become Unicode before anything looks for `<`, `"` or `@` in it: their second bytes
/// are often just these.
pub(super) fn from_raw(bytes: &[u8]) -> String {
    if bytes.contains(&ESCAPE) && bytes.is_ascii() {
        return from_iso_2022_jp(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // U+3000 alone is two bytes that several charsets read as different signs; the blank is what was meant.
    if let Some(blank) = blank_in_some_charset(bytes) {
        return blank;
    }
    for encoding in [EUC_JP, SHIFT_JIS] {
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        if !faulty {
            return text.into_owned();
        }
    }
    if bytes.contains(&ESCAPE) {
        return from_iso_2022_jp(bytes).0;
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Replaces the encoded words in `text` by what they stand for.
///
/// More is taken than RFC 2047 allows, because it is sent: words glued to each other or to plain text, a character
/// split between two words, blanks inside, padding in the middle, a missing `?=` at the end.
pub(super) fn decode_words(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut run: Option<Run> = None;
    let mut rest = text;
    while let Some((before, word)) = rest.split_once("=?") {
        let Some((word, after)) = EncodedWord::read(word) else {
            flush(&mut run, &mut decoded);
            decoded.push_str(before);
            decoded.push_str("=?");
            rest = word;
            continue;
        };
        // White space between two encoded words is part of the writing, not of the text (RFC 2047 section 6.2).
        let adjacent = run.is_some() && before.bytes().all(|byte| byte.is_ascii_whitespace());
        match &mut run {
            Some(run) if adjacent && run.charset.eq_ignore_ascii_case(word.charset) => {
                run.bytes.extend(word.bytes());
            }
            _ => {
                flush(&mut run, &mut decoded);
                if !adjacent {
                    decoded.push_str(before);
                }
                run = Some(Run {
                    charset: word.charset.to_owned(),
                    bytes: word.bytes(),
                });
            }
        }
        rest = after;
    }
    flush(&mut run, &mut decoded);
    decoded.push_str(rest);
    decoded
}

/// Length in bytes of the closed encoded word at the start of `text`.
pub(super) fn encoded_word(text: &str) -> Option<usize> {
    let near = text.get(..text.floor_char_boundary(HEADER_QUOTED_BYTES))?;
    let (word, after) = EncodedWord::read(near.strip_prefix("=?")?)?;
    let length = near.len() - after.len();
    let closed = near.get(..length)?.ends_with("?=");
    (closed && !word.payload.contains(['<', '>'])).then_some(length)
}

/// Neighbouring encoded words of one charset: a character may be split between them.
struct Run {
    charset: String,
    bytes: Vec<u8>,
}

fn flush(run: &mut Option<Run>, decoded: &mut String) {
    if let Some(run) = run.take() {
        decoded.push_str(&from_charset(&run.charset, &run.bytes));
    }
}

struct EncodedWord<'a> {
    charset: &'a str,
    base64: bool,
    payload: &'a str,
}

impl<'a> EncodedWord<'a> {
    /// Reads the word behind its `=?`, and gives what follows its `?=`.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let (charset, rest) = text.split_once('?')?;
        let (encoding, rest) = rest.split_once('?')?;
        let base64 = encoding.trim().eq_ignore_ascii_case("b");
        if charset.len() > 60 || charset.contains(['=', '<', '>', '@', '"']) {
            return None;
        }
        if !base64 && !encoding.trim().eq_ignore_ascii_case("q") {
            return None;
        }
        let near = rest
            .get(..rest.floor_char_boundary(HEADER_QUOTED_BYTES))
            .unwrap_or(rest);
        let closed = near.split_once("?=").map(|(payload, _)| payload);
        let (payload, after) = match closed.filter(|payload| !payload.contains("=?")) {
            Some(payload) => (payload, rest.get(payload.len() + 2..).unwrap_or_default()),
            // Cut off: the word ends at the next blank.
            None => {
                let blank = rest.find(char::is_whitespace);
                blank
                    .and_then(|end| rest.split_at_checked(end))
                    .unwrap_or((rest, ""))
            }
        };
        // RFC 2231 section 5: a language after an asterisk.
        let charset = charset.split_once('*').map_or(charset, |(charset, _)| charset);
        Some((
            EncodedWord {
                charset: charset.trim(),
                base64,
                payload,
            },
            after,
        ))
    }

    fn bytes(&self) -> Vec<u8> {
        if self.base64 {
            from_base64(self.payload)
        } else {
            from_q(self.payload)
        }
    }
}

/// Base64 that forgives: foreign characters are skipped, padding in the middle starts a new group.
pub(super) fn from_base64(payload: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in payload.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// The Q encoding of RFC 2047 section 4.2; a stray `=` stands for itself.
fn from_q(payload: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len());
    let mut rest = payload.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'_', _) => bytes.push(b' '),
            // A soft line break with nothing behind it.
            (b'=', []) => {}
            (b'=', [high, low, ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after.get(2..).unwrap_or_default();
                }
                _ => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
    }
    bytes
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// Bytes under a charset label, which may be missing, unknown or wrong.
pub(super) fn from_charset(label: &str, bytes: &[u8]) -> String {
    let label = label.to_ascii_lowercase();
    let encoding = encoding_for(&label);
    if encoding.is_none_or(Encoding::is_ascii_compatible)
        && let Some(blank) = blank_in_some_charset(bytes)
    {
        return blank;
    }
    if encoding == Some(ISO_2022_JP) && bytes.is_ascii() {
        let (text, faulty) = from_iso_2022_jp(bytes);
        if !faulty || bytes.contains(&ESCAPE) {
            return text;
        }
    }
    if bytes.is_ascii() && (bytes.contains(&ESCAPE) || encoding.is_none_or(Encoding::is_ascii_compatible)) {
        // UTF-7 is the one label under which plain ASCII bytes are not plain text.
        return match mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes()) {
            Some(decoder) if label.contains("utf-7") || label.contains("utf7") => decoder(bytes),
            _ => from_raw(bytes),
        };
    }
    if encoding == Some(UTF_16LE) || encoding == Some(UTF_16BE) {
        // `UTF-16` without a byte order mark is big-endian (RFC 2781 section 4.3).
        let default = if label.ends_with("le") { UTF_16LE } else { UTF_16BE };
        return default.decode(bytes).0.into_owned();
    }
    if let Some(encoding) = encoding
        && encoding != ISO_2022_JP
    {
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        if !faulty {
            return text.into_owned();
        }
    }
    from_raw(bytes)
}

fn encoding_for(label: &str) -> Option<&'static Encoding> {
    match label {
        // These promise seven bits; with the eighth set the label is wrong, and a guess is better.
        "" | "us-ascii" | "ascii" | "unknown-8bit" | "x-unknown" | "unknown" | "default_charset" => None,
        _ if label.contains("2022-jp") || label.contains("2022jp") || label.contains("5022") => {
            Some(ISO_2022_JP)
        }
        "jis" | "jis7" | "x-jis" => Some(ISO_2022_JP),
        _ if label.contains("sjis") || label.contains("shift") || label.contains("932") => Some(SHIFT_JIS),
        "windows-31j" | "ms_kanji" => Some(SHIFT_JIS),
        _ if label.contains("euc") && !label.contains("kr") && !label.contains("cn") => Some(EUC_JP),
        "cp51932" | "ujis" => Some(EUC_JP),
        _ if label.contains("utf") && label.contains('8') => Some(UTF_8),
        _ => Encoding::for_label(label.as_bytes()),
    }
}

/// The text, where the bytes are nothing but white space in one of the charsets phones use, whatever the label says
/// (0xA0 is the no-break space of the ISO-8859 family).
fn blank_in_some_charset(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&ESCAPE) && bytes.is_ascii() {
        let (text, _) = from_iso_2022_jp(bytes);
        return text.chars().all(is_blank).then_some(text);
    }
    if bytes.iter().all(|byte| matches!(byte, b'\t' | b' ' | 0xa0)) {
        return Some(" ".repeat(bytes.len()));
    }
    [UTF_8, EUC_JP, SHIFT_JIS].iter().find_map(|encoding| {
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        // Shift_JIS reads 0x80, the euro sign of Windows, as a control character.
        (!faulty && text.chars().all(|c| is_blank(c) && c != '\u{80}')).then(|| text.into_owned())
    })
}

/// ISO-2022-JP, and whether it was faulty.
///
/// The WHATWG decoder takes two escape sequences in a row as an attack and puts U+FFFD there. Phones write them: an
/// empty subject arrives as `ESC $ B ESC ( B`. So escape sequences that switch to what is never used are dropped first.
/// It does not take a blank among two-byte characters either; here that switches to ASCII for itself.
fn from_iso_2022_jp(bytes: &[u8]) -> (String, bool) {
    const ASCII: &[u8] = b"\x1b(B";
    let mut kept = Vec::with_capacity(bytes.len());
    // What the text has asked for, and what `kept` stands in.
    let (mut wanted, mut current) = (ASCII, ASCII);
    let mut second_byte = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some((sequence, after)) = escape_sequence(rest) {
            (wanted, second_byte) = (sequence, false);
            rest = after;
            continue;
        }
        let two_bytes = wanted.starts_with(b"\x1b$");
        let needed = if two_bytes && !second_byte && byte <= b' ' {
            ASCII
        } else {
            wanted
        };
        if needed != current {
            kept.extend_from_slice(needed);
            current = needed;
        }
        second_byte = two_bytes && needed == wanted && !second_byte;
        kept.push(byte);
        rest = after;
    }
    let (text, faulty) = ISO_2022_JP.decode_without_bom_handling(&kept);
    (text.into_owned(), faulty)
}

/// A designation at the start of `bytes`: `ESC ( x`, `ESC $ x`, `ESC $ ( x`.
fn escape_sequence(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = match bytes {
        [ESCAPE, b'$', b'(' | b')', _, ..] => 4,
        [ESCAPE, b'(' | b'$' | b'&' | b')', _, ..] => 3,
        // Cut off at the end of the text.
        [ESCAPE] | [ESCAPE, b'(' | b'$'] => bytes.len(),
        _ => return None,
    };
    bytes.split_at_checked(length)
}
