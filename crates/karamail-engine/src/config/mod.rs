//! (see the plan)

pub mod settings;
