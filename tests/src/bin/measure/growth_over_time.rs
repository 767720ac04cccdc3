//! Whether something grows, judged by its lows: what leaks is never given back, so the lows rise with it, and what comes and
//! goes does not.

/// How many stretches the time is cut into; each has one low.
const STRETCHES: usize = 24;
/// A rise over the whole time that is not called growth: a twentieth, or half of one.
const SHARE: f64 = 0.05;
const LEAST: f64 = 0.5;

/// How the lows of something rise.
pub(crate) struct Growth {
    /// Of one hour.
    slope: f64,
    hours: f64,
    /// The middle low.
    level: f64,
}

impl Growth {
    /// Of points in time (hours) and value: the middle of the slopes between any two lows (Theil and Sen), which a few odd
    /// ones do not move.
    pub(crate) fn of(points: impl IntoIterator<Item = (f64, f64)>) -> Growth {
        let points: Vec<(f64, f64)> = points.into_iter().collect();
        let size = points.len().div_ceil(STRETCHES).max(1);
        let lows: Vec<(f64, f64)> = points
            .chunks(size)
            .filter_map(|stretch| {
                stretch
                    .iter()
                    .copied()
                    .min_by(|one, other| one.1.total_cmp(&other.1))
            })
            .collect();
        let mut slopes = Vec::new();
        for (place, one) in lows.iter().enumerate() {
            for other in lows.iter().skip(place + 1) {
                if other.0 > one.0 {
                    slopes.push((other.1 - one.1) / (other.0 - one.0));
                }
            }
        }
        let hours = match (points.first(), points.last()) {
            (Some(first), Some(last)) => last.0 - first.0,
            _ => 0.0,
        };
        Growth {
            slope: crate::table::median(slopes),
            hours,
            level: crate::table::median(lows.iter().map(|low| low.1)),
        }
    }

    /// Whether there is none.
    pub(crate) fn is_none(&self) -> bool {
        self.slope * self.hours <= (self.level * SHARE).max(LEAST)
    }

    /// In figures.
    pub(crate) fn tell(&self, unit: &str) -> String {
        format!(
            "{:+.2} {unit} in {:.0} minutes, at {:.1}",
            self.slope * self.hours,
            self.hours * 60.0,
            self.level
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Growth;

    /// An hour of saw teeth, a look each second, that rise by so much.
    fn teeth(rise: f64) -> Growth {
        Growth::of((0..3600).map(|second| {
            let hour = f64::from(second) / 3600.0;
            (hour, 20.0 + f64::from(second % 37) / 4.0 + rise * hour)
        }))
    }

    #[test]
    fn what_comes_and_goes_is_no_growth_and_a_slow_leak_is() {
        assert!(teeth(0.0).is_none());
        assert!(teeth(-3.0).is_none());
        assert!(teeth(0.5).is_none(), "within what is allowed");
        assert!(!teeth(2.0).is_none(), "{}", teeth(2.0).tell("MB"));
        assert!((teeth(2.0).slope - 2.0).abs() < 0.2);
    }

    #[test]
    fn nothing_seen_is_no_growth() {
        assert!(Growth::of([]).is_none());
        assert!(Growth::of([(0.0, 1.0)]).is_none());
    }
}
