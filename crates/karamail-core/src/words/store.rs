//! Words about the ledger and its folder.

use crate::words::words;

words! {
    /// The engine ended by a fault of the program.
    pub fn engine_fault() {
        ja: "プログラムの不具合で、受付が止まりました。受付番号とメールは失われていません。",
        en: "A fault in the program has stopped signup. No receipt number and no mail is lost.",
    }
    /// What to do about it.
    pub fn engine_fault_advice() {
        ja: "「もう一度試す」を押してください。繰り返すときは、処理を終了して立ち上げ直し、開発元に crash.log と診断ログを送ってください。",
        en: "Press the button to try again. If it comes back, quit and start the program again, and send crash.log and the diagnostic log to its makers.",
    }
    /// The disk is full.
    pub fn disk_full() {
        ja: "ディスクがいっぱいのため、記録できません。", en: "The disk is full, so nothing can be recorded.",
    }
    /// What to do about a full disk.
    pub fn disk_full_advice() {
        ja: "空き容量を増やしてください。空きができると続きから再開します。メールはサーバーに残っています。",
        en: "Free some space; Karamail goes on where it stopped. The mails are still on the server.",
    }
    /// The ledger cannot be written.
    pub fn read_only(path: &str) {
        ja: "データファイル {path} に書き込めません。", en: "The data file {path} cannot be written.",
    }
    /// What to do about a ledger that cannot be written.
    pub fn read_only_advice() {
        ja: "データフォルダーに書き込む権限があるか、別の場所を --data-dir で指定できるかを確認してください。",
        en: "Check that you may write to the data folder, or name another one with --data-dir.",
    }
    /// The ledger is damaged.
    pub fn damaged(path: &str, why: &str) {
        ja: "データファイル {path} が壊れています（{why}）。受付番号が重ならないよう、処理を止めました。",
        en: "The data file {path} is damaged ({why}). Karamail stopped so that no number is given twice.",
    }
    /// What to do about a damaged ledger.
    pub fn damaged_advice() {
        ja: "データフォルダーごと別の場所に複写してから、バックアップのファイルに入れ替えてください。",
        en: "Copy the whole data folder to a safe place, then put the file from your backup in its place.",
    }
    /// The ledger is missing.
    pub fn vanished(path: &str) {
        ja: "データファイル {path} が見つかりませんが、このフォルダーは使われていました。受付番号が1番に戻らないよう、処理を止めました。",
        en: "The data file {path} is missing, but this folder was in use. Karamail stopped so that numbering does not begin again.",
    }
    /// What to do about a missing ledger.
    pub fn vanished_advice() {
        ja: "バックアップのファイルを戻してください。本当に新しく始める場合だけ、データフォルダーごと別の名前に変えてください。",
        en: "Put the file back from your backup. Only if you truly want to begin anew, rename the whole data folder.",
    }
    /// A newer version wrote the ledger.
    pub fn newer(path: &str) {
        ja: "データファイル {path} は、もっと新しい版の Karamail で作られています。",
        en: "The data file {path} was written by a newer version of Karamail.",
    }
    /// What to do about a newer ledger.
    pub fn newer_advice() { ja: "新しい版の Karamail を使ってください。", en: "Use the newer version." }
    /// The data folder cannot be used.
    pub fn folder(path: &str, why: &str) {
        ja: "データフォルダー {path} を使えません（{why}）。", en: "The data folder {path} cannot be used ({why}).",
    }
    /// Anything else.
    pub fn other(why: &str) {
        ja: "データファイルの読み書きに失敗しました（{why}）。", en: "Reading or writing the data file failed ({why}).",
    }
    /// What to do about anything else.
    pub fn other_advice() {
        ja: "何も失われていません。続くようなら、診断ログを添えてお問い合わせください。",
        en: "Nothing is lost. If it goes on, ask for help with the diagnostic log.",
    }
    /// A second copy was started.
    pub fn second_instance(folder: &str) {
        ja: "データフォルダー {folder} は、もう一つの Karamail が使っています。",
        en: "The data folder {folder} is in use by another Karamail.",
    }
    /// What to do about a second copy.
    pub fn second_instance_advice() {
        ja: "動いている方をそのまま使うか、そちらを終了してから、もう一度お試しください。",
        en: "Use the one that is running, or end it and try again.",
    }
    /// An older program uses the ledger.
    pub fn older(path: &str) {
        ja: "受付台帳 {path} は、古い版の Karamail が使用中です。", en: "The ledger {path} is in use by an older Karamail.",
    }
    /// What to do about it.
    pub fn older_advice() {
        ja: "動作中の Karamail を終了し、この版で起動し直してください。", en: "End the running Karamail and start this version.",
    }
}
