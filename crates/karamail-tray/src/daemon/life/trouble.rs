//! When a notice is due. Pure: what is seen goes in with its time, what is to be told comes out.
//!
//! A trouble is told once it has lasted a minute and two polls, so a network that is away for a moment says nothing; a full disk and a fault
//! of the program at once. Its end is told
//! once, and only where the trouble was. A next trouble is told ten minutes after the last at the soonest: a network that comes and
//! goes makes two notices in ten minutes at most.

use jiff::{SignedDuration, Timestamp};

/// A trouble that is over sooner is not told.
const LASTS: SignedDuration = SignedDuration::from_secs(60);
/// Nor one that was seen by fewer polls.
const POLLS: u32 = 2;
/// From one told trouble to the next, at least.
const SPACING: SignedDuration = SignedDuration::from_mins(10);

/// What is seen of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nobody can know yet, or nothing is collected.
    Nothing,
    /// Customers are served.
    Well,
    /// They are not.
    Bad(Cause),
}

/// Why customers are not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The engine has ended by a fault.
    NoEngine,
    /// The disk is full.
    DiskFull,
    /// This mailbox's password is missing.
    PasswordMissing(String),
    /// Nothing can be fetched from this mailbox.
    Unreachable(String),
    /// Nothing can be sent from this mailbox.
    NotSending(String),
}

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// A trouble.
    Trouble(Cause),
    /// The end of the trouble that was told.
    Over,
    /// So many mails wait for a person.
    Hand(u64),
}

/// What was seen and told.
#[derive(Clone, Debug, Default)]
pub(super) struct Troubles {
    /// A trouble that stands: since when, and how many polls saw it.
    since: Option<(Timestamp, u32)>,
    is_told: bool,
    told_at: Option<Timestamp>,
    /// Mails that wait were told.
    is_hand_told: bool,
    hand_told_at: Option<Timestamp>,
}

impl Troubles {
    /// The work as it is now. `is_poll`: a poll has just ended.
    pub(super) fn see(&mut self, sight: Sight, is_poll: bool, now: Timestamp) -> Option<Telling> {
        match sight {
            Sight::Nothing => {
                self.since = None;
                None
            }
            Sight::Well => {
                self.since = None;
                std::mem::take(&mut self.is_told).then_some(Telling::Over)
            }
            Sight::Bad(cause) => {
                let (since, polls) = self.since.unwrap_or((now, 0));
                // A clock that was set back begins anew.
                let since = since.min(now);
                let polls = polls.saturating_add(u32::from(is_poll));
                self.since = Some((since, polls));
                let has_lasted = match cause.certainty() {
                    Certainty::AtOnce => true,
                    Certainty::AfterAWhile => now.duration_since(since) >= LASTS,
                    Certainty::AfterPolls => now.duration_since(since) >= LASTS && polls >= POLLS,
                };
                let is_due = has_lasted && !self.is_told && is_past(self.told_at, now);
                if !is_due {
                    return None;
                }
                (self.is_told, self.told_at) = (true, Some(now));
                Some(Telling::Trouble(cause))
            }
        }
    }

    /// So many mails wait for a person now. They are told when there are some after there were none.
    pub(super) fn see_waiting(&mut self, count: u64, now: Timestamp) -> Option<Telling> {
        if count == 0 {
            self.is_hand_told = false;
            return None;
        }
        let is_due = !self.is_hand_told && is_past(self.hand_told_at, now);
        if !is_due {
            return None;
        }
        (self.is_hand_told, self.hand_told_at) = (true, Some(now));
        Some(Telling::Hand(count))
    }

    /// The machine slept: what was seen before says nothing of now.
    pub(super) fn woke(&mut self) {
        self.since = None;
    }
}

/// When a trouble is none of a moment.
enum Certainty {
    /// It goes away by no time, and no poll brings news of it.
    AtOnce,
    /// A person may be about to mend it.
    AfterAWhile,
    /// The network may be away for a moment.
    AfterPolls,
}

impl Cause {
    fn certainty(&self) -> Certainty {
        match self {
            Cause::NoEngine | Cause::DiskFull => Certainty::AtOnce,
            Cause::PasswordMissing(_) => Certainty::AfterAWhile,
            Cause::Unreachable(_) | Cause::NotSending(_) => Certainty::AfterPolls,
        }
    }
}

fn is_past(told_at: Option<Timestamp>, now: Timestamp) -> bool {
    // Either way: a clock may have been set back.
    told_at.is_none_or(|at| now.duration_since(at).abs() >= SPACING)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bad() -> Sight {
        Sight::Bad(Cause::Unreachable("店".to_owned()))
    }

    fn at(second: i64) -> Timestamp {
        "2026-11-21T03:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
    }

    /// Polls at these seconds: `+` is well, `-` is bad, `.` is not to be known, `z` is waking from sleep. What is told at which.
    #[track_caller]
    fn check(polls: &[(i64, char)], expected: &[(i64, char)]) {
        let mut troubles = Troubles::default();
        let mut told = Vec::new();
        for (second, seen) in polls {
            let sight = match seen {
                '+' => Sight::Well,
                '-' => bad(),
                _ => Sight::Nothing,
            };
            if *seen == 'z' {
                troubles.woke();
                continue;
            }
            match troubles.see(sight, true, at(*second)) {
                Some(Telling::Over) => told.push((*second, '+')),
                Some(_) => told.push((*second, '-')),
                None => {}
            }
        }
        assert_eq!(told, expected);
    }

    #[test]
    fn a_trouble_that_lasts_is_told_once_and_so_is_its_end() {
        check(
            &[
                (0, '+'),
                (15, '-'),
                (30, '-'),
                (60, '-'),
                (105, '-'),
                (300, '-'),
                (315, '+'),
                (330, '+'),
            ],
            &[(105, '-'), (315, '+')],
        );
    }

    #[test]
    fn a_moment_without_network_says_nothing_at_all() {
        check(
            &[(0, '+'), (15, '-'), (30, '-'), (60, '+'), (75, '-'), (90, '+')],
            &[],
        );
    }

    #[test]
    fn one_failed_poll_is_no_trouble_however_long_ago_it_was() {
        check(&[(0, '-'), (3_600, '+')], &[]);
        check(&[(0, '-'), (3_600, '-')], &[(3_600, '-')]);
    }

    #[test]
    fn a_network_that_comes_and_goes_is_not_told_each_time() {
        let polls: Vec<(i64, char)> = (0..120)
            .map(|n| (n * 30, if n % 6 == 5 { '+' } else { '-' }))
            .collect();
        check(
            &polls,
            &[
                (60, '-'),
                (150, '+'),
                (660, '-'),
                (690, '+'),
                (1_320, '-'),
                (1_410, '+'),
                (1_920, '-'),
                (1_950, '+'),
                (2_580, '-'),
                (2_670, '+'),
                (3_180, '-'),
                (3_210, '+'),
            ],
        );
    }

    #[test]
    fn who_stops_collecting_in_trouble_hears_of_its_end_and_not_of_it_again() {
        check(
            &[
                (0, '-'),
                (60, '-'),
                (90, '.'),
                (900, '-'),
                (1_000, '-'),
                (1_015, '+'),
            ],
            &[(60, '-'), (1_015, '+')],
        );
    }

    #[test]
    fn nothing_is_told_because_of_a_night_of_sleep() {
        check(
            &[
                (0, '+'),
                (15, '-'),
                (30, 'z'),
                (30_000, '-'),
                (30_015, '-'),
                (30_030, '+'),
            ],
            &[],
        );
    }

    #[test]
    fn what_no_poll_finds_needs_no_poll_to_be_told() {
        let see = |cause: Cause, second| {
            let mut troubles = Troubles::default();
            let first = troubles.see(Sight::Bad(cause.clone()), false, at(0));
            let later = troubles.see(Sight::Bad(cause), false, at(second));
            (first.is_some(), later.is_some())
        };
        assert_eq!(see(Cause::DiskFull, 1), (true, false));
        assert_eq!(see(Cause::NoEngine, 1), (true, false));
        assert_eq!(see(Cause::PasswordMissing("a".to_owned()), 59), (false, false));
        assert_eq!(see(Cause::PasswordMissing("a".to_owned()), 60), (false, true));
    }

    #[test]
    fn mails_that_wait_are_told_once_until_there_are_none() {
        let mut troubles = Troubles::default();
        assert_eq!(troubles.see_waiting(0, at(0)), None);
        assert_eq!(troubles.see_waiting(2, at(1)), Some(Telling::Hand(2)));
        assert_eq!(troubles.see_waiting(3, at(2)), None);
        assert_eq!(troubles.see_waiting(0, at(3)), None);
        assert_eq!(troubles.see_waiting(1, at(4)), None, "too soon after the last");
        assert_eq!(troubles.see_waiting(1, at(700)), Some(Telling::Hand(1)));
    }

    proptest! {
        #[test]
        fn never_twice_the_same_in_a_row_and_never_two_troubles_too_close(
            steps in prop::collection::vec((0_i64..400, 0_u8..8, any::<bool>()), 0..300),
        ) {
            let (mut troubles, mut second) = (Troubles::default(), 0);
            let mut told: Vec<(i64, bool)> = Vec::new();
            for (pause, seen, is_poll) in steps {
                second += pause;
                let sight = match seen {
                    0..=2 => bad(),
                    3 => Sight::Bad(Cause::DiskFull),
                    4 | 5 => Sight::Well,
                    6 => Sight::Nothing,
                    _ => {
                        troubles.woke();
                        continue;
                    }
                };
                let is_well = sight == Sight::Well;
                if let Some(telling) = troubles.see(sight, is_poll, at(second)) {
                    prop_assert_eq!(telling == Telling::Over, is_well);
                    told.push((second, is_well));
                }
            }
            prop_assert!(told.first().is_none_or(|(_, is_well)| !is_well));
            prop_assert!(told.windows(2).all(|pair| pair[0].1 != pair[1].1));
            let troubles: Vec<i64> = told.iter().filter(|(_, is_well)| !is_well).map(|(at, _)| *at).collect();
            prop_assert!(troubles.windows(2).all(|pair| pair[1] - pair[0] >= SPACING.as_secs()));
        }
    }
}
