mod login;
mod pipelining;
mod reuse;
mod server;
mod tls;

use std::time::Duration;

use karamail_core::delivery::{RefusalClass, Step};
use karamail_core::words::{Language, Told};
use tokio::time::{Instant, timeout};

use self::server::{Act, Moment, Server};
use super::*;
use crate::config::SmtpMechanism;
use crate::secrets::Password;

/// Long enough for a busy machine, far below the time-out of the tests themselves.
const TIMEOUT: Duration = Duration::from_secs(5);
/// For servers that hang.
const SHORT: Duration = Duration::from_millis(200);

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        authentication: SmtpAuthentication::None,
        mechanism: SmtpMechanism::Auto,
        user: "shop".to_owned(),
        same_credentials_as_pop3: false,
        timeout: TIMEOUT,
        send_interval: Duration::ZERO,
        connections: 4,
        extra_ca_file: None,
        save_password: true,
    }
}

fn credentials() -> Credentials {
    Credentials {
        user: "shop".to_owned(),
        password: Password::new("secret"),
    }
}

fn mailer(server: &Server) -> Mailer {
    Mailer::new(&settings(server.port), None).unwrap()
}

fn impatient(server: &Server) -> Mailer {
    Mailer::new(
        &SmtpSettings {
            timeout: SHORT,
            ..settings(server.port)
        },
        None,
    )
    .unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

const LETTER: &[u8] = b"Subject: x\r\n\r\nhello\r\n";

async fn send(mailer: &Mailer) -> SendOutcome {
    send_to(mailer, "taro@docomo.ne.jp").await
}

async fn send_to(mailer: &Mailer, to: &str) -> SendOutcome {
    let (from, to) = (address("shop@example.jp"), address(to));
    let sending = mailer.send(&from, &to, LETTER);
    timeout(Duration::from_secs(30), sending)
        .await
        .expect("a send ends")
}

fn kind(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Again { .. } => "again",
        SendOutcome::Refused { .. } => "refused",
        SendOutcome::ServerTrouble { .. } => "trouble",
    }
}

fn fault(outcome: SendOutcome) -> SmtpFault {
    match outcome {
        SendOutcome::Accepted { answer } => panic!("accepted: {answer}"),
        SendOutcome::Again { fault }
        | SendOutcome::Refused { fault }
        | SendOutcome::ServerTrouble { fault } => fault,
    }
}

fn at(wanted: Step, act: impl Fn() -> Act + Send + Sync) -> impl Fn(&Moment<'_>) -> Act + Send + Sync {
    move |moment| {
        if moment.step == wanted {
            act()
        } else {
            Act::Proceed
        }
    }
}

#[tokio::test]
async fn a_letter_goes_out_with_these_bytes() {
    let server = Server::start(|_| Act::Proceed).await;
    let mailer = mailer(&server);
    let letter = b"Subject: x\r\n\r\n.\r\n..two\r\nend.\r\n.last\r\n";
    let to = address("a..b@docomo.ne.jp");
    let outcome = mailer.send(&address("shop@example.jp"), &to, letter).await;
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            answer: "2.0.0 queued as 4X".to_owned()
        }
    );
    assert_eq!(
        server.lines(),
        [
            "EHLO [127.0.0.1]",
            "MAIL FROM:<shop@example.jp>",
            "RCPT TO:<\"a..b\"@docomo.ne.jp>",
            "DATA"
        ]
    );
    let wire = b"Subject: x\r\n\r\n..\r\n...two\r\nend.\r\n..last\r\n.\r\n";
    assert_eq!(
        server.contents(),
        [wire.to_vec()],
        "dot-stuffed, no line more than was given"
    );
    mailer.close_idle().await;
    assert_eq!(server.lines().last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn every_answer_at_every_step_settles_as_the_table_says() {
    for (step, answer, expected) in [
        (Step::Greeting, "554 5.3.2 closed", "trouble"),
        (Step::Hello, "421 4.3.2 busy", "trouble"),
        (Step::Hello, "550 5.7.1 who are you", "trouble"),
        (Step::MailFrom, "450 4.1.8 later", "again"),
        (Step::MailFrom, "421 4.7.0 too many", "trouble"),
        (Step::MailFrom, "530 5.7.0 Authentication required", "trouble"),
        (Step::MailFrom, "552 5.3.4 too big", "refused"),
        (Step::Recipient, "450 4.2.0 Greylisted", "again"),
        (Step::Recipient, "421 4.7.0 slow down", "again"),
        (Step::Recipient, "550 5.1.1 User unknown", "refused"),
        (
            Step::Recipient,
            "554 5.7.1 <taro@docomo.ne.jp>: Relay access denied",
            "trouble",
        ),
        (Step::Recipient, "571 5.7.1 odd code, sorry", "refused"),
        (Step::Data, "451 4.3.0 later", "again"),
        (Step::Data, "550 Unknown user taro@docomo.ne.jp", "refused"),
        (Step::Data, "250 out of step", "again"),
        (Step::Content, "452 4.3.1 full", "again"),
        (Step::Content, "550 5.7.1 spam", "refused"),
        (Step::Content, "552 5.2.3 too big", "refused"),
        (Step::Content, "354 out of step", "again"),
    ] {
        let server = Server::start(at(step, move || Act::Say(answer))).await;
        let outcome = send(&mailer(&server)).await;
        assert_eq!(kind(&outcome), expected, "{step:?} {answer}: {outcome:?}");
        let fault = fault(outcome);
        assert_eq!(fault.step(), step, "{answer}");
        if let Some(code) = fault.code() {
            assert_eq!(format!("{code} {}", fault.words()), answer);
        }
        for language in [Language::Japanese, Language::English] {
            assert!(fault.told(language).len() > 20);
        }
    }
}

#[tokio::test]
async fn a_lost_connection_is_never_a_refusal() {
    for step in [
        Step::Greeting,
        Step::Hello,
        Step::MailFrom,
        Step::Recipient,
        Step::Data,
        Step::Content,
    ] {
        let server = Server::start(at(step, || Act::Drop)).await;
        let outcome = send(&mailer(&server)).await;
        let expected = if step <= Step::MailFrom {
            "trouble"
        } else {
            "again"
        };
        assert_eq!(kind(&outcome), expected, "{step:?}: {outcome:?}");
        let fault = fault(outcome);
        assert_eq!(
            (fault.step(), fault.kind()),
            (step, &SmtpFaultKind::ConnectionLost)
        );
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_left_within_the_time_out() {
    for step in [
        Step::Greeting,
        Step::Hello,
        Step::MailFrom,
        Step::Recipient,
        Step::Data,
        Step::Content,
    ] {
        let server = Server::start(at(step, || Act::Hang)).await;
        let started = Instant::now();
        let outcome = send(&impatient(&server)).await;
        let expected = if step <= Step::MailFrom {
            "trouble"
        } else {
            "again"
        };
        assert_eq!(kind(&outcome), expected, "{step:?}: {outcome:?}");
        let fault = fault(outcome);
        assert_eq!((fault.step(), fault.kind()), (step, &SmtpFaultKind::TimedOut));
        assert!(
            started.elapsed() < SHORT * 10,
            "{step:?} took {:?}",
            started.elapsed()
        );
    }
}

#[tokio::test]
async fn a_refusal_is_known_even_where_the_server_then_hangs_at_quit() {
    let server = Server::start(|moment| match (moment.step, moment.line) {
        (Step::Recipient, _) => Act::Say("550 5.1.1 no such user"),
        (_, "QUIT" | "RSET") => Act::Hang,
        _ => Act::Proceed,
    })
    .await;
    let outcome = send(&impatient(&server)).await;
    assert_eq!(kind(&outcome), "refused");
    assert_eq!(fault(outcome).refusal_class(), RefusalClass::UnknownAddress);
}

#[tokio::test]
async fn eight_bit_letters_and_foreign_addresses_follow_what_the_server_can() {
    let send_both = async |hello: &'static str| {
        let server = Server::start(at(Step::Hello, move || Act::Say(hello))).await;
        let mailer = mailer(&server);
        let from = address("shop@example.jp");
        let eight_bit = mailer
            .send(&from, &address("a@x.jp"), "Subject: x\r\n\r\né\r\n".as_bytes())
            .await;
        let foreign = mailer.send(&from, &address("太郎@x.jp"), LETTER).await;
        (kind(&eight_bit), kind(&foreign), server.lines(), foreign)
    };
    let (eight_bit, foreign, lines, _) =
        send_both("250-test\r\n250-8bitmime\r\n250-smtputf8\r\n250 Size 1000").await;
    assert_eq!((eight_bit, foreign), ("accepted", "accepted"));
    assert_eq!(lines[1], "MAIL FROM:<shop@example.jp> SIZE=18 BODY=8BITMIME");
    assert_eq!(
        lines[4..6],
        [
            "MAIL FROM:<shop@example.jp> SIZE=21 SMTPUTF8",
            "RCPT TO:<太郎@x.jp>"
        ]
    );
    let (eight_bit, foreign, lines, outcome) = send_both("250 test").await;
    assert_eq!((eight_bit, foreign), ("accepted", "refused"));
    assert_eq!(lines[1], "MAIL FROM:<shop@example.jp>");
    assert_eq!(fault(outcome).refusal_class(), RefusalClass::Unwritable);
}

#[tokio::test]
async fn odd_bytes_of_a_server_are_read_and_told_harmlessly() {
    let server = Server::start(at(Step::Recipient, || {
        Act::SayBytes(b"550-5.1.1 \x88\xb6\x90\xe6\x1b[31m\r\n550 5.1.1 unknown\r\n")
    }))
    .await;
    let outcome = send(&mailer(&server)).await;
    assert_eq!(kind(&outcome), "refused");
    let words = fault(outcome).words().to_owned();
    assert!(
        words.ends_with("unknown") && !words.chars().any(char::is_control),
        "{words:?}"
    );

    let endless: &'static [u8] = vec![b'x'; 300_000].leak();
    for bytes in [
        b"HTTP/1.1 400 Bad Request\r\n".as_slice(),
        b"\0\xff\r\n",
        b"+OK POP3 ready\r\n",
        endless,
    ] {
        let server = Server::start(at(Step::Greeting, move || Act::SayBytes(bytes))).await;
        let outcome = send(&impatient(&server)).await;
        assert_eq!(kind(&outcome), "trouble", "{outcome:?}");
        assert_eq!(fault(outcome).kind(), &SmtpFaultKind::Garbled);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_what_to_do() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let outcome = send(&Mailer::new(&settings(port), None).unwrap()).await;
    assert_eq!(kind(&outcome), "trouble");
    assert!(matches!(fault(outcome).kind(), SmtpFaultKind::NotReached(_)));
    // A label of more than 63 bytes fails without a question to any name server.
    let nowhere = format!("{}.jp", "x".repeat(64));
    let nowhere = SmtpSettings {
        host: nowhere,
        ..settings(25)
    };
    let outcome = send(&Mailer::new(&nowhere, None).unwrap()).await;
    assert_eq!(fault(outcome).kind(), &SmtpFaultKind::HostUnknown);
    let blocked = SmtpFault::new(("x", 25), Step::Connect, SmtpFaultKind::TimedOut);
    assert!(
        blocked.told(Language::English).contains("587"),
        "{}",
        blocked.told(Language::English)
    );
}

#[tokio::test]
async fn several_megabytes_pass_and_a_refusal_in_mid_content_ends_them() {
    let large = [
        b"Subject: x\r\n\r\n".as_slice(),
        &b"0123456789\r\n".repeat(400_000),
    ]
    .concat();
    let (from, to) = (address("shop@example.jp"), address("taro@docomo.ne.jp"));
    let server = Server::start(|_| Act::Proceed).await;
    assert_eq!(kind(&mailer(&server).send(&from, &to, &large).await), "accepted");
    assert_eq!(server.contents()[0].len(), large.len() + 3);

    // The first line of the content is refused and the connection closed. Whether the words survive the reset is up to
    // the operating system; that the letter is not taken for accepted is up to us.
    let server = Server::start(|moment| match (moment.step, moment.line) {
        (Step::Data, _) => Act::Say("354 go on"),
        (_, "Subject: x") => Act::SayAndDrop("552 5.3.4 too big"),
        _ => Act::Proceed,
    })
    .await;
    let outcome = mailer(&server).send(&from, &to, &large).await;
    assert!(matches!(kind(&outcome), "refused" | "again"), "{outcome:?}");
}
#[test]
fn every_fault_is_told_in_both_languages_with_what_to_do() {
    let kinds = [
        SmtpFaultKind::HostUnknown,
        SmtpFaultKind::NotReached("refused".to_owned()),
        SmtpFaultKind::TimedOut,
        SmtpFaultKind::ConnectionLost,
        SmtpFaultKind::NotTls,
        SmtpFaultKind::NoStartTls,
        SmtpFaultKind::CertificateExpired,
        SmtpFaultKind::CertificateForeign,
        SmtpFaultKind::CertificateWrongName,
        SmtpFaultKind::Tls("x".to_owned()),
        SmtpFaultKind::ExtraCa {
            file: "ca.pem".to_owned(),
            detail: "x".to_owned(),
        },
        SmtpFaultKind::NoPassword,
        SmtpFaultKind::NoMechanism,
        SmtpFaultKind::NoSmtpUtf8,
        SmtpFaultKind::Answer {
            code: 550,
            text: "x".to_owned(),
        },
        SmtpFaultKind::Garbled,
    ];
    for kind in kinds {
        for step in [
            Step::Connect,
            Step::Greeting,
            Step::Authentication,
            Step::MailFrom,
            Step::Recipient,
        ] {
            let fault = SmtpFault::new(("smtp.example.jp", 587), step, kind.clone());
            let told = |language| (fault.what(language), fault.what_to_do(language).unwrap());
            let ((what_ja, do_ja), (what_en, do_en)) = (told(Language::Japanese), told(Language::English));
            assert!(!what_ja.is_ascii() && !do_ja.is_ascii(), "{what_ja}{do_ja}");
            assert!(what_en.is_ascii() && do_en.is_ascii(), "{what_en} {do_en}");
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_ehlo_gets_helo_where_nothing_needs_ehlo() {
    for act in [
        || Act::Say("500 5.5.1 what?"),
        || Act::Drop,
        || Act::SayAndDrop("502 no"),
    ] {
        let server = Server::start(move |moment: &Moment<'_>| match moment.line {
            "EHLO [127.0.0.1]" => act(),
            "HELO [127.0.0.1]" => Act::Say("250 old.example"),
            _ => Act::Proceed,
        })
        .await;
        assert_eq!(kind(&send(&mailer(&server)).await), "accepted");
        assert!(server.lines().contains(&"MAIL FROM:<shop@example.jp>".to_owned()));
        let with_login = SmtpSettings {
            authentication: SmtpAuthentication::Password,
            ..settings(server.port)
        };
        let outcome = send(&Mailer::new(&with_login, Some(&credentials())).unwrap()).await;
        assert_eq!(fault(outcome).step(), Step::Hello, "a login needs EHLO");
    }
}
