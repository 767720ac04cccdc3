//! `karamail-tray`: the program that a shop starts. See the crate's page.
//!
//! Reading order: `arguments`, `daemon/start` (one instance, and what a person is told where it cannot start), `daemon/desk` (what the tray,
//! the windows, a second start and the system ask for), `daemon/event_loop`, `daemon/watch` (the shop's face, for the icon), `daemon/tray`,
//! `daemon/windows` (starting and telling `karamail-window`), `daemon/browser`.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod arguments;
mod daemon;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    daemon::start::run(&arguments::Arguments::parse())
}
