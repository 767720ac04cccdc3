//! Every screen of Karamail: an axum [`Router`] over a [`Program`]. Pages are rendered here (askama), small interactions
//! go through htmx, looks come from Pico CSS and `assets/karamail.css`. There is no build step for the pages, and nothing
//! comes from the network.
//!
//! Reading order: [`router`], `app` (what a handler has), `shell` (what every page has around it), `live` (parts of a page that
//! follow the program), `pages/<screen>`; for a browser on this machine `guard`, `connections` and [`serve`]; for the program's own window `window`.
//!
//! Contract: the same screens serve the program's own window ([`router_in_window`]), which needs no door keeper, and a browser on
//! loopback, which does ([`serve::Server`]). A page changes nothing by GET.
//!
//! Invariant: text from mails goes through the templates' escaping and the filter `shown`, so that it can neither be markup nor
//! move what stands around it.

mod app;
mod assets;
mod connections;
mod fault;
mod form;
mod guard;
mod headers;
mod live;
mod once;
mod outside;
mod pages;
mod part;
mod patient;
pub mod serve;
mod shell;
mod side;
mod text;
mod window;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use karamail_engine::program::Program;

use app::App;

/// Every screen of this program, for whoever may see them all.
pub fn router(program: Arc<Program>) -> Router {
    router_telling(program, shell::Pending::default())
}

/// The same for the program's own window, which is a bare webview: files are saved here, and the window can be closed from the page.
pub fn router_in_window(program: Arc<Program>) -> Router {
    let app = App::in_window(program);
    let saving = from_fn_with_state(app.clone(), window::save);
    screens(app, window::routes(), |routes| routes.layer(saving))
}

/// The same, with a notice that the next page begins with.
fn router_telling(program: Arc<Program>, notice: shell::Pending) -> Router {
    screens(App::new(program, notice), Router::new(), |routes| routes)
}

/// Every screen, with these routes beside them and this layer next to them.
fn screens(app: App, beside: Router<App>, layered: impl FnOnce(Router<App>) -> Router<App>) -> Router {
    let routes = Router::new()
        .route("/", get(shell::start))
        .route("/language", post(shell::choose_language))
        .route("/assets/{name}", get(assets::answer))
        .merge(pages::routes())
        .merge(beside)
        .fallback(fault::not_found);
    layered(routes)
        .layer(from_fn_with_state(app.clone(), side::keep))
        .layer(from_fn_with_state(app.clone(), fault::tell))
        .layer(from_fn(headers::add))
        .with_state(app)
}
