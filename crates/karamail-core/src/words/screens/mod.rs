//! Words of the screens.

pub mod log;
