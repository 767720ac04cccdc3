//! 制御情報: how often mail is fetched, the receipt, and the start with the computer.

use askama::Template;
use axum::extract::{Form as PostedForm, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karamail_core::words::screens::settings as words;

use super::field::Asked;
use super::form::{self, Applied, Form, Posted};
use super::frame::{Frame, Tab};
use super::in_force;
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "settings/control.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
}

fn asked() -> Vec<Asked> {
    [
        "general.check_interval_seconds",
        "general.shop_name",
        "general.language",
        "general.autostart",
    ]
    .into_iter()
    .map(Asked::key)
    .collect()
}

fn shown(app: &App, form: Form, frame: Frame) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Settings, words::control(app.language())),
        frame,
        form,
    })
}

pub(super) async fn show(State(app): State<App>, seen: Query<in_force::Seen>) -> Result<Response, PageFault> {
    let form = Form::read(&app, &asked())?;
    let frame = Frame::of(&app, Tab::Control).telling(in_force::notice(&app, &seen));
    shown(&app, form, frame)
}

pub(super) async fn apply(
    State(app): State<App>,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    match form::apply(&app, &asked(), &Posted(fields)).await? {
        Applied::Saved => Ok(Redirect::to("/settings/control?saved=1").into_response()),
        Applied::Again(form) => {
            let page = shown(&app, *form, Frame::of(&app, Tab::Control))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
