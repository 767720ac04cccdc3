//! The form of one mailbox.

use axum::extract::{Form as PostedForm, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karamail_core::words::screens::{mail_settings as list_words, mailbox as words};
use karamail_engine::config::FileContents;
use serde::Deserialize;

use super::beside::WithPasswords;
use super::draw::{self, Page, Why};
use super::file::{name, no_such_mailbox, test_address, text};
use super::passwords::Places;
use super::posted::PostedMailbox;
use crate::app::App;
use crate::fault::{PageFault, is_htmx};
use crate::once;
use crate::pages::settings::field::{Asked, Field};
use crate::pages::settings::form::{self, Applied, Form};
use crate::pages::settings::letters;
use crate::shell::page;

/// The keys of the form, in its order.
const KEYS: [&str; 35] = [
    "address",
    "pop3.host",
    "pop3.security",
    "pop3.port",
    "pop3.user",
    "pop3.save_password",
    "smtp.host",
    "smtp.authentication",
    "smtp.security",
    "smtp.port",
    "smtp.same_credentials_as_pop3",
    "smtp.user",
    "smtp.save_password",
    "forward_to",
    "name",
    "enabled",
    "display_name",
    "reply_to",
    "signature",
    "keep",
    "keep_days",
    "series",
    "aliases",
    "pop3.authentication",
    "pop3.connect_timeout_seconds",
    "pop3.read_timeout_seconds",
    "pop3.session_timeout_seconds",
    "pop3.largest_mail_megabytes",
    "pop3.extra_ca_file",
    "smtp.mechanism",
    "smtp.send_interval_milliseconds",
    "smtp.connections",
    "smtp.timeout_seconds",
    "smtp.extra_ca_file",
    "receipt.invitation",
];
/// The letters that a mailbox may have of its own.
pub(super) const LETTERS: [&str; 2] = ["receipt", "duplicate"];
/// What a copy does not take over: it is another mailbox.
const OWN: [&str; 6] = ["name", "address", "aliases", "pop3.user", "smtp.user", "reply_to"];

/// The keys of a mailbox's form.
fn asked(number: usize, contents: &FileContents) -> Vec<Asked> {
    let plain = |key: &&str| Asked::key(format!("mailbox[{number}].{key}"));
    let mut all: Vec<Asked> = KEYS.iter().map(plain).collect();
    for letter in LETTERS {
        let section = format!("mailbox[{number}].{letter}");
        let body_file = format!("{section}.body_file");
        all.extend(letters::asked(&section, contents));
        if !all.iter().any(|one| one.path == body_file) {
            all.push(Asked::key(body_file));
        }
    }
    all
}

/// The form of a mailbox that is there.
pub(super) async fn show(app: App, Path(number): Path<usize>) -> Result<Response, PageFault> {
    let file = form::open(&app)?;
    let form = Form::read(&app, &asked(number, &file.contents()))?;
    if !(1..=file.contents().count("mailbox")).contains(&number) {
        return Err(no_such_mailbox(app.language()));
    }
    page(&Page::of(&app, form, number, Why::Change, &file).await)
}

#[derive(Deserialize)]
pub(super) struct Start {
    /// The number of the mailbox that it begins like.
    copy: Option<usize>,
}

/// The form of a new mailbox.
pub(super) async fn new(app: App, Query(start): Query<Start>) -> Result<Response, PageFault> {
    let file = form::open(&app)?;
    let contents = file.contents();
    let number = contents.count("mailbox") + 1;
    let mut form = Form::read(&app, &asked(number, &contents))?;
    let copied = start.copy.filter(|copied| (1..number).contains(copied));
    if let Some(copied) = copied {
        copy(&mut form, &contents, copied, number);
    }
    let why = Why::New {
        copied: copied.map(|copied| name(&contents, copied)),
    };
    page(&Page::of(&app, form, number, why, &file).await)
}

/// Puts the values of another mailbox into a form.
fn copy(form: &mut Form, contents: &FileContents, from: usize, to: usize) {
    let beginning = format!("mailbox[{to}].");
    let paths: Vec<String> = form.fields.iter().map(|field| field.path.clone()).collect();
    for path in paths {
        let Some(key) = path.strip_prefix(&beginning).filter(|key| !OWN.contains(key)) else {
            continue;
        };
        let value = contents.value(&format!("mailbox[{from}].{key}"));
        let language = form.language;
        if let (Some(field), Some(value)) = (form.field_mut(&path), value) {
            let asked = Asked::key(path.as_str());
            *field = Field::of(&asked, None, Some(&asked.shown(Some(&value))), language);
        }
    }
}

/// Saves the form of a mailbox that is there.
pub(super) async fn save(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let language = app.language();
    let file = form::open(&app)?;
    let Some(posted) = PostedMailbox::read(fields, &file) else {
        return Err(PageFault::Said(
            StatusCode::CONFLICT,
            words::moved(language),
            None,
        ));
    };
    let number = posted.number;
    let is_new = posted.keys.get("is_new").is_some();
    let address_before = text(&file.contents(), number, "address");
    let mut typed = app.typed.take(&posted.waiting);
    typed.pop3 = posted.typed.pop3.clone().or(typed.pop3);
    typed.smtp = posted.typed.smtp.clone().or(typed.smtp);
    let mut beside = WithPasswords {
        app: app.clone(),
        posted: &posted,
        typed: typed.clone(),
        is_new,
        change: None,
        left_behind: None,
    };
    let mut asked = asked(number, &file.contents());
    let keys = letters::take_over_file(&file.contents(), &mut asked, posted.keys.clone());
    let applied = form::apply_with(&app, &asked, &keys, &mut beside).await?;
    if let Some(why) = beside.left_behind {
        return Err(PageFault::Said(
            StatusCode::CONFLICT,
            list_words::left_behind(language, &why),
            None,
        ));
    }
    match applied {
        Applied::Saved => {
            let contents = form::open(&app)?.contents();
            if posted.is_test_next {
                return Ok(Redirect::to(&test_address(&name(&contents, number))).into_response());
            }
            let is_moved = text(&contents, number, "address") != address_before;
            let done = match (is_new, is_moved) {
                (true, _) => "added",
                (false, true) => "moved",
                (false, false) => "saved",
            };
            let address = format!("/settings/mail?done={done}&n={number}");
            Ok(once::lead(&app, &address).into_response())
        }
        Applied::Again(form) => {
            let why = Why::Again {
                is_new,
                mode: posted.mode.clone(),
                waiting: app.typed.keep(&typed),
                typed: (typed.pop3.is_some(), typed.smtp.is_some()),
            };
            let file = form::open(&app)?;
            let page = page(&Page::of(&app, *form, number, why, &file).await)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Removes the passwords of a mailbox.
pub(super) async fn clear(
    app: App,
    Path(number): Path<usize>,
    headers: axum::http::HeaderMap,
    PostedForm(fields): PostedForm<std::collections::HashMap<String, String>>,
) -> Result<Response, PageFault> {
    let language = app.language();
    let digest = fields.get("digest").map_or("", String::as_str);
    let file = super::file::open_unchanged(&app, digest)?;
    let Some(mailbox) = file.mailbox_alone(number) else {
        return Err(no_such_mailbox(language));
    };
    let forgotten = app.program.secrets().forget(&mailbox).await;
    app.program.passwords_changed().await;
    forgotten.map_err(|fault| PageFault::of(&fault, language))?;
    if !is_htmx(&headers) {
        let address = format!("/settings/mail?done=cleared&n={number}");
        return Ok(once::lead(&app, &address).into_response());
    }
    let settings = file.check().map_err(|fault| PageFault::of(&fault, language))?;
    let places = Places::of(app.program.secrets(), &settings, &mailbox, language).await;
    page(&draw::Stored::cleared(
        &name(&file.contents(), number),
        &places,
        language,
    ))
}
