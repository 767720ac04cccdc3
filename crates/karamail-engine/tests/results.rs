//! The list of results: pages that neither skip nor repeat, states that follow the letters, counts, and files for
//! spreadsheets.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::{Cursor as Bytes, Read};

use jiff::Timestamp;
use karamail_core::words::Language;
use karamail_engine::export::{Csv, MailboxNames, Xlsx};
use karamail_engine::store::results::{Cursor, ResultRow, Wanted, counts, newer, one, results};
use karamail_engine::store::{FILE_NAME, Readers, Store};
use sqlx::{Connection, SqliteConnection};

/// A ledger with two mailboxes and two series, and a way past the program's own care.
struct Ledger {
    _folder: tempfile::TempDir,
    store: Store,
    db: SqliteConnection,
    next: i64,
}

impl Ledger {
    async fn new() -> Ledger {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let path = folder.path().join(FILE_NAME);
        let url = format!("sqlite://{}?mode=rw", path.display());
        let mut ledger = Ledger {
            _folder: folder,
            store,
            db: SqliteConnection::connect(&url).await.unwrap(),
            next: 1,
        };
        ledger
            .sql(
                "INSERT INTO mailboxes (id, address_key) VALUES (1, 'counter@shop.example'), (2, 'branch@shop.example')",
            )
            .await;
        ledger
            .sql("INSERT INTO series VALUES ('main', 1, 1), ('branch', 1, 1)")
            .await;
        ledger
    }

    async fn sql(&mut self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.db)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Gives a number; the letter's id.
    async fn give(&mut self, series: &str, address: &str, at: i64) -> i64 {
        let id = self.next;
        self.next += 1;
        let mailbox = if series == "main" { 1 } else { 2 };
        let key = address.to_lowercase().replace('\'', "''");
        let address = address.replace('\'', "''");
        self.sql(&format!(
            "BEGIN;
             INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state)
               VALUES ({id}, {mailbox}, zeroblob(32), {at}, '', 'receipt', 'signup', 'recorded');
             INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at)
               SELECT '{series}', next_number, '{key}', '{address}', {id}, {mailbox}, {id}, {id}, {at} FROM series WHERE name = '{series}';
             INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, message_id,
                                 bytes, state, created_at, next_attempt_at)
               SELECT {id}, {mailbox}, {id}, 'receipt', series, number, 's@x', address, address_key, 'm{id}', x'00', 'queued', {at}, {at}
               FROM receipts WHERE mail_id = {id};
             COMMIT;"
        ))
        .await;
        id
    }

    async fn settle(&mut self, letter: i64, state: &str, class: &str) {
        self.sql(&format!(
            "UPDATE outbox SET state = '{state}', class = {class}, attempts = 1, settled_at = 9, answer = '250' WHERE id = {letter}"
        ))
        .await;
    }

    fn readers(&self) -> &Readers {
        self.store.readers()
    }

    /// The view is the truth: what the index holds must say the same.
    async fn standing(&mut self, letter: i64) -> String {
        let (standing, state): (String, String) = sqlx::query_as(
            "SELECT r.standing, replace(d.state, 'unsure', 'queued') FROM receipts r JOIN delivery d USING (series, number) \
             WHERE r.mail_id = ?1",
        )
        .bind(letter)
        .fetch_one(&mut self.db)
        .await
        .unwrap();
        assert_eq!(standing, state);
        standing
    }
}

async fn found(ledger: &Ledger, wanted: Wanted) -> Vec<(String, i64)> {
    let rows = results(ledger.readers(), &wanted).await.unwrap();
    rows.into_iter().map(|row| (row.series, row.number)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_several_series_neither_skip_nor_repeat_while_new_numbers_come() {
    let mut ledger = Ledger::new().await;
    for nth in 0..60 {
        // Batches share their time, and the same number is in both series.
        let series = if nth % 3 == 0 { "branch" } else { "main" };
        ledger
            .give(series, &format!("a{nth}@example.jp"), 1000 * (nth / 20))
            .await;
    }
    let whole = results(ledger.readers(), &Wanted::default()).await.unwrap();
    assert_eq!(whole.len(), 60);
    assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse((row.given_at, row.number, row.series.clone()))));
    let mut paged: Vec<ResultRow> = Vec::new();
    loop {
        let wanted = Wanted {
            // The place survives being written into an address.
            after: paged
                .last()
                .map(|row| Cursor::of(row).to_string().parse().unwrap()),
            limit: Some(7),
            ..Wanted::default()
        };
        let page = results(ledger.readers(), &wanted).await.unwrap();
        ledger
            .give("main", &format!("late{}@example.jp", paged.len()), 5000)
            .await;
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, whole);
    let top = Cursor::of(&whole[0]);
    assert_eq!(
        newer(ledger.readers(), &Wanted::default(), &top, 100)
            .await
            .unwrap(),
        10
    );
    assert_eq!(
        newer(ledger.readers(), &Wanted::default(), &top, 4)
            .await
            .unwrap(),
        4
    );
    let shown = Wanted {
        down_to: Some(Cursor::of(&whole[2])),
        ..Wanted::default()
    };
    assert_eq!(results(ledger.readers(), &shown).await.unwrap().len(), 13);
    assert!("no.place".parse::<Cursor>().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_finds_a_state_wherever_a_letter_goes() {
    let mut ledger = Ledger::new().await;
    let first = ledger.give("main", "a@example.jp", 1).await;
    assert_eq!(ledger.standing(first).await, "queued");
    ledger
        .sql("UPDATE outbox SET state = 'sending', attempts = 1 WHERE id = 1")
        .await;
    assert_eq!(ledger.standing(first).await, "queued");
    ledger.settle(first, "sent", "NULL").await;
    assert_eq!(ledger.standing(first).await, "sent");
    let report = |id: i64, action: &str, class: &str| {
        format!(
            "INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state, archive_file)
               VALUES ({id}, 1, zeroblob(32), 0, '', 'archive', 'report', 'settled', 'f');
             INSERT INTO delivery_reports (outbox_id, series, number, mail_id, at, action, class, said)
               VALUES (1, 'main', 1, {id}, 5, '{action}', {class}, 'no')"
        )
    };
    ledger.sql(&report(90, "delayed", "'temporary'")).await;
    assert_eq!(ledger.standing(first).await, "sent");
    ledger.sql(&report(91, "failed", "'filtered'")).await;
    assert_eq!(ledger.standing(first).await, "bounced");
    let resend = |id: i64| {
        format!(
            "INSERT INTO outbox SELECT {id}, mailbox_id, mail_id, 'resend', series, number, sender, recipient, recipient_key,
               'm{id}', bytes, file, 'queued', 0, 7, 7, NULL, NULL, NULL FROM outbox WHERE id = 1"
        )
    };
    ledger.sql(&resend(92)).await;
    assert_eq!(ledger.standing(first).await, "queued");
    ledger.settle(92, "sent", "NULL").await;
    assert_eq!(ledger.standing(first).await, "sent-again");
    ledger.sql(&resend(93)).await;
    ledger.settle(93, "refused", "'unknown-address'").await;
    assert_eq!(ledger.standing(first).await, "refused");
    let second = ledger.give("branch", "b@example.jp", 2).await;
    ledger.settle(second, "refused", "'withheld'").await;
    assert_eq!(ledger.standing(second).await, "withheld");
    for (state, expected) in [("refused", ("main", 1)), ("withheld", ("branch", 1))] {
        let wanted = Wanted {
            states: vec![state.to_owned()],
            ..Wanted::default()
        };
        assert_eq!(
            found(&ledger, wanted).await,
            [(expected.0.to_owned(), expected.1)]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_what_a_clerk_types() {
    let mut ledger = Ledger::new().await;
    for (nth, address) in ["Hanako@docomo.example", "taro.3@example.jp", "jiro@example.jp"]
        .into_iter()
        .enumerate()
    {
        ledger.give("main", address, nth as i64).await;
    }
    ledger
        .sql("UPDATE receipts SET address = 'erased', address_key = 'erased:1', erased_at = 5 WHERE number = 1")
        .await;
    let numbers = async |search: &str| -> Vec<i64> {
        let wanted = Wanted {
            search: Some(search.to_owned()),
            ..Wanted::default()
        };
        let rows = found(&ledger, wanted).await;
        rows.into_iter().map(|row| row.1).collect()
    };
    assert_eq!(numbers("3").await, [3, 2], "the number, and addresses with it");
    assert_eq!(numbers("　３ ").await, [3, 2], "typed with the Japanese keyboard");
    assert_eq!(numbers("ＴＡＲＯ").await, [2]);
    assert_eq!(numbers("@EXAMPLE.jp").await, [3, 2]);
    assert_eq!(
        numbers("erased").await,
        [0; 0],
        "what stands for an address is none"
    );
    assert_eq!(numbers("hanako").await, [0; 0], "a person who was erased is gone");
    assert_eq!(numbers("%").await, [0; 0]);
    assert_eq!(numbers(" ").await, [3, 2, 1]);
    assert_eq!(
        one(ledger.readers(), "main", 2).await.unwrap().unwrap().address,
        "taro.3@example.jp"
    );
    assert_eq!(one(ledger.readers(), "branch", 2).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_tell_what_was_given_and_what_needs_a_hand() {
    let mut ledger = Ledger::new().await;
    for at in [10, 20, 30, 40] {
        ledger.give("main", &format!("{at}@example.jp"), at).await;
    }
    ledger.settle(1, "sent", "NULL").await;
    ledger.settle(2, "refused", "'filtered'").await;
    for (id, state, reason) in [
        (50, "held", "spf-fail"),
        (51, "held", "mail-refused"),
        (52, "backlog", "backlog"),
        (53, "backlog", "backlog"),
        (54, "backlog", "backlog"),
        (55, "held", "spf-fail"),
    ] {
        ledger
            .sql(&format!(
                "INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state)
                 VALUES ({id}, 1, zeroblob(32), 0, '', 'hold', '{reason}', '{state}')"
            ))
            .await;
    }
    ledger
        .sql("INSERT INTO aside (mail_id, wish, wished_at) VALUES (54, 'ignore', 1), (55, 'discard', 1)")
        .await;
    let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
    let counted = counts(ledger.readers(), at(40), at(20)).await.unwrap();
    assert_eq!((counted.today, counted.this_month, counted.total), (1, 3, 4));
    assert_eq!((counted.queued, counted.refused, counted.bounced), (2, 1, 0));
    assert_eq!((counted.held, counted.quarantined, counted.backlog), (1, 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_for_spreadsheets_hold_no_formula_and_nothing_that_moves_text() {
    let mut ledger = Ledger::new().await;
    ledger.give("main", "=cmd|'/c calc'!a1@example.jp", 1).await;
    ledger
        .give("main", "a\u{202e}\u{1b}[31m<script>@example.jp", 2)
        .await;
    ledger
        .sql("UPDATE outbox SET state = 'refused', class = 'other', settled_at = 3, answer = '=550 no\r\n\u{2066}@SUM(A1)' WHERE id = 2")
        .await;
    let rows = results(ledger.readers(), &Wanted::default()).await.unwrap();
    let csv = Csv::new(MailboxNames::default(), Language::Japanese);
    let mut text = csv.begin();
    text.extend(rows.iter().map(|row| csv.row(row)));
    assert!(text.starts_with("\u{feff}番号系列,受付番号,"), "{text}");
    assert_eq!(text.matches("\r\n").count(), 3, "{text}");
    assert!(text.contains("\"'=cmd|'/c calc'!a1@example.jp\""), "{text}");
    assert!(text.contains("\"'=550 no"), "{text}");
    let mut packed = Bytes::new(Vec::new());
    let mut workbook = Xlsx::new(MailboxNames::default(), Language::Japanese);
    for row in &rows {
        workbook.add(row).unwrap();
    }
    workbook.finish(&mut packed).unwrap();
    let mut zip = zip::ZipArchive::new(packed).unwrap();
    let mut all = String::new();
    for index in 0..zip.len() {
        zip.by_index(index).unwrap().read_to_string(&mut all).unwrap();
    }
    assert!(
        all.contains("=cmd|") && !all.contains("<f>") && !all.contains("<script>"),
        "{all}"
    );
    for (what, text) in [("csv", text), ("xlsx", all)] {
        let moves = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
        assert!(!text.contains(moves), "{what}: {text:?}");
        assert!(!text.contains(['\u{202e}', '\u{2066}']), "{what}: {text:?}");
    }
}
