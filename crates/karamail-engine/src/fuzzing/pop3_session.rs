//! A whole POP3 session against a server that says what it likes, in whatever pieces it comes.
//!
//! The first byte says how it comes (the low bits of a letter, see [`Way`]), a byte 1 ends a piece. What the session gave is
//! held against a second reader of the same bytes (`transcript`).

mod transcript;

use std::collections::BTreeMap;
use std::time::Duration;

use karamail_core::limits::{POP3_HEADER_BYTES, POP3_SAID_CHARACTERS, POP3_START_BYTES};

use super::is_told;
use crate::config::{Pop3Authentication, Pop3Settings, Security};
use crate::pop3::scripted::Script;
use crate::pop3::{ListedMail, Listing, MailFault, Pop3Connection, Pop3Error, Problem, Retrieved};
use crate::secrets::Password;
use transcript::{Reply, Transcript};

/// Ends a piece; no server sends it.
const CUT: u8 = 1;
/// Mails of a session.
const MAILS: usize = 8;

/// How it comes.
struct Way {
    /// Longest piece.
    piece: usize,
    /// Ends with a reset instead of an orderly end.
    is_reset: bool,
    /// Largest mail that is kept whole.
    limit: u64,
    /// CAPA is asked.
    asks_capabilities: bool,
}

impl Way {
    fn of(byte: u8) -> Way {
        Way {
            piece: [usize::MAX, 1, 2, 3, 17, 64, 1_000, usize::MAX][usize::from(byte & 7)],
            is_reset: byte & 8 != 0,
            limit: if byte & 16 == 0 { 1 << 20 } else { 20 },
            asks_capabilities: byte & 32 != 0,
        }
    }
}

/// Any bytes, as what a server says.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    let (way, said) = bytes.split_first().map_or((0, bytes), |(way, said)| (*way, said));
    let way = Way::of(way);
    let turns = said.split(|byte| *byte == CUT).filter(|turn| !turn.is_empty());
    let pieces: Vec<Vec<u8>> = turns
        .flat_map(|turn| turn.chunks(way.piece).map(<[u8]>::to_vec))
        .collect();
    let script = Script::new(pieces.into_iter(), way.is_reset);
    let ended = RUNTIME.with(|runtime| runtime.block_on(session(&way, &script)));
    if let Err(fault) = ended {
        can_be_told(&fault);
    }
    let tape = script.tape();
    assert!(
        tape.reads_behind_the_end <= 1,
        "it goes on reading a connection that is over"
    );
    let lines = tape.written.split(|byte| *byte == b'\n');
    let plain = |line: &[u8]| {
        line.strip_suffix(b"\r")
            .unwrap_or(line)
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~'))
    };
    assert!(lines.into_iter().all(plain), "{}", tape.written.escape_ascii());
}

fn can_be_told(error: &Pop3Error) {
    is_told(error);
    if let Some(said) = &error.fault.said {
        assert!(said.chars().count() <= POP3_SAID_CHARACTERS + 1, "{said:?}");
        assert!(!said.contains(char::is_control), "{said:?}");
    }
    // Again or give up: both are answers.
    let _ = error.again_or_give_up();
}

async fn session(way: &Way, script: &Script) -> Result<(), Pop3Error> {
    let settings = Pop3Settings {
        host: "pop.example.jp".to_owned(),
        port: 995,
        // The script stands behind TLS: nobody looks for it on another connection.
        security: Security::Tls,
        user: "taro".to_owned(),
        authentication: Pop3Authentication::Auto,
        connect_timeout: Duration::from_secs(600),
        read_timeout: Duration::from_secs(600),
        session_timeout: Duration::from_secs(600),
        extra_ca_file: None,
        save_password: true,
        largest_mail: way.limit,
    };
    let password = Password::new("himitsu");
    let mut open = Pop3Connection::open_scripted(&settings, &password, way.asks_capabilities, script).await?;
    let mut transcript = Transcript::begin(script, open.unread());

    let listed = listing(&mut open, &mut transcript).await?;
    let mails: Vec<ListedMail> = listed.into_iter().take(MAILS).collect();
    headers(&mut open, &mut transcript, &mails).await?;
    let numbers: Vec<u32> = mails.iter().map(|mail| mail.number).collect();
    starts(&mut open, &mut transcript, &numbers).await?;
    for number in numbers.iter().take(3) {
        whole(&mut open, &mut transcript, *number, way.limit).await?;
    }
    let marked = or_over(open.delete(&numbers).await, &mut open).await?;
    let replies = transcript.go_on();
    assert_eq!(marked.len(), numbers.len(), "each is told of");
    for ((number, marked), reply) in marked.iter().zip(&replies) {
        assert_eq!(reply.command, format!("DELE {number}"));
        assert_eq!(marked.is_ok(), reply.is_ok, "{reply:?}");
    }
    open.quit().await?;
    // Only now is anything deleted.
    match transcript.go_on().as_slice() {
        [quit] => assert!(quit.command == "QUIT" && quit.is_ok, "{quit:?}"),
        others => panic!("QUIT is one command: {others:?}"),
    }
    Ok(())
}

/// After an error nothing more is sent or read.
async fn or_over<T>(result: Result<T, Pop3Error>, open: &mut Pop3Connection) -> Result<T, Pop3Error> {
    if result.is_err() {
        let later = open.noop().await.map_err(|fault| fault.fault.problem);
        assert_eq!(later, Err(Problem::SessionOver));
    }
    result
}

async fn listing(
    open: &mut Pop3Connection,
    transcript: &mut Transcript,
) -> Result<Vec<ListedMail>, Pop3Error> {
    let Listing {
        mails: listed,
        is_whole,
    } = or_over(open.listing().await, open).await?;
    let replies = transcript.go_on();
    let has_no_gap = (1..).zip(&listed).all(|(number, mail)| mail.number == number);
    assert!(has_no_gap || !is_whole, "a gap is a mail that was left out");
    assert!(
        listed.windows(2).all(|pair| pair[0].number < pair[1].number),
        "in order, each once"
    );
    let mut ids: Vec<_> = listed.iter().filter_map(|mail| mail.uidl.clone()).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id tells one mail from all others");
    if replies.iter().any(|reply| reply.is_ok && reply.command != "STAT") {
        let mut numbers: Vec<u32> = replies.iter().flat_map(Reply::numbers).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let all: Vec<u32> = listed.iter().map(|mail| mail.number).collect();
        assert_eq!(all, numbers, "{replies:?}");
    }
    Ok(listed)
}

async fn headers(
    open: &mut Pop3Connection,
    transcript: &mut Transcript,
    mails: &[ListedMail],
) -> Result<(), Pop3Error> {
    let mut seen = BTreeMap::new();
    let note = |number, header: Result<Vec<u8>, MailFault>| {
        assert!(seen.insert(number, header).is_none(), "{number} twice");
    };
    let result = open.fetch_headers(mails, note).await;
    or_over(result, open).await?;
    let replies = transcript.go_on();
    assert_eq!(seen.len(), mails.len(), "each is told of");
    for (number, header) in &seen {
        let is_about = |reply: &&Reply| reply.command.split(' ').nth(1) == Some(number.to_string().as_str());
        // What came last counts: RETR comes behind a TOP that was refused.
        let reply = replies.iter().rev().find(is_about).expect("it was asked for");
        match header {
            Ok(header) => {
                assert!(reply.is_ok && header.len() <= POP3_HEADER_BYTES, "{reply:?}");
                assert_eq!(header.as_slice(), reply.header(), "{reply:?}");
            }
            Err(MailFault::Refused { .. }) => assert!(!reply.is_ok, "{reply:?}"),
            Err(MailFault::HeaderCut { bytes }) => assert!(reply.header().starts_with(bytes)),
            Err(MailFault::AnotherMail) => unreachable!("headers alone are fetched"),
        }
    }
    Ok(())
}

async fn starts(
    open: &mut Pop3Connection,
    transcript: &mut Transcript,
    numbers: &[u32],
) -> Result<(), Pop3Error> {
    let mut seen = BTreeMap::new();
    let result = open
        .fetch_starts(numbers, |number, start| {
            assert!(seen.insert(number, start).is_none(), "{number} twice");
        })
        .await;
    or_over(result, open).await?;
    transcript.go_on();
    assert_eq!(seen.len(), numbers.len(), "each is told of");
    assert!(seen.values().all(|start| start.len() <= POP3_START_BYTES));
    Ok(())
}

async fn whole(
    open: &mut Pop3Connection,
    transcript: &mut Transcript,
    number: u32,
    limit: u64,
) -> Result<(), Pop3Error> {
    let mut mail = Vec::new();
    let result = open.retrieve(number, &mut mail, limit).await;
    let retrieved = or_over(result, open).await?;
    let replies = transcript.go_on();
    let [reply] = replies.as_slice() else {
        panic!("RETR is one command: {replies:?}");
    };
    assert_eq!(reply.command, format!("RETR {number}"));
    let length = reply.body.len() as u64;
    match retrieved {
        Retrieved::Whole { bytes } => {
            assert!(reply.is_ok && bytes == length && bytes <= limit, "{reply:?}");
            assert_eq!(mail, reply.body, "dot-stuffing is taken off, and nothing else");
        }
        Retrieved::OverLimit { bytes } => {
            assert!(reply.is_ok && bytes == length && bytes > limit, "{reply:?}");
            assert!(
                mail.len() as u64 == limit && reply.body.starts_with(&mail),
                "{reply:?}"
            );
        }
        Retrieved::Refused(_) => assert!(!reply.is_ok && mail.is_empty(), "{reply:?}"),
    }
    Ok(())
}
