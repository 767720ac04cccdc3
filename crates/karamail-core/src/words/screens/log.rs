//! ログ: the monthly log.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "ログ", en: "Log" }
}
