//! Windows: a value under HKCU Run, as the installer writes it.

use std::io;
use std::path::PathBuf;

use windows_registry::CURRENT_USER;

use super::{Entry, Start};

/// The value's name.
pub(super) const NAME: &str = "Karamail";

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Where the task manager notes what the user switched off: an odd first byte.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// ERROR_FILE_NOT_FOUND, as the registry says it: 0x80070002.
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();

/// What is not there is no error.
fn if_there<T>(result: windows_registry::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code().0 == NOT_FOUND => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn read(name: &str) -> io::Result<Option<Entry>> {
    let run = if_there(CURRENT_USER.open(RUN))?;
    let text = match run {
        Some(run) => if_there(run.get_string(name))?,
        None => None,
    };
    let Some(text) = text else { return Ok(None) };
    let approved = if_there(CURRENT_USER.open(APPROVED).and_then(|key| key.get_value(name)))?;
    Ok(Some(Entry {
        program: program_of(&text),
        is_off: approved.is_some_and(|value| value.first().is_some_and(|first| first % 2 == 1)),
        text,
    }))
}

pub(super) fn write(name: &str, start: &Start) -> io::Result<()> {
    CURRENT_USER.create(RUN)?.set_string(name, text(start))?;
    approve(name)
}

pub(super) fn remove(name: &str) -> io::Result<()> {
    if_there(CURRENT_USER.create(RUN)?.remove_value(name))?;
    approve(name)
}

/// Whoever switches it in our settings means it: what the task manager noted before is void.
fn approve(name: &str) -> io::Result<()> {
    let key = if_there(CURRENT_USER.options().read().write().open(APPROVED))?;
    if let Some(key) = key {
        if_there(key.remove_value(name))?;
    }
    Ok(())
}

/// Paths differ in case between the installer and the system.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The command line.
pub(super) fn text(start: &Start) -> String {
    let words: Vec<String> = start
        .words()
        .enumerate()
        .map(|(place, word)| match place {
            0 => format!("\"{word}\""),
            _ => quoted(&word),
        })
        .collect();
    words.join(" ")
}

/// An argument as CommandLineToArgvW reads it: backslashes count double before a quote.
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for character in word.chars() {
        if character == '"' {
            quoted.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = match character {
            '\\' => backslashes + 1,
            _ => 0,
        };
        quoted.push(character);
    }
    quoted.push_str(&"\\".repeat(backslashes));
    quoted.push('"');
    quoted
}

fn program_of(text: &str) -> Option<PathBuf> {
    let program = match text.strip_prefix('"') {
        Some(rest) => rest.split('"').next()?,
        None => text.split_whitespace().next()?,
    };
    Some(PathBuf::from(program))
}
