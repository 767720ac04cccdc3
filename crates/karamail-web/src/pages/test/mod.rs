//! テスト: receive, send, round trip, clean up. The tests run in the program ([`Program::begin_test`]); the page shows each
//! step as it comes and may be left meanwhile.
//!
//! [`Program::begin_test`]: karamail_engine::program::Program::begin_test

mod steps;

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use karamail_core::words::screens::test as words;
use karamail_engine::clock;
use karamail_engine::config::{Mailbox, Settings};
use karamail_engine::program::{TestEnd, TestKind, TestRefusal, TestRun};
use serde::Deserialize;

use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::shell::{Nav, Shell, page};
use crate::side::mark;
use crate::text::filters;
use steps::{Row, rows};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/test", get(show))
        .route("/test/live", get(follow))
        .route("/test/run", post(run))
        .route("/test/stop", post(stop))
}

/// Which mailbox, by its name; without one, or with one that is gone, the first.
#[derive(Debug, Deserialize)]
struct Chosen {
    #[serde(default)]
    mailbox: String,
}

impl Chosen {
    /// Its place in the settings, from 1 on, and the mailbox.
    fn of<'a>(&self, settings: &'a Settings) -> Option<(usize, &'a Mailbox)> {
        let mut placed = (1..).zip(&settings.mailboxes);
        let named = placed.clone().find(|(_, mailbox)| mailbox.name == self.mailbox);
        named.or_else(|| placed.next())
    }
}

/// The address of this screen, or of a part of it, for a mailbox.
fn address(path: &str, mailbox: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let name: String = mailbox.bytes().map(escape).collect();
    format!("{path}?mailbox={name}")
}

#[derive(Template)]
#[template(path = "test/page.html")]
struct Page {
    shell: Shell,
    mailboxes: Vec<Choice>,
    name: String,
    address: String,
    /// The address of the part with the steps.
    live: String,
    /// What was typed for the last test.
    to: String,
    panel: Panel,
    version: String,
}

/// A mailbox to choose.
struct Choice {
    href: String,
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
    /// See [`crate::side`].
    mark: String,
    /// The mailbox's place in the settings.
    place: usize,
    name: String,
    run: Option<RunView>,
}

// A template escapes what it shows: its text is markup of ours.
impl HtmlSafe for Panel {}

struct RunView {
    title: String,
    begun: String,
    end: Option<TestEnd>,
    rows: Vec<Row>,
    next: Option<String>,
    is_ready: bool,
}

async fn show(app: App, Query(chosen): Query<Chosen>) -> Result<Response, PageFault> {
    let settings = app.shown_settings().ok_or(PageFault::NoEngine)?;
    let (place, mailbox) = chosen
        .of(&settings)
        .ok_or_else(|| no_such_mailbox(app.language()))?;
    let (name, own) = (mailbox.name.clone(), mailbox.address.to_string());
    let choice = |mailbox: &Mailbox| Choice {
        href: address("/test", &mailbox.name),
        name: mailbox.name.clone(),
        address: mailbox.address.to_string(),
        is_here: mailbox.name == name,
    };
    let mailboxes: Vec<Choice> = settings.mailboxes.iter().map(choice).collect();
    let to = match app
        .program
        .last_test(&app.side(), &name)
        .as_ref()
        .map(|run| run.kind())
    {
        Some(TestKind::Send { to: Some(to) }) => to.to_string(),
        _ => String::new(),
    };
    let panel = panel(&app, place, &name);
    page(&Page {
        shell: app.shell(Nav::Test, words::title(app.language())),
        version: live::version(&panel.render()?),
        live: address("/test/live", &name),
        mailboxes,
        name,
        address: own,
        to,
        panel,
    })
}

async fn follow(
    app: App,
    Query(chosen): Query<Chosen>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        let settings = app.shown_settings().ok_or(PageFault::NoEngine)?;
        let here = chosen.of(&settings);
        let (place, mailbox) = here.ok_or_else(|| no_such_mailbox(app.language()))?;
        Ok(panel(&app, place, &mailbox.name).render()?)
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

async fn run(app: App, Form(wish): Form<Wish>) -> Result<Redirect, PageFault> {
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
    match app.program.begin_test(&app.side(), &wish.mailbox, kind).await {
        Ok(_) => Ok(back(&wish.mailbox)),
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

async fn stop(app: App, Form(which): Form<Which>) -> Redirect {
    app.program.call_test_off(&app.side(), &which.mailbox);
    back(&which.mailbox)
}

/// To the page of this mailbox, at its steps.
fn back(mailbox: &str) -> Redirect {
    Redirect::to(&format!("{}#result", address("/test", mailbox)))
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

fn panel(app: &App, place: usize, name: &str) -> Panel {
    let language = app.language();
    let run = app.program.last_test(&app.side(), name);
    Panel {
        language,
        is_demo: app.demo().is_some(),
        mark: mark(&app.side()),
        place,
        name: name.to_owned(),
        run: run.map(|run| view(app, (place, name), &run, language)),
    }
}

fn view(app: &App, (place, mailbox): (usize, &str), run: &Arc<TestRun>, language: Language) -> RunView {
    // Read first: a test that ends meanwhile shows its last steps the next time.
    let end = run.end();
    let passed = |kind: TestKind| app.program.has_passed(&app.side(), mailbox, &kind);
    RunView {
        title: title(run.kind(), language),
        begun: clock::local(run.begun()).strftime("%H:%M:%S").to_string(),
        end,
        rows: rows(run, place, language),
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
