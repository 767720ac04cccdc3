//! 3: the passwords.

use askama::Template;
use axum::extract::Form;
use axum::response::Response;
use karamail_core::words::Told;
use karamail_core::words::screens::first as words;
use karamail_engine::secrets::{Password, SecretFault};
use serde::Deserialize;

use super::desk::Step;
use super::values::Faults;
use super::{Go, Steps, elsewhere, shell, to};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "first/password.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    user: String,
    /// The login for sending, where it has its own.
    smtp_user: Option<String>,
    /// One was typed before.
    has_pop3: bool,
    has_smtp: bool,
    save: bool,
    is_gmail: bool,
    faults: Faults,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    smtp_password: String,
    #[serde(default)]
    save: Option<String>,
    #[serde(default)]
    go: Go,
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    shown(&app, Faults::default()).await
}

async fn shown(app: &App, faults: Faults) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(app, Step::Password).await {
        return Ok(away);
    }
    let shown = {
        let draft = app.first.draft();
        let servers = &draft.servers;
        Page {
            shell: shell(app),
            steps: Steps::of(app, Step::Password),
            user: servers.user.clone(),
            smtp_user: servers.has_own_login().then(|| servers.smtp_user.clone()),
            has_pop3: draft.passwords.pop3.is_some(),
            has_smtp: draft.passwords.smtp.is_some(),
            save: draft.passwords.save,
            is_gmail: servers.pop3_host.ends_with(".gmail.com"),
            faults,
        }
    };
    page(&shown)
}

pub(super) async fn take(app: App, Form(typed): Form<Typed>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Password).await {
        return Ok(away);
    }
    let mut faults = Faults::default();
    {
        let mut guard = app.first.draft();
        let draft = &mut *guard;
        let language = app.language();
        let mut take = |key: &str, text: String, place: &mut Option<Password>| {
            if text.contains(['\r', '\n', '\0']) {
                faults.add(key, SecretFault::NoPassword.told_on_screen(language));
            } else if !text.is_empty() {
                let is_new = place.as_ref().is_none_or(|old| old.expose() != text);
                *place = Some(Password::new(text));
                return is_new;
            } else if place.is_none() {
                faults.add(key, words::password_needed(language));
            }
            false
        };
        let mut is_changed = take("password", typed.password, &mut draft.passwords.pop3);
        if draft.servers.has_own_login() {
            is_changed |= take("smtp_password", typed.smtp_password, &mut draft.passwords.smtp);
        }
        draft.passwords.save = typed.save.is_some();
        if is_changed {
            draft.forget_test();
        }
    }
    match typed.go {
        Go::Back => Ok(to(Step::Servers)),
        Go::Next if faults.is_empty() => Ok(to(Step::Test)),
        Go::Next => shown(&app, faults).await,
    }
}
