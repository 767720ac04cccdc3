//! Printing: tables that line up with Japanese text, and text that cannot move the terminal's cursor.

use std::io::{self, Write};

use karamail_core::words::Language;
use karamail_engine::clock;
use karamail_engine::store::events::StoredEvent;
use unicode_width::UnicodeWidthStr;

/// A line on standard output. A closed pipe (`karamail results | head`) is no fault.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
}

/// Text on standard output as it is.
pub(crate) fn raw(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// One value as one line of JSON on standard output.
pub(crate) fn json_line(value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
    line(&serde_json::to_string(value)?);
    Ok(())
}

/// A line on standard error.
pub(crate) fn error_line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Text from outside made harmless for a terminal: no escape, no bidi mark, no line end.
pub(crate) fn harmless(text: &str) -> String {
    karamail_core::journal::harmless(text)
}

/// An event as it happens: the line of the monthly log, or JSON.
pub(crate) fn event(stored: &StoredEvent, language: Language, as_json: bool) {
    let event = &stored.event;
    if as_json {
        line(
            &serde_json::json!({
                "id": stored.id, "at": stored.at.to_string(), "kind": event.kind.as_str(), "mailbox": event.mailbox,
                "number": event.number, "address": event.address, "reason": event.reason, "detail": event.detail,
            })
            .to_string(),
        );
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
