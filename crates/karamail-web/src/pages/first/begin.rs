//! 6: what will happen, and the start.

use askama::Template;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use karamail_core::words::screens::first as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::{READY_MADE_RECEIPTS, Settings, write_new_with};
use karamail_engine::engine::Command;
use karamail_engine::secrets::SecretKind;
use serde::Deserialize;

use super::desk::{Draft, Passwords, Servers, Step, TestState};
use super::testing::remember;
use super::values::{check, of_all};
use super::{Go, Steps, elsewhere, shell, to};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "first/begin.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    shop_name: String,
    address: String,
    servers: Servers,
    receipt: &'static str,
    is_untested: bool,
    path: String,
    seconds: u64,
    backlog_hours: Option<u64>,
    /// Why it did not begin.
    faults: Vec<String>,
}

/// It began, but not all went well.
#[derive(Template)]
#[template(path = "first/begun.html")]
struct Begun {
    shell: Shell,
    faults: Vec<String>,
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    shown(&app, Vec::new()).await
}

async fn shown(app: &App, faults: Vec<String>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(app, Step::Begin).await {
        return Ok(away);
    }
    let settings = match settings(app) {
        Ok(settings) => settings,
        Err(_) => return Ok(to(Step::Servers)),
    };
    let shown = {
        let draft = app.first.draft();
        let receipt = READY_MADE_RECEIPTS.get(draft.receipt(app.language()));
        Page {
            shell: shell(app),
            steps: Steps::of(app, Step::Begin),
            shop_name: draft.shop_name.clone(),
            address: draft.address.clone(),
            servers: draft.servers.clone(),
            receipt: receipt.map_or("", |one| one.name),
            is_untested: draft.test.state != TestState::Passed,
            path: app.program.places().config.display().to_string(),
            seconds: settings.general.check_interval.as_secs(),
            backlog_hours: settings.guard.backlog.map(|age| age.as_secs() / 3_600),
            faults,
        }
    };
    page(&shown)
}

fn settings(app: &App) -> Result<Settings, Vec<String>> {
    let values = of_all(&app.first.draft(), app.language());
    check(app, values).map_err(|faults| faults.beside(&[]).into_iter().map(str::to_owned).collect())
}

#[derive(Deserialize)]
pub(super) struct Left {
    #[serde(default)]
    go: Go,
}

pub(super) async fn take(app: App, Form(left): Form<Left>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Begin).await {
        return Ok(away);
    }
    if left.go == Go::Back {
        return Ok(to(Step::Receipt));
    }
    let language = app.language();
    let settings = match settings(&app) {
        Ok(settings) => settings,
        Err(faults) => return shown(&app, faults).await,
    };
    let (values, passwords) = {
        let draft = app.first.draft();
        (of_all(&draft, language), draft.passwords.clone())
    };
    // Before the file, so that the engine finds them whoever starts it.
    if let Some(mailbox) = settings.mailboxes.first() {
        remember(&app, mailbox, &passwords);
    }
    if let Err(fault) = write_new_with(&app.program.places().config, language, values) {
        return shown(&app, vec![fault.told_on_screen(language)]).await;
    }
    *app.first.draft() = Draft::default();
    app.program.demo_off().await;
    app.program.begin(true).await;
    if let Some(handle) = app.program.handle() {
        // The engine may have been started by the file's appearing, without collecting.
        handle.command(Command::StartCollecting).await;
    }
    let faults = store(&app, &settings, &passwords, language).await;
    if faults.is_empty() {
        return Ok(Redirect::to("/status").into_response());
    }
    page(&Begun {
        shell: app.shell(Nav::Other, words::title(language)),
        faults,
    })
}

/// Stores the passwords for the next start; what could not be stored is told.
async fn store(app: &App, settings: &Settings, passwords: &Passwords, language: Language) -> Vec<String> {
    let Some(mailbox) = settings.mailboxes.first() else {
        return Vec::new();
    };
    let smtp = passwords
        .smtp
        .as_ref()
        .filter(|_| !mailbox.smtp.same_credentials_as_pop3);
    let mut faults = Vec::new();
    for (kind, password) in [
        (SecretKind::Pop3, passwords.pop3.as_ref()),
        (SecretKind::Smtp, smtp),
    ] {
        if let Some(password) = password
            && let Err(fault) = app.program.secrets().set(mailbox, kind, password).await
        {
            tracing::warn!(%fault, "a password could not be stored");
            faults.push(fault.told_on_screen(language));
        }
    }
    faults
}
