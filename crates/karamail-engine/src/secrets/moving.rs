//! Passwords that go along with a change of a mailbox's settings: a new address, another name, the same login for both
//! servers, `save_password` on or off.
//!
//! [`Secrets::prepare`] stores what the mailbox will need, before the settings are written; then [`Secrets::settle`] removes
//! what it needs no more, or, where the settings could not be written, [`Secrets::take_back`] brings back what was there. So no
//! password is lost, and none stays behind under an address that no mailbox has.

use super::{
    Password, SecretFault, SecretKind, SecretSource, Secrets, account, check, effective, entry_name, may_save,
};
use crate::config::Mailbox;

/// What was typed for a mailbox. `None` keeps what is stored.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// For fetching.
    pub pop3: Option<Password>,
    /// For sending, where that is another login.
    pub smtp: Option<Password>,
}

/// Passwords that are stored for settings which are not written yet.
#[must_use = "it is settled, or taken back"]
#[derive(Debug)]
pub struct PasswordChange {
    before: Option<Mailbox>,
    after: Mailbox,
    /// What was there before, of each password that was stored.
    replaced: Vec<(SecretKind, Option<(Password, SecretSource)>)>,
}

const KINDS: [SecretKind; 2] = [SecretKind::Pop3, SecretKind::Smtp];

impl Secrets {
    /// Stores what the mailbox will need: what was typed, and what goes along from `before`. Where this fails, everything is
    /// as it was.
    ///
    /// # Errors
    /// As [`Secrets::set`].
    pub async fn prepare(
        &self,
        before: Option<&Mailbox>,
        after: &Mailbox,
        typed: Typed,
    ) -> Result<PasswordChange, SecretFault> {
        for password in [&typed.pop3, &typed.smtp].into_iter().flatten() {
            check(password)?;
        }
        let mut change = PasswordChange {
            before: before.cloned(),
            after: after.clone(),
            replaced: Vec::new(),
        };
        for (kind, typed) in KINDS.into_iter().zip([typed.pop3, typed.smtp]) {
            // The login for sending is the one for fetching.
            if effective(after, kind) != kind {
                continue;
            }
            if let Err(fault) = self.prepare_one(&mut change, kind, typed).await {
                self.take_back(change).await;
                return Err(fault);
            }
        }
        Ok(change)
    }

    async fn prepare_one(
        &self,
        change: &mut PasswordChange,
        kind: SecretKind,
        typed: Option<Password>,
    ) -> Result<(), SecretFault> {
        let wanted = match typed {
            Some(typed) => Some(typed),
            None => self.goes_along(change, kind).await?,
        };
        let Some(wanted) = wanted else { return Ok(()) };
        let old = self.kept(&change.after, kind).await?;
        change.replaced.push((kind, old));
        self.set(&change.after, kind, &wanted).await.map(|_| ())
    }

    /// What is stored for the mailbox as it was, where it would not be found for the mailbox as it will be.
    async fn goes_along(
        &self,
        change: &PasswordChange,
        kind: SecretKind,
    ) -> Result<Option<Password>, SecretFault> {
        let after = &change.after;
        let Some(before) = &change.before else {
            return Ok(None);
        };
        let had = effective(before, kind);
        // A login of its own for sending begins with the password that was used for it, unless it is another's.
        if had != kind && before.smtp.user != after.smtp.user {
            return Ok(None);
        }
        let stays = had == kind
            && account(before, kind) == account(after, kind)
            && before.name == after.name
            && may_save(before, kind) == may_save(after, kind);
        if stays {
            return Ok(None);
        }
        Ok(self.kept(before, had).await?.map(|(password, _)| password))
    }

    /// The settings were written: removes what the mailbox needs no more.
    ///
    /// # Errors
    /// What is wrong with the secrets file, or a keyring that is there and refuses. The passwords that count are stored.
    pub async fn settle(&self, change: PasswordChange) -> Result<(), SecretFault> {
        let PasswordChange { before, after, .. } = change;
        for kind in KINDS {
            if let Some(before) = &before {
                self.file.clear_left(before, &after, kind)?;
                if account(before, kind) != account(&after, kind) {
                    self.this_run().remove(&account(before, kind));
                    self.clear_keyring(before, kind).await?;
                }
            }
            let is_needless = effective(&after, kind) != kind;
            if is_needless {
                self.this_run().remove(&account(&after, kind));
            }
            if is_needless || !may_save(&after, kind) {
                self.file.clear(&after, kind)?;
                self.clear_keyring(&after, kind).await?;
            }
        }
        Ok(())
    }

    /// The settings could not be written: brings back what was stored before.
    pub async fn take_back(&self, change: PasswordChange) {
        let PasswordChange { after, replaced, .. } = change;
        for (kind, old) in replaced.into_iter().rev() {
            if let Err(fault) = self.restore(&after, kind, old).await {
                tracing::warn!(%fault, "a password could not be taken back");
            }
        }
    }

    async fn restore(
        &self,
        mailbox: &Mailbox,
        kind: SecretKind,
        old: Option<(Password, SecretSource)>,
    ) -> Result<(), SecretFault> {
        match old {
            Some((password, SecretSource::File)) => {
                self.this_run().remove(&account(mailbox, kind));
                self.file.set(mailbox, kind, &password)?;
                self.clear_keyring(mailbox, kind).await
            }
            Some((password, SecretSource::Keyring)) => {
                self.this_run().remove(&account(mailbox, kind));
                self.keyring.set(entry_name(mailbox, kind), password).await;
                Ok(())
            }
            Some((password, _)) => {
                self.remember_for_this_run(mailbox, kind, password);
                self.file.clear(mailbox, kind)?;
                self.clear_keyring(mailbox, kind).await
            }
            None => self.clear(mailbox, kind).await.map(|_| ()),
        }
    }

    /// Removes both passwords of a mailbox that is no more.
    ///
    /// # Errors
    /// As [`Secrets::clear`].
    pub async fn forget(&self, mailbox: &Mailbox) -> Result<(), SecretFault> {
        for kind in KINDS {
            self.this_run().remove(&account(mailbox, kind));
            self.file.clear(mailbox, kind)?;
            self.clear_keyring(mailbox, kind).await?;
        }
        Ok(())
    }

    /// What is kept for a mailbox by this program, whatever the environment says and whether or not it may be used.
    async fn kept(
        &self,
        mailbox: &Mailbox,
        kind: SecretKind,
    ) -> Result<Option<(Password, SecretSource)>, SecretFault> {
        if let Some(password) = self.this_run().get(&account(mailbox, kind)) {
            return Ok(Some((password.clone(), SecretSource::ThisRun)));
        }
        if let Some(password) = self.file.get(mailbox, kind)? {
            return Ok(Some((password, SecretSource::File)));
        }
        let found = self.keyring.get(entry_name(mailbox, kind)).await;
        Ok(found.map(|password| (password, SecretSource::Keyring)))
    }

    async fn clear_keyring(&self, mailbox: &Mailbox, kind: SecretKind) -> Result<(), SecretFault> {
        let cleared = self.keyring.clear(entry_name(mailbox, kind)).await;
        cleared.map(|_| ()).map_err(SecretFault::KeyringRefuses)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::config::Settings;
    use crate::secrets::{Environment, KeyringUse, Lookup};

    struct Shop {
        folder: tempfile::TempDir,
        secrets: Secrets,
    }

    impl Shop {
        fn open() -> Shop {
            let folder = tempfile::tempdir().unwrap();
            let secrets = Secrets::with(
                folder.path(),
                Environment::Given(BTreeMap::new()),
                KeyringUse::Off,
            );
            Shop { folder, secrets }
        }

        fn file(&self) -> String {
            std::fs::read_to_string(self.folder.path().join("secrets.toml")).unwrap_or_default()
        }

        async fn password(&self, settings: &Settings, kind: SecretKind) -> Option<(String, SecretSource)> {
            let found = self.secrets.get(settings, &settings.mailboxes[0], kind).await;
            match found.unwrap() {
                Lookup::Found { password, source } => Some((password.expose().to_owned(), source)),
                Lookup::Missing { .. } => None,
            }
        }

        async fn change(&self, before: &Settings, after: &Settings, typed: Typed) {
            let (before, after) = (&before.mailboxes[0], &after.mailboxes[0]);
            let change = self.secrets.prepare(Some(before), after, typed).await.unwrap();
            self.secrets.settle(change).await.unwrap();
        }
    }

    fn settings(address: &str, name: &str, pop3: &str, smtp: &str) -> Settings {
        let text = format!(
            "[[mailbox]]\nname = \"{name}\"\naddress = \"{address}\"\n[mailbox.pop3]\nhost = \"pop.example.jp\"\nuser = \"u\"\n\
             {pop3}\n[mailbox.smtp]\nhost = \"smtp.example.jp\"\n{smtp}\n"
        );
        Settings::parse(&text, Path::new(".")).unwrap()
    }

    fn typed(pop3: &str, smtp: &str) -> Typed {
        let typed = |text: &str| (!text.is_empty()).then(|| Password::new(text));
        Typed {
            pop3: typed(pop3),
            smtp: typed(smtp),
        }
    }

    fn in_file(password: &str) -> Option<(String, SecretSource)> {
        Some((password.to_owned(), SecretSource::File))
    }

    #[tokio::test]
    async fn a_new_address_takes_its_passwords_along_and_leaves_none_behind() {
        let shop = Shop::open();
        let before = settings("old@example.jp", "店", "", "user = \"s\"");
        shop.change(&before, &before, typed("fetch", "send")).await;
        let after = settings("new@example.jp", "店", "", "user = \"s\"");
        shop.change(&before, &after, Typed::default()).await;
        assert_eq!(shop.password(&after, SecretKind::Pop3).await, in_file("fetch"));
        assert_eq!(shop.password(&after, SecretKind::Smtp).await, in_file("send"));
        assert!(!shop.file().contains("old@example.jp"), "{}", shop.file());
    }

    #[tokio::test]
    async fn a_password_that_stands_under_the_mailboxs_name_goes_along_with_a_new_name_or_address() {
        for (address, name) in [
            ("a@example.jp", "新"),
            ("b@example.jp", "店"),
            ("b@example.jp", "新"),
        ] {
            let shop = Shop::open();
            let file = shop.folder.path().join("secrets.toml");
            std::fs::write(&file, "[\"店\"]\npop3 = \"by hand\"\n").unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
            let before = settings("a@example.jp", "店", "", "");
            let after = settings(address, name, "", "");
            shop.change(&before, &after, Typed::default()).await;
            assert_eq!(
                shop.password(&after, SecretKind::Pop3).await,
                in_file("by hand"),
                "{address} {name}"
            );
            assert_eq!(shop.file().matches("by hand").count(), 1, "{}", shop.file());
        }
    }

    #[tokio::test]
    async fn a_password_that_may_no_longer_be_saved_leaves_the_disk_and_is_kept_for_this_run() {
        let shop = Shop::open();
        let saved = settings("a@example.jp", "店", "", "");
        shop.change(&saved, &saved, typed("fetch", "")).await;
        let unsaved = settings("a@example.jp", "店", "save_password = false", "");
        shop.change(&saved, &unsaved, Typed::default()).await;
        assert_eq!(
            shop.password(&unsaved, SecretKind::Pop3).await,
            Some(("fetch".to_owned(), SecretSource::ThisRun))
        );
        assert!(!shop.file().contains("fetch"), "{}", shop.file());
        shop.change(&unsaved, &saved, Typed::default()).await;
        assert_eq!(shop.password(&saved, SecretKind::Pop3).await, in_file("fetch"));
    }

    #[tokio::test]
    async fn one_login_for_both_servers_forgets_the_second_and_two_begin_with_the_first() {
        let shop = Shop::open();
        let two = settings("a@example.jp", "店", "", "user = \"s\"");
        shop.change(&two, &two, typed("fetch", "send")).await;
        let one = settings("a@example.jp", "店", "", "");
        shop.change(&two, &one, Typed::default()).await;
        assert!(!shop.file().contains("send"), "{}", shop.file());
        let own = settings(
            "a@example.jp",
            "店",
            "",
            "same_credentials_as_pop3 = false\nuser = \"u\"",
        );
        shop.change(&one, &own, Typed::default()).await;
        assert_eq!(shop.password(&own, SecretKind::Smtp).await, in_file("fetch"));
        shop.change(&own, &one, Typed::default()).await;
        shop.change(&one, &two, Typed::default()).await;
        assert_eq!(
            shop.password(&two, SecretKind::Smtp).await,
            None,
            "another's password is not tried"
        );
    }

    #[tokio::test]
    async fn what_is_taken_back_leaves_everything_as_it_was() {
        let shop = Shop::open();
        let before = settings("old@example.jp", "店", "", "user = \"s\"");
        shop.change(&before, &before, typed("fetch", "send")).await;
        let file = shop.file();
        for after in [
            settings("new@example.jp", "店", "", "user = \"s\""),
            settings("old@example.jp", "店", "save_password = false", ""),
            settings("old@example.jp", "別", "", "user = \"t\""),
        ] {
            let change = shop
                .secrets
                .prepare(Some(&before.mailboxes[0]), &after.mailboxes[0], typed("x", "y"))
                .await
                .unwrap();
            shop.secrets.take_back(change).await;
            assert_eq!(shop.file(), file);
            assert_eq!(shop.password(&before, SecretKind::Pop3).await, in_file("fetch"));
            assert_eq!(shop.password(&before, SecretKind::Smtp).await, in_file("send"));
        }
    }

    #[tokio::test]
    async fn of_two_passwords_none_is_stored_where_one_cannot_be() {
        let shop = Shop::open();
        let two = settings("a@example.jp", "店", "", "user = \"s\"");
        let bad = shop
            .secrets
            .prepare(None, &two.mailboxes[0], typed("fetch", "se\nnd"))
            .await;
        assert_eq!(bad.unwrap_err(), SecretFault::NoPassword);
        assert_eq!(shop.file(), "");
    }

    #[tokio::test]
    async fn a_mailbox_that_is_no_more_leaves_no_password() {
        let shop = Shop::open();
        let two = settings("a@example.jp", "店", "", "user = \"s\"");
        shop.change(&two, &two, typed("fetch", "send")).await;
        shop.secrets.forget(&two.mailboxes[0]).await.unwrap();
        assert!(!shop.file().contains("a@example.jp"), "{}", shop.file());
    }
}
