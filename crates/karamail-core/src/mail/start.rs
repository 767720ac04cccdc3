//! The readable text at the start of a mail's body, which nothing looks at but the search for a shop word.

use mail_parser::decoders::html::html_to_text;

use super::parts::leaves;

/// The text of the body in `bytes`: a whole mail, or the start of one (`TOP n k`). Parts in plain text or HTML, decoded;
/// empty where there is none.
///
/// Parts are taken apart by our own bounded reader: mail-parser keeps a mail in a mail in a mail as boxes in boxes, and dropping some
/// thousands of them overflows the stack, which ends the whole program.
pub fn body_text(bytes: &[u8]) -> String {
    // Every part, and not the one that a mail program would choose: the start of a mail may end in the middle of it.
    let mut text = String::new();
    for leaf in leaves(bytes) {
        match leaf.media.as_str() {
            "text/html" => text.push_str(&html_to_text(&leaf.text())),
            media if media.starts_with("text/") => text.push_str(&leaf.text()),
            _ => continue,
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &[u8], expected: &str) {
        for mail in [
            mail.to_vec(),
            String::from_utf8_lossy(mail).replace('\n', "\r\n").into_bytes(),
        ] {
            assert!(body_text(&mail).contains(expected), "{:?}", body_text(&mail));
        }
    }

    #[test]
    fn the_body_is_read_whatever_its_charset_and_parts() {
        check("From: a@b.jp\n\n合言葉\n".as_bytes(), "合言葉");
        check(
            b"From: a@b.jp\nContent-Type: text/plain; charset=ISO-2022-JP\n\n\x1b$B9g8@MU\x1b(B\n",
            "合言葉",
        );
        check(
            b"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n5ZCI6KiA6JGJ\n",
            "合言葉",
        );
        let attached = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n合言葉\n--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw";
        check(attached.as_bytes(), "合言葉");
        let cut = "Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/html; charset=utf-8\n\n<p>合<b>言</b>葉</p>";
        check(cut.as_bytes(), "合言葉");
        assert_eq!(body_text(b"").trim(), "");
        assert_eq!(body_text("Subject: 合言葉\n\n".as_bytes()).trim(), "");
    }
}
