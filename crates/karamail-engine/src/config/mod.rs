//! The settings: the file `karamail.toml`, what it may hold, and how changes reach the engine.
//!
//! In reading order:
//!
//! 1. [`settings`](self::Settings): the checked form, which everyone else uses.
//! 2. [`keys`]: the one definition of every key of the file.
//! 3. `load`: bytes → text (`decode`) → tables with lines (`document`) → file form (`read`) → checked form (`check`).
//! 4. [`ConfigFaults`]: everything that is wrong with a file, at once.
//! 5. [`SettingsWatcher`]: changes while the program runs.
//! 6. [`SettingsFile`]: changes by program, with comments kept.
//!
//! Invariant: a [`Settings`] value is sound; a file with any fault gives none, and never replaces one.

mod advice;
mod check;
mod document;
mod edit;
mod faults;
pub mod keys;
mod load;
mod near;
mod places;
mod read;
pub(crate) mod replace;
mod samples;
mod settings;
mod watch;

pub use advice::{Advice, AdviceKind};
pub use edit::{
    EditFault, FileContents, FileValue, Mended, SettingValue, SettingsFile, Wording, key_of, kind_of,
    write_new, write_new_with,
};
pub use faults::{ConfigFault, ConfigFaults, FaultKind, HostSlip, KeyHint, SyntaxFault, ValueType};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use load::decode as decode_settings;
pub use load::files_named;
pub use places::{NoHome, Places, SETTINGS_FILE};
pub use samples::{READY_MADE_RECEIPTS, ReadyMade, sample};
pub use settings::*;
pub use watch::SettingsWatcher;
pub(crate) use watch::tells_nothing;
