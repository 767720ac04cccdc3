//! メールの設定: the mailboxes, and what can be done with each.

use super::super::words;

/// Providers whose settings are shown as an example, as the older product's page has them; by their names in the list.
pub const EXAMPLES: [&str; 2] = ["ASAHIネット", "OCN"];

words! {
    /// The screen's title.
    pub fn title() { ja: "メールの設定", en: "Mail settings" }
    /// What the page is for.
    pub fn lead() {
        ja: "お客様の空メールを受け付けるメールボックスです。いくつでも登録できます。",
        en: "The mailboxes that take your customers' empty mails. You can have as many as you like.",
    }
    /// Adds a mailbox.
    pub fn add() { ja: "メールボックスを追加する", en: "Add a mailbox" }
    /// Link to the explanation of ports.
    pub fn ports() { ja: "ポート番号と暗号化の説明", en: "Ports and encryption explained" }
    /// It is collected.
    pub fn enabled() { ja: "収集する", en: "Collected" }
    /// It is not.
    pub fn disabled() { ja: "収集しない", en: "Not collected" }
    /// The address is missing or wrong.
    pub fn no_address() { ja: "(アドレスなし)", en: "(no address)" }
    /// Label of the series.
    pub fn series() { ja: "番号系列", en: "Number series" }
    /// Label of the last poll.
    pub fn last_poll() { ja: "前回の受信", en: "Last poll" }
    /// Label of the passwords.
    pub fn passwords() { ja: "パスワード", en: "Passwords" }
    /// It polls now.
    pub fn polling() { ja: "受信しています…", en: "Receiving …" }
    /// The last good poll.
    pub fn polled(at: &str) { ja: "{at} に正常に受信", en: "Succeeded at {at}" }
    /// It never succeeded.
    pub fn never_polled() { ja: "まだ受信していません", en: "Not yet" }
    /// It takes no part.
    pub fn not_collected() { ja: "収集していません", en: "It takes no part" }
    /// No engine collects.
    pub fn no_engine() { ja: "設定を直すと収集を始められます", en: "Collecting can begin when the settings are mended" }
    /// For receiving.
    pub fn for_receiving() { ja: "受信用", en: "receiving" }
    /// For sending.
    pub fn for_sending() { ja: "送信用", en: "sending" }
    /// The same for both.
    pub fn for_both() { ja: "受信用・送信用", en: "receiving and sending" }
    /// In the keyring.
    pub fn in_keyring() { ja: "保存済み(パソコンのパスワード保管庫)", en: "stored in the system's keyring" }
    /// In the secrets file.
    pub fn in_file() { ja: "保存済み(持ち主だけが読めるファイル)", en: "stored in a file that only its owner can read" }
    /// For this run.
    pub fn for_this_run() { ja: "プログラムを終わるまで覚えています", en: "kept until the program ends" }
    /// In the environment.
    pub fn in_environment(name: &str) { ja: "環境変数 {name} にあります", en: "in the environment variable {name}" }
    /// There is none.
    pub fn missing() { ja: "まだありません", en: "not there yet" }
    /// Not needed.
    pub fn not_needed() { ja: "いりません", en: "not needed" }
    /// It is not known: the settings are faulty.
    pub fn unknown() { ja: "設定の誤りを直すと分かります", en: "known when the settings are mended" }
    /// Opens the form.
    pub fn change() { ja: "変更する", en: "Change" }
    /// Tests it.
    pub fn test() { ja: "テスト", en: "Test" }
    /// Turns it on.
    pub fn turn_on() { ja: "収集を始める", en: "Collect it" }
    /// Turns it off.
    pub fn turn_off() { ja: "収集をやめる", en: "Stop collecting it" }
    /// A copy of it.
    pub fn copy() { ja: "写して追加", en: "Add a copy" }
    /// Removes it.
    pub fn remove() { ja: "消す", en: "Remove" }
    /// Asks before it is removed.
    pub fn remove_question(name: &str, address: &str) {
        ja: "「{name}」({address})を設定から消します。保存したパスワードも消します。\n発行した受付番号と収集の記録は、そのまま残ります。サーバーのメールも消しません。",
        en: "\"{name}\" ({address}) will be removed from the settings, with its stored password.\nThe numbers it gave and its records stay. No mail on the server is deleted.",
    }
    /// The button that removes.
    pub fn remove_yes() { ja: "設定から消す", en: "Remove it" }
    /// The last one cannot be removed.
    pub fn last_one() {
        ja: "メールボックスはひとつ以上必要なので、最後のひとつは消せません。使わないときは「収集をやめる」にしてください。",
        en: "At least one mailbox is needed, so the last one cannot be removed. Stop collecting it instead.",
    }
    /// It was added.
    pub fn added(name: &str) { ja: "「{name}」を追加しました。", en: "\"{name}\" was added." }
    /// It was saved.
    pub fn saved(name: &str) { ja: "「{name}」の設定を保存しました。", en: "\"{name}\" was saved." }
    /// It was removed.
    pub fn removed() {
        ja: "メールボックスを設定から消しました。発行した受付番号と記録は残っています。",
        en: "The mailbox was removed from the settings. Its numbers and records are still there.",
    }
    /// It was turned on.
    pub fn turned_on(name: &str) { ja: "「{name}」の収集を始めます。", en: "\"{name}\" is collected from now on." }
    /// It was turned off.
    pub fn turned_off(name: &str) { ja: "「{name}」の収集をやめました。", en: "\"{name}\" is not collected any more." }
    /// The password was removed.
    pub fn password_removed(name: &str) { ja: "「{name}」のパスワードを消しました。", en: "The password of \"{name}\" was removed." }
    /// Saved, but the engine does not collect for want of a password.
    pub fn password_wanted() {
        ja: "パスワードがまだないため、受信できません。「変更する」で入力してください。",
        en: "Nothing can be received without its password. Type it under Change.",
    }
    /// An old password stayed behind.
    pub fn left_behind(why: &str) {
        ja: "設定は保存しましたが、使わなくなったパスワードを消せませんでした。{why}",
        en: "The settings are saved, but a password that is not needed any more could not be removed. {why}",
    }
    /// There is no such mailbox.
    pub fn no_such_mailbox() {
        ja: "そのメールボックスはありません。一覧から選び直してください。",
        en: "There is no such mailbox. Choose one from the list.",
    }
    /// Other faults of the file remain.
    pub fn still_faulty() {
        ja: "保存しましたが、設定ファイルにほかの誤りが残っているため、まだ収集できません。",
        en: "Saved, but other faults remain in the settings file, so nothing is collected yet.",
    }
    /// The numbers stay where the address changes.
    pub fn address_changed() {
        ja: "アドレスを変えたので、新しいメールボックスとして受信を始めます。発行した受付番号と記録は残っています。",
        en: "The address is new, so the mailbox begins anew. The numbers it gave and its records are still there.",
    }
}
