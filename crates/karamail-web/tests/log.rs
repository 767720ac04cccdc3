//! The log screen: months, days, text, what goes out, and new lines as they come.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use axum::http::StatusCode;
use common::{Answer, Shop};
use karamail_core::limits::LOG_LINES_AT_ONCE;
use serde_json::Value;

/// A shop with these months in its log folder, each with its text.
async fn shop_with(months: &[(&str, &str)]) -> Shop {
    let shop = Shop::with("", false).await;
    for (month, text) in months {
        fs::create_dir_all(log_folder(&shop)).unwrap();
        fs::write(log_folder(&shop).join(format!("{month}.txt")), text).unwrap();
    }
    shop
}

fn log_folder(shop: &Shop) -> PathBuf {
    shop.folder().join("data").join("log")
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.headers["content-type"], "application/json");
    serde_json::from_str(&answer.body).unwrap()
}

async fn asked(shop: &Shop, address: &str) -> Value {
    json(&shop.get(address).await)
}

fn month_of(lines: u32) -> String {
    let mut text = String::from("\u{feff}");
    for n in 0..lines {
        let day = 1 + n * 28 / lines;
        writeln!(
            text,
            "2025-02-{day:02} 10:00:00\t受付\t受付番号 {n}\tc{n}@example.jp\t（店頭）"
        )
        .unwrap();
    }
    text
}

#[tokio::test]
async fn what_was_collected_stands_in_the_log_of_this_month() {
    let shop = Shop::open().await;
    shop.sign_up("hanako@example.ne.jp");
    shop.collect(1).await;
    let page = shop.wait_for("/log", "hanako@example.ne.jp").await;
    page.has(&[
        "受付番号 1",
        "月指定",
        "指定日の場所に位置づけ",
        "外部へ取り出し",
        "ESC：前画面",
    ]);
}

#[tokio::test]
async fn the_newest_month_is_shown_and_any_other_can_be_chosen() {
    let months = [
        ("2025-01", "2025-01-05 10:00:00\told\n"),
        ("2025-03", "2025-03-05 10:00:00\tnew\n"),
        ("notes", "x"),
    ];
    let shop = shop_with(&months).await;
    fs::remove_file(log_folder(&shop).join(format!("{}.txt", this_month(&shop)))).unwrap_or_default();
    let page = shop.get("/log?month=2025-01").await;
    page.has(&["old", "2025年3月", "<option value=\"2025-01\" selected>"])
        .has_not(&["notes"]);
    let page = shop.get("/log?month=2025-03").await;
    page.has(&["new", "<option value=\"2025-03\" selected>"]);
    let newest = shop.get("/log").await;
    newest.has(&["selected"]);
    let missing = shop.get("/log?month=2024-01").await;
    missing.has(&["2024-01.txt がありません", "role=\"alert\""]);
    assert_eq!(
        shop.get("/log/lines?month=2024-01").await.status,
        StatusCode::NOT_FOUND
    );
}

/// The month whose file the engine itself writes.
fn this_month(shop: &Shop) -> String {
    let now = karamail_engine::clock::local(karamail_engine::clock::now());
    let _ = shop;
    now.strftime("%Y-%m").to_string()
}

#[tokio::test]
async fn only_a_month_names_a_file() {
    let shop = shop_with(&[("2025-02", "x\n")]).await;
    for month in [
        "..%2F..%2Fkaramail",
        "2025-2",
        "2025-02.txt",
        "%2Fetc%2Fpasswd",
        "",
        "2025-02%00",
    ] {
        for path in ["lines", "day", "find", "news", "save"] {
            let answer = shop.get(&format!("/log/{path}?month={month}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {month}");
        }
    }
    let opened = shop.post("/log/open", &[("month", "../karamail")]).await;
    assert_eq!(opened.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn without_a_script_the_last_two_hundred_lines_are_there_and_the_way_to_the_others() {
    let shop = shop_with(&[("2025-02", &month_of(1_000))]).await;
    let page = shop.get("/log?month=2025-02").await;
    page.has(&["受付番号 999", "受付番号 800", "from=600"])
        .has_not(&["受付番号 799"]);
    let earlier = shop.get("/log?month=2025-02&from=600").await;
    earlier
        .has(&["受付番号 600", "受付番号 799", "from=800", "from=400"])
        .has_not(&["受付番号 599<", "受付番号 800"]);
}

#[tokio::test]
async fn a_day_is_shown_from_its_first_line_which_is_marked() {
    let shop = shop_with(&[
        ("2025-02", &month_of(2_800)),
        ("2025-01", "2025-01-02 10:00:00\tx\n"),
    ])
    .await;
    let found = asked(&shop, "/log/day?month=2025-02&day=2025-02-11").await;
    assert_eq!(found["line"], 1_000);
    let page = shop.get("/log?day=2025-02-11").await;
    page.has(&[
        "data-place=\"1000\"",
        "id=\"place\"",
        "受付番号 1000",
        "2025-02-11 の最初の行です",
    ]);
    // A day of another month shows that month, whatever month the form came from.
    shop.get("/log?month=2025-02&day=2025-01-01").await.has(&[
        "2025-01-01 の記録はありません",
        "2025-01-02 の最初の行",
        "data-month=\"2025-01\"",
    ]);
    for day in ["2025-02-30", "x", "20250211", ""] {
        let found = asked(&shop, &format!("/log/day?month=2025-02&day={day}")).await;
        assert_eq!(found["line"], Value::Null, "{day}");
        assert_eq!(found["said"], "日付を指定してください。");
    }
    let late = asked(&shop, "/log/day?month=2025-02&day=2025-02-29").await;
    assert_eq!(late["line"], Value::Null, "2025 had no 29 February");
}

#[tokio::test]
async fn text_is_found_both_ways_counted_and_marked() {
    let shop = shop_with(&[("2025-02", &month_of(1_000))]).await;
    // c12@, c120@ … c129@, c112@ and so on do not count: the sign ends the number.
    let found = asked(&shop, "/log/find?month=2025-02&find=Ｃ12@&from=0").await;
    assert_eq!(
        (&found["line"], &found["said"]),
        (&12.into(), &"1 行のうち 1 行目".into())
    );
    let found = asked(&shop, "/log/find?month=2025-02&find=99@&from=100").await;
    assert_eq!(
        (&found["line"], &found["said"]),
        (&199.into(), &"10 行のうち 2 行目".into())
    );
    let back = asked(&shop, "/log/find?month=2025-02&find=99@&from=100&back=1").await;
    assert_eq!(back["line"], 99);
    let round = asked(&shop, "/log/find?month=2025-02&find=99@&from=1000").await;
    assert_eq!(round["line"], 99);
    assert!(round["said"].as_str().unwrap().contains("反対側から"), "{round}");
    let none = asked(&shop, "/log/find?month=2025-02&find=%20&from=0").await;
    assert_eq!(none["line"], Value::Null);
    let lines = asked(&shop, "/log/lines?month=2025-02&from=199&count=1&find=99@").await;
    assert_eq!(
        lines["lines"][0]["fields"][3],
        serde_json::json!(["c1", "99@", "example.jp"])
    );
    let page = shop.get("/log?month=2025-02&find=c500@&from=").await;
    page.has(&["<mark>c500@</mark>", "data-place=\"500\"", "1 行のうち 1 行目"]);
}

#[tokio::test]
async fn an_answer_never_has_more_lines_than_its_limit() {
    let shop = shop_with(&[("2025-02", &month_of(2_000))]).await;
    for (address, from, count) in [
        ("from=0&count=999999", 0, LOG_LINES_AT_ONCE),
        ("from=10", 10, LOG_LINES_AT_ONCE),
        ("from=1990&count=50", 1_990, 10),
        ("from=99999999999&count=5", 2_000, 0),
        ("from=-1&count=x", 0, LOG_LINES_AT_ONCE),
    ] {
        let lines = asked(&shop, &format!("/log/lines?month=2025-02&{address}")).await;
        assert_eq!(lines["from"], from, "{address}");
        assert_eq!(lines["total"], 2_000);
        assert_eq!(
            lines["lines"].as_array().unwrap().len() as u64,
            count,
            "{address}"
        );
    }
}

#[tokio::test]
async fn hostile_text_in_the_log_stays_text() {
    let hostile = "2025-02-01 10:00:00\t対象外メール（保管）\t<script>alert(1)</script>\"'&\u{202e}\u{1b}[2J\u{0}\t<img src=x onerror=a>\n\u{ff}<b>note</b>\n";
    let shop = shop_with(&[("2025-02", hostile)]).await;
    let page = shop.get("/log?month=2025-02&find=%3Cscript").await;
    page.has(&[
        "<mark>&#60;script</mark>&#62;alert",
        "⟦U+202E⟧",
        "⟦U+001B⟧[2J⟦U+0000⟧",
        "&#60;img",
    ]);
    page.has_not(&["<script>alert", "<img src=x", "<b>note", "\u{202e}", "\u{1b}"]);
    let lines = shop.get("/log/lines?month=2025-02").await;
    lines
        .has(&["<script>alert", "⟦U+202E⟧"])
        .has_not(&["\u{202e}", "\\u001b"]);
    assert_eq!(lines.headers["content-type"], "application/json");
    assert_eq!(lines.headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn new_lines_are_told_as_they_come_and_nothing_while_none_does() {
    let shop = Shop::open().await;
    shop.sign_up("first@example.jp");
    shop.collect(1).await;
    shop.wait_for("/log", "送信済み").await;
    let month = this_month(&shop);
    // What a page that knows nothing yet is told at once.
    let now = asked(&shop, &format!("/log/news?month={month}&lines=0")).await;
    let address = |now: &Value| {
        let (lines, generation) = (&now["lines"], now["generation"].as_str().unwrap());
        format!("/log/news?month={month}&lines={lines}&generation={generation}&newest={month}")
    };
    let waiting = address(&now);
    let (news, ()) = tokio::join!(shop.get(&waiting), async {
        shop.sign_up("second@example.jp");
        shop.collect(2).await;
    });
    let news = json(&news);
    assert!(news["lines"].as_u64() > now["lines"].as_u64(), "{news}");
    assert_eq!(news["generation"], now["generation"], "lines were only added");
    let from = now["lines"].as_u64().unwrap();
    shop.wait_for(
        &format!("/log/lines?month={month}&from={from}"),
        "second@example.jp",
    )
    .await;
}

#[tokio::test]
async fn a_file_that_vanishes_or_is_edited_is_told_while_the_page_waits() {
    let shop = shop_with(&[("2025-02", "one\ntwo\n")]).await;
    let view = asked(&shop, "/log/lines?month=2025-02").await;
    let generation = view["generation"].as_str().unwrap();
    let address = format!(
        "/log/news?month=2025-02&lines=2&generation={generation}&newest={}",
        newest(&shop).await
    );
    let path = log_folder(&shop).join("2025-02.txt");
    let (news, ()) = tokio::join!(shop.get(&address), async {
        fs::write(&path, "another\nfile\n").unwrap()
    });
    let news = json(&news);
    assert_ne!(news["generation"], generation);
    fs::remove_file(&path).unwrap();
    let gone = shop.get(&address).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(json(&gone)["what"].as_str().unwrap().contains("2025-02.txt"));
}

async fn newest(shop: &Shop) -> String {
    let news = asked(shop, "/log/news?month=2025-02&lines=x").await;
    news["newest"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_copy_that_is_saved_is_the_file_byte_for_byte() {
    let text = format!("{}\u{202e}<b>\r\n", month_of(20_000));
    let shop = shop_with(&[("2025-02", &text)]).await;
    let saved = shop.get("/log/save?month=2025-02").await;
    assert_eq!(saved.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        saved.headers["content-disposition"],
        "attachment; filename=\"karamail-log-2025-02.txt\""
    );
    assert!(saved.body == text);
    assert_eq!(
        shop.get("/log/save?month=2025-03").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nothing_is_opened_by_looking_at_an_address() {
    let shop = shop_with(&[("2025-02", "x\n")]).await;
    for address in ["/log/open?month=2025-02", "/log/folder?month=2025-02"] {
        assert_eq!(shop.get(address).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    let missing = shop.post("/log/open", &[("month", "2024-02")]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    missing.has(&["2024-02.txt がありません"]);
}

#[tokio::test]
async fn the_log_can_be_read_where_the_engine_does_not_run() {
    let shop = Shop::with_file("[general]\nlanguage = \"xx\"\n").await;
    assert!(shop.program.handle().is_none());
    shop.get("/log").await.has(&["ログはまだありません"]);
    fs::create_dir_all(log_folder(&shop)).unwrap();
    fs::write(
        log_folder(&shop).join("2025-02.txt"),
        "2025-02-01 10:00:00\t受付\n",
    )
    .unwrap();
    shop.get("/log").await.has(&["2025-02-01 10:00:00", "受付"]);
    // Settings that are sound say where it is, though no engine holds them.
    let elsewhere = shop.folder().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    fs::write(
        elsewhere.join("2025-03.txt"),
        "2025-03-01 10:00:00\tsomewhere else\n",
    )
    .unwrap();
    let ended = Shop::with(
        &format!("[general]\nlog_folder = '{}'", elsewhere.display()),
        false,
    )
    .await;
    ended.program.end().await;
    assert!(ended.program.handle().is_none());
    ended.get("/log?month=2025-03").await.has(&["somewhere else"]);
}

#[tokio::test]
async fn while_the_demo_is_on_its_log_is_shown_and_not_the_shops() {
    let shop = shop_with(&[("2025-02", "2025-02-01 10:00:00\tof the shop\n")]).await;
    shop.get("/log").await.has(&["2025-02"]);
    let demo = shop.program.demo_on().await.unwrap();
    shop.get("/log").await.has_not(&["2025-02.txt", "of the shop"]);
    demo.servers();
    drop(demo);
    shop.program.demo_off().await;
    shop.get("/log?month=2025-02").await.has(&["of the shop"]);
}

#[tokio::test]
async fn the_screen_speaks_english_too() {
    let shop = shop_with(&[("2025-02", &month_of(10))]).await;
    shop.post("/language", &[("language", "en"), ("back", "/log")])
        .await;
    let page = shop.get("/log?month=2025-02&find=nowhere").await;
    page.has(&[
        "Show month",
        "Go to this day",
        "Open in another program",
        "Not in the log of this month.",
        "2025-02 (1 KB)",
    ]);
}

/// Prints what the answers take with 36 months and one of 200,000 lines (goal, release build: 50 ms; the first of a file 150).
#[tokio::test]
async fn a_month_of_two_hundred_thousand_lines_answers_at_once() {
    let small = month_of(100);
    let names: Vec<String> = (0..36)
        .map(|n| format!("{}-{:02}", 2021 + n / 12, 1 + n % 12))
        .collect();
    let mut months: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), small.as_str())).collect();
    let large = month_of(200_000);
    months.push(("2025-02", &large));
    let shop = shop_with(&months).await;
    for address in [
        "/log?month=2025-02",
        "/log?month=2025-02",
        "/log/lines?month=2025-02&from=100000&count=200",
        "/log/day?month=2025-02&day=2025-02-14",
        "/log/find?month=2025-02&find=c150000@&from=0",
    ] {
        let start = Instant::now();
        let answer = shop.get(address).await;
        println!("{address}: {:?}", start.elapsed());
        assert_eq!(answer.status, StatusCode::OK);
    }
}
