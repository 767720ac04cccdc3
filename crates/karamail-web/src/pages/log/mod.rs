//! ログ: the monthly log.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::log as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/log", get(show))
}

#[derive(Template)]
#[template(path = "log/page.html")]
struct Page {
    shell: Shell,
}

async fn show(State(app): State<App>) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Log, words::title(app.language())),
    })
}
