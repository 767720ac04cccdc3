//! The Windows programs, as a shop's PC runs them: under Wine, with a real Dovecot and a recording SMTP server on loopback.
//!
//! One story, in order, because a desktop and its prefix are slow to make. Wine has no WebView2: the screens open in the browser.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};

use karamail_tests::mails;
use karamail_tests::settings::Settings;
use karamail_tests::shop::PlainShop;
use karamail_tests::sink::Sink;
use karamail_tests::wine::{Desktop, SLOW};
use karamail_tests::{PATIENCE, wait_until};

const TRAY: &str = "karamail-tray.exe";

#[test]
fn the_windows_program_serves_a_shop() {
    let desktop = Desktop::start("shop");
    let shop = PlainShop::open(Sink::start());
    let settings = shop.settings();
    let place = desktop.install("Karamail");
    let program = place.join(TRAY);

    let config = desktop.app_data("Roaming").join("Karamail/config");
    let data = desktop.app_data("Local").join("Karamail/data");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("karamail.toml"), settings.to_toml()).unwrap();
    passwords_are_kept_in_the_credential_manager(&desktop, &place, &settings, &data);

    let mut running = desktop.command(&text(&program), &["--hidden"]).spawn().unwrap();
    a_signup_gets_its_receipt_and_a_line_in_the_log(&shop, &data.join("log"), "taro@docomo.ne.jp", 1);
    assert!(!data.join("secrets.toml").exists(), "no password lies in a file");
    the_icon_is_in_the_tray(&desktop);
    the_pipe_is_its_users_alone(&desktop);
    println!(
        "private memory of {TRAY} at rest, no window: {} KiB",
        desktop.private_memory(TRAY)
    );
    assert_eq!(desktop.links(), [""; 0], "hidden: no screen");
    the_start_at_login_follows_the_settings(&desktop, &program, &settings, &config.join("karamail.toml"));

    a_second_start_brings_up_the_first(&desktop, &program);
    the_links_page_is_served(&desktop, "/results");
    assert_eq!(desktop.processes(TRAY).len(), 1, "one instance");

    let quit = desktop.run(&text(&program), &["--quit"]);
    assert_eq!(quit.code, Some(0), "{quit:?}");
    ends_cleanly(&desktop, &mut running, &data);

    a_session_that_ends_ends_the_program(&desktop, &program, &data);
    portable_keeps_all_beside_the_program(&desktop, &shop, &settings);
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The command line keeps the password; the tray program finds it there.
fn passwords_are_kept_in_the_credential_manager(
    desktop: &Desktop,
    place: &Path,
    settings: &Settings,
    data: &Path,
) {
    let password = &settings.mailboxes[0].pop3.password;
    let given = desktop.folder().join("password.txt");
    fs::write(&given, format!("{password}\n")).unwrap();
    let mut command = desktop.command(&text(&place.join("karamail.exe")), &["password", "set"]);
    let said = fs::File::create(desktop.folder().join("password-said.txt")).unwrap();
    let status = command
        .stdin(fs::File::open(&given).unwrap())
        .stdout(said.try_clone().unwrap())
        .stderr(said)
        .status();
    let said = fs::read_to_string(desktop.folder().join("password-said.txt")).unwrap();
    println!("password set: {said}");
    assert!(status.unwrap().success(), "{said}");
    assert!(!data.join("secrets.toml").exists(), "{said}");
    let credentials = desktop.run("reg", &["query", r"HKCU\Software\Wine\Credential Manager", "/s"]);
    assert!(credentials.text.contains("Karamail"), "{}", credentials.text);
    assert!(
        !credentials.text.contains(password.as_str()),
        "{}",
        credentials.text
    );
}

fn a_signup_gets_its_receipt_and_a_line_in_the_log(shop: &PlainShop, logs: &Path, from: &str, count: usize) {
    shop.deposit(mails::signup(from, &count.to_string()));
    assert!(shop.sink.wait_for(count, SLOW), "no receipt for {from}");
    let accepted = shop.sink.accepted();
    assert_eq!(accepted[count - 1].to, [from]);
    wait_until("the mailbox is empty", PATIENCE, || shop.waiting() == 0);
    let logged = || {
        let files = fs::read_dir(logs).into_iter().flatten().flatten();
        let mut texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        texts.any(|text| text.contains(from))
    };
    wait_until("the monthly log tells of it", PATIENCE, logged);
}

fn the_icon_is_in_the_tray(desktop: &Desktop) {
    // Wine shows it on a bar of its own, at the top left; green is collecting, between two polls.
    let is_green = || {
        let picture = text(&desktop.picture("tray"));
        let count = [
            &picture,
            "-crop",
            "170x50+0+0",
            "-format",
            "%c",
            "histogram:info:",
        ];
        desktop.on_screen("convert", &count).contains("#1A7F37")
    };
    wait_until("the icon is in the tray", PATIENCE, is_green);
}

/// Everyone on a computer may open a pipe, unless it says otherwise.
fn the_pipe_is_its_users_alone(desktop: &Desktop) {
    let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
    let folder = format!(r"\\?\C:\users\{user}\AppData\Local\Karamail\data");
    // As karamail_tray::link names it.
    let hash = Command::new("sh")
        .args(["-c", "printf %s \"$1\" | sha256sum | cut -c1-16", "sh", &folder])
        .output()
        .unwrap();
    let pipe = format!(
        r"\\.\pipe\karamail-{}",
        String::from_utf8_lossy(&hash.stdout).trim()
    );
    let program = karamail_tests::wine::built().join("wine/rights.exe");
    let said = desktop.run(&text(&program.canonicalize().unwrap()), &[&pipe]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let rights = said.text.lines().find(|line| line.starts_with("D:")).unwrap();
    assert!(rights.starts_with("D:P(A;;GA;;;S-1-5-21-"), "{rights}");
    assert_eq!(rights.matches('(').count(), 1, "{rights}");
}

/// On is the default of a program that nobody installed.
fn the_start_at_login_follows_the_settings(
    desktop: &Desktop,
    program: &Path,
    settings: &Settings,
    file: &Path,
) {
    let entry = || {
        let run = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
        desktop.registry_value(run, "Karamail")
    };
    let is_on = || entry().is_some_and(|line| line.ends_with(r#"\Karamail\karamail-tray.exe" --hidden"#));
    wait_until("it is entered", SLOW, is_on);
    let save = |is_on: bool| {
        let mut settings = settings.clone();
        settings.general.push_str(&format!("autostart = {is_on}\n"));
        fs::write(file, settings.to_toml()).unwrap();
    };
    save(false);
    wait_until("it is taken out", SLOW, || entry().is_none());
    save(true);
    wait_until("it is entered again", SLOW, is_on);
    assert!(program.is_file(), "what is entered is there");
    // Off again: Wine logs in anew after the end of a session, and would start it.
    save(false);
    wait_until("it is taken out again", SLOW, || entry().is_none());
}

fn a_second_start_brings_up_the_first(desktop: &Desktop, program: &Path) {
    let second = desktop.run(&text(program), &["--show", "results"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    wait_until("the browser is asked for the results", SLOW, || {
        !desktop.links().is_empty()
    });
}

/// Does what the page behind the link does in a browser.
fn the_links_page_is_served(desktop: &Desktop, page: &str) {
    let links = desktop.links();
    let link = links.last().unwrap();
    let (host, rest) = link
        .strip_prefix("http://")
        .unwrap()
        .split_once("/enter#")
        .unwrap();
    let (token, wished) = rest.split_once(':').unwrap();
    assert_eq!(wished, page, "{link}");
    let origin = format!("Origin: http://{host}");
    let entered = ask(host, "POST /enter", &[&origin], &format!("token={token}"));
    let cookie = entered
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap_or_else(|| panic!("{entered}"));
    let cookie = format!("Cookie: {}", cookie.split(';').next().unwrap());
    let first = ask(host, "GET /status", &[&cookie], "");
    assert!(first.starts_with("HTTP/1.1 200"), "{first}");
    assert!(first.contains("LinkId=2124703"), "the way to WebView2: {first}");
    let second = ask(host, "GET /status", &[&cookie], "");
    assert!(!second.contains("LinkId=2124703"), "told once");
    let again = ask(host, "POST /enter", &[&origin], &format!("token={token}"));
    assert!(again.starts_with("HTTP/1.1 403"), "a link works once: {again}");
}

fn ask(host: &str, request: &str, headers: &[&str], body: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The process is gone, by itself, and has left the ledger in one whole file.
fn ends_cleanly(desktop: &Desktop, running: &mut Child, data: &Path) {
    wait_until("the program has ended", SLOW, || {
        running.try_wait().unwrap().is_some() && desktop.processes(TRAY).is_empty()
    });
    assert!(running.wait().unwrap().success(), "ended by itself");
    assert!(data.join("karamail.db").is_file());
    assert!(!data.join("karamail.db-wal").exists(), "closed");
}

fn a_session_that_ends_ends_the_program(desktop: &Desktop, program: &Path, data: &Path) {
    let mut running = desktop.command(&text(program), &["--hidden"]).spawn().unwrap();
    the_icon_is_in_the_tray(desktop);
    // Sends WM_QUERYENDSESSION and WM_ENDSESSION to every window.
    desktop.run("wineboot", &["--end-session"]);
    ends_cleanly(desktop, &mut running, data);
}

fn portable_keeps_all_beside_the_program(desktop: &Desktop, shop: &PlainShop, settings: &Settings) {
    let place = desktop.install("stick");
    fs::write(place.join("karamail.toml"), settings.to_toml()).unwrap();
    let mut running = desktop
        .command(&text(&place.join(TRAY)), &["--hidden"])
        .spawn()
        .unwrap();
    a_signup_gets_its_receipt_and_a_line_in_the_log(shop, &place.join("data/log"), "hanako@ezweb.ne.jp", 2);
    assert_eq!(desktop.run(&text(&place.join(TRAY)), &["--quit"]).code, Some(0));
    ends_cleanly(desktop, &mut running, &place.join("data"));
}
