//! Karamail at a terminal, with somebody who types.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::program::{Finished, Program};

impl Program {
    /// Runs it at a terminal, where somebody types the answers, each when another `asked` is on the screen. What the
    /// screen showed is standard output.
    pub fn run_at_terminal(&self, arguments: &[&str], asked: &str, answers: &[&str]) -> Finished {
        let shell_word = |word: &str| format!("'{word}'");
        let (config, data) = (self.config(), self.data());
        let mut words = vec![
            self.binary.to_string_lossy(),
            "--config".into(),
            config.to_string_lossy(),
        ];
        words.extend(["--data-dir".into(), data.to_string_lossy()]);
        words.extend(arguments.iter().map(|argument| (*argument).into()));
        let line: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
        let mut child = Command::new("script")
            .args([
                "--quiet",
                "--return",
                "--flush",
                "--command",
                &line.join(" "),
                "/dev/null",
            ])
            .env("KARAMAIL_KEYRING", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("util-linux is installed; tests/run.sh installs it");
        let begin = Instant::now();
        let mut keyboard = child.stdin.take().expect("a piped stream");
        let mut screen = child.stdout.take().expect("a piped stream");
        let (mut shown, mut buffer, mut answered) = (Vec::new(), [0; 4096], 0);
        while let Ok(count @ 1..) = screen.read(&mut buffer) {
            shown.extend_from_slice(buffer.get(..count).unwrap_or_default());
            let text = String::from_utf8_lossy(&shown);
            while let Some(answer) = answers.get(answered)
                && text.matches(asked).count() > answered
            {
                keyboard
                    .write_all(format!("{answer}\n").as_bytes())
                    .expect("the terminal is there");
                answered += 1;
            }
        }
        let status = child.wait().expect("our own child");
        Finished {
            status,
            stdout: String::from_utf8_lossy(&shown).into_owned(),
            stderr: String::new(),
            took: begin.elapsed(),
            peak_kib: 0,
        }
    }
}
