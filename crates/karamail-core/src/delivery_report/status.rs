//! The machine's part of a report: message/delivery-status, RFC 3464 section 2, and RFC 6533 for non-ASCII addresses.

use super::{Action, ReportedRecipient, addresses, human, said};
use crate::address::EmailAddress;
use crate::delivery::{EnhancedCode, RefusalClass, Step};
use crate::limits::REPORT_RECIPIENTS;
use crate::mail::IncomingMail;

/// The recipients of a status part; groups of fields are parted by empty lines. `explanation` is what the report says
/// to people: it often names the step of the session, which the fields do not.
pub(super) fn recipients(status: &[u8], explanation: &str) -> Vec<ReportedRecipient> {
    let status = String::from_utf8_lossy(status)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut groups: Vec<String> = vec![String::new()];
    for line in status.lines() {
        if line.trim().is_empty() {
            groups.push(String::new());
        } else if let Some(group) = groups.last_mut() {
            group.push_str(line);
            group.push('\n');
        }
        if groups.len() > 2 * REPORT_RECIPIENTS {
            break;
        }
    }
    let is_alone = groups.iter().filter(|group| names_recipient(group)).count() == 1;
    groups
        .iter()
        .filter(|group| names_recipient(group))
        .map(|group| recipient(&IncomingMail::parse(group.as_bytes()), explanation, is_alone))
        .collect()
}

fn names_recipient(group: &str) -> bool {
    let group = group.to_ascii_lowercase();
    ["final-recipient:", "original-recipient:", "action:"]
        .iter()
        .any(|name| group.lines().any(|line| line.trim_start().starts_with(name)))
}

fn recipient(group: &IncomingMail, explanation: &str, is_alone: bool) -> ReportedRecipient {
    let mut named: Vec<EmailAddress> = Vec::new();
    for name in ["original-recipient", "final-recipient", "x-actual-recipient"] {
        for address in group.values(name).filter_map(typed_address) {
            if !named.iter().any(|known| known.key() == address.key()) {
                named.push(address);
            }
        }
    }
    let value = |name: &str| group.values(name).next().unwrap_or_default().trim().to_owned();
    let status = value("status");
    let diagnostic = value("diagnostic-code");
    // `smtp; 550 …`; some write the answer without its type, and an answer may hold a semicolon.
    let words = match diagnostic.split_once(';') {
        Some((kind, words)) if !kind.contains(' ') => words.trim(),
        _ => diagnostic.as_str(),
    };
    let context = human::about(explanation, &named, is_alone);
    let step = human::step_in(words).or_else(|| human::step_in(&context));
    let answer = human::answer_in(words);
    // 550 after the content without a code of its own: the Status is the sending server's guess, and docomo's filter
    // would pass for an unknown user.
    let is_guess = step == Some(Step::Content) && answer.code == 550;
    let enhanced = answer
        .enhanced
        .or_else(|| EnhancedCode::parse(&status).filter(|code| !is_guess || code.1 != 1));
    let text = if words.is_empty() {
        context.as_str()
    } else {
        answer.text.as_str()
    };
    let mut class = RefusalClass::of_report(step, answer.code, enhanced, text);
    if class == RefusalClass::Other && !context.is_empty() {
        let told = human::answer_in(&context);
        class = RefusalClass::of_report(step, answer.code, enhanced.or(told.enhanced), &context);
    }
    let action = action(&value("action"), &status);
    if action == Action::Delayed && class == RefusalClass::Other {
        class = RefusalClass::Temporary;
    }
    ReportedRecipient {
        addresses: named,
        action,
        class,
        said: said(if words.is_empty() { &status } else { words }),
    }
}

fn action(written: &str, status: &str) -> Action {
    let word: String = written
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .collect::<String>()
        .to_ascii_lowercase();
    match word.as_str() {
        "delayed" => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" | "expanded" => Action::Relayed,
        "failed" => Action::Failed,
        // Without the field the status decides.
        _ if status.starts_with('2') => Action::Delivered,
        _ if status.starts_with('4') => Action::Delayed,
        _ => Action::Failed,
    }
}

/// `rfc822; taro@example.jp`, `utf-8; …` with its `\x{…}`, or an address without a type.
fn typed_address(value: &str) -> Option<EmailAddress> {
    let address = match value.split_once(';') {
        Some((kind, address)) if !kind.contains('@') => address,
        _ => value,
    };
    let address = undo_xtext(address.trim());
    let plain = address.trim_start_matches('<').trim_end_matches('>').trim();
    // A comment or a display name may stand beside it.
    EmailAddress::parse(plain)
        .ok()
        .or_else(|| addresses::in_text(&address).into_iter().next())
}

/// RFC 6533 section 3: `\x{5B9B}` stands for a character that may not be written as it is.
fn undo_xtext(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, coded)) = rest.split_once("\\x{") {
        plain.push_str(before);
        let end = coded.bytes().take(8).position(|byte| byte == b'}');
        let character = end
            .and_then(|end| coded.split_at_checked(end))
            .and_then(|(digits, after)| {
                let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                Some((character, after.strip_prefix('}')?))
            });
        match character {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push_str("\\x{");
                rest = coded;
            }
        }
    }
    plain.push_str(rest);
    plain
}
