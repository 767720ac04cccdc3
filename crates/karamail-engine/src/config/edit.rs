//! Changing the settings file by program: one value at a time, with all comments kept, and never over a change that a
//! hand made meanwhile. What the file holds now, for a form that shows it, is in `contents`; single lines that are switched
//! on and off are in `lines`.

mod alone;
mod contents;
mod lines;

pub use contents::{FileContents, FileValue, Wording};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use karamail_core::limits::CONFIG_FILE_BYTES;
use karamail_core::words::config as words;
use karamail_core::words::{Language, Told};
use sha2::{Digest, Sha256};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::document::{self, Entry};
use super::faults::{ConfigFault, ConfigFaults};
use super::keys::{Key, Kind, SECTIONS, Section};
use super::load::{self, folder_of};
use super::replace::{self, Rights};
use super::samples::sample;
use super::settings::Settings;

/// A settings file being changed.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    /// The digest of the file as it was read.
    unchanged: [u8; 32],
    /// The text as it was read.
    before: String,
    text: String,
}

/// What came of saving a file that may have faults.
#[derive(Debug)]
pub enum Mended {
    /// It is sound.
    Sound(Box<Settings>),
    /// Written, but faults remain that were there before.
    StillFaulty(ConfigFaults),
}

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// A switch.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text, a choice, an address or a file name.
    Text(String),
    /// A list of texts or addresses.
    List(Vec<String>),
}

/// Why a settings file was not changed. Nothing is half written.
#[derive(Debug, thiserror::Error)]
pub enum EditFault {
    /// The file is wrong as it is, or would be after the change.
    #[error("{0}")]
    Faults(ConfigFaults),
    /// There is no such key.
    #[error("there is no key {0}")]
    UnknownKey(String),
    /// The file was changed since it was read; read it again.
    #[error("the settings file was changed meanwhile")]
    ChangedMeanwhile,
    /// A file is there already.
    #[error("{} is there already", .0.display())]
    AlreadyThere(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
}

impl Told for EditFault {
    fn what(&self, language: Language) -> String {
        match self {
            EditFault::Faults(faults) => faults.what(language),
            EditFault::UnknownKey(key) => words::edit_unknown_key(language, key),
            EditFault::ChangedMeanwhile => words::edit_changed_meanwhile(language),
            EditFault::AlreadyThere(path) => words::edit_already_there(language, &path.display().to_string()),
            EditFault::NotWritten { path, reason } => {
                words::edit_not_written(language, &path.display().to_string(), &reason.to_string())
            }
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            EditFault::Faults(_) | EditFault::UnknownKey(_) => None,
            EditFault::ChangedMeanwhile => Some(words::edit_changed_meanwhile_advice(language)),
            EditFault::AlreadyThere(_) => Some(words::edit_already_there_advice(language)),
            EditFault::NotWritten { .. } => Some(words::edit_not_written_advice(language)),
        }
    }
}

/// Writes the sample as a new settings file, with its folder where that is missing.
///
/// # Errors
/// [`EditFault::AlreadyThere`] where any file is there; it is not touched.
pub fn write_new(path: &Path, language: Language) -> Result<(), EditFault> {
    create(path, sample(language))
}

/// The same with some keys set, as [`SettingsFile::set`] sets them. Nothing is written where the result would not be sound.
///
/// # Errors
/// As [`write_new`]; [`EditFault::Faults`] and [`EditFault::UnknownKey`] for values and keys that do not fit.
pub fn write_new_with(
    path: &Path,
    language: Language,
    values: Vec<(&str, SettingValue)>,
) -> Result<(), EditFault> {
    if path.exists() {
        return Err(EditFault::AlreadyThere(path.to_owned()));
    }
    let file = SettingsFile::filled(path, language, values)?;
    file.check().map_err(EditFault::Faults)?;
    create(path, &file.text)
}

fn create(path: &Path, text: &str) -> Result<(), EditFault> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::AlreadyExists => EditFault::AlreadyThere(path.to_owned()),
        _ => EditFault::NotWritten {
            path: path.to_owned(),
            reason,
        },
    };
    fs::create_dir_all(folder_of(path)).map_err(failed)?;
    replace::create(path, text.as_bytes(), Rights::AsBefore).map_err(failed)
}

impl SettingsFile {
    /// The sample with some keys set, as [`write_new_with`] would write it: [`SettingsFile::check`] tells what the settings
    /// would be. Nothing is written, and [`SettingsFile::save`] refuses.
    ///
    /// # Errors
    /// [`EditFault::UnknownKey`].
    pub fn filled(
        path: &Path,
        language: Language,
        values: Vec<(&str, SettingValue)>,
    ) -> Result<SettingsFile, EditFault> {
        let mut file = SettingsFile {
            path: path.to_owned(),
            unchanged: [0; 32],
            before: String::new(),
            text: sample(language).to_owned(),
        };
        for (key, value) in values {
            file.set(key, value)?;
        }
        Ok(file)
    }

    /// Reads a settings file to change it. It may have faults, but its form must be sound.
    ///
    /// # Errors
    /// [`EditFault::Faults`] where it cannot be read or is no TOML.
    pub fn open(path: &Path) -> Result<SettingsFile, EditFault> {
        let faulty = |faults: Vec<ConfigFault>| {
            EditFault::Faults(ConfigFaults {
                path: path.to_owned(),
                faults,
            })
        };
        let bytes = load::read_limited(path, CONFIG_FILE_BYTES).map_err(|kind| {
            let ConfigFaults { faults, .. } = ConfigFaults::whole(kind);
            faulty(faults)
        })?;
        let text = load::decode(&bytes).map_err(|fault| faulty(vec![*fault]))?;
        document::parse(&text).map_err(faulty)?;
        Ok(SettingsFile {
            path: path.to_owned(),
            unchanged: Sha256::digest(&bytes).into(),
            before: text.clone(),
            text,
        })
    }

    /// Settings that lie in no file; [`SettingsFile::save`] refuses.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(text: &str, folder: &Path) -> Result<SettingsFile, Vec<ConfigFault>> {
        document::parse(text)?;
        Ok(SettingsFile {
            path: folder.join("karamail.toml"),
            unchanged: [0; 32],
            before: text.to_owned(),
            text: text.to_owned(),
        })
    }

    /// What the file was when it was opened: another digest, another file. 64 hex digits.
    pub fn digest(&self) -> String {
        self.unchanged.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The text as it would be written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the settings would be.
    ///
    /// # Errors
    /// Everything that would be wrong with them.
    pub fn check(&self) -> Result<Settings, ConfigFaults> {
        Settings::parse(&self.text, &folder_of(&self.path)).map_err(|faults| ConfigFaults {
            path: self.path.clone(),
            ..faults
        })
    }

    /// Sets one key, such as `general.language` or `mailbox[1].pop3.port`; mailboxes and series count from 1. The
    /// section is added where it is missing; the next free number adds a mailbox or series.
    ///
    /// Where the key stands commented out (`#language = "ja"`), its line is used, so that its explanation stays beside it.
    ///
    /// # Errors
    /// [`EditFault::UnknownKey`]; [`EditFault::Faults`] where the file holds a number of more than 64 bits, which must be mended in it
    /// first. Whether the value fits is for [`SettingsFile::check`] and [`SettingsFile::save`].
    pub fn set(&mut self, key: &str, value: SettingValue) -> Result<(), EditFault> {
        let place = Place::parse(key).ok_or_else(|| EditFault::UnknownKey(key.to_owned()))?;
        let value = Value::from(value);
        if let Some(text) = self.switched_on(&place, &value) {
            self.text = text;
            return Ok(());
        }
        self.change(key, |root| {
            let table = place.table(root, true)?;
            match table.get_mut(place.key).and_then(Item::as_value_mut) {
                Some(old) => {
                    let decor = old.decor().clone();
                    *old = value;
                    *old.decor_mut() = decor;
                }
                None => {
                    table.insert(place.key, Item::Value(value));
                }
            }
            Some(())
        })
    }

    /// Removes one key, so that its default holds. Its line becomes the sample's commented-out one, so that the
    /// explanation above it keeps its meaning.
    ///
    /// # Errors
    /// [`EditFault::UnknownKey`], also where the section is not there.
    pub fn remove(&mut self, key: &str) -> Result<(), EditFault> {
        let place = Place::parse(key).ok_or_else(|| EditFault::UnknownKey(key.to_owned()))?;
        if let Some(text) = self.switched_off(&place) {
            self.text = text;
            return Ok(());
        }
        self.change(key, |root| {
            place.table(root, false)?.remove(place.key).map(|_| ())
        })
    }

    /// Removes a mailbox with its sections; the first is 1.
    ///
    /// # Errors
    /// [`EditFault::UnknownKey`] where there is none of that number.
    pub fn remove_mailbox(&mut self, number: usize) -> Result<(), EditFault> {
        let shown = format!("mailbox[{number}]");
        self.change(&shown, |root| {
            let mailboxes = root.get_mut("mailbox")?.as_array_of_tables_mut()?;
            let index = number.checked_sub(1).filter(|index| *index < mailboxes.len())?;
            mailboxes.remove(index);
            Some(())
        })
    }

    /// Checks what came of it and writes it: whole or not at all.
    ///
    /// # Errors
    /// [`EditFault::Faults`] where it would not be sound, [`EditFault::ChangedMeanwhile`] where someone else wrote the
    /// file since it was opened, [`EditFault::NotWritten`].
    pub fn save(self) -> Result<Settings, EditFault> {
        let settings = self.check().map_err(EditFault::Faults)?;
        self.write()?;
        Ok(settings)
    }

    /// The same for a file that has faults elsewhere: what was wrong before may stay wrong, so that faults can be mended one
    /// after another.
    ///
    /// # Errors
    /// [`EditFault::Faults`] with all of them where there is one that was not there before; else as [`SettingsFile::save`].
    pub fn save_mending(self) -> Result<Mended, EditFault> {
        let faults = match self.check() {
            Ok(settings) => {
                self.write()?;
                return Ok(Mended::Sound(Box::new(settings)));
            }
            Err(faults) => faults,
        };
        let before = Settings::parse(&self.before, &folder_of(&self.path)).err();
        let was_there = |fault: &ConfigFault| {
            let before = before.iter().flat_map(|before| &before.faults);
            before
                .into_iter()
                .any(|old| old.key == fault.key && old.kind == fault.kind)
        };
        if !faults.faults.iter().all(was_there) {
            return Err(EditFault::Faults(faults));
        }
        self.write()?;
        Ok(Mended::StillFaulty(faults))
    }

    fn write(&self) -> Result<(), EditFault> {
        match fs::read(&self.path) {
            Ok(bytes) if <[u8; 32]>::from(Sha256::digest(&bytes)) == self.unchanged => {}
            _ => return Err(EditFault::ChangedMeanwhile),
        }
        replace::replace(&self.path, self.text.as_bytes(), Rights::AsBefore).map_err(|reason| {
            EditFault::NotWritten {
                path: self.path.clone(),
                reason,
            }
        })
    }

    fn change(&mut self, key: &str, work: impl FnOnce(&mut Table) -> Option<()>) -> Result<(), EditFault> {
        let unknown = || EditFault::UnknownKey(key.to_owned());
        // Our own reading knows more than the editor's: a number too long for any program is a fault of that number alone.
        let mut root: DocumentMut = self
            .text
            .parse()
            .map_err(|_| self.check().err().map_or_else(unknown, EditFault::Faults))?;
        work(root.as_table_mut()).ok_or_else(unknown)?;
        let text = root.to_string();
        // The TOML writer knows LF alone; a file with CRLF keeps it on every line.
        self.text = if self.text.contains("\r\n") {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text
        };
        Ok(())
    }
}

/// Where a key stands.
struct Place {
    section: &'static Section,
    /// The number of the mailbox or series, from 0.
    index: Option<usize>,
    key: &'static str,
}

impl Place {
    fn parse(path: &str) -> Option<Place> {
        let (section_path, key) = path.rsplit_once('.')?;
        let (first, rest) = section_path
            .split_once('.')
            .map_or((section_path, None), |(a, b)| (a, Some(b)));
        let (name, index) = match first.split_once('[') {
            None => (first, None),
            Some((name, number)) => {
                let number: usize = number.strip_suffix(']')?.parse().ok()?;
                (name, Some(number.checked_sub(1)?))
            }
        };
        let wanted = rest.map_or_else(|| name.to_owned(), |rest| format!("{name}.{rest}"));
        let section = SECTIONS.into_iter().find(|section| section.path == wanted)?;
        let repeated = SECTIONS
            .iter()
            .any(|section| section.path == name && section.repeated);
        let key = section.key(key)?.name;
        (repeated == index.is_some()).then_some(Place { section, index, key })
    }

    /// The names of the tables on the way, outermost first.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.section.path.split('.')
    }

    fn table<'t>(&self, root: &'t mut Table, add: bool) -> Option<&'t mut dyn TableLike> {
        let mut names = self.names();
        let outer = child(root, names.next()?, self.index, add)?;
        match names.next() {
            None => Some(outer),
            Some(inner) => child(outer, inner, None, add),
        }
    }

    fn find<'e>(&self, root: &'e [Entry]) -> Option<(usize, &'e [Entry])> {
        let mut entries = root;
        let mut line = 0;
        for (depth, name) in self.names().enumerate() {
            let entry = entries.iter().find(|entry| entry.name == name)?;
            let node = match (&entry.node.value, self.index) {
                (document::Value::List(nodes), Some(index)) if depth == 0 => nodes.get(index)?,
                _ => &entry.node,
            };
            let document::Value::Table(inner) = &node.value else {
                return None;
            };
            line = if depth == 0 && self.index.is_some() {
                node.line
            } else {
                entry.line
            };
            entries = inner;
        }
        Some((line, entries))
    }
}

fn child<'t>(
    parent: &'t mut dyn TableLike,
    name: &str,
    index: Option<usize>,
    add: bool,
) -> Option<&'t mut dyn TableLike> {
    if add && !parent.contains_key(name) {
        let empty = if index.is_some() {
            Item::ArrayOfTables(ArrayOfTables::new())
        } else {
            Item::Table(Table::new())
        };
        parent.insert(name, empty);
    }
    match (parent.get_mut(name)?, index) {
        (item, None) => item.as_table_like_mut(),
        (Item::ArrayOfTables(tables), Some(index)) => {
            if add && index == tables.len() {
                tables.push(Table::new());
            }
            tables.get_mut(index).map(|table| table as &mut dyn TableLike)
        }
        (item, Some(index)) => {
            let table = item.as_array_mut()?.get_mut(index)?.as_inline_table_mut()?;
            Some(table as &mut dyn TableLike)
        }
    }
}

impl From<SettingValue> for Value {
    fn from(value: SettingValue) -> Value {
        match value {
            SettingValue::Flag(flag) => Value::from(flag),
            SettingValue::Number(number) => Value::from(number),
            SettingValue::Text(text) => Value::from(text),
            SettingValue::List(texts) => Value::Array(texts.into_iter().collect::<Array>()),
        }
    }
}

/// The section and the key that a path such as `mailbox[1].pop3.port` names; `None`: there is no such key.
pub fn key_of(path: &str) -> Option<(&'static Section, &'static Key)> {
    let place = Place::parse(path)?;
    Some((place.section, place.section.key(place.key)?))
}

/// The kind of value that a key takes, for a form that offers it; `None`: there is no such key.
pub fn kind_of(key: &str) -> Option<Kind> {
    key_of(key).map(|(_, key)| key.kind)
}

#[cfg(test)]
mod tests;
