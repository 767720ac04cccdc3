//! The connections of `serve`: any program on this machine can open them, so they are bounded in number and in time. What holds
//! them all keeps people from the screens for moments, and never the engine from its mail servers (file handles are shared).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How much others may take of us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Connections at once; further ones wait to be taken.
    pub(crate) connections: usize,
    /// How long a request's header may take, and a connection may rest between requests.
    pub(crate) patience: Duration,
}

/// Answers on every connection until `stop` ends; then each finishes the answer it is giving.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let free = Arc::new(Semaphore::new(bounds.connections));
    let (ending, ends) = watch::channel(false);
    tokio::pin!(stop);
    loop {
        let taken = async {
            let place = Arc::clone(&free).acquire_owned().await;
            (place, next(&listener).await)
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            taken = taken => taken,
        };
        let (router, ends) = (router.clone(), ends.clone());
        tokio::spawn(async move {
            serve(stream, router, bounds.patience, ends).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = ending.send(true);
    drop(ends);
    ending.closed().await;
}

async fn serve(stream: TcpStream, router: Router, patience: Duration, mut ends: watch::Receiver<bool>) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        // A client that breaks off or dawdles is no fault of ours.
        _ = connection.as_mut() => return,
        _ = ends.wait_for(|ends| *ends) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// The next connection. Where the system has no file handles left, others may give theirs back.
async fn next(listener: &TcpListener) -> TcpStream {
    const REST: Duration = Duration::from_millis(200);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection for a screen");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(400);
    /// Longest that anything here may take; nothing waits that long where all is well.
    const BOUND: Duration = Duration::from_secs(60);

    async fn started(connections: usize) -> (u16, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let bounds = Bounds {
            connections,
            patience: PATIENCE,
        };
        let router = Router::new().route("/", get(|| async { "here" }));
        let answering = tokio::spawn(answer(listener, router, bounds, async {
            let _ = stopped.await;
        }));
        (port, stop, answering)
    }

    async fn connect(port: u16) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap()
    }

    async fn ask(port: u16) -> String {
        let mut stream = connect(port).await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        heard(&mut stream).await
    }

    /// Everything until the other side closes.
    async fn heard(stream: &mut TcpStream) -> String {
        let mut answer = Vec::new();
        let read = tokio::time::timeout(BOUND, stream.read_to_end(&mut answer)).await;
        let _ = read.expect("the connection was never closed");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn clients_that_dawdle_are_sent_away_and_others_are_answered() {
        const PLACES: usize = 4;
        let (port, _stop, _answering) = started(PLACES).await;
        let mut slow = Vec::new();
        // Twice as many as there are places: some send nothing, some half a header.
        for index in 0..PLACES * 2 {
            let mut stream = connect(port).await;
            if index % 2 == 0 {
                stream
                    .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                    .await
                    .unwrap();
            }
            slow.push(stream);
        }
        let answer = tokio::time::timeout(BOUND, ask(port)).await.expect("an answer");
        assert!(answer.ends_with("here"), "{answer}");
        for stream in &mut slow {
            assert!(!heard(stream).await.contains("200 OK"));
        }
    }

    #[tokio::test]
    async fn a_connection_that_rests_between_requests_is_given_up() {
        let (port, _stop, _answering) = started(1).await;
        let mut stream = connect(port).await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        // It is not asked to close, and is closed all the same; until then it holds the only place.
        assert!(heard(&mut stream).await.contains("200 OK"));
        assert!(ask(port).await.ends_with("here"));
    }

    #[tokio::test]
    async fn no_more_connections_are_answered_at_once_than_there_are_places() {
        let (port, _stop, _answering) = started(1).await;
        let mut first = connect(port).await;
        first
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut begin = [0; 15];
        first.read_exact(&mut begin).await.unwrap();
        let second = tokio::spawn(async move { ask(port).await });
        tokio::time::sleep(PATIENCE / 4).await;
        assert!(!second.is_finished(), "the only place is taken");
        drop(first);
        assert!(second.await.unwrap().ends_with("here"));
    }

    #[tokio::test]
    async fn at_the_end_the_port_closes_and_resting_connections_go() {
        let (port, stop, answering) = started(4).await;
        let mut resting = connect(port).await;
        resting
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut begin = [0; 15];
        resting.read_exact(&mut begin).await.unwrap();
        stop.send(()).unwrap();
        tokio::time::timeout(BOUND, answering)
            .await
            .expect("it ends")
            .unwrap();
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err());
    }
}
