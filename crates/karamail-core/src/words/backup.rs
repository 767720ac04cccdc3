//! Words of backups and of restoring them.

use crate::words::words;

words! {
    /// The backup lies there.
    pub fn written(path: &str, files: usize, bytes: u64, numbers: i64) {
        ja: "バックアップ {path} を作り、読み返して確かめました（ファイル {files} 個、{bytes} バイト、受付番号 {numbers} 件）。",
        en: "Wrote the backup {path} and read it back to check it ({files} files, {bytes} bytes, {numbers} numbers).",
    }
    /// What a backup does not hold.
    pub fn without_passwords() {
        ja: "パスワードは入っていません。お客様のメールアドレスは暗号化されずに入っています。安全な場所に保管してください。",
        en: "Passwords are not in it. Customers' addresses are, unencrypted: keep it in a safe place.",
    }
    /// A file that the settings name is not in the backup.
    pub fn left_out(name: &str) {
        ja: "設定ファイルのフォルダーの外にあるため、入れていません: {name}", en: "Not in it, because it lies outside the settings' folder: {name}",
    }
    /// A backup is never written over.
    pub fn target_exists(path: &str) { ja: "{path} はすでにあります。", en: "{path} is there already." }
    /// What to do about it.
    pub fn target_exists_advice() {
        ja: "別の名前を指定してください。バックアップは上書きしません。", en: "Name another file; a backup is never overwritten.",
    }
    /// There is nothing to back up.
    pub fn no_ledger(path: &str) {
        ja: "{path} にはまだデータがありません。", en: "There are no data in {path} yet.",
    }
    /// What to do about it.
    pub fn no_ledger_advice() {
        ja: "--data-dir が正しいか確かめてください。", en: "Check --data-dir.",
    }
    /// Reading or writing failed.
    pub fn file_failed(path: &str, why: &str) {
        ja: "{path} の読み書きに失敗しました（{why}）。", en: "Reading or writing {path} failed ({why}).",
    }
    /// What to do about it.
    pub fn file_failed_advice() {
        ja: "空き容量と書き込みの権限を確かめてください。", en: "Check the free space and your right to write there.",
    }
    /// The file is no backup of ours.
    pub fn not_a_backup(path: &str, why: &str) {
        ja: "{path} は Karamail のバックアップではないか、途中で切れています（{why}）。",
        en: "{path} is no backup of Karamail's, or it was cut off ({why}).",
    }
    /// An entry's name leads elsewhere.
    pub fn strange_name(name: &str) {
        ja: "バックアップの中に、あってはならない名前のファイルがあります: {name}",
        en: "The backup holds a file of a name that no backup has: {name}",
    }
    /// An entry is no plain file.
    pub fn no_plain_file(name: &str) {
        ja: "バックアップの中の {name} は普通のファイルではありません（リンクやフォルダー、暗号化など）。",
        en: "{name} in the backup is no plain file (a link, a folder, or encrypted).",
    }
    /// Two entries of one name.
    pub fn twice(name: &str) {
        ja: "バックアップの中に同じ名前のファイルが二つあります: {name}", en: "The backup holds two files of one name: {name}",
    }
    /// It would unpack to more than any backup.
    pub fn bomb(path: &str, bytes: u64) {
        ja: "{path} は、展開すると {bytes} バイトを超えます。バックアップではありえない大きさです。",
        en: "{path} would unpack to more than {bytes} bytes; no backup of its size does.",
    }
    /// An entry is not what the manifest says.
    pub fn altered(name: &str) {
        ja: "バックアップの中の {name} が、作ったときと違っています。", en: "{name} in the backup is not what it was when it was made.",
    }
    /// The manifest names an entry that is not there, or the other way round.
    pub fn incomplete(name: &str) {
        ja: "バックアップの目録と中身が合いません: {name}", en: "The backup's list and its content do not agree: {name}",
    }
    /// What to do about a backup that cannot be trusted.
    pub fn distrust_advice() {
        ja: "何も変えていません。別のバックアップを使ってください。", en: "Nothing was changed. Use another backup.",
    }
    /// A newer version made it.
    pub fn newer_format() {
        ja: "このバックアップは、もっと新しい版の Karamail で作られています。", en: "A newer version of Karamail made this backup.",
    }
    /// The data there are newer.
    pub fn present_is_newer(folder: &str) {
        ja: "{folder} のデータの方がバックアップより新しいため、戻しませんでした。戻すと、発行済みの受付番号が別の人に重なります。",
        en: "The data in {folder} are newer than the backup, so nothing was restored: numbers that were given would be given again.",
    }
    /// What to do about it.
    pub fn present_is_newer_advice() {
        ja: "中身を見るだけなら、--data-dir で空のフォルダーを指定して戻してください。",
        en: "To look into the backup, restore it into an empty folder with --data-dir.",
    }
    /// The folder could not take its place.
    pub fn not_moved(folder: &str, why: &str) {
        ja: "{folder} を入れ替えられませんでした（{why}）。", en: "{folder} could not be replaced ({why}).",
    }
    /// What to do about it.
    pub fn not_moved_advice() {
        ja: "フォルダーを使っているプログラム（エクスプローラーなど）を閉じて、もう一度お試しください。",
        en: "Close whatever uses the folder and try again.",
    }
    /// Restored.
    pub fn restored(folder: &str, made: &str, numbers: i64) {
        ja: "{made} のバックアップを {folder} に戻しました（受付番号 {numbers} 件）。",
        en: "Restored the backup of {made} to {folder} ({numbers} numbers).",
    }
    /// The data before.
    pub fn kept_before(folder: &str) { ja: "前のデータは {folder} に残してあります。", en: "The data before are kept in {folder}." }
    /// The settings were put back.
    pub fn settings_restored(path: &str) { ja: "設定ファイルを {path} に戻しました。", en: "Restored the settings to {path}." }
    /// The settings there stay.
    pub fn settings_stay(path: &str, copy: &str) {
        ja: "設定ファイル {path} はそのままにしました。バックアップの設定は {copy} にあります。",
        en: "The settings in {path} stay; those of the backup are in {copy}.",
    }
    /// Numbering goes on.
    pub fn goes_on(series: &str, next: i64) { ja: "番号系列「{series}」は {next} 番から続きます。", en: "Series \"{series}\" goes on at {next}." }
    /// Numbers of a lost ledger are not given again.
    pub fn skipped(series: &str, from: i64, to: i64) {
        ja: "番号系列「{series}」の {from} 番から {to} 番は、失われたデータで発行済みのため使いません。",
        en: "Series \"{series}\": {from} to {to} were given by the lost data and are not given again.",
    }
    /// Passwords after restoring.
    pub fn passwords_advice() {
        ja: "新しいパソコンでは「karamail password set」でパスワードを登録してください。",
        en: "On another computer, set the passwords with: karamail password set",
    }
    /// The journal's detail of a restore.
    pub fn event_detail(made: &str) { ja: "{made} のバックアップ", en: "backup of {made}" }
}
