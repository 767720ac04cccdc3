//! Each step of a session × what can happen at it.

use futures_util::future::join_all;
use karamail_core::words::{Language, Told};
use tokio::time::timeout;

use super::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sabotage {
    Drop,
    Hang,
    Garbage,
    Refuse,
}

/// A server with one mail that works but at one command (or the greeting, "").
async fn sabotaged(at: &'static str, how: Sabotage) -> Pop3Settings {
    let mut settings = serve(move |mut peer| async move {
        if at.is_empty() {
            return sabotage(&mut peer, how).await;
        }
        peer.say("+OK ready\r\n").await;
        while let Some(line) = peer.line().await {
            let verb = line.split(' ').next().unwrap_or_default();
            if verb == at {
                sabotage(&mut peer, how).await;
                if how != Sabotage::Refuse {
                    return;
                }
                continue;
            }
            peer.say(match verb {
                "CAPA" => "+OK\r\nUSER\r\nTOP\r\nUIDL\r\n.\r\n",
                "UIDL" => "+OK\r\n1 abc\r\n.\r\n",
                "LIST" => "+OK\r\n1 42\r\n.\r\n",
                "TOP" => "+OK\r\nSubject:\r\n\r\n.\r\n",
                "RETR" => "+OK\r\nSubject:\r\n\r\nhi\r\n.\r\n",
                _ => "+OK\r\n",
            })
            .await;
        }
    })
    .await;
    settings.read_timeout = Duration::from_secs(2);
    settings
}

async fn sabotage(peer: &mut Peer, how: Sabotage) {
    match how {
        Sabotage::Drop => {}
        Sabotage::Hang => peer.hang().await,
        Sabotage::Garbage => {
            peer.say("\x01?!?\r\n").await;
            peer.hang().await;
        }
        Sabotage::Refuse => peer.say("-ERR no\r\n").await,
    }
}

/// A whole session, with everything in it; what it saw where it went well.
async fn session(settings: &Pop3Settings) -> Result<String, Pop3Error> {
    let mut connection = open(settings).await?;
    let listing = connection.listing().await?.mails;
    let uidl = listing
        .first()
        .and_then(|mail| mail.uidl.as_ref())
        .map(|uidl| uidl.as_str().to_owned());
    let size = listing.first().and_then(|mail| mail.size);
    let mut header = String::new();
    connection
        .fetch_headers(&listing, |_, bytes| {
            header = String::from_utf8(bytes.unwrap()).unwrap()
        })
        .await?;
    let mut mail = Vec::new();
    let retrieved = connection.retrieve(1, &mut mail, 1000).await?;
    let deleted: Vec<(u32, bool)> = connection
        .delete(&[1])
        .await?
        .into_iter()
        .map(|(number, done)| (number, done.is_ok()))
        .collect();
    connection.quit().await?;
    let retrieved = matches!(retrieved, Retrieved::Whole { bytes: 16 });
    Ok(format!("{uidl:?} {size:?} {header:?} {retrieved} {deleted:?}"))
}

/// CAPA is not among them: without an answer to it, another session does without.
const EVERY_STEP: [(&str, Step); 9] = [
    ("", Step::Greeting),
    ("USER", Step::UserPass),
    ("PASS", Step::UserPass),
    ("UIDL", Step::Uidl),
    ("LIST", Step::List),
    ("TOP", Step::Top),
    ("RETR", Step::Retr),
    ("DELE", Step::Dele),
    ("QUIT", Step::Quit),
];

async fn check_every_step(how: Sabotage, expected: Problem) {
    let check = async |(at, step): (&'static str, Step)| {
        let error = session(&sabotaged(at, how).await).await.unwrap_err();
        assert_eq!(
            (error.step(), error.problem()),
            (step, &expected),
            "{how:?} at {at:?}"
        );
        assert_eq!(error.again_or_give_up(), Retry::Again);
        for language in [Language::Japanese, Language::English] {
            assert!(
                error.told(language).contains("127.0.0.1"),
                "{}",
                error.told(language)
            );
        }
    };
    // All at once, so that the time limits run side by side.
    join_all(EVERY_STEP.into_iter().map(check)).await;
}

#[tokio::test]
async fn a_connection_that_drops_at_a_step_is_told_so() {
    check_every_step(Sabotage::Drop, Problem::Dropped).await;
}

#[tokio::test]
async fn a_server_that_hangs_at_a_step_is_told_so() {
    check_every_step(Sabotage::Hang, Problem::Hung(Duration::from_secs(2))).await;
}

#[tokio::test]
async fn garbage_at_a_step_is_told_so() {
    check_every_step(Sabotage::Garbage, Problem::Garbage).await;
}

#[tokio::test]
async fn a_server_that_fails_at_capa_is_used_without_it() {
    let check = async |how| {
        let seen = session(&sabotaged("CAPA", how).await).await;
        assert!(seen.is_ok_and(|seen| seen.contains("[(1, true)]")), "{how:?}");
    };
    join_all(
        [
            Sabotage::Drop,
            Sabotage::Hang,
            Sabotage::Garbage,
            Sabotage::Refuse,
        ]
        .map(check),
    )
    .await;
}

#[tokio::test]
async fn a_refusal_at_a_step_ends_only_what_cannot_go_on_without_it() {
    let whole = "Some(\"abc\") Some(42) \"Subject:\\r\\n\\r\\n\" true [(1, true)]";
    for (at, expected) in [
        ("", Err(Problem::Refused)),
        ("CAPA", Ok(whole.to_owned())),
        ("USER", Err(Problem::WrongPassword)),
        ("PASS", Err(Problem::WrongPassword)),
        ("UIDL", Ok(whole.replace("Some(\"abc\")", "None"))),
        ("LIST", Ok(whole.replace("Some(42)", "None"))),
        ("TOP", Ok(whole.to_owned())),
        ("RETR", Ok(whole.replace("\" true", "\" false"))),
        ("DELE", Ok(whole.replace("(1, true)", "(1, false)"))),
        ("QUIT", Err(Problem::Refused)),
    ] {
        let seen = session(&sabotaged(at, Sabotage::Refuse).await).await;
        assert_eq!(
            seen.map_err(|error| error.problem().clone()),
            expected,
            "at {at:?}"
        );
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_apart_from_one_that_refuses() {
    let mut nowhere = settings(110);
    nowhere.host = "no..such..host".to_owned();
    let fault = refused(&nowhere).await;
    assert!(matches!(fault.problem, Problem::HostUnknown(_)), "{fault}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = settings(listener.local_addr().unwrap().port());
    drop(listener);
    assert_eq!(
        refused(&closed).await,
        Fault::new(Step::Connect, Problem::ConnectionRefused)
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_never_taken_runs_into_the_connect_time_limit() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    // The queue of a listener that takes nobody fills up; then connecting waits.
    let mut waiting = Vec::new();
    while let Ok(taken) = timeout(
        Duration::from_millis(200),
        tokio::net::TcpStream::connect(address),
    )
    .await
    {
        waiting.push(taken);
    }
    let mut full = settings(address.port());
    full.connect_timeout = Duration::from_millis(300);
    let expected = Problem::ConnectTimedOut(Duration::from_millis(300));
    assert_eq!(refused(&full).await, Fault::new(Step::Connect, expected));
}

#[tokio::test]
async fn a_server_that_drips_for_ever_runs_into_the_session_time_limit() {
    let mut settings = serve(|mut peer| async move {
        peer.log_in(&[]).await;
        peer.on("UIDL", "+OK\r\n").await;
        let mut drip = tokio::time::interval(Duration::from_millis(20));
        while !peer.has_more() {
            drip.tick().await;
            peer.say("1 abc\r\n").await;
        }
    })
    .await;
    settings.session_timeout = Duration::from_millis(500);
    let mut connection = opened(&settings).await;
    let error = connection.listing().await.unwrap_err();
    let limit = Problem::SessionTimeLimit(Duration::from_millis(500));
    assert_eq!((error.step(), error.problem()), (Step::Uidl, &limit));
    assert_eq!(connection.time_left(), Duration::ZERO);
    assert_eq!(
        connection.noop().await.unwrap_err().problem(),
        &Problem::SessionOver
    );
}

#[tokio::test]
async fn a_call_that_was_given_up_in_the_middle_ends_the_session() {
    let settings = serve(|mut peer| async move {
        peer.log_in(&[]).await;
        peer.on("UIDL", "+OK\r\n1 a\r\n").await;
        peer.hang().await;
    })
    .await;
    let mut connection = opened(&settings).await;
    assert!(
        timeout(Duration::from_millis(100), connection.listing())
            .await
            .is_err()
    );
    let error = connection.delete(&[1]).await.unwrap_err();
    assert_eq!(
        error.problem(),
        &Problem::SessionOver,
        "its reply would be taken for another's"
    );
}

#[tokio::test]
async fn a_mailbox_in_use_and_a_temporary_fault_are_told_apart_from_a_wrong_password() {
    for (answer, expected, retry) in [
        ("-ERR [IN-USE] locked", Problem::InUse, Retry::Again),
        ("-ERR [LOGIN-DELAY] wait", Problem::LoginDelay, Retry::Again),
        ("-ERR [SYS/TEMP] later", Problem::SystemTemporary, Retry::Again),
        ("-ERR [SYS/PERM] never", Problem::SystemPermanent, Retry::GiveUp),
        ("-ERR [AUTH] wrong", Problem::WrongPassword, Retry::GiveUp),
        (
            "-ERR [AUTH] Application-specific password required",
            Problem::AppPasswordNeeded,
            Retry::GiveUp,
        ),
        ("-ERR bad password", Problem::WrongPassword, Retry::GiveUp),
    ] {
        let settings = serve(move |mut peer| async move {
            peer.say("+OK\r\n").await;
            peer.on("CAPA", "-ERR\r\n").await;
            peer.on("USER taro", "+OK\r\n").await;
            peer.on("PASS himitsu", format!("{answer}\r\n")).await;
            peer.hang().await;
        })
        .await;
        let error = open(&settings).await.err().unwrap();
        assert_eq!(
            (error.problem(), error.again_or_give_up()),
            (&expected, retry),
            "{answer}"
        );
        assert!(
            !format!("{error:?}{error}").contains("himitsu"),
            "no password in any message"
        );
    }
}
