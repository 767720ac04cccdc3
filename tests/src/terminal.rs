//! Karamail at a terminal, with somebody who types.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::program::{Finished, Program};
use crate::{PATIENCE, wait_until};

impl Program {
    /// Runs it at a terminal, where somebody types the answers, each when another `asked` is on the screen and what is
    /// typed is hidden. Standard output is what the screen showed.
    pub fn run_at_terminal(&self, arguments: &[&str], asked: &str, answers: &[&str]) -> Finished {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("our own terminal");
        unlockpt(&terminal).expect("our own terminal");
        let name = ptsname(&terminal, Vec::new()).expect("our own terminal");
        let name = name.to_string_lossy().into_owned();
        let end = || {
            Stdio::from(
                File::options()
                    .read(true)
                    .write(true)
                    .open(&name)
                    .expect("our own terminal"),
            )
        };
        let begin = Instant::now();
        // setsid makes it the session's own terminal, which passwords are read from.
        let mut child = Command::new("setsid")
            .arg("--ctty")
            .arg(&self.binary)
            .arg("--config")
            .arg(self.config())
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .env("KARAMAIL_KEYRING", "off")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("util-linux is installed; tests/run.sh installs it");
        let shown = converse(terminal, asked, answers);
        Finished {
            status: child.wait().expect("our own child"),
            stdout: shown,
            stderr: String::new(),
            took: begin.elapsed(),
            peak_kib: 0,
        }
    }
}

/// Reads the screen until the program has ended, and types.
fn converse(terminal: OwnedFd, asked: &str, answers: &[&str]) -> String {
    let mut terminal = File::from(terminal);
    let (mut shown, mut buffer, mut answered) = (Vec::new(), [0; 4096], 0);
    // The read fails once the program has closed its end.
    while let Ok(count @ 1..) = terminal.read(&mut buffer) {
        shown.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let questions = String::from_utf8_lossy(&shown).matches(asked).count();
        while let Some(answer) = answers.get(answered)
            && answered < questions
        {
            let is_hidden =
                || tcgetattr(&terminal).is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ECHO));
            wait_until("what is typed is hidden", PATIENCE, is_hidden);
            terminal
                .write_all(format!("{answer}\n").as_bytes())
                .expect("the program reads");
            answered += 1;
        }
    }
    String::from_utf8_lossy(&shown).into_owned()
}
