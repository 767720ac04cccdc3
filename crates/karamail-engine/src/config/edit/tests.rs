//! Changes to real files.

use std::time::Duration;

use super::*;
use crate::config::{KeepRule, Security};

fn text(value: &str) -> SettingValue {
    SettingValue::Text(value.to_owned())
}

fn sample_file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("karamail.toml");
    write_new(&path, Language::Japanese).unwrap();
    (folder, path)
}

#[test]
fn a_new_file_is_the_sample_and_never_replaces_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/karamail.toml");
    write_new(&path, Language::English).unwrap();
    assert_eq!(Settings::load(&path).unwrap().general.language, Language::English);
    fs::write(&path, "mine").unwrap();
    assert!(matches!(
        write_new(&path, Language::English),
        Err(EditFault::AlreadyThere(_))
    ));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_changed_value_leaves_every_other_line_as_it_was() {
    for end in ["\n", "\r\n"] {
        let (_folder, path) = sample_file();
        let before = fs::read_to_string(&path).unwrap().replace('\n', end);
        fs::write(&path, &before).unwrap();
        let mut file = SettingsFile::open(&path).unwrap();
        file.set("general.check_interval_seconds", SettingValue::Number(60))
            .unwrap();
        file.set("general.language", text("en")).unwrap();
        file.set("mailbox[1].pop3.port", SettingValue::Number(110))
            .unwrap();
        file.set(
            "guard.blocked",
            SettingValue::List(vec!["example.net".to_owned()]),
        )
        .unwrap();
        let settings = file.save().unwrap();
        assert_eq!(settings.general.check_interval, Duration::from_secs(60));
        assert_eq!(settings.mailboxes[0].pop3.security, Security::StartTls);
        let expected = before
            .replacen("#check_interval_seconds = 15", "check_interval_seconds = 60", 1)
            .replacen("language = \"ja\"", "language = \"en\"", 1)
            .replacen("#port = 995", "port = 110", 1)
            .replacen("#blocked = []", "blocked = [\"example.net\"]", 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(Settings::load(&path).unwrap(), settings);
    }
}

#[test]
fn a_remark_behind_a_value_stays() {
    let (_folder, path) = sample_file();
    let own = fs::read_to_string(&path)
        .unwrap()
        .replace("language = \"ja\"", "language = \"ja\" # 店長と相談");
    fs::write(&path, &own).unwrap();
    let mut file = SettingsFile::open(&path).unwrap();
    file.set("general.language", text("en")).unwrap();
    file.save().unwrap();
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("language = \"en\" # 店長と相談\n")
    );
}

#[test]
fn keys_and_sections_that_are_not_there_are_added_and_removed() {
    let (_folder, path) = sample_file();
    let mut file = SettingsFile::open(&path).unwrap();
    file.set("mailbox[1].duplicate.body", text("一行目 ★2★\n二行目 \"引用\"\n"))
        .unwrap();
    file.set("mailbox[1].keep", text("keep")).unwrap();
    file.set("mailbox[2].address", text("two@example.jp")).unwrap();
    file.set("mailbox[2].pop3.host", text("pop.example.jp")).unwrap();
    file.set("mailbox[2].pop3.user", text("two")).unwrap();
    file.set("mailbox[2].smtp.host", text("smtp.example.jp")).unwrap();
    let settings = file.save().unwrap();
    assert_eq!(
        settings.mailboxes[0].duplicate.body(),
        "一行目 ★2★\n二行目 \"引用\"\n"
    );
    assert_eq!(
        (settings.mailboxes[0].keep, settings.mailboxes.len()),
        (KeepRule::Keep, 2)
    );
    let mut file = SettingsFile::open(&path).unwrap();
    file.remove("mailbox[1].keep").unwrap();
    file.remove_mailbox(2).unwrap();
    let settings = file.save().unwrap();
    assert_eq!(
        (settings.mailboxes[0].keep, settings.mailboxes.len()),
        (KeepRule::Delete, 1)
    );
}

#[test]
fn a_change_that_would_break_the_settings_is_not_written() {
    let (_folder, path) = sample_file();
    let before = fs::read(&path).unwrap();
    let mut file = SettingsFile::open(&path).unwrap();
    file.set("general.check_interval_seconds", SettingValue::Number(1))
        .unwrap();
    assert!(matches!(file.save(), Err(EditFault::Faults(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_change_made_by_hand_meanwhile_is_never_overwritten() {
    let (_folder, path) = sample_file();
    let mut file = SettingsFile::open(&path).unwrap();
    file.set("general.language", text("en")).unwrap();
    let by_hand = format!("# 手で書いた\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, &by_hand).unwrap();
    assert!(matches!(file.save(), Err(EditFault::ChangedMeanwhile)));
    assert_eq!(fs::read_to_string(&path).unwrap(), by_hand);
}

#[test]
fn unknown_keys_are_refused() {
    let (_folder, path) = sample_file();
    let mut file = SettingsFile::open(&path).unwrap();
    for key in [
        "general.nothing",
        "general",
        "",
        "mailbox.name",
        "mailbox[0].name",
        "mailbox[7].name",
        "general[1].language",
    ] {
        assert!(
            matches!(
                file.set(key, SettingValue::Flag(true)),
                Err(EditFault::UnknownKey(_))
            ),
            "{key}"
        );
    }
    assert_eq!(
        kind_of("mailbox[3].pop3.port"),
        Some(Kind::Number { min: 1, max: 65_535 })
    );
}
