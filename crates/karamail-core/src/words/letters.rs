//! Words about templates, forwards and refused letters.

use crate::words::words;

words! {
    /// Where: the subject of a template.
    pub fn template_subject() { ja: "件名", en: "The subject" }
    /// Where: the body of a template.
    pub fn template_body() { ja: "本文", en: "The body" }
    /// Where: a line of the body of a template.
    pub fn template_body_line(line: usize) { ja: "本文の{line}行目", en: "The body, line {line}," }
    /// The number mark is missing.
    pub fn template_no_number(mark: &str) {
        ja: "テンプレートの件名にも本文にも {mark} がありません。",
        en: "Neither the subject nor the body of the template holds {mark}.",
    }
    /// What to do about a missing number mark.
    pub fn template_no_number_advice(mark: &str) {
        ja: "受付番号を入れたい所に {mark} と書いてください。",
        en: "Write {mark} where the receipt number is to appear.",
    }
    /// The number mark of the other template.
    pub fn template_wrong_number(place: &str, mark: &str, wanted: &str) {
        ja: "{place}の {mark} はこのテンプレートでは使えません({wanted} を使います)。",
        en: "{place} holds {mark}, which belongs into the other template ({wanted} is used here).",
    }
    /// What to do about the number mark of the other template.
    pub fn template_wrong_number_advice(wanted: &str) {
        ja: "{wanted} に書き換えてください。",
        en: "Change it to {wanted}.",
    }
    /// A mark that does not exist.
    pub fn template_unknown_mark(place: &str, mark: &str) {
        ja: "{place}の {mark} という記号はありません。",
        en: "{place} holds {mark}, and there is no such mark.",
    }
    /// What to do about a mark that does not exist.
    pub fn template_unknown_mark_advice() {
        ja: "使える記号は ★1★ ★2★ ★日時★ ★アドレス★ ★店名★ です。飾りの★なら、★の内側に空白を入れてください。",
        en: "The marks are ★1★ ★2★ ★DATE★ ★ADDRESS★ ★SHOP★; if the stars are an ornament, put a blank inside them.",
    }
    /// The subject is blank.
    pub fn template_blank_subject() {
        ja: "テンプレートの件名が空です。件名が空の返信は、空メールと区別できません。",
        en: "The subject of the template is empty; a reply without a subject cannot be told from a signup mail.",
    }
    /// A part of a template is too long.
    pub fn template_too_long(part: &str, characters: usize, limit: usize) {
        ja: "{part}が長すぎます({characters}文字。{limit}文字まで)。",
        en: "{part} is too long ({characters} characters; {limit} are allowed).",
    }

    /// Subject of a forward.
    pub fn forward_subject(subject: &str) { ja: "[対象外メール] {subject}", en: "[Other mail] {subject}" }
    /// Stands for a subject that is absent.
    pub fn no_subject() { ja: "(件名なし)", en: "(no subject)" }
    /// Stands for a fact that is not known.
    pub fn not_known() { ja: "(不明)", en: "(not known)" }
    /// First line of a forward.
    pub fn forward_opening(mailbox: &str) {
        ja: "{mailbox} に届いた、空メールではないメール(対象外メール)を転送します。",
        en: "This mail came to {mailbox} and is no signup mail, so it is forwarded to you.",
    }
    /// A line of facts in a forward.
    pub fn forward_from(value: &str) { ja: "差出人: {value}", en: "From: {value}" }
    /// A line of facts in a forward.
    pub fn forward_date(value: &str) { ja: "日時: {value}", en: "Date: {value}" }
    /// A line of facts in a forward.
    pub fn forward_original_subject(value: &str) { ja: "件名: {value}", en: "Subject: {value}" }
    /// A line of facts in a forward.
    pub fn forward_size(value: &str) { ja: "大きさ: {value}", en: "Size: {value}" }
    /// A line of facts in a forward.
    pub fn forward_reason(value: &str) { ja: "理由: {value}", en: "Reason: {value}" }
    /// Where the original is: attached as a mail.
    pub fn forward_attached() {
        ja: "元のメールは添付しました。",
        en: "The original mail is attached.",
    }
    /// Where the original is: attached as a file, because its bytes would not survive as a mail.
    pub fn forward_attached_file(name: &str) {
        ja: "元のメールは、そのままの形で送るためファイル {name} として添付しました。",
        en: "The original mail is attached as the file {name}, so that it arrives unaltered.",
    }
    /// The original is too large to be forwarded.
    pub fn forward_too_large(archived: &str) {
        ja: "元のメールは大きすぎるため転送できません。保管フォルダの {archived} にあります。",
        en: "The original mail is too large to be forwarded. It is in the archive as {archived}.",
    }

    /// Refused: unknown address.
    pub fn refused_unknown() {
        ja: "宛先のメールアドレスが存在しません。",
        en: "There is no such address.",
    }
    /// What to do about an unknown address.
    pub fn refused_unknown_advice() {
        ja: "アドレスの書き間違いか変更です。お客様に確かめ、受付番号は口頭でお伝えください。",
        en: "It was mistyped or has changed: check it with the customer and tell them the number in person.",
    }
    /// Refused: a filter.
    pub fn refused_filtered() {
        ja: "お客様の受信設定(迷惑メール対策など)により受け取りを拒否されました。",
        en: "The customer's phone or carrier refuses mail from this shop (spam filter or list of allowed senders).",
    }
    /// What to do about a filter.
    pub fn refused_filtered_advice() {
        ja: "店のアドレスを受信許可に加えてもらい、もう一度送ってください。",
        en: "Ask the customer to allow the shop's address, then send the receipt again.",
    }
    /// Refused: the box is full.
    pub fn refused_box_full() {
        ja: "お客様のメールボックスがいっぱいです。",
        en: "The customer's mailbox is full.",
    }
    /// What to do about a full box.
    pub fn refused_box_full_advice() {
        ja: "お客様に空きを作ってもらい、もう一度送ってください。",
        en: "Ask the customer to make room, then send the receipt again.",
    }
    /// Refused: the address cannot be written to.
    pub fn refused_unwritable() {
        ja: "このアドレスの書き方を送信サーバーが受け付けないため、メールを届けられません。",
        en: "The mail server does not take an address written like this, so it cannot be reached by mail.",
    }
    /// Refused: too large.
    pub fn refused_too_large() {
        ja: "メールが大きすぎるため受け取りを拒否されました。",
        en: "The mail was refused because it is too large.",
    }
    /// What to do about a letter that is too large.
    pub fn refused_too_large_advice() {
        ja: "テンプレートか署名を短くしてください。転送の場合、元のメールは保管フォルダにあります。",
        en: "Shorten the template or the signature; if it was a forward, the original is in the archive.",
    }
    /// Refused: the receiving provider refuses the shop.
    pub fn refused_sender_blocked() {
        ja: "相手のメール会社が、店のアドレスまたは店のメールサーバーからの受信を止めています。",
        en: "The receiving provider refuses mail from the shop's address or mail server.",
    }
    /// What to do about it.
    pub fn refused_sender_blocked_advice() {
        ja: "店のメールのプロバイダーに、この返事を添えてお問い合わせください。受付番号は口頭でお伝えください。",
        en: "Ask the shop's mail provider, showing this answer, and tell the customer the number in person.",
    }
    /// Refused: trouble that passes.
    pub fn refused_temporary() {
        ja: "相手のサーバーが一時的に受け取れない状態が続き、届けられませんでした。",
        en: "The receiving server was in trouble for too long, and the mail was given up.",
    }
    /// What to do about it.
    pub fn refused_temporary_advice() {
        ja: "時間をおいて、もう一度送ってください。", en: "Send the receipt again later.",
    }
    /// Given up after the whole retry series.
    pub fn refused_gave_up() {
        ja: "2日間くり返し送りましたが、届けられませんでした。",
        en: "It could not be delivered in two days of trying.",
    }
    /// Refused for another reason.
    pub fn refused_other() {
        ja: "相手のサーバーに受け取りを拒否されました。",
        en: "The receiving server refused the mail.",
    }
    /// What to do where mail does not reach the customer.
    pub fn refused_tell_number() {
        ja: "受付番号は口頭でお伝えください。",
        en: "Tell the customer the number in person.",
    }
}
