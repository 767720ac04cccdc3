//! Commands beside the running program, and the program on a full disk.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use karamail_engine::clock;
use karamail_engine::demo::{self, DemoServers};

struct Shop {
    folder: tempfile::TempDir,
    servers: DemoServers,
}

impl Shop {
    async fn open() -> Shop {
        let shop = Shop {
            folder: tempfile::tempdir().unwrap(),
            servers: DemoServers::start().await.unwrap(),
        };
        let text = format!(
            "[general]\nlanguage = \"en\"\ncheck_interval_seconds = 5\n[guard]\nbacklog_hours = 24\n[[mailbox]]\nname = \"counter\"\n\
             address = \"{}\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nuser = \"{}\"\n[mailbox.smtp]\n\
             host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nauthentication = \"none\"\n",
            demo::ADDRESS,
            shop.servers.pop3_port(),
            demo::USER,
            shop.servers.smtp_port(),
        );
        std::fs::create_dir(shop.data()).unwrap();
        std::fs::write(shop.folder.path().join("karamail.toml"), text).unwrap();
        shop
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karamail"));
        command
            .arg("--config")
            .arg(self.folder.path().join("karamail.toml"))
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .env("KARAMAIL_PASSWORD", demo::PASSWORD)
            .env("KARAMAIL_KEYRING", "off");
        command
    }

    /// Runs a command without blocking the servers; what it printed.
    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    async fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(&[arguments, &["--json"]].concat()).await;
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(text.trim())
            .unwrap_or_else(|_| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
    }

    fn start(&self) -> Running {
        let child = self
            .command(&["run"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Running(child)
    }
}

/// A running program, ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn signup(address: &str, extra: &str) -> Vec<u8> {
    let date = jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap();
    format!("{extra}From: <{address}>\r\nDate: {date}\r\nMessage-ID: <1.{address}>\r\nSubject:\r\n\r\n")
        .into_bytes()
}

const FORGED: &str = "Authentication-Results: mx.example.jp; spf=fail\r\n";

async fn wait_until(what: &str, most: Duration, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < most, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_and_backlog_work_the_same_beside_the_running_program_and_without_it() {
    for is_running in [true, false] {
        let shop = Shop::open().await;
        shop.servers.deposit(signup("forged@example.jp", FORGED));
        shop.servers.deposit(signup("unwanted@example.jp", FORGED));
        let old =
            "From: <old@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <1@old>\r\n\r\n";
        shop.servers.deposit(old.into());
        shop.servers.deposit(signup("a@example.jp", ""));
        let running = is_running.then(|| shop.start());
        if is_running {
            shop.servers.wait_for_sent(1).await;
        } else {
            shop.run(&["once"]).await;
        }
        let listed = shop.run(&["hold", "list", "--json"]).await;
        let lines: Vec<serde_json::Value> = String::from_utf8(listed.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(
            (&lines[0]["reason"], &lines[0]["mailbox"]),
            (&"spf-fail".into(), &"counter".into())
        );
        let (forged, unwanted) = (lines[0]["id"].to_string(), lines[1]["id"].to_string());
        let begun = Instant::now();
        let released = shop.json(&["hold", "release", &forged]).await;
        assert!(
            begun.elapsed() < Duration::from_secs(4),
            "at once, not with the next poll"
        );
        assert_eq!(released["mails"][0]["number"], 2, "{released}");
        assert_eq!(
            shop.json(&["hold", "discard", &unwanted]).await["mails"][0]["done"],
            "at-next-poll"
        );
        assert_eq!(
            shop.json(&["backlog", "process", "--mailbox", "counter"]).await["mails"][0]["number"],
            3
        );
        if !is_running {
            shop.run(&["once"]).await;
        }
        shop.servers.wait_for_sent(3).await;
        shop.servers.wait_for_mailbox_at_most(0).await;
        let again = shop.run(&["hold", "release", &forged, "--lang", "en"]).await;
        assert_eq!(again.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&again.stdout).contains("no such mail waits"));
        drop(running);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_says_by_its_code_that_it_was_interrupted() {
    let shop = Shop::open().await;
    // A server that takes the call and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = shop.folder.path().join("karamail.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let port = |port: u16| format!("port = {port}");
    let text = text.replace(
        &port(shop.servers.pop3_port()),
        &port(silent.local_addr().unwrap().port()),
    );
    std::fs::write(&config, text).unwrap();
    let mut once = Running(shop.command(&["once"]).stdout(Stdio::null()).spawn().unwrap());
    let called = tokio::time::timeout(Duration::from_secs(60), silent.accept());
    let _call = called.await.unwrap().unwrap();
    let pid = once.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let ended = tokio::task::spawn_blocking(move || once.0.wait().unwrap());
    let ended = tokio::time::timeout(Duration::from_secs(60), ended)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.code(), Some(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_a_folder_without_a_ledger_makes_none() {
    let shop = Shop::open().await;
    let output = shop.run(&["hold", "release", "1", "--lang", "en"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Nothing has been recorded"));
    assert_eq!(std::fs::read_dir(shop.data()).unwrap().count(), 0);
}

/// A small disk for one test; `None` where this user may not mount one.
struct SmallDisk<'a>(&'a Path);

impl SmallDisk<'_> {
    fn mount(at: &Path) -> Option<SmallDisk<'_>> {
        let options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs"];
        let mounted = Command::new("mount")
            .args(options)
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_pauses_collecting_and_it_goes_on_by_itself() {
    let shop = Shop::open().await;
    let data = shop.data();
    let Some(_disk) = SmallDisk::mount(&data) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    shop.servers.deposit(signup("a@example.jp", ""));
    let mut running = shop.start();
    shop.servers.wait_for_sent(1).await;
    shop.servers.wait_for_mailbox_at_most(0).await;
    // Everything but a little is taken.
    let ballast = data.join("ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[0u8; 4096]).is_ok() {}
    drop(file);
    for nth in 0..40 {
        shop.servers.deposit(signup(&format!("c{nth}@example.jp"), ""));
        let other = format!(
            "From: <o{nth}@example.jp>\r\nSubject: x\r\n\r\n{}",
            "photo\r\n".repeat(4_000)
        );
        shop.servers.deposit(other.into_bytes());
    }
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert!(running.0.try_wait().unwrap().is_none(), "it does not end");
    assert_eq!(
        (shop.servers.mailbox_count(), shop.servers.sent_count()),
        (80, 1),
        "the mails stay on the server"
    );
    std::fs::remove_file(&ballast).unwrap();
    wait_until("it goes on by itself", Duration::from_secs(60), || {
        shop.servers.mailbox_count() == 0
    })
    .await;
    shop.servers.wait_for_sent(41).await;
    let month = clock::local(clock::now()).strftime("%Y-%m").to_string();
    let log = data.join("log").join(format!("{month}.txt"));
    let read = || std::fs::read_to_string(&log).unwrap();
    wait_until("the log has it", Duration::from_secs(5), || {
        read().matches("Disk has room again").count() == 1
    })
    .await;
    assert!(!read().contains("Refused"), "{}", read());
    drop(running);
}
