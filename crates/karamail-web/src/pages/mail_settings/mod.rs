//! メールの設定: mailboxes, their servers and passwords.
//!
//! `list` has the mailboxes and what can be done with each. The form of one: `mailbox` (its requests), `draw` (its page),
//! `posted` (what comes back), `beside` (the passwords, stored with it), `typed` (those that wait for it), `combination` (ports
//! and encryption), `find` (its settings by its address). `passwords` tells where passwords are, `ports` explains.
//!
//! Invariant: a stored password is never in a page, and one that was typed is not either, whatever came of it.

mod beside;
mod combination;
mod draw;
mod file;
mod find;
mod list;
mod mailbox;
mod passwords;
mod ports;
mod posted;
mod typed;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use typed::TypedPasswords;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/mail", get(list::show))
        .route("/settings/mail/live", get(list::live))
        .route("/settings/mail/find", post(find::find))
        .route("/settings/mail/new", get(mailbox::new).post(mailbox::save))
        .route("/settings/mail/{number}", get(mailbox::show).post(mailbox::save))
        .route("/settings/mail/{number}/collect", post(list::collect))
        .route("/settings/mail/{number}/password/clear", post(mailbox::clear))
        .route("/settings/mail/{number}/remove", post(list::remove))
        .route("/settings/ports", get(ports::show))
}
