//! 収集結果: numbers and addresses.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "収集結果", en: "Results" }
}
