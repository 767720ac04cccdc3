//! What the program costs when it does nothing, and whether that grows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use karamail_tests::server::scratch_folder;
use karamail_tests::sink::Sink;

use crate::goals::Goals;
use crate::options::{Choice, Options};
use crate::process::{Reading, Running};
use crate::rounds::{Course, binary, karamail, settings};
use crate::table::{self, megabytes};
use crate::{rest, soak};

/// The options of `footprint.sh`.
pub(crate) const OPTIONS: &[Choice] = &[
    ("starts", "11", "3", "how often the program is started"),
    (
        "rest",
        "120",
        "20",
        "seconds for which a resting program is watched",
    ),
    (
        "mails",
        "10000",
        "300",
        "mails after which memory is looked at, twice as many in all; the issue's figure is 100000",
    ),
    ("soak", "30", "1", "minutes with faults, 0: none"),
    ("seed", "1", "1", "of the faults"),
    ("strict", "", "", "exit code 1 where a goal is missed"),
];

/// How much more may be resident later than before: what the allocator keeps, not what grows.
const GROWTH: f64 = 1.1;

/// `measure footprint`.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut goals = Goals::default();
    let course = Course::open();
    let sink = Sink::start();
    let mut rows = sizes();
    rows.extend(rest::measure(options, &course, sink.port()));
    println!("### At rest\n");
    table::print(&["what", "figure"], &rows);
    after_mails(options.number("mails"), &course, &sink, &mut goals);
    drop(sink);
    let minutes = options.number("soak");
    if minutes > 0 {
        soak::run(minutes, options.number("seed") as u64, &mut goals);
    }
    goals.tell(options.is_on("strict"))
}

fn sizes() -> Vec<Vec<String>> {
    let row = |name: &str, file: &Path| {
        let size = fs::metadata(file).map(|metadata| metadata.len());
        let figure = size.map_or("not built".to_owned(), |bytes| {
            format!("{} MB", megabytes(bytes / 1024))
        });
        vec![name.to_owned(), figure]
    };
    vec![
        row("karamail, size of the file", &binary()),
        row("karamail-tray, size of the file", &tray_binary()),
        row(
            "karamail-window, size of the file",
            &tray_binary().with_file_name("karamail-window"),
        ),
    ]
}

/// The tray program: `KARAMAIL_TRAY_BIN`, or the one beside the program.
pub(crate) fn tray_binary() -> PathBuf {
    let beside = || binary().with_file_name("karamail-tray");
    std::env::var_os("KARAMAIL_TRAY_BIN").map_or_else(beside, PathBuf::from)
}

/// `karamail run` that polls so often, in that folder.
pub(crate) fn collecting(folder: &Path, pop3: u16, smtp: u16, interval: u64, more: &str) -> Command {
    let mut settings = settings(pop3, smtp);
    settings.general = format!("check_interval_seconds = {interval}");
    for mailbox in &mut settings.mailboxes {
        if !more.is_empty() {
            mailbox.pop3.more = format!("read_timeout_seconds = {more}");
            mailbox.smtp.more = format!("timeout_seconds = {more}");
        }
    }
    let mut command = karamail(folder, &settings);
    command.arg("run");
    command
}

fn after_mails(mails: usize, course: &Course, sink: &Sink, goals: &mut Goals) {
    let folder = scratch_folder("footprint");
    course.fill(0);
    let command = collecting(folder.path(), course.pop3(), sink.port(), 5, "");
    let mut program = Running::start(command, &folder.path().join("output"));
    let settle = Duration::from_secs(12);
    let mut seen = vec![("at the start".to_owned(), program.watch(settle))];
    for round in 1..=2 {
        let before = sink.count();
        course.deposit(mails);
        let begin = Instant::now();
        let bound = Duration::from_secs(120 + mails as u64 / 20);
        while sink.count() < before + mails || course.waiting() > 0 {
            assert!(
                begin.elapsed() < bound,
                "{} of {mails} answers in {bound:?}",
                sink.count() - before
            );
            program.watch(Duration::from_millis(100));
        }
        // Blocking threads end after ten idle seconds.
        seen.push((format!("after {} mails", round * mails), program.watch(settle)));
    }
    println!("\n### After many mails: karamail run, a poll every 5 s\n");
    tell(&seen);
    let resident = |index: usize| {
        seen.get(index)
            .map_or(0.0, |(_, reading)| reading.resident_kib as f64)
    };
    let growth = resident(2) / resident(1);
    goals.note(
        growth <= GROWTH,
        &format!("no growth from {mails} to {} mails (10 % at most)", 2 * mails),
        &format!("{growth:.2} times"),
    );
}

/// Readings as a table.
pub(crate) fn tell(seen: &[(String, Reading)]) {
    let rows: Vec<Vec<String>> = seen
        .iter()
        .map(|(when, reading)| {
            vec![
                when.clone(),
                megabytes(reading.resident_kib),
                megabytes(reading.peak_kib),
                reading.threads.to_string(),
                reading.files.to_string(),
                format!("{:.1}", reading.cpu),
            ]
        })
        .collect();
    table::print(
        &["when", "resident MB", "peak MB", "threads", "files", "CPU s"],
        &rows,
    );
}
