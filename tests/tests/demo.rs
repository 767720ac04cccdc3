//! The demo, as a person tries it first: on a machine with nothing but the program.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::Command;

use karamail_tests::mails;
use karamail_tests::program::binary;
use serde_json::Value;

fn demo(arguments: &[&str]) -> String {
    // No settings, no data folder, no home.
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(binary())
        .arg("demo")
        .args(arguments)
        .env_clear()
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(
        output.status.success(),
        "{:?}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "the demo leaves nothing behind"
    );
    text(&output.stdout)
}

fn steps(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

#[test]
fn five_customers_get_the_numbers_1_to_5_and_the_machine_gets_no_answer() {
    let steps = steps(&demo(&["--customers", "5", "--exit", "--json"]));
    let of = |name: &'static str| steps.iter().filter(move |step| step["step"] == name);
    let numbers: Vec<i64> = of("result")
        .map(|step| step["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let addresses: Vec<&str> = of("result")
        .map(|step| step["address"].as_str().unwrap())
        .collect();
    assert!(
        addresses.contains(&"tanaka..hanako@docomo.ne.jp"),
        "{addresses:?}"
    );
    let mut people: Vec<String> = of("receipt")
        .map(|step| step["to"][0].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(people.len(), 6, "five receipts and one repeat: {people:?}");
    people.sort();
    people.dedup();
    assert_eq!(people.len(), 5, "{people:?}");
    assert!(
        people.contains(&"\"tanaka..hanako\"@docomo.ne.jp".to_owned()),
        "{people:?}"
    );
    for step in of("receipt") {
        let mail = step["mail"].as_str().unwrap().as_bytes();
        assert_eq!(
            mails::header(mail, "Auto-Submitted").as_deref(),
            Some("auto-replied")
        );
    }
    let done = of("done").next().expect("the end is told");
    assert_eq!(
        (done["receipts"].as_i64(), done["left_on_server"].as_i64()),
        (Some(5), Some(0))
    );
}

#[test]
fn the_phones_on_the_terminal_show_the_numbers_in_both_languages() {
    for (language, number) in [("ja", "受付番号"), ("en", "number")] {
        let shown = demo(&["--customers", "5", "--exit", "--lang", language]);
        let phones = shown.matches('┌').count();
        assert!(phones >= 6, "{shown}");
        assert!(shown.contains(number), "{shown}");
        assert!(shown.contains("tanaka..hanako@docomo.ne.jp"), "{shown}");
    }
}
