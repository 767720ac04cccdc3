//! One key of the settings file as a field of a form, and what was typed into it as a value for the file.

use karamail_core::words::screens::settings as words;
use karamail_core::words::screens::settings_fields::{choice_help, choice_label, help, label};
use karamail_core::words::{Language, Told};
use karamail_engine::config::keys::{Default, Key, Kind};
use karamail_engine::config::{ConfigFault, FaultKind, FileContents, FileValue, SettingValue, key_of};

use crate::live::version;

/// Larger bounds are not told.
const MOST_TOLD: i64 = 99_999;

/// A key that a form asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its path, such as `mailbox[2].pop3.port`; also the name of the field.
    pub(crate) path: String,
    /// What holds where the key is absent and is shown in its place; `None`: the default of the table of keys.
    offered: Option<String>,
}

impl Asked {
    /// A key by its path.
    pub(crate) fn key(path: impl Into<String>) -> Asked {
        Asked {
            path: path.into(),
            offered: None,
        }
    }

    /// Shows this text where the key is absent. The key stays absent as long as the text stays as it is.
    pub(crate) fn offering(self, text: impl Into<String>) -> Asked {
        Asked {
            offered: Some(text.into()),
            ..self
        }
    }

    fn definition(&self) -> Option<&'static Key> {
        key_of(&self.path).map(|(_, key)| key)
    }

    /// What the key may hold.
    pub(crate) fn kind(&self) -> Kind {
        // A key that is none shows as a line; the file refuses it by name.
        self.definition().map_or(Kind::Line { max: 0 }, |key| key.kind)
    }

    /// What is shown where the key is absent.
    fn offer(&self) -> String {
        match (&self.offered, self.definition().map(|key| key.default)) {
            (Some(text), _) => text.clone(),
            (None, Some(Default::Flag(flag))) => flag.to_string(),
            (None, Some(Default::Number(number))) => number.to_string(),
            (None, Some(Default::Text(text))) => text.to_owned(),
            (None, _) => String::new(),
        }
    }

    /// A value of the file as the field shows it.
    pub(crate) fn shown(&self, value: Option<&FileValue>) -> String {
        match value {
            None => self.offer(),
            Some(FileValue::Flag(flag)) => flag.to_string(),
            Some(FileValue::Number(number)) => number.to_string(),
            Some(FileValue::Text(text) | FileValue::Other(text)) => text.clone(),
            Some(FileValue::List(texts)) => texts.join("\n"),
        }
    }

    /// Whether a file that holds `now` need not be changed to hold `wanted`.
    pub(crate) fn is_same(&self, now: Option<&FileValue>, wanted: Option<&SettingValue>) -> bool {
        match (now, wanted) {
            (None, None) => true,
            (None, Some(wanted)) => {
                read(self.kind(), &self.offer()).is_ok_and(|offer| offer.as_ref() == Some(wanted))
            }
            (Some(FileValue::List(texts)), None) => texts.is_empty(),
            (Some(FileValue::Text(text)), None) => {
                text.is_empty()
                    && self
                        .definition()
                        .is_some_and(|key| key.default == Default::Text(""))
            }
            (Some(FileValue::Flag(now)), Some(SettingValue::Flag(wanted))) => now == wanted,
            (Some(FileValue::Number(now)), Some(SettingValue::Number(wanted))) => now == wanted,
            (Some(FileValue::Text(now)), Some(SettingValue::Text(wanted))) => now == wanted,
            (Some(FileValue::List(now)), Some(SettingValue::List(wanted))) => now == wanted,
            _ => false,
        }
    }
}

/// How a field is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    Line,
    Number,
    Text,
    List,
    Flag,
    Choice,
}

/// One choice.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    /// What it does, where the label does not say all; may be empty.
    pub(crate) help: String,
    pub(crate) is_chosen: bool,
}

/// A field, ready to be drawn by the macros of `settings/field.html`.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) language: Language,
    /// The key's path, and the field's name.
    pub(crate) path: String,
    /// Unique on the page: the path without dots and brackets.
    pub(crate) id: String,
    pub(crate) control: Control,
    pub(crate) label: String,
    pub(crate) help: String,
    /// What may be written and what holds otherwise, in a few words; may be empty.
    pub(crate) note: String,
    pub(crate) is_required: bool,
    /// As the file has it, or as it was typed.
    pub(crate) value: String,
    /// What the file had when the page was made, as a digest.
    pub(crate) was: String,
    pub(crate) choices: Vec<Choice>,
    /// What is wrong with it, in words.
    pub(crate) faults: Vec<String>,
}

impl Field {
    /// The field of a key. `typed`: what a person typed, if that is to be shown instead of what the file has.
    pub(crate) fn of(
        asked: &Asked,
        now: Option<&FileValue>,
        typed: Option<&str>,
        language: Language,
    ) -> Field {
        let in_file = asked.shown(now);
        let was = digest(&in_file);
        let value = typed.map_or(in_file, str::to_owned);
        let name = plain_path(&asked.path);
        let definition = asked.definition();
        let default = definition.map_or(Default::Nothing, |key| key.default);
        let control = control(asked.kind(), default);
        let told = help(&name, language)
            .or_else(|| definition.map(|key| key.about(language)))
            .unwrap_or_default();
        Field {
            language,
            id: id_of(&asked.path),
            label: label(&name, language).unwrap_or(&asked.path).to_owned(),
            help: told.to_owned(),
            note: note(asked, default, control, language),
            is_required: default == Default::Required,
            choices: choices(&name, asked.kind(), default, &value, language),
            path: asked.path.clone(),
            control,
            value,
            was,
            faults: Vec::new(),
        }
    }

    /// A switch that is on.
    pub(crate) fn is_on(&self) -> bool {
        self.value == "true"
    }

    /// Lines of a text area: what it holds and a little more.
    pub(crate) fn rows(&self) -> usize {
        let (least, most) = if self.control == Control::List {
            (3, 12)
        } else {
            (6, 22)
        };
        (self.value.lines().count() + 1).clamp(least, most)
    }

    /// The elements that describe it.
    pub(crate) fn described_by(&self) -> String {
        let fault = if self.faults.is_empty() { "" } else { "-fault" };
        match fault {
            "" => format!("{}-help", self.id),
            _ => format!("{0}-fault {0}-help", self.id),
        }
    }

    /// Takes the faults that are its own.
    pub(crate) fn take(&mut self, faults: &[ConfigFault]) {
        let own = faults.iter().filter(|fault| fault.key == self.path);
        self.faults
            .extend(own.map(|fault| fault.kind.told_on_screen(self.language)));
    }
}

/// What a key's field shows for this file.
pub(crate) fn shown_in(contents: &FileContents, path: &str) -> String {
    Asked::key(path).shown(contents.value(path).as_ref())
}

/// A digest of what a field shows, to notice that the file has something else by now.
pub(crate) fn digest(shown: &str) -> String {
    version(&shown.replace("\r\n", "\n"))
}

/// The id of a key's field on a page.
pub(crate) fn id_of(path: &str) -> String {
    path.replace(['.', '['], "-").replace(']', "")
}

/// A path without the numbers of mailboxes and series.
pub(crate) fn plain_path(path: &str) -> String {
    let mut plain = String::new();
    for (index, part) in path.split(['[', ']']).enumerate() {
        if index % 2 == 0 {
            plain.push_str(part);
        }
    }
    plain
}

/// What was typed, as a value for the file; `Ok(None)`: nothing, so that the default holds.
///
/// # Errors
/// It is no value of this kind at all. Bounds and lengths are for the settings themselves to judge.
pub(crate) fn read(kind: Kind, typed: &str) -> Result<Option<SettingValue>, FaultKind> {
    let refused = || FaultKind::NotAllowed {
        found: typed.trim().chars().take(60).collect(),
        allowed: kind,
        hint: None,
    };
    let text = |text: &str| (!text.trim().is_empty()).then(|| SettingValue::Text(text.to_owned()));
    Ok(match kind {
        Kind::Flag => match typed {
            "true" => Some(SettingValue::Flag(true)),
            "false" => Some(SettingValue::Flag(false)),
            "" => None,
            _ => return Err(refused()),
        },
        Kind::Number { .. } => match number(typed) {
            digits if digits.is_empty() => None,
            digits => Some(SettingValue::Number(digits.parse().map_err(|_| refused())?)),
        },
        Kind::Text { .. } => text(&typed.replace("\r\n", "\n")),
        Kind::List { .. } | Kind::Addresses { .. } => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            let texts: Vec<String> = lines.map(str::to_owned).collect();
            (!texts.is_empty()).then_some(SettingValue::List(texts))
        }
        _ => text(typed.trim()),
    })
}

/// A number as people type it: full-width digits, separators and blanks.
fn number(typed: &str) -> String {
    let plain = |character: char| match character {
        '０'..='９' => char::from_u32(u32::from(character) - 0xfee0),
        // Minus signs of input methods; the last is the long vowel mark, on the same key.
        '\u{2212}' | '\u{ff0d}' | '\u{30fc}' => Some('-'),
        ',' | '，' => None,
        character if character.is_whitespace() => None,
        character => Some(character),
    };
    typed.chars().filter_map(plain).collect()
}

fn control(kind: Kind, default: Default) -> Control {
    match kind {
        // A switch that follows from others has three states.
        Kind::Flag if matches!(default, Default::Follows { .. }) => Control::Choice,
        Kind::Flag => Control::Flag,
        Kind::Number { .. } => Control::Number,
        Kind::Choice(_) => Control::Choice,
        Kind::Text { .. } => Control::Text,
        Kind::List { .. } | Kind::Addresses { .. } => Control::List,
        _ => Control::Line,
    }
}

fn choices(name: &str, kind: Kind, default: Default, value: &str, language: Language) -> Vec<Choice> {
    let values: &[&str] = match kind {
        Kind::Choice(values) => values,
        Kind::Flag => &["true", "false"],
        _ => return Vec::new(),
    };
    let mut all = Vec::new();
    if let Some(what) = follows(default, language) {
        all.push((String::new(), words::automatic(language, what)));
    }
    for value in values {
        let label = choice_label(name, value, language).unwrap_or(value);
        all.push(((*value).to_owned(), label.to_owned()));
    }
    if !all.iter().any(|(one, _)| one == value) {
        // What the file has though it may not; it stays until the person chooses.
        all.push((value.to_owned(), value.to_owned()));
    }
    all.into_iter()
        .map(|(one, label)| Choice {
            is_chosen: one == value,
            help: choice_help(name, &one, language).unwrap_or_default().to_owned(),
            value: one,
            label,
        })
        .collect()
}

fn follows(default: Default, language: Language) -> Option<&'static str> {
    match (default, language) {
        (Default::Follows { ja, .. }, Language::Japanese) => Some(ja),
        (Default::Follows { en, .. }, Language::English) => Some(en),
        _ => None,
    }
}

fn note(asked: &Asked, default: Default, control: Control, language: Language) -> String {
    let mut parts = Vec::new();
    // A bound that nobody reaches says nothing.
    if let Kind::Number {
        min,
        max: max @ ..=MOST_TOLD,
    } = asked.kind()
    {
        parts.push(words::bounds(language, min, max));
    }
    if control == Control::List {
        parts.push(words::one_a_line(language));
    }
    if asked.offered.is_none() && control != Control::Choice {
        match (default, follows(default, language)) {
            (Default::Number(number), _) => parts.push(words::initially(language, &number.to_string())),
            (_, Some(what)) => parts.push(words::otherwise(language, what)),
            _ => {}
        }
    }
    parts.join(match language {
        Language::Japanese => "、",
        Language::English => "; ",
    })
}

#[cfg(test)]
mod tests;
