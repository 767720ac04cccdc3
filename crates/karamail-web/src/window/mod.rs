//! The screens in the program's own window, which is a bare webview: what a browser brings along is made up for here. Files are saved
//! ([`saving`]), × asks before it loses something (`window.js`), and a webview whose process ended is shown a page to go on from.
//!
//! `POST /window/close`, `/window/zoom` and `/window/print` are answered by the window itself and never come here.

mod saving;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use karamail_core::words::screens::window as words;
use serde::Deserialize;

pub(crate) use saving::{Saved, save};

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, our_page, page};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/window/interrupted", get(interrupted))
        .route("/window/saved/{number}/{what}", post(saving::open))
}

#[derive(Template)]
#[template(path = "window/interrupted.html")]
struct InterruptedPage {
    shell: Shell,
    back: String,
}

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
}

/// `/window/interrupted`: what a window shows in place of a page whose process ended.
async fn interrupted(app: App, Query(Back { back }): Query<Back>) -> Result<Response, PageFault> {
    let shell = app.shell(Nav::Other, words::crashed_title(app.language()));
    let back = our_page(&back).to_owned();
    page(&InterruptedPage { shell, back })
}
