//! A scripted SMTP server: bytes on a loopback socket, and a closure that says what it does at each moment.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use karamail_core::delivery::Step;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Where the server is.
pub(super) struct Moment<'a> {
    pub(super) step: Step,
    /// From 0, in the order of connecting.
    pub(super) connection: usize,
    /// Letters begun on this connection before, from 0.
    pub(super) letter: usize,
    /// The client's line.
    pub(super) line: &'a str,
}

/// What it does.
pub(super) enum Act {
    /// Goes on as a server does that finds nothing wrong.
    Proceed,
    /// Answers so; the line end is added.
    Say(&'static str),
    /// Answers with these bytes as they stand.
    SayBytes(&'static [u8]),
    /// Answers so and closes the connection.
    SayAndDrop(&'static str),
    /// Closes the connection.
    Drop,
    /// Says nothing more and keeps the connection open.
    Hang,
}

/// How the server uses TLS.
#[derive(Clone)]
pub(super) enum Tls {
    Never,
    /// From the first byte.
    FromStart(TlsAcceptor),
    /// After STARTTLS.
    Later(TlsAcceptor),
}

type Script = dyn Fn(&Moment<'_>) -> Act + Send + Sync;

pub(super) struct Server {
    pub(super) port: u16,
    state: Arc<State>,
}

struct State {
    script: Box<Script>,
    tls: Tls,
    /// Every command line of every connection.
    lines: Mutex<Vec<String>>,
    /// Every content up to its final dot, as it came over the wire.
    contents: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
    /// Says PIPELINING in EHLO.
    pipelines: bool,
    /// Commands that came together with one before them.
    together: AtomicUsize,
}

impl Server {
    pub(super) async fn start(script: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static) -> Server {
        Server::with(Tls::Never, false, script).await
    }

    /// One that allows commands to be sent together (RFC 2920).
    pub(super) async fn pipelining(script: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static) -> Server {
        Server::with(Tls::Never, true, script).await
    }

    pub(super) async fn with_tls(
        tls: Tls,
        script: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static,
    ) -> Server {
        Server::with(tls, false, script).await
    }

    async fn with(
        tls: Tls,
        pipelines: bool,
        script: impl Fn(&Moment<'_>) -> Act + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            script: Box::new(script),
            tls,
            lines: Mutex::default(),
            contents: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            pipelines,
            together: AtomicUsize::new(0),
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(shared.clone().connection(tcp));
            }
        });
        Server { port, state }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.state.lines.lock().unwrap().clone()
    }

    pub(super) fn contents(&self) -> Vec<Vec<u8>> {
        self.state.contents.lock().unwrap().clone()
    }

    /// How many commands came together with the one before them.
    pub(super) fn together(&self) -> usize {
        self.state.together.load(Ordering::SeqCst)
    }

    pub(super) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    pub(super) fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }
}

/// Whether the conversation goes on.
enum Then {
    GoOn,
    StartTls,
    Close,
}

impl State {
    async fn connection(self: Arc<Self>, tcp: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        match self.tls.clone() {
            Tls::Never => drop(self.conversation(number, tcp, true).await),
            Tls::FromStart(acceptor) => {
                if let Ok(tls) = acceptor.accept(tcp).await {
                    self.conversation(number, tls, true).await;
                }
            }
            Tls::Later(acceptor) => {
                if let Some(tcp) = self.conversation(number, tcp, true).await
                    && let Ok(tls) = acceptor.accept(tcp).await
                {
                    self.conversation(number, tls, false).await;
                }
            }
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    /// Returns the stream where TLS is to start on it.
    async fn conversation<S>(&self, connection: usize, stream: S, greets: bool) -> Option<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        let greeting = Moment {
            step: Step::Greeting,
            connection,
            letter: 0,
            line: "",
        };
        if greets
            && !matches!(
                self.act(&mut stream, &greeting, "220 test ready").await,
                Then::GoOn
            )
        {
            return None;
        }
        let mut letter = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            self.lines
                .lock()
                .unwrap()
                .push(line.trim_end_matches("\r\n").to_owned());
            if !stream.buffer().is_empty() {
                self.together.fetch_add(1, Ordering::SeqCst);
            }
            let upper = line.to_ascii_uppercase();
            let (step, usual) = match upper.split([' ', '\r']).next().unwrap() {
                "EHLO" | "HELO" if self.pipelines => {
                    (Step::Hello, "250-test\r\n250-8BITMIME\r\n250 pipelining")
                }
                "EHLO" | "HELO" => (
                    Step::Hello,
                    "250-test\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN XOAUTH2",
                ),
                "STARTTLS" => (Step::StartTls, "220 go"),
                "MAIL" => (Step::MailFrom, "250 2.1.0 ok"),
                "RCPT" => (Step::Recipient, "250 2.1.5 ok"),
                "DATA" => (Step::Data, "354 go on"),
                "RSET" | "NOOP" => (Step::Hello, "250 ok"),
                "QUIT" => (Step::Hello, "221 bye"),
                _ => (Step::Authentication, "235 2.7.0 ok"),
            };
            let moment = Moment {
                step,
                connection,
                letter,
                line: line.trim_end(),
            };
            match self.act(&mut stream, &moment, usual).await {
                Then::GoOn => {}
                Then::StartTls => return Some(stream.into_inner()),
                Then::Close => return None,
            }
            if upper.starts_with("DATA") && self.went_on(&moment) {
                let moment = Moment {
                    step: Step::Content,
                    connection,
                    letter,
                    line: "",
                };
                let content = read_content(&mut stream).await?;
                self.contents.lock().unwrap().push(content);
                if !matches!(
                    self.act(&mut stream, &moment, "250 2.0.0 queued as 4X").await,
                    Then::GoOn
                ) {
                    return None;
                }
                letter += 1;
            }
        }
    }

    fn went_on(&self, moment: &Moment<'_>) -> bool {
        matches!((self.script)(moment), Act::Proceed)
    }

    async fn act(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        moment: &Moment<'_>,
        usual: &str,
    ) -> Then {
        let (answer, then) = match (self.script)(moment) {
            Act::Proceed if moment.step == Step::StartTls => {
                (format!("{usual}\r\n").into_bytes(), Then::StartTls)
            }
            Act::Proceed => (format!("{usual}\r\n").into_bytes(), Then::GoOn),
            Act::Say(answer) => (format!("{answer}\r\n").into_bytes(), Then::GoOn),
            Act::SayBytes(answer) => (answer.to_vec(), Then::GoOn),
            Act::SayAndDrop(answer) => (format!("{answer}\r\n").into_bytes(), Then::Close),
            Act::Drop => return Then::Close,
            Act::Hang => {
                // Until the client gives up.
                let mut ignored = [0; 1024];
                while stream.read(&mut ignored).await.unwrap_or(0) > 0 {}
                return Then::Close;
            }
        };
        match stream.write_all(&answer).await.and(stream.flush().await) {
            Ok(()) => then,
            Err(_) => Then::Close,
        }
    }
}

async fn read_content(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    while !content.ends_with(b"\r\n.\r\n") {
        if stream.read_until(b'\n', &mut content).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    Some(content)
}
