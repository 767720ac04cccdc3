//! What a settings file holds, sound or not, for a form that shows it.

use std::path::PathBuf;

use karamail_core::limits::TEMPLATE_FILE_BYTES;

use super::{Place, SettingsFile};
use crate::config::document::{self, Entry, Value};
use crate::config::load::{self, folder_of};
use crate::config::samples;

/// A settings file as it is written, whatever is wrong with it.
#[derive(Debug)]
pub struct FileContents {
    root: Vec<Entry>,
    text: String,
    /// Names of files in it start here.
    folder: PathBuf,
}

/// The wording of a letter as it holds for a section, sound or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Its subject, with marks.
    pub subject: String,
    /// Its body, with marks; empty where its file cannot be read.
    pub body: String,
    /// The file that holds the body, if one does.
    pub file: Option<PathBuf>,
}

/// A value as it is written. Whether it is of its key's kind is another matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileValue {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Anything else, as it stands in its line.
    Other(String),
}

impl SettingsFile {
    /// What it holds, with the changes made so far.
    pub fn contents(&self) -> FileContents {
        FileContents {
            // The form was sound when it was opened, and changes keep it so.
            root: document::parse(&self.text).unwrap_or_default(),
            text: self.text.clone(),
            folder: folder_of(&self.path),
        }
    }
}

impl FileContents {
    /// The value of a key such as `mailbox[1].pop3.port`; `None` where it is absent.
    pub fn value(&self, key: &str) -> Option<FileValue> {
        let place = Place::parse(key)?;
        let (_, entries) = place.find(&self.root)?;
        let entry = entries.iter().find(|entry| entry.name == place.key)?;
        let other = || {
            let line = self.text.lines().nth(entry.line.saturating_sub(1));
            let (_, value) = line.and_then(|line| line.split_once('=')).unwrap_or_default();
            FileValue::Other(value.trim().to_owned())
        };
        Some(match &entry.node.value {
            Value::Flag(flag) => FileValue::Flag(*flag),
            Value::Integer(Some(number), _) => FileValue::Number(*number),
            Value::Text(text) => FileValue::Text(text.replace("\r\n", "\n")),
            Value::List(nodes) => {
                let texts = nodes.iter().map(|node| match &node.value {
                    Value::Text(text) => Some(text.clone()),
                    _ => None,
                });
                texts
                    .collect::<Option<Vec<String>>>()
                    .map_or_else(other, FileValue::List)
            }
            _ => other(),
        })
    }

    /// What a letter says that nobody wrote: the ready-made wording in the language of the file, for `receipt`, `duplicate`,
    /// `opt_out`; for those of a mailbox (`mailbox[1].receipt`), what the general section says.
    pub fn ready_made(&self, section: &str) -> Wording {
        if let Some((_, general)) = section.split_once("].") {
            return self.wording(general);
        }
        let is_english = self.value("general.language") == Some(FileValue::Text("en".to_owned()));
        let file = match (section, is_english) {
            ("duplicate", false) => samples::REPEAT_JA,
            ("duplicate", true) => samples::REPEAT_EN,
            ("opt_out", false) => samples::LEFT_JA,
            ("opt_out", true) => samples::LEFT_EN,
            (_, false) => samples::RECEIPT_JA,
            (_, true) => samples::RECEIPT_EN,
        };
        let (subject, body) = samples::split(file);
        Wording {
            subject: subject.unwrap_or_default().to_owned(),
            body: body.to_owned(),
            file: None,
        }
    }

    /// What the letter of a section says, such as `receipt` or `mailbox[1].duplicate`: its own text, its file's, and for the
    /// rest [`FileContents::ready_made`].
    pub fn wording(&self, section: &str) -> Wording {
        let mut wording = self.ready_made(section);
        let text = |key: &str| match self.value(&format!("{section}.{key}")) {
            Some(FileValue::Text(text)) => Some(text),
            _ => None,
        };
        if let Some(name) = text("body_file") {
            let path = self.folder.join(name);
            let read = load::read_limited(&path, TEMPLATE_FILE_BYTES).ok();
            let file = read
                .and_then(|bytes| load::decode(&bytes).ok())
                .unwrap_or_default();
            let (subject, body) = samples::split(&file);
            wording.subject = subject.map_or(wording.subject, str::to_owned);
            wording.body = body.replace("\r\n", "\n");
            wording.file = Some(path);
        }
        if let Some(body) = text("body") {
            wording.body = body;
            wording.file = None;
        }
        wording.subject = text("subject").unwrap_or(wording.subject);
        wording
    }

    /// How many there are of a repeated section, `mailbox` or `series`.
    pub fn count(&self, section: &str) -> usize {
        match self.root.iter().find(|entry| entry.name == section) {
            Some(Entry { node, .. }) => match &node.value {
                Value::List(nodes) => nodes.len(),
                _ => 0,
            },
            None => 0,
        }
    }
}
