//! `karamail run` as a service of systemd (`Type=notify`): it says when it collects and when it ends, and a start that fails says nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use karamail_engine::demo::{self, DemoServers};

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
    format!(
        "[[mailbox]]\naddress = \"{}\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nuser = \"{}\"\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nauthentication = \"none\"\n",
        demo::ADDRESS,
        servers.pop3_port(),
        demo::USER,
        servers.smtp_port(),
    )
}

fn ask_to_end(child: &Child) {
    let asked = Command::new("kill")
        .arg("-TERM")
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
