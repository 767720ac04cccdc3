//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod config;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod erase;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod log;
pub(crate) mod once;
pub(crate) mod password;
pub(crate) mod resend;
pub(crate) mod results;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod show;
pub(crate) mod test;
