//! 制御情報, 2重登録時の処理 and テンプレート: how often mail is fetched, and what the letters say.

use super::super::words;

words! {
    /// Section of the control screen.
    pub fn collecting() { ja: "メールの収集", en: "Collecting" }
    /// Section of the control screen.
    pub fn receipt() { ja: "受付完了メール", en: "Receipt" }
    /// What the receipt is.
    pub fn receipt_explained() {
        ja: "空メールを送ったお客様に届くメールです。見出しか本文の ★1★ の位置に受付番号が入ります。どちらかに必ず書いてください。",
        en: "The letter that a customer gets for an empty mail. ★1★ in the subject or the body becomes the receipt number; one of them must have it.",
    }
    /// Link to the ready-made receipts.
    pub fn to_templates() { ja: "お店の種類別の文面から選ぶ", en: "Choose from ready-made receipts" }
    /// Section of the control screen.
    pub fn numbers() { ja: "受付番号", en: "Receipt numbers" }
    /// Section of the control screen.
    pub fn computer() { ja: "お店とパソコン", en: "Shop and computer" }
    /// A series' first number, where there are several.
    pub fn first_number_of(series: &str) { ja: "最初の受付番号(系列 {series})", en: "First receipt number (series {series})" }
    /// Numbers were given, so the first number counts no more.
    pub fn numbers_given(highest: i64) {
        ja: "すでに {highest} 番まで発行しています。ここを変えても、番号は戻りません。",
        en: "Numbers up to {highest} were given already. Changing this never takes them back.",
    }
    /// No number was given yet.
    pub fn no_numbers_given() {
        ja: "まだ番号を発行していません。前の会員名簿の続きから始めるときは、続きの番号を入れてください。",
        en: "No number was given yet. To go on after an older list of members, put the next number here.",
    }

    /// What an interval means.
    pub fn pace(seconds: u64, times: &str) {
        ja: "{seconds} 秒ごとに新しいメールを確かめます。空メールが届いてから、およそ {seconds} 秒以内に返信します(1 日に約 {times} 回)。",
        en: "New mail is looked for every {seconds} seconds, about {times} times a day. An empty mail is answered within about {seconds} seconds.",
    }
    /// A short interval.
    pub fn pace_short() {
        ja: "間隔が短めです。プロバイダーによっては、つなぎすぎとして一時的に受信を止められます。15 秒以上をお勧めします。",
        en: "This is short. Some providers shut a mailbox for a while where it is asked too often; 15 seconds or more is better.",
    }
    /// A long interval.
    pub fn pace_long() {
        ja: "間隔が長めです。店頭でお客様をお待たせしないよう、15〜60 秒をお勧めします。",
        en: "This is long: the customer waits at the counter. 15 to 60 seconds is better.",
    }

    /// Title of the preview.
    pub fn preview() { ja: "お客様の画面での見え方", en: "As the customer sees it" }
    /// The preview is an example.
    pub fn preview_example() {
        ja: "番号・日時・アドレスは例です。",
        en: "Number, time and address are examples.",
    }
    /// Who the letter is from.
    pub fn from() { ja: "差出人", en: "From" }
    /// What is wrong with a template.
    pub fn preview_faults() { ja: "この文面はまだ使えません。", en: "This wording cannot be used yet." }
    /// The marks, for screen readers and as a heading.
    pub fn marks() { ja: "カーソルの位置に入れる:", en: "Insert at the cursor:" }
    /// A mark.
    pub fn mark_number() { ja: "受付番号", en: "number" }
    /// A mark.
    pub fn mark_time() { ja: "受付の日時", en: "date and time" }
    /// A mark.
    pub fn mark_address() { ja: "お客様のアドレス", en: "the customer's address" }
    /// A mark.
    pub fn mark_shop() { ja: "店名", en: "shop name" }

    /// The body is in a file.
    pub fn in_file(path: &str) {
        ja: "本文はファイル {path} に書かれています。変えるときは、そのファイルを直すか、この画面で直すように切り替えてください。",
        en: "The body is in the file {path}. Edit that file, or switch to editing it here.",
    }
    /// Takes the text of the file over.
    pub fn edit_here() { ja: "この画面で直すようにする", en: "Edit it here instead" }
    /// What that does.
    pub fn edit_here_explained() {
        ja: "ファイルの文面を設定に写します。ファイルはそのまま残りますが、使わなくなります。",
        en: "The text is copied into the settings. The file stays, but is no longer used.",
    }
    /// Mailboxes with a letter of their own.
    pub fn own_letters(names: &str) {
        ja: "メールボックス {names} には専用の文面があり、ここの文面は使いません。",
        en: "These mailboxes have a letter of their own and do not use this one: {names}",
    }

    /// Section of the duplicates screen.
    pub fn repeat() { ja: "返信メール", en: "Repeat reply" }
    /// What the repeat reply is.
    pub fn repeat_explained() {
        ja: "「前の受付番号をもう一度知らせる」ときに届くメールです。見出しか本文の ★2★ の位置に、前の受付番号が入ります。",
        en: "The letter for “tell the old number again”. ★2★ in the subject or the body becomes the old number.",
    }
    /// Section of the duplicates screen.
    pub fn leaving() { ja: "退会", en: "Leaving" }
    /// What leaving is.
    pub fn leaving_explained() {
        ja: "件名に退会の言葉だけを書いたメールが届くと、その人の受付番号に退会の印を付けます。番号はほかの人に使われません。",
        en: "A mail whose subject is nothing but one of these words marks the person's number as left. The number is given to nobody else.",
    }
    /// An example of words for leaving.
    pub fn leaving_example() { ja: "例: 退会、配信停止", en: "Such as: leave, unsubscribe" }
    /// Whether leaving is answered.
    pub fn leaving_answer() { ja: "退会の受け付けをメールで返信する", en: "Answer it with a letter" }
    /// What that means.
    pub fn leaving_answer_explained() {
        ja: "しないときは、印を付けるだけで何も送りません。返信の ★1★ の位置に受付番号が入ります。",
        en: "Otherwise the number is marked and nothing is sent. ★1★ in the letter becomes the number.",
    }

    /// What the ready-made receipts are.
    pub fn ready_made_explained() {
        ja: "お店の種類に合わせた受付完了メールの文面です。選ぶと制御情報の文面に入り、あとから自由に直せます。",
        en: "Receipts for several kinds of shop. The one you take goes to the control screen, where you can change it as you like.",
    }
    /// Takes a ready-made receipt over.
    pub fn take() { ja: "この文面を使う", en: "Use this" }
    /// Asks before the shop's own text goes.
    pub fn take_asked(name: &str) {
        ja: "今の受付完了メールの文面は消えます。「{name}」の文面に置き換えますか。",
        en: "The wording you have now will be gone. Replace it with “{name}”?",
    }
    /// Yes to that.
    pub fn take_yes() { ja: "置き換える", en: "Replace it" }
    /// It is the one in use.
    pub fn in_use() { ja: "使用中", en: "In use" }
    /// In other languages.
    pub fn other_language() { ja: "英語の文面", en: "Japanese receipts" }
}
