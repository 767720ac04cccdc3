//! The wake-up: a small file in the data folder that a command touches when it has written a request. It is watched, so
//! that nothing is polled at rest.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use karamail_core::limits::REQUESTS_POLL;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// The file's name in the data folder. The file itself is watched, not the folder: the ledger is written there all day.
const FILE_NAME: &str = "wake";

/// Waits for commands that touch the wake-up file.
pub(super) struct WakeUp {
    touched: Arc<Notify>,
    /// Keeps the watch; without one (network drives, a system without inotify) the table is looked at now and then.
    watcher: Option<RecommendedWatcher>,
}

impl WakeUp {
    /// Makes the file where it is missing, and begins to watch it.
    pub(super) fn watch(data_folder: &Path) -> WakeUp {
        let touched = Arc::new(Notify::new());
        let teller = Arc::clone(&touched);
        let watcher = touch(data_folder)
            .map_err(notify::Error::io)
            .and_then(|()| {
                let mut watcher =
                    notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                        if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
                            teller.notify_one();
                        }
                    })?;
                watcher.watch(&data_folder.join(FILE_NAME), RecursiveMode::NonRecursive)?;
                Ok(watcher)
            })
            .inspect_err(|error| tracing::warn!(%error, "the wake-up file cannot be watched"))
            .ok()
            .filter(|_| !crate::config::tells_nothing(data_folder));
        WakeUp { touched, watcher }
    }

    /// Resolves when the file was touched since the last call. Cancel-safe.
    pub(super) async fn touched(&self) {
        match &self.watcher {
            Some(_) => self.touched.notified().await,
            None => tokio::time::sleep(REQUESTS_POLL).await,
        }
    }
}

/// Touches the file: a request was written. In place, so that the watch on it stays.
pub fn touch(data_folder: &Path) -> io::Result<()> {
    let mut file = std::fs::File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .open(data_folder.join(FILE_NAME))?;
    file.write_all(b"!")
}
