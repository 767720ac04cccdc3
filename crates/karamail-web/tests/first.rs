//! 初回: from a first start to a shop that collects, and nothing lost on the way.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use axum::http::StatusCode;
use common::first::{SERVER_FIELDS, to_servers, to_test, type_servers};
use common::{PATIENCE, Shop};
use karamail_engine::config::{READY_MADE_RECEIPTS, Settings};
use karamail_engine::demo;
use karamail_engine::program::Phase;

#[tokio::test]
async fn the_path_leads_from_an_address_to_the_first_receipt() {
    let shop = Shop::without_settings().await;
    shop.get("/first")
        .await
        .has(&["お店のメールで始める", "まずデモで試す", "action=\"/demo/on\""]);
    to_test(&shop).await;
    shop.get("/first/test")
        .await
        .has(&["手順 4/6", "テストを始める", "テストせずに進む"]);
    assert_eq!(
        shop.post("/first/test/begin", &[]).await.location(),
        "/first/test"
    );
    let page = shop.wait_for("/first/test", "成功しました。").await;
    page.has(&[
        "受信サーバーにログインしました",
        "送信サーバーが受け付けました",
        "秒で戻りました",
        "value=\"next\"",
    ]);
    assert!(!shop.config().exists(), "nothing is written yet");
    assert_eq!(
        shop.post("/first/test", &[("go", "next")]).await.location(),
        "/first/receipt"
    );
    let page = shop.get("/first/receipt").await;
    page.has(&["手順 5/6", "飲食店", "美容室", "喫茶 &#60;b&#62;みどり"])
        .has_not(&["<b>みどり"]);
    let salon = READY_MADE_RECEIPTS
        .iter()
        .position(|one| one.name.starts_with("美容室"));
    let salon = salon.unwrap();
    let answer = shop
        .post(
            "/first/receipt",
            &[
                ("receipt", &salon.to_string()),
                ("first_number", "１２００"),
                ("go", "next"),
            ],
        )
        .await;
    assert_eq!(answer.location(), "/first/begin");
    shop.get("/first/begin")
        .await
        .has(&["手順 6/6", "24 時間より前の古いメール", "受付を始める", "美容室"])
        .has_not(&["テストは成功していません"]);
    assert!(!shop.config().exists(), "nothing is written yet");
    let answer = shop.post("/first/begin", &[("go", "next")]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/status")
    );
    shop.wait_for("/status", "light good").await;
    let settings = Settings::load(&shop.config()).unwrap();
    assert_eq!(settings.general.shop_name, "喫茶 <b>みどり</b>");
    assert_eq!(settings.series[0].first_number, 1200);
    assert_eq!(settings.receipt.body(), READY_MADE_RECEIPTS[salon].body());
    let sent = shop.servers.sent_count();
    shop.sign_up("hanako@example.jp");
    shop.collect(sent + 1).await;
    shop.wait_for("/status", "/results/main/1200\"").await;
    // The path is over: what is there is never written over.
    shop.get("/first")
        .await
        .has(&["設定はすでにあります。", "href=\"/settings\""]);
    assert_eq!(
        shop.post("/first/begin", &[("go", "next")]).await.location(),
        "/first"
    );
}

#[tokio::test]
async fn the_password_is_kept_for_the_next_start_and_never_shown() {
    let shop = Shop::without_settings_or_passwords().await;
    to_servers(&shop, demo::ADDRESS).await;
    type_servers(&shop, "next").await;
    // Nothing was typed yet.
    shop.post("/first/password", &[("password", "")])
        .await
        .has(&["パスワードを入力してください。"]);
    let secret = "se<cr>et\"ひみつ";
    shop.post("/first/password", &[("password", secret), ("save", "yes")])
        .await;
    for address in ["/first/password", "/first/test", "/first", "/first/servers"] {
        let page = shop.get(address).await;
        page.has_not(&[secret, "se&#60;cr", "ひみつ"]);
    }
    shop.get("/first/password")
        .await
        .has(&["入力済みです。", " checked"]);
    // Typed once, it need not be typed again.
    assert_eq!(
        shop.post("/first/password", &[("password", ""), ("save", "yes")])
            .await
            .location(),
        "/first/test"
    );
    shop.post("/first/test", &[("go", "skip")]).await;
    shop.post("/first/receipt", &[("receipt", "0")]).await;
    shop.get("/first/begin")
        .await
        .has(&["テストは成功していません"])
        .has_not(&[secret]);
    shop.post("/first/begin", &[]).await;
    let text = std::fs::read_to_string(shop.config()).unwrap();
    assert!(!text.contains(secret));
    let kept = std::fs::read_to_string(shop.folder().join("data/secrets.toml")).unwrap();
    assert!(kept.contains("ひみつ"), "{kept}");
}

#[tokio::test]
async fn going_back_loses_nothing() {
    let shop = Shop::without_settings().await;
    to_servers(&shop, demo::ADDRESS).await;
    assert_eq!(type_servers(&shop, "back").await.location(), "/first/address");
    shop.get("/first/address").await.has(&[demo::ADDRESS]);
    assert_eq!(
        shop.post("/first/address", &[("address", demo::ADDRESS), ("go", "back")])
            .await
            .location(),
        "/first"
    );
    shop.get("/first")
        .await
        .has(&["喫茶", "続きから始める", demo::ADDRESS]);
    // The same address again: what was typed of the servers is there.
    shop.post("/first/address", &[("address", demo::ADDRESS)]).await;
    let port = format!("value=\"{}\"", shop.servers.pop3_port());
    shop.get("/first/servers")
        .await
        .has(&[&port, "value=\"127.0.0.1\""]);
    // A step too far leads to the one that is open.
    assert_eq!(shop.get("/first/begin").await.location(), "/first/servers");
    shop.post("/first/anew", &[]).await;
    shop.get("/first")
        .await
        .has_not(&["続きから始める", demo::ADDRESS]);
}

#[tokio::test]
async fn a_known_provider_is_filled_in_with_what_the_shop_must_do() {
    let shop = Shop::without_settings().await;
    shop.post("/first/address", &[("address", "shop@gmail.com")])
        .await;
    let page = shop.wait_for("/first/servers", "設定が見つかりました").await;
    page.has(&[
        "pop.gmail.com",
        "value=\"recent:shop@gmail.com\"",
        "value=\"995\"",
        "アプリ パスワード",
    ]);
    let fields = SERVER_FIELDS.into_iter().zip([
        "pop.gmail.com",
        "995",
        "tls",
        "recent:shop@gmail.com",
        "smtp.gmail.com",
        "465",
        "tls",
        "same",
        "",
    ]);
    let fields: Vec<(&str, &str)> = fields.collect();
    assert_eq!(
        shop.post("/first/servers", &fields).await.location(),
        "/first/password"
    );
    shop.get("/first/password")
        .await
        .has(&["「アプリ パスワード」を入れます"]);
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_explained() {
    let shop = Shop::without_settings().await;
    for (address, expected) in [
        ("shop@docomo.ne.jp", "携帯電話のアドレスです"),
        ("shop@outlook.com", "別の提供元のアドレスを用意してください"),
        ("shop@unknown.example", "インターネットで調べられませんでした"),
    ] {
        shop.post("/first/address", &[("address", address)]).await;
        let page = shop.wait_for("/first/servers", expected).await;
        page.has(&["data-key=\"Escape\""]);
    }
    // All the same, who knows better may type.
    shop.post("/first/address", &[("address", "shop@docomo.ne.jp")])
        .await;
    shop.wait_for("/first/servers", "それでも自分で入力する").await;
    shop.post("/first/servers/type", &[]).await;
    shop.get("/first/servers")
        .await
        .has(&["name=\"pop3_host\"", "value=\"shop@docomo.ne.jp\""]);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let shop = Shop::without_settings().await;
    for address in ["", "shop", "a b@example.jp"] {
        let page = shop.post("/first/address", &[("address", address)]).await;
        assert_eq!(page.status, StatusCode::OK, "{address:?}");
        page.has(&["field-fault"]);
    }
    to_servers(&shop, demo::ADDRESS).await;
    let fields = SERVER_FIELDS
        .into_iter()
        .zip(["", "abc", "none", "", "http://x", "70000", "tls", "own", ""]);
    let page = shop.post("/first/servers", &fields.collect::<Vec<_>>()).await;
    for id in [
        "pop3-host",
        "pop3-port",
        "user",
        "smtp-host",
        "smtp-port",
        "smtp-user",
    ] {
        page.has(&[
            &format!("id=\"{id}-fault\""),
            &format!("aria-describedby=\"{id}-fault\""),
        ]);
    }
    // What was typed is still there.
    page.has(&["value=\"abc\"", "value=\"70000\"", "value=\"http://x\""]);
    assert_eq!(shop.get("/first/password").await.location(), "/first/servers");
}

#[tokio::test]
async fn a_server_without_encryption_is_taken_after_a_plain_warning() {
    let shop = Shop::without_settings().await;
    to_servers(&shop, demo::ADDRESS).await;
    let values = [
        "pop.shop.test",
        "110",
        "none",
        "a",
        "smtp.shop.test",
        "587",
        "starttls",
        "same",
        "",
    ];
    let mut fields: Vec<(&str, &str)> = SERVER_FIELDS.into_iter().zip(values).collect();
    let page = shop.post("/first/servers", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has(&["ご確認ください", "name=\"accept\"", "value=\"pop.shop.test\""]);
    assert_eq!(shop.get("/first/password").await.location(), "/first/servers");
    fields.push(("accept", "yes"));
    assert_eq!(
        shop.post("/first/servers", &fields).await.location(),
        "/first/password"
    );
}

#[tokio::test]
async fn a_test_that_fails_says_why_and_can_be_made_again() {
    let shop = Shop::without_settings().await;
    to_servers(&shop, demo::ADDRESS).await;
    type_servers(&shop, "next").await;
    shop.post("/first/password", &[("password", "wrong"), ("save", "yes")])
        .await;
    shop.post("/first/test/begin", &[]).await;
    let page = shop.wait_for("/first/test", "うまくいきませんでした。").await;
    page.has(&[
        "failed-step",
        "サーバーを直す",
        "パスワードを直す",
        "もう一度テストする",
    ])
    .has_not(&["id=\"go-on\""]);
    assert_eq!(
        shop.post("/first/test", &[("go", "next")]).await.location(),
        "/first/test"
    );
    assert_eq!(
        shop.post("/first/test", &[("go", "password")]).await.location(),
        "/first/password"
    );
    // Another password: the old result no longer counts.
    shop.post(
        "/first/password",
        &[("password", demo::PASSWORD), ("save", "yes")],
    )
    .await;
    shop.get("/first/test")
        .await
        .has(&["テストを始める"])
        .has_not(&["うまくいきませんでした。"]);
    shop.post("/first/test/begin", &[]).await;
    shop.wait_for("/first/test", "成功しました。").await;
}

#[tokio::test]
async fn a_settings_file_that_appears_meanwhile_is_not_written_over() {
    let shop = Shop::without_settings().await;
    to_test(&shop).await;
    shop.post("/first/test", &[("go", "skip")]).await;
    shop.post("/first/receipt", &[("receipt", "0")]).await;
    let text = common::mailbox(&shop.servers);
    std::fs::write(shop.config(), &text).unwrap();
    assert_eq!(shop.post("/first/begin", &[]).await.location(), "/first");
    shop.get("/first").await.has(&["設定はすでにあります。"]);
    assert_eq!(std::fs::read_to_string(shop.config()).unwrap(), text);
    let running = async {
        while !matches!(shop.program.phase(), Phase::Running(_)) {
            let _ = shop.program.news().changed().await;
        }
    };
    tokio::time::timeout(PATIENCE, running)
        .await
        .expect("the engine starts");
}
