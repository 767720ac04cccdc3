//! The settings in checked form: whatever has this type is sound, and nothing else in the engine checks it again.

use std::path::PathBuf;
use std::time::Duration;

use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
