//! The SMTP driver against Postfix and against a sink that misbehaves.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use karamail_core::address::EmailAddress;
use karamail_engine::config::{Security, SmtpAuthentication, SmtpMechanism, SmtpSettings};
use karamail_engine::secrets::{Credentials, Password};
use karamail_engine::smtp::{Mailer, SendOutcome};
use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::mails;
use karamail_tests::postfix::Postfix;
use karamail_tests::shop::{Shop, USER};
use karamail_tests::sink::{Answer, Sink};

fn settings(port: u16, security: Security, authority: Option<PathBuf>) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security,
        authentication: match security {
            Security::None => SmtpAuthentication::None,
            Security::StartTls | Security::Tls => SmtpAuthentication::Password,
        },
        mechanism: SmtpMechanism::Auto,
        user: USER.into(),
        same_credentials_as_pop3: false,
        timeout: Duration::from_secs(20),
        send_interval: Duration::ZERO,
        connections: 4,
        extra_ca_file: authority,
        save_password: true,
    }
}

fn credentials(password: &str) -> Credentials {
    Credentials {
        user: USER.into(),
        password: Password::new(password),
    }
}

fn mailer(settings: &SmtpSettings) -> Mailer {
    Mailer::new(settings, Some(&credentials(PASSWORD))).expect("sound settings")
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

async fn send(mailer: &Mailer, to: &str, id: &str) -> SendOutcome {
    let letter = mails::mail(
        "touroku@shop.example",
        id,
        "Subject: No. 1\r\n",
        ".\r\n..\r\ntext\r\n",
    );
    mailer
        .send(&address("touroku@shop.example"), &address(to), &letter)
        .await
}

#[tokio::test]
async fn letters_arrive_over_starttls_and_tls_with_every_mechanism() {
    let shop = Shop::open();
    let authority = Some(PathBuf::from(shop.dovecot.authority().file()));
    let mut count = 0;
    for (port, security) in [
        (shop.postfix.submission_port(), Security::StartTls),
        (shop.postfix.tls_port(), Security::Tls),
    ] {
        for mechanism in [SmtpMechanism::Auto, SmtpMechanism::Plain, SmtpMechanism::Login] {
            let settings = SmtpSettings {
                mechanism,
                ..settings(port, security, authority.clone())
            };
            let mailer = mailer(&settings);
            mailer.test().await.expect("the test connects and logs in");
            let outcome = send(&mailer, "tanaka..hanako@docomo.ne.jp", &format!("m{count}")).await;
            assert!(
                matches!(outcome, SendOutcome::Accepted { .. }),
                "{security:?} {mechanism:?}: {outcome:?}"
            );
            count += 1;
        }
    }
    let delivered = shop.postfix.wait_for_delivered(count);
    assert!(
        delivered
            .iter()
            .all(|mail| mail.to == "\"tanaka..hanako\"@docomo.ne.jp"),
        "{delivered:?}"
    );
    let body = "\n\n.\n..\ntext\n";
    assert!(
        delivered
            .iter()
            .all(|mail| String::from_utf8_lossy(&mail.bytes).ends_with(body)),
        "dots arrive as sent"
    );
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_the_letter() {
    let shop = Shop::open();
    let authority = Some(PathBuf::from(shop.dovecot.authority().file()));
    let settings = settings(shop.postfix.submission_port(), Security::StartTls, authority);
    let mailer = Mailer::new(&settings, Some(&credentials("wrong"))).expect("sound settings");
    let outcome = send(&mailer, "a@phone.example", "m1").await;
    assert!(
        matches!(outcome, SendOutcome::ServerTrouble { .. }),
        "{outcome:?}"
    );
    assert!(mailer.test().await.is_err());
}

#[tokio::test]
async fn a_bad_certificate_or_missing_starttls_ends_the_session_before_the_login() {
    for flaw in [Flaw::Expired, Flaw::Foreign, Flaw::WrongHost] {
        let dovecot = Dovecot::start(&Setup::default());
        let postfix = Postfix::start(&dovecot, &[USER], flaw);
        let authority = Some(PathBuf::from(dovecot.authority().file()));
        let ports = [
            (postfix.submission_port(), Security::StartTls),
            (postfix.tls_port(), Security::Tls),
        ];
        for (port, security) in ports {
            let outcome = send(
                &mailer(&settings(port, security, authority.clone())),
                "a@phone.example",
                "m1",
            )
            .await;
            assert!(
                matches!(outcome, SendOutcome::ServerTrouble { .. }),
                "{flaw:?} {security:?}: {outcome:?}"
            );
        }
        assert!(!postfix.log().contains("sasl_username"), "{}", postfix.log());
    }
    let sink = Sink::start();
    let outcome = send(
        &mailer(&settings(sink.port(), Security::StartTls, None)),
        "a@phone.example",
        "m1",
    )
    .await;
    assert!(
        matches!(outcome, SendOutcome::ServerTrouble { .. }),
        "{outcome:?}"
    );
    assert_eq!(sink.count(), 0);
}

#[tokio::test]
async fn each_answer_of_a_server_has_its_meaning() {
    let cases = [
        (Answer::Accept, "accepted"),
        (Answer::Again, "again"),
        (Answer::Refuse, "refused"),
        (Answer::RefuseRecipient, "refused"),
        (Answer::Drop, "again"),
        (Answer::AcceptAndDrop, "again"),
        // From RCPT on, 421 may be about this letter and must not stop the others.
        (Answer::ServiceEnds, "again"),
        (Answer::Accept, "accepted"),
    ];
    let sink = Sink::with_plan(move |n, _| cases.get(n).map_or(Answer::Accept, |case| case.0));
    let mailer = mailer(&settings(sink.port(), Security::None, None));
    for (n, (answer, meaning)) in cases.into_iter().enumerate() {
        let outcome = send(&mailer, "a@phone.example", &format!("m{n}")).await;
        let found = match outcome {
            SendOutcome::Accepted { .. } => "accepted",
            SendOutcome::Again { .. } => "again",
            SendOutcome::Refused { .. } => "refused",
            SendOutcome::ServerTrouble { .. } => "trouble",
        };
        assert_eq!(found, meaning, "{answer:?}: {outcome:?}");
    }
    assert_eq!(sink.count(), 3, "one of them without the client's knowledge");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_letters_at_once_all_arrive_once() {
    let shop = Shop::open();
    let authority = Some(PathBuf::from(shop.dovecot.authority().file()));
    let settings = settings(shop.postfix.submission_port(), Security::StartTls, authority);
    let mailer = Arc::new(mailer(&settings));
    let sends: Vec<_> = (0..200)
        .map(|n| {
            let mailer = mailer.clone();
            tokio::spawn(async move { send(&mailer, &format!("c{n}@phone.example"), &format!("m{n}")).await })
        })
        .collect();
    for sent in sends {
        let outcome = sent.await.unwrap();
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    }
    shop.postfix.wait_for_delivered(200);
    shop.postfix.wait_until_idle();
    let mut people: Vec<String> = shop.postfix.delivered().into_iter().map(|mail| mail.to).collect();
    people.sort();
    people.dedup();
    assert_eq!((people.len(), shop.postfix.delivered().len()), (200, 200));
}
