//! メールの設定: what the pages hold and explain.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/form.rs"]
mod form;

use common::Shop;
use form::file;
use karamail_core::words::Language;

#[tokio::test]
async fn every_key_of_a_mailbox_can_be_set_on_its_page() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/mail/1").await;
    for section in karamail_engine::config::keys::SECTIONS {
        let Some(rest) = section.path.strip_prefix("mailbox") else {
            continue;
        };
        for key in section.keys {
            let path = format!("mailbox[1]{rest}.{}", key.name);
            let is_asked_otherwise =
                path.ends_with("smtp.authentication") || path.ends_with("same_credentials_as_pop3");
            if is_asked_otherwise {
                page.has(&[&format!("name=\"was:{path}\"")]);
            } else {
                page.has(&[&format!("name=\"{path}\"")]);
            }
        }
    }
}

#[tokio::test]
async fn ports_are_explained_and_providers_found_in_both_languages() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/ports").await;
    page.has(&[
        "995",
        "465",
        "587",
        "設定例: <span lang=\"ja\">OCN",
        "設定例: <span lang=\"ja\">ASAHIネット",
        "54 件",
    ]);
    shop.get("/settings/ports?q=gmail").await.has(&[
        "pop.gmail.com",
        "1 件",
        "<details class=\"provider\" open>",
    ]);
    shop.get("/settings/ports?q=%3Cscript%3E")
        .await
        .has(&["0 件"])
        .has_not(&["<script>\""]);
    shop.program.set_language(Some(Language::English));
    shop.get("/settings/ports")
        .await
        .has(&["Receiving (POP3)"])
        .has_not(&["受信ポート"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_not_touched() {
    let shop = Shop::with_file("[[mailbox]\nname =").await;
    let before = file(&shop);
    for address in ["/settings/mail", "/settings/mail/1", "/settings/mail/new"] {
        shop.get(address).await.has(&["設定ファイルを読み取れない"]);
    }
    assert_eq!(file(&shop), before);
    let first = Shop::without_settings().await;
    assert_eq!(first.get("/settings/mail").await.location(), "/first");
}
