//! Printing: tables that line up with Japanese text, and text that cannot move the terminal's cursor.

use std::io::{self, Write};

use karamail_core::journal::visible;
use karamail_core::words::Language;
use karamail_engine::clock;
use karamail_engine::store::events::StoredEvent;
use unicode_width::UnicodeWidthStr;

/// A line on standard output. A closed pipe (`karamail results | head`) is no fault.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", fit(text));
}

/// Lines on standard output, with their line ends.
pub(crate) fn raw(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(fit(text).as_bytes()).and_then(|()| out.flush());
}

/// One value as one line of JSON on standard output.
pub(crate) fn json_line(value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
    line(&json(value)?);
    Ok(())
}

/// A value as JSON in which nothing steers a terminal either: JSON leaves C1 controls and bidi marks as they are, and here they are
/// escaped, which reads back the same.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    let mut escaped = String::new();
    for character in serde_json::to_string(value)?.chars() {
        match u32::from(character) {
            code if visible(character) != character && code < 0x1_0000 => {
                escaped.push_str(&format!("\\u{code:04x}"));
            }
            _ => escaped.push(character),
        }
    }
    Ok(escaped)
}

/// A line on standard error.
pub(crate) fn error_line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", fit(text));
}

/// The last gate before a terminal: whatever stands in the text, and whoever forgot to clean it, nothing but a line end and a tab
/// moves the cursor.
fn fit(text: &str) -> String {
    let mut fit = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => fit.push(character),
            '\r' if characters.peek() == Some(&'\n') => fit.push(character),
            other => fit.push(visible(other)),
        }
    }
    fit
}

/// An address as a person is to read it: harmless, and with letters that look like others told from them.
pub(crate) fn address(text: &str) -> String {
    karamail_core::address::plainly(&harmless(text))
}

/// Text from outside made harmless for a terminal: no escape, no bidi mark, no line end.
pub(crate) fn harmless(text: &str) -> String {
    karamail_core::journal::harmless(text)
}

/// An event as it happens: the line of the monthly log, or JSON.
pub(crate) fn event(stored: &StoredEvent, language: Language, as_json: bool) {
    let event = &stored.event;
    if as_json {
        let told = json_line(&serde_json::json!({
            "id": stored.id, "at": stored.at.to_string(), "kind": event.kind.as_str(), "mailbox": event.mailbox,
            "number": event.number, "address": event.address, "reason": event.reason, "detail": event.detail,
        }));
        debug_assert!(told.is_ok(), "values of JSON are JSON");
    } else {
        line(&event.line(&clock::local(stored.at), language));
    }
}

/// Columns padded to their widest cell, where a full-width character takes two places.
pub(crate) fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_printed_steers_the_terminal() {
        let text = "a\u{1b}[2J\u{9b}31m\u{202e}b\rc\u{7f}\n\td\r\n";
        assert_eq!(fit(text), "a\u{fffd}[2J\u{fffd}31m\u{fffd}b c\u{fffd}\n\td\r\n");
        let told = json(&text).unwrap();
        assert_eq!(told, fit(&told), "nothing is left to be replaced: {told}");
        assert_eq!(serde_json::from_str::<String>(&told).unwrap(), text);
    }

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn columns_line_up_beside_japanese() {
        let text = table(
            &cells(&["番号", "状態"]),
            &[cells(&["1710", "送信済み"]), cells(&["2", "x"])],
        );
        assert_eq!(text, "番号  状態\n1710  送信済み\n2     x\n");
    }
}
