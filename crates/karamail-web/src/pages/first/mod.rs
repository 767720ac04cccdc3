//! 初回: from an address to the first receipt.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::first as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/first", get(show))
}

#[derive(Template)]
#[template(path = "first/page.html")]
struct Page {
    shell: Shell,
}

async fn show(State(app): State<App>) -> Result<Response, PageFault> {
    page(&Page {
        shell: app.shell(Nav::Other, words::title(app.language())),
    })
}
