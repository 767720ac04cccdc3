//! A receipt as the customer's phone shows it, in plain text for the terminal.

use karamail_core::address::is_blank;
use karamail_core::limits::DEMO_PHONE_LINES;
use karamail_core::words::{Language, demo as words};
use unicode_width::UnicodeWidthChar;

use super::{PhoneLetter, SentMail};

/// Columns between the frame's sides: with the frame it fits a terminal of 80 columns with room for a margin.
const COLUMNS: usize = 56;

/// The mail in a frame: sender, recipient, subject and text, decoded; lines ended by LF.
///
/// A Japanese character takes two columns. Control and formatting characters are left out, so that a mail cannot
/// steer the terminal.
pub fn render_phone(mail: &SentMail, language: Language) -> String {
    let letter = PhoneLetter::read(mail);
    let headers = [
        (words::phone_from(language), letter.from),
        (words::phone_to(language), letter.to),
        (words::phone_subject(language), letter.subject),
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
    let lines: Vec<String> = letter
        .body
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

/// The text cut into lines of at most `limit` columns; at least one, even where it is empty. Words stay whole where they
/// fit a line; Japanese is cut anywhere.
fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let shown = text
        .chars()
        .map(|character| if character == '\t' { ' ' } else { character });
    let shown: String = shown
        .filter(|&character| is_space(character) || !is_blank(character))
        .collect();
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(&shown) {
        if used > 0 && used + columns(piece) > limit {
            lines.push(String::new());
            used = 0;
            // The blank at which a line ends is not shown on the next one.
            if piece.starts_with(is_space) {
                continue;
            }
        }
        for character in piece.chars() {
            let Some(width) = character.width() else { continue };
            // A word longer than a line.
            if used + width > limit {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
            used += width;
        }
    }
    lines
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\u{3000}')
}

/// What a line may be cut between: a blank, a wide character, or a word of narrow ones.
fn pieces(text: &str) -> Vec<&str> {
    let stands_alone = |character: char| is_space(character) || character.width() == Some(2);
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if stands_alone(first) {
            first.len_utf8()
        } else {
            rest.find(stands_alone).unwrap_or(rest.len())
        };
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    pieces
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
    fn an_english_word_is_not_broken_where_it_fits_a_line() {
        let text =
            "Please ask our staff for the membership form and write this extraordinarily number on it.";
        let picture = render("Subject: x", text);
        for word in text.split(' ') {
            assert!(picture.contains(word), "{word:?} is broken:\n{picture}");
        }
        let lines = wrapped(text, COLUMNS);
        assert!(
            lines
                .iter()
                .all(|line| !line.starts_with(' ') && columns(line) <= COLUMNS)
        );
        assert_eq!(
            wrapped(&"x".repeat(120), 50).len(),
            3,
            "a word longer than a line is cut"
        );
        assert_eq!(wrapped("受付abc", 5), ["受付", "abc"]);
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
