//! The light: what may be said of collecting. Pure; the clock is an argument. The status page and the tray icon show the same.
//!
//! Invariant: it is green only while collecting, where the last poll of every mailbox succeeded and none is overdue.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use karamail_core::limits::{LONG_POLL, POLL_GRACE};
use karamail_core::words::Language;
use karamail_core::words::screens::status as words;

use crate::engine::{MailboxStatus, Status};

/// The finest that a planned moment needs to be.
const JUST_AFTER: SignedDuration = SignedDuration::from_millis(1);

/// What the light says, the first that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Light {
    /// The shop stopped it.
    Stopped,
    /// The disk is full.
    DiskFull,
    /// The settings enable no mailbox.
    NoMailbox,
    /// The password of this mailbox is missing.
    PasswordMissing(String),
    /// The last poll of this mailbox failed.
    Unreachable(String),
    /// This mailbox should have been polled before now.
    Late(String),
    /// A mailbox was not polled yet, or is being polled after a while without.
    Checking,
    /// It collects, but something needs a hand.
    Attention,
    /// All is well.
    Collecting,
}

/// How a light looks; its name is also the class in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// All is well.
    Good,
    /// Something is on its way.
    Busy,
    /// Nothing goes on, as the shop wants it.
    Idle,
    /// Something can wait, but not for ever.
    Warn,
    /// Customers get no numbers.
    Bad,
}

impl Light {
    /// What it says, in a word.
    pub fn name(&self, language: Language) -> String {
        match self {
            Light::Collecting => words::collecting(language),
            Light::Checking => words::checking(language),
            Light::Stopped => words::stopped(language),
            Light::Attention => words::attention(language),
            Light::NoMailbox => words::no_mailbox(language),
            Light::DiskFull => words::disk_full(language),
            Light::PasswordMissing(_) => words::password_missing(language),
            Light::Unreachable(_) => words::unreachable(language),
            Light::Late(_) => words::late(language),
        }
    }

    /// The mailbox that it is about, where it is about one.
    pub fn mailbox(&self) -> Option<&str> {
        match self {
            Light::PasswordMissing(name) | Light::Unreachable(name) | Light::Late(name) => Some(name),
            _ => None,
        }
    }

    /// How it looks.
    pub fn colour(&self) -> Colour {
        match self {
            Light::Collecting => Colour::Good,
            Light::Checking => Colour::Busy,
            Light::Stopped => Colour::Idle,
            Light::Attention | Light::NoMailbox => Colour::Warn,
            Light::DiskFull | Light::PasswordMissing(_) | Light::Unreachable(_) | Light::Late(_) => {
                Colour::Bad
            }
        }
    }
}

impl Colour {
    /// Its stable name.
    pub fn class(self) -> &'static str {
        match self {
            Colour::Good => "good",
            Colour::Busy => "busy",
            Colour::Idle => "idle",
            Colour::Warn => "warn",
            Colour::Bad => "bad",
        }
    }
}

/// How far one mailbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// Its last poll succeeded, and it is not overdue.
    Well,
    /// It is on the way.
    Checking,
    /// It is overdue.
    Late,
}

/// What may be said at `now` of an engine that polls each `interval`.
pub fn judge(status: &Status, interval: Duration, now: Timestamp) -> Light {
    if !status.is_collecting {
        return Light::Stopped;
    }
    if status.disk_fault.is_some() {
        return Light::DiskFull;
    }
    let mailboxes = &status.mailboxes;
    if mailboxes.is_empty() {
        return Light::NoMailbox;
    }
    let first = |is: &dyn Fn(&MailboxStatus) -> bool| {
        let found = mailboxes.iter().find(|mailbox| is(mailbox));
        found.map(|mailbox| mailbox.name.clone())
    };
    if let Some(name) = first(&|mailbox| mailbox.is_password_missing) {
        return Light::PasswordMissing(name);
    }
    if let Some(name) = first(&|mailbox| mailbox.receive_fault.is_some()) {
        return Light::Unreachable(name);
    }
    if let Some(name) = first(&|mailbox| is_late(status, mailbox, interval, now)) {
        return Light::Late(name);
    }
    if first(&|mailbox| polled(mailbox, interval, now) != Polled::Well).is_some() {
        return Light::Checking;
    }
    let is_troubled =
        |mailbox: &MailboxStatus| mailbox.send_fault.is_some() || mailbox.every_uidl_new_at.is_some();
    if status.settings_faults.is_some() || status.log_fault.is_some() || first(&is_troubled).is_some() {
        return Light::Attention;
    }
    Light::Collecting
}

/// When [`judge`] will first say something else of a status that stays as it is; `None`: never. So whoever shows the light
/// wakes once, and not again and again to look.
pub fn turns_at(status: &Status, interval: Duration, now: Timestamp) -> Option<Timestamp> {
    let light = judge(status, interval, now);
    let grace = signed(POLL_GRACE);
    let interval_signed = signed(interval);
    let mut moments: Vec<Timestamp> = status
        .mailboxes
        .iter()
        .flat_map(|mailbox| {
            let after = |at: Option<Timestamp>, wait: SignedDuration| at?.checked_add(wait).ok();
            [
                after(mailbox.next_poll, grace),
                after(mailbox.last_good_poll, -grace),
                after(mailbox.last_good_poll, interval_signed.saturating_add(grace)),
                after(
                    mailbox.last_good_poll,
                    interval_signed.saturating_add(signed(LONG_POLL)),
                ),
            ]
        })
        .flatten()
        .chain(
            [POLL_GRACE, LONG_POLL]
                .into_iter()
                .filter_map(|wait| status.woke_at?.checked_add(signed(wait)).ok()),
        )
        // Each bound still holds at its moment, and no longer just after it.
        .filter_map(|at| at.checked_add(JUST_AFTER).ok())
        .filter(|at| *at > now)
        .collect();
    moments.sort_unstable();
    moments
        .into_iter()
        .find(|at| judge(status, interval, *at) != light)
}

/// Whether a mailbox is overdue, and not just because this machine slept: then its first poll is waited for.
pub fn is_late(status: &Status, mailbox: &MailboxStatus, interval: Duration, now: Timestamp) -> bool {
    let wait = match mailbox.is_polling {
        true => LONG_POLL,
        false => POLL_GRACE,
    };
    let is_waking = status
        .woke_at
        .is_some_and(|at| now.duration_since(at).abs() <= signed(wait));
    !is_waking && polled(mailbox, interval, now) == Polled::Late
}

/// How far a mailbox is whose last poll did not fail.
pub fn polled(mailbox: &MailboxStatus, interval: Duration, now: Timestamp) -> Polled {
    let grace = signed(POLL_GRACE);
    let is_due_long_ago = mailbox
        .next_poll
        .is_some_and(|due| !mailbox.is_polling && now.duration_since(due) > grace);
    let age = mailbox.last_good_poll.map(|at| now.duration_since(at));
    match age {
        _ if is_due_long_ago => Polled::Late,
        None => Polled::Checking,
        // A poll in the future: the clock was set back, and nobody knows how old it is.
        Some(age) if age < -grace => Polled::Checking,
        Some(age) if age <= signed(interval).saturating_add(grace) => Polled::Well,
        // After a start or a sleep the next poll is not planned yet, or already under way.
        Some(_) if !mailbox.is_polling && mailbox.next_poll.is_none() => Polled::Checking,
        Some(age) if mailbox.is_polling && age <= signed(interval).saturating_add(signed(LONG_POLL)) => {
            Polled::Checking
        }
        Some(_) => Polled::Late,
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use karamail_core::words::{Telling, Told};

    use super::*;

    const NOW: &str = "2026-11-21T03:00:00Z";

    struct Fault;
    impl Told for Fault {
        fn what(&self, _: Language) -> String {
            "x".to_owned()
        }
    }

    /// A mailbox whose last good poll ended so many seconds ago, and whose next one is due in so many.
    fn mailbox(ended: Option<i64>, due: Option<i64>) -> MailboxStatus {
        let now: Timestamp = NOW.parse().unwrap();
        let status = untroubled(ended.map(|ago| now - SignedDuration::from_secs(ago)));
        MailboxStatus {
            next_poll: due.map(|seconds| now + SignedDuration::from_secs(seconds)),
            ..status
        }
    }

    fn untroubled(last_good_poll: Option<Timestamp>) -> MailboxStatus {
        MailboxStatus {
            name: "a".to_owned(),
            address: "a@shop.example".to_owned(),
            is_polling: false,
            last_good_poll,
            next_poll: None,
            receive_fault: None,
            send_fault: None,
            is_password_missing: false,
            waiting: crate::store::aside::AsideCounts::default(),
            every_uidl_new_at: None,
            problems: 0,
        }
    }

    #[track_caller]
    fn check(interval: u64, mailboxes: &[MailboxStatus], expected: Light) {
        let status = Status {
            is_collecting: true,
            mailboxes: mailboxes.to_vec(),
            ..Status::default()
        };
        let found = judge(&status, Duration::from_secs(interval), NOW.parse().unwrap());
        assert_eq!(found, expected);
    }

    fn polling(mailbox: MailboxStatus) -> MailboxStatus {
        MailboxStatus {
            is_polling: true,
            next_poll: None,
            ..mailbox
        }
    }

    fn late() -> Light {
        Light::Late("a".to_owned())
    }

    #[test]
    fn it_is_green_only_where_every_last_poll_succeeded_and_none_is_overdue() {
        let good = mailbox(Some(5), Some(10));
        check(15, std::slice::from_ref(&good), Light::Collecting);
        check(15, &[good.clone(), mailbox(None, Some(0))], Light::Checking);
        check(15, &[good.clone(), mailbox(Some(500), Some(-400))], late());
        // Being polled while the last poll is fresh is no doubt.
        check(15, &[polling(mailbox(Some(15), None))], Light::Collecting);
        check(15, &[], Light::NoMailbox);
    }

    #[test]
    fn a_poll_that_is_overdue_is_not_green() {
        // interval, last good poll ended so long ago, next due in, polling: what is said
        for (interval, ended, due, is_polling, expected) in [
            (15, 75, Some(0), false, Light::Collecting),
            (15, 76, Some(0), false, late()),
            (15, 40, Some(-60), false, Light::Collecting),
            (15, 40, Some(-61), false, late()),
            // A failing mailbox that is mended backs off; what counts is the last good poll.
            (15, 3_600, Some(200), false, late()),
            // An interval of an hour.
            (3_600, 3_599, Some(1), false, Light::Collecting),
            (3_600, 3_660, Some(-60), false, Light::Collecting),
            (3_600, 3_661, Some(-61), false, late()),
            // The machine slept all night: at first nothing is planned, then the poll runs.
            (15, 30_000, None, false, Light::Checking),
            (15, 30_000, Some(-29_000), false, late()),
            (15, 500, None, true, Light::Checking),
            (15, 915, None, true, Light::Checking),
            (15, 916, None, true, late()),
            // The clock was set back by a day.
            (15, -86_400, Some(10), false, Light::Checking),
        ] {
            let one = MailboxStatus {
                is_polling,
                ..mailbox(Some(ended), due)
            };
            check(interval, &[one], expected);
        }
        check(15, &[mailbox(None, Some(-61))], late());
    }

    #[test]
    fn after_a_sleep_the_first_poll_is_waited_for_before_anything_is_called_late() {
        let now: Timestamp = NOW.parse().unwrap();
        let at = |seconds, is_polling| {
            let slept = mailbox(Some(30_000), Some(-29_000));
            let status = Status {
                is_collecting: true,
                mailboxes: vec![if is_polling { polling(slept) } else { slept }],
                woke_at: Some(now - SignedDuration::from_secs(seconds)),
                ..Status::default()
            };
            let turn = turns_at(&status, Duration::from_secs(15), now)
                .map(|turn| turn.duration_since(now).as_secs());
            (judge(&status, Duration::from_secs(15), now), turn)
        };
        assert_eq!(at(0, false), (Light::Checking, Some(60)));
        assert_eq!(at(60, false).0, Light::Checking);
        assert_eq!(at(61, false).0, late());
        assert_eq!(at(61, true), (Light::Checking, Some(839)), "the poll runs");
        assert_eq!(at(901, true).0, late());
    }

    #[test]
    fn what_is_wrong_is_said_worst_first() {
        let good = mailbox(Some(5), Some(10));
        let failing = MailboxStatus {
            receive_fault: Some(Telling::of(&Fault)),
            ..good.clone()
        };
        let without_password = MailboxStatus {
            is_password_missing: true,
            ..failing.clone()
        };
        let unsent = MailboxStatus {
            send_fault: Some(Telling::of(&Fault)),
            ..good.clone()
        };
        let strange = MailboxStatus {
            every_uidl_new_at: Some(NOW.parse().unwrap()),
            ..good.clone()
        };
        check(
            15,
            &[good.clone(), failing.clone()],
            Light::Unreachable("a".to_owned()),
        );
        check(
            15,
            &[polling(failing.clone())],
            Light::Unreachable("a".to_owned()),
        );
        check(
            15,
            &[without_password, failing.clone()],
            Light::PasswordMissing("a".to_owned()),
        );
        check(15, &[good.clone(), unsent], Light::Attention);
        check(15, &[strange], Light::Attention);
        let now = NOW.parse().unwrap();
        let interval = Duration::from_secs(15);
        let fault = Some(Telling::of(&Fault));
        let of = |status: Status| {
            judge(
                &Status {
                    mailboxes: vec![good.clone()],
                    ..status
                },
                interval,
                now,
            )
        };
        let collecting = || Status {
            is_collecting: true,
            ..Status::default()
        };
        assert_eq!(of(Status::default()), Light::Stopped);
        assert_eq!(
            of(Status {
                disk_fault: fault.clone(),
                ..collecting()
            }),
            Light::DiskFull
        );
        assert_eq!(
            of(Status {
                log_fault: fault.clone(),
                ..collecting()
            }),
            Light::Attention
        );
        assert_eq!(
            of(Status {
                settings_faults: fault,
                ..collecting()
            }),
            Light::Attention
        );
        assert_eq!(of(collecting()), Light::Collecting);
    }

    #[test]
    fn the_moment_at_which_the_light_turns_is_known_before() {
        let now: Timestamp = NOW.parse().unwrap();
        let interval = Duration::from_secs(15);
        let failing = MailboxStatus {
            receive_fault: Some(Telling::of(&Fault)),
            ..mailbox(Some(5), Some(10))
        };
        for mailboxes in [
            vec![mailbox(Some(5), Some(10))],
            vec![mailbox(Some(5), Some(10)), mailbox(Some(30), Some(-40))],
            vec![polling(mailbox(Some(30), None))],
            vec![polling(mailbox(Some(80), None))],
            vec![mailbox(None, Some(3))],
            vec![mailbox(Some(-600), Some(300))],
            vec![mailbox(Some(500), Some(-400))],
            vec![mailbox(Some(500), None)],
            vec![failing],
            vec![],
        ] {
            for is_collecting in [true, false] {
                let status = Status {
                    is_collecting,
                    mailboxes: mailboxes.clone(),
                    ..Status::default()
                };
                let of = |at: Timestamp| judge(&status, interval, at);
                // Looking again and again, which nobody shall do, finds the same moment.
                let seconds = (0..3_600).map(|seconds| now + SignedDuration::from_secs(seconds));
                let seen = seconds.into_iter().find(|at| of(*at) != of(now));
                let planned = turns_at(&status, interval, now);
                match (seen, planned) {
                    (None, None) => {}
                    (Some(seen), Some(planned)) => {
                        assert!(planned <= seen, "{status:?}");
                        assert!(
                            seen.duration_since(planned) < SignedDuration::from_secs(1),
                            "{status:?}"
                        );
                    }
                    other => panic!("{other:?} of {status:?}"),
                }
            }
        }
    }

    #[test]
    fn only_all_is_well_is_green() {
        let name = || "a".to_owned();
        for light in [
            Light::Stopped,
            Light::DiskFull,
            Light::NoMailbox,
            Light::PasswordMissing(name()),
            Light::Unreachable(name()),
            Light::Late(name()),
            Light::Checking,
            Light::Attention,
        ] {
            assert_ne!(light.colour(), Colour::Good, "{light:?}");
        }
        assert_eq!(Light::Collecting.colour(), Colour::Good);
    }
}
