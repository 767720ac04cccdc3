//! Whatever stands in a settings file, reading it ends with settings or with faults that can be told.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use karamail_core::words::{Language, Told};
use karamail_engine::config::{Settings, sample};
use proptest::prelude::*;

fn check(text: &str) {
    if let Err(faults) = Settings::parse(text, Path::new("/nowhere")) {
        assert!(!faults.faults.is_empty());
        let lines = text.lines().count();
        for fault in &faults.faults {
            assert!(
                fault.line.is_none_or(|line| (1..=lines).contains(&line)),
                "{fault:?}"
            );
        }
        for language in [Language::Japanese, Language::English] {
            assert!(!faults.told(language).is_empty());
        }
    }
}

/// Pieces that mean something in a settings file, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "[general]",
        "[[mailbox]]",
        "[mailbox]",
        "[mailbox.pop3]",
        "[mailbox.smtp]",
        "[[series]]",
        "[guard]",
        "name",
        "port",
        "user",
        "host",
        "address",
        "aliases",
        "body_file",
        "extra_ca_file",
        "password",
        "language",
        "keep",
        "=",
        "\"",
        "\"\"\"",
        "'",
        "'''",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "#",
        "\n",
        "\r\n",
        "\r",
        "\\",
        "\\u",
        "★1★",
        "★",
        "件名",
        "\u{3000}",
        "＝",
        "-1",
        "0",
        "65536",
        "99999999999999999999",
        "1e9",
        "true",
        "2026-01-01",
        "\"a@example.jp\"",
        "\u{0}",
        "\u{feff}",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => ".{0,8}".prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_ends_in_settings_or_faults(text in "(?s).{0,400}") {
        check(&text);
    }

    #[test]
    fn any_row_of_meaningful_pieces_ends_in_settings_or_faults(pieces in prop::collection::vec(piece(), 0..60)) {
        check(&pieces.concat());
        check(&pieces.join(" "));
    }

    #[test]
    fn a_sample_with_pieces_cut_out_and_put_in_ends_in_settings_or_faults(
        cuts in prop::collection::vec((0.0..1.0f64, 0usize..200, piece()), 1..6),
        switched_on: bool,
    ) {
        let mut text: Vec<char> = sample(Language::Japanese).chars().collect();
        if switched_on {
            let on: String = text.iter().collect();
            text = on.replace("\n#", "\n").chars().collect();
        }
        for (place, length, piece) in cuts {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place between 0 and 1")]
            let start = (place * text.len() as f64) as usize;
            let end = (start + length).min(text.len());
            text.splice(start..end, piece.chars());
        }
        check(&text.iter().collect::<String>());
    }

    #[test]
    fn a_file_of_any_bytes_ends_in_settings_or_faults(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("karamail.toml");
        std::fs::write(&path, bytes).unwrap();
        if let Err(faults) = Settings::load(&path) {
            prop_assert!(!faults.faults.is_empty() && !faults.told(Language::Japanese).is_empty());
        }
    }
}
