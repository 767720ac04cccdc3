//! What every screen has around it, and pages that could not be shown.

use super::super::words;

words! {
    /// The program's name.
    pub fn program() { ja: "空メール受付 Karamail", en: "Karamail" }
    /// Link to the status.
    pub fn status() { ja: "状況", en: "Status" }
    /// Link to the results.
    pub fn results() { ja: "収集結果", en: "Results" }
    /// Link to the log.
    pub fn log() { ja: "ログ", en: "Log" }
    /// Link to the settings.
    pub fn settings() { ja: "設定", en: "Settings" }
    /// Link to the tests.
    pub fn test() { ja: "テスト", en: "Test" }
    /// Link to the demo.
    pub fn demo() { ja: "デモ", en: "Demo" }
    /// Link to the counter kit.
    pub fn kit() { ja: "店頭キット", en: "Counter kit" }
    /// What the links are, for screen readers.
    pub fn navigation() { ja: "画面の切り替え", en: "Screens" }
    /// Skips the links.
    pub fn skip() { ja: "本文へ", en: "Skip to the content" }
    /// The demo is on.
    pub fn demo_banner() {
        ja: "デモの画面です。実際のメールは送られません。お店の設定と記録はそのままです。",
        en: "This is the demo. No real mail is sent; the shop's settings and records stay as they are.",
    }
    /// Leaves the demo.
    pub fn leave_demo() { ja: "デモを終わる", en: "Leave the demo" }
    /// A page of the demo was used after the demo, or one of the shop within it.
    pub fn other_side() {
        ja: "このページを開いたあとで、デモが始まったか、終わりました。操作は行っていません。",
        en: "The demo has begun or ended since this page was opened. Nothing was done.",
    }
    /// What to do about it.
    pub fn other_side_advice() {
        ja: "画面を開き直して、表示を確かめてから、もう一度操作してください。",
        en: "Open the screen again, look at what it shows, and do it once more.",
    }
    /// The page cannot reach the program.
    pub fn offline() {
        ja: "Karamail につながりません。表示は最新ではありません。つながると自動で更新します。",
        en: "Karamail does not answer. What you see may be old; it updates by itself when it answers again.",
    }
    /// Title of the confirmation.
    pub fn confirm_title() { ja: "確認", en: "Please confirm" }
    /// Goes ahead.
    pub fn yes() { ja: "はい", en: "Yes" }
    /// Does not.
    pub fn no() { ja: "いいえ", en: "No" }
    /// Something would be lost by leaving.
    pub fn ask_before_leaving() {
        ja: "変更がまだ保存されていません。保存せずに前の画面へ戻りますか。",
        en: "Your changes are not saved yet. Leave without saving?",
    }
    /// Leaves without saving.
    pub fn leave() { ja: "保存せずに戻る", en: "Leave without saving" }
    /// Stays on the page.
    pub fn stay() { ja: "この画面に残る", en: "Stay here" }
    /// Something was copied.
    pub fn copied() { ja: "コピーしました。", en: "Copied." }
    /// Shows a password.
    pub fn reveal() { ja: "パスワードを見える形で入力する", en: "Show the password while typing" }
    /// ESC, with what it does.
    pub fn escape() { ja: "ESC：前画面", en: "ESC: back" }
    /// F12, with what it does.
    pub fn apply() { ja: "F12：設定実行", en: "F12: apply" }
    /// Title of a page that says what is wrong.
    pub fn fault_title() { ja: "表示できません", en: "This cannot be shown" }
    /// No such page.
    pub fn not_found() { ja: "その画面はありません。", en: "There is no such page." }
    /// What to do about it.
    pub fn not_found_advice() { ja: "上のメニューから選び直してください。", en: "Choose one from the menu above." }
    /// A mistake of ours.
    pub fn our_mistake() { ja: "画面を作れませんでした。", en: "The page could not be made." }
    /// What to do about it.
    pub fn our_mistake_advice() {
        ja: "もう一度開いても同じなら、データフォルダーの diagnostics にある記録を添えてお知らせください。",
        en: "If it happens again, report it with the record in the data folder's diagnostics.",
    }
    /// The engine starts.
    pub fn starting() { ja: "準備しています。少しお待ちください。", en: "Getting ready. One moment, please." }
    /// There are no settings.
    pub fn no_settings() { ja: "まだ設定がありません。", en: "There are no settings yet." }
    /// What to do about it.
    pub fn no_settings_advice() { ja: "「はじめての設定」から始めてください。", en: "Begin with the first steps." }
    /// The program ends.
    pub fn ended() { ja: "Karamail は終了しています。", en: "Karamail has ended." }
    /// What to do about it.
    pub fn ended_advice() { ja: "もう一度起動してください。", en: "Start it again." }
    /// Link to the first steps.
    pub fn to_first() { ja: "はじめての設定へ", en: "To the first steps" }
    /// Link to the settings file.
    pub fn to_settings() { ja: "設定を直す", en: "Fix the settings" }
    /// Title of the page for those who are not signed in.
    pub fn enter_title() { ja: "Karamail の画面を開く", en: "Open Karamail's screens" }
    /// How to get in.
    pub fn enter_advice() {
        ja: "この画面は、Karamail が表示したリンクから開いてください。リンクは一度だけ使えます。karamail serve の画面で Enter キーを押すと、新しいリンクが出ます。",
        en: "Open the screens by the link that Karamail shows. A link works once. Press Enter where karamail serve runs to get a new one.",
    }
    /// The link is being used.
    pub fn enter_waiting() { ja: "画面を開いています…", en: "Opening the screens …" }
    /// The link was used before.
    pub fn enter_used_up() {
        ja: "このリンクはもう使えません。karamail serve の画面で Enter キーを押して、新しいリンクを開いてください。",
        en: "This link cannot be used any more. Press Enter where karamail serve runs, and open the new one.",
    }
    /// The screens are served.
    pub fn serving() { ja: "画面のリンク(一度だけ使えます):", en: "Link to the screens (works once):" }
    /// How to get another link.
    pub fn serving_again() {
        ja: "Enter キーを押すと新しいリンクを出します。終わるときは Ctrl-C を押します。",
        en: "Press Enter for a new link, Ctrl-C to end.",
    }
    /// The port cannot be had.
    pub fn port_taken(port: u16, why: &str) {
        ja: "このパソコンのポート {port} を開けません({why})。", en: "Port {port} of this machine cannot be opened ({why}).",
    }
    /// What to do about it.
    pub fn port_taken_advice() {
        ja: "--port で別の番号を指定するか、--port 0 で空いている番号を使ってください。",
        en: "Name another with --port, or let --port 0 take a free one.",
    }
    /// The browser did not open.
    pub fn no_browser(why: &str) {
        ja: "ブラウザーを開けませんでした({why})。上のリンクを開いてください。",
        en: "The browser did not open ({why}). Open the link above.",
    }
}
