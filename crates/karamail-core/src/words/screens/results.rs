//! 収集結果: numbers and addresses.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "収集結果", en: "Results" }
    /// Label of the search.
    pub fn search() { ja: "受付番号、またはメールアドレスの一部", en: "Number, or part of an address" }
    /// Example in the search field.
    pub fn search_example() { ja: "例 1710", en: "e.g. 1710" }
    /// Label of a day.
    pub fn from_day() { ja: "受付日（から）", en: "From" }
    /// Label of a day.
    pub fn to_day() { ja: "受付日（まで）", en: "To" }
    /// Label of the choice of states.
    pub fn state() { ja: "配信状況", en: "Delivery" }
    /// Label of the choice of mailboxes.
    pub fn mailbox() { ja: "メールボックス", en: "Mailbox" }
    /// Label of the choice of series.
    pub fn series() { ja: "番号系列", en: "Series" }
    /// No choice is made.
    pub fn all() { ja: "すべて", en: "All" }
    /// Searches.
    pub fn do_search() { ja: "検索", en: "Search" }
    /// Takes all filters off.
    pub fn clear() { ja: "条件を消す", en: "Clear" }
    /// Not a day.
    pub fn not_a_day() { ja: "日付は 2026-11-21 のように入力してください。", en: "Write the day like 2026-11-21." }
    /// The first day is after the last.
    pub fn days_crossed() { ja: "「から」の日付が「まで」より後です。", en: "The first day is after the last." }
    /// How many results there are.
    pub fn found(count: &str) { ja: "{count} 件", en: "{count} results" }
    /// Nobody has signed up yet.
    pub fn none_yet() {
        ja: "まだ受付番号はありません。空メールが届くと、ここに自動で表示されます。",
        en: "There are no numbers yet. They appear here by themselves when empty mails come in.",
    }
    /// Nothing fits the filters.
    pub fn none_found() { ja: "条件に合う受付番号はありません。", en: "No number fits." }
    /// Downloads.
    pub fn save_csv() { ja: "CSV で保存（Excel 用）", en: "Save as CSV (for Excel)" }
    /// Downloads.
    pub fn save_xlsx() { ja: "Excel ファイルで保存", en: "Save as Excel file" }
    /// What a download holds.
    pub fn save_help() { ja: "いま表示している条件の、すべての行を保存します。", en: "Saves every row that fits what is set above." }
    /// A file's name before its date.
    pub fn file_name() { ja: "収集結果", en: "results" }
    /// Caption of the list, for screen readers.
    pub fn list_caption() { ja: "受付番号の一覧（新しい順）", en: "Numbers, newest first" }
    /// Column head.
    pub fn number() { ja: "受付番号", en: "Number" }
    /// Column head.
    pub fn address() { ja: "メールアドレス", en: "Address" }
    /// Column head.
    pub fn given() { ja: "受付日時", en: "Given" }
    /// Label of a row's check box.
    pub fn choose(number: i64) { ja: "受付番号 {number} を選ぶ", en: "Choose number {number}" }
    /// Label of the check box above the others.
    pub fn choose_all() { ja: "表示中をすべて選ぶ", en: "Choose all that are shown" }
    /// Sends the chosen numbers again.
    pub fn resend_chosen() { ja: "選んだ番号をもう一度送る", en: "Send the chosen numbers again" }
    /// Asks before it is done.
    pub fn resend_chosen_question() {
        ja: "選んだ受付番号のお客様へ、受付完了メールをもう一度送ります。よろしいですか。",
        en: "The receipts of the chosen numbers are sent to the customers once more. Go ahead?",
    }
    /// The button that does it.
    pub fn send() { ja: "送る", en: "Send" }
    /// Older rows.
    pub fn more() { ja: "続きを表示", en: "Show more" }
    /// Rows are being loaded.
    pub fn loading() { ja: "読み込んでいます…", en: "Loading …" }
    /// The list goes on on a new page, so that the browser stays quick.
    pub fn next_page(rows: u32) { ja: "ここまで {rows} 件。続きは次のページへ", en: "{rows} so far. Go on to the next page" }
    /// This is not the beginning of the list.
    pub fn first_page() { ja: "最新の受付に戻る", en: "Back to the newest" }
    /// The number that was searched for.
    pub fn exact() { ja: "この番号です", en: "This number" }
    /// Mails wait for the shop.
    pub fn waiting(count: i64) {
        ja: "確認が必要なメールが {count} 通あります。", en: "{count} mails wait for you to decide.",
    }
    /// Link to them.
    pub fn to_waiting() { ja: "確認する", en: "Look at them" }
    /// Rows between are not shown.
    pub fn rows_left_out() { ja: "間の行は省きました。画面を開き直すと表示します。", en: "Rows between are left out. Open the screen again to see them." }
    /// A file could not be made.
    pub fn file_failed(why: &str) { ja: "ファイルを作れませんでした（{why}）。", en: "The file could not be made ({why})." }
    /// What to do about it.
    pub fn file_failed_advice() {
        ja: "ディスクの空きを確かめて、もう一度お試しください。", en: "Check that the disk has room, then try again.",
    }
}

words! {
    /// A state, in a word.
    pub fn state_queued() { ja: "送信待ち", en: "Waiting" }
    /// A state, in a word.
    pub fn state_sent() { ja: "送信済み", en: "Sent" }
    /// A state, in a word.
    pub fn state_sent_again() { ja: "再送済み", en: "Sent again" }
    /// A state, in a word.
    pub fn state_refused() { ja: "拒否された", en: "Refused" }
    /// A state, in a word.
    pub fn state_bounced() { ja: "戻ってきた", en: "Came back" }
    /// A state, in a word.
    pub fn state_withheld() { ja: "送信しない", en: "Not to be sent" }
    /// Two states together.
    pub fn state_undelivered() { ja: "届いていない（拒否・戻り）", en: "Not delivered (refused, came back)" }
    /// The person left.
    pub fn state_left() { ja: "退会", en: "Left" }
    /// The person was erased.
    pub fn state_erased() { ja: "消去済み", en: "Erased" }
}

words! {
    /// One number's title.
    pub fn one_title(number: i64) { ja: "受付番号 {number}", en: "Number {number}" }
    /// There is no such number.
    pub fn no_such_number(number: i64, series: &str) {
        ja: "受付番号 {number}（{series}）はありません。", en: "There is no number {number} ({series}).",
    }
    /// What to do about it.
    pub fn no_such_number_advice() { ja: "収集結果の画面で探してください。", en: "Look for it in the results." }
    /// Back to the list.
    pub fn back() { ja: "ESC：収集結果に戻る", en: "ESC: back to the results" }
    /// Heading.
    pub fn what_to_do() { ja: "対処", en: "What to do" }
    /// Label.
    pub fn server_said() { ja: "サーバーの返事", en: "The server said" }
    /// Label.
    pub fn person() { ja: "退会・消去", en: "Left or erased" }
    /// Heading of the steps.
    pub fn history() { ja: "メールの経過", en: "What happened to its letters" }
    /// Column head.
    pub fn when() { ja: "日時", en: "When" }
    /// Column head.
    pub fn letter() { ja: "メール", en: "Letter" }
    /// Column head.
    pub fn happened() { ja: "できごと", en: "What happened" }
    /// A letter.
    pub fn letter_receipt() { ja: "受付完了メール", en: "Receipt" }
    /// A letter.
    pub fn letter_repeat() { ja: "返信メール（2重登録）", en: "Repeat reply (duplicate)" }
    /// A letter.
    pub fn letter_resend() { ja: "再送", en: "Sent again" }
    /// A step.
    pub fn step_queued() { ja: "送信待ちになった", en: "Ready to be sent" }
    /// A step.
    pub fn step_sent() { ja: "送信した", en: "Sent" }
    /// A step.
    pub fn step_refused() { ja: "拒否された", en: "Refused" }
    /// A step.
    pub fn step_bounced() { ja: "届かずに戻ってきた", en: "Came back" }
    /// A step.
    pub fn step_delayed() { ja: "相手のサーバーで遅れている", en: "Delayed at the receiving server" }
    /// A step.
    pub fn step_delivered() { ja: "相手に届いた", en: "Delivered" }
    /// A step.
    pub fn step_relayed() { ja: "次のサーバーに渡された", en: "Handed on to another server" }
    /// A step.
    pub fn step_withheld() { ja: "送信しないことにした", en: "Not to be sent" }
    /// Heading of the consent.
    pub fn consent() { ja: "同意の記録", en: "Consent" }
    /// There is none.
    pub fn no_consent() {
        ja: "この番号には同意の記録がありません（記録を始める前の番号です）。",
        en: "There is no consent record: the number is older than such records.",
    }
    /// Label.
    pub fn consent_at() { ja: "空メールを受け付けた日時", en: "Empty mail taken in" }
    /// Label.
    pub fn consent_mailed() { ja: "メールに書かれた日時", en: "Date in the mail" }
    /// Label.
    pub fn consent_mailbox() { ja: "宛先", en: "Sent to" }
    /// Label of a wording, with its version.
    pub fn consent_template(version: &str) { ja: "受付完了メールの文面（版 {version}）", en: "Wording of the receipt (version {version})" }
    /// Label of a wording, with its version.
    pub fn consent_invitation(version: &str) { ja: "お誘いの文面（版 {version}）", en: "Invitation (version {version})" }
    /// There was none.
    pub fn consent_no_invitation() { ja: "お誘いの文面は設定されていませんでした。", en: "No invitation was set." }
    /// Heading of the buttons.
    pub fn actions() { ja: "この番号にできること", en: "What you can do" }
    /// Sends it again.
    pub fn resend() { ja: "もう一度送る", en: "Send again" }
    /// What that does.
    pub fn resend_help() {
        ja: "いまのテンプレートで、同じ受付番号のメールをもう一度送ります。番号は変わりません。",
        en: "Sends the same number once more, with the present template. The number stays the same.",
    }
    /// Why there is no such button: it waits.
    pub fn resend_waits() { ja: "まだ送信待ちです。自動的に送られます。", en: "It is still waiting and goes out by itself." }
    /// Why there is nothing to do.
    pub fn erased_help() {
        ja: "この番号のお客様の情報は消去されています。番号は残り、ほかの人に発行されません。",
        en: "The person behind this number was erased. The number stays and is never given to anyone else.",
    }
    /// Erases the person.
    pub fn erase() { ja: "お客様の情報を消去する…", en: "Erase the person …" }
    /// What that does.
    pub fn erase_help() {
        ja: "退会などで個人情報を消すときに使います。次の画面で確認します。",
        en: "For a customer who wants to be forgotten. The next page asks before anything is done.",
    }
    /// It will be sent.
    pub fn resending() { ja: "もう一度送ります。経過は下に表示されます。", en: "It will be sent again. Watch it below." }
    /// So many will be sent.
    pub fn resending_many(count: usize) { ja: "{count} 件をもう一度送ります。", en: "{count} will be sent again." }
    /// These will not.
    pub fn not_resending(count: usize) { ja: "次の {count} 件は送りません。", en: "These {count} will not be sent." }
    /// Title of the outcome.
    pub fn resend_title() { ja: "再送の結果", en: "Sending again" }
    /// Nothing was chosen.
    pub fn nothing_chosen() { ja: "受付番号が選ばれていません。", en: "No number was chosen." }
    /// What to do about it.
    pub fn nothing_chosen_advice() { ja: "左端の欄にチェックを付けてから押してください。", en: "Tick the boxes at the left first." }
    /// Too many were chosen.
    pub fn too_many(most: usize) { ja: "一度に送れるのは {most} 件までです。", en: "At most {most} can be sent at once." }
}

words! {
    /// Title of the page that asks.
    pub fn erase_title(number: i64) { ja: "受付番号 {number} のお客様の情報を消去", en: "Erase the person behind number {number}" }
    /// It cannot be undone.
    pub fn erase_warning() { ja: "消去すると元に戻せません。", en: "This cannot be undone." }
    /// Heading.
    pub fn erase_what() { ja: "消去すると", en: "What happens" }
    /// What goes.
    pub fn erase_goes() {
        ja: "メールアドレス、届いたメール、送ったメールの控え、ログの中のアドレスを、このパソコンから消します。",
        en: "The address, the mails that came, the copies of letters that were sent, and the address in the logs are removed from this PC.",
    }
    /// What stays.
    pub fn erase_stays() {
        ja: "受付番号と日時は残ります。番号がほかの人に発行されることはありません。",
        en: "The number and its times stay. The number is never given to anyone else.",
    }
    /// Other numbers of the same address.
    pub fn erase_others() {
        ja: "同じアドレスにほかの受付番号があれば、それも消去します。", en: "Other numbers of the same address are erased too.",
    }
    /// They may sign up again.
    pub fn erase_again() {
        ja: "お客様がもう一度空メールを送ると、新しい番号が発行されます。", en: "If the customer signs up again, a new number is given.",
    }
    /// What the program cannot reach.
    pub fn erase_elsewhere() {
        ja: "保存した CSV や Excel のファイル、バックアップ、会員管理など他のソフトの情報は消えません。別に消してください。",
        en: "Saved CSV and Excel files, backups and other programs are not reached. Erase those yourself.",
    }
    /// Label of the confirmation.
    pub fn erase_type(number: i64) {
        ja: "確認のため、受付番号 {number} を入力してください", en: "Type the number {number} to confirm",
    }
    /// It was another number.
    pub fn erase_mistyped() { ja: "受付番号が違います。まだ何も消去していません。", en: "That is another number. Nothing was erased." }
    /// Does it.
    pub fn erase_do() { ja: "消去する", en: "Erase" }
    /// Does not.
    pub fn erase_back() { ja: "ESC：消去せずに戻る", en: "ESC: back, erase nothing" }
    /// It was done.
    pub fn erased(number: i64) { ja: "受付番号 {number} のお客様の情報を消去しました。", en: "The person behind number {number} was erased." }
    /// What was removed.
    pub fn erased_counts(mails: usize, letters: usize, places: usize) {
        ja: "届いたメール {mails} 通、送ったメール {letters} 通、ログの {places} か所を消しました。",
        en: "{mails} mails, {letters} letters and {places} places in the logs were removed.",
    }
    /// Other numbers too.
    pub fn erased_too(numbers: &str) { ja: "同じアドレスの受付番号も消去しました: {numbers}", en: "Numbers of the same address were erased too: {numbers}" }
    /// Files that could not be cleaned.
    pub fn erased_faults() {
        ja: "次のファイルからは消せませんでした。ほかのソフトで開いていれば閉じて、手で消してください。",
        en: "These files could not be cleaned. Close them in other programs and erase by hand.",
    }
}
