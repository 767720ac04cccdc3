//! `karamail run`: collect until somebody asks for the end.

use karamail_core::words::commands as words;
use karamail_engine::config::SettingsWatcher;
use karamail_engine::engine::{Engine, Handle};

use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;
use crate::service;
use crate::signals;

/// Collects. Events are printed as they happen: lines of the monthly log, or JSON.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    // Watched from before it is read, so that no change falls between.
    let (watcher, settings) = SettingsWatcher::start(&context.config);
    let settings = settings?;
    let _diagnostics = context.start_diagnostics(&settings);
    let secrets = context.secrets(&settings).await?;
    let enabled: Vec<String> = settings
        .mailboxes
        .iter()
        .filter(|mailbox| mailbox.enabled)
        .map(|mailbox| mailbox.name.clone())
        .collect();
    if enabled.is_empty() {
        output::error_line(&words::no_mailbox_enabled(context.language));
    }
    let engine = Engine::open(&context.data_dir, settings, secrets).await?;
    let stop = engine.stop_switch();
    let printing = tokio::spawn(print_events(engine.handle(), context.clone()));
    if !context.json {
        output::line(&words::collecting(context.language, &enabled.join(", ")));
    }
    let language = context.language;
    tokio::spawn(async move {
        tokio::select! {
            // First, so that whoever hears that we are ready may ask for the end.
            biased;
            () = signals::end_requested() => {}
            () = told_ready() => {}
        }
        service::tell(service::State::Stopping);
        output::error_line(&words::ending(language));
        stop.request();
        // Insisted on: at once. The next start finds every promise on disk.
        signals::end_insisted().await;
        std::process::exit(Exit::Failed as i32);
    });
    let ended = engine.run(Some(watcher), true).await;
    printing.abort();
    ended?;
    if !context.json {
        output::line(&words::ended(language));
    }
    Ok(Exit::Done)
}

/// Tells the service manager, once; this has no end.
async fn told_ready() {
    service::tell(service::State::Ready);
    std::future::pending().await
}

async fn print_events(handle: Handle, context: Context) {
    let mut events = handle.events();
    // A listener that fell behind misses lines on the screen; the log file has them all.
    loop {
        match events.recv().await {
            Ok(stored) => output::event(&stored, context.language, context.json),
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}
