//! Single lines of a settings file: a commented-out key that is switched on, and one that is switched off again, each with the
//! explanation above it left where it is.

use toml_edit::{DocumentMut, Value};

use super::{Place, SettingsFile};
use crate::config::document;
use crate::config::samples::example_line;

impl SettingsFile {
    /// The text with a commented-out key of this place switched on; `None` where there is none, or the key itself is there.
    pub(super) fn switched_on(&self, place: &Place, value: &Value) -> Option<String> {
        let root = document::parse(&self.text).ok()?;
        let (header, entries) = place.find(&root)?;
        if entries.iter().any(|entry| entry.name == place.key) {
            return None;
        }
        let lines: Vec<&str> = self.text.split_inclusive('\n').collect();
        lines
            .get(header - 1)
            .filter(|line| line.trim_start().starts_with('['))?;
        let is_header = |line: &str| line.trim_start_matches(['#', ' ', '\t']).starts_with('[');
        let found = lines
            .iter()
            .enumerate()
            .skip(header)
            .take_while(|(_, line)| !is_header(line))
            .find(|(_, line)| {
                let Some(rest) = line
                    .strip_prefix('#')
                    .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
                else {
                    return false;
                };
                // A remark that begins with the key's name is no key.
                rest.split_once('=')
                    .is_some_and(|(name, _)| name.trim() == place.key)
                    && rest.parse::<DocumentMut>().is_ok()
            });
        let (at, old) = found?;
        let end = if old.ends_with("\r\n") { "\r\n" } else { "\n" };
        let line = format!("{} = {}\n", place.key, value.to_string().trim()).replace('\n', end);
        let before = lines.get(..at)?.concat();
        let after = lines.get(at + 1..)?.concat();
        Some(format!("{before}{line}{after}"))
    }

    /// The text with this key's lines replaced by the sample's commented-out line; `None` where the key does not stand on lines
    /// of its own, as in an inline table.
    pub(super) fn switched_off(&self, place: &Place) -> Option<String> {
        let root = document::parse(&self.text).ok()?;
        let (_, entries) = place.find(&root)?;
        let entry = entries.iter().find(|entry| entry.name == place.key)?;
        let start: usize = self
            .text
            .split_inclusive('\n')
            .take(entry.line - 1)
            .map(str::len)
            .sum();
        let (name, _) = self.text.get(start..)?.split_once('=')?;
        let behind = self.text.get(entry.node.end..)?.split_inclusive('\n').next();
        let behind = behind.unwrap_or_default();
        let is_remark = behind.trim().is_empty() || behind.trim_start().starts_with('#');
        if name.trim() != place.key || !is_remark {
            return None;
        }
        let before = self.text.get(..start)?;
        let after = self.text.get(entry.node.end + behind.len()..)?;
        let text = match example_line(place.section, place.key) {
            Some(line) => format!("{before}{line}{behind}{after}"),
            None => format!("{before}{after}"),
        };
        let root = document::parse(&text).ok()?;
        let is_gone = place
            .find(&root)
            .is_none_or(|(_, entries)| entries.iter().all(|entry| entry.name != place.key));
        is_gone.then_some(text)
    }
}
