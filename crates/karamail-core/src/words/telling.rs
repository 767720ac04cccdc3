//! What is told before anybody knows who reads it: kept in both languages.

use serde::Serialize;

use super::{Language, Told};

/// A fault or an event in both languages, for a status that outlives what it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Telling {
    ja: Sentences,
    en: Sentences,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Sentences {
    what: String,
    what_to_do: Option<String>,
    /// The screens' own; the status that commands print goes without.
    #[serde(skip)]
    on_screen: Option<String>,
}

impl Telling {
    /// Tells it in both languages now.
    pub fn of(told: &(impl Told + ?Sized)) -> Telling {
        let sentences = |language| Sentences {
            what: told.what(language),
            what_to_do: told.what_to_do(language),
            on_screen: told.on_screen(language),
        };
        Telling {
            ja: sentences(Language::Japanese),
            en: sentences(Language::English),
        }
    }

    fn sentences(&self, language: Language) -> &Sentences {
        match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        }
    }
}

impl Told for Telling {
    fn what(&self, language: Language) -> String {
        self.sentences(language).what.clone()
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        self.sentences(language).what_to_do.clone()
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        self.sentences(language).on_screen.clone()
    }
}
