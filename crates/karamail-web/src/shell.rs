//! What every page has around it: the title, the way to the other screens, the demo's banner, the language.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::Form;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use karamail_core::words::Language;
use karamail_core::words::screens::shell as words;
use karamail_engine::program::Phase;
use serde::Deserialize;

use crate::app::App;
use crate::assets;
use crate::fault::PageFault;
use crate::side;

/// A sentence of the table that takes no arguments.
pub(crate) type Words = fn(Language) -> String;

/// A screen, for the way between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nav {
    Status,
    Results,
    Log,
    Settings,
    Test,
    Demo,
    Kit,
    /// None of them.
    Other,
}

/// What is told once, at the head of a page.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// The words.
    pub text: Words,
    /// A place outside that helps: its words and its address.
    pub link: Option<(Words, &'static str)>,
}

/// A notice that waits for a page.
pub(crate) type Pending = Arc<Mutex<Option<Notice>>>;

/// A notice in the reader's language.
#[derive(Clone, Debug)]
pub(crate) struct NoticeShown {
    pub(crate) text: String,
    pub(crate) link: Option<(String, &'static str)>,
}

/// What a page has around it; the field `shell` of every page's template.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) shop_name: String,
    /// The demo is on: a banner says so on every screen.
    pub(crate) is_demo: bool,
    /// There are no settings yet: only the first steps and the demo make sense.
    pub(crate) is_first: bool,
    pub(crate) notice: Option<NoticeShown>,
    /// The page stands in the program's own window, which can be closed from it.
    pub(crate) is_window: bool,
    active: Nav,
    mark: String,
    side: String,
}

/// A link to a screen.
pub(crate) struct NavLink {
    pub(crate) href: &'static str,
    pub(crate) label: String,
    pub(crate) is_here: bool,
}

impl Shell {
    pub(crate) fn of(app: &App, active: Nav, title: String) -> Shell {
        let settings = app.shown_settings();
        let language = app.language();
        let notice = app.notice.lock().unwrap_or_else(PoisonError::into_inner).take();
        Shell {
            language,
            notice: notice.map(|notice| NoticeShown {
                text: (notice.text)(language),
                link: notice.link.map(|(words, address)| (words(language), address)),
            }),
            title,
            shop_name: settings.map_or(String::new(), |settings| settings.general.shop_name.clone()),
            is_demo: app.demo().is_some(),
            is_first: matches!(app.program.phase(), Phase::NoSettings),
            is_window: app.is_window,
            active,
            mark: side::mark(&app.side()),
            side: side::name(&app.side()),
        }
    }

    /// What stands behind the address of a form that concerns what is shown; see [`crate::side`].
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// The same for an address that has a query already.
    pub(crate) fn further_mark(&self) -> String {
        self.mark.replacen('?', "&", 1)
    }

    /// The name of the side that is shown.
    pub(crate) fn side(&self) -> &str {
        &self.side
    }

    /// The links to the screens that make sense now.
    pub(crate) fn links(&self) -> Vec<NavLink> {
        let link = |nav, href, label: fn(Language) -> String| NavLink {
            href,
            label: label(self.language),
            is_here: nav == self.active,
        };
        let all = [
            link(Nav::Status, "/status", words::status),
            link(Nav::Results, "/results", words::results),
            link(Nav::Log, "/log", words::log),
            link(Nav::Settings, "/settings", words::settings),
            link(Nav::Test, "/test", words::test),
            link(Nav::Demo, "/demo", words::demo),
            link(Nav::Kit, "/kit", words::kit),
        ];
        let makes_sense =
            |link: &NavLink| self.is_demo || !self.is_first || matches!(link.href, "/demo" | "/settings");
        all.into_iter().filter(makes_sense).collect()
    }

    /// Where an asset is; the address changes with its contents.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The other language, by its own name, and its tag.
    pub(crate) fn other_language(&self) -> (&'static str, &'static str) {
        let other = match self.language {
            Language::Japanese => Language::English,
            Language::English => Language::Japanese,
        };
        (other.tag(), other.name())
    }
}

/// A rendered page.
///
/// # Errors
/// A template that failed.
pub(crate) fn page(template: &impl Template) -> Result<Response, PageFault> {
    Ok(Html(template.render()?).into_response())
}

/// `/`: the first steps where there are no settings, else the status.
pub(crate) async fn start(app: App) -> Redirect {
    match app.program.settled().await {
        Phase::NoSettings if app.demo().is_none() => Redirect::to("/first"),
        _ => Redirect::to("/status"),
    }
}

#[derive(Deserialize)]
pub(crate) struct Choice {
    language: String,
    #[serde(default)]
    back: String,
}

/// Chooses the language of the screens, and goes back to where the person was.
pub(crate) async fn choose_language(app: App, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    app.program.set_language(match choice.language.as_str() {
        "en" => Some(Language::English),
        _ => Some(Language::Japanese),
    });
    let back = our_page(&choice.back);
    if crate::fault::is_htmx(&headers) {
        return ([("HX-Redirect", back.to_owned())], ()).into_response();
    }
    Redirect::to(back).into_response()
}

/// The address of a page of ours; anything else is the first page. A path, with no second slash that would make it a host.
pub(crate) fn our_page(address: &str) -> &str {
    let is_ours = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_ours && is_plain { address } else { "/" }
}
