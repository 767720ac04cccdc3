//! The POP3 driver against Dovecot: every way to log in, every certificate, and what is on the server afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::time::Duration;

use karamail_core::pop3::Problem;
use karamail_engine::config::{Pop3Authentication, Pop3Settings, Security};
use karamail_engine::pop3::{Pop3Connection, Retrieved};
use karamail_engine::secrets::Password;
use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::mails;
use karamail_tests::shop::USER;

fn settings(dovecot: &Dovecot, security: Security, authentication: Pop3Authentication) -> Pop3Settings {
    let port = match security {
        Security::Tls => dovecot.tls_port(),
        Security::None | Security::StartTls => dovecot.plain_port(),
    };
    Pop3Settings {
        host: "127.0.0.1".into(),
        port,
        security,
        user: USER.into(),
        authentication,
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        session_timeout: Duration::from_secs(300),
        extra_ca_file: Some(PathBuf::from(dovecot.authority().file())),
        save_password: true,
        largest_mail: 150 << 20,
    }
}

async fn open(settings: &Pop3Settings) -> Pop3Connection {
    Pop3Connection::open(settings, &Password::new(PASSWORD))
        .await
        .expect("the login works")
}

async fn problem(settings: &Pop3Settings, password: &str) -> Problem {
    match Pop3Connection::open(settings, &Password::new(password)).await {
        Ok(_) => panic!("logged in"),
        Err(error) => error.fault.problem,
    }
}

#[tokio::test]
async fn every_way_to_log_in_works_over_every_kind_of_connection() {
    use Pop3Authentication::{Apop, Auto, CramMd5, Login, Plain, UserPass};
    let dovecot = Dovecot::start(&Setup::default());
    for security in [Security::None, Security::StartTls, Security::Tls] {
        for authentication in [Auto, UserPass, Apop, Plain, Login, CramMd5] {
            let connection = open(&settings(&dovecot, security, authentication)).await;
            assert_eq!(
                connection.is_encrypted(),
                security != Security::None,
                "{security:?} {authentication:?}"
            );
            connection.quit().await.expect("QUIT");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_everything_else() {
    use Pop3Authentication::{Apop, Auto, CramMd5, UserPass};
    let dovecot = Dovecot::start(&Setup::default());
    for authentication in [Auto, UserPass, Apop, CramMd5] {
        let settings = settings(&dovecot, Security::StartTls, authentication);
        assert_eq!(
            problem(&settings, "wrong").await,
            Problem::WrongPassword,
            "{authentication:?}"
        );
    }
}

#[tokio::test]
async fn a_bad_certificate_ends_the_session_before_the_login() {
    for flaw in [Flaw::Expired, Flaw::Foreign, Flaw::WrongHost] {
        let dovecot = Dovecot::start(&Setup {
            certificate: Some(flaw),
            ..Setup::default()
        });
        for security in [Security::StartTls, Security::Tls] {
            let found = problem(&settings(&dovecot, security, Pop3Authentication::Auto), PASSWORD).await;
            let fits = match flaw {
                Flaw::Expired => found == Problem::CertificateExpired,
                Flaw::Foreign => found == Problem::CertificateForeign,
                Flaw::WrongHost => matches!(found, Problem::CertificateWrongHost(_)),
                Flaw::None => false,
            };
            assert!(fits, "{flaw:?} over {security:?}: {found:?}");
        }
        assert!(!dovecot.log().contains("Login:"), "{}", dovecot.log());
    }
}

#[tokio::test]
async fn stls_that_a_server_lacks_is_not_done_without() {
    let dovecot = Dovecot::start(&Setup {
        certificate: None,
        ..Setup::default()
    });
    let settings = settings(&dovecot, Security::StartTls, Pop3Authentication::Auto);
    assert_eq!(problem(&settings, PASSWORD).await, Problem::StlsNotOffered);
}

#[tokio::test]
async fn headers_come_in_order_and_mails_whole() {
    let dovecot = Dovecot::start(&Setup::default());
    let mut deposited: Vec<Vec<u8>> = (0..500)
        .map(|n| mails::other("a@phone.example", &format!("m{n}")))
        .collect();
    deposited[7] = mails::mail(
        "a@phone.example",
        "m7",
        "X-Long: ",
        &".dot\r\n..\r\n.\r\n".repeat(20_000),
    );
    deposited[8] = mails::mail(
        "a@phone.example",
        "m8",
        "",
        &format!("{}\r\n", "x".repeat(200_000)),
    );
    dovecot.deposit(USER, &deposited);
    let mut connection = open(&settings(&dovecot, Security::StartTls, Pop3Authentication::Auto)).await;
    let listing = connection.listing().await.expect("a listing").mails;
    assert_eq!(listing.len(), deposited.len());
    let mut ids = vec![];
    let each = |number, header: Result<Vec<u8>, _>| {
        ids.push((number, mails::message_id(&header.expect("a header"))))
    };
    connection.fetch_headers(&listing, each).await.expect("headers");
    let expected: Vec<_> = (1..)
        .zip(deposited.iter().map(|mail| mails::message_id(mail)))
        .collect();
    assert_eq!(ids, expected);
    for number in [1, 8, 9, 500] {
        let mut whole = vec![];
        let retrieved = connection
            .retrieve(number, &mut whole, 150 << 20)
            .await
            .expect("a mail");
        assert_eq!(
            retrieved,
            Retrieved::Whole {
                bytes: whole.len() as u64
            }
        );
        assert!(
            whole == deposited[number as usize - 1],
            "mail {number} came as it was deposited"
        );
    }
    connection.quit().await.expect("QUIT");
}

#[tokio::test]
async fn only_a_session_that_ends_with_quit_deletes() {
    let dovecot = Dovecot::start(&Setup::default());
    dovecot.deposit(
        USER,
        (0..10).map(|n| mails::signup("a@phone.example", &format!("m{n}"))),
    );
    let settings = settings(&dovecot, Security::Tls, Pop3Authentication::Auto);
    let mut connection = open(&settings).await;
    let marked = connection.delete(&[1, 2, 3, 99]).await.expect("DELE");
    let marked: Vec<(u32, bool)> = marked
        .into_iter()
        .map(|(number, done)| (number, done.is_ok()))
        .collect();
    assert_eq!(marked, [(1, true), (2, true), (3, true), (99, false)]);
    drop(connection);
    let mut connection = open(&settings).await;
    assert_eq!(
        connection.listing().await.expect("a listing").mails.len(),
        10,
        "a dropped session deletes nothing"
    );
    connection.delete(&[1, 10]).await.expect("DELE");
    connection.reset().await.expect("RSET");
    connection.delete(&[2, 3]).await.expect("DELE");
    connection.quit().await.expect("QUIT");
    let left: Vec<_> = dovecot
        .mails(USER)
        .iter()
        .filter_map(|mail| mails::message_id(mail))
        .collect();
    assert_eq!(left.len(), 8);
    assert!(!left.contains(&"m1@phone.example".to_owned()) && left.contains(&"m0@phone.example".to_owned()));
}

#[tokio::test]
async fn a_mailbox_that_another_session_holds_is_in_use() {
    let dovecot = Dovecot::start(&Setup {
        more: "pop3_lock_session = yes",
        ..Setup::default()
    });
    dovecot.deposit(USER, [mails::signup("a@phone.example", "m1")]);
    let settings = settings(&dovecot, Security::None, Pop3Authentication::Auto);
    let _first = open(&settings).await;
    assert_eq!(
        problem(&settings, PASSWORD).await,
        Problem::InUse,
        "{}",
        dovecot.log()
    );
}
