//! The words of the screens, a file a screen.

pub mod about;
pub mod demo;
pub mod faults;
pub mod first;
pub mod kit;
pub mod kit_sheets;
pub mod log;
pub mod mail_settings;
pub mod mailbox;
pub mod ports;
pub mod results;
pub mod settings;
pub mod settings_data;
pub mod settings_fields;
mod settings_help;
pub mod settings_letters;
pub mod shell;
pub mod status;
pub mod test;
pub mod waiting;
pub mod window;
