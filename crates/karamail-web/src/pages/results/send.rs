//! Sending numbers again: one from its page, several from the list.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::limits::RESEND_NUMBERS;
use karamail_core::words::Told;
use karamail_core::words::screens::results as words;
use karamail_engine::clock;
use karamail_engine::engine::Handle;
use karamail_engine::engine::requests::{Request, RequestFault};
use karamail_engine::resend::Resending;

use super::filter::Filter;
use super::one::find;
use super::row::href;
use crate::app::App;
use crate::fault::PageFault;
use crate::form::fields;
use crate::once;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "results/sent.html")]
struct Page {
    shell: Shell,
    queued: usize,
    /// Address of the number's page, number, why it is not sent.
    faults: Vec<(String, i64, String)>,
    back: String,
}

/// `POST /results/{series}/{number}/resend`
pub(super) async fn one(
    app: App,
    Path((series, number)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let row = find(&handle, &series, &number, language).await?;
    let answers = resend(&handle, &row.series, vec![row.number]).await?;
    if let Some(fault) = answers.into_iter().find_map(|answer| answer.fault) {
        return Err(PageFault::Said(
            StatusCode::CONFLICT,
            fault.what(language),
            fault.on_screen(language),
        ));
    }
    let page = format!("{}?said=resending", href(&row.series, row.number));
    Ok(once::lead(&app, &page).into_response())
}

/// `POST /results/resend`: those with a tick.
pub(super) async fn chosen(app: App, RawForm(form): RawForm) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let mut chosen: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut count = 0;
    let mut back = String::new();
    for (name, value) in fields(&form) {
        match name.as_str() {
            "pick" => {
                let Some((number, series)) = value.split_once('.') else {
                    continue;
                };
                let Ok(number) = number.parse() else { continue };
                chosen.entry(series.to_owned()).or_default().push(number);
                count += 1;
            }
            "back" => back = value,
            _ => {}
        }
    }
    if count == 0 || count > RESEND_NUMBERS {
        let (what, advice) = match count {
            0 => (
                words::nothing_chosen(language),
                Some(words::nothing_chosen_advice(language)),
            ),
            _ => (words::too_many(language, RESEND_NUMBERS), None),
        };
        return Err(PageFault::Said(StatusCode::UNPROCESSABLE_ENTITY, what, advice));
    }
    let (mut queued, mut faults) = (0, Vec::new());
    for (series, numbers) in chosen {
        for answer in resend(&handle, &series, numbers).await? {
            match answer.fault {
                None => queued += 1,
                Some(fault) => {
                    faults.push((href(&series, answer.number), answer.number, fault.what(language)));
                }
            }
        }
    }
    // Only what a filter of ours can say leads back.
    let filter: Filter = fields(back.as_bytes()).into();
    if faults.is_empty() {
        let page = filter.address("/results", &[("resent", &queued.to_string())]);
        return Ok(once::lead(&app, &page).into_response());
    }
    page(&Page {
        shell: app.shell(Nav::Results, words::resend_title(language)),
        queued,
        faults,
        back: filter.address("/results", &[]),
    })
}

async fn resend(handle: &Handle, series: &str, numbers: Vec<i64>) -> Result<Vec<Resending>, PageFault> {
    let request = Request::Resend {
        numbers,
        series: Some(series.to_owned()),
        asked_at: clock::now(),
    };
    let result = handle.perform(request).await?;
    let answers = result.get("numbers").cloned().unwrap_or_default();
    let answers = serde_json::from_value(answers);
    answers.map_err(|error| RequestFault::Failed(error.to_string()).into())
}
