//! The settings screens one by one, without the mailboxes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/form.rs"]
mod form;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::Shop;
use form::{change, fields, file, send};
use karamail_core::words::Language;
use karamail_engine::config::READY_MADE_RECEIPTS;
use karamail_engine::program::Phase;
use tower::ServiceExt;

const PAGES: [&str; 6] = [
    "/settings",
    "/settings/control",
    "/settings/duplicate",
    "/settings/templates",
    "/settings/guards",
    "/settings/data",
];

#[tokio::test]
async fn looking_at_any_settings_screen_changes_nothing() {
    let shop = Shop::with("# うちの設定\n[general]\nshop_name = \"さくら\"", false).await;
    let before = file(&shop);
    for page in PAGES {
        let answer = shop.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        for target in [
            "preview/receipt",
            "preview-interval",
            "data/backup",
            "open/file",
            "new-file",
        ] {
            let answer = shop.get(&format!("/settings/{target}")).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{target}");
        }
    }
    assert_eq!(file(&shop), before);
}

#[tokio::test]
async fn hostile_values_of_the_file_are_harmless_on_every_screen() {
    let shop = Shop::with(
        "[general]\nshop_name = \"<script>x</script>\\u202E\"\n[receipt]\nsubject = \"</title><img src=x> ★1★\"\n\
         body = \"</textarea><script>y</script> ★1★\\n\"\n[opt_out]\nwords = [\"<b>退会\"]\n[guard]\nshop_words = [\"<i>\"]",
        false,
    )
    .await;
    for page in PAGES {
        shop.get(page)
            .await
            .has_not(&["<script>x", "<script>y", "<img src=x", "<b>退会", "<i>"]);
    }
    // In a field the text is exact, so that it can be saved again as it is.
    let control = shop.get("/settings/control").await;
    let body = fields(&control)
        .into_iter()
        .find(|(name, _)| name == "receipt.body");
    assert_eq!(body.unwrap().1, "</textarea><script>y</script> ★1★\n");
}

#[tokio::test]
async fn a_saved_screen_that_nobody_changed_leaves_the_file_as_it_is() {
    let shop = Shop::with("# うちの設定\n[general]\nshop_name = \"さくら\"", false).await;
    let before = file(&shop);
    for page in [
        "/settings/control",
        "/settings/duplicate",
        "/settings/guards",
        "/settings/data",
    ] {
        let saved = change(&shop, page, &[]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(file(&shop), before, "{page}");
        shop.get(page).await.has(&[
            "data-key=\"F12\"",
            "data-key=\"Escape\"",
            "data-ask-before-leaving",
        ]);
    }
}

#[tokio::test]
async fn the_preview_shows_what_is_typed_as_the_customers_phone_would() {
    let shop = Shop::with("[general]\nshop_name = \"さくら\"", false).await;
    let typed = [
        ("general.shop_name", "もみじ"),
        ("receipt.subject", "番号 ★1★"),
        ("receipt.body", "<b>★店名★</b>\r\n★アドレス★ ★日時★"),
    ];
    let part = shop.post("/settings/preview/receipt", &typed).await;
    part.has(&[
        "番号 1710",
        "&#60;b&#62;もみじ&#60;/b&#62;\n",
        "hanako@example.jp",
        "2026年11月21日 14:05",
    ])
    .has_not(&["notice bad", "<html", "さくら"]);
    let faulty = [("receipt.subject", "件名"), ("receipt.body", "★2★ ★番号★")];
    let part = shop.post("/settings/preview/receipt", &faulty).await;
    part.has(&["この文面はまだ使えません。", "★2★", "★番号★"]);
    // The repeat reply has its own mark; an empty field shows what would go out instead.
    let repeat = [("duplicate.subject", "前の番号 ★2★"), ("duplicate.body", "")];
    let part = shop.post("/settings/preview/duplicate", &repeat).await;
    part.has(&["前の番号 1710", "すでに受け付けております"])
        .has_not(&["notice bad"]);
}

#[tokio::test]
async fn a_short_interval_is_explained_and_warned_of() {
    let shop = Shop::with("", false).await;
    let pace = async |typed: &str| {
        shop.post(
            "/settings/preview-interval",
            &[("general.check_interval_seconds", typed)],
        )
        .await
    };
    pace("15")
        .await
        .has(&["15 秒ごとに", "5,760 回"])
        .has_not(&["pace warn"]);
    pace("５").await.has(&["pace warn", "短め"]);
    pace("600").await.has(&["pace warn", "長め"]);
    for typed in ["", "x", "0", "-1", "99999999999"] {
        let answer = pace(typed).await;
        assert_eq!(answer.body.trim(), "", "{typed}");
    }
}

#[tokio::test]
async fn a_receipt_without_its_number_mark_is_refused_beside_its_field() {
    let shop = Shop::with("", false).await;
    let before = file(&shop);
    let again = change(
        &shop,
        "/settings/control",
        &[
            ("receipt.subject", "ようこそ"),
            ("receipt.body", "番号はありません\r\n"),
        ],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.has(&[
        "id=\"receipt-body-fault\"",
        "★1★",
        "番号はありません",
        "value=\"ようこそ\"",
    ]);
    assert_eq!(file(&shop), before);
    let saved = send(
        &shop,
        "/settings/control",
        &again,
        &[("receipt.body", "番号は ★1★ です。\r\n二行目\r\n")],
    )
    .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(
        shop.handle().settings().borrow().receipt.body(),
        "番号は ★1★ です。\n二行目\n"
    );
}

#[tokio::test]
async fn a_body_in_a_file_is_shown_and_can_be_edited_on_the_screen_instead() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.txt");
    std::fs::write(&own, "件名: うちの ★1★\n\nうちの本文です。\n").unwrap();
    let settings = format!("[receipt]\nbody_file = '{}' # 店長の文面", own.display());
    let shop = Shop::with(&settings, false).await;
    let page = shop.get("/settings/control").await;
    page.has(&[
        "own.txt",
        "うちの本文です。",
        "value=\"うちの ★1★\"",
        "name=\"here\"",
    ])
    .has_not(&["<textarea id=\"receipt-body\""]);
    let saved = send(
        &shop,
        "/settings/control",
        &page,
        &[("here", "receipt"), ("general.shop_name", "さくら")],
    )
    .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let settings = shop.handle().settings().borrow().clone();
    assert_eq!(
        (settings.receipt.subject(), settings.receipt.body()),
        ("うちの ★1★", "うちの本文です。\n")
    );
    assert_eq!(
        settings.general.shop_name, "さくら",
        "what else was typed is saved too"
    );
    assert!(
        own.exists() && !file(&shop).contains("\nbody_file"),
        "{}",
        file(&shop)
    );
    assert!(file(&shop).contains("# 店長の文面"));
    shop.get("/settings/control")
        .await
        .has(&["<textarea id=\"receipt-body\""]);
}

#[tokio::test]
async fn the_first_number_is_set_and_numbers_that_were_given_are_never_taken_back() {
    let shop = Shop::open().await;
    shop.get("/settings/control")
        .await
        .has(&["まだ番号を発行していません"]);
    let saved = change(&shop, "/settings/control", &[("series[1].first_number", "1711")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert!(
        file(&shop).contains("[[series]]\nname = \"main\"\nfirst_number = 1711\n"),
        "{}",
        file(&shop)
    );
    shop.sign_up("hanako@example.jp");
    shop.collect(1).await;
    shop.wait_for("/settings/control", "すでに 1711 番まで発行しています")
        .await;
}

#[tokio::test]
async fn what_duplicates_get_is_chosen_and_explained() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/duplicate").await;
    page.has(&[
        "type=\"radio\" name=\"duplicate.action\" value=\"repeat\" checked",
        "前と同じ番号を知らせます",
    ]);
    change(&shop, "/settings/duplicate", &[("duplicate.action", "ignore")]).await;
    assert!(file(&shop).contains("[duplicate]\naction = \"ignore\"\n"));
}

#[tokio::test]
async fn leaving_is_answered_only_where_the_shop_wants_it() {
    let shop = Shop::with("", false).await;
    let words = [("opt_out.words", "退会\r\n配信停止\r\n")];
    change(&shop, "/settings/duplicate", &words).await;
    let opt_out = || shop.handle().settings().borrow().opt_out.clone();
    assert_eq!(opt_out().words, ["退会", "配信停止"]);
    assert!(opt_out().template.is_none(), "it would be answered");
    let page = shop.get("/settings/duplicate").await;
    assert!(!fields(&page).contains(&("leaving.answer".to_owned(), "true".to_owned())));
    // The ready-made wording stands there and goes out as soon as it is switched on.
    send(&shop, "/settings/duplicate", &page, &[("leaving.answer", "true")]).await;
    assert!(opt_out().template.unwrap().body().contains("★1★ の退会"));
    let page = shop.get("/settings/duplicate").await;
    assert!(fields(&page).contains(&("leaving.answer".to_owned(), "true".to_owned())));
    send(
        &shop,
        "/settings/duplicate",
        &page,
        &[("leaving.answer", "false")],
    )
    .await;
    assert!(opt_out().template.is_none() && !file(&shop).contains("\nsubject"));
}

#[tokio::test]
async fn a_ready_made_receipt_is_taken_over_with_one_click() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/templates").await;
    page.has(&["使用中", "1710", "美容室"])
        .has_not(&["data-confirm="]);
    let digest = digest(&page);
    let taken = shop
        .post(
            "/settings/templates",
            &[("digest", &digest), ("take", "ja:飲食店")],
        )
        .await;
    assert_eq!(taken.leads_to(), "/settings/control");
    let wanted = READY_MADE_RECEIPTS
        .iter()
        .find(|one| one.name == "飲食店")
        .unwrap();
    let settings = shop.handle().settings().borrow().clone();
    assert_eq!(
        (settings.receipt.subject(), settings.receipt.body()),
        (wanted.subject(), wanted.body())
    );
    let unknown = shop
        .post("/settings/templates", &[("digest", &digest), ("take", "ja:なし")])
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_shops_own_receipt_is_replaced_only_after_asking_and_never_unseen() {
    let shop = Shop::with("[receipt]\nbody = \"うちの ★1★\"", false).await;
    let page = shop.get("/settings/templates").await;
    page.has(&["data-confirm=\"今の受付完了メールの文面は消えます。「飲食店」"])
        .has_not(&["使用中"]);
    let by_hand = file(&shop).replace("うちの", "うちの新しい");
    std::fs::write(shop.config(), &by_hand).unwrap();
    let refused = shop
        .post(
            "/settings/templates",
            &[("digest", &digest(&page)), ("take", "ja:飲食店")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.has(&["設定ファイルがほかで変更された"]);
    assert_eq!(file(&shop), by_hand);
}

fn digest(page: &common::Answer) -> String {
    let rest = page.body.split("name=\"digest\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn guards_are_lists_of_one_entry_a_line_with_faults_beside_them() {
    let shop = Shop::with("[guard]\nblocked = [\"a@example.com\"]", false).await;
    let again = change(
        &shop,
        "/settings/guards",
        &[("guard.blocked", "a@example.com\r\nb c\r\n")],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.has(&[
        "id=\"guard-blocked-fault\"",
        "アドレスでもドメインでもありません",
        "a@example.com\r\nb c",
    ]);
    let typed = [
        ("guard.blocked", "a@example.com\r\n\r\n example.net \r\n"),
        ("guard.shop_words", "さくら"),
        ("guard.shop_word_in", "body"),
        ("guard.hold_spoofed", "false"),
        ("guard.limit_address_per_day", "0"),
    ];
    let saved = send(&shop, "/settings/guards", &again, &typed).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let now = file(&shop);
    for line in [
        "blocked = [\"a@example.com\", \"example.net\"]",
        "shop_words = [\"さくら\"]",
        "shop_word_in = \"body\"",
        "hold_spoofed = false",
        "limit_address_per_day = 0",
    ] {
        assert!(now.contains(line), "{line} in {now}");
    }
    shop.get("/settings")
        .await
        .has(&["1 時間に 3 通まで、1 日に制限なし", "合言葉: さくら"]);
}

#[tokio::test]
async fn a_backup_is_a_download_with_its_date_that_leaves_nothing_behind() {
    let shop = Shop::open().await;
    shop.sign_up("hanako@example.jp");
    shop.collect(1).await;
    shop.get("/settings/data")
        .await
        .has(&["バックアップを保存する", "karamail restore"]);
    let request = Request::post("/settings/data/backup")
        .body(Body::empty())
        .unwrap();
    let response = shop.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    let named = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        named.starts_with("attachment; filename=\"karamail-20") && named.ends_with(".zip\""),
        "{named}"
    );
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20)
        .await
        .unwrap();
    assert_eq!(headers[header::CONTENT_LENGTH], bytes.len().to_string());
    let target = tempfile::tempdir().unwrap();
    let backup = target.path().join("backup.zip");
    std::fs::write(&backup, &bytes).unwrap();
    let (data, config) = (target.path().join("data"), target.path().join("karamail.toml"));
    let now = karamail_engine::clock::now();
    karamail_engine::backup::restore(&backup, &data, &config, Language::Japanese, now)
        .await
        .unwrap();
    assert_eq!(std::fs::read_to_string(config).unwrap(), file(&shop));
    assert!(karamail_engine::store::Store::is_in(&data));
}

#[tokio::test]
async fn the_consent_text_and_retention_are_kept_in_the_file() {
    let shop = Shop::with("", false).await;
    let typed = [
        ("receipt.invitation", "空メールでお得な情報\r\n"),
        ("general.archive_days", "60"),
    ];
    change(&shop, "/settings/data", &typed).await;
    let settings = shop.handle().settings().borrow().clone();
    assert_eq!(
        (settings.invitation.as_str(), settings.general.archive_days),
        ("空メールでお得な情報", 60)
    );
}

#[tokio::test]
async fn the_overview_says_in_one_line_what_each_screen_holds() {
    let shop = Shop::with(
        "[general]\ncheck_interval_seconds = 20\n[opt_out]\nwords = [\"退会\"]",
        false,
    )
    .await;
    shop.get("/settings").await.has(&[
        "20 秒ごとに受信チェック",
        "退会の言葉: 退会",
        "1 個のメールボックス",
        "使用中: 標準",
        "action=\"/settings/open/file\"",
        "action=\"/settings/open/folder\"",
        "data-copy=\"settings-path\"",
    ]);
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_with_its_place() {
    let shop = Shop::with_file("[general]\nlanguage = \"ja\"\n").await;
    let answer = shop.post("/settings/open/data", &[]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    answer.has(&["開けませんでした", "data-copy=\"settings-path\""]);
    assert_eq!(
        shop.post("/settings/open/elsewhere", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn in_the_demo_the_settings_are_the_shops_own_and_say_so() {
    let shop = Shop::with("[general]\nshop_name = \"さくら\"", false).await;
    shop.program.demo_on().await.unwrap();
    for page in PAGES {
        shop.get(page).await.has(&["お店の本当の設定です"]);
    }
    change(&shop, "/settings/control", &[("general.shop_name", "もみじ")]).await;
    assert!(file(&shop).contains("もみじ"));
    assert_eq!(shop.handle().settings().borrow().general.shop_name, "もみじ");
    shop.program.demo_off().await;
}

#[tokio::test]
async fn a_first_start_offers_the_first_steps_and_a_sample_file() {
    let shop = Shop::without_settings().await;
    shop.get("/settings").await.has(&[
        "href=\"/first\"",
        "action=\"/settings/new-file\"",
        "karamail.toml",
    ]);
    assert!(!shop.config().exists(), "looking made a file");
    assert!(matches!(shop.program.phase(), Phase::NoSettings));
    // A file that came meanwhile is left alone.
    std::fs::write(shop.config(), "# うちの設定\n").unwrap();
    let refused = shop.post("/settings/new-file", &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(file(&shop), "# うちの設定\n");
}

#[tokio::test]
async fn a_body_file_that_is_not_there_is_told_beside_its_field_and_can_be_given_up() {
    let shop = Shop::with("", false).await;
    let faulty = file(&shop).replace("[[mailbox]]", "[receipt]\nbody_file = \"gone.txt\"\n[[mailbox]]");
    std::fs::write(shop.config(), faulty).unwrap();
    let page = shop.get("/settings/control").await;
    page.has(&[
        "href=\"/settings/control#receipt-body_file\"",
        "id=\"receipt-body_file-fault\"",
        "gone.txt",
    ]);
    let saved = send(&shop, "/settings/control", &page, &[("receipt.body_file", "")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    shop.get(saved.location()).await.has(&["設定しました。"]);
}
