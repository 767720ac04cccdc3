//! The stage of the browser tests: mail servers and programs here, and a script in Node that drives Chromium and asks for
//! them over a loopback socket, one JSON line a question (`tests/browser/support/stage.mjs` is the other end).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::certificates::Flaw;
use crate::dovecot::{Dovecot, PASSWORD, Setup};
use crate::mails;
use crate::postfix::{Delivered, Postfix};
use crate::program::{Program, Running};
use crate::{PATIENCE, wait_until};

/// The shops' mailboxes: each program gets the next one, so that none sees another's mail.
const USERS: [&str; 25] = [
    "touroku", "shop1", "shop2", "shop3", "shop4", "shop5", "shop6", "shop7", "shop8", "shop9", "shop10",
    "shop11", "shop12", "shop13", "shop14", "shop15", "shop16", "shop17", "shop18", "shop19", "shop20",
    "shop21", "shop22", "shop23", "shop24",
];
/// Longest a program may take to end after it was asked to.
const END_BOUND: Duration = Duration::from_secs(30);

/// Dovecot and Postfix with mailboxes for many shops.
#[derive(Debug)]
pub struct Stage {
    dns: SocketAddr,
    // Postfix asks Dovecot about passwords: it ends first.
    postfix: Postfix,
    dovecot: Dovecot,
}

/// The programs that a script has started.
#[derive(Default)]
struct Cast {
    /// Besides the first one, which is had by its name.
    users_taken: usize,
    started: u64,
    installed: BTreeMap<u64, Installed>,
}

struct Installed {
    program: Program,
    running: Option<Running>,
}

impl Stage {
    /// Starts both servers.
    pub fn open() -> Stage {
        let dovecot = Dovecot::start(&Setup {
            users: &USERS,
            ..Setup::default()
        });
        let postfix = Postfix::start(&dovecot, &USERS, Flaw::None);
        Stage {
            dns: name_server(),
            postfix,
            dovecot,
        }
    }

    /// Runs a script of `tests/browser` and answers it until it ends; panics unless that is with 0 and within `bound`.
    /// Programs it has left running are ended.
    pub fn play(&self, script: &str, environment: &[(&str, &str)], bound: Duration) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
        assert!(
            folder.join("node_modules").exists(),
            "npm ci --prefix tests/browser has not run; tests/run.sh tools runs it"
        );
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of this machine");
        let port = listener.local_addr().expect("our own port").port();
        let mut node = Node(
            Command::new("node")
                .arg(folder.join(script))
                .env("KARAMAIL_STAGE", port.to_string())
                .env("KARAMAIL_BROWSER_OUTPUT", output_folder())
                .envs(environment.iter().copied())
                .spawn()
                .expect("node starts; tests/run.sh installs it"),
        );
        let end = Instant::now() + bound;
        thread::scope(|scope| {
            scope.spawn(|| {
                if let Some(socket) = accept(&listener, end) {
                    self.converse(&socket);
                }
            });
            let status = node.wait_until(end);
            // Frees a listener that nobody came to.
            let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
            match status {
                Some(true) => {}
                Some(false) => panic!("{script}: see above"),
                None => panic!("{script}: not done within {bound:?}"),
            }
        });
    }

    fn converse(&self, socket: &TcpStream) {
        let mut cast = Cast::default();
        let mut answers = socket;
        for line in BufReader::new(socket).lines().map_while(Result::ok) {
            let asked = std::panic::AssertUnwindSafe(|| self.answer(&mut cast, &line));
            let answer = match std::panic::catch_unwind(asked) {
                Ok(Ok(value)) => json!({ "value": value }),
                Ok(Err(fault)) => json!({ "fault": fault }),
                Err(panic) => json!({ "fault": panic_text(panic.as_ref()) }),
            };
            if writeln!(answers, "{answer}").is_err() {
                break;
            }
        }
    }

    fn answer(&self, cast: &mut Cast, line: &str) -> Result<Value, String> {
        let asked: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |name: &str| asked[name].as_str().unwrap_or_default();
        let number = |name: &str| asked[name].as_u64().unwrap_or_default();
        match text("do") {
            "serve" => self.serve(cast, &asked),
            "start-again" => cast.start(number("program"), self.dns),
            "end" => cast.end(number("program"), true),
            "ended" => cast.end(number("program"), false),
            "end-all" => {
                for program in cast.installed.keys().copied().collect::<Vec<_>>() {
                    cast.end(program, true)?;
                }
                cast.installed.clear();
                Ok(Value::Null)
            }
            "mail" => {
                self.postfix.take(text("from"), text("to"), text("text"))?;
                self.postfix.wait_until_idle();
                Ok(Value::Null)
            }
            "received" => {
                let (from, to, count) = (text("from"), text("to"), number("count") as usize);
                wait_until(&format!("{count} mails for {to}"), PATIENCE, || {
                    self.received(from, to).len() >= count
                });
                Ok(self.received(from, to).into())
            }
            "received-by-now" => {
                self.postfix.wait_until_idle();
                Ok(self.received(text("from"), text("to")).into())
            }
            "waiting" => Ok(self.dovecot.count(text("user")).into()),
            other => Err(format!("{other:?} is not understood")),
        }
    }

    /// Installs a program for the next user and starts it.
    fn serve(&self, cast: &mut Cast, asked: &Value) -> Result<Value, String> {
        let named = USERS.iter().find(|user| asked["user"].as_str() == Some(user));
        let user = *named
            .or_else(|| USERS.get(cast.users_taken + 1))
            .ok_or("all mailboxes are taken")?;
        cast.users_taken += usize::from(named.is_none());
        let (pop3_port, smtp_port) = (self.dovecot.plain_port(), self.postfix.open_port());
        let program = Program::install_bare();
        if asked["settings"].as_str() != Some("none") {
            let (settings, secrets) = ready(asked, user, pop3_port, smtp_port);
            program.write(&settings, &secrets);
        }
        // From before the program's first look; their date is old, so they are a backlog.
        let old: Vec<String> = (0..asked["deposit"].as_u64().unwrap_or_default())
            .map(|n| format!("yamada{n}.{user}@phone.example"))
            .collect();
        let mails = old
            .iter()
            .map(|from| mails::signup(from, &from.replace('@', ".")));
        self.dovecot.deposit(user, mails);
        let (config, data) = (program.config(), program.data());
        cast.started += 1;
        let number = cast.started;
        cast.installed.insert(
            number,
            Installed {
                program,
                running: None,
            },
        );
        let mut answer = cast.start(number, self.dns)?;
        for (name, value) in [
            ("config", json!(config)),
            ("data", json!(data)),
            ("user", json!(user)),
            ("address", json!(format!("{user}@shop.example"))),
            ("password", json!(PASSWORD)),
            ("deposited", json!(old)),
            ("pop3Port", json!(pop3_port)),
            ("smtpPort", json!(smtp_port)),
        ] {
            answer[name] = value;
        }
        Ok(answer)
    }

    /// What has come to an address outside the shops from one of them.
    fn received(&self, from: &str, to: &str) -> Vec<Value> {
        let is_meant = |mail: &&Delivered| mail.to.eq_ignore_ascii_case(to);
        let delivered = self.postfix.delivered();
        let shown = delivered.iter().filter(is_meant).filter_map(|mail| {
            let message = MessageParser::default().parse(&mail.bytes)?;
            let sender = message.from()?.first()?;
            (sender.address() == Some(from)).then(|| {
                json!({
                    "from": sender.name(),
                    "subject": message.subject(),
                    "body": message.body_text(0),
                    "messageId": message.message_id(),
                })
            })
        });
        shown.collect()
    }
}

impl Cast {
    fn start(&mut self, number: u64, dns: SocketAddr) -> Result<Value, String> {
        let installed = self.installed.get_mut(&number).ok_or("no such program")?;
        let (running, link) = installed
            .program
            .serve(&[("KARAMAIL_DNS_SERVER", &dns.to_string())]);
        installed.running = Some(running);
        Ok(json!({ "program": number, "link": link }))
    }

    fn end(&mut self, number: u64, is_asked: bool) -> Result<Value, String> {
        let installed = self.installed.get_mut(&number).ok_or("no such program")?;
        let Some(running) = installed.running.take() else {
            return Ok(Value::Null);
        };
        if is_asked {
            running.terminate();
        }
        let finished = running.finish_within(END_BOUND);
        match finished.code() {
            Some(0) => Ok(json!({ "stdout": finished.stdout, "stderr": finished.stderr })),
            _ => Err(format!(
                "{:?}\n{}\n{}",
                finished.status, finished.stdout, finished.stderr
            )),
        }
    }
}

/// Settings as a shop might have written them: with comments, one mailbox and a quick look for mail.
fn ready(asked: &Value, user: &str, pop3_port: u16, smtp_port: u16) -> (String, String) {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let (language, general, guard, mailbox, more) = (
        text("language"),
        text("general"),
        text("guard"),
        text("mailbox"),
        text("more"),
    );
    let interval = asked["interval"].as_u64().unwrap_or(5);
    let pop3_port = asked["pop3Port"].as_u64().unwrap_or(pop3_port.into());
    let password = asked["password"].as_str().unwrap_or(PASSWORD);
    let (shop, name) = match language {
        "en" => ("Sakura Diner", "Main shop"),
        _ => ("さくら食堂", "本店"),
    };
    let settings = format!(
        "# お店の設定 (the shop's settings)\n\n[general]\n# さくら = cherry\nlanguage = \"{language}\"\n\
         shop_name = \"{shop}\"\ncheck_interval_seconds = {interval}\n{general}\n\
         [guard]\nlimit_address_per_hour = 3 # 通\n{guard}\n\
         {more}\n\
         [[mailbox]]\n# 本店のアドレス\nname = \"{name}\"\naddress = \"{user}@shop.example\"\n{mailbox}\n\
         [mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {pop3_port}\nsecurity = \"none\"\nuser = \"{user}\"\n\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {smtp_port}\nsecurity = \"none\"\n"
    );
    let secrets = format!("[\"{name}\"]\npop3 = \"{password}\"\n");
    (settings, secrets)
}

/// A name server that knows no name, so that no test asks one on the internet. Lives as long as the process.
fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of this machine");
    let address = socket.local_addr().expect("our own port");
    thread::spawn(move || {
        let mut message = [0; 1500];
        while let Ok((length, sender)) = socket.recv_from(&mut message) {
            // RFC 1035, 4.1.1: an answer, recursion available, no such name.
            let [_, _, flags, more, ..] = &mut message;
            *flags |= 0x80;
            *more = 0x83;
            let _ = socket.send_to(message.get(..length).unwrap_or_default(), sender);
        }
    });
    address
}

/// A script in Node; ended with its browser when dropped.
struct Node(Child);

impl Node {
    /// Whether it ended well; nothing where it goes on.
    fn wait_until(&mut self, end: Instant) -> Option<bool> {
        loop {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Some(status.success());
            }
            if Instant::now() > end {
                self.stop();
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to end, so that it ends its browser; and does not wait for ever.
    fn stop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let end = Instant::now() + Duration::from_secs(10);
        while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// The script's connection; nothing where it does not come.
fn accept(listener: &TcpListener, end: Instant) -> Option<TcpStream> {
    let (socket, _) = listener.accept().ok()?;
    (Instant::now() < end).then_some(socket)
}

/// `target/browser`, where what failed tests saw is kept.
fn output_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.ancestors().nth(3).expect("tests run in the target folder");
    target.join("browser")
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_owned(),
        _ => "a panic".to_owned(),
    }
}
