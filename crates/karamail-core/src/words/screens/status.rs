//! 状況: is it collecting, and what needs a hand.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "状況", en: "Status" }
}
