//! 状況: is it collecting, and what needs a hand. `program::light` judges, `needs` and `numbers` gather, `view` puts
//! together; the handlers here show it and obey its buttons.

mod needs;
mod notes;
mod numbers;
mod view;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use karamail_core::limits::SEEN_WITHIN;
use karamail_core::words::Language;
use karamail_core::words::screens::status as words;
use karamail_engine::clock;
use karamail_engine::engine::{Command, Status};
use karamail_engine::program::Phase;
use karamail_engine::program::light::Colour;

use self::notes::Note;
use self::view::{Next, View, view};
use crate::app::App;
use crate::fault::{PageFault, is_htmx};
use crate::live::{self, Seen};
use crate::shell::{Nav, Shell, page};
use crate::side::mark;
use crate::text::filters;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/status", get(show))
        .route("/status/live", get(follow))
        .route("/status/start", post(start))
        .route("/status/stop", post(stop))
        .route("/status/check", post(check))
        .route("/status/again", post(again))
        .route("/status/end", get(ask_end).post(end))
        .route("/status/put-away/{kind}", post(notes::put_away))
}

#[derive(Template)]
#[template(path = "status/page.html")]
struct Page {
    shell: Shell,
    /// The version of the part that follows.
    version: String,
    language: Language,
    /// See [`crate::side`].
    mark: String,
    notes: Vec<Note>,
    view: View,
}

/// The part that follows the program.
#[derive(Template)]
#[template(path = "status/live.html")]
struct Live {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    notes: Vec<Note>,
    view: View,
}

/// Asks whether to end, for whoever comes from the menu of the tray icon.
#[derive(Template)]
#[template(path = "status/end.html")]
struct EndPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "status/ended.html")]
struct EndedPage {
    shell: Shell,
    is_over: bool,
}

/// What a button did, for the place beside it.
#[derive(Template)]
#[template(path = "status/said.html")]
struct Said {
    text: String,
}

async fn live_part(app: &App) -> Result<Live, PageFault> {
    Ok(Live {
        language: app.language(),
        mark: mark(&app.side()),
        notes: notes::notes(app, clock::now()),
        view: view(app, clock::now()).await?,
    })
}

async fn show(app: App) -> Result<Response, PageFault> {
    let live = live_part(&app).await?;
    if matches!(live.view, View::Ended) {
        return ended(&app);
    }
    let version = live::version(&live.render()?);
    page(&Page {
        shell: app.shell(Nav::Status, words::title(app.language())),
        version,
        language: live.language,
        mark: live.mark,
        notes: live.notes,
        view: live.view,
    })
}

async fn follow(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async { Ok(live_part(&app).await?.render()?) }).await
}

async fn start(app: App, headers: HeaderMap) -> Result<Response, PageFault> {
    let has_begun = obey(&app, Command::StartCollecting, |status, _| status.is_collecting).await?;
    said(&app, &headers, has_begun, words::said_started)
}

async fn stop(app: App, headers: HeaderMap) -> Result<Response, PageFault> {
    let has_ended = obey(&app, Command::StopCollecting, |status, _| !status.is_collecting).await?;
    said(&app, &headers, has_ended, words::said_stopped)
}

async fn check(app: App, headers: HeaderMap) -> Result<Response, PageFault> {
    if !app.shown()?.status().borrow().is_collecting {
        let text = words::said_not_while_stopped;
        return said(&app, &headers, true, |language, _| text(language));
    }
    let is_seen = |status: &Status, since: Timestamp| {
        let mut mailboxes = status.mailboxes.iter();
        mailboxes.any(|one| one.is_polling || one.last_good_poll.is_some_and(|at| at >= since))
    };
    let is_checking = obey(&app, Command::CheckNow, is_seen).await?;
    said(&app, &headers, is_checking, words::said_checking)
}

/// Gives the engine a command and waits a moment to see it done; whether it was seen.
async fn obey(
    app: &App,
    command: Command,
    is_done: impl Fn(&Status, Timestamp) -> bool,
) -> Result<bool, PageFault> {
    let handle = app.shown()?;
    let since = clock::now();
    if !handle.command(command).await {
        return Err(PageFault::NoEngine);
    }
    let mut status = handle.status();
    let done = status.wait_for(|status| is_done(status, since));
    Ok(tokio::time::timeout(SEEN_WITHIN, done)
        .await
        .is_ok_and(|status| status.is_ok()))
}

/// Tells what a button did, and when: a sentence that stays is not taken for news.
fn said(
    app: &App,
    headers: &HeaderMap,
    is_seen: bool,
    text: impl Fn(Language, &str) -> String,
) -> Result<Response, PageFault> {
    if !is_htmx(headers) {
        return Ok(Redirect::to("/status").into_response());
    }
    let time = clock::local(clock::now()).strftime("%H:%M:%S").to_string();
    let text = match is_seen {
        true => text(app.language(), &time),
        false => words::said_asked(app.language(), &time),
    };
    Ok(Html(Said { text }.render()?).into_response())
}

/// Tries again to start the engine.
async fn again(app: App) -> Redirect {
    app.program.begin(true).await;
    Redirect::to("/status")
}

async fn ask_end(app: App) -> Result<Response, PageFault> {
    if app.program.stop().is_requested() {
        return ended(&app);
    }
    page(&EndPage {
        shell: app.shell(Nav::Status, words::end_heading(app.language())),
    })
}

/// Ends the program. The answer goes out while the engine finishes the mail in hand.
async fn end(app: App) -> Result<Response, PageFault> {
    let mut news = app.program.news();
    app.program.request_end();
    let over = async { while !is_over(&app) && news.changed().await.is_ok() {} };
    // Whoever serves the screens does not wait for ever: the page then says that it is about to end.
    let _ = tokio::time::timeout(SEEN_WITHIN, over).await;
    ended(&app)
}

fn is_over(app: &App) -> bool {
    matches!(app.program.phase(), Phase::Ended | Phase::Failed(_))
}

fn ended(app: &App) -> Result<Response, PageFault> {
    let is_over = is_over(app);
    let language = app.language();
    let title = match is_over {
        true => words::ended_title(language),
        false => words::ending_title(language),
    };
    page(&EndedPage {
        shell: app.shell(Nav::Status, title),
        is_over,
    })
}
