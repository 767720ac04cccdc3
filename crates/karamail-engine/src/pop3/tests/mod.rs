//! The driver against servers that speak bytes on loopback sockets.

mod fetch;
mod steps;
mod tls;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::config::{Pop3Authentication, Security};

trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// The server's end of one connection. What fails here ends the connection, and the client's side of the test tells.
struct Peer {
    stream: BufReader<Box<dyn Transport>>,
}

impl Peer {
    async fn say(&mut self, text: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(text.as_ref()).await;
        let _ = self.stream.flush().await;
    }

    /// The next line, without its CRLF; None when the client closed.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.stream
            .read_line(&mut line)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        assert!(line.ends_with("\r\n"), "commands end in CRLF: {line:?}");
        Some(line.trim_end().to_owned())
    }

    /// Hears this line and answers it.
    async fn on(&mut self, expected: &str, answer: impl AsRef<[u8]>) {
        assert_eq!(self.line().await.as_deref(), Some(expected));
        self.say(answer).await;
    }

    /// Whether the client has sent more than what was heard.
    fn has_more(&self) -> bool {
        !self.stream.buffer().is_empty()
    }

    /// Says nothing more, until the client goes.
    async fn hang(&mut self) {
        let mut heard = Vec::new();
        let _ = self.stream.read_to_end(&mut heard).await;
    }

    async fn start_tls(self, config: &Arc<ServerConfig>) -> Option<Peer> {
        let stream = TlsAcceptor::from(Arc::clone(config))
            .accept(self.stream.into_inner())
            .await
            .ok()?;
        Some(Peer::over(stream))
    }

    fn over(stream: impl Transport + 'static) -> Peer {
        Peer {
            stream: BufReader::new(Box::new(stream)),
        }
    }

    /// Greets, refuses CAPA (or answers with these capabilities), and takes the password.
    async fn log_in(&mut self, capabilities: &[&str]) {
        let capa = match capabilities {
            [] => "-ERR no CAPA\r\n".to_owned(),
            listed => format!("+OK\r\nUSER\r\n{}\r\n.\r\n", listed.join("\r\n")),
        };
        self.say("+OK ready\r\n").await;
        self.on("CAPA", &capa).await;
        self.on("USER taro", "+OK\r\n").await;
        self.on("PASS himitsu", "+OK\r\n").await;
        if !capabilities.is_empty() {
            self.on("CAPA", &capa).await;
        }
    }
}

/// A server on loopback that does this with every connection; the settings to reach it.
async fn serve<F>(session: impl Fn(Peer) -> F + Send + 'static) -> Pop3Settings
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(session(Peer::over(socket)));
        }
    });
    settings
}

fn settings(port: u16) -> Pop3Settings {
    Pop3Settings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        user: "taro".to_owned(),
        authentication: Pop3Authentication::Auto,
        connect_timeout: Duration::from_secs(10),
        read_timeout: Duration::from_secs(10),
        session_timeout: Duration::from_secs(60),
        extra_ca_file: None::<PathBuf>,
        save_password: true,
        largest_mail: 1 << 20,
    }
}

async fn open(settings: &Pop3Settings) -> Result<Pop3Connection, Pop3Error> {
    Pop3Connection::open(settings, &Password::from("himitsu")).await
}

async fn opened(settings: &Pop3Settings) -> Pop3Connection {
    match open(settings).await {
        Ok(connection) => connection,
        Err(error) => panic!("{error}"),
    }
}

async fn refused(settings: &Pop3Settings) -> Fault {
    match open(settings).await {
        Ok(_) => panic!("the session must not open"),
        Err(error) => error.fault,
    }
}

fn listed(numbers: impl IntoIterator<Item = u32>) -> Vec<ListedMail> {
    let mail = |number| ListedMail {
        number,
        uidl: None,
        size: None,
    };
    numbers.into_iter().map(mail).collect()
}
