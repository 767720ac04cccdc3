//! The settings: the file `karamail.toml`, what it may hold, and how changes reach the engine.
//!
//! In reading order:
//!
//! 1. [`settings`](self::Settings): the checked form, which everyone else uses.
//! 2. [`keys`]: the one definition of every key of the file.
//! 3. `load`: bytes → text (`decode`) → tables with lines (`document`) → file form (`read`) → checked form (`check`).
//! 4. [`ConfigFaults`]: everything that is wrong with a file, at once.
//!
//! Invariant: a [`Settings`] value is sound; a file with any fault gives none, and never replaces one.

mod check;
mod document;
mod faults;
pub mod keys;
mod load;
mod near;
mod read;
mod samples;
mod settings;

pub use faults::{ConfigFault, ConfigFaults, FaultKind, HostSlip, KeyHint, SyntaxFault, ValueType};
pub use samples::{READY_MADE_RECEIPTS, ReadyMade, sample};
pub use settings::*;
