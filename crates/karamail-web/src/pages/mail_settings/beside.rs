//! The passwords that are stored together with a mailbox's settings: both, or neither.
//!
//! The passwords are stored under the mailbox as it will be, then the file is written, then what is needed no more is
//! removed. Where the file is not written, the passwords are as before; where they cannot be stored, the file is not written.

use karamail_core::words::Told;
use karamail_core::words::screens::mailbox as words;
use karamail_engine::config::SettingsFile;
use karamail_engine::secrets::{PasswordChange, Typed};

use super::posted::PostedMailbox;
use crate::app::App;
use crate::pages::settings::form::{Beside, Posted};

/// The passwords of a mailbox that is being saved.
pub(super) struct WithPasswords<'p> {
    pub(super) app: App,
    pub(super) posted: &'p PostedMailbox,
    pub(super) typed: Typed,
    pub(super) is_new: bool,
    pub(super) change: Option<PasswordChange>,
    /// Why an old password could not be removed.
    pub(super) left_behind: Option<String>,
}

impl Beside for WithPasswords<'_> {
    fn slips(&self, _: &Posted) -> Vec<(String, String)> {
        self.posted.slips(self.app.language())
    }

    async fn prepare(&mut self, file: &SettingsFile) -> Result<(), String> {
        let language = self.app.language();
        let number = self.posted.number;
        let Some(after) = file.mailbox_alone(number) else {
            let is_any_typed = self.typed.pop3.is_some() || self.typed.smtp.is_some();
            return match is_any_typed {
                true => Err(words::unstored_for_faults(language)),
                false => Ok(()),
            };
        };
        let before = match self.is_new {
            true => None,
            false => SettingsFile::open(&self.app.program.places().config)
                .ok()
                .and_then(|file| file.mailbox_alone(number)),
        };
        let secrets = self.app.program.secrets();
        match secrets.prepare(before.as_ref(), &after, self.typed.clone()).await {
            Ok(change) => {
                self.change = Some(change);
                Ok(())
            }
            Err(fault) => Err(words::unstored(language, &fault.told_on_screen(language))),
        }
    }

    async fn finish(&mut self, is_written: bool) {
        let Some(change) = self.change.take() else { return };
        let secrets = self.app.program.secrets();
        if !is_written {
            return secrets.take_back(change).await;
        }
        if let Err(fault) = secrets.settle(change).await {
            self.left_behind = Some(fault.told_on_screen(self.app.language()));
        }
        self.app.program.passwords_changed().await;
    }
}
