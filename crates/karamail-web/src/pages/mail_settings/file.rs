//! The settings file as these pages change it.

use axum::http::StatusCode;
use karamail_core::words::Language;
use karamail_core::words::screens::mail_settings as words;
use karamail_engine::config::{FileContents, FileValue, SettingsFile};

use crate::app::App;
use crate::fault::PageFault;
use crate::pages::settings::form;

/// The settings file as the page showed it.
///
/// # Errors
/// It cannot be read, or is another one than the page showed.
pub(super) fn open_unchanged(app: &App, digest: &str) -> Result<SettingsFile, PageFault> {
    let file = form::open(app)?;
    if file.digest() == digest {
        Ok(file)
    } else {
        Err(form::changed_meanwhile(app))
    }
}

/// There is no mailbox of that number.
pub(super) fn no_such_mailbox(language: Language) -> PageFault {
    PageFault::Said(StatusCode::NOT_FOUND, words::no_such_mailbox(language), None)
}

/// The text of a mailbox's key; empty where it is absent or something else.
pub(super) fn text(contents: &FileContents, number: usize, key: &str) -> String {
    match contents.value(&format!("mailbox[{number}].{key}")) {
        Some(FileValue::Text(text)) => text,
        _ => String::new(),
    }
}

/// The name a mailbox is shown by: its own, or its address before the `@`.
pub(super) fn name(contents: &FileContents, number: usize) -> String {
    let own = text(contents, number, "name");
    if !own.trim().is_empty() {
        return own.trim().to_owned();
    }
    let address = text(contents, number, "address");
    let local = address.split('@').next().unwrap_or_default();
    if local.is_empty() {
        format!("mailbox[{number}]")
    } else {
        local.to_owned()
    }
}

/// The address of the tests of a mailbox.
pub(super) fn test_address(name: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let name: String = name.bytes().map(escape).collect();
    format!("/test?mailbox={name}")
}
