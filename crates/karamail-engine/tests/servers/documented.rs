//! docs/QUIRKS.md holds every row of the quirk tables, in their order, and nothing else.

use crate::{pop3_quirks, pop3_session_quirks, smtp_quirks};

/// The least number of servers; the shops' programs before this one knew none.
const SERVERS: usize = 40;

/// A row as a line of the table.
fn line(name: &str, what: &str) -> String {
    let (quirk, answer) = what.trim().split_once(": ").unwrap();
    format!("| {quirk} | {answer} | `{name}` |")
}

#[test]
fn every_quirk_stands_in_the_documentation() {
    let document = include_str!("../../../../docs/QUIRKS.md");
    let tables = [
        ("pop3_quirks", pop3_quirks::ROWS),
        ("pop3_session_quirks", pop3_session_quirks::ROWS),
        ("smtp_quirks", smtp_quirks::ROWS),
    ];
    for (table, rows) in tables {
        let (_, section) = document.split_once(&format!("`{table}`")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let written: Vec<&str> = section.lines().filter(|line| line.ends_with("` |")).collect();
        let expected: Vec<String> = rows.iter().map(|(name, what)| line(name, what)).collect();
        assert_eq!(written.join("\n"), expected.join("\n"), "{table}");
    }
    let count: usize = tables.iter().map(|(_, rows)| rows.len()).sum();
    assert!(count >= SERVERS, "{count} servers");
}
