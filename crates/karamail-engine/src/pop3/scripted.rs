//! A session over bytes that are known beforehand, for the fuzzers and their corpora: no socket, no waiting.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use karamail_core::pop3::{Login, Pop3Error};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::connect::{greet_and_log_in, login_settings, session_over};
use super::wire::{Stream, Wire};
use super::{Pop3Connection, Pop3Settings};
use crate::milestone::nobody;
use crate::secrets::Password;

/// What a server says, in the pieces in which it comes, and then how the connection ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<Tape>>);

/// What went over the connection.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// What is still to come, the next piece last.
    pub(crate) pieces: Vec<Vec<u8>>,
    /// Whether the connection is reset at the end, instead of closed.
    pub(crate) is_reset: bool,
    /// All that the program has read.
    pub(crate) read: Vec<u8>,
    /// All that it has written.
    pub(crate) written: Vec<u8>,
    /// How often it read behind the end.
    pub(crate) reads_behind_the_end: usize,
}

impl Script {
    pub(crate) fn new(pieces: impl DoubleEndedIterator<Item = Vec<u8>>, is_reset: bool) -> Script {
        Script(Arc::new(Mutex::new(Tape {
            pieces: pieces.rev().collect(),
            is_reset,
            ..Tape::default()
        })))
    }

    pub(crate) fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Script {
    fn poll_read(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut tape = self.tape();
        let Some(piece) = tape.pieces.pop() else {
            tape.reads_behind_the_end += 1;
            return Poll::Ready(match tape.is_reset {
                true => Err(io::ErrorKind::ConnectionReset.into()),
                false => Ok(()),
            });
        };
        let (now, later) = piece.split_at(piece.len().min(buffer.remaining()));
        buffer.put_slice(now);
        tape.read.extend_from_slice(now);
        if !later.is_empty() {
            tape.pieces.push(later.to_vec());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script {
    fn poll_write(self: Pin<&mut Self>, _context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.tape().written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Pop3Connection {
    /// Logs in over a script as [`Pop3Connection::open`] does over a socket.
    pub(crate) async fn open_scripted(
        settings: &Pop3Settings,
        password: &Password,
        asks_capabilities: bool,
        script: &Script,
    ) -> Result<Self, Pop3Error> {
        let mut login = Login::new(login_settings(settings, password, asks_capabilities));
        let stream = Stream::Scripted(script.clone());
        let wire = Wire::new(
            stream,
            settings.read_timeout,
            settings.session_timeout,
            Instant::now(),
        );
        let logged_in = greet_and_log_in(settings, &mut login, wire, None, &nobody).await;
        let opened =
            logged_in.and_then(|wire| Ok((wire, login.into_transaction().ok_or_else(session_over)?)));
        match opened {
            Ok((wire, session)) => Ok(Pop3Connection::new(settings, wire, session)),
            Err(fault) => Err(Pop3Error {
                host: settings.host.clone(),
                port: settings.port,
                fault,
            }),
        }
    }

    /// How many bytes were read and are not used yet.
    pub(crate) fn unread(&self) -> usize {
        self.wire.unread().len()
    }
}
