//! ログ: the monthly log.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "ログ", en: "Log" }
    /// There is no such log file.
    pub fn missing(path: &str) { ja: "ログのファイル {path} がありません。", en: "There is no log file {path}." }
    /// What to do about it.
    pub fn missing_advice() {
        ja: "削除または移動された可能性があります。ほかの月を選んでください。", en: "It may have been deleted or moved. Choose another month.",
    }
    /// A log file cannot be read.
    pub fn unreadable(path: &str, why: &str) {
        ja: "ログのファイル {path} を読めません（{why}）。", en: "The log file {path} cannot be read ({why}).",
    }
    /// What to do about it.
    pub fn unreadable_advice() {
        ja: "ほかのプログラムで開いている場合は閉じて、もう一度お試しください。", en: "If another program has it open, close it there and try again.",
    }
    /// A log file is too large to be shown.
    pub fn too_large(path: &str, megabytes: u64) {
        ja: "ログのファイル {path} は大きすぎるため、ここに表示できません（{megabytes} MB）。",
        en: "The log file {path} is too large to be shown here ({megabytes} MB).",
    }
    /// What to do about it.
    pub fn too_large_advice() {
        ja: "「外部へ取り出し」で、ほかのプログラムで開いてください。", en: "Open it in another program instead.",
    }
    /// A log file changes while it is read.
    pub fn restless(path: &str) {
        ja: "ログのファイル {path} を、ほかのプログラムが書き換えています。", en: "Another program keeps changing the log file {path}.",
    }
    /// What to do about it.
    pub fn restless_advice() { ja: "保存が終わってから、もう一度お試しください。", en: "Try again when it has finished." }
}
