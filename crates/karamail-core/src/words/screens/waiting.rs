//! 確認待ち: mails that wait for the shop.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "確認待ちのメール", en: "Waiting mail" }
}
