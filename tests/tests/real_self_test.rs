//! `karamail test` against Dovecot and Postfix, and beside a running program.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::Ledger;
use karamail_tests::mails;
use karamail_tests::postfix::Postfix;
use karamail_tests::program::{Finished, Program, exit};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::{Shop, USER};
use karamail_tests::{PATIENCE, wait_until};
use serde_json::Value;

/// The steps of `--json`, as `step result`, without those that only began.
fn steps(finished: &Finished) -> Vec<String> {
    let lines = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told = lines.filter(|line| line["result"] != "begun");
    told.map(|line| {
        format!(
            "{} {}",
            line["step"].as_str().unwrap(),
            line["result"].as_str().unwrap()
        )
    })
    .collect()
}

#[test]
fn every_step_is_ticked_off_over_starttls_and_over_tls() {
    let shop = Shop::open();
    let trust = shop.dovecot.authority().file();
    let over_tls = Settings::one(
        Endpoint::local(shop.dovecot.tls_port(), "tls", USER, PASSWORD).trusting(trust),
        Endpoint::local(shop.postfix.tls_port(), "tls", USER, PASSWORD).trusting(trust),
    );
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    for settings in [shop.settings(), over_tls] {
        let program = Program::install(&settings);
        let receive = program.run(&["test", "receive", "--json"]).success();
        let pop3 = ["password", "name", "connect", "tls", "login", "list"];
        assert_eq!(steps(&receive), pop3.map(|step| format!("pop3-{step} done")));
        let send = program
            .run(&["test", "send", "--to", "owner@elsewhere.example", "--json"])
            .success();
        let smtp = ["password", "name", "connect", "tls", "login", "mail"];
        assert_eq!(steps(&send), smtp.map(|step| format!("smtp-{step} done")));
        assert_eq!(shop.dovecot.count(USER), 1, "the customer's mail is untouched");
    }
    assert_eq!(
        shop.postfix.wait_for_delivered(2)[0].to,
        "owner@elsewhere.example"
    );
}

#[test]
fn the_empty_mail_goes_round_and_customers_mails_stay() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    let finished = program
        .run(&["test", "roundtrip", "--wait", "60", "--json"])
        .success();
    let steps = steps(&finished);
    let last: Vec<&str> = steps.iter().rev().take(3).rev().map(String::as_str).collect();
    assert_eq!(last, ["empty-mail done", "empty-arrival done", "deletion done"]);
    assert_eq!(shop.dovecot.count(USER), 1);
    // The customer is served as if nothing had happened.
    program.once().success();
    assert_eq!(Ledger::read(&program.data()).numbers(), [1]);
}

#[test]
fn a_running_program_consumes_the_test_mail_and_gives_no_number() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    program.rewrite("[general]", "[general]\ncheck_interval_seconds = 5");
    let running = program.start(&["run"], &[]);
    wait_until("the log", PATIENCE, || program.data().join("log").exists());
    let finished = program.run(&["test", "roundtrip", "--wait", "60"]).success();
    assert!(
        finished.stdout.contains("the running program took it"),
        "{}",
        finished.stdout
    );
    running.terminate();
    running.finish(Duration::from_secs(30)).success();
    assert_eq!(shop.dovecot.count(USER), 0);
    let ledger = Ledger::read(&program.data());
    assert!(ledger.numbers().is_empty(), "a test takes no number");
    assert!(shop.postfix.delivered().is_empty(), "and is answered by nobody");
}

#[test]
fn cleaning_up_takes_test_mails_alone() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    shop.deposit(mails::signup("taro@phone.example", "m2"));
    for _ in 0..2 {
        program.run(&["test", "send"]).success();
    }
    wait_until("the test mails", PATIENCE, || shop.dovecot.count(USER) == 4);
    let finished = program.run(&["test", "cleanup"]).success();
    assert!(
        finished.stdout.contains("2 test mails were deleted"),
        "{}",
        finished.stdout
    );
    assert_eq!(shop.dovecot.count(USER), 2);
    let again = program.run(&["test", "cleanup"]).success();
    assert!(
        again.stdout.contains("There are no test mails"),
        "{}",
        again.stdout
    );
}

#[test]
fn each_failure_is_told_at_its_step_with_what_to_do() {
    let shop = Shop::open();
    let trust = shop.dovecot.authority().file();
    let (pop3, smtp) = (&shop.dovecot, &shop.postfix);
    let good_pop3 = || Endpoint::local(pop3.plain_port(), "starttls", USER, PASSWORD).trusting(trust);
    let good_smtp = || Endpoint::local(smtp.submission_port(), "starttls", USER, PASSWORD).trusting(trust);
    let closed = 1;
    for (pop3, smtp, action, step, words) in [
        (
            Endpoint::local(closed, "tls", USER, PASSWORD),
            good_smtp(),
            "receive",
            "pop3-connect",
            "Check server name, port",
        ),
        (
            Endpoint::local(pop3.plain_port(), "tls", USER, PASSWORD).trusting(trust),
            good_smtp(),
            "receive",
            "pop3-tls",
            "Set the port to 995",
        ),
        (
            Endpoint::local(pop3.tls_port(), "tls", USER, PASSWORD),
            good_smtp(),
            "receive",
            "pop3-tls",
            "extra CA file",
        ),
        (
            Endpoint::local(pop3.plain_port(), "starttls", USER, "wrong").trusting(trust),
            good_smtp(),
            "roundtrip",
            "pop3-login",
            "Check the user name",
        ),
        (
            good_pop3(),
            Endpoint::local(closed, "tls", USER, PASSWORD),
            "send",
            "smtp-connect",
            "Check the port number",
        ),
        (
            good_pop3(),
            Endpoint::local(smtp.submission_port(), "tls", USER, PASSWORD).trusting(trust),
            "send",
            "smtp-tls",
            "Set the security to starttls",
        ),
        (
            good_pop3(),
            Endpoint::local(smtp.submission_port(), "starttls", USER, "wrong").trusting(trust),
            "send",
            "smtp-login",
            "Check the user name and the password",
        ),
    ] {
        let program = Program::install(&Settings::one(pop3, smtp));
        let finished = program
            .run(&["test", action, "--json"])
            .failure(exit::FAILED, &[words]);
        let steps = steps(&finished);
        assert_eq!(
            steps.last().unwrap(),
            &format!("{step} failed"),
            "{}",
            finished.stdout
        );
    }
}

#[test]
fn a_certificate_for_another_name_is_told_with_the_name_to_set() {
    let dovecot = Dovecot::start(&Setup {
        certificate: Some(Flaw::WrongHost),
        ..Setup::default()
    });
    let postfix = Postfix::start(&dovecot, &[USER], Flaw::WrongHost);
    let trust = dovecot.authority().file();
    let program = Program::install(&Settings::one(
        Endpoint::local(dovecot.tls_port(), "tls", USER, PASSWORD).trusting(trust),
        Endpoint::local(postfix.tls_port(), "tls", USER, PASSWORD).trusting(trust),
    ));
    let receive = program.run(&["test", "receive"]);
    receive.failure(
        exit::FAILED,
        &["Set the server name to the one the provider gives"],
    );
    let send = program.run(&["test", "send"]);
    send.failure(exit::FAILED, &["Enter the server name from your provider"]);
}
