//! The shop word (合言葉): a word that a signup mail must hold where the shop is troubled by spam.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::address::is_blank;

/// Where the shop word may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShopWordIn {
    /// In the subject.
    Subject,
    /// In the body.
    Body,
    /// In one of the two.
    #[default]
    Either,
}

impl ShopWordIn {
    /// Every place, in the order of the settings.
    pub const ALL: [ShopWordIn; 3] = [ShopWordIn::Subject, ShopWordIn::Body, ShopWordIn::Either];

    /// The stable name: `subject`, `body` or `either`.
    pub const fn as_str(self) -> &'static str {
        match self {
            ShopWordIn::Subject => "subject",
            ShopWordIn::Body => "body",
            ShopWordIn::Either => "either",
        }
    }
}

/// One shop word. Compared without width (ＡＢＣ is abc, ｶﾅ is カナ), case and blanks: people type it on phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopWord {
    written: String,
    folded: String,
}

impl ShopWord {
    /// `None` for a word of nothing but blanks, which would be in every mail.
    pub fn new(text: &str) -> Option<ShopWord> {
        let folded = fold(text);
        (!folded.is_empty()).then(|| ShopWord {
            written: text.to_owned(),
            folded,
        })
    }

    /// Whether it stands in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        fold(text).contains(&self.folded)
    }

    /// Whether `text` is this word and nothing else.
    pub fn is_all_of(&self, text: &str) -> bool {
        fold(text) == self.folded
    }
}

/// As it is written in the settings.
impl fmt::Display for ShopWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

/// Compatibility form (Unicode NFKC), lower case, no blanks.
fn fold(text: &str) -> String {
    let normal = icu_normalizer::ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let lower = normal.chars().flat_map(char::to_lowercase);
    lower.filter(|character| !is_blank(*character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whatever_its_width_case_and_blanks() {
        let word = ShopWord::new("Karaカラ 1").unwrap();
        for text in [
            "karaカラ1",
            "ＫＡＲＡｶﾗ１",
            "★ ka ra\u{3000}カラ\r\n1 ★",
            "kara\u{200b}カラ1です",
        ] {
            assert!(word.is_in(text), "{text}");
        }
        assert!(!word.is_in("karaカラ2"));
        assert!(word.is_all_of(" ＫａｒａカラＩ".replace('Ｉ', "１").as_str()));
        assert!(!word.is_all_of("karaカラ1です"));
        assert!(ShopWord::new(" \u{3000}").is_none());
        // A kana with a separate voicing mark, as some phones send it.
        assert!(
            ShopWord::new("ガラ").unwrap().is_in("カ\u{3099}ラ")
                && ShopWord::new("ガラ").unwrap().is_in("ｶﾞﾗ")
        );
    }
}
