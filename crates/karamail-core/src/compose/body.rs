//! Transfer encodings of RFC 2045 for text and for attachments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest encoded line, RFC 2045 sections 6.7 and 6.8.
const LINE: usize = 76;
/// Bytes that make one Base64 line of 76.
const LINE_SOURCE: usize = 57;

/// A text (LF line ends) encoded for the wire.
pub(super) struct EncodedText {
    /// The value of Content-Transfer-Encoding.
    pub(super) encoding: &'static str,
    /// ASCII, CRLF, ends with a line end.
    pub(super) bytes: Vec<u8>,
}

/// Encodes a text in quoted-printable or Base64, whichever is shorter. Japanese becomes Base64, English stays legible.
pub(super) fn encode_text(text: &str) -> EncodedText {
    let quoted = quoted_printable(text);
    let source = text.replace('\n', "\r\n");
    if quoted.len() <= base64_length(source.len()) {
        EncodedText {
            encoding: "quoted-printable",
            bytes: quoted,
        }
    } else {
        let mut bytes = Vec::new();
        base64_lines(source.as_bytes(), &mut bytes);
        EncodedText {
            encoding: "base64",
            bytes,
        }
    }
}

/// Bytes that [`base64_lines`] makes of `length` bytes.
pub(super) fn base64_length(length: usize) -> usize {
    length.div_ceil(3) * 4 + length.div_ceil(LINE_SOURCE) * 2
}

/// Base64 in lines of 76 with CRLF.
pub(super) fn base64_lines(bytes: &[u8], into: &mut Vec<u8>) {
    into.reserve(base64_length(bytes.len()));
    let mut line = String::with_capacity(LINE + 2);
    for chunk in bytes.chunks(LINE_SOURCE) {
        line.clear();
        STANDARD.encode_string(chunk, &mut line);
        line.push_str("\r\n");
        into.extend_from_slice(line.as_bytes());
    }
}

/// RFC 2045 section 6.7; a text without a final line end keeps none (a soft line break is never put at the end).
fn quoted_printable(text: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len() + text.len() / 8);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            encoded.extend_from_slice(b"\r\n");
        }
        quoted_printable_line(line.as_bytes(), &mut encoded);
    }
    encoded
}

fn quoted_printable_line(line: &[u8], encoded: &mut Vec<u8>) {
    let mut column = 0;
    for (index, &byte) in line.iter().enumerate() {
        let is_last = index + 1 == line.len();
        let is_literal = match byte {
            b' ' | b'\t' => !is_last,
            b'=' => false,
            // A dot or "From " at the start of a line is what old relays damage.
            b'.' | b'F' => column > 0,
            33..=126 => true,
            _ => false,
        };
        let width = if is_literal { 1 } else { 3 };
        // The last place of a line is kept for the "=" of a soft line break.
        if column + width > LINE - 1 {
            encoded.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if is_literal {
            encoded.push(byte);
        } else {
            encoded.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
        column += width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_is_base64_and_english_is_legible() {
        assert_eq!(encode_text("受付番号 1 です。\n").encoding, "base64");
        let english = encode_text("Your number is 1.\n-- \nShop=1\n");
        assert_eq!(english.encoding, "quoted-printable");
        assert_eq!(
            String::from_utf8(english.bytes).unwrap(),
            "Your number is 1.\r\n--=20\r\nShop=3D1\r\n"
        );
    }

    #[test]
    fn encoded_lines_are_76_at_most() {
        for length in 70..80 {
            for text in [
                "a".repeat(length),
                "é".repeat(length),
                " ".repeat(length),
                ".".repeat(length),
            ] {
                for line in String::from_utf8(quoted_printable(&text)).unwrap().split("\r\n") {
                    assert!(line.len() <= LINE, "{line}");
                }
            }
        }
        let mut lines = Vec::new();
        base64_lines(&[7; 1000], &mut lines);
        assert_eq!(lines.len(), base64_length(1000));
        assert!(lines.ends_with(b"\r\n"));
    }
}
