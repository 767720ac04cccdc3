use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// A server that knows one login by these AUTH lines, in Base64 or not.
fn knows(lines: &'static [&'static str], refusal: &'static str) -> impl Fn(&Moment<'_>) -> Act + Send + Sync {
    move |moment| {
        if moment.step != Step::Authentication {
            return Act::Proceed;
        }
        match lines.iter().position(|line| *line == moment.line) {
            Some(index) if index + 1 == lines.len() => Act::Say("235 2.7.0 welcome"),
            Some(_) => Act::Say("334 UGFzc3dvcmQ6"),
            None => Act::Say(refusal),
        }
    }
}

fn with_login(server: &Server, mechanism: SmtpMechanism, password: &str) -> Mailer {
    let settings = SmtpSettings {
        authentication: SmtpAuthentication::Password,
        mechanism,
        ..settings(server.port)
    };
    let credentials = Credentials {
        password: Password::new(password),
        ..credentials()
    };
    Mailer::new(&settings, Some(&credentials)).unwrap()
}

const REFUSAL: &str = "535 5.7.8 Username and Password not accepted";
const PLAIN: &[&str] = &["AUTH PLAIN AHNob3AAc2VjcmV0"];
const LOGIN: &[&str] = &["AUTH LOGIN", "c2hvcA==", "c2VjcmV0"];
const XOAUTH2: &[&str] = &["AUTH XOAUTH2 dXNlcj1zaG9wAWF1dGg9QmVhcmVyIHNlY3JldAEB"];

#[tokio::test]
async fn each_mechanism_logs_in_with_the_right_password_and_not_with_a_wrong_one() {
    assert_eq!(STANDARD.decode("AHNob3AAc2VjcmV0").unwrap(), b"\0shop\0secret");
    for (mechanism, lines) in [
        (SmtpMechanism::Auto, PLAIN),
        (SmtpMechanism::Plain, PLAIN),
        (SmtpMechanism::Login, LOGIN),
        (SmtpMechanism::XOAuth2, XOAUTH2),
    ] {
        let server = Server::start(knows(lines, REFUSAL)).await;
        assert_eq!(
            with_login(&server, mechanism, "secret").test().await,
            Ok(()),
            "{mechanism:?}"
        );
        assert_eq!(
            kind(&send(&with_login(&server, mechanism, "secret")).await),
            "accepted"
        );

        let wrong = with_login(&server, mechanism, "wrong");
        let outcome = send(&wrong).await;
        assert_eq!(
            kind(&outcome),
            "trouble",
            "a wrong password never refuses a customer"
        );
        let fault = fault(outcome);
        assert_eq!((fault.step(), fault.code()), (Step::Authentication, Some(535)));
        assert_eq!(wrong.test().await, Err(fault));
        assert!(
            !server.lines().iter().any(|line| line.contains("secret")),
            "never in the clear"
        );
    }
}

#[tokio::test]
async fn a_response_that_is_too_long_for_a_command_waits_for_the_servers_word() {
    const LONG: &str = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
    let password = LONG.repeat(8);
    for mechanism in [SmtpMechanism::Plain, SmtpMechanism::XOAuth2] {
        let server = Server::start(|moment| match (moment.step, moment.line) {
            (Step::Authentication, "AUTH PLAIN" | "AUTH XOAUTH2") => Act::Say("334 "),
            (Step::Authentication, line) if line.starts_with("AUTH") => Act::Say("500 5.5.6 line too long"),
            (Step::Authentication, _) => Act::Say("235 2.7.0 welcome"),
            _ => Act::Proceed,
        })
        .await;
        let result = with_login(&server, mechanism, &password).test().await;
        assert_eq!(result, Ok(()), "{mechanism:?}");
        let lines = server.lines();
        let sent = lines.iter().filter_map(|line| STANDARD.decode(line).ok());
        let whole = sent.filter(|line| String::from_utf8_lossy(line).contains(&password));
        assert_eq!(whole.count(), 1, "{mechanism:?}: {lines:?}");
    }
}

#[tokio::test]
async fn an_oauth_refusal_is_fetched_with_its_words() {
    let server = Server::start(|moment| match (moment.step, moment.line) {
        (Step::Authentication, "") => Act::Say("535 5.7.8 token expired"),
        (Step::Authentication, _) => Act::Say("334 eyJzdGF0dXMiOiI0MDEifQ=="),
        _ => Act::Proceed,
    })
    .await;
    let fault = with_login(&server, SmtpMechanism::XOAuth2, "old")
        .test()
        .await
        .unwrap_err();
    assert_eq!((fault.code(), fault.words()), (Some(535), "5.7.8 token expired"));
}

#[tokio::test]
async fn a_server_that_lists_plain_and_does_not_do_it_gets_login() {
    let server = Server::start(knows(LOGIN, "504 5.5.4 Unrecognized authentication type")).await;
    assert_eq!(
        with_login(&server, SmtpMechanism::Auto, "secret").test().await,
        Ok(())
    );
}

#[tokio::test]
async fn without_a_usable_mechanism_the_password_is_not_sent() {
    let server = Server::start(at(Step::Hello, || Act::Say("250-test\r\n250 AUTH NTLM"))).await;
    for mechanism in [
        SmtpMechanism::Auto,
        SmtpMechanism::Plain,
        SmtpMechanism::Login,
        SmtpMechanism::CramMd5,
        SmtpMechanism::XOAuth2,
    ] {
        let fault = with_login(&server, mechanism, "secret").test().await.unwrap_err();
        assert_eq!(fault.kind(), &SmtpFaultKind::NoMechanism);
    }
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn old_servers_that_write_auth_equals_are_understood() {
    let server = Server::start(|moment| match (moment.step, moment.line) {
        (Step::Hello, "EHLO [127.0.0.1]") => Act::Say("250-test\r\n250 auth=login"),
        _ => knows(LOGIN, REFUSAL)(moment),
    })
    .await;
    assert_eq!(
        with_login(&server, SmtpMechanism::Auto, "secret").test().await,
        Ok(())
    );
}

#[tokio::test]
async fn pop_before_smtp_sends_no_auth() {
    let server = Server::start(|_| Act::Proceed).await;
    let settings = SmtpSettings {
        authentication: SmtpAuthentication::PopBeforeSmtp,
        ..settings(server.port)
    };
    assert_eq!(
        kind(&send(&Mailer::new(&settings, Some(&credentials())).unwrap()).await),
        "accepted"
    );
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn a_login_that_hangs_or_drops_is_trouble_within_the_time_out() {
    for act in [
        || Act::Hang,
        || Act::Drop,
        || Act::Say("454 4.7.0 Temporary authentication failure"),
    ] {
        let server = Server::start(at(Step::Authentication, act)).await;
        let settings = SmtpSettings {
            authentication: SmtpAuthentication::Password,
            timeout: SHORT,
            ..settings(server.port)
        };
        let outcome = send(&Mailer::new(&settings, Some(&credentials())).unwrap()).await;
        assert_eq!(kind(&outcome), "trouble");
        assert_eq!(fault(outcome).step(), Step::Authentication);
    }
}

#[test]
fn a_missing_password_is_found_before_connecting() {
    let settings = SmtpSettings {
        authentication: SmtpAuthentication::Password,
        ..settings(25)
    };
    let fault = Mailer::new(&settings, None).err().unwrap();
    assert_eq!(fault.kind(), &SmtpFaultKind::NoPassword);
}

#[test]
fn the_app_password_is_advised_where_the_provider_wants_one() {
    let refused = |host| {
        let kind = SmtpFaultKind::Answer {
            code: 535,
            text: "5.7.8 no".to_owned(),
        };
        SmtpFault::new((host, 587), Step::Authentication, kind).told(Language::English)
    };
    for host in ["smtp.gmail.com", "smtp.mail.yahoo.co.jp", "smtp.mail.me.com"] {
        assert!(refused(host).contains("app password"), "{host}");
    }
    assert!(!refused("smtp.notgmail.com").contains("app password"));
}

/// What RFC 2195 calls `tim tanstaaftanstaaf`, here `shop secret`, over its challenge.
const CRAM_MD5: &[&str] = &[
    "AUTH CRAM-MD5",
    "c2hvcCA3MzNiYTg3ZTY0ZWQ3ZTQ0MWYwNjJjNGFjNmRiMDEwMw==",
];

#[tokio::test]
async fn cram_md5_goes_first_in_the_clear_and_the_password_only_where_it_is_refused() {
    let with_cram = |lines, refusal| {
        move |moment: &Moment<'_>| match (moment.step, moment.line) {
            (Step::Hello, line) if line.starts_with("EHLO") => {
                Act::Say("250-test\r\n250 AUTH PLAIN LOGIN CRAM-MD5")
            }
            (Step::Authentication, "AUTH CRAM-MD5") if lines != CRAM_MD5 => Act::Say(refusal),
            (Step::Authentication, "AUTH CRAM-MD5") => {
                Act::Say("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")
            }
            _ => knows(lines, refusal)(moment),
        }
    };
    let server = Server::start(with_cram(CRAM_MD5, REFUSAL)).await;
    let auto = with_login(&server, SmtpMechanism::Auto, "secret");
    assert_eq!(auto.test().await, Ok(()));
    assert!(!server.lines().iter().any(|line| line.starts_with("AUTH PLAIN")));
    assert_eq!(
        with_login(&server, SmtpMechanism::CramMd5, "secret").test().await,
        Ok(())
    );

    let server = Server::start(with_cram(PLAIN, REFUSAL)).await;
    assert_eq!(
        with_login(&server, SmtpMechanism::Auto, "secret").test().await,
        Ok(())
    );
    let alone = with_login(&server, SmtpMechanism::CramMd5, "secret").test().await;
    assert_eq!(alone.unwrap_err().code(), Some(535));
}
