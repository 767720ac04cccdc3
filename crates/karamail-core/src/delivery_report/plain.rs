//! Reports that are written for people alone: qmail, old Exim, sendmail and Exchange, Notes, and the Japanese carriers.

use super::human::{self, Human};
use super::{Action, ReportedRecipient, Signs, addresses, said};
use crate::address::EmailAddress;
use crate::delivery::RefusalClass;
use crate::limits::REPORT_RECIPIENTS;
use crate::mail::IncomingMail;

/// Words by which a report that is not over says so, in lower case.
const DELAYED: &[&str] = &[
    "will be retried",
    "will retry",
    "will keep trying",
    "will continue",
    "continue to try",
    "continues to try",
    "still trying",
    "not yet been delivered",
    "not been delivered yet",
    "do not need to resend",
    "don't need to resend",
    "no action is required",
    "warning message only",
    "has been delayed",
    "was delayed",
    "delivery is delayed",
    "delivery incomplete",
    "temporary problem delivering",
    "は遅延",
    "遅れています",
    "遅延しています",
    "まだ配信され",
    "まだ届いて",
    "再送を試み",
    "再試行します",
    "再送信を続け",
    "引き続き配信",
];

/// Words by which a report says that it is one, where it gives no code, in lower case.
const FAILED: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "was not delivered",
    "wasn't delivered",
    "not delivered",
    "wasn't able to deliver",
    "unable to deliver",
    "undeliverable",
    "undelivered",
    "did not reach",
    "did not receive this message",
    "not reach the following",
    "delivery failed",
    "delivery has failed",
    "delivery to the following",
    "permanent error",
    "permanent fatal error",
    "failure notice",
    "rejected your message",
    "returned to you",
    "配信できません",
    "配信できなかった",
    "配信不能",
    "配信に失敗",
    "配信されません",
    "配達できません",
    "送信できません",
    "送信できなかった",
    "届けることが出来ません",
    "届けることができません",
    "お届けできません",
    "届きませんでした",
    "届けられません",
    "失敗しました",
    "エラーのため",
];

/// The recipients that a report without a status part names; `None` where it is no report.
pub(super) fn recipients(
    header: &IncomingMail,
    human: &Human,
    returned: Option<&IncomingMail>,
    signs: &Signs,
) -> Option<Vec<ReportedRecipient>> {
    let low = human.explanation.to_lowercase();
    let answer = human::answer_in(&human.explanation);
    let is_delayed = DELAYED.iter().any(|phrase| low.contains(phrase));
    let has_code = answer.code != 0 || answer.enhanced.is_some();
    let tells_failure = has_code || is_delayed || FAILED.iter().any(|phrase| low.contains(phrase));
    let is_report = signs.is_report || (signs.is_from_machine && (tells_failure || returned.is_some()));
    // An absence note may come without an envelope sender too; it quotes no server's answer.
    let is_nameless_report = signs.is_null_path && has_code && returned.is_some();
    if !is_report && !is_nameless_report {
        return None;
    }
    let class_of_all = class(&human.explanation);
    if !tells_failure
        && class_of_all == RefusalClass::Other
        && header.values("x-failed-recipients").next().is_none()
    {
        return None;
    }
    let named = named(header, human, returned);
    let is_alone = named.len() <= 1;
    let action = if is_delayed {
        Action::Delayed
    } else {
        Action::Failed
    };
    let told = |addresses: Vec<EmailAddress>| {
        let context = human::about(&human.explanation, &addresses, is_alone);
        let mut class = class(&context);
        if class == RefusalClass::Other && is_alone {
            class = class_of_all;
        }
        if is_delayed && class == RefusalClass::Other {
            class = RefusalClass::Temporary;
        }
        ReportedRecipient {
            addresses,
            action,
            class,
            said: answer_line(&context).unwrap_or_else(|| said(&context)),
        }
    };
    if named.is_empty() {
        return Some(vec![told(Vec::new())]);
    }
    Some(named.into_iter().map(|address| told(vec![address])).collect())
}

fn class(context: &str) -> RefusalClass {
    let answer = human::answer_in(context);
    let step = human::step_in(context);
    // The words beside the code say most; those around it are looked at where they say nothing.
    let flat: Vec<&str> = answer.text.split_whitespace().collect();
    match RefusalClass::of_report(step, answer.code, answer.enhanced, &flat.join(" ")) {
        RefusalClass::Other => RefusalClass::of_report(step, answer.code, answer.enhanced, context),
        class => class,
    }
}

/// The line with the server's answer, with the lines it goes on over.
fn answer_line(context: &str) -> Option<String> {
    let mut lines = context.lines().skip_while(|line| {
        let answer = human::answer_in(line);
        answer.code == 0 && answer.enhanced.is_none()
    });
    let first = lines.next()?;
    let rest = lines.take_while(|line| !line.trim().is_empty()).take(3);
    let text: Vec<&str> = std::iter::once(first).chain(rest).map(str::trim).collect();
    Some(said(&text.join(" ")))
}

/// The recipients by X-Failed-Recipients, by the explanation, or by the returned letter's own header. Where both the
/// explanation and the letter name addresses, those in both: the others are the servers' own.
fn named(header: &IncomingMail, human: &Human, returned: Option<&IncomingMail>) -> Vec<EmailAddress> {
    let mut named = unique(header.values("x-failed-recipients").flat_map(addresses::in_text));
    if !named.is_empty() {
        return named;
    }
    let ours: Vec<String> = [
        "to",
        "from",
        "cc",
        "delivered-to",
        "x-original-to",
        "reply-to",
        "return-path",
    ]
    .into_iter()
    .flat_map(|name| header.addresses(name))
    .map(|address| address.key())
    .collect();
    let is_foreign = |address: &EmailAddress| {
        let local = address.local().to_lowercase();
        let is_office = [
            "postmaster",
            "mailer-daemon",
            "abuse",
            "support",
            "helpdesk",
            "info-center",
        ]
        .iter()
        .any(|name| local.starts_with(name));
        !is_office && !ours.contains(&address.key())
    };
    let not_an_id = |line: &&str| {
        let low = line.to_ascii_lowercase();
        !low.contains("message-id") && !low.trim_start().starts_with("from:")
    };
    named = unique(
        human
            .explanation
            .lines()
            .filter(not_an_id)
            .flat_map(addresses::in_text)
            .filter(|address| is_foreign(address) && !address.local().starts_with("receipt.")),
    );
    let to = returned.into_iter().flat_map(|letter| letter.addresses("to"));
    let to = unique(to.filter(is_foreign));
    if named.is_empty() {
        return to;
    }
    let in_both = |address: &EmailAddress| to.iter().any(|known| known.key() == address.key());
    if named.iter().any(in_both) {
        named.retain(in_both);
    }
    named
}

/// Each address once, at most [`REPORT_RECIPIENTS`].
fn unique(addresses: impl Iterator<Item = EmailAddress>) -> Vec<EmailAddress> {
    let mut kept: Vec<EmailAddress> = Vec::new();
    for address in addresses {
        if kept.len() >= REPORT_RECIPIENTS {
            break;
        }
        if !kept.iter().any(|known| known.key() == address.key()) {
            kept.push(address);
        }
    }
    kept
}
