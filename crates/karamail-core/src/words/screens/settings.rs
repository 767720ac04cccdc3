//! 設定: what all settings screens say: tabs, saving, faults, and changes made by hand meanwhile.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "設定", en: "Settings" }
    /// The tabs, for screen readers.
    pub fn tabs() { ja: "設定の種類", en: "Kinds of settings" }
    /// Tab.
    pub fn overview() { ja: "一覧", en: "Overview" }
    /// Tab.
    pub fn control() { ja: "制御情報", en: "Control" }
    /// Tab.
    pub fn duplicate() { ja: "2重登録時の処理", en: "Duplicates" }
    /// Tab.
    pub fn mail() { ja: "メールの設定", en: "Mail" }
    /// Tab.
    pub fn templates() { ja: "テンプレート", en: "Templates" }
    /// Tab.
    pub fn guards() { ja: "返信の制限", en: "Guards" }
    /// Tab.
    pub fn data() { ja: "データ", en: "Data" }
    /// The demo is on.
    pub fn demo_note() {
        ja: "デモ中ですが、この画面はお店の本当の設定です。変更すると、実際のメール収集に反映されます。",
        en: "The demo is on, but these are the shop's real settings. What you change here takes effect on real mail.",
    }

    /// Saved, and in force.
    pub fn saved() { ja: "設定しました。", en: "Saved. The settings are in force." }
    /// Saved, but faults elsewhere keep it from being in force.
    pub fn saved_not_yet_faults() {
        ja: "保存しましたが、ほかに直すところがあるため、まだ反映されていません。それまでは前の設定で動きます。",
        en: "Saved, but not in force yet: something else in the file must be mended first. Until then the settings before stay in force.",
    }
    /// Saved, but there is no engine.
    pub fn saved_not_running(why: &str) {
        ja: "保存しましたが、メール収集を始められないため、まだ反映されていません。{why}",
        en: "Saved, but not in force yet, because collecting cannot start. {why}",
    }
    /// Saved, but the engine has not read it yet.
    pub fn saved_soon() {
        ja: "保存しました。まもなく反映されます(ネットワーク上のフォルダーでは 1 分ほどかかることがあります)。",
        en: "Saved. It will be in force soon (in a network folder that may take a minute).",
    }
    /// Nothing was saved, because of these fields.
    pub fn not_saved(count: usize) {
        ja: "保存していません。直すところが {count} か所あります。",
        en: "Nothing was saved. To be mended: {count}",
    }
    /// Nothing was saved, because the rest of the file would become wrong.
    pub fn not_saved_others() {
        ja: "保存していません。この変更で、ほかの項目が合わなくなります。",
        en: "Nothing was saved: with this change other settings would be wrong.",
    }

    /// The file has faults.
    pub fn file_has_faults(count: usize) {
        ja: "設定ファイルに直すところが {count} か所あります。直るまでは、前の設定のまま動くか、収集が止まっています。",
        en: "The settings file has faults: {count}. Until they are mended the settings before stay in force, or collecting rests.",
    }
    /// A line of the file.
    pub fn line(line: usize) { ja: "{line} 行目", en: "Line {line}" }
    /// Goes to the field.
    pub fn mend_here() { ja: "この項目を直す", en: "Mend it" }
    /// More faults than are shown.
    pub fn more_faults(count: usize) { ja: "ほかに {count} か所あります。", en: "And {count} more." }
    /// The file cannot be read as settings.
    pub fn file_unreadable() {
        ja: "設定ファイルを読み取れないため、この画面では変更できません。下の「設定ファイルを開く」でファイルを開き、上に示したところを直して保存してください。保存すると、この画面が使えるようになります。",
        en: "The settings file cannot be read, so it cannot be changed here. Open it with the button below, mend what is listed above, and save it. Then this screen works again.",
    }

    /// What was typed while the file could not be read.
    pub fn typed_kept() {
        ja: "入力した内容は、まだ保存していませんが、この画面に残っています。ファイルを直したら、もう一度設定してください。",
        en: "What you typed is not saved yet, but this page keeps it. Mend the file, then apply once more.",
    }
    /// Posts it again.
    pub fn apply_again() { ja: "もう一度設定する", en: "Apply once more" }

    /// The file was changed by hand while the form was open.
    pub fn changed_meanwhile() {
        ja: "この画面を開いた後に、設定ファイルがほかで変更されました。まだ何も保存していません。違うところを見て、どちらを使うか選んでください。",
        en: "The settings file was changed elsewhere after this page was opened. Nothing was saved yet. Look at the differences and choose.",
    }
    /// Column: the field.
    pub fn difference_field() { ja: "項目", en: "Field" }
    /// Column: what the file has.
    pub fn theirs() { ja: "今のファイル", en: "In the file now" }
    /// Column: what the form has.
    pub fn mine() { ja: "この画面", en: "On this page" }
    /// A field that the person left alone.
    pub fn untouched() { ja: "(変更なし)", en: "(not changed)" }
    /// Nothing.
    pub fn nothing() { ja: "(なし)", en: "(nothing)" }
    /// Drops the form.
    pub fn take_theirs() { ja: "今のファイルの内容にする", en: "Use what the file has" }
    /// Saves the form.
    pub fn take_mine() { ja: "この画面の内容で設定する", en: "Save what this page has" }
    /// What the two mean.
    pub fn take_explained() {
        ja: "下の入力欄には、この画面で変えたところは入力したまま、ほかは今のファイルの内容が入っています。",
        en: "Below, what you changed here is as you typed it; everything else is as the file has it now.",
    }

    /// What holds where a field stays empty.
    pub fn otherwise(what: &str) { ja: "空欄なら: {what}", en: "If empty: {what}" }
    /// The default.
    pub fn initially(what: &str) { ja: "初期値: {what}", en: "Default: {what}" }
    /// A choice that leaves it to the program.
    pub fn automatic(what: &str) { ja: "自動({what})", en: "Automatic ({what})" }
    /// The bounds of a number.
    pub fn bounds(min: i64, max: i64) { ja: "{min}〜{max}", en: "{min} to {max}" }
    /// How a list is written.
    pub fn one_a_line() { ja: "1 行に 1 つずつ書きます。", en: "One a line." }
    /// A field that must be filled in.
    pub fn required() { ja: "必須", en: "required" }

    /// Opens the settings file.
    pub fn open_file() { ja: "設定ファイルを開く", en: "Open the settings file" }
    /// Opens its folder.
    pub fn open_folder() { ja: "フォルダーを開く", en: "Open its folder" }
    /// Where the settings file is.
    pub fn file_place() { ja: "設定ファイルの場所", en: "Where the settings file is" }
    /// Copies the path.
    pub fn copy_place() { ja: "場所をコピー", en: "Copy the place" }
    /// Copies something.
    pub fn copy() { ja: "コピー", en: "Copy" }
    /// How the file and the screens go together.
    pub fn file_explained() {
        ja: "この画面で設定した内容は、このファイルに書かれます。ファイルを直接直しても、保存すればすぐに反映されます。書き込んだメモ(# の行)はそのまま残ります。",
        en: "What you set here is written to this file. You may edit it by hand as well; it takes effect when you save it. Your comments stay.",
    }
    /// The system was asked to open it; not every system tells whether it did.
    pub fn opened(path: &str) {
        ja: "{path} を開きます。画面に出てこないときは、場所をコピーして、エクスプローラーなどから開いてください。",
        en: "{path} is being opened. If nothing appears, copy its place and open it in your file manager.",
    }
    /// It could not be opened.
    pub fn not_opened(path: &str, why: &str) {
        ja: "{path} を開けませんでした({why})。場所をコピーして、エクスプローラーなどから開いてください。",
        en: "{path} could not be opened ({why}). Copy its place and open it in your file manager.",
    }
}
