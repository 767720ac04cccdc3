//! The simulation's side of [`crate::seams`].

use std::borrow::Borrow;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::thread::ThreadId;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;

use super::servers;
use super::stage::{Stage, lock, stage};

/// Longer than SQLite ever takes.
const STUCK: Duration = Duration::from_secs(60);

/// The simulated time.
pub(crate) fn now() -> Option<Timestamp> {
    stage().map(|stage| stage.now())
}

pub(crate) fn has_no_tls() -> bool {
    stage().is_some()
}

/// The program may die here.
pub(crate) async fn step(name: &str) {
    if let Some(stage) = stage()
        && !stage.lives_on(name)
    {
        std::future::pending::<()>().await;
    }
}

/// The program may die here; it is dead from its next wait on.
pub(crate) fn pass(name: &str) {
    if let Some(stage) = stage() {
        stage.lives_on(name);
    }
}

pub(crate) fn file_trouble() -> io::Result<()> {
    match stage() {
        Some(stage) => stage.file_trouble(),
        None => Ok(()),
    }
}

impl Stage {
    fn file_trouble(&self) -> io::Result<()> {
        let trouble = self.weather().files;
        if !self.chance(trouble) {
            return Ok(());
        }
        let is_full = self.chance(500);
        self.note(format!("file trouble, disk full: {is_full}"));
        Err(match is_full {
            true => io::ErrorKind::StorageFull.into(),
            false => io::Error::other("simulated input/output error"),
        })
    }
}

/// While one is there, the program waits for the ledger and for nothing else.
pub(crate) struct Busy(Option<Arc<Stage>>);

impl Busy {
    pub(crate) fn now() -> Busy {
        let stage = stage();
        if let Some(stage) = &stage {
            stage.go_outside();
        }
        Busy(stage)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(stage) = &self.0 {
            stage.come_back();
        }
    }
}

/// Lets nothing else go on while `future` waits for the ledger's thread, so that its speed decides nothing.
pub(crate) fn lockstep<F: Future>(future: F) -> Lockstep<F> {
    Lockstep(Box::pin(future))
}

/// A future whose every wait is for another thread.
pub(super) async fn outside<F: Future>(future: F) -> F::Output {
    let _busy = Busy::now();
    lockstep(future).await
}

pub(crate) struct Lockstep<F>(Pin<Box<F>>);

impl<F: Future> Future for Lockstep<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(stage) = stage() else {
            return self.0.as_mut().poll(context);
        };
        let alarm = Arc::new(Alarm {
            is_ringing: Mutex::new(false),
            rings: Condvar::new(),
            thread: std::thread::current().id(),
            parent: context.waker().clone(),
        });
        let waker = Waker::from(Arc::clone(&alarm));
        loop {
            *lock(&alarm.is_ringing) = false;
            let polled = self.0.as_mut().poll(&mut Context::from_waker(&waker));
            if polled.is_ready() || stage.is_dead() || !stage.is_outside() {
                return polled;
            }
            let ringing = lock(&alarm.is_ringing);
            let waited = alarm
                .rings
                .wait_timeout_while(ringing, STUCK, |is_ringing| !*is_ringing);
            assert!(
                waited.is_ok_and(|(_, waited)| !waited.timed_out()),
                "the ledger does not answer"
            );
        }
    }
}

/// Wakes the thread that waits. Wakes from this very thread go on to the runtime; the ledger's do not: whether it was
/// quick enough to need none must not show.
struct Alarm {
    is_ringing: Mutex<bool>,
    rings: Condvar,
    thread: ThreadId,
    parent: Waker,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *lock(&self.is_ringing) = true;
        self.rings.notify_all();
        if std::thread::current().id() == self.thread {
            self.parent.wake_by_ref();
        }
    }
}

/// A connection: to one of the simulated servers, or TCP outside of the simulation.
pub(crate) enum Socket {
    Tcp(TcpStream),
    Simulated(Arc<Stage>, DuplexStream),
}

impl Socket {
    pub(crate) async fn connect(address: impl Borrow<SocketAddr>) -> io::Result<Socket> {
        let address = *address.borrow();
        let Some(stage) = stage() else {
            return TcpStream::connect(address).await.map(Socket::Tcp);
        };
        step("connect").await;
        let stream = servers::connect(&stage, address.port()).await?;
        Ok(Socket::Simulated(stage, stream))
    }

    pub(crate) fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        match self {
            Socket::Tcp(stream) => stream.set_nodelay(nodelay),
            Socket::Simulated(..) => Ok(()),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Socket::Simulated(stage, stream) => {
                if stage.is_dead() {
                    return Poll::Pending;
                }
                let read = ready!(Pin::new(stream).poll_read(context, buffer));
                match stage.lives_on("read") {
                    true => Poll::Ready(read),
                    false => Poll::Pending,
                }
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Socket::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Socket::Simulated(stage, stream) => match stage.lives_on("write") {
                true => Pin::new(stream).poll_write(context, bytes),
                false => Poll::Pending,
            },
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Socket::Simulated(_, stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Socket::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Socket::Simulated(_, stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// Runs work on files; at once in the simulation.
pub(crate) async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    if stage().is_none() {
        return tokio::task::spawn_blocking(work)
            .await
            .map_err(io::Error::other)
            .flatten();
    }
    step("file").await;
    let done = work();
    step("file done").await;
    done
}

/// Files: tokio's outside of the simulation; in it they are read and written at once, by this thread.
pub(crate) mod files {
    use super::*;

    pub(crate) async fn metadata(path: impl AsRef<Path>) -> io::Result<std::fs::Metadata> {
        match stage() {
            None => tokio::fs::metadata(path).await,
            Some(_) => std::fs::metadata(path),
        }
    }

    pub(crate) async fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
        match stage() {
            None => tokio::fs::read(path).await,
            Some(stage) => stage.file_trouble().and_then(|()| std::fs::read(path)),
        }
    }

    pub(crate) async fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        match stage() {
            None => {
                let bytes = bytes.as_ref().to_vec();
                tokio::fs::write(path, bytes).await
            }
            Some(stage) => stage.file_trouble().and_then(|()| std::fs::write(path, bytes)),
        }
    }

    pub(crate) async fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
        match stage() {
            None => tokio::fs::remove_file(path).await,
            Some(stage) => stage.file_trouble().and_then(|()| std::fs::remove_file(path)),
        }
    }

    pub(crate) enum File {
        Tokio(tokio::fs::File),
        Here(std::fs::File),
    }

    impl File {
        pub(crate) async fn create(path: impl AsRef<Path>) -> io::Result<File> {
            match stage() {
                None => tokio::fs::File::create(path).await.map(File::Tokio),
                Some(stage) => stage
                    .file_trouble()
                    .and_then(|()| std::fs::File::create(path).map(File::Here)),
            }
        }

        pub(crate) async fn open(path: impl AsRef<Path>) -> io::Result<File> {
            match stage() {
                None => tokio::fs::File::open(path).await.map(File::Tokio),
                Some(stage) => stage
                    .file_trouble()
                    .and_then(|()| std::fs::File::open(path).map(File::Here)),
            }
        }
    }

    impl AsyncRead for File {
        fn poll_read(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            match self.get_mut() {
                File::Tokio(file) => Pin::new(file).poll_read(context, buffer),
                File::Here(file) => {
                    let count = io::Read::read(file, buffer.initialize_unfilled())?;
                    buffer.advance(count);
                    Poll::Ready(Ok(()))
                }
            }
        }
    }

    impl AsyncWrite for File {
        fn poll_write(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            match self.get_mut() {
                File::Tokio(file) => Pin::new(file).poll_write(context, bytes),
                File::Here(file) => {
                    super::file_trouble()?;
                    Poll::Ready(io::Write::write(file, bytes))
                }
            }
        }

        fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            match self.get_mut() {
                File::Tokio(file) => Pin::new(file).poll_flush(context),
                File::Here(_) => Poll::Ready(Ok(())),
            }
        }

        fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            match self.get_mut() {
                File::Tokio(file) => Pin::new(file).poll_shutdown(context),
                File::Here(_) => Poll::Ready(Ok(())),
            }
        }
    }
}
