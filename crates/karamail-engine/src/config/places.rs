//! Where the settings file and the data folder are.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use karamail_core::words::config as words;
use karamail_core::words::{Language, Told};

use super::load::folder_of;

/// The name of the settings file.
pub const SETTINGS_FILE: &str = "karamail.toml";
/// Lies beside a program that is carried about and has no settings yet.
const PORTABLE_MARK: &str = "portable.txt";

/// The settings file and the data folder in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The settings file, whether it is there or not.
    pub config: PathBuf,
    /// The folder of ledger, archive, logs and secrets, whether it is there or not.
    pub data: PathBuf,
    /// The settings lie beside the program, as on a USB stick: nothing is kept elsewhere on this computer.
    pub portable: bool,
}

/// The user has no home folder, so nothing says where the settings belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder for the settings")]
pub struct NoHome;

impl Told for NoHome {
    fn what(&self, language: Language) -> String {
        words::no_home(language)
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(words::no_home_advice(language))
    }
}

impl Places {
    /// The places in use: what was asked for, else `karamail.toml` beside the program with `data` beside it (also where only the mark
    /// `portable.txt` lies there), else where
    /// the system keeps such things for this user.
    ///
    /// On Windows the data are in `%LOCALAPPDATA%`: a roaming profile would carry a second ledger to another computer,
    /// and both would give the same numbers.
    ///
    /// # Errors
    /// [`NoHome`] where the system's place is needed and there is none.
    pub fn find(config: Option<&Path>, data: Option<&Path>) -> Result<Places, NoHome> {
        let beside = std::env::current_exe().ok().map(|program| folder_of(&program));
        Places::choose(config, data, beside.as_deref(), || {
            let system = ProjectDirs::from("jp", "", "Karamail")?;
            Some((system.config_dir().to_owned(), system.data_local_dir().to_owned()))
        })
    }

    fn choose(
        config: Option<&Path>,
        data: Option<&Path>,
        beside: Option<&Path>,
        system: impl Fn() -> Option<(PathBuf, PathBuf)>,
    ) -> Result<Places, NoHome> {
        if let (Some(config), Some(data)) = (config, data) {
            return Ok(Places {
                config: config.to_owned(),
                data: data.to_owned(),
                portable: false,
            });
        }
        let is_carried = |folder: &&Path| {
            let has = |name: &str| folder.join(name).is_file();
            config.is_none() && (has(SETTINGS_FILE) || has(PORTABLE_MARK))
        };
        let portable = beside.filter(is_carried);
        let (default_config, default_data) = match portable {
            Some(folder) => (folder.to_owned(), folder.join("data")),
            None => system().ok_or(NoHome)?,
        };
        Ok(Places {
            config: config.map_or_else(|| default_config.join(SETTINGS_FILE), Path::to_owned),
            data: data.map_or(default_data, Path::to_owned),
            portable: portable.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_comes_first_then_beside_the_program_then_the_home_folder() {
        let beside = tempfile::tempdir().unwrap();
        let home = || Some((PathBuf::from("/home/config"), PathBuf::from("/home/data")));
        let choose = |config: Option<&str>, data: Option<&str>| {
            let (config, data) = (config.map(Path::new), data.map(Path::new));
            let places = Places::choose(config, data, Some(beside.path()), home).unwrap();
            (places.config, places.data, places.portable)
        };
        let home_config = PathBuf::from("/home/config").join(SETTINGS_FILE);
        assert_eq!(choose(None, None), (home_config, "/home/data".into(), false));
        assert_eq!(
            choose(Some("/x.toml"), None),
            ("/x.toml".into(), "/home/data".into(), false)
        );
        std::fs::write(beside.path().join(PORTABLE_MARK), "").unwrap();
        assert!(choose(None, None).2, "carried about, and without settings yet");
        std::fs::remove_file(beside.path().join(PORTABLE_MARK)).unwrap();
        std::fs::write(beside.path().join(SETTINGS_FILE), "").unwrap();
        let portable = beside.path().join(SETTINGS_FILE);
        assert_eq!(
            choose(None, None),
            (portable.clone(), beside.path().join("data"), true)
        );
        assert_eq!(choose(None, Some("/d")), (portable, "/d".into(), true));
        assert_eq!(
            choose(Some("/x.toml"), None),
            ("/x.toml".into(), "/home/data".into(), false)
        );
        assert_eq!(
            choose(Some("/x.toml"), Some("/d")),
            ("/x.toml".into(), "/d".into(), false)
        );
        assert_eq!(Places::choose(None, None, None, || None), Err(NoHome));
    }
}
