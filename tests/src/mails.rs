//! The mails that arrive in tests of the whole, and what tests read out of mails.

use mail_parser::MessageParser;

/// The date in every mail here. Tests switch the backlog rule off, or test it.
pub const DATE: &str = "Wed, 01 Apr 2026 09:00:00 +0900";

/// A customer's empty mail; `id` makes its Message-ID.
pub fn signup(from: &str, id: &str) -> Vec<u8> {
    mail(from, id, "Subject: \r\n", "\r\n")
}

/// A mail with a subject; the text has lines that begin with dots.
pub fn other(from: &str, id: &str) -> Vec<u8> {
    mail(
        from,
        id,
        "Subject: Opening hours?\r\n",
        ".\r\n..two dots\r\nWhen do you open?\r\n",
    )
}

/// A vacation program's mail with an empty subject.
pub fn auto_reply(from: &str, id: &str) -> Vec<u8> {
    mail(
        from,
        id,
        "Subject: \r\nAuto-Submitted: auto-replied\r\n",
        "I am away.\r\n",
    )
}

/// A mail of which only `headers` (whole lines) and `body` are special.
pub fn mail(from: &str, id: &str, headers: &str, body: &str) -> Vec<u8> {
    let domain = from
        .rsplit_once('@')
        .map_or("x.example", |(_, domain)| domain.trim_end_matches('>'));
    format!(
        "Return-Path: <{from}>\r\nFrom: {from}\r\nTo: touroku@shop.example\r\nDate: {DATE}\r\n\
         Message-ID: <{id}@{domain}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\
         {headers}\r\n{body}"
    )
    .into_bytes()
}

/// The value of the first header line of that name, unfolded no further than its own line; names compare without case.
pub fn header(mail: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    let lines = text.lines().take_while(|line| !line.is_empty());
    let mut values = lines.filter_map(|line| line.split_once(':'));
    let (_, value) = values.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
    Some(value.trim().to_owned())
}

/// The Message-ID without its angle brackets.
pub fn message_id(mail: &[u8]) -> Option<String> {
    header(mail, "Message-ID").map(|id| without_brackets(&id).to_owned())
}

/// An id without angle brackets, whether it had them or not.
pub fn without_brackets(id: &str) -> &str {
    id.trim_start_matches('<').trim_end_matches('>')
}

/// The number in a receipt or repeat of ours, where the test's settings put `No. ★1★` into the subject.
pub fn number(mail: &[u8]) -> Option<i64> {
    let message = MessageParser::default().parse(mail)?;
    message.subject()?.strip_prefix("No. ")?.trim().parse().ok()
}
