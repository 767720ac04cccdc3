//! The sample file and the reference say what the table says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use karamail_core::words::Language;

use super::super::document::{self, Entry, Value};
use super::{Default, Kind, SECTIONS};
use crate::config::{Settings, sample};

const REFERENCE: &str = include_str!("../../../../../docs/CONFIG.md");
const BEGIN: &str = "<!-- reference: made from the table of keys; a test compares it -->\n";
const END: &str = "<!-- end of reference -->\n";

/// The sample with its commented keys switched on: path of section → key → value.
fn sample_keys() -> BTreeMap<String, BTreeMap<String, Value>> {
    let commented = |line: &str| {
        line.strip_prefix('#')
            .filter(|rest| rest.starts_with('[') || rest.starts_with(|c: char| c.is_ascii_lowercase()))
            .map(str::to_owned)
    };
    let lines: Vec<String> = sample(Language::Japanese)
        .lines()
        .map(|line| commented(line).unwrap_or_else(|| line.to_owned()))
        .collect();
    let root = document::parse(&lines.join("\n")).expect("the sample is TOML with every key switched on");
    let mut found = BTreeMap::new();
    collect("", &root, &mut found);
    found
}

fn collect(path: &str, entries: &[Entry], found: &mut BTreeMap<String, BTreeMap<String, Value>>) {
    for entry in entries {
        let inner = if path.is_empty() {
            entry.name.clone()
        } else {
            format!("{path}.{}", entry.name)
        };
        match &entry.node.value {
            Value::Table(table) => collect(&inner, table, found),
            Value::List(nodes) if nodes.iter().any(|node| matches!(node.value, Value::Table(_))) => {
                for node in nodes {
                    if let Value::Table(table) = &node.value {
                        collect(&inner, table, found);
                    }
                }
            }
            value => {
                found
                    .entry(path.to_owned())
                    .or_default()
                    .insert(entry.name.clone(), value.clone());
            }
        }
    }
}

#[test]
fn the_sample_shows_every_key_with_its_default_and_no_other() {
    let found = sample_keys();
    for section in SECTIONS {
        let keys = found
            .get(section.path)
            .unwrap_or_else(|| panic!("the sample lacks {}", section.header()));
        for name in keys.keys() {
            assert!(
                section.key(name).is_some(),
                "{name} of {} is in the sample alone",
                section.header()
            );
        }
        for key in section.keys {
            let value = keys
                .get(key.name)
                .unwrap_or_else(|| panic!("{} lacks {}", section.header(), key.name));
            match (key.default, value) {
                (Default::Flag(expected), Value::Flag(found)) => assert_eq!(expected, *found, "{}", key.name),
                (Default::Number(expected), Value::Integer(found, _)) => {
                    assert_eq!(Some(expected), *found, "{}", key.name)
                }
                (Default::Text(expected), Value::Text(found)) => assert_eq!(expected, found, "{}", key.name),
                (Default::Nothing, Value::List(found)) => assert!(found.is_empty(), "{}", key.name),
                (Default::Required | Default::Nothing | Default::Follows { .. }, _) => {}
                other => panic!("{} of {}: {other:?}", key.name, section.header()),
            }
        }
    }
}

#[test]
fn the_sample_is_a_sound_settings_file_in_both_languages() {
    for language in [Language::Japanese, Language::English] {
        let settings = Settings::parse(sample(language), std::path::Path::new(".")).unwrap();
        assert_eq!(settings.general.language, language);
        assert_eq!(settings.mailboxes[0].name, "本店");
    }
}

#[test]
fn the_sample_tells_the_bounds_of_every_number() {
    let text = sample(Language::Japanese);
    for section in SECTIONS {
        for key in section.keys {
            if let Kind::Number { min, max } = key.kind {
                assert!(
                    text.contains(&format!("{min}〜{max}")),
                    "{}: {min}〜{max}",
                    key.name
                );
                assert!(
                    text.contains(&format!("{min} to {max}")),
                    "{}: {min} to {max}",
                    key.name
                );
            }
        }
    }
}

#[test]
fn numbers_have_their_unit_in_the_name() {
    // What is counted in pieces needs none.
    let pieces = [
        "first_number",
        "port",
        "connections",
        "limit_address_per_hour",
        "limit_address_per_day",
        "limit_mailbox_per_hour",
    ];
    for section in SECTIONS {
        for key in section
            .keys
            .iter()
            .filter(|key| matches!(key.kind, Kind::Number { .. }))
        {
            let unit = [
                "_seconds",
                "_milliseconds",
                "_hours",
                "_days",
                "_months",
                "_megabytes",
            ];
            assert!(
                pieces.contains(&key.name) || unit.iter().any(|unit| key.name.ends_with(unit)),
                "{}",
                key.name
            );
        }
    }
}

#[test]
fn the_reference_is_what_the_table_says() {
    let (before, rest) = REFERENCE
        .split_once(BEGIN)
        .expect("docs/CONFIG.md has the reference");
    let (found, after) = rest
        .split_once(END)
        .expect("docs/CONFIG.md has the reference's end");
    let expected = reference();
    if std::env::var_os("KARAMAIL_WRITE_REFERENCE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIG.md");
        std::fs::write(path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        found, expected,
        "write it anew with KARAMAIL_WRITE_REFERENCE=1 cargo test -p karamail-engine reference"
    );
}

fn reference() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        write!(
            text,
            "\n### `{}`\n\n{}\n\n{}\n\n",
            section.header(),
            section.ja,
            section.en
        )
        .unwrap();
        text.push_str(
            "| key | 初期値 / default | 書けるもの / allowed | 意味 / meaning |\n|---|---|---|---|\n",
        );
        for key in section.keys {
            let default = match key.default {
                Default::Required => "(必須 / required)".to_owned(),
                Default::Nothing => "(なし / none)".to_owned(),
                Default::Flag(flag) => format!("`{flag}`"),
                Default::Number(number) => format!("`{number}`"),
                Default::Text(text) => format!("`\"{text}\"`"),
                Default::Follows { ja, en } => format!("{ja} / {en}"),
            };
            let allowed = match key.kind {
                Kind::Choice(choices) => choices
                    .iter()
                    .map(|one| format!("`\"{one}\"`"))
                    .collect::<Vec<_>>()
                    .join(" "),
                kind => format!(
                    "{} / {}",
                    kind.allowed(Language::Japanese),
                    kind.allowed(Language::English)
                ),
            };
            writeln!(
                text,
                "| `{}` | {default} | {allowed} | {}<br>{} |",
                key.name, key.ja, key.en
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}
