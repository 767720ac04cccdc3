//! What every handler has: the program, and what a screen keeps between two requests.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use karamail_core::words::Language;
use karamail_engine::config::Settings;
use karamail_engine::engine::Handle;
use karamail_engine::monthly_log::reader::LogReader;
use karamail_engine::program::{Demo, Program, Side};

use crate::fault::PageFault;
use crate::once::Tickets;
use crate::pages::TypedPasswords;
use crate::pages::first::Desk;
use crate::shell::{Nav, Pending, Shell};
use crate::side;
use crate::window::Saved;

/// The state of the Router; cheap to clone. A handler takes it as `app: App`, which is of the side that the request was let in
/// for (see [`side`]), and not as `State`.
#[derive(Clone)]
pub(crate) struct App {
    inner: Arc<Inner>,
    /// `None` outside of a request: the side that is shown now.
    side: Option<Side>,
}

/// What [`App`] holds. A screen that keeps something between two requests adds a field here.
pub(crate) struct Inner {
    pub(crate) program: Arc<Program>,
    /// Passwords that were typed into a form which is not saved yet.
    pub(crate) typed: TypedPasswords,
    /// What was filled in of the first steps.
    pub(crate) first: Desk,
    /// Where the lines of the log's files are.
    pub(crate) log: LogReader,
    /// For what pages tell once.
    pub(crate) tickets: Tickets,
    /// What the next page begins with.
    pub(crate) notice: Pending,
    /// The screens are shown in the program's own window.
    pub(crate) is_window: bool,
    /// What was saved out of the window.
    pub(crate) saved: Saved,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl FromRequestParts<App> for App {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<App, Infallible> {
        let side = parts.extensions.get::<Side>().cloned();
        Ok(App {
            inner: Arc::clone(&state.inner),
            side,
        })
    }
}

impl App {
    /// For a browser.
    pub(crate) fn new(program: Arc<Program>, notice: Pending) -> App {
        App::with(program, notice, false)
    }

    /// For the program's own window.
    pub(crate) fn in_window(program: Arc<Program>) -> App {
        App::with(program, Pending::default(), true)
    }

    fn with(program: Arc<Program>, notice: Pending, is_window: bool) -> App {
        App {
            inner: Arc::new(Inner {
                program,
                typed: TypedPasswords::default(),
                first: Desk::default(),
                log: LogReader::new(),
                tickets: Tickets::default(),
                notice,
                is_window,
                saved: Saved::default(),
            }),
            side: None,
        }
    }

    /// The language of the screens.
    pub(crate) fn language(&self) -> Language {
        self.program.language()
    }

    /// The side of this request.
    pub(crate) fn side(&self) -> Side {
        self.side.clone().unwrap_or_else(|| self.program.side())
    }

    /// The demo, where the request is about the demo's side.
    pub(crate) fn demo(&self) -> Option<Arc<Demo>> {
        self.side().demo().cloned()
    }

    /// Whether another side is shown by now than that of this request.
    pub(crate) fn is_left(&self) -> bool {
        side::number(&self.side()) != side::number(&self.program.side())
    }

    /// The engine whose numbers and mails are shown (the demo's, on the demo's side).
    ///
    /// # Errors
    /// [`PageFault::NoEngine`], which tells why there is none.
    pub(crate) fn shown(&self) -> Result<Handle, PageFault> {
        self.program.handle_of(&self.side()).ok_or(PageFault::NoEngine)
    }

    /// The settings of [`App::shown`].
    pub(crate) fn shown_settings(&self) -> Option<Arc<Settings>> {
        let handle = self.program.handle_of(&self.side())?;
        let settings = Arc::clone(&handle.settings().borrow());
        Some(settings)
    }

    /// What a page has around it.
    pub(crate) fn shell(&self, active: Nav, title: impl Into<String>) -> Shell {
        Shell::of(self, active, title.into())
    }
}
