//! The row between 4 and 5: a person with a number leaves by a word in the subject, such as 退会.

use super::{Decision, Known, Outcome, Reason, Rules, is_backlog, over_a_limit, spoofed};
use crate::address::is_blank;
use crate::mail::IncomingMail;

/// What is done with a mail whose subject is an opt-out word; `None` where it is none, or where its sender has no
/// number to leave with, or is blocked: then it is other mail.
pub(super) fn row(mail: &IncomingMail, rules: &Rules, known: &Known) -> Option<Decision> {
    let sender = mail.sender_address()?;
    let is_word = is_opt_out_word(mail.subject(), &rules.opt_out_words);
    if !is_word || known.number.is_none() || rules.blocked.iter().any(|rule| rule.blocks(sender)) {
        return None;
    }
    // Whoever forges a sender must not be able to take that person's membership away.
    let held = spoofed(mail, rules).or_else(|| over_a_limit(rules, known));
    Some(match held {
        Some(reason) => Decision {
            outcome: Outcome::Hold,
            reason,
        },
        None if is_backlog(mail, rules) => Decision {
            outcome: Outcome::Backlog,
            reason: Reason::Backlog,
        },
        None => Decision {
            outcome: Outcome::OptOut,
            reason: Reason::OptOut,
        },
    })
}

/// Whether a decoded subject is one of the words and nothing else. Width, case and blanks do not matter.
pub fn is_opt_out_word(subject: &str, words: &[String]) -> bool {
    let folded = fold(subject);
    !folded.is_empty() && words.iter().any(|word| fold(word) == folded)
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !is_blank(*c))
        .map(|c| match u32::from(c) {
            // Full-width ASCII, which Japanese input methods produce.
            code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}
