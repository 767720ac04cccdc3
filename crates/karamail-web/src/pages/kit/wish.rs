//! What the person wants printed. It stands in the page's address, so nothing is stored; whoever wrote it, it is cleaned and
//! bounded here.

use karamail_core::words::Language;
use karamail_core::words::screens::kit as words;

use super::qr::Subject;
use crate::text;

/// Longest name of a shop, characters.
const SHOP: usize = 60;
/// Longest headline.
const HEADLINE: usize = 40;
/// Longest step.
const STEP: usize = 60;
/// Longest note.
const NOTE: usize = 120;
/// Longest purpose of use.
const PURPOSE: usize = 400;

/// Paper and shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    A4,
    A5,
    Tent,
    Table,
    Cards,
}

impl Format {
    pub(crate) const ALL: [Format; 5] = [Format::A4, Format::A5, Format::Tent, Format::Table, Format::Cards];

    /// How it is called in addresses and file names.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Format::A4 => "a4",
            Format::A5 => "a5",
            Format::Tent => "tent",
            Format::Table => "table",
            Format::Cards => "cards",
        }
    }

    /// The paper it is printed on.
    pub(crate) fn paper(self) -> &'static str {
        match self {
            Format::A5 | Format::Tent => "a5",
            Format::A4 | Format::Table | Format::Cards => "a4",
        }
    }

    pub(crate) fn label(self, language: Language) -> String {
        match self {
            Format::A4 => words::format_a4(language),
            Format::A5 => words::format_a5(language),
            Format::Tent => words::format_tent(language),
            Format::Table => words::format_table(language),
            Format::Cards => words::format_cards(language),
        }
    }

    pub(crate) fn help(self, language: Language) -> String {
        match self {
            Format::A4 | Format::A5 => words::format_help_poster(language),
            Format::Tent => words::format_help_tent(language),
            Format::Table => words::format_help_table(language),
            Format::Cards => words::format_help_cards(language),
        }
    }
}

/// The languages of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Languages {
    One(Language),
    Both,
}

impl Languages {
    /// How they are called in addresses.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Languages::One(language) => language.tag(),
            Languages::Both => "both",
        }
    }

    /// Each of them.
    pub(crate) fn all(self) -> &'static [Language] {
        match self {
            Languages::One(Language::Japanese) => &[Language::Japanese],
            Languages::One(Language::English) => &[Language::English],
            Languages::Both => &[Language::Japanese, Language::English],
        }
    }
}

/// The texts in one language; `None` is the proposed text, an empty one is not printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) headline: Option<String>,
    pub(crate) steps: [Option<String>; 3],
    pub(crate) note: Option<String>,
    pub(crate) purpose: Option<String>,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) mailbox: String,
    pub(crate) format: Format,
    pub(crate) languages: Languages,
    pub(crate) subject: Subject,
    pub(crate) shop: Option<String>,
    pub(crate) japanese: Texts,
    pub(crate) english: Texts,
}

impl Wish {
    /// Reads the fields of an address; what is unknown is the default.
    pub(crate) fn of(fields: Vec<(String, String)>, language: Language) -> Wish {
        let mut wish = Wish {
            mailbox: String::new(),
            format: Format::A4,
            languages: Languages::One(language),
            subject: Subject::Unsaid,
            shop: None,
            japanese: Texts::default(),
            english: Texts::default(),
        };
        for (name, value) in fields {
            match name.as_str() {
                "mailbox" => wish.mailbox = value,
                "format" => {
                    let named = Format::ALL.into_iter().find(|format| format.tag() == value);
                    wish.format = named.unwrap_or(Format::A4);
                }
                "language" => {
                    wish.languages = match value.as_str() {
                        "ja" => Languages::One(Language::Japanese),
                        "en" => Languages::One(Language::English),
                        "both" => Languages::Both,
                        _ => wish.languages,
                    }
                }
                "subject" => {
                    wish.subject = if value == "empty" {
                        Subject::Empty
                    } else {
                        Subject::Unsaid
                    };
                }
                "shop" => wish.shop = Some(line(&value, SHOP)),
                name => match name.rsplit_once('_') {
                    Some((field, "ja")) => wish.japanese.set(field, &value),
                    Some((field, "en")) => wish.english.set(field, &value),
                    _ => {}
                },
            }
        }
        wish
    }

    /// The texts in a language.
    pub(crate) fn texts(&self, language: Language) -> &Texts {
        match language {
            Language::Japanese => &self.japanese,
            Language::English => &self.english,
        }
    }
}

impl Texts {
    fn set(&mut self, field: &str, value: &str) {
        let [one, two, three] = &mut self.steps;
        match field {
            "headline" => self.headline = Some(line(value, HEADLINE)),
            "step1" => *one = Some(line(value, STEP)),
            "step2" => *two = Some(line(value, STEP)),
            "step3" => *three = Some(line(value, STEP)),
            "note" => self.note = Some(line(value, NOTE)),
            "purpose" => self.purpose = Some(lines(value, PURPOSE)),
            _ => {}
        }
    }
}

/// One line without hidden characters.
fn line(text: &str, longest: usize) -> String {
    let flat = text.replace(['\r', '\n', '\t'], " ");
    text::without_unseen(&flat).trim().chars().take(longest).collect()
}

/// Lines without hidden characters.
pub(crate) fn lines(text: &str, longest: usize) -> String {
    let flat = text.replace("\r\n", "\n").replace(['\r', '\t'], " ");
    text::without_unseen(&flat).trim().chars().take(longest).collect()
}

/// The longest that a field takes, for the form.
pub(crate) fn longest(field: &str) -> usize {
    match field {
        "shop" => SHOP,
        "headline" => HEADLINE,
        "note" => NOTE,
        "purpose" => PURPOSE,
        _ => STEP,
    }
}
