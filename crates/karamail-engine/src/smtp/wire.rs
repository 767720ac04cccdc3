//! The stream that lettre speaks over: it keeps the server's last answer as it was sent, and bounds time and size.
//!
//! lettre's asynchronous connection has no time-outs after connecting, fails on answers that are not UTF-8 and drops
//! codes it does not know (docs/decisions/0021-lettre-below-its-pool.md). So everything it reads passes here first.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use karamail_core::limits::SMTP_ANSWER_BYTES;
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream of bytes in the clear: TCP, or TLS over it.
pub(super) trait Clear: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static> Clear for T {}

/// The bytes that the server sent since we last wrote; shared between the wire and the session.
#[derive(Clone, Default)]
pub(super) struct LastAnswer(Arc<Mutex<Exchange>>);

#[derive(Default)]
struct Exchange {
    answer: Vec<u8>,
    has_written: bool,
}

impl LastAnswer {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.lock().answer.clone()
    }

    /// Whether we have said anything yet; before that, the server's greeting is awaited.
    pub(super) fn has_written(&self) -> bool {
        self.lock().has_written
    }

    fn clear(&self) {
        let mut exchange = self.lock();
        exchange.answer.clear();
        exchange.has_written = true;
    }

    /// Fails where the answer grows beyond all bounds.
    fn add(&self, bytes: &[u8]) -> io::Result<()> {
        let answer = &mut self.lock().answer;
        answer.extend_from_slice(bytes);
        if answer.len() > SMTP_ANSWER_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "answer too long"));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Wire {
    stream: Box<dyn Clear>,
    peer: SocketAddr,
    last_answer: LastAnswer,
    /// Handed out before anything is read from the stream.
    primed: &'static [u8],
    /// Says HELO where lettre says EHLO.
    says_helo: bool,
    /// How long nothing may move in either direction.
    patience: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Wire {
    /// `primed` is read first: after STARTTLS the server greets no more, yet lettre waits for a greeting. `says_helo` is
    /// for servers that do not know EHLO, which is all that lettre says.
    pub(super) fn new(
        stream: Box<dyn Clear>,
        peer: SocketAddr,
        primed: &'static [u8],
        says_helo: bool,
        patience: Duration,
    ) -> (Wire, LastAnswer) {
        let last_answer = LastAnswer::default();
        let timer = Box::pin(sleep(patience));
        (
            Wire {
                stream,
                peer,
                last_answer: last_answer.clone(),
                primed,
                says_helo,
                patience,
                timer,
            },
            last_answer,
        )
    }

    /// Passes a result of the stream on; while nothing moves, the timer runs.
    fn timed<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.timer.as_mut().reset(Instant::now() + self.patience);
            return result;
        }
        self.timer
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        if !wire.primed.is_empty() {
            let (now, later) = wire.primed.split_at(wire.primed.len().min(buffer.remaining()));
            buffer.put_slice(now);
            wire.primed = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let result = Pin::new(&mut wire.stream).poll_read(context, buffer);
        if let Poll::Ready(Ok(())) = result {
            let read = buffer.filled_mut().get_mut(before..).unwrap_or_default();
            wire.last_answer.add(read)?;
            // lettre takes UTF-8 only; the true bytes are in the last answer.
            read.iter_mut()
                .filter(|byte| !byte.is_ascii())
                .for_each(|byte| *byte = b'?');
        }
        wire.timed(context, result)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = &mut *self;
        wire.last_answer.clear();
        let helo = match bytes.strip_prefix(b"EHLO") {
            Some(name) if wire.says_helo => Some([b"HELO", name].concat()),
            _ => None,
        };
        let bytes = helo.as_deref().unwrap_or(bytes);
        let result = Pin::new(&mut wire.stream).poll_write(context, bytes);
        wire.timed(context, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        let result = Pin::new(&mut wire.stream).poll_flush(context);
        wire.timed(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        let result = Pin::new(&mut wire.stream).poll_shutdown(context);
        wire.timed(context, result)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Wire({})", self.peer)
    }
}
