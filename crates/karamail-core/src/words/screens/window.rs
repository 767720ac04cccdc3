//! What the screens say when they are shown in the program's own window.

use super::super::words;

words! {
    /// Closes the window; the program goes on.
    pub fn to_tray() { ja: "トレイへ", en: "To the tray" }
    /// What that does.
    pub fn to_tray_help() {
        ja: "この画面を閉じます。メールの収集は続きます。",
        en: "Closes this window. Mail is collected all the same.",
    }
    /// The window is closed for the first time.
    pub fn first_close() {
        ja: "画面を閉じても、メールの収集は続きます。\n\
             もう一度見るには、画面のすみのアイコンを押すか、Karamail をもう一度起動します。\n\
             収集もやめるには、「状況」の「処理の終了」を押します。",
        en: "Mail is collected all the same when this window is closed.\n\
             To see it again, click the icon in the tray or start Karamail once more.\n\
             To end Karamail itself, press \"End the program\" on the status screen.",
    }
    /// Closes it.
    pub fn close() { ja: "閉じる", en: "Close" }
    /// Does not.
    pub fn keep_open() { ja: "閉じない", en: "Keep it open" }
    /// The window is closed over changes that are not saved.
    pub fn close_unsaved() {
        ja: "変更がまだ保存されていません。保存せずに画面を閉じますか。",
        en: "Your changes are not saved yet. Close without saving?",
    }
    /// Closes all the same.
    pub fn close_all_the_same() { ja: "保存せずに閉じる", en: "Close without saving" }
    /// A file is being saved.
    pub fn saving() { ja: "保存しています…", en: "Saving …" }
    /// A file was saved.
    pub fn saved(name: &str) { ja: "「{name}」を保存しました。", en: "\"{name}\" was saved." }
    /// Where.
    pub fn saved_in(folder: &str) { ja: "場所：{folder}", en: "Folder: {folder}" }
    /// A file could not be saved.
    pub fn not_saved(name: &str, why: &str) {
        ja: "「{name}」を保存できませんでした（{why}）。",
        en: "\"{name}\" could not be saved ({why}).",
    }
    /// What to do about it.
    pub fn not_saved_advice(folder: &str) {
        ja: "フォルダー {folder} に書き込めるか、空きがあるかを確かめて、もう一度お試しください。",
        en: "See whether the folder {folder} can be written and has room, and try again.",
    }
    /// Opens the folder that a file was saved in.
    pub fn open_folder() { ja: "フォルダーを開く", en: "Open the folder" }
    /// Opens the file that was saved.
    pub fn open_file() { ja: "ファイルを開く", en: "Open the file" }
    /// Takes a message away.
    pub fn dismiss() { ja: "この知らせを消す", en: "Dismiss" }
    /// Something is being opened.
    pub fn opened() { ja: "開きました。", en: "Opened." }
    /// A saved file or its folder did not open.
    pub fn not_opened(place: &str, why: &str) {
        ja: "{place} を開けませんでした（{why}）。",
        en: "{place} could not be opened ({why}).",
    }
    /// It is known no longer what was saved.
    pub fn not_known() {
        ja: "どのファイルか分からなくなりました。フォルダーから開いてください。",
        en: "It is known no longer which file this was. Open it from its folder.",
    }
    /// Title of the page after a saved file.
    pub fn saved_title() { ja: "ファイルの保存", en: "Saving a file" }
    /// Title of the page after the webview's process ended.
    pub fn crashed_title() { ja: "表示が途切れました", en: "The display was interrupted" }
    /// What happened.
    pub fn crashed() {
        ja: "画面を表示する部分が止まったため、開き直しました。メールの収集と受付は止まっていません。",
        en: "The part that draws the screens stopped and was started again. Mail was collected all the while.",
    }
    /// What may be lost.
    pub fn crashed_advice() {
        ja: "入力の途中だったものは消えています。下のボタンから続けてください。",
        en: "What you were typing is gone. Go on from here:",
    }
    /// Shows the page again.
    pub fn show_again() { ja: "もう一度表示する", en: "Show it again" }
}
