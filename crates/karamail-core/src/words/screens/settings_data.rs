//! 返信の制限, データ and the overview of the settings.

use super::super::words;

words! {
    /// Section of the guards.
    pub fn shop_words() { ja: "合言葉", en: "Shop words" }
    /// What they are for.
    pub fn shop_words_explained() {
        ja: "店頭に来た人だけに受け付けたいときに使います。店頭に掲げた言葉を、件名か本文に書いて送ってもらいます。空なら合言葉なしで受け付けます。",
        en: "For taking only people who are at the counter: they write a word that is shown there into the subject or the body. Without any, no word is asked for.",
    }
    /// Section of the guards.
    pub fn limits() { ja: "返信の上限", en: "How often we answer" }
    /// What they are for.
    pub fn limits_explained() {
        ja: "いたずらや、機械どうしの返信の繰り返しを止めます。上限を超えたメールは確認待ちに入り、画面で扱いを選べます。0 は制限なしです。",
        en: "They stop pranks, and machines that answer each other. Mail beyond a limit waits for your decision. 0 means no limit.",
    }
    /// Section of the guards.
    pub fn never() { ja: "返信しない相手", en: "Never answered" }
    /// What it is for.
    pub fn never_explained() {
        ja: "自動返信やメールマガジンには、設定しなくても返信しません。ここには、それ以外の返信したくない相手を書きます。",
        en: "Automatic mail and mailing lists are never answered anyway. Others go here.",
    }
    /// Section of the guards.
    pub fn spoofing() { ja: "なりすまし", en: "Forged mail" }
    /// Section of the guards.
    pub fn others() { ja: "そのほか", en: "More" }

    /// Section of the data screen.
    pub fn invitation() { ja: "同意の記録", en: "Record of consent" }
    /// What it is for.
    pub fn invitation_explained() {
        ja: "広告のメールを送るには、お客様の同意の記録が必要です(特定電子メール法)。ポスターなどに書いた文言をここに書くと、受付番号ごとに、日時と一緒に残ります。",
        en: "Advertising by mail needs a record of consent. What the poster says goes here, and is kept with each number and its time.",
    }
    /// Section of the data screen.
    pub fn retention() { ja: "残しておく期間", en: "How long things stay" }
    /// Section of the data screen.
    pub fn backup() { ja: "バックアップ", en: "Backup" }
    /// What is in it.
    pub fn backup_explained() {
        ja: "受付番号の記録、設定、ログ、メールの写しを 1 つのファイルにまとめます。収集を続けたまま取れます。お客様のアドレスが入るので、鍵のかかる場所に置いてください。パスワードは入りません。",
        en: "One file with the record of all numbers, the settings, the logs and copies of mail, made while collecting goes on. It holds your customers' addresses: keep it locked away. Passwords are not in it.",
    }
    /// Downloads one.
    pub fn backup_now() { ja: "バックアップを保存する", en: "Save a backup" }
    /// Files that are not in it.
    pub fn backup_left_out() {
        ja: "次のファイルは設定ファイルのフォルダーの外にあるため、バックアップに入りません。別に写しを取ってください。",
        en: "These files lie outside the settings' folder and are not in the backup. Copy them by hand:",
    }
    /// How to put one back.
    pub fn restore() { ja: "バックアップを元に戻すには", en: "To put a backup back" }
    /// First step.
    pub fn restore_end() { ja: "Karamail を終了します。", en: "End Karamail." }
    /// Second step.
    pub fn restore_command() {
        ja: "コマンドの画面(Windows では「ターミナル」)で次を実行します。最後のところは、保存したバックアップのファイル名にしてください。",
        en: "Run this in a terminal, with the name of your backup at its end:",
    }
    /// Third step.
    pub fn restore_passwords() {
        ja: "新しいパソコンでは、メールのパスワードをもう一度保存してから始めます。",
        en: "On a new computer, store the mail passwords again before you start.",
    }
    /// What is never done.
    pub fn restore_guard() {
        ja: "今の記録の方が新しいときは戻しません。出した番号を、別の人に出してしまうためです。",
        en: "Where the present record is newer nothing is put back: numbers would be given twice.",
    }
    /// Section of the data screen.
    pub fn folder() { ja: "データフォルダー", en: "Data folder" }
    /// What is in it.
    pub fn folder_explained() {
        ja: "受付番号の記録、ログ、メールの写しがあります。中のファイルを消したり、動かしたり、同期サービス(OneDrive など)に置いたりしないでください。",
        en: "The record of all numbers, the logs and copies of mail. Do not delete or move files in it, and do not put it into a folder that is synchronised.",
    }
    /// Opens it.
    pub fn open_folder() { ja: "データフォルダーを開く", en: "Open the data folder" }
    /// There is nothing to back up.
    pub fn folder_missing() { ja: "まだありません", en: "not there yet" }

    /// Overview of the control screen.
    pub fn overview_control(seconds: &str, subject: &str) {
        ja: "{seconds} 秒ごとに受信チェック。受付完了メール「{subject}」",
        en: "Checks every {seconds} seconds. Receipt: “{subject}”",
    }
    /// Overview of the duplicates: without words for leaving.
    pub fn overview_duplicate(action: &str) { ja: "{action}。退会の言葉はありません", en: "{action}. No words for leaving" }
    /// Overview of the duplicates: with words for leaving.
    pub fn overview_leaving(action: &str, words: &str) { ja: "{action}。退会の言葉: {words}", en: "{action}. Words for leaving: {words}" }
    /// Overview of the mailboxes.
    pub fn overview_mail(count: usize, addresses: &str) { ja: "{count} 個のメールボックス: {addresses}", en: "Mailboxes: {count} ({addresses})" }
    /// Overview of the mailboxes: none.
    pub fn overview_no_mail() { ja: "メールボックスがありません", en: "There is no mailbox" }
    /// Overview of the ready-made receipts.
    pub fn overview_templates(count: usize, name: &str) { ja: "{count} 種類の文面。使用中: {name}", en: "{count} receipts. In use: {name}" }
    /// The shop's own wording.
    pub fn own_wording() { ja: "お店の文面", en: "your own" }
    /// Overview of the guards.
    pub fn overview_guards(hour: &str, day: &str, words: &str) {
        ja: "1 つのアドレスへの返信: 1 時間に{hour}、1 日に{day}。合言葉: {words}",
        en: "Answers to one address: {hour} in an hour, {day} in a day. Shop words: {words}",
    }
    /// Overview of the data.
    pub fn overview_data(days: &str, months: &str) {
        ja: "メールの写しは {days} 日残す。ログは{months}残す。バックアップ",
        en: "Copies of mail stay {days} days, logs {months}. Backup",
    }
    /// Nothing is thrown away.
    pub fn for_ever() { ja: "ずっと", en: "for ever" }
    /// So many months.
    pub fn months(count: &str) { ja: " {count} か月", en: "{count} months" }
    /// None.
    pub fn none() { ja: "なし", en: "none" }
    /// No limit.
    pub fn unlimited() { ja: "制限なし", en: "no limit" }
    /// A limit.
    pub fn at_most(count: &str) { ja: " {count} 通まで", en: "at most {count}" }
    /// A list cut short.
    pub fn and_more(list: &str, more: usize) { ja: "{list} ほか {more} 件", en: "{list} and {more} more" }

    /// There is no settings file.
    pub fn no_file() {
        ja: "まだ設定ファイルがありません。",
        en: "There is no settings file yet.",
    }
    /// The usual way.
    pub fn by_screens() { ja: "画面で設定する(おすすめ)", en: "On the screen (recommended)" }
    /// Goes there.
    pub fn to_first() { ja: "はじめての設定へ", en: "To the first steps" }
    /// What it does.
    pub fn to_first_explained() {
        ja: "メールアドレスを入れるだけで、順番に設定できます。",
        en: "Type your mail address and go on step by step.",
    }
    /// The other way.
    pub fn by_file() { ja: "ファイルを自分で書く", en: "By writing the file" }
    /// Does it.
    pub fn make_sample() { ja: "見本の設定ファイルを作って開く", en: "Make a sample file and open it" }
    /// What it does.
    pub fn make_sample_explained() {
        ja: "自分でファイルを書く方のための見本です。すべての項目に説明が付いています。",
        en: "For those who write the file by hand: a sample with every key explained.",
    }
    /// Advice about a mailbox.
    pub fn advice(mailbox: &str, what: &str) { ja: "メールボックス「{mailbox}」: {what}", en: "Mailbox “{mailbox}”: {what}" }
}
