//! Whether the measurements of tests/bench work: every script runs to its end with little work, every figure is there, and
//! every program did all of its work. Nothing is said about how fast; docs/PERFORMANCE.md is for that.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

/// Runs a script of tests/bench with the measuring program that cargo has built for this test; what it printed.
#[track_caller]
fn measured(script: &str, options: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench");
    let output = Command::new(folder.join(script))
        .args(options)
        .env("KARAMAIL_BIN", karamail_tests::program::binary())
        .env("KARAMAIL_MEASURE", env!("CARGO_BIN_EXE_measure"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}:\n{said}\n{complaints}");
    println!("{said}");
    said
}

/// The cells of the table's rows under a heading; all rows must be as wide as the head and have no empty cell.
#[track_caller]
fn rows(said: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, behind) = said
        .split_once(heading)
        .unwrap_or_else(|| panic!("no {heading:?} in:\n{said}"));
    let lines = behind.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).map(|line| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let width = rows[0].len();
    for row in &rows {
        assert_eq!(row.len(), width, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
    // Without the head and the rule.
    rows[2..].to_vec()
}

#[track_caller]
fn figure(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("no figure: {cell:?}"))
}

/// That every mailbox is empty, every mail kept and every receipt accepted is checked by the program itself after each run,
/// and ends it where it is not so.
#[test]
fn karamail_runs_beside_its_peers_and_everybody_does_all_of_the_work() {
    let said = measured(
        "run.sh",
        &[
            "--quick",
            "--mails",
            "20",
            "--growth",
            "20,60",
            "--receipts",
            "300",
            "--large",
            "3",
        ],
    );
    let fetched = rows(&said, "### Fetched and deleted");
    for name in [
        "limit: raw",
        "driver alone",
        "mpop into",
        "getmail6",
        "fetchmail",
        "karamail once",
    ] {
        assert!(fetched.iter().any(|row| row[0].contains(name)), "{name}:\n{said}");
    }
    let answered = rows(&said, "### From the mail to the answer");
    for name in ["limit: raw", "karamail once", "small script"] {
        assert!(
            answered.iter().any(|row| row[0].contains(name)),
            "{name}:\n{said}"
        );
    }
    for row in fetched.iter().chain(&answered) {
        // Seconds, ratio, mails a second, peak memory: none is ever nothing. CPU time may round to it.
        for column in [2, 4, 5, 7] {
            assert!(figure(&row[column]) > 0.0, "{row:?}");
        }
        figure(&row[8]);
    }
    let flushes = |rows: &[Vec<String>], name: &str| {
        let row = rows.iter().find(|row| row[0].starts_with(name)).unwrap();
        figure(&row[8])
    };
    assert_eq!(flushes(&fetched, "limit"), 0.0);
    assert!(
        flushes(&fetched, "mpop") >= 20.0,
        "a Maildir is flushed for each mail:\n{said}"
    );
    let karamail = flushes(&answered, "karamail");
    assert!(karamail > 0.0, "nothing is promised without the disk:\n{said}");
    let grown = rows(&said, "### How the cost grows");
    assert_eq!(grown.len(), 4, "two counts, an old shop, a large mail:\n{said}");
    for row in &grown {
        assert!(figure(&row[1]) > 0.0 && figure(&row[4]) > 0.0, "{row:?}");
    }
    assert_eq!(
        said.matches("times the limit:").count(),
        2,
        "the goals are told:\n{said}"
    );
}

#[test]
fn many_mailboxes_are_polled_and_the_dead_ones_are_told_from_the_others() {
    let said = measured(
        "mailboxes.sh",
        &["--quick", "--mailboxes", "20", "--interval", "5"],
    );
    assert!(said.contains("20 mailboxes, 2 of them dead"), "{said}");
    let polls: f64 = rows(&said, "CPU").iter().map(|row| figure(&row[1])).sum();
    // Eighteen mailboxes, a minute, a poll every five seconds: 216 on a quick machine.
    assert!((54.0..=220.0).contains(&polls), "{polls} polls:\n{said}");
    assert!(said.contains("; 0 mailboxes without a poll"), "{said}");
}

#[test]
fn every_customer_at_the_counter_is_answered_in_both_ways() {
    let said = measured("counter.sh", &["--quick", "--mails", "12"]);
    let waited = rows(&said, "12 customers");
    assert_eq!(waited.len(), 2, "{said}");
    let (polled, checked) = (figure(&waited[0][1]), figure(&waited[1][1]));
    assert!(
        checked > 0.0 && checked < polled,
        "check now waits for no poll:\n{said}"
    );
}

#[test]
fn the_footprint_is_told_and_a_minute_of_faults_loses_nobody() {
    let said = measured("footprint.sh", &["--quick", "--rest", "5", "--mails", "50"]);
    let at_rest = rows(&said, "### At rest");
    for what in [
        "size of the file",
        "first login",
        "headless, a poll every 15 s: resident",
        "wake-ups a minute",
    ] {
        assert!(at_rest.iter().any(|row| row[0].contains(what)), "{what}:\n{said}");
    }
    assert_eq!(rows(&said, "### After many mails").len(), 3, "{said}");
    assert!(
        said.contains("met     everybody has an answer and the mailbox is empty"),
        "{said}"
    );
}
