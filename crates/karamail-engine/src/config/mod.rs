//! The settings: the file `karamail.toml`, what it may hold, and how changes reach the engine.

mod settings;

pub use settings::*;
