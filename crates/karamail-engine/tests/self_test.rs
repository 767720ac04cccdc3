//! The shop's tests on the demo's servers, and on scripted ones that bin what has no subject.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{NO_LIMITS, engine, once, secrets, settings, settings_text, signup};
use karamail_core::words::Language;
use karamail_engine::config::Settings;
use karamail_engine::cycle::Logins;
use karamail_engine::demo::{self, DemoServers};
use karamail_engine::self_test::{Detail, Patience, SelfTest, Step, StepResult, TestFault, Tick};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;

const PATIENCE: Patience = Patience {
    arrival: Duration::from_secs(2),
    poll: Duration::from_millis(50),
    busy: Duration::from_secs(2),
};

async fn prepared(
    folder: &Path,
    settings: &Settings,
    patience: Patience,
) -> (SelfTest, UnboundedReceiver<Tick>) {
    let mailbox = settings.mailboxes[0].clone();
    let logins = Logins::find(&secrets(folder), settings, &mailbox).await;
    SelfTest::new(mailbox, logins, folder, Language::English, patience)
}

/// All ticks of a test that is over: the steps that went well, and the last failure.
fn told(mut ticks: UnboundedReceiver<Tick>) -> (Vec<Step>, Option<(Step, TestFault)>) {
    let (mut done, mut fault) = (Vec::new(), None);
    while let Ok(tick) = ticks.try_recv() {
        match tick.result {
            StepResult::Begun => {}
            StepResult::Done(_) => done.push(tick.step),
            StepResult::Failed(failed) => fault = Some((tick.step, *failed)),
        }
    }
    (done, fault)
}

#[tokio::test(flavor = "multi_thread")]
async fn receiving_is_ticked_off_step_by_step_and_changes_nothing() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let (test, mut ticks) = prepared(folder.path(), &settings(&servers, "", ""), PATIENCE).await;
    // As the screens will: in a task of its own.
    assert!(tokio::spawn(async move { test.receive().await }).await.unwrap());
    let mut begun = Vec::new();
    let mut done = Vec::new();
    while let Some(tick) = ticks.recv().await {
        match tick.result {
            StepResult::Begun => begun.push(tick.step),
            StepResult::Done(detail) => {
                if let Detail::Listed { mails } = detail {
                    assert_eq!(mails, 1);
                }
                done.push(tick.step);
            }
            StepResult::Failed(fault) => panic!("{fault}"),
        }
    }
    let steps = [Step::Pop3Name, Step::Pop3Connect, Step::Pop3Login, Step::Pop3List];
    assert_eq!(begun, steps);
    let [name, connect, login, list] = steps;
    assert_eq!(
        done,
        [Step::Pop3Password, name, connect, Step::Pop3Tls, login, list]
    );
    assert_eq!(servers.mailbox_count(), 1);
    assert!(
        !folder.path().join("karamail.db").exists(),
        "no ledger is made by a test"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_is_ticked_off_up_to_the_servers_acceptance() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let (test, ticks) = prepared(folder.path(), &settings(&servers, "", ""), PATIENCE).await;
    let to = "owner@example.jp".parse().unwrap();
    assert!(test.send(Some(&to)).await);
    let (done, fault) = told(ticks);
    assert!(fault.is_none(), "{fault:?}");
    assert_eq!(
        done,
        [
            Step::SmtpPassword,
            Step::SmtpName,
            Step::SmtpConnect,
            Step::SmtpTls,
            Step::SmtpLogin,
            Step::SmtpMail
        ]
    );
    let sent = &servers.sent()[0];
    assert_eq!(
        (sent.from.as_str(), sent.to.as_slice()),
        (demo::ADDRESS, &["owner@example.jp".to_owned()][..])
    );
    let text = String::from_utf8_lossy(&sent.bytes);
    assert!(
        text.contains("\r\nX-Karamail: test ") && text.contains("Subject: Karamail test\r\n"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_pop_before_smtp_a_login_comes_before_the_test_mail() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", "").replace(
        "authentication = \"none\"",
        "authentication = \"pop-before-smtp\"",
    );
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let (test, ticks) = prepared(folder.path(), &settings, PATIENCE).await;
    assert!(test.send(None).await);
    let (done, _) = told(ticks);
    let place = |step| done.iter().position(|one| *one == step).unwrap();
    assert!(place(Step::Pop3Login) < place(Step::SmtpConnect), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_round_trip_finds_its_empty_mail_and_takes_it_away_again() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let (test, ticks) = prepared(folder.path(), &settings(&servers, "", ""), PATIENCE).await;
    assert!(test.roundtrip().await);
    let (done, fault) = told(ticks);
    assert!(fault.is_none(), "{fault:?}");
    assert_eq!(
        done[done.len() - 3..],
        [Step::EmptyMail, Step::EmptyArrival, Step::Deletion]
    );
    assert!(String::from_utf8_lossy(&servers.sent()[0].bytes).contains("\r\nSubject:\r\n"));
    assert_eq!(
        servers.mailbox_count(),
        1,
        "the customer's mail stays, the test mail is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_program_consumes_the_test_mail_and_the_round_trip_learns_of_it() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let settings = settings(&servers, "", NO_LIMITS);
    once(folder.path(), settings.clone()).await;
    let mut engine = engine(folder.path(), settings.clone()).await;
    let patience = Patience {
        arrival: Duration::from_secs(30),
        ..PATIENCE
    };
    let (test, mut ticks) = prepared(folder.path(), &settings, patience).await;
    let testing = tokio::spawn(async move { test.roundtrip().await });
    servers.wait_for_mailbox_at_least(1).await;
    let reports = engine.run_once().await.unwrap();
    assert_eq!(
        (reports[0].1.receipts, reports[0].1.sent),
        (0, 0),
        "no number, no answer"
    );
    assert!(testing.await.unwrap());
    let mut by = None;
    while let Some(tick) = ticks.recv().await {
        if let StepResult::Done(Detail::Arrived { by_collector, .. }) = tick.result {
            by = Some(by_collector);
        }
    }
    assert_eq!(by, Some(true));
    assert_eq!(servers.mailbox_count(), 0);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cleaning_up_leaves_the_mails_of_customers_and_of_forgers_alone() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let settings = settings(&servers, "", NO_LIMITS);
    let marked = |from: &str, marker: &str| {
        let text = format!(
            "From: <{from}>\r\nTo: <{}>\r\nX-Karamail: {marker}\r\nSubject:\r\n\r\n",
            demo::ADDRESS
        );
        text.into_bytes()
    };
    let token = "0123456789abcdef0123456789abcdef";
    servers.deposit(signup("customer@example.jp", 1));
    servers.deposit(signup(demo::ADDRESS, 2));
    servers.deposit(marked("customer@example.jp", &format!("test {token}")));
    servers.deposit(marked(demo::ADDRESS, "test not-our-form"));
    servers.deposit(marked(demo::ADDRESS, &format!("receipt {token}")));
    let others = servers.mailbox_count();
    for _ in 0..3 {
        let (test, _) = prepared(folder.path(), &settings, PATIENCE).await;
        assert!(test.send(None).await);
    }
    assert_eq!(servers.mailbox_count(), others + 3);
    let (test, mut ticks) = prepared(folder.path(), &settings, PATIENCE).await;
    assert!(test.cleanup().await);
    drop(test);
    let mut deleted = None;
    while let Some(tick) = ticks.recv().await {
        if let StepResult::Done(Detail::Deleted { mails }) = tick.result {
            deleted = Some(mails);
        }
    }
    assert_eq!(deleted, Some(3));
    assert_eq!(servers.mailbox_count(), others, "nothing else was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_fails_at_the_login_with_what_to_do() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", "")
        .replace(&format!("user = \"{}\"", demo::USER), "user = \"somebody-else\"");
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let (test, ticks) = prepared(folder.path(), &settings, PATIENCE).await;
    assert!(!test.roundtrip().await);
    let (done, fault) = told(ticks);
    let (step, fault) = fault.unwrap();
    assert_eq!(step, Step::Pop3Login, "{fault}");
    assert_eq!(done.last(), Some(&Step::Pop3Tls));
    let told = karamail_core::words::Told::told(&fault, Language::English);
    assert!(told.contains("Check the user name"), "{told}");
    assert_eq!(
        servers.sent_count(),
        0,
        "nothing is sent that could not be fetched again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_bins_empty_subjects_is_told_from_one_where_nothing_arrives() {
    for (host, is_told) in [(Host::BinsEmptySubjects, "empty"), (Host::BinsAll, "nothing")] {
        let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
        let servers = Arc::new(servers);
        let smtp_port = host_that_bins(host, servers.clone()).await;
        let text = settings_text(servers.pop3_port(), smtp_port, "", "");
        let settings = Settings::parse(&text, Path::new(".")).unwrap();
        let patience = Patience {
            arrival: Duration::from_millis(600),
            ..PATIENCE
        };
        let (test, ticks) = prepared(folder.path(), &settings, patience).await;
        assert!(!test.roundtrip().await);
        let (done, fault) = told(ticks);
        match (is_told, fault.unwrap().1) {
            ("empty", TestFault::EmptyBinned) => assert!(done.contains(&Step::SubjectArrival)),
            ("nothing", TestFault::NothingArrives) => assert!(!done.contains(&Step::SubjectArrival)),
            (_, fault) => panic!("{is_told}: {fault}"),
        }
        assert_eq!(servers.mailbox_count(), 0, "what arrived was taken away");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_is_believed_only_after_quit_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let port = pop3_that_hangs_up_at_quit().await;
    let settings = Settings::parse(&settings_text(port, 1, "", ""), Path::new(".")).unwrap();
    let (test, ticks) = prepared(folder.path(), &settings, PATIENCE).await;
    assert!(!test.cleanup().await);
    let (_, fault) = told(ticks);
    assert!(
        matches!(fault, Some((Step::Deletion, TestFault::NotDeleted { mails: 1 }))),
        "{fault:?}"
    );
}

#[derive(Clone, Copy, PartialEq)]
enum Host {
    BinsEmptySubjects,
    BinsAll,
}

/// An SMTP server that takes every mail and delivers what it likes into the demo's mailbox.
async fn host_that_bins(host: Host, servers: Arc<DemoServers>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let servers = servers.clone();
            tokio::spawn(async move { bin(host, &servers, socket).await });
        }
    });
    port
}

async fn bin(host: Host, servers: &DemoServers, socket: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(socket);
    stream.write_all(b"220 ready\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return Some(());
        }
        let answer = match line.get(..4)? {
            "EHLO" => "250 here",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = Vec::new();
                while !mail.ends_with(b"\r\n.\r\n") {
                    mail.push(stream.read_u8().await.ok()?);
                }
                mail.truncate(mail.len() - 3);
                let is_empty = String::from_utf8_lossy(&mail).contains("\r\nSubject:\r\n");
                if host == Host::BinsEmptySubjects && !is_empty {
                    servers.deposit(mail);
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

/// A POP3 server with one test mail of ours; it takes DELE and drops the connection at QUIT.
async fn pop3_that_hangs_up_at_quit() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(socket);
        stream.write_all(b"+OK ready\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap() == 0 || line.starts_with("QUIT") {
                return;
            }
            let answer = match line.get(..4).unwrap() {
                "UIDL" => "+OK\r\n1 one\r\n.\r\n".to_owned(),
                "LIST" => "+OK\r\n1 100\r\n.\r\n".to_owned(),
                "CAPA" => "+OK\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n".to_owned(),
                "TOP " => format!(
                    "+OK\r\nFrom: <{}>\r\nX-Karamail: test 0123456789abcdef0123456789abcdef\r\nSubject:\r\n\r\n.\r\n",
                    demo::ADDRESS
                ),
                _ => "+OK\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    port
}
