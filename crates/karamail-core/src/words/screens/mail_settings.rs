//! メールの設定: mailboxes, their servers and passwords.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "メールの設定", en: "Mail settings" }
}
