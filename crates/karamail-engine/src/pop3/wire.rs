//! The socket, plain or under TLS, its read buffer and its time limits.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use karamail_core::limits::{POP3_CLOSE, POP3_FIRST_READ_BUFFER_BYTES, POP3_READ_BUFFER_BYTES};
use karamail_core::pop3::Problem;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::client::TlsStream;
use zeroize::Zeroize;

use crate::seams::Socket;
use crate::tls::TlsTrouble;

/// The connection under a session.
pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
    #[cfg(any(test, feature = "fuzzing"))]
    Scripted(super::scripted::Script),
}

pub(super) struct Wire {
    stream: Stream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How much of the output was written.
    written: usize,
    must_flush: bool,
    read_timeout: Duration,
    session_timeout: Duration,
    began: Instant,
    session_ends: Instant,
}

impl Wire {
    /// `began` is when the session began, for its time limit.
    pub(super) fn new(
        stream: Stream,
        read_timeout: Duration,
        session_timeout: Duration,
        began: Instant,
    ) -> Self {
        Wire {
            stream,
            buffer: vec![0; POP3_FIRST_READ_BUFFER_BYTES],
            start: 0,
            end: 0,
            written: 0,
            must_flush: false,
            read_timeout,
            session_timeout,
            began,
            session_ends: began + session_timeout,
        }
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    pub(super) fn time_left(&self) -> Duration {
        self.session_ends.saturating_duration_since(Instant::now())
    }

    /// What was read and not yet used.
    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or(&[])
    }

    /// The first `count` bytes of [`Wire::unread`] are done with.
    pub(super) fn used(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Gives the stream back, to be put under TLS.
    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// Writes `output`, and returns once something was read, be `output` written whole or not; what is not stays in
    /// it. To be called with everything read used up.
    pub(super) async fn exchange(&mut self, output: &mut Vec<u8>) -> Result<(), Problem> {
        self.exchange_within(output, self.read_timeout).await
    }

    /// The same with another time limit.
    pub(super) async fn exchange_within(
        &mut self,
        output: &mut Vec<u8>,
        limit: Duration,
    ) -> Result<(), Problem> {
        // The last read filled it: more is waiting.
        if self.end == self.buffer.len() && self.end < POP3_READ_BUFFER_BYTES {
            self.buffer.resize(POP3_READ_BUFFER_BYTES, 0);
        }
        // A time-out is not looked at where something can be read at once: a server that talks without end would be heard
        // for ever.
        if self.time_left().is_zero() {
            return Err(Problem::SessionTimeLimit(self.session_timeout));
        }
        let deadline = (Instant::now() + limit).min(self.session_ends);
        match timeout_at(deadline, poll_fn(|context| self.poll_exchange(context, output))).await {
            Ok(Ok(0)) => Err(Problem::Dropped),
            Ok(Ok(count)) => {
                self.start = 0;
                self.end = count;
                Ok(())
            }
            Ok(Err(error)) => Err(match TlsTrouble::of(&error) {
                TlsTrouble::Closed => Problem::Dropped,
                trouble => super::connect::tls_problem(trouble),
            }),
            Err(_) if deadline == self.session_ends => Err(Problem::SessionTimeLimit(self.session_timeout)),
            Err(_) => Err(Problem::Hung(limit)),
        }
    }

    /// Says farewell to the TLS layer and the socket.
    pub(super) async fn close(&mut self) {
        // The session is over either way.
        let _ = timeout(POP3_CLOSE, self.stream.shutdown()).await;
    }

    fn poll_exchange(&mut self, context: &mut Context<'_>, output: &mut Vec<u8>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Err(_)) = self.poll_send(context, output) {
            // The server may have said why before it closed: what it said is read first.
            self.forget_output(output);
        }
        let mut buffer = ReadBuf::new(&mut self.buffer);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_send(&mut self, context: &mut Context<'_>, output: &mut Vec<u8>) -> Poll<io::Result<()>> {
        while let Some(rest) = output.get(self.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.written += count,
            }
            self.must_flush = true;
        }
        if !output.is_empty() {
            self.forget_output(output);
        }
        if self.must_flush {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.must_flush = false;
        }
        Poll::Ready(Ok(()))
    }

    /// The output may have held the password.
    fn forget_output(&mut self, output: &mut Vec<u8>) {
        output.zeroize();
        self.written = 0;
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
            #[cfg(any(test, feature = "fuzzing"))]
            Stream::Scripted(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(any(test, feature = "fuzzing"))]
            Stream::Scripted(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
            #[cfg(any(test, feature = "fuzzing"))]
            Stream::Scripted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
            #[cfg(any(test, feature = "fuzzing"))]
            Stream::Scripted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
