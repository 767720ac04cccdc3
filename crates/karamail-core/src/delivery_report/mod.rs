//! Delivery reports: what a mail that came back says about a letter that was sent.
//!
//! [`DeliveryReport::parse`] reads the form of RFC 3464 (`status`) and what systems without it write for people
//! (`plain`), qmail and the Japanese carriers among them. Which letter it is about, the ledger says: the report gives the
//! Message-IDs and addresses to look for.
//!
//! Invariant: a report is a claim of whoever wrote it. It changes what is shown of a number, and nothing else: no answer,
//! no number and no deletion rests on it.

mod addresses;
mod human;
mod plain;
mod status;

use crate::address::EmailAddress;
use crate::compose::clean;
use crate::delivery::RefusalClass;
use crate::limits::{
    MESSAGE_ID_BYTES, REPORT_BYTES, REPORT_MESSAGE_IDS, REPORT_RECIPIENTS, REPORT_TEXT_CHARACTERS,
    SMTP_ANSWER_CHARACTERS,
};
use crate::mail::parts::{self, Leaf};
use crate::mail::{IncomingMail, ReturnPath};
use human::Human;

/// What a report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The Message-IDs of the letter it may be about, without angle brackets, the likeliest first.
    pub message_ids: Vec<String>,
    /// What became of each recipient.
    pub recipients: Vec<ReportedRecipient>,
    /// Whom the returned letter was addressed to, by its own header.
    pub returned_to: Vec<EmailAddress>,
    /// The explanation written for people, as one line.
    pub text: String,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedRecipient {
    /// The addresses it is named by: the one that was written to, and the one it ended at, where they differ. Empty
    /// where the report names nobody.
    pub addresses: Vec<EmailAddress>,
    /// What became of the letter.
    pub action: Action,
    /// Why, in the shop's terms.
    pub class: RefusalClass,
    /// The words of the server that refused it, as one line.
    pub said: String,
}

/// What became of a letter (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was not delivered and will not be.
    Failed,
    /// It was not delivered yet; the server goes on trying.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It went on to a server that gives no reports, or to several addresses.
    Relayed,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 4] = [
        Action::Failed,
        Action::Delayed,
        Action::Delivered,
        Action::Relayed,
    ];

    /// The stable name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Failed => "failed",
            Action::Delayed => "delayed",
            Action::Delivered => "delivered",
            Action::Relayed => "relayed",
        }
    }
}

impl ReportedRecipient {
    /// Whether it is about the customer with this address key.
    pub fn is_about(&self, address_key: &str) -> bool {
        self.addresses.iter().any(|address| address.key() == address_key)
    }
}

impl DeliveryReport {
    /// Reads the first [`REPORT_BYTES`] of a mail. `None` where it reports no delivery: an ordinary mail, an absence
    /// note, a read receipt (RFC 8098), an abuse report (RFC 5965).
    pub fn parse(mail: &[u8]) -> Option<DeliveryReport> {
        let mail = mail.get(..REPORT_BYTES).unwrap_or(mail);
        let header = IncomingMail::parse(mail);
        let leaves = parts::leaves(mail);
        let is_foreign = leaves.iter().any(|leaf| {
            matches!(
                leaf.media.as_str(),
                "message/disposition-notification" | "message/feedback-report"
            )
        });
        if is_foreign {
            return None;
        }
        let human = Human::of(&leaves);
        let returned = returned_letter(&leaves).or_else(|| human.returned.clone());
        let mut recipients: Vec<ReportedRecipient> = leaves
            .iter()
            .filter(|leaf| is_status(leaf))
            .flat_map(|leaf| status::recipients(&leaf.body, &human.explanation))
            .collect();
        if recipients.is_empty() {
            let signs = Signs::of(&header, &leaves);
            recipients = plain::recipients(&header, &human, returned.as_ref(), &signs)?;
        }
        recipients.truncate(REPORT_RECIPIENTS);
        Some(DeliveryReport {
            message_ids: message_ids(&header, returned.as_ref(), &human),
            recipients,
            returned_to: returned
                .iter()
                .flat_map(|letter| letter.addresses("to"))
                .take(REPORT_RECIPIENTS)
                .collect(),
            text: clean::one_line(&human.explanation, REPORT_TEXT_CHARACTERS),
        })
    }
}

/// What shows that a mail without a status part is a report all the same.
struct Signs {
    /// It has a report's type, a report's subject or names its failed recipients in the header.
    is_report: bool,
    /// It comes from a mail system by its name.
    is_from_machine: bool,
    /// It has no envelope sender, as reports and absence notes.
    is_null_path: bool,
}

impl Signs {
    fn of(header: &IncomingMail, leaves: &[Leaf]) -> Signs {
        let machine = |address: &EmailAddress| {
            let local = address.local().to_lowercase();
            MACHINES.iter().any(|name| local.contains(name))
        };
        let subject = header.subject().to_lowercase();
        let is_typed = header
            .parameters("content-type")
            .flatten()
            .any(|part| part == "multipart/report" || part.starts_with("report-type=delivery-status"));
        Signs {
            is_report: is_typed
                || leaves.iter().any(is_status)
                || header.values("x-failed-recipients").next().is_some()
                || SUBJECTS.iter().any(|phrase| subject.contains(phrase)),
            is_from_machine: header.sender_address().is_some_and(machine)
                || header.values("from").any(|from| {
                    let from = from.to_lowercase();
                    MACHINES.iter().any(|name| from.contains(name)) || from.contains("mail delivery")
                }),
            is_null_path: header.return_path() == ReturnPath::Null,
        }
    }
}

/// Parts of the names that mail systems give themselves.
const MACHINES: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "maildaemon",
    "postmaster",
    "mail-system",
    "mailsystem",
    "mail administrator",
];

/// Parts of the subjects of reports, in lower case.
const SUBJECTS: &[&str] = &[
    "failure notice",
    "delivery failure",
    "delivery status notification",
    "delivery notification",
    "delivery report",
    "delivery problem",
    "delivery error",
    "delivery failed",
    "delivery delayed",
    "delayed mail",
    "delivery has failed",
    "undeliver",
    "undelivered",
    "nondeliverable",
    "non-deliverable",
    "non delivery",
    "returned mail",
    "returned to sender",
    "returning message to sender",
    "mail delivery failed",
    "mail system error",
    "message delayed",
    "could not send message",
    "could not be delivered",
    "not deliverable",
    "mail could not be delivered",
    "error mail",
    "配信不能",
    "配信不可",
    "配信できません",
    "配信に失敗",
    "配信エラー",
    "配信失敗",
    "配信の遅延",
    "配信遅延",
    "配達不能",
    "配信状況の通知",
    "配信状態の通知",
    "送信できません",
    "送信エラー",
    "送信失敗",
    "届けられません",
    "お届けできません",
    "届きません",
    "エラーメール",
    "宛先不明",
    "戻りメール",
];

fn is_status(leaf: &Leaf) -> bool {
    matches!(
        leaf.media.as_str(),
        "message/delivery-status" | "message/global-delivery-status"
    )
}

/// The header of the letter that came back, as a part of its own.
fn returned_letter(leaves: &[Leaf]) -> Option<IncomingMail> {
    let is_letter = |leaf: &&Leaf| {
        matches!(
            leaf.media.as_str(),
            "message/rfc822"
                | "message/global"
                | "text/rfc822-headers"
                | "text/rfc822-header"
                | "message/global-headers"
        )
    };
    leaves
        .iter()
        .find(is_letter)
        .map(|leaf| IncomingMail::parse(&leaf.body))
}

fn message_ids(header: &IncomingMail, returned: Option<&IncomingMail>, human: &Human) -> Vec<String> {
    let named = [
        "x-original-message-id",
        "original-message-id",
        "x-ms-exchange-message-id",
    ]
    .into_iter()
    .flat_map(|name| header.values(name).filter_map(bare_id));
    let mut ids: Vec<String> = Vec::new();
    let all = returned
        .and_then(IncomingMail::message_id)
        .map(ToOwned::to_owned)
        .into_iter()
        .chain(human.letter_ids.iter().cloned())
        .chain(named)
        .chain(header.references().iter().rev().cloned());
    for id in all {
        if ids.len() < REPORT_MESSAGE_IDS && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

fn bare_id(value: &str) -> Option<String> {
    let id = value.trim().trim_start_matches('<').trim_end_matches('>').trim();
    let is_sane = id.contains('@')
        && id.len() <= MESSAGE_ID_BYTES
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    is_sane.then(|| id.to_owned())
}

fn said(text: &str) -> String {
    clean::one_line(text, SMTP_ANSWER_CHARACTERS)
}

#[cfg(test)]
mod tests;
