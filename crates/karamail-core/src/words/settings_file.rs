//! Words about the files of the settings: reading them, changing them, and what is probably not meant. Read through
//! [`super::config`].

use super::words;

words! {
    /// A file that is not there.
    pub fn file_missing(path: &str) {
        ja: "ファイル {path} がありません。",
        en: "The file {path} is not there.",
    }
    /// What to do about it.
    pub fn file_advice() {
        ja: "ファイルの場所と名前を確かめてください。",
        en: "Look at the file's place and name.",
    }
    /// A file that cannot be read.
    pub fn file_unreadable(path: &str, reason: &str) {
        ja: "ファイル {path} を読めません({reason})。",
        en: "The file {path} cannot be read ({reason}).",
    }
    /// A file that is no UTF-8.
    pub fn file_not_utf8(path: &str) {
        ja: "ファイル {path} の文字コードが UTF-8 ではありません。",
        en: "The file {path} is not encoded in UTF-8.",
    }
    /// A file without certificates.
    pub fn file_no_certificate(path: &str) {
        ja: "ファイル {path} に PEM 形式の証明書がありません。",
        en: "The file {path} holds no PEM certificate.",
    }
    /// What to do about it.
    pub fn file_no_certificate_advice() {
        ja: "「-----BEGIN CERTIFICATE-----」で始まるファイルを指定してください。",
        en: "Name a file that begins with “-----BEGIN CERTIFICATE-----”.",
    }
    /// A blocked entry that is neither address nor domain.
    pub fn not_a_block_rule(found: &str) {
        ja: "{found} はアドレスでもドメインでもありません。",
        en: "{found} is neither an address nor a domain.",
    }
    /// What to do about it.
    pub fn not_a_block_rule_advice() {
        ja: "\"a@example.jp\" か \"example.jp\" の形で書いてください。",
        en: "Write it as \"a@example.jp\" or \"example.jp\".",
    }
    /// SMTP user and same credentials.
    pub fn credentials_twice() {
        ja: "same_credentials_as_pop3 = true なのに受信用と違う user が書かれています。",
        en: "There is same_credentials_as_pop3 = true, and a user that is not POP3's.",
    }
    /// No SMTP user.
    pub fn smtp_user_missing() {
        ja: "SMTP認証のアカウント user がありません。",
        en: "There is no user for SMTP AUTH.",
    }
    /// What to do about it.
    pub fn smtp_user_missing_advice() {
        ja: "user を書くか、same_credentials_as_pop3 = true にしてください。",
        en: "Write user, or same_credentials_as_pop3 = true.",
    }

    /// A key to be set is unknown.
    pub fn edit_unknown_key(key: &str) { ja: "{key} という設定はありません。", en: "There is no setting {key}." }
    /// The file was changed by someone else.
    pub fn edit_changed_meanwhile() {
        ja: "設定ファイルがほかで変更されたため、保存しませんでした。",
        en: "The settings file was changed meanwhile, so nothing was saved.",
    }
    /// What to do about it.
    pub fn edit_changed_meanwhile_advice() {
        ja: "設定画面を開き直してから、もう一度保存してください。",
        en: "Open the settings again and save once more.",
    }
    /// A file is there already.
    pub fn edit_already_there(path: &str) {
        ja: "{path} はすでにあります。上書きしませんでした。",
        en: "{path} is there already and was not replaced.",
    }
    /// What to do about it.
    pub fn edit_already_there_advice() {
        ja: "そのファイルを使うか、別の名前にするか、先に移してください。",
        en: "Use that file, choose another name, or move it away first.",
    }
    /// The file cannot be written.
    pub fn edit_not_written(path: &str, reason: &str) {
        ja: "{path} に書き込めません({reason})。",
        en: "{path} cannot be written ({reason}).",
    }
    /// What to do about it.
    pub fn edit_not_written_advice() {
        ja: "ディスクの空きと、フォルダーのアクセス権を確かめてください。",
        en: "Look at the free space of the disk and the rights of the folder.",
    }

    /// No home folder.
    pub fn no_home() {
        ja: "設定を置くホームフォルダーが見つかりません。",
        en: "There is no home folder for the settings.",
    }
    /// What to do about it.
    pub fn no_home_advice() {
        ja: "--config と --data-dir で場所を指定してください。",
        en: "Name the places with --config and --data-dir.",
    }

    /// The servers are those of the sample.
    pub fn advice_sample() {
        ja: "サーバーが見本のままです。契約先から届いた書類のサーバー名を書いてください。",
        en: "The servers are those of the sample; write the ones that your provider gave you.",
    }
    /// Gmail without `recent:`.
    pub fn advice_gmail_recent() {
        ja: "Gmail では、ほかのソフトやスマートフォンが先に受信したメールが見えません。user の先頭に recent: を付けてください。",
        en: "With Gmail, mail that another program or phone fetched first is not seen; put recent: before the user.",
    }
    /// Gmail's app password.
    pub fn advice_gmail_password() {
        ja: "Gmail には普段のパスワードではなく、Google アカウントで作る「アプリ パスワード」が必要です。",
        en: "Gmail wants an app password made in your Google account, not the usual one.",
    }
    /// A password in the clear.
    pub fn advice_unprotected(host: &str) {
        ja: "{host} にパスワードが暗号化されずに送られます。サーバーが対応していれば security を tls か starttls にしてください。",
        en: "The password goes to {host} unprotected; set security to tls or starttls where the server can.",
    }
    /// A port and a protection that do not go together.
    pub fn advice_port(port: u16, usual: &str) {
        ja: "ポート {port} は普通 security = \"{usual}\" で使います。",
        en: "Port {port} usually goes with security = \"{usual}\".",
    }
}
