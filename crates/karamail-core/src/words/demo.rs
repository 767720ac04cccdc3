//! Words about the demo: its cast, and the phone on the terminal.

use super::words;

words! {
    /// A new customer sends an empty mail; `phone` is a name such as `iPhone`.
    pub fn customer_signs_up(phone: &str, address: &str) {
        ja: "お客様({phone})が空メールを送信: {address}",
        en: "a customer ({phone}) sends an empty mail: {address}",
    }
    /// A customer who has a number sends an empty mail once more.
    pub fn customer_signs_up_again(phone: &str, address: &str) {
        ja: "同じお客様({phone})がもう一度、空メールを送信: {address}",
        en: "the same customer ({phone}) sends an empty mail once more: {address}",
    }
    /// Somebody writes an ordinary mail with a subject.
    pub fn somebody_writes(address: &str) {
        ja: "件名のある問い合わせメール(対象外): {address}",
        en: "a question with a subject (not a signup): {address}",
    }
    /// A mail program answers by itself.
    pub fn machine_answers(address: &str) {
        ja: "自動応答メール(返信しない): {address}",
        en: "an automatic reply (never answered): {address}",
    }
    /// Label of the sender.
    pub fn phone_from() { ja: "差出人", en: "From" }
    /// Label of the recipient.
    pub fn phone_to() { ja: "宛先", en: "To" }
    /// Label of the subject.
    pub fn phone_subject() { ja: "件名", en: "Subject" }
    /// The body has more lines than the phone on the terminal shows.
    pub fn phone_more_lines(lines: usize) { ja: "(ほか {lines} 行)", en: "({lines} more lines)" }
}
