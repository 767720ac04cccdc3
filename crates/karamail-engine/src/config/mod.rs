//! (see the plan)

mod settings;

pub use self::settings::*;
