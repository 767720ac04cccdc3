//! Words of the tests that a shop makes: receiving, sending, the round trip, cleaning up.

use crate::words::words;

words! {
    /// The passwords are there.
    pub fn passwords_found() { ja: "パスワードは登録されています。", en: "The password is there." }
    /// The settings want no login for sending.
    pub fn no_password_needed() {
        ja: "設定によりログインなしで送るため、パスワードは使いません。", en: "No password is used: the settings send without a login.",
    }
    /// A host's name has addresses.
    pub fn pop3_resolved(host: &str, addresses: &str) {
        ja: "受信サーバー {host} が見つかりました({addresses})。", en: "The POP3 server {host} was found ({addresses}).",
    }
    /// A host's name has addresses.
    pub fn smtp_resolved(host: &str, addresses: &str) {
        ja: "送信サーバー {host} が見つかりました({addresses})。", en: "The mail server {host} was found ({addresses}).",
    }
    /// Connected.
    pub fn pop3_connected(peer: &str) {
        ja: "受信サーバーに接続しました({peer})。", en: "Connected to the POP3 server ({peer}).",
    }
    /// Connected.
    pub fn smtp_connected(peer: &str) {
        ja: "送信サーバーに接続しました({peer})。", en: "Connected to the mail server ({peer}).",
    }
    /// TLS stands.
    pub fn encrypted() {
        ja: "通信を暗号化しました。サーバーの証明書は正しいものです。",
        en: "The connection is encrypted; the server's certificate is sound.",
    }
    /// No TLS is set.
    pub fn unprotected() {
        ja: "設定で暗号化を使わないことになっています(パスワードが読まれるおそれがあります)。",
        en: "The settings say no encryption (others may read the password).",
    }
    /// Logged in.
    pub fn pop3_logged_in(user: &str) {
        ja: "受信サーバーにログインしました({user})。", en: "Logged in to the POP3 server ({user}).",
    }
    /// Logged in.
    pub fn smtp_logged_in(user: &str) {
        ja: "送信サーバーにログインしました({user})。", en: "Logged in to the mail server ({user}).",
    }
    /// The SMTP server wants no login.
    pub fn smtp_no_login() {
        ja: "送信サーバーは、設定によりログインなしで使います。", en: "The mail server is used without a login, as set.",
    }
    /// The mailbox was listed.
    pub fn listed(mails: usize) {
        ja: "メールボックスの一覧を受け取りました({mails} 通)。", en: "The mailbox was listed: {mails} mails.",
    }
    /// A test mail was accepted.
    pub fn accepted(to: &str, answer: &str) {
        ja: "{to} へのテストメールを送信サーバーが受け付けました(応答:「{answer}」)。",
        en: "The mail server took the test mail to {to} (it said: \"{answer}\").",
    }
    /// A test mail with an empty subject was accepted.
    pub fn empty_accepted(to: &str, answer: &str) {
        ja: "{to} への、件名のないテストメールを送信サーバーが受け付けました(応答:「{answer}」)。",
        en: "The mail server took the test mail with an empty subject to {to} (it said: \"{answer}\").",
    }
    /// A test mail with a subject was accepted.
    pub fn subject_accepted(answer: &str) {
        ja: "確かめるため、件名のあるテストメールも送りました(応答:「{answer}」)。",
        en: "To find out why, a test mail with a subject was sent too (the server said: \"{answer}\").",
    }
    /// The test waits.
    pub fn waiting(seconds: u64) {
        ja: "テストメールが戻るのを待っています(長くて {seconds} 秒)…",
        en: "Waiting for the test mail to come back (at most {seconds} s)…",
    }
    /// The empty mail came back.
    pub fn arrived(seconds: u64) {
        ja: "件名のないメールが {seconds} 秒で戻りました。空メールの受付に使えます。",
        en: "The mail with an empty subject came back after {seconds} s: this mailbox takes signup mails.",
    }
    /// The running program took the mail.
    pub fn arrived_at_collector(seconds: u64) {
        ja: "件名のないメールが {seconds} 秒で戻り、動いているメール収集が受け取りました。空メールの受付に使えます。",
        en: "The mail with an empty subject came back after {seconds} s and the running program took it: this mailbox takes \
             signup mails.",
    }
    /// The mail with a subject came back.
    pub fn subject_arrived(seconds: u64) {
        ja: "件名のあるメールは {seconds} 秒で戻りました。", en: "The mail with a subject came back after {seconds} s.",
    }
    /// The empty mail did not come back.
    pub fn not_arrived(seconds: u64) {
        ja: "件名のないメールが {seconds} 秒たっても戻りません。",
        en: "The mail with an empty subject did not come back within {seconds} s.",
    }
    /// What is done about it.
    pub fn not_arrived_advice() {
        ja: "理由を調べるため、件名のあるメールも送ります。", en: "A mail with a subject is sent too, to find out why.",
    }
    /// Empty subjects are binned.
    pub fn empty_binned() {
        ja: "件名のあるメールだけが届きました。このメールサーバーは、件名のないメールを受信箱に入れずに捨てるか、迷惑メールに分けています。",
        en: "Only the mail with a subject arrived: this mail host throws mail with an empty subject away or sorts it as spam.",
    }
    /// What to do about it.
    pub fn empty_binned_advice() {
        ja: "メールの提供元の迷惑メール設定を切るか、このアドレスあての件名のないメールを受信箱に入れるように設定してください。できなければ、ほかの提供元のメールアドレスにしてください。",
        en: "Turn the provider's spam filter off for this mailbox, or have it let mail with an empty subject through; otherwise \
             use a mailbox of another provider.",
    }
    /// Nothing arrives at all.
    pub fn nothing_arrives() {
        ja: "件名のあるメールも届きません。送信サーバーは受け付けましたが、このメールボックスに入っていません。",
        en: "The mail with a subject did not arrive either: the server took it, but it is not in this mailbox.",
    }
    /// What to do about it.
    pub fn nothing_arrives_advice() {
        ja: "設定の address が受信するメールボックスのアドレスか、転送や振り分け、ほかのソフトによる受信がないかを確かめてください。Gmail ではアカウント名の先頭に recent: を付けてください。",
        en: "Check that address in the settings is this mailbox's own, that no forwarding, filter or other program takes the \
             mail first, and with Gmail that the user begins with recent:.",
    }
    /// Test mails were deleted.
    pub fn deleted(mails: usize) {
        ja: "テストメール {mails} 通をサーバーから消しました。", en: "{mails} test mails were deleted from the server.",
    }
    /// There was no test mail.
    pub fn nothing_to_delete() {
        ja: "サーバーにテストメールはありません。", en: "There are no test mails on the server.",
    }
    /// Deleting was not confirmed.
    pub fn not_deleted(mails: usize) {
        ja: "テストメール {mails} 通を消すよう頼みましたが、サーバーが確認しませんでした。",
        en: "{mails} test mails were to be deleted, but the server did not confirm it.",
    }
    /// What to do about it.
    pub fn not_deleted_advice() {
        ja: "「karamail test cleanup」をもう一度行ってください。", en: "Run this again: karamail test cleanup",
    }
    /// What to do about a port that does not answer.
    pub fn port_blocked_advice(port: u16) {
        ja: "セキュリティソフトやルーター、回線の提供元が {port} 番ポートを止めていることもあります。",
        en: "A firewall, the router or the internet provider may also block port {port}.",
    }
    /// Subject of the test mail with a subject.
    pub fn test_subject() { ja: "空メール受付の送受信テスト", en: "Karamail test" }
    /// Body of a test mail.
    pub fn test_body() {
        ja: "空メール受付(Karamail)の送受信テストです。このメールには返信しないでください。自動で消えます。",
        en: "This is a test by Karamail. Please do not answer; it is deleted by itself.",
    }
    /// A test ended well.
    pub fn passed() { ja: "テストは成功しました。", en: "The test passed." }
    /// A test failed.
    pub fn failed() { ja: "テストは失敗しました。", en: "The test failed." }
}
