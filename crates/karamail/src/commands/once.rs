//! `karamail once`: one cycle of every enabled mailbox, then a summary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use karamail_core::words::{Language, Told, commands as words};
use karamail_engine::cycle::CycleReport;
use karamail_engine::engine::Engine;
use serde::Serialize;

use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;
use crate::signals;

#[derive(Serialize)]
struct Summary<'a> {
    mailboxes: Vec<Mailbox<'a>>,
}

#[derive(Serialize)]
struct Mailbox<'a> {
    name: &'a str,
    listed: usize,
    received: usize,
    receipts: usize,
    duplicates: usize,
    opt_outs: usize,
    forwards: usize,
    archived: usize,
    held: usize,
    backlog: usize,
    unreadable: usize,
    sent: usize,
    refused: usize,
    delayed: usize,
    deleted: usize,
    receive_fault: Option<String>,
    send_fault: Option<String>,
}

/// Polls once and prints what was done.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let settings = context.settings()?;
    let _diagnostics = context.start_diagnostics(&settings);
    let secrets = context.secrets(&settings).await?;
    let enabled = settings
        .mailboxes
        .iter()
        .filter(|mailbox| mailbox.enabled)
        .count();
    let mut engine = Engine::open(&context.data_dir, settings, secrets).await?;
    let stop = engine.stop_switch();
    let is_interrupted = Arc::new(AtomicBool::new(false));
    let interrupted = Arc::clone(&is_interrupted);
    let watching = tokio::spawn(async move {
        signals::end_requested().await;
        interrupted.store(true, Ordering::Relaxed);
        stop.request();
        // Insisted on: at once. The next start finds every promise on disk.
        signals::end_insisted().await;
        std::process::exit(Exit::Interrupted as i32);
    });
    let reports = engine.run_once().await?;
    let is_interrupted = is_interrupted.load(Ordering::Relaxed);
    watching.abort();
    let log = engine.write_log().await;
    engine.close().await;
    if context.json {
        let mailboxes = reports
            .iter()
            .map(|(name, report)| mailbox(name, report, context.language))
            .collect();
        output::json_line(&Summary { mailboxes })?;
    } else {
        if enabled == 0 {
            output::line(&words::no_mailbox_enabled(context.language));
        }
        for (name, report) in &reports {
            print(name, report, context.language);
        }
    }
    // What was done is told first, whatever became of the log.
    log?;
    if is_interrupted {
        return Ok(Exit::Interrupted);
    }
    let is_cut_off = reports.len() < enabled;
    let failed = is_cut_off
        || reports
            .iter()
            .any(|(_, report)| report.receive_fault.is_some() || report.send_fault.is_some());
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn mailbox<'a>(name: &'a str, report: &CycleReport, language: Language) -> Mailbox<'a> {
    Mailbox {
        name,
        listed: report.listed,
        received: report.received,
        receipts: report.receipts,
        duplicates: report.repeats,
        opt_outs: report.opt_outs,
        forwards: report.forwards,
        archived: report.archived,
        held: report.held,
        backlog: report.backlog,
        unreadable: report.unreadable,
        sent: report.sent,
        refused: report.refused,
        delayed: report.delayed,
        deleted: report.deleted,
        receive_fault: report.receive_fault.as_ref().map(|fault| fault.told(language)),
        send_fault: report.send_fault.as_ref().map(|fault| fault.told(language)),
    }
}

fn print(name: &str, report: &CycleReport, language: Language) {
    output::line(&words::once_mailbox(language, &output::harmless(name)));
    let others = report.forwards + report.archived;
    output::line(&words::once_summary(
        language,
        report.received,
        report.receipts,
        report.repeats,
        others,
        report.held,
    ));
    output::line(&words::once_sent(
        language,
        report.sent,
        report.delayed,
        report.refused,
        report.deleted,
    ));
    if report.backlog > 0 {
        output::line(&words::once_backlog(language, report.backlog));
    }
    if let Some(fault) = &report.receive_fault {
        output::line(&words::receiving_failed(language, &fault.told(language)));
    }
    if let Some(fault) = &report.send_fault {
        output::line(&words::sending_failed(language, &fault.told(language)));
    }
}
