//! Words of the command line.

use crate::words::words;

words! {
    /// A mailbox has no password.
    pub fn password_missing(mailbox: &str) {
        ja: "メールボックス「{mailbox}」のパスワードが分かりません。",
        en: "No password is known for the mailbox \"{mailbox}\".",
    }
    /// What to do about it.
    pub fn password_missing_advice(mailbox: &str) {
        ja: "「karamail password set \"{mailbox}\"」で登録してください。",
        en: "Set it with: karamail password set \"{mailbox}\"",
    }
    /// What to do about it where it may not be stored.
    pub fn password_asked_for_advice() {
        ja: "設定で save_password = false になっています。起動するときに画面から入力するか、環境変数で渡してください。",
        en: "The settings say save_password = false: start the program at a terminal and type it, or give it in the environment.",
    }
    /// Asks for a password.
    pub fn password_prompt(mailbox: &str, purpose: &str) {
        ja: "「{mailbox}」の{purpose}パスワード: ", en: "{purpose} password for \"{mailbox}\": ",
    }
    /// For receiving and sending.
    pub fn purpose_both() { ja: "受信用・送信用", en: "Receiving and sending" }
    /// For receiving.
    pub fn purpose_pop3() { ja: "受信用", en: "Receiving" }
    /// For sending.
    pub fn purpose_smtp() { ja: "送信用", en: "Sending" }
    /// The password was kept.
    pub fn password_kept(mailbox: &str, purpose: &str, place: &str) {
        ja: "「{mailbox}」の{purpose}パスワードを登録しました（保存先: {place}）。",
        en: "{purpose} password of \"{mailbox}\" kept in: {place}",
    }
    /// The system's keyring.
    pub fn place_keyring() { ja: "システムのパスワード保管庫", en: "the system's keyring" }
    /// The settings forbid keeping it.
    pub fn password_not_kept(mailbox: &str) {
        ja: "「{mailbox}」は設定で save_password = false になっているため、保存していません。起動のときに入力してください。",
        en: "The settings say save_password = false for \"{mailbox}\", so nothing was kept. It is asked for at every start.",
    }
    /// The password was forgotten.
    pub fn password_cleared(mailbox: &str) {
        ja: "「{mailbox}」のパスワードを削除しました。", en: "The password of \"{mailbox}\" is forgotten.",
    }
    /// An empty password was given.
    pub fn password_empty() { ja: "パスワードが空です。何も変えていません。", en: "The password is empty. Nothing was changed." }
    /// No mailbox of that name.
    pub fn no_such_mailbox(name: &str, names: &str) {
        ja: "メールボックス「{name}」は設定にありません。あるのは {names} です。",
        en: "There is no mailbox \"{name}\" in the settings. There are: {names}.",
    }
    /// Several mailboxes, none named.
    pub fn name_a_mailbox(names: &str) {
        ja: "メールボックスが複数あります。どれか指定してください: {names}。",
        en: "There are several mailboxes. Name one of: {names}.",
    }
    /// Collecting began.
    pub fn collecting(mailboxes: &str) {
        ja: "メール収集を始めました: {mailboxes}。Ctrl-C で終わります。", en: "Collecting: {mailboxes}. Ctrl-C ends it.",
    }
    /// Asked to end.
    pub fn ending() { ja: "処理中のメールを終えてから終了します…", en: "Finishing the mail in hand…" }
    /// Ended.
    pub fn ended() { ja: "終了しました。", en: "Ended." }
    /// No mailbox is enabled.
    pub fn no_mailbox_enabled() {
        ja: "有効なメールボックスがありません。設定ファイルの enabled を true にしてください。",
        en: "No mailbox is enabled. Set enabled = true for one in the settings file.",
    }
    /// Summary of one cycle, first line.
    pub fn once_mailbox(name: &str) { ja: "【{name}】", en: "[{name}]" }
    /// Summary of one cycle.
    pub fn once_summary(received: usize, receipts: usize, repeats: usize, others: usize, held: usize) {
        ja: "  新着 {received} 通（受付 {receipts}、2重登録 {repeats}、対象外 {others}、保留 {held}）",
        en: "  {received} new: {receipts} signups, {repeats} duplicates, {others} other mails, {held} held",
    }
    /// Summary of one cycle: sending.
    pub fn once_sent(sent: usize, delayed: usize, refused: usize, deleted: usize) {
        ja: "  送信 {sent} 通、再送待ち {delayed} 通、拒否 {refused} 通、サーバーから削除 {deleted} 通",
        en: "  {sent} sent, {delayed} to be sent again, {refused} refused, {deleted} deleted from the server",
    }
    /// Summary of one cycle: old mail.
    pub fn once_backlog(backlog: usize) {
        ja: "  以前からのメール {backlog} 通は、そのままにしました。", en: "  {backlog} old mails were left alone.",
    }
    /// Receiving failed.
    pub fn receiving_failed(why: &str) { ja: "  受信できません: {why}", en: "  Receiving failed: {why}" }
    /// Sending failed.
    pub fn sending_failed(why: &str) { ja: "  送信できません: {why}", en: "  Sending failed: {why}" }
    /// A file cannot be read.
    pub fn unreadable_file(path: &str, why: &str) {
        ja: "ファイル {path} を読めません（{why}）。", en: "The file {path} cannot be read ({why}).",
    }
    /// No log for that month.
    pub fn no_log(month: &str) { ja: "{month} のログはありません。", en: "There is no log for {month}." }
    /// Not a month.
    pub fn not_a_month(text: &str) {
        ja: "「{text}」は月ではありません。2026-11 のように書いてください。",
        en: "\"{text}\" is no month. Write it like 2026-11.",
    }
    /// Nothing collected yet.
    pub fn no_results() { ja: "該当する受付番号はありません。", en: "No receipt number fits." }
    /// The settings are sound.
    pub fn settings_sound(path: &str) { ja: "設定ファイル {path} に誤りはありません。", en: "The settings file {path} is sound." }
    /// A new settings file was written.
    pub fn settings_written(path: &str) {
        ja: "設定ファイル {path} を作りました。メールアドレスとサーバーを書き込んでから「karamail config check」で確かめてください。",
        en: "Wrote the settings file {path}. Fill in the address and servers, then run: karamail config check",
    }
    /// Where the settings file is.
    pub fn settings_path(path: &str) { ja: "設定ファイル: {path}", en: "settings file: {path}" }
    /// Where the data folder is.
    pub fn data_path(path: &str) { ja: "データフォルダー: {path}", en: "data folder:   {path}" }
    /// The diagnostic log cannot be written.
    pub fn no_diagnostics(why: &str) {
        ja: "診断ログを書けません（{why}）。", en: "The diagnostic log cannot be written ({why}).",
    }
    /// Column head.
    pub fn column_series() { ja: "番号系列", en: "Series" }
    /// Column head.
    pub fn column_number() { ja: "受付番号", en: "Number" }
    /// Column head.
    pub fn column_address() { ja: "メールアドレス", en: "Address" }
    /// Column head.
    pub fn column_given() { ja: "受付日時", en: "Given" }
    /// Column head.
    pub fn column_delivery() { ja: "配信状況", en: "Delivery" }
    /// Column head.
    pub fn column_answer() { ja: "サーバーの返事", en: "Server's answer" }
    /// Column head.
    pub fn column_file() { ja: "ファイル", en: "File" }
    /// Column head.
    pub fn column_outcome() { ja: "処理", en: "Outcome" }
    /// Column head.
    pub fn column_reason() { ja: "理由", en: "Reason" }
    /// Column head.
    pub fn column_mailbox() { ja: "メールボックス", en: "Mailbox" }
    /// The name of the workbook's sheet.
    pub fn sheet_results() { ja: "収集結果", en: "Results" }
    /// A workbook needs a file.
    pub fn xlsx_needs_file() {
        ja: "xlsx は画面に表示できません。--output ファイル名 を付けてください。",
        en: "xlsx cannot be shown on the screen. Add --output FILE.",
    }
    /// The results were written to a file.
    pub fn results_written(path: &str, rows: u64) {
        ja: "{path} に {rows} 件を書き出しました。", en: "Wrote {rows} results to {path}.",
    }
    /// A delivery state.
    pub fn delivery_queued() { ja: "送信待ち", en: "waiting" }
    /// A delivery state.
    pub fn delivery_unsure() { ja: "送信中", en: "being sent" }
    /// A delivery state.
    pub fn delivery_sent() { ja: "送信済み", en: "sent" }
    /// A heading before faults.
    pub fn settings_faults() { ja: "設定ファイルを使えません。", en: "The settings file cannot be used." }
}

words! {
    /// The demo's opening.
    pub fn demo_title() {
        ja: "空メール受付 Karamail のデモです。メールサーバーもこのパソコンの中で動かし、外には何も送りません。",
        en: "This is Karamail's demo. Its mail servers run on this machine too; nothing leaves it.",
    }
    /// The demo's servers.
    pub fn demo_servers(pop3: u16, smtp: u16) {
        ja: "受信（POP3）127.0.0.1:{pop3}　送信（SMTP）127.0.0.1:{smtp}",
        en: "POP3 on 127.0.0.1:{pop3}, SMTP on 127.0.0.1:{smtp}",
    }
    /// Heading: what customers do.
    pub fn demo_arriving() { ja: "■ メールが届きます", en: "== Mails arrive" }
    /// More mails than are shown.
    pub fn demo_more(count: usize) { ja: "  …ほか {count} 通", en: "  ... and {count} more" }
    /// Heading: what Karamail does.
    pub fn demo_working() { ja: "■ Karamail が受け付けます", en: "== Karamail takes them in" }
    /// Heading: what the customer sees.
    pub fn demo_receipts() { ja: "■ お客様の画面", en: "== What the customers see" }
    /// Heading: the list.
    pub fn demo_results() { ja: "■ 収集結果", en: "== Results" }
    /// The demo's end.
    pub fn demo_done(receipts: usize, left: usize) {
        ja: "受付番号 {receipts} 件を発行し、サーバーに残ったメールは {left} 通です。",
        en: "{receipts} receipt numbers were given; {left} mails are left on the server.",
    }
    /// The demo goes on.
    pub fn demo_try(smtp: u16, address: &str) {
        ja: "ご自分でも試せます: メールソフトの送信サーバーを 127.0.0.1:{smtp}（暗号化なし・認証なし）にして、{address} へ件名のないメールを送ってください。Ctrl-C で終わります。",
        en: "Try it yourself: set a mail program's SMTP server to 127.0.0.1:{smtp} (no encryption, no login) and send a mail without a subject to {address}. Ctrl-C ends.",
    }
    /// The demo could not be set up.
    pub fn demo_failed(why: &str) { ja: "デモを始められません（{why}）。", en: "The demo cannot start ({why})." }
    /// The demo took too long.
    pub fn demo_late(arrived: usize, wanted: usize) {
        ja: "受付完了メールが {wanted} 通のうち {arrived} 通しか届きませんでした。", en: "Only {arrived} of {wanted} receipts arrived.",
    }
}
