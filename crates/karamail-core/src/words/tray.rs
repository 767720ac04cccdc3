//! The tray icon, its menu, windows and messages of the desktop program.

use super::words;

words! {
    /// Menu: the status.
    pub fn status() { ja: "状況", en: "Status" }
    /// Menu: poll now.
    pub fn check_now() { ja: "今すぐ確認", en: "Check now" }
    /// Menu: poll now, where nothing is collected.
    pub fn check_now_stopped() { ja: "今すぐ確認（停止中）", en: "Check now (stopped)" }
    /// Menu: poll now, where there are no sound settings or no mailbox.
    pub fn check_now_unset() { ja: "今すぐ確認（設定が必要です）", en: "Check now (needs settings)" }
    /// Menu: begin to collect.
    pub fn start() { ja: "収集開始", en: "Start collecting" }
    /// Menu: end collecting.
    pub fn stop() { ja: "収集停止", en: "Stop collecting" }
    /// Menu: the settings.
    pub fn settings() { ja: "設定", en: "Settings" }
    /// Menu: the results.
    pub fn results() { ja: "収集結果", en: "Results" }
    /// Menu: the log.
    pub fn log() { ja: "ログ", en: "Log" }
    /// Menu: the counter kit.
    pub fn kit() { ja: "店頭キット", en: "Counter kit" }
    /// Menu: end the program.
    pub fn end() { ja: "処理の終了", en: "Quit" }
    /// Menu: the program ends already.
    pub fn ending() { ja: "終了しています…", en: "Ending…" }
    /// The window's title.
    pub fn window_title() { ja: "空メール受付 Karamail", en: "Karamail" }

    /// The icon's first line: what goes on.
    pub fn title(state: &str) { ja: "空メール受付: {state}", en: "Karamail: {state}" }
    /// The same, about one mailbox.
    pub fn title_of(state: &str, mailbox: &str) { ja: "空メール受付: {state}（{mailbox}）", en: "Karamail: {state} ({mailbox})" }
    /// There are no settings yet.
    pub fn unset() { ja: "設定が必要です", en: "Needs settings" }
    /// The settings have faults, and nothing is collected.
    pub fn faulty() { ja: "設定に間違いがあります", en: "The settings have faults" }
    /// Another program uses the data folder, or it cannot be used.
    pub fn failed() { ja: "収集を始められません", en: "Collecting cannot begin" }
    /// The program ends.
    pub fn ending_title() { ja: "終了しています", en: "Ending" }
    /// The program ends: what it still does.
    pub fn ending_means() { ja: "扱っている途中のメールを終えています", en: "Finishing the mail in hand" }
    /// When the last poll succeeded.
    pub fn last_good(time: &str) { ja: "前回の確認: {time}", en: "Last good check: {time}" }
    /// There was none.
    pub fn never() { ja: "まだ確認していません", en: "Not checked yet" }
    /// Numbers given today.
    pub fn today(count: i64) { ja: "今日の受付: {count}件", en: "Given today: {count}" }
    /// Mails that wait for the shop.
    pub fn waiting(count: u64) { ja: "確認待ちのメール: {count}通", en: "Mails that wait for you: {count}" }
    /// What is wrong: letters cannot be sent.
    pub fn not_sending() { ja: "受付完了メールを送れません", en: "Receipts cannot be sent" }
    /// What is wrong: every mail on the server looks new.
    pub fn strange() { ja: "サーバーのメールが変わりました", en: "The server's mails changed" }
    /// What is wrong: the settings file, while the settings before it hold.
    pub fn settings_faults() { ja: "設定ファイルに間違いがあります", en: "The settings file has faults" }
    /// What is wrong: the monthly log.
    pub fn log_fault() { ja: "ログを書けません", en: "The log cannot be written" }

    /// The program could not start: heading of the page that says so.
    pub fn cannot_start() { ja: "Karamail を起動できません", en: "Karamail cannot start" }
    /// A program that does not answer holds the place.
    pub fn no_answer() {
        ja: "もう 1 つの Karamail が動いていますが、応答しません。",
        en: "Another Karamail runs and does not answer.",
    }
    /// What to do about it.
    pub fn no_answer_advice() {
        ja: "パソコンを再起動してから、もう一度起動してください。",
        en: "Start the computer anew, then start Karamail again.",
    }
    /// The way between the programs cannot be made.
    pub fn no_link(why: &str) {
        ja: "画面との通信を準備できません（{why}）。",
        en: "The way to the screens cannot be made ({why}).",
    }
    /// The operating system refused something.
    pub fn system_refused(why: &str) { ja: "システムが次の理由で断りました: {why}", en: "The system refused: {why}" }
    /// What to do about it.
    pub fn system_refused_advice() {
        ja: "ディスクの空きと、データフォルダーに書き込めることを確かめてください。",
        en: "See that the disk has room and that the data folder may be written.",
    }
    /// Under a message on a page that nobody answers any more.
    pub fn close_page() { ja: "このページは閉じてかまいません。", en: "You may close this page." }
}
