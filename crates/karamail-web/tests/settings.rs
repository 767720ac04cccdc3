//! The machinery of the settings screens: a form over keys of the settings file.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/form.rs"]
mod form;

use std::time::Duration;

use axum::http::StatusCode;
use common::Shop;
use form::{change, file, send};

const COMMENTED: &str =
    "# うちの設定\n[general]\nshop_name = \"さくら\" # 店長と相談\n# 間隔\n#check_interval_seconds = 15\n";

#[tokio::test]
async fn saving_keeps_every_comment_and_writes_only_what_changed() {
    let shop = Shop::with(COMMENTED, false).await;
    let before = file(&shop);
    let saved = change(
        &shop,
        "/settings/control",
        &[("general.check_interval_seconds", "３０")],
    )
    .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let expected = before.replacen("#check_interval_seconds = 15", "check_interval_seconds = 30", 1);
    assert_eq!(file(&shop), expected);
    // What is as before is not written at all.
    change(&shop, "/settings/control", &[]).await;
    assert_eq!(file(&shop), expected);
    // An empty field: the default holds again, and the line stands as before.
    change(
        &shop,
        "/settings/control",
        &[("general.check_interval_seconds", "")],
    )
    .await;
    assert_eq!(file(&shop), before);
}

#[tokio::test]
async fn the_engine_has_taken_over_what_was_saved_when_the_page_says_so() {
    let shop = Shop::with("[general]\nshop_name = \"さくら\"", false).await;
    let saved = change(&shop, "/settings/control", &[("general.shop_name", "もみじ")]).await;
    assert_eq!(shop.handle().settings().borrow().general.shop_name, "もみじ");
    shop.get(saved.location())
        .await
        .has(&["設定しました。", "value=\"もみじ\""]);
    shop.get("/settings/control").await.has_not(&["設定しました。"]);
}

#[tokio::test]
async fn a_fault_stands_beside_its_field_and_what_was_typed_stays() {
    let shop = Shop::with(COMMENTED, false).await;
    let before = file(&shop);
    let again = change(
        &shop,
        "/settings/control",
        &[
            ("general.check_interval_seconds", "1"),
            ("general.shop_name", "もみじ\"<b>"),
        ],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.has(&[
        "保存していません。直すところが 1 か所あります。",
        "id=\"general-check_interval_seconds-fault\"",
        "aria-describedby=\"general-check_interval_seconds-fault general-check_interval_seconds-help\"",
        "value=\"1\"",
        "value=\"もみじ&#34;&#60;b&#62;\"",
        "href=\"#general-check_interval_seconds\"",
    ]);
    assert_eq!(file(&shop), before, "something was written");
    let again = change(
        &shop,
        "/settings/control",
        &[("general.check_interval_seconds", "十五")],
    )
    .await;
    again.has(&["value=\"十五\"", "field-fault"]);
    // Sent again with the fault mended, it is saved.
    let saved = send(
        &shop,
        "/settings/control",
        &again,
        &[("general.check_interval_seconds", "20")],
    )
    .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_change_made_by_hand_meanwhile_is_shown_and_never_overwritten_unseen() {
    let shop = Shop::with(COMMENTED, false).await;
    let page = shop.get("/settings/control").await;
    let by_hand = file(&shop)
        .replace("さくら", "さくら\u{202e}<i>")
        .replace("#check_interval_seconds = 15", "check_interval_seconds = 60");
    std::fs::write(shop.config(), &by_hand).unwrap();
    let asked = send(
        &shop,
        "/settings/control",
        &page,
        &[("general.shop_name", "もみじ")],
    )
    .await;
    assert_eq!(file(&shop), by_hand, "it was overwritten");
    asked
        .has(&[
            "今のファイル",
            "さくら⟦U+202E⟧&#60;i&#62;",
            "<td class=\"pre\">もみじ</td>",
        ])
        // What only the hand changed is taken into the form; what was typed stays.
        .has(&["value=\"60\"", "value=\"もみじ\""])
        .has_not(&["<i>"]);
    let saved = send(&shop, "/settings/control", &asked, &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let now = file(&shop);
    assert!(
        now.contains("shop_name = \"もみじ\" # 店長と相談") && now.contains("check_interval_seconds = 60"),
        "{now}"
    );
}

#[tokio::test]
async fn a_change_by_hand_elsewhere_in_the_file_stays_and_asks_nothing() {
    let shop = Shop::with(COMMENTED, false).await;
    let page = shop.get("/settings/control").await;
    let by_hand = format!("# 手で書いた\n{}", file(&shop))
        .replace("[[mailbox]]", "[guard]\nbacklog_hours = 1\n[[mailbox]]");
    std::fs::write(shop.config(), &by_hand).unwrap();
    let saved = send(
        &shop,
        "/settings/control",
        &page,
        &[("general.shop_name", "もみじ")],
    )
    .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(file(&shop), by_hand.replace("さくら", "もみじ"));
}

#[tokio::test]
async fn faults_elsewhere_are_listed_with_line_key_and_link_and_can_be_mended_one_after_another() {
    let shop = Shop::with(COMMENTED, false).await;
    let faulty = file(&shop).replace(
        "#check_interval_seconds = 15",
        "check_interval_seconds = \"15\"\narchive_days = -1\nshopname = \"x\"",
    );
    std::fs::write(shop.config(), &faulty).unwrap();
    let page = shop.get("/settings/control").await;
    page.has(&[
        "設定ファイルに直すところが 3 か所あります。",
        "5 行目 <code>general.check_interval_seconds</code>",
        "href=\"/settings/control#general-check_interval_seconds\"",
        "href=\"/settings/data#general-archive_days\"",
        "7 行目 <code>general.shopname</code>",
        // A key that does not exist has no field.
        "href=\"/settings#settings-file\"",
        "id=\"general-check_interval_seconds-fault\"",
    ])
    .has_not(&["保存していません"]);
    // Typed as a number it is written as one, though the rest of the file is still wrong.
    let saved = send(&shop, "/settings/control", &page, &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert!(file(&shop).contains("check_interval_seconds = 15\n"));
    shop.get(saved.location())
        .await
        .has(&["まだ反映されていません", "2 か所"]);
}

#[tokio::test]
async fn a_shop_that_started_with_a_faulty_file_begins_when_the_fault_is_mended_on_the_screen() {
    let good = Shop::with("", false).await;
    let faulty = file(&good).replace(
        "[[mailbox]]",
        "[general]\ncheck_interval_seconds = 1\n[[mailbox]]",
    );
    let shop = Shop::with_file(&faulty).await;
    assert!(shop.program.handle().is_none());
    let saved = change(
        &shop,
        "/settings/control",
        &[("general.check_interval_seconds", "15")],
    )
    .await;
    assert!(shop.program.handle().is_some(), "no engine");
    shop.get(saved.location()).await.has(&["設定しました。"]);
}

#[tokio::test]
async fn a_file_that_is_no_settings_file_is_told_with_its_line_and_the_way_to_open_it() {
    let shop = Shop::with_file("[general]\nshop_name = さくら\n").await;
    for address in ["/settings", "/settings/control"] {
        let page = shop.get(address).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        page.has(&[
            "2 行目",
            "action=\"/settings/open/file\"",
            "action=\"/settings/open/folder\"",
            "karamail.toml",
        ]);
    }
    let typed = [("general.shop_name", "もみじ\"><b>")];
    let answer = shop.post("/settings/control", &typed).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    // What was typed stays, to be applied when the file is mended.
    answer.has(&[
        "name=\"general.shop_name\" value=\"もみじ&#34;&#62;&#60;b&#62;\"",
        "もう一度設定する",
    ]);
    assert!(file(&shop).contains("shop_name = さくら"));
}

#[tokio::test]
async fn looking_at_settings_changes_nothing() {
    let shop = Shop::with(COMMENTED, false).await;
    let before = file(&shop);
    let mut news = shop.handle().settings();
    news.mark_unchanged();
    for address in ["/settings", "/settings/control", "/settings/control?saved=1"] {
        assert_eq!(shop.get(address).await.status, StatusCode::OK, "{address}");
    }
    assert_eq!(file(&shop), before);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), news.changed())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn f12_applies_and_escape_leaves_after_asking() {
    let shop = Shop::with("", false).await;
    shop.get("/settings/control").await.has(&[
        "data-key=\"F12\"",
        "data-key=\"Escape\"",
        "data-ask-before-leaving",
    ]);
}

#[tokio::test]
async fn without_settings_the_way_leads_to_the_first_steps() {
    let shop = Shop::without_settings().await;
    for address in ["/settings/control", "/settings/guards"] {
        assert_eq!(shop.get(address).await.location(), "/first", "{address}");
    }
    assert!(!shop.config().exists());
}
