//! `--name value` and `--name`, with what they are when nobody says.

use std::collections::HashMap;
use std::process::exit;

/// An option: its name, what it is without being given and with `--quick`, and what it means. Empty values: a switch.
pub(crate) type Choice = (&'static str, &'static str, &'static str, &'static str);

/// What was chosen.
pub(crate) struct Options {
    chosen: HashMap<&'static str, String>,
}

impl Options {
    /// Reads the arguments; ends the program where one is not among the choices, or help is wanted.
    pub(crate) fn read(arguments: &[String], choices: &'static [Choice]) -> Options {
        let is_quick = arguments.iter().any(|argument| argument == "--quick");
        let mut chosen: HashMap<&str, String> = choices
            .iter()
            .map(|(name, usual, quick, _)| (*name, (if is_quick { quick } else { usual }).to_string()))
            .collect();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--quick" {
                continue;
            }
            let known = choices
                .iter()
                .find(|(name, ..)| argument.strip_prefix("--") == Some(name));
            let Some((name, usual, ..)) = known else {
                help(choices);
                exit(if argument == "--help" { 0 } else { 2 });
            };
            let value = if usual.is_empty() {
                Some("yes")
            } else {
                rest.next().map(String::as_str)
            };
            let Some(value) = value else {
                eprintln!("{argument} wants a value");
                exit(2);
            };
            chosen.insert(name, value.to_owned());
        }
        Options { chosen }
    }

    /// The value of an option.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.chosen.get(name).map_or("", String::as_str)
    }

    /// The value of an option that is a number.
    pub(crate) fn number(&self, name: &str) -> usize {
        let text = self.text(name);
        text.parse()
            .unwrap_or_else(|_| panic!("--{name} {text}: a whole number is wanted"))
    }

    /// Numbers with commas between; none where the text is `0`.
    pub(crate) fn numbers(&self, name: &str) -> Vec<usize> {
        let number = |text: &str| {
            text.trim()
                .parse()
                .unwrap_or_else(|_| panic!("--{name} {text}: whole numbers are wanted"))
        };
        let mut numbers: Vec<usize> = self.text(name).split(',').map(number).collect();
        numbers.retain(|number| *number > 0);
        numbers
    }

    /// Whether a switch was given.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
}

fn help(choices: &[Choice]) {
    eprintln!("{:<18} {:<22} {:<18}", "option", "without it", "with --quick");
    for (name, usual, quick, meaning) in choices {
        eprintln!("--{name:<16} {usual:<22} {quick:<18} {meaning}");
    }
}
