//! On real files in a real folder. What must not be told is seen by waiting for the reading that keeps silent.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::config::faults::FaultKind;

const GOOD: &str = r#"
[[mailbox]]
address = "touroku@example.jp"
[mailbox.pop3]
host = "pop.example.jp"
user = "touroku"
[mailbox.smtp]
host = "smtp.example.jp"
"#;

/// Longer than any machine takes; it only bounds a failing test.
const PATIENCE: Duration = Duration::from_secs(30);

struct Shop {
    folder: TempDir,
    watcher: SettingsWatcher,
}

impl Shop {
    fn open(text: &str) -> Shop {
        Shop::open_with(text, &[])
    }

    fn open_with(text: &str, files: &[(&str, &str)]) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let path = folder.path().join("karamail.toml");
        fs::write(&path, text).unwrap();
        let (watcher, result) = SettingsWatcher::start(&path);
        result.unwrap();
        assert!(
            watcher.next_look.is_none(),
            "a local folder is watched, not polled"
        );
        Shop { folder, watcher }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    async fn changed(&mut self) -> Result<Settings, ConfigFaults> {
        timeout(PATIENCE, self.watcher.changed())
            .await
            .expect("a change is told")
    }

    async fn reading(&mut self) -> Option<Result<Settings, ConfigFaults>> {
        timeout(PATIENCE, self.watcher.next_reading())
            .await
            .expect("a change leads to a reading")
    }
}

fn with_interval(seconds: u64) -> String {
    format!("[general]\ncheck_interval_seconds = {seconds}\n{GOOD}")
}

#[tokio::test]
async fn a_saved_change_is_told() {
    let mut shop = Shop::open(GOOD);
    shop.write("karamail.toml", &with_interval(77));
    assert_eq!(
        shop.changed().await.unwrap().general.check_interval,
        Duration::from_secs(77)
    );
}

#[tokio::test]
async fn an_editor_that_writes_a_new_file_and_renames_it_is_followed_every_time() {
    let mut shop = Shop::open(GOOD);
    for seconds in [60, 61, 62] {
        shop.write("karamail.toml~new", &with_interval(seconds));
        let folder = shop.folder.path();
        fs::rename(folder.join("karamail.toml~new"), folder.join("karamail.toml")).unwrap();
        assert_eq!(
            shop.changed().await.unwrap().general.check_interval,
            Duration::from_secs(seconds)
        );
    }
}

#[tokio::test]
async fn a_change_of_comments_alone_is_not_told() {
    let mut shop = Shop::open(GOOD);
    shop.write("karamail.toml", &format!("# 覚え書き\n{GOOD}"));
    assert!(shop.reading().await.is_none());
}

#[tokio::test]
async fn a_half_written_file_that_becomes_whole_gives_no_error() {
    let mut shop = Shop::open(GOOD);
    let whole = with_interval(99);
    shop.write("karamail.toml", whole.split_at(whole.len() / 2).0);
    assert!(
        shop.reading().await.is_none(),
        "the first look at half a file is kept back"
    );
    shop.write("karamail.toml", &whole);
    assert_eq!(
        shop.changed().await.unwrap().general.check_interval,
        Duration::from_secs(99)
    );
}

#[tokio::test]
async fn a_bad_file_is_told_once_and_its_mending_too() {
    let mut shop = Shop::open(GOOD);
    let bad = with_interval(1);
    shop.write("karamail.toml", &bad);
    let faults = shop.changed().await.unwrap_err();
    assert!(matches!(faults.faults[0].kind, FaultKind::NotAllowed { .. }));
    shop.write("karamail.toml", &format!("{bad}# まだ違う\n"));
    assert!(
        shop.reading().await.is_none(),
        "the same fault again is nothing new"
    );
    shop.write("karamail.toml", GOOD);
    assert!(
        shop.changed().await.is_ok(),
        "back to what it was is news after an error"
    );
}

#[tokio::test]
async fn a_removed_file_is_told_and_its_return_too() {
    let mut shop = Shop::open(GOOD);
    fs::remove_file(shop.folder.path().join("karamail.toml")).unwrap();
    assert_eq!(
        shop.changed().await.unwrap_err().faults[0].kind,
        FaultKind::Missing
    );
    shop.write("karamail.toml", GOOD);
    assert!(shop.changed().await.is_ok());
}

#[tokio::test]
async fn a_changed_template_file_and_a_renewed_certificate_are_told() {
    let text = format!("[receipt]\nbody_file = \"receipt.txt\"\n{GOOD}extra_ca_file = \"ca.pem\"\n");
    let pem = "-----BEGIN CERTIFICATE-----\none\n";
    let mut shop = Shop::open_with(&text, &[("receipt.txt", "番号 ★1★\n"), ("ca.pem", pem)]);
    shop.write("receipt.txt", "新しい番号 ★1★\n");
    assert_eq!(shop.changed().await.unwrap().receipt.body(), "新しい番号 ★1★\n");
    shop.write("ca.pem", "-----BEGIN CERTIFICATE-----\ntwo\n");
    assert!(shop.changed().await.is_ok());
    shop.write("receipt.txt", "★番号★ ★1★\n");
    assert!(shop.changed().await.is_err());
    shop.write("receipt.txt", "番号 ★1★\n");
    assert_eq!(shop.changed().await.unwrap().receipt.body(), "番号 ★1★\n");
}

#[tokio::test]
async fn a_cancelled_wait_loses_no_change() {
    let mut shop = Shop::open(GOOD);
    shop.write("karamail.toml", &with_interval(55));
    // Each wait is shorter than the quiet it waits for, as when the engine's other work goes on.
    for _ in 0..1_000 {
        if let Ok(result) = timeout(Duration::from_millis(20), shop.watcher.changed()).await {
            assert_eq!(result.unwrap().general.check_interval, Duration::from_secs(55));
            return;
        }
    }
    panic!("the change was lost");
}

#[tokio::test]
async fn a_file_in_a_folder_that_comes_later_is_found_by_looking() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("later/karamail.toml");
    let (mut watcher, result) = SettingsWatcher::start(&path);
    assert_eq!(result.unwrap_err().faults[0].kind, FaultKind::Missing);
    assert!(watcher.next_look.is_some(), "what cannot be watched is looked at");
    watcher.next_look = Some(Instant::now());
    fs::create_dir(root.path().join("later")).unwrap();
    fs::write(&path, GOOD).unwrap();
    timeout(PATIENCE, watcher.changed()).await.unwrap().unwrap();
    assert!(
        watcher.next_look.is_none(),
        "now the folder is there to be watched"
    );
}

#[tokio::test]
async fn a_folder_that_is_removed_and_made_again_is_found_again() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("settings");
    let path = folder.join("karamail.toml");
    fs::create_dir(&folder).unwrap();
    fs::write(&path, GOOD).unwrap();
    let (mut watcher, result) = SettingsWatcher::start(&path);
    result.unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let told = timeout(PATIENCE, watcher.changed()).await.unwrap();
    assert_eq!(told.unwrap_err().faults[0].kind, FaultKind::Missing);
    fs::create_dir(&folder).unwrap();
    fs::write(&path, with_interval(44)).unwrap();
    watcher.next_look = Some(Instant::now());
    let told = timeout(PATIENCE, watcher.changed()).await.unwrap();
    assert_eq!(told.unwrap().general.check_interval, Duration::from_secs(44));
    fs::write(&path, with_interval(45)).unwrap();
    let told = timeout(PATIENCE, watcher.changed()).await.unwrap();
    assert_eq!(told.unwrap().general.check_interval, Duration::from_secs(45));
    assert!(watcher.next_look.is_none(), "watched again");
}

#[tokio::test]
async fn other_files_in_the_folder_wake_nobody() {
    let shop = Shop::open(GOOD);
    let event = |name: &str, kind| {
        shop.watcher
            .signal
            .take(Ok(Event::new(kind).add_path(shop.folder.path().join(name))));
        let told = shop.watcher.signal.changed.notified();
        let mut told = std::pin::pin!(told);
        told.as_mut().enable()
    };
    // Starting may have left a sign of its own.
    let _ = event("karamail.toml", EventKind::Any);
    assert!(!event("ledger.sqlite3-wal", EventKind::Any));
    assert!(!event(
        "karamail.toml",
        EventKind::Access(AccessKind::Open(AccessMode::Read))
    ));
    assert!(event("karamail.toml", EventKind::Any));
    assert!(event("KARAMAIL.TOML", EventKind::Any));
}
