//! `karamail results erase`: the person behind a number is erased, the number stays.

use std::io::{self, BufRead as _, IsTerminal, Write as _};

use karamail_core::words::{commands, data as words};
use karamail_engine::engine::requests::Request;
use karamail_engine::erase::ErasedPerson;
use karamail_engine::store::results::ResultRow;

use super::show;
use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::{handover, output};

/// Erases, after asking. Done by the running program where one runs.
pub(crate) async fn run(context: &Context, arguments: &arguments::Erase) -> Result<Exit, Failure> {
    let language = context.language;
    let (number, series) = (arguments.one.number, arguments.one.series.clone());
    if !arguments.yes {
        let (row, _) = show::find(context, &arguments.one).await?;
        if !is_wanted(context, &row)? {
            output::line(&words::erase_not_done(language));
            return Ok(Exit::Failed);
        }
    }
    let result = handover::request(context, &Request::Erase { number, series }).await?;
    let erased: ErasedPerson = serde_json::from_value(result)?;
    if context.json {
        output::json_line(&erased)?;
    } else {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (mails, letters) = (count(erased.mails), count(erased.letters));
        output::line(&words::erased(
            language,
            number,
            mails,
            letters,
            count(erased.log_places),
        ));
        let others: Vec<String> = erased
            .numbers
            .iter()
            .filter(|(series, other)| *other != number || *series != erased.series)
            .map(|(series, other)| format!("{other} ({})", output::harmless(series)))
            .collect();
        if !others.is_empty() {
            output::line(&words::erased_too(language, &others.join(", ")));
        }
        output::line(&words::erased_rest(language));
    }
    for (path, why) in &erased.faults {
        output::error_line(&words::erased_not_in_log(
            language,
            &output::harmless(path),
            &output::harmless(why),
        ));
    }
    Ok(if erased.faults.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// Asks at the terminal; without one, nobody has agreed.
fn is_wanted(context: &Context, row: &ResultRow) -> Result<bool, Failure> {
    let language = context.language;
    if !io::stdin().is_terminal() || context.json {
        return Err(Failure::said(Exit::Usage, words::erase_needs_yes(language)));
    }
    let mut out = io::stdout().lock();
    let question = words::erase_question(language, row.number, &output::address(&row.address));
    let failed = |error: io::Error| {
        Failure::said(
            Exit::Failed,
            commands::unreadable_file(language, "-", &error.to_string()),
        )
    };
    out.write_all(question.as_bytes())
        .and_then(|()| out.flush())
        .map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim(), "yes" | "はい"))
}
