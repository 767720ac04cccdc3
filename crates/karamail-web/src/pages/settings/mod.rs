//! 設定: the settings file, field by field. The mailboxes are in `mail_settings`, on the same machinery.
//!
//! Reading order: `field` (a key as a field), `form` (shown from the file, applied to it), `in_force` (what came of saving),
//! `frame` (tabs and faults around every screen), then the screens.

mod control;
pub(crate) mod field;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod in_force;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::settings as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;
use frame::{Frame, Tab};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(show))
        .route("/settings/control", get(control::show).post(control::apply))
}

#[derive(Template)]
#[template(path = "settings/page.html")]
struct Page {
    shell: Shell,
    frame: Frame,
}

async fn show(State(app): State<App>, seen: Query<in_force::Seen>) -> Result<Response, PageFault> {
    form::open(&app)?;
    page(&Page {
        shell: app.shell(Nav::Settings, words::title(app.language())),
        frame: Frame::of(&app, Tab::Overview).telling(in_force::notice(&app, &seen)),
    })
}
