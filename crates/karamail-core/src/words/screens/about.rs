//! About the program: its version, its licences, where everything lies.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "Karamail について", en: "About Karamail" }
    /// What it is.
    pub fn lead() {
        ja: "空メールを送ったお客様に受付番号をお返しするプログラムです。お客様の情報は、このパソコンの中だけに保存されます。",
        en: "Gives a receipt number to every customer who sends an empty mail. What it knows of customers stays on this computer.",
    }
    /// Label.
    pub fn version() { ja: "バージョン", en: "Version" }
    /// Heading.
    pub fn places() { ja: "保存場所", en: "Where everything lies" }
    /// Label.
    pub fn settings_file() { ja: "設定ファイル", en: "Settings file" }
    /// Label.
    pub fn data_folder() { ja: "データフォルダー（受付番号・ログ・控え）", en: "Data folder (numbers, logs, archive)" }
    /// Label.
    pub fn log_folder() { ja: "ログのフォルダー", en: "Folder of the logs" }
    /// The settings lie beside the program.
    pub fn portable() {
        ja: "プログラムと同じ場所に保存する使い方（USBメモリーなど）です。ほかの場所には何も残しません。",
        en: "Everything is kept beside the program, as on a USB stick, and nothing elsewhere on this computer.",
    }
    /// Copies.
    pub fn copy() { ja: "コピー", en: "Copy" }
    /// Copies, for screen readers.
    pub fn copy_what(what: &str) { ja: "{what}をコピー", en: "Copy: {what}" }
    /// What to keep safe.
    pub fn backup_advice() {
        ja: "パソコンを替えるときや、もしものときのために、ときどき控え（バックアップ）を取ってください。",
        en: "Make a backup now and then, for a new computer or a bad day.",
    }
    /// Heading.
    pub fn licences() { ja: "ライセンス", en: "Licences" }
    /// Ours.
    pub fn our_licence() {
        ja: "Karamail は MIT ライセンスのもとで自由に使えます。無保証です。",
        en: "Karamail is free to use under the MIT licence, without any warranty.",
    }
    /// What the screens stand on.
    pub fn screens_licence() {
        ja: "画面には次のものを使っています。",
        en: "The screens use:",
    }
    /// What the program stands on.
    pub fn crates_licence() {
        ja: "プログラム全体は、Rust で書かれた多くの公開部品（MIT、Apache-2.0、ISC、BSD、Zlib、Unicode-3.0、MPL-2.0、CDLA-Permissive-2.0 など）の上に作られています。部品の名前と版は、ソースコードの Cargo.lock にあります。",
        en: "The program is built on many open parts written in Rust, under MIT, Apache-2.0, ISC, BSD, Zlib, Unicode-3.0, MPL-2.0, CDLA-Permissive-2.0 and like licences. Their names and versions are in Cargo.lock of the source code.",
    }
    /// Opens a text.
    pub fn licence_of(what: &str) { ja: "{what} のライセンス全文", en: "Full licence of {what}" }
}
