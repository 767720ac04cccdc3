//! macOS: a launch agent of the user.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::{Entry, Start, entry_file};

/// The agent's label.
pub(super) const NAME: &str = "jp.karamail.tray";

fn file(name: &str) -> io::Result<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let home = home.ok_or_else(|| io::Error::new(ErrorKind::NotFound, "HOME"))?;
    Ok(home.join("Library/LaunchAgents").join(format!("{name}.plist")))
}

pub(super) fn read(name: &str) -> io::Result<Option<Entry>> {
    let Some(whole) = entry_file::read(file(name)?)? else {
        return Ok(None);
    };
    let words = whole
        .split_once("<array>")
        .and_then(|(_, rest)| rest.split_once("</array>"));
    let text = words.map_or(String::new(), |(words, _)| words.to_owned());
    let first = text
        .split_once("<string>")
        .and_then(|(_, rest)| rest.split_once("</string>"));
    Ok(Some(Entry {
        program: first.map(|(program, _)| PathBuf::from(unescaped(program))),
        text,
        // What the user switches off in the system's settings is kept by the system, which does not tell.
        is_off: false,
    }))
}

pub(super) fn write(name: &str, start: &Start) -> io::Result<()> {
    let file = file(name)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(
        file,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>\n<key>Label</key><string>{}</string>\n\
             <key>RunAtLoad</key><true/>\n<key>ProcessType</key><string>Interactive</string>\n\
             <key>ProgramArguments</key><array>{}</array>\n</dict></plist>\n",
            escaped(name),
            text(start),
        ),
    )
}

pub(super) fn remove(name: &str) -> io::Result<()> {
    entry_file::remove(file(name)?)
}

pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    one == other
}

/// The words of the agent.
pub(super) fn text(start: &Start) -> String {
    start
        .words()
        .map(|word| format!("<string>{}</string>", escaped(&word)))
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
