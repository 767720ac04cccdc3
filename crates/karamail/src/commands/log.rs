//! `karamail log`: the monthly log.

use karamail_core::words::commands as words;
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::monthly_log::MonthlyLog;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Prints the log of a month. With `--json`, one object a line with the line's fields.
pub(crate) fn run(context: &Context, arguments: &arguments::Log) -> Result<Exit, Failure> {
    let month = match &arguments.month {
        Some(text) if is_month(text) => text.clone(),
        Some(text) => {
            output::error_line(&words::not_a_month(context.language, &output::harmless(text)));
            return Ok(Exit::Usage);
        }
        None => clock::local(clock::now()).strftime("%Y-%m").to_string(),
    };
    // The settings may name another folder; without a sound settings file the log of the data folder is meant.
    let folder = Settings::load(&context.config)
        .ok()
        .and_then(|settings| settings.general.log_folder);
    let folder = folder.unwrap_or_else(|| context.data_dir.join("log"));
    let file = MonthlyLog::new(folder, context.language).file(&month);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            output::error_line(&words::no_log(context.language, &month));
            return Ok(Exit::Failed);
        }
        Err(error) => {
            let path = file.display().to_string();
            output::error_line(&words::unreadable_file(
                context.language,
                &path,
                &error.to_string(),
            ));
            return Ok(Exit::Failed);
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if context.json {
        for line in text.lines() {
            let mut fields = line.split('\t');
            let (time, what) = (
                fields.next().unwrap_or_default(),
                fields.next().unwrap_or_default(),
            );
            let rest: Vec<&str> = fields.collect();
            output::json_line(&serde_json::json!({ "time": time, "what": what, "details": rest }))?;
        }
    } else {
        output::raw(text);
    }
    Ok(Exit::Done)
}

/// `2026-11`: four digits, a hyphen, 01 to 12. Anything else could be a path.
fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else {
        return false;
    };
    let all_digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(year, 4) && all_digits(month, 2) && (1..=12).contains(&month.parse::<u8>().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::is_month;

    #[test]
    fn only_a_month_names_a_log_file() {
        assert!(is_month("2026-11"));
        for text in [
            "2026-13",
            "2026-00",
            "26-11",
            "2026-1",
            "../../x",
            "2026-11/..",
            "2026_11",
            "",
        ] {
            assert!(!is_month(text), "{text}");
        }
    }
}
