//! What a file means once it is sound.

use std::path::Path;
use std::time::Duration;

use karamail_core::decide::DuplicateAction;
use karamail_core::words::Language;

use crate::config::keys::{Default, Kind, SECTIONS};
use crate::config::*;

/// The least there is, as docs/CONFIG.md shows it.
const MINIMAL: &str = r#"
[[mailbox]]
address = "touroku@example.jp"

[mailbox.pop3]
host = "pop.example.jp"
user = "touroku@example.jp"

[mailbox.smtp]
host = "smtp.example.jp"
"#;

fn parse(text: &str) -> Settings {
    Settings::parse(text, Path::new(".")).unwrap_or_else(|faults| panic!("{faults}\n{text}"))
}

fn with(change: impl Fn(&mut String)) -> Settings {
    let mut text = MINIMAL.to_owned();
    change(&mut text);
    parse(&text)
}

#[test]
fn address_servers_and_user_are_enough() {
    assert!(
        include_str!("../../../../../docs/CONFIG.md").contains(MINIMAL.trim()),
        "docs/CONFIG.md shows it"
    );
    let settings = parse(MINIMAL);
    let mailbox = &settings.mailboxes[0];
    assert_eq!(
        settings.series,
        [SeriesSettings {
            name: "main".to_owned(),
            first_number: 1
        }]
    );
    assert_eq!(
        (mailbox.name.as_str(), mailbox.series.as_str(), mailbox.enabled),
        ("touroku", "main", true)
    );
    assert_eq!((mailbox.pop3.port, mailbox.pop3.security), (995, Security::Tls));
    assert_eq!((mailbox.smtp.port, mailbox.smtp.security), (465, Security::Tls));
    assert_eq!(mailbox.smtp.authentication, SmtpAuthentication::Password);
    assert!(mailbox.smtp.same_credentials_as_pop3);
    assert_eq!(mailbox.smtp.user, "touroku@example.jp");
    let guard = &settings.guard;
    let limits = (
        guard.limit_address_hour,
        guard.limit_address_day,
        guard.limit_mailbox_hour,
    );
    assert_eq!(limits, (3, 10, 300), "as never-reply rules have it");
    assert_eq!(settings.duplicate.action, DuplicateAction::Repeat);
    assert_eq!(mailbox.keep, KeepRule::Delete);
    assert!(settings.receipt.subject().contains("受付"));
    assert_eq!(mailbox.receipt, settings.receipt);
}

#[test]
fn zero_means_no_limit_and_no_backlog() {
    let settings = with(|text| {
        text.push_str(
            "[guard]\nlimit_address_per_hour = 0\nlimit_address_per_day = 0\nlimit_mailbox_per_hour = 0\nbacklog_hours = 0\n",
        );
    });
    let guard = &settings.guard;
    let limits = (
        guard.limit_address_hour,
        guard.limit_address_day,
        guard.limit_mailbox_hour,
    );
    assert_eq!((limits, guard.backlog), ((0, 0, 0), None));
}

#[test]
fn port_and_protection_follow_from_one_another() {
    use Security::{None, StartTls, Tls};
    let check = |pop3: &str, smtp: &str, expected: ((u16, Security), (u16, Security))| {
        let settings = with(|text| {
            *text = text
                .replace("host = \"pop", &format!("{pop3}\nhost = \"pop"))
                .replace("host = \"smtp", &format!("{smtp}\nhost = \"smtp"));
        });
        let mailbox = &settings.mailboxes[0];
        let found = (
            (mailbox.pop3.port, mailbox.pop3.security),
            (mailbox.smtp.port, mailbox.smtp.security),
        );
        assert_eq!(found, expected, "{pop3} / {smtp}");
    };
    check("", "", ((995, Tls), (465, Tls)));
    check(
        "security = \"tls\"",
        "security = \"tls\"",
        ((995, Tls), (465, Tls)),
    );
    check(
        "security = \"starttls\"",
        "security = \"starttls\"",
        ((110, StartTls), (587, StartTls)),
    );
    check(
        "security = \"none\"",
        "security = \"none\"",
        ((110, None), (25, None)),
    );
    check("port = 110", "port = 587", ((110, StartTls), (587, StartTls)));
    check("port = 995", "port = 25", ((995, Tls), (25, StartTls)));
    check("port = 1995", "port = 465", ((1995, Tls), (465, Tls)));
    check(
        "port = 1110\nsecurity = \"none\"",
        "port = 587\nsecurity = \"none\"",
        ((1110, None), (587, None)),
    );
}

#[test]
fn a_mailbox_takes_from_the_general_letters_what_it_does_not_say() {
    let settings = with(|text| {
        text.insert_str(
            0,
            "[receipt]\nsubject = \"一般 ★1★\"\nbody = \"一般の本文\"\n\n[general]\nlanguage = \"en\"\n",
        );
        text.push_str(
            "[mailbox.receipt]\nsubject = \"本店 ★1★\"\n[mailbox.duplicate]\nbody = \"本店の ★2★\"\n",
        );
    });
    let mailbox = &settings.mailboxes[0];
    assert_eq!(
        (mailbox.receipt.subject(), mailbox.receipt.body()),
        ("本店 ★1★", "一般の本文")
    );
    assert_eq!(mailbox.duplicate.body(), "本店の ★2★");
    assert!(
        mailbox.duplicate.subject().contains("already"),
        "the ready-made letter is in the settings' language"
    );
    assert_eq!(settings.general.language, Language::English);
}

#[test]
fn a_text_file_gives_body_and_subject_and_the_key_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("a.txt"),
        "\u{feff}件名: ファイル ★1★\r\n\r\n一行目\r\n",
    )
    .unwrap();
    let parse = |extra: &str| {
        Settings::parse(
            &format!("[receipt]\nbody_file = \"a.txt\"\n{extra}\n{MINIMAL}"),
            folder.path(),
        )
        .unwrap()
    };
    let receipt = parse("").receipt;
    assert_eq!((receipt.subject(), receipt.body()), ("ファイル ★1★", "一行目\n"));
    assert_eq!(parse("subject = \"鍵 ★1★\"").receipt.subject(), "鍵 ★1★");
}

#[test]
fn gmails_recent_sign_is_for_fetching_alone() {
    let settings = with(|text| *text = text.replace("user = \"", "user = \"recent:"));
    let mailbox = &settings.mailboxes[0];
    assert_eq!(mailbox.pop3.user, "recent:touroku@example.jp");
    assert_eq!(mailbox.smtp.user, "touroku@example.jp");
}

#[test]
fn the_rules_know_all_our_addresses() {
    let second = MINIMAL
        .replace("touroku", "two")
        .replace("[mailbox.pop3]", "reply_to = \"shop@example.jp\"\n[mailbox.pop3]");
    let first = MINIMAL.replace(
        "\n[mailbox.pop3]",
        "aliases = [\"alias@example.jp\"]\nforward_to = \"staff@example.com\"\n[mailbox.pop3]",
    );
    let settings = parse(&format!("{first}{second}"));
    let shown = |addresses: &[karamail_core::address::EmailAddress]| -> Vec<String> {
        addresses.iter().map(ToString::to_string).collect()
    };
    let rules = settings.rules(&settings.mailboxes[1]);
    let own = [
        "two@example.jp",
        "shop@example.jp",
        "touroku@example.jp",
        "alias@example.jp",
    ];
    assert_eq!(shown(&rules.own_addresses), own);
    assert_eq!(shown(&rules.forward_targets), ["staff@example.com"]);
    assert!(!rules.forward && settings.rules(&settings.mailboxes[0]).forward);
    assert_eq!((rules.limit_address_hour, rules.backlog_before), (3, None));
}

/// Every key is taken over: another value than the default makes other settings.
#[test]
fn no_key_is_read_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("file.txt"),
        "-----BEGIN CERTIFICATE-----\n★1★ ★2★\n",
    )
    .unwrap();
    let path = folder.path().join("karamail.toml");
    write_new(&path, Language::Japanese).unwrap();
    let text = |text: &str| SettingValue::Text(text.to_owned());
    for section in SECTIONS {
        let place = match section.path.split_once('.') {
            None if section.repeated => format!("{}[1]", section.path),
            None => section.path.to_owned(),
            Some((outer, inner)) => format!("{outer}[1].{inner}"),
        };
        let mark = if section.path.ends_with("duplicate") {
            "★2★"
        } else {
            "★1★"
        };
        for key in section.keys {
            let name = format!("{place}.{}", key.name);
            let mut file = SettingsFile::open(&path).unwrap();
            // Some count only beside others.
            match name.as_str() {
                "mailbox[1].keep_days" => file.set("mailbox[1].keep", text("days")).unwrap(),
                "mailbox[1].series" => file.set("series[2].name", text("other")).unwrap(),
                "mailbox[1].smtp.same_credentials_as_pop3" => file
                    .set("mailbox[1].smtp.user", text("touroku@example.jp"))
                    .unwrap(),
                _ => {}
            }
            let before = file.check().unwrap();
            let value = match (key.kind, key.default) {
                (Kind::Flag, Default::Flag(flag)) => SettingValue::Flag(!flag),
                (Kind::Flag, _) => SettingValue::Flag(!before.mailboxes[0].smtp.same_credentials_as_pop3),
                (Kind::Number { max, .. }, _) => SettingValue::Number(max - 1),
                (Kind::Choice(choices), _) => text(choices[1]),
                (Kind::Line { .. }, _) if key.name == "series" => text("other"),
                (Kind::Line { .. } | Kind::Text { .. }, _) if ["subject", "body"].contains(&key.name) => {
                    text(&format!("別の {mark}"))
                }
                (Kind::Line { .. } | Kind::Text { .. } | Kind::Folder, _) => text("another"),
                (Kind::Address, _) => text("another@example.org"),
                (Kind::Host, _) => text("another.example.org"),
                (Kind::File, _) if key.name == "body_file" => {
                    std::fs::write(folder.path().join("letter.txt"), format!("別の本文 {mark}\n")).unwrap();
                    text("letter.txt")
                }
                (Kind::File, _) => text("file.txt"),
                (Kind::List { .. } | Kind::Addresses { .. }, _) => {
                    SettingValue::List(vec!["x@example.org".to_owned()])
                }
            };
            file.set(&name, value).unwrap();
            let after = file.check().unwrap_or_else(|faults| panic!("{name}: {faults}"));
            assert_ne!(before, after, "{name} makes no difference");
        }
    }
}

#[test]
fn numbers_arrive_in_their_units() {
    let settings = with(|text| {
        text.insert_str(
            0,
            "[general]\ncheck_interval_seconds = 7\n[guard]\nbacklog_hours = 2\n",
        );
        *text = text.replace("host = \"pop", "largest_mail_megabytes = 3\nhost = \"pop");
        text.push_str("send_interval_milliseconds = 250\n");
    });
    assert_eq!(settings.general.check_interval, Duration::from_secs(7));
    assert_eq!(settings.guard.backlog, Some(Duration::from_secs(7_200)));
    assert_eq!(settings.mailboxes[0].pop3.largest_mail, 3 * 1_048_576);
    assert_eq!(
        settings.mailboxes[0].smtp.send_interval,
        Duration::from_millis(250)
    );
}
