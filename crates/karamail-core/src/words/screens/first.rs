//! 初回: from an address to the first receipt.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "はじめての設定", en: "First steps" }
}
