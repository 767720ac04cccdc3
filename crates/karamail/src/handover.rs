//! Writing commands: done here where no program holds the data folder, and by the running program where one does.

use std::sync::Arc;
use std::time::Instant;

use karamail_core::limits::{REQUEST_LOOK, REQUEST_WAIT};
use karamail_core::words::{Language, Told, requests as words};
use karamail_engine::clock;
use karamail_engine::data_folder::{DataFolder, DataFolderError};
use karamail_engine::engine::requests::{Office, Request, RequestFault, perform, read_answer};
use karamail_engine::engine::{EngineError, touch};
use karamail_engine::store::Store;
use karamail_engine::store::requests::HandedOver;
use serde_json::Value;

use crate::context::{Context, Failure};
use crate::exit::Exit;

/// Performs a request, whoever holds the data folder; gives its result.
pub(crate) async fn request(context: &Context, request: &Request) -> Result<Value, Failure> {
    if !Store::is_there(&context.data_dir)? {
        let folder = context.data_dir.display().to_string();
        return Err(Failure::said(
            Exit::Failed,
            words::no_ledger(context.language, &folder),
        ));
    }
    let done = match DataFolder::take(&context.data_dir) {
        Ok(folder) => here(context, request, &folder).await?,
        Err(DataFolderError::InUse(_)) => there(context, request).await?,
        Err(fault) => return Err(EngineError::from(fault).into()),
    };
    done.map_err(|fault| Failure::said(Exit::Failed, fault.told(context.language)))
}

/// No program runs: the work is done by the same function, under the same lock.
async fn here(
    context: &Context,
    request: &Request,
    folder: &DataFolder,
) -> Result<Result<Value, RequestFault>, Failure> {
    let mut settings = context.settings()?;
    // What is told here is told to the person at this terminal.
    settings.general.language = context.language;
    let store = Store::open(folder.path()).await?;
    let office = Office {
        store: &store,
        settings: &Arc::new(settings),
        data_folder: folder.path(),
        now: clock::now(),
    };
    let done = perform(request, &office).await;
    store.close().await;
    Ok(done.map(|performed| performed.result))
}

/// A program runs: it finds the request in the ledger, and its result comes back the same way.
async fn there(context: &Context, request: &Request) -> Result<Result<Value, RequestFault>, Failure> {
    let (kind, arguments) = request.to_row()?;
    let handed = HandedOver::write(&context.data_dir, &kind, &arguments, clock::now()).await?;
    let Some(mut handed) = handed else {
        return Ok(Err(RequestFault::Unknown(kind)));
    };
    let begun = Instant::now();
    if let Err(error) = touch(&context.data_dir) {
        tracing::warn!(%error, "the wake-up file cannot be touched");
    }
    while begun.elapsed() < REQUEST_WAIT {
        if let Some(text) = handed.result().await? {
            handed.close().await;
            return Ok(read_answer(&kind, &text));
        }
        tokio::time::sleep(REQUEST_LOOK).await;
    }
    let silence = match handed.take_back().await? {
        true => Silence::TakenBack,
        false => Silence::Begun,
    };
    handed.close().await;
    Err(Failure::said(Exit::InUse, silence.told(context.language)))
}

/// The running program did not answer in time.
enum Silence {
    /// It had not begun: the request was taken back.
    TakenBack,
    /// It had begun, and may still do it.
    Begun,
}

impl Told for Silence {
    fn what(&self, language: Language) -> String {
        match self {
            Silence::TakenBack => words::no_answer(language),
            Silence::Begun => words::not_done_yet(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            Silence::TakenBack => words::no_answer_advice(language),
            Silence::Begun => words::not_done_yet_advice(language),
        })
    }
}
