//! `karamail results resend`: a number goes out once more, also while Karamail runs.

use karamail_core::words::{Told, delivery as words};
use karamail_engine::clock;
use karamail_engine::data_folder::DataFolder;
use karamail_engine::engine::requests::Request;
use karamail_engine::resend::Resending;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::{handover, output};

/// Asks for the numbers to be sent again; fails as a whole where one of them is not.
pub(crate) async fn run(context: &Context, arguments: &arguments::Resend) -> Result<Exit, Failure> {
    let request = Request::Resend {
        numbers: arguments.numbers.clone(),
        series: arguments.series.clone(),
        asked_at: clock::now(),
    };
    let result = handover::request(context, &request).await?;
    let answers = result.get("numbers").cloned().unwrap_or_default();
    let answers: Vec<Resending> = serde_json::from_value(answers)?;
    let language = context.language;
    for answer in &answers {
        if context.json {
            output::json_line(answer)?;
            continue;
        }
        match &answer.fault {
            Some(fault) => {
                output::error_line(&words::not_resending(
                    language,
                    answer.number,
                    &fault.told(language),
                ));
            }
            None => {
                let address = output::address(answer.address.as_deref().unwrap_or_default());
                output::line(&words::resending(language, answer.number, &address));
            }
        }
    }
    let is_any_queued = answers.iter().any(|answer| answer.fault.is_none());
    // Whoever holds the folder sends; nobody does where it can be taken.
    if is_any_queued && !context.json && DataFolder::take(&context.data_dir).is_ok() {
        output::line(&words::sent_when_collecting(language));
    }
    Ok(match answers.iter().all(|answer| answer.fault.is_none()) {
        true => Exit::Done,
        false => Exit::Failed,
    })
}
