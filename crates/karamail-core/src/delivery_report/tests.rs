use super::*;

#[test]
fn what_is_no_report_is_none() {
    for mail in [
        "",
        "Subject: hello\nFrom: <a@x.example>\n\n550 User unknown taro@x.example\n",
        "From: <taro@x.example>\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: away\n\nI am away until Monday.\n",
        "From: MAILER-DAEMON@x.example\nSubject: weekly statistics\n\nAll is well with taro@x.example.\n",
    ] {
        assert_eq!(DeliveryReport::parse(mail.as_bytes()), None, "{mail}");
    }
}

#[test]
fn a_read_receipt_is_no_delivery_report() {
    let mail = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\nFrom: <taro@x.example>\n\n\
        --b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;taro@x.example\n--b--\n";
    assert_eq!(DeliveryReport::parse(mail.as_bytes()), None);
}

#[test]
fn a_report_without_end_is_read_as_far_as_the_limit() {
    let mut mail =
        b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n<taro@x.example>: 550 User unknown\n"
            .to_vec();
    mail.extend(b"a@b.example ".repeat(200_000));
    let report = DeliveryReport::parse(&mail).unwrap();
    assert!(report.recipients.len() <= REPORT_RECIPIENTS);
    assert!(report.text.chars().count() <= REPORT_TEXT_CHARACTERS);
}
