//! The start at login: kept in step with the setting `general.autostart`, and put right where the program has moved.
//!
//! `decide` says what is to be done, `system` does it: a value under HKCU Run on Windows, a desktop file on Linux, a launch agent on
//! macOS. `auto-launch` does the same with less: it quotes no blanks, knows no XDG_CONFIG_HOME and cannot tell what is there.

mod decide;
#[cfg(unix)]
mod entry_file;
#[cfg_attr(all(unix, not(target_os = "macos")), path = "xdg.rs")]
#[cfg_attr(windows, path = "run_key.rs")]
#[cfg_attr(target_os = "macos", path = "launch_agent.rs")]
mod system;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use karamail_core::words::desktop as words;
use karamail_core::words::{Language, Telling, Told};
use karamail_engine::config::{EditFault, FileValue, Places, SettingValue, SettingsFile};
use karamail_engine::program::{Autostart, Program};
use ring::digest;

use super::memory::Memory;
use crate::arguments::Arguments;
use decide::{Act, Facts, Found};

/// The setting.
const KEY: &str = "general.autostart";

/// What is started at login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    program: PathBuf,
    arguments: Vec<OsString>,
}

/// What the system has under our name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// As it is written there.
    text: String,
    /// The program in it, where it can be read.
    program: Option<PathBuf>,
    /// The user switched it off in the system's own list.
    is_off: bool,
}

/// Keeps the start at login in step.
pub(super) struct Keeper {
    /// The entry's name; other settings than the usual ones have an entry of their own.
    name: String,
    start: Start,
    is_portable: bool,
    is_installed: bool,
    settings_file: PathBuf,
    memory: Arc<Memory>,
}

/// The system refused.
struct Refused {
    wanted: bool,
    reason: String,
}

impl Told for Refused {
    fn what(&self, language: Language) -> String {
        match self.wanted {
            true => words::autostart_not_on(language, &self.reason),
            false => words::autostart_not_off(language, &self.reason),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(words::autostart_advice(language))
    }
}

/// The user switched it off in the system's own list.
struct SwitchedOff;

impl Told for SwitchedOff {
    fn what(&self, language: Language) -> String {
        match cfg!(windows) {
            true => words::autostart_switched_off_windows(language),
            false => words::autostart_switched_off(language),
        }
    }
}

impl Keeper {
    /// # Errors
    /// The program does not know where it is.
    pub(super) fn new(arguments: &Arguments, places: &Places, memory: Arc<Memory>) -> io::Result<Keeper> {
        // Asked for now: after an update the system may call the running program deleted.
        let program = std::env::current_exe()?;
        let is_usual = Places::find(None, None).is_ok_and(|usual| usual == *places);
        let uninstaller = program.with_file_name("uninstall.exe");
        Ok(Keeper {
            name: match is_usual {
                true => system::NAME.to_owned(),
                false => format!("{}-{}", system::NAME, short_digest(&places.data)),
            },
            is_portable: places.portable,
            is_installed: cfg!(windows) && uninstaller.is_file(),
            settings_file: places.config.clone(),
            start: Start::at_login(program, arguments)?,
            memory,
        })
    }

    /// Brings the system and the setting into step, and tells the screens.
    pub(super) fn keep(&self, program: &Program, wanted: bool) {
        let autostart = self.in_step(wanted).unwrap_or_else(|error| {
            tracing::warn!(%error, "the start at login cannot be changed");
            let reason = error.to_string();
            Autostart::Failed(Telling::of(&Refused { wanted, reason }))
        });
        program.change_desktop(|desktop| {
            desktop.autostart = autostart;
            desktop.autostart_applied = Some(wanted);
        });
    }

    fn in_step(&self, wanted: bool) -> io::Result<Autostart> {
        let remembered = self.memory.read().autostart;
        let facts = Facts {
            wanted,
            is_written: remembered.is_some() || self.is_written(),
            remembered,
            found: self.found()?,
            is_portable: self.is_portable,
            is_installed: self.is_installed,
        };
        let act = decide::decide(&facts);
        tracing::debug!(?facts, ?act, "the start at login");
        let (now, autostart) = match act {
            Act::Nothing => (wanted, Autostart::AsSet),
            Act::Write => {
                system::write(&self.name, &self.start)?;
                (wanted, Autostart::AsSet)
            }
            Act::Remove => {
                system::remove(&self.name)?;
                (wanted, Autostart::AsSet)
            }
            Act::Adopt(is_on) => {
                self.adopt(is_on).map_err(io::Error::other)?;
                (is_on, Autostart::AsSet)
            }
            Act::LeaveOff => (wanted, Autostart::SwitchedOff(Telling::of(&SwitchedOff))),
            Act::LeaveOut => (wanted, Autostart::NotHere),
        };
        if remembered != Some(now) {
            self.memory.change(|remembered| remembered.autostart = Some(now));
        }
        Ok(autostart)
    }

    fn found(&self) -> io::Result<Found> {
        let Some(entry) = system::read(&self.name)? else {
            return Ok(Found::Nothing);
        };
        let is_ours = |program: &Path| {
            system::is_same_text(&program.to_string_lossy(), &self.start.program.to_string_lossy())
        };
        Ok(match &entry.program {
            _ if entry.is_off => Found::SwitchedOff,
            _ if system::is_same_text(&entry.text, &system::text(&self.start)) => Found::Right,
            Some(program) if !is_ours(program) && program.is_file() => Found::OtherCopy,
            _ => Found::Moved,
        })
    }

    /// Whether somebody wrote the setting down.
    fn is_written(&self) -> bool {
        let file = SettingsFile::open(&self.settings_file);
        file.is_ok_and(|file| matches!(file.contents().value(KEY), Some(FileValue::Flag(_))))
    }

    /// Writes what the system has into the settings, so that the screen shows what is.
    fn adopt(&self, is_on: bool) -> Result<(), EditFault> {
        let before = self.memory.read().autostart;
        // Before: the settings, taken over, are looked at again and are in step then.
        self.memory
            .change(|remembered| remembered.autostart = Some(is_on));
        let written = self.write_setting(is_on);
        if written.is_err() {
            // Or the next start would take the settings for the later act, and undo what the person did.
            self.memory.change(|remembered| remembered.autostart = before);
        }
        written
    }

    fn write_setting(&self, is_on: bool) -> Result<(), EditFault> {
        let mut file = SettingsFile::open(&self.settings_file)?;
        file.set(KEY, SettingValue::Flag(is_on))?;
        file.save().map(|_| ())
    }
}

impl Start {
    /// This program as it is now, without a window.
    fn at_login(program: PathBuf, arguments: &Arguments) -> io::Result<Start> {
        let mut all: Vec<OsString> = vec!["--hidden".into()];
        for (name, path) in [
            ("--config", &arguments.config),
            ("--data-dir", &arguments.data_dir),
        ] {
            if let Some(path) = path {
                all.push(name.into());
                // Programs are started from another folder at login.
                all.push(std::path::absolute(path)?.into_os_string());
            }
        }
        if let Some(language) = arguments.lang {
            all.push("--lang".into());
            all.push(karamail_core::words::Language::from(language).tag().into());
        }
        Ok(Start {
            program,
            arguments: all,
        })
    }

    /// The program and its arguments as texts.
    fn words(&self) -> impl Iterator<Item = String> {
        let program = self.program.to_string_lossy().into_owned();
        let arguments = self
            .arguments
            .iter()
            .map(|one| one.to_string_lossy().into_owned());
        std::iter::once(program).chain(arguments)
    }
}

/// Tells folders apart in a few letters.
fn short_digest(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let digest = digest::digest(&digest::SHA256, folder.as_os_str().as_encoded_bytes());
    let first = digest.as_ref().iter().take(4);
    first.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_into_the_settings_is_not_taken_for_in_step() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Arc::new(Memory::open(folder.path()));
        let keeper = Keeper {
            name: "karamail-test".to_owned(),
            start: Start {
                program: PathBuf::from("karamail-tray"),
                arguments: Vec::new(),
            },
            is_portable: false,
            is_installed: true,
            // No file.
            settings_file: folder.path().to_owned(),
            memory: Arc::clone(&memory),
        };
        assert!(keeper.adopt(false).is_err());
        assert_eq!(memory.read().autostart, None);
    }
}
