//! The fault tables: every step of both protocols × every way to fail at it. The rows are generated, and all of a table
//! play at once, so that the time limits of those that hang run side by side.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::row::Row;

mod pop3;
mod smtp;

/// Rows under way at once: each holds some sockets and files.
const ROWS_AT_ONCE: usize = 64;

/// What a server does instead of what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The connection ends.
    Drop,
    /// Nothing more comes.
    Hang,
    /// What comes is not of this protocol.
    Garbage,
    /// -ERR without a code; 5yz.
    Refuse,
    /// `[SYS/TEMP]`; 4yz.
    Temporary,
    /// `[IN-USE]`; 421 and the end of the connection.
    Busy,
    /// The right answer, byte by byte.
    Slow,
}

impl Fault {
    const ALL: [Fault; 7] = [
        Fault::Drop,
        Fault::Hang,
        Fault::Garbage,
        Fault::Refuse,
        Fault::Temporary,
        Fault::Busy,
        Fault::Slow,
    ];
}

/// Plays rows, and tells of every one that failed.
async fn play_all(rows: Vec<Row>) {
    tokio::task::LocalSet::new().run_until(play_here(rows)).await;
}

async fn play_here(rows: Vec<Row>) {
    let count = rows.len();
    let permits = Arc::new(Semaphore::new(ROWS_AT_ONCE));
    let mut playing = JoinSet::new();
    for row in rows {
        let permits = Arc::clone(&permits);
        playing.spawn_local(async move {
            let _permit = permits.acquire().await;
            let name = row.name.clone();
            (name, tokio::task::spawn_local(row.play()).await)
        });
    }
    let mut failed = Vec::new();
    while let Some(done) = playing.join_next().await {
        let (name, result) = done.unwrap();
        if let Err(error) = result {
            let told = match error.into_panic().downcast::<String>() {
                Ok(told) => *told,
                Err(_) => "panicked".to_owned(),
            };
            failed.push(format!("{name}: {told}"));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {count} rows failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// A port that refuses connections. It is nobody else's as long as the first is held: the servers of other rows come up
/// all the time.
fn closed_port() -> (impl Send + Sync, u16) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// A port whose queue is full: connecting to it waits. It stays so as long as the first is held.
#[cfg(target_os = "linux")]
async fn full_listener() -> (impl Send + Sync, u16) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    let try_once = || {
        tokio::time::timeout(
            std::time::Duration::from_millis(300),
            tokio::net::TcpStream::connect(address),
        )
    };
    while let Ok(taken) = try_once().await {
        waiting.push(taken);
    }
    ((listener, waiting), address.port())
}
