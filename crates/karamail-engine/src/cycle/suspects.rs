//! Mails at which the connection broke. One mail that a server chokes on must not keep the others from their answers
//! (invariant 6): it is asked for after all others, and when it broke the connection again it is left alone for a while.
//!
//! Nothing is given up: a network that broke in the middle looks the same, so each is tried again, ever more seldom.

use std::collections::HashMap;

use karamail_core::limits::SUSPECT_REST_POLLS;
use karamail_core::pop3::{ListedMail, Problem, Step, Uidl};

use crate::pop3::Pop3Error;

/// By unique id. A mail without one cannot be known again at the next poll.
#[derive(Default)]
pub(super) struct Suspects(HashMap<Uidl, Suspect>);

#[derive(Default)]
struct Suspect {
    /// How often the connection broke at it.
    strikes: u32,
    /// For how many polls it is left alone.
    rests: u32,
}

impl Suspects {
    /// What is fetched at this poll: the suspects last, without those that rest.
    pub(super) fn order(&mut self, wanted: Vec<ListedMail>) -> Vec<ListedMail> {
        if self.0.is_empty() {
            return wanted;
        }
        let mut ordered = Vec::with_capacity(wanted.len());
        let mut last = Vec::new();
        for mail in wanted {
            match mail.uidl.as_ref().and_then(|uidl| self.0.get_mut(uidl)) {
                None => ordered.push(mail),
                Some(suspect) if suspect.rests == 0 => last.push(mail),
                Some(suspect) => suspect.rests -= 1,
            }
        }
        ordered.append(&mut last);
        ordered
    }

    /// The connection broke while this mail was asked for. `true` where the shop is to be told: not at the first time.
    pub(super) fn accuse(&mut self, uidl: &Uidl) -> bool {
        let suspect = self.0.entry(uidl.clone()).or_default();
        suspect.strikes += 1;
        suspect.rests = (1_u32 << suspect.strikes.min(10)).min(SUSPECT_REST_POLLS) - 2;
        suspect.strikes == 2
    }
}

/// Whether a mail may be to blame for the end of the session.
pub(super) fn may_be_the_mails(error: &Pop3Error) -> bool {
    matches!(error.step(), Step::Top | Step::Retr)
        && matches!(
            error.problem(),
            Problem::Dropped | Problem::Hung(_) | Problem::Garbage | Problem::Endless
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(number: u32, uidl: &str) -> ListedMail {
        ListedMail {
            number,
            uidl: Uidl::parse(uidl.as_bytes()),
            size: None,
        }
    }

    #[test]
    fn a_mail_that_breaks_connections_goes_last_then_rests_ever_longer_and_is_never_given_up() {
        let mut suspects = Suspects::default();
        let wanted = || vec![mail(1, "bad"), mail(2, "good"), mail(3, "")];
        let bad = Uidl::parse(b"bad").unwrap();
        let mut order = |suspects: &mut Suspects| -> Vec<u32> {
            suspects.order(wanted()).iter().map(|mail| mail.number).collect()
        };
        assert_eq!(order(&mut suspects), [1, 2, 3]);
        assert!(!suspects.accuse(&bad));
        assert_eq!(order(&mut suspects), [2, 3, 1]);
        let mut rests = Vec::new();
        for _ in 0..8 {
            suspects.accuse(&bad);
            let mut polls = 0;
            while order(&mut suspects) == [2, 3] {
                polls += 1;
            }
            rests.push(polls);
        }
        assert_eq!(rests, [2, 6, 14, 30, 62, 126, 126, 126]);
    }
}
