//! Every mail below `tests/mails` is decided as `tests/mails/expected.tsv` says: with LF and with CRLF line ends, whole
//! and as its header alone (what `TOP n 0` gives). The mails in `line-ends` are about their line ends and stay as they
//! are.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use karamail_core::address::EmailAddress;
use karamail_core::decide::{Known, Outcome, Rules, decide};
use karamail_core::mail::IncomingMail;

struct Expected {
    file: String,
    decision: String,
    address: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails")
}

fn table() -> Vec<Expected> {
    let text = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[file, outcome, reason, address] = columns.as_slice() else {
            panic!("four columns wanted: {line}");
        };
        Expected {
            file: file.to_owned(),
            decision: format!("{outcome} {reason}"),
            address: (address != "-").then(|| address.to_owned()),
        }
    });
    rows.collect()
}

fn rules() -> Rules {
    Rules {
        own_addresses: vec![EmailAddress::parse("entry@shop.example.jp").unwrap()],
        ..Rules::default()
    }
}

fn forms(file: &str, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    if file.starts_with("line-ends/") {
        return vec![("as it is", bytes.to_vec())];
    }
    let crlf = |bytes: &[u8]| {
        let with_returns = bytes.iter().flat_map(|&byte| match byte {
            b'\n' => b"\r\n".to_vec(),
            other => vec![other],
        });
        with_returns.collect::<Vec<u8>>()
    };
    // A mail that begins with blank lines has its header behind them.
    let start = bytes
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(0);
    let end = bytes[start..]
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .map(|at| start + at + 2);
    let header = &bytes[..end.unwrap_or(bytes.len())];
    vec![
        ("whole, LF", bytes.to_vec()),
        ("whole, CRLF", crlf(bytes)),
        ("header, LF", header.to_vec()),
        ("header, CRLF", crlf(header)),
    ]
}

#[test]
fn every_sample_mail_is_decided_as_the_table_says() {
    let mut faults = Vec::new();
    for expected in table() {
        let bytes = fs::read(folder().join(&expected.file)).unwrap();
        for (form, bytes) in forms(&expected.file, &bytes) {
            let mail = IncomingMail::parse(&bytes);
            let decision = decide(&mail, &rules(), &Known::default());
            let found = format!("{} {}", decision.outcome, decision.reason);
            let address = mail.sender_address().map(EmailAddress::to_string);
            let address_differs = expected.address.is_some() && expected.address != address;
            if found != expected.decision || address_differs {
                let sender = mail.sender();
                faults.push(format!(
                    "{} ({form}): {found}, {sender:?}; expected {}",
                    expected.file, expected.decision
                ));
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
fn no_automatic_or_list_mail_is_answered_even_from_a_known_address() {
    let known = Known {
        number: Some(7),
        ..Known::default()
    };
    for expected in table()
        .iter()
        .filter(|row| row.file.starts_with("automatic/") || row.file.starts_with("lists/"))
    {
        let bytes = fs::read(folder().join(&expected.file)).unwrap();
        let decision = decide(&IncomingMail::parse(&bytes), &rules(), &known);
        assert!(!decision.outcome.is_answered(), "{}: {decision:?}", expected.file);
        assert!(
            !matches!(decision.outcome, Outcome::Duplicate(_)),
            "{}: {decision:?}",
            expected.file
        );
    }
}

#[test]
fn the_table_names_every_mail_and_only_mails_there_are() {
    let named: BTreeSet<String> = table().into_iter().map(|row| row.file).collect();
    let mut found = BTreeSet::new();
    let mut folders = vec![folder()];
    while let Some(folder_path) = folders.pop() {
        for entry in fs::read_dir(folder_path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                found.insert(
                    path.strip_prefix(folder())
                        .unwrap()
                        .to_string_lossy()
                        .replace('\\', "/"),
                );
            }
        }
    }
    assert_eq!(named, found);
    assert!(named.len() >= 300, "{}", named.len());
}
