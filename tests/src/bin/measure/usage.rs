//! Runs one program and says what it cost: time, CPU time and memory of it and of all it started.
//!
//! A process of its own does that, because the kernel adds up what ended children cost for each parent; the largest
//! resident set is that of the largest single process.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// From start to end, seconds.
    pub(crate) wall: f64,
    /// CPU seconds, in the program and for it in the kernel.
    pub(crate) cpu: f64,
    /// The largest resident set, KiB.
    pub(crate) peak_kib: u64,
    /// The exit code; -1 after a signal.
    pub(crate) code: i32,
}

/// `usage FILE PROGRAM ARGUMENTS…`: runs it and writes a [`Usage`] into the file.
pub(crate) fn measure(arguments: &[String]) -> ExitCode {
    let [file, program, arguments @ ..] = arguments else {
        return ExitCode::from(2);
    };
    let begin = Instant::now();
    let status = Command::new(program).args(arguments).status();
    let wall = begin.elapsed().as_secs_f64();
    let status = status.unwrap_or_else(|error| panic!("{program}: {error}"));
    let spent = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap_or_else(|error| panic!("getrusage: {error}"));
    let seconds = |micros: i64| Duration::from_micros(micros.unsigned_abs()).as_secs_f64();
    let usage = Usage {
        wall,
        cpu: seconds(spent.user_time().num_microseconds() + spent.system_time().num_microseconds()),
        peak_kib: spent.max_rss().unsigned_abs(),
        code: status.code().unwrap_or(-1),
    };
    let text = serde_json::to_string(&usage).unwrap_or_default();
    fs::write(file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
    ExitCode::SUCCESS
}

/// Runs a command through [`measure`]; what it prints goes to `log`.
pub(crate) fn run(command: &Command, folder: &Path, log: &Path) -> Usage {
    let file = folder.join("usage.json");
    let mut measuring = Command::new(ourselves());
    measuring
        .arg("usage")
        .arg(&file)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            measuring.env(name, value);
        }
    }
    into_log(&mut measuring, log);
    let status = measuring.status().unwrap_or_else(|error| panic!("{error}"));
    assert!(status.success(), "{command:?}: {status}");
    let text = fs::read_to_string(&file).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Sends what a command prints to a file.
pub(crate) fn into_log(command: &mut Command, log: &Path) {
    let file = fs::File::options().create(true).append(true).open(log);
    let file = file.unwrap_or_else(|error| panic!("{}: {error}", log.display()));
    let second = file.try_clone().unwrap_or_else(|error| panic!("{error}"));
    command
        .stdin(std::process::Stdio::null())
        .stdout(file)
        .stderr(second);
}

/// This program's own file.
pub(crate) fn ourselves() -> std::path::PathBuf {
    env::current_exe().unwrap_or_else(|error| panic!("our own path: {error}"))
}
