//! 2重登録時の処理: what an address with a number gets, and how people leave.

use askama::Template;
use axum::extract::Form as PostedForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::{settings, settings_letters as words};
use karamail_engine::config::FileContents;

use super::field::Asked;
use super::form::{self, Applied, Form, Posted};
use super::frame::{Frame, Tab};
use super::in_force;
use super::letters::{self, LetterPart};
use crate::app::App;
use crate::fault::PageFault;
use crate::once::{self, IsFirst};
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// The switch that is no key: whether somebody who leaves is answered. The keys are there, or they are not.
const ANSWER: &str = "leaving.answer";
const ANSWER_KEYS: [&str; 3] = ["opt_out.subject", "opt_out.body", "opt_out.body_file"];

#[derive(Template)]
#[template(path = "settings/duplicate.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
    repeat: LetterPart,
    leaving: LetterPart,
    is_answered: bool,
    own_letters: Option<String>,
}

fn asked(contents: &FileContents) -> Vec<Asked> {
    let mut asked = vec![Asked::key("duplicate.action")];
    asked.extend(letters::asked("duplicate", contents));
    asked.push(Asked::key("opt_out.words"));
    // Nothing is offered: with any of these keys there, an answer goes out.
    asked.extend(ANSWER_KEYS.into_iter().map(Asked::key));
    asked
}

fn is_answered(contents: &FileContents) -> bool {
    ANSWER_KEYS.into_iter().any(|key| contents.value(key).is_some())
}

fn shown(
    app: &App,
    contents: &FileContents,
    mut form: Form,
    is_answered: bool,
    frame: Frame,
) -> Result<Response, PageFault> {
    let language = app.language();
    let wording = contents.wording("opt_out");
    for (key, text) in [
        ("opt_out.subject", wording.subject),
        ("opt_out.body", wording.body),
    ] {
        if let Some(field) = form.field_mut(key).filter(|field| field.value.trim().is_empty()) {
            field.value = text;
        }
    }
    page(&Page {
        shell: app.shell(Nav::Settings, settings::duplicate(language)),
        frame,
        repeat: LetterPart::of(language, "duplicate", contents, &form),
        leaving: LetterPart::of(language, "opt_out", contents, &form),
        own_letters: letters::own_letters(language, contents, "duplicate"),
        is_answered,
        form,
    })
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let contents = form::open(&app)?.contents();
    let form = Form::read(&app, &asked(&contents))?;
    let frame = Frame::of(&app, Tab::Duplicate).telling(in_force::notice(&app, is_first));
    shown(&app, &contents, form, is_answered(&contents), frame)
}

pub(super) async fn apply(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let posted = Posted(fields);
    let contents = form::open_posted(&app, "/settings/duplicate", &posted)?.contents();
    let mut asked = asked(&contents);
    let is_wanted = posted.get(ANSWER) == Some("true");
    let posted = if is_wanted || posted.get(ANSWER).is_none() {
        letters::take_over_file(&contents, &mut asked, posted)
    } else {
        ANSWER_KEYS
            .into_iter()
            .fold(posted, |posted, key| posted.with(key, ""))
    };
    match form::apply(&app, &asked, &posted).await? {
        Applied::Saved => Ok(once::lead(&app, "/settings/duplicate").into_response()),
        Applied::Again(form) => {
            let page = shown(&app, &contents, *form, is_wanted, Frame::of(&app, Tab::Duplicate))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
