//! What every handler has: the program, and what a screen keeps between two requests.

use std::ops::Deref;
use std::sync::Arc;

use karamail_core::words::Language;
use karamail_engine::engine::Handle;
use karamail_engine::monthly_log::reader::LogReader;
use karamail_engine::program::Program;

use crate::fault::PageFault;
use crate::pages::TypedPasswords;
use crate::pages::first::Desk;
use crate::shell::{Nav, Pending, Shell};
use crate::window::Saved;

/// The state of the Router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

/// What [`App`] holds. A screen that keeps something between two requests adds a field here.
pub(crate) struct Inner {
    pub(crate) program: Arc<Program>,
    /// Passwords that were typed into a form which is not saved yet.
    pub(crate) typed: TypedPasswords,
    /// What was filled in of the first steps.
    pub(crate) first: Desk,
    /// Where the lines of the log's files are.
    pub(crate) log: LogReader,
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
        &self.0
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
        App(Arc::new(Inner {
            program,
            typed: TypedPasswords::default(),
            first: Desk::default(),
            log: LogReader::new(),
            notice,
            is_window,
            saved: Saved::default(),
        }))
    }

    /// The language of the screens.
    pub(crate) fn language(&self) -> Language {
        self.program.language()
    }

    /// The engine whose numbers and mails are shown (the demo's, while the demo is on).
    ///
    /// # Errors
    /// [`PageFault::NoEngine`], which tells why there is none.
    pub(crate) fn shown(&self) -> Result<Handle, PageFault> {
        self.program.shown().ok_or(PageFault::NoEngine)
    }

    /// What a page has around it.
    pub(crate) fn shell(&self, active: Nav, title: impl Into<String>) -> Shell {
        Shell::of(self, active, title.into())
    }
}
