//! The parts of a whole mail: MIME (RFC 2045, RFC 2046) as far as delivery reports need it.
//!
//! Bounded in depth and count. What is cut off or has no closing boundary is read as far as it goes; nothing fails.

use super::header::HeaderBlock;
use super::structured::{split_outside_quotes, unquoted};
use super::text;
use crate::limits::{MIME_DEPTH, MIME_PARTS};

/// A part that holds no further parts.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// The media type in lower case, such as `text/plain`.
    pub(crate) media: String,
    charset: String,
    /// The content, transfer encoding undone.
    pub(crate) body: Vec<u8>,
}

impl Leaf {
    /// The content as text, in the charset it names or the one it really is in.
    pub(crate) fn text(&self) -> String {
        text::from_charset(&self.charset, &self.body)
    }
}

/// The leaves of a mail, in order.
pub(crate) fn leaves(mail: &[u8]) -> Vec<Leaf> {
    let mut found = Vec::new();
    let (header, body) = HeaderBlock::split(mail);
    walk(&header, body, 0, &mut found);
    found
}

fn walk(header: &HeaderBlock, body: &[u8], depth: usize, found: &mut Vec<Leaf>) {
    if found.len() >= MIME_PARTS {
        return;
    }
    let content = ContentType::of(header);
    if content.media.starts_with("multipart/")
        && depth < MIME_DEPTH
        && let Some(boundary) = &content.boundary
    {
        for part in split_at(body, boundary.as_bytes()) {
            let (header, body) = split_part(part);
            walk(&header, body, depth + 1, found);
        }
        return;
    }
    let encoding = value(header, "content-transfer-encoding").unwrap_or_default();
    let encoding = encoding.trim().to_ascii_lowercase();
    found.push(Leaf {
        media: content.media,
        charset: content.charset,
        body: match encoding.as_str() {
            "base64" => text::from_base64(&String::from_utf8_lossy(body)),
            "quoted-printable" => from_quoted_printable(body),
            _ => body.to_vec(),
        },
    });
}

/// A part may have no header at all: then it begins with an empty line.
fn split_part(part: &[u8]) -> (HeaderBlock, &[u8]) {
    let headless = part.strip_prefix(b"\r\n").or_else(|| part.strip_prefix(b"\n"));
    match headless {
        Some(body) => (HeaderBlock::default(), body),
        None => HeaderBlock::split(part),
    }
}

struct ContentType {
    media: String,
    charset: String,
    boundary: Option<String>,
}

impl ContentType {
    fn of(header: &HeaderBlock) -> ContentType {
        let written = value(header, "content-type").unwrap_or_default();
        let mut parts = split_outside_quotes(written, ';').into_iter();
        let media = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let parameters: Vec<(String, String)> = parts
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), unquoted(value.trim())))
            .collect();
        let parameter = |wanted: &str| {
            let found = parameters.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone())
        };
        ContentType {
            media: if media.contains('/') {
                media
            } else {
                "text/plain".to_owned()
            },
            charset: parameter("charset").unwrap_or_default(),
            boundary: parameter("boundary").filter(|boundary| !boundary.is_empty()),
        }
    }
}

fn value<'a>(header: &'a HeaderBlock, name: &str) -> Option<&'a str> {
    let field = header.fields.iter().find(|field| field.name == name)?;
    Some(field.value.as_str())
}

/// What lies between the boundary lines; the preamble and what follows the closing one are dropped.
fn split_at<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let next = at + line.len();
        let inner = line
            .trim_ascii_end()
            .strip_prefix(b"--")
            .and_then(|rest| rest.strip_prefix(boundary));
        if let Some(rest @ (b"" | b"--")) = inner {
            if let Some(start) = start.take() {
                parts.extend(body.get(start..at));
            }
            if rest == b"--" || parts.len() >= MIME_PARTS {
                return parts;
            }
            start = Some(next);
        }
        at = next;
    }
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}

/// RFC 2045 section 6.7; a stray `=` stands for itself.
fn from_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            bytes.push(byte);
            continue;
        }
        match after {
            [b'\r', b'\n', after @ ..] | [b'\n', after @ ..] => rest = after,
            [high, low, after @ ..] => match (text::hex(*high), text::hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &str, expected: &[(&str, &str)]) {
        for mail in [mail.to_owned(), mail.replace('\n', "\r\n")] {
            let found = leaves(mail.as_bytes());
            let found: Vec<(&str, String)> = found
                .iter()
                .map(|leaf| (leaf.media.as_str(), leaf.text().trim().replace("\r\n", "\n")))
                .collect();
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(media, text)| (*media, text.as_str()))
                .collect();
            assert_eq!(found, expected, "{mail:?}");
        }
    }

    #[test]
    fn a_mail_is_taken_apart_however_it_was_put_together() {
        check("Subject: x\n\nhello\n", &[("text/plain", "hello")]);
        check(
            "Content-Type: multipart/report; boundary=\"a b\"\n\npreamble\n--a b\n\nfirst: x\n--a b\nContent-Type: \
             message/delivery-status\n\nStatus: 5.1.1\n--a b--\nafter\n",
            &[
                ("text/plain", "first: x"),
                ("message/delivery-status", "Status: 5.1.1"),
            ],
        );
        // Nested, and cut off before any closing boundary.
        check(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n\
             one\n--b\nContent-Type: text/html\n\n<p>two\n",
            &[("text/plain", "one"), ("text/html", "<p>two")],
        );
    }

    #[test]
    fn transfer_encodings_and_charsets_are_undone() {
        check(
            "Content-Type: text/plain; charset=ISO-2022-JP\nContent-Transfer-Encoding: base64\n\nGyRCMDhA\naBsoQg==\n",
            &[("text/plain", "宛先")],
        );
        check(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=E5=AE=9B=\n\
             =E5=85=88 =3D =zz=\n",
            &[("text/plain", "宛先 = =zz")],
        );
    }
}
