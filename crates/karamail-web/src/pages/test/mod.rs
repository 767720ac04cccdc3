//! テスト: receive, send, round trip, clean up. The tests run in the program ([`Program::begin_test`]); the page shows each
//! step as it comes and may be left meanwhile.
//!
//! [`Program::begin_test`]: karamail_engine::program::Program::begin_test

mod steps;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use karamail_core::words::screens::test as words;
use karamail_engine::clock;
use karamail_engine::program::{TestEnd, TestKind, TestRefusal, TestRun};
use serde::Deserialize;

use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::shell::{Nav, Shell, page};
use crate::text::filters;
use steps::{Row, rows};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/test", get(show))
        .route("/test/live", get(follow))
        .route("/test/run", post(run))
        .route("/test/stop", post(stop))
}

/// Which mailbox, by its place in the settings, from 1 on.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Chosen {
    #[serde(default = "first")]
    mailbox: usize,
}

fn first() -> usize {
    1
}

#[derive(Template)]
#[template(path = "test/page.html")]
struct Page {
    shell: Shell,
    mailboxes: Vec<Choice>,
    place: usize,
    name: String,
    address: String,
    /// What was typed for the last test.
    to: String,
    panel: String,
    version: String,
}

/// A mailbox to choose.
struct Choice {
    place: usize,
    name: String,
    address: String,
    is_here: bool,
}

/// The last test, under way or over.
#[derive(Template)]
#[template(path = "test/panel.html")]
struct Panel {
    language: Language,
    is_demo: bool,
    /// The mailbox's place in the settings.
    place: usize,
    name: String,
    run: Option<RunView>,
}

struct RunView {
    title: String,
    begun: String,
    end: Option<TestEnd>,
    rows: Vec<Row>,
    next: Option<String>,
    is_ready: bool,
}

async fn show(State(app): State<App>, Query(chosen): Query<Chosen>) -> Result<Response, PageFault> {
    let settings = app.program.shown_settings().ok_or(PageFault::NoEngine)?;
    let place = chosen.mailbox.clamp(1, settings.mailboxes.len().max(1));
    let mailboxes: Vec<Choice> = (1..)
        .zip(&settings.mailboxes)
        .map(|(number, mailbox)| Choice {
            place: number,
            name: mailbox.name.clone(),
            address: mailbox.address.to_string(),
            is_here: number == place,
        })
        .collect();
    let here = mailboxes.iter().find(|choice| choice.is_here);
    let (name, address) =
        here.map_or_else(Default::default, |here| (here.name.clone(), here.address.clone()));
    let to = match app.program.last_test(&name).as_ref().map(|run| run.kind()) {
        Some(TestKind::Send { to: Some(to) }) => to.to_string(),
        _ => String::new(),
    };
    let panel = panel(&app, place, &name)?;
    page(&Page {
        shell: app.shell(Nav::Test, words::title(app.language())),
        version: live::version(&panel),
        mailboxes,
        place,
        name,
        address,
        to,
        panel,
    })
}

async fn follow(
    State(app): State<App>,
    Query(chosen): Query<Chosen>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        let settings = app.program.shown_settings().ok_or(PageFault::NoEngine)?;
        let here = settings.mailboxes.get(chosen.mailbox.saturating_sub(1));
        let mailbox = here.ok_or_else(|| no_such_mailbox(app.language()))?;
        panel(&app, chosen.mailbox, &mailbox.name)
    })
    .await
}

#[derive(Deserialize)]
struct Wish {
    /// The mailbox's name: its place may have changed since the page was made.
    mailbox: String,
    kind: String,
    #[serde(default)]
    to: String,
}

async fn run(State(app): State<App>, Form(wish): Form<Wish>) -> Result<Redirect, PageFault> {
    let language = app.language();
    let kind = match wish.kind.as_str() {
        "receive" => TestKind::Receive,
        "send" => TestKind::Send {
            to: recipient(&wish.to, language)?,
        },
        "roundtrip" => TestKind::Roundtrip,
        "cleanup" => TestKind::Cleanup,
        _ => return Err(PageFault::NotFound),
    };
    match app.program.begin_test(&wish.mailbox, kind).await {
        Ok(_) => Ok(back(&app, &wish.mailbox)),
        Err(TestRefusal::NoEngine) => Err(PageFault::NoEngine),
        Err(TestRefusal::NoSuchMailbox) => Err(no_such_mailbox(language)),
        Err(TestRefusal::Busy) => Err(PageFault::Said(
            StatusCode::CONFLICT,
            words::busy(language),
            Some(words::busy_advice(language)),
        )),
    }
}

#[derive(Deserialize)]
struct Which {
    mailbox: String,
}

async fn stop(State(app): State<App>, Form(which): Form<Which>) -> Redirect {
    app.program.call_test_off(&which.mailbox);
    back(&app, &which.mailbox)
}

/// To the page of this mailbox, at its steps.
fn back(app: &App, mailbox: &str) -> Redirect {
    let settings = app.program.shown_settings();
    let place = settings
        .as_ref()
        .and_then(|settings| settings.mailboxes.iter().position(|one| one.name == mailbox));
    Redirect::to(&format!("/test?mailbox={}#result", place.unwrap_or(0) + 1))
}

fn recipient(text: &str, language: Language) -> Result<Option<EmailAddress>, PageFault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    EmailAddress::parse(text).map(Some).map_err(|_| {
        PageFault::Said(
            StatusCode::UNPROCESSABLE_ENTITY,
            words::to_faulty(language, text),
            Some(words::to_faulty_advice(language)),
        )
    })
}

fn no_such_mailbox(language: Language) -> PageFault {
    PageFault::Said(
        StatusCode::NOT_FOUND,
        words::no_such_mailbox(language),
        Some(words::no_such_mailbox_advice(language)),
    )
}

fn panel(app: &App, place: usize, name: &str) -> Result<String, PageFault> {
    let language = app.language();
    let run = app.program.last_test(name);
    let panel = Panel {
        language,
        is_demo: app.program.demo().is_some(),
        place,
        name: name.to_owned(),
        run: run.map(|run| view(app, name, &run, language)),
    };
    Ok(panel.render()?)
}

fn view(app: &App, mailbox: &str, run: &Arc<TestRun>, language: Language) -> RunView {
    // Read first: a test that ends meanwhile shows its last steps the next time.
    let end = run.end();
    let passed = |kind: TestKind| app.program.has_passed(mailbox, &kind);
    RunView {
        title: title(run.kind(), language),
        begun: clock::local(run.begun()).strftime("%H:%M:%S").to_string(),
        end,
        rows: rows(run, language),
        next: match (end, run.kind()) {
            (Some(TestEnd::Passed), TestKind::Receive | TestKind::Send { .. })
                if passed(TestKind::Receive) && passed(TestKind::Send { to: None }) =>
            {
                Some(words::after_both(language))
            }
            (Some(TestEnd::Passed), TestKind::Receive) => Some(words::after_receive(language)),
            (Some(TestEnd::Passed), TestKind::Send { .. }) => Some(words::after_send(language)),
            (Some(TestEnd::Passed), TestKind::Roundtrip) => Some(words::after_roundtrip(language)),
            (Some(TestEnd::Passed), TestKind::Cleanup) => Some(words::after_cleanup(language)),
            (Some(TestEnd::CalledOff), TestKind::Send { .. } | TestKind::Roundtrip) => {
                Some(words::after_calling_off_sending(language))
            }
            (Some(TestEnd::CalledOff), _) => Some(words::after_calling_off(language)),
            (Some(TestEnd::Failed) | None, _) => None,
        },
        is_ready: end == Some(TestEnd::Passed) && matches!(run.kind(), TestKind::Roundtrip),
    }
}

fn title(kind: &TestKind, language: Language) -> String {
    match kind {
        TestKind::Receive => words::receive(language),
        TestKind::Send { .. } => words::send(language),
        TestKind::Roundtrip => words::roundtrip(language),
        TestKind::Cleanup => words::cleanup(language),
    }
}
