//! The manuals and READMEs against the real program: every command line is one, every setting is one, every link leads
//! somewhere, and the pictures are what the program prints.
//!
//! `docs/pictures/make-terminal.sh` puts new pictures into the manuals.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use karamail_engine::config::Settings;
use karamail_engine::config::keys::SECTIONS;
use karamail_engine::demo::{DemoServers, PASSWORD, USER};
use karamail_tests::mails;
use karamail_tests::program::binary;

const PAGES: [&str; 4] = [
    "README.ja.md",
    "README.md",
    "docs/manual.ja.md",
    "docs/manual.en.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The fenced blocks of a page: language and text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = vec![];
    let mut is_inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) if !is_inside => {
                found.push((language.to_owned(), String::new()));
                is_inside = true;
            }
            Some(_) => is_inside = false,
            None if is_inside => {
                let (_, block) = found.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    found
}

/// The words between backticks outside of blocks.
fn inline(text: &str) -> Vec<String> {
    let mut outside = String::new();
    for (at, part) in text.split("\n```").enumerate() {
        if at % 2 == 0 {
            outside.push_str(part);
        }
    }
    let pieces = outside.split('`').skip(1).step_by(2);
    pieces.map(|piece| piece.replace('\n', " ")).collect()
}

/// The arguments of every command line of ours on a page.
fn command_lines(text: &str) -> BTreeSet<String> {
    let mut lines: Vec<String> = inline(text);
    for (language, block) in blocks(text) {
        if language == "sh" {
            lines.extend(block.lines().map(str::to_owned));
        }
    }
    let begins = [
        "karamail ",
        "./karamail ",
        "cargo run --release -- ",
        "sudo karamail ",
        "sudo -u karamail karamail ",
    ];
    let arguments = |line: &String| {
        let rest = begins.iter().find_map(|begin| line.strip_prefix(begin))?;
        Some(rest.split(" #").next().unwrap_or_default().trim().to_owned())
    };
    lines.iter().filter_map(arguments).collect()
}

/// What is wrong with the arguments, as the program's own parser tells; it is never run with them.
fn fault_of(arguments: &str) -> Option<String> {
    const STOP: &str = "--stop-before-anything-is-done";
    // What a shell would fill in.
    let arguments = arguments.replace("$(date +%F)", "2026-11-21");
    // A value is looked at when the next option comes.
    let next: &[&str] = if arguments.contains("--lang") {
        &["--json"]
    } else {
        &["--lang", "en"]
    };
    let output = Command::new(binary())
        .args(arguments.split_whitespace())
        .args(next)
        .arg(STOP)
        .env_clear()
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments}: it ran\n{said}");
    let first = said.lines().next().unwrap_or_default().to_owned();
    (!first.contains(STOP)).then_some(first)
}

#[test]
fn every_command_line_in_the_manuals_is_one_of_the_program() {
    let mut faults = vec![];
    for name in PAGES {
        let lines = command_lines(&page(name));
        assert!(lines.len() > 4, "{name} has no commands");
        for line in lines {
            if let Some(fault) = fault_of(&line) {
                faults.push(format!("{name}: karamail {line}: {fault}"));
            }
        }
    }
    none(faults);
}

#[test]
fn a_command_line_that_is_none_is_found() {
    for wrong in [
        "colect",
        "results --formt csv",
        "results --format exe",
        "password forget",
        "once --lang fr",
        "demo --customers many",
    ] {
        assert!(fault_of(wrong).is_some(), "karamail {wrong}");
    }
    for right in [
        "run",
        "results --format csv",
        "password set 本店 --pop3",
        "log 2026-11",
    ] {
        assert_eq!(fault_of(right), None, "karamail {right}");
    }
}

#[test]
fn every_command_of_the_program_is_in_both_manuals() {
    let help = Command::new(binary()).arg("--help").output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let mut faults = vec![];
    for command in commands.lines().filter_map(|line| line.split_whitespace().next()) {
        for name in ["docs/manual.ja.md", "docs/manual.en.md"] {
            let is_there = command == "help"
                || command_lines(&page(name))
                    .iter()
                    .any(|line| line.split_whitespace().any(|word| word == command));
            if !is_there {
                faults.push(format!("{name} does not name karamail {command}"));
            }
        }
    }
    none(faults);
}

const REST_OF_MAILBOX: &str =
    "\n[mailbox.pop3]\nhost = \"pop.example.jp\"\nuser = \"a\"\n[mailbox.smtp]\nhost = \"smtp.example.jp\"\n";

#[test]
fn every_piece_of_settings_in_the_manuals_can_be_used_as_it_stands() {
    let mut faults = vec![];
    for name in PAGES {
        for (_, block) in blocks(&page(name))
            .iter()
            .filter(|(language, _)| language == "toml")
        {
            let mut whole = block.clone();
            if !block.contains("[[mailbox]]") {
                whole.push_str("[[mailbox]]\naddress = \"touroku@example.jp\"");
            }
            if !block.contains("[mailbox.pop3]") {
                whole.push_str(REST_OF_MAILBOX);
            }
            let Err(found) = Settings::parse(&whole, &root().join("config")) else {
                continue;
            };
            for fault in found.faults {
                faults.push(format!("{name}: {} {:?} in\n{block}", fault.key, fault.kind));
            }
        }
    }
    none(faults);
}

#[test]
fn every_setting_that_the_manuals_name_is_in_the_table_of_keys() {
    let keys: BTreeSet<&str> = SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|key| key.name))
        .collect();
    let is_key_like = |word: &str| {
        word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_') && word.len() > 3
    };
    let mut faults = vec![];
    for name in PAGES {
        for piece in inline(&page(name)) {
            // `key` or `key = value`.
            let word = piece.split(" = ").next().unwrap_or_default();
            let is_set = piece.contains(" = ") && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if (is_key_like(word) || is_set) && !keys.contains(word) {
                faults.push(format!("{name}: `{piece}` is no setting"));
            }
        }
    }
    none(faults);
}

#[test]
fn every_link_in_the_manuals_leads_somewhere() {
    let mut faults = vec![];
    for name in PAGES {
        let text = page(name);
        let folder = root().join(name).parent().unwrap().to_owned();
        let anchors: BTreeSet<String> = text
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| anchor(line.trim_start_matches('#').trim()))
            .collect();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_sound = match target.strip_prefix('#') {
                Some(place) => anchors.contains(place),
                None => target.starts_with("https://") || folder.join(target).exists(),
            };
            if !is_sound {
                faults.push(format!("{name}: {target}"));
            }
        }
    }
    none(faults);
}

/// Largest picture of a screen, and all of them together, bytes: whoever clones the project fetches every version of them.
const PICTURE_BYTES: u64 = 150 * 1024;
const PICTURES_BYTES: u64 = 2 * 1024 * 1024;

#[test]
fn every_picture_of_a_screen_is_small_and_shown_in_both_manuals() {
    let mut faults = vec![];
    let (mut whole, mut count) = (0, 0);
    for entry in fs::read_dir(root().join("docs/pictures")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".png") {
            continue;
        }
        let size = fs::metadata(&path).unwrap().len();
        whole += size;
        count += 1;
        if size > PICTURE_BYTES || !fs::read(&path).unwrap().starts_with(b"\x89PNG\r\n") {
            faults.push(format!(
                "{name}: {size} bytes, {PICTURE_BYTES} at most, and a PNG"
            ));
        }
        for manual in ["docs/manual.ja.md", "docs/manual.en.md"] {
            // With words for those who do not see it.
            let is_shown = page(manual).lines().any(|line| {
                line.strip_prefix("![")
                    .and_then(|rest| rest.split_once("](pictures/"))
                    .is_some_and(|(words, place)| !words.is_empty() && place.trim_end() == format!("{name})"))
            });
            if !is_shown {
                faults.push(format!(
                    "{manual} does not show {name}, or not in a line of its own with words"
                ));
            }
        }
    }
    if count < 15 || whole > PICTURES_BYTES {
        faults.push(format!(
            "{count} pictures, {whole} bytes; 15 or more, {PICTURES_BYTES} at most"
        ));
    }
    none(faults);
}

/// The anchor of a heading, as renderers of Markdown make it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | 'ー'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// What the program prints in the pictures of one language, by the picture's name.
fn pictures(language: &str) -> Vec<(&'static str, String)> {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let servers = runtime.block_on(DemoServers::start()).unwrap();
    let config = folder.path().join("karamail.toml");
    let (shop, name) = match language {
        "ja" => ("さくら食堂", "本店"),
        _ => ("Sakura Diner", "Main shop"),
    };
    let settings = format!(
        "[general]\nlanguage = \"{language}\"\nshop_name = \"{shop}\"\n[guard]\nbacklog_hours = 0\n\
         [[series]]\nname = \"main\"\nfirst_number = 1710\n\
         [[mailbox]]\nname = \"{name}\"\naddress = \"touroku@example.jp\"\n\
         [mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nuser = \"{USER}\"\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nconnections = 1\n",
        servers.pop3_port(),
        servers.smtp_port()
    );
    fs::write(&config, settings).unwrap();
    for (n, mail) in [
        mails::signup("hanako@phone.example", "m1"),
        mails::signup("a..b@docomo.ne.jp", "m2"),
        mails::signup("hanako@phone.example", "m3"),
        mails::other("guest@office.example", "m4"),
        mails::auto_reply("away@office.example", "m5"),
    ]
    .into_iter()
    .enumerate()
    {
        servers.deposit(mail);
        assert_eq!(servers.mailbox_count(), n + 1);
    }
    let run = |arguments: &[&str]| {
        let output = Command::new(binary())
            .arg("--config")
            .arg(&config)
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(arguments)
            .env("KARAMAIL_KEYRING", "off")
            .env("KARAMAIL_PASSWORD", PASSWORD)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "karamail {arguments:?}: {said}");
        steady(&String::from_utf8_lossy(&output.stdout))
    };
    vec![
        (
            "demo",
            up_to_the_first_receipt(&run(&["--lang", language, "demo", "--customers", "3", "--exit"])),
        ),
        ("once", run(&["once"])),
        ("results", run(&["results"])),
        ("log", run(&["log"])),
    ]
}

/// The same on every day and every machine: times and ports are given.
fn steady(printed: &str) -> String {
    let mut steady = String::new();
    for line in printed.lines() {
        // The letter's own date, in a box of a given width.
        let new = match line {
            _ if line.contains("受付日時  ") && line.ends_with('│') => {
                "│ 受付日時  2026年11月21日 10:15                           │".to_owned()
            }
            _ if line.contains("Received at ") => {
                "│ Received at 21 November 2026, 10:15                      │".to_owned()
            }
            _ => replace_digits(line, "dddd-dd-dd dd:dd:dd", "2026-11-21 10:15:00"),
        };
        steady.push_str(replace_digits(&new, "127.0.0.1:ddddd", "127.0.0.1:50110").trim_end());
        steady.push('\n');
    }
    steady
}

/// What is printed up to the first number's receipt, and that; receipts go out side by side, and look alike.
fn up_to_the_first_receipt(printed: &str) -> String {
    let (before, boxes) = printed.split_once('┌').unwrap();
    let is_receipt = |shown: &&str| shown.contains("1】会員登録を") || shown.contains("receipt number is 1 ");
    let receipt = boxes.split('┌').find(is_receipt).unwrap();
    let (receipt, _) = receipt.split_once('└').unwrap();
    format!("{before}┌{receipt}└{}┘\n…\n", "─".repeat(58))
}

/// Replaces each place that looks like the pattern, in which `d` is a digit.
fn replace_digits(line: &str, pattern: &str, by: &str) -> String {
    let characters: Vec<char> = line.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let fits = |at: usize| {
        pattern.iter().enumerate().all(|(n, wanted)| {
            let found = characters.get(at + n);
            found.is_some_and(|found| found == wanted || (*wanted == 'd' && found.is_ascii_digit()))
        })
    };
    let (mut new, mut at) = (String::new(), 0);
    while at < characters.len() {
        if fits(at) {
            new.push_str(by);
            at += pattern.len();
        } else {
            new.push(characters[at]);
            at += 1;
        }
    }
    new
}

#[test]
fn the_pictures_in_the_manuals_are_what_the_program_prints() {
    let write = std::env::var_os("KARAMAIL_PICTURES").is_some();
    let mut faults = vec![];
    for language in ["ja", "en"] {
        let name = format!("docs/manual.{language}.md");
        let mut text = page(&name);
        for (picture, printed) in pictures(language) {
            let (begin, end) = (
                format!("<!-- picture: {picture} -->\n"),
                "<!-- end of picture -->",
            );
            let (before, rest) = text
                .split_once(&begin)
                .unwrap_or_else(|| panic!("{name} has no {begin}"));
            let (shown, after) = rest.split_once(end).unwrap();
            let wanted = format!("```text\n{printed}```\n");
            // Letters go out side by side, so the order of lines differs from run to run.
            if sorted(shown) != sorted(&wanted) {
                faults.push(format!("{name}: {picture} is now\n{printed}"));
                text = format!("{before}{begin}{wanted}{end}{after}");
            }
        }
        if write {
            fs::write(root().join(&name), text).unwrap();
        }
    }
    if !write {
        faults.extend(
            (!faults.is_empty()).then(|| "docs/pictures/make-terminal.sh takes them over".to_owned()),
        );
        none(faults);
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}
