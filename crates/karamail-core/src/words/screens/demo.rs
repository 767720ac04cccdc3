//! デモ: servers on this machine, and a phone on the page.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "デモ", en: "Demo" }

    /// The promise, before the demo is on.
    pub fn promise() {
        ja: "空メールを送ると、数秒で受付番号が届きます", en: "Send an empty mail, get a receipt number within seconds",
    }
    /// What the demo is, in one sentence.
    pub fn what() {
        ja: "画面の中のスマートフォンでお客様になって、会員登録の受付をその場で試せます。",
        en: "Be the customer: send the mail from a phone on this page and watch Karamail answer it.",
    }
    /// Turns the demo on.
    pub fn begin() { ja: "デモを始める", en: "Start the demo" }
    /// A promise of the demo.
    pub fn point_inside() {
        ja: "メールはこのパソコンの中だけでやり取りし、外には何も送りません。", en: "Mail stays inside this PC; nothing leaves it.",
    }
    /// A promise of the demo.
    pub fn point_untouched() {
        ja: "お店の設定と記録はそのまま残ります。", en: "The shop's settings and records stay as they are.",
    }
    /// A promise of the demo.
    pub fn point_end() {
        ja: "いつでもボタンひとつで終われます。準備はいりません。", en: "One button ends it at any time. Nothing needs to be prepared.",
    }
    /// How it goes, as a heading.
    pub fn how() { ja: "受付の流れ", en: "How it works" }
    /// A step of the flow.
    pub fn flow_scan() { ja: "お客様が店頭の QR コードを読む", en: "The customer scans the QR code on the counter" }
    /// A step of the flow.
    pub fn flow_send() { ja: "件名も本文も空のまま送信する", en: "and sends the mail as it is, empty" }
    /// A step of the flow.
    pub fn flow_receipt() { ja: "受付番号がスマートフォンに届く", en: "The phone shows a receipt number" }
    /// A step of the flow.
    pub fn flow_form() { ja: "その番号を会員登録用紙に書く", en: "which goes onto the membership form" }
    /// The drawn phone's sample letter.
    pub fn sample_subject() { ja: "会員登録を受け付けました", en: "Your signup has arrived" }
    /// The drawn phone's sample letter.
    pub fn sample_label() { ja: "お客様の受付番号", en: "Your receipt number" }

    /// The page while the demo is on.
    pub fn heading() { ja: "お客様になって試す", en: "Try it as a customer" }
    /// The phone.
    pub fn phone() { ja: "お客様のスマートフォン", en: "The customer's phone" }
    /// The phone's mail program.
    pub fn compose() { ja: "新規メール", en: "New mail" }
    /// Field.
    pub fn to() { ja: "宛先", en: "To" }
    /// The address came from the QR code.
    pub fn from_qr() { ja: "QRコードから入力", en: "from the QR code" }
    /// Field.
    pub fn from() { ja: "差出人", en: "From" }
    /// Opens the field below.
    pub fn other_from() { ja: "ほかのアドレスから送る", en: "Send from another address" }
    /// Field.
    pub fn other_address() { ja: "差出人のアドレス", en: "The sender's address" }
    /// Field.
    pub fn subject() { ja: "件名", en: "Subject" }
    /// The subject stays empty.
    pub fn subject_empty() { ja: "空のまま", en: "leave it empty" }
    /// The body stays empty.
    pub fn body_empty() { ja: "本文も空のままで送れます。", en: "The text may stay empty, too." }
    /// Sends.
    pub fn send() { ja: "送信", en: "Send" }
    /// Sent, in the phone's title bar.
    pub fn sent() { ja: "送信済み", en: "Sent" }
    /// Waits for the receipt.
    pub fn waiting() { ja: "送信しました。返信を待っています…", en: "Sent. Waiting for the reply …" }
    /// How long it takes.
    pub fn waiting_help(seconds: u64) {
        ja: "Karamail は {seconds} 秒ごとにメールを確認します。", en: "Karamail looks for mail every {seconds} seconds.",
    }
    /// The phone's inbox.
    pub fn inbox() { ja: "受信箱", en: "Inbox" }
    /// No reply comes.
    pub fn no_reply() { ja: "返信は届きません", en: "No reply will come" }
    /// Older letters of this phone.
    pub fn older() { ja: "前に届いたメール", en: "Earlier mails" }
    /// Writes a new mail on this phone.
    pub fn write_new() { ja: "新規メールを書く", en: "Write a new mail" }

    /// What to do first.
    pub fn first_title() { ja: "まず、スマートフォンの「送信」を押してください", en: "First, press \"Send\" on the phone" }
    /// The same later on.
    pub fn compose_title() { ja: "スマートフォンの「送信」を押してください", en: "Press \"Send\" on the phone" }
    /// The same later on.
    pub fn compose_text() {
        ja: "差出人や件名を変えて送ると、Karamail がどう扱うかが分かります。", en: "Change the sender or the subject and see what Karamail makes of it.",
    }
    /// What happens then.
    pub fn first_text() {
        ja: "空のメールが店に届き、数秒で受付番号の返信がスマートフォンに届きます。", en: "The empty mail reaches the shop, and within seconds the phone gets its receipt number.",
    }
    /// While the reply is on its way.
    pub fn waiting_title() { ja: "そのまま少しお待ちください", en: "Just a moment" }
    /// The first receipt is there.
    pub fn received_title(number: i64) {
        ja: "受付番号 {number} が届きました", en: "Receipt number {number} has arrived",
    }
    /// The number came once more.
    pub fn repeated_title(number: i64) {
        ja: "同じ受付番号 {number} が届きました", en: "The same number {number} has arrived",
    }
    /// Why.
    pub fn repeated_text() {
        ja: "同じアドレスからは何度送っても、番号はひとつのままです（2重登録）。", en: "However often an address sends, it keeps its one number.",
    }
    /// What the shop does with it.
    pub fn received_text() {
        ja: "お店では、この番号を会員登録用紙に書いてもらいます。番号がそのまま会員番号になります。",
        en: "In the shop the customer writes it on the membership form; it becomes the member number.",
    }
    /// What else can be tried.
    pub fn tries() { ja: "ほかの場合も試せます", en: "Try the other cases" }
    /// One click.
    pub fn try_again() { ja: "同じスマートフォンからもう一度送る", en: "Send again from this phone" }
    /// What comes of it.
    pub fn try_again_help() { ja: "2重登録になり、同じ番号が返ります。", en: "A duplicate: the same number comes back." }
    /// One click.
    pub fn try_next() { ja: "別のお客様のスマートフォンから送る", en: "Send from another customer's phone" }
    /// What comes of it.
    pub fn try_next_help() { ja: "次の番号が届きます。", en: "The next number is given." }
    /// One click.
    pub fn try_subject() { ja: "件名を付けて送る", en: "Send with a subject" }
    /// What comes of it.
    pub fn try_subject_help() { ja: "対象外のメールになり、番号は発行しません。", en: "No signup mail: no number is given." }
    /// The subject that is sent then.
    pub fn question() { ja: "営業時間について", en: "Your opening hours" }

    /// What Karamail does.
    pub fn engine() { ja: "Karamail の動き", en: "What Karamail does" }
    /// It collects.
    pub fn collecting() { ja: "メール収集中", en: "collecting" }
    /// It does not.
    pub fn stopped() { ja: "停止中", en: "stopped" }
    /// The next poll; `n` is a mark that the page replaces by the seconds.
    pub fn next_poll(n: &str) { ja: "次の確認まで あと {n} 秒", en: "looks again in {n} s" }
    /// A poll is under way.
    pub fn polling() { ja: "メールを確認しています…", en: "looking for mail …" }
    /// Polls now.
    pub fn check_now() { ja: "今すぐ確認", en: "Check now" }
    /// Begins collecting again.
    pub fn start_collecting() { ja: "メール収集を始める", en: "Start collecting" }
    /// Nothing happened yet.
    pub fn nothing_yet() {
        ja: "まだメールは届いていません。届くと、ここに受付の流れを表示します。", en: "No mail has come yet. What happens to it will be told here.",
    }
    /// Link to the results.
    pub fn to_results() { ja: "収集結果を見る", en: "See the results" }
    /// Link to the log.
    pub fn to_log() { ja: "ログを見る", en: "See the log" }
    /// All is on one ledger.
    pub fn look_around() {
        ja: "デモの間は、状況・収集結果・ログの画面もこのデモの内容になります。", en: "While the demo is on, the other screens show it, too.",
    }

    /// A step of a mail.
    pub fn step_waiting() {
        ja: "受信サーバーに届きました。次の確認で受け取ります…", en: "It lies on the mail server and is fetched at the next look …",
    }
    /// A step of a mail.
    pub fn step_empty() { ja: "空メールが届きました", en: "An empty mail has arrived" }
    /// A step of a mail.
    pub fn step_subject(subject: &str) {
        ja: "件名のあるメールが届きました：「{subject}」", en: "A mail with a subject has arrived: \"{subject}\"",
    }
    /// A step of a mail that was not sent from the page.
    pub fn step_mail() { ja: "メールが届きました", en: "A mail has arrived" }
    /// A step of a mail.
    pub fn step_given(number: i64) { ja: "受付番号 {number} を発行しました", en: "Receipt number {number} was given" }
    /// A step of a mail.
    pub fn step_repeated(number: i64) {
        ja: "受付済みのアドレスです。受付番号は {number} のままです", en: "This address has its number already: {number}",
    }
    /// A step of a mail.
    pub fn step_archived() {
        ja: "対象外のメールです。番号は発行せず、保管しました", en: "No signup mail: no number; it is kept in the archive",
    }
    /// A step of a mail.
    pub fn step_forwarding() {
        ja: "対象外のメールです。番号は発行せず、転送します", en: "No signup mail: no number; it is forwarded",
    }
    /// A step of a mail.
    pub fn step_held() { ja: "保留にしました（番号は発行していません）", en: "It is held for the shop; no number was given" }
    /// A step of a mail.
    pub fn step_self_test() {
        ja: "テストメールでした。番号は発行しません", en: "It was a test mail: no number",
    }
    /// A step of a mail.
    pub fn step_sending() { ja: "返信を送っています…", en: "Sending the reply …" }
    /// A step of a mail.
    pub fn step_sent() { ja: "返信しました", en: "The reply was sent" }
    /// A step of a mail.
    pub fn step_forwarded() { ja: "転送しました", en: "It was forwarded" }
    /// A step of a mail.
    pub fn step_refused(why: &str) { ja: "返信できませんでした：{why}", en: "The reply was refused: {why}" }
    /// A step of a mail.
    pub fn step_deleting() { ja: "サーバーからメールを削除しています…", en: "Deleting the mail from the server …" }
    /// A step of a mail.
    pub fn step_deleted() { ja: "サーバーからメールを削除しました", en: "The mail was deleted from the server" }

    /// The typed address is none.
    pub fn address_faulty(address: &str) {
        ja: "「{address}」はメールアドレスの形になっていません。", en: "\"{address}\" is no mail address.",
    }
    /// What to do about it.
    pub fn address_faulty_advice() {
        ja: "name@example.jp の形で入れるか、空欄にして一覧から選んでください。", en: "Write it like name@example.jp, or leave it empty and choose one from the list.",
    }
    /// The demo is over.
    pub fn is_off() { ja: "デモは終わっています。", en: "The demo is over." }
    /// What to do about it.
    pub fn is_off_advice() { ja: "「デモを始める」から、もう一度始められます。", en: "Start it again to go on." }
    /// No more customers.
    pub fn no_more_customers() {
        ja: "これ以上のお客様はいません。", en: "There are no more customers.",
    }
}
