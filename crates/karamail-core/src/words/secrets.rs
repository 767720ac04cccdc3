//! Words about passwords: where they are stored, and what is wrong with that place.

use super::words;

words! {
    /// Stored in the keyring.
    pub fn stored_in_keyring() {
        ja: "パスワードを OS のキーリングに保存しました。",
        en: "The password is stored in the system's keyring.",
    }
    /// Stored in the secrets file.
    pub fn stored_in_file(path: &str) {
        ja: "この環境ではキーリングが使えないため、パスワードを {path} に保存しました(持ち主だけが読めます)。",
        en: "There is no keyring here, so the password is stored in {path}, which only its owner can read.",
    }
    /// Not stored.
    pub fn stored_for_this_run() {
        ja: "save_password = false のため、パスワードはプログラムの終了まで覚えておくだけです。",
        en: "With save_password = false the password is kept until the program ends.",
    }

    /// Others can read the file.
    pub fn open_to_others(path: &str) {
        ja: "{path} をほかの人が読めるため、使いません。",
        en: "{path} can be read by others and is not used.",
    }
    /// What to do about it.
    pub fn open_to_others_advice(path: &str) {
        ja: "chmod 600 {path} を実行し、パスワードの変更も検討してください。",
        en: "Run chmod 600 {path} and think about changing the passwords.",
    }
    /// The file cannot be read.
    pub fn unreadable(path: &str, reason: &str) {
        ja: "{path} を読めません({reason})。",
        en: "{path} cannot be read ({reason}).",
    }
    /// What to do about it.
    pub fn unreadable_advice() {
        ja: "ファイルの持ち主とアクセス権を確かめてください。",
        en: "Look at the file's owner and rights.",
    }
    /// The file is not as it should be.
    pub fn malformed(path: &str, line: usize) {
        ja: "{path} の {line} 行目の書き方が正しくありません。",
        en: "Line {line} of {path} is not written correctly.",
    }
    /// What to do about it.
    pub fn malformed_advice() {
        ja: "[\"メールアドレス\"] の下に pop3 = \"…\" と smtp = \"…\" の形で書いてください。",
        en: "Write pop3 = \"…\" and smtp = \"…\" under [\"address\"].",
    }
    /// The file cannot be written.
    pub fn not_written(path: &str, reason: &str) {
        ja: "{path} に書き込めません({reason})。",
        en: "{path} cannot be written ({reason}).",
    }
    /// What to do about it.
    pub fn not_written_advice() {
        ja: "ディスクの空きと、フォルダーのアクセス権を確かめてください。",
        en: "Look at the free space of the disk and the rights of the folder.",
    }
    /// A variable that is no password.
    pub fn bad_variable(name: &str) {
        ja: "環境変数 {name} の内容はパスワードとして使えません。",
        en: "The environment variable {name} holds no usable password.",
    }
    /// What to do about it.
    pub fn bad_variable_advice() {
        ja: "改行や文字化けがないか確かめてください。",
        en: "See whether it holds line ends or broken characters.",
    }
    /// Not a password.
    pub fn no_password() {
        ja: "このパスワードは使えません。",
        en: "This password cannot be used.",
    }
    /// What to do about it.
    pub fn no_password_advice() {
        ja: "空でなく、改行を含まないパスワードを入力してください。",
        en: "Type one that is not empty and holds no line end.",
    }
    /// The keyring does not remove it.
    pub fn keyring_refuses(reason: &str) {
        ja: "キーリングからパスワードを消せません({reason})。",
        en: "The keyring does not remove the password ({reason}).",
    }
    /// What to do about it.
    pub fn keyring_refuses_advice() {
        ja: "OS の資格情報の画面で Karamail の項目を消してください。",
        en: "Remove the entry Karamail in your system's keyring.",
    }
}
