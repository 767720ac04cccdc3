//! Changes of the settings while the program runs.
//!
//! Editors write a new file and rename it, truncate and write again, or save in several steps; therefore the folder is
//! watched, and the file is read once the folder has been quiet for a moment. Whoever waits hears only of real changes:
//! other settings, or other faults. Nothing here replaces settings; the engine does that with what it is given.
//!
//! Invariant: at rest nothing wakes up. Only where the system does not tell of changes (network drives) are the files
//! looked at now and then.

mod network;

pub(crate) use network::tells_nothing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use karamail_core::limits::{CONFIG_DEBOUNCE, CONFIG_DEBOUNCE_MOST, CONFIG_POLL, CONFIG_WATCHED_FOLDERS};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::faults::ConfigFaults;
use super::load::{self, Reading, folder_of};
use super::settings::Settings;

/// Waits for changes of a settings file and of the files it names.
#[derive(Debug)]
pub struct SettingsWatcher {
    path: PathBuf,
    known: Known,
    /// What the settings name, as of the last reading.
    files: Vec<PathBuf>,
    signal: Arc<Signal>,
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
    /// When the files are looked at next, where nobody tells of changes.
    next_look: Option<Instant>,
    stamps: Vec<Stamp>,
    /// A change was seen; the file is read when the folder is quiet.
    pending: Option<Pending>,
    /// The last reading looked half-written and gets one more chance before it is told.
    doubtful: bool,
}

/// What is known of the settings, to tell a change from a touch.
#[derive(Debug, PartialEq)]
enum Known {
    Good(Box<Settings>, [u8; 32]),
    Bad(ConfigFaults),
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    first: Instant,
    quiet_at: Instant,
}

/// From the system's thread to whoever waits.
#[derive(Debug, Default)]
struct Signal {
    changed: Notify,
    /// A watched folder itself went away or was replaced.
    folder_moved: AtomicBool,
    interest: Mutex<Interest>,
}

#[derive(Debug, Default)]
struct Interest {
    /// File names in lower case: some systems do not tell them apart.
    names: BTreeSet<String>,
    folders: BTreeSet<PathBuf>,
}

/// When a file was changed and how large it is; `None`: it is not there.
type Stamp = Option<(Option<SystemTime>, u64)>;

impl SettingsWatcher {
    /// Begins to watch, then reads the file, so that no change falls between the two.
    ///
    /// The file need not be there, nor its folder.
    ///
    /// # Errors
    /// Everything that is wrong with the file now. The watcher works all the same and tells when it gets better.
    pub fn start(path: &Path) -> (SettingsWatcher, Result<Settings, ConfigFaults>) {
        let signal = Arc::new(Signal::default());
        let teller = Arc::clone(&signal);
        let watcher = notify::recommended_watcher(move |event| teller.take(event)).ok();
        let mut this = SettingsWatcher {
            path: path.to_owned(),
            known: Known::Bad(ConfigFaults {
                path: path.to_owned(),
                faults: Vec::new(),
            }),
            files: Vec::new(),
            signal,
            watcher,
            watched: BTreeSet::new(),
            next_look: None,
            stamps: Vec::new(),
            pending: None,
            doubtful: false,
        };
        this.watch();
        let reading = load::load(path);
        let result = reading.result.clone();
        this.files.clone_from(&reading.files);
        this.known = Known::of(reading);
        this.watch();
        this.stamps = stamps(&this.all_files());
        (this, result)
    }

    /// Waits until the settings are others than they were, or are wrong in another way.
    ///
    /// Cancel-safe: dropping the future loses no change.
    ///
    /// # Errors
    /// The faults of the changed file; the settings in force stay as they are.
    pub async fn changed(&mut self) -> Result<Settings, ConfigFaults> {
        loop {
            if let Some(result) = self.next_reading().await {
                return result;
            }
        }
    }

    /// Waits for one reading of the file; `None`: it says nothing new, or is in the middle of being written.
    async fn next_reading(&mut self) -> Option<Result<Settings, ConfigFaults>> {
        let pending = loop {
            match self.pending {
                None => self.wait_for_sign().await,
                Some(pending) => {
                    tokio::select! {
                        biased;
                        () = self.signal.changed.notified() => self.pending = Some(pending.again()),
                        () = sleep_until(pending.quiet_at) => break pending,
                    }
                }
            }
        };
        let path = self.path.clone();
        let reading = tokio::task::spawn_blocking(move || load::load(&path)).await;
        // From here on nothing waits: what was read is taken whole, or (cancelled above) read again.
        self.pending = None;
        let reading = match reading {
            Ok(reading) => reading,
            // The runtime is going down, or reading panicked; the next change reads again.
            Err(error) => {
                tracing::error!(%error, "reading the settings failed");
                return None;
            }
        };
        let half_written = reading
            .result
            .as_ref()
            .err()
            .is_some_and(ConfigFaults::may_be_half_written);
        if half_written && !self.doubtful {
            self.doubtful = true;
            let at = Instant::now();
            self.pending = Some(Pending {
                first: pending.first,
                quiet_at: at + 2 * CONFIG_DEBOUNCE,
            });
            return None;
        }
        self.doubtful = false;
        self.take(reading)
    }

    /// Waits for a sign that some file may have changed.
    async fn wait_for_sign(&mut self) {
        match self.next_look {
            None => self.signal.changed.notified().await,
            Some(at) => {
                tokio::select! {
                    () = self.signal.changed.notified() => {}
                    () = sleep_until(at) => {
                        let files = self.all_files();
                        let now = tokio::task::spawn_blocking(move || stamps(&files)).await.unwrap_or_default();
                        self.next_look = Some(Instant::now() + CONFIG_POLL);
                        if now == self.stamps {
                            return;
                        }
                        self.stamps = now;
                    }
                }
            }
        }
        let now = Instant::now();
        self.pending = Some(Pending {
            first: now,
            quiet_at: now + CONFIG_DEBOUNCE,
        });
    }

    fn take(&mut self, reading: Reading) -> Option<Result<Settings, ConfigFaults>> {
        // A file that cannot be read names no others; those of the last good one may be what gets mended.
        if reading.result.is_ok() || !reading.files.is_empty() {
            self.files.clone_from(&reading.files);
        }
        self.watch();
        let result = reading.result.clone();
        let known = Known::of(reading);
        if known == self.known {
            return None;
        }
        self.known = known;
        Some(result)
    }

    /// The settings file and what it names, each also under the name that a link leads to.
    fn all_files(&self) -> Vec<PathBuf> {
        let named = std::iter::once(&self.path).chain(&self.files);
        named
            .flat_map(|file| [Some(file.clone()), file.canonicalize().ok()])
            .flatten()
            .collect()
    }

    /// Watches the folders of all files; where that fails for any, the files are looked at now and then.
    fn watch(&mut self) {
        let files = self.all_files();
        let folders: BTreeSet<PathBuf> = files
            .iter()
            .map(|file| folder_of(file))
            .take(CONFIG_WATCHED_FOLDERS)
            .collect();
        {
            let mut interest = self
                .signal
                .interest
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            interest.names = files.iter().filter_map(|file| lower_name(file)).collect();
            interest.folders.clone_from(&folders);
        }
        let all_anew = self.signal.folder_moved.swap(false, Ordering::AcqRel);
        let mut blind = folders.iter().any(|folder| network::tells_nothing(folder));
        if let Some(watcher) = &mut self.watcher {
            let gone = self
                .watched
                .iter()
                .filter(|folder| all_anew || !folders.contains(*folder));
            for folder in gone.cloned().collect::<Vec<_>>() {
                // It may have gone from the disk already, and the watch with it.
                let _ = watcher.unwatch(&folder);
                self.watched.remove(&folder);
            }
            for folder in &folders {
                if self.watched.contains(folder) {
                    continue;
                }
                match watcher.watch(folder, RecursiveMode::NonRecursive) {
                    Ok(()) => {
                        self.watched.insert(folder.clone());
                    }
                    Err(error) => {
                        tracing::warn!(folder = %folder.display(), %error, "the settings folder cannot be watched");
                        blind = true;
                    }
                }
            }
        } else {
            blind = true;
        }
        self.next_look = match (blind, self.next_look) {
            (true, Some(at)) => Some(at),
            (true, None) => Some(Instant::now() + CONFIG_POLL),
            (false, _) => None,
        };
    }
}

impl Known {
    fn of(reading: Reading) -> Known {
        match reading.result {
            Ok(settings) => Known::Good(Box::new(settings), reading.contents),
            Err(faults) => Known::Bad(faults),
        }
    }
}

impl Pending {
    /// One more change: quiet begins anew, but not for ever.
    fn again(self) -> Pending {
        let quiet_at = (Instant::now() + CONFIG_DEBOUNCE).min(self.first + CONFIG_DEBOUNCE_MOST);
        Pending { quiet_at, ..self }
    }
}

impl Signal {
    /// On the system's thread: says whether the event concerns us, and nothing more.
    fn take(&self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            self.changed.notify_one();
            return;
        };
        let of_no_account = match event.kind {
            // Our own reading is an access too.
            EventKind::Access(kind) => kind != AccessKind::Close(AccessMode::Write),
            _ => false,
        };
        if of_no_account {
            return;
        }
        let interest = self.interest.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = event.paths.iter().any(|path| interest.folders.contains(path));
        if folder {
            self.folder_moved.store(true, Ordering::Release);
        }
        let named = || {
            event
                .paths
                .iter()
                .filter_map(|path| lower_name(path))
                .any(|name| interest.names.contains(&name))
        };
        if folder || event.need_rescan() || named() {
            self.changed.notify_one();
        }
    }
}

fn lower_name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().to_lowercase())
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    let stamp = |file: &PathBuf| {
        let metadata = std::fs::metadata(file).ok()?;
        Some((metadata.modified().ok(), metadata.len()))
    };
    files.iter().map(stamp).collect()
}

#[cfg(test)]
mod tests;
