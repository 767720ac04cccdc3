//! 状況: is it collecting, and what needs a hand.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::status as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/status", get(show))
}

#[derive(Template)]
#[template(path = "status/page.html")]
struct Page {
    shell: Shell,
}

async fn show(State(app): State<App>) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Status, words::title(app.language())),
    })
}
