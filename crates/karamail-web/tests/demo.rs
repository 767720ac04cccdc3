//! デモ: a stranger's way to a first receipt, and a shop that is as it was afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use axum::http::StatusCode;
use common::{Answer, PATIENCE, Shop};
use karamail_engine::engine::Command;
use karamail_engine::store::results::{Wanted, results};

const FIRST: &str = "misaki.sato@phone.example";

async fn demo() -> Shop {
    let shop = Shop::without_settings().await;
    let on = shop.post("/demo/on", &[]).await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, "/demo"));
    shop
}

/// Presses 送信 on a phone, polls at once, and gives the page with the reply.
async fn send(shop: &Shop, fields: &[(&str, &str)], reply: &str) -> Answer {
    let sent = shop.post("/demo/send", fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(sent.location(), "/demo#phone");
    check(shop).await;
    shop.wait_for("/demo", reply).await
}

async fn check(shop: &Shop) {
    let checked = shop.post("/demo/check", &[]).await;
    assert_eq!(checked.status, StatusCode::SEE_OTHER);
}

/// Panics unless these stand in the page in this order.
#[track_caller]
fn in_order(answer: &Answer, texts: &[&str]) {
    let mut rest = answer.body.as_str();
    for text in texts {
        let Some((_, behind)) = rest.split_once(text) else {
            panic!("no {text:?} in its place in:\n{}", answer.body);
        };
        rest = behind;
    }
}

/// Every file under a folder with its bytes, but the ledger's own log of changes, which SQLite writes as it likes.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().contains("karamail.db-") {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn before_it_begins_the_page_says_what_it_is_and_has_one_button() {
    let shop = Shop::without_settings().await;
    let page = shop.get("/demo").await;
    page.has(&[
        "action=\"/demo/on\"",
        "デモを始める",
        "外には何も送りません",
        "お店の設定と記録はそのまま残ります",
    ]);
    assert!(
        shop.program.demo().is_none(),
        "looking at the page began the demo"
    );
}

#[tokio::test]
async fn a_stranger_gets_to_a_first_receipt_by_two_buttons() {
    let shop = demo().await;
    shop.get("/demo").await.has(&[
        "まず、スマートフォンの「送信」を押してください",
        "touroku@karamail.example",
        "QRコードから入力",
        FIRST,
        "デモを終わる",
        "メール収集中",
    ]);
    let page = send(&shop, &[("from", FIRST)], "letter-number").await;
    page.has(&[
        "受信箱",
        "【受付番号 1】会員登録を受け付けました",
        "<strong class=\"letter-number\">1</strong>",
        "受付番号 1 が届きました",
        "会員登録用紙",
    ]);
    let page = shop.wait_for("/demo", "サーバーからメールを削除しました").await;
    in_order(
        &page,
        &[
            "空メールが届きました",
            "受付番号 1 を発行しました",
            "返信しました",
            "削除しました",
        ],
    );
}

#[tokio::test]
async fn until_the_reply_is_there_the_phone_says_that_it_waits() {
    let shop = demo().await;
    let demo = shop.program.demo().unwrap();
    // A mail of the same customer that came before says nothing about this one.
    let before =
        format!("From: {FIRST}\r\nTo: touroku@karamail.example\r\nMessage-ID: <1@phone.example>\r\n\r\n");
    demo.servers().deposit(before.into());
    shop.wait_for("/demo", "サーバーからメールを削除しました").await;
    let handle = demo.handle().clone();
    let mut status = handle.status();
    for is_collecting in [true, false] {
        let reached = status.wait_for(|status| status.is_collecting == is_collecting);
        drop(tokio::time::timeout(PATIENCE, reached).await.unwrap().unwrap());
        handle.command(Command::StopCollecting).await;
    }
    shop.post("/demo/send", &[("from", FIRST)]).await;
    shop.get("/demo")
        .await
        .has(&[
            "送信しました。返信を待っています…",
            "次の確認で受け取ります",
            "停止中",
        ])
        .has_not(&["letter-number", "空メールが届きました", "受付番号 1 が届きました"]);
    // The button begins collecting again.
    check(&shop).await;
    shop.wait_for("/demo", "letter-number").await;
}

#[tokio::test]
async fn every_rule_is_tried_with_one_click() {
    let shop = demo().await;
    send(&shop, &[("from", FIRST)], "受付番号 1 が届きました").await;
    let again = send(&shop, &[("from", FIRST)], "すでに受け付けています").await;
    again.has(&[
        "受付番号は 1 のままです",
        "<strong class=\"letter-number\">1</strong>",
        "前に届いたメール",
    ]);
    let next = send(&shop, &[("next", "yes")], "受付番号 2 が届きました").await;
    next.has(&[
        "kenji.suzuki@gmail.example",
        "<strong class=\"letter-number\">2</strong>",
    ]);
    let subject = [("from", FIRST), ("subject", "営業時間について")];
    let other = send(&shop, &subject, "返信は届きません").await;
    other.has(&[
        "件名のあるメールが届きました：「営業時間について」",
        "番号は発行せず、保管しました",
        FIRST,
    ]);
    let handle = shop.program.demo().unwrap().handle().clone();
    let rows = results(handle.readers(), &Wanted::default()).await.unwrap();
    assert_eq!(rows.len(), 2, "two customers, two numbers");
}

#[tokio::test]
async fn a_phone_may_have_any_address_and_old_ones_of_docomo_too() {
    let shop = demo().await;
    for (number, address) in [(1, "tanaka..hanako@docomo.ne.jp"), (2, "hana@customer.example")] {
        let fields = [("from", FIRST), ("other", address)];
        send(&shop, &fields, &format!("受付番号 {number} が届きました"))
            .await
            .has(&[address]);
    }
}

#[tokio::test]
async fn what_is_typed_into_the_phone_is_harmless() {
    let shop = demo().await;
    for address in [
        "<script>alert(1)</script>",
        "a@x.example\r\nBcc: b@y.example",
        "",
        "\u{202e}@",
    ] {
        let answer = shop.post("/demo/send", &[("from", ""), ("other", address)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address:?}");
        answer
            .has(&["メールアドレスの形になっていません"])
            .has_not(&["<script>alert", "\u{202e}"]);
    }
    let typed = [
        ("other", "a'b&lt{{7*7}}@customer.example"),
        (
            "subject",
            "x\r\nAuto-Submitted: no\r\n\r\n<svg onload=alert(1)>\u{202e}\u{0}",
        ),
    ];
    let page = send(&shop, &typed, "返信は届きません").await;
    page.has(&[
        "&#60;svg onload=alert(1)&#62;⟦U+202E⟧",
        "a&#39;b&#38;lt{{7*7}}@customer.example",
    ])
    .has_not(&["<svg onload", "b&lt", "\u{202e}", "\u{0}"]);
    let servers_have = shop.program.demo().unwrap().servers().sent_count();
    assert_eq!(servers_have, 0, "a mail with a subject was answered");
    let huge = "あ".repeat(100_000);
    send(
        &shop,
        &[("other", "c@customer.example"), ("subject", &huge)],
        "c@customer.example",
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_did_not_come_from_the_page_is_told_too_and_is_text() {
    let shop = demo().await;
    let mail = "From: \"<script>alert(1)</script>\" <evil@customer.example>\r\nTo: touroku@karamail.example\r\n\
                Message-ID: <1@customer.example>\r\nSubject: \r\n\r\n";
    shop.program.demo().unwrap().servers().deposit(mail.into());
    check(&shop).await;
    shop.wait_for("/demo", "受付番号 1 を発行しました")
        .await
        .has(&["evil@customer.example", "メールが届きました"])
        .has_not(&["<script>alert"]);
}

#[tokio::test]
async fn the_phone_and_the_events_come_into_the_open_page_by_themselves() {
    let shop = demo().await;
    let page = shop.get("/demo").await;
    let version = |part: &str| {
        let at = format!("data-live=\"{part}\" data-version=\"");
        let behind = page.body.split(&at).nth(1).unwrap();
        behind.split('"').next().unwrap().to_owned()
    };
    let address = format!("/demo/phone?version={}", version("/demo/phone"));
    let follow = shop.part(&address);
    let act = shop.post("/demo/send", &[("from", FIRST)]);
    let both = async { tokio::join!(follow, act) };
    let (part, _) = tokio::time::timeout(PATIENCE, both).await.unwrap();
    part.has(&["phone-screen"]).has_not(&["<html", "phone-send"]);
    let engine = shop.part("/demo/engine?version=0").await;
    engine.has(&["stories", FIRST]).has_not(&["<html"]);
    // Where scripts run, the answer is no page but an empty part.
    let request = axum::http::Request::post("/demo/send")
        .header("HX-Request", "true")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = shop.ask(request.body("next=yes".into()).unwrap()).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn the_demo_leaves_the_shop_byte_for_byte_as_it_was() {
    let comment = "# 手で書いたメモ  \r\n[general]\r\nshop_name = \"本物の店\"\r\n";
    let shop = Shop::with(comment, false).await;
    shop.sign_up("real@customer.example");
    let before = files(shop.folder());
    assert_eq!(shop.post("/demo/on", &[]).await.location(), "/demo");
    shop.get("/test")
        .await
        .has(&["デモの画面です"])
        .has_not(&["本物の店"]);
    send(&shop, &[("from", FIRST)], "letter-number").await;
    let off = shop.post("/demo/off", &[]).await;
    assert_eq!((off.status, off.location()), (StatusCode::SEE_OTHER, "/status"));
    assert_eq!(
        files(shop.folder()),
        before,
        "the demo wrote into the shop's files"
    );
    assert_eq!(shop.servers.sent_count(), 0);
    assert_eq!(shop.servers.mailbox_count(), 1);
    let rows = results(shop.handle().readers(), &Wanted::default())
        .await
        .unwrap();
    assert!(rows.is_empty());
    shop.get("/test")
        .await
        .has(&["本物の店"])
        .has_not(&["デモの画面です"]);
}

#[tokio::test]
async fn leaving_the_demo_leads_to_the_first_steps_where_there_are_no_settings() {
    let shop = demo().await;
    assert_eq!(shop.get("/").await.location(), "/status", "the demo's own status");
    assert_eq!(shop.post("/demo/off", &[]).await.location(), "/first");
    assert!(!shop.config().exists(), "the demo made a settings file");
    shop.get("/demo").await.has(&["デモを始める"]);
}

#[tokio::test]
async fn the_demo_ends_with_the_program_and_removes_what_it_wrote() {
    let shop = demo().await;
    let folder = shop.program.shown().unwrap().data_folder().to_owned();
    assert!(folder.is_dir());
    shop.program.end().await;
    assert!(shop.program.demo().is_none());
    assert!(!folder.exists(), "the demo's folder stayed");
}

#[tokio::test]
async fn a_page_left_open_says_that_the_demo_is_over() {
    let shop = demo().await;
    shop.post("/demo/off", &[]).await;
    for address in ["/demo/send", "/demo/phone", "/demo/check"] {
        let answer = shop.post(address, &[("from", FIRST)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{address}");
        answer.has(&["デモは終わっています"]);
    }
    for address in ["/demo/phone?version=1", "/demo/engine?version=1"] {
        shop.part(address).await.has(&["デモは終わっています"]);
    }
}

#[tokio::test]
async fn the_demo_speaks_english_too() {
    let shop = Shop::without_settings().await;
    shop.post("/language", &[("language", "en")]).await;
    shop.get("/demo").await.has(&["Start the demo"]);
    shop.post("/demo/on", &[]).await;
    send(&shop, &[("from", FIRST)], "letter-number")
        .await
        .has(&[
            "Your receipt number is 1",
            "Receipt number 1 was given",
            "Receipt number 1 has arrived",
        ])
        .has_not(&["受付", "空メール"]);
}
