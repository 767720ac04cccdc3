//! The screens, one folder each.

mod about;
mod demo;
pub(crate) mod first;
mod kit;
mod log;
mod mail_settings;
mod results;
mod settings;
mod status;
mod test;
mod waiting;

use axum::Router;

pub(crate) use mail_settings::TypedPasswords;

use crate::app::App;

/// Every screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(status::routes())
        .merge(first::routes())
        .merge(results::routes())
        .merge(waiting::routes())
        .merge(log::routes())
        .merge(settings::routes())
        .merge(mail_settings::routes())
        .merge(test::routes())
        .merge(demo::routes())
        .merge(kit::routes())
        .merge(about::routes())
}
