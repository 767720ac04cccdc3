//! The tray icon, its menu, windows and messages of the desktop program.

use super::words;

words! {
    /// Menu: the status.
    pub fn status() { ja: "状況", en: "Status" }
    /// Menu: poll now.
    pub fn check_now() { ja: "今すぐ確認", en: "Check now" }
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
    /// The window's title.
    pub fn window_title() { ja: "空メール受付 Karamail", en: "Karamail" }
    /// The icon's line.
    pub fn tooltip(state: &str) { ja: "空メール受付: {state}", en: "Karamail: {state}" }
    /// There is no engine.
    pub fn no_engine() { ja: "設定が必要です", en: "Needs settings" }
    /// State: all is well.
    pub fn collecting() { ja: "収集中", en: "collecting" }
    /// State: mailboxes are being polled.
    pub fn polling() { ja: "確認中", en: "checking" }
    /// State: nothing is collected.
    pub fn stopped() { ja: "停止中", en: "stopped" }
    /// State: something waits for a person.
    pub fn needs_hand() { ja: "対応が必要です", en: "needs a hand" }
    /// State: customers are not served.
    pub fn failing() { ja: "メールを受信できません", en: "mail cannot be fetched" }
}
