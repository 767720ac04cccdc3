//! What every command stands on: the settings file, the data folder, the language; and how a failure ends the program.

use std::path::PathBuf;
use std::sync::Arc;

use karamail_core::words::{Language, Told, commands as words};
use karamail_engine::config::{ConfigFaults, Settings};
use karamail_engine::cycle::Passwords;
use karamail_engine::data_folder::DataFolderError;
use karamail_engine::engine::{EngineError, PasswordSource};
use karamail_engine::store::StoreError;

use crate::arguments::{Common, Lang};
use crate::exit::Exit;
use crate::output;

/// Where things are and how to talk.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) config: PathBuf,
    /// Whether the settings file was named by the person, rather than found in its usual place.
    pub(crate) is_config_named: bool,
    pub(crate) data_dir: PathBuf,
    pub(crate) language: Language,
    pub(crate) json: bool,
}

impl Context {
    pub(crate) fn new(common: &Common) -> Result<Context, Failure> {
        let config = common
            .config
            .clone()
            .unwrap_or_else(|| PathBuf::from("karamail.toml"));
        let data_dir = common.data_dir.clone().unwrap_or_else(|| PathBuf::from("data"));
        let language = match common.lang {
            Some(Lang::Ja) => Language::Japanese,
            Some(Lang::En) => Language::English,
            None => Settings::load(&config).map_or(Language::Japanese, |settings| settings.general.language),
        };
        Ok(Context {
            is_config_named: common.config.is_some(),
            config,
            data_dir,
            language,
            json: common.json,
        })
    }

    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Ok(Settings::load(&self.config)?)
    }

    /// Starts the diagnostic log; without it the program works all the same.
    pub(crate) fn start_diagnostics(
        &self,
        settings: &Settings,
        on_standard_error: bool,
    ) -> Option<impl Sized + use<>> {
        let started = karamail_engine::data_folder::make_private_folder(&self.data_dir)
            .map_err(|error| error.to_string())
            .and_then(|()| {
                karamail_engine::diagnostics::start(
                    &self.data_dir,
                    settings.general.diagnostic_log_days,
                    on_standard_error,
                )
                .map_err(|error| error.to_string())
            });
        started
            .map_err(|why| output::error_line(&words::no_diagnostics(self.language, &why)))
            .ok()
    }

    pub(crate) fn password_source(&self, _settings: &Settings) -> Result<Arc<dyn PasswordSource>, Failure> {
        Ok(Arc::new(|_: &Settings, _: usize| {
            let p = std::env::var("KARAMAIL_PASSWORD").ok();
            Passwords {
                pop3: p.clone().map(Into::into),
                smtp: p.map(Into::into),
            }
        }))
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    Settings(ConfigFaults),
    Engine(EngineError),
    /// Already in the reader's language.
    Said(Exit, String),
}

impl Failure {
    pub(crate) fn said(exit: Exit, text: String) -> Failure {
        Failure::Said(exit, text)
    }

    /// Tells the failure on standard error and gives the exit code for it.
    pub(crate) fn report(&self, language: Option<Language>) -> Exit {
        let language = language.unwrap_or_default();
        let (exit, text) = match self {
            Failure::Settings(faults) => (Exit::Settings, faults.told(language)),
            Failure::Engine(error) => (engine_exit(error), error.told(language)),
            Failure::Said(exit, text) => (*exit, text.clone()),
        };
        output::error_line(&text);
        exit
    }
}

fn engine_exit(error: &EngineError) -> Exit {
    match error {
        EngineError::DataFolder(DataFolderError::InUse(_)) => Exit::InUse,
        EngineError::DataFolder(DataFolderError::Unusable(..)) | EngineError::Store(_) => Exit::Data,
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Failure::Settings(faults)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Failure::Engine(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Engine(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::Said(Exit::Failed, error.to_string())
    }
}
