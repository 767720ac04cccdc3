//! 4: the test: an empty mail to oneself. Nothing is written; the passwords are remembered for this run alone.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::first as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::{Mailbox, Settings};
use karamail_engine::cycle::Logins;
use karamail_engine::secrets::SecretKind;
use karamail_engine::self_test::{Patience, SelfTest, Step as TestStep, StepResult, Tick};
use serde::Deserialize;

use super::desk::{Passwords, Step, Test, TestState};
use super::values::{check, of_all};
use super::{Steps, elsewhere, shell, to};
use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::shell::{Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "first/test.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    version: String,
    part: Part,
}

#[derive(Template)]
#[template(path = "first/test_part.html")]
struct Part {
    language: Language,
    address: String,
    state: TestState,
    lines: Vec<Line>,
}

/// One step, as it stands.
struct Line {
    mark: Mark,
    text: String,
    what_to_do: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Running,
    Done,
    Failed,
}

/// It is our own markup, escaped once.
impl askama::filters::HtmlSafe for Part {}

impl Part {
    fn of(app: &App) -> Part {
        let language = app.language();
        let draft = app.first.draft();
        Part {
            language,
            address: draft.address.clone(),
            state: draft.test.state,
            lines: lines(&draft.test, language),
        }
    }
}

fn lines(test: &Test, language: Language) -> Vec<Line> {
    let is_last = |place: usize| place + 1 == test.ticks.len() && test.state == TestState::Running;
    let seconds = Patience::default().arrival.as_secs();
    let ticks = test.ticks.iter().enumerate();
    ticks
        .filter_map(|(place, tick)| line(tick, is_last(place), seconds, language))
        .collect()
}

/// A step that only began is shown while it is the last one.
fn line(tick: &Tick, is_last: bool, seconds: u64, language: Language) -> Option<Line> {
    let told = tick.told(language, seconds);
    let (mark, text, what_to_do) = match &tick.result {
        StepResult::Begun if !is_last => return None,
        // It was typed a moment ago.
        StepResult::Done(_) if matches!(tick.step, TestStep::Pop3Password | TestStep::SmtpPassword) => {
            return None;
        }
        StepResult::Begun => (
            Mark::Running,
            told.unwrap_or_else(|| under_way(tick.step, language)),
            None,
        ),
        StepResult::Done(_) => (Mark::Done, told?, None),
        StepResult::Failed(fault) => (Mark::Failed, fault.what(language), fault.on_screen(language)),
    };
    Some(Line {
        mark,
        text,
        what_to_do,
    })
}

fn under_way(step: TestStep, language: Language) -> String {
    match step {
        step if step < TestStep::SmtpPassword => words::test_receiving(language),
        _ => words::test_sending(language),
    }
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Test).await {
        return Ok(away);
    }
    let part = Part::of(&app);
    let version = live::version(&part.render()?);
    page(&Page {
        shell: shell(&app),
        steps: Steps::of(&app, Step::Test),
        version,
        part,
    })
}

pub(super) async fn follow(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async { Ok(Part::of(&app).render()?) }).await
}

/// Begins the test; the page follows.
pub(super) async fn begin(app: App) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Test).await {
        return Ok(away);
    }
    let values = of_all(&app.first.draft(), app.language());
    // What was typed was checked when it was typed.
    let Ok(settings) = check(&app, values) else {
        return Ok(to(Step::Servers));
    };
    let number = {
        let mut draft = app.first.draft();
        if draft.test.state == TestState::Running {
            return Ok(to(Step::Test));
        }
        draft.forget_test();
        draft.test.state = TestState::Running;
        draft.test_number
    };
    tokio::spawn(run(app.clone(), settings, number));
    Ok(to(Step::Test).into_response())
}

async fn run(app: App, settings: Settings, number: u64) {
    let Some(mailbox) = settings.mailboxes.first() else {
        return;
    };
    let passwords = app.first.draft().passwords.clone();
    remember(&app, mailbox, &passwords);
    let logins = Logins::find(app.program.secrets(), &settings, mailbox).await;
    let places = app.program.places();
    let (test, mut ticks) = SelfTest::new(
        mailbox.clone(),
        logins,
        &places.data,
        settings.general.language,
        Patience::default(),
    );
    let testing = async move { test.roundtrip().await };
    let watching = async {
        while let Some(tick) = ticks.recv().await {
            let mut draft = app.first.draft();
            if draft.test_number == number {
                draft.test.ticks.push(Arc::new(tick));
            }
            drop(draft);
            app.program.bump();
        }
    };
    // The ticks end with the test, which owns their sender.
    let (has_passed, ()) = tokio::join!(testing, watching);
    {
        let mut draft = app.first.draft();
        if draft.test_number != number {
            return;
        }
        draft.test.state = match has_passed {
            true => TestState::Passed,
            false => TestState::Failed,
        };
        draft.is_test_over = has_passed;
    }
    app.program.bump();
}

/// Keeps the passwords until the program ends.
pub(super) fn remember(app: &App, mailbox: &Mailbox, passwords: &Passwords) {
    let secrets = app.program.secrets();
    if let Some(password) = &passwords.pop3 {
        secrets.remember_for_this_run(mailbox, SecretKind::Pop3, password.clone());
    }
    if let Some(password) = passwords
        .smtp
        .as_ref()
        .filter(|_| !mailbox.smtp.same_credentials_as_pop3)
    {
        secrets.remember_for_this_run(mailbox, SecretKind::Smtp, password.clone());
    }
}

#[derive(Deserialize)]
pub(super) struct Left {
    #[serde(default)]
    go: String,
}

/// Goes on, with or without a test that passed, or back.
pub(super) async fn leave(app: App, Form(left): Form<Left>) -> Response {
    if let Some(away) = elsewhere(&app, Step::Test).await {
        return away;
    }
    match left.go.as_str() {
        "back" | "password" => to(Step::Password),
        "servers" => to(Step::Servers),
        "skip" => {
            app.first.draft().is_test_over = true;
            to(Step::Receipt)
        }
        _ => {
            let is_over = app.first.draft().is_test_over;
            to(if is_over { Step::Receipt } else { Step::Test })
        }
    }
}
