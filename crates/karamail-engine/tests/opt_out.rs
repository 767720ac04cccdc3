//! People who leave by a word in the subject, and the consent behind each number.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{NO_LIMITS, once, settings_text, signup};
use karamail_engine::config::Settings;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::store::Store;
use karamail_engine::store::consents::consent_of;
use karamail_engine::store::results::{ResultRow, Wanted, results};

const OPT_OUT: &str = r#"
[opt_out]
words = ["退会", "unsubscribe"]
subject = "[★1★] goodbye"
body = "Number ★1★ has left."
"#;

fn settings(servers: &DemoServers, more: &str) -> Settings {
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS);
    Settings::parse(&format!("{text}{more}"), Path::new(".")).unwrap()
}

fn mail(address: &str, nth: usize, subject: &str, headers: &str) -> Vec<u8> {
    let to = demo::ADDRESS;
    format!(
        "From: <{address}>\r\nTo: {to}\r\nMessage-ID: <{nth}.{address}>\r\nDate: Sat, 21 Nov 2026 12:00:{nth:02} +0900\r\n\
         Subject: {subject}\r\n{headers}\r\n"
    )
    .into_bytes()
}

async fn rows(folder: &Path) -> Vec<ResultRow> {
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let mut rows = results(&readers, &Wanted::default()).await.unwrap();
    rows.reverse();
    readers.close().await;
    rows
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_in_the_subject_marks_the_number_as_left_and_is_answered() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    servers.deposit(signup("b@example.jp", 2));
    once(folder.path(), settings(&servers, OPT_OUT)).await;
    // As phones write it: encoded, with a full-width blank.
    servers.deposit(mail("a@example.jp", 3, "=?UTF-8?B?44CA6YCA5Lya?=", ""));
    let report = once(folder.path(), settings(&servers, OPT_OUT)).await;
    assert_eq!((report.opt_outs, report.deleted), (1, 1));
    let after = rows(folder.path()).await;
    assert!(after[0].left_at.is_some() && after[1].left_at.is_none());
    let sent = servers.sent();
    let farewell = text(&sent[2].bytes);
    assert!(farewell.contains("Subject: [1] goodbye"), "{farewell}");
    assert!(farewell.contains("Auto-Submitted: auto-replied"), "{farewell}");
    assert_eq!(sent.len(), 3);

    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    let wanted = Wanted {
        states: vec!["left".to_owned()],
        ..Wanted::default()
    };
    let left = results(&readers, &wanted).await.unwrap();
    assert_eq!(left.iter().map(|row| row.number).collect::<Vec<_>>(), [1]);
    readers.close().await;

    // Whoever signs up again is there again, under the same number.
    servers.deposit(signup("a@example.jp", 4));
    let report = once(folder.path(), settings(&servers, OPT_OUT)).await;
    assert_eq!((report.receipts, report.repeats), (0, 1));
    assert_eq!(rows(folder.path()).await[0].left_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_by_an_automatic_forged_or_unknown_mail() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, OPT_OUT)).await;
    servers.deposit(mail(
        "a@example.jp",
        2,
        "unsubscribe",
        "Auto-Submitted: auto-replied\r\n",
    ));
    servers.deposit(mail(
        "a@example.jp",
        3,
        "unsubscribe",
        "Authentication-Results: mx; spf=fail\r\n",
    ));
    servers.deposit(mail("stranger@example.jp", 4, "unsubscribe", ""));
    servers.deposit(mail("a@example.jp", 5, "unsubscribe me not", ""));
    let report = once(folder.path(), settings(&servers, OPT_OUT)).await;
    assert_eq!((report.opt_outs, report.held, report.archived), (0, 1, 3));
    assert_eq!(servers.sent().len(), 1, "the receipt and nothing else");
    assert_eq!(rows(folder.path()).await[0].left_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_words_a_mail_with_such_a_subject_is_other_mail_and_without_a_letter_nothing_is_answered() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    servers.deposit(mail("a@example.jp", 2, "unsubscribe", ""));
    let report = once(folder.path(), settings(&servers, "")).await;
    assert_eq!((report.opt_outs, report.archived), (0, 1));
    servers.deposit(mail("a@example.jp", 3, "UNSUBSCRIBE", ""));
    let report = once(
        folder.path(),
        settings(&servers, "[opt_out]\nwords = [\"unsubscribe\"]\n"),
    )
    .await;
    assert_eq!(
        (report.opt_outs, report.deleted),
        (1, 1),
        "settled without a letter"
    );
    assert_eq!(servers.sent().len(), 1);
    assert!(rows(folder.path()).await[0].left_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_has_its_consent_with_the_wording_of_its_day() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let wording = |invitation: &str| {
        format!("[receipt]\nsubject = \"no. ★1★\"\nbody = \"yours\"\ninvitation = \"{invitation}\"\n")
    };
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, &wording("News twice a month"))).await;
    servers.deposit(signup("b@example.jp", 2));
    once(folder.path(), settings(&servers, &wording("News every day"))).await;
    servers.deposit(signup("c@example.jp", 3));
    once(folder.path(), settings(&servers, "")).await;
    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    let mut consents = Vec::new();
    for number in 1..=3 {
        consents.push(consent_of(&readers, "main", number).await.unwrap().unwrap());
    }
    let invitations: Vec<Option<&str>> = consents
        .iter()
        .map(|consent| consent.invitation.as_ref().map(|wording| wording.text.as_str()))
        .collect();
    assert_eq!(
        invitations,
        [Some("News twice a month"), Some("News every day"), None]
    );
    assert_eq!(consents[0].template.text, "no. ★1★\n\nyours");
    assert_eq!(
        consents[0].template, consents[1].template,
        "one version, kept once"
    );
    assert_ne!(consents[0].template.sha256, consents[2].template.sha256);
    assert_eq!(consents[0].mailbox, demo::ADDRESS);
    assert!(consents[0].mailed_at.is_some());
}

#[test]
fn a_blank_word_or_a_letter_without_its_number_is_refused() {
    let parse = |more: &str| {
        let text = settings_text(1, 2, "", NO_LIMITS);
        Settings::parse(&format!("{text}{more}"), Path::new("."))
    };
    assert!(parse("[opt_out]\nwords = [\"　\"]\n").is_err());
    assert!(parse("[opt_out]\nwords = [\"x\"]\nsubject = \"bye\"\nbody = \"bye\"\n").is_err());
    assert!(
        parse("[opt_out]\nwords = [\"x\"]\nbody = \"★1★\"\n").is_ok(),
        "the subject is ready-made"
    );
    assert!(parse(OPT_OUT).is_ok());
}
