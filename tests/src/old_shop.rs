//! The data folder of a shop after three years: a hundred thousand numbers in every state, 36 monthly logs. For
//! measuring.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::{Span, ToSpan, Zoned};
use karamail_core::journal::{Event, EventKind};
use karamail_core::words::Language;
use karamail_engine::clock;
use karamail_engine::store::{FILE_NAME, Store};
use sqlx::{Connection, SqliteConnection};

/// Months that the shop has been there.
pub const MONTHS: i32 = 36;

/// How much there is in a folder.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Numbers given, four of five in the series `main`, one in `branch`.
    pub numbers: u32,
    /// Lines of each monthly log.
    pub log_lines: u32,
    /// Lines of the longest monthly log, the month before this one.
    pub longest_log_lines: u32,
    /// Mails held, put aside, and backlog.
    pub waiting: [u32; 3],
}

/// Fills an empty folder. The mailboxes are `touroku@shop.example` and `branch@shop.example`.
///
/// # Panics
/// Where the ledger refuses the rows: its schema has changed.
pub async fn fill(folder: &Path, size: Size) {
    fs::create_dir_all(folder).expect("a folder");
    let store = Store::open(folder).await.expect("a new ledger");
    store.close().await;
    drop(store);
    let url = format!("sqlite://{}?mode=rw", folder.join(FILE_NAME).display());
    let mut ledger = SqliteConnection::connect(&url).await.expect("the ledger");
    let now = clock::now().as_millisecond();
    // One after the other, the newest a minute ago.
    let step = i64::from(MONTHS) * 30 * 86_400_000 / i64::from(size.numbers.max(1));
    let first = now - 60_000 - step * i64::from(size.numbers);
    for statement in numbers(size.numbers, first, step).into_iter().chain(waiting(
        size.waiting,
        i64::from(size.numbers) + 1,
        now,
    )) {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone()))
            .execute(&mut ledger)
            .await;
        assert!(done.is_ok(), "{statement}: {done:?}");
    }
    ledger.close().await.expect("the ledger closes");
    write_logs(&folder.join("log"), size).expect("the logs are written");
}

/// The rows of every number, as SQL. Of a hundred numbers one was refused, one came back, one was imported; the newest
/// twenty wait to be sent.
fn numbers(numbers: u32, first: i64, step: i64) -> Vec<String> {
    let each = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {numbers}), \
         r (i, series, mailbox, at, person) AS (SELECT i, CASE WHEN i % 5 = 0 THEN 'branch' ELSE 'main' END, \
           CASE WHEN i % 5 = 0 THEN 2 ELSE 1 END, {first} + {step} * i, \
           CASE i % 4 WHEN 0 THEN 'hanako' WHEN 1 THEN 'taro.yamada' WHEN 2 THEN 'sakura_' ELSE 'jiro-' END || '.' || i || '@' || \
           CASE i % 7 WHEN 0 THEN 'gmail.com' WHEN 1 THEN 'ezweb.ne.jp' WHEN 2 THEN 'softbank.ne.jp' ELSE 'docomo.ne.jp' END FROM n)"
    );
    let number = "CASE WHEN r.i % 5 = 0 THEN r.i / 5 ELSE r.i - r.i / 5 END";
    let state = format!(
        "CASE WHEN r.i > {numbers} - 20 THEN 'queued' WHEN r.i % 100 IN (3, 50) THEN 'refused' ELSE 'sent' END"
    );
    vec![
        "PRAGMA synchronous = OFF; BEGIN; INSERT INTO mailboxes (address_key, first_contact_done_at) VALUES \
         ('touroku@shop.example', 1), ('branch@shop.example', 1); \
         INSERT INTO series VALUES ('main', 1, 1), ('branch', 1, 1);"
            .into(),
        format!(
            "{each} INSERT INTO mails (id, mailbox_id, content_key, size, message_id, mailed_at, first_seen_at, sender, \
             subject, outcome, reason, state, gone_at) SELECT i, mailbox, randomblob(32), 1800, 'm' || i || '@phone', at, at, \
             person, '', 'receipt', 'signup', CASE WHEN i > {numbers} - 20 THEN 'recorded' ELSE 'gone' END, \
             CASE WHEN i > {numbers} - 20 THEN NULL ELSE at END FROM r"
        ),
        format!(
            "{each} INSERT INTO receipts (series, number, address_key, address, mailbox_id, mail_id, outbox_id, given_at) \
             SELECT series, {number}, person, person, mailbox, i, i, at FROM r"
        ),
        format!(
            "{each} INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, \
             message_id, bytes, state, attempts, created_at, next_attempt_at, settled_at, answer, class) \
             SELECT i, mailbox, i, 'receipt', series, {number}, 'touroku@shop.example', person, person, 'k' || i || '@shop', \
             randomblob(900), {state}, {state} <> 'queued', at, at, CASE WHEN {state} = 'queued' THEN NULL ELSE at + 2000 END, \
             CASE {state} WHEN 'sent' THEN '250 2.0.0 Ok: queued' WHEN 'refused' THEN '550 5.1.1 User unknown' END, \
             CASE WHEN {state} <> 'refused' THEN NULL WHEN i % 100 = 50 THEN 'withheld' ELSE 'unknown-address' END FROM r"
        ),
        format!(
            "{each} INSERT INTO delivery_reports (outbox_id, series, number, mail_id, at, action, class, said) \
             SELECT i, series, {number}, i, at + 9000, 'failed', 'filtered', '550 Access denied' FROM r WHERE i % 100 = 7"
        ),
        "INSERT INTO templates (id, kind, sha256, text, first_used_at) VALUES (1, 'receipt', zeroblob(32), '受付番号 ★1★', 1)".into(),
        "INSERT INTO consents SELECT series, number, given_at, 'touroku@shop.example', 1, NULL FROM receipts".into(),
        format!(
            "{each} INSERT INTO events (at, kind, mailbox, mail_id, number, address, reason) \
             SELECT at, 'receipt-given', 'counter', i, {number}, person, 'signup' FROM r"
        ),
        // What is in the logs is not written again.
        "UPDATE log_position SET event_id = (SELECT max(id) FROM events)".into(),
        "UPDATE receipts SET left_at = given_at + 1 WHERE number % 500 = 9; COMMIT".into(),
    ]
}

/// Mails that wait for the shop, as SQL.
fn waiting([held, put_aside, backlog]: [u32; 3], from: i64, now: i64) -> Vec<String> {
    let mut first = from;
    let mut rows = |count: u32, state: &str, outcome: &str, reason: &str| {
        let begin = first;
        first += i64::from(count);
        let last = first - 1;
        format!(
            "WITH RECURSIVE n (i) AS (SELECT {begin} WHERE {count} > 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) \
             INSERT INTO mails (id, mailbox_id, uidl, content_key, size, mailed_at, first_seen_at, sender, subject, outcome, \
             reason, state) SELECT i, 1 + i % 2, 'u' || i, randomblob(32), 2000, {now} - i, {now}, 'sender.' || i || '@example.jp', \
             'お知らせ ' || i, '{outcome}', '{reason}', '{state}' FROM n"
        )
    };
    vec![
        rows(held, "held", "hold", "spf-fail"),
        rows(put_aside, "held", "hold", "mail-refused"),
        rows(backlog, "backlog", "backlog", "backlog"),
        "INSERT INTO aside (mail_id, header) SELECT id, randomblob(700) FROM mails WHERE state IN ('held', 'backlog')".into(),
    ]
}

fn write_logs(folder: &Path, size: Size) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let today = clock::local(clock::now());
    for back in 0..MONTHS {
        let month = today
            .date()
            .first_of_month()
            .saturating_sub(Span::new().months(back));
        let lines = match back {
            1 => size.longest_log_lines,
            _ => size.log_lines,
        };
        let mut text = String::from("\u{feff}");
        let days = if back == 0 {
            today.day()
        } else {
            month.days_in_month()
        };
        for line in 0..lines {
            let day = i64::from(line) * i64::from(days) / i64::from(lines);
            let minute = i64::from(line) % 1440;
            let at = month.to_datetime(jiff::civil::Time::midnight()) + day.days() + minute.minutes();
            let event = Event {
                mailbox: Some("counter".into()),
                number: Some(i64::from(line) + 1),
                address: Some(format!("hanako.{line}@docomo.ne.jp")),
                ..Event::new(match line % 3 {
                    0 => EventKind::ReceiptGiven,
                    1 => EventKind::Sent,
                    _ => EventKind::Archived,
                })
            };
            let _ = write!(text, "{}\r\n", event.line(&zoned(at, &today), Language::Japanese));
        }
        fs::write(folder.join(month.strftime("%Y-%m.txt").to_string()), text)?;
    }
    Ok(())
}

fn zoned(at: DateTime, like: &Zoned) -> Zoned {
    at.to_zoned(like.time_zone().clone())
        .unwrap_or_else(|_| like.clone())
}
