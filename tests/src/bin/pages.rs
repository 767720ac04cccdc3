//! Measures how long the pages take with a hundred thousand numbers and three years of logs: `tests/bench/pages.sh`.
//!
//! The real Router answers over HTTP on loopback. Each page is asked for in turn with all others, so that none lives from
//! a cache that only its own repetition keeps warm; beside them the plain cost of an empty page in the same run. With no
//! rounds nothing is measured, and the pages are there to be looked at until Ctrl-C.

#![expect(
    clippy::panic,
    reason = "a measurement that cannot be made has failed, and the panic says why"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use jiff::ToSpan;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::config::Places;
use karamail_engine::program::{Phase, Program};
use karamail_engine::secrets::{Environment, KeyringUse, Secrets};
use karamail_engine::store::results::{Cursor, Wanted, counts, results};
use karamail_tests::old_shop::{Size, fill};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a page may take, at its median.
const GOAL: Duration = Duration::from_millis(50);

const SETTINGS: &str = r#"
[general]
language = "ja"
[guard]
backlog_hours = 0
[[series]]
name = "main"
[[series]]
name = "branch"
[[mailbox]]
name = "店頭"
address = "touroku@shop.example"
[mailbox.pop3]
host = "127.0.0.1"
port = 9
security = "none"
user = "touroku"
[mailbox.smtp]
host = "127.0.0.1"
port = 9
security = "none"
authentication = "none"
[[mailbox]]
name = "支店"
address = "branch@shop.example"
series = "branch"
[mailbox.pop3]
host = "127.0.0.1"
port = 9
security = "none"
user = "branch"
[mailbox.smtp]
host = "127.0.0.1"
port = 9
security = "none"
authentication = "none"
"#;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let number =
        |text: Option<String>, otherwise| text.and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let numbers = number(arguments.next(), 100_000);
    let rounds = number(arguments.next(), 40);
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("a folder: {error}"));
    let size = Size {
        numbers,
        log_lines: 8_000,
        longest_log_lines: 200_000,
        waiting: [60, 5, 2_000],
    };
    println!("filling a folder with {numbers} numbers and 36 months of logs …");
    fill(&folder.path().join("data"), size).await;
    let program = start(folder.path()).await;
    let port = serve(karamail_web::router(Arc::clone(&program))).await;
    if rounds == 0 {
        println!("http://127.0.0.1:{port}/results");
        let _ = tokio::signal::ctrl_c().await;
        program.end().await;
        return ExitCode::SUCCESS;
    }
    let pages = pages(&program, numbers).await;
    let mut times: BTreeMap<usize, Vec<Duration>> = BTreeMap::new();
    let mut sizes = vec![(0, 0); pages.len()];
    for round in 0..rounds + 2 {
        for (index, ((_, path), size)) in pages.iter().zip(&mut sizes).enumerate() {
            let (took, status, bytes) = ask(port, path).await;
            *size = (status, bytes);
            // The first rounds read the files into the system's cache, as any use before does.
            if round >= 2 {
                times.entry(index).or_default().push(took);
            }
        }
    }
    let is_met = print(&pages, &times, &sizes);
    beside(&program, port).await;
    program.end().await;
    if is_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn start(folder: &Path) -> Arc<Program> {
    let places = Places {
        config: folder.join("karamail.toml"),
        data: folder.join("data"),
        portable: false,
    };
    write(&places.config, SETTINGS);
    let password = [("KARAMAIL_PASSWORD".to_owned(), "x".into())];
    let environment = Environment::Given(password.into_iter().collect());
    let secrets = Secrets::with(&places.data, environment, KeyringUse::Off);
    let program = Program::start(places, Arc::new(secrets), false);
    match program.settled().await {
        Phase::Running(_) => program,
        Phase::Faulty(faults) => panic!("{}", faults.told(Language::English)),
        Phase::Failed(fault) => panic!("{}", fault.told(Language::English)),
        _ => panic!("the engine does not run"),
    }
}

fn write(path: &PathBuf, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

async fn serve(router: Router) -> u16 {
    let router = router.route(
        "/empty",
        get(async || axum::response::Html("<!doctype html><title>x</title>")),
    );
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.unwrap_or_else(|error| panic!("a port: {error}"));
    let port = listener
        .local_addr()
        .map(|address| address.port())
        .unwrap_or_default();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// What is measured: a name and an address.
async fn pages(program: &Program, numbers: u32) -> Vec<(&'static str, String)> {
    let handle = program
        .handle()
        .unwrap_or_else(|| panic!("the engine does not run"));
    let readers = handle.readers();
    // A place near the list's end, found by its date.
    let month = |back: i32| clock::local(clock::now()).date().saturating_sub(back.months());
    let deep = Wanted {
        until: month(34)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|at| at.timestamp()),
        limit: Some(1),
        ..Wanted::default()
    };
    let deep = results(readers, &deep).await.unwrap_or_default();
    let deep = deep
        .first()
        .map(|row| Cursor::of(row).to_string())
        .unwrap_or_default();
    let log = |back: i32| month(back).strftime("/log?month=%Y-%m").to_string();
    let one = numbers / 2;
    [
        ("an empty page", "/empty".to_owned()),
        ("status", "/status".into()),
        ("results", "/results".into()),
        ("results, live part", "/results/live".into()),
        ("results, one number", format!("/results?q={one}")),
        ("results, part of an address", "/results?q=sakura".into()),
        (
            "results, an address of long ago",
            "/results?q=taro.yamada.1%40".into(),
        ),
        ("results, an address nobody has", "/results?q=nobody".into()),
        (
            "results, a day of long ago",
            format!("/results?from={0}&to={0}", month(30)),
        ),
        (
            "results, not delivered",
            "/results?state=refused%2Cbounced".into(),
        ),
        ("results, waiting to be sent", "/results?state=queued".into()),
        ("results, left", "/results?state=left".into()),
        ("results, erased (none)", "/results?state=erased".into()),
        (
            "results, one mailbox",
            "/results?mailbox=branch%40shop.example".into(),
        ),
        ("results, one series", "/results?series=branch".into()),
        (
            "results, several filters",
            format!("/results?q=jiro&state=bounced&series=branch&to={}", month(12)),
        ),
        (
            "results, rows near the end",
            format!("/results/rows?rows=1950&after={deep}"),
        ),
        ("results, a page near the end", format!("/results?after={deep}")),
        ("one number", format!("/results/main/{one}")),
        ("one number, erasing asked", format!("/results/main/{one}/erase")),
        ("waiting mails", "/waiting".into()),
        (
            "waiting mails, further down",
            "/waiting/backlog?before=101000".into(),
        ),
        ("log, this month", "/log".into()),
        ("log, 200,000 lines, end", log(1)),
        (
            "log, 200,000 lines, middle",
            format!("{}&day={}", log(1), month(1).strftime("%Y-%m-15")),
        ),
        (
            "log, 200,000 lines, search",
            format!("{}&find=hanako.100000", log(1)),
        ),
        ("settings", "/settings".into()),
        ("settings, mail", "/settings/mail".into()),
        ("settings, templates", "/settings/templates".into()),
        ("test", "/test".into()),
        ("demo", "/demo".into()),
        ("counter kit", "/kit".into()),
    ]
    .into()
}

/// What has no goal: the counts that every change asks for, and whole files.
async fn beside(program: &Program, port: u16) {
    let handle = program
        .handle()
        .unwrap_or_else(|| panic!("the engine does not run"));
    let now = clock::now();
    let ago = |days: i64| now - jiff::SignedDuration::from_hours(24 * days);
    let mut took = Vec::new();
    for _ in 0..40 {
        let begin = Instant::now();
        let counted = counts(handle.readers(), ago(1), ago(30)).await;
        took.push(begin.elapsed());
        assert!(counted.is_ok(), "{counted:?}");
    }
    took.sort_unstable();
    let median = took.get(took.len() / 2).copied().unwrap_or_default();
    println!("counts alone, median: {median:.1?}");
    for path in ["/results/export.csv", "/results/export.xlsx"] {
        let (took, status, bytes) = ask(port, path).await;
        println!("{path}: {status}, {bytes} bytes in {took:.1?}");
    }
}

/// Asks for a page on a new connection; how long until its last byte, its status and its length.
async fn ask(port: u16, path: &str) -> (Duration, u16, usize) {
    let begin = Instant::now();
    let answer = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<Vec<u8>, std::io::Error>(answer)
    }
    .await
    .unwrap_or_else(|error| panic!("{path}: {error}"));
    let took = begin.elapsed();
    let status = String::from_utf8_lossy(&answer);
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    (took, status.unwrap_or_default(), answer.len())
}

/// Prints the table; whether every page meets the goal.
fn print(pages: &[(&str, String)], times: &BTreeMap<usize, Vec<Duration>>, sizes: &[(u16, usize)]) -> bool {
    println!(
        "{:<36} {:>6} {:>9} {:>11} {:>11}",
        "page", "status", "bytes", "median ms", "worst ms"
    );
    let mut is_met = true;
    for (index, ((name, path), (status, bytes))) in pages.iter().zip(sizes).enumerate() {
        let mut took = times.get(&index).cloned().unwrap_or_default();
        took.sort_unstable();
        let median = took.get(took.len() / 2).copied().unwrap_or_default();
        let worst = took.last().copied().unwrap_or_default();
        let verdict = match (*status, median <= GOAL) {
            (200 | 303 | 307, true) => "",
            (200 | 303 | 307, false) => "  TOO SLOW",
            _ => "  NOT A PAGE",
        };
        is_met &= verdict.is_empty();
        let shown = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{name:<36} {status:>6} {bytes:>9} {:>11.2} {:>11.2}{verdict}  {path}",
            shown(median),
            shown(worst)
        );
    }
    is_met
}
