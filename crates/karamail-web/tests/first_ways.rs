//! 初回: other ways than the straight one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use axum::http::StatusCode;
use common::Shop;
use common::first::{SERVER_FIELDS, to_servers, to_test, type_servers, type_servers_with};
use karamail_engine::config::Settings;
use karamail_engine::demo;
use karamail_engine::setup::dns::Dns;

#[tokio::test]
async fn the_preview_shows_the_chosen_wording() {
    let shop = Shop::without_settings().await;
    to_test(&shop).await;
    shop.post("/first/test", &[("go", "skip")]).await;
    let first = shop
        .post(
            "/first/receipt/preview",
            &[("receipt", "0"), ("first_number", "77")],
        )
        .await;
    let second = shop
        .post(
            "/first/receipt/preview",
            &[("receipt", "1"), ("first_number", "77")],
        )
        .await;
    first.has(&["77", "first-phone-body"]).has_not(&["★"]);
    assert_ne!(first.body, second.body);
}

#[tokio::test]
async fn the_path_is_there_in_english() {
    let shop = Shop::without_settings().await;
    shop.post("/language", &[("language", "en"), ("back", "/first")])
        .await;
    let is_japanese = |c: char| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
    let check = |address: &str, page: common::Answer| {
        let body = page
            .body
            .replace("日本語", "")
            .replace("喫茶 &#60;b&#62;みどり", "");
        let line = body.lines().find(|line| line.contains(is_japanese));
        assert_eq!(line, None, "{address}");
    };
    check("/first", shop.get("/first").await);
    to_test(&shop).await;
    for address in [
        "/first/address",
        "/first/servers",
        "/first/password",
        "/first/test",
    ] {
        check(address, shop.get(address).await);
    }
    shop.post("/first/test", &[("go", "skip")]).await;
    check("/first/receipt", shop.get("/first/receipt").await);
    shop.post("/first/receipt", &[("receipt", "0")]).await;
    check("/first/begin", shop.get("/first/begin").await);
    shop.post("/first/begin", &[]).await;
    let settings = Settings::load(&shop.config()).unwrap();
    assert_eq!(settings.general.language.tag(), "en");
}

#[tokio::test]
async fn servers_that_change_are_to_be_tested_again() {
    let shop = Shop::without_settings().await;
    to_test(&shop).await;
    shop.post("/first/test", &[("go", "skip")]).await;
    assert_eq!(shop.get("/first/receipt").await.status, StatusCode::OK);
    // The same again changes nothing.
    type_servers(&shop, "next").await;
    assert_eq!(shop.get("/first/receipt").await.status, StatusCode::OK);
    let values = [
        "localhost",
        "1",
        "none",
        demo::USER,
        "localhost",
        "2",
        "none",
        "same",
        "",
    ];
    let fields: Vec<(&str, &str)> = SERVER_FIELDS.into_iter().zip(values).collect();
    shop.post("/first/servers", &fields).await;
    assert_eq!(shop.get("/first/receipt").await.location(), "/first/test");
}

#[tokio::test]
async fn who_does_not_want_to_wait_for_the_search_types() {
    let shop = Shop::without_settings().await;
    // A name server that never answers.
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    shop.program.set_dns(Dns::at(silent.local_addr().unwrap()).ok());
    shop.post("/first/address", &[("address", "shop@shop.test")])
        .await;
    let page = shop.get("/first/servers").await;
    page.has(&[
        "shop.test のメールの提供元とサーバーを調べています",
        "data-live=\"/first/servers/live\"",
    ])
    .has_not(&["name=\"pop3_host\""]);
    let version = shop.part("/first/servers/live").await.headers["karamail-version"].clone();
    let follow = format!("/first/servers/live?version={}", version.to_str().unwrap());
    let (part, _) = tokio::join!(shop.part(&follow), async {
        shop.post("/first/servers/type", &[]).await;
        shop.program.bump();
    });
    part.has(&["name=\"pop3_host\"", "value=\"shop@shop.test\""]);
    shop.get("/first/servers")
        .await
        .has(&["name=\"pop3_host\""])
        .has_not(&["data-live"]);
}

#[tokio::test]
async fn sending_may_have_a_login_of_its_own_and_the_demo_ends_when_the_shop_begins() {
    let shop = Shop::without_settings_or_passwords().await;
    shop.program.demo_on().await.unwrap();
    to_servers(&shop, demo::ADDRESS).await;
    type_servers_with(&shop, "next", "own", "sender").await;
    shop.get("/first/password")
        .await
        .has(&["name=\"smtp_password\"", "アカウント: sender"]);
    let one = [("password", "for receiving"), ("save", "yes")];
    shop.post("/first/password", &one)
        .await
        .has(&["smtp-password-fault"]);
    let both = [("smtp_password", "for sending"), ("save", "yes")];
    assert_eq!(
        shop.post("/first/password", &both).await.location(),
        "/first/test"
    );
    shop.post("/first/test", &[("go", "skip")]).await;
    shop.post("/first/receipt", &[("receipt", "0")]).await;
    assert_eq!(shop.post("/first/begin", &[]).await.location(), "/status");
    assert!(shop.program.demo().is_none());
    let settings = Settings::load(&shop.config()).unwrap();
    assert_eq!(settings.mailboxes[0].smtp.user, "sender");
    let kept = std::fs::read_to_string(shop.folder().join("data/secrets.toml")).unwrap();
    assert!(
        kept.contains("for receiving") && kept.contains("for sending"),
        "{kept}"
    );
}
