//! The tray program's local socket, from a window's side. HTTP as `karamail-window` speaks it.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest an answer may take.
const ANSWER: Duration = Duration::from_secs(60);

/// A way to a tray program.
#[derive(Clone, Debug)]
pub struct Link {
    path: PathBuf,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub code: u16,
    /// The body.
    pub body: String,
}

impl Link {
    /// At this socket.
    pub fn at(path: PathBuf) -> Link {
        Link { path }
    }

    /// The socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether somebody answers there.
    pub fn answers(&self) -> bool {
        self.ask("GET", "/about", "").is_ok()
    }

    /// The page that a window shall show, once it is another wish than the one seen: a count and a path.
    pub fn page(&self, seen: u64) -> (u64, String) {
        let answer = self.get(&format!("/desk/page?seen={seen}"));
        let (count, path) = answer.body.split_once(' ').expect("a count and a path");
        (count.parse().expect("a count"), path.to_owned())
    }

    /// Asks for a page; panics where nobody answers.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "").expect("the program answers")
    }

    /// Sends a form; panics where nobody answers.
    pub fn post(&self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, form).expect("the program answers")
    }

    /// Asks.
    ///
    /// # Errors
    /// Nobody listens, or the answer breaks off.
    pub fn ask(&self, method: &str, path: &str, form: &str) -> io::Result<Answer> {
        let mut stream = UnixStream::connect(&self.path)?;
        stream.set_read_timeout(Some(ANSWER))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: karamail\r\nConnection: close\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
        let code = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Ok(Answer {
            code: code.ok_or_else(broken)?,
            body: body.to_owned(),
        })
    }
}
