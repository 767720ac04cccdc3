//! The door keeper of `serve`, asked over a real connection.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file is a crate of its own and uses its part"
)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use karamail_web::serve::{Access, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{PATIENCE, Shop};

/// A shop behind its door keeper.
pub struct Door {
    pub port: u16,
    pub access: Arc<Access>,
    pub shop: Shop,
}

impl Door {
    pub async fn open() -> Door {
        let shop = Shop::open().await;
        let server = Server::bind(Arc::clone(&shop.program), 0).await.unwrap();
        let access = server.access();
        let link = access.link().unwrap();
        let port = link.split([':', '/']).find_map(|part| part.parse().ok()).unwrap();
        tokio::spawn(server.run());
        Door { port, access, shop }
    }

    /// Sends these lines after the request line, with a Host of ours unless one is among them.
    pub async fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        let mut text = format!(
            "{request} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !headers.iter().any(|line| line.starts_with("Host:")) {
            text.push_str(&format!("Host: 127.0.0.1:{}\r\n", self.port));
        }
        if !body.is_empty() {
            text.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
        }
        for line in headers {
            text.push_str(&format!("{line}\r\n"));
        }
        self.say(format!("{text}\r\n{body}").as_bytes()).await
    }

    /// Sends these bytes and reads until the other side closes.
    pub async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        // A server that has heard enough may close in the middle.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        let _ = read.expect("the connection was never closed");
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn origin(&self) -> String {
        format!("Origin: http://127.0.0.1:{}", self.port)
    }

    /// Uses a link's token; returns the answer.
    pub async fn sign_in(&self, token: &str) -> String {
        self.ask("POST /enter", &[&self.origin()], &format!("token={token}"))
            .await
    }

    pub async fn cookie(&self) -> String {
        let link = self.access.link().unwrap();
        let answer = self.sign_in(link.split_once('#').unwrap().1).await;
        let line = answer
            .lines()
            .find(|line| line.to_lowercase().starts_with("set-cookie:"))
            .unwrap();
        let value = line.split_once(':').unwrap().1.trim();
        format!("Cookie: {}", value.split(';').next().unwrap())
    }
}

/// The status of an answer.
pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("")
}
