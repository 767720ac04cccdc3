//! Lines of the log, made fit for the page: cut into their fields, what was looked for marked, what hides made visible.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use karamail_core::journal::EventKind;
use karamail_core::words::{Language, journal};
use karamail_engine::monthly_log::reader::{Line, Lines, Wanted};
use serde::Serialize;

use crate::text::shown;

/// Fields of a line that are told apart; our own lines have at most seven. The rest stands in the last one.
const FIELDS: usize = 8;

/// A line as the page has it.
#[derive(Serialize)]
pub(super) struct ShownLine {
    /// Its number, counted from 0.
    pub(super) number: u64,
    /// Its fields.
    pub(super) fields: Vec<Field>,
    /// `signup`, `trouble` or nothing: how it is tinted. The words say the same.
    pub(super) tone: &'static str,
    /// Whether it is one that a person wrote, and so has no time and no title.
    pub(super) is_note: bool,
    /// Whether it goes on in the file.
    pub(super) is_cut: bool,
}

/// Text that was not looked for and text that was, by turns.
#[derive(Serialize)]
pub(super) struct Field(pub(super) Vec<String>);

/// Lines for the script.
#[derive(Serialize)]
pub(super) struct ShownLines {
    pub(super) from: u64,
    pub(super) total: u64,
    pub(super) generation: String,
    pub(super) lines: Vec<ShownLine>,
}

impl ShownLines {
    pub(super) fn new(found: &Lines, wanted: Option<&Wanted>) -> ShownLines {
        let numbered = (found.from..).zip(&found.lines);
        ShownLines {
            from: found.from,
            total: found.total,
            generation: generation(found.generation),
            lines: numbered
                .map(|(number, line)| ShownLine::new(number, line, wanted))
                .collect(),
        }
    }
}

/// Scripts have no 64 bits in a number.
pub(super) fn generation(generation: u64) -> String {
    format!("{generation:016x}")
}

impl ShownLine {
    fn new(number: u64, line: &Line, wanted: Option<&Wanted>) -> ShownLine {
        let text = shown(&line.text);
        let places = wanted.map(|wanted| wanted.places_in(&text)).unwrap_or_default();
        let fields: Vec<Field> = fields(&text)
            .into_iter()
            .map(|field| Field(pieces(&text, field, &places)))
            .collect();
        let title = line.text.split('\t').nth(1);
        let is_note = title.is_none() || !is_time(&line.text);
        let tone = title.and_then(|title| TONES.get(title)).copied();
        ShownLine {
            number,
            fields,
            tone: tone.filter(|_| !is_note).unwrap_or_default(),
            is_note,
            is_cut: line.is_cut,
        }
    }
}

/// Whether a line begins with `2026-11-21 14:05:09` and a tab.
fn is_time(line: &str) -> bool {
    let pattern = b"0000-00-00 00:00:00\t";
    let is_like = |(byte, like): (u8, &u8)| match like {
        b'0' => byte.is_ascii_digit(),
        like => byte == *like,
    };
    line.len() >= pattern.len() && line.bytes().zip(pattern).all(is_like)
}

/// Where the fields of a line are.
fn fields(text: &str) -> Vec<Range<usize>> {
    let mut fields = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\t').take(FIELDS - 1) {
        fields.push(start..at);
        start = at + 1;
    }
    fields.push(start..text.len());
    fields
}

/// One field's text, by turns not looked for and looked for. A place may reach from one field into the next.
fn pieces(text: &str, field: Range<usize>, places: &[Range<usize>]) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut at = field.start;
    let mut push = |range: Range<usize>| {
        pieces.push(text.get(range).unwrap_or_default().replace('\t', " "));
    };
    for place in places {
        let (start, end) = (place.start.max(at), place.end.min(field.end));
        if start < end {
            push(at..start);
            push(start..end);
            at = end;
        }
    }
    push(at..field.end);
    pieces
}

/// What makes a line worth a look, by its title in either language.
static TONES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let trouble = [
        EventKind::DeletionRefused,
        EventKind::Held,
        EventKind::SendDelayed,
        EventKind::Refused,
        EventKind::Bounced,
        EventKind::MailboxFailing,
        EventKind::SendingFailing,
        EventKind::MailUnreadable,
        EventKind::Quarantined,
        EventKind::LimitReached,
        EventKind::UidlsChanged,
        EventKind::SettingsRefused,
    ];
    let kinds = trouble.map(|kind| (kind, "trouble"));
    let kinds = kinds.into_iter().chain([(EventKind::ReceiptGiven, "signup")]);
    kinds
        .flat_map(|(kind, tone)| {
            [Language::Japanese, Language::English].map(|language| (journal::title(language, kind), tone))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &str, expected: &[&[&str]]) {
        let line = Line {
            text: text.to_owned(),
            is_cut: false,
        };
        let shown = ShownLine::new(7, &line, Wanted::new(wanted).as_ref());
        let fields: Vec<&[String]> = shown.fields.iter().map(|field| field.0.as_slice()).collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_was_looked_for_is_marked_in_its_fields() {
        check("one\ttwo", "", &[&["one"], &["two"]]);
        check("one ONE\ttwo", "one", &[&["", "one", " ", "ONE", ""], &["two"]]);
        check("one\ttwo", "e t", &[&["on", "e", ""], &["", "t", "wo"]]);
        check("", "x", &[&[""]]);
    }

    #[test]
    fn a_line_has_few_fields_and_hides_nothing() {
        check(
            "a\u{202e}b\t\u{1b}[31m",
            "",
            &[&["a⟦U+202E⟧b"], &["⟦U+001B⟧[31m"]],
        );
        let line = Line {
            text: "\t".repeat(8_000),
            is_cut: true,
        };
        assert_eq!(ShownLine::new(0, &line, None).fields.len(), FIELDS);
    }

    #[test]
    fn a_tone_is_only_for_lines_that_the_program_wrote() {
        let tone = |text: &str| {
            let line = Line {
                text: text.to_owned(),
                is_cut: false,
            };
            ShownLine::new(0, &line, None).tone
        };
        let failing = journal::title(Language::Japanese, EventKind::MailboxFailing);
        assert_eq!(tone(&format!("2026-11-21 14:05:09\t{failing}\twhy")), "trouble");
        assert_eq!(tone("2026-11-21 14:05:09\tSignup\tnumber 1"), "signup");
        assert_eq!(tone("2026-11-21 14:05:09\tメール収集を開始"), "");
        assert_eq!(tone("a note\t受付"), "");
    }
}
