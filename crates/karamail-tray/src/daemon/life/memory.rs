//! What the desktop program remembers of this data folder: a small file that no person edits.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The file in the data folder.
const FILE: &str = "desktop.json";
/// Longer is none of ours, bytes.
const LONGEST: u64 = 64 * 1024;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Remembered {
    /// Whether the start at login was on when the settings and the system were in step.
    pub(super) autostart: Option<bool>,
    /// The note about the icon's place was put away.
    pub(super) knows_icon: bool,
}

/// The memory. What cannot be read is forgotten, what cannot be written is known until the end.
pub(super) struct Memory {
    file: PathBuf,
    now: Mutex<Remembered>,
}

impl Memory {
    pub(super) fn open(data_folder: &Path) -> Memory {
        let file = data_folder.join(FILE);
        let is_small = fs::metadata(&file).is_ok_and(|metadata| metadata.len() < LONGEST);
        let text = is_small.then(|| fs::read(&file).ok()).flatten();
        let now = text.and_then(|text| serde_json::from_slice(&text).ok());
        Memory {
            file,
            now: Mutex::new(now.unwrap_or_default()),
        }
    }

    pub(super) fn read(&self) -> Remembered {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Remembered)) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut now);
        let written = write_whole(&self.file, &serde_json::to_vec(&*now).unwrap_or_default());
        if let Err(error) = written {
            tracing::warn!(%error, "what the desktop remembers cannot be written");
        }
    }
}

/// The file is the old one or the new one, whole.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        karamail_engine::data_folder::make_private_folder(folder)?;
    }
    let fresh = file.with_extension("new");
    fs::write(&fresh, bytes)?;
    fs::rename(&fresh, file)
}
