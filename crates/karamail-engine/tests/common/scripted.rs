//! A POP3 server that misbehaves as told: no unique ids, a hang-up in the middle, an empty listing.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the server has and how it behaves; changed between polls.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Unique id and bytes of each mail; an empty id where the server gives none.
    pub(crate) mails: Vec<(String, Vec<u8>)>,
    /// It hangs up at this command, in the middle of its reply.
    pub(crate) hangs_up_at: Option<Vec<u8>>,
    /// It answers this command only after [`Scripted::let_go`].
    pub(crate) keeps_back: Option<String>,
    /// It lists nothing, as during a provider's maintenance.
    pub(crate) seems_empty: bool,
    /// Every command it was given.
    pub(crate) commands: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    pub(crate) port: u16,
    script: Arc<Mutex<Script>>,
    gate: Arc<Notify>,
}

impl Scripted {
    pub(crate) async fn start(mails: &[(&str, Vec<u8>)]) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = mails
            .iter()
            .map(|(id, bytes)| ((*id).to_owned(), bytes.clone()))
            .collect();
        let script = Arc::new(Mutex::new(Script {
            mails,
            ..Script::default()
        }));
        let shared = Arc::clone(&script);
        let gate = Arc::new(Notify::new());
        let shared_gate = Arc::clone(&gate);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = serve(stream, &shared, &shared_gate).await;
            }
        });
        Scripted { port, script, gate }
    }

    /// Answers what was kept back.
    pub(crate) fn let_go(&self) {
        self.gate.notify_one();
    }

    /// Waits until it was given this command.
    pub(crate) async fn wait_for(&self, command: &str) {
        while self.count(command) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.script.lock().unwrap())
    }

    pub(crate) fn count(&self, command: &str) -> usize {
        self.with(|script| {
            let commands = script.commands.iter();
            commands.filter(|one| one.starts_with(command)).count()
        })
    }
}

async fn serve(mut stream: TcpStream, script: &Mutex<Script>, gate: &Notify) -> std::io::Result<()> {
    stream.write_all(b"+OK\r\n").await?;
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).take(u64::MAX).lines();
    let mut deleted = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let (reply, hangs_up, is_kept_back) = {
            let mut script = script.lock().unwrap();
            script.commands.push(line.clone());
            let listed: &[(String, Vec<u8>)] = if script.seems_empty { &[] } else { &script.mails };
            let number = line.split(' ').nth(1).and_then(|text| text.parse::<usize>().ok());
            let mail = number.and_then(|number| listed.get(number - 1));
            let hangs_up = mail.is_some_and(|(_, bytes)| {
                line.starts_with("RETR") && script.hangs_up_at.as_ref() == Some(bytes)
            });
            let reply = match (line.split(' ').next().unwrap(), mail) {
                ("UIDL", _) if listed.iter().any(|(id, _)| id.is_empty()) => b"-ERR no\r\n".to_vec(),
                ("UIDL", _) => listing(listed, |(id, _)| id.clone()),
                ("LIST", _) => listing(listed, |(_, bytes)| bytes.len().to_string()),
                ("TOP", Some((_, bytes))) => {
                    let text = String::from_utf8_lossy(bytes);
                    let head = text.split("\r\n\r\n").next().unwrap();
                    format!("+OK\r\n{head}\r\n\r\n.\r\n").into_bytes()
                }
                ("RETR", Some((_, bytes))) if hangs_up => {
                    [b"+OK\r\n", bytes.get(..bytes.len() / 2).unwrap()].concat()
                }
                ("RETR", Some((_, bytes))) => [b"+OK\r\n", bytes.as_slice(), b"\r\n.\r\n"].concat(),
                ("DELE", Some(_)) => {
                    deleted.push(number.unwrap());
                    b"+OK\r\n".to_vec()
                }
                ("QUIT", _) => {
                    deleted.sort_unstable();
                    for number in deleted.drain(..).rev() {
                        script.mails.remove(number - 1);
                    }
                    b"+OK\r\n".to_vec()
                }
                ("USER" | "PASS" | "NOOP", _) => b"+OK\r\n".to_vec(),
                _ => b"-ERR\r\n".to_vec(),
            };
            let is_kept_back = script.keeps_back.as_ref() == Some(&line);
            (reply, hangs_up, is_kept_back)
        };
        if is_kept_back {
            gate.notified().await;
        }
        write.write_all(&reply).await?;
        if hangs_up {
            return Ok(());
        }
    }
    Ok(())
}

fn listing(mails: &[(String, Vec<u8>)], of: impl Fn(&(String, Vec<u8>)) -> String) -> Vec<u8> {
    let mut text = String::from("+OK\r\n");
    for (number, mail) in mails.iter().enumerate() {
        text.push_str(&format!("{} {}\r\n", number + 1, of(mail)));
    }
    text.push_str(".\r\n");
    text.into_bytes()
}
