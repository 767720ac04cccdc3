//! The window program, from the tray program's side: it is started when somebody wants to look, and told what to show over the link.

use std::io;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::watch;

use super::desk::Wish;
use super::event_loop::Wishes;
use karamail_tray::link::Address;

/// The name of the window program, beside this one.
const PROGRAM: &str = if cfg!(windows) {
    "karamail-window.exe"
} else {
    "karamail-window"
};

/// What a window that is open shall show; it waits for changes of this.
pub(crate) struct Windows {
    address: Address,
    /// Counts, so that the same page can be wished for twice.
    page: watch::Sender<(u64, String)>,
    child: Mutex<Option<Child>>,
}

impl Windows {
    pub(crate) fn new(address: Address) -> Arc<Windows> {
        Arc::new(Windows {
            address,
            page: watch::Sender::new((0, "/".to_owned())),
            child: Mutex::new(None),
        })
    }

    /// Brings the window up with this page.
    ///
    /// # Errors
    /// There is no window program.
    pub(crate) fn show(&self, path: &str, title: &str) -> io::Result<()> {
        self.page.send_modify(|(count, page)| {
            *count += 1;
            path.clone_into(page);
        });
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = child.as_mut()
            && matches!(running.try_wait(), Ok(None))
        {
            return Ok(());
        }
        let program = std::env::current_exe()?.with_file_name(PROGRAM);
        let started = Command::new(program)
            .arg("--link")
            .arg(self.address.to_text())
            .arg("--title")
            .arg(title)
            .spawn()?;
        *child = Some(started);
        Ok(())
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
pub(crate) fn routes(windows: Arc<Windows>, wishes: Wishes) -> Router {
    let show = {
        let wishes = wishes.clone();
        move |Form(page): Form<Page>| async move {
            wishes.put(Wish::Show(page.page));
            StatusCode::NO_CONTENT
        }
    };
    let quit = move || async move {
        wishes.put(Wish::End);
        StatusCode::NO_CONTENT
    };
    Router::new()
        .route("/desk/show", post(show))
        .route("/desk/quit", post(quit))
        .route("/desk/page", get(page))
        .with_state(windows)
}

/// The page to show, once it is another wish than the one seen: a count and a path.
async fn page(
    State(windows): State<Arc<Windows>>,
    axum::extract::Query(Seen { seen }): axum::extract::Query<Seen>,
) -> String {
    let mut page = windows.page.subscribe();
    let wished = page.wait_for(|(count, _)| *count != seen).await;
    wished.map_or(String::new(), |wished| format!("{} {}", wished.0, wished.1))
}
