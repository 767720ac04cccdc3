//! Backups: what they hold, that they can be relied on, and that restoring never takes a number back.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use common::{NO_LIMITS, once, settings, signup};
use karamail_core::words::Language;
use karamail_engine::backup::{self, BackupFault, Restored, Written};
use karamail_engine::clock;
use karamail_engine::data_folder::DataFolder;
use karamail_engine::demo::DemoServers;
use karamail_engine::store::results::{Wanted, results};
use karamail_engine::store::{FILE_NAME, Store, StoreError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A shop that has given two numbers, with a log, an archived mail, settings and a template.
struct Shop {
    servers: DemoServers,
    folder: tempfile::TempDir,
}

impl Shop {
    async fn new() -> Shop {
        let shop = Shop {
            servers: DemoServers::start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(shop.folder.path().join("templates")).unwrap();
        fs::write(shop.folder.path().join("templates/r.txt"), "件名: ★1★\n\n★1★\n").unwrap();
        fs::write(
            shop.config(),
            "[receipt]\nbody_file = \"templates/r.txt\"\n# mine\n",
        )
        .unwrap();
        shop.servers.deposit(signup("a@example.jp", 1));
        shop.servers.deposit(signup("b@example.jp", 2));
        shop.servers
            .deposit(b"From: c@example.jp\r\nSubject: hello\r\nMessage-ID: <h@x>\r\n\r\nhello\r\n".to_vec());
        shop.cycle().await;
        fs::write(shop.data().join("secrets.toml"), "password = \"s3cret\"").unwrap();
        shop
    }

    async fn cycle(&self) {
        once(&self.data(), settings(&self.servers, "", NO_LIMITS)).await;
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("karamail.toml")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("backup.zip")
    }

    async fn backup(&self) -> Written {
        backup::write(&self.data(), &self.config(), None, &self.file(), clock::now())
            .await
            .unwrap()
    }

    async fn restore_to(&self, data: &Path) -> Result<Restored, BackupFault> {
        let config = data.with_file_name("restored").join("karamail.toml");
        backup::restore(&self.file(), data, &config, Language::English, clock::now()).await
    }
}

async fn numbers(data: &Path) -> Vec<(i64, String)> {
    let readers = Store::open_to_read(data).await.unwrap().unwrap();
    let rows = results(&readers, &Wanted::default()).await.unwrap();
    readers.close().await;
    rows.into_iter()
        .rev()
        .map(|row| (row.number, row.address))
        .collect()
}

fn entries(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// Writes a zip file anew, entry by entry.
fn rewrite(file: &Path, entries: &[(String, Vec<u8>)]) {
    let mut zip = ZipWriter::new(fs::File::create(file).unwrap());
    for (name, bytes) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_everything_but_the_passwords_and_comes_back_whole() {
    let shop = Shop::new().await;
    let written = shop.backup().await;
    assert_eq!(written.manifest.ledger.receipts, 2);
    assert_eq!(written.manifest.ledger.series[0].highest, Some(2));
    let names: Vec<String> = entries(&shop.file()).into_iter().map(|(name, _)| name).collect();
    for wanted in [
        "manifest.json",
        "karamail.db",
        "settings/karamail.toml",
        "settings/templates/r.txt",
    ] {
        assert!(names.iter().any(|name| name == wanted), "{wanted}: {names:?}");
    }
    assert!(names.iter().any(|name| name.starts_with("log/")));
    assert!(names.iter().any(|name| name.starts_with("archive/")));
    assert!(
        !fs::read(shop.file())
            .unwrap()
            .windows(6)
            .any(|bytes| bytes == b"s3cret")
    );

    let data = shop.folder.path().join("new");
    let restored = shop.restore_to(&data).await.unwrap();
    assert_eq!(restored.kept_before, None, "there was nothing before");
    assert_eq!(restored.series, [("main".to_owned(), 3)]);
    assert_eq!(numbers(&data).await, numbers(&shop.data()).await);
    let config = restored.settings.unwrap();
    assert!(restored.are_settings_in_place);
    assert!(fs::read_to_string(&config).unwrap().contains("# mine"));
    assert!(config.with_file_name("templates").join("r.txt").is_file());
    for month in fs::read_dir(shop.data().join("archive")).unwrap() {
        let month = month.unwrap();
        for mail in fs::read_dir(month.path()).unwrap() {
            let mail = mail.unwrap();
            let copy = data
                .join("archive")
                .join(month.file_name())
                .join(mail.file_name());
            assert_eq!(fs::read(copy).unwrap(), fs::read(mail.path()).unwrap());
        }
    }
    // The next customer of the restored shop gets the next number.
    shop.servers.deposit(signup("d@example.jp", 3));
    once(&data, settings(&shop.servers, "", NO_LIMITS)).await;
    assert_eq!(numbers(&data).await[2], (3, "d@example.jp".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_while_the_program_runs_and_never_over_another_file() {
    let shop = Shop::new().await;
    let engine = common::engine(&shop.data(), settings(&shop.servers, "", NO_LIMITS)).await;
    shop.backup().await;
    let again = backup::write(&shop.data(), &shop.config(), None, &shop.file(), clock::now()).await;
    assert!(matches!(again, Err(BackupFault::TargetExists(_))), "{again:?}");
    let refused = shop.restore_to(&shop.data()).await;
    assert!(matches!(refused, Err(BackupFault::DataFolder(_))), "{refused:?}");
    engine.close().await;
    let left: Vec<_> = fs::read_dir(shop.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("backup-") || name.contains("restore"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_data_are_never_overwritten() {
    let shop = Shop::new().await;
    shop.backup().await;
    shop.servers.deposit(signup("late@example.jp", 3));
    shop.cycle().await;
    let refused = shop.restore_to(&shop.data()).await;
    assert!(
        matches!(refused, Err(BackupFault::PresentIsNewer(_))),
        "{refused:?}"
    );
    assert_eq!(numbers(&shop.data()).await.len(), 3);
    assert!(!shop.folder.path().join("data.restore-part").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn data_as_old_as_the_backup_are_replaced_and_kept() {
    let shop = Shop::new().await;
    shop.backup().await;
    let restored = shop.restore_to(&shop.data()).await.unwrap();
    let before = restored.kept_before.unwrap();
    assert!(
        before
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("data.before-restore-")
    );
    assert!(before.join(FILE_NAME).is_file());
    assert_eq!(numbers(&shop.data()).await.len(), 2);
    let secrets = fs::read_to_string(shop.data().join("secrets.toml")).unwrap();
    assert!(secrets.contains("s3cret"), "passwords that were there stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_a_damaged_ledger_gave_are_not_given_again() {
    let shop = Shop::new().await;
    shop.backup().await;
    shop.servers.deposit(signup("late@example.jp", 3));
    shop.cycle().await;
    // The disk wrote over the file: nothing of it can be read, but the monthly log tells of number 3.
    fs::write(shop.data().join(FILE_NAME), [b'x'; 9000]).unwrap();
    let restored = shop.restore_to(&shop.data()).await.unwrap();
    assert_eq!(restored.skipped, [("main".to_owned(), 3, 3)]);
    shop.servers.deposit(signup("next@example.jp", 4));
    shop.cycle().await;
    assert_eq!(numbers(&shop.data()).await[2], (4, "next@example.jp".to_owned()));
    // Skipping was for once: the schema refuses it as ever.
    let path = shop.data().join(FILE_NAME);
    let mut db = <sqlx::SqliteConnection as sqlx::Connection>::connect(&format!(
        "sqlite://{}?mode=rw",
        path.display()
    ))
    .await
    .unwrap();
    let jump = sqlx::query("UPDATE series SET next_number = 99")
        .execute(&mut db)
        .await;
    assert!(jump.unwrap_err().to_string().contains("invariant 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_cut_off_between_its_renames_does_not_begin_a_new_ledger() {
    let shop = Shop::new().await;
    fs::rename(shop.data(), shop.folder.path().join("data.restore-part")).unwrap();
    let opened = Store::open(&shop.data()).await;
    assert!(matches!(opened, Err(StoreError::Vanished(_))));
}

/// What is done to a backup, and the fault it must give.
async fn refused(
    what: &str,
    change: impl FnOnce(&mut Vec<(String, Vec<u8>)>),
    is_meant: fn(&BackupFault) -> bool,
) {
    let shop = Shop::new().await;
    shop.backup().await;
    let mut all = entries(&shop.file());
    change(&mut all);
    rewrite(&shop.file(), &all);
    refused_file(what, &shop, is_meant).await;
}

async fn refused_file(what: &str, shop: &Shop, is_meant: fn(&BackupFault) -> bool) {
    let data = shop.folder.path().join("new");
    let fault = shop.restore_to(&data).await.expect_err(what);
    assert!(is_meant(&fault), "{what}: {fault:?}");
    let lock = DataFolder::take(&data).unwrap();
    let left: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["karamail.lock"], "{what}");
    drop(lock);
    assert!(!shop.folder.path().join("new.restore-part").exists(), "{what}");
    assert!(!shop.folder.path().join("evil").exists(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_leads_out_of_the_folder_is_refused() {
    for name in [
        "../evil",
        "/tmp/evil",
        "settings/../../evil",
        "C:\\evil",
        "settings\\..\\evil",
    ] {
        refused(
            name,
            |all| all.push((name.to_owned(), b"x".to_vec())),
            |fault| matches!(fault, BackupFault::StrangeName(_)),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_entries_of_one_name_are_refused() {
    refused(
        "case",
        |all| all.push(("settings/KARAMAIL.toml".to_owned(), b"x".to_vec())),
        |fault| matches!(fault, BackupFault::Twice(_)),
    )
    .await;
    // Truly the same name twice: no tool writes that, so one name is overwritten in the finished file.
    let shop = Shop::new().await;
    shop.backup().await;
    let mut all = entries(&shop.file());
    all.push(("settings/karamail.tomm".to_owned(), b"[general]\n".to_vec()));
    rewrite(&shop.file(), &all);
    let mut bytes = fs::read(shop.file()).unwrap();
    let needle = b"settings/karamail.tomm";
    let places: Vec<usize> = (0..bytes.len() - needle.len())
        .filter(|at| bytes[*at..].starts_with(needle))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + needle.len() - 1] = b'l';
    }
    fs::write(shop.file(), bytes).unwrap();
    refused_file("same", &shop, |fault| matches!(fault, BackupFault::Twice(_))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_refused() {
    let shop = Shop::new().await;
    shop.backup().await;
    let all = entries(&shop.file());
    let mut zip = ZipWriter::new(fs::File::create(shop.file()).unwrap());
    for (name, bytes) in &all {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.add_symlink(
        "archive/2026-11/1.eml",
        "/etc/passwd",
        SimpleFileOptions::default(),
    )
    .unwrap();
    zip.finish().unwrap();
    refused_file("link", &shop, |fault| {
        matches!(fault, BackupFault::NoPlainFile(_))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_unpacks_without_end_is_refused_before_it_fills_the_disk() {
    // Honest about its size.
    refused(
        "bomb",
        |all| all.push(("archive/2026-11/1.eml".to_owned(), vec![0; 100 * 1024 * 1024])),
        |fault| matches!(fault, BackupFault::Bomb(..)),
    )
    .await;
    // Lying about it, in the file and in the manifest.
    let shop = Shop::new().await;
    lie(&shop, "archive/").await;
    refused_file("lying bomb", &shop, |fault| {
        matches!(fault, BackupFault::Altered(_) | BackupFault::Bomb(..))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_unpacks_without_end_is_not_read_into_memory() {
    let shop = Shop::new().await;
    lie(&shop, "manifest.json").await;
    refused_file("lying manifest", &shop, |fault| {
        matches!(fault, BackupFault::NotABackup(..))
    })
    .await;
}

/// A backup with that entry grown to 80 MB, whose directory says that it has 60 bytes.
async fn lie(shop: &Shop, entry: &str) {
    shop.backup().await;
    let mut all = entries(&shop.file());
    for (name, bytes) in &mut all {
        if name.starts_with(entry) {
            *bytes = vec![b' '; 80 * 1024 * 1024];
        }
    }
    rewrite(&shop.file(), &all);
    let mut bytes = fs::read(shop.file()).unwrap();
    let (honest, lie) = ((80u32 * 1024 * 1024).to_le_bytes(), 60u32.to_le_bytes());
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == honest {
            bytes[at..at + 4].copy_from_slice(&lie);
        }
    }
    fs::write(shop.file(), bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_missing_or_added_file_is_refused() {
    refused(
        "changed",
        |all| {
            let (_, log) = all.iter_mut().find(|(name, _)| name.starts_with("log/")).unwrap();
            log[10] ^= 1;
        },
        |fault| matches!(fault, BackupFault::Altered(name) if name.starts_with("log/")),
    )
    .await;
    refused(
        "missing",
        |all| all.retain(|(name, _)| !name.starts_with("log/")),
        |fault| matches!(fault, BackupFault::Incomplete(name) if name.starts_with("log/")),
    )
    .await;
    refused(
        "added",
        |all| all.push(("log/2020-01.txt".to_owned(), b"x".to_vec())),
        |fault| matches!(fault, BackupFault::Incomplete(name) if name == "log/2020-01.txt"),
    )
    .await;
    refused(
        "no ledger",
        |all| all.retain(|(name, _)| name != "karamail.db"),
        |fault| matches!(fault, BackupFault::Incomplete(_)),
    )
    .await;
    refused(
        "newer",
        |all| {
            let (_, manifest) = all.iter_mut().find(|(name, _)| name == "manifest.json").unwrap();
            *manifest = b"{\"format\": 2}".to_vec();
        },
        |fault| matches!(fault, BackupFault::NewerFormat),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_or_foreign_file_is_refused() {
    let shop = Shop::new().await;
    shop.backup().await;
    let whole = fs::read(shop.file()).unwrap();
    for length in [0, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(shop.file(), &whole[..length]).unwrap();
        refused_file("truncated", &shop, |fault| {
            matches!(fault, BackupFault::NotABackup(..))
        })
        .await;
    }
    rewrite(&shop.file(), &[("log/2026-11.txt".to_owned(), b"x".to_vec())]);
    refused_file("no manifest", &shop, |fault| {
        matches!(fault, BackupFault::NotABackup(..))
    })
    .await;
}
