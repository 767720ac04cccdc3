//! メールの設定: mailboxes, their servers and passwords.
//!
//! `list` has the mailboxes and what can be done with each, `mailbox` the form of one, `passwords` where its passwords are,
//! `find` its settings by its address, `ports` the explanation.
//!
//! Invariant: a stored password is never in a page, and one that was typed is not either, whatever came of it.

mod file;
mod find;
mod list;
mod passwords;
mod ports;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/mail", get(list::show))
        .route("/settings/mail/live", get(list::live))
        .route("/settings/mail/find", post(find::find))
        .route("/settings/mail/{number}/collect", post(list::collect))
        .route("/settings/mail/{number}/remove", post(list::remove))
        .route("/settings/ports", get(ports::show))
}
