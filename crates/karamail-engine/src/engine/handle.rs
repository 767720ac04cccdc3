//! The engine as screens and commands see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karamail_core::words::{Language, Told, store as words};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::Status;
use super::requests::{Request, RequestFault};
use crate::config::Settings;
use crate::data_folder::DataFolderError;
use crate::store::events::StoredEvent;
use crate::store::{Readers, StoreError};

/// Why the engine could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The data folder is in use or cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It ended by a fault of the program.
    #[error("the engine ended by a fault of the program: {0}")]
    Fault(String),
}

impl Told for EngineError {
    fn what(&self, language: Language) -> String {
        match self {
            EngineError::DataFolder(fault) => fault.what(language),
            EngineError::Store(fault) => fault.what(language),
            EngineError::Fault(_) => words::engine_fault(language),
        }
    }
    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            EngineError::DataFolder(fault) => fault.what_to_do(language),
            EngineError::Store(fault) => fault.what_to_do(language),
            EngineError::Fault(_) => Some(words::engine_fault_advice(language)),
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            EngineError::DataFolder(fault) => fault.on_screen(language),
            EngineError::Store(fault) => fault.on_screen(language),
            EngineError::Fault(_) => None,
        }
    }
}

/// What a screen or command can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Poll every enabled mailbox now.
    CheckNow,
    /// Begin collecting.
    StartCollecting,
    /// End collecting; the engine stays.
    StopCollecting,
    /// Read the passwords again: one was set.
    PasswordsChanged,
    /// This machine woke from sleep: what was planned before is late by no fault, and is done now.
    Woke,
    /// End the engine.
    Shutdown,
    /// A fault of the program, for the test of what becomes of one.
    #[cfg(test)]
    Panic,
}

/// A request of this program's own screens, and where its result goes.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) request: Request,
    pub(super) answer: oneshot::Sender<Result<Value, RequestFault>>,
}

/// The engine as screens and commands see it: commands in, status and events out, and the ledger to read.
#[derive(Clone)]
pub struct Handle {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) settings: watch::Receiver<Arc<Settings>>,
    pub(super) status: watch::Receiver<Status>,
    pub(super) events: broadcast::Sender<StoredEvent>,
    pub(super) readers: Readers,
    pub(super) data_folder: PathBuf,
}

impl Handle {
    /// Queues a command. `false` when the engine has ended.
    pub async fn command(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }

    /// Has a request performed by the engine, as a writing command would, and waits for its result.
    ///
    /// # Errors
    /// What the request says, and [`RequestFault::NotRunning`] where the engine has ended.
    pub async fn perform(&self, request: Request) -> Result<Value, RequestFault> {
        let (answer, result) = oneshot::channel();
        let ask = Ask { request, answer };
        if self.asks.send(ask).await.is_err() {
            return Err(RequestFault::NotRunning);
        }
        result.await.unwrap_or(Err(RequestFault::NotRunning))
    }

    /// The settings that hold now; `changed().await` on it resolves when others hold.
    pub fn settings(&self) -> watch::Receiver<Arc<Settings>> {
        self.settings.clone()
    }

    /// The status; `changed().await` on it resolves at the next change.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Events from now on, each once, after it is in the monthly log.
    pub fn events(&self) -> broadcast::Receiver<StoredEvent> {
        self.events.subscribe()
    }

    /// The ledger, to read.
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// The data folder.
    pub fn data_folder(&self) -> &Path {
        &self.data_folder
    }
}
