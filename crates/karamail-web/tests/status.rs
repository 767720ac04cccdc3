//! 状況: what it says is true, and its buttons do what they say.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use axum::http::{Request, StatusCode, header};
use common::{PATIENCE, Shop};
use karamail_engine::engine::Engine;
use karamail_engine::program::Phase;

/// What htmx sends when a button is pressed.
async fn press(shop: &Shop, address: &str) -> common::Answer {
    let request = Request::post(address)
        .header("HX-Request", "true")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    shop.ask(request.body(axum::body::Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_shop_that_collects_is_green_and_shows_its_newest_numbers() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    for nth in 1..=12 {
        shop.sign_up(&format!("customer{nth}@example.jp"));
    }
    shop.collect(12).await;
    let page = shop.wait_for("/status", "/results/main/12\"").await;
    page.has(&["light good", "収集中", "対応が必要なものはありません。"])
        .has(&[
            "/results/main/3\"",
            "customer12@example.jp",
            "<span class=\"big\">12</span>",
        ])
        .has_not(&["/results/main/2\"", "customer2@example.jp"]);
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn the_buttons_say_at_once_what_they_did() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    press(&shop, "/status/check")
        .await
        .has(&["role=\"status\"", "メールの確認を始めました"]);
    press(&shop, "/status/stop").await.has(&["収集を停止しました"]);
    shop.get("/status")
        .await
        .has(&["light idle", "停止中", "収集開始"])
        .has_not(&["light good", "今すぐ確認</button>"]);
    press(&shop, "/status/check").await.has(&["停止中は確認しません"]);
    press(&shop, "/status/start").await.has(&["収集を始めました"]);
    shop.wait_for("/status", "light good").await;
    // Without htmx the same buttons lead back to the page.
    let answer = shop.post("/status/stop", &[]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/status")
    );
    shop.get("/status").await.has(&["light idle"]);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    for address in ["/status/start", "/status/stop", "/status/check", "/status/again"] {
        assert_eq!(
            shop.get(address).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{address}"
        );
    }
    // This one asks, for whoever comes from the tray's menu.
    shop.get("/status/end").await.has(&[
        "<h1>処理の終了</h1>",
        "扱っている途中のメールがあれば、それを終えてから終了します。",
        "action=\"/status/end\"",
        ">終了しない</a>",
    ]);
    assert!(!shop.program.stop().is_requested());
    assert!(shop.handle().status().borrow().is_collecting);
}

#[tokio::test]
async fn the_page_follows_by_itself() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    let version = shop.part("/status/live").await.headers["karamail-version"]
        .to_str()
        .unwrap()
        .to_owned();
    let address = format!("/status/live?version={version}");
    let (answer, _) = tokio::join!(shop.part(&address), press(&shop, "/status/stop"));
    assert_eq!(answer.status, StatusCode::OK);
    assert_ne!(answer.headers["karamail-version"], version.as_str());
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_reached_is_not_green_and_says_what_to_do() {
    let shop = Shop::with("", false).await;
    let text = std::fs::read_to_string(shop.config()).unwrap();
    let port = shop.servers.pop3_port().to_string();
    // Nobody listens there.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    std::fs::write(shop.config(), text.replace(&port, &closed.to_string())).unwrap();
    shop.wait_for("/status", "light idle").await;
    let mut settings = shop.handle().settings();
    tokio::time::timeout(
        PATIENCE,
        settings.wait_for(|settings| settings.mailboxes[0].pop3.port == closed),
    )
    .await
    .expect("the new settings hold")
    .unwrap();
    press(&shop, "/status/start").await;
    let page = shop.wait_for("/status", "light bad").await;
    page.has(&[
        "つながらない",
        "「店頭」のメールを受信できません。",
        "href=\"/test\"",
        "href=\"/settings/mail/1\"",
    ])
    .has_not(&["light good", "対応が必要なものはありません。"]);
    // In the language of the reader, whatever that of the settings is.
    shop.post("/language", &[("language", "en"), ("back", "/status")])
        .await;
    let page = shop.get("/status").await;
    let main = &page.body[page.body.find("<main").unwrap()..];
    let is_japanese = |c: char| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
    assert!(!main.replace("店頭", "").contains(is_japanese), "{main}");
}

#[tokio::test]
async fn a_missing_password_is_told_with_the_way_to_enter_it() {
    let servers = common::Shop::open().await;
    let text = common::mailbox(&servers.servers).replace(
        "security = \"none\"\nuser",
        "save_password = false\nsecurity = \"none\"\nuser",
    );
    let shop = Shop::with_file_and_no_password(&text).await;
    let page = shop.wait_for("/status", "パスワードが必要").await;
    page.has(&[
        "light bad",
        "「店頭」のパスワードがありません。",
        "href=\"/settings/mail/1\"",
        "パスワードを入力する",
    ])
    .has_not(&["light good", "のメールを受信できません。"]);
}

#[tokio::test]
async fn what_waits_for_the_shop_is_told_with_its_buttons() {
    let shop = Shop::open().await;
    shop.servers.deposit(
        b"Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=a@example.jp\r\nFrom: a@example.jp\r\nTo: touroku@karamail.example\r\n\
          Message-ID: <1@x>\r\nSubject: \r\n\r\n"
            .to_vec(),
    );
    shop.servers.deposit(
        b"From: <old@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <1@old>\r\n\r\n"
            .to_vec(),
    );
    shop.handle()
        .command(karamail_engine::engine::Command::CheckNow)
        .await;
    let page = shop.wait_for("/status", "保留しているメールが 1 通").await;
    page.has(&["href=\"/waiting\"", "確認して決める", "light good"])
        .has_not(&["対応が必要なものはありません。"]);
}

#[tokio::test]
async fn faulty_settings_are_told_with_line_and_key_and_begin_by_themselves_when_mended() {
    let shop =
        Shop::with_file("[general]\ncheck_interval_seconds = 1\n[[mailbox]]\nadress = \"a@shop.jp\"\n").await;
    let page = shop.get("/status").await;
    page.has(&[
        "設定に間違いがあるため、収集できません",
        "2 行目",
        "check_interval_seconds",
        "4 行目",
        "adress",
    ])
    .has(&["href=\"/settings\""]);
    assert_eq!(shop.get("/status/live").await.status, StatusCode::OK);
    std::fs::write(shop.config(), common::mailbox(&shop.servers)).unwrap();
    shop.wait_for("/status", "light good").await;
}

#[tokio::test]
async fn a_folder_in_use_is_told_and_can_be_tried_again() {
    let shop = Shop::without_settings().await;
    shop.get("/status")
        .await
        .has(&["まだ設定がありません", "href=\"/first\""]);
    let folder = shop.folder().join("data");
    let text = common::mailbox(&shop.servers);
    let settings = karamail_engine::config::Settings::parse(&text, shop.folder()).unwrap();
    let other = Engine::open(&folder, settings, std::sync::Arc::clone(shop.program.secrets()))
        .await
        .unwrap();
    std::fs::write(shop.config(), text).unwrap();
    let page = shop.wait_for("/status", "収集を始められません").await;
    page.has(&["action=\"/status/again\"", "もう一度試す"]);
    shop.post("/status/again", &[]).await;
    shop.get("/status").await.has(&["収集を始められません"]);
    other.close().await;
    assert_eq!(shop.post("/status/again", &[]).await.location(), "/status");
    assert!(matches!(shop.program.phase(), Phase::Running(_)));
    shop.wait_for("/status", "light good").await;
}

#[tokio::test]
async fn ending_the_program_ends_it_and_says_so() {
    let shop = Shop::open().await;
    shop.wait_for("/status", "light good").await;
    shop.get("/status").await.has(&[
        "action=\"/status/end\"",
        "data-confirm=\"Karamail を終了しますか。",
    ]);
    let page = shop.post("/status/end", &[]).await;
    page.has(&["Karamail は終了しました"]).has_not(&["data-live"]);
    assert!(matches!(shop.program.end().await, Phase::Ended));
    shop.get("/status/end").await.has(&["Karamail は終了しました"]);
    shop.get("/status")
        .await
        .has(&["Karamail は終了しました"])
        .has_not(&["data-live"]);
}

#[tokio::test]
async fn hostile_names_are_harmless_text() {
    let elsewhere = Shop::open().await;
    let text = common::mailbox(&elsewhere.servers).replace("店頭", "<b>\\u202E\\\"x");
    let shop = Shop::with_file_and_no_password(&text).await;
    let page = shop.wait_for("/status", "need").await;
    page.has(&["&#60;b&#62;⟦U+202E⟧"]).has_not(&["<b>", "\u{202E}"]);
}
