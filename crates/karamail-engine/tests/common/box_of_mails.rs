//! A POP3 server of which a test decides everything: unique ids, and what it refuses.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One mail on the server.
#[derive(Clone, Default)]
pub(crate) struct Mail {
    pub(crate) uidl: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) refuses_top: bool,
    pub(crate) refuses_retr: bool,
    pub(crate) refuses_dele: bool,
    /// RETR brings this instead.
    pub(crate) swapped: Option<Vec<u8>>,
    /// So many more answers to TOP, and the server hangs up on it.
    pub(crate) tops_left: Option<usize>,
    /// What LIST says of its size, where that is not true.
    pub(crate) listed_size: Option<usize>,
    /// UIDL leaves it out.
    pub(crate) hides_id: bool,
    pub(crate) deleted: bool,
}

impl Mail {
    pub(crate) fn new(uidl: &str, bytes: Vec<u8>) -> Mail {
        Mail {
            uidl: uidl.to_owned(),
            bytes,
            ..Mail::default()
        }
    }
}

/// The server: what it holds, and every command it got.
#[derive(Clone)]
pub(crate) struct BoxOfMails {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    commands: Arc<Mutex<Vec<String>>>,
    refuses_logins: Arc<AtomicBool>,
    refuses_list: Arc<AtomicBool>,
    /// Milliseconds that TOP and DELE take.
    pause: Arc<AtomicU64>,
}

impl BoxOfMails {
    pub(crate) async fn start(mails: Vec<Mail>) -> BoxOfMails {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = BoxOfMails {
            port: listener.local_addr().unwrap().port(),
            mails: Arc::new(Mutex::new(mails)),
            commands: Arc::default(),
            refuses_logins: Arc::default(),
            refuses_list: Arc::default(),
            pause: Arc::default(),
        };
        let this = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(this.clone().serve(stream));
            }
        });
        server
    }

    /// From now on, answers every password with -ERR or takes it.
    pub(crate) fn refuse_logins(&self, refuse: bool) {
        self.refuses_logins.store(refuse, Ordering::SeqCst);
    }

    /// From now on, answers LIST with -ERR or not.
    pub(crate) fn refuse_list(&self, refuse: bool) {
        self.refuses_list.store(refuse, Ordering::SeqCst);
    }

    /// From now on, TOP and DELE take so many milliseconds each.
    pub(crate) fn dawdle(&self, milliseconds: u64) {
        self.pause.store(milliseconds, Ordering::SeqCst);
    }

    /// Changes what it holds, between two sessions.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<Mail>)) {
        change(&mut self.mails.lock().unwrap());
    }

    pub(crate) fn uidls(&self) -> Vec<String> {
        self.mails
            .lock()
            .unwrap()
            .iter()
            .map(|mail| mail.uidl.clone())
            .collect()
    }

    /// How many commands began so.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.commands
            .lock()
            .unwrap()
            .iter()
            .filter(|line| line.starts_with(start))
            .count()
    }

    async fn serve(self, mut stream: TcpStream) {
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        let mut mails = self.mails.lock().unwrap().clone();
        write.write_all(b"+OK ready\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            self.commands.lock().unwrap().push(line.clone());
            let pause = self.pause.load(Ordering::SeqCst);
            if pause > 0 && (line.starts_with("TOP") || line.starts_with("DELE")) {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            if hangs_up(&self.mails, &line) {
                return;
            }
            let refuses = |switch: &AtomicBool, command: &str| {
                switch.load(Ordering::SeqCst) && line.starts_with(command)
            };
            let reply = match refuses(&self.refuses_logins, "PASS") || refuses(&self.refuses_list, "LIST") {
                true => b"-ERR no\r\n".to_vec(),
                false => answer(&mut mails, &line),
            };
            if write.write_all(&reply).await.is_err() {
                return;
            }
            if line == "QUIT" {
                let gone: Vec<String> = mails
                    .iter()
                    .filter(|mail| mail.deleted)
                    .map(|mail| mail.uidl.clone())
                    .collect();
                self.mails
                    .lock()
                    .unwrap()
                    .retain(|mail| !gone.contains(&mail.uidl));
                return;
            }
        }
    }
}

/// Whether the line breaks off at the mail that this command asks for.
fn hangs_up(mails: &Mutex<Vec<Mail>>, line: &str) -> bool {
    let number = line
        .strip_prefix("TOP ")
        .and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    let mut mails = mails.lock().unwrap();
    match number.and_then(|number| mails.get_mut(number - 1)?.tops_left.as_mut()) {
        Some(left) if *left == 0 => true,
        Some(left) => {
            *left -= 1;
            false
        }
        None => false,
    }
}

fn answer(mails: &mut [Mail], line: &str) -> Vec<u8> {
    let mut words = line.split(' ');
    let command = words.next().unwrap_or_default();
    let number: Option<usize> = words.next().and_then(|word| word.parse().ok());
    let listing = |each: fn(&Mail) -> Option<String>| {
        let lines = mails.iter().zip(1..);
        let lines: Vec<String> = lines
            .filter_map(|(mail, n)| Some(format!("{n} {}\r\n", each(mail)?)))
            .collect();
        format!("+OK\r\n{}.\r\n", lines.concat()).into_bytes()
    };
    match command {
        "UIDL" => return listing(|mail| (!mail.hides_id).then(|| mail.uidl.clone())),
        "LIST" => return listing(|mail| Some(mail.listed_size.unwrap_or(mail.bytes.len()).to_string())),
        "STAT" => return format!("+OK {} 1000\r\n", mails.len()).into_bytes(),
        _ => {}
    }
    let mail = number.and_then(|number| mails.get_mut(number - 1));
    match (command, mail) {
        ("USER" | "PASS" | "NOOP" | "QUIT", _) => b"+OK\r\n".to_vec(),
        ("CAPA", _) => b"+OK\r\nTOP\r\nUIDL\r\nUSER\r\nPIPELINING\r\n.\r\n".to_vec(),
        ("TOP", Some(mail)) if mail.refuses_top => b"-ERR cannot open it\r\n".to_vec(),
        ("RETR", Some(mail)) if mail.refuses_retr => b"-ERR cannot read it\r\n".to_vec(),
        (
            "RETR",
            Some(Mail {
                swapped: Some(bytes), ..
            }),
        ) => [b"+OK\r\n", bytes.as_slice(), b"\r\n.\r\n"].concat(),
        // More lines than were asked for harm nobody.
        ("TOP" | "RETR", Some(mail)) => [b"+OK\r\n", mail.bytes.as_slice(), b"\r\n.\r\n"].concat(),
        ("DELE", Some(mail)) if mail.refuses_dele => b"-ERR read only\r\n".to_vec(),
        ("DELE", Some(mail)) => {
            mail.deleted = true;
            b"+OK\r\n".to_vec()
        }
        _ => b"-ERR what?\r\n".to_vec(),
    }
}
