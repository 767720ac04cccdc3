//! デモ: servers on this machine, and a phone on the page.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "デモ", en: "Demo" }
}
