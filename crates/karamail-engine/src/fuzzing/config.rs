//! A settings file as a hand or an editor left it: settings, or faults that can be told; and what is written back is what
//! was read.

use std::path::Path;
use std::time::Duration;

use super::{LANGUAGES, is_told};
use crate::config::keys::{SECTIONS, Section};
use crate::config::{
    ConfigFault, ConfigFaults, EditFault, FileContents, FileValue, SettingValue, Settings, SettingsFile,
    decode_settings,
};

/// Nothing is there: a file that the settings name is missing.
const FOLDER: &str = "no-such-folder/karamail";

/// Any bytes, as `karamail.toml`.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    let text = match decode_settings(bytes) {
        Ok(text) => text,
        Err(fault) => {
            is_told(&*fault);
            is_in_the_file(&fault, bytes.split(|byte| *byte == b'\n').count());
            return;
        }
    };
    let result = Settings::parse(&text, Path::new(FOLDER));
    match &result {
        Ok(settings) => is_the_same_written_back(&text, settings),
        Err(faults) => are_told(faults, &text),
    }
    if let Ok(file) = SettingsFile::of(&text, Path::new(FOLDER)) {
        a_change_changes_one_thing(file, result.as_ref().ok());
    }
}

fn are_told(faults: &ConfigFaults, text: &str) {
    assert!(!faults.faults.is_empty(), "refused without a reason");
    is_told(faults);
    let lines = text.split('\n').count();
    for fault in &faults.faults {
        is_told(fault);
        is_in_the_file(fault, lines);
    }
    for language in LANGUAGES {
        assert!(!faults.lines(language).trim().is_empty());
    }
    let in_order =
        |pair: &[ConfigFault]| pair[0].line.unwrap_or(usize::MAX) <= pair[1].line.unwrap_or(usize::MAX);
    assert!(faults.faults.windows(2).all(in_order), "{faults:?}");
}

fn is_in_the_file(fault: &ConfigFault, lines: usize) {
    let is_there = fault.line.is_none_or(|line| (1..=lines).contains(&line));
    assert!(is_there, "{fault:?} of {lines} lines");
}

/// Each key set to what it has, one after the other, as the screens do.
fn is_the_same_written_back(text: &str, settings: &Settings) {
    let mut file = SettingsFile::of(text, Path::new(FOLDER)).expect("sound settings are TOML");
    let contents = file.contents();
    for key in SECTIONS.into_iter().flat_map(|section| keys(section, &contents)) {
        let value = match contents.value(&key) {
            Some(FileValue::Flag(flag)) => SettingValue::Flag(flag),
            Some(FileValue::Number(number)) => SettingValue::Number(number),
            Some(FileValue::Text(text)) => SettingValue::Text(text),
            Some(FileValue::List(list)) => SettingValue::List(list),
            Some(FileValue::Other(_)) | None => continue,
        };
        file.set(&key, value)
            .unwrap_or_else(|fault| panic!("{key}: {fault}"));
        assert_eq!(file.contents().value(&key), contents.value(&key), "{key}");
    }
    assert_eq!(file.check().as_ref(), Ok(settings), "\n{}", file.text());
}

fn keys(section: &'static Section, contents: &FileContents) -> Vec<String> {
    let (outer, inner) = section.path.split_once('.').unwrap_or((section.path, ""));
    let is_repeated = SECTIONS.iter().any(|one| one.path == outer && one.repeated);
    let numbered = |number: usize| match inner {
        "" => format!("{outer}[{number}]"),
        inner => format!("{outer}[{number}].{inner}"),
    };
    let paths: Vec<String> = match is_repeated {
        true => (1..=contents.count(outer)).map(numbered).collect(),
        false => vec![section.path.to_owned()],
    };
    let keys = paths
        .iter()
        .flat_map(|path| section.keys.iter().map(move |key| format!("{path}.{}", key.name)));
    keys.collect()
}

/// One key is written; everything else is as it was.
fn a_change_changes_one_thing(mut file: SettingsFile, before: Option<&Settings>) {
    let interval = "general.check_interval_seconds";
    if file.set(interval, SettingValue::Number(77)).is_err() {
        // Only where `general` is no section, or a number is too long.
        assert!(before.is_none(), "sound settings take another interval");
        return;
    }
    let contents = file.contents();
    assert_eq!(
        contents.value(interval),
        Some(FileValue::Number(77)),
        "\n{}",
        file.text()
    );
    if let Some(before) = before {
        let mut expected = before.clone();
        expected.general.check_interval = Duration::from_secs(77);
        assert_eq!(file.check(), Ok(expected), "\n{}", file.text());
    }
    let name = "さくら \"新宿\" \\ #1";
    let text = SettingValue::Text(name.to_owned());
    match file.set("general.shop_name", text) {
        Ok(()) => {}
        // A number that is too long must be mended in the file.
        Err(EditFault::Faults(faults)) if before.is_none() => return are_told(&faults, file.text()),
        Err(fault) => panic!("{fault}\n{}", file.text()),
    }
    let contents = file.contents();
    let written = contents.value("general.shop_name");
    assert_eq!(
        written,
        Some(FileValue::Text(name.to_owned())),
        "\n{}",
        file.text()
    );
    assert_eq!(
        contents.value(interval),
        Some(FileValue::Number(77)),
        "\n{}",
        file.text()
    );
}
