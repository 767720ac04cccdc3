//! 店頭キット: the poster with the QR code.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "店頭キット", en: "Counter kit" }
}
