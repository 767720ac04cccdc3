//! The system's keyring, which may be absent (no desktop), locked (it asks the user) or stuck. It is asked on a thread of
//! its own with a time limit; whatever goes wrong means "no keyring here".

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ::keyring::{Entry, Error};
use karamail_core::limits::{KEYRING_REST, KEYRING_WAIT};
use tokio::sync::{Mutex, oneshot};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{KeyringUse, Password};

/// The name under which passwords are kept; users see it in their keyring's window.
const SERVICE: &str = "Karamail";

#[derive(Debug)]
pub(super) struct Keyring {
    wanted: KeyringUse,
    /// One question at a time.
    turn: Mutex<()>,
    /// A question is still open, perhaps for ever.
    stuck: Arc<AtomicBool>,
    /// Until when polling leaves it alone.
    resting: std::sync::Mutex<Option<Instant>>,
}

impl Keyring {
    pub(super) fn new(wanted: KeyringUse) -> Keyring {
        Keyring {
            wanted,
            turn: Mutex::new(()),
            stuck: Arc::new(AtomicBool::new(false)),
            resting: std::sync::Mutex::new(None),
        }
    }

    /// Looks for a password. Called at every poll, so a keyring that does not open is not asked again for a while.
    pub(super) async fn get(&self, entry: String) -> Option<Password> {
        if self.is_resting(Instant::now()) {
            return None;
        }
        let work = move || Entry::new(SERVICE, &entry)?.get_password().map(Password::new);
        match self.ask(work).await {
            Some(Ok(password)) => super::check(&password).ok().map(|()| password),
            Some(Err(Error::NoEntry)) => None,
            Some(Err(error)) => {
                tracing::debug!(%error, "the keyring is not usable");
                self.rest_until(Some(Instant::now() + KEYRING_REST));
                None
            }
            None => {
                self.rest_until(Some(Instant::now() + KEYRING_REST));
                None
            }
        }
    }

    fn is_resting(&self, now: Instant) -> bool {
        let until = *self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| now < until)
    }

    fn rest_until(&self, until: Option<Instant>) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Stores a password and reads it back; `false`: it is not there afterwards.
    pub(super) async fn set(&self, entry: String, password: Password) -> bool {
        let work = move || {
            let entry = Entry::new(SERVICE, &entry)?;
            entry.set_password(password.expose())?;
            let read_back = Zeroizing::new(entry.get_password()?);
            Ok::<bool, Error>(*read_back == password.expose())
        };
        match self.ask(work).await {
            Some(Ok(kept)) => {
                self.rest_until(None);
                kept
            }
            Some(Err(error)) => {
                tracing::debug!(%error, "the keyring does not store");
                false
            }
            None => false,
        }
    }

    /// Removes a password; `Ok(false)`: it was not there, or there is no keyring.
    pub(super) async fn clear(&self, entry: String) -> Result<bool, String> {
        let work = move || {
            // A keyring that cannot be opened holds nothing that could be found later either.
            let Ok(entry) = Entry::new(SERVICE, &entry) else {
                return Ok(false);
            };
            match entry.delete_credential() {
                Ok(()) => Ok(true),
                Err(Error::NoEntry | Error::NoStorageAccess(_) | Error::NoDefaultStore) => Ok(false),
                Err(error) => Err(error.to_string()),
            }
        };
        self.ask(work).await.unwrap_or(Ok(false))
    }

    async fn ask<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        if self.wanted == KeyringUse::Off || !is_likely() {
            return None;
        }
        self.ask_within(KEYRING_WAIT, work).await
    }

    async fn ask_within<T: Send + 'static>(
        &self,
        wait: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.turn.lock().await;
        if self.stuck.swap(true, Ordering::AcqRel) {
            return None;
        }
        let open = OpenQuestion(Arc::clone(&self.stuck));
        let (tell, answer) = oneshot::channel();
        // No task of the runtime: one that is stuck would keep the program from ending.
        let thread = std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let answer = work();
                drop(open);
                let _ = tell.send(answer);
            });
        thread.ok()?;
        tokio::time::timeout(wait, answer).await.ok()?.ok()
    }
}

/// Lowers the flag when the question is answered, also by a panic.
struct OpenQuestion(Arc<AtomicBool>);

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Whether it makes sense to ask: without a session bus, a Unix machine has no keyring, and looking for one would start
/// programs.
fn is_likely() -> bool {
    if !cfg!(unix) || cfg!(target_os = "macos") {
        return true;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stuck_keyring_holds_nobody_up_and_is_asked_again_when_it_answers() {
        let keyring = Keyring::new(KeyringUse::System);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (ended, end) = oneshot::channel();
        let work = move || {
            let _ = held.recv();
            let _ = ended.send(());
        };
        assert_eq!(keyring.ask_within(Duration::from_millis(10), work).await, None);
        let patience = Duration::from_secs(30);
        assert_eq!(
            keyring.ask_within(patience, || 1).await,
            None,
            "no second thread for a stuck keyring"
        );
        drop(release);
        end.await.unwrap();
        while keyring.stuck.load(Ordering::Acquire) {
            tokio::task::yield_now().await;
        }
        assert_eq!(keyring.ask_within(patience, || 2).await, Some(2));
    }

    #[tokio::test]
    async fn a_keyring_that_does_not_open_is_left_alone_for_a_while() {
        let keyring = Keyring::new(KeyringUse::Off);
        assert_eq!(keyring.get("pop3:a@example.jp".to_owned()).await, None);
        assert!(keyring.is_resting(Instant::now()));
        assert!(!keyring.is_resting(Instant::now() + KEYRING_REST));
    }

    #[tokio::test]
    async fn a_keyring_that_is_off_is_never_asked() {
        let keyring = Keyring::new(KeyringUse::Off);
        assert_eq!(keyring.ask(|| panic!("asked")).await, None::<()>);
        assert_eq!(keyring.get("pop3:a@example.jp".to_owned()).await, None);
        assert!(
            !keyring
                .set("pop3:a@example.jp".to_owned(), Password::new("x"))
                .await
        );
        assert_eq!(keyring.clear("pop3:a@example.jp".to_owned()).await, Ok(false));
    }
}
