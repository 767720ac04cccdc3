//! The commands, one file each.

pub(crate) mod config;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod log;
pub(crate) mod once;
pub(crate) mod password;
pub(crate) mod results;
pub(crate) mod run;
pub(crate) mod setup;
pub(crate) mod test;
