//! Listings, headers, whole mails and deletions.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::*;
use karamail_core::limits::POP3_HEADER_BYTES;

#[tokio::test]
async fn with_pipelining_many_commands_are_on_the_way_at_once() {
    let settings = serve(|mut peer| async move {
        peer.log_in(&["PIPELINING", "TOP"]).await;
        for number in 1..=50 {
            peer.on(&format!("TOP {number} 0"), "").await;
        }
        for number in 1..=50 {
            let answer = match number {
                7 | 9 => "-ERR no TOP of it\r\n".to_owned(),
                _ => format!("+OK\r\nX: {number}\r\n\r\n.\r\n"),
            };
            peer.say(answer).await;
        }
        // What TOP does not give, RETR may.
        peer.on("RETR 7", "").await;
        peer.on("RETR 9", "-ERR gone\r\n+OK\r\nX: 9\r\n\r\nbody\r\n.\r\n")
            .await;
        for number in 1..=3 {
            peer.on(&format!("DELE {number}"), "").await;
        }
        peer.say("+OK\r\n-ERR already\r\n+OK\r\n").await;
        peer.on("QUIT", "+OK\r\n").await;
    })
    .await;
    let mut connection = opened(&settings).await;
    let mut seen = Vec::new();
    let mut faults = Vec::new();
    connection
        .fetch_headers(&listed(1..=50), |number, header| match header {
            Ok(bytes) => seen.push((number, String::from_utf8(bytes).unwrap())),
            Err(fault) => faults.push((number, fault)),
        })
        .await
        .unwrap();
    let expected = (1..=50)
        .filter(|number| ![7, 9].contains(number))
        .chain([9])
        .map(|number| (number, format!("X: {number}\r\n\r\n")));
    assert!(seen.iter().cloned().eq(expected), "{seen:?}");
    let gone = MailFault::Refused {
        step: Step::Retr,
        said: "gone".to_owned(),
    };
    assert_eq!(faults, [(7, gone)], "one refusal is one mail's");
    let marked = connection.delete(&[1, 2, 3]).await.unwrap();
    assert!(matches!(
        marked.as_slice(),
        [
            (1, Ok(())),
            (2, Err(MailFault::Refused { step: Step::Dele, .. })),
            (3, Ok(()))
        ]
    ));
    connection.quit().await.unwrap();
}

#[tokio::test]
async fn without_pipelining_one_command_is_on_the_way_at_a_time() {
    let settings = serve(|mut peer| async move {
        peer.log_in(&["TOP"]).await;
        for number in 1..=5 {
            let line = peer.line().await.unwrap();
            // A second command would show here, or the client would wait for nothing.
            let answer = if peer.has_more() {
                "-ERR too fast\r\n"
            } else {
                "+OK\r\nX: y\r\n\r\n.\r\n"
            };
            assert_eq!(line, format!("TOP {number} 0"));
            peer.say(answer).await;
        }
        peer.on("QUIT", "+OK\r\n").await;
    })
    .await;
    let mut connection = opened(&settings).await;
    let mut good = 0;
    connection
        .fetch_headers(&listed(1..=5), |_, header| good += u32::from(header.is_ok()))
        .await
        .unwrap();
    assert_eq!(good, 5);
    connection.quit().await.unwrap();
}

#[tokio::test]
async fn a_server_that_writes_much_before_it_reads_on_is_no_deadlock() {
    let settings = serve(|mut peer| async move {
        peer.log_in(&["PIPELINING", "TOP"]).await;
        let header = format!("X: {}\r\n", "x".repeat(70)).repeat(1000);
        while let Some(line) = peer.line().await {
            match line.as_str() {
                "QUIT" => peer.say("+OK\r\n").await,
                _ => peer.say(format!("+OK\r\n{header}\r\n.\r\n")).await,
            }
        }
    })
    .await;
    let mut connection = opened(&settings).await;
    let mut bytes = 0;
    connection
        .fetch_headers(&listed(1..=600), |_, header| bytes += header.unwrap().len())
        .await
        .unwrap();
    assert_eq!(bytes, 600 * (75 * 1000 + 2));
    connection.quit().await.unwrap();
}

/// A server that knows LIST and RETR only, with one mail that is gone.
async fn without_top(capabilities: &'static [&'static str]) -> Pop3Settings {
    serve(move |mut peer| async move {
        peer.log_in(capabilities).await;
        while let Some(line) = peer.line().await {
            match line.as_str() {
                "LIST" => peer.say("+OK\r\n1 10\r\n2 20\r\n3 30\r\n.\r\n").await,
                "RETR 2" => peer.say("-ERR gone\r\n").await,
                "QUIT" => peer.say("+OK\r\n").await,
                retr if retr.starts_with("RETR") => {
                    peer.say(format!("+OK\r\nX: {retr}\r\n\r\n")).await;
                    peer.say("..body\r\n\r\nY: z\r\n".repeat(100_000)).await;
                    peer.say(".\r\n").await;
                }
                _ => peer.say("-ERR unknown command\r\n").await,
            }
        }
    })
    .await
}

#[tokio::test]
async fn without_top_headers_come_from_retr_whether_or_not_top_is_listed() {
    for capabilities in [&[][..], &["TOP"], &["UIDL"], &["TOP", "PIPELINING"]] {
        let mut connection = opened(&without_top(capabilities).await).await;
        let listing = connection.listing().await.unwrap().mails;
        assert!(listing.iter().all(|mail| mail.uidl.is_none()));
        let mut seen = Vec::new();
        let note = |number, header: Result<Vec<u8>, MailFault>| {
            seen.push((number, header.ok().map(|bytes| String::from_utf8(bytes).unwrap())));
        };
        connection.fetch_headers(&listing, note).await.unwrap();
        seen.sort();
        let header = |number| (number, Some(format!("X: RETR {number}\r\n\r\n")));
        assert_eq!(seen, [header(1), (2, None), header(3)], "{capabilities:?}");
        connection.quit().await.unwrap();
    }
}

#[tokio::test]
async fn without_list_and_uidl_the_count_is_all_there_is() {
    for (answer, count) in [
        ("+OK 3 600\r\n", 3),
        ("+OK 0 0\r\n", 0),
        ("+OK 99999999999 1\r\n", 200_000),
    ] {
        let settings = serve(move |mut peer| async move {
            peer.log_in(&[]).await;
            peer.on("UIDL", "-ERR\r\n").await;
            peer.on("LIST", "-ERR\r\n").await;
            peer.on("STAT", answer).await;
            peer.hang().await;
        })
        .await;
        let listing = opened(&settings).await.listing().await.unwrap().mails;
        assert_eq!(
            (listing.len(), listing.last().map_or(0, |mail| mail.number)),
            (count, count as u32)
        );
    }
}

#[tokio::test]
async fn a_header_over_the_limit_is_cut_and_flagged_and_the_session_goes_on() {
    let settings = serve(|mut peer| async move {
        peer.log_in(&["TOP"]).await;
        peer.on("TOP 1 0", "+OK\r\n").await;
        for _ in 0..40 {
            peer.say("x".repeat(POP3_HEADER_BYTES / 20)).await;
        }
        peer.say("\r\n\r\n.\r\n").await;
        peer.on("TOP 2 0", "+OK\r\nX: y\r\n\r\n.\r\n").await;
        peer.on("QUIT", "+OK\r\n").await;
    })
    .await;
    let mut connection = opened(&settings).await;
    let mut seen = Vec::new();
    connection
        .fetch_headers(&listed(1..=2), |number, header| seen.push((number, header)))
        .await
        .unwrap();
    let cut = MailFault::HeaderCut {
        bytes: vec![b'x'; POP3_HEADER_BYTES],
    };
    assert!(seen == [(1, Err(cut)), (2, Ok(b"X: y\r\n\r\n".to_vec()))]);
    connection.quit().await.unwrap();
}

/// Counts what is written, and fails after so much of it.
struct Sink {
    bytes: usize,
    room: usize,
}

impl tokio::io::AsyncWrite for Sink {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.bytes += bytes.len();
        if self.bytes > self.room {
            return Poll::Ready(Err(io::Error::from(io::ErrorKind::StorageFull)));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A server that sends 30 MB for every RETR.
async fn with_large_mail() -> Pop3Settings {
    serve(|mut peer| async move {
        peer.log_in(&[]).await;
        while let Some(line) = peer.line().await {
            if line.starts_with("RETR") {
                peer.say("+OK\r\n").await;
                let part = format!("..{}\r\n", "x".repeat(996)).repeat(100);
                for _ in 0..300 {
                    peer.say(&part).await;
                }
                peer.say(".\r\n").await;
            } else {
                peer.say("+OK\r\n").await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_large_mail_is_streamed_and_one_over_the_limit_is_dropped_without_ending_the_session() {
    const SIZE: u64 = 300 * 100 * 999;
    let mut connection = opened(&with_large_mail().await).await;
    let mut sink = Sink {
        bytes: 0,
        room: usize::MAX,
    };
    let whole = connection.retrieve(1, &mut sink, SIZE).await.unwrap();
    assert_eq!(
        (whole, sink.bytes as u64),
        (Retrieved::Whole { bytes: SIZE }, SIZE)
    );
    let mut sink = Sink {
        bytes: 0,
        room: usize::MAX,
    };
    let over = connection.retrieve(2, &mut sink, SIZE - 1).await.unwrap();
    assert_eq!(
        (over, sink.bytes as u64),
        (Retrieved::OverLimit { bytes: SIZE }, SIZE - 1)
    );
    connection.noop().await.unwrap();
    connection.reset().await.unwrap();
    connection.quit().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_as_what_it_is() {
    let mut connection = opened(&with_large_mail().await).await;
    let mut sink = Sink {
        bytes: 0,
        room: 1_000_000,
    };
    let error = connection.retrieve(1, &mut sink, u64::MAX).await.unwrap_err();
    assert!(matches!(error.problem(), Problem::CannotKeep(_)), "{error}");
    assert_eq!(
        connection.quit().await.unwrap_err().problem(),
        &Problem::SessionOver
    );
}

#[tokio::test]
async fn a_deletion_counts_only_after_the_ok_of_quit() {
    for (answer, is_believed) in [
        ("+OK bye\r\n", true),
        ("", false),
        ("+O", false),
        ("-ERR not removed\r\n", false),
    ] {
        let settings = serve(move |mut peer| async move {
            peer.log_in(&[]).await;
            peer.on("DELE 1", "+OK\r\n").await;
            peer.on("QUIT", answer).await;
        })
        .await;
        let mut connection = opened(&settings).await;
        connection.delete(&[1]).await.unwrap();
        assert_eq!(connection.quit().await.is_ok(), is_believed, "{answer:?}");
    }
}

/// The engine runs each mailbox as a task of its own.
#[expect(dead_code, reason = "it is enough that this compiles")]
async fn every_call_can_run_in_a_task(settings: Pop3Settings) {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let mut connection = is_send(open(&settings)).await.unwrap();
    let listing = is_send(connection.listing()).await.unwrap().mails;
    let mut headers = Vec::new();
    is_send(connection.fetch_headers(&listing, |_, header| headers.push(header)))
        .await
        .unwrap();
    is_send(connection.retrieve(1, &mut tokio::io::sink(), 1))
        .await
        .unwrap();
    is_send(connection.delete(&[1])).await.unwrap();
    is_send(connection.quit()).await.unwrap();
}
