//! 確認待ち: mails that wait for the shop.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "確認待ちのメール", en: "Mails that wait for you" }
    /// What this is.
    pub fn lead() {
        ja: "自動では受け付けなかったメールです。どうするかを選んでください。決めるまで何も起きません。",
        en: "Mails that were not taken by themselves. Choose what becomes of them; until then nothing happens.",
    }
    /// Nothing waits.
    pub fn nothing() { ja: "確認が必要なメールはありません。", en: "No mail waits for you." }
    /// Heading.
    pub fn held() { ja: "保留中のメール", en: "Held mails" }
    /// What they are.
    pub fn held_help() {
        ja: "なりすましの疑いなどで、受付番号を出さずに止めたメールです。",
        en: "No number was given to them, because the sender may be forged or sends too much.",
    }
    /// Heading.
    pub fn quarantined() { ja: "取り出せなかったメール", en: "Mails that could not be handled" }
    /// What they are.
    pub fn quarantined_help() {
        ja: "サーバーが渡さない、または壊れていて読めないメールです。ほかのメールの処理は続いています。",
        en: "The server does not hand them out, or they cannot be read. All other mails go on.",
    }
    /// Heading.
    pub fn backlog() { ja: "以前からのメール", en: "Old mails" }
    /// What they are.
    pub fn backlog_help() {
        ja: "使い始める前からサーバーにあったメールなどです。間違って古いメールに返信しないよう、止めてあります。",
        en: "They were on the server before, and are left alone so that no old mail is answered by mistake.",
    }
    /// How many.
    pub fn mails(count: i64) { ja: "{count} 通", en: "{count} mails" }
    /// From when to when.
    pub fn period(from: &str, to: &str) { ja: "{from} ～ {to} のメール", en: "Mails from {from} to {to}" }
    /// Decided about; waits for the server.
    pub fn decided(count: i64) {
        ja: "ほかに {count} 通は、次にサーバーを確認するときに処理します。", en: "{count} more are done at the next look at the server.",
    }
    /// Column head.
    pub fn sender() { ja: "差出人", en: "From" }
    /// Column head.
    pub fn subject() { ja: "件名", en: "Subject" }
    /// Column head.
    pub fn date() { ja: "日時", en: "Date" }
    /// Column head.
    pub fn size() { ja: "大きさ", en: "Size" }
    /// Column head.
    pub fn why() { ja: "理由", en: "Why" }
    /// Column head.
    pub fn choices() { ja: "操作", en: "Choose" }
    /// There is no subject.
    pub fn no_subject() { ja: "（件名なし）", en: "(no subject)" }
    /// The sender is not known.
    pub fn no_sender() { ja: "（不明）", en: "(not known)" }
    /// Where its bytes are.
    pub fn kept_in(file: &str) { ja: "中身は {file} に保管しました。", en: "Its contents are kept in {file}." }
    /// A wish waits for the server.
    pub fn to_be_released() { ja: "次の確認で受け付けます", en: "Taken at the next look" }
    /// A wish waits for the server.
    pub fn to_be_discarded() { ja: "次の確認で削除します", en: "Deleted at the next look" }
    /// Label of a check box.
    pub fn choose(sender: &str) { ja: "{sender} からのメールを選ぶ", en: "Choose the mail from {sender}" }
    /// Label of the check box above the others.
    pub fn choose_all() { ja: "表示中をすべて選ぶ", en: "Choose all that are shown" }
    /// Releases one.
    pub fn release() { ja: "受け付ける", en: "Take it" }
    /// Discards one.
    pub fn discard() { ja: "捨てる…", en: "Throw away …" }
    /// Releases the chosen.
    pub fn release_chosen() { ja: "選んだメールを受け付ける", en: "Take the chosen" }
    /// Discards the chosen.
    pub fn discard_chosen() { ja: "選んだメールを捨てる…", en: "Throw the chosen away …" }
    /// Releases all.
    pub fn release_all(count: i64) { ja: "{count} 通すべて受け付ける…", en: "Take all {count} …" }
    /// Discards all.
    pub fn discard_all(count: i64) { ja: "{count} 通すべて捨てる…", en: "Throw all {count} away …" }
    /// What the buttons do.
    pub fn held_choices() {
        ja: "「受け付ける」と、止めた理由を見ずに判定し直します。空メールなら受付番号を出して返信します。「捨てる」と、返信せずにサーバーから削除します。",
        en: "\"Take\" decides again without what held it: an empty mail gets its number and its receipt. \"Throw away\" deletes it from the server without an answer.",
    }
    /// What the buttons do.
    pub fn quarantined_choices() {
        ja: "「もう一度試す」と、次にサーバーを確認するときに取り出し直します。「捨てる」と、返信せずにサーバーから削除します。",
        en: "\"Try again\" fetches it anew at the next look at the server. \"Throw away\" deletes it from the server without an answer.",
    }
    /// Releases one that could not be handled.
    pub fn retry() { ja: "もう一度試す", en: "Try again" }
    /// Releases the chosen that could not be handled.
    pub fn retry_chosen() { ja: "選んだメールをもう一度試す", en: "Try the chosen again" }
    /// Releases all that could not be handled.
    pub fn retry_all(count: i64) { ja: "{count} 通すべてもう一度試す…", en: "Try all {count} again …" }
    /// Takes old mails.
    pub fn process(count: i64) { ja: "{count} 通を受け付ける…", en: "Take these {count} …" }
    /// What that does.
    pub fn process_help() {
        ja: "いま届いたものとして扱います。空メールには受付番号を出し、お客様に返信します。",
        en: "They count as if they had come now: empty mails get numbers, and the customers get receipts.",
    }
    /// Ignores old mails.
    pub fn ignore(count: i64) { ja: "{count} 通をそのままにする…", en: "Leave these {count} alone …" }
    /// What that does.
    pub fn ignore_help() {
        ja: "サーバーに残し、今後は扱いません。この画面にも出なくなります。あとから受け付けることはできません。",
        en: "They stay on the server, are never looked at again and go from this screen. They cannot be taken later.",
    }
    /// Deletes old mails.
    pub fn delete(count: i64) { ja: "{count} 通を削除する…", en: "Delete these {count} …" }
    /// What that does.
    pub fn delete_help() {
        ja: "このパソコンに控えを残してから、返信せずにサーバーから削除します。",
        en: "A copy is kept on this PC, then they are deleted from the server. Nobody gets an answer.",
    }
    /// Shows the old mails of a mailbox.
    pub fn show_list() { ja: "メールの一覧を見る", en: "See the mails" }
    /// There are more.
    pub fn older() { ja: "さらに古いメール", en: "Older mails" }
    /// Back to the beginning.
    pub fn newest() { ja: "新しいメールに戻る", en: "Back to the newest" }
    /// Only so many are shown.
    pub fn shown_of(shown: usize, count: i64) { ja: "{count} 通のうち、新しい {shown} 通です。", en: "The newest {shown} of {count}." }
    /// The mailbox is not in the settings.
    pub fn no_mailbox() {
        ja: "このメールボックスは設定にないため、操作できません。設定に戻すと選べます。",
        en: "This mailbox is not in the settings, so nothing can be done. Put it back to choose.",
    }
    /// Mailbox label.
    pub fn mailbox(name: &str) { ja: "メールボックス {name}", en: "Mailbox {name}" }
    /// Size in kilobytes.
    pub fn kilobytes(size: i64) { ja: "{size} KB", en: "{size} KB" }
    /// Back to the screen before.
    pub fn back() { ja: "ESC：前画面", en: "ESC: back" }
    /// All lists.
    pub fn to_all() { ja: "ESC：確認待ちのメールに戻る", en: "ESC: back to the waiting mails" }
}

words! {
    /// Title of the page that asks.
    pub fn confirm_title() { ja: "確認", en: "Please confirm" }
    /// Asks.
    pub fn ask_discard(count: usize) { ja: "{count} 通のメールを捨てます。", en: "{count} mails are thrown away." }
    /// What that does.
    pub fn ask_discard_help() {
        ja: "返信せずに、メールサーバーから削除します。サーバーにまだあるメールは、このパソコンに控えを残します（控えの保存期間は設定のとおり）。お客様に受付番号は届きません。",
        en: "They are deleted from the mail server without an answer. What is still there is archived on this PC first, for as long as the settings say. No customer gets a number.",
    }
    /// Asks.
    pub fn ask_release(count: usize) { ja: "{count} 通のメールを受け付けます。", en: "{count} mails are taken." }
    /// What that does.
    pub fn ask_release_help() {
        ja: "空メールには受付番号を出し、差出人に返信します。発行した番号は取り消せません。なりすましのメールがないか、差出人を確かめてください。",
        en: "Empty mails get numbers and their senders get receipts. A number cannot be taken back: check the senders for forgeries first.",
    }
    /// Asks.
    pub fn ask_retry(count: usize) { ja: "{count} 通のメールをもう一度試します。", en: "{count} mails are tried again." }
    /// Asks.
    pub fn ask_process(count: i64, mailbox: &str) {
        ja: "{mailbox} の以前からのメール {count} 通を受け付けます。", en: "The {count} old mails of {mailbox} are taken.",
    }
    /// What that does.
    pub fn ask_process_help() {
        ja: "空メールの差出人全員に、受付番号のメールが送られます。発行した番号は取り消せません。",
        en: "Everyone who sent an empty mail gets a receipt with a number. Numbers cannot be taken back.",
    }
    /// Asks.
    pub fn ask_ignore(count: i64, mailbox: &str) {
        ja: "{mailbox} の以前からのメール {count} 通を、今後は扱いません。", en: "The {count} old mails of {mailbox} are never looked at again.",
    }
    /// Asks.
    pub fn ask_delete(count: i64, mailbox: &str) {
        ja: "{mailbox} の以前からのメール {count} 通を、サーバーから削除します。", en: "The {count} old mails of {mailbox} are deleted from the server.",
    }
    /// Confirms a deletion.
    pub fn delete_understood() { ja: "サーバーから削除してよい", en: "They may be deleted from the server" }
    /// The box was not ticked.
    pub fn not_understood() { ja: "チェックがないため、まだ何もしていません。", en: "The box is not ticked. Nothing was done." }
    /// Does it.
    pub fn do_discard() { ja: "捨てる", en: "Throw away" }
    /// Does it.
    pub fn do_release() { ja: "受け付ける", en: "Take them" }
    /// Does it.
    pub fn do_retry() { ja: "もう一度試す", en: "Try again" }
    /// Does it.
    pub fn do_ignore() { ja: "そのままにする", en: "Leave them alone" }
    /// Does it.
    pub fn do_delete() { ja: "削除する", en: "Delete" }
    /// Does nothing.
    pub fn do_nothing() { ja: "ESC：何もせずに戻る", en: "ESC: back, do nothing" }
    /// More mails than are listed.
    pub fn and_more(count: usize) { ja: "ほか {count} 通", en: "and {count} more" }
}

words! {
    /// Nothing was chosen.
    pub fn nothing_chosen() { ja: "メールが選ばれていません。", en: "No mail was chosen." }
    /// What to do about it.
    pub fn nothing_chosen_advice() { ja: "左端の欄にチェックを付けてから押してください。", en: "Tick the boxes at the left first." }
    /// What came of it.
    pub fn done_numbers(count: u64) { ja: "{count} 通に受付番号を出しました。", en: "{count} got their numbers." }
    /// The numbers.
    pub fn done_one_number(number: i64) { ja: "受付番号 {number}", en: "Number {number}" }
    /// What came of it.
    pub fn done_decided(count: u64) { ja: "{count} 通を処理しました。", en: "{count} are done." }
    /// What came of it.
    pub fn done_held_again(count: u64) { ja: "{count} 通は、別の理由でまだ保留です。", en: "{count} are held again, for another reason." }
    /// What came of it.
    pub fn done_at_next_poll(count: u64) {
        ja: "{count} 通は、次にサーバーを確認するときに処理します。", en: "{count} are done at the next look at the server.",
    }
    /// What came of it.
    pub fn done_ignored(count: u64) { ja: "{count} 通は、今後は扱いません。", en: "{count} are left alone from now on." }
    /// What came of it.
    pub fn done_not_found(count: u64) { ja: "{count} 通は、もう確認待ちではありませんでした。", en: "{count} did not wait any more." }
    /// What came of it.
    pub fn done_no_mailbox(count: u64) {
        ja: "{count} 通は、メールボックスが設定にないため処理できません。", en: "{count} cannot be done: their mailbox is not in the settings.",
    }
}
