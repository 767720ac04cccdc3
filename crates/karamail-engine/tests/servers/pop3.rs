//! A scripted POP3 server: a sane one that asks its script before each answer, and does what the script says instead.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::wire::{Transport, dot_stuffed, drip};

/// A mail in the maildrop.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) uidl: String,
    /// As the server keeps it: it need not be sound.
    pub(crate) bytes: Vec<u8>,
}

/// What the client has just said, and what a sane server would answer.
pub(crate) struct Moment<'a> {
    /// Connections before this one.
    pub(crate) session: usize,
    /// The command in upper case, with AUTH's further lines as "AUTH"; "" is the greeting.
    pub(crate) verb: &'a str,
    pub(crate) argument: &'a str,
    /// How often this command came before in this session.
    pub(crate) nth: usize,
    pub(crate) usual: &'a [u8],
    /// Whether the session is logged in.
    pub(crate) is_logged_in: bool,
}

/// What the server does.
pub(crate) enum Act {
    /// What a sane server does.
    Usual,
    /// Does it, in these words.
    Say(Vec<u8>),
    /// Does not do it, and says this; the line end is added.
    Refuse(String),
    /// Says these bytes, does nothing, and closes.
    SayAndDrop(Vec<u8>),
    /// Closes at once.
    Drop,
    /// Does it and closes without a word.
    DoAndDrop,
    /// Says these bytes and nothing more until the client goes.
    Hang(Vec<u8>),
    /// +OK, and these bytes again and again until the client goes.
    Endless(Vec<u8>),
    /// The usual, byte by byte.
    Drip,
    /// The usual, after a while.
    Later(Duration),
    /// QUIT: deletes every other of the marked mails, and refuses.
    DeleteHalf,
}

/// The usual words with `from` replaced.
pub(crate) fn other_words(moment: &Moment<'_>, from: &str, to: &str) -> Act {
    Act::Say(
        String::from_utf8_lossy(moment.usual)
            .replace(from, to)
            .into_bytes(),
    )
}

pub(crate) type Script = dyn Fn(&Moment<'_>) -> Act + Send + Sync;

pub(crate) struct Pop3Server {
    pub(crate) port: u16,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    script: Box<Script>,
    is_sane: AtomicBool,
    mails: Mutex<Vec<Arc<Mail>>>,
    sessions: AtomicUsize,
    heard: Mutex<Vec<String>>,
    tls: Option<TlsAcceptor>,
}

impl Pop3Server {
    pub(crate) async fn start(mails: Vec<Mail>, tls: Option<TlsAcceptor>, script: Box<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            script,
            is_sane: AtomicBool::new(false),
            mails: Mutex::new(mails.into_iter().map(Arc::new).collect()),
            sessions: AtomicUsize::new(0),
            heard: Mutex::default(),
            tls,
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let _ = socket.set_nodelay(true);
                let session = shared.sessions.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(Arc::clone(&shared).connection(socket, session));
            }
        });
        Pop3Server { port, state, task }
    }

    /// From now on the server has no quirk; it may be another one, with unique ids of its own.
    pub(crate) fn heal(&self, uidls_change: bool) {
        self.state.is_sane.store(true, Ordering::SeqCst);
        for mail in self.state.mails().iter_mut().filter(|_| uidls_change) {
            let uidl = format!("moved-{}", mail.uidl);
            *mail = Arc::new(Mail {
                uidl,
                bytes: mail.bytes.clone(),
            });
        }
    }

    pub(crate) fn mails(&self) -> Vec<Arc<Mail>> {
        self.state.mails().clone()
    }

    /// Every command line but passwords' answers, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state.heard.lock().unwrap().clone()
    }
}

impl Drop for Pop3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the client has said so far.
#[derive(Default)]
struct Session {
    number: usize,
    mails: Vec<Arc<Mail>>,
    deleted: Vec<bool>,
    counts: Vec<(String, usize)>,
    /// Lines of an AUTH exchange still to come.
    auth_lines: usize,
    is_logged_in: bool,
}

enum Then {
    GoOn,
    StartTls,
    Close,
}

impl State {
    fn mails(&self) -> MutexGuard<'_, Vec<Arc<Mail>>> {
        self.mails.lock().unwrap()
    }

    async fn connection(self: Arc<Self>, socket: TcpStream, number: usize) {
        let mut session = Session {
            number,
            ..Session::default()
        };
        let stream: Box<dyn Transport> = Box::new(socket);
        if let Some(stream) = self.conversation(stream, &mut session, true).await
            && let Some(tls) = &self.tls
            && let Ok(stream) = tls.accept(stream).await
        {
            self.conversation(Box::new(stream), &mut session, false).await;
        }
    }

    /// Returns the stream where TLS is to start on it.
    async fn conversation(
        &self,
        stream: Box<dyn Transport>,
        session: &mut Session,
        greets: bool,
    ) -> Option<Box<dyn Transport>> {
        let mut stream = BufReader::new(stream);
        if greets && !matches!(self.answer(&mut stream, session, "", "").await, Then::GoOn) {
            return None;
        }
        loop {
            if !stream.buffer().contains(&b'\n') {
                stream.flush().await.ok()?;
            }
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            let line = line.trim_end_matches(['\r', '\n']);
            let (verb, argument) = match session.auth_lines {
                0 => line.split_once(' ').unwrap_or((line, "")),
                _ => ("AUTH", line),
            };
            self.heard.lock().unwrap().push(match session.auth_lines {
                0 => line.to_owned(),
                _ => "(answer)".to_owned(),
            });
            let verb = verb.to_ascii_uppercase();
            match self.answer(&mut stream, session, &verb, argument).await {
                Then::GoOn => {}
                Then::StartTls => {
                    stream.flush().await.ok()?;
                    return Some(stream.into_inner());
                }
                Then::Close => {
                    let _ = stream.shutdown().await;
                    return None;
                }
            }
        }
    }

    async fn answer(
        &self,
        stream: &mut BufReader<Box<dyn Transport>>,
        session: &mut Session,
        verb: &str,
        argument: &str,
    ) -> Then {
        let nth = session.count(verb);
        let usual = self.usual(session, verb, argument);
        let moment = Moment {
            session: session.number,
            verb,
            argument,
            nth,
            usual: &usual,
            is_logged_in: session.is_logged_in,
        };
        let act = match self.is_sane.load(Ordering::SeqCst) {
            true => Act::Usual,
            false => (self.script)(&moment),
        };
        let (words, does, closes) = match act {
            Act::Usual => (usual.clone(), true, false),
            Act::Later(pause) => {
                tokio::time::sleep(pause).await;
                (usual.clone(), true, false)
            }
            Act::Say(words) => (words, true, false),
            Act::Refuse(words) => (format!("{words}\r\n").into_bytes(), false, false),
            Act::SayAndDrop(words) => (words, false, true),
            Act::Drop => (Vec::new(), false, true),
            Act::DoAndDrop => (Vec::new(), true, true),
            Act::Hang(words) => {
                let _ = stream.write_all(&words).await;
                let _ = stream.flush().await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
                return Then::Close;
            }
            Act::Endless(words) => {
                let words = words.repeat(4_096);
                let mut written = stream.write_all(b"+OK\r\n").await;
                while written.is_ok() {
                    written = stream.write_all(&words).await;
                }
                return Then::Close;
            }
            Act::Drip => {
                session.act(self, verb, argument, &usual);
                return match drip(stream, &usual, Duration::from_micros(300)).await {
                    Ok(()) => session.after(verb),
                    Err(_) => Then::Close,
                };
            }
            Act::DeleteHalf => {
                session.keep_half();
                session.act(self, verb, argument, b"+OK");
                (
                    b"-ERR [SYS/TEMP] some messages were not removed\r\n".to_vec(),
                    false,
                    false,
                )
            }
        };
        if does {
            session.act(self, verb, argument, &usual);
        }
        let is_written = stream.write_all(&words).await.is_ok();
        if closes {
            let _ = stream.flush().await;
        }
        if closes || !is_written {
            return Then::Close;
        }
        if does { session.after(verb) } else { Then::GoOn }
    }

    fn usual(&self, session: &Session, verb: &str, argument: &str) -> Vec<u8> {
        let one_line = |text: &str| format!("{text}\r\n").into_bytes();
        let number = argument
            .split(' ')
            .next()
            .and_then(|word| word.parse::<usize>().ok());
        let mail = number.and_then(|number| session.mail(number));
        match verb {
            "" => one_line("+OK POP3 ready"),
            "CAPA" => {
                let stls = if self.tls.is_some() { "STLS\r\n" } else { "" };
                one_line(&format!("+OK\r\nUSER\r\nTOP\r\nUIDL\r\nRESP-CODES\r\n{stls}."))
            }
            "STLS" if self.tls.is_some() => one_line("+OK begin TLS"),
            "USER" | "PASS" | "APOP" | "NOOP" | "RSET" => one_line("+OK"),
            "AUTH" if session.auth_lines == 0 && !argument.contains(' ') => one_line("+ "),
            "AUTH" => one_line("+OK logged in"),
            "STAT" => one_line(&format!("+OK {} {}", session.listed().count(), session.octets())),
            "LIST" => session.lines(|mail| mail.bytes.len().to_string()),
            "UIDL" => session.lines(|mail| mail.uidl.clone()),
            "TOP" => mail.map_or_else(|| one_line("-ERR no such mail"), |mail| content(top(&mail.bytes))),
            "RETR" => mail.map_or_else(|| one_line("-ERR no such mail"), |mail| content(&mail.bytes)),
            "DELE" => one_line(if mail.is_some() {
                "+OK marked"
            } else {
                "-ERR no such mail"
            }),
            "QUIT" => one_line("+OK bye"),
            _ => one_line("-ERR unknown command"),
        }
    }
}

impl Session {
    fn count(&mut self, verb: &str) -> usize {
        match self.counts.iter_mut().find(|(known, _)| known == verb) {
            Some((_, count)) => {
                *count += 1;
                *count - 1
            }
            None => {
                self.counts.push((verb.to_owned(), 1));
                0
            }
        }
    }

    fn mail(&self, number: usize) -> Option<&Arc<Mail>> {
        let place = number.checked_sub(1)?;
        self.mails.get(place).filter(|_| !self.deleted[place])
    }

    fn listed(&self) -> impl Iterator<Item = (usize, &Arc<Mail>)> {
        (1..)
            .zip(&self.mails)
            .filter(|(number, _)| !self.deleted[number - 1])
    }

    fn octets(&self) -> usize {
        self.listed().map(|(_, mail)| mail.bytes.len()).sum()
    }

    fn lines(&self, column: impl Fn(&Mail) -> String) -> Vec<u8> {
        let mut lines = "+OK\r\n".to_owned();
        for (number, mail) in self.listed() {
            lines.push_str(&format!("{number} {}\r\n", column(mail)));
        }
        lines.push_str(".\r\n");
        lines.into_bytes()
    }

    /// Does what a command asks, where the usual answer is a good one.
    fn act(&mut self, state: &State, verb: &str, argument: &str, usual: &[u8]) {
        if verb == "AUTH" {
            // LOGIN and CRAM-MD5 are not told apart: each line but the last is answered with "+".
            self.auth_lines = if usual.starts_with(b"+ ") { 1 } else { 0 };
        }
        if !usual.starts_with(b"+OK") {
            return;
        }
        match verb {
            "PASS" | "APOP" | "AUTH" => {
                self.is_logged_in = true;
                self.mails = state.mails().clone();
                self.deleted = vec![false; self.mails.len()];
            }
            "DELE" => {
                let place = argument.parse::<usize>().unwrap() - 1;
                self.deleted[place] = true;
            }
            "QUIT" => {
                let gone: Vec<&Arc<Mail>> = self
                    .mails
                    .iter()
                    .zip(&self.deleted)
                    .filter(|(_, gone)| **gone)
                    .map(|(mail, _)| mail)
                    .collect();
                state
                    .mails()
                    .retain(|mail| !gone.iter().any(|gone| Arc::ptr_eq(gone, mail)));
            }
            _ => {}
        }
    }

    fn after(&self, verb: &str) -> Then {
        match verb {
            "STLS" => Then::StartTls,
            "QUIT" => Then::Close,
            _ => Then::GoOn,
        }
    }

    fn keep_half(&mut self) {
        let mut keeps = false;
        for deleted in self.deleted.iter_mut().filter(|deleted| **deleted) {
            *deleted = !keeps;
            keeps = !keeps;
        }
    }
}

fn content(bytes: &[u8]) -> Vec<u8> {
    let mut answer = b"+OK\r\n".to_vec();
    dot_stuffed(bytes, &mut answer);
    answer
}

/// The header with its empty line.
fn top(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    &bytes[..end]
}
