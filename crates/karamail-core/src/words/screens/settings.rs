//! 設定: the settings file, field by field.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "設定", en: "Settings" }
}
