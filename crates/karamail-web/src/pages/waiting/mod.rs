//! 確認待ち: mails that wait for the shop. [`show`] lists them in three groups, [`held`] and [`backlog`] do what the shop
//! chooses, [`done`] tells what came of it.
//!
//! Invariant: nothing is deleted, and nothing is done to many mails at once, before a page of its own has asked.

mod backlog;
mod done;
mod held;
mod mail;
mod show;

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/waiting", get(show::all))
        .route("/waiting/live", get(show::live))
        .route("/waiting/backlog", get(show::backlog).post(backlog::choose))
        .route("/waiting/{pile}", get(show::pile).post(held::choose))
}
