//! `karamail run` as a service of systemd (`Type=notify`): it says when it collects and when it ends, and a start that fails says nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use karamail_engine::demo::{self, DemoServers};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Longest a start or an end may take on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The service manager's end of the socket, and the folder it lies in.
struct Manager {
    folder: tempfile::TempDir,
    socket: UnixDatagram,
}

impl Manager {
    fn listen() -> Manager {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Manager { folder, socket }
    }

    fn start(&self, settings: &str) -> Child {
        let config = self.folder.path().join("karamail.toml");
        std::fs::write(&config, settings).unwrap();
        Command::new(env!("CARGO_BIN_EXE_karamail"))
            .arg("--config")
            .arg(config)
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .arg("run")
            .env("NOTIFY_SOCKET", self.folder.path().join("notify"))
            .env("KARAMAIL_PASSWORD", demo::PASSWORD)
            .env("KARAMAIL_KEYRING", "off")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn told(&self) -> String {
        let mut bytes = [0; 64];
        let length = self.socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes.iter().take(length).copied().collect()).unwrap()
    }
}

fn settings(servers: &DemoServers) -> String {
    settings_with(servers, servers.smtp_port())
}

fn settings_with(servers: &DemoServers, smtp_port: u16) -> String {
    format!(
        "[[mailbox]]\naddress = \"{}\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nuser = \"{}\"\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nauthentication = \"none\"\n",
        demo::ADDRESS,
        servers.pop3_port(),
        demo::USER,
        smtp_port,
    )
}

fn ask_to_end(child: &Child) {
    send(child, "-TERM");
}

fn send(child: &Child, signal: &str) {
    let asked = Command::new("kill")
        .arg(signal)
        .arg(child.id().to_string())
        .status();
    assert!(asked.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_is_told_that_collecting_begins_and_that_it_ends() {
    let servers = DemoServers::start().await.unwrap();
    let manager = Manager::listen();
    let mut child = manager.start(&settings(&servers));
    assert_eq!(manager.told(), "READY=1");
    assert!(Path::exists(&manager.folder.path().join("data/karamail.db")));
    ask_to_end(&child);
    assert_eq!(manager.told(), "STOPPING=1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A program with a letter on its way to a server that has not yet greeted it, and was asked to end.
async fn in_mid_letter(manager: &Manager) -> (Child, DemoServers, TcpStream) {
    let servers = DemoServers::start().await.unwrap();
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    servers.deposit(b"From: hanako@example.jp\r\nTo: touroku@shop.example\r\n\r\n".to_vec());
    let child = manager.start(&settings_with(&servers, slow.local_addr().unwrap().port()));
    let (call, _) = timeout(PATIENCE, slow.accept()).await.unwrap().unwrap();
    assert_eq!(manager.told(), "READY=1");
    send(&child, "-INT");
    assert_eq!(manager.told(), "STOPPING=1");
    (child, servers, call)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signals_that_follow_the_first_at_the_end_of_a_session_leave_time_for_the_letter_in_hand() {
    let manager = Manager::listen();
    let (mut child, servers, call) = in_mid_letter(&manager).await;
    for signal in ["-HUP", "-TERM", "-HUP", "-TERM"] {
        send(&child, signal);
    }
    let taking = async {
        let mut lines = BufReader::new(call);
        lines.write_all(b"220 at last\r\n").await.unwrap();
        let (mut line, mut is_letter, mut is_taken) = (String::new(), false, false);
        while lines.read_line(&mut line).await.unwrap() > 0 {
            let answer = match line.trim_end() {
                "." => "250 taken",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ if is_letter => "",
                _ => "250 yes",
            };
            is_taken |= answer == "250 taken";
            is_letter = (is_letter || answer.starts_with("354")) && !answer.starts_with("250 taken");
            if !answer.is_empty() {
                lines.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            line.clear();
        }
        is_taken
    };
    assert!(
        timeout(PATIENCE, taking).await.unwrap(),
        "the letter did not go out"
    );
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    assert_eq!(timeout(PATIENCE, ended).await.unwrap().unwrap().code(), Some(0));
    drop(servers);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_presses_ctrl_c_twice_need_not_wait_for_a_slow_server() {
    let manager = Manager::listen();
    let (mut child, servers, call) = in_mid_letter(&manager).await;
    send(&child, "-INT");
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    assert_eq!(timeout(PATIENCE, ended).await.unwrap().unwrap().code(), Some(1));
    drop((servers, call));
}

#[test]
fn a_start_with_faulty_settings_is_never_ready_and_ends_with_a_code_that_starts_it_no_more() {
    let manager = Manager::listen();
    let mut child = manager.start("[general]\ncheck_interval_seconds = \"soon\"\n");
    assert_eq!(child.wait().unwrap().code(), Some(3));
    manager.socket.set_nonblocking(true).unwrap();
    assert!(
        manager.socket.recv(&mut [0; 64]).is_err(),
        "it was told something"
    );
}
