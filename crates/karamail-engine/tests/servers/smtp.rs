//! A scripted SMTP server: a sane one that asks its script before each answer, and does what the script says instead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karamail_engine::demo::{PASSWORD, SentMail, USER};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::wire::{Transport, drip};

/// What the client has just said.
pub(crate) struct Moment<'a> {
    /// Connections before this one.
    pub(crate) connection: usize,
    /// The command in upper case; "" is the banner, "TEXT" the first line of the content, "." its end, and AUTH's
    /// further lines are "AUTH".
    pub(crate) verb: &'a str,
    pub(crate) line: &'a str,
    /// Letters that this server took before.
    pub(crate) taken: usize,
    /// Letters begun on this connection before this one.
    pub(crate) letter: usize,
    pub(crate) usual: &'a str,
}

/// What the server does.
pub(crate) enum Act {
    /// What a sane server does.
    Usual,
    /// Does it, in these words; the line end is added. Words that refuse stop it from being done.
    Say(String),
    /// Says this, does nothing, and closes.
    SayAndDrop(String),
    /// Closes at once.
    Drop,
    /// Does it and closes without a word.
    DoAndDrop,
    /// Says nothing more until the client goes.
    Hang,
    /// The usual, byte by byte.
    Drip,
    /// The usual, after a while.
    Later(Duration),
}

pub(crate) type Script = dyn Fn(&Moment<'_>) -> Act + Send + Sync;

pub(crate) struct SmtpServer {
    pub(crate) port: u16,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    script: Box<Script>,
    tls: Option<TlsAcceptor>,
    connections: AtomicUsize,
    taken: Mutex<Vec<SentMail>>,
    heard: Mutex<Vec<String>>,
}

impl SmtpServer {
    pub(crate) async fn start(tls: Option<TlsAcceptor>, script: Box<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            script,
            tls,
            connections: AtomicUsize::new(0),
            taken: Mutex::default(),
            heard: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let _ = socket.set_nodelay(true);
                tokio::spawn(Arc::clone(&shared).connection(socket));
            }
        });
        SmtpServer { port, state, task }
    }

    /// Every letter that was taken, in order.
    pub(crate) fn taken(&self) -> Vec<SentMail> {
        self.state.taken.lock().unwrap().clone()
    }

    /// Every command line, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state.heard.lock().unwrap().clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Default)]
struct Session {
    connection: usize,
    letter: usize,
    mail: Option<SentMail>,
    /// What the client must say next in AUTH, and the challenges to come.
    auth: Vec<Expected>,
}

/// A line of an AUTH exchange: what the client says, and the challenge before it.
struct Expected {
    challenge: &'static str,
    answer: String,
}

const CRAM_CHALLENGE: &str = "<1896.697170952@postoffice.example>";

enum Then {
    GoOn,
    StartTls,
    Close,
}

impl State {
    async fn connection(self: Arc<Self>, socket: TcpStream) {
        let mut session = Session {
            connection: self.connections.fetch_add(1, Ordering::SeqCst),
            ..Session::default()
        };
        if let Some(stream) = self.conversation(Box::new(socket), &mut session, true).await
            && let Some(tls) = &self.tls
            && let Ok(stream) = tls.accept(stream).await
        {
            self.conversation(Box::new(stream), &mut session, false).await;
        }
    }

    async fn conversation(
        &self,
        stream: Box<dyn Transport>,
        session: &mut Session,
        greets: bool,
    ) -> Option<Box<dyn Transport>> {
        let mut stream = BufReader::new(stream);
        if greets
            && !matches!(
                self.answer(&mut stream, session, "", "", "220 ready").await.1,
                Then::GoOn
            )
        {
            return None;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            let line = line.trim_end_matches(['\r', '\n']).to_owned();
            let verb = match session.auth.is_empty() {
                true => line
                    .split([' ', ':'])
                    .next()
                    .unwrap_or_default()
                    .to_ascii_uppercase(),
                false => "AUTH".to_owned(),
            };
            self.heard.lock().unwrap().push(line.clone());
            let usual = self.usual(session, &verb, &line);
            let (done, then) = self.answer(&mut stream, session, &verb, &line, &usual).await;
            if done && verb == "DATA" && session.mail.is_some() {
                match self.content(&mut stream, session).await? {
                    Then::GoOn => continue,
                    _ => return None,
                }
            }
            match then {
                Then::GoOn => {}
                Then::StartTls => return Some(stream.into_inner()),
                Then::Close => return None,
            }
        }
    }

    /// The content up to its final dot, and the answer to it.
    async fn content(
        &self,
        stream: &mut BufReader<Box<dyn Transport>>,
        session: &mut Session,
    ) -> Option<Then> {
        let mut bytes = Vec::new();
        stream.read_until(b'\n', &mut bytes).await.ok()?;
        // A server that speaks while the content still comes.
        let moment = self.moment(session, "TEXT", "", "");
        match (self.script)(&moment) {
            Act::SayAndDrop(words) => {
                let _ = stream.write_all(format!("{words}\r\n").as_bytes()).await;
                let _ = stream.flush().await;
                return Some(Then::Close);
            }
            Act::Drop => return Some(Then::Close),
            Act::Hang => {
                let _ = stream.read_to_end(&mut Vec::new()).await;
                return Some(Then::Close);
            }
            _ => {}
        }
        while !bytes.ends_with(b"\r\n.\r\n") {
            if stream.read_until(b'\n', &mut bytes).await.unwrap_or(0) == 0 {
                return Some(Then::Close);
            }
        }
        bytes.truncate(bytes.len() - 3);
        if let Some(mail) = &mut session.mail {
            mail.bytes = unstuffed(&bytes);
        }
        let (_, then) = self.answer(stream, session, ".", "", "250 2.0.0 queued").await;
        session.mail = None;
        session.letter += 1;
        Some(then)
    }

    fn moment<'a>(&self, session: &Session, verb: &'a str, line: &'a str, usual: &'a str) -> Moment<'a> {
        Moment {
            connection: session.connection,
            verb,
            line,
            taken: self.taken.lock().unwrap().len(),
            letter: session.letter,
            usual,
        }
    }

    /// Answers; whether what was asked was done.
    async fn answer(
        &self,
        stream: &mut BufReader<Box<dyn Transport>>,
        session: &mut Session,
        verb: &str,
        line: &str,
        usual: &str,
    ) -> (bool, Then) {
        let act = (self.script)(&self.moment(session, verb, line, usual));
        let is_good = |words: &str| words.starts_with(['2', '3']);
        let (words, does, closes) = match act {
            Act::Usual => (usual.to_owned(), true, false),
            Act::Drip => {
                let _ = drip(
                    stream,
                    format!("{usual}\r\n").as_bytes(),
                    Duration::from_micros(300),
                )
                .await;
                (String::new(), true, false)
            }
            Act::Later(pause) => {
                tokio::time::sleep(pause).await;
                (usual.to_owned(), true, false)
            }
            Act::Say(words) => {
                let does = is_good(&words);
                (words, does, false)
            }
            Act::SayAndDrop(words) => (words, false, true),
            Act::Drop => (String::new(), false, true),
            Act::DoAndDrop => (String::new(), true, true),
            Act::Hang => {
                let _ = stream.read_to_end(&mut Vec::new()).await;
                return (false, Then::Close);
            }
        };
        let does = does && is_good(usual);
        if does {
            self.act(session, verb, line);
        } else {
            session.auth.clear();
        }
        let words = if words.is_empty() {
            words
        } else {
            format!("{words}\r\n")
        };
        let is_written = stream.write_all(words.as_bytes()).await.is_ok() && stream.flush().await.is_ok();
        let then = match verb {
            _ if closes || !is_written => Then::Close,
            "STARTTLS" if does => Then::StartTls,
            "QUIT" if does => Then::Close,
            _ => Then::GoOn,
        };
        (does, then)
    }

    fn act(&self, session: &mut Session, verb: &str, line: &str) {
        let path = || {
            line.split_once('<')
                .and_then(|(_, rest)| rest.rsplit_once('>'))
                .map_or("", |(path, _)| path)
        };
        match verb {
            "MAIL" => {
                let from = path().to_owned();
                session.mail = Some(SentMail {
                    from,
                    to: Vec::new(),
                    bytes: Vec::new(),
                });
            }
            "RCPT" => {
                if let Some(mail) = &mut session.mail {
                    mail.to.push(path().to_owned());
                }
            }
            "RSET" | "EHLO" | "HELO" => session.mail = None,
            "." => self.taken.lock().unwrap().extend(session.mail.take()),
            "AUTH" if !session.auth.is_empty() => drop(session.auth.remove(0)),
            "AUTH" => session.auth = exchange(line),
            _ => {}
        }
    }

    fn usual(&self, session: &Session, verb: &str, line: &str) -> String {
        match verb {
            "EHLO" => {
                let tls = if self.tls.is_some() {
                    "250-STARTTLS\r\n"
                } else {
                    ""
                };
                format!(
                    "250-test\r\n250-8BITMIME\r\n250-SIZE 1000000\r\n250-SMTPUTF8\r\n{tls}250 AUTH PLAIN LOGIN CRAM-MD5"
                )
            }
            "HELO" => "250 test".to_owned(),
            "STARTTLS" => "220 go".to_owned(),
            "MAIL" if session.mail.is_some() => "503 5.5.1 nested MAIL".to_owned(),
            "MAIL" | "RCPT" | "RSET" | "NOOP" => "250 2.0.0 ok".to_owned(),
            "DATA" if session.mail.as_ref().is_none_or(|mail| mail.to.is_empty()) => {
                "503 5.5.1 no RCPT".to_owned()
            }
            "DATA" => "354 go on".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            "AUTH" => self.usual_of_auth(session, line),
            _ => "502 5.5.2 unknown command".to_owned(),
        }
    }

    fn usual_of_auth(&self, session: &Session, line: &str) -> String {
        match session.auth.as_slice() {
            [] if line == plain() => "235 2.7.0 welcome".to_owned(),
            [] if line.starts_with("AUTH PLAIN") => "535 5.7.8 wrong password".to_owned(),
            [] => match exchange(line).first() {
                Some(first) => format!("334 {}", STANDARD.encode(first.challenge)),
                None => "504 5.5.4 unknown mechanism".to_owned(),
            },
            [now, ..] if now.answer != line => "535 5.7.8 wrong password".to_owned(),
            [_, next, ..] => format!("334 {}", STANDARD.encode(next.challenge)),
            [_] => "235 2.7.0 welcome".to_owned(),
        }
    }
}

fn plain() -> String {
    format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{USER}\0{PASSWORD}")))
}

fn exchange(line: &str) -> Vec<Expected> {
    match line {
        "AUTH LOGIN" => vec![
            Expected {
                challenge: "Username:",
                answer: STANDARD.encode(USER),
            },
            Expected {
                challenge: "Password:",
                answer: STANDARD.encode(PASSWORD),
            },
        ],
        // HMAC-MD5 of the challenge with the demo's password, made with openssl.
        "AUTH CRAM-MD5" => vec![Expected {
            challenge: CRAM_CHALLENGE,
            answer: STANDARD.encode(format!("{USER} {CRAM_DIGEST}")),
        }],
        _ => Vec::new(),
    }
}

const CRAM_DIGEST: &str = "3b7f605efaf94a168b86bf0544194fe4";

fn unstuffed(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line))
        .copied()
        .collect()
}
