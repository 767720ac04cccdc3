//! ログ: the monthly log.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "ログ", en: "Log" }
    /// What the screen is for.
    pub fn lead() { ja: "メール収集の記録です。1か月ごとに1つのファイルになっています。", en: "The record of collecting: one file for each month." }
    /// There is no log yet.
    pub fn none_yet() {
        ja: "ログはまだありません。メール収集を始めると、ここに記録が出ます。", en: "There is no log yet. It begins when collecting begins.",
    }
    /// Label of the months.
    pub fn which_month() { ja: "月", en: "Month" }
    /// A month, with the size of its file.
    pub fn month(year: &str, month: &str, size: &str) { ja: "{year}年{month}月（{size}）", en: "{year}-{month:0>2} ({size})" }
    /// Shows the month.
    pub fn show_month() { ja: "月指定", en: "Show month" }
    /// Label of the day.
    pub fn which_day() { ja: "日付", en: "Day" }
    /// Goes to the day.
    pub fn go_to_day() { ja: "指定日の場所に位置づけ", en: "Go to this day" }
    /// Label of the text to look for.
    pub fn which_text() { ja: "探す文字", en: "Find" }
    /// What is looked for, as an example.
    pub fn text_example() { ja: "番号、アドレスなど", en: "a number, an address …" }
    /// The next line that has the text.
    pub fn find_next() { ja: "次を探す", en: "Next" }
    /// The one before.
    pub fn find_previous() { ja: "前を探す", en: "Previous" }
    /// Keys of finding.
    pub fn find_keys() { ja: "Enter：次、Shift+Enter：前", en: "Enter: next, Shift+Enter: previous" }
    /// Which of the lines with the text this is.
    pub fn found(nth: u64, lines: u64) { ja: "{lines} 行のうち {nth} 行目", en: "{nth} of {lines} lines" }
    /// The same, after the end.
    pub fn found_wrapped(nth: u64, lines: u64) {
        ja: "{lines} 行のうち {nth} 行目（ログの端まで探したので、反対側から続けました）", en: "{nth} of {lines} lines (went on from the other end)",
    }
    /// No line has the text.
    pub fn nothing_found() { ja: "この月のログには見つかりません。", en: "Not in the log of this month." }
    /// The day was found.
    pub fn day_found(day: &str) { ja: "{day} の最初の行です。", en: "The first line of {day}." }
    /// The day has no line; the next one has.
    pub fn next_day(day: &str, next: &str) {
        ja: "{day} の記録はありません。次の記録がある {next} の最初の行です。", en: "Nothing happened on {day}. This is the first line of {next}.",
    }
    /// The day has no line, and none comes after it.
    pub fn last_day(day: &str, last: &str) {
        ja: "{day} 以降の記録はありません。最後の {last} の最初の行です。", en: "There is nothing on or after {day}. This is the first line of {last}.",
    }
    /// The file tells of no day.
    pub fn no_days() { ja: "この月のログには、日付のある行がありません。", en: "No line of this log has a day." }
    /// It is no day.
    pub fn not_a_day() { ja: "日付を指定してください。", en: "Choose a day." }
    /// It is no month.
    pub fn not_a_month() { ja: "月の指定が正しくありません。", en: "That is not a month." }
    /// What to do about it.
    pub fn not_a_month_advice() { ja: "ログの画面で月を選び直してください。", en: "Choose one on the log screen." }
    /// Opens the file in another program.
    pub fn open() { ja: "外部へ取り出し", en: "Open in another program" }
    /// What that does.
    pub fn open_help() {
        ja: "拡張子「.TXT」のプログラムで開きます。", en: "Opens it with this computer's program for .txt files.",
    }
    /// Opens the folder.
    pub fn open_folder() { ja: "フォルダーを開く", en: "Open the folder" }
    /// Saves a copy.
    pub fn save() { ja: "保存", en: "Save a copy" }
    /// Where the file is.
    pub fn file() { ja: "ファイル", en: "File" }
    /// Copies where the file is.
    pub fn copy_path() { ja: "場所をコピー", en: "Copy the path" }
    /// The program was started.
    pub fn opened() {
        ja: "開くように指示しました。画面が出ないときは「保存」で取り出してください。", en: "The program was told to open it. If nothing shows, save a copy.",
    }
    /// The folder was opened.
    pub fn opened_folder() {
        ja: "フォルダーを開くように指示しました。画面が出ないときは、下の場所を直接開いてください。",
        en: "The folder was told to open. If nothing shows, open the path below yourself.",
    }
    /// The program did not start.
    pub fn not_opened() { ja: "ログを開くプログラムを起動できませんでした。", en: "No program could be started for the log." }
    /// The folder could not be opened.
    pub fn folder_not_opened() { ja: "フォルダーを開けませんでした。", en: "The folder could not be opened." }
    /// What to do about it.
    pub fn not_opened_advice(path: &str) {
        ja: "「保存」で取り出すか、次の場所を直接開いてください。\n{path}", en: "Save a copy, or open it yourself:\n{path}",
    }
    /// What the lines are, for screen readers.
    pub fn lines_label(month: &str) { ja: "{month} のログ。上下の矢印キー、PageUp、PageDown、Home、End で移動します。", en: "Log of {month}. Move with the arrow keys, Page Up, Page Down, Home and End." }
    /// What the plain table is.
    pub fn table_label(month: &str) { ja: "{month} のログ", en: "Log of {month}" }
    /// Column head.
    pub fn column_line() { ja: "行", en: "Line" }
    /// Column head.
    pub fn column_time() { ja: "日時", en: "Time" }
    /// Column head.
    pub fn column_what() { ja: "内容", en: "What happened" }
    /// Column head.
    pub fn column_details() { ja: "詳細", en: "Details" }
    /// The line that was looked for, for screen readers.
    pub fn this_line() { ja: "（この行）", en: "(this line)" }
    /// A line goes on.
    pub fn line_cut() { ja: "…（続きは「外部へ取り出し」で）", en: "… (it goes on in the file)" }
    /// How many lines there are.
    pub fn line_count(lines: u64) { ja: "全 {lines} 行", en: "{lines} lines" }
    /// The file has no line.
    pub fn empty() { ja: "このファイルには行がありません。", en: "This file has no lines." }
    /// Lines before these.
    pub fn earlier() { ja: "前の行へ", en: "Earlier lines" }
    /// Lines after these.
    pub fn later() { ja: "次の行へ", en: "Later lines" }
    /// There are new lines at the end.
    pub fn new_lines(count: &str) { ja: "新しい行があります（{count} 行）", en: "There are {count} new lines" }
    /// Goes there.
    pub fn to_end() { ja: "最後へ移動", en: "Go to the end" }
    /// A new month has begun.
    pub fn new_month() { ja: "新しい月のログがあります", en: "A new month has begun" }
    /// Shows it.
    pub fn to_new_month() { ja: "新しい月を表示", en: "Show the new month" }
    /// The whole line that was chosen.
    pub fn chosen_line() { ja: "選んだ行", en: "Chosen line" }
    /// Nothing is chosen.
    pub fn none_chosen() { ja: "行を選ぶと、ここに全文が出ます。", en: "Choose a line to read all of it here." }
    /// Copies the line.
    pub fn copy_line() { ja: "行をコピー", en: "Copy the line" }
    /// There is no such log file.
    pub fn missing(path: &str) { ja: "ログのファイル {path} がありません。", en: "There is no log file {path}." }
    /// What to do about it.
    pub fn missing_advice() {
        ja: "削除または移動された可能性があります。ほかの月を選んでください。", en: "It may have been deleted or moved. Choose another month.",
    }
    /// A log file cannot be read.
    pub fn unreadable(path: &str, why: &str) {
        ja: "ログのファイル {path} を読めません（{why}）。", en: "The log file {path} cannot be read ({why}).",
    }
    /// What to do about it.
    pub fn unreadable_advice() {
        ja: "ほかのプログラムで開いている場合は閉じて、もう一度お試しください。", en: "If another program has it open, close it there and try again.",
    }
    /// A log file is too large to be shown.
    pub fn too_large(path: &str, megabytes: u64) {
        ja: "ログのファイル {path} は大きすぎるため、ここに表示できません（{megabytes} MB）。",
        en: "The log file {path} is too large to be shown here ({megabytes} MB).",
    }
    /// What to do about it.
    pub fn too_large_advice() {
        ja: "「外部へ取り出し」で、ほかのプログラムで開いてください。", en: "Open it in another program instead.",
    }
    /// A log file changes while it is read.
    pub fn restless(path: &str) {
        ja: "ログのファイル {path} を、ほかのプログラムが書き換えています。", en: "Another program keeps changing the log file {path}.",
    }
    /// What to do about it.
    pub fn restless_advice() { ja: "保存が終わってから、もう一度お試しください。", en: "Try again when it has finished." }
}
