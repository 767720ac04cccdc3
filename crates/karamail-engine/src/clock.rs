//! The one place that reads the clock.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

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
