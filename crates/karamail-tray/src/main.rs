//! `karamail-tray`: the program that a shop starts. See the crate's page.
//!
//! Reading order: `arguments`, `daemon/desk` (what the tray, the windows, a second start and the system ask for), `daemon/event_loop`,
//! `daemon/tray`, `daemon/windows` (starting and telling `karamail-window`), `daemon/browser`.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod arguments;
mod daemon;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    daemon::desk::run(&arguments::Arguments::parse())
}
