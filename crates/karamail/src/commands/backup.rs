//! `karamail backup` and `karamail restore`.

use karamail_core::words::{Language, backup as words};
use karamail_engine::backup::{self, Restored, Written};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use serde_json::json;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Writes a backup beside a running program, and says what is in it.
pub(crate) async fn write(context: &Context, arguments: &arguments::Backup) -> Result<Exit, Failure> {
    // A settings file with faults is kept as it is; the logs are then those of the data folder.
    let log_folder = Settings::load(&context.config)
        .ok()
        .and_then(|settings| settings.general.log_folder);
    let written = backup::write(
        &context.data_dir,
        &context.config,
        log_folder.as_deref(),
        &arguments.file,
        clock::now(),
    )
    .await?;
    let path = arguments.file.display().to_string();
    if context.json {
        let Written {
            manifest,
            bytes,
            left_out,
        } = &written;
        output::json_line(&json!({
            "file": path, "bytes": bytes, "created_at": manifest.created_at.to_string(), "verified": true,
            "ledger": manifest.ledger, "files": manifest.entries.len(), "passwords": false,
            "left_out": left_out.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    let (files, numbers) = (written.manifest.entries.len(), written.manifest.ledger.receipts);
    output::line(&words::written(
        context.language,
        &path,
        files,
        written.bytes,
        numbers,
    ));
    for path in &written.left_out {
        output::line(&words::left_out(context.language, &path.display().to_string()));
    }
    output::line(&words::without_passwords(context.language));
    Ok(Exit::Done)
}

/// Restores a backup into a data folder that no program uses.
pub(crate) async fn restore(context: &Context, arguments: &arguments::Restore) -> Result<Exit, Failure> {
    let restored = backup::restore(
        &arguments.file,
        &context.data_dir,
        &context.config,
        context.language,
        clock::now(),
    )
    .await?;
    let shown = |path: &std::path::PathBuf| path.display().to_string();
    if context.json {
        let skipped: Vec<_> = restored
            .skipped
            .iter()
            .map(|(series, first, last)| json!({ "series": series, "first": first, "last": last }))
            .collect();
        let series: Vec<_> = restored
            .series
            .iter()
            .map(|(name, next)| json!({ "series": name, "next": next }))
            .collect();
        output::json_line(&json!({
            "data_dir": context.data_dir.display().to_string(), "created_at": restored.manifest.created_at.to_string(),
            "numbers": restored.manifest.ledger.receipts, "kept_before": restored.kept_before.as_ref().map(shown),
            "settings": restored.settings.as_ref().map(shown), "settings_in_place": restored.are_settings_in_place,
            "series": series, "skipped": skipped,
        }))?;
    } else {
        tell(context, &restored, context.language);
    }
    Ok(Exit::Done)
}

fn tell(context: &Context, restored: &Restored, language: Language) {
    let made = clock::local(restored.manifest.created_at)
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let folder = context.data_dir.display().to_string();
    output::line(&words::restored(
        language,
        &folder,
        &made,
        restored.manifest.ledger.receipts,
    ));
    if let Some(before) = &restored.kept_before {
        output::line(&words::kept_before(language, &before.display().to_string()));
    }
    if let Some(settings) = &restored.settings {
        let (config, copy) = (
            context.config.display().to_string(),
            settings.display().to_string(),
        );
        output::line(&match restored.are_settings_in_place {
            true => words::settings_restored(language, &copy),
            false => words::settings_stay(language, &config, &copy),
        });
    }
    for (series, first, last) in &restored.skipped {
        output::line(&words::skipped(
            language,
            &output::harmless(series),
            *first,
            *last,
        ));
    }
    for (series, next) in &restored.series {
        output::line(&words::goes_on(language, &output::harmless(series), *next));
    }
    output::line(&words::passwords_advice(language));
}
