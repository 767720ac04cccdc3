//! A mail that came back: what is read out of it is bounded, and a report in the form of RFC 3464 is known whatever its
//! texts are.

use karamail_core::delivery_report::{Action, DeliveryReport};
use karamail_core::limits::{
    MESSAGE_ID_BYTES, REPORT_MESSAGE_IDS, REPORT_RECIPIENTS, REPORT_TEXT_CHARACTERS, SMTP_ANSWER_CHARACTERS,
};

use super::{first_line, first_text_line};

/// Any bytes, as a mail that may be a report; and as the texts of one that is.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    let report = DeliveryReport::parse(bytes);
    assert_eq!(report, DeliveryReport::parse(bytes), "the same every time");
    if let Some(report) = &report {
        is_bounded(report);
    }
    let (diagnostic, explanation) = first_line(bytes);
    is_known(
        &String::from_utf8_lossy(diagnostic),
        &String::from_utf8_lossy(explanation),
    );
}

fn is_bounded(report: &DeliveryReport) {
    assert!(report.message_ids.len() <= REPORT_MESSAGE_IDS);
    for id in &report.message_ids {
        assert!(!id.is_empty() && id.len() <= MESSAGE_ID_BYTES, "{id:?}");
        assert!(
            !id.contains(|c: char| c.is_control() || c.is_whitespace() || c == '<' || c == '>'),
            "{id:?}"
        );
    }
    assert!(
        !report.recipients.is_empty(),
        "a report says what became of somebody"
    );
    assert!(report.recipients.len() <= REPORT_RECIPIENTS && report.returned_to.len() <= REPORT_RECIPIENTS);
    is_one_line(&report.text, REPORT_TEXT_CHARACTERS);
    for recipient in &report.recipients {
        is_one_line(&recipient.said, SMTP_ANSWER_CHARACTERS);
    }
    let named = report
        .recipients
        .iter()
        .flat_map(|recipient| &recipient.addresses);
    for address in named.chain(&report.returned_to) {
        assert!(!address.to_envelope().contains(char::is_control), "{address:?}");
    }
}

fn is_one_line(text: &str, limit: usize) {
    assert!(text.chars().count() <= limit, "{text:?}");
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// A report that fails one recipient is read so, whatever the server said and wrote for people.
fn is_known(diagnostic: &str, explanation: &str) {
    const BOUNDARY: &str = "=_karamail/fuzz";
    let diagnostic: String = diagnostic
        .chars()
        .filter(|c| matches!(c, ' '..='~'))
        .take(300)
        .collect();
    let (first, _) = first_text_line(explanation);
    // A text may say that the letter is only late, or is an absence note; it may not say where its own part ends.
    if explanation.contains(BOUNDARY) || first.len() > 4_000 {
        return;
    }
    let mail = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.jp\r\nTo: entry@shop.example.jp\r\nSubject: Undelivered\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"{BOUNDARY}\"\r\n\r\n\
         --{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{explanation}\r\n\
         --{BOUNDARY}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.jp\r\n\r\n\
         Final-Recipient: rfc822; taro@docomo.ne.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 {diagnostic}\r\n\r\n\
         --{BOUNDARY}\r\nContent-Type: message/rfc822\r\n\r\nFrom: entry@shop.example.jp\r\nTo: taro@docomo.ne.jp\r\n\
         Message-ID: <receipt.00.1@shop.example.jp>\r\n\r\n1\r\n--{BOUNDARY}--\r\n"
    );
    let report = DeliveryReport::parse(mail.as_bytes()).expect("a report in the form of RFC 3464");
    is_bounded(&report);
    let taro = report
        .recipients
        .iter()
        .find(|recipient| recipient.is_about("taro@docomo.ne.jp"));
    assert_eq!(taro.map(|taro| taro.action), Some(Action::Failed), "{report:?}");
    let ours = "receipt.00.1@shop.example.jp";
    assert!(report.message_ids.iter().any(|id| id == ours), "{report:?}");
    assert!(
        report
            .returned_to
            .iter()
            .any(|to| to.key() == "taro@docomo.ne.jp"),
        "{report:?}"
    );
}
