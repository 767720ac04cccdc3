//! テスト: receive, send, round trip, clean up.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "テスト", en: "Test" }
}
