//! Lines over a socket, bounded in length and in time, for both demo servers.

use std::io;

use karamail_core::limits::{DEMO_CONNECTIONS, DEMO_IDLE, DEMO_LINE_BYTES};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// One connection.
pub(super) struct Wire {
    reader: BufReader<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
}

/// A command line: its verb in upper case, and what follows.
pub(super) struct Command {
    pub(super) verb: String,
    pub(super) argument: String,
}

/// Serves every connection until the task is dropped, and all connections with it.
pub(super) async fn accept<S, F>(listener: TcpListener, too_many: &'static str, serve: S)
where
    S: Fn(Wire) -> F,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: nothing tells us when it is over, and asking at once would spin.
            sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let mut wire = Wire::new(stream);
        if connections.len() < DEMO_CONNECTIONS {
            connections.spawn(serve(wire));
        } else {
            let _ = wire.say(too_many).await;
            let _ = wire.flush().await;
        }
    }
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        // Without this a reply waits for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        Wire {
            reader: BufReader::new(reader),
            writer: BufWriter::new(writer),
        }
    }

    /// The next line with its line end; `None` where the other side has closed, also in the middle of a line.
    ///
    /// Replies are sent when no whole line is waiting, so that a pipelined batch is answered in one go
    /// (RFC 2449 section 6.6, RFC 2920 section 3.2).
    pub(super) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if !self.reader.buffer().contains(&b'\n') {
            self.flush().await?;
        }
        let mut line = Vec::new();
        let mut bounded = (&mut self.reader).take(DEMO_LINE_BYTES as u64);
        timeout(DEMO_IDLE, bounded.read_until(b'\n', &mut line)).await??;
        if line.len() >= DEMO_LINE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"));
        }
        Ok(line.ends_with(b"\n").then_some(line))
    }

    /// The next line as a command.
    pub(super) async fn command(&mut self) -> io::Result<Option<Command>> {
        let Some(line) = self.line().await? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        let (verb, argument) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Some(Command {
            verb: verb.to_ascii_uppercase(),
            argument: argument.to_owned(),
        }))
    }

    /// Writes one line; it goes out with the next [`Wire::line`] or [`Wire::flush`].
    pub(super) async fn say(&mut self, text: &str) -> io::Result<()> {
        self.write(text.as_bytes()).await?;
        self.write(b"\r\n").await
    }

    /// Writes bytes as they are.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        timeout(DEMO_IDLE, self.writer.write_all(bytes)).await?
    }

    /// Sends what was written.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        timeout(DEMO_IDLE, self.writer.flush()).await?
    }
}

/// The mail as whole lines, each ended by CRLF.
pub(super) fn whole_lines(mail: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(mail.len() + 2);
    for line in mail.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        lines.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        lines.extend_from_slice(b"\r\n");
    }
    lines
}
