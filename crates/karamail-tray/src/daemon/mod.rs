//! The tray program.

pub(crate) mod browser;
pub(crate) mod desk;
pub(crate) mod event_loop;
pub(crate) mod life;
#[cfg(unix)]
pub(crate) mod signals;
pub(crate) mod start;
pub(crate) mod tray;
pub(crate) mod trouble;
pub(crate) mod watch;
pub(crate) mod windows;
