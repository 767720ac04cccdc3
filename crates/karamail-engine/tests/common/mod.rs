//! An engine on the demo's mail servers in a folder of its own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod box_of_mails;
pub(crate) mod scripted;
pub(crate) mod shop;

use std::path::Path;
use std::sync::Arc;

use karamail_engine::config::Settings;
use karamail_engine::cycle::CycleReport;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::engine::Engine;
use karamail_engine::secrets::{Environment, KeyringUse, Secrets};

/// Settings for the demo's servers; `extra` goes into the mailbox's section, `guard` into `[guard]`.
pub(crate) fn settings_text(pop3_port: u16, smtp_port: u16, extra: &str, guard: &str) -> String {
    format!(
        r#"
[general]
language = "en"
check_interval_seconds = 5
[guard]
{guard}
[[mailbox]]
name = "counter"
address = "{address}"
{extra}
[mailbox.pop3]
host = "127.0.0.1"
port = {pop3_port}
security = "none"
user = "{user}"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
authentication = "none"
"#,
        address = demo::ADDRESS,
        user = demo::USER,
    )
}

pub(crate) const NO_LIMITS: &str =
    "limit_address_per_hour = 0\nlimit_address_per_day = 0\nlimit_mailbox_per_hour = 0\nbacklog_hours = 0";

pub(crate) fn settings(servers: &DemoServers, extra: &str, guard: &str) -> Settings {
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), extra, guard);
    Settings::parse(&text, Path::new(".")).unwrap()
}

pub(crate) fn secrets(folder: &Path) -> Arc<Secrets> {
    let environment = [("KARAMAIL_PASSWORD".to_owned(), demo::PASSWORD.into())]
        .into_iter()
        .collect();
    Arc::new(Secrets::with(
        folder,
        Environment::Given(environment),
        KeyringUse::Off,
    ))
}

pub(crate) async fn engine(folder: &Path, settings: Settings) -> Engine {
    Engine::open(folder, settings, secrets(folder)).await.unwrap()
}

/// One cycle of an engine that is opened and closed for it.
pub(crate) async fn once(folder: &Path, settings: Settings) -> CycleReport {
    let mut engine = engine(folder, settings).await;
    let mut reports = engine.run_once().await.unwrap();
    engine.close().await;
    reports.remove(0).1
}

/// A signup mail of a customer, sent now.
pub(crate) fn signup(address: &str, nth: usize) -> Vec<u8> {
    let date =
        jiff::fmt::rfc2822::to_string(&karamail_engine::clock::local(karamail_engine::clock::now())).unwrap();
    format!(
        "From: <{address}>\r\nTo: {}\r\nDate: {date}\r\nMessage-ID: <{nth}.{address}>\r\nSubject:\r\n\r\n",
        demo::ADDRESS
    )
    .into_bytes()
}

/// One value of the ledger, as the next start would find it.
pub(crate) async fn ledger<T>(folder: &Path, sql: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    let readers = karamail_engine::store::Store::open_to_read(folder)
        .await
        .unwrap()
        .unwrap();
    let value = sqlx::query_scalar(sql).fetch_one(&readers).await.unwrap();
    readers.close().await;
    value
}

/// Time passes: every letter that waits for its next attempt is due.
pub(crate) async fn make_letters_due(folder: &Path) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("karamail.db"));
    let mut ledger = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("UPDATE outbox SET next_attempt_at = 0 WHERE state IN ('queued', 'unsure')")
        .execute(&mut ledger)
        .await
        .unwrap();
    sqlx::Connection::close(ledger).await.unwrap();
}
