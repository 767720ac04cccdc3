//! Mails, files and settings that attack, as the commands print them: nothing steers the terminal (docs/HOSTILE.md).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../karamail-core/tests/hostile_mails/mod.rs"]
mod hostile_mails;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use hostile_mails::check_text;

const ESCAPE: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";

struct Shop(tempfile::TempDir);

impl Shop {
    /// Every attack lies in `mails`, one mail a file; file names attack too where the system allows it.
    fn new() -> Shop {
        let shop = Shop(tempfile::tempdir().unwrap());
        shop.configure("");
        fs::create_dir(shop.path("mails")).unwrap();
        let mails = hostile_mails::all("touroku@shop.example", "Mon, 1 Jan 2024 12:00:00 +0900");
        for (nth, mail) in mails.iter().enumerate() {
            let name = match cfg!(unix) && nth % 50 == 0 {
                true => format!("{nth}{ESCAPE}.eml"),
                false => format!("{nth}.eml"),
            };
            fs::write(shop.path("mails").join(name), mail).unwrap();
        }
        shop
    }

    fn configure(&self, more: &str) {
        let text = format!(
            "{more}\n[[mailbox]]\nname = \"counter\"\naddress = \"touroku@shop.example\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nuser = \"x\"\n[mailbox.smtp]\nhost = \"127.0.0.1\"\n"
        );
        fs::write(self.path("karamail.toml"), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karamail"));
        command
            .env_clear()
            .env("TZ", "Asia/Tokyo")
            .current_dir(self.0.path());
        command.arg("--config").arg(self.path("karamail.toml"));
        command.arg("--data-dir").arg(self.path("data"));
        command.args(["--lang", "en"]).args(arguments);
        command.output().expect("the program starts")
    }

    /// Runs it in both forms of output; returns what the plain one printed.
    #[track_caller]
    fn harmless(&self, arguments: &[&str]) -> String {
        let as_json = self.run(&[arguments, &["--json"]].concat());
        for line in check(arguments, &as_json)
            .lines()
            .filter(|line| line.starts_with('{'))
        {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
        check(arguments, &self.run(arguments))
    }
}

#[track_caller]
fn check(arguments: &[&str], output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    check_text(&format!("{arguments:?}"), text.trim_start_matches('\u{feff}'));
    check_text(
        &format!("{arguments:?}"),
        &String::from_utf8(output.stderr.clone()).unwrap(),
    );
    text
}

#[test]
fn whatever_mails_and_files_are_called_no_command_steers_the_terminal() {
    let shop = Shop::new();
    let mut files: Vec<String> = fs::read_dir(shop.path("mails"))
        .unwrap()
        .map(|entry| format!("mails/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    files.push(format!("mails/none{ESCAPE}"));
    let decide: Vec<&str> = ["decide"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    assert!(shop.harmless(&decide).lines().count() > 200);
    shop.harmless(&["import", "mails"]);
    for arguments in [
        &["results"][..],
        &["results", "--format", "csv"],
        &["results", "show", "1"],
        &["hold", "list"],
        &["backlog", "list"],
        &["quarantine", "list"],
        &["log"],
        &["results", "--mailbox", ESCAPE],
        &["results", "--from", ESCAPE],
        &["log", ESCAPE],
        &["import", ESCAPE],
        &["restore", ESCAPE],
        &["backup", "mails/0.eml"],
    ] {
        shop.harmless(arguments);
    }
    let listed = shop.harmless(&["results"]);
    assert!(listed.lines().count() > 90, "{listed}");
}

#[test]
fn values_and_keys_of_the_settings_steer_no_terminal() {
    let shop = Shop::new();
    // As TOML writes them: in the file there is no control character.
    let escape = "\\u001b]0;owned\\u0007\\u009b31m\\u202e";
    for more in [
        format!("[general]\nlanguage = \"{escape}\""),
        format!("[general]\n\"{escape}\" = 1"),
        format!("[receipt]\nbody_file = \"{escape}\""),
        format!("[receipt]\nsubject = \"{escape}★1★\"\nbody = \"{escape}★1★\""),
        format!("[general]\nlog_folder = \"{escape}\""),
        format!("[blocked]\naddresses = [\"{escape}\"]"),
    ] {
        shop.configure(&more);
        for arguments in [
            &["config", "check"][..],
            &["results"],
            &["log"],
            &["import", "mails"],
        ] {
            shop.harmless(arguments);
        }
    }
    // As bytes.
    fs::write(
        shop.path("karamail.toml"),
        format!("x = \"{ESCAPE}\" {ESCAPE}\n[{ESCAPE}]\n"),
    )
    .unwrap();
    shop.harmless(&["config", "check"]);
}
