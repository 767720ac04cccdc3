//! Passwords: never in the settings file, never in a log, gone from memory when no longer needed.
//!
//! They are looked for where the user typed them this run, in the environment, in `secrets.toml` in the data folder, and
//! in the system's keyring. With `save_password = false` only the first two count, and the caller asks.

mod environment;
mod file;
mod keyring;
mod moving;
mod password;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use karamail_core::limits::PASSWORD_BYTES;
use karamail_core::words::secrets as words;
use karamail_core::words::{Language, Told};

pub use self::environment::Environment;
use self::file::SecretsFile;
use self::keyring::Keyring;
pub use self::moving::{PasswordChange, Typed};
pub use self::password::{Credentials, Password};
use crate::config::{Mailbox, Settings, SmtpAuthentication};

/// Which of a mailbox's two logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// For fetching.
    Pop3,
    /// For sending.
    Smtp,
}

/// Where a password was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// Typed since the program started.
    ThisRun,
    /// In this environment variable.
    Environment(String),
    /// In the secrets file.
    File,
    /// In the system's keyring.
    Keyring,
}

/// What came of looking for a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// There is one.
    Found {
        /// The password.
        password: Password,
        /// Where it was.
        source: SecretSource,
    },
    /// There is none.
    Missing {
        /// The shop wants to be asked (`save_password = false`): ask, and call [`Secrets::remember_for_this_run`].
        ask: bool,
    },
}

/// What came of looking for a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsLookup {
    /// The server wants none.
    NotNeeded,
    /// There is one.
    Found(Credentials),
    /// Its password is missing, as in [`Lookup::Missing`].
    Missing {
        /// Whether to ask for it.
        ask: bool,
    },
}

/// Where a password was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// In the system's keyring.
    Keyring,
    /// In this secrets file, because there is no keyring here.
    File(PathBuf),
    /// Only until the program ends, because `save_password = false`.
    ThisRun,
}

/// Where a password was removed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// From the secrets file.
    pub file: bool,
    /// From the keyring.
    pub keyring: bool,
}

/// Whether the system's keyring takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyringUse {
    /// It does, where there is one.
    System,
    /// It does not.
    Off,
}

/// Why passwords cannot be read or stored. No text of it holds a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// Others on this computer can read the secrets file; it is not used.
    #[error("{} can be read by others (mode {mode:03o})", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The secrets file cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The secrets file is not written as it should be.
    #[error("{} is malformed in line {line}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The first line that is wrong.
        line: usize,
    },
    /// The secrets file cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The environment variable holds something that is no text, or no password.
    #[error("the environment variable {0} holds no password")]
    BadVariable(String),
    /// A password with a line end or NUL, an empty one, or one that is too long.
    #[error("this cannot be a password")]
    NoPassword,
    /// The keyring is there but does not remove the password.
    #[error("the keyring keeps the password: {0}")]
    KeyringRefuses(String),
}

impl Told for SecretFault {
    fn what(&self, language: Language) -> String {
        let shown = |path: &Path| path.display().to_string();
        match self {
            SecretFault::OpenToOthers { path, .. } => words::open_to_others(language, &shown(path)),
            SecretFault::Unreadable { path, reason } => words::unreadable(language, &shown(path), reason),
            SecretFault::Malformed { path, line } => words::malformed(language, &shown(path), *line),
            SecretFault::NotWritten { path, reason } => words::not_written(language, &shown(path), reason),
            SecretFault::BadVariable(name) => words::bad_variable(language, name),
            SecretFault::NoPassword => words::no_password(language),
            SecretFault::KeyringRefuses(reason) => words::keyring_refuses(language, reason),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(match self {
            SecretFault::OpenToOthers { path, .. } => {
                words::open_to_others_advice(language, &path.display().to_string())
            }
            SecretFault::Unreadable { .. } => words::unreadable_advice(language),
            SecretFault::Malformed { .. } => words::malformed_advice(language),
            SecretFault::NotWritten { .. } => words::not_written_advice(language),
            SecretFault::BadVariable(_) => words::bad_variable_advice(language),
            SecretFault::NoPassword => words::no_password_advice(language),
            SecretFault::KeyringRefuses(_) => words::keyring_refuses_advice(language),
        })
    }
}

impl Told for Stored {
    fn what(&self, language: Language) -> String {
        match self {
            Stored::Keyring => words::stored_in_keyring(language),
            Stored::File(path) => words::stored_in_file(language, &path.display().to_string()),
            Stored::ThisRun => words::stored_for_this_run(language),
        }
    }
}

/// The passwords of all mailboxes.
pub struct Secrets {
    environment: Environment,
    file: SecretsFile,
    keyring: Keyring,
    this_run: Mutex<HashMap<(String, SecretKind), Password>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Secrets")
            .field("file", &self.file.path())
            .finish_non_exhaustive()
    }
}

impl Secrets {
    /// The passwords for this data folder, with the process's environment and, unless `KARAMAIL_KEYRING=off`, the
    /// system's keyring. Nothing is read yet, and nothing need be there.
    pub fn open(data: &Path) -> Secrets {
        let environment = Environment::Process;
        let off =
            matches!(environment.variable("KARAMAIL_KEYRING"), Ok(Some(word)) if word.expose() == "off");
        let keyring = if off { KeyringUse::Off } else { KeyringUse::System };
        Secrets::with(data, environment, keyring)
    }

    /// As [`Secrets::open`], with everything given.
    pub fn with(data: &Path, environment: Environment, keyring: KeyringUse) -> Secrets {
        Secrets {
            environment,
            file: SecretsFile::new(data),
            keyring: Keyring::new(keyring),
            this_run: Mutex::new(HashMap::new()),
        }
    }

    /// Looks for a password of one of the settings' mailboxes. With `same_credentials_as_pop3`, the one for sending is
    /// the one for fetching.
    ///
    /// # Errors
    /// A variable or file that is there but unusable. A keyring that is absent, locked or slow counts as empty.
    pub async fn get(
        &self,
        settings: &Settings,
        mailbox: &Mailbox,
        kind: SecretKind,
    ) -> Result<Lookup, SecretFault> {
        let kind = effective(mailbox, kind);
        let found = |password, source| Ok(Lookup::Found { password, source });
        if let Some(password) = self.this_run().get(&account(mailbox, kind)) {
            return found(password.clone(), SecretSource::ThisRun);
        }
        if let Some((name, password)) = self.environment.password(settings, mailbox, kind)? {
            return found(password, SecretSource::Environment(name));
        }
        if !may_save(mailbox, kind) {
            return Ok(Lookup::Missing { ask: true });
        }
        if let Some(password) = self.file.get(mailbox, kind)? {
            return found(password, SecretSource::File);
        }
        if let Some(password) = self.keyring.get(entry_name(mailbox, kind)).await {
            return found(password, SecretSource::Keyring);
        }
        Ok(Lookup::Missing { ask: false })
    }

    /// Looks for the whole login, as far as the server wants one.
    ///
    /// # Errors
    /// As [`Secrets::get`].
    pub async fn credentials(
        &self,
        settings: &Settings,
        mailbox: &Mailbox,
        kind: SecretKind,
    ) -> Result<CredentialsLookup, SecretFault> {
        let user = match kind {
            SecretKind::Pop3 => &mailbox.pop3.user,
            SecretKind::Smtp if mailbox.smtp.authentication == SmtpAuthentication::Password => {
                &mailbox.smtp.user
            }
            SecretKind::Smtp => return Ok(CredentialsLookup::NotNeeded),
        };
        Ok(match self.get(settings, mailbox, kind).await? {
            Lookup::Found { password, .. } => CredentialsLookup::Found(Credentials {
                user: user.clone(),
                password,
            }),
            Lookup::Missing { ask } => CredentialsLookup::Missing { ask },
        })
    }

    /// Stores a password: in the keyring where that works, otherwise in the secrets file. One that was typed for this run
    /// gives way to it.
    ///
    /// A variable of the environment still comes first; [`Secrets::get`] tells.
    ///
    /// # Errors
    /// [`SecretFault::NoPassword`], or what is wrong with the secrets file.
    pub async fn set(
        &self,
        mailbox: &Mailbox,
        kind: SecretKind,
        password: &Password,
    ) -> Result<Stored, SecretFault> {
        check(password)?;
        let kind = effective(mailbox, kind);
        if !may_save(mailbox, kind) {
            self.remember_for_this_run(mailbox, kind, password.clone());
            return Ok(Stored::ThisRun);
        }
        let stored = if self
            .keyring
            .set(entry_name(mailbox, kind), password.clone())
            .await
        {
            // An older one in the file would come first.
            self.file.clear(mailbox, kind)?;
            Stored::Keyring
        } else {
            self.file.set(mailbox, kind, password)?;
            Stored::File(self.file.path().to_owned())
        };
        self.this_run().remove(&account(mailbox, kind));
        Ok(stored)
    }

    /// Removes a password from the secrets file, the keyring and this run.
    ///
    /// # Errors
    /// What is wrong with the secrets file, or a keyring that is there and refuses.
    pub async fn clear(&self, mailbox: &Mailbox, kind: SecretKind) -> Result<Cleared, SecretFault> {
        let kind = effective(mailbox, kind);
        self.this_run().remove(&account(mailbox, kind));
        let keyring = self.keyring.clear(entry_name(mailbox, kind)).await;
        let file = self.file.clear(mailbox, kind)?;
        Ok(Cleared {
            file,
            keyring: keyring.map_err(SecretFault::KeyringRefuses)?,
        })
    }

    /// Removes both passwords of each mailbox, as [`Secrets::clear`], and goes on where one is refused; `done` hears of
    /// the mailboxes of which nothing is left.
    ///
    /// # Errors
    /// The first fault, once everything was tried.
    pub async fn clear_all(
        &self,
        mailboxes: &[Mailbox],
        mut done: impl FnMut(&Mailbox),
    ) -> Result<(), SecretFault> {
        let mut cleared = Ok(());
        for mailbox in mailboxes {
            let pop3 = self.clear(mailbox, SecretKind::Pop3).await;
            let both = pop3.and(self.clear(mailbox, SecretKind::Smtp).await).map(drop);
            if both.is_ok() {
                done(mailbox);
            }
            cleared = cleared.and(both);
        }
        cleared
    }

    /// Keeps a password that the user typed until the program ends.
    pub fn remember_for_this_run(&self, mailbox: &Mailbox, kind: SecretKind, password: Password) {
        self.this_run()
            .insert(account(mailbox, effective(mailbox, kind)), password);
    }

    /// Forgets a password that the user typed, such as one that the server refused.
    pub fn forget_for_this_run(&self, mailbox: &Mailbox, kind: SecretKind) {
        self.this_run()
            .remove(&account(mailbox, effective(mailbox, kind)));
    }

    fn this_run(&self) -> std::sync::MutexGuard<'_, HashMap<(String, SecretKind), Password>> {
        self.this_run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn effective(mailbox: &Mailbox, kind: SecretKind) -> SecretKind {
    if mailbox.smtp.same_credentials_as_pop3 {
        SecretKind::Pop3
    } else {
        kind
    }
}

fn may_save(mailbox: &Mailbox, kind: SecretKind) -> bool {
    match kind {
        SecretKind::Pop3 => mailbox.pop3.save_password,
        SecretKind::Smtp => mailbox.smtp.save_password,
    }
}

/// Passwords belong to the address, so that renaming a mailbox does not lose them.
fn account(mailbox: &Mailbox, kind: SecretKind) -> (String, SecretKind) {
    (mailbox.address.key(), kind)
}

fn entry_name(mailbox: &Mailbox, kind: SecretKind) -> String {
    format!("{}:{}", kind.name(), mailbox.address.key())
}

/// What could not be sent to a server is refused before it is stored.
fn check(password: &Password) -> Result<(), SecretFault> {
    let text = password.expose();
    let bad = text.is_empty() || text.len() > PASSWORD_BYTES || text.contains(['\r', '\n', '\0']);
    if bad { Err(SecretFault::NoPassword) } else { Ok(()) }
}

impl SecretKind {
    /// Its key in the secrets file.
    fn name(self) -> &'static str {
        match self {
            SecretKind::Pop3 => "pop3",
            SecretKind::Smtp => "smtp",
        }
    }
}

#[cfg(test)]
mod tests;
