//! テスト: what the shop can find out about its mailbox, step by step.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use axum::http::{Request, StatusCode};
use common::{PATIENCE, Shop, mailbox};
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::store::results::{Wanted, results};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// The page of the mailbox 2号店.
const SECOND: &str = "/test?mailbox=2%E5%8F%B7%E5%BA%97";

/// Presses a button of the first mailbox.
async fn press(shop: &Shop, kind: &str, to: &str) {
    let fields = [("mailbox", "店頭"), ("kind", kind), ("to", to)];
    let answer = shop.post("/test/run", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.location(), "/test?mailbox=%E5%BA%97%E9%A0%AD#result");
}

async fn numbers_given(shop: &Shop) -> usize {
    let rows = results(shop.handle().readers(), &Wanted::default()).await;
    rows.unwrap().len()
}

/// A shop whose settings are these, with `name = "店頭"` at the servers.
async fn shop_at(servers: &DemoServers, change: impl Fn(String) -> String) -> Shop {
    let shop = Shop::with_file(&change(mailbox(servers))).await;
    assert!(shop.program.handle().is_some(), "the settings are not sound");
    shop
}

#[tokio::test]
async fn each_test_says_what_it_does_and_when_to_use_it() {
    let shop = Shop::with("", false).await;
    shop.get("/test").await.has(&[
        "受信のテスト",
        "メールには何もしません",
        "送信のテスト",
        "件名のあるテストメールを 1 通送り",
        "空件名の往復テスト",
        "受付を始める前に一度",
        "件名のないメールを迷惑メールとして捨てます",
        "テスト後処理",
        "ほかのメールは消しません",
        "どのテストでも受付番号は発行しません",
        "まだテストをしていません",
        "data-key=\"Escape\"",
    ]);
    shop.post("/language", &[("language", "en")]).await;
    shop.get("/test")
        .await
        .has(&["Test receiving", "Round trip with an empty subject", "Clean up"])
        .has_not(&["受信のテスト"]);
}

#[tokio::test]
async fn receiving_is_ticked_off_step_by_step_and_leaves_the_mails_alone() {
    let shop = Shop::with("", false).await;
    shop.sign_up("a@customer.example");
    press(&shop, "receive", "").await;
    let page = shop.wait_for("/test", "受信できました").await;
    page.has(&[
        "<strong>受信のパスワード</strong>",
        "<strong>受信サーバーにつなぐ</strong>",
        "<strong>受信サーバーにログインする</strong>",
        "メールボックスの一覧を受け取りました(1 通)",
        "次は「送信のテスト」",
    ]);
    assert_eq!(shop.servers.mailbox_count(), 1);
    assert_eq!(numbers_given(&shop).await, 0);
}

#[tokio::test]
async fn the_test_mail_goes_to_another_address_where_one_is_named() {
    let shop = Shop::with("", false).await;
    press(&shop, "send", " owner@phone.example ").await;
    shop.wait_for("/test", "送信できました")
        .await
        .has(&["value=\"owner@phone.example\""]);
    let sent = shop.servers.sent();
    assert_eq!(
        (sent.len(), sent[0].to.as_slice()),
        (1, &["owner@phone.example".to_owned()][..])
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_told_and_no_test_is_made() {
    let shop = Shop::with("", false).await;
    let fields = [
        ("mailbox", "店頭"),
        ("kind", "send"),
        ("to", "<script>alert(1)</script>\u{202e}"),
    ];
    let answer = shop.post("/test/run", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer
        .has(&["メールアドレスの形になっていません", "⟦U+202E⟧"])
        .has_not(&["<script>alert"]);
    shop.get("/test").await.has(&["まだテストをしていません"]);
    assert_eq!(shop.servers.sent_count(), 0);
}

#[tokio::test]
async fn after_receiving_and_sending_the_round_trip_is_next() {
    let shop = Shop::with("", false).await;
    press(&shop, "send", "owner@phone.example").await;
    shop.wait_for("/test", "次は「受信のテスト」").await;
    press(&shop, "receive", "").await;
    shop.wait_for("/test", "最後に「空件名の往復テスト」").await;
}

#[tokio::test]
async fn the_round_trip_beside_a_collecting_program_gives_no_number() {
    let shop = Shop::open().await;
    press(&shop, "roundtrip", "").await;
    shop.wait_for("/test", "空メールの受付を始められます")
        .await
        .has(&["<strong>件名のないメールが戻る</strong>", "href=\"/status\""]);
    assert_eq!(numbers_given(&shop).await, 0);
    assert_eq!(shop.servers.sent_count(), 1, "nothing was answered");
}

#[tokio::test]
async fn where_collecting_is_stopped_the_round_trip_looks_for_itself_and_takes_no_other_mail() {
    let shop = Shop::with("", false).await;
    shop.sign_up("a@customer.example");
    press(&shop, "roundtrip", "").await;
    shop.wait_for("/test", "空メールの受付を始められます").await;
    assert_eq!(
        shop.servers.mailbox_count(),
        1,
        "the customer's mail stays, the test mail goes"
    );
    assert_eq!(numbers_given(&shop).await, 0);
}

#[tokio::test]
async fn cleaning_up_deletes_test_mails_and_nothing_else() {
    let shop = Shop::with("", false).await;
    shop.sign_up("a@customer.example");
    press(&shop, "send", "").await;
    shop.wait_for("/test", "送信できました").await;
    assert_eq!(shop.servers.mailbox_count(), 2);
    press(&shop, "cleanup", "").await;
    shop.wait_for("/test", "後片付けが終わりました")
        .await
        .has(&["テストメール 1 通をサーバーから消しました"]);
    assert_eq!(shop.servers.mailbox_count(), 1);
}

#[tokio::test]
async fn a_wrong_login_tells_what_to_do_and_leads_to_the_field() {
    let servers = DemoServers::start().await.unwrap();
    let user = format!("user = \"{}\"", demo::USER);
    let shop = shop_at(&servers, |text| text.replace(&user, "user = \"<b>other</b>\"")).await;
    press(&shop, "receive", "").await;
    shop.wait_for("/test", "どうすればよいか")
        .await
        .has(&[
            "<span class=\"tag bad\">失敗</span>",
            "ユーザー名かパスワードが違います",
            "パスワードを確認してください",
            "href=\"/settings/mail/1#password-pop3\"",
            "パスワードを入れ直す",
        ])
        .has_not(&["<b>other</b>", "受信できました"]);
}

#[tokio::test]
async fn what_a_server_answers_is_text_and_never_markup() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let words = b"-ERR <img src=x onerror=alert(1)> \xe2\x80\xae\x1b[2J\r\n";
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, words).await;
        }
    });
    let servers = DemoServers::start().await.unwrap();
    let pop3 = format!("port = {}", servers.pop3_port());
    let shop = shop_at(&servers, |text| {
        text.replacen(&pop3, &format!("port = {port}"), 1)
    })
    .await;
    press(&shop, "receive", "").await;
    shop.wait_for("/test", "どうすればよいか")
        .await
        .has(&["&#60;img"])
        .has_not(&["<img", "\u{202e}", "\u{1b}"]);
}

#[tokio::test]
async fn a_test_goes_on_while_the_page_is_left_and_can_be_called_off() {
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let servers = DemoServers::start().await.unwrap();
    let pop3 = format!("port = {}", servers.pop3_port());
    let shop = shop_at(&servers, |text| {
        text.replacen(&pop3, &format!("port = {port}"), 1)
    })
    .await;
    press(&shop, "receive", "").await;
    shop.get("/status").await;
    shop.wait_for("/test", "テストを中止する")
        .await
        .has(&["<span class=\"tag busy\">テスト中</span>", "ほかの画面に移っても"]);

    let fields = [("mailbox", "店頭"), ("kind", "send")];
    let second = shop.post("/test/run", &fields).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    second.has(&["このメールボックスは、いまテスト中です", "中止してから"]);

    let (mut connection, _) = silent.accept().await.unwrap();
    let stopped = shop.post("/test/stop", &[("mailbox", "店頭")]).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    // Far sooner than the test itself would give up.
    let gone = tokio::time::timeout(Duration::from_secs(5), connection.read_to_end(&mut Vec::new())).await;
    assert!(gone.is_ok(), "the test that was called off goes on");
    shop.get("/test")
        .await
        .has(&["<span class=\"tag\">中止</span>", "テストを中止しました"])
        .has_not(&["テストを中止する"]);
    // Another one may begin now.
    press(&shop, "send", "owner@phone.example").await;
    shop.wait_for("/test", "送信できました").await;
}

#[tokio::test]
async fn the_steps_come_into_the_open_page_by_themselves() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/test").await;
    let version = page.version();
    let address = format!("/test/live?version={version}");
    let follow = shop.part(&address);
    let begin = press(&shop, "receive", "");
    let (part, ()) = tokio::time::timeout(PATIENCE, async { tokio::join!(follow, begin) })
        .await
        .unwrap();
    assert_eq!(part.status, StatusCode::OK);
    part.has(&["test-steps"]).has_not(&["<html"]);
    assert_ne!(part.headers["karamail-version"].to_str().unwrap(), version);
}

#[tokio::test]
async fn of_several_mailboxes_one_is_chosen() {
    let servers = DemoServers::start().await.unwrap();
    let second = |text: String| {
        let other = text
            .replace("店頭", "2号店")
            .replace(demo::ADDRESS, "two@karamail.example");
        format!("{text}{}", other.replace("user = \"touroku\"", "user = \"two\""))
    };
    let shop = shop_at(&servers, second).await;
    shop.get(SECOND).await.has(&[
        "two@karamail.example に送ります",
        "name=\"mailbox\" value=\"2号店\"",
    ]);
    let answer = shop
        .post("/test/run", &[("mailbox", "2号店"), ("kind", "receive")])
        .await;
    assert_eq!(answer.location(), format!("{SECOND}#result"));
    shop.wait_for(SECOND, "href=\"/settings/mail/2#").await;
    shop.get("/test").await.has(&["まだテストをしていません"]);
    let gone = shop
        .post("/test/run", &[("mailbox", "3号店"), ("kind", "receive")])
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    gone.has(&["そのメールボックスは設定にありません"]);
}

#[tokio::test]
async fn in_the_demo_the_demos_mailbox_is_tested_and_the_shops_is_not() {
    let shop = Shop::with("", false).await;
    shop.post("/demo/on", &[]).await;
    shop.get("/test").await.has(&["デモのメールボックスを調べます"]);
    let address = format!("/test/run?demo={}", shop.program.demo().unwrap().id());
    shop.get("/test").await.has(&[&format!("action=\"{address}\"")]);
    let fields = [("mailbox", "店頭"), ("kind", "send"), ("to", "")];
    shop.post(&address, &fields).await;
    shop.wait_for("/test", "送信できました").await;
    assert_eq!(shop.servers.sent_count(), 0, "the shop's server was used");
    assert!(shop.program.demo().unwrap().servers().sent_count() >= 1);
    shop.post("/demo/off", &[]).await;
    shop.get("/test").await.has(&["まだテストをしていません"]);
}

#[tokio::test]
async fn without_settings_there_is_nothing_to_test_and_looking_at_a_page_begins_nothing() {
    let first = Shop::without_settings().await;
    first.get("/test").await.has(&["まだ設定がありません", "/first"]);
    let shop = Shop::with("", false).await;
    let request = Request::get("/test/run?mailbox=a&kind=send");
    let answer = shop.ask(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(shop.servers.sent_count(), 0);
}
