//! The file form: each section's values, checked one by one against the table of keys. What several keys must agree on
//! is for `check`.

use karamail_core::address::EmailAddress;

use super::document::{Entry, Value};
use super::faults::{ConfigFault, FaultKind, KeyHint, ValueType};
use super::keys::{self, Default, SECTIONS, Section};
use super::near::nearest;

mod value;

pub(crate) use value::shown;
use value::{Checked, read_value};

/// Names under which people look for a place to put a password.
const PASSWORD_NAMES: [&str; 9] = [
    "password",
    "pass",
    "passwd",
    "passphrase",
    "pw",
    "pwd",
    "secret",
    "token",
    "パスワード",
];

/// The settings as the file has them: every value is of its kind, absent ones have their defaults.
#[derive(Debug)]
pub(crate) struct FileForm {
    pub(crate) general: SectionValues,
    pub(crate) series: Vec<SectionValues>,
    pub(crate) receipt: SectionValues,
    pub(crate) duplicate: SectionValues,
    pub(crate) opt_out: SectionValues,
    pub(crate) guard: SectionValues,
    pub(crate) mailboxes: Vec<MailboxForm>,
}

/// One `[[mailbox]]` with its sections.
#[derive(Debug)]
pub(crate) struct MailboxForm {
    pub(crate) own: SectionValues,
    pub(crate) receipt: SectionValues,
    pub(crate) duplicate: SectionValues,
    pub(crate) pop3: SectionValues,
    pub(crate) smtp: SectionValues,
}

/// The values of one section.
#[derive(Debug)]
pub(crate) struct SectionValues {
    section: &'static Section,
    place: Place,
    /// The section's line; `None` where it is absent.
    line: Option<usize>,
    found: Vec<Found>,
}

/// Where a section stands, as errors show it.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Place {
    path: String,
    mailbox: Option<String>,
}

#[derive(Debug)]
struct Found {
    name: &'static str,
    line: usize,
    /// `None`: there, but faulty; the fault is noted.
    value: Option<Checked>,
}

/// Reads the file form and notes every fault.
pub(crate) fn read(root: &[Entry], faults: &mut Vec<ConfigFault>) -> FileForm {
    let known: Vec<&'static Section> = SECTIONS
        .into_iter()
        .filter(|section| !section.path.contains('.'))
        .collect();
    for entry in root {
        if !known.iter().any(|section| section.path == entry.name) {
            faults.push(unknown_top(entry, &known));
        }
    }
    let mut reader = Reader { faults };
    let single = |section: &'static Section, reader: &mut Reader<'_>| {
        reader.single(section, root, section.path, Place::of(section.path), &[])
    };
    FileForm {
        general: single(&keys::GENERAL, &mut reader),
        series: reader
            .tables(&keys::SERIES, root)
            .into_iter()
            .enumerate()
            .map(|(index, (line, entries))| {
                let place = Place::of(&format!("series[{}]", index + 1));
                reader.section(&keys::SERIES, Some(line), entries, place, &[])
            })
            .collect(),
        receipt: single(&keys::RECEIPT, &mut reader),
        duplicate: single(&keys::DUPLICATE, &mut reader),
        opt_out: single(&keys::OPT_OUT, &mut reader),
        guard: single(&keys::GUARD, &mut reader),
        mailboxes: reader
            .tables(&keys::MAILBOX, root)
            .into_iter()
            .enumerate()
            .map(|(index, (line, entries))| reader.mailbox(index + 1, line, entries))
            .collect(),
    }
}

struct Reader<'a> {
    faults: &'a mut Vec<ConfigFault>,
}

impl Reader<'_> {
    fn mailbox(&mut self, number: usize, line: usize, entries: &[Entry]) -> MailboxForm {
        let name = entries
            .iter()
            .find(|entry| entry.name == "name")
            .and_then(|entry| match &entry.node.value {
                Value::Text(name) if !name.trim().is_empty() => Some(shown(name)),
                _ => None,
            });
        let path = format!("mailbox[{number}]");
        let place = |part: &str| Place {
            path: format!("{path}{part}"),
            mailbox: name.clone(),
        };
        let mut child = |section: &'static Section, name: &'static str| {
            self.single(section, entries, name, place(&format!(".{name}")), &[])
        };
        let receipt = child(&keys::MAILBOX_RECEIPT, "receipt");
        let duplicate = child(&keys::MAILBOX_DUPLICATE, "duplicate");
        let pop3 = child(&keys::POP3, "pop3");
        let smtp = child(&keys::SMTP, "smtp");
        let children = ["receipt", "duplicate", "pop3", "smtp"];
        let own = self.section(&keys::MAILBOX, Some(line), entries, place(""), &children);
        for (section, child, values) in [(&keys::POP3, "pop3", &pop3), (&keys::SMTP, "smtp", &smtp)] {
            if !entries.iter().any(|entry| entry.name == child) {
                self.faults.push(ConfigFault {
                    line: Some(line),
                    key: values.place.path.clone(),
                    mailbox: name.clone(),
                    kind: FaultKind::MissingSection {
                        header: section.header(),
                    },
                });
            }
        }
        MailboxForm {
            own,
            receipt,
            duplicate,
            pop3,
            smtp,
        }
    }

    /// A section that comes once or not at all.
    fn single(
        &mut self,
        section: &'static Section,
        parent: &[Entry],
        name: &str,
        place: Place,
        children: &[&str],
    ) -> SectionValues {
        let entry = parent.iter().find(|entry| entry.name == name);
        match entry.map(|entry| (entry, &entry.node.value)) {
            None => SectionValues {
                section,
                place,
                line: None,
                found: Vec::new(),
            },
            Some((entry, Value::Table(entries))) => {
                self.section(section, Some(entry.line), entries, place, children)
            }
            Some((entry, _)) => {
                let kind = FaultKind::Brackets {
                    header: section.header(),
                };
                self.faults.push(place.fault(Some(entry.line), "", kind));
                SectionValues {
                    section,
                    place,
                    line: None,
                    found: Vec::new(),
                }
            }
        }
    }

    /// The tables of a repeated section.
    fn tables<'e>(&mut self, section: &'static Section, root: &'e [Entry]) -> Vec<(usize, &'e [Entry])> {
        let Some(entry) = root.iter().find(|entry| entry.name == section.path) else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        if let Value::List(nodes) = &entry.node.value {
            for node in nodes {
                if let Value::Table(entries) = &node.value {
                    tables.push((node.line, entries.as_slice()));
                }
            }
            if tables.len() == nodes.len() {
                return tables;
            }
        }
        let kind = FaultKind::Brackets {
            header: section.header(),
        };
        self.faults
            .push(Place::of(section.path).fault(Some(entry.line), "", kind));
        // A single [mailbox] is read all the same, so that its other faults come out too.
        if let Value::Table(entries) = &entry.node.value {
            tables.push((entry.line, entries.as_slice()));
        }
        tables
    }

    fn section(
        &mut self,
        section: &'static Section,
        line: Option<usize>,
        entries: &[Entry],
        place: Place,
        children: &[&str],
    ) -> SectionValues {
        let mut found = Vec::new();
        let mut misspelt = Vec::new();
        for entry in entries
            .iter()
            .filter(|entry| !children.contains(&entry.name.as_str()))
        {
            let Some(key) = section.key(&entry.name) else {
                let kind = unknown_key(section, &entry.name);
                if let FaultKind::UnknownKey {
                    hint: KeyHint::Perhaps(name),
                } = &kind
                {
                    misspelt.push(*name);
                }
                self.faults.push(place.fault(Some(entry.line), &entry.name, kind));
                continue;
            };
            let value = match read_value(key.kind, &entry.node) {
                Ok(value) => Some(value),
                Err(kinds) => {
                    let faults = kinds
                        .into_iter()
                        .map(|(line, kind)| place.fault(Some(line), key.name, kind));
                    self.faults.extend(faults);
                    None
                }
            };
            found.push(Found {
                name: key.name,
                line: entry.line,
                value,
            });
        }
        for key in section.keys.iter().filter(|key| key.default == Default::Required) {
            if !misspelt.contains(&key.name) && !found.iter().any(|one| one.name == key.name) {
                let kind = FaultKind::MissingKey { allowed: key.kind };
                self.faults.push(place.fault(line, key.name, kind));
            }
        }
        SectionValues {
            section,
            place,
            line,
            found,
        }
    }
}

impl Place {
    fn of(path: &str) -> Place {
        Place {
            path: path.to_owned(),
            mailbox: None,
        }
    }

    fn fault(&self, line: Option<usize>, key: &str, kind: FaultKind) -> ConfigFault {
        let key = if key.is_empty() {
            self.path.clone()
        } else {
            format!("{}.{}", self.path, shown_name(key))
        };
        ConfigFault {
            line,
            key,
            mailbox: self.mailbox.clone(),
            kind,
        }
    }
}

impl SectionValues {
    /// A fault of one of its keys, with the key's line, or the section's where the key is absent.
    pub(crate) fn fault(&self, key: &str, kind: FaultKind) -> ConfigFault {
        self.place.fault(self.line_of(key), key, kind)
    }

    /// A fault at a line of a list.
    pub(crate) fn fault_at(&self, line: usize, key: &str, kind: FaultKind) -> ConfigFault {
        self.place.fault(Some(line), key, kind)
    }

    /// The path of the section as errors show it, with the mailbox's name.
    pub(crate) fn path(&self) -> &str {
        &self.place.path
    }

    /// Whether the key is written, rightly or wrongly.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.found.iter().any(|one| one.name == key)
    }

    /// The key's line, or the section's.
    pub(crate) fn line_of(&self, key: &str) -> Option<usize> {
        self.found
            .iter()
            .find(|one| one.name == key)
            .map(|one| one.line)
            .or(self.line)
    }

    fn value(&self, name: &'static str) -> Option<&Checked> {
        debug_assert!(
            self.section.key(name).is_some(),
            "{name} is no key of {}",
            self.section.path
        );
        self.found.iter().find(|one| one.name == name)?.value.as_ref()
    }

    fn default(&self, name: &str) -> Default {
        self.section.key(name).map_or(Default::Nothing, |key| key.default)
    }

    /// A switch, if it is written.
    pub(crate) fn flag_if_set(&self, name: &'static str) -> Option<bool> {
        match self.value(name) {
            Some(Checked::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// A switch or its default.
    pub(crate) fn flag(&self, name: &'static str) -> bool {
        self.flag_if_set(name)
            .unwrap_or(self.default(name) == Default::Flag(true))
    }

    /// A number, if it is written.
    pub(crate) fn number_if_set(&self, name: &'static str) -> Option<i64> {
        match self.value(name) {
            Some(Checked::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A number or its default, in a type that its bounds fit.
    pub(crate) fn number<T: TryFrom<i64> + std::default::Default>(&self, name: &'static str) -> T {
        let number = self.number_if_set(name).unwrap_or(match self.default(name) {
            Default::Number(number) => number,
            _ => 0,
        });
        T::try_from(number).unwrap_or_default()
    }

    /// A text or a choice, if it is written.
    pub(crate) fn text_if_set(&self, name: &'static str) -> Option<&str> {
        match self.value(name) {
            Some(Checked::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A text or a choice, or its default.
    pub(crate) fn text(&self, name: &'static str) -> &str {
        self.text_if_set(name).unwrap_or(match self.default(name) {
            Default::Text(text) => text,
            _ => "",
        })
    }

    /// An address, if it is written.
    pub(crate) fn address(&self, name: &'static str) -> Option<&EmailAddress> {
        match self.value(name) {
            Some(Checked::Address(address)) => Some(address),
            _ => None,
        }
    }

    /// The entries of a list with their lines.
    pub(crate) fn list(&self, name: &'static str) -> &[(usize, String)] {
        match self.value(name) {
            Some(Checked::List(list)) => list,
            _ => &[],
        }
    }

    /// The addresses of a list with their lines.
    pub(crate) fn addresses(&self, name: &'static str) -> &[(usize, EmailAddress)] {
        match self.value(name) {
            Some(Checked::Addresses(list)) => list,
            _ => &[],
        }
    }
}

fn unknown_top(entry: &Entry, known: &[&'static Section]) -> ConfigFault {
    let place = Place::of(&shown_name(&entry.name));
    let is_section = matches!(&entry.node.value, Value::Table(_))
        || matches!(&entry.node.value, Value::List(nodes) if nodes.iter().any(|n| n.value.kind() == ValueType::Section));
    if !is_section {
        let kind = match SECTIONS.iter().find(|section| section.key(&entry.name).is_some()) {
            Some(section) => FaultKind::UnknownKey {
                hint: KeyHint::Belongs(section.header()),
            },
            None if is_password(&entry.name) => FaultKind::PasswordInFile,
            None => FaultKind::UnknownKey {
                hint: KeyHint::Known(known.iter().map(|one| one.header()).collect::<Vec<_>>().join(" ")),
            },
        };
        return place.fault(Some(entry.line), "", kind);
    }
    let nested = SECTIONS
        .iter()
        .find(|section| section.path.strip_prefix("mailbox.") == Some(&entry.name));
    let near = || {
        let name = nearest(&entry.name, known.iter().map(|section| section.path))?;
        known.iter().find(|section| section.path == name)
    };
    let hint = nested.or_else(near).map(|section| section.header());
    place.fault(Some(entry.line), "", FaultKind::UnknownSection { hint })
}

fn is_password(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    PASSWORD_NAMES
        .iter()
        .any(|password| name == *password || name.ends_with(&format!("_{password}")))
}

fn unknown_key(section: &'static Section, name: &str) -> FaultKind {
    if is_password(name) {
        return FaultKind::PasswordInFile;
    }
    let names = || section.keys.iter().map(|key| key.name);
    let hint = if let Some(near) = nearest(name, names()) {
        KeyHint::Perhaps(near)
    } else if let Some(other) = SECTIONS.iter().find(|other| other.key(name).is_some()) {
        KeyHint::Belongs(other.header())
    } else {
        KeyHint::Known(names().collect::<Vec<_>>().join(", "))
    };
    FaultKind::UnknownKey { hint }
}

/// A key's name in an error, quoted where it would be in the file.
fn shown_name(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if bare {
        shown(name)
    } else {
        format!("\"{}\"", shown(name))
    }
}
