//! The commands about data, as a person types them: import, results, backup, restore, erase.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Shop(tempfile::TempDir);

impl Shop {
    fn new() -> Shop {
        let shop = Shop(tempfile::tempdir().unwrap());
        let mailbox = "address = \"touroku@shop.example\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nuser = \"x\"\n[mailbox.smtp]\nhost = \"127.0.0.1\"\n";
        let text = format!(
            "[receipt]\ninvitation = \"News twice a month\"\n[opt_out]\nwords = [\"bye\"]\n[[mailbox]]\nname = \"counter\"\n{mailbox}"
        );
        fs::write(shop.path("karamail.toml"), text).unwrap();
        fs::create_dir(shop.path("mails")).unwrap();
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn mail(&self, name: &str, from: &str, subject: &str) {
        let date = format!("Mon, 1 Jan 2024 12:{:02}:00 +0900", name.len());
        let text = format!(
            "From: {from}\r\nTo: touroku@shop.example\r\nMessage-ID: <{name}@x>\r\nDate: {date}\r\nSubject: {subject}\r\n\r\n"
        );
        fs::write(self.path("mails").join(format!("{name}.eml")), text).unwrap();
    }

    fn run(&self, data: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karamail"));
        command
            .env_clear()
            .env("TZ", "Asia/Tokyo")
            .current_dir(self.0.path());
        command
            .arg("--config")
            .arg(self.path("karamail.toml"))
            .arg("--data-dir")
            .arg(self.path(data));
        command.args(["--lang", "en"]).args(arguments);
        command.output().expect("the program starts")
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run("data", arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments = [arguments, &["--json"]].concat();
        let text = self.done(&arguments);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Three people, one of whom is a formula and one of whom left.
    fn with_people() -> Shop {
        let shop = Shop::new();
        shop.mail("a", "<hanako@example.jp>", "");
        shop.mail("bb", "<=1+1@example.jp>", "");
        shop.mail("ccc", "<taro@example.jp>", "");
        shop.mail("dddd", "<taro@example.jp>", "bye");
        let report = shop.json(&["import", "mails"]);
        assert_eq!(
            (&report[0]["receipts"], &report[0]["opt_outs"]),
            (&Value::from(3), &Value::from(1))
        );
        shop
    }
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn importing_tells_what_became_of_the_mails_and_twice_adds_nothing() {
    let shop = Shop::with_people();
    let told = shop.done(&["import", "mails"]);
    assert!(told.contains("Took in 0 mails from 4 files."), "{told}");
    assert!(told.contains("4 were known already"), "{told}");
    let unknown = shop.run("data", &["import", "mails", "--mailbox", "nowhere"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    let missing = shop.run("data", &["import", "not-there"]);
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
}

#[test]
fn results_are_filtered_by_period_state_mailbox_and_series() {
    let shop = Shop::with_people();
    let numbers = |arguments: &[&str]| -> Vec<i64> {
        let arguments = [&["results"], arguments].concat();
        shop.json(&arguments)
            .iter()
            .map(|row| row["number"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&[]), [3, 2, 1]);
    assert_eq!(numbers(&["--state", "withheld"]), [3, 2, 1]);
    assert_eq!(numbers(&["--state", "sent,bounced"]), [0i64; 0]);
    assert_eq!(numbers(&["--state", "left"]), [3]);
    assert_eq!(numbers(&["--mailbox", "counter"]), [3, 2, 1]);
    assert_eq!(numbers(&["--mailbox", "other@shop.example"]), [0i64; 0]);
    assert_eq!(numbers(&["--series", "main", "--limit", "1"]), [3]);
    assert_eq!(numbers(&["--to", "2020-01-01"]), [0i64; 0]);
    assert_eq!(numbers(&["--from", "2020-01-01"]), [3, 2, 1]);
    assert_eq!(
        shop.run("data", &["results", "--from", "yesterday"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn no_cell_of_csv_or_xlsx_is_a_formula() {
    let shop = Shop::with_people();
    shop.done(&["results", "--format", "csv", "--output", "r.csv"]);
    let csv = fs::read_to_string(shop.path("r.csv")).unwrap();
    assert!(csv.starts_with("\u{feff}Series,Number,Address,"), "{csv}");
    assert!(csv.contains("\"'=1+1@example.jp\""), "{csv}");
    assert_eq!(csv.lines().count(), 4);
    shop.done(&["results", "--format", "xlsx", "--output", "r.xlsx"]);
    let mut zip = zip::ZipArchive::new(fs::File::open(shop.path("r.xlsx")).unwrap()).unwrap();
    let mut all = String::new();
    for index in 0..zip.len() {
        zip.by_index(index).unwrap().read_to_string(&mut all).unwrap();
    }
    assert!(all.contains("=1+1@example.jp"), "the cell is text");
    assert!(!all.contains("<f>") && !all.contains("<f "), "no formula");
    assert!(all.contains("<row r=\"4\"") && !all.contains("<row r=\"5\""));
    let left: Vec<_> = fs::read_dir(shop.0.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().starts_with('.')),
        "{left:?}"
    );
    let nowhere = shop.run(
        "data",
        &["results", "--format", "csv", "--output", "no/such/folder.csv"],
    );
    assert_eq!(nowhere.status.code(), Some(1), "{nowhere:?}");
}

#[test]
fn everything_about_a_number_is_shown_and_erased_from_there() {
    let shop = Shop::with_people();
    let shown = shop.done(&["results", "show", "3"]);
    for wanted in [
        "taro@example.jp",
        "left ",
        "News twice a month",
        "not sent",
        "touroku@shop.example",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let row = &shop.json(&["results", "show", "1"])[0];
    assert_eq!(row["consent"]["invitation"]["text"], "News twice a month");
    let asked = shop.run("data", &["results", "erase", "3"]);
    assert_eq!(
        asked.status.code(),
        Some(2),
        "nobody is there to be asked: {asked:?}"
    );
    shop.done(&["results", "erase", "3", "--yes"]);
    let shown = shop.done(&["results", "show", "3"]);
    assert!(!shown.contains("taro@") && shown.contains("(erased)"), "{shown}");
    assert!(
        shown.contains("News twice a month"),
        "the consent's wording stays: {shown}"
    );
    let again = shop.run("data", &["results", "erase", "3", "--yes"]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert_eq!(
        shop.run("data", &["results", "show", "99"]).status.code(),
        Some(1)
    );
}

#[test]
fn a_backup_is_restored_by_command_and_refused_where_data_are_newer() {
    let shop = Shop::with_people();
    let told = shop.done(&["backup", "b.zip"]);
    assert!(told.contains("Passwords are not in it"), "{told}");
    assert_eq!(
        shop.run("data", &["backup", "b.zip"]).status.code(),
        Some(1),
        "never over another file"
    );
    assert_eq!(
        shop.run("nowhere", &["backup", "c.zip"]).status.code(),
        Some(5),
        "nothing to back up"
    );
    assert!(!shop.path("c.zip").exists());
    let restored = shop.run("copy", &["restore", "b.zip"]);
    assert!(restored.status.success(), "{restored:?}");
    assert!(String::from_utf8_lossy(&restored.stdout).contains("Series \"main\" goes on at 4."));
    shop.mail("eeeee", "<new@example.jp>", "");
    shop.done(&["import", "mails"]);
    let refused = shop.run("data", &["restore", "b.zip"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(
        error(&refused).contains("are newer than the backup"),
        "{}",
        error(&refused)
    );
    fs::write(shop.path("bad.zip"), "hello").unwrap();
    let refused = shop.run("other", &["restore", "bad.zip"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(
        error(&refused).contains("is no backup of Karamail's"),
        "{}",
        error(&refused)
    );
    assert!(Path::new(&shop.path("data")).join("karamail.db").is_file());
}
