//! Sleep and clock jumps: what the two clocks say of the time that passed since the last look. The running clock counts
//! what this machine was awake for (on Linux; elsewhere it may count sleep too), the wall clock what people see.

use jiff::{SignedDuration, Timestamp};
use karamail_core::limits::CLOCK_JUMP;
use tokio::time::Instant;

/// The last look at both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    wall: Timestamp,
    running: Instant,
    /// When a jump was news last. One look each [`CLOCK_JUMP`] is enough: a clock that is set again and again must not
    /// poll again and again.
    found: Option<Instant>,
}

/// Something happened to the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jump {
    /// How much further the wall clock went than the running one; negative where it was set back; zero where only we
    /// were kept from looking.
    pub(super) by: SignedDuration,
    /// Whether there was none just before.
    pub(super) is_news: bool,
}

impl Pulse {
    pub(super) fn new(wall: Timestamp, running: Instant) -> Pulse {
        Pulse {
            wall,
            running,
            found: None,
        }
    }

    /// Looks at both clocks. `planned` is when we wanted to look at the latest.
    pub(super) fn look(
        &mut self,
        wall: Timestamp,
        running: Instant,
        planned: Option<Instant>,
    ) -> Option<Jump> {
        let limit = SignedDuration::try_from(CLOCK_JUMP).unwrap_or(SignedDuration::MAX);
        let ran = SignedDuration::try_from(running.saturating_duration_since(self.running))
            .unwrap_or(SignedDuration::MAX);
        let by = wall.duration_since(self.wall).saturating_sub(ran);
        let is_late = planned.is_some_and(|planned| running.saturating_duration_since(planned) > CLOCK_JUMP);
        (self.wall, self.running) = (wall, running);
        let is_jump = by.abs() > limit;
        if !is_jump && !is_late {
            return None;
        }
        let is_news = self
            .found
            .is_none_or(|found| running.saturating_duration_since(found) > CLOCK_JUMP);
        if is_news {
            self.found = Some(running);
        }
        Some(Jump {
            by: if is_jump { by } else { SignedDuration::ZERO },
            is_news,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The looks of one engine: seconds of the wall clock and of the running one, and what was found.
    fn check(looks: &[(i64, u64, Option<i64>)]) {
        let (wall, running) = (
            "2026-11-21T03:00:00Z".parse::<Timestamp>().unwrap(),
            Instant::now(),
        );
        let mut pulse = Pulse::new(wall, running);
        for (on_wall, ran, expected) in looks {
            let found = pulse.look(
                wall + SignedDuration::from_secs(*on_wall),
                running + Duration::from_secs(*ran),
                None,
            );
            let expected = expected.map(SignedDuration::from_secs);
            assert_eq!(found.map(|jump| jump.by), expected, "at {on_wall} s");
        }
    }

    #[test]
    fn clocks_that_go_together_are_no_news() {
        check(&[
            (15, 15, None),
            (31, 30, None),
            (3_700, 3_700, None),
            (3_715, 3_720, None),
        ]);
    }

    #[test]
    fn a_night_of_sleep_is_found_at_the_first_look_and_once() {
        check(&[(15, 15, None), (30_015, 20, Some(29_995)), (30_030, 35, None)]);
    }

    #[test]
    fn a_clock_set_back_or_forward_is_found_once() {
        check(&[
            (-86_400, 15, Some(-86_415)),
            (-86_385, 30, None),
            (0, 75, Some(86_355 - 15)),
        ]);
    }

    #[test]
    fn a_clock_that_is_set_again_and_again_is_no_thousand_jumps() {
        let looks: Vec<(i64, u64)> = (1..1_000).map(|n| (n * 3_600, n as u64)).collect();
        let mut pulse = Pulse::new(Timestamp::UNIX_EPOCH, Instant::now());
        let start = Instant::now();
        let found = looks.iter().filter(|(on_wall, ran)| {
            let wall = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(*on_wall);
            pulse
                .look(wall, start + Duration::from_secs(*ran), None)
                .is_some_and(|jump| jump.is_news)
        });
        assert!((30..=40).contains(&found.count()));
    }

    #[test]
    fn a_second_jump_right_behind_the_first_is_found_and_is_no_news() {
        let (wall, running) = (Timestamp::UNIX_EPOCH, Instant::now());
        let mut pulse = Pulse::new(wall, running);
        let mut look = |hours: i64, seconds: u64| {
            pulse.look(
                wall + SignedDuration::from_hours(hours),
                running + Duration::from_secs(seconds),
                None,
            )
        };
        assert!(look(1, 5).is_some_and(|jump| jump.is_news));
        assert!(look(10_000, 10).is_some_and(|jump| !jump.is_news && jump.by.as_hours() == 9_998));
    }

    #[test]
    fn a_look_that_comes_much_too_late_is_a_sleep_too() {
        let (wall, running) = (Timestamp::UNIX_EPOCH, Instant::now());
        let mut pulse = Pulse::new(wall, running);
        let hour = Duration::from_secs(3_600);
        let planned = Some(running + Duration::from_secs(15));
        let found = pulse.look(wall + SignedDuration::from_hours(1), running + hour, planned);
        assert_eq!(
            found,
            Some(Jump {
                by: SignedDuration::ZERO,
                is_news: true,
            })
        );
    }
}
