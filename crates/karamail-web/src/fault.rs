//! Pages that could not be shown, and things that could not be done: what is wrong and what to do, in the reader's language.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use karamail_core::words::screens::shell as words;
use karamail_core::words::{Language, Told};
use karamail_engine::engine::requests::RequestFault;
use karamail_engine::program::Phase;
use karamail_engine::store::StoreError;

use crate::app::App;
use crate::shell::{Nav, Shell};
use crate::text::filters;

/// Why a page is not shown, or a wish not done.
#[derive(Debug)]
pub(crate) enum PageFault {
    /// There is no such page.
    NotFound,
    /// There is no engine to ask; the page tells why.
    NoEngine,
    /// The ledger.
    Store(StoreError),
    /// The engine would not.
    Request(RequestFault),
    /// A template failed, which is a mistake of ours.
    Template(askama::Error),
    /// Already told: status, what, what to do.
    Said(StatusCode, String, Option<String>),
    /// A page that tells it, made already.
    Shown(StatusCode, String),
    /// The way goes on there.
    Elsewhere(&'static str),
}

impl PageFault {
    /// Anything that can be told.
    pub(crate) fn of(fault: &dyn Told, language: Language) -> PageFault {
        PageFault::Said(
            StatusCode::CONFLICT,
            fault.what(language),
            fault.on_screen(language),
        )
    }
}

impl From<StoreError> for PageFault {
    fn from(fault: StoreError) -> Self {
        PageFault::Store(fault)
    }
}

impl From<RequestFault> for PageFault {
    fn from(fault: RequestFault) -> Self {
        PageFault::Request(fault)
    }
}

impl From<askama::Error> for PageFault {
    fn from(fault: askama::Error) -> Self {
        PageFault::Template(fault)
    }
}

/// A fault on its way to [`tell`], which knows the language.
#[derive(Clone)]
struct Untold(std::sync::Arc<PageFault>);

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        let status = match &self {
            PageFault::Shown(status, html) => return (*status, Html(html.clone())).into_response(),
            PageFault::Elsewhere(address) => return Redirect::to(address).into_response(),
            PageFault::NotFound => StatusCode::NOT_FOUND,
            PageFault::NoEngine => StatusCode::SERVICE_UNAVAILABLE,
            PageFault::Store(_) | PageFault::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
            PageFault::Request(_) => StatusCode::CONFLICT,
            PageFault::Said(status, ..) => *status,
        };
        let mut response = status.into_response();
        response
            .extensions_mut()
            .insert(Untold(std::sync::Arc::new(self)));
        response
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    shell: Shell,
    what: String,
    what_to_do: Option<String>,
    /// The settings can be mended there.
    is_settings: bool,
}

/// The same for a part of a page, put where the answer would have come.
#[derive(Template)]
#[template(path = "fault_part.html")]
struct FaultPart {
    what: String,
    what_to_do: Option<String>,
}

/// Tells faults that handlers gave: as a page, or as a part where htmx asked.
pub(crate) async fn tell(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_part = is_htmx(request.headers());
    let mut response = next.run(request).await;
    let fault = match response.extensions_mut().remove::<Untold>() {
        Some(Untold(fault)) => fault,
        // Refused before a handler saw it, in English and to programmers, or with an empty page.
        None if is_bare(&response) => std::sync::Arc::new(PageFault::NotFound),
        None => return response,
    };
    let status = response.status();
    let (what, what_to_do, is_settings) = told(&app, &fault);
    if status.is_server_error() && !matches!(*fault, PageFault::NoEngine) {
        tracing::error!(?fault, "a page could not be shown");
    }
    let html = if is_part {
        FaultPart { what, what_to_do }.render()
    } else {
        let shell = app.shell(Nav::Other, words::fault_title(app.language()));
        FaultPage {
            shell,
            what,
            what_to_do,
            is_settings,
        }
        .render()
    };
    (status, Html(html.unwrap_or_default())).into_response()
}

fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    response.status().is_client_error() && is_plain
}

/// Whether htmx asks for a part of a page.
pub(crate) fn is_htmx(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// For addresses that lead nowhere.
pub(crate) async fn not_found() -> PageFault {
    PageFault::NotFound
}

fn told(app: &App, fault: &PageFault) -> (String, Option<String>, bool) {
    let language = app.language();
    let of = |fault: &dyn Told| (fault.what(language), fault.on_screen(language), false);
    match fault {
        PageFault::NotFound => (
            words::not_found(language),
            Some(words::not_found_advice(language)),
            false,
        ),
        PageFault::NoEngine => no_engine(app, language),
        PageFault::Store(fault) => of(fault),
        PageFault::Request(fault) => of(fault),
        PageFault::Template(fault) => {
            tracing::error!(%fault, "a template failed");
            (
                words::our_mistake(language),
                Some(words::our_mistake_advice(language)),
                false,
            )
        }
        PageFault::Said(_, what, what_to_do) => (what.clone(), what_to_do.clone(), false),
        // These were answered by themselves.
        PageFault::Shown(..) | PageFault::Elsewhere(_) => (String::new(), None, false),
    }
}

/// Why there is no engine.
fn no_engine(app: &App, language: Language) -> (String, Option<String>, bool) {
    match app.program.phase() {
        Phase::Starting => (words::starting(language), None, false),
        Phase::NoSettings => (
            words::no_settings(language),
            Some(words::no_settings_advice(language)),
            true,
        ),
        Phase::Faulty(faults) => (faults.what(language), faults.on_screen(language), true),
        Phase::Failed(fault) => (fault.what(language), fault.on_screen(language), false),
        Phase::Running(_) | Phase::Ended => {
            (words::ended(language), Some(words::ended_advice(language)), false)
        }
    }
}
