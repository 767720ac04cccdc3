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
use axum::middleware::from_fn;

pub(crate) use mail_settings::TypedPasswords;

use crate::app::App;
use crate::patient;

/// Every screen.
pub(crate) fn routes() -> Router<App> {
    let with_files = Router::new()
        .merge(first::routes())
        .merge(settings::routes())
        .merge(mail_settings::routes())
        .layer(from_fn(patient::answer));
    Router::new()
        .merge(with_files)
        .merge(status::routes())
        .merge(results::routes())
        .merge(waiting::routes())
        .merge(log::routes())
        .merge(test::routes())
        .merge(demo::routes())
        .merge(kit::routes())
        .merge(about::routes())
}
