//! Mails that attack, carried through the whole engine to every place where their text comes out: the letters that are sent, the
//! monthly log, the files for spreadsheets, the names in the archive (docs/HOSTILE.md).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "../../karamail-core/tests/hostile_mails/mod.rs"]
mod hostile_mails;

use std::fs;
use std::path::{Path, PathBuf};

use common::{NO_LIMITS, once, settings};
use hostile_mails::{check_text, field_names};
use karamail_core::words::Language;
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::export::{Csv, MailboxNames};
use karamail_engine::store::Store;
use karamail_engine::store::results::{Wanted, results};

/// Every field that a receipt may have, in lower case.
const RECEIPT: [&str; 15] = [
    "auto-submitted",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "subject",
    "to",
    "x-auto-response-suppress",
    "x-karamail",
    "x-loop",
];

struct Attacked {
    servers: DemoServers,
    folder: tempfile::TempDir,
    settings: Settings,
    mails: usize,
}

/// A shop that got every attack, and did its work.
async fn attacked(extra: &str) -> Attacked {
    let servers = DemoServers::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let date = jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap();
    let mails = hostile_mails::all(demo::ADDRESS, &date);
    let count = mails.len();
    for mail in mails {
        servers.deposit(mail);
    }
    let settings = settings(&servers, extra, NO_LIMITS);
    once(folder.path(), settings.clone()).await;
    Attacked {
        servers,
        folder,
        settings,
        mails: count,
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_adds_a_field_a_recipient_or_a_line_to_a_letter() {
    let shop = attacked("forward_to = \"owner@shop.example\"").await;
    let sent = shop.servers.sent();
    let (forwards, receipts): (Vec<_>, Vec<_>) = sent
        .iter()
        .partition(|mail| mail.to.iter().any(|to| to == "owner@shop.example"));
    assert!(
        receipts.len() > 90 && forwards.len() > 90,
        "{} {}",
        receipts.len(),
        forwards.len()
    );
    for mail in &sent {
        assert_eq!(mail.to.len(), 1, "{mail:?}");
        let text = String::from_utf8_lossy(&mail.bytes);
        let header = text.split("\r\n\r\n").next().unwrap();
        check_text("header", header);
        assert_ne!(mail.to[0].to_string(), "evil@example.net", "{header}");
        let names = field_names(&mail.bytes);
        let mut once = names.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len(), "a field twice:\n{header}");
        assert!(
            names.iter().all(|name| RECEIPT.contains(&name.as_str())),
            "{names:?}"
        );
        assert!(
            !text.replace("\r\n", "").contains(['\r', '\n']),
            "a bare line end"
        );
    }
    for receipt in receipts {
        let text = String::from_utf8_lossy(&receipt.bytes);
        assert!(!text.contains("evil"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_one_line_an_event_and_nothing_in_it_steers_a_terminal() {
    let shop = attacked("").await;
    let logs: Vec<PathBuf> = files(&shop.folder.path().join("log"));
    assert_eq!(logs.len(), 1);
    let text = fs::read_to_string(&logs[0]).unwrap();
    check_text("log", &text);
    for line in text.lines().map(|line| line.trim_start_matches('\u{feff}')) {
        assert!(line.starts_with("20"), "a line that no event began: {line:?}");
    }
    assert!(text.lines().count() >= shop.mails);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_an_attackers_is_a_formula() {
    let shop = attacked("").await;
    let readers = Store::open_to_read(shop.folder.path()).await.unwrap().unwrap();
    let rows = results(&readers, &Wanted::default()).await.unwrap();
    readers.close().await;
    let csv = Csv::new(MailboxNames::of(&shop.settings.mailboxes), Language::English);
    assert!(rows.len() > 90, "{}", rows.len());
    for row in &rows {
        let record = csv.row(row);
        check_text("csv", &record);
        assert_eq!(record.matches("\r\n").count(), 1, "{record:?}");
        for cell in record.trim_end().split(',') {
            let begin = cell.strip_prefix('"').unwrap_or(cell).chars().next();
            assert!(
                !matches!(
                    begin,
                    Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
                ),
                "{record:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_names_a_file() {
    let shop = attacked("").await;
    let mut archived = 0;
    for path in files(shop.folder.path()) {
        let inside = path.strip_prefix(shop.folder.path()).unwrap().to_str().unwrap();
        let parts: Vec<&str> = inside.split(['/', '\\']).collect();
        let is_ours = match parts.as_slice() {
            [one] => one.starts_with("karamail.") || *one == "wake",
            ["archive", month, mail] => {
                archived += 1;
                month.len() == 7
                    && mail
                        .strip_suffix(".eml")
                        .is_some_and(|id| id.parse::<u64>().is_ok())
            }
            ["log", month] => month.len() == 11,
            ["diagnostics", _] => true,
            _ => false,
        };
        assert!(is_ours, "{inside}");
    }
    assert!(archived > 90, "{archived}");
}
