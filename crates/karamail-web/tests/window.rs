//! The screens as the program's own window has them.

mod common;

use axum::http::StatusCode;
use common::Shop;

async fn in_window() -> Shop {
    let mut shop = Shop::open().await;
    shop.router = karamail_web::router_in_window(std::sync::Arc::clone(&shop.program));
    shop
}

#[tokio::test]
async fn only_the_window_has_the_way_to_close_it() {
    let shop = Shop::open().await;
    shop.get("/status").await.has_not(&["/window/close", "window.js"]);
    let window = in_window().await;
    window
        .get("/status")
        .await
        .has(&["トレイへ", "action=\"/window/close\"", "window.js"]);
}

#[tokio::test]
async fn a_browser_cannot_have_files_of_this_computer_opened() {
    let shop = Shop::open().await;
    let answer = shop.post("/window/saved/1/file", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    // The window can, but only what was saved before.
    let window = in_window().await;
    let answer = window.post("/window/saved/1/file", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    answer.has(&["どのファイルか分からなくなりました"]);
}

#[tokio::test]
async fn a_page_whose_process_ended_leads_back_and_nowhere_else() {
    let window = in_window().await;
    let page = window.get("/window/interrupted?back=/results%3Fq=taro").await;
    page.has(&["メールの収集と受付は止まっていません", "href=\"/results?q=taro\""]);
    for foreign in ["https://evil.example/", "//evil.example", "javascript:alert(1)"] {
        let page = window.get(&format!("/window/interrupted?back={foreign}")).await;
        page.has(&["<a role=\"button\" href=\"/\""])
            .has_not(&["evil", "alert(1)"]);
    }
}
