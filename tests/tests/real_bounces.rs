//! Delivery reports of a real Postfix, and the commands that the shop has for them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use karamail_tests::mails;
use karamail_tests::program::Program;
use karamail_tests::shop::{Shop, USER};
use karamail_tests::{PATIENCE, wait_until};
use serde_json::Value;

/// The rows that `results` prints as JSON.
fn results(program: &Program, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["results", "--json"], arguments].concat();
    let printed = program.run(&arguments).success().stdout;
    printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The number, its delivery state and the class of each row.
fn states(rows: &[Value]) -> Vec<(i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        (
            row["number"].as_i64().unwrap(),
            text(&row["delivery"]),
            text(&row["class"]),
        )
    };
    rows.iter().map(row).collect()
}

fn state(number: i64, delivery: &str, class: &str) -> (i64, String, String) {
    (number, delivery.to_owned(), class.to_owned())
}

#[test]
fn a_receipt_to_an_unknown_user_comes_back_and_the_number_shows_it() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("moved@phone.example", "m1"));
    shop.deposit(mails::signup("hanako@phone.example", "m2"));
    program.once().success();
    wait_until("Postfix sends the receipt back", PATIENCE, || {
        shop.dovecot.count(USER) == 1
    });
    assert_eq!(
        states(&results(&program, &[])),
        [state(2, "sent", ""), state(1, "sent", "")],
        "Postfix took both"
    );
    program.once().success();
    assert_eq!(shop.dovecot.count(USER), 0, "the report went on as other mail");
    let rows = results(&program, &["--state", "bounced"]);
    assert_eq!(states(&rows), [state(1, "bounced", "unknown-address")]);
    assert!(
        rows[0]["answer"].as_str().unwrap().contains("unknown user"),
        "{rows:?}"
    );
    let shown = program
        .run(&["--lang", "ja", "results", "--search", "moved"])
        .success()
        .stdout;
    assert!(shown.contains("宛先のメールアドレスが存在しません"), "{shown}");
    let shown = program
        .run(&["--lang", "en", "results", "--search", "moved"])
        .success()
        .stdout;
    assert!(
        shown.contains("no such address") && shown.contains("in person"),
        "{shown}"
    );

    // Sent again where nothing runs, and while the program runs.
    program
        .run(&["--lang", "en", "results", "resend", "9"])
        .failure(1, &["no such number"]);
    program.run(&["results", "resend", "1"]).success();
    assert_eq!(
        states(&results(&program, &["--search", "1"])),
        [state(1, "queued", "")]
    );
    let running = program.start(&["run"], &[]);
    wait_until("the number comes back once more", PATIENCE, || {
        states(&results(&program, &["--search", "1"])) == [state(1, "bounced", "unknown-address")]
    });
    let asked = program
        .run(&["results", "resend", "2", "--json"])
        .success()
        .stdout;
    assert!(asked.contains("hanako@phone.example"), "{asked}");
    let delivered = shop.postfix.wait_for_delivered(2);
    wait_until("the second number is sent again", PATIENCE, || {
        states(&results(&program, &["--search", "2"])) == [state(2, "sent-again", "")]
    });
    running.terminate();
    running.finish(Duration::from_secs(20)).success();
    let ids: Vec<_> = delivered
        .iter()
        .map(|mail| mails::header(&mail.bytes, "Message-ID"))
        .collect();
    assert_ne!(ids[0], ids[1], "a letter of its own");
    assert!(
        delivered.iter().all(|mail| mails::number(&mail.bytes) == Some(2)),
        "with the same number"
    );
}
