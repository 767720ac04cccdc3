//! Linux and its relatives: a desktop file in `$XDG_CONFIG_HOME/autostart` (Desktop Application Autostart Specification).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use karamail_core::words::Language;
use karamail_core::words::desktop as words;

use super::{Entry, Start, entry_file};

/// The desktop file's name, without its end.
pub(super) const NAME: &str = "karamail";

fn file(name: &str) -> io::Result<PathBuf> {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    // A relative one is to be ignored, says the XDG Base Directory Specification.
    let config = named("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
    let config = config.or_else(|| Some(named("HOME").filter(|home| home.is_absolute())?.join(".config")));
    let config = config.ok_or_else(|| io::Error::new(ErrorKind::NotFound, "HOME"))?;
    Ok(config.join("autostart").join(format!("{name}.desktop")))
}

pub(super) fn read(name: &str) -> io::Result<Option<Entry>> {
    let Some(text) = entry_file::read(file(name)?)? else {
        return Ok(None);
    };
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        let found = lines.find(|(name, _)| name.trim() == key);
        found.map(|(_, value)| value.trim().to_owned())
    };
    let exec = value("Exec").unwrap_or_default();
    Ok(Some(Entry {
        program: program_of(&exec),
        text: exec,
        // How the desktops' own settings switch an entry off.
        is_off: value("Hidden").as_deref() == Some("true")
            || value("X-GNOME-Autostart-enabled").as_deref() == Some("false"),
    }))
}

pub(super) fn write(name: &str, start: &Start) -> io::Result<()> {
    let file = file(name)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = file.with_extension("desktop.new");
    fs::write(
        &fresh,
        format!(
            "[Desktop Entry]\nType=Application\nVersion=1.0\nName={}\nName[ja]={}\nExec={}\nTerminal=false\nStartupNotify=false\n\
             X-GNOME-Autostart-enabled=true\n",
            words::autostart_name(Language::English),
            words::autostart_name(Language::Japanese),
            text(start),
        ),
    )?;
    fs::rename(fresh, file)
}

pub(super) fn remove(name: &str) -> io::Result<()> {
    entry_file::remove(file(name)?)
}

pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    one == other
}

/// The value of `Exec`.
pub(super) fn text(start: &Start) -> String {
    let words: Vec<String> = start.words().map(|word| quoted(&word)).collect();
    words.join(" ")
}

/// A word of `Exec`: quoted as an argument, and that as the text of a desktop file.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for character in word.chars() {
        match character {
            // The backslash of the argument's quoting, itself quoted for the file.
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        match character {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// The first word of an `Exec`, as [`quoted`] writes it or without quotes.
fn program_of(exec: &str) -> Option<PathBuf> {
    let Some(rest) = exec.strip_prefix('"') else {
        return exec.split_whitespace().next().map(PathBuf::from);
    };
    let plain = rest.replace("\\\\", "\\").replace("%%", "%");
    let mut program = String::new();
    let mut characters = plain.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(PathBuf::from(program)),
            '\\' => program.extend(characters.next()),
            _ => program.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_any_folder_is_found_again_in_its_entry() {
        for folder in [
            "/usr/bin",
            "/home/shop/My Programs",
            "/home/店/空メール",
            "/opt/100% \"sure\"",
            r"/odd/back\slash/$HOME`x`",
        ] {
            let program = format!("{folder}/karamail-tray");
            let exec = format!("{} \"--hidden\"", quoted(&program));
            assert_eq!(program_of(&exec), Some(PathBuf::from(&program)), "{exec}");
        }
        assert_eq!(
            program_of("/usr/bin/x --hidden"),
            Some(PathBuf::from("/usr/bin/x"))
        );
        assert_eq!(program_of(""), None);
    }

    #[test]
    fn words_are_quoted_as_the_specification_wants() {
        assert_eq!(quoted("/a b/c"), "\"/a b/c\"");
        assert_eq!(quoted("100%"), "\"100%%\"");
        assert_eq!(quoted("a\"b$c"), r#""a\\"b\\$c""#);
        assert_eq!(quoted(r"a\b"), r#""a\\\\b""#);
    }
}
