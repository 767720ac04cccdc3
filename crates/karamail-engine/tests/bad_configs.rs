//! A folder for each wrong settings file, with exactly what is told about it: `tests/bad_configs/<slip>/karamail.toml`,
//! `expected.ja.txt` and `expected.en.txt`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use karamail_core::words::Language;
use karamail_engine::config::Settings;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bad_configs");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// What is told about the file, with the folder's own place left out.
fn told(folder: &Path, language: Language) -> String {
    let path = folder.join("karamail.toml");
    let faults = Settings::load(&path).expect_err(&format!("{} is accepted", path.display()));
    assert_eq!(faults.path, path);
    let place = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    format!("{}\n", faults.lines(language).replace(&place, ""))
}

#[test]
fn every_wrong_file_gets_exactly_the_words_beside_it() {
    let folders = folders();
    assert!(folders.len() >= 40, "only {} folders", folders.len());
    for folder in folders {
        for language in [Language::Japanese, Language::English] {
            let path = folder.join(format!("expected.{}.txt", language.tag()));
            let found = told(&folder, language);
            if std::env::var_os("KARAMAIL_WRITE_EXPECTED").is_some() {
                std::fs::write(&path, &found).unwrap();
            }
            let expected = std::fs::read_to_string(&path).unwrap();
            assert_eq!(found, expected, "{}", path.display());
        }
    }
}

#[test]
fn no_words_repeat_a_password() {
    for folder in folders() {
        for language in [Language::Japanese, Language::English] {
            assert!(
                !told(&folder, language).contains("himitsu"),
                "{}",
                folder.display()
            );
        }
    }
}
