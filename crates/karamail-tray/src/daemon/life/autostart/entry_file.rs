//! An entry that is a file of its own.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// The entry's words; `None` where there is none.
pub(super) fn read(file: PathBuf) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the entry, if it is there.
pub(super) fn remove(file: PathBuf) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
