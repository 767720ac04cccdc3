//! An SMTP server that remembers what it accepted, for ever and byte for byte, and can misbehave on purpose.
//!
//! A mail is recorded before its `250` is written: what is not in [`Sink::accepted`] was never accepted, and a client
//! that did not hear the answer must reckon with either.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What the sink does with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 250 after the dot.
    Accept,
    /// Takes the mail, then drops the connection before the answer.
    AcceptAndDrop,
    /// Drops the connection after the dot without taking the mail.
    Drop,
    /// 451 after the dot.
    Again,
    /// 550 after the dot, as docomo does where the customer's filter refuses.
    Refuse,
    /// 550 at RCPT.
    RefuseRecipient,
    /// 421 at RCPT, then the connection ends.
    ServiceEnds,
    /// 550 at RCPT, as servers with POP before SMTP say it where no login came before.
    WantsPopLogin,
}

/// A mail the sink accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The path of MAIL FROM without its angle brackets.
    pub from: String,
    /// The paths of RCPT TO without their angle brackets.
    pub to: Vec<String>,
    /// The Message-ID with its angle brackets; empty where there is none.
    pub message_id: String,
    /// The mail as sent, without dot-stuffing.
    pub bytes: Vec<u8>,
}

/// The running sink; it ends when dropped.
pub struct Sink {
    port: u16,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

type Plan = dyn Fn(usize, &str) -> Answer + Send + Sync;

struct Shared {
    plan: Box<Plan>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    accepted: Vec<Accepted>,
    /// When each was accepted.
    accepted_at: Vec<Instant>,
    /// Recipients named so far, refused ones too.
    recipients: usize,
    ended: bool,
}

impl Sink {
    /// Starts a sink that accepts everything.
    pub fn start() -> Sink {
        Sink::with_plan(|_, _| Answer::Accept)
    }

    /// Starts a sink that asks `plan` at each RCPT, with how many came before and the path.
    pub fn with_plan(plan: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Sink {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("a bound port").port();
        let shared = Arc::new(Shared {
            plan: Box::new(plan),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let for_threads = shared.clone();
        let listening = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_threads.state().ended {
                    return;
                }
                let shared = for_threads.clone();
                // A client that breaks off is no failure of the sink; what it accepted is recorded.
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Sink {
            port,
            shared,
            listening: Some(listening),
        }
    }

    /// The port on 127.0.0.1. No TLS; AUTH takes any password.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything accepted so far, in order; a mail accepted twice is here twice.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.state().accepted.clone()
    }

    /// When each mail of [`Sink::accepted`] was accepted.
    pub fn accepted_at(&self) -> Vec<Instant> {
        self.shared.state().accepted_at.clone()
    }

    /// How many recipients were named so far, refused ones too.
    pub fn recipients(&self) -> usize {
        self.shared.state().recipients
    }

    /// How many mails were accepted so far.
    pub fn count(&self) -> usize {
        self.shared.state().accepted.len()
    }

    /// Waits until `count` mails or more were accepted; false where that takes longer than `bound`.
    pub fn wait_for(&self, count: usize, bound: Duration) -> bool {
        let too_few = |state: &mut State| state.accepted.len() < count;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.shared.state(), bound, too_few);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        // Wakes the listening thread, which then sees that it is over.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan_for(&self, path: &str) -> Answer {
        let before = {
            let mut state = self.state();
            state.recipients += 1;
            state.recipients - 1
        };
        (self.plan)(before, path)
    }

    fn accept(&self, from: &str, to: Vec<String>, bytes: Vec<u8>) {
        let message_id = crate::mails::header(&bytes, "Message-ID").unwrap_or_default();
        let mut state = self.state();
        state.accepted.push(Accepted {
            from: from.to_owned(),
            to,
            message_id,
            bytes,
        });
        state.accepted_at.push(Instant::now());
        drop(state);
        self.changed.notify_all();
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // So that a thread does not outlive its test by much where a client never closes.
    stream.set_read_timeout(Some(Duration::from_secs(300)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    writer.write_all(b"220 sink.example ESMTP\r\n")?;
    let (mut from, mut to, mut answer) = (String::new(), Vec::new(), Answer::Accept);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-sink.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN",
            "MAIL" => {
                (from, to, answer) = (path(&line), Vec::new(), Answer::Accept);
                "250 2.1.0 Ok"
            }
            "RCPT" => {
                answer = shared.plan_for(&path(&line));
                match answer {
                    Answer::RefuseRecipient => "550 5.1.1 Unknown user",
                    Answer::WantsPopLogin => "550 Relaying denied. Check for new mail first.",
                    Answer::ServiceEnds => {
                        writer.write_all(b"421 4.3.2 Closing\r\n")?;
                        return Ok(());
                    }
                    _ => {
                        to.push(path(&line));
                        "250 2.1.5 Ok"
                    }
                }
            }
            "DATA" if to.is_empty() => "503 5.5.1 RCPT comes first",
            "DATA" => {
                writer.write_all(b"354 Go on\r\n")?;
                let bytes = content(&mut reader)?;
                let to = std::mem::take(&mut to);
                match answer {
                    Answer::Drop => return Ok(()),
                    Answer::Again => "451 4.7.1 Greylisted",
                    Answer::Refuse => "550 5.2.0 Refused by the recipient's filter",
                    Answer::AcceptAndDrop => {
                        shared.accept(&from, to, bytes);
                        return Ok(());
                    }
                    _ => {
                        shared.accept(&from, to, bytes);
                        "250 2.0.0 Ok"
                    }
                }
            }
            "AUTH" if line.trim_end().eq_ignore_ascii_case("AUTH LOGIN") => {
                for challenge in ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"] {
                    writer.write_all(challenge.as_bytes())?;
                    reader.read_line(&mut line)?;
                }
                "235 2.7.0 Welcome"
            }
            "AUTH" => "235 2.7.0 Welcome",
            "RSET" => {
                to.clear();
                "250 2.0.0 Ok"
            }
            "HELO" | "NOOP" => "250 2.0.0 Ok",
            "QUIT" => {
                writer.write_all(b"221 2.0.0 Bye\r\n")?;
                return Ok(());
            }
            _ => "502 5.5.1 Not a command",
        };
        writer.write_all(format!("{reply}\r\n").as_bytes())?;
    }
}

fn path(line: &str) -> String {
    let path = line.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    path.map_or("", |(path, _)| path).to_owned()
}

/// The mail up to the lone dot; an error where the client breaks off, so that half a mail is never accepted.
fn content(reader: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.strip_prefix(b".") {
            Some(b"\r\n") => return Ok(bytes),
            Some(rest) => bytes.extend_from_slice(rest),
            None => bytes.extend_from_slice(&line),
        }
    }
}
