//! 設定: the settings file, field by field. The mailboxes are in `mail_settings`, on the same machinery.
//!
//! Reading order: `field` (a key as a field), `form` (shown from the file, applied to it), `in_force` (what came of saving),
//! `frame` (tabs and faults around every screen), `letters` (wordings with their preview), then the screens.

mod control;
mod data;
mod duplicate;
pub(crate) mod field;
mod files;
pub(crate) mod form;
pub(crate) mod frame;
mod guards;
pub(crate) mod in_force;
pub(crate) mod letters;
mod overview;
mod templates;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

/// Largest form, bytes: 10,000 blocked addresses of 254 characters, percent-encoded, and room to spare.
const FORM_BYTES: usize = 8 * 1024 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(overview::show))
        .route("/settings/control", get(control::show).post(control::apply))
        .route("/settings/duplicate", get(duplicate::show).post(duplicate::apply))
        .route("/settings/templates", get(templates::show).post(templates::take))
        .route("/settings/guards", get(guards::show).post(guards::apply))
        .route("/settings/data", get(data::show).post(data::apply))
        .route("/settings/data/backup", post(data::save_backup))
        .route("/settings/preview/{section}", post(letters::preview))
        .route("/settings/preview-interval", post(control::pace))
        .route("/settings/open/{what}", post(files::open))
        .route("/settings/new-file", post(files::make_sample))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
}
