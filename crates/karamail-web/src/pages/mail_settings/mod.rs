//! メールの設定: mailboxes, their servers and passwords.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::mail_settings as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/settings/mail", get(show))
}

#[derive(Template)]
#[template(path = "mail_settings/page.html")]
struct Page {
    shell: Shell,
}

async fn show(State(app): State<App>) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Settings, words::title(app.language())),
    })
}
