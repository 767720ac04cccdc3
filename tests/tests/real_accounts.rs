//! Every feature of a mailbox's account, set in the settings file and seen at real servers. Passwords and logins have
//! `real_passwords.rs`; series that several mailboxes share have `real_series.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::{self, Ledger};
use karamail_tests::mails;
use karamail_tests::postfix::Postfix;
use karamail_tests::program::{Program, exit};
use karamail_tests::settings::{Endpoint, MailboxSettings, Settings};
use karamail_tests::shop::{PlainShop, Shop, USER};
use karamail_tests::sink::{Answer, Sink};
use mail_parser::MessageParser;

/// Twenty characters, as many as a name may have, however many bytes they are.
const LONGEST_NAME: &str = "本店レストラン二階受付カウンター二番テーブル";

fn named(shop: &Shop, name: &str) -> Program {
    let program = Program::install(&shop.settings());
    program.rewrite("name = \"touroku\"", &format!("name = \"{name}\""));
    program.rewrite("language = \"en\"", "language = \"ja\"");
    program
}

#[test]
fn a_mailbox_name_has_twenty_characters_and_not_one_more() {
    let shop = Shop::open();
    let longest: String = LONGEST_NAME.chars().take(20).collect();
    let program = named(&shop, &longest);
    // The passwords of the test lie under the mailbox's name.
    program.run_with_input(&["password", "set"], PASSWORD).success();
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    let finished = program.run(&["once"]).success();
    assert!(finished.stdout.contains(&longest), "{}", finished.stdout);
    let log = program.run(&["log"]).success().stdout;
    assert!(log.contains(&longest), "the log names the mailbox: {log}");

    let too_long: String = LONGEST_NAME.chars().take(21).collect();
    assert_eq!(too_long.chars().count(), 21);
    for command in [&["config", "check"][..], &["once"]] {
        named(&shop, &too_long)
            .run(command)
            .failure(exit::SETTINGS, &["20 文字"]);
    }
}

#[test]
fn display_name_reply_address_and_signature_reach_the_customer() {
    let shop = Shop::open();
    let mut settings = shop.settings();
    settings.mailboxes[0].more =
        "display_name = \"さくら食堂 \\\"本店\\\", 受付\"\nreply_to = \"info@other.example\"\n\
         signature = \"\"\"\n-- \nさくら食堂\n電話 03-0000-0000\n\"\"\""
            .into();
    let program = Program::install(&settings);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    shop.deposit(mails::signup("hanako@phone.example", "m2"));
    program.once().success();
    let letters = shop.postfix.wait_for_delivered(2);
    for letter in &letters {
        let mail = MessageParser::default().parse(&letter.bytes).unwrap();
        let from = mail.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("さくら食堂 \"本店\", 受付"));
        assert_eq!(from.address(), Some("touroku@shop.example"));
        let reply_to = mail.reply_to().unwrap().first().unwrap();
        assert_eq!(reply_to.address(), Some("info@other.example"));
        let body = mail.body_text(0).unwrap().replace("\r\n", "\n");
        assert!(
            body.trim_end().ends_with("さくら食堂\n電話 03-0000-0000"),
            "the signature is under every reply: {body:?}"
        );
    }
}

#[test]
fn without_a_display_name_the_shops_name_stands_there_and_no_reply_address() {
    let shop = Shop::open();
    let mut settings = shop.settings();
    settings.general = "shop_name = \"さくら食堂\"".into();
    let program = Program::install(&settings);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    program.once().success();
    let letters = shop.postfix.wait_for_delivered(1);
    let mail = MessageParser::default().parse(&letters[0].bytes).unwrap();
    assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("さくら食堂"));
    assert!(mail.reply_to().is_none());
}

#[test]
fn a_disabled_mailbox_is_not_touched_and_the_others_go_on() {
    let dovecot = Dovecot::start(&Setup {
        users: &["open", "closed"],
        ..Setup::default()
    });
    let postfix = Postfix::start(&dovecot, &["open", "closed"], Flaw::None);
    let trust = dovecot.authority().file();
    let mailbox = |local: &str, more: &str| MailboxSettings {
        local: local.into(),
        forward_to: None,
        pop3: Endpoint::local(dovecot.tls_port(), "tls", local, PASSWORD).trusting(trust),
        smtp: Endpoint::local(postfix.tls_port(), "tls", local, PASSWORD).trusting(trust),
        more: more.into(),
    };
    let settings = Settings {
        mailboxes: vec![mailbox("closed", "enabled = false"), mailbox("open", "")],
        ..Settings::default()
    };
    let program = Program::install(&settings);
    for local in ["open", "closed"] {
        dovecot.deposit(local, [mails::signup("hanako@phone.example", local)]);
    }
    let summary = program.once().success().stdout;
    assert!(!summary.contains("closed"), "{summary}");
    assert_eq!((dovecot.count("open"), dovecot.count("closed")), (0, 1));
    assert_eq!((dovecot.logins("open"), dovecot.logins("closed")), (1, 0));
    program.rewrite("enabled = false", "enabled = true");
    program.once().success();
    assert_eq!(
        dovecot.count("closed"),
        0,
        "it is collected as soon as it is enabled"
    );
    assert_eq!(Ledger::read(&program.data()).numbers(), [1]);
}

/// A shop whose mailbox has that keep rule, after its first poll of one signup and one other mail.
fn keeping(rule: &str) -> (PlainShop, Program) {
    let shop = PlainShop::open(Sink::start());
    let mut settings = shop.settings();
    settings.mailboxes[0].more = rule.into();
    let program = Program::install(&settings);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    shop.deposit(mails::other("guest@phone.example", "m2"));
    program.once().success();
    assert_eq!(shop.sink.count(), 1, "answered whatever the rule");
    (shop, program)
}

/// Makes it so many days later for every mail in the ledger.
fn days_pass(program: &Program, days: u32) {
    assert_eq!(days, 7, "the statement below is for seven days");
    ledger::change(
        &program.data(),
        "UPDATE mails SET first_seen_at = first_seen_at - 7 * 86400000",
    );
}

#[test]
fn with_keep_delete_a_settled_mail_leaves_the_server_at_once() {
    assert_eq!(keeping("keep = \"delete\"").0.waiting(), 0);
    assert_eq!(keeping("").0.waiting(), 0, "it is the rule where none is set");
}

#[test]
fn with_keep_keep_nothing_ever_leaves_the_server_and_nobody_is_answered_twice() {
    let (shop, program) = keeping("keep = \"keep\"");
    for _ in 0..3 {
        days_pass(&program, 7);
        program.once().success();
        assert_eq!((shop.waiting(), shop.sink.count()), (2, 1));
    }
}

#[test]
fn with_keep_days_a_mail_leaves_the_server_when_the_days_are_over() {
    let (shop, program) = keeping("keep = \"days\"\nkeep_days = 7");
    program.once().success();
    assert_eq!(shop.waiting(), 2, "the days are not over");
    days_pass(&program, 7);
    shop.deposit(mails::signup("late@phone.example", "m3"));
    program.once().success();
    assert_eq!(shop.waiting(), 1, "the late one stays its own seven days");
    assert_eq!(shop.sink.count(), 2);
    assert_eq!(Ledger::read(&program.data()).numbers(), [1, 2]);
}

#[test]
fn with_keep_when_erased_a_mail_leaves_the_server_when_its_person_is_erased_and_not_before() {
    let (shop, program) = keeping("keep = \"when-erased\"");
    for _ in 0..3 {
        days_pass(&program, 7);
        program.once().success();
        assert_eq!((shop.waiting(), shop.sink.count()), (2, 1));
    }
    program.run(&["results", "erase", "1", "--yes"]).success();
    program.once().success();
    let left: Vec<_> = shop
        .dovecot
        .mails(USER)
        .iter()
        .filter_map(|mail| mails::message_id(mail))
        .collect();
    assert_eq!(
        left,
        ["m2@phone.example"],
        "the person's mail goes, and nothing else"
    );
    assert_eq!(shop.sink.count(), 1, "and is not answered again");
}

#[test]
fn a_rule_that_is_changed_holds_for_mail_that_was_kept_before() {
    let (shop, program) = keeping("keep = \"keep\"");
    program.rewrite("keep = \"keep\"", "keep = \"delete\"");
    program.once().success();
    assert_eq!((shop.waiting(), shop.sink.count()), (0, 1));
}

/// A port that takes connections and never says a word.
fn silent() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

#[test]
fn a_receiving_server_that_hangs_is_given_up_in_the_set_time() {
    let (hung, sink) = (silent(), Sink::start());
    let port = hung.local_addr().unwrap().port();
    let settings = Settings::one(
        Endpoint::local(port, "none", USER, PASSWORD),
        Endpoint::local(sink.port(), "none", "", ""),
    );
    let program = Program::install(&settings);
    program.rewrite(
        "user = \"touroku\"",
        "user = \"touroku\"\nread_timeout_seconds = 2\nconnect_timeout_seconds = 2",
    );
    let finished = program.once();
    assert!(
        finished.took >= Duration::from_secs(2) && finished.took < Duration::from_secs(6),
        "{:?}",
        finished.took
    );
    finished.failure(exit::FAILED, &["in time", "answer"]);
}

#[test]
fn a_sending_server_that_hangs_is_given_up_in_the_set_time_and_the_letter_stays() {
    let shop = PlainShop::open(Sink::start());
    let hung = silent();
    let mut settings = shop.settings();
    settings.mailboxes[0].smtp.port = hung.local_addr().unwrap().port();
    settings.mailboxes[0].smtp.more = "timeout_seconds = 2".into();
    let program = Program::install(&settings);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    let finished = program.once();
    assert!(
        finished.took >= Duration::from_secs(2) && finished.took < Duration::from_secs(9),
        "{:?}",
        finished.took
    );
    finished.failure(exit::FAILED, &["in time", "answer"]);
    assert_eq!(shop.waiting(), 1, "its mail stays too");
    settings.mailboxes[0].smtp.port = shop.sink.port();
    program.configure(&settings);
    program.once().success();
    assert_eq!((shop.waiting(), shop.sink.count()), (0, 1));
}

#[test]
fn between_two_letters_the_send_interval_passes() {
    const LETTERS: usize = 6;
    const INTERVAL: Duration = Duration::from_millis(400);
    let shop = PlainShop::open(Sink::start());
    let mut settings = shop.settings();
    settings.mailboxes[0].smtp.more = "send_interval_milliseconds = 400\nconnections = 8".into();
    let program = Program::install(&settings);
    let customers = (0..LETTERS).map(|n| mails::signup(&format!("c{n}@phone.example"), &format!("m{n}")));
    shop.dovecot.deposit(USER, customers);
    program.once().success();
    let times = shop.sink.accepted_at();
    assert_eq!(times.len(), LETTERS);
    let took = times[LETTERS - 1].duration_since(times[0]);
    // The clock of the interval is read before a letter goes out and ours after it came: a little may be missing.
    let least = INTERVAL * (LETTERS as u32 - 1) - Duration::from_millis(50);
    assert!(took >= least, "{took:?}");
    for pair in times.windows(2) {
        let pause = pair[1].duration_since(pair[0]);
        assert!(pause >= INTERVAL / 2, "no two at once: {pause:?}");
    }
}

#[test]
fn with_pop_before_smtp_a_login_comes_before_every_letter() {
    let dovecot = Dovecot::start(&Setup::default());
    // Lets in whoever has logged in at the real POP3 server before, once for each login.
    let log = dovecot.log_file();
    let used = std::sync::Mutex::new(0);
    let sink = Sink::with_plan(move |_, _| {
        let logins = fs::read_to_string(&log)
            .unwrap_or_default()
            .matches("Login: user=")
            .count();
        let mut used = used.lock().unwrap();
        if logins > *used {
            *used = logins;
            Answer::Accept
        } else {
            Answer::WantsPopLogin
        }
    });
    let settings = Settings::one(
        Endpoint::local(dovecot.plain_port(), "none", USER, PASSWORD),
        Endpoint::local(sink.port(), "none", "", ""),
    );
    let program = Program::install(&settings);
    program.rewrite(
        "authentication = \"none\"",
        "authentication = \"pop-before-smtp\"\nconnections = 1",
    );
    dovecot.deposit(USER, [mails::signup("a@phone.example", "m1")]);
    program.once().success();
    assert_eq!(sink.count(), 1);

    // Two letters, one permission: the other one is no refused letter, it waits.
    dovecot.deposit(
        USER,
        ["b", "c"].map(|name| mails::signup(&format!("{name}@phone.example"), name)),
    );
    program.once().failure(exit::FAILED, &["relaying denied"]);
    assert_eq!(sink.count(), 2);

    // The letter that was refused last waits half a minute of its own.
    ledger::change(
        &program.data(),
        "UPDATE outbox SET next_attempt_at = 0 WHERE state = 'queued'",
    );

    // No login, so there is nothing to try.
    dovecot.set_passwords(&[(USER, "another")]);
    let tried = sink.recipients();
    program.once().failure(exit::FAILED, &["password"]);
    assert_eq!(
        sink.recipients(),
        tried,
        "nothing is sent without a login before it"
    );

    dovecot.set_passwords(&[(USER, PASSWORD)]);
    program.once().success();
    assert_eq!((sink.count(), dovecot.count(USER)), (3, 0));
    assert_eq!(Ledger::read(&program.data()).numbers(), [1, 2, 3]);
}
