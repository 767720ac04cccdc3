//! What holds for every screen.

mod common;

use axum::http::StatusCode;
use common::Shop;

#[tokio::test]
async fn a_first_start_leads_to_the_first_steps_and_a_shop_with_settings_to_its_status() {
    let first = Shop::without_settings().await;
    assert_eq!(first.get("/").await.location(), "/first");
    let shop = Shop::open().await;
    assert_eq!(shop.get("/").await.location(), "/status");
}

#[tokio::test]
async fn every_answer_forbids_foreign_scripts_and_frames() {
    let shop = Shop::open().await;
    for address in ["/status", "/assets/karamail.js", "/nowhere"] {
        let answer = shop.get(address).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("script-src 'self'"),
            "{address}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_in_the_readers_language() {
    let shop = Shop::open().await;
    let answer = shop.get("/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    answer.has(&["その画面はありません。"]);
    let changed = shop
        .post("/language", &[("language", "en"), ("back", "/status")])
        .await;
    assert_eq!(changed.location(), "/status");
    shop.get("/nowhere")
        .await
        .has(&["There is no such page."])
        .has_not(&["画面"]);
}

#[tokio::test]
async fn choosing_the_language_never_leads_away_from_our_pages() {
    let shop = Shop::open().await;
    for back in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/a\r\nSet-Cookie: x",
        "",
    ] {
        let answer = shop
            .post("/language", &[("language", "ja"), ("back", back)])
            .await;
        assert_eq!(answer.location(), "/", "{back:?}");
    }
}

#[tokio::test]
async fn every_page_leads_to_what_the_program_is_and_where_its_data_lies() {
    for shop in [Shop::open().await, Shop::without_settings().await] {
        shop.get("/first").await.has(&["href=\"/about\""]);
        let about = shop.get("/about").await;
        about.has(&[env!("CARGO_PKG_VERSION"), "MIT License", "Zero-Clause BSD"]);
        let (htmx, pico) = (
            include_str!("../assets/htmx.min.js"),
            include_str!("../assets/pico.min.css"),
        );
        assert!(htmx.contains("version:\"2.0.11\"") && pico.contains("Pico CSS ✨ v2.1.1"));
        about.has(&["htmx 2.0.11", "Pico CSS 2.1.1"]);
        about.has(&[
            shop.config().to_str().unwrap(),
            shop.folder().join("data").to_str().unwrap(),
        ]);
    }
}

#[tokio::test]
async fn what_no_screen_understands_is_told_in_the_readers_language_with_the_way_to_the_screens() {
    let shop = Shop::with("", false).await;
    // Such as after choosing the language on the answer to a button.
    for (address, status) in [
        ("/settings/open/file", StatusCode::METHOD_NOT_ALLOWED),
        ("/waiting?numbers=x", StatusCode::BAD_REQUEST),
        ("/results?resent=x", StatusCode::BAD_REQUEST),
    ] {
        let answer = shop.get(address).await;
        assert_eq!(answer.status, status, "{address}");
        answer
            .has(&["href=\"/status\"", "lang=\"ja\""])
            .has_not(&["Failed to deserialize"]);
    }
}
