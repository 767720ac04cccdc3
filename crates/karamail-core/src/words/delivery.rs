//! Words about the delivery of numbers: the states, and sending again.

use crate::words::words;

words! {
    /// A delivery state: sent once more on request.
    pub fn sent_again() { ja: "再送済み", en: "sent again" }
    /// A delivery state: refused at once, and why.
    pub fn refused(why: &str) { ja: "拒否された: {why}", en: "refused: {why}" }
    /// A delivery state: came back, and why.
    pub fn bounced(why: &str) { ja: "届かずに戻ってきた: {why}", en: "came back: {why}" }
    /// Column head.
    pub fn column_advice() { ja: "対処", en: "What to do" }

    /// A number will be sent again.
    pub fn resending(number: i64, address: &str) {
        ja: "受付番号 {number} を {address} へもう一度送ります。", en: "Number {number} will be sent to {address} again.",
    }
    /// A number will not be sent again.
    pub fn not_resending(number: i64, why: &str) {
        ja: "受付番号 {number} は再送しません。{why}", en: "Number {number} is not sent again: {why}",
    }
    /// No program runs that would send.
    pub fn sent_when_collecting() {
        ja: "メール収集を始めると送信されます（karamail run または karamail once）。",
        en: "It goes out when collecting starts (karamail run or karamail once).",
    }
    /// No such number.
    pub fn no_such_number() { ja: "その番号は発行されていません。", en: "There is no such number." }
    /// What to do about it.
    pub fn no_such_number_advice() {
        ja: "「karamail results」で番号を確かめてください。", en: "Look the number up with: karamail results",
    }
    /// The number is in several series.
    pub fn several_series(series: &str) {
        ja: "この番号は複数の番号系列にあります（{series}）。", en: "It is a number of several series ({series}).",
    }
    /// What to do about it.
    pub fn several_series_advice() { ja: "--series で指定してください。", en: "Name one with --series." }
    /// The letter has not been sent yet.
    pub fn on_its_way() {
        ja: "まだ送信待ちです。自動的に送られます。", en: "Its letter is still waiting and goes out by itself.",
    }
    /// The person was erased.
    pub fn no_address() { ja: "アドレスが消去されています。", en: "Its address has been erased." }
    /// The mailbox is not in the settings.
    pub fn no_mailbox(mailbox: &str) {
        ja: "この番号を発行したメールボックス {mailbox} が、設定にないか無効です。",
        en: "The mailbox {mailbox}, which gave it, is not in the settings or not enabled.",
    }
    /// What to do about it.
    pub fn no_mailbox_advice() {
        ja: "設定ファイルに加え、enabled を true にしてください。",
        en: "Add it to the settings file with enabled = true.",
    }
    /// Not a day.
    pub fn not_a_day(text: &str) {
        ja: "「{text}」は日付ではありません。2026-11-21 のように書いてください。",
        en: "\"{text}\" is no day. Write it like 2026-11-21.",
    }
}
