//! The numbers that the status shows, and how it tells times. The one place of this screen that asks the ledger.

use jiff::{SignedDuration, Timestamp, Zoned};
use karamail_core::limits::{STATUS_NEWEST, UNDELIVERED_COUNTED, UNDELIVERED_DAYS};
use karamail_core::words::screens::status as words;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, counts, results};
use karamail_engine::store::{Readers, StoreError};

/// What a shop looks at first.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) today: i64,
    pub(crate) this_month: i64,
    pub(crate) total: i64,
    /// Receipts of the last days that were refused or came back; at most [`UNDELIVERED_COUNTED`].
    pub(crate) undelivered: usize,
    pub(crate) newest: Vec<Newest>,
}

/// A number that was just given.
#[derive(Clone, Debug)]
pub(crate) struct Newest {
    pub(crate) number: i64,
    pub(crate) href: String,
    /// `None`: the person was erased.
    pub(crate) address: Option<String>,
    pub(crate) given_at: String,
    pub(crate) delivery: String,
    /// Class of the delivery's tag.
    pub(crate) class: &'static str,
}

/// Reads them; the day and the month are those of this machine's clock.
pub(crate) async fn numbers(
    readers: &Readers,
    now: Timestamp,
    language: Language,
) -> Result<Numbers, StoreError> {
    let local = clock::local(now);
    let (today, month) = clock::beginnings(&local);
    let counted = counts(readers, today, month).await?;
    let newest = Wanted {
        limit: Some(STATUS_NEWEST),
        ..Wanted::default()
    };
    let newest = results(readers, &newest).await?;
    let undelivered = Wanted {
        states: vec!["refused".to_owned(), "bounced".to_owned()],
        since: now
            .checked_sub(SignedDuration::from_hours(24 * UNDELIVERED_DAYS))
            .ok(),
        limit: Some(UNDELIVERED_COUNTED),
        ..Wanted::default()
    };
    Ok(Numbers {
        today: counted.today,
        this_month: counted.this_month,
        total: counted.total,
        undelivered: results(readers, &undelivered).await?.len(),
        newest: newest
            .into_iter()
            .map(|row| shown(row, &local, language))
            .collect(),
    })
}

fn shown(row: ResultRow, now: &Zoned, language: Language) -> Newest {
    Newest {
        number: row.number,
        href: format!("/results/{}/{}", escaped(&row.series), row.number),
        given_at: moment(&clock::local(row.given_at), now),
        delivery: row.delivery.what(language),
        class: match row.delivery {
            Delivery::Sent | Delivery::SentAgain => "good",
            Delivery::Queued | Delivery::Unsure => "busy",
            Delivery::Refused { .. } | Delivery::Bounced { .. } => "bad",
            Delivery::Withheld => "",
        },
        address: row.erased_at.is_none().then_some(row.address),
    }
}

/// A part of an address, with everything escaped that means something in addresses.
pub(crate) fn escaped(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    part.bytes()
        .map(|byte| match byte {
            byte if plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// A time as short as it may be: of today without the day, of this year without the year.
pub(crate) fn moment(at: &Zoned, now: &Zoned) -> String {
    let form = if at.date() == now.date() {
        "%H:%M:%S"
    } else if at.year() == now.year() {
        "%-m/%-d %H:%M"
    } else {
        "%Y/%-m/%-d"
    };
    at.strftime(form).to_string()
}

/// How long ago, as a person would say it.
pub(crate) fn ago(at: Timestamp, now: Timestamp, language: Language) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match minutes {
        0 => words::just_now(language),
        1..60 => words::minutes_ago(language, minutes),
        60..1_440 => words::hours_ago(language, minutes / 60),
        _ => words::days_ago(language, minutes / 1_440),
    }
}

/// Thousands apart: `12,345`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_as_short_as_it_may_be() {
        let at = |text: &str| text.parse::<Zoned>().unwrap();
        let now = at("2026-11-21T14:05:09+09:00[Asia/Tokyo]");
        for (then, expected) in [
            ("2026-11-21T00:00:00+09:00[Asia/Tokyo]", "00:00:00"),
            ("2026-11-20T23:59:00+09:00[Asia/Tokyo]", "11/20 23:59"),
            ("2025-12-31T10:00:00+09:00[Asia/Tokyo]", "2025/12/31"),
        ] {
            assert_eq!(moment(&at(then), &now), expected);
        }
    }

    #[test]
    fn how_long_ago_is_told_in_the_largest_unit() {
        let now: Timestamp = "2026-11-21T03:00:00Z".parse().unwrap();
        for (seconds, expected) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (86_399, "23 h ago"),
            (86_400, "1 days ago"),
            (864_000, "10 days ago"),
        ] {
            let at = now - SignedDuration::from_secs(seconds);
            assert_eq!(ago(at, now, Language::English), expected);
        }
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn a_series_cannot_leave_its_part_of_the_address() {
        assert_eq!(escaped("本店/../?a"), "%E6%9C%AC%E5%BA%97%2F..%2F%3Fa");
    }
}
