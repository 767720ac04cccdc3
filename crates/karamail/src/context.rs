//! What every command stands on: the settings file, the data folder, the language; and how a failure ends the program.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use karamail_core::words::{Language, Told, commands as words};
use karamail_engine::backup::BackupFault;
use karamail_engine::config::{ConfigFaults, Mailbox, Places, Settings};
use karamail_engine::data_folder::{DataFolderError, make_private_folder};
use karamail_engine::diagnostics;
use karamail_engine::engine::EngineError;
use karamail_engine::secrets::{CredentialsLookup, Password, SecretFault, SecretKind, Secrets};
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
    /// Whether the language was named by the person.
    pub(crate) is_language_named: bool,
    pub(crate) json: bool,
}

impl Context {
    pub(crate) fn new(common: &Common) -> Result<Context, Failure> {
        let asked = common.lang.map(|lang| match lang {
            Lang::Ja => Language::Japanese,
            Lang::En => Language::English,
        });
        let places = Places::find(common.config.as_deref(), common.data_dir.as_deref())
            .map_err(|fault| Failure::said(Exit::Settings, fault.told(asked.unwrap_or_default())))?;
        // Without a word from the person, the settings say; without sound settings, Japanese, as the screens.
        let language = asked.unwrap_or_else(|| {
            Settings::load(&places.config).map_or(Language::Japanese, |settings| settings.general.language)
        });
        Ok(Context {
            is_config_named: common.config.is_some(),
            config: places.config,
            data_dir: places.data,
            language,
            is_language_named: asked.is_some(),
            json: common.json,
        })
    }

    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Ok(Settings::load(&self.config)?)
    }

    /// The mailbox of this name or address; the only one where none is named.
    pub(crate) fn mailbox<'a>(
        &self,
        settings: &'a Settings,
        wanted: Option<&str>,
    ) -> Result<&'a Mailbox, Failure> {
        let names: Vec<&str> = settings
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.name.as_str())
            .collect();
        let usage = |text: String| Failure::said(Exit::Usage, text);
        let Some(wanted) = wanted else {
            return match settings.mailboxes.as_slice() {
                [only] => Ok(only),
                _ => Err(usage(words::name_a_mailbox(self.language, &names.join(", ")))),
            };
        };
        settings
            .mailboxes
            .iter()
            .find(|mailbox| {
                mailbox.name == wanted || mailbox.address.to_string().eq_ignore_ascii_case(wanted)
            })
            .ok_or_else(|| usage(words::no_such_mailbox(self.language, wanted, &names.join(", "))))
    }

    /// Starts the diagnostic log; without it the program works all the same.
    pub(crate) fn start_diagnostics(&self, settings: &Settings) -> Option<impl Sized + use<>> {
        let days = settings.general.diagnostic_log_days;
        make_private_folder(&self.data_dir)
            .map_err(|error| error.to_string())
            .and_then(|()| diagnostics::start(&self.data_dir, days, false).map_err(|error| error.to_string()))
            .map_err(|why| output::error_line(&words::no_diagnostics(self.language, &why)))
            .ok()
    }

    /// The passwords. Those that are to be typed at every start (`save_password = false`) are asked for now, where
    /// there is a terminal to ask at.
    pub(crate) async fn secrets(&self, settings: &Settings) -> Result<Arc<Secrets>, Failure> {
        let secrets = Secrets::open(&self.data_dir);
        for mailbox in settings.mailboxes.iter().filter(|mailbox| mailbox.enabled) {
            for kind in [SecretKind::Pop3, SecretKind::Smtp] {
                let found = secrets.credentials(settings, mailbox, kind).await;
                let is_to_be_asked = matches!(found, Ok(CredentialsLookup::Missing { ask: true }));
                if is_to_be_asked && std::io::stdin().is_terminal() {
                    let purpose = purpose(kind, self.language);
                    let password = ask(&words::password_prompt(self.language, &mailbox.name, &purpose))?;
                    secrets.remember_for_this_run(mailbox, kind, password);
                }
            }
        }
        Ok(Arc::new(secrets))
    }
}

/// Which of a mailbox's logins, in words.
pub(crate) fn purpose(kind: SecretKind, language: Language) -> String {
    match kind {
        SecretKind::Pop3 => words::purpose_pop3(language),
        SecretKind::Smtp => words::purpose_smtp(language),
    }
}

/// Asks for a password: at the terminal without showing it, otherwise one line from standard input.
pub(crate) fn ask(prompt: &str) -> Result<Password, Failure> {
    let unreadable = |error: std::io::Error| Failure::said(Exit::Password, error.to_string());
    if std::io::stdin().is_terminal() {
        return Ok(Password::new(
            rpassword::prompt_password(prompt).map_err(unreadable)?,
        ));
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(unreadable)?;
    Ok(Password::new(line.trim_end_matches(['\r', '\n'])))
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    Settings(ConfigFaults),
    Engine(EngineError),
    Secret(SecretFault),
    Backup(BackupFault),
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
            Failure::Secret(fault) => (Exit::Password, fault.told(language)),
            Failure::Backup(fault) => (backup_exit(fault), fault.told(language)),
            Failure::Said(exit, text) => (*exit, text.clone()),
        };
        output::error_line(&text);
        exit
    }
}

/// An engine's fault, told: for whoever has only a reference to it.
pub(crate) fn engine_failure(error: &EngineError, language: Language) -> Failure {
    Failure::Said(engine_exit(error), error.told(language))
}

fn engine_exit(error: &EngineError) -> Exit {
    match error {
        EngineError::DataFolder(DataFolderError::InUse(_)) => Exit::InUse,
        EngineError::DataFolder(DataFolderError::Unusable(..)) | EngineError::Store(_) => Exit::Data,
        EngineError::Fault(_) => Exit::Failed,
    }
}

fn backup_exit(fault: &BackupFault) -> Exit {
    match fault {
        BackupFault::DataFolder(DataFolderError::InUse(_)) => Exit::InUse,
        BackupFault::TargetExists(_) | BackupFault::File(..) => Exit::Failed,
        _ => Exit::Data,
    }
}

impl From<BackupFault> for Failure {
    fn from(fault: BackupFault) -> Self {
        Failure::Backup(fault)
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Failure::Settings(faults)
    }
}

impl From<SecretFault> for Failure {
    fn from(fault: SecretFault) -> Self {
        Failure::Secret(fault)
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
