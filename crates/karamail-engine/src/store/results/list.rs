//! The list of results: filtered, newest first, page by page.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::limits::RESULTS_AT_ONCE;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::{ResultRow, Row, result_row};
use crate::store::{StoreError, milliseconds};

/// Which results are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One series only.
    pub series: Option<String>,
    /// One number only.
    pub number: Option<i64>,
    /// A part of the address, or the number; as people type it, full-width too.
    pub search: Option<String>,
    /// Only these states, by the names in [`Delivery::NAMES`](super::Delivery::NAMES), and `left` and `erased`; all of
    /// them where it is empty.
    pub states: Vec<String>,
    /// Only numbers given at this time or later.
    pub since: Option<Timestamp>,
    /// Only numbers given before this time.
    pub until: Option<Timestamp>,
    /// Only numbers that this mailbox gave.
    pub mailbox: Option<EmailAddress>,
    /// Only what comes behind this place in the list: the place to go on from.
    pub after: Option<Cursor>,
    /// Only what comes before this place, and the place itself.
    pub down_to: Option<Cursor>,
    /// At most so many.
    pub limit: Option<u32>,
}

/// A place in the list: its row is never deleted and never moves, so it is good for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// When the row's number was given, Unix milliseconds.
    given_at: i64,
    number: i64,
    series: String,
}

impl Cursor {
    /// The place of a row.
    pub fn of(row: &ResultRow) -> Cursor {
        Cursor {
            given_at: milliseconds(row.given_at),
            number: row.number,
            series: row.series.clone(),
        }
    }
}

/// As it travels in an address: `1764000000000.1710.main`.
impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.given_at, self.number, self.series)
    }
}

/// A text that is no place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in the list")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;
    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(NoCursor);
        Ok(Cursor {
            given_at: next()?.parse().map_err(|_| NoCursor)?,
            number: next()?.parse().map_err(|_| NoCursor)?,
            series: next()?.to_owned(),
        })
    }
}

/// Results, newest first.
pub async fn results(readers: &SqlitePool, wanted: &Wanted) -> Result<Vec<ResultRow>, StoreError> {
    let mut rows = Vec::new();
    each_result(readers, wanted, |row| {
        rows.push(row);
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(rows)
}

/// Hands each result to `each`, newest first, as it is read: a hundred thousand take no more memory than a few hundred,
/// and no reader is held while `each` works.
///
/// # Errors
/// The ledger's, or the first that `each` gives, which ends the reading.
pub async fn each_result<E: From<StoreError>>(
    readers: &SqlitePool,
    wanted: &Wanted,
    mut each: impl FnMut(ResultRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = wanted.after.clone();
    let mut left = wanted.limit.unwrap_or(u32::MAX);
    while left > 0 {
        let at_once = left.min(RESULTS_AT_ONCE);
        let rows: Vec<Row> = page(wanted, after.as_ref(), at_once)
            .build_query_as()
            .persistent(false)
            .fetch_all(readers)
            .await
            .map_err(StoreError::from)?;
        let found = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for row in rows.into_iter().map(result_row) {
            after = Some(Cursor::of(&row));
            each(row)?;
        }
        if found < at_once {
            break;
        }
        left -= found;
    }
    Ok(())
}

/// How many results there are in all, wherever the list begins and ends.
pub async fn count(readers: &SqlitePool, wanted: &Wanted) -> Result<i64, StoreError> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM receipts AS r WHERE 1");
    filter(&mut query, wanted);
    Ok(query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(readers)
        .await?)
}

/// How many results stand before this place, the newest among them; never more than `most`.
pub async fn newer(
    readers: &SqlitePool,
    wanted: &Wanted,
    place: &Cursor,
    most: u32,
) -> Result<u32, StoreError> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM receipts AS r WHERE 1");
    filter(&mut query, wanted);
    compare(&mut query, ">", place);
    query.push(" LIMIT ").push_bind(most).push(")");
    let count: i64 = query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(readers)
        .await?;
    Ok(count.try_into().unwrap_or(0))
}

/// One page. The rows are found in the index `receipts_listed` alone, which has everything they are filtered by; the
/// view is asked for those that are shown.
fn page(wanted: &Wanted, after: Option<&Cursor>, limit: u32) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "SELECT d.series, d.number, d.address, b.address_key AS mailbox, d.given_at, d.state, d.class, d.settled_at, \
         d.attempts, d.answer, d.left_at, d.erased_at \
         FROM (SELECT r.series, r.number, r.given_at FROM receipts AS r WHERE 1",
    );
    filter(&mut query, wanted);
    if let Some(after) = after {
        compare(&mut query, "<", after);
    }
    if let Some(last) = &wanted.down_to {
        compare(&mut query, ">=", last);
    }
    query.push(" ORDER BY r.given_at DESC, r.number DESC, r.series DESC LIMIT ");
    query.push_bind(limit);
    query.push(
        ") AS k CROSS JOIN delivery AS d ON d.series = k.series AND d.number = k.number \
         JOIN mailboxes AS b ON b.id = d.mailbox_id ORDER BY k.given_at DESC, k.number DESC, k.series DESC",
    );
    query
}

fn filter(query: &mut QueryBuilder<Sqlite>, wanted: &Wanted) {
    if let Some(series) = &wanted.series {
        query.push(" AND r.series = ").push_bind(series.clone());
    }
    if let Some(number) = wanted.number {
        query.push(" AND r.number = ").push_bind(number);
    }
    let search = wanted.search.as_deref().map(folded).unwrap_or_default();
    if !search.is_empty() {
        // What stands for the address of a person who was erased is not found.
        query.push(" AND ((r.erased_at IS NULL AND instr(r.address_key, ");
        query.push_bind(search.clone()).push(") > 0)");
        if let Some(number) = as_number(&search) {
            query.push(" OR r.number = ").push_bind(number);
        }
        query.push(")");
    }
    if let Some(since) = wanted.since {
        query.push(" AND r.given_at >= ").push_bind(milliseconds(since));
    }
    if let Some(until) = wanted.until {
        query.push(" AND r.given_at < ").push_bind(milliseconds(until));
    }
    if let Some(mailbox) = &wanted.mailbox {
        query.push(" AND r.mailbox_id = (SELECT id FROM mailboxes WHERE address_key = ");
        query.push_bind(mailbox.key()).push(")");
    }
    if !wanted.states.is_empty() {
        query.push(" AND (r.standing IN (");
        let mut list = query.separated(", ");
        for state in &wanted.states {
            list.push_bind(state.clone());
        }
        query.push(")");
        for (name, condition) in [
            ("left", " OR r.left_at IS NOT NULL"),
            ("erased", " OR r.erased_at IS NOT NULL"),
        ] {
            if wanted.states.iter().any(|state| state == name) {
                query.push(condition);
            }
        }
        query.push(")");
    }
}

fn compare(query: &mut QueryBuilder<Sqlite>, how: &'static str, place: &Cursor) {
    query.push(" AND (r.given_at, r.number, r.series) ").push(how);
    query.push(" (").push_bind(place.given_at);
    query.push(", ").push_bind(place.number);
    query.push(", ").push_bind(place.series.clone()).push(")");
}

/// A search as address keys are written: full-width letters and digits made narrow, lower case, no blanks around.
fn folded(search: &str) -> String {
    let narrow = search.chars().map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    });
    let narrow: String = narrow.collect();
    narrow
        .trim_matches(karamail_core::address::is_blank)
        .to_lowercase()
}

fn as_number(search: &str) -> Option<i64> {
    let is_number = !search.is_empty() && search.bytes().all(|byte| byte.is_ascii_digit());
    search.parse().ok().filter(|_| is_number)
}

impl Wanted {
    /// The number that the search names, where it is nothing but a number.
    pub fn searched_number(&self) -> Option<i64> {
        as_number(&folded(self.search.as_deref()?))
    }
}
