//! Words about requests: what commands ask of the running program.

use crate::words::words;

words! {
    /// The running program did not answer; nothing was done.
    pub fn no_answer() {
        ja: "動作中の Karamail が応答しませんでした。依頼は取り消しました。",
        en: "The running Karamail did not answer. The request was taken back.",
    }
    /// The running program has begun, but did not end in time.
    pub fn not_done_yet() {
        ja: "動作中の Karamail が依頼を処理していますが、まだ終わっていません。",
        en: "The running Karamail is working on the request, but has not finished yet.",
    }
    /// What to do where it did not answer.
    pub fn no_answer_advice() {
        ja: "少し待ってもう一度実行するか、Karamail を終了してから実行してください。",
        en: "Try again in a moment, or end Karamail first.",
    }
    /// What to do where it has not finished.
    pub fn not_done_yet_advice() {
        ja: "少し待ってから一覧やログで確かめてください。", en: "Look at the list or the log in a moment.",
    }
    /// The running program knows no such request.
    pub fn unknown(kind: &str) {
        ja: "動作中の Karamail は版が違うため、この依頼（{kind}）を扱えません。",
        en: "The running Karamail is another version and does not know this request ({kind}).",
    }
    /// What to do about it.
    pub fn unknown_advice() {
        ja: "動作中の Karamail を終了し、同じ版で起動し直してください。", en: "End it and start this version.",
    }
    /// The request waited too long.
    pub fn too_old() {
        ja: "依頼から時間がたちすぎたため、何もしませんでした。", en: "The request was too old; nothing was done.",
    }
    /// What to do about it.
    pub fn too_old_advice() { ja: "もう一度実行してください。", en: "Run the command again." }
    /// There is no ledger to work on.
    pub fn no_ledger(folder: &str) {
        ja: "データフォルダー {folder} には、まだ何も記録されていません。",
        en: "Nothing has been recorded in the data folder {folder} yet.",
    }
    /// The engine has ended.
    pub fn not_running() { ja: "メール収集のしくみが動いていないため、何もしませんでした。", en: "The engine is not running; nothing was done." }
    /// What to do about it.
    pub fn not_running_advice() { ja: "Karamail を起動し直してください。", en: "Start Karamail again." }
}
