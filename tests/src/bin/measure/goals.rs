//! The goals, each with what was seen. A missed goal fails a measurement only where somebody asks for it (`--strict`):
//! on a machine that does other work figures are noise.

use std::process::ExitCode;

/// The goals of one measurement.
#[derive(Default)]
pub(crate) struct Goals {
    lines: Vec<String>,
    missed: usize,
}

impl Goals {
    /// Notes a goal, whether it is met, and what was seen.
    pub(crate) fn note(&mut self, is_met: bool, goal: &str, seen: &str) {
        let verdict = if is_met { "met   " } else { "MISSED" };
        self.missed += usize::from(!is_met);
        self.lines.push(format!("{verdict}  {goal}: {seen}"));
    }

    /// Prints them.
    pub(crate) fn tell(&self, is_strict: bool) -> ExitCode {
        println!("\ngoals");
        for line in &self.lines {
            println!("  {line}");
        }
        if is_strict && self.missed > 0 {
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}
