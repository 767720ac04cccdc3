//! Which side a page shows, the demo or the shop. A form of either is good for that side alone: the demo may begin or end in
//! another window while a page is open, and both have a number 1. A form of one demo is not good for the next.
//!
//! [`keep`] takes the side of a request once, and [`App`] carries it: what a handler shows or does, and the mark of the forms that
//! it draws, are of that side whatever begins or ends meanwhile.
//!
//! Invariant: what was asked for on a page of the demo never happens to the shop, nor the reverse.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::shell as words;
use karamail_engine::program::{Demo, Side};

use crate::app::App;
use crate::fault::PageFault;

/// In the address of a form that was drawn while the demo was on: which demo.
pub(crate) const DEMO: &str = "demo";
/// Tells a page that follows the program which side the answer is of.
const SIDE: HeaderName = HeaderName::from_static("karamail-side");

/// What stands behind the address of a form that concerns what this side shows.
pub(crate) fn mark(side: &Side) -> String {
    side.demo().map_or_else(String::new, |demo| mark_of(demo))
}

/// The same for what this demo shows.
pub(crate) fn mark_of(demo: &Demo) -> String {
    format!("?{DEMO}={}", demo.id())
}

/// The demo's number in marks.
pub(crate) fn number(side: &Side) -> Option<String> {
    side.demo().map(|demo| demo.id().to_string())
}

/// A side's name, which differs from that of every other.
pub(crate) fn name(side: &Side) -> String {
    number(side).map_or_else(|| "shop".to_owned(), |number| format!("demo-{number}"))
}

/// Takes the side of the request, refuses a form of another one, and says of each answer which side is shown now.
pub(crate) async fn keep(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let side = app.program.side();
    let is_refused = match Concern::of(&request) {
        Concern::Shown => marked(&request) != number(&side),
        // Without a mark it is none of an earlier demo's, and there is nothing of the shop on this screen.
        Concern::Demo => {
            let (marked, number) = (marked(&request), number(&side));
            marked.is_some() && number.is_some() && marked != number
        }
        Concern::Other => false,
    };
    let mut response = if is_refused {
        let language = app.language();
        let (what, advice) = (words::other_side(language), words::other_side_advice(language));
        PageFault::Said(StatusCode::CONFLICT, what, Some(advice)).into_response()
    } else {
        request.extensions_mut().insert(side);
        next.run(request).await
    };
    let name = name(&app.program.side());
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(SIDE, name);
    }
    response
}

/// What a request is about.
enum Concern {
    /// The numbers, mails and files that are shown.
    Shown,
    /// The demo's own screen.
    Demo,
    /// Neither, or it is a look.
    Other,
}

impl Concern {
    fn of(request: &Request) -> Concern {
        let path = request.uri().path();
        let screens = ["/results/", "/waiting/", "/test/"];
        if request.method() != Method::POST {
            return match path {
                // Copies that are taken home are of what the page showed.
                "/log/save" | "/results/export.csv" | "/results/export.xlsx" => Concern::Shown,
                _ => Concern::Other,
            };
        }
        match path {
            "/status/start" | "/status/stop" | "/status/check" | "/log/open" | "/log/folder" => {
                Concern::Shown
            }
            "/demo/send" | "/demo/phone" | "/demo/check" => Concern::Demo,
            path if screens.iter().any(|screen| path.starts_with(screen)) => Concern::Shown,
            _ => Concern::Other,
        }
    }
}

/// The demo that the address of a form is of.
fn marked(request: &Request) -> Option<String> {
    let pairs = request.uri().query()?.split('&');
    let mut marks = pairs.filter_map(|pair| pair.strip_prefix(DEMO)?.strip_prefix('='));
    marks.next().map(str::to_owned)
}
