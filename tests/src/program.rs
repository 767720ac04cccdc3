//! Karamail itself: installed in a folder of its own, its output, its signals.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::PATIENCE;
use crate::server::{MAIL_OWNER, give_to_mail_owner, scratch_folder};
use crate::settings::Settings;

/// Longest one run of the program may take in a test that says nothing else.
pub const RUN_BOUND: Duration = Duration::from_secs(120);

/// One installation: settings, secrets and data folder.
#[derive(Debug)]
pub struct Program {
    folder: TempDir,
    pub(crate) binary: PathBuf,
}

/// A run of the program that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to end.
    pub took: Duration,
    /// The largest resident set seen, KiB; 0 where the process was too quick to be looked at.
    pub peak_kib: u64,
}

impl Finished {
    /// The exit code; `None` after a signal.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Panics with all it said unless it ended with 0.
    #[track_caller]
    pub fn success(self) -> Finished {
        assert!(
            self.status.success(),
            "{:?}\n{}\n{}",
            self.status,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Panics unless it ended by itself with that exit code, said why in words that include one of `words`, and did
    /// not panic.
    #[track_caller]
    pub fn failure(self, code: i32, words: &[&str]) -> Finished {
        let said = format!("{}{}", self.stdout, self.stderr).to_lowercase();
        assert_eq!(self.code(), Some(code), "{:?}\n{said}", self.status);
        assert!(!said.contains("panicked"), "{said}");
        assert!(
            words.iter().any(|word| said.contains(&word.to_lowercase())),
            "none of {words:?} in:\n{said}"
        );
        self
    }
}

/// Exit codes, as the program's `exit.rs` names them.
pub mod exit {
    /// A mailbox could not be read or a letter not be sent.
    pub const FAILED: i32 = 1;
    /// The settings have faults.
    pub const SETTINGS: i32 = 3;
    /// Another Karamail uses the data folder.
    pub const IN_USE: i32 = 4;
    /// The data folder or the ledger cannot be used.
    pub const DATA: i32 = 5;
    /// A password is missing or cannot be kept.
    pub const PASSWORD: i32 = 6;
}

impl Program {
    /// Installs the release binary (see [`binary`]) with these settings and an empty data folder.
    pub fn install(settings: &Settings) -> Program {
        Program::install_binary(binary(), settings)
    }

    /// Installs the binary with crash points (see [`crash_binary`]).
    pub fn install_with_crash_points(settings: &Settings) -> Program {
        Program::install_binary(crash_binary(), settings)
    }

    /// Installs the release binary with nothing but an empty data folder: no settings, no secrets.
    pub fn install_bare() -> Program {
        Program::install_empty(binary())
    }

    /// Installs that binary with these settings and an empty data folder.
    pub fn install_binary(binary: PathBuf, settings: &Settings) -> Program {
        let program = Program::install_empty(binary);
        program.configure(settings);
        program
    }

    fn install_empty(binary: PathBuf) -> Program {
        let program = Program {
            folder: scratch_folder("program"),
            binary,
        };
        fs::create_dir(program.data()).expect("our own folder");
        program
    }

    /// Writes other settings and secrets.
    pub fn configure(&self, settings: &Settings) {
        self.write(&settings.to_toml(), &settings.secrets());
    }

    /// Writes these texts as settings and secrets.
    pub fn write(&self, settings: &str, secrets: &str) {
        fs::write(self.config(), settings).expect("our own folder");
        let file = self.secrets_file();
        fs::write(&file, secrets).expect("our own folder");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("our own file");
    }

    /// Replaces a part of the settings file, which must be there once or more.
    #[track_caller]
    pub fn rewrite(&self, part: &str, by: &str) {
        let text = fs::read_to_string(self.config()).expect("our own file");
        assert!(text.contains(part), "no {part:?} in:\n{text}");
        fs::write(self.config(), text.replace(part, by)).expect("our own file");
    }

    /// Takes every password out of the data folder.
    pub fn forget_passwords(&self) {
        fs::remove_file(self.secrets_file()).expect("our own file");
    }

    /// The settings file.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("karamail.toml")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs it to its end; `arguments` follow `--config` and `--data-dir`.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.start(arguments, &[]).finish(RUN_BOUND)
    }

    /// Runs `once --json`.
    pub fn once(&self) -> Finished {
        self.run(&["once", "--json"])
    }

    /// Runs it under a user id that may read the settings and may not write the data folder. (The tests run as root,
    /// whom no right stops.)
    pub fn run_without_rights(&self, arguments: &[&str]) -> Finished {
        let binary = self.folder.path().join("karamail");
        fs::copy(&self.binary, &binary).expect("our own folder");
        give_to_mail_owner(&self.secrets_file());
        let (user, group) = MAIL_OWNER;
        let mut command = Command::new("setpriv");
        command
            .args([
                &format!("--reuid={user}"),
                &format!("--regid={group}"),
                "--clear-groups",
            ])
            .arg(binary);
        self.spawn(command, arguments, &[]).finish(RUN_BOUND)
    }

    /// Starts it.
    pub fn start(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        self.spawn(Command::new(&self.binary), arguments, environment)
    }

    /// Starts its screens on a free port; the one-time link that it prints.
    pub fn serve(&self, environment: &[(&str, &str)]) -> (Running, String) {
        let mut running = self.start(&["serve", "--port", "0"], environment);
        let Some(link) = running.wait_for_link(PATIENCE) else {
            let finished = running.collect();
            panic!("no link:\n{}\n{}", finished.stdout, finished.stderr);
        };
        (running, link)
    }

    /// Runs it with that text on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        let mut running = self.spawn_with(Command::new(&self.binary), arguments, &[], Stdio::piped());
        let mut stdin = running.child.stdin.take().expect("a piped stream");
        stdin.write_all(input.as_bytes()).expect("the program reads");
        drop(stdin);
        running.finish(RUN_BOUND)
    }

    fn secrets_file(&self) -> PathBuf {
        self.data().join("secrets.toml")
    }

    fn spawn(&self, command: Command, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        self.spawn_with(command, arguments, environment, Stdio::null())
    }

    fn spawn_with(
        &self,
        mut command: Command,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: Stdio,
    ) -> Running {
        command
            .arg("--config")
            .arg(self.config())
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .env("KARAMAIL_KEYRING", "off")
            .envs(environment.iter().copied())
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.binary.display()));
        let (line_seen, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().expect("a piped stream"));
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            for line in stderr.lines().map_while(Result::ok) {
                text.push_str(&line);
                text.push('\n');
                // Nobody may be listening any more.
                let _ = line_seen.send(line);
            }
            text
        });
        let (line_printed, printed) = channel();
        let mut stdout = BufReader::new(child.stdout.take().expect("a piped stream"));
        let stdout = thread::spawn(move || {
            let (mut text, mut line) = (String::new(), vec![]);
            while let Ok(1..) = stdout.read_until(b'\n', &mut line) {
                let part = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                text.push_str(&part);
                let _ = line_printed.send(part);
            }
            text
        });
        Running {
            child,
            begin: Instant::now(),
            lines,
            printed,
            output: Some((stdout, stderr)),
            peak_kib: 0,
        }
    }
}

/// A run of the program that goes on; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    begin: Instant,
    lines: Receiver<String>,
    printed: Receiver<String>,
    output: Option<(JoinHandle<String>, JoinHandle<String>)>,
    peak_kib: u64,
}

impl Running {
    /// Waits for a line on standard error that contains `part`; false where the program ends first. Panics after
    /// `bound`.
    pub fn wait_for_line(&self, part: &str, bound: Duration) -> bool {
        let end = Instant::now() + bound;
        loop {
            match self
                .lines
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) if line.contains(part) => return true,
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => panic!("not within {bound:?}: a line with {part:?}"),
            }
        }
    }

    /// Waits for a line on standard output with an address on this machine, and returns the address; nothing where the
    /// program ends first, or `bound` is over.
    fn wait_for_link(&mut self, bound: Duration) -> Option<String> {
        let end = Instant::now() + bound;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            match self.printed.recv_timeout(rest) {
                Ok(line) => {
                    if let Some((_, found)) = line.split_once("http://") {
                        let length = found.find(char::is_whitespace).unwrap_or(found.len());
                        return Some(format!("http://{}", found.get(..length).unwrap_or_default()));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    return None;
                }
            }
        }
    }

    /// Waits until `done` holds; false where the program ends first. Panics after `bound`.
    pub fn wait_for(&mut self, bound: Duration, mut done: impl FnMut() -> bool) -> bool {
        let begin = Instant::now();
        while !done() {
            if self.child.try_wait().expect("our own child").is_some() {
                return false;
            }
            assert!(
                begin.elapsed() < bound,
                "not within {bound:?}, and the program goes on"
            );
            thread::sleep(Duration::from_micros(200));
        }
        true
    }

    /// Sends SIGKILL and collects what is left; true where the program was still alive.
    pub fn kill(mut self) -> (bool, Finished) {
        let _ = self.child.kill();
        let finished = self.collect();
        (finished.status.signal() == Some(Signal::KILL.as_raw()), finished)
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end, at most `bound` from now.
    pub fn finish_within(self, bound: Duration) -> Finished {
        let whole = self.begin.elapsed() + bound;
        self.finish(whole)
    }

    /// Waits for its end; panics with what it said where it has run for longer than `bound`.
    pub fn finish(mut self, bound: Duration) -> Finished {
        loop {
            self.peak_kib = self.peak_kib.max(resident_peak(self.child.id()));
            if self.child.try_wait().expect("our own child").is_some() {
                return self.collect();
            }
            if self.begin.elapsed() > bound {
                let _ = self.child.kill();
                let finished = self.collect();
                panic!(
                    "not ended within {bound:?}; it says:\n{}\n{}",
                    finished.stdout, finished.stderr
                );
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn collect(&mut self) -> Finished {
        let status = self.child.wait().expect("our own child");
        let took = self.begin.elapsed();
        let (stdout, stderr) = self.output.take().expect("collected once");
        let text = |thread: JoinHandle<String>| thread.join().unwrap_or_default();
        Finished {
            status,
            stdout: text(stdout),
            stderr: text(stderr),
            took,
            peak_kib: self.peak_kib,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The release binary: `KARAMAIL_BIN`, or `target/release/karamail` beside the tests.
pub fn binary() -> PathBuf {
    named_binary("KARAMAIL_BIN", "release/karamail")
}

/// The binary with the feature crash-points: `KARAMAIL_CRASH_BIN`, or `target/crash-points/karamail`.
pub fn crash_binary() -> PathBuf {
    named_binary("KARAMAIL_CRASH_BIN", "crash-points/karamail")
}

fn named_binary(variable: &str, place: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    // This test runs as target/<profile>/deps/<name>.
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.ancestors().nth(3).expect("tests run in the target folder");
    let path = target.join(place);
    assert!(
        path.exists(),
        "{} is not built; tests/run.sh builds it",
        path.display()
    );
    path
}

/// A binary of the profile that this test was built with, beside the tests.
pub fn binary_of_profile(name: &str) -> PathBuf {
    // This test runs as target/<profile>/deps/<name>.
    let test = std::env::current_exe().expect("the test's own path");
    let profile = test.ancestors().nth(2).expect("tests run in the target folder");
    let path = profile.join(name);
    assert!(
        path.exists(),
        "{} is not built; tests/run.sh builds it",
        path.display()
    );
    path
}

/// VmHWM, KiB.
fn resident_peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or(0)
}
