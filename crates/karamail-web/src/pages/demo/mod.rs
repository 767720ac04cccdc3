//! デモ: servers on this machine, a phone on the page, and beside it what the engine does at that moment. Nothing is played:
//! the mail goes into the demo's POP3 server, the receipt is what its SMTP server took.

mod phone;
mod story;

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Router;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use karamail_core::address::EmailAddress;
use karamail_core::limits::DEMO_SUBJECT_CHARACTERS;
use karamail_core::words::screens::demo as words;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::engine::Command;
use karamail_engine::program::{Demo, Phase};
use serde::Deserialize;

use crate::app::App;
use crate::fault::{PageFault, is_htmx};
use crate::live::{self, Seen};
use crate::shell::{Nav, Shell, page};
use crate::side::mark_of;
use crate::text::filters;
use phone::Phone;
use story::{Story, stories};

/// Mails whose steps are shown.
const STORIES: usize = 8;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/demo", get(show))
        .route("/demo/on", post(turn_on))
        .route("/demo/off", post(turn_off))
        .route("/demo/phone", get(follow_phone).post(take_phone))
        .route("/demo/engine", get(follow_engine))
        .route("/demo/send", post(send))
        .route("/demo/check", post(check))
}

#[derive(Template)]
#[template(path = "demo/off.html")]
struct OffPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "demo/page.html")]
struct Page {
    shell: Shell,
    phone: Phone,
    phone_version: String,
    engine: Engine,
    engine_version: String,
}

/// What the engine does.
#[derive(Template)]
#[template(path = "demo/engine.html")]
struct Engine {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    is_collecting: bool,
    /// Unix milliseconds.
    next_poll: Option<i64>,
    stories: Vec<StoryView>,
}

struct StoryView {
    story: Story,
    time: String,
}

// A template escapes what it shows: its text is markup of ours.
impl HtmlSafe for Engine {}

/// The demo ended while the page was open.
#[derive(Template)]
#[template(path = "demo/over.html")]
struct Over {
    language: Language,
}

async fn show(app: App) -> Result<Response, PageFault> {
    let language = app.language();
    let shell = app.shell(Nav::Demo, words::title(language));
    let Some(demo) = app.demo() else {
        return page(&OffPage { shell });
    };
    let phone = Phone::of(&demo, language).await?;
    let engine = engine(&demo, language).await?;
    page(&Page {
        shell,
        phone_version: live::version(&phone.render()?),
        phone,
        engine_version: live::version(&engine.render()?),
        engine,
    })
}

async fn turn_on(app: App) -> Result<Redirect, PageFault> {
    let language = app.language();
    app.program.demo_on().await.map_err(|fault| {
        PageFault::Said(
            StatusCode::SERVICE_UNAVAILABLE,
            fault.what(language),
            fault.on_screen(language),
        )
    })?;
    Ok(Redirect::to("/demo"))
}

/// Leaves the demo: to where the shop was.
async fn turn_off(app: App) -> Redirect {
    app.program.demo_off().await;
    match app.program.phase() {
        Phase::NoSettings => Redirect::to("/first"),
        _ => Redirect::to("/status"),
    }
}

async fn follow_phone(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        match app.demo() {
            Some(demo) => Ok(Phone::of(&demo, app.language()).await?.render()?),
            None => over(&app),
        }
    })
    .await
}

async fn follow_engine(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        match app.demo() {
            Some(demo) => Ok(engine(&demo, app.language()).await?.render()?),
            None => over(&app),
        }
    })
    .await
}

fn over(app: &App) -> Result<String, PageFault> {
    let language = app.language();
    Ok(Over { language }.render()?)
}

async fn engine(demo: &Demo, language: Language) -> Result<Engine, PageFault> {
    let handle = demo.handle();
    let mut stories = stories(handle, &demo.play().acts, language).await?;
    stories.truncate(STORIES);
    let status = handle.status().borrow().clone();
    let next_poll = status
        .mailboxes
        .iter()
        .filter_map(|mailbox| mailbox.next_poll)
        .min();
    Ok(Engine {
        language,
        mark: mark_of(demo),
        is_collecting: status.is_collecting,
        next_poll: next_poll.map(|at| at.as_millisecond()),
        stories: stories
            .into_iter()
            .map(|story| StoryView {
                time: clock::local(story.at).strftime("%H:%M:%S").to_string(),
                story,
            })
            .collect(),
    })
}

/// A phone to take into the hand, with a mail to be written.
#[derive(Deserialize)]
struct Taken {
    from: String,
}

async fn take_phone(app: App, headers: HeaderMap, Form(taken): Form<Taken>) -> Result<Response, PageFault> {
    let demo = on(&app)?;
    demo.take_phone(address(&taken.from, app.language())?);
    app.program.bump();
    Ok(done(&headers))
}

/// A mail from a phone.
#[derive(Deserialize)]
struct Mail {
    /// The phone chosen.
    #[serde(default)]
    from: String,
    /// An address that was typed instead.
    #[serde(default)]
    other: String,
    #[serde(default)]
    subject: String,
    /// The phone of the next customer instead.
    #[serde(default)]
    next: String,
}

async fn send(app: App, headers: HeaderMap, Form(mail): Form<Mail>) -> Result<Response, PageFault> {
    let language = app.language();
    let demo = on(&app)?;
    let from = if !mail.next.is_empty() {
        let next = demo.take_next_phone();
        next.ok_or_else(|| PageFault::Said(StatusCode::CONFLICT, words::no_more_customers(language), None))?
    } else if mail.other.trim().is_empty() {
        address(&mail.from, language)?
    } else {
        address(&mail.other, language)?
    };
    let subject: String = mail.subject.chars().take(DEMO_SUBJECT_CHARACTERS).collect();
    demo.send(&from, &subject).await?;
    app.program.bump();
    Ok(done(&headers))
}

/// Polls now; begins collecting where that was stopped.
async fn check(app: App, headers: HeaderMap) -> Result<Response, PageFault> {
    let demo = on(&app)?;
    let is_collecting = demo.handle().status().borrow().is_collecting;
    let command = if is_collecting {
        Command::CheckNow
    } else {
        Command::StartCollecting
    };
    demo.handle().command(command).await;
    Ok(done(&headers))
}

fn on(app: &App) -> Result<Arc<Demo>, PageFault> {
    let language = app.language();
    app.demo().ok_or_else(|| {
        PageFault::Said(
            StatusCode::CONFLICT,
            words::is_off(language),
            Some(words::is_off_advice(language)),
        )
    })
}

fn address(text: &str, language: Language) -> Result<EmailAddress, PageFault> {
    EmailAddress::parse(text).map_err(|_| {
        PageFault::Said(
            StatusCode::UNPROCESSABLE_ENTITY,
            words::address_faulty(language, text.trim()),
            Some(words::address_faulty_advice(language)),
        )
    })
}

/// The page follows the program by itself where scripts run; an empty answer clears what was said before.
fn done(headers: &HeaderMap) -> Response {
    if is_htmx(headers) {
        return ().into_response();
    }
    Redirect::to("/demo#phone").into_response()
}
