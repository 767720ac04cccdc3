//! The connections of `serve`: any program on this machine can open them, so they are bounded in number and in time. What holds
//! them all keeps people from the screens for moments, and never the engine from its mail servers (file handles are shared).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Sleep, sleep};

/// How much others may take of us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Connections at once; further ones wait to be taken.
    pub(crate) connections: usize,
    /// How long a request's header may take, and a connection may rest between requests.
    pub(crate) patience: Duration,
    /// How long nothing of an answer may be taken. Longer: a person may have a download wait.
    pub(crate) standstill: Duration,
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
            serve(stream, router, bounds, ends).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = ending.send(true);
    drop(ends);
    ending.closed().await;
}

async fn serve(stream: TcpStream, router: Router, bounds: Bounds, mut ends: watch::Receiver<bool>) {
    let stream = Taken::new(TokioIo::new(stream), bounds.standstill);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.patience)
        .serve_connection(stream, TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        // A client that breaks off or dawdles is no fault of ours.
        _ = connection.as_mut() => return,
        _ = ends.wait_for(|ends| *ends) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// A connection that ends where nothing of an answer is taken for so long: hyper would wait for ever, and the place with it.
struct Taken<S> {
    stream: S,
    standstill: Duration,
    waits: Option<Pin<Box<Sleep>>>,
}

impl<S> Taken<S> {
    fn new(stream: S, standstill: Duration) -> Taken<S> {
        Taken {
            stream,
            standstill,
            waits: None,
        }
    }

    /// `done`, or an error where it has not been done for too long.
    fn in_time<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waits = None;
            return done;
        }
        let standstill = self.standstill;
        let waits = self.waits.get_or_insert_with(|| Box::pin(sleep(standstill)));
        waits
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: Read + Unpin> Read for Taken<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Taken<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(context, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.in_time(context, done)
    }
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

    /// Of a server that soon loses its patience.
    const SHORT: Duration = Duration::from_millis(400);
    /// Longest that anything here may take; nothing waits that long where all is well.
    const BOUND: Duration = Duration::from_secs(60);
    /// Of a server that does not lose its patience here.
    const LONG: Duration = Duration::from_secs(600);
    /// More than the sockets of both sides hold.
    const LARGE: usize = 64 * 1024 * 1024;

    async fn started(
        connections: usize,
        patience: Duration,
        standstill: Duration,
    ) -> (u16, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let bounds = Bounds {
            connections,
            patience,
            standstill,
        };
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/large", get(|| async { vec![b'x'; LARGE] }))
            .route(
                "/late",
                get(|| async {
                    sleep(2 * SHORT).await;
                    "late"
                }),
            );
        let answering = tokio::spawn(answer(listener, router, bounds, async {
            let _ = stopped.await;
        }));
        (port, stop, answering)
    }

    async fn connect(port: u16) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap()
    }

    /// A connection over which something was asked for, and stays.
    async fn asking(port: u16, path: &str) -> TcpStream {
        let mut stream = connect(port).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
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
        let (port, _stop, _answering) = started(PLACES, SHORT, LONG).await;
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
        let (port, _stop, _answering) = started(1, SHORT, LONG).await;
        let mut stream = asking(port, "/").await;
        // It is not asked to close, and is closed all the same; until then it holds the only place.
        assert!(heard(&mut stream).await.contains("200 OK"));
        assert!(ask(port).await.ends_with("here"));
    }

    #[tokio::test]
    async fn an_answer_that_comes_late_is_not_cut_off() {
        let (port, _stop, _answering) = started(1, SHORT, SHORT).await;
        let mut stream = asking(port, "/late").await;
        assert!(heard(&mut stream).await.ends_with("late"));
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
        let (port, _stop, _answering) = started(1, LONG, SHORT).await;
        let mut idle = asking(port, "/large").await;
        let answer = tokio::time::timeout(BOUND, ask(port)).await.expect("an answer");
        assert!(answer.ends_with("here"), "{answer}");
        assert!(heard(&mut idle).await.len() < LARGE, "it was cut off");
    }

    #[tokio::test]
    async fn a_client_that_takes_its_answer_in_small_pieces_gets_all_of_it() {
        let (port, _stop, _answering) = started(1, LONG, SHORT).await;
        let mut slow = asking(port, "/large").await;
        let mut piece = vec![0; LARGE / 8];
        for _ in 0..8 {
            sleep(SHORT / 4).await;
            let read = tokio::time::timeout(BOUND, slow.read_exact(&mut piece)).await;
            read.expect("the answer goes on").unwrap();
        }
    }

    #[tokio::test]
    async fn no_more_connections_are_answered_at_once_than_there_are_places() {
        let (port, _stop, _answering) = started(1, LONG, LONG).await;
        let mut first = asking(port, "/").await;
        let mut begin = [0; 15];
        first.read_exact(&mut begin).await.unwrap();
        let second = tokio::spawn(async move { ask(port).await });
        sleep(SHORT / 4).await;
        assert!(!second.is_finished(), "the only place is taken");
        drop(first);
        assert!(second.await.unwrap().ends_with("here"));
    }

    #[tokio::test]
    async fn at_the_end_the_port_closes_and_resting_connections_go() {
        let (port, stop, answering) = started(4, LONG, LONG).await;
        let mut resting = asking(port, "/").await;
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
