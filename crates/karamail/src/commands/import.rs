//! `karamail import`: mails from files, as if they had arrived.

use karamail_core::words::{Language, data as words};
use karamail_engine::clock;
use karamail_engine::config::{Mailbox, Settings};
use karamail_engine::data_folder::DataFolder;
use karamail_engine::engine::EngineError;
use karamail_engine::import::{ImportFault, ImportReport, import};
use karamail_engine::monthly_log::{MonthlyLog, log_folder};
use karamail_engine::store::Store;
use serde_json::json;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Takes the mails in and prints what became of them. The data folder must be free: a running program would number
/// mails at the same time.
pub(crate) async fn run(context: &Context, arguments: &arguments::Import) -> Result<Exit, Failure> {
    let mut settings = context.settings()?;
    settings.general.language = context.language;
    let mailbox = mailbox(context, &settings, arguments.mailbox.as_deref())?.clone();
    if !arguments.from.exists() {
        let path = output::harmless(&arguments.from.display().to_string());
        return Err(Failure::said(
            Exit::Failed,
            words::import_no_folder(context.language, &path),
        ));
    }
    let folder = DataFolder::take(&context.data_dir).map_err(EngineError::from)?;
    let store = Store::open(folder.path()).await?;
    let now = clock::now();
    let imported = import(
        &arguments.from,
        &store,
        folder.path(),
        &settings,
        &mailbox,
        arguments.reply,
        now,
    )
    .await;
    let log_folder = log_folder(&settings.general, folder.path());
    let logged = MonthlyLog::new(log_folder, settings.general.language)
        .catch_up(&store)
        .await;
    store.close().await;
    let report = imported.map_err(|fault| failure(fault, context.language))?;
    logged?;
    tell(context, &report, arguments.reply)?;
    Ok(if report.faults.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn failure(fault: ImportFault, language: Language) -> Failure {
    match fault {
        ImportFault::Folder(path, error) => {
            let path = output::harmless(&path.display().to_string());
            Failure::said(
                Exit::Failed,
                words::import_failed(language, &path, &error.to_string()),
            )
        }
        ImportFault::TooMany => {
            let most = karamail_core::limits::IMPORT_MAILS;
            Failure::said(Exit::Failed, words::import_too_many(language, most))
        }
        ImportFault::Store(error) => error.into(),
    }
}

/// The mailbox of that name or address; the only one where none is named.
fn mailbox<'a>(
    context: &Context,
    settings: &'a Settings,
    name: Option<&str>,
) -> Result<&'a Mailbox, Failure> {
    use karamail_core::words::commands;
    let names: Vec<&str> = settings
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.name.as_str())
        .collect();
    let usage = |text| Failure::said(Exit::Usage, text);
    match (name, settings.mailboxes.as_slice()) {
        (None, [only]) => Ok(only),
        (None, _) => Err(usage(commands::name_a_mailbox(
            context.language,
            &names.join(", "),
        ))),
        (Some(name), all) => all
            .iter()
            .find(|mailbox| mailbox.name == name || mailbox.address.to_string() == name)
            .ok_or_else(|| {
                usage(commands::no_such_mailbox(
                    context.language,
                    &output::harmless(name),
                    &names.join(", "),
                ))
            }),
    }
}

fn tell(context: &Context, report: &ImportReport, reply: bool) -> Result<(), Failure> {
    let language = context.language;
    for (path, why) in &report.faults {
        let path = output::harmless(&path.display().to_string());
        output::error_line(&words::import_failed(language, &path, &output::harmless(why)));
    }
    if context.json {
        let faults: Vec<_> = report
            .faults
            .iter()
            .map(|(path, why)| json!({ "file": path.display().to_string(), "why": why }))
            .collect();
        output::json_line(&json!({
            "files": report.files, "taken": report.taken, "receipts": report.receipts, "duplicates": report.duplicates,
            "opt_outs": report.opt_outs, "archived": report.archived, "held": report.held, "known": report.known,
            "deleted": report.deleted, "skipped": report.skipped, "links": report.links,
            "first_number": report.numbers.map(|numbers| numbers.0), "last_number": report.numbers.map(|numbers| numbers.1),
            "reply": reply, "faults": faults,
        }))?;
        return Ok(());
    }
    output::line(&words::import_done(language, report.files, report.taken));
    let (receipts, duplicates) = (report.receipts, report.duplicates);
    output::line(&words::import_counts(
        language,
        receipts,
        duplicates,
        report.archived,
        report.held,
        report.opt_outs,
    ));
    if let Some((first, last)) = report.numbers {
        output::line(&words::import_numbers(language, first, last));
    }
    if report.known > 0 {
        output::line(&words::import_known(language, report.known));
    }
    if report.deleted > 0 {
        output::line(&words::import_deleted(language, report.deleted));
    }
    if report.skipped + report.links > 0 {
        output::line(&words::import_skipped(language, report.skipped, report.links));
    }
    if receipts + duplicates + report.opt_outs > 0 {
        output::line(&match reply {
            true => words::import_sent(language),
            false => words::import_not_sent(language),
        });
    }
    Ok(())
}
