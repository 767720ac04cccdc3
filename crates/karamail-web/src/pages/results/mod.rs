//! 収集結果: numbers and addresses. [`list`] finds them and grows while a person scrolls, [`one`] tells everything about
//! one number, [`send`] sends numbers again, [`erase`] erases a person, [`files`] are the downloads.

mod erase;
mod files;
mod filter;
mod list;
mod one;
mod row;
mod send;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/results", get(list::show))
        .route("/results/list", get(list::part))
        .route("/results/rows", get(list::rows))
        .route("/results/live", get(list::live))
        .route("/results/export.csv", get(files::csv))
        .route("/results/export.xlsx", get(files::xlsx))
        .route("/results/resend", post(send::chosen))
        .route("/results/{series}/{number}", get(one::show))
        .route("/results/{series}/{number}/live", get(one::live))
        .route("/results/{series}/{number}/resend", post(send::one))
        .route(
            "/results/{series}/{number}/erase",
            get(erase::ask).post(erase::erase),
        )
}
