//! `karamail config init --address` and `config check --online`, with a name server on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../karamail-engine/tests/common/dns.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod dns;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Output;

use karamail_engine::config::Settings;
use serde_json::Value;

/// Nobody listens there.
const NO_NETWORK: &str = "127.0.0.1:1";

async fn karamail(folder: &Path, name_server: &str, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_karamail"));
    command
        .args(["--lang", "en", "--config"])
        .arg(folder.join("karamail.toml"))
        .arg("--data-dir")
        .arg(folder.join("data"))
        .args(arguments)
        .env("KARAMAIL_DNS_SERVER", name_server)
        .env("KARAMAIL_KEYRING", "off")
        .stdin(std::process::Stdio::null());
    command.output().await.unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(text).unwrap()
}

async fn zone() -> SocketAddr {
    dns::serve(
        "shop.example MX 10 mx01.lolipop.jp\nsmtp.lolipop.jp A 192.0.2.25\n\
         shop.example TXT v=spf1 include:_spf.lolipop.jp ~all\n_spf.lolipop.jp TXT v=spf1 ip4:192.0.2.0/24 ~all\n\
         _dmarc.shop.example TXT v=DMARC1; p=none\nbare.example MX 10 mx02.lolipop.jp\n\
         office.example MX 0 office-example.mail.protection.outlook.com\nown.example MX 10 sv7.xserver.jp",
    )
    .await
}

#[tokio::test]
async fn an_address_becomes_a_settings_file_and_a_word_about_spf_and_dmarc() {
    let (folder, server) = (tempfile::tempdir().unwrap(), zone().await.to_string());
    let output = karamail(
        folder.path(),
        &server,
        &["config", "init", "--address", "info@shop.example"],
    )
    .await;
    let told = said(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for part in [
        "ロリポップ!",
        "mx01.lolipop.jp",
        "pop.lolipop.jp:995 (tls), user info@shop.example",
        "lets the sending server smtp.lolipop.jp (192.0.2.25) pass",
        "p=none",
        "test roundtrip",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let settings = Settings::load(&folder.path().join("karamail.toml")).unwrap();
    assert_eq!(settings.mailboxes[0].smtp.host, "smtp.lolipop.jp");
    // An existing file is never overwritten.
    let again = karamail(
        folder.path(),
        &server,
        &["config", "init", "--address", "a@ocn.ne.jp"],
    )
    .await;
    assert_eq!(again.status.code(), Some(3), "{}", said(&again));
    assert_eq!(
        Settings::load(&folder.path().join("karamail.toml")).unwrap(),
        settings
    );
}

#[tokio::test]
async fn what_cannot_be_a_shops_mailbox_is_said_and_no_file_is_written() {
    let server = zone().await.to_string();
    for (address, part) in [
        ("shop@hotmail.co.jp", "only OAuth works"),
        ("info@office.example", "Microsoft 365"),
        ("shop@icloud.com", "has no POP3"),
        ("shop@docomo.ne.jp", "belongs to a phone"),
        ("info@own.example", "--server NAME"),
        ("info@nowhere.example", "No usable POP3 or SMTP server"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = karamail(folder.path(), &server, &["config", "init", "--address", address]).await;
        assert_eq!(output.status.code(), Some(1), "{address}: {}", said(&output));
        assert!(said(&output).contains(part), "{address}: {}", said(&output));
        assert!(!folder.path().join("karamail.toml").exists(), "{address}");
    }
}

#[tokio::test]
async fn a_server_name_from_the_contract_completes_the_settings() {
    let (folder, server) = (tempfile::tempdir().unwrap(), zone().await.to_string());
    let arguments = [
        "config",
        "init",
        "--address",
        "info@own.example",
        "--server",
        "sv7.xserver.jp",
        "--json",
    ];
    let output = karamail(folder.path(), &server, &arguments).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["pop3"]["host"], "sv7.xserver.jp", "{told}");
    assert_eq!(
        (&told["smtp"]["port"], &told["smtp"]["security"]),
        (&465.into(), &"tls".into())
    );
    assert_eq!(told["provider"]["name"], "エックスサーバー");
    assert_eq!(told["domain"]["spf"]["found"], false);
}

#[tokio::test]
async fn checking_online_tells_each_domain_and_what_to_do() {
    let (folder, server) = (tempfile::tempdir().unwrap(), zone().await.to_string());
    let init = [
        "config",
        "init",
        "--address",
        "info@bare.example",
        "--offline",
        "--server",
        "smtp.lolipop.jp",
    ];
    assert!(karamail(folder.path(), NO_NETWORK, &init).await.status.success());
    let output = karamail(folder.path(), &server, &["config", "check", "--online"]).await;
    let told = said(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for part in [
        "bare.example has no SPF record",
        "has no DMARC record",
        "docomo marks mail in yellow",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let output = karamail(folder.path(), &server, &["config", "check", "--online", "--json"]).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["domains"][0]["spf"]["found"], false, "{told}");
    assert_eq!(
        told["domains"][0]["findings"].as_array().unwrap().len(),
        3,
        "{told}"
    );
    // Without --online nobody is asked.
    let output = karamail(folder.path(), NO_NETWORK, &["config", "check"]).await;
    assert!(!said(&output).contains("SPF"), "{}", said(&output));
}

#[tokio::test]
async fn without_a_network_the_settings_are_written_and_it_says_what_was_not_checked() {
    let folder = tempfile::tempdir().unwrap();
    let output = karamail(
        folder.path(),
        NO_NETWORK,
        &["config", "init", "--address", "shop@ocn.ne.jp"],
    )
    .await;
    let told = said(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("Without a network, SPF and DMARC"), "{told}");
    let output = karamail(folder.path(), NO_NETWORK, &["config", "check", "--online"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let other = tempfile::tempdir().unwrap();
    let output = karamail(
        other.path(),
        NO_NETWORK,
        &["config", "init", "--address", "a@shop.example"],
    )
    .await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("does not answer"), "{}", said(&output));
    // The plain sample needs neither.
    assert!(
        karamail(other.path(), NO_NETWORK, &["config", "init"])
            .await
            .status
            .success()
    );
    let text = std::fs::read_to_string(other.path().join("karamail.toml")).unwrap();
    assert!(text.contains("touroku@example.jp"));
}
