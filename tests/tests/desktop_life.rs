//! The tray program's life on a real D-Bus: its start at login, notices, crashes, sleep, and where passwords go.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use karamail_tests::desktop::Desktop;
use karamail_tests::desktop::bus::Bus;
use karamail_tests::dovecot::PASSWORD;
use karamail_tests::mails;
use karamail_tests::program::{Running, binary_of_profile};
use karamail_tests::server::{Server, scratch_folder};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::{PlainShop, USER};
use karamail_tests::sink::Sink;
use karamail_tests::{PATIENCE, wait_until};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::OwnedValue;

/// A mailbox that nobody answers for.
fn nobody() -> Settings {
    Settings::one(
        Endpoint::local(1, "none", USER, PASSWORD),
        Endpoint::local(1, "none", "", ""),
    )
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// What is started at login: the desktop files' names and texts.
fn entries(desktop: &Desktop) -> Vec<(PathBuf, String)> {
    let folder = desktop.home().join(".config/autostart");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| (file.path(), read(&file.path()))).collect()
}

fn wait_for_entry(desktop: &Desktop, what: &str, is_it: impl Fn(&str) -> bool) -> (PathBuf, String) {
    let found = || entries(desktop).into_iter().find(|(_, text)| is_it(text));
    wait_until(what, PATIENCE, || found().is_some());
    found().unwrap()
}

/// Ends the program as a session manager does.
fn end(running: Running) {
    running.terminate();
    running.finish_within(PATIENCE).success();
}

#[test]
fn the_start_at_login_follows_the_setting_the_place_of_the_program_and_the_persons_last_act() {
    let mut desktop = Desktop::open(&nobody());
    desktop
        .program
        .rewrite("[general]", "[general]\nautostart = true");
    let running = desktop.start(&["--hidden"]);
    let (file, text) = wait_for_entry(&desktop, "the entry is there", |_| true);
    assert!(text.contains("\"--hidden\" \"--config\""), "{text}");
    // Switched off and on while it runs.
    desktop.program.rewrite("autostart = true", "autostart = false");
    wait_until("the entry goes", PATIENCE, || entries(&desktop).is_empty());
    desktop.program.rewrite("autostart = false", "autostart = true");
    wait_for_entry(&desktop, "the entry is back", |_| true);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    end(running);
    log_in(&desktop, &file);

    // A right entry is not written again.
    let running = desktop.start(&["--hidden"]);
    desktop.link().get("/settings/control");
    end(running);
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);

    // The program has moved, to a folder that wants quoting.
    desktop.move_to("My \"Programs\" $HOME");
    let running = desktop.start(&["--hidden"]);
    wait_for_entry(&desktop, "the entry is repaired", |text| {
        text.contains("Programs")
    });
    end(running);
    log_in(&desktop, &file);

    // Switched off in the desktop's own list: left as it is, and told.
    let off = read(&file).replace(
        "X-GNOME-Autostart-enabled=true",
        "X-GNOME-Autostart-enabled=false",
    );
    fs::write(&file, &off).unwrap();
    let running = desktop.start(&["--hidden"]);
    wait_until("it is told", PATIENCE, || {
        desktop
            .link()
            .get("/settings/control")
            .body
            .contains("disabled in the system")
    });
    end(running);
    assert_eq!(read(&file), off);

    // Taken away by hand: the settings follow.
    fs::remove_file(&file).unwrap();
    let running = desktop.start(&["--hidden"]);
    wait_until("the settings follow", PATIENCE, || {
        read(&desktop.program.config()).contains("autostart = false")
    });
    end(running);
    assert_eq!(entries(&desktop), []);
}

#[test]
fn a_start_at_login_that_cannot_be_registered_is_told_on_the_screen() {
    let desktop = Desktop::open(&nobody());
    desktop
        .program
        .rewrite("[general]", "[general]\nautostart = true");
    fs::create_dir_all(desktop.home().join(".config")).unwrap();
    fs::write(desktop.home().join(".config/autostart"), "a file in its place").unwrap();
    let running = desktop.start(&["--hidden"]);
    wait_until("it is told", PATIENCE, || {
        desktop
            .link()
            .get("/settings/control")
            .body
            .contains("could not be registered")
    });
    end(running);
}

/// Starts what the desktop file says, as a desktop does at login (GLib reads it), and ends it again.
fn log_in(desktop: &Desktop, file: &Path) {
    let mut launch = Command::new("gio");
    launch
        .arg("launch")
        .arg(file)
        .envs(desktop.environment())
        .env("KARAMAIL_KEYRING", "off");
    // What it starts goes on, and must not hold our end of a pipe.
    launch.stdout(Stdio::null()).stderr(Stdio::null());
    assert!(launch.status().unwrap().success());
    wait_until("the entry starts this program", PATIENCE, || {
        desktop.link().answers()
    });
    assert_eq!(desktop.windows(), [""; 0], "a start at login shows no window");
    desktop.link().post("/status/end", "");
    wait_until("it has ended", PATIENCE, || !desktop.link().answers());
}

/// Whoever shows notifications, played by the test.
struct Notifications {
    _connection: Connection,
    shown: Arc<Mutex<Vec<Shown>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    title: String,
    text: String,
}

struct Server1(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server1 {
    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        _app_name: &str,
        _replaces_id: u32,
        _app_icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        self.0.lock().unwrap().push(Shown {
            title: summary.to_owned(),
            text: body.to_owned(),
        });
        1
    }
}

impl Notifications {
    fn start(bus: &Bus) -> Notifications {
        let shown = Arc::default();
        let connection = connection::Builder::address(bus.address().as_str())
            .and_then(|builder| {
                builder.serve_at("/org/freedesktop/Notifications", Server1(Arc::clone(&shown)))
            })
            .and_then(|builder| builder.name("org.freedesktop.Notifications"))
            .and_then(connection::Builder::build)
            .unwrap();
        Notifications {
            _connection: connection,
            shown,
        }
    }

    fn titles(&self) -> Vec<String> {
        self.shown
            .lock()
            .unwrap()
            .iter()
            .map(|shown| shown.title.clone())
            .collect()
    }
}

#[test]
fn a_wrong_password_is_told_once_and_once_that_it_is_mended() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&shop.settings());
    desktop
        .program
        .rewrite("[general]", "[general]\nnotify_receipts = true");
    let notifications = Notifications::start(desktop.bus());
    shop.dovecot.set_passwords(&[(USER, "another one")]);
    let running = desktop.start(&["--hidden"]);
    let begin = Instant::now();
    wait_until("the trouble is told", Duration::from_secs(180), || {
        !notifications.titles().is_empty()
    });
    assert!(
        begin.elapsed() > Duration::from_secs(50),
        "a moment without network is no trouble"
    );
    // Further polls that fail say nothing more.
    for _ in 0..3 {
        let refused = || shop.dovecot.log().matches("auth failed").count();
        let before = refused();
        desktop.link().post("/status/check", "");
        wait_until("a further login is refused", PATIENCE, || refused() > before);
    }
    assert_eq!(notifications.titles(), ["Mail cannot be fetched"]);
    shop.dovecot.set_passwords(&[(USER, PASSWORD)]);
    shop.deposit(mails::signup("hanako@example.jp", "<1@example.jp>"));
    desktop.link().post("/status/check", "");
    wait_until("the end and the number are told", PATIENCE, || {
        notifications.titles().len() >= 3
    });
    let mut titles = notifications.titles();
    titles.sort();
    assert_eq!(
        titles,
        ["Mail cannot be fetched", "Receipt number 1", "Signup works again"]
    );
    let texts: Vec<String> = notifications
        .shown
        .lock()
        .unwrap()
        .iter()
        .map(|shown| shown.text.clone())
        .collect();
    assert!(texts.contains(&"h***@example.jp".to_owned()), "{texts:?}");
    end(running);
    assert_eq!(
        notifications.titles().len(),
        3,
        "an end that was asked for is no news"
    );
}

#[test]
fn a_program_that_was_killed_says_so_at_the_next_start_and_one_that_was_ended_does_not() {
    const TOLD: &str = "Karamail had ended unexpectedly";
    let desktop = Desktop::open(&nobody());
    let notifications = Notifications::start(desktop.bus());
    let running = desktop.start(&["--hidden"]);
    assert!(!desktop.link().get("/status").body.contains(TOLD));
    assert!(running.kill().0);

    let running = desktop.start(&["--hidden"]);
    // The language is known once the settings are read.
    wait_until("it is told", PATIENCE, || {
        desktop.link().get("/status").body.contains(TOLD)
    });
    let page = desktop.link().get("/status").body;
    assert!(
        page.contains(TOLD) && page.contains("stopped from outside"),
        "{page}"
    );
    wait_until("a notice says so too", PATIENCE, || {
        notifications.titles() == [TOLD]
    });
    desktop.link().post("/status/put-away/ended", "");
    assert!(!desktop.link().get("/status").body.contains(TOLD));
    end(running);

    let running = desktop.start(&["--hidden"]);
    assert!(!desktop.link().get("/status").body.contains(TOLD));
    // Another session of the computer since: it was off.
    assert!(running.kill().0);
    let mark = desktop.program.data().join("running.json");
    let boot = read(Path::new("/proc/sys/kernel/random/boot_id"));
    fs::write(&mark, read(&mark).replace(boot.trim(), "another")).unwrap();
    let running = desktop.start(&["--hidden"]);
    // The language is known once the settings are read.
    wait_until("it is told", PATIENCE, || {
        desktop.link().get("/status").body.contains(TOLD)
    });
    let page = desktop.link().get("/status").body;
    assert!(page.contains(TOLD) && page.contains("lost power"), "{page}");
    end(running);
}

/// Tells who listens that the machine goes to sleep or wakes, as logind does.
fn tell_sleep(logind: &Connection, is_before: bool) {
    let manager = "org.freedesktop.login1.Manager";
    let path = "/org/freedesktop/login1";
    logind
        .emit_signal(None::<&str>, path, manager, "PrepareForSleep", &is_before)
        .unwrap();
}

#[test]
fn a_machine_that_wakes_up_looks_for_mail_at_once() {
    let shop = PlainShop::open(Sink::start());
    let system = Bus::start();
    let logind = connection::Builder::address(system.address().as_str())
        .and_then(|builder| builder.name("org.freedesktop.login1"))
        .and_then(connection::Builder::build)
        .unwrap();
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 86400".to_owned();
    let mut desktop = Desktop::open(&settings);
    desktop.set("DBUS_SYSTEM_BUS_ADDRESS", &system.address());
    let running = desktop.start(&["--hidden"]);
    wait_until("the first poll has ended", PATIENCE, || {
        desktop.link().get("/status").body.contains("light good")
    });
    shop.deposit(mails::signup("hanako@example.jp", "<1@example.jp>"));
    tell_sleep(&logind, true);
    // The program may not listen yet; waking up twice does no harm.
    wait_until("the mail is answered", PATIENCE, || {
        tell_sleep(&logind, false);
        shop.sink.wait_for(1, Duration::from_millis(300))
    });
    end(running);
}

#[test]
fn a_password_goes_into_the_secret_service_and_into_no_file_and_into_the_owners_file_without_one() {
    let shop = PlainShop::open(Sink::start());
    let mut desktop = Desktop::open(&shop.settings());
    desktop.program.forget_passwords();
    desktop.set("KARAMAIL_KEYRING", "on");
    let home = scratch_folder("keyring");
    let bus = desktop.bus().address();
    let keyring = unlocked_keyring(&bus, home.path());
    let data = desktop.program.data();
    set_password(&desktop);
    let found = Command::new("secret-tool")
        .args(["search", "--all", "service", "Karamail"])
        .envs(desktop.environment())
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    assert!(found.contains(&format!("secret = {PASSWORD}")), "{found}");
    for (path, bytes) in files_below(&data).into_iter().chain(files_below(home.path())) {
        let has_it = bytes
            .windows(PASSWORD.len())
            .any(|part| part == PASSWORD.as_bytes());
        assert!(!has_it, "{}", path.display());
    }
    // The tray program finds it there.
    let running = desktop.start(&["--hidden"]);
    wait_until("the mailbox is polled", PATIENCE, || {
        desktop.link().get("/status").body.contains("light good")
    });
    end(running);

    // Without a Secret Service: the file that the owner alone can read.
    drop(keyring);
    set_password(&desktop);
    let file = data.join("secrets.toml");
    assert!(read(&file).contains(PASSWORD));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Sets the mailbox's password as a person does on the command line.
fn set_password(desktop: &Desktop) {
    let mut command = Command::new(binary_of_profile("karamail"));
    command
        .arg("--config")
        .arg(desktop.program.config())
        .arg("--data-dir")
        .arg(desktop.program.data())
        .args(["password", "set"])
        .envs(desktop.environment())
        .stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PASSWORD.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}

/// A real Secret Service whose login keyring is unlocked, as after a login.
fn unlocked_keyring(bus: &str, home: &Path) -> Server {
    let script = "printf login >\"$HOME/login\" && exec gnome-keyring-daemon --foreground --unlock --components=secrets <\"$HOME/login\"";
    let log = home.join("log");
    let keyring = Server::start(
        "gnome-keyring-daemon",
        "/usr/bin/env",
        &[
            &format!("DBUS_SESSION_BUS_ADDRESS={bus}"),
            &format!("HOME={}", home.display()),
            &format!("XDG_RUNTIME_DIR={}", home.display()),
            &format!("XDG_DATA_HOME={}", home.display()),
            "sh",
            "-c",
            script,
        ],
        &log,
    );
    wait_until("the Secret Service is there", PATIENCE, || {
        let told = Command::new("dbus-send")
            .arg(format!("--bus={bus}"))
            .args([
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .stderr(Stdio::null())
            .output();
        told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("true"))
    });
    keyring
}

fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path, bytes));
        }
    }
    found
}
