//! The window program, from the tray program's side: it is started when somebody wants to look, and told what to show over the link.
//!
//! Its end is waited for, so nothing of it is left over, and tells how it went: a window that was closed, or no window at all for
//! want of a webview. Then the screens open in the browser ([`Wish::ShowInBrowser`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::Instant;

use super::desk::Wish;
use super::event_loop::Wishes;
use karamail_tray::link::Address;

/// The name of the window program, beside this one.
const PROGRAM: &str = if cfg!(windows) {
    "karamail-window.exe"
} else {
    "karamail-window"
};
/// Without this beside it, Windows refuses to start a program built with GNU's tools, and puts an error box before the person.
const LOADER: Option<&str> = if cfg!(all(windows, target_env = "gnu")) {
    Some("WebView2Loader.dll")
} else {
    None
};
/// The window program ends with this where there is no webview.
const NO_WEBVIEW: i32 = 3;
/// Windows' STATUS_DLL_NOT_FOUND.
const NO_LIBRARY: i32 = 0xC000_0135_u32.cast_signed();
/// A window program that fails so soon showed nothing.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Before a window that ended so soon is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// What a window that is open shall show; it waits for changes of this.
pub(crate) struct Windows {
    address: Address,
    /// Where the window remembers its place.
    data_folder: PathBuf,
    wishes: Wishes,
    /// Counts, so that the same page can be wished for twice.
    page: watch::Sender<(u64, String)>,
    window: Mutex<Window>,
    /// The program has ended.
    closed: watch::Sender<bool>,
}

/// The window program as far as it is known here.
#[derive(Default)]
struct Window {
    is_there: bool,
    /// The last wish that it took.
    taken: u64,
}

impl Windows {
    pub(crate) fn new(address: Address, data_folder: PathBuf, wishes: Wishes) -> Arc<Windows> {
        Arc::new(Windows {
            address,
            data_folder,
            wishes,
            page: watch::Sender::new((0, "/".to_owned())),
            window: Mutex::default(),
            closed: watch::Sender::new(false),
        })
    }

    /// The program has ended: whoever waits here is told.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Resolves when the program has ended.
    pub(crate) async fn closed(&self) {
        let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
    }

    /// Brings the window up with this page. Where it comes to nothing, a wish for the browser follows.
    ///
    /// # Errors
    /// There is no window program.
    pub(crate) fn show(self: &Arc<Self>, path: &str, title: &str) -> io::Result<()> {
        self.page.send_modify(|(count, page)| {
            *count += 1;
            path.clone_into(page);
        });
        let mut window = self.window();
        if window.is_there {
            return Ok(());
        }
        let program = std::env::current_exe()?.with_file_name(PROGRAM);
        needs_loader(&program)?;
        let child = Command::new(program)
            .arg("--link")
            .arg(self.address.to_text())
            .arg("--data-dir")
            .arg(&self.data_folder)
            .arg("--title")
            .arg(title)
            .spawn()?;
        window.is_there = true;
        tokio::spawn(Arc::clone(self).wait_for(child));
        Ok(())
    }

    /// Waits for the end of the window.
    async fn wait_for(self: Arc<Self>, mut child: Child) {
        let begin = Instant::now();
        let ended = child.wait().await;
        let (count, path) = self.page.borrow().clone();
        let is_taken = {
            let mut window = self.window();
            window.is_there = false;
            window.taken == count
        };
        if ended.is_ok_and(|status| showed_nothing(status, begin.elapsed())) {
            self.wishes.put(Wish::ShowInBrowser(path));
        } else if !is_taken {
            // Wished for while the window was being closed. One that ends again and again without a word shall not be started without end.
            if begin.elapsed() < AT_ONCE {
                tokio::time::sleep(PAUSE).await;
            }
            self.wishes.put(Wish::Show(path));
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn needs_loader(program: &Path) -> io::Result<()> {
    match LOADER {
        Some(loader) if !program.with_file_name(loader).is_file() => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(()),
    }
}

fn showed_nothing(status: ExitStatus, after: Duration) -> bool {
    match status.code() {
        Some(NO_WEBVIEW | NO_LIBRARY) => true,
        _ => !status.success() && after < AT_ONCE,
    }
}

#[derive(Deserialize)]
struct Page {
    page: String,
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    seen: u64,
}

/// What windows and second starts ask of the desk, beside the screens.
pub(crate) fn routes(windows: Arc<Windows>) -> Router {
    let wishes = windows.wishes.clone();
    let show = {
        let wishes = wishes.clone();
        move |Form(page): Form<Page>| async move {
            wishes.put(Wish::Show(page.page));
            StatusCode::NO_CONTENT
        }
    };
    let quit = {
        let windows = Arc::clone(&windows);
        move || {
            let windows = Arc::clone(&windows);
            async move {
                wishes.put(Wish::End);
                // Whoever asks waits for it.
                windows.closed().await;
                StatusCode::NO_CONTENT
            }
        }
    };
    Router::new()
        .route("/desk/show", post(show))
        .route("/desk/quit", post(quit))
        .route("/desk/page", get(page))
        .with_state(windows)
}

/// The page to show, once it is another wish than the one seen: a count and a path.
async fn page(State(windows): State<Arc<Windows>>, Query(Seen { seen }): Query<Seen>) -> String {
    let mut page = windows.page.subscribe();
    let wished = tokio::select! {
        wished = page.wait_for(|(count, _)| *count != seen) => wished.map(|page| page.clone()),
        () = windows.closed() => return String::new(),
    };
    let Ok((count, path)) = wished else {
        return String::new();
    };
    windows.window().taken = count;
    format!("{count} {path}")
}
