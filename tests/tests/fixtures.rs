//! The fixtures themselves: the servers are real, deliver, and end with the test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::mails;
use karamail_tests::postfix::Postfix;
use karamail_tests::sink::{Answer, Sink};

/// Sends lines and returns the last line of each answer; SMTP and POP3 alike.
fn talk(port: u16, lines: &[&str]) -> Vec<String> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    let mut answer = || {
        let mut line = String::new();
        while line.is_empty() || line.as_bytes().get(3) == Some(&b'-') {
            line.clear();
            if reader.read_line(&mut line).unwrap() == 0 {
                break;
            }
        }
        line.trim_end().to_owned()
    };
    let mut answers = vec![answer()];
    for line in lines {
        writer.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        answers.push(answer());
    }
    answers
}

fn send(port: u16, to: &str, content: &str) -> Vec<String> {
    let recipient = format!("RCPT TO:<{to}>");
    talk(
        port,
        &[
            "EHLO x.example",
            "MAIL FROM:<a@x.example>",
            &recipient,
            "DATA",
            &format!("{content}\r\n."),
            "QUIT",
        ],
    )
}

#[test]
fn dovecot_serves_what_was_deposited_in_order_and_deletes_at_quit() {
    let dovecot = Dovecot::start(&Setup {
        users: &["touroku", "second"],
        ..Setup::default()
    });
    dovecot.deposit(
        "touroku",
        (0..50).map(|n| mails::signup("a@x.example", &format!("m{n}"))),
    );
    let password = format!("PASS {PASSWORD}");
    let answers = talk(
        dovecot.plain_port(),
        &["USER touroku", &password, "STAT", "DELE 1", "QUIT"],
    );
    assert!(
        answers[3].starts_with("+OK 50 "),
        "{answers:?}\n{}",
        dovecot.log()
    );
    assert_eq!((dovecot.count("touroku"), dovecot.count("second")), (49, 0));
    let left = dovecot.mails("touroku");
    assert!(
        left.iter()
            .all(|mail| mails::message_id(mail).as_deref() != Some("m0@x.example")),
        "the first is gone"
    );
}

#[test]
fn postfix_delivers_the_shop_to_dovecot_and_everybody_else_to_this_machine() {
    let dovecot = Dovecot::start(&Setup::default());
    let postfix = Postfix::start(&dovecot, &["touroku"], Flaw::None);
    let answers = send(
        postfix.open_port(),
        "\"a..b\"@docomo.ne.jp",
        "Subject: x\r\n\r\nhello",
    );
    assert!(answers[5].starts_with("250"), "{answers:?}\n{}", postfix.log());
    let delivered = postfix.wait_for_delivered(1);
    assert_eq!(delivered[0].to, "\"a..b\"@docomo.ne.jp");
    send(postfix.open_port(), "touroku@shop.example", "Subject: \r\n\r\n");
    karamail_tests::wait_until("the shop's mail arrives", karamail_tests::PATIENCE, || {
        dovecot.count("touroku") == 1
    });
    postfix.wait_until_idle();
    assert_eq!(postfix.delivered().len(), 1);
    let answers = talk(
        postfix.submission_port(),
        &["EHLO x.example", "MAIL FROM:<a@x.example>"],
    );
    assert!(
        answers[2].starts_with("530"),
        "submission wants STARTTLS: {answers:?}"
    );
}

#[test]
fn the_sink_remembers_what_it_accepted_and_nothing_else() {
    let plan = [
        Answer::Accept,
        Answer::Again,
        Answer::Refuse,
        Answer::Drop,
        Answer::AcceptAndDrop,
    ];
    let sink = Sink::with_plan(move |n, _| plan[n % plan.len()]);
    let answers: Vec<String> = (0..5)
        .map(|n| {
            send(
                sink.port(),
                "b@x.example",
                &format!("Message-ID: <{n}@x>\r\n\r\n..dot"),
            )[5]
            .clone()
        })
        .collect();
    let codes: Vec<&str> = answers
        .iter()
        .map(|answer| answer.get(..3).unwrap_or_default())
        .collect();
    assert_eq!(codes, ["250", "451", "550", "", ""]);
    assert!(sink.wait_for(2, Duration::from_secs(20)));
    let accepted = sink.accepted();
    assert_eq!(accepted[0].bytes, b"Message-ID: <0@x>\r\n\r\n.dot\r\n");
    let ids: Vec<&str> = accepted.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(ids, ["<0@x>", "<4@x>"]);
}
