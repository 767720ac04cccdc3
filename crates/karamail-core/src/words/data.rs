//! Words about people and their data: leaving, erasing, consent, imports.

use crate::words::words;

words! {
    /// Column head: whether the person left or was erased.
    pub fn column_person() { ja: "退会・消去", en: "Left or erased" }
    /// The person left by mail.
    pub fn person_left(time: &str) { ja: "退会 {time}", en: "left {time}" }
    /// The person was erased.
    pub fn person_erased(time: &str) { ja: "消去 {time}", en: "erased {time}" }
    /// What stands in the place of an address.
    pub fn erased_address() { ja: "（消去済み）", en: "(erased)" }
    /// A delivery state: never to be sent.
    pub fn withheld() { ja: "送信しません（取り込みなど）", en: "not sent (imported)" }
}

words! {
    /// There is no such number.
    pub fn no_such_number(number: i64) {
        ja: "受付番号 {number} はありません。", en: "There is no number {number}.",
    }
    /// It is a number of several series.
    pub fn several_series(number: i64, series: &str) {
        ja: "受付番号 {number} は複数の番号系列にあります。--series で指定してください: {series}",
        en: "Several series have the number {number}. Name one with --series: {series}",
    }
    /// The person was erased already.
    pub fn erased_already(number: i64) {
        ja: "受付番号 {number} の個人情報は、すでに消去されています。", en: "The person behind number {number} was erased already.",
    }
    /// A letter to the person is on its way at this moment.
    pub fn being_sent(number: i64) {
        ja: "受付番号 {number} へのメールを、ちょうど送信しています。", en: "A letter to number {number} is being sent at this moment.",
    }
    /// What to do about it.
    pub fn being_sent_advice() { ja: "少し待ってから、もう一度お試しください。", en: "Wait a moment and try again." }
    /// Asks before erasing.
    pub fn erase_question(number: i64, address: &str) {
        ja: "受付番号 {number}（{address}）の個人情報を消去します。元に戻せません。よろしければ yes と入力してください: ",
        en: "The person behind number {number} ({address}) will be erased. This cannot be undone. Type yes to go on: ",
    }
    /// Nobody can be asked.
    pub fn erase_needs_yes() {
        ja: "確認できないため、消去していません。--yes を付けてください。", en: "Nobody could be asked, so nothing was erased. Add --yes.",
    }
    /// The person did not say yes.
    pub fn erase_not_done() { ja: "消去していません。", en: "Nothing was erased." }
    /// Erased.
    pub fn erased(number: i64, mails: i64, letters: i64, lines: i64) {
        ja: "受付番号 {number} の個人情報を消去しました（メール {mails} 通、送信 {letters} 通、ログ {lines} か所）。番号は残り、ほかの人に発行されません。",
        en: "Erased the person behind number {number} ({mails} mails, {letters} letters, {lines} places in the log). The number stays and is never given again.",
    }
    /// More numbers of the same address.
    pub fn erased_too(numbers: &str) {
        ja: "同じアドレスのほかの受付番号も消去しました: {numbers}", en: "Other numbers of the same address were erased too: {numbers}",
    }
    /// What is left after erasing.
    pub fn erased_rest() {
        ja: "バックアップのファイルと、サーバーに残したメールには残っています。古いバックアップは捨ててください。",
        en: "Backups, and mails that were left on the server, still hold it. Throw old backups away.",
    }
    /// A log file could not be rewritten.
    pub fn erased_not_in_log(path: &str, why: &str) {
        ja: "ログ {path} からは消去できませんでした（{why}）。", en: "It could not be erased from the log {path} ({why}).",
    }
}

words! {
    /// One number's heading.
    pub fn show_number(number: i64, series: &str) { ja: "受付番号 {number}（{series}）", en: "Number {number} ({series})" }
    /// A line of what is known.
    pub fn show_address(address: &str) { ja: "メールアドレス: {address}", en: "Address: {address}" }
    /// A line of what is known.
    pub fn show_given(time: &str, mailbox: &str) { ja: "発行: {time}（{mailbox}）", en: "Given: {time} ({mailbox})" }
    /// A line of what is known.
    pub fn show_delivery(state: &str) { ja: "受付完了メール: {state}", en: "Receipt: {state}" }
    /// A heading.
    pub fn show_history() { ja: "送信の経過:", en: "Delivery:" }
    /// A heading.
    pub fn show_consent() { ja: "同意の記録:", en: "Consent:" }
    /// No consent record.
    pub fn show_no_consent() {
        ja: "同意の記録はありません（記録を始める前の番号です）。", en: "There is no consent record: the number is older than such records.",
    }
    /// When the consent was given.
    pub fn consent_at(time: &str, mailbox: &str) { ja: "{time} に {mailbox} 宛ての空メールを受信", en: "{time}: empty mail to {mailbox}" }
    /// When the mail was written.
    pub fn consent_mailed(time: &str) { ja: "メールの日付 {time}", en: "dated {time}" }
    /// A wording's version.
    pub fn consent_template(version: &str) { ja: "受付完了メールのひな形（版 {version}）:", en: "Template of the receipt (version {version}):" }
    /// A wording's version.
    pub fn consent_invitation(version: &str) { ja: "お誘いの文言（版 {version}）:", en: "Invitation (version {version}):" }
    /// Nothing invited, as far as the settings say.
    pub fn consent_no_invitation() {
        ja: "お誘いの文言は設定されていませんでした（設定 [receipt] invitation）。", en: "No invitation was set ([receipt] invitation).",
    }
}

words! {
    /// The end of an import.
    pub fn import_done(files: usize, mails: usize) { ja: "ファイル {files} 個からメール {mails} 通を取り込みました。", en: "Took in {mails} mails from {files} files." }
    /// An outcome of the import.
    pub fn import_counts(receipts: usize, duplicates: usize, others: usize, held: usize, left: usize) {
        ja: "  受付 {receipts}、2重登録 {duplicates}、対象外 {others}、保留 {held}、退会 {left}",
        en: "  {receipts} signups, {duplicates} duplicates, {others} other mails, {held} held, {left} left",
    }
    /// Mails that were there already.
    pub fn import_known(known: usize) { ja: "  取り込み済み、またはサーバーから受信済み {known} 通", en: "  {known} were known already" }
    /// Files that hold no mail.
    pub fn import_skipped(skipped: usize, links: usize) {
        ja: "  メールではないファイル {skipped} 個、たどらなかったリンク {links} 個", en: "  {skipped} files are no mail, {links} links were not followed",
    }
    /// Deleted in the mail program.
    pub fn import_deleted(deleted: usize) { ja: "  メールソフトで削除済み {deleted} 通", en: "  {deleted} were deleted in the mail program" }
    /// The numbers that were given.
    pub fn import_numbers(first: i64, last: i64) { ja: "  受付番号 {first} ～ {last}", en: "  numbers {first} to {last}" }
    /// Replies do not go out.
    pub fn import_not_sent() {
        ja: "  返信は送りません（--reply で送ります。1件ずつなら「karamail results resend 番号」）。",
        en: "  No replies go out (--reply sends them; for one: karamail results resend NUMBER).",
    }
    /// Replies go out.
    pub fn import_sent() { ja: "  返信は次の収集で送ります。", en: "  The replies go out with the next collecting." }
    /// A file that could not be taken in.
    pub fn import_failed(path: &str, why: &str) { ja: "{path} を取り込めません（{why}）。", en: "{path} could not be taken in ({why})." }
    /// More mails than can be taken in at once.
    pub fn import_too_many(most: usize) {
        ja: "メールが多すぎます。{most} 通までに分けてください。", en: "There are too many mails. Take in at most {most} at once.",
    }
    /// There is nothing there.
    pub fn import_no_folder(path: &str) { ja: "{path} が見つかりません。", en: "{path} is not there." }
    /// The event's detail.
    pub fn import_event(mails: usize, receipts: usize) { ja: "{mails} 通（受付 {receipts} 件）", en: "{mails} mails, {receipts} signups" }
}
