//! What the page's script asks for, as JSON: lines, where a day begins, what was found, whether there is more.

use std::time::Duration;

use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use karamail_core::limits::LOG_LINES_AT_ONCE;
use karamail_core::words::screens::log as words;
use karamail_core::words::{Language, Told};
use karamail_engine::monthly_log::reader::{Found, LogFault, Wanted};
use serde_json::{Value, json};

use super::lines::{ShownLines, generation};
use super::{Asked, folder, told};
use crate::app::App;
use crate::fault::PageFault;

/// How long an answer may wait for new lines: shorter than what browsers and proxies bear.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the file is looked at where nothing tells of news: a command may have written into it, or a person.
const LOOK: Duration = Duration::from_secs(2);

/// News that come in a burst are shown together.
const GATHER: Duration = Duration::from_millis(100);

fn answer(value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, value.to_string()).into_response()
}

/// What came of looking for text.
pub(super) fn found_told(language: Language, found: &Found) -> String {
    match (found.lines, found.is_wrapped) {
        (0, _) => words::nothing_found(language),
        (lines, false) => words::found(language, found.nth, lines),
        (lines, true) => words::found_wrapped(language, found.nth, lines),
    }
}

/// What came of looking for a day; `place` is the day that was found.
pub(super) fn day_told(language: Language, day: &str, place: Option<&str>) -> String {
    match place {
        None => words::no_days(language),
        Some(place) if place == day => words::day_found(language, day),
        Some(place) if place > day => words::next_day(language, day, place),
        Some(place) => words::last_day(language, day, place),
    }
}

/// A fault in words: the page shows them where the lines would be.
fn fault_answer(app: &App, fault: &LogFault) -> Response {
    let language = app.language();
    let said = json!({ "what": fault.what(language), "what_to_do": fault.on_screen(language) });
    let status = match told(app, fault) {
        PageFault::Said(status, ..) => status,
        _ => StatusCode::CONFLICT,
    };
    (status, answer(&said)).into_response()
}

/// `GET /log/lines?month=2026-11&from=0&count=200[&find=text]`
pub(super) async fn lines(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let month = asked.month(&app)?;
    let from = asked.from.parse().unwrap_or(0);
    let count = asked.count.parse().unwrap_or(LOG_LINES_AT_ONCE);
    match app.log.lines(&folder(&app).await, &month, from, count).await {
        Ok(found) => {
            let wanted = Wanted::new(&asked.find);
            let shown = serde_json::to_value(ShownLines::new(&found, wanted.as_ref()));
            Ok(answer(&shown.unwrap_or_default()))
        }
        Err(fault) => Ok(fault_answer(&app, &fault)),
    }
}

/// `GET /log/day?month=2026-11&day=2026-11-21`
pub(super) async fn day(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let (month, language) = (asked.month(&app)?, app.language());
    let Some(day) = asked.day() else {
        return Ok(answer(
            &json!({ "line": null, "said": words::not_a_day(language) }),
        ));
    };
    match app.log.place_of(&folder(&app).await, &month, day).await {
        Ok(place) => {
            let said = day_told(language, day, place.as_ref().map(|place| place.day.as_str()));
            Ok(answer(
                &json!({ "line": place.map(|place| place.line), "said": said }),
            ))
        }
        Err(fault) => Ok(fault_answer(&app, &fault)),
    }
}

/// `GET /log/find?month=2026-11&find=text&from=0[&back=1]`
pub(super) async fn find(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let month = asked.month(&app)?;
    let from = asked.from.parse().unwrap_or(0);
    let found = match Wanted::new(&asked.find) {
        None => Ok(Found::default()),
        Some(wanted) => {
            let folder = folder(&app).await;
            app.log
                .find(&folder, &month, wanted, from, asked.direction())
                .await
        }
    };
    match found {
        Ok(found) => Ok(answer(&json!({
            "line": found.line, "said": found_told(app.language(), &found),
        }))),
        Err(fault) => Ok(fault_answer(&app, &fault)),
    }
}

/// `GET /log/news?month=2026-11&lines=17&generation=…&newest=2026-11`: answers when the file is another one than the page knows, or after a
/// while with nothing (204).
pub(super) async fn news(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let month = asked.month(&app)?;
    let (mut news, mut stop) = (app.program.news(), app.program.stop());
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        news.mark_unchanged();
        if app.is_left() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let folder = folder(&app).await;
        let view = match app.log.view(&folder, &month).await {
            Ok(view) => view,
            Err(fault) => return Ok(fault_answer(&app, &fault)),
        };
        let (lines, generation) = (view.lines.to_string(), generation(view.generation));
        let months = app.log.months(&folder).await.unwrap_or_default();
        let newest = months.first().map_or("", |found| found.month.as_str());
        if lines != asked.lines || generation != asked.generation || newest != asked.newest {
            return Ok(answer(
                &json!({ "lines": view.lines, "generation": generation, "newest": newest }),
            ));
        }
        tokio::select! {
            changed = news.changed() => {
                if changed.is_err() {
                    return Ok(StatusCode::NO_CONTENT.into_response());
                }
                tokio::time::sleep(GATHER).await;
            }
            () = tokio::time::sleep(LOOK) => {}
            () = stop.requested() => return Ok(StatusCode::NO_CONTENT.into_response()),
            () = tokio::time::sleep_until(deadline) => return Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }
}
