//! Every delivery report below `tests/reports` says what `tests/reports/expected.tsv` says it does, with LF and with CRLF;
//! and nothing that arrives makes the reader of reports panic or run on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use karamail_core::address::EmailAddress;
use karamail_core::decide::{Known, Rules, decide};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::limits::{REPORT_MESSAGE_IDS, REPORT_RECIPIENTS, REPORT_TEXT_CHARACTERS};
use karamail_core::mail::IncomingMail;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

/// File, Message-ID, recipients, classes, actions.
fn table() -> Vec<[String; 5]> {
    let text = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
            <[String; 5]>::try_from(columns).unwrap_or_else(|_| panic!("five columns wanted: {line}"))
        })
        .collect()
}

fn crlf(bytes: &[u8]) -> Vec<u8> {
    let with_returns = bytes.iter().flat_map(|&byte| match byte {
        b'\n' => b"\r\n".to_vec(),
        other => vec![other],
    });
    with_returns.collect()
}

/// The recipients, classes and actions of a report as the table writes them.
fn told(report: &DeliveryReport) -> [String; 3] {
    let join = |texts: Vec<String>| texts.join(",");
    let first = |addresses: &[EmailAddress]| addresses.first().map_or("-".to_owned(), ToString::to_string);
    [
        join(
            report
                .recipients
                .iter()
                .map(|one| first(&one.addresses))
                .collect(),
        ),
        join(
            report
                .recipients
                .iter()
                .map(|one| one.class.as_str().to_owned())
                .collect(),
        ),
        join(
            report
                .recipients
                .iter()
                .map(|one| one.action.as_str().to_owned())
                .collect(),
        ),
    ]
}

#[test]
fn every_report_says_what_the_table_says() {
    let mut faults = Vec::new();
    for [file, id, recipients, classes, actions] in table() {
        let bytes = fs::read(folder().join(&file)).unwrap();
        for (form, bytes) in [("LF", bytes.clone()), ("CRLF", crlf(&bytes))] {
            let Some(report) = DeliveryReport::parse(&bytes) else {
                faults.push(format!("{file} ({form}): no report"));
                continue;
            };
            let expected = [recipients.clone(), classes.clone(), actions.clone()];
            if told(&report) != expected {
                faults.push(format!(
                    "{file} ({form}): {:?}\n    expected {expected:?}",
                    report.recipients
                ));
            }
            let names_it = match id.as_str() {
                "-" => report.message_ids.is_empty(),
                id => report.message_ids.first().is_some_and(|first| first == id),
            };
            if !names_it {
                faults.push(format!(
                    "{file} ({form}): ids {:?}, expected {id}",
                    report.message_ids
                ));
            }
            let says_why = report
                .recipients
                .iter()
                .all(|one| !one.said.contains(['\n', '\r']));
            if !says_why || report.text.contains('\n') {
                faults.push(format!("{file} ({form}): words over several lines: {report:?}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn no_report_is_ever_answered() {
    let rules = Rules {
        own_addresses: vec![EmailAddress::parse("entry@shop.example.jp").unwrap()],
        ..Rules::default()
    };
    for [file, ..] in table() {
        let bytes = fs::read(folder().join(&file)).unwrap();
        let decision = decide(&IncomingMail::parse(&bytes), &rules, &Known::default());
        assert!(!decision.outcome.is_answered(), "{file}: {decision:?}");
    }
}

#[test]
fn no_mail_of_a_person_is_taken_for_a_report() {
    let mails = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    for name in ["persons", "lists", "subjects"] {
        for path in files(&mails.join(name)) {
            let report = DeliveryReport::parse(&fs::read(&path).unwrap());
            assert_eq!(report, None, "{}", path.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_table_names_every_report_and_only_reports_there_are() {
    let named: BTreeSet<String> = table().into_iter().map(|[file, ..]| file).collect();
    let found: BTreeSet<String> = files(&folder())
        .iter()
        .map(|path| {
            path.strip_prefix(folder())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/")
        })
        .collect();
    assert_eq!(named, found);
    assert!(named.len() >= 60, "{}", named.len());
}

fn check_bounds(bytes: &[u8]) {
    if let Some(report) = DeliveryReport::parse(bytes) {
        assert!(report.message_ids.len() <= REPORT_MESSAGE_IDS);
        assert!(report.recipients.len() <= REPORT_RECIPIENTS);
        assert!(report.returned_to.len() <= REPORT_RECIPIENTS);
        assert!(report.text.chars().count() <= REPORT_TEXT_CHARACTERS);
    }
}

#[test]
fn what_is_written_to_take_long_does_not() {
    let head = b"From: MAILER-DAEMON@x\nSubject: failure notice\nContent-Type: text/html\n\n";
    let report = b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: utf-8; ";
    let begin = std::time::Instant::now();
    for piece in [
        "<style",
        "<",
        "a@b.example\n",
        "550 a@b.example ",
        "Message-ID: <a@b>\n",
        "\n",
        "x:\n\n",
        "\\x{",
        "--b\n",
        "\"@a.b",
    ] {
        for head in [head.as_slice(), report.as_slice(), b"From: <postmaster@x>\n\n"] {
            let mut mail = head.to_vec();
            mail.extend(piece.as_bytes().repeat(300_000 / piece.len()));
            check_bounds(&mail);
        }
    }
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        check_bounds(&bytes);
    }

    /// Lines of real reports in any order, cut anywhere.
    #[test]
    fn shuffled_reports_are_read_without_a_panic(
        picks in prop::collection::vec((0..400_usize, any::<prop::sample::Index>()), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let all = files(&folder());
        let mut mail: Vec<u8> = Vec::new();
        for (nth, line) in picks {
            let bytes = fs::read(all.get(nth % all.len()).unwrap()).unwrap();
            let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
            let Some(line) = lines.get(line.index(lines.len())) else { continue };
            mail.extend_from_slice(line);
        }
        mail.truncate(cut.index(mail.len() + 1));
        check_bounds(&mail);
    }
}
