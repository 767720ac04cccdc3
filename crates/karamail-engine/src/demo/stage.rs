//! A shop of its own for the demo: the servers, settings that lead to them, and a data folder that is removed at the end.

use std::io;
use std::path::Path;
use std::sync::Arc;

use karamail_core::words::Language;
use tempfile::TempDir;

use super::{ADDRESS, DemoServers, PASSWORD, USER};
use crate::config::{ConfigFaults, Settings};
use crate::engine::{Engine, EngineError};
use crate::secrets::{Environment, KeyringUse, Secrets};

/// Everything a demo needs. The servers end and the folder is removed when this is dropped.
#[derive(Debug)]
pub struct Stage {
    servers: DemoServers,
    settings: Settings,
    secrets: Arc<Secrets>,
    folder: TempDir,
}

/// Why the stage could not be set.
#[derive(Debug, thiserror::Error)]
pub enum StageFault {
    /// No port or no folder.
    #[error(transparent)]
    System(#[from] io::Error),
    /// The settings made for the demo are not sound, which a test excludes.
    #[error("{0}")]
    Settings(ConfigFaults),
}

impl Stage {
    /// Starts the servers and makes the folder.
    pub async fn set(language: Language) -> Result<Stage, StageFault> {
        let servers = DemoServers::start().await?;
        let folder = tempfile::tempdir()?;
        let text = settings_text(&servers, language);
        let settings = Settings::parse(&text, folder.path()).map_err(StageFault::Settings)?;
        Ok(Stage {
            secrets: secrets(folder.path()),
            servers,
            settings,
            folder,
        })
    }

    /// The real engine over the demo's mailbox and folder, ready to run.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub async fn engine(&self) -> Result<Engine, EngineError> {
        Engine::open(
            self.folder.path(),
            self.settings.clone(),
            Arc::clone(&self.secrets),
        )
        .await
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The mail servers.
    pub fn servers(&self) -> &DemoServers {
        &self.servers
    }

    /// The demo's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The demo's passwords.
    pub fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }
}

fn secrets(folder: &Path) -> Arc<Secrets> {
    let environment = [("KARAMAIL_PASSWORD".to_owned(), PASSWORD.into())]
        .into_iter()
        .collect();
    Arc::new(Secrets::with(
        folder,
        Environment::Given(environment),
        KeyringUse::Off,
    ))
}

fn settings_text(servers: &DemoServers, language: Language) -> String {
    let (shop, mailbox) = match language {
        Language::Japanese => ("喫茶からめ～る", "店頭"),
        Language::English => ("Cafe Karamail", "counter"),
    };
    format!(
        "[general]\nlanguage = \"{language}\"\nshop_name = \"{shop}\"\ncheck_interval_seconds = 5\n\
         [guard]\nlimit_mailbox_per_hour = 0\n\
         [[mailbox]]\nname = \"{mailbox}\"\naddress = \"{ADDRESS}\"\ndisplay_name = \"{shop}\"\n\
         [mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {pop3}\nsecurity = \"none\"\nuser = \"{USER}\"\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\nauthentication = \"none\"\n\
         connections = 1\n",
        language = language.tag(),
        pop3 = servers.pop3_port(),
        smtp = servers.smtp_port(),
    )
}
