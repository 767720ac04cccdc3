//! メールの設定: mailboxes and their passwords, with the real engine and the demo's servers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/form.rs"]
mod form;

use std::sync::Arc;

use axum::http::StatusCode;
use common::{Answer, PATIENCE, Shop, mailbox};
use form::{change, file, send};
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::engine::{Command, Status};
use karamail_engine::secrets::{Lookup, SecretKind, SecretSource};
use karamail_engine::store::results::{Wanted, results};

const SECRET: &str = "秘密 Pa$$w0rd<1>";

/// The password of a mailbox, and where it is.
async fn password(shop: &Shop, number: usize, kind: SecretKind) -> Option<(String, SecretSource)> {
    let settings = Arc::clone(&shop.handle().settings().borrow());
    let mailbox = &settings.mailboxes[number - 1];
    match shop
        .program
        .secrets()
        .get(&settings, mailbox, kind)
        .await
        .unwrap()
    {
        Lookup::Found { password, source } => Some((password.expose().to_owned(), source)),
        Lookup::Missing { .. } => None,
    }
}

fn secrets_file(shop: &Shop) -> String {
    std::fs::read_to_string(shop.folder().join("data/secrets.toml")).unwrap_or_default()
}

/// A shop whose passwords are not in the environment.
async fn shop() -> Shop {
    Shop::without_environment("").await
}

/// What a person types for a second mailbox at these servers.
fn second(servers: &DemoServers) -> Vec<(String, String)> {
    let key = |rest: &str, value: &str| (format!("mailbox[2].{rest}"), value.to_owned());
    vec![
        key("name", "支店"),
        key("address", "shiten@karamail.example"),
        key("pop3.host", "127.0.0.1"),
        key("pop3.port", &servers.pop3_port().to_string()),
        key("pop3.security", "none"),
        key("pop3.user", demo::USER),
        key("smtp.host", "127.0.0.1"),
        key("smtp.port", &servers.smtp_port().to_string()),
        key("smtp.security", "none"),
        ("mode".to_owned(), "none".to_owned()),
        ("password.pop3".to_owned(), demo::PASSWORD.to_owned()),
    ]
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[track_caller]
fn saved(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn a_password_is_stored_and_never_in_a_page() {
    let shop = shop().await;
    let answer = change(&shop, "/settings/mail/1", &[("password.pop3", SECRET)]).await;
    saved(&answer);
    assert_eq!(
        password(&shop, 1, SecretKind::Pop3).await,
        Some((SECRET.to_owned(), SecretSource::File))
    );
    for address in ["/settings/mail/1", "/settings/mail", answer.location()] {
        let page = shop.get(address).await;
        page.has_not(&["秘密", "Pa$$w0rd"]);
    }
    shop.get("/settings/mail/1").await.has(&[
        "保存済み(変えるときだけ入力)",
        "持ち主だけが読めるファイル",
        "パスワードを消す",
    ]);
    assert!(!file(&shop).contains("Pa$$"), "never in the settings file");
    // The field stays empty, and an empty field changes nothing.
    saved(&change(&shop, "/settings/mail/1", &[("mailbox[1].name", "本店")]).await);
    assert_eq!(password(&shop, 1, SecretKind::Pop3).await.unwrap().0, SECRET);
}

#[tokio::test]
async fn a_fault_stands_beside_its_field_and_a_password_typed_with_it_waits() {
    let shop = shop().await;
    let before = file(&shop);
    let again = change(
        &shop,
        "/settings/mail/1",
        &[
            ("mailbox[1].address", "no address"),
            ("mailbox[1].pop3.port", "70000"),
            ("mailbox[1].pop3.host", ""),
            ("password.pop3", SECRET),
        ],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again
        .has(&[
            "id=\"mailbox-1-address-fault\"",
            "id=\"mailbox-1-pop3-port-fault\"",
            "id=\"mailbox-1-pop3-host-fault\"",
            "value=\"no address\"",
            "value=\"70000\"",
            "入力済み(まだ保存していません)",
        ])
        .has_not(&["秘密", "Pa$$w0rd"]);
    assert_eq!(file(&shop), before);
    assert_eq!(
        password(&shop, 1, SecretKind::Pop3).await,
        None,
        "nothing is half stored"
    );
    let mended = send(
        &shop,
        "/settings/mail/1",
        &again,
        &[
            ("mailbox[1].address", demo::ADDRESS),
            ("mailbox[1].pop3.port", "110"),
            ("mailbox[1].pop3.host", "127.0.0.1"),
        ],
    )
    .await;
    saved(&mended);
    assert_eq!(password(&shop, 1, SecretKind::Pop3).await.unwrap().0, SECRET);
}

#[tokio::test]
async fn a_second_mailbox_is_added_and_collected_from() {
    let shop = Shop::open().await;
    let servers = DemoServers::start().await.unwrap();
    let page = shop.get("/settings/mail/new").await;
    let answer = send(&shop, "/settings/mail/new", &page, &borrowed(&second(&servers))).await;
    saved(&answer);
    shop.get(answer.location())
        .await
        .has(&["「支店」を追加しました。", "shiten@karamail.example"]);
    assert!(
        file(&shop).starts_with(&format!("\n{}", mailbox(&shop.servers))),
        "{}",
        file(&shop)
    );
    // Mail that is there before the first contact may be backlog.
    let mut status = shop.handle().status();
    let is_polled = |status: &Status| {
        let mut all = status.mailboxes.iter();
        all.any(|one| one.name == "支店" && one.last_good_poll.is_some())
    };
    tokio::time::timeout(PATIENCE, status.wait_for(is_polled))
        .await
        .unwrap()
        .unwrap();
    servers.deposit(
        b"From: a@ocn.ne.jp\r\nTo: shiten@karamail.example\r\nMessage-ID: <1@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\nSubject: \r\n\r\n"
            .to_vec(),
    );
    shop.handle().command(Command::CheckNow).await;
    tokio::time::timeout(PATIENCE, servers.wait_for_sent(1))
        .await
        .unwrap();
    shop.wait_for("/settings/mail", "に正常に受信").await;
}

#[tokio::test]
async fn a_mailbox_is_switched_off_and_on_again() {
    let shop = Shop::with("", false).await;
    let fields = |page: &Answer, enabled: &str| {
        let digest = page.body.split("name=\"digest\" value=\"").nth(1).unwrap();
        let digest = digest.split('"').next().unwrap().to_owned();
        [("digest", digest), ("enabled", enabled.to_owned())]
    };
    for (enabled, told) in [("false", "収集をやめました"), ("true", "収集を始めます")] {
        let page = shop.get("/settings/mail").await;
        let fields = fields(&page, enabled);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = shop.post("/settings/mail/1/collect", &fields).await;
        saved(&answer);
        shop.get(answer.location()).await.has(&[told]);
        let is_enabled = shop.handle().settings().borrow().mailboxes[0].enabled;
        assert_eq!(is_enabled.to_string(), enabled);
    }
}

#[tokio::test]
async fn a_removed_mailbox_leaves_its_numbers_and_no_password() {
    let shop = Shop::open().await;
    let servers = DemoServers::start().await.unwrap();
    let page = shop.get("/settings/mail/new").await;
    saved(&send(&shop, "/settings/mail/new", &page, &borrowed(&second(&servers))).await);
    shop.sign_up("hanako@ocn.ne.jp");
    shop.collect(1).await;
    // The first is removed: the one that gave the number.
    let page = shop.get("/settings/mail").await;
    page.has(&["発行した受付番号と収集の記録は、そのまま残ります。"]);
    let digest = page.body.split("name=\"digest\" value=\"").nth(1).unwrap();
    let digest = digest.split('"').next().unwrap();
    let answer = shop.post("/settings/mail/1/remove", &[("digest", digest)]).await;
    saved(&answer);
    shop.get(answer.location())
        .await
        .has(&[
            "発行した受付番号と記録は残っています。",
            "shiten@karamail.example",
        ])
        .has_not(&[demo::ADDRESS]);
    assert!(!file(&shop).contains(demo::ADDRESS));
    let handle = shop.handle();
    let numbers = results(handle.readers(), &Wanted::default()).await.unwrap();
    assert_eq!(
        (numbers.len(), numbers[0].address.as_str()),
        (1, "hanako@ocn.ne.jp")
    );
    // The last one stays.
    let page = shop.get("/settings/mail").await;
    page.has(&["最後のひとつは消せません"]);
    let digest = page.body.split("name=\"digest\" value=\"").nth(1).unwrap();
    let digest = digest.split('"').next().unwrap();
    let refused = shop.post("/settings/mail/1/remove", &[("digest", digest)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(
        password(&shop, 1, SecretKind::Pop3).await.unwrap().0,
        demo::PASSWORD
    );
}

#[tokio::test]
async fn a_new_address_takes_the_stored_password_along() {
    let shop = shop().await;
    saved(&change(&shop, "/settings/mail/1", &[("password.pop3", SECRET)]).await);
    let answer = change(
        &shop,
        "/settings/mail/1",
        &[("mailbox[1].address", "new@karamail.example")],
    )
    .await;
    saved(&answer);
    shop.get(answer.location())
        .await
        .has(&["新しいメールボックスとして受信を始めます"]);
    assert_eq!(password(&shop, 1, SecretKind::Pop3).await.unwrap().0, SECRET);
    assert!(!secrets_file(&shop).contains(demo::ADDRESS), "none stays behind");
}

#[tokio::test]
async fn a_password_that_may_not_be_saved_is_kept_for_this_run_and_the_page_says_so() {
    let shop = shop().await;
    saved(&change(&shop, "/settings/mail/1", &[("password.pop3", SECRET)]).await);
    let answer = change(
        &shop,
        "/settings/mail/1",
        &[("mailbox[1].pop3.save_password", "false")],
    )
    .await;
    saved(&answer);
    assert_eq!(
        password(&shop, 1, SecretKind::Pop3).await,
        Some((SECRET.to_owned(), SecretSource::ThisRun))
    );
    assert!(!secrets_file(&shop).contains("秘密"), "it left the disk");
    shop.get("/settings/mail/1").await.has(&[
        "プログラムを終わるまで覚えています",
        "覚えています(変えるときだけ入力)",
    ]);
}

#[tokio::test]
async fn where_a_password_cannot_be_stored_the_settings_do_not_change_either() {
    let shop = shop().await;
    let before = file(&shop);
    // A folder in the place of the secrets file.
    std::fs::create_dir_all(shop.folder().join("data/secrets.toml")).unwrap();
    let again = change(
        &shop,
        "/settings/mail/1",
        &[("mailbox[1].name", "本店"), ("password.pop3", SECRET)],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again
        .has(&["パスワードを保存できないため、設定も変えていません。"])
        .has_not(&["秘密"]);
    assert_eq!(file(&shop), before);
}

#[tokio::test]
async fn a_stored_password_is_removed_by_its_button() {
    let shop = shop().await;
    saved(&change(&shop, "/settings/mail/1", &[("password.pop3", SECRET)]).await);
    let page = shop.get("/settings/mail/1").await;
    let digest = page.body.split("name=\"digest\" value=\"").nth(1).unwrap();
    let digest = digest.split('"').next().unwrap();
    let answer = shop
        .post("/settings/mail/1/password/clear", &[("digest", digest)])
        .await;
    saved(&answer);
    assert_eq!(password(&shop, 1, SecretKind::Pop3).await, None);
    shop.get("/settings/mail").await.has(&["まだありません"]);
}

#[tokio::test]
async fn what_a_hand_changed_meanwhile_is_shown_before_anything_is_written() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/mail/1").await;
    let by_hand = file(&shop).replace("name = \"店頭\"", "name = \"手書き\" # by hand");
    std::fs::write(shop.config(), &by_hand).unwrap();
    let again = send(&shop, "/settings/mail/1", &page, &[("mailbox[1].name", "画面")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.has(&["手書き", "画面", "ほかで変更されました"]);
    assert_eq!(file(&shop), by_hand);
    saved(&send(&shop, "/settings/mail/1", &again, &[]).await);
    assert_eq!(file(&shop), by_hand.replace("\"手書き\"", "\"画面\""));
}

#[tokio::test]
async fn a_form_follows_its_mailbox_where_a_hand_put_another_before_it() {
    let shop = Shop::with("", false).await;
    let page = shop.get("/settings/mail/1").await;
    let servers = &shop.servers;
    let other = mailbox(servers)
        .replace("店頭", "先頭")
        .replace(demo::ADDRESS, "first@karamail.example")
        .replace("user = \"touroku\"", "user = \"first\"");
    std::fs::write(shop.config(), format!("{other}\n{}", mailbox(servers))).unwrap();
    saved(&send(&shop, "/settings/mail/1", &page, &[("mailbox[1].name", "店内")]).await);
    let text = file(&shop);
    assert!(
        text.contains("先頭") && text.contains("店内") && !text.contains("店頭"),
        "{text}"
    );
    // And says so where its mailbox is gone.
    let page = shop.get("/settings/mail/2").await;
    std::fs::write(shop.config(), other).unwrap();
    let answer = send(&shop, "/settings/mail/2", &page, &[("mailbox[2].name", "x")]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    answer.has(&["このメールボックスがなくなりました。"]);
}

#[tokio::test]
async fn smtp_authentication_is_asked_in_the_words_of_the_older_product() {
    let shop = Shop::with("", false).await;
    let smtp = |shop: &Shop| shop.handle().settings().borrow().mailboxes[0].smtp.clone();
    shop.get("/settings/mail/1")
        .await
        .has(&["する(SSL認証)", "POP認証", "value=\"none\" checked"]);
    use karamail_engine::config::{Security, SmtpAuthentication as By};
    for (mode, security, by, protected) in [
        ("secure", "starttls", By::Password, Security::StartTls),
        ("plain", "none", By::Password, Security::None),
        ("pop", "tls", By::PopBeforeSmtp, Security::Tls),
        ("none", "none", By::None, Security::None),
    ] {
        let fields = [("mode", mode), ("mailbox[1].smtp.security", security)];
        saved(&change(&shop, "/settings/mail/1", &fields).await);
        let smtp = smtp(&shop);
        assert_eq!((smtp.authentication, smtp.security), (by, protected), "{mode}");
        let chosen = format!("name=\"mode\" value=\"{mode}\" checked");
        shop.get("/settings/mail/1").await.has(&[&chosen]);
    }
    let fields = [("mode", "secure"), ("mailbox[1].smtp.security", "none")];
    let again = change(&shop, "/settings/mail/1", &fields).await;
    again.has(&["「する(SSL認証)」では、暗号化を選んでください。"]);
}

#[tokio::test]
async fn a_login_of_its_own_for_sending_is_kept_apart_and_given_up_again() {
    let shop = shop().await;
    let page = shop.get("/settings/mail/1").await;
    let mut fields = form::fields(&page);
    fields.retain(|(name, _)| name != "same" && name != "mode");
    let send = |changes: &[(&str, &str)]| {
        let mut all: Vec<(&str, &str)> = borrowed(&fields);
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        all.extend(changes);
        all.iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect::<Vec<_>>()
    };
    let wanting = send(&[("mode", "plain")]);
    let again = shop.post("/settings/mail/1", &borrowed(&wanting)).await;
    again.has(&["id=\"mailbox-1-smtp-user-fault\""]);
    let two = send(&[
        ("mode", "plain"),
        ("mailbox[1].smtp.user", "sender"),
        ("password.pop3", "fetch"),
        ("password.smtp", "send"),
    ]);
    saved(&shop.post("/settings/mail/1", &borrowed(&two)).await);
    assert_eq!(password(&shop, 1, SecretKind::Smtp).await.unwrap().0, "send");
    assert_eq!(password(&shop, 1, SecretKind::Pop3).await.unwrap().0, "fetch");
    saved(&change(&shop, "/settings/mail/1", &[("same", "yes")]).await);
    assert!(!file(&shop).contains("sender"), "{}", file(&shop));
    assert_eq!(password(&shop, 1, SecretKind::Smtp).await.unwrap().0, "fetch");
    assert!(!secrets_file(&shop).contains("send\""), "{}", secrets_file(&shop));
}

#[tokio::test]
async fn a_copy_begins_with_the_servers_of_another_and_without_what_is_its_own() {
    let shop = Shop::with("", false).await;
    let pop3 = format!(
        "name=\"mailbox[2].pop3.port\" value=\"{}\"",
        shop.servers.pop3_port()
    );
    shop.get("/settings/mail/new?copy=1")
        .await
        .has(&[
            &pop3,
            "「店頭」の設定を写しました。",
            "name=\"mailbox[2].address\" value=\"\"",
        ])
        .has_not(&["name=\"mailbox[2].pop3.user\" value=\"touroku\""]);
    shop.get("/settings/mail/9")
        .await
        .has(&["そのメールボックスはありません。"]);
}

#[tokio::test]
async fn the_settings_of_a_known_provider_are_found_by_the_address() {
    let shop = Shop::with("", false).await;
    let find = async |address: &str, server: &str| {
        shop.post(
            "/settings/mail/find",
            &[("mailbox[1].address", address), ("server", server)],
        )
        .await
    };
    find("shop@gmail.com", "").await.has(&[
        "メールの提供元: Gmail",
        "data-field=\"pop3-host\" data-value=\"pop.gmail.com\"",
        "data-field=\"pop3-port\" data-value=\"995\"",
        "data-field=\"smtp-port\" data-value=\"465\"",
        "data-value=\"recent:shop@gmail.com\"",
        "アプリ パスワード",
        "rel=\"noreferrer\"",
    ]);
    find("a@docomo.ne.jp", "")
        .await
        .has(&["空メールの受付に使えません"])
        .has_not(&["data-value"]);
    find("no address", "")
        .await
        .has(&["メールアドレス"])
        .has_not(&["data-value"]);
    find("", "")
        .await
        .has(&["先にメールアドレスを入力してください。"]);
    find("\"><script>@x", "").await.has_not(&["<script>"]);
    assert!(!file(&shop).contains("gmail"), "nothing is saved by looking");
}
