//! The words of the monthly log.

use crate::journal::EventKind;
use crate::words::{Language, words};

words! {
    /// A receipt number.
    pub fn number(number: i64) { ja: "受付番号 {number}", en: "number {number}" }
    /// The mailbox something happened to.
    pub fn mailbox(name: &str) { ja: "（{name}）", en: "({name})" }
    /// A letter of the outbox, told by its kind.
    pub fn receipt_letter() { ja: "受付完了メール", en: "receipt" }
    /// The reply to a duplicate.
    pub fn repeat_letter() { ja: "2重登録への返信メール", en: "repeat reply" }
    /// A forwarded mail.
    pub fn forward_letter() { ja: "対象外メールの転送", en: "forwarded mail" }
    /// A letter will be tried again.
    pub fn tried_again_at(time: &str) { ja: "{time} に再送します", en: "trying again at {time}" }
    /// A finished forward cannot be read.
    pub fn letter_unreadable(why: &str) {
        ja: "転送するメールのファイルを読めません（{why}）。", en: "The file with the mail to forward cannot be read ({why}).",
    }
    /// A letter was tried for as long as the retry series lasts.
    pub fn gave_up() { ja: "再送を続けましたが届けられませんでした", en: "given up after every retry" }
}

/// What happened, in a few words.
pub fn title(language: Language, kind: EventKind) -> String {
    let (ja, en) = match kind {
        EventKind::Started => ("メール収集を開始", "Collecting started"),
        EventKind::Stopped => ("メール収集を終了", "Collecting stopped"),
        EventKind::ReceiptGiven => ("受付", "Signup"),
        EventKind::Repeated => ("2重登録（同じ番号を返信）", "Duplicate (same number again)"),
        EventKind::DuplicateIgnored => ("2重登録（返信なし）", "Duplicate (ignored)"),
        EventKind::Forwarding => ("対象外メール（転送）", "Other mail (forward)"),
        EventKind::Archived => ("対象外メール（保管）", "Other mail (archived)"),
        EventKind::DeletionRefused => ("サーバーが削除しないメール", "Mail not deleted"),
        EventKind::Held => ("保留", "Held"),
        EventKind::Backlog => ("以前からのメール（そのまま）", "Old mail (left alone)"),
        EventKind::SelfTest => ("テストメール", "Test mail"),
        EventKind::Sent => ("送信済み", "Sent"),
        EventKind::SendDelayed => ("送信できず（再送します）", "Not sent yet (will retry)"),
        EventKind::Refused => ("送信を拒否された", "Refused"),
        EventKind::Bounced => ("届かずに戻ってきた", "Came back"),
        EventKind::Resending => ("再送を受付", "To be sent again"),
        EventKind::MailboxFailing => ("受信できません", "Cannot receive"),
        EventKind::MailboxRecovered => ("受信が回復", "Receiving again"),
        EventKind::SendingFailing => ("送信できません", "Cannot send"),
        EventKind::SendingRecovered => ("送信が回復", "Sending again"),
        EventKind::MailUnreadable => ("読めないメール", "Unreadable mail"),
        EventKind::OptedOut => ("退会", "Left"),
        EventKind::Erased => ("個人情報を消去", "Person erased"),
        EventKind::Imported => ("メールを取り込み", "Mails imported"),
        EventKind::Restored => ("バックアップから復元", "Restored from a backup"),
        EventKind::Quarantined => ("処理できないメールを別に分けた", "Put aside"),
        EventKind::Released => ("保留を解除", "Released"),
        EventKind::Discarded => ("破棄", "Discarded"),
        EventKind::Ignored => ("以前からのメールを無視", "Old mail ignored"),
        EventKind::LimitReached => ("返信数の上限に達した", "Limit of replies reached"),
        EventKind::UidlsChanged => ("メールの識別番号がすべて変わった", "Every mail has a new id"),
        EventKind::DiskRoomAgain => ("ディスクに空きができ、再開", "Disk has room again"),
        EventKind::ClockJumped => ("時計のずれ、または休止からの復帰", "Clock jumped or PC woke up"),
        EventKind::SettingsLoaded => ("設定を読み込み", "Settings loaded"),
        EventKind::SettingsRefused => (
            "設定に誤り（前の設定のまま）",
            "Settings have faults (the old ones stay)",
        ),
    };
    match language {
        Language::Japanese => ja.to_owned(),
        Language::English => en.to_owned(),
    }
}
