//! A process that is watched while it runs.

use std::collections::HashMap;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::usage::into_log;

/// It is asked to end when dropped, and killed where it does not.
pub(crate) struct Running {
    child: Child,
    /// The wake-ups of each thread that was there at the last look, and of all that ever were.
    wakeups: (HashMap<String, u64>, u64),
    /// What it prints.
    pub(crate) log: PathBuf,
    /// When it was started.
    pub(crate) begin: Instant,
}

/// What the kernel says of a process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// CPU seconds so far.
    pub(crate) cpu: f64,
    /// Resident now, KiB.
    pub(crate) resident_kib: u64,
    /// Of it, what is the process's own (heap and stacks) and not a page of a file, KiB.
    pub(crate) own_kib: u64,
    /// The most that was ever resident, KiB.
    pub(crate) peak_kib: u64,
    /// How often any of its threads waited and was woken, as far as somebody looked: threads end, and take their
    /// count with them.
    pub(crate) wakeups: u64,
    /// Threads.
    pub(crate) threads: usize,
    /// Open files and sockets.
    pub(crate) files: usize,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(mut command: Command, log: &Path) -> Running {
        into_log(&mut command, log);
        let begin = Instant::now();
        // Ctrl-C at the terminal ends us, and we end it.
        let child = command.process_group(0).spawn();
        Running {
            child: child.unwrap_or_else(|error| panic!("{command:?}: {error}")),
            wakeups: (HashMap::new(), 0),
            log: log.to_owned(),
            begin,
        }
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        let killed = self.child.kill().and_then(|()| self.child.wait());
        killed.unwrap_or_else(|error| panic!("our own child: {error}"));
    }

    /// What it costs now.
    pub(crate) fn read(&mut self) -> Reading {
        if let Ok(Some(status)) = self.child.try_wait() {
            let said = fs::read_to_string(&self.log).unwrap_or_default();
            panic!("ended with {status}:\n{said}");
        }
        let folder = PathBuf::from(format!("/proc/{}", self.child.id()));
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let status = text("status");
        let entries = |name: &str| fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        let mut threads = HashMap::new();
        for task in entries("task") {
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let name = task.file_name().to_string_lossy().into_owned();
            threads.insert(name, field(&status, "voluntary_ctxt_switches:"));
        }
        let (before, all) = &mut self.wakeups;
        for (name, count) in &threads {
            *all += count.saturating_sub(before.get(name).copied().unwrap_or(0));
        }
        let count = threads.len();
        *before = threads;
        Reading {
            cpu: cpu_seconds(&text("stat")),
            resident_kib: field(&status, "VmRSS:"),
            own_kib: field(&status, "RssAnon:"),
            peak_kib: field(&status, "VmHWM:"),
            wakeups: *all,
            threads: count,
            files: entries("fd").count(),
        }
    }

    /// Looks again and again for that long.
    pub(crate) fn watch(&mut self, time: Duration) -> Reading {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.read();
            std::thread::sleep(Duration::from_millis(200).min(time));
        }
        self.read()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let end = Instant::now() + Duration::from_secs(15);
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|line| line.split_whitespace().next());
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// utime and stime of `stat` (proc(5)), which Linux counts in hundredths of a second. The name before them may hold blanks.
fn cpu_seconds(stat: &str) -> f64 {
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}
