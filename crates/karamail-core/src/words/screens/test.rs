//! テスト: receive, send, round trip, clean up.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "テスト", en: "Test" }
    /// What the screen is for.
    pub fn lead() {
        ja: "メールの設定が正しいかを確かめます。上から順に行ってください。どのテストでも受付番号は発行しません。",
        en: "Find out whether the mail settings work. Go from top to bottom. No test gives a receipt number.",
    }
    /// In the demo.
    pub fn demo_note() {
        ja: "デモのメールボックスを調べます。お店のメールボックスを調べるときは、先にデモを終わってください。",
        en: "These test the demo's mailbox. Leave the demo to test the shop's own.",
    }
    /// Which mailbox.
    pub fn mailbox() { ja: "調べるメールボックス", en: "Mailbox" }
    /// The tests, as a heading.
    pub fn tests() { ja: "テストの種類", en: "The tests" }

    /// A test's name and button.
    pub fn receive() { ja: "受信のテスト", en: "Test receiving" }
    /// What it does.
    pub fn receive_what() {
        ja: "受信サーバーにログインして、届いているメールの数を確かめます。メールには何もしません。",
        en: "Logs in to the POP3 server and counts the mails. It changes nothing.",
    }
    /// When to use it.
    pub fn receive_when() {
        ja: "受信サーバーやパスワードを設定したり、変えたりしたときに。",
        en: "Use it after setting or changing the server for receiving or its password.",
    }
    /// A test's name and button.
    pub fn send() { ja: "送信のテスト", en: "Test sending" }
    /// What it does.
    pub fn send_what() {
        ja: "件名のあるテストメールを 1 通送り、送信サーバーが受け付けるかを確かめます。",
        en: "Sends one test mail with a subject and shows whether the mail server takes it.",
    }
    /// When to use it.
    pub fn send_when() {
        ja: "送信サーバーやパスワードを設定したり、変えたりしたときに。",
        en: "Use it after setting or changing the server for sending or its password.",
    }
    /// Field: where the test mail goes.
    pub fn to() { ja: "送り先（入れなくてもかまいません）", en: "Send it to (optional)" }
    /// Help of that field.
    pub fn to_help(own: &str) {
        ja: "空欄なら {own} に送ります。ご自分のスマートフォンのアドレスを入れると、迷惑メールにならずに届くかも確かめられます。",
        en: "Empty means {own}. With your own phone's address you also see whether it arrives outside the spam folder.",
    }
    /// A test's name and button.
    pub fn roundtrip() { ja: "空件名の往復テスト", en: "Round trip with an empty subject" }
    /// What it does.
    pub fn roundtrip_what() {
        ja: "件名のないメールを自分あてに送り、戻ってくるまで待ちます。お客様の空メールが本当に届くかが分かります。",
        en: "Sends a mail without a subject to the mailbox itself and waits for it: this shows whether customers' mails arrive.",
    }
    /// When to use it.
    pub fn roundtrip_when() {
        ja: "受信と送信のテストが成功したあと、受付を始める前に一度。長くて 3 分ほどかかります。",
        en: "Use it once after the two tests above, before you begin. It may take up to 3 minutes or so.",
    }
    /// Opens an explanation.
    pub fn binned_title() {
        ja: "件名のないメールが届かないとき", en: "When mail without a subject does not arrive",
    }
    /// The explanation.
    pub fn binned() {
        ja: "メールの提供元によっては、件名のないメールを迷惑メールとして捨てます。そのメールアドレスは、そのままでは空メールの受付に使えません。提供元の迷惑メール設定を切るか、ほかの提供元のアドレスにしてください。",
        en: "Some providers throw mail without a subject away as spam. Such a mailbox cannot take signup mails as it is: turn the provider's spam filter off, or use a mailbox of another provider.",
    }
    /// A test's name and button.
    pub fn cleanup() { ja: "テスト後処理", en: "Clean up" }
    /// What it does.
    pub fn cleanup_what() {
        ja: "サーバーに残ったテストメールを消します。ほかのメールは消しません。",
        en: "Deletes test mails that are left on the server, and nothing else.",
    }
    /// When to use it.
    pub fn cleanup_when() {
        ja: "テストのあとに。メール収集の動作中は、テストメールは自動で消えます。",
        en: "Use it after the tests. While collecting runs, test mails go by themselves.",
    }

    /// The panel with the steps.
    pub fn result() { ja: "テストの結果", en: "Result" }
    /// No test was made yet.
    pub fn none_yet() {
        ja: "まだテストをしていません。「受信のテスト」から始めてください。", en: "No test was made yet. Begin with \"Test receiving\".",
    }
    /// State.
    pub fn running() { ja: "テスト中", en: "running" }
    /// State.
    pub fn passed() { ja: "成功", en: "passed" }
    /// State.
    pub fn failed() { ja: "失敗", en: "failed" }
    /// State.
    pub fn called_off() { ja: "中止", en: "called off" }
    /// When the test began.
    pub fn begun_at(time: &str) { ja: "{time} に開始", en: "began at {time}" }
    /// The mark of a step, for those who do not see it.
    pub fn mark_begun() { ja: "確認中", en: "under way" }
    /// The mark of a step.
    pub fn mark_done() { ja: "成功", en: "done" }
    /// The mark of a step.
    pub fn mark_failed() { ja: "失敗", en: "failed" }
    /// The mark of a step that was under way when the test was called off.
    pub fn mark_called_off() { ja: "中止", en: "called off" }
    /// The mark of a step that the settings leave out.
    pub fn mark_left_out() { ja: "行わない設定", en: "left out by the settings" }
    /// What to do about a failure.
    pub fn what_to_do() { ja: "どうすればよいか", en: "What to do" }
    /// Calls the test off.
    pub fn stop() { ja: "テストを中止する", en: "Call it off" }
    /// The test may be left alone.
    pub fn may_leave() {
        ja: "ほかの画面に移っても、テストは続きます。", en: "The test goes on if you look at other screens.",
    }
    /// After a test that was called off.
    pub fn after_calling_off() { ja: "テストを中止しました。", en: "The test was called off." }
    /// The same where a mail may be on its way.
    pub fn after_calling_off_sending() {
        ja: "テストを中止しました。テストメールがサーバーに残っていたら、「テスト後処理」で消せます。",
        en: "The test was called off. A test mail may be left on the server; \"Clean up\" deletes it.",
    }
    /// Receiving works.
    pub fn after_receive() {
        ja: "受信できました。次は「送信のテスト」をしてください。", en: "Receiving works. Now test sending.",
    }
    /// Sending works.
    pub fn after_send() {
        ja: "送信できました。次は「受信のテスト」をしてください。", en: "Sending works. Now test receiving.",
    }
    /// Both work.
    pub fn after_both() {
        ja: "受信も送信もできました。最後に「空件名の往復テスト」で、件名のないメールが届くかを確かめてください。",
        en: "Receiving and sending work. Last, make the round trip with an empty subject.",
    }
    /// All work.
    pub fn after_roundtrip() {
        ja: "このメールボックスで空メールの受付を始められます。", en: "This mailbox is ready for signup mails.",
    }
    /// The mailbox is clean.
    pub fn after_cleanup() { ja: "後片付けが終わりました。", en: "All is clean." }
    /// Link to the status.
    pub fn to_status() { ja: "状況の画面へ", en: "To the status" }
    /// Link to the settings.
    pub fn mend_mailbox() { ja: "メールの設定を直す", en: "Mend the mail settings" }
    /// Link to a field.
    pub fn mend_password() { ja: "パスワードを入れ直す", en: "Type the password again" }
    /// Link to a field.
    pub fn mend_pop3() { ja: "受信サーバーの設定を直す", en: "Mend the settings for receiving" }
    /// Link to a field.
    pub fn mend_smtp() { ja: "送信サーバーの設定を直す", en: "Mend the settings for sending" }

    /// What to do where deleting was not confirmed.
    pub fn not_deleted_advice() {
        ja: "少し待ってから「テスト後処理」をもう一度行ってください。", en: "Wait a moment and press \"Clean up\" again.",
    }
    /// Another test runs.
    pub fn busy() {
        ja: "このメールボックスは、いまテスト中です。", en: "A test of this mailbox is under way.",
    }
    /// What to do about it.
    pub fn busy_advice() {
        ja: "終わるまで待つか、中止してからもう一度押してください。", en: "Wait for its end, or call it off, and press the button again.",
    }
    /// The mailbox is gone from the settings.
    pub fn no_such_mailbox() {
        ja: "そのメールボックスは設定にありません。", en: "There is no such mailbox in the settings.",
    }
    /// What to do about it.
    pub fn no_such_mailbox_advice() {
        ja: "テストの画面を開き直してください。", en: "Open the test screen again.",
    }
    /// The address for the test mail cannot be used.
    pub fn to_faulty(address: &str) {
        ja: "送り先「{address}」はメールアドレスの形になっていません。", en: "\"{address}\" is no mail address.",
    }
    /// What to do about it.
    pub fn to_faulty_advice() {
        ja: "name@example.jp の形で入れるか、空欄にしてください。テストは行っていません。",
        en: "Write it like name@example.jp or leave it empty. No test was made.",
    }

    /// A step.
    pub fn step_pop3_password() { ja: "受信のパスワード", en: "Password for receiving" }
    /// A step.
    pub fn step_smtp_password() { ja: "送信のパスワード", en: "Password for sending" }
    /// A step.
    pub fn step_pop3_name() { ja: "受信サーバーを探す", en: "Find the server for receiving" }
    /// A step.
    pub fn step_pop3_connect() { ja: "受信サーバーにつなぐ", en: "Connect to it" }
    /// A step.
    pub fn step_tls() { ja: "通信を暗号化する", en: "Encrypt the connection" }
    /// A step.
    pub fn step_pop3_login() { ja: "受信サーバーにログインする", en: "Log in for receiving" }
    /// A step.
    pub fn step_pop3_list() { ja: "メールの一覧を受け取る", en: "List the mails" }
    /// A step.
    pub fn step_smtp_name() { ja: "送信サーバーを探す", en: "Find the server for sending" }
    /// A step.
    pub fn step_smtp_connect() { ja: "送信サーバーにつなぐ", en: "Connect to it" }
    /// A step.
    pub fn step_smtp_login() { ja: "送信サーバーにログインする", en: "Log in for sending" }
    /// A step.
    pub fn step_smtp_mail() { ja: "テストメールを送る", en: "Send a test mail" }
    /// A step.
    pub fn step_empty_mail() { ja: "件名のないメールを送る", en: "Send a mail without a subject" }
    /// A step.
    pub fn step_empty_arrival() { ja: "件名のないメールが戻る", en: "The mail without a subject comes back" }
    /// A step.
    pub fn step_subject_mail() { ja: "件名のあるメールを送る", en: "Send a mail with a subject" }
    /// A step.
    pub fn step_subject_arrival() { ja: "件名のあるメールが戻る", en: "The mail with a subject comes back" }
    /// A step.
    pub fn step_deletion() { ja: "テストメールを消す", en: "Delete the test mails" }
}
