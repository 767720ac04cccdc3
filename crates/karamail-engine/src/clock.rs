//! The one place that reads the clock.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// The time now.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    #[cfg(test)]
    if let Some(simulated) = crate::simulation::seams::now() {
        return simulated;
    }
    Timestamp::now()
}

/// `at` in the time zone of this machine, which the shop's monthly log and receipts are written in.
pub fn local(at: Timestamp) -> Zoned {
    #[cfg(test)]
    if crate::simulation::seams::now().is_some() {
        return at.to_zoned(TimeZone::UTC);
    }
    at.to_zoned(TimeZone::system())
}

/// When the day and the month of `now` began. Where midnight was skipped by the clock, the first moment after it.
pub fn beginnings(now: &Zoned) -> (Timestamp, Timestamp) {
    let day = now.start_of_day().unwrap_or_else(|_| now.clone());
    let month = now
        .with()
        .day(1)
        .time(Time::midnight())
        .build()
        .and_then(|first| first.start_of_day());
    (day.timestamp(), month.unwrap_or(day).timestamp())
}

/// When the next day begins; `None` at the end of time.
pub fn tomorrow(now: &Zoned) -> Option<Timestamp> {
    let day = now.checked_add(1.day()).ok()?;
    Some(day.start_of_day().ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_and_the_month_begin_where_the_shop_is() {
        let now: Zoned = "2026-11-21T08:30:00+09:00[Asia/Tokyo]".parse().unwrap();
        let (day, month) = beginnings(&now);
        assert_eq!(day.to_string(), "2026-11-20T15:00:00Z");
        assert_eq!(month.to_string(), "2026-10-31T15:00:00Z");
        assert_eq!(tomorrow(&now).unwrap().to_string(), "2026-11-21T15:00:00Z");
        // In São Paulo midnight was skipped on the first day of summer time.
        let now: Zoned = "2018-11-04T05:00:00-02:00[America/Sao_Paulo]".parse().unwrap();
        assert_eq!(beginnings(&now).0.to_string(), "2018-11-04T03:00:00Z");
        let before: Zoned = "2018-11-03T23:30:00-03:00[America/Sao_Paulo]".parse().unwrap();
        assert_eq!(tomorrow(&before).unwrap().to_string(), "2018-11-04T03:00:00Z");
    }
}
