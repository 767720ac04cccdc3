//! Whoever reads a screen is told what to type and press there: no command of a terminal, nothing of how the file is written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/form.rs"]
mod form;

use axum::http::StatusCode;
use common::{Answer, Shop};
use form::change;

/// What is said at a terminal, or of the settings file.
const NOT_HERE: [&str; 7] = [
    "引用符",
    "karamail password",
    "karamail config",
    "karamail test",
    "--data-dir",
    "[[mailbox]]",
    "save_password = ",
];

async fn refused(shop: &Shop, screen: &str, key: &str, typed: &str) -> Answer {
    let answer = change(shop, screen, &[(key, typed)]).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{key} = {typed:?}"
    );
    answer.has_not(&NOT_HERE);
    answer
}

#[tokio::test]
async fn a_field_that_is_wrong_says_what_to_type_and_not_how_the_file_is_written() {
    let shop = Shop::with("", false).await;
    let mailbox = "/settings/mail/1";
    refused(&shop, mailbox, "mailbox[1].pop3.host", "").await.has(&[
        "必ず入れる欄です。",
        "pop.example.jp のようなサーバー名を入れてください。",
    ]);
    refused(&shop, mailbox, "mailbox[1].address", "")
        .await
        .has(&["必ず入れる欄です。", "メールアドレスをひとつ入れてください。"]);
    refused(&shop, mailbox, "mailbox[1].pop3.port", "700000")
        .await
        .has(&["整数を入れてください。"]);
    refused(&shop, mailbox, "mailbox[1].pop3.host", "pop.example.jp:110")
        .await
        .has(&["「ポート」の欄に入れてください。"]);
    refused(
        &shop,
        "/settings/control",
        "general.shop_name",
        &"あ".repeat(5_000),
    )
    .await
    .has(&["文字までの 1 行で入れてください。"]);
    refused(&shop, "/settings/guards", "guard.blocked", "a b")
        .await
        .has(&["の形で入れてください。"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_missing_leads_to_the_screen_where_it_is_typed() {
    let shop = Shop::without_environment("").await;
    shop.post("/test/run", &[("mailbox", "店頭"), ("kind", "receive")])
        .await;
    let page = shop
        .wait_for("/test", "「店頭」のパスワードを入れてください")
        .await;
    page.has(&["href=\"/settings/mail/1#"]).has_not(&NOT_HERE);
    shop.post("/status/start", &[]).await;
    shop.wait_for("/status", "href=\"/settings/mail/1\"")
        .await
        .has_not(&NOT_HERE);
    for screen in [
        "/status",
        "/settings",
        "/settings/mail",
        "/settings/mail/1",
        "/test",
    ] {
        shop.get(screen).await.has_not(&NOT_HERE);
    }
}
