//! Faults on screens: what to type or press, where the general words name a command or how the settings file is written.

use crate::words::words;

words! {
    /// A field that must not be empty.
    pub fn empty() { ja: "必ず入れる欄です。", en: "This field must be filled in." }
    /// A whole number.
    pub fn enter_number(min: i64, max: i64) {
        ja: "{min}〜{max} の整数を入れてください。", en: "Type a whole number from {min} to {max}.",
    }
    /// A choice or a switch.
    pub fn choose() { ja: "一覧から選んでください。", en: "Choose one of the list." }
    /// One line.
    pub fn enter_line(max: usize) {
        ja: "{max} 文字までの 1 行で入れてください。", en: "Type one line of at most {max} characters.",
    }
    /// Text.
    pub fn enter_text(max: usize) {
        ja: "{max} 文字までで入れてください。", en: "Type at most {max} characters.",
    }
    /// An address.
    pub fn enter_address() {
        ja: "メールアドレスをひとつ入れてください。", en: "Type one e-mail address.",
    }
    /// A server.
    pub fn enter_host() {
        ja: "pop.example.jp のようなサーバー名を入れてください。", en: "Type a server's name, such as pop.example.com.",
    }
    /// A server's port, typed with its name.
    pub fn enter_port_apart() {
        ja: "ポート番号は「ポート」の欄に入れてください。", en: "Type the port number into its own field.",
    }
    /// A file.
    pub fn enter_file() { ja: "ファイルの場所と名前を入れてください。", en: "Type the place and name of a file." }
    /// A folder.
    pub fn enter_folder() { ja: "フォルダーの場所を入れてください。", en: "Type the place of a folder." }
    /// A list.
    pub fn enter_list(entries: usize, max: usize) {
        ja: "1 行にひとつずつ入れてください（{entries} 件まで、それぞれ {max} 文字まで）。",
        en: "Type one a line, at most {entries} of at most {max} characters each.",
    }
    /// A list of addresses.
    pub fn enter_addresses(entries: usize) {
        ja: "メールアドレスを 1 行にひとつずつ入れてください（{entries} 件まで）。",
        en: "Type one e-mail address a line, at most {entries}.",
    }
    /// Whom to block.
    pub fn enter_block_rule() {
        ja: "a@example.jp か example.jp の形で入れてください。", en: "Type a@example.com or example.com.",
    }
    /// A name that another mailbox has.
    pub fn enter_other_name() { ja: "ほかと違う名前にしてください。", en: "Give it another name." }
    /// An address that another mailbox has.
    pub fn one_mailbox_an_address() {
        ja: "アドレスひとつにつき、メールボックスはひとつにしてください。", en: "Keep one mailbox for an address.",
    }
    /// The series that there are.
    pub fn known_series(known: &str) { ja: "あるのは {known} です。", en: "There are: {known}." }
    /// No user for sending.
    pub fn smtp_user_missing() {
        ja: "送信用のユーザー名がありません。", en: "There is no user name for sending.",
    }
    /// What to do about it.
    pub fn smtp_user_missing_advice() {
        ja: "入れるか、受信用と同じにしてください。", en: "Type it, or use the one for receiving.",
    }
    /// Two users for sending.
    pub fn credentials_twice() {
        ja: "受信用と同じにする設定なのに、違うユーザー名が入っています。",
        en: "The user name for receiving is to be used, but another one is given.",
    }
    /// What to do about it.
    pub fn credentials_twice_advice() { ja: "どちらかにしてください。", en: "Keep one of the two." }
    /// No settings file.
    pub fn no_file_advice() {
        ja: "「はじめての設定」から作れます。", en: "The first steps make one.",
    }
    /// A password in the settings file.
    pub fn password_in_file_advice() {
        ja: "この行を消して、「設定」の「メールの設定」でパスワードを入れてください。",
        en: "Remove the line, and type the password under Settings, Mail.",
    }
    /// No password.
    pub fn password_advice(mailbox: &str) {
        ja: "「設定」の「メールの設定」で、「{mailbox}」のパスワードを入れてください。",
        en: "Type the password of \"{mailbox}\" under Settings, Mail.",
    }
    /// No password, and it may not be stored.
    pub fn password_asked_for_advice(mailbox: &str) {
        ja: "保存しない設定のため、起動のたびに必要です。「設定」の「メールの設定」で、「{mailbox}」のパスワードを入れてください。",
        en: "It is not to be stored, so it is needed at each start. Type the password of \"{mailbox}\" under Settings, Mail.",
    }
    /// The data folder cannot be written.
    pub fn folder_advice() {
        ja: "データフォルダーに書き込む権限があるか確認してください。", en: "Check that you may write to the data folder.",
    }
    /// A request that waited too long.
    pub fn too_old_advice() { ja: "もう一度操作してください。", en: "Do it once more." }
    /// A Gmail account of which other programs take the mail.
    pub fn gmail_recent() {
        ja: "Gmail では、ほかのソフトやスマートフォンが先に受信したメールが見えません。受信用のユーザー名の先頭に recent: を付けてください。",
        en: "With Gmail, mail that another program or phone fetched first is not seen; put recent: before the user name for receiving.",
    }
    /// A password in the clear.
    pub fn unprotected(host: &str) {
        ja: "{host} にパスワードが暗号化されずに送られます。サーバーが対応していれば「暗号化」を選び直してください。",
        en: "The password goes to {host} unprotected; choose another protection where the server can.",
    }
    /// A port and a protection that do not go together.
    pub fn port(port: u16, usual: &str) {
        ja: "ポート {port} は普通、「暗号化」を「{usual}」にして使います。", en: "Port {port} usually goes with the protection \"{usual}\".",
    }
}
