//! Very many mailboxes in one process: what it costs, and whether each is polled on time.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use karamail_tests::certificates::Flaw;
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::server::{free_port, scratch_folder};
use karamail_tests::settings::{Endpoint, MailboxSettings, Settings};

use crate::goals::Goals;
use crate::options::{Choice, Options};
use crate::process::Running;
use crate::rounds::karamail;
use crate::table::{self, megabytes, quantile};

/// The options of `mailboxes.sh`.
pub(crate) const OPTIONS: &[Choice] = &[
    ("mailboxes", "1000", "50", "how many, every tenth of them dead"),
    ("interval", "60", "10", "seconds between two polls"),
    (
        "minutes",
        "5",
        "1",
        "how long is measured, after two intervals in which it settles",
    ),
    ("tls", "", "", "over TLS from the first byte"),
    ("strict", "", "", "exit code 1 where a goal is missed"),
];

/// How late a poll may be, of an interval of a minute: a person sees no difference.
const ON_TIME: Duration = Duration::from_secs(1);

/// So that Dovecot can take all at once, and does not start a process for each.
const LIMITS: &str = "service pop3 {
  process_limit = 2000
  service_count = 100
}
service pop3-login {
  client_limit = 4000
}
service auth {
  client_limit = 8000
}
service anvil {
  client_limit = 8000
}
";

/// `measure mailboxes`.
pub(crate) fn run(options: &Options) -> ExitCode {
    let (count, interval) = (options.number("mailboxes"), options.number("interval"));
    let interval = Duration::from_secs(interval as u64);
    let measured = Duration::from_secs(60 * options.number("minutes").max(1) as u64);
    let users: Vec<String> = (0..count).map(|index| format!("u{index}")).collect();
    let names: Vec<&str> = users.iter().map(String::as_str).collect();
    let is_tls = options.is_on("tls");
    let dovecot = Dovecot::start(&Setup {
        users: &names,
        certificate: is_tls.then_some(Flaw::None),
        more: LIMITS,
        ..Setup::default()
    });
    // Connects go through and nobody ever says a word.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|error| panic!("{error}"));
    let silent = (silent.local_addr().map_or(0, |address| address.port()), silent);
    let folder = scratch_folder("mailboxes");
    let settings = settings(&users, &dovecot, is_tls, interval, silent.0);
    let mut program = Running::start(
        karamail_run(folder.path(), &settings),
        &folder.path().join("output"),
    );
    let live = (0..count).filter(|index| !is_dead(*index)).count();
    println!(
        "{count} mailboxes, {} of them dead (connects are refused, or nobody answers), polled every {} s{}; {} s measured",
        count - live,
        interval.as_secs(),
        if is_tls { " over TLS" } else { "" },
        measured.as_secs()
    );
    let mut logins = Logins::follow(&dovecot);
    logins.watch(2 * interval, &mut program);
    let (before, begin) = (program.read(), Instant::now());
    logins.watch(measured, &mut program);
    let (after, took) = (program.read(), begin.elapsed());
    let share = (after.cpu - before.cpu) / took.as_secs_f64() * 100.0;
    println!(
        "\nCPU {share:.1} % of one core ({:.2} s at the start and in the first two intervals), resident {} MB, at most {} MB, {} \
         threads, {} files, {} wake-ups a second\n",
        before.cpu,
        megabytes(after.resident_kib),
        megabytes(after.peak_kib),
        after.threads,
        after.files,
        (after.wakeups - before.wakeups) / took.as_secs().max(1),
    );
    let late = logins.lateness(begin, interval);
    histogram(&late);
    let polled = logins.polled_since(begin);
    let missing = live - polled.min(live);
    let worst = quantile(late.iter().copied(), 1.0);
    let mut goals = Goals::default();
    goals.note(
        share < 10.0,
        "CPU under 10 % of one core",
        &format!("{share:.1} %"),
    );
    goals.note(
        after.peak_kib < 100 * 1024,
        "memory under 100 MB",
        &format!("at most {} MB", megabytes(after.peak_kib)),
    );
    goals.note(
        missing == 0 && worst <= ON_TIME.as_secs_f64(),
        "every poll on time (a second more than the interval at most)",
        &format!(
            "{} polls, the latest {worst:.2} s late; {missing} mailboxes without a poll",
            late.len()
        ),
    );
    goals.tell(options.is_on("strict"))
}

fn is_dead(index: usize) -> bool {
    index % 10 == 9
}

fn settings(users: &[String], dovecot: &Dovecot, is_tls: bool, interval: Duration, silent: u16) -> Settings {
    let refused = free_port();
    let mailboxes = users.iter().enumerate().map(|(index, user)| {
        let pop3 = match (is_dead(index), index % 20 == 9) {
            (true, true) => Endpoint::local(refused, "none", user, PASSWORD),
            (true, false) => Endpoint::local(silent, "none", user, PASSWORD),
            (false, _) if is_tls => Endpoint::local(dovecot.tls_port(), "tls", user, PASSWORD)
                .trusting(dovecot.authority().file()),
            (false, _) => Endpoint::local(dovecot.plain_port(), "none", user, PASSWORD),
        };
        MailboxSettings {
            local: user.clone(),
            forward_to: None,
            pop3,
            smtp: Endpoint::local(refused, "none", "", ""),
            more: String::new(),
        }
    });
    Settings {
        mailboxes: mailboxes.collect(),
        general: format!("check_interval_seconds = {}", interval.as_secs()),
        ..Settings::default()
    }
}

fn karamail_run(folder: &Path, settings: &Settings) -> Command {
    let mut command = karamail(folder, settings);
    command.arg("run").env("KARAMAIL_POP3_PASSWORD", PASSWORD);
    command
}

/// The logins that Dovecot tells of, each with the moment its line was seen (within some milliseconds).
struct Logins {
    log: File,
    unfinished: String,
    seen: HashMap<String, Vec<Instant>>,
}

impl Logins {
    fn follow(dovecot: &Dovecot) -> Logins {
        let log = File::open(dovecot.log_file());
        let mut log = log.unwrap_or_else(|error| panic!("Dovecot's log: {error}"));
        log.seek(SeekFrom::Start(0))
            .unwrap_or_else(|error| panic!("Dovecot's log: {error}"));
        Logins {
            log,
            unfinished: String::new(),
            seen: HashMap::new(),
        }
    }

    fn watch(&mut self, time: Duration, program: &mut Running) {
        let end = Instant::now() + time;
        let mut looked_at = Instant::now();
        while Instant::now() < end {
            if looked_at.elapsed() > Duration::from_secs(2) {
                looked_at = Instant::now();
                program.read();
            }
            let mut news = Vec::new();
            let _ = self.log.read_to_end(&mut news);
            let now = Instant::now();
            self.unfinished.push_str(&String::from_utf8_lossy(&news));
            while let Some((line, rest)) = self.unfinished.split_once('\n') {
                if let Some((_, behind)) = line.split_once("Login: user=<")
                    && let Some((user, _)) = behind.split_once('>')
                {
                    self.seen.entry(user.to_owned()).or_default().push(now);
                }
                self.unfinished = rest.to_owned();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How much longer than the interval each mailbox waited for each of its polls since `begin`, seconds. That is the
    /// whole time from login to login, what the poll itself took included.
    fn lateness(&self, begin: Instant, interval: Duration) -> Vec<f64> {
        let gaps = self
            .seen
            .values()
            .flat_map(|times| times.windows(2))
            .filter_map(|pair| match pair {
                [last, this] if *this >= begin => Some(this.duration_since(*last)),
                _ => None,
            });
        gaps.map(|gap| gap.as_secs_f64() - interval.as_secs_f64())
            .collect()
    }

    fn polled_since(&self, begin: Instant) -> usize {
        self.seen
            .values()
            .filter(|times| times.last().is_some_and(|last| *last >= begin))
            .count()
    }
}

fn bar(share: f64) -> String {
    match (share * 50.0).ceil() as usize {
        0 => ".".to_owned(),
        length => "#".repeat(length),
    }
}

fn histogram(late: &[f64]) {
    const UP_TO: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0];
    let mut from = f64::NEG_INFINITY;
    let mut rows = Vec::new();
    for up_to in UP_TO.into_iter().chain([f64::INFINITY]) {
        let count = late
            .iter()
            .filter(|late| **late > from && **late <= up_to)
            .count();
        let label = match up_to.is_finite() {
            true => format!("up to {up_to} s"),
            false => format!("over {from} s"),
        };
        from = up_to;
        let share = count as f64 / late.len().max(1) as f64;
        rows.push(vec![
            label,
            count.to_string(),
            format!("{:.1}", share * 100.0),
            bar(share),
        ]);
    }
    table::print(&["late", "polls", "%", ""], &rows);
    let of = |share| quantile(late.iter().copied(), share);
    println!(
        "\nmedian {:.3} s, 99 % within {:.3} s, the latest {:.3} s",
        of(0.5),
        of(0.99),
        of(1.0)
    );
}
