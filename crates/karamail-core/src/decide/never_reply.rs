//! Whom we never answer: one function for each rule, in the order in which they are tried.
//!
//! The rules come from RFC 3834 sections 2, 3 and 5, RFC 5230 sections 4.5, 4.6 and 5, and from what ticket systems
//! and list software learnt. Names and values are compared without case, every occurrence of a header counts, and a
//! value may carry comments and parameters, be folded or encoded. docs/decisions/0010 to 0012 say why a header that
//! no RFC names stands in the rule it stands in, and which look-alikes are people's.

use super::contains;
use super::machine::{is_daemon_name, is_list_or_silent, is_machine, is_machine_path};
use super::reason::Reason;
use super::rules::{Known, Rules};
use crate::mail::{IncomingMail, ReturnPath, Sender, markers};

type Test = fn(&Case<'_>) -> bool;

/// The rules; the first that holds names the reason.
const RULES: [(Reason, Test); 12] = [
    (Reason::NullReturnPath, null_return_path),
    (Reason::NoSender, no_sender),
    (Reason::Ourselves, ourselves),
    (Reason::AutoSubmitted, auto_submitted),
    (Reason::List, list),
    (Reason::Precedence, precedence),
    (Reason::Suppress, suppress),
    (Reason::AutoReplyHeader, auto_reply_header),
    (Reason::Report, report),
    (Reason::MachineSender, machine_sender),
    (Reason::Loop, mail_loop),
    (Reason::NotAddressed, not_addressed),
];

/// What a rule looks at.
struct Case<'a> {
    mail: &'a IncomingMail,
    rules: &'a Rules,
    known: &'a Known,
}

/// The first rule that forbids an answer.
pub(super) fn rule(mail: &IncomingMail, rules: &Rules, known: &Known) -> Option<Reason> {
    let case = Case { mail, rules, known };
    RULES
        .iter()
        .find(|(_, holds)| holds(&case))
        .map(|(reason, _)| *reason)
}

/// Whether a forward could come back or go round: rules 1, 3, 9 and 11, whichever rule gave the reason.
pub(super) fn forbids_forward(mail: &IncomingMail, rules: &Rules, known: &Known) -> bool {
    let case = Case { mail, rules, known };
    [null_return_path, ourselves, report, mail_loop]
        .iter()
        .any(|holds: &Test| holds(&case))
}

/// Rule 1.
fn null_return_path(case: &Case<'_>) -> bool {
    case.mail.return_path() == ReturnPath::Null
}

/// Rule 2.
fn no_sender(case: &Case<'_>) -> bool {
    !matches!(case.mail.sender(), Sender::One { .. })
}

/// Rule 3.
fn ourselves(case: &Case<'_>) -> bool {
    let ours =
        |sender| contains(&case.rules.own_addresses, sender) || contains(&case.rules.forward_targets, sender);
    case.mail.sender_address().is_some_and(ours)
}

/// Rule 4. An empty value is no `no`.
fn auto_submitted(case: &Case<'_>) -> bool {
    let mut values = ["auto-submitted", "x-auto-submitted"]
        .iter()
        .flat_map(|name| case.mail.comparable_values(name));
    values.any(|value| {
        let first = value
            .split(|c: char| c.is_whitespace() || matches!(c, ';' | ','))
            .next();
        first.map(|token| token.trim_matches('"')) != Some("no")
    })
}

/// Headers of list software besides `List-…`: Mailman, fml and other Japanese list servers, Sympa, ezmlm, Yahoo
/// groups, Google groups.
const LIST_HEADERS: [&str; 21] = [
    "mailing-list",
    "mailinglist",
    "x-mailing-list",
    "x-mailinglist",
    "x-mailman-version",
    "x-beenthere",
    "x-list",
    "x-listname",
    "x-listserver",
    "x-listprocessor-version",
    "x-listmember",
    "x-ml-name",
    "x-ml-info",
    "x-ml-count",
    "x-mlserver",
    "x-ml-address",
    "x-mail-count",
    "x-google-group-id",
    "x-ezmlm-vc",
    "x-sympa-to",
    "x-subscribed-address",
];

/// Rule 5. ezmlm also writes `Delivered-To: mailing list <address>`.
fn list(case: &Case<'_>) -> bool {
    let is_list_header =
        |name: &str| name.starts_with("list-") || name.starts_with("x-list-") || LIST_HEADERS.contains(&name);
    case.mail.header_names().any(is_list_header)
        || case
            .mail
            .comparable_values("delivered-to")
            .any(|value| value.starts_with("mailing list"))
}

/// Rule 6.
fn precedence(case: &Case<'_>) -> bool {
    // `auto_reply` is written as auto-reply, autoreply and auto-generated too.
    let is_bulk =
        |token: String| matches!(token.as_str(), "bulk" | "junk" | "list") || token.starts_with("auto");
    ["precedence", "x-precedence"]
        .iter()
        .any(|name| case.mail.tokens(name).any(is_bulk))
        || has_any(case, &["x-bulkmail", "x-bulk-mail"])
}

/// Rule 7. `RN` and `NRN` ask for no read receipts, which we never send.
fn suppress(case: &Case<'_>) -> bool {
    let is_for_us = |token: String| matches!(token.as_str(), "all" | "autoreply" | "oof" | "dr");
    let names = ["x-auto-response-suppress", "x-autoresponse-suppress"];
    names.iter().any(|name| case.mail.tokens(name).any(is_for_us))
}

/// Parts of header names, hyphens and underscores left out, that only automatic mail has.
const AUTOMATIC_NAME_PARTS: [&str; 14] = [
    "autonotif",
    "autoack",
    "automaticrepl",
    "automaticrespon",
    "automatedmessage",
    "autorepl",
    "autorespon",
    "autoanswer",
    "autogenerated",
    "autosubmitted",
    "machinegenerated",
    "vacation",
    "outofoffice",
    "awaymessage",
];

/// Headers of programs that write mail: Exchange's rules and its own notes, cron, ticket systems and trackers, shops
/// and mail services for campaigns.
const AUTOMATIC_HEADERS: [&str; 37] = [
    "x-ms-exchange-generated-message-source",
    "x-ms-exchange-inbox-rules-loop",
    "x-cron-env",
    "x-amazon-mail-relay-type",
    "x-facebook-notify",
    "x-linkedin-class",
    "x-ebay-mailtracker",
    "x-maxcode-template",
    "x-github-reason",
    "x-github-recipient",
    "x-gitlab-project",
    "x-jira-fingerprint",
    "x-redmine-host",
    "x-redmine-project",
    "x-trac-project",
    "x-bugzilla-reason",
    "x-rt-loop-prevention",
    "rt-ticket",
    "x-rt-originator",
    "x-otrs-loop",
    "x-znuny-loop",
    "x-zammad-auto-response",
    "x-freescout-mail-type",
    "x-discourse-topic-id",
    "x-discourse-post-id",
    "x-zendesk-email-id",
    "x-nagios-notification",
    "x-mandrill-user",
    "x-mc-user",
    "x-mailgun-sid",
    "x-sg-eid",
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mailjet-campaign",
    "x-msfbl",
    "bounces-to",
];

/// Parts of an X-Mailer or User-Agent that is no person's program.
const AUTOMATIC_MAILERS: [&str; 11] = [
    "phpmailer",
    "wordpress",
    "autorespon",
    "autoreply",
    "auto-reply",
    "auto reply",
    "vacation",
    "listserv",
    "majordomo",
    "mailman",
    "phplist",
];

/// Rule 8.
fn auto_reply_header(case: &Case<'_>) -> bool {
    let by_name = case.mail.header_names().any(|name| {
        let squeezed = name.replace(['-', '_'], "");
        let automatic = AUTOMATIC_NAME_PARTS.iter().any(|part| squeezed.contains(part));
        // Rules 4 and 7 read the values of these two.
        automatic && !squeezed.ends_with("autosubmitted") && !squeezed.ends_with("suppress")
    });
    let any_token = |name: &str, wanted: &str| case.mail.tokens(name).any(|token| token == wanted);
    let mut identifiers = ["content-identifier", "x400-content-identifier"].iter();
    let mut mailers = ["x-mailer", "user-agent"].iter();
    by_name
        || has_any(case, &AUTOMATIC_HEADERS)
        || any_token("x-apple-action", "vacation")
        || case
            .mail
            .tokens("delivered-to")
            .any(|to| to.split('@').next() == Some("autoresponder"))
        || identifiers.any(|name| {
            case.mail
                .comparable_values(name)
                .any(|value| value.contains("auto-replied") || value.contains("auto replied"))
        })
        || case
            .mail
            .comparable_values("x-post-messageclass")
            .any(|value| value.contains("autorespon"))
        || mailers.any(|name| {
            let mut values = case.mail.comparable_values(name);
            values.any(|value| {
                value.starts_with("php/") || AUTOMATIC_MAILERS.iter().any(|part| value.contains(part))
            })
        })
}

/// Headers that only reports of mail systems have.
const REPORT_HEADERS: [&str; 6] = [
    "x-failed-recipients",
    "x-dsncontext",
    "x-ms-exchange-message-is-ndr",
    "x-ms-journal-report",
    "x-hmxmroriginalrecipient",
    "reporting-mta",
];

/// Rule 9. A calendar's answer (`text/calendar`) is made by a machine in the same way.
fn report(case: &Case<'_>) -> bool {
    let is_report = |parts: Vec<String>| {
        let media_type = parts
            .first()
            .and_then(|first| first.split(' ').next())
            .unwrap_or_default();
        let media_type = media_type.trim_matches('"');
        matches!(
            media_type,
            "multipart/report" | "text/calendar" | "text/rfc822-headers"
        ) || media_type.strip_prefix("message/").is_some_and(is_report_type)
            || parts.iter().any(|part| part.starts_with("report-type"))
    };
    let is_report_class = |value: String| {
        ["calendarmessage", "dsn", "mdn", "reportmessage", "recall"]
            .iter()
            .any(|class| value.strip_prefix("urn:content-classes:") == Some(class))
    };
    case.mail.parameters("content-type").any(is_report)
        || case.mail.comparable_values("content-class").any(is_report_class)
        || case
            .mail
            .comparable_values("message-type")
            .any(|value| value.contains("report"))
        || has_any(case, &REPORT_HEADERS)
        || is_plain_bounce(case)
}

fn is_report_type(subtype: &str) -> bool {
    let subtype = subtype.strip_prefix("global-").unwrap_or(subtype);
    matches!(
        subtype,
        "delivery-status" | "disposition-notification" | "feedback-report" | "tracking-status"
    )
}

/// Subjects of bounces written as plain text, lower case.
const BOUNCE_SUBJECTS: [&str; 27] = [
    "failure delivery",
    "mail failed",
    "mail delivery",
    "mail system",
    "non delivery",
    "non-delivery",
    "delayed mail",
    "メールエラー",
    "配信できません",
    "failure notice",
    "undeliver",
    "delivery failure",
    "delivery failed",
    "delivery status",
    "delivery report",
    "delivery notification",
    "delivery problem",
    "delivery error",
    "returned mail",
    "returned to sender",
    "mail system error",
    "could not be delivered",
    "could not send message",
    "配信不能",
    "配信エラー",
    "送信エラー",
    "エラーメール",
];

/// A bounce as plain text. The body is not read (a header alone must decide alike), so the subject has to tell it:
/// all mail servers that send such bounces give them one of these.
fn is_plain_bounce(case: &Case<'_>) -> bool {
    let is_plain = case
        .mail
        .comparable_values("content-type")
        .all(|value| value.starts_with("text/plain"));
    let from_daemon = case.mail.sender_address().is_some_and(|sender| {
        let name: String = sender.local().to_lowercase().replace(['-', '_', '.'], "");
        matches!(
            name.as_str(),
            "mailerdaemon" | "maildaemon" | "mdaemon" | "postmaster"
        )
    });
    let subject = case.mail.subject().to_lowercase();
    is_plain && from_daemon && BOUNCE_SUBJECTS.iter().any(|words| subject.contains(words))
}

/// Rule 10: the sender, or the address that the envelope or the mail names for what comes back.
fn machine_sender(case: &Case<'_>) -> bool {
    let sender = case.mail.sender_address();
    if sender.is_some_and(|sender| is_machine(sender.local(), sender.domain())) {
        return true;
    }
    if let Sender::One { display_name, .. } = case.mail.sender()
        && is_daemon_name(display_name)
    {
        return true;
    }
    let envelope = match case.mail.return_path() {
        ReturnPath::Path(path) => is_machine_path(&path),
        ReturnPath::Absent | ReturnPath::Null => false,
    };
    let mut asks_for_silence = ["errors-to", "reply-to"].iter();
    envelope
        || case
            .mail
            .addresses("sender")
            .any(|sender| is_machine(sender.local(), sender.domain()))
        || asks_for_silence.any(|name| {
            case.mail
                .addresses(name)
                .any(|other| is_list_or_silent(other.local()))
        })
}

/// Rule 11.
fn mail_loop(case: &Case<'_>) -> bool {
    let names_us = |value: String| {
        case.rules.own_addresses.iter().any(|ours| {
            let mut words =
                value.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'));
            words.any(|word| word == ours.key())
        })
    };
    case.known.refers_to_ours
        || has_any(case, &[markers::MARKER_HEADER])
        || case.mail.comparable_values(markers::LOOP_HEADER).any(names_us)
}

/// Rule 12, a switch. The Resent fields count: a person who redirects a mail to us has addressed us (RFC 5322
/// section 3.6.6).
fn not_addressed(case: &Case<'_>) -> bool {
    let mut fields = ["to", "cc", "resent-to", "resent-cc"].iter();
    case.rules.require_addressed
        && !fields.any(|name| {
            case.mail
                .addresses(name)
                .any(|to| contains(&case.rules.own_addresses, &to))
        })
}

fn has_any(case: &Case<'_>, names: &[&str]) -> bool {
    case.mail
        .header_names()
        .any(|present| names.iter().any(|name| present.eq_ignore_ascii_case(name)))
}
