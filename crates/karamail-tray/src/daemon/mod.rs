//! The tray program.

pub(crate) mod browser;
pub(crate) mod desk;
pub(crate) mod event_loop;
pub(crate) mod life;
pub(crate) mod tray;
pub(crate) mod windows;
