//! From the start to the first poll, and a program that has nothing to do.

use std::process::Command;
use std::time::{Duration, Instant};

use karamail_tests::server::{Server, scratch_folder};
use karamail_tests::{PATIENCE, wait_until};

use crate::footprint::{collecting, tray_binary};
use crate::options::Options;
use crate::process::Running;
use crate::rounds::Course;
use crate::table::{median, megabytes};

/// The rows of the table.
pub(crate) fn measure(options: &Options, course: &Course, smtp: u16) -> Vec<Vec<String>> {
    let watched = Duration::from_secs(options.number("rest").max(1) as u64);
    course.fill(0);
    let mut rows = vec![vec![
        "from the start to the first login at the POP3 server, median".to_owned(),
        format!(
            "{:.0} ms",
            starts(options.number("starts").max(1), course, smtp) * 1000.0
        ),
    ]];
    for (what, interval) in [("a poll every 15 s", 15), ("a poll a day", 86_400)] {
        let folder = scratch_folder("rest");
        let command = collecting(folder.path(), course.pop3(), smtp, interval, "");
        let mut program = Running::start(command, &folder.path().join("output"));
        rows.extend(watch(&format!("headless, {what}"), &mut program, watched));
    }
    rows.extend(tray(course, smtp, watched));
    rows
}

/// Seconds from the start to the first login that Dovecot tells of; the first start made the ledger and does not count.
fn starts(count: usize, course: &Course, smtp: u16) -> f64 {
    let folder = scratch_folder("starts");
    let took = (0..=count).map(|_| {
        let before = course.logins();
        let command = collecting(folder.path(), course.pop3(), smtp, 15, "");
        let program = Running::start(command, &folder.path().join("output"));
        wait_until("the first login", PATIENCE, || course.logins() > before);
        program.begin.elapsed().as_secs_f64()
    });
    let took: Vec<f64> = took.collect();
    median(took.into_iter().skip(1))
}

fn watch(what: &str, program: &mut Running, watched: Duration) -> Vec<Vec<String>> {
    // What the start needs is given back, and idle threads have ended.
    let before = program.watch(Duration::from_secs(15));
    let begin = Instant::now();
    let after = program.watch(watched);
    let minutes = begin.elapsed().as_secs_f64() / 60.0;
    let a_minute = (after.wakeups - before.wakeups) as f64 / minutes;
    vec![
        vec![
            format!("{what}: resident"),
            format!("{} MB", megabytes(after.resident_kib)),
        ],
        vec![
            format!("{what}: most ever resident"),
            format!("{} MB", megabytes(after.peak_kib)),
        ],
        vec![
            format!("{what}: wake-ups a minute, all threads"),
            format!("{a_minute:.0}"),
        ],
        vec![
            format!("{what}: CPU a minute"),
            format!("{:.0} ms", (after.cpu - before.cpu) / minutes * 1000.0),
        ],
        vec![format!("{what}: threads"), after.threads.to_string()],
    ]
}

/// The tray program on a screen of its own, hidden; nothing where it is not built or there is no X server to give it.
fn tray(course: &Course, smtp: u16, watched: Duration) -> Vec<Vec<String>> {
    let is_there = ["/usr/bin/Xvfb", "/usr/bin/dbus-daemon"]
        .iter()
        .all(|file| std::path::Path::new(file).exists());
    if !tray_binary().exists() || !is_there {
        return vec![vec![
            "tray".to_owned(),
            "not measured: not built, or no Xvfb and dbus-daemon".to_owned(),
        ]];
    }
    let folder = scratch_folder("tray");
    let log = folder.path().join("desktop.log");
    let display =
        (90..200).find(|number| !std::path::Path::new(&format!("/tmp/.X11-unix/X{number}")).exists());
    let display = format!(":{}", display.unwrap_or(90));
    let _screen = Server::start(
        "Xvfb",
        "/usr/bin/Xvfb",
        &[
            &display,
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        &log,
    );
    let bus_file = folder.path().join("bus");
    let bus = format!("unix:path={}", bus_file.display());
    let address = format!("--address={bus}");
    let arguments = ["--session", "--nofork", "--nopidfile", &address];
    let _bus = Server::start("dbus-daemon", "/usr/bin/dbus-daemon", &arguments, &log);
    let socket = format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':'));
    wait_until("Xvfb and D-Bus are there", PATIENCE, || {
        bus_file.exists() && std::path::Path::new(&socket).exists()
    });
    // Settings and data of the headless one; then the other program upon them.
    let headless = collecting(folder.path(), course.pop3(), smtp, 15, "");
    let mut command = Command::new(tray_binary());
    let arguments: Vec<_> = headless
        .get_args()
        .take_while(|argument| *argument != "run")
        .collect();
    command.args(arguments).arg("--hidden");
    for (name, value) in headless.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
        .env("DISPLAY", &display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("HOME", folder.path());
    let before = course.logins();
    let mut program = Running::start(command, &folder.path().join("output"));
    wait_until("the tray's first login", PATIENCE, || course.logins() > before);
    let first = program.begin.elapsed().as_secs_f64();
    let mut rows = vec![vec![
        "tray: from the start to the first login".to_owned(),
        format!("{:.0} ms", first * 1000.0),
    ]];
    rows.extend(watch("tray, no window, a poll every 15 s", &mut program, watched));
    rows
}
