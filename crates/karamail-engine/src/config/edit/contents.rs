//! What a settings file holds, sound or not, for a form that shows it.

use super::{Place, SettingsFile};
use crate::config::document::{self, Entry, Value};

/// A settings file as it is written, whatever is wrong with it.
#[derive(Debug)]
pub struct FileContents {
    root: Vec<Entry>,
    text: String,
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
