//! 収集結果: found, read, sent again, erased, saved.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Read;

use axum::http::{StatusCode, header};
use common::Shop;
use karamail_engine::clock;
use karamail_engine::demo;

/// A shop with numbers for these addresses, the first of them 1.
async fn with(addresses: &[&str]) -> Shop {
    let shop = Shop::open().await;
    for (count, address) in (1..).zip(addresses) {
        shop.sign_up(address);
        shop.collect(count).await;
    }
    shop
}

/// What a receiving server sends back about a letter to this address.
fn bounce(address: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nDate: Sun, 22 Nov 2026 10:00:00 +0900\r\n\
         Message-ID: <b@mx.example>\r\nSubject: failure\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         sorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <script>alert(1)</script> unknown user\r\n\r\n--b--\r\n",
        to = demo::ADDRESS,
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_says_so_and_new_numbers_come_by_themselves() {
    let shop = Shop::open().await;
    let empty = shop.get("/results").await;
    empty.has(&["まだ受付番号はありません", "data-live=\"/results/live\""]);
    let address = format!("/results/live?version={}", empty.version());
    let waiting = shop.part(&address);
    let (part, ()) = tokio::join!(waiting, async {
        shop.sign_up("hanako@docomo.example");
        shop.collect(1).await;
    });
    assert_eq!(part.status, StatusCode::OK);
    part.has(&["hanako@docomo.example", "href=\"/results/main/1\""])
        .has_not(&["まだ受付番号はありません", "<html"]);
    shop.wait_for("/results", "送信済み").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_a_part_of_an_address_a_period_and_a_state_are_found() {
    let shop = with(&["hanako@docomo.example", "taro.1@example.jp"]).await;
    let found = async |query: &str| -> Vec<&str> {
        let list = shop.part(&format!("/results/list?{query}")).await;
        ["hanako", "taro.1"]
            .into_iter()
            .filter(|name| list.body.contains(&format!("{name}@")))
            .collect()
    };
    assert_eq!(found("").await, ["hanako", "taro.1"]);
    assert_eq!(found("q=DOCOMO").await, ["hanako"]);
    assert_eq!(found("q=%EF%BC%92").await, ["taro.1"], "a full-width 2");
    assert_eq!(found("state=refused%2Cbounced").await, [""; 0]);
    assert_eq!(found("state=sent").await, ["hanako", "taro.1"]);
    assert_eq!(found("to=2020-01-01").await, [""; 0]);
    assert_eq!(found("from=2020-01-01").await, ["hanako", "taro.1"]);
    assert_eq!(found("mailbox=nobody%40example.jp").await, [""; 0]);
    // Number 1 stands first, before the newer address with a 1 in it.
    let list = shop.part("/results/list?q=1").await;
    list.has(&["この番号です", "taro.1@example.jp"]);
    let place = |text: &str| list.body.find(text).unwrap();
    assert!(place("hanako@docomo") < place("taro.1@example"));
    assert_eq!(list.body.matches("hanako@docomo").count(), 1);
    assert_eq!(list.headers["hx-replace-url"], "/results?q=1");
    shop.get("/results?from=yesterday").await.has(&["日付は"]);
    shop.get("/results?from=2026-02-02&to=2026-02-01")
        .await
        .has(&["後です"]);
    shop.get("/results?q=nobody")
        .await
        .has(&["条件に合う受付番号はありません"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_grows_while_one_scrolls_and_shows_each_number_once() {
    let shop = Shop::with(
        "[guard]\nlimit_mailbox_per_hour = 0\n[general]\ncheck_interval_seconds = 5\n",
        true,
    )
    .await;
    for nth in 1..=120 {
        shop.sign_up(&format!("customer{nth}@example.jp"));
    }
    shop.collect(120).await;
    let mut text = shop.get("/results").await.body;
    let mut seen: Vec<String> = Vec::new();
    loop {
        let numbers = text.split("id=\"to-").skip(1);
        seen.extend(numbers.map(|rest| rest.split('.').next().unwrap().to_owned()));
        let Some(more) = text.split("hx-get=\"/results/rows?").nth(1) else {
            break;
        };
        let query = more
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&")
            .replace("&amp;", "&");
        text = shop.part(&format!("/results/rows?{query}")).await.body;
    }
    let expected: Vec<String> = (1..=120).rev().map(|number| number.to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_tells_what_came_back_and_is_sent_again() {
    let shop = with(&["hanako@docomo.example"]).await;
    shop.servers.deposit(bounce("hanako@docomo.example"));
    shop.collect(1).await;
    let page = shop.wait_for("/results/main/1", "戻ってきた").await;
    page.has(&[
        "hanako@docomo.example",
        "宛先のメールアドレスが存在しません。",
        "お客様に確かめ",
        "受付完了メール",
        "送信した",
        "同意の記録",
        "&#60;script&#62;",
    ])
    .has_not(&["<script>alert"]);
    shop.get("/results?state=bounced").await.has(&["hanako@"]);
    let sent = shop.post("/results/main/1/resend", &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    shop.get(sent.location()).await.has(&["もう一度送ります"]);
    shop.servers.wait_for_sent(2).await;
    shop.wait_for("/results/main/1", "再送済み")
        .await
        .has_not(&["戻ってきた</span>"]);
    let back = shop.get("/results/main/1?back=q%3Ddocomo%26evil%3D%2F%2Fx").await;
    back.has(&["href=\"/results?q=docomo\" data-key=\"Escape\""]);
    shop.get("/results?q=docomo")
        .await
        .has(&["href=\"/results/main/1?back=q%3Ddocomo\""]);
    let none = shop.get("/results/main/99").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    none.has(&["受付番号 99（main）はありません"]);
    assert_eq!(shop.get("/results/main/x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_chosen_numbers_are_sent_again_and_each_refusal_is_told() {
    let shop = with(&["a@example.jp", "b@example.jp"]).await;
    let nothing = shop.post("/results/resend", &[("back", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    nothing.has(&["選ばれていません"]);
    let fields = [
        ("back", "q=example&evil=//x"),
        ("pick", "1.main"),
        ("pick", "2.main"),
    ];
    let sent = shop.post("/results/resend", &fields).await;
    assert_eq!(sent.leads_to(), "/results?q=example&resent=2");
    shop.get(sent.location()).await.has(&["2 件をもう一度送ります"]);
    shop.servers.wait_for_sent(4).await;
    let fields = [("pick", "1.main"), ("pick", "77.main"), ("pick", "nonsense")];
    shop.wait_for("/results/main/1", "再送済み").await;
    let page = shop.post("/results/resend", &fields).await;
    page.has(&[
        "1 件をもう一度送ります",
        "次の 1 件は送りません",
        "受付番号 77",
        "発行されていません",
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_erased_only_after_the_number_was_typed() {
    let shop = with(&["hanako@docomo.example"]).await;
    shop.get("/results/main/1/erase")
        .await
        .has(&["元に戻せません", "hanako@docomo.example"]);
    for typed in ["", "2", "yes"] {
        let refused = shop.post("/results/main/1/erase", &[("number", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        refused.has(&["まだ何も消去していません"]);
    }
    shop.get("/results/main/1").await.has(&["hanako@docomo.example"]);
    let erased = shop.post("/results/main/1/erase", &[("number", "１")]).await;
    erased.has(&["消去しました", "ログの"]).has_not(&["hanako"]);
    shop.get("/results/main/1")
        .await
        .has(&["消去済み", "番号は残り"])
        .has_not(&["hanako"]);
    shop.get("/results").await.has(&["消去済み"]).has_not(&["hanako"]);
    let again = shop.post("/results/main/1/erase", &[("number", "1")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.has(&["すでに消去されています"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_hold_what_the_filter_shows_and_no_formula() {
    let shop = with(&["\"=1+1\"@example.jp", "taro@example.jp"]).await;
    let csv = shop.get("/results/export.csv").await;
    assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let disposition = csv.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"results-20"),
        "{disposition}"
    );
    assert!(
        disposition.contains("filename*=UTF-8''%E5%8F%8E%E9%9B%86"),
        "{disposition}"
    );
    csv.has(&[
        "\u{feff}番号系列,受付番号,",
        "\"'=1+1@example.jp\"",
        "taro@example.jp",
        "店頭",
    ]);
    assert_eq!(csv.body.matches("\r\n").count(), 3);
    let one = shop.get("/results/export.csv?q=taro").await;
    one.has(&["taro@"]).has_not(&["1+1"]);
    let none = shop.get("/results/export.csv?state=refused").await;
    assert_eq!(none.body.matches("\r\n").count(), 1);
    let request = axum::http::Request::get("/results/export.xlsx");
    let answer = tower::ServiceExt::oneshot(
        shop.router.clone(),
        request.body(axum::body::Body::empty()).unwrap(),
    )
    .await
    .unwrap();
    let length = answer.headers()[header::CONTENT_LENGTH].clone();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    assert_eq!(length, bytes.len().to_string());
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for index in 0..zip.len() {
        zip.by_index(index).unwrap().read_to_string(&mut all).unwrap();
    }
    assert!(all.contains("=1+1@example.jp") && !all.contains("<f>"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_markup_or_turn_text_are_harmless_wherever_they_stand() {
    let shop = with(&["hanako@docomo.example"]).await;
    // Our reading of addresses lets none of this in; the pages do not rely on it.
    common::sql(
        &shop,
        "UPDATE receipts SET address = '\"<img src=x onerror=alert(1)>\u{202e}\"@example.jp', address_key = 'img@example.jp'; \
         UPDATE outbox SET answer = '250 <img src=y>\u{1b}[31m'",
    )
    .await;
    for address in [
        "/results",
        "/results?q=img",
        "/results/main/1",
        "/results/main/1/erase",
        "/results/live",
    ] {
        let page = shop.get(address).await;
        page.has(&["&#60;img src=x"])
            .has_not(&["<img", "\u{202e}", "\u{1b}"]);
    }
    shop.get("/results/export.csv")
        .await
        .has(&["<img src=x"])
        .has_not(&["\u{202e}", "\u{1b}"]);
    // What is searched for is hostile too.
    let page = shop
        .get("/results?q=%22%3E%3Cscript%3E&series=%3Cb%3E&state=%22x&from=%22%3E%3Cb%3E")
        .await;
    page.has_not(&["<script>", "<b>"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_its_own_numbers_and_acts_on_them() {
    let shop = with(&["hanako@docomo.example"]).await;
    let demo = shop.program.demo_on().await.unwrap();
    shop.get("/results")
        .await
        .has(&["まだ受付番号はありません"])
        .has_not(&["hanako"]);
    let mail = format!(
        "From: demo@phone.example\r\nTo: {}\r\nMessage-ID: <d@x>\r\nDate: {}\r\nSubject:\r\n\r\n",
        demo::ADDRESS,
        jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap(),
    );
    demo.servers().deposit(mail.into_bytes());
    demo.handle()
        .command(karamail_engine::engine::Command::CheckNow)
        .await;
    demo.servers().wait_for_sent(1).await;
    shop.wait_for("/results/main/1", "送信済み")
        .await
        .has(&["demo@phone.example"]);
    let address = format!("/results/main/1/resend?demo={}", demo.id());
    let resent = shop.post(&address, &[]).await;
    assert_eq!(resent.status, StatusCode::SEE_OTHER, "{}", resent.body);
    tokio::time::timeout(common::PATIENCE, demo.servers().wait_for_sent(2))
        .await
        .expect("the demo's customer got the number again");
    assert_eq!(
        shop.servers.sent_count(),
        1,
        "the shop's customer got nothing more"
    );
    drop(demo);
    shop.program.demo_off().await;
    shop.get("/results").await.has(&["hanako@docomo.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_the_page_says_why() {
    let shop = Shop::with_file("[general]\nlanguage = \"xx\"\n").await;
    for address in ["/results", "/results/export.csv", "/results/main/1"] {
        let page = shop.get(address).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        page.has(&["role=\"alert\"", "language"]);
    }
    let refused = shop.post("/results/main/1/resend", &[]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    let ended = with(&["a@example.jp"]).await;
    ended.program.end().await;
    let refused = ended.post("/results/main/1/resend", &[]).await;
    assert!(refused.status.is_server_error() || refused.status == StatusCode::CONFLICT);
    refused.has(&["終了しています"]);
}
