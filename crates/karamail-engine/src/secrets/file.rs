//! `secrets.toml` in the data folder: a section for each address, with `pop3` and `smtp`. Only its owner may read it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use karamail_core::address::EmailAddress;
use karamail_core::limits::SECRETS_FILE_BYTES;
use toml::de::{DeTable, DeValue};
use toml_edit::{DocumentMut, Item, Table, value};
use zeroize::Zeroizing;

use super::{Password, SecretFault, SecretKind};
use crate::config::Mailbox;
use crate::config::replace::{Rights, replace};

const HEAD: &str = "# 空メール受付のパスワード。このファイルは持ち主だけが読めるようにしておきます。\n\
                    # Karamail's passwords. Keep this file readable by its owner alone.\n\n";

#[derive(Debug)]
pub(super) struct SecretsFile {
    path: PathBuf,
    /// Two changes at once must not lose one another.
    changing: Mutex<()>,
}

impl SecretsFile {
    pub(super) fn new(data: &Path) -> SecretsFile {
        SecretsFile {
            path: data.join("secrets.toml"),
            changing: Mutex::new(()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn get(&self, mailbox: &Mailbox, kind: SecretKind) -> Result<Option<Password>, SecretFault> {
        let Some(text) = self.read()? else { return Ok(None) };
        let table = DeTable::parse(&text).map_err(|error| self.malformed(&text, error.span()))?;
        // The address first: another mailbox may have it as its name.
        let of_address = table
            .get_ref()
            .iter()
            .find(|(name, _)| is_address(name.get_ref(), mailbox));
        let of_name = || {
            table
                .get_ref()
                .iter()
                .find(|(name, _)| name.get_ref() == &mailbox.name)
        };
        let Some((_, section)) = of_address.or_else(of_name) else {
            return Ok(None);
        };
        let DeValue::Table(section_table) = section.get_ref() else {
            return Err(self.malformed(&text, Some(section.span())));
        };
        match section_table
            .get(kind.name())
            .map(|found| (found.get_ref(), found.span()))
        {
            None => Ok(None),
            Some((DeValue::String(password), span)) => {
                let password = Password::new(password.as_ref());
                super::check(&password).map_err(|_| self.malformed(&text, Some(span)))?;
                Ok(Some(password))
            }
            Some((_, span)) => Err(self.malformed(&text, Some(span))),
        }
    }

    pub(super) fn set(
        &self,
        mailbox: &Mailbox,
        kind: SecretKind,
        password: &Password,
    ) -> Result<(), SecretFault> {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let text = self.read()?.unwrap_or_else(|| Zeroizing::new(HEAD.to_owned()));
        let mut root = self.edit(&text)?;
        let section = section_of(&root, mailbox).unwrap_or_else(|| mailbox.address.to_string());
        let item = root.entry(&section).or_insert_with(|| Item::Table(Table::new()));
        let table = item
            .as_table_like_mut()
            .ok_or_else(|| self.malformed(&text, None))?;
        table.insert(kind.name(), value(password.expose()));
        self.write(&root)
    }

    /// Removes a password; `false`: it was not there.
    pub(super) fn clear(&self, mailbox: &Mailbox, kind: SecretKind) -> Result<bool, SecretFault> {
        self.clear_where(kind, |section| belongs(section, mailbox))
    }

    /// Removes a password from where `before` had it and `after` has not.
    pub(super) fn clear_left(
        &self,
        before: &Mailbox,
        after: &Mailbox,
        kind: SecretKind,
    ) -> Result<bool, SecretFault> {
        self.clear_where(kind, |section| {
            belongs(section, before) && !belongs(section, after)
        })
    }

    fn clear_where(&self, kind: SecretKind, is_meant: impl Fn(&str) -> bool) -> Result<bool, SecretFault> {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(text) = self.read()? else {
            return Ok(false);
        };
        let mut root = self.edit(&text)?;
        let mut removed = false;
        // Under its address and under its name: what is cleared must not come back from the other one.
        while let Some(section) = section_with(&root, kind, &is_meant) {
            let table = root.get_mut(&section).and_then(Item::as_table_like_mut);
            removed |= table.is_some_and(|table| table.remove(kind.name()).is_some());
            if root
                .get(&section)
                .and_then(Item::as_table_like)
                .is_some_and(|table| table.is_empty())
            {
                root.remove(&section);
            }
        }
        if removed {
            self.write(&root)?;
        }
        Ok(removed)
    }

    fn edit(&self, text: &str) -> Result<DocumentMut, SecretFault> {
        text.parse()
            .map_err(|error: toml_edit::TomlError| self.malformed(text, error.span()))
    }

    fn read(&self) -> Result<Option<Zeroizing<String>>, SecretFault> {
        let unreadable = |reason: String| SecretFault::Unreadable {
            path: self.path.clone(),
            reason,
        };
        let metadata = match std::fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let mode = metadata.mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(SecretFault::OpenToOthers {
                    path: self.path.clone(),
                    mode,
                });
            }
        }
        if metadata.len() > SECRETS_FILE_BYTES {
            return Err(unreadable(format!("{} bytes", metadata.len())));
        }
        let bytes = Zeroizing::new(std::fs::read(&self.path).map_err(|error| unreadable(error.to_string()))?);
        let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        match std::str::from_utf8(plain) {
            Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
            Err(error) => {
                let lines = plain
                    .iter()
                    .take(error.valid_up_to())
                    .filter(|byte| **byte == b'\n')
                    .count();
                Err(SecretFault::Malformed {
                    path: self.path.clone(),
                    line: lines + 1,
                })
            }
        }
    }

    fn write(&self, root: &DocumentMut) -> Result<(), SecretFault> {
        let text = Zeroizing::new(root.to_string());
        let failed = |error: std::io::Error| SecretFault::NotWritten {
            path: self.path.clone(),
            reason: error.to_string(),
        };
        if let Some(folder) = self.path.parent() {
            create_private_folder(folder).map_err(failed)?;
        }
        replace(&self.path, text.as_bytes(), Rights::OwnerOnly).map_err(failed)
    }

    /// The parser's own words would show the line, and with it a password.
    fn malformed(&self, text: &str, span: Option<std::ops::Range<usize>>) -> SecretFault {
        let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or(text);
        SecretFault::Malformed {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
        }
    }
}

/// The section that a password of this mailbox is stored in, where there is one.
fn section_of(root: &DocumentMut, mailbox: &Mailbox) -> Option<String> {
    let names = || root.iter().map(|(name, _)| name);
    let found = names()
        .find(|name| is_address(name, mailbox))
        .or_else(|| names().find(|name| *name == mailbox.name));
    found.map(str::to_owned)
}

fn section_with(root: &DocumentMut, kind: SecretKind, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let holds = |item: &Item| {
        item.as_table_like()
            .is_some_and(|table| table.contains_key(kind.name()))
    };
    root.iter()
        .find(|(name, item)| is_meant(name) && holds(item))
        .map(|(name, _)| name.to_owned())
}

/// Whether a password of this mailbox may stand in this section.
fn belongs(section: &str, mailbox: &Mailbox) -> bool {
    is_address(section, mailbox) || section == mailbox.name
}

fn is_address(name: &str, mailbox: &Mailbox) -> bool {
    EmailAddress::parse(name).is_ok_and(|address| address.key() == mailbox.address.key())
}

fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
