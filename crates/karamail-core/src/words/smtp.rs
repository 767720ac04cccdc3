//! Words about sending: what went wrong with the SMTP server, and what to do about it.

use crate::words::words;

words! {
    /// The host name leads nowhere.
    pub fn host_unknown(server: &str) {
        ja: "送信サーバー {server} が見つかりません。",
        en: "The mail server {server} cannot be found.",
    }
    /// What to do where a host name leads nowhere.
    pub fn host_unknown_advice() {
        ja: "サーバー名の綴りと、このパソコンのインターネット接続を確かめてください。",
        en: "Check the spelling of its name and this computer's internet connection.",
    }
    /// Nothing listens on the port, or it cannot be reached.
    pub fn not_reached(server: &str, detail: &str) {
        ja: "送信サーバー {server} に接続できません({detail})。",
        en: "The mail server {server} cannot be reached ({detail}).",
    }
    /// What to do where nothing listens.
    pub fn not_reached_advice() {
        ja: "ポート番号とインターネット接続を確かめてください。",
        en: "Check the port number and the internet connection.",
    }
    /// What to do where port 25 cannot be reached.
    pub fn port_25_advice() {
        ja: "多くのプロバイダーは25番ポートを止めています(OP25B)。587番(STARTTLS)か465番(TLS)にしてください。",
        en: "Most internet providers block port 25; use 587 with starttls or 465 with tls.",
    }
    /// The server does not answer in time.
    pub fn timed_out(server: &str, step: &str) {
        ja: "送信サーバー {server} が時間内に応答しませんでした({step})。",
        en: "The mail server {server} did not answer in time ({step}).",
    }
    /// What to do where a server says nothing at all on a port that wants TLS at once.
    pub fn greeting_timed_out_advice() {
        ja: "465番ポートなら、保護の設定を「tls」にしてください。",
        en: "If the port is 465, set its security to tls.",
    }
    /// What to do about a server that is slow for the time being.
    pub fn wait_advice() {
        ja: "しばらくして自動でもう一度送ります。",
        en: "It is tried again by itself a little later.",
    }
    /// The connection broke.
    pub fn connection_lost(server: &str, step: &str) {
        ja: "送信サーバー {server} との接続が途中で切れました({step})。",
        en: "The connection to the mail server {server} broke ({step}).",
    }
    /// The server does not speak TLS on this port.
    pub fn not_tls(server: &str) {
        ja: "送信サーバー {server} のこのポートは、最初からのTLSに対応していません。",
        en: "The mail server {server} does not speak TLS from the first byte on this port.",
    }
    /// What to do where a port does not speak TLS.
    pub fn not_tls_advice() {
        ja: "587番ポートなら「starttls」にするか、ポートを465番にしてください。",
        en: "Set the security to starttls if the port is 587, or set the port to 465.",
    }
    /// The server offers no STARTTLS.
    pub fn no_starttls(server: &str) {
        ja: "送信サーバー {server} がSTARTTLSに対応していないため、安全に送れません。",
        en: "The mail server {server} does not offer STARTTLS, so nothing can be sent to it safely.",
    }
    /// What to do where STARTTLS is not offered.
    pub fn no_starttls_advice() {
        ja: "465番ポートと「tls」を試してください。以前は使えていたなら、通信が妨げられている恐れがあります。",
        en: "Try port 465 with tls; if STARTTLS worked before, somebody may be interfering with the connection.",
    }
    /// The certificate has expired.
    pub fn certificate_expired(server: &str) {
        ja: "送信サーバー {server} の証明書の期限が切れています。",
        en: "The certificate of the mail server {server} has expired.",
    }
    /// What to do about an expired certificate.
    pub fn certificate_expired_advice() {
        ja: "このパソコンの日付を確かめ、正しければサーバーの管理者に知らせてください。",
        en: "Check this computer's date; if it is right, tell whoever runs the server.",
    }
    /// The certificate comes from nobody we trust.
    pub fn certificate_foreign(server: &str) {
        ja: "送信サーバー {server} の証明書は、信頼できる発行元のものではありません。",
        en: "The certificate of the mail server {server} was not issued by anyone this computer trusts.",
    }
    /// What to do about a certificate from nobody we trust.
    pub fn certificate_foreign_advice() {
        ja: "店内のサーバーなら、その認証局の証明書を extra_ca_file に指定してください。",
        en: "If it is your own server, name its authority's certificate in extra_ca_file.",
    }
    /// The certificate is for another host.
    pub fn certificate_wrong_name(server: &str) {
        ja: "送信サーバーの証明書は {server} のものではありません。",
        en: "The mail server's certificate is not for {server}.",
    }
    /// What to do about a certificate for another host.
    pub fn certificate_wrong_name_advice() {
        ja: "プロバイダーの案内にある正式なサーバー名を設定してください(共用サーバーでは自社ドメイン名が使えないことがあります)。",
        en: "Enter the server name from your provider's instructions; on shared hosting your own domain often does not work.",
    }
    /// TLS failed for another reason.
    pub fn tls_failed(server: &str, detail: &str) {
        ja: "送信サーバー {server} との暗号化に失敗しました({detail})。",
        en: "The encrypted connection to the mail server {server} failed ({detail}).",
    }
    /// The file of extra certificates cannot be used.
    pub fn extra_ca(path: &str, detail: &str) {
        ja: "証明書ファイル {path} を読めません({detail})。",
        en: "The certificate file {path} cannot be read ({detail}).",
    }
    /// What to do about the file of extra certificates.
    pub fn extra_ca_advice() {
        ja: "PEM形式の証明書ファイルを extra_ca_file に指定してください。",
        en: "Name a file of certificates in PEM form in extra_ca_file.",
    }
    /// The settings want a login and there is no password.
    pub fn no_password(server: &str) {
        ja: "送信サーバー {server} のパスワードがありません。",
        en: "There is no password for the mail server {server}.",
    }
    /// What to do where there is no password.
    pub fn no_password_advice() {
        ja: "メールの設定でパスワードを入力してください。",
        en: "Enter it in the mailbox settings.",
    }
    /// The server refuses the login.
    pub fn login_refused(server: &str, words: &str) {
        ja: "送信サーバー {server} がログインを拒否しました({words})。",
        en: "The mail server {server} refused the login ({words}).",
    }
    /// What to do about a refused login.
    pub fn login_refused_advice() {
        ja: "ユーザー名とパスワードを確かめてください。",
        en: "Check the user name and the password.",
    }
    /// What to do about a refused login at a provider that wants a password of its own for programs.
    pub fn app_password_advice() {
        ja: "ふだんのパスワードではなく、提供元の画面で作る「アプリパスワード」を入力してください。",
        en: "Use an app password made on the provider's account page, not your usual password.",
    }
    /// The server offers no way to log in that we can use.
    pub fn no_mechanism(server: &str) {
        ja: "送信サーバー {server} には、使えるログイン方法がありません。",
        en: "The mail server {server} offers no way to log in that can be used here.",
    }
    /// What to do where there is no way to log in.
    pub fn no_mechanism_advice() {
        ja: "保護を「starttls」か「tls」にするか、認証方法の設定を変えてください。",
        en: "Set the security to starttls or tls, or change the authentication settings.",
    }
    /// The server wants a login before it takes mail.
    pub fn login_wanted(server: &str, words: &str) {
        ja: "送信サーバー {server} は、ログインしないと送信を受け付けません({words})。",
        en: "The mail server {server} does not take mail without a login ({words}).",
    }
    /// What to do where a login is wanted.
    pub fn login_wanted_advice() {
        ja: "送信の認証を「password」か「pop-before-smtp」にしてください。",
        en: "Set the sending authentication to password or pop-before-smtp.",
    }
    /// The server refuses us, not the customer.
    pub fn refuses_us(server: &str, words: &str) {
        ja: "送信サーバー {server} がこの店からの送信を拒否しました({words})。",
        en: "The mail server {server} refuses mail from this shop ({words}).",
    }
    /// What to do where the server refuses us.
    pub fn refuses_us_advice() {
        ja: "メールアドレスと認証の設定、プロバイダーの送信制限を確かめてください。",
        en: "Check the mailbox address, the authentication settings and your provider's sending limits.",
    }
    /// The server refuses the letter.
    pub fn letter_refused(words: &str) {
        ja: "相手がメールを拒否しました({words})。",
        en: "The letter was refused ({words}).",
    }
    /// The server is busy or asks to come back.
    pub fn come_back(server: &str, words: &str) {
        ja: "送信サーバー {server} が今は受け付けていません({words})。",
        en: "The mail server {server} does not take it just now ({words}).",
    }
    /// The server's words, and the step they answered.
    pub fn answer_at(step: &str, answer: &str) {
        ja: "{step}: {answer}",
        en: "{step}: {answer}",
    }
    /// The server's answer makes no sense.
    pub fn garbled(server: &str, step: &str) {
        ja: "送信サーバー {server} の応答が正しくありません({step})。",
        en: "The mail server {server} gave an answer that makes no sense ({step}).",
    }
    /// What to do where an answer makes no sense.
    pub fn garbled_advice() {
        ja: "サーバー名とポート番号がメール送信(SMTP)用のものか確かめてください。",
        en: "Check that the host name and the port are those for sending mail (SMTP).",
    }
    /// The server cannot write to an address with other than ASCII letters.
    pub fn no_smtputf8(server: &str) {
        ja: "送信サーバー {server} は、英数字以外を含むアドレスに送れません。",
        en: "The mail server {server} cannot write to an address with letters other than ASCII.",
    }
    /// Step of a session.
    pub fn step_connect() { ja: "接続", en: "connecting" }
    /// Step of a session.
    pub fn step_tls() { ja: "暗号化の開始", en: "starting TLS" }
    /// Step of a session.
    pub fn step_greeting() { ja: "最初の応答", en: "greeting" }
    /// Step of a session.
    pub fn step_hello() { ja: "EHLO への応答", en: "EHLO" }
    /// Step of a session.
    pub fn step_login() { ja: "ログイン", en: "login" }
    /// Step of a session.
    pub fn step_sender() { ja: "差出人の通知", en: "naming the sender" }
    /// Step of a session.
    pub fn step_recipient() { ja: "宛先の通知", en: "naming the recipient" }
    /// Step of a session.
    pub fn step_content() { ja: "本文の送信", en: "sending the text" }
}
