//! User names and passwords at real servers: the same for both directions, changed one by one, typed at every start, and
//! with every character that people put into them.
//!
//! What a refused login tells (a wrong password, an app password wanted) is tested where the words are made:
//! `karamail_core::pop3::refusal`, `karamail_engine::pop3::tests::steps` and `karamail_engine::smtp::tests::login`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use karamail_engine::config::{
    Pop3Authentication, Pop3Settings, Security, SmtpAuthentication, SmtpMechanism, SmtpSettings,
};
use karamail_engine::pop3::Pop3Connection;
use karamail_engine::secrets::{Credentials, Password};
use karamail_engine::smtp::Mailer;
use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::Ledger;
use karamail_tests::mails;
use karamail_tests::postfix::Postfix;
use karamail_tests::program::{Program, exit};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::{Shop, USER};
use karamail_tests::{PATIENCE, wait_until};

/// What people choose: blanks, quotes, signs with a meaning in files and shells, other scripts.
const ODD_PASSWORDS: [&str; 8] = [
    "two words  and more",
    " blanks at both ends ",
    "\"double\" and 'single'",
    "back\\slash\\\\ \\n \\",
    "ひみつの言葉 🐈",
    "passwört",
    "%u $HOME #no {PLAIN}x:y=z,;|&<>`",
    "+OK -ERR .",
];

/// Names that are no plain ASCII word; a name with a colon is `recent:`, below.
const ODD_USERS: [&str; 4] = ["受付", "müller", "shop+1_%u", "a b"];

/// Dovecot refuses names with signs it does not know, unless told to take them.
const ANY_NAME: &str = "auth_username_chars =";

fn pop3(dovecot: &Dovecot, user: &str, authentication: Pop3Authentication) -> Pop3Settings {
    Pop3Settings {
        host: "127.0.0.1".into(),
        port: dovecot.tls_port(),
        security: Security::Tls,
        user: user.into(),
        authentication,
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        session_timeout: Duration::from_secs(300),
        extra_ca_file: Some(PathBuf::from(dovecot.authority().file())),
        save_password: true,
        largest_mail: 150 << 20,
    }
}

const EVERY_WAY: [Pop3Authentication; 6] = [
    Pop3Authentication::Auto,
    Pop3Authentication::UserPass,
    Pop3Authentication::Apop,
    Pop3Authentication::Plain,
    Pop3Authentication::Login,
    Pop3Authentication::CramMd5,
];

async fn log_in(dovecot: &Dovecot, user: &str, password: &str, way: Pop3Authentication) {
    let opened = Pop3Connection::open(&pop3(dovecot, user, way), &Password::new(password)).await;
    let error = opened.as_ref().err();
    assert!(
        error.is_none(),
        "{way:?} as {user:?} with {password:?}: {error:?}"
    );
    opened.unwrap().quit().await.expect("QUIT");
}

#[tokio::test]
async fn odd_passwords_and_long_ones_log_in_every_way() {
    let dovecot = Dovecot::start(&Setup::default());
    let long = "長い pass \\ ".repeat(16);
    assert!(
        long.len() > 200,
        "with PASS it comes near the 255 octets of RFC 2449"
    );
    for password in ODD_PASSWORDS.into_iter().chain([long.as_str()]) {
        dovecot.set_passwords(&[(USER, password)]);
        for way in EVERY_WAY {
            log_in(&dovecot, USER, password, way).await;
        }
    }
    // An access token of the size that providers give; no server reads so long a line behind PASS.
    let longest = "t0ken.".repeat(300);
    dovecot.set_passwords(&[(USER, &longest)]);
    for way in EVERY_WAY
        .into_iter()
        .filter(|way| *way != Pop3Authentication::UserPass)
    {
        log_in(&dovecot, USER, &longest, way).await;
    }
}

#[tokio::test]
async fn odd_user_names_log_in_every_way() {
    let dovecot = Dovecot::start(&Setup {
        users: &ODD_USERS,
        more: ANY_NAME,
        ..Setup::default()
    });
    for user in ODD_USERS {
        for way in EVERY_WAY {
            // USER, APOP and CRAM-MD5 end the name at a blank.
            let takes_blanks = matches!(way, Pop3Authentication::Plain | Pop3Authentication::Login);
            if takes_blanks || !user.contains(' ') {
                log_in(&dovecot, user, PASSWORD, way).await;
            }
        }
    }
}

#[tokio::test]
async fn odd_passwords_and_names_log_in_for_sending() {
    let dovecot = Dovecot::start(&Setup {
        users: &ODD_USERS,
        more: ANY_NAME,
        ..Setup::default()
    });
    let postfix = Postfix::start(&dovecot, &[USER], Flaw::None);
    // Postfix takes no line of more than 2,048 octets.
    let longest = "t0ken.".repeat(200);
    for (user, passwords) in ODD_USERS.into_iter().zip(ODD_PASSWORDS.chunks(2)) {
        for password in passwords.iter().copied().chain([longest.as_str()]) {
            dovecot.set_passwords(&[(user, password)]);
            for mechanism in [SmtpMechanism::Auto, SmtpMechanism::Plain, SmtpMechanism::Login] {
                let settings = SmtpSettings {
                    host: "127.0.0.1".into(),
                    port: postfix.tls_port(),
                    security: Security::Tls,
                    authentication: SmtpAuthentication::Password,
                    mechanism,
                    user: user.into(),
                    same_credentials_as_pop3: false,
                    timeout: Duration::from_secs(20),
                    send_interval: Duration::ZERO,
                    connections: 1,
                    extra_ca_file: Some(PathBuf::from(dovecot.authority().file())),
                    save_password: true,
                };
                let credentials = Credentials {
                    user: user.into(),
                    password: Password::new(password),
                };
                let mailer = Mailer::new(&settings, Some(&credentials)).expect("sound settings");
                let result = mailer.test().await;
                assert!(
                    result.is_ok(),
                    "{mechanism:?} as {user:?} with {password:?}: {result:?}"
                );
            }
        }
    }
}

/// The shop's settings with nothing said about the login for sending but what `smtp` says.
fn shop_with(smtp: &str) -> (Shop, Program) {
    let shop = Shop::open();
    let program = Program::install(&shop.settings());
    program.rewrite(
        "authentication = \"password\"\nsame_credentials_as_pop3 = false\nuser = \"touroku\"",
        smtp,
    );
    program.forget_passwords();
    (shop, program)
}

#[test]
fn odd_passwords_are_kept_and_used_as_they_were_typed() {
    let (shop, program) = shop_with("");
    for (n, password) in ODD_PASSWORDS.into_iter().enumerate() {
        shop.dovecot.set_passwords(&[(USER, password)]);
        let line_end = if n % 2 == 0 { "\n" } else { "\r\n" };
        let kept = program.run_with_input(&["password", "set"], &format!("{password}{line_end}"));
        assert!(
            !kept.success().stdout.contains(password),
            "a password is never shown"
        );
        shop.deposit(mails::signup(&format!("c{n}@phone.example"), &format!("m{n}")));
        program.once().success();
        assert_eq!(shop.postfix.wait_for_delivered(n + 1).len(), n + 1);
    }
}

#[test]
fn sending_uses_the_login_of_receiving_unless_it_has_its_own() {
    for smtp in ["", "same_credentials_as_pop3 = true"] {
        let (shop, program) = shop_with(smtp);
        program.run_with_input(&["password", "set"], PASSWORD).success();
        shop.deposit(mails::signup("hanako@phone.example", "m1"));
        program.once().success();
        shop.postfix.wait_for_delivered(1);
        assert!(shop.postfix.log().contains("sasl_username=touroku"));
    }
}

#[test]
fn gmails_recent_sign_goes_to_the_receiving_server_as_it_is_and_not_to_the_sending_one() {
    // As Gmail does it: the name with the sign opens the same mailbox, with the same password.
    let gmail = "passdb {\n  driver = static\n  username_filter = recent:*\n  args = password=open-sesame user=touroku\n}\n\
                 auth_username_chars =\nlogin_log_format_elements = \"user=<%{orig_user}>\"";
    let dovecot = Dovecot::start(&Setup {
        more: gmail,
        ..Setup::default()
    });
    dovecot.set_passwords(&[(USER, "open-sesame")]);
    let postfix = Postfix::start(&dovecot, &[USER], Flaw::None);
    let trust = dovecot.authority().file();
    let settings = Settings::one(
        Endpoint::local(dovecot.tls_port(), "tls", "recent:touroku", "").trusting(trust),
        Endpoint::local(postfix.tls_port(), "tls", USER, "").trusting(trust),
    );
    for same in ["", "same_credentials_as_pop3 = true"] {
        let program = Program::install(&settings);
        program.rewrite("same_credentials_as_pop3 = false\nuser = \"touroku\"", same);
        program.forget_passwords();
        program
            .run_with_input(&["password", "set"], "open-sesame")
            .success();
        dovecot.deposit(USER, [mails::signup("hanako@phone.example", "m1")]);
        program.once().success();
        assert_eq!(Ledger::read(&program.data()).numbers(), [1]);
    }
    let logins = (dovecot.logins("recent:touroku"), dovecot.logins(USER));
    assert_eq!(logins, (2, 0), "{}", dovecot.log());
    postfix.wait_for_delivered(2);
    let log = postfix.log();
    assert!(
        log.contains("sasl_username=touroku") && !log.contains("recent:"),
        "{log}"
    );
}

#[test]
fn the_passwords_for_receiving_and_sending_change_one_without_the_other() {
    let dovecot = Dovecot::start(&Setup {
        users: &["in", "out"],
        ..Setup::default()
    });
    let postfix = Postfix::start(&dovecot, &["in"], Flaw::None);
    let trust = dovecot.authority().file();
    let settings = Settings::one(
        Endpoint::local(dovecot.tls_port(), "tls", "in", "").trusting(trust),
        Endpoint::local(postfix.tls_port(), "tls", "out", "").trusting(trust),
    );
    let program = Program::install(&settings);
    program.forget_passwords();
    let set = |which: &[&str], password: &str| {
        let arguments = [&["password", "set"], which].concat();
        program.run_with_input(&arguments, password).success();
    };
    let arrive = |id: &str| dovecot.deposit("in", [mails::signup(&format!("{id}@phone.example"), id)]);

    // Asked once where neither is named: the same for both.
    set(&[], PASSWORD);
    arrive("m1");
    program.once().success();
    assert_eq!(postfix.wait_for_delivered(1).len(), 1);

    dovecot.set_passwords(&[("in", "new in"), ("out", PASSWORD)]);
    arrive("m2");
    program.once().failure(exit::FAILED, &["password"]);
    set(&["touroku", "--pop3"], "new in");
    program.once().success();
    assert_eq!(
        postfix.wait_for_delivered(2).len(),
        2,
        "the one for sending is as before"
    );

    dovecot.set_passwords(&[("in", "new in"), ("out", "new out")]);
    arrive("m3");
    program.once().failure(exit::FAILED, &["password"]);
    assert_eq!(
        dovecot.count("in"),
        1,
        "received, and kept until it can be answered"
    );
    set(&["touroku@shop.example", "--smtp"], "new out");
    program.once().success();
    assert_eq!(postfix.wait_for_delivered(3).len(), 3);
    assert_eq!(Ledger::read(&program.data()).numbers(), [1, 2, 3]);

    program.run(&["password", "clear", "--smtp"]).success();
    arrive("m4");
    program.once().failure(exit::FAILED, &["no password is known"]);
    assert_eq!(
        Ledger::read(&program.data()).numbers(),
        [1, 2, 3, 4],
        "receiving goes on"
    );
}

#[test]
fn a_running_program_takes_a_new_password_without_a_new_start() {
    let (shop, program) = shop_with("");
    program.rewrite(
        "language = \"en\"",
        "language = \"en\"\ncheck_interval_seconds = 5",
    );
    program
        .run_with_input(&["password", "set"], "an old one")
        .success();
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    let running = program.start(&["run"], &[]);
    let refused = || shop.dovecot.log().contains("auth failed");
    wait_until("the server refuses the old password", PATIENCE, refused);
    program.run_with_input(&["password", "set"], PASSWORD).success();
    assert_eq!(shop.postfix.wait_for_delivered(1).len(), 1);
    running.terminate();
    running.finish(PATIENCE).success();
}

/// Every file under a folder that holds those bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if fs::read(&path)
            .unwrap()
            .windows(bytes.len())
            .any(|part| part == bytes)
        {
            found.push(path);
        }
    }
    found
}

/// Neither in the data folder nor beside it.
#[track_caller]
fn assert_lies_nowhere(program: &Program) {
    let config = program.config();
    let found = files_with(config.parent().unwrap(), PASSWORD.as_bytes());
    assert!(
        program.data().starts_with(config.parent().unwrap()) && found.is_empty(),
        "{found:?}"
    );
}

#[test]
fn a_password_that_is_not_to_be_saved_is_asked_for_works_and_lies_nowhere() {
    let (shop, program) = shop_with("same_credentials_as_pop3 = true");
    program.rewrite("user = \"touroku\"", "user = \"touroku\"\nsave_password = false");
    program
        .run_with_input(&["password", "set"], PASSWORD)
        .failure(exit::PASSWORD, &["save_password = false"]);
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    // Without a terminal there is nobody to ask.
    program.once().failure(exit::FAILED, &["at a terminal"]);

    let finished = program
        .run_at_terminal(&["once"], "password for", &[PASSWORD])
        .success();
    assert!(
        !finished.stdout.contains(PASSWORD),
        "what is typed is not shown: {}",
        finished.stdout
    );
    assert_eq!(
        finished.stdout.matches("password for").count(),
        1,
        "asked once for both directions"
    );
    shop.postfix.wait_for_delivered(1);
    assert_eq!(shop.dovecot.count(USER), 0);
    assert_lies_nowhere(&program);

    // The next start asks again.
    let asked = program.run_at_terminal(&["once"], "password for", &["wrong"]);
    assert!(asked.stdout.contains("password for"), "{}", asked.stdout);
    asked.failure(exit::FAILED, &["password"]);
}

#[test]
fn two_passwords_that_are_not_to_be_saved_are_asked_for_one_after_the_other() {
    let (shop, program) =
        shop_with("same_credentials_as_pop3 = false\nuser = \"touroku\"\nsave_password = false");
    program.rewrite("[mailbox.pop3]", "[mailbox.pop3]\nsave_password = false");
    shop.deposit(mails::signup("hanako@phone.example", "m1"));
    program
        .run_at_terminal(&["once"], "password for", &[PASSWORD, PASSWORD])
        .success();
    shop.postfix.wait_for_delivered(1);
    assert_lies_nowhere(&program);
}
