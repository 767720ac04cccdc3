//! The desk: what the tray, the windows, a second start and the engine ask for, one after another, on the main thread.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use karamail_core::words::tray as words;
use karamail_engine::config::Places;
use karamail_engine::engine::Command;
use karamail_engine::program::Program;
use karamail_engine::secrets::Secrets;
use karamail_tray::face::{Collect, Face};
use karamail_tray::link::{Address, Listener};
use tokio::runtime::{Handle, Runtime};
use tokio::task::JoinHandle;

use super::browser::Browser;
use super::event_loop::Wishes;
use super::life::{self, Life};
use super::tray::{Choice, Tray};
use super::watch::watch;
use super::windows::{self, Windows};
use crate::arguments::Arguments;

/// How long the end of a session may be held up: Windows ends a program by force after five seconds.
#[cfg(any(windows, target_os = "macos"))]
const SESSION_GRACE: Duration = Duration::from_secs(4);
/// How long answers that are under way at the end may take: the page that asked for the end waits for its own.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// What the desk is asked for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Show a page.
    Show(String),
    /// Show a page in the browser: there is no window to show it in.
    ShowInBrowser(String),
    /// An entry of the menu was chosen.
    Chosen(Choice),
    /// The shop has another face.
    Face(Box<Face>),
    /// The icon shall be shown again as it is: the task bar did not take it, or its screen may be another one.
    #[cfg_attr(
        not(any(windows, target_os = "macos")),
        expect(dead_code, reason = "on Linux the item follows its host by itself")
    )]
    Look,
    /// End the program; whoever asks has confirmed it.
    End,
    /// End it without finishing anything: the next start finds every promise on disk.
    #[cfg(unix)]
    EndNow,
    /// The program has ended; the loop ends too.
    Ended,
}

/// The desk.
pub(crate) struct Desk {
    program: Arc<Program>,
    runtime: Handle,
    wishes: Wishes,
    tray: Tray,
    /// What the icon shows.
    face: Option<Face>,
    windows: Arc<Windows>,
    /// The answering of windows and second starts.
    serving: Option<JoinHandle<()>>,
    browser: Browser,
    /// The page to begin with.
    first_page: Option<String>,
    is_ending: bool,
    /// What goes beside the work; its end says that the end was asked for.
    life: Life,
}

impl Desk {
    pub(crate) fn new(
        arguments: &Arguments,
        places: Places,
        (address, listener): (Address, Listener),
        runtime: &Runtime,
        wishes: Wishes,
    ) -> Desk {
        let secrets = Arc::new(Secrets::open(&places.data));
        let windows = Windows::new(address, places.data.clone(), wishes.clone());
        let program = Program::start(places, secrets, true);
        if let Some(lang) = arguments.lang {
            program.set_language(Some(lang.into()));
        }
        let life = life::begin(&program, arguments);
        runtime.spawn(watch(Arc::clone(&program), wishes.clone()));
        // Before anybody can know that the program is there.
        #[cfg(unix)]
        runtime.spawn(super::signals::Signals::catch().forward(wishes.clone()));
        let router =
            karamail_web::router_in_window(Arc::clone(&program)).merge(windows::routes(Arc::clone(&windows)));
        let serving = runtime.spawn(serve(listener, router, Arc::clone(&windows)));
        Desk {
            program,
            runtime: runtime.handle().clone(),
            tray: Tray::new(&wishes),
            wishes,
            face: None,
            windows,
            serving: Some(serving),
            browser: Browser::default(),
            first_page: match (&arguments.show, arguments.hidden) {
                (Some(page), _) => Some(format!("/{page}")),
                (None, false) => Some("/".to_owned()),
                (None, true) => None,
            },
            is_ending: false,
            life,
        }
    }

    /// The loop has begun.
    pub(crate) fn begin(&mut self) {
        if let Some(page) = self.first_page.take() {
            self.show(&page);
        }
    }

    /// Does what is wished for.
    pub(crate) fn obey(&mut self, wish: Wish) {
        match wish {
            Wish::Show(path) => {
                self.show(&path);
            }
            Wish::ShowInBrowser(path) => {
                self.show_in_browser(&path);
            }
            Wish::Face(face) => {
                self.face = Some(*face);
                self.look();
            }
            Wish::Look => self.look(),
            Wish::Chosen(choice) => self.chosen(choice),
            Wish::End => self.end(),
            #[cfg(unix)]
            Wish::EndNow => {
                // It was asked for.
                self.life.end();
                std::process::exit(super::trouble::Exit::Failed as i32);
            }
            // The loop's.
            Wish::Ended => {}
        }
    }

    /// The scale of the screen with the task bar.
    #[cfg(any(windows, target_os = "macos"))]
    pub(crate) fn scaled(&mut self, scale: f64) {
        self.tray.scaled(scale);
    }

    fn look(&mut self) {
        if let Some(face) = &self.face {
            self.tray.show(face);
        }
    }

    fn chosen(&mut self, choice: Choice) {
        // Some desktops let what cannot be chosen be chosen, or are slow to show that it cannot.
        let is_offered = |face: &Face| choice.entry(face).is_enabled;
        if !self.face.as_ref().is_some_and(is_offered) {
            return;
        }
        match choice {
            Choice::Status => drop(self.show("/status")),
            Choice::Settings => drop(self.show("/settings")),
            Choice::Results => drop(self.show("/results")),
            Choice::Log => drop(self.show("/log")),
            Choice::Kit => drop(self.show("/kit")),
            Choice::CheckNow => self.command(Command::CheckNow),
            Choice::StartOrStop => match self.face.as_ref().map(|face| face.offer.collect) {
                Some(Collect::Stop) => self.command(Command::StopCollecting),
                Some(Collect::Start) => self.command(Command::StartCollecting),
                Some(Collect::Neither) | None => {}
            },
            Choice::End => {
                // The page asks. Where nothing can ask, the choice stands.
                if !self.show("/status/end") {
                    self.end();
                }
            }
        }
    }

    /// To the shop's engine, also while the demo is shown: the icon and its menu are the shop's.
    fn command(&self, command: Command) {
        if let Some(handle) = self.program.handle() {
            self.runtime.spawn(async move { handle.command(command).await });
        }
    }

    /// Ends the program; the icon says so until the mail in hand is finished.
    fn end(&mut self) {
        if std::mem::replace(&mut self.is_ending, true) {
            return;
        }
        let (program, windows, wishes) = (
            Arc::clone(&self.program),
            Arc::clone(&self.windows),
            self.wishes.clone(),
        );
        let serving = self.serving.take();
        self.runtime.spawn(async move {
            program.end().await;
            windows.close();
            if let Some(serving) = serving {
                let _ = tokio::time::timeout(LAST_ANSWERS, serving).await;
            }
            wishes.put(Wish::Ended);
        });
    }

    /// Shows a page in a window, else in the browser; whether it could.
    fn show(&mut self, path: &str) -> bool {
        let title = words::window_title(self.program.language());
        match self.windows.show(path, &title) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "there is no window program");
                self.show_in_browser(path)
            }
        }
    }

    fn show_in_browser(&mut self, path: &str) -> bool {
        match self.browser.show(&self.runtime, &self.program, path) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "the screens cannot be shown");
                false
            }
        }
    }

    /// The system ends the session: whatever is in hand is finished within the time that it gives. A mail that takes longer is
    /// sent again at the next start, as after a power cut.
    #[cfg(any(windows, target_os = "macos"))]
    pub(crate) fn session_ends(&self) {
        self.life.end();
        let ended = tokio::time::timeout(SESSION_GRACE, self.program.end());
        if self.runtime.block_on(ended).is_err() {
            tracing::warn!("the session ended before all was finished");
        }
    }
}

/// Answers windows and second starts until the program has ended, and whoever asked by then.
async fn serve(listener: Listener, router: Router, windows: Arc<Windows>) {
    let closed = async move { windows.closed().await };
    let served = axum::serve(listener, router).with_graceful_shutdown(closed);
    if let Err(error) = served.await {
        tracing::error!(%error, "windows cannot reach this program");
    }
}
