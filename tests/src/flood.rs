//! A POP3 server with mails too large to be kept: each is made while it is sent, so the test itself needs no memory for it.

use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Writes a part of a mail.
pub type Writing = dyn Fn(&mut dyn Write) -> io::Result<()> + Send + Sync;

/// A mail that is written anew whenever it is asked for: its header without the empty line behind it, then its body.
pub struct FloodMail {
    /// The size that the server lists.
    pub listed: u64,
    /// Writes the header, lines with CRLF.
    pub header: Box<Writing>,
    /// Writes the body, lines with CRLF and dots doubled.
    pub body: Box<Writing>,
}

/// The running server; it takes connections until the test ends.
pub struct Flood {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    mails: Vec<FloodMail>,
    deleted: Mutex<Vec<usize>>,
    has_top: AtomicBool,
    sent: AtomicU64,
}

impl Flood {
    /// Starts it with these mails.
    pub fn start(mails: Vec<FloodMail>, has_top: bool) -> Flood {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("a bound port").port();
        let shared = Arc::new(Shared {
            mails,
            deleted: Mutex::default(),
            has_top: AtomicBool::new(has_top),
            sent: AtomicU64::new(0),
        });
        let for_threads = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&for_threads);
                // A client that breaks off is no failure of the server.
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Flood { port, shared }
    }

    /// The port on 127.0.0.1. No TLS; any user and password.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The numbers of the mails that were deleted by a session that ended well, from 1.
    pub fn deleted(&self) -> Vec<usize> {
        let mut deleted = self.shared.deleted().clone();
        deleted.sort_unstable();
        deleted
    }

    /// Bytes of mails sent so far.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn deleted(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.deleted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts what goes through.
struct Counted<'a, W> {
    to: W,
    shared: &'a Shared,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.shared.sent.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut to = Counted {
        to: BufWriter::with_capacity(256 * 1024, stream),
        shared,
    };
    to.write_all(b"+OK ready\r\n")?;
    to.flush()?;
    let gone = shared.deleted().clone();
    let there: Vec<usize> = (1..=shared.mails.len())
        .filter(|number| !gone.contains(number))
        .collect();
    let mut asked_to_go = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let number: Option<usize> = words.get(1).and_then(|word| word.parse().ok());
        let mail = number.and_then(|number| shared.mails.get(number.wrapping_sub(1)));
        match (words.first().copied().unwrap_or_default(), mail) {
            ("CAPA", _) if shared.has_top.load(Ordering::Relaxed) => {
                to.write_all(b"+OK\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n")?
            }
            ("CAPA", _) => to.write_all(b"+OK\r\nUIDL\r\nUSER\r\n.\r\n")?,
            ("LIST", _) => listing(&mut to, &there, |number| listed(shared, number))?,
            ("UIDL", _) => listing(&mut to, &there, |number| format!("mail-{number}"))?,
            ("TOP", Some(mail)) if shared.has_top.load(Ordering::Relaxed) => {
                to.write_all(b"+OK\r\n")?;
                (mail.header)(&mut to)?;
                to.write_all(b"\r\n.\r\n")?;
            }
            ("RETR", Some(mail)) => {
                to.write_all(b"+OK\r\n")?;
                (mail.header)(&mut to)?;
                to.write_all(b"\r\n")?;
                (mail.body)(&mut to)?;
                to.write_all(b"\r\n.\r\n")?;
            }
            ("DELE", Some(_)) => {
                asked_to_go.extend(number);
                to.write_all(b"+OK\r\n")?;
            }
            ("QUIT", _) => {
                shared.deleted().append(&mut asked_to_go);
                to.write_all(b"+OK\r\n")?;
                return to.flush();
            }
            ("USER" | "PASS" | "NOOP" | "RSET" | "STAT", _) => to.write_all(b"+OK 1 1\r\n")?,
            _ => to.write_all(b"-ERR no\r\n")?,
        }
        to.flush()?;
    }
}

fn listed(shared: &Shared, number: usize) -> String {
    let mail = shared.mails.get(number.wrapping_sub(1));
    mail.map_or(0, |mail| mail.listed).to_string()
}

fn listing(to: &mut impl Write, there: &[usize], what: impl Fn(usize) -> String) -> io::Result<()> {
    to.write_all(b"+OK\r\n")?;
    for number in there {
        write!(to, "{number} {}\r\n", what(*number))?;
    }
    to.write_all(b".\r\n")
}
