//! The whole program against Dovecot and Postfix.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::time::Duration;

use karamail_tests::PATIENCE;
use karamail_tests::dovecot::PASSWORD;
use karamail_tests::ledger::{Deposited, Ledger};
use karamail_tests::mails;
use karamail_tests::program::{Program, exit};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::{PlainShop, Shop, USER};
use karamail_tests::sink::Sink;

#[test]
fn one_signup_leads_to_one_receipt_with_number_1_and_an_empty_mailbox() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    let finished = program.once().success();
    serde_json::from_str::<serde_json::Value>(&finished.stdout).expect("--json prints JSON");
    let delivered = shop.postfix.wait_for_delivered(1);
    shop.postfix.wait_until_idle();
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].to, "hanako@phone.example");
    assert_eq!(mails::number(&delivered[0].bytes), Some(1));
    let header = |name| mails::header(&delivered[0].bytes, name).unwrap_or_default();
    assert_eq!(header("Return-Path"), "<touroku@shop.example>");
    assert_eq!(header("Auto-Submitted"), "auto-replied");
    assert_eq!(header("In-Reply-To"), "<m1@phone.example>");
    assert_eq!(shop.dovecot.count(USER), 0);
    assert_eq!(Ledger::read(&program.data()).numbers(), [1]);
    program.once().success();
    shop.postfix.wait_until_idle();
    assert_eq!(
        shop.postfix.delivered().len(),
        1,
        "a second run has nothing to do"
    );
}

#[test]
fn tls_from_the_first_byte_works_as_well() {
    let shop = Shop::open();
    let trust = shop.dovecot.authority().file();
    let settings = Settings::one(
        Endpoint::local(shop.dovecot.tls_port(), "tls", USER, PASSWORD).trusting(trust),
        Endpoint::local(shop.postfix.tls_port(), "tls", USER, PASSWORD).trusting(trust),
    );
    let program = Program::install(&settings);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    program.once().success();
    assert_eq!(
        mails::number(&shop.postfix.wait_for_delivered(1)[0].bytes),
        Some(1)
    );
}

#[test]
fn a_customer_who_writes_again_is_told_the_same_number() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    shop.deposit(mails::signup("a@phone.example", "m1"));
    shop.deposit(mails::signup("b@phone.example", "m2"));
    program.once().success();
    shop.deposit(mails::signup("\"Taro\" <A@Phone.Example>", "m3"));
    program.once().success();
    let delivered = shop.postfix.wait_for_delivered(3);
    let numbers: Vec<_> = delivered
        .iter()
        .filter(|mail| mail.to.eq_ignore_ascii_case("a@phone.example"))
        .map(|mail| mails::number(&mail.bytes))
        .collect();
    assert_eq!(numbers, [Some(1), Some(1)]);
    assert_eq!(Ledger::read(&program.data()).numbers(), [1, 2]);
    assert_eq!(shop.dovecot.count(USER), 0);
}

#[test]
fn other_mail_is_forwarded_whole_and_gets_no_number() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings().forwarding_to("owner@elsewhere.example"));
    let original = mails::other("guest@phone.example", "m1");
    shop.deposit(original.clone());
    program.once().success();
    let delivered = shop.postfix.wait_for_delivered(1);
    assert_eq!(delivered[0].to, "owner@elsewhere.example");
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    assert!(
        lines(&delivered[0].bytes).contains(lines(&original).trim_end()),
        "the original goes along whole"
    );
    assert_eq!(
        mails::header(&delivered[0].bytes, "From").map(|from| from.contains("touroku@shop.example")),
        Some(true)
    );
    assert_eq!(Ledger::read(&program.data()).numbers(), [0i64; 0]);
    assert_eq!(shop.dovecot.count(USER), 0);
}

#[test]
fn an_automatic_mail_is_archived_and_never_answered() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    let original = mails::auto_reply("away@phone.example", "m1");
    shop.deposit(original.clone());
    program.once().success();
    let ledger = Ledger::read(&program.data());
    let row = ledger.mail("m1@phone.example").expect("in the ledger");
    assert_eq!(
        (row.outcome.as_str(), row.reason.as_str()),
        ("archive", "auto-submitted")
    );
    let archived = program.data().join(row.archive_file.as_deref().unwrap());
    assert_eq!(fs::read(archived).unwrap(), original);
    shop.postfix.wait_until_idle();
    assert_eq!((shop.postfix.delivered().len(), shop.dovecot.count(USER)), (0, 0));
}

#[test]
fn a_docomo_address_with_two_dots_in_a_row_receives_its_number() {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    for (id, address) in ["tanaka..hanako@docomo.ne.jp", "suzuki.@ezweb.ne.jp"]
        .into_iter()
        .enumerate()
    {
        shop.deposit(mails::signup(address, &format!("m{id}")));
    }
    program.once().success();
    let delivered = shop.postfix.wait_for_delivered(2);
    for (address, number) in [
        ("\"tanaka..hanako\"@docomo.ne.jp", 1),
        ("\"suzuki.\"@ezweb.ne.jp", 2),
    ] {
        let mails = delivered
            .iter()
            .filter(|mail| mail.to == address)
            .collect::<Vec<_>>();
        assert_eq!(mails.len(), 1, "{address}");
        assert_eq!(mails::number(&mails[0].bytes), Some(number));
    }
}

#[test]
fn a_second_instance_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let shop = Shop::open();
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 5".into();
    let program = Program::install(&settings);
    shop.deposit(mails::signup("a@phone.example", "m1"));
    let first = program.start(&["run"], &[]);
    shop.postfix.wait_for_delivered(1);
    program.once().failure(exit::IN_USE, &["in use"]);
    shop.deposit(mails::signup("b@phone.example", "m2"));
    shop.postfix.wait_for_delivered(2);
    first.terminate();
    first.finish(PATIENCE).success();
    assert_eq!(Ledger::read(&program.data()).numbers(), [1, 2]);
}

#[test]
fn ten_thousand_empty_mails_get_ten_thousand_numbers() {
    const COUNT: usize = 10_000;
    let shop = PlainShop::open(Sink::start());
    let program = Program::install(&shop.settings());
    let customer = |n: usize| format!("customer{n}@phone.example");
    let mails: Vec<Vec<u8>> = (0..COUNT)
        .map(|n| mails::signup(&customer(n), &format!("m{n}")))
        .collect();
    shop.dovecot.deposit(USER, &mails);
    let finished = program
        .start(&["once", "--json"], &[])
        .finish(Duration::from_secs(900))
        .success();
    let rate = COUNT as f64 / finished.took.as_secs_f64();
    println!(
        "{COUNT} mails in {:?}: {rate:.0} a second, at most {} KiB resident",
        finished.took, finished.peak_kib
    );
    let deposited: Vec<Deposited> = mails
        .into_iter()
        .enumerate()
        .map(|(n, mail)| Deposited::new(mail, Some(&customer(n))))
        .collect();
    let evidence = shop.evidence(&program, &deposited);
    evidence.check_complete();
    assert_eq!(shop.sink.count(), COUNT, "each receipt once");
    let first_come: Vec<&str> = evidence
        .ledger
        .receipts
        .iter()
        .map(|receipt| receipt.address_key.as_str())
        .collect();
    assert_eq!(
        first_come,
        (0..COUNT).map(customer).collect::<Vec<_>>(),
        "numbers follow the order of arrival"
    );
    assert!(
        finished.peak_kib < 300 * 1024,
        "memory stays bounded: {} KiB",
        finished.peak_kib
    );
    let second = program.once().success();
    println!("a second run with nothing to do took {:?}", second.took);
    assert_eq!(shop.sink.count(), COUNT, "a second run does nothing");
}
