//! The desk: what the tray, the windows, a second start and the engine ask for, one after another, on the main thread.

use std::process::ExitCode;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use karamail_core::words::tray as words;
use karamail_engine::config::Places;
use karamail_engine::engine::Command;
use karamail_engine::program::{Phase, Program};
use karamail_engine::secrets::Secrets;
use karamail_tray::face;
use karamail_tray::link::{self, Address, Listener};
use tray_icon::menu::MenuEvent;
use tray_icon::{MouseButton, MouseButtonState, TrayIconEvent};

use super::browser::Browser;
use super::event_loop::{self, Wishes};
use super::tray::{Choice, Tray};
use super::windows::{self, Windows};
use crate::arguments::Arguments;

/// How long the end of a session may be held up: Windows ends a program by force after five seconds.
#[cfg(any(windows, target_os = "macos"))]
const SESSION_GRACE: std::time::Duration = std::time::Duration::from_secs(4);

/// What the desk is asked for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Show a page.
    Show(String),
    /// Show a page in the browser: there is no window to show it in.
    ShowInBrowser(String),
    /// An entry of the menu was chosen.
    Chosen(Choice),
    /// The icon's face may have changed.
    Look,
    /// End the program; whoever asks has confirmed it.
    End,
    /// The program has ended; the loop ends too.
    Ended,
}

/// Runs the program until somebody ends it.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Ok(places) = Places::find(arguments.config.as_deref(), arguments.data_dir.as_deref()) else {
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return ExitCode::FAILURE;
    };
    let address = Address::of(&places.data);
    // Somebody is there already: they show what is wished for, and that was all.
    if runtime.block_on(reach_first(&address, arguments)) {
        if arguments.quit {
            runtime.block_on(link::gone(&address));
        }
        return ExitCode::SUCCESS;
    }
    if arguments.quit {
        return ExitCode::SUCCESS;
    }
    let _inside = runtime.enter();
    event_loop::run(|wishes| Desk::new(arguments, places, address, &runtime, wishes));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    ExitCode::SUCCESS
}

/// Asks a program that runs to do what this start was for; whether there is one.
async fn reach_first(address: &Address, arguments: &Arguments) -> bool {
    let (path, body) = match (&arguments.show, arguments.quit) {
        (_, true) => ("/desk/quit", String::new()),
        (Some(page), _) => ("/desk/show", format!("page=%2F{page}")),
        (None, _) => ("/desk/show", "page=%2F".to_owned()),
    };
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body));
    match request {
        Ok(request) => link::ask(address, request).await.is_ok(),
        Err(_) => false,
    }
}

/// The desk.
pub(crate) struct Desk {
    program: Arc<Program>,
    runtime: tokio::runtime::Handle,
    wishes: Wishes,
    tray: Option<Tray>,
    windows: Arc<Windows>,
    browser: Browser,
    /// The page to begin with.
    first_page: Option<String>,
}

impl Desk {
    fn new(
        arguments: &Arguments,
        places: Places,
        address: Address,
        runtime: &tokio::runtime::Runtime,
        wishes: Wishes,
    ) -> Desk {
        let secrets = Arc::new(Secrets::open(&places.data));
        let program = Program::start(places, secrets, true);
        if let Some(lang) = arguments.lang {
            program.set_language(Some(lang.into()));
        }
        forward(&wishes);
        runtime.spawn(follow(Arc::clone(&program), wishes.clone()));
        let windows = Windows::new(address.clone(), wishes.clone());
        let router = karamail_web::router(Arc::clone(&program)).merge(windows::routes(Arc::clone(&windows)));
        match Listener::bind(&address) {
            Ok(listener) => {
                runtime.spawn(async move { axum::serve(listener, router).await });
            }
            Err(error) => tracing::error!(%error, "windows cannot reach this program"),
        }
        Desk {
            program,
            runtime: runtime.handle().clone(),
            wishes,
            tray: None,
            windows,
            browser: Browser::default(),
            first_page: match (&arguments.show, arguments.hidden) {
                (Some(page), _) => Some(format!("/{page}")),
                (None, false) => Some("/".to_owned()),
                (None, true) => None,
            },
        }
    }

    /// The loop has begun.
    pub(crate) fn begin(&mut self) {
        self.look();
        if let Some(page) = self.first_page.take() {
            self.show(&page);
        }
    }

    /// Does what is wished for.
    pub(crate) fn obey(&mut self, wish: Wish) {
        match wish {
            Wish::Show(path) => self.show(&path),
            Wish::ShowInBrowser(path) => self.show_in_browser(&path),
            Wish::Look => self.look(),
            Wish::Chosen(choice) => self.chosen(choice),
            Wish::End => self.end(),
            // The loop's.
            Wish::Ended => {}
        }
    }

    fn chosen(&mut self, choice: Choice) {
        match choice {
            Choice::Status => self.show("/status"),
            Choice::Settings => self.show("/settings"),
            Choice::Results => self.show("/results"),
            Choice::Log => self.show("/log"),
            Choice::Kit => self.show("/kit"),
            Choice::CheckNow => self.command(Command::CheckNow),
            Choice::StartOrStop => {
                let is_collecting = self
                    .program
                    .shown()
                    .is_some_and(|handle| handle.status().borrow().is_collecting);
                self.command(match is_collecting {
                    true => Command::StopCollecting,
                    false => Command::StartCollecting,
                });
            }
            Choice::End => self.end(),
        }
    }

    fn command(&self, command: Command) {
        if let Some(handle) = self.program.shown() {
            self.runtime.spawn(async move { handle.command(command).await });
        }
    }

    fn end(&self) {
        let (program, wishes) = (Arc::clone(&self.program), self.wishes.clone());
        self.runtime.spawn(async move {
            program.end().await;
            wishes.put(Wish::Ended);
        });
    }

    fn show(&mut self, path: &str) {
        let title = words::window_title(self.program.language());
        if let Err(error) = self.windows.show(path, &title) {
            tracing::warn!(%error, "there is no window program");
            self.show_in_browser(path);
        }
    }

    fn show_in_browser(&mut self, path: &str) {
        if let Err(error) = self.browser.show(&self.runtime, &self.program, path) {
            tracing::error!(%error, "the screens cannot be shown");
        }
    }

    /// The system ends the session: whatever is in hand is finished within the time that it gives. A mail that takes longer is
    /// sent again at the next start, as after a power cut.
    #[cfg(any(windows, target_os = "macos"))]
    pub(crate) fn session_ends(&self) {
        let ended = tokio::time::timeout(SESSION_GRACE, self.program.end());
        if self.runtime.block_on(ended).is_err() {
            tracing::warn!("the session ended before all was finished");
        }
    }

    fn look(&mut self) {
        let language = self.program.language();
        let handle = self.program.shown();
        let status = handle.map(|handle| handle.status().borrow().clone());
        let face = face::of(status.as_ref(), language);
        match &mut self.tray {
            Some(tray) => tray.show(&face, language),
            None => match Tray::put(&face, language) {
                Ok(tray) => self.tray = Some(tray),
                Err(error) => tracing::warn!(%error, "there is no tray"),
            },
        }
    }
}

/// What the icon and its menu tell becomes wishes.
fn forward(wishes: &Wishes) {
    let menu = wishes.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if let Some(choice) = Choice::from_name(&event.id.0) {
            menu.put(Wish::Chosen(choice));
        }
    }));
    let icon = wishes.clone();
    TrayIconEvent::set_event_handler(Some(move |event| {
        if let TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } = event
        {
            icon.put(Wish::Chosen(Choice::Status));
        }
    }));
}

/// Whatever the program tells makes the desk look at the icon.
async fn follow(program: Arc<Program>, wishes: Wishes) {
    let mut news = program.news();
    while news.changed().await.is_ok() {
        match program.phase() {
            Phase::Ended => return wishes.put(Wish::Ended),
            _ => wishes.put(Wish::Look),
        }
    }
}
