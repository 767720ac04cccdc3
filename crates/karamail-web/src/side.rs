//! Which side a page shows, the demo or the shop. A form of either is good for that side alone: the demo may begin or end in
//! another window while a page is open, and both have a number 1.
//!
//! Invariant: what was asked for on a page of the demo never happens to the shop, nor the reverse.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::shell as words;

use crate::app::App;
use crate::fault::PageFault;

/// Behind the address of a form that was drawn while the demo was on.
const DEMO: &str = "demo=1";
/// Tells a page that follows the program which side the answer is of.
const SIDE: HeaderName = HeaderName::from_static("karamail-side");

/// What stands behind the address of a form that concerns [`App::shown`].
pub(crate) fn mark(app: &App) -> &'static str {
    if is_demo(app) { "?demo=1" } else { "" }
}

/// Refuses a form of the other side, and says of each answer which side it is of.
pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_of_demo = request
        .uri()
        .query()
        .is_some_and(|query| query.split('&').any(|pair| pair == DEMO));
    let concerns = request.method() == Method::POST && concerns_shown(request.uri().path());
    let mut response = if concerns && is_of_demo != is_demo(&app) {
        let language = app.language();
        let (what, advice) = (words::other_side(language), words::other_side_advice(language));
        PageFault::Said(StatusCode::CONFLICT, what, Some(advice)).into_response()
    } else {
        next.run(request).await
    };
    let side = if is_demo(&app) { "demo" } else { "shop" };
    response
        .headers_mut()
        .insert(SIDE, HeaderValue::from_static(side));
    response
}

fn concerns_shown(path: &str) -> bool {
    let screens = ["/results/", "/waiting/", "/test/"];
    screens.iter().any(|screen| path.starts_with(screen))
        || matches!(path, "/status/start" | "/status/stop" | "/status/check")
}

fn is_demo(app: &App) -> bool {
    app.program.demo().is_some()
}
