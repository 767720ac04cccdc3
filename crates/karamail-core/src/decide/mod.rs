//! The decision table: what is done with a mail, and why.
//!
//! [`decide`] is the whole of it; the first row that matches wins. The rows that forbid an answer are in
//! `never_reply` (one function a rule, with `machine` for the names of machines).
//!
//! Invariant: whatever `never_reply` matches gets neither number nor answer.

mod machine;
mod never_reply;
mod opt_out;
mod reason;
mod rules;
mod shop_word;

pub use opt_out::is_opt_out_word;
pub use reason::{Decision, DuplicateAction, Outcome, Reason, UnknownName};
pub use rules::{BlockRule, Known, Rules};
pub use shop_word::{ShopWord, ShopWordIn};

use crate::address::{EmailAddress, is_blank};
use crate::mail::IncomingMail;

/// Decides about one mail. Row 2 of the table, marking the number whose receipt could not be delivered, is the
/// engine's; the mail itself goes on here as rule `report`.
pub fn decide(mail: &IncomingMail, rules: &Rules, known: &Known) -> Decision {
    if is_self_test(mail, rules) {
        return Decision {
            outcome: Outcome::SelfTest,
            reason: Reason::SelfTest,
        };
    }
    if rules.all_is_backlog {
        return Decision {
            outcome: Outcome::Backlog,
            reason: Reason::UidlsChanged,
        };
    }
    if let Some(reason) = never_reply::rule(mail, rules, known) {
        return other_mail(mail, rules, known, reason);
    }
    if let Some(decision) = opt_out::row(mail, rules, known) {
        return decision;
    }
    let is_word_alone = || rules.shop_words.iter().any(|word| word.is_all_of(mail.subject()));
    if !is_empty_subject(mail.subject(), &rules.also_empty_subjects) && !is_word_alone() {
        return other_mail(mail, rules, known, Reason::SubjectNotEmpty);
    }
    let Some(sender) = mail.sender_address() else {
        return other_mail(mail, rules, known, Reason::NoSender);
    };
    if rules.blocked.iter().any(|rule| rule.blocks(sender)) {
        return Decision {
            outcome: Outcome::Archive,
            reason: Reason::Blocked,
        };
    }
    let guarded = spoofed(mail, rules)
        .or_else(|| without_shop_word(mail, rules, known))
        .or_else(|| over_a_limit(rules, known));
    if let Some(reason) = guarded {
        return Decision {
            outcome: Outcome::Hold,
            reason,
        };
    }
    if is_backlog(mail, rules) {
        return Decision {
            outcome: Outcome::Backlog,
            reason: Reason::Backlog,
        };
    }
    match known.number {
        Some(_) => Decision {
            outcome: Outcome::Duplicate(rules.duplicate),
            reason: Reason::KnownAddress,
        },
        None => Decision {
            outcome: Outcome::Receipt,
            reason: Reason::Signup,
        },
    }
}

/// Whether a decoded subject is empty: nothing but blanks (U+3000, zero-width and control characters too), or one of
/// the texts in `also_empty`.
pub fn is_empty_subject(subject: &str, also_empty: &[String]) -> bool {
    let plain = |text: &str| text.trim_matches(is_blank).to_lowercase();
    let subject = plain(subject);
    subject.is_empty() || also_empty.iter().any(|text| plain(text) == subject)
}

fn is_self_test(mail: &IncomingMail, rules: &Rules) -> bool {
    let ours = |address: &EmailAddress| contains(&rules.own_addresses, address);
    mail.self_test_token().is_some() && mail.sender_address().is_some_and(ours)
}

/// Other mail is forwarded where the mailbox forwards, unless that could make a loop or as many were forwarded within the
/// hour as may be answered: the last guard against a loop that nothing else shows. Then it is archived.
fn other_mail(mail: &IncomingMail, rules: &Rules, known: &Known, reason: Reason) -> Decision {
    let is_over = rules.limit_mailbox_hour > 0 && known.forwarded_mailbox_hour >= rules.limit_mailbox_hour;
    let outcome = match rules.forward && !is_over && !never_reply::forbids_forward(mail, rules, known) {
        true => Outcome::Forward,
        false => Outcome::Archive,
    };
    Decision { outcome, reason }
}

fn spoofed(mail: &IncomingMail, rules: &Rules) -> Option<Reason> {
    if !rules.hold_spoofed {
        return None;
    }
    let found = mail.authentication(&rules.authentication_hosts);
    match (found.spf_fails, found.dmarc_fails) {
        (true, _) => Some(Reason::SpfFail),
        (false, true) => Some(Reason::DmarcFail),
        (false, false) => None,
    }
}

/// Where the shop asks for a word, a signup mail must have one of them.
fn without_shop_word(mail: &IncomingMail, rules: &Rules, known: &Known) -> Option<Reason> {
    let in_subject = || rules.shop_words.iter().any(|word| word.is_in(mail.subject()));
    let is_there = match rules.shop_word_in {
        _ if rules.shop_words.is_empty() => true,
        ShopWordIn::Subject => in_subject(),
        ShopWordIn::Body => known.shop_word_in_body,
        ShopWordIn::Either => known.shop_word_in_body || in_subject(),
    };
    (!is_there).then_some(Reason::ShopWordMissing)
}

fn over_a_limit(rules: &Rules, known: &Known) -> Option<Reason> {
    let over = |limit: u32, answered: u32| limit > 0 && answered >= limit;
    if over(rules.limit_address_hour, known.answered_address_hour)
        || over(rules.limit_address_day, known.answered_address_day)
    {
        return Some(Reason::RateLimitAddress);
    }
    over(rules.limit_mailbox_hour, known.answered_mailbox_hour).then_some(Reason::RateLimitMailbox)
}

/// A mail without a readable Date is dated by its arrival.
fn is_backlog(mail: &IncomingMail, rules: &Rules) -> bool {
    let dated = || mail.date().or_else(|| mail.received_at());
    let limit = rules.backlog_before;
    limit.is_some_and(|limit| dated().is_some_and(|date| date < limit))
}

fn contains(addresses: &[EmailAddress], address: &EmailAddress) -> bool {
    let key = address.key();
    addresses.iter().any(|known| known.key() == key)
}
