//! A receipt as the customer's phone shows it, in plain text for the terminal.

use karamail_core::address::{EmailAddress, is_blank};
use karamail_core::limits::DEMO_PHONE_LINES;
use karamail_core::words::{Language, demo as words};
use mail_parser::{Address, MessageParser};
use unicode_width::UnicodeWidthChar;

use super::SentMail;

/// Columns between the frame's sides: with the frame it fits a terminal of 80 columns with room for a margin.
const COLUMNS: usize = 56;

/// The mail in a frame: sender, recipient, subject and text, decoded; lines ended by LF.
///
/// A Japanese character takes two columns. Control and formatting characters are left out, so that a mail cannot
/// steer the terminal.
pub fn render_phone(mail: &SentMail, language: Language) -> String {
    let message = MessageParser::default().parse(&mail.bytes);
    let message = message.as_ref();
    let from = message.and_then(|message| message.from());
    let to = message.and_then(|message| message.to());
    let subject = message.and_then(|message| message.subject()).unwrap_or_default();
    let body = message
        .and_then(|message| message.body_text(0))
        .unwrap_or_default();

    let headers = [
        (words::phone_from(language), people(from)),
        (words::phone_to(language), people(to)),
        (words::phone_subject(language), subject.to_owned()),
    ];
    let label_columns = headers.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    let mut picture = frame('┌', '┐');
    for (label, value) in &headers {
        let mut label = padded(label, label_columns);
        for part in wrapped(value, COLUMNS - label_columns - 2) {
            picture.push_str(&row(&format!("{label}  {part}")));
            label = padded("", label_columns);
        }
    }
    picture.push_str(&frame('├', '┤'));
    let lines: Vec<String> = body
        .trim_end()
        .lines()
        .flat_map(|line| wrapped(line, COLUMNS))
        .collect();
    for line in lines.iter().take(DEMO_PHONE_LINES) {
        picture.push_str(&row(line));
    }
    if let Some(more @ 1..) = lines.len().checked_sub(DEMO_PHONE_LINES) {
        picture.push_str(&row(&words::phone_more_lines(language, more)));
    }
    picture.push_str(&frame('└', '┘'));
    picture
}

/// `Name <address>` for each, with addresses as the customer would write them.
fn people(people: Option<&Address<'_>>) -> String {
    let person = |person: &mail_parser::Addr<'_>| {
        let (name, address) = (
            person.name().unwrap_or_default(),
            person.address().unwrap_or_default(),
        );
        // The parser takes the quoted local part of `"a..b"@docomo.ne.jp` outside angle brackets for a name.
        if address.starts_with('@') {
            return format!("{name}{address}");
        }
        let plain = EmailAddress::parse(address).map_or(address.to_owned(), |address| address.to_string());
        match name {
            "" => plain,
            name => format!("{name} <{plain}>"),
        }
    };
    let people = people.into_iter().flat_map(Address::iter).map(person);
    people.collect::<Vec<_>>().join(", ")
}

fn frame(left: char, right: char) -> String {
    format!("{left}{}{right}\n", "─".repeat(COLUMNS + 2))
}

fn row(text: &str) -> String {
    format!("│ {} │\n", padded(text, COLUMNS))
}

fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(columns(text))))
}

fn columns(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// The text cut into lines of at most `limit` columns; at least one, even where it is empty.
fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let shown = text
        .chars()
        .map(|character| if character == '\t' { ' ' } else { character });
    let shown = shown.filter(|&character| matches!(character, ' ' | '\u{3000}') || !is_blank(character));
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in shown {
        let Some(width) = character.width() else { continue };
        if used + width > limit {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
        used += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(header: &str, body: &str) -> String {
        let mail = SentMail {
            from: String::new(),
            to: vec![],
            bytes: format!("{header}\r\n\r\n{body}").into_bytes(),
        };
        render_phone(&mail, Language::Japanese)
    }

    #[test]
    fn every_row_of_the_phone_is_as_wide_as_the_frame() {
        let long = "受付番号は 1 番です。".repeat(9);
        let picture = render(
            "From: =?UTF-8?B?44Gr44GT44Gr44GT5bqX?= <touroku@karamail.example>\r\n\
             To: \"tanaka..hanako\"@docomo.ne.jp\r\nSubject: =?UTF-8?B?5Y+X5LuY5a6M5LqG?=\r\n\
             Content-Type: text/plain; charset=utf-8",
            &format!("{long}\r\n\r\nabc\r\n"),
        );
        for line in picture.lines() {
            assert_eq!(columns(line), COLUMNS + 4, "{line}");
        }
        assert!(
            picture.contains("差出人  にこにこ店 <touroku@karamail.example>"),
            "{picture}"
        );
        assert!(
            picture.contains("宛先    tanaka..hanako@docomo.ne.jp"),
            "{picture}"
        );
        assert!(picture.contains("件名    受付完了"), "{picture}");
        assert!(picture.contains("受付番号は 1 番です。"), "{picture}");
    }

    #[test]
    fn a_mail_cannot_steer_the_terminal() {
        let picture = render("Subject: a\x1b[2Jb\u{202e}c", "x\x07\x1b]0;title\x07y\u{200b}");
        assert!(
            !picture.contains(|c: char| c != '\n' && c != ' ' && is_blank(c)),
            "{picture:?}"
        );
    }

    #[test]
    fn a_long_or_broken_mail_still_fits_the_phone() {
        assert!(render("Subject: x", &"line\r\n".repeat(1_000)).lines().count() < DEMO_PHONE_LINES + 10);
        let broken = SentMail {
            from: String::new(),
            to: vec![],
            bytes: vec![0xff, 0, b'\r'],
        };
        assert!(render_phone(&broken, Language::English).starts_with('┌'));
    }
}
