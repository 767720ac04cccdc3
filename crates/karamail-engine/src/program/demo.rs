//! The demo beside the shop's engine.

use std::sync::{Arc, Mutex, PoisonError};

use karamail_core::words::{Language, Told, commands as words};
use tokio::task::JoinHandle;

use super::open_engine;
use crate::demo::{DemoServers, Stage, StageFault};
use crate::engine::{EngineError, Handle};
use crate::secrets::Secrets;
use crate::stop::StopSwitch;

/// A demo that runs: servers on loopback, a real engine, a folder that is removed at the end.
pub struct Demo {
    stage: Stage,
    handle: Handle,
    stop: StopSwitch,
    running: Mutex<Option<JoinHandle<Result<(), EngineError>>>>,
}

/// Why the demo could not be turned on.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The servers or the folder.
    #[error(transparent)]
    Stage(#[from] StageFault),
    /// Its engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Told for DemoFault {
    fn what(&self, language: Language) -> String {
        match self {
            DemoFault::Stage(fault) => words::demo_failed(language, &fault.to_string()),
            DemoFault::Engine(fault) => fault.what(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            DemoFault::Stage(_) => None,
            DemoFault::Engine(fault) => fault.what_to_do(language),
        }
    }
}

impl Demo {
    pub(super) async fn start(language: Language) -> Result<Demo, DemoFault> {
        let stage = Stage::set(language).await?;
        let engine = open_engine(
            stage.folder().to_owned(),
            stage.settings().clone(),
            Arc::clone(stage.secrets()),
        )
        .await?;
        let (handle, stop) = (engine.handle(), engine.stop_switch());
        let running = tokio::spawn(engine.run(None, true));
        Ok(Demo {
            stage,
            handle,
            stop,
            running: Mutex::new(Some(running)),
        })
    }

    /// The demo's engine.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The demo's mail servers.
    pub fn servers(&self) -> &DemoServers {
        self.stage.servers()
    }

    /// The demo's passwords.
    pub fn secrets(&self) -> &Arc<Secrets> {
        self.stage.secrets()
    }

    pub(super) async fn end(&self) {
        self.stop.request();
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = match running {
            Some(running) => running.await.ok(),
            None => None,
        } {
            tracing::warn!(%error, "the demo ended with a fault");
        }
    }
}
