//! 状況: is it collecting, and what needs a hand.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "状況", en: "Status" }

    /// The light is green.
    pub fn collecting() { ja: "収集中", en: "Collecting" }
    /// What that means.
    pub fn collecting_means() {
        ja: "届いた空メールに、受付番号を返信しています。", en: "Empty mails that arrive get their number by mail.",
    }
    /// A poll is under way.
    pub fn checking() { ja: "確認中", en: "Checking" }
    /// What that means.
    pub fn checking_means() { ja: "メールボックスを確認しています。", en: "The mailbox is being looked at." }
    /// Stopped.
    pub fn stopped() { ja: "停止中", en: "Stopped" }
    /// What that means.
    pub fn stopped_means() {
        ja: "空メールが届いても、受付番号は送られません。届いたメールはサーバーで待っています。",
        en: "No numbers are sent. Mail that arrives waits on its server.",
    }
    /// Collecting, and something needs a hand.
    pub fn attention() { ja: "確認が必要", en: "Needs a look" }
    /// What that means.
    pub fn attention_means() {
        ja: "収集は続けていますが、確認が必要なことがあります。下をご覧ください。",
        en: "Collecting goes on, but something needs a look. See below.",
    }
    /// A poll failed.
    pub fn unreachable() { ja: "つながらない", en: "Not reachable" }
    /// What that means.
    pub fn unreachable_means(mailbox: &str) {
        ja: "「{mailbox}」のメールを受信できていません。自動でやり直しています。",
        en: "Mail of \"{mailbox}\" cannot be received. It is tried again by itself.",
    }
    /// A poll is overdue.
    pub fn late() { ja: "遅れている", en: "Late" }
    /// What that means.
    pub fn late_means(mailbox: &str) {
        ja: "「{mailbox}」をしばらく確認できていません。「今すぐ確認」を押しても変わらなければ、処理を終了して、もう一度起動してください。",
        en: "\"{mailbox}\" has not been looked at for a while. Press \"Check now\"; if that does not help, end the program and start it again.",
    }
    /// A password is missing.
    pub fn password_missing() { ja: "パスワードが必要", en: "Password needed" }
    /// What that means.
    pub fn password_missing_means(mailbox: &str) {
        ja: "「{mailbox}」のパスワードがないため、収集できません。", en: "Without the password of \"{mailbox}\" nothing can be collected.",
    }
    /// The disk is full.
    pub fn disk_full() { ja: "ディスクがいっぱい", en: "Disk full" }
    /// What that means.
    pub fn disk_full_means() {
        ja: "空きができるまで収集を休んでいます。届いたメールはサーバーで待っています。",
        en: "Collecting rests until there is room. Mail that arrives waits on its server.",
    }
    /// No mailbox is enabled.
    pub fn no_mailbox() { ja: "メールボックスがない", en: "No mailbox" }
    /// What that means.
    pub fn no_mailbox_means() {
        ja: "収集に使うメールボックスがひとつもありません。メールの設定で使うものを選んでください。",
        en: "No mailbox takes part in collecting. Choose one in the mail settings.",
    }

    /// Starts collecting.
    pub fn start() { ja: "収集開始", en: "Start collecting" }
    /// Stops collecting.
    pub fn stop() { ja: "収集停止", en: "Stop collecting" }
    /// Asks before stopping.
    pub fn stop_question() {
        ja: "収集を停止しますか。停止している間は、空メールが届いても受付番号を送りません(次に開始したときに送ります)。",
        en: "Stop collecting? Until you start it again, empty mails get no number (they get it then).",
    }
    /// Polls now.
    pub fn check_now() { ja: "今すぐ確認", en: "Check now" }
    /// It was started.
    pub fn said_started(time: &str) { ja: "収集を始めました({time})。", en: "Collecting began ({time})." }
    /// It was stopped.
    pub fn said_stopped(time: &str) {
        ja: "収集を停止しました({time})。扱っている途中のメールは、終わりまで処理します。",
        en: "Collecting stopped ({time}). The mail in hand is finished.",
    }
    /// A poll was begun.
    pub fn said_checking(time: &str) { ja: "メールの確認を始めました({time})。", en: "Checking for mail ({time})." }
    /// No poll while stopped.
    pub fn said_not_while_stopped() {
        ja: "停止中は確認しません。「収集開始」を押すと、すぐに確認します。",
        en: "Nothing is checked while stopped. \"Start collecting\" checks at once.",
    }
    /// The engine did not do it in time.
    pub fn said_asked(time: &str) {
        ja: "受け付けました({time})。まもなく画面に表れます。", en: "Taken ({time}). The page shows it shortly.",
    }

    /// When the last poll succeeded.
    pub fn last_good() { ja: "前回の確認(成功)", en: "Last good check" }
    /// When the next poll is due.
    pub fn next() { ja: "次回の確認", en: "Next check" }
    /// There was none.
    pub fn never() { ja: "まだありません", en: "none yet" }
    /// A poll runs.
    pub fn now_checking() { ja: "確認中です", en: "checking now" }
    /// None is planned.
    pub fn not_planned() { ja: "停止中", en: "stopped" }
    /// Countdown; `{n}` stays for the page.
    pub fn countdown() { ja: "あと {{n}} 秒", en: "in {{n}} s" }
    /// The countdown is over.
    pub fn countdown_over() { ja: "まもなく", en: "any moment" }
    /// Less than a minute ago.
    pub fn just_now() { ja: "たった今", en: "just now" }
    /// Some minutes ago.
    pub fn minutes_ago(n: i64) { ja: "{n}分前", en: "{n} min ago" }
    /// Some hours ago.
    pub fn hours_ago(n: i64) { ja: "{n}時間前", en: "{n} h ago" }
    /// Some days ago.
    pub fn days_ago(n: i64) { ja: "{n}日前", en: "{n} days ago" }
    /// Numbers given today.
    pub fn today() { ja: "今日の受付", en: "Today" }
    /// Numbers given this month.
    pub fn this_month() { ja: "今月の受付", en: "This month" }
    /// Numbers given in all.
    pub fn total() { ja: "これまでの受付", en: "In all" }
    /// Unit of the counts.
    pub fn signups() { ja: "件", en: "" }

    /// Heading of the mailboxes.
    pub fn mailboxes() { ja: "メールボックスごとの状況", en: "Each mailbox" }
    /// Column.
    pub fn mailbox() { ja: "メールボックス", en: "Mailbox" }
    /// Column.
    pub fn state() { ja: "状態", en: "State" }
    /// A mailbox whose last poll failed.
    pub fn box_failing() { ja: "受信できません", en: "failing" }
    /// A mailbox whose letters wait.
    pub fn box_not_sending() { ja: "送信できません", en: "not sending" }
    /// A mailbox that is well.
    pub fn box_well() { ja: "正常", en: "well" }

    /// Heading of the newest numbers.
    pub fn newest() { ja: "新しい受付番号", en: "The newest numbers" }
    /// There are none.
    pub fn newest_none() {
        ja: "まだ受付番号はありません。お客様の空メールが届くと、ここに表示します。",
        en: "No numbers yet. They appear here when customers' empty mails arrive.",
    }
    /// Link to all of them.
    pub fn all_results() { ja: "収集結果をすべて見る", en: "All results" }
    /// Column.
    pub fn number() { ja: "受付番号", en: "Number" }
    /// Column.
    pub fn address() { ja: "メールアドレス", en: "Address" }
    /// Column.
    pub fn given_at() { ja: "受付", en: "Given" }
    /// Column.
    pub fn receipt() { ja: "受付完了メール", en: "Receipt" }

    /// Heading of what needs a hand.
    pub fn needs() { ja: "対応が必要なもの", en: "What needs a hand" }
    /// Nothing does.
    pub fn needs_none() { ja: "対応が必要なものはありません。", en: "Nothing needs a hand." }
    /// The password of a mailbox.
    pub fn need_password(mailbox: &str) {
        ja: "「{mailbox}」のパスワードがありません。", en: "The password of \"{mailbox}\" is missing.",
    }
    /// What to do about it.
    pub fn need_password_advice() {
        ja: "メールの設定でパスワードを入力すると、すぐに収集が始まります(パスワードを保存しない設定では、起動するたびに入力します)。",
        en: "Enter it in the mail settings and collecting goes on (where it may not be saved, it is asked for at every start).",
    }
    /// Opens the mailbox's settings.
    pub fn enter_password() { ja: "パスワードを入力する", en: "Enter the password" }
    /// A mailbox cannot be received.
    pub fn need_receive(mailbox: &str) { ja: "「{mailbox}」のメールを受信できません。", en: "Mail of \"{mailbox}\" cannot be received." }
    /// A mailbox cannot send.
    pub fn need_send(mailbox: &str) {
        ja: "「{mailbox}」から受付完了メールを送れません。受付番号は控えてあり、送れるようになったら自動で送ります。",
        en: "Receipts of \"{mailbox}\" cannot be sent. The numbers are kept, and sent as soon as it works again.",
    }
    /// A mailbox is overdue.
    pub fn need_late(mailbox: &str) { ja: "「{mailbox}」の確認が遅れています。", en: "\"{mailbox}\" is late." }
    /// Opens the tests.
    pub fn to_test() { ja: "テスト", en: "Test" }
    /// Opens the mailbox's settings.
    pub fn to_mail_settings() { ja: "メールの設定", en: "Mail settings" }
    /// The settings file has faults.
    pub fn need_settings() {
        ja: "設定ファイルに間違いがあります。直るまで、前の設定のまま動いています。",
        en: "The settings file has faults. Until they are mended the settings before hold.",
    }
    /// Opens the settings.
    pub fn to_settings() { ja: "設定を直す", en: "Mend the settings" }
    /// The disk is full.
    pub fn need_disk() { ja: "ディスクがいっぱいです。", en: "The disk is full." }
    /// The monthly log cannot be written.
    pub fn need_log() {
        ja: "ログを書けません。記録は失われず、書けるようになったら続きを書きます。",
        en: "The log cannot be written. Nothing is lost; it is caught up when it can be.",
    }
    /// Opens the data settings.
    pub fn to_data() { ja: "データの設定", en: "Data settings" }
    /// Every unique id is new.
    pub fn need_strange(mailbox: &str) {
        ja: "「{mailbox}」のサーバーで、メールの識別番号がすべて変わりました。",
        en: "On the server of \"{mailbox}\" every mail has got a new identity.",
    }
    /// What to do about it.
    pub fn need_strange_advice() {
        ja: "サーバーの引っ越しなどで起こります。以前に受け付けたメールへ二重に返信しないよう、見覚えのないメールは確認待ちにしました。",
        en: "That happens when a server moves. So that nobody is answered twice, mails that were not seen before wait for you.",
    }
    /// Mails are held.
    pub fn need_held(count: u64) {
        ja: "保留しているメールが {count} 通あります。なりすましなどの疑いがあるため、返信していません。",
        en: "Mails held: {count}. They look forged or came too often, so they were not answered.",
    }
    /// Mails were put aside.
    pub fn need_quarantined(count: u64) {
        ja: "扱えなかったメールが {count} 通あります。", en: "Mails that could not be handled: {count}.",
    }
    /// Backlog.
    pub fn need_backlog(count: u64) {
        ja: "使い始める前からあった古いメールが {count} 通あります。返信していません。",
        en: "Old mails from before you began: {count}. They were not answered.",
    }
    /// Opens the waiting mails.
    pub fn to_waiting() { ja: "確認して決める", en: "Look and decide" }
    /// Receipts did not arrive.
    pub fn need_undelivered(count: usize, days: i64) {
        ja: "この {days} 日間に、届かなかった受付完了メールが {count} 通あります。",
        en: "Receipts of the last {days} days that did not arrive: {count}.",
    }
    /// More than are counted.
    pub fn need_undelivered_many(count: usize, days: i64) {
        ja: "この {days} 日間に、届かなかった受付完了メールが {count} 通以上あります。",
        en: "Receipts of the last {days} days that did not arrive: {count} or more.",
    }
    /// What to do about it.
    pub fn need_undelivered_advice() {
        ja: "理由を見て、お客様に受信設定を直していただいてから送り直せます。", en: "See why, have the customer allow our address, and send again.",
    }
    /// Opens the results that did not arrive.
    pub fn to_undelivered() { ja: "届かなかったものを見る", en: "See which" }

    /// Heading of ending the program.
    pub fn end_heading() { ja: "処理の終了", en: "End the program" }
    /// What ending means.
    pub fn end_means() {
        ja: "Karamail を終わらせます。この画面を閉じるだけでは、収集は続きます。",
        en: "Ends Karamail. Closing this page alone does not stop collecting.",
    }
    /// Ends the program.
    pub fn end() { ja: "処理の終了", en: "End the program" }
    /// Asks before ending.
    pub fn end_question() {
        ja: "Karamail を終了しますか。\n扱っている途中のメールがあれば、それを終えてから終了します。\n終了している間に届いた空メールには、次に起動したときに受付番号を送ります。",
        en: "End Karamail?\nThe mail in hand is finished first.\nEmpty mails that arrive meanwhile get their number when Karamail is started again.",
    }
    /// Leaves the question, and the program runs on.
    pub fn end_not() { ja: "終了しない", en: "Do not end" }
    /// It has ended.
    pub fn ended_title() { ja: "終了しました", en: "Ended" }
    /// It has ended.
    pub fn ended() {
        ja: "Karamail は終了しました。この画面は閉じてかまいません。", en: "Karamail has ended. You may close this page.",
    }
    /// It is about to end.
    pub fn ending_title() { ja: "終了しています", en: "Ending" }
    /// It is about to end.
    pub fn ending() {
        ja: "扱っている途中のメールを終えてから終了します(長くて 10 秒ほど)。この画面は閉じてかまいません。",
        en: "The mail in hand is finished first (at most about 10 s). You may close this page.",
    }
    /// What happens to mail meanwhile.
    pub fn ended_mail() {
        ja: "次に起動するまで、空メールが届いても受付番号は送られません。届いたメールはサーバーで待っています。",
        en: "Until it is started again no numbers are sent; mail that arrives waits on its server.",
    }

    /// The settings are faulty and there is no engine.
    pub fn faulty() { ja: "設定に間違いがあるため、収集できません", en: "The settings have faults, so nothing is collected" }
    /// What to do about it.
    pub fn faulty_advice() {
        ja: "下の間違いを直すと、自動で始まります。", en: "Mend the faults below, and it begins by itself.",
    }
    /// The faulty file.
    pub fn faulty_file(path: &str) { ja: "設定ファイル: {path}", en: "Settings file: {path}" }
    /// Column.
    pub fn fault_place() { ja: "場所", en: "Where" }
    /// Column.
    pub fn fault_what() { ja: "間違いと直し方", en: "What is wrong, and what to do" }
    /// A line.
    pub fn fault_line(line: usize) { ja: "{line} 行目", en: "line {line}" }
    /// The whole file.
    pub fn fault_whole() { ja: "全体", en: "the whole file" }
    /// More faults than are shown.
    pub fn faults_more(count: usize) { ja: "ほかに {count} 件あります。", en: "And {count} more." }
    /// The engine could not start.
    pub fn failed() { ja: "収集を始められません", en: "Collecting cannot begin" }
    /// Tries again.
    pub fn again() { ja: "もう一度試す", en: "Try again" }
    /// The settings are being read.
    pub fn starting() { ja: "準備しています", en: "Getting ready" }
    /// What that means.
    pub fn starting_means() { ja: "設定と記録を読んでいます。少しお待ちください。", en: "Settings and records are being read. One moment, please." }
    /// There are no settings.
    pub fn unset() { ja: "まだ設定がありません", en: "There are no settings yet" }
    /// What to do about it.
    pub fn unset_advice() {
        ja: "はじめての設定を済ませると、収集が始まります。", en: "Go through the first steps, and collecting begins.",
    }
}
