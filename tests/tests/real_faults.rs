//! The whole program where something is wrong: with its settings, its servers or its disk. It says what, and loses
//! nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::time::Duration;

use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::{Deposited, Ledger};
use karamail_tests::program::{Program, exit};
use karamail_tests::server::free_port;
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::{PlainShop, Shop, USER};
use karamail_tests::sink::{Answer, Sink};
use karamail_tests::{PATIENCE, mails, wait_until};

/// What is wrong with the settings, and a word of the sentence that must say so.
#[track_caller]
fn check_receiving_fails(shop: &Shop, flaw: &str, change: impl FnOnce(&mut Endpoint), words: &[&str]) {
    let good = shop.settings();
    let mut bad = good.clone();
    let pop3 = &mut bad.mailboxes[0].pop3;
    pop3.more
        .push_str("connect_timeout_seconds = 3\nread_timeout_seconds = 3\n");
    change(pop3);
    let program = Program::install(&bad);
    let before = shop.dovecot.count(USER);
    shop.deposit(mails::signup("a@phone.example", &format!("{flaw}-1")));
    program.once().failure(exit::FAILED, words);
    assert_eq!(
        shop.dovecot.count(USER),
        before + 1,
        "{flaw}: the mail stays on the server"
    );
    assert_eq!(Ledger::read(&program.data()).numbers(), [0i64; 0], "{flaw}");
    program.configure(&good);
    program.once().success();
    assert_eq!(
        shop.dovecot.count(USER),
        0,
        "{flaw}: nothing was lost once the setting is right"
    );
    assert_eq!(Ledger::read(&program.data()).numbers(), [1], "{flaw}");
}

#[test]
fn a_wrong_pop3_setting_is_told_and_nothing_is_lost() {
    let shop = Shop::open();
    let tls_port = shop.dovecot.tls_port();
    check_receiving_fails(
        &shop,
        "password",
        |pop3| pop3.password = "wrong".into(),
        &["password"],
    );
    check_receiving_fails(
        &shop,
        "port",
        |pop3| pop3.port = free_port(),
        &["refused", "port", "connect", "reach"],
    );
    check_receiving_fails(
        &shop,
        "tls-on-plain",
        |pop3| pop3.security = "tls",
        &["tls", "encrypt", "secur"],
    );
    check_receiving_fails(
        &shop,
        "plain-on-tls",
        |pop3| (pop3.port, pop3.security) = (tls_port, "none"),
        &["time", "tls", "greet", "answer", "encrypt"],
    );
    check_receiving_fails(
        &shop,
        "host",
        |pop3| pop3.host = "no-such-host.invalid".into(),
        &["no-such-host.invalid"],
    );
    check_receiving_fails(&shop, "authority", |pop3| pop3.more.clear(), &["certificate"]);
}

#[test]
fn a_bad_certificate_is_named_and_no_password_is_sent() {
    for flaw in [Flaw::Expired, Flaw::Foreign, Flaw::WrongHost] {
        let dovecot = Dovecot::start(&Setup {
            certificate: Some(flaw),
            ..Setup::default()
        });
        let sink = Sink::start();
        for (port, security) in [(dovecot.plain_port(), "starttls"), (dovecot.tls_port(), "tls")] {
            let pop3 = Endpoint::local(port, security, USER, PASSWORD).trusting(dovecot.authority().file());
            let program =
                Program::install(&Settings::one(pop3, Endpoint::local(sink.port(), "none", "", "")));
            dovecot.deposit(
                USER,
                [mails::signup("a@phone.example", &format!("{flaw:?}-{security}"))],
            );
            program.once().failure(exit::FAILED, &["certificate"]);
        }
        assert_eq!((dovecot.count(USER), sink.count()), (2, 0), "{flaw:?}");
        assert!(!dovecot.log().contains("Login:"), "{flaw:?}: {}", dovecot.log());
    }
}

/// A receipt that cannot be sent stays in the outbox with its number, and its mail on the server.
#[track_caller]
fn check_sending_fails(shop: &Shop, flaw: &str, change: impl FnOnce(&mut Endpoint), words: &[&str]) {
    let good = shop.settings();
    let mut bad = good.clone();
    bad.mailboxes[0].smtp.more.push_str("timeout_seconds = 5\n");
    change(&mut bad.mailboxes[0].smtp);
    let program = Program::install(&bad);
    let delivered_before = shop.postfix.delivered().len();
    shop.deposit(mails::signup(&format!("{flaw}@phone.example"), flaw));
    program.once().failure(exit::FAILED, words);
    assert_eq!(
        shop.dovecot.count(USER),
        1,
        "{flaw}: the mail stays until its receipt is accepted"
    );
    let ledger = Ledger::read(&program.data());
    assert_eq!(ledger.numbers(), [1], "{flaw}");
    assert!(
        !["sent", "refused"].contains(&ledger.letters[0].state.as_str()),
        "{flaw}: {ledger:?}"
    );
    program.configure(&good);
    wait_until(
        "the receipt goes out once the setting is right",
        Duration::from_secs(120),
        || {
            program.once();
            shop.dovecot.count(USER) == 0
        },
    );
    let delivered = shop.postfix.wait_for_delivered(delivered_before + 1);
    let mails = delivered
        .iter()
        .filter(|mail| mail.to == *&format!("{flaw}@phone.example"));
    assert_eq!(
        mails.map(|mail| mails::number(&mail.bytes)).collect::<Vec<_>>(),
        [Some(1)],
        "{flaw}"
    );
}

#[test]
fn a_wrong_smtp_setting_is_told_and_no_receipt_is_given_up() {
    let shop = Shop::open();
    check_sending_fails(
        &shop,
        "password",
        |smtp| smtp.password = "wrong".into(),
        &["password"],
    );
    check_sending_fails(
        &shop,
        "port",
        |smtp| smtp.port = free_port(),
        &["refused", "port", "connect", "reach"],
    );
    check_sending_fails(
        &shop,
        "tls-on-plain",
        |smtp| smtp.security = "tls",
        &["tls", "encrypt", "secur"],
    );
    check_sending_fails(
        &shop,
        "host",
        |smtp| smtp.host = "no-such-host.invalid".into(),
        &["no-such-host.invalid"],
    );
    check_sending_fails(&shop, "authority", |smtp| smtp.more.clear(), &["certificate"]);
}

#[test]
fn a_customer_whose_filter_refuses_does_not_stop_the_others() {
    let shop = PlainShop::open(Sink::with_plan(|_, to| match to {
        "filter@phone.example" => Answer::Refuse,
        "unknown@phone.example" => Answer::RefuseRecipient,
        _ => Answer::Accept,
    }));
    let program = Program::install(&shop.settings());
    for name in ["filter", "a", "unknown", "b"] {
        shop.deposit(mails::signup(&format!("{name}@phone.example"), name));
    }
    program.once();
    let ledger = Ledger::read(&program.data());
    assert_eq!(ledger.numbers(), [1, 2, 3, 4]);
    let states: Vec<&str> = ledger
        .letters
        .iter()
        .map(|letter| letter.state.as_str())
        .collect();
    assert_eq!(states, ["refused", "sent", "refused", "sent"]);
    assert_eq!(
        (shop.sink.count(), shop.waiting()),
        (2, 0),
        "refused for good is settled too"
    );
}

#[test]
fn an_answer_lost_after_the_dot_leads_to_the_same_bytes_again() {
    let shop = PlainShop::open(Sink::with_plan(|n, _| {
        if n == 0 {
            Answer::AcceptAndDrop
        } else {
            Answer::Accept
        }
    }));
    let program = Program::install(&shop.settings());
    let mail = mails::signup("a@phone.example", "m1");
    shop.deposit(&mail);
    wait_until("the receipt is settled", Duration::from_secs(120), || {
        program.once();
        shop.waiting() == 0
    });
    assert_eq!(shop.sink.count(), 2);
    let deposited = [Deposited::new(mail, Some("a@phone.example"))];
    shop.evidence(&program, &deposited).check_complete();
}

#[test]
fn a_data_folder_that_cannot_be_written_is_told_before_any_mail_is_touched() {
    let shop = PlainShop::open(Sink::start());
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("a@phone.example", "m1"));
    let data = program.data().display().to_string();
    program
        .run_without_rights(&["once", "--json"])
        .failure(exit::DATA, &[&data]);
    assert_eq!((shop.waiting(), shop.sink.count()), (1, 0));
}

#[test]
fn a_damaged_ledger_is_refused_and_left_as_it_is() {
    let shop = PlainShop::open(Sink::start());
    let program = Program::install(&shop.settings());
    let ledger = program.data().join("karamail.db");
    shop.deposit(mails::signup("a@phone.example", "m1"));
    program.once().success();
    let whole = fs::read(&ledger).unwrap();
    let mut scribbled = whole.clone();
    let middle = whole.len() / 2;
    scribbled[4_096..middle].fill(0x5a);
    for leftover in ["karamail.db-wal", "karamail.db-shm"] {
        // With the log that a crash leaves, the database would mend itself.
        let _ = fs::remove_file(program.data().join(leftover));
    }
    for damaged in [
        b"this is no database at all".to_vec(),
        whole[..middle].to_vec(),
        scribbled,
    ] {
        fs::write(&ledger, &damaged).unwrap();
        shop.deposit(mails::signup("b@phone.example", "m2"));
        let before = shop.waiting();
        program.once().failure(exit::DATA, &["damaged"]);
        assert_eq!(
            (shop.waiting(), shop.sink.count()),
            (before, 1),
            "no mail is touched without the ledger"
        );
        assert!(
            fs::read(&ledger).unwrap() == damaged,
            "the damaged file is evidence and stays"
        );
    }
    fs::remove_file(&ledger).unwrap();
    program.once().failure(exit::DATA, &["missing"]);
    assert_eq!(
        shop.sink.count(),
        1,
        "numbering does not begin again because the ledger is gone"
    );
}

#[test]
fn a_dead_mailbox_does_not_stop_the_other() {
    let dovecot = Dovecot::start(&Setup {
        users: &[USER, "second"],
        certificate: None,
        ..Setup::default()
    });
    let sink = Sink::start();
    let endpoint = |port, user: &str| Endpoint::local(port, "none", user, PASSWORD);
    let smtp = Endpoint::local(sink.port(), "none", "", "");
    let mut settings = Settings::one(endpoint(free_port(), USER), smtp.clone());
    let mut second = settings.mailboxes[0].clone();
    (second.local, second.pop3) = ("second".into(), endpoint(dovecot.plain_port(), "second"));
    settings.mailboxes.push(second);
    let program = Program::install(&settings);
    for user in [USER, "second"] {
        dovecot.deposit(
            user,
            [mails::signup(&format!("customer-of-{user}@phone.example"), user)],
        );
    }
    program
        .once()
        .failure(exit::FAILED, &["connect", "refused", "reach"]);
    assert_eq!(
        (dovecot.count(USER), dovecot.count("second"), sink.count()),
        (1, 0, 1)
    );
    settings.mailboxes[0].pop3 = endpoint(dovecot.plain_port(), USER);
    program.configure(&settings);
    program.once().success();
    let told: Vec<_> = sink
        .accepted()
        .iter()
        .map(|mail| (mail.from.clone(), mails::number(&mail.bytes)))
        .collect();
    let expected = [
        ("second@shop.example".into(), Some(1)),
        ("touroku@shop.example".into(), Some(2)),
    ];
    assert_eq!(
        told, expected,
        "one series, each receipt from the mailbox that was written to"
    );
}

#[test]
fn a_stop_in_the_middle_of_a_crowd_loses_nothing_and_does_nothing_twice() {
    let shop = PlainShop::open(Sink::start());
    let program = Program::install(&shop.settings());
    let customer = |n: usize| format!("customer{n}@phone.example");
    let mails: Vec<Vec<u8>> = (0..1_000)
        .map(|n| mails::signup(&customer(n), &format!("m{n}")))
        .collect();
    shop.dovecot.deposit(USER, &mails);
    let running = program.start(&["run"], &[]);
    assert!(shop.sink.wait_for(20, PATIENCE));
    running.terminate();
    running.finish(PATIENCE).success();
    let deposited: Vec<Deposited> = mails
        .into_iter()
        .enumerate()
        .map(|(n, mail)| Deposited::new(mail, Some(&customer(n))))
        .collect();
    shop.evidence(&program, &deposited).check();
    program.once().success();
    shop.evidence(&program, &deposited).check_complete();
    assert_eq!(
        shop.sink.count(),
        deposited.len(),
        "a clean stop leaves no letter unsure"
    );
}
