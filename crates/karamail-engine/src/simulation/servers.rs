//! The simulated network: which server listens where, and a line that may be cut at any byte.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::stage::Stage;
use super::{pop3, smtp};

/// POP3 servers listen on this port and the ones behind it, one a mailbox; so do SMTP servers on theirs.
pub(super) const POP3_PORT: u16 = 11_000;
pub(super) const SMTP_PORT: u16 = 12_000;
/// Longest line that a server reads.
const LINE_BYTES: u64 = 64 * 1024;

/// The line is cut, or the other side has hung up.
#[derive(Debug)]
pub(super) struct Cut;

/// Connects the program to the server behind a port.
pub(super) async fn connect(stage: &Arc<Stage>, port: u16) -> io::Result<DuplexStream> {
    let weather = stage.weather().clone();
    if stage.chance(weather.unreached) {
        stage.note(format!("{port} is not reached"));
        std::future::pending::<()>().await;
    }
    if stage.chance(weather.refused) {
        stage.note(format!("{port} refuses the connection"));
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let budget = match stage.chance(weather.cut) {
        true => Some(stage.dice().between(1, weather.cut_within)),
        false => None,
    };
    let room = *stage.dice().one_of(&[256, 4_096, 65_536]);
    let (ours, theirs) = tokio::io::duplex(room);
    let line = Line {
        stage: Arc::clone(stage),
        stream: BufReader::new(theirs),
        budget,
        name: port.to_string(),
    };
    let stage = Arc::clone(stage);
    tokio::spawn(async move {
        let nth = usize::from(port % 1_000);
        let name = line.name.clone();
        let ended = match port >= SMTP_PORT {
            true => smtp::serve(&stage, line).await,
            false => pop3::serve(&stage, nth, line).await,
        };
        if ended.is_err() {
            stage.note(format!("{name} cut"));
        }
    });
    Ok(ours)
}

/// The server's end of a connection.
pub(super) struct Line {
    stage: Arc<Stage>,
    stream: BufReader<DuplexStream>,
    /// Bytes until the line is cut, both ways.
    budget: Option<u64>,
    name: String,
}

impl Line {
    /// The next line of the program, without its end.
    pub(super) async fn hear(&mut self) -> Result<Vec<u8>, Cut> {
        let mut line = self.hear_exactly().await?;
        line.truncate(line.trim_ascii_end().len());
        Ok(line)
    }

    /// The next line of the program.
    pub(super) async fn hear_exactly(&mut self) -> Result<Vec<u8>, Cut> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LINE_BYTES);
        let count = limited.read_until(b'\n', &mut line).await.map_err(|_| Cut)?;
        if !line.ends_with(b"\n") {
            return Err(Cut);
        }
        self.spend(count as u64)?;
        Ok(line)
    }

    /// Says it, as the weather lets it.
    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        let weather = self.stage.weather().clone();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)])
            .escape_debug()
            .to_string();
        self.stage
            .note(format!("{} says {shown} ({} bytes)", self.name, bytes.len()));
        let piece = match self.stage.chance(weather.dribble) {
            true => self.stage.dice().between(1, 40) as usize,
            false => bytes.len().max(1),
        };
        let stalls_at = match self.stage.chance(weather.stall) {
            true => Some(self.stage.dice().below(bytes.len() as u64 + 1) as usize),
            false => None,
        };
        let mut said = 0;
        for part in bytes.chunks(piece) {
            if stalls_at.is_some_and(|at| (said..said + part.len()).contains(&at)) {
                let seconds = *self.stage.dice().one_of(&[1, 10, 45, 200]);
                self.stage.note(format!("{} stalls for {seconds} s", self.name));
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            said += part.len();
            let left = self
                .budget
                .map_or(part.len(), |left| (left as usize).min(part.len()));
            self.stream.write_all(&part[..left]).await.map_err(|_| Cut)?;
            self.spend(part.len() as u64)?;
            if piece < bytes.len() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Cut> {
        let Some(left) = &mut self.budget else {
            return Ok(());
        };
        match left.checked_sub(bytes) {
            Some(rest) if rest > 0 => {
                *left = rest;
                Ok(())
            }
            _ => Err(Cut),
        }
    }
}
