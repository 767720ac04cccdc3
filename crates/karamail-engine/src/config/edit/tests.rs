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

#[test]
fn a_key_that_is_removed_leaves_its_explanation_and_can_be_set_again_there() {
    for end in ["\n", "\r\n"] {
        let (_folder, path) = sample_file();
        let before = fs::read_to_string(&path).unwrap().replace('\n', end);
        fs::write(&path, &before).unwrap();
        let mut file = SettingsFile::open(&path).unwrap();
        let many = text("一行目 ★1★\n\n三行目\n");
        file.set("general.check_interval_seconds", SettingValue::Number(60))
            .unwrap();
        file.set("receipt.body", many.clone()).unwrap();
        assert_eq!(
            file.text().matches('\n').count(),
            file.text().matches(end).count()
        );
        let settings = file.save().unwrap();
        assert_eq!(settings.receipt.body(), "一行目 ★1★\n\n三行目\n");
        let mut file = SettingsFile::open(&path).unwrap();
        file.remove("general.check_interval_seconds").unwrap();
        file.remove("receipt.body").unwrap();
        file.save().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }
}

#[test]
fn a_key_within_a_line_is_removed_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("karamail.toml");
    let own = "general = { language = \"ja\", shop_name = \"さくら\" } # 店\n[[mailbox]]\naddress = \"a@example.jp\"\n\
               pop3.host = \"pop.example.jp\"\npop3.user = \"a\"\npop3.port = 110\nsmtp.host = \"smtp.example.jp\"\n";
    fs::write(&path, own).unwrap();
    let mut file = SettingsFile::open(&path).unwrap();
    file.remove("general.shop_name").unwrap();
    file.remove("mailbox[1].pop3.port").unwrap();
    let settings = file.save().unwrap();
    assert_eq!(
        (
            settings.general.shop_name.as_str(),
            settings.mailboxes[0].pop3.port
        ),
        ("", 995)
    );
    assert!(fs::read_to_string(&path).unwrap().contains("# 店\n"));
}

#[test]
fn what_a_faulty_file_holds_can_be_shown_and_mended_one_fault_after_another() {
    let (_folder, path) = sample_file();
    let faulty = fs::read_to_string(&path)
        .unwrap()
        .replace("#check_interval_seconds = 15", "check_interval_seconds = \"15\"")
        .replace("#archive_days = 30", "archive_days = 1.5")
        .replace("#blocked = []", "blocked = [\"a b\"]");
    fs::write(&path, &faulty).unwrap();
    let mut file = SettingsFile::open(&path).unwrap();
    let contents = file.contents();
    let value = |key| contents.value(key);
    assert_eq!(
        value("general.check_interval_seconds"),
        Some(FileValue::Text("15".to_owned()))
    );
    assert_eq!(
        value("general.archive_days"),
        Some(FileValue::Other("1.5".to_owned()))
    );
    assert_eq!(
        value("guard.blocked"),
        Some(FileValue::List(vec!["a b".to_owned()]))
    );
    assert_eq!((value("general.shop_name"), contents.count("mailbox")), (None, 1));
    file.set("general.check_interval_seconds", SettingValue::Number(20))
        .unwrap();
    let digest = file.digest();
    match file.save_mending().unwrap() {
        Mended::StillFaulty(faults) => assert_eq!(faults.faults.len(), 2),
        other => panic!("{other:?}"),
    }
    let mut file = SettingsFile::open(&path).unwrap();
    assert_ne!(file.digest(), digest);
    file.set("general.log_months", SettingValue::Number(-1)).unwrap();
    assert!(
        matches!(file.save_mending(), Err(EditFault::Faults(_))),
        "a new fault was written"
    );
    let mut file = SettingsFile::open(&path).unwrap();
    file.remove("general.archive_days").unwrap();
    file.remove("guard.blocked").unwrap();
    assert!(matches!(file.save_mending().unwrap(), Mended::Sound(_)));
}

#[test]
fn the_wording_of_a_letter_is_its_own_its_files_or_the_ready_made_one() {
    let (folder, path) = sample_file();
    let mut file = SettingsFile::open(&path).unwrap();
    let standard = file.contents().wording("receipt");
    assert!(standard.subject.contains("★1★") && standard.file.is_none());
    assert_eq!(standard, file.contents().ready_made("receipt"));
    fs::write(
        folder.path().join("own.txt"),
        "件名: 番号 ★1★\r\n\r\nようこそ\r\n",
    )
    .unwrap();
    file.set("receipt.body_file", text("own.txt")).unwrap();
    file.set("mailbox[1].receipt.subject", text("本店 ★1★")).unwrap();
    let own = file.contents().wording("receipt");
    assert_eq!(
        (own.subject.as_str(), own.body.as_str()),
        ("番号 ★1★", "ようこそ\n")
    );
    assert_eq!(own.file, Some(folder.path().join("own.txt")));
    let of_mailbox = file.contents().wording("mailbox[1].receipt");
    assert_eq!(
        (of_mailbox.subject.as_str(), of_mailbox.body.as_str()),
        ("本店 ★1★", "ようこそ\n")
    );
    file.set("general.language", text("en")).unwrap();
    assert!(
        file.contents()
            .wording("duplicate")
            .subject
            .starts_with("You already")
    );
}

#[test]
fn beside_a_number_that_is_too_long_nothing_is_set_and_the_number_is_named() {
    let text = "[general]\nlog_months = 99999999999999999999\n";
    let mut file = SettingsFile::of(text, Path::new("/shop")).unwrap();
    let refused = file.set("general.shop_name", SettingValue::Text("さくら".to_owned()));
    let Err(EditFault::Faults(faults)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(faults.faults.first().unwrap().line, Some(2));
    assert_eq!(file.text(), text);
}
