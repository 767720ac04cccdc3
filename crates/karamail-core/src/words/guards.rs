//! Words about mails that wait for the shop: held, old, put aside; and about strange days.

use crate::words::words;

words! {
    /// Every unique id is new; the mails were recognised.
    pub fn uidls_changed(listed: usize, recognised: usize) {
        ja: "サーバーがすべてのメールに新しい識別番号を付けました（{listed} 通のうち {recognised} 通は見覚えがあり、もう一度返信しません）",
        en: "the server gave every mail a new id ({recognised} of {listed} were recognised and are not answered again)",
    }
    /// Every unique id is new; most mails were not recognised and wait.
    pub fn uidls_changed_backlog(listed: usize, recognised: usize) {
        ja: "サーバーがすべてのメールに新しい識別番号を付けました（{listed} 通のうち見覚えがあるのは {recognised} 通だけなので、残りには返信せず「以前からのメール」にしました。karamail backlog で選んでください）",
        en: "the server gave every mail a new id (only {recognised} of {listed} were recognised, so the others are not answered but left as old mail; choose with: karamail backlog)",
    }
}

words! {
    /// No mail waits.
    pub fn nothing_waits() { ja: "該当するメールはありません。", en: "No such mail waits." }
    /// Column head.
    pub fn column_id() { ja: "ID", en: "Id" }
    /// Column head.
    pub fn column_seen() { ja: "受信日時", en: "Seen" }
    /// Column head.
    pub fn column_mailbox() { ja: "メールボックス", en: "Mailbox" }
    /// Column head.
    pub fn column_sender() { ja: "差出人", en: "From" }
    /// Column head.
    pub fn column_subject() { ja: "件名", en: "Subject" }
    /// Column head.
    pub fn column_why() { ja: "理由", en: "Reason" }
    /// Behind the reason: it is released with the next poll.
    pub fn to_be_released() { ja: "（次の受信で解除します）", en: " (to be released with the next poll)" }
    /// Behind the reason: it is discarded with the next poll.
    pub fn to_be_discarded() { ja: "（次の受信で削除します）", en: " (to be deleted with the next poll)" }
    /// A mail got its number.
    pub fn done_number(id: i64, number: i64) {
        ja: "{id}: 受付番号 {number} で受け付けました。", en: "{id}: taken, with number {number}.",
    }
    /// A mail was decided about otherwise.
    pub fn done_decided(id: i64) { ja: "{id}: 処理しました。", en: "{id}: done." }
    /// Another guard holds it.
    pub fn done_held_again(id: i64) {
        ja: "{id}: 別の理由で保留になりました。「karamail hold list」で確かめてください。",
        en: "{id}: held again, for another reason. See: karamail hold list",
    }
    /// It needs the server.
    pub fn done_at_next_poll(id: i64) {
        ja: "{id}: 次にサーバーを見に行くときに処理します。", en: "{id}: will be done with the next poll.",
    }
    /// It is left alone for good.
    pub fn done_ignored(id: i64) {
        ja: "{id}: サーバーに残し、今後は扱いません。", en: "{id}: left on the server and not looked at again.",
    }
    /// No such mail waits.
    pub fn done_not_found(id: i64) {
        ja: "{id}: 保留中のメールにありません。", en: "{id}: no such mail waits.",
    }
    /// Its mailbox is not in the settings.
    pub fn done_no_mailbox(id: i64) {
        ja: "{id}: このメールのメールボックスが設定にありません。", en: "{id}: its mailbox is not in the settings.",
    }
}

words! {
    /// The clock went further than the time that passed.
    pub fn clock_forward(minutes: u64) {
        ja: "{minutes} 分進みました。すぐに受信します", en: "{minutes} minutes forward; polling at once",
    }
    /// The clock was set back.
    pub fn clock_back(minutes: u64) {
        ja: "{minutes} 分戻りました。すぐに受信します", en: "{minutes} minutes back; polling at once",
    }
}
