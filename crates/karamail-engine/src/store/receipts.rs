//! Numbers: which one an address has, and the next one.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;

/// The numbers of one series inside one transaction: what is taken here is committed with the batch or not at all.
pub(crate) struct Numbers {
    next: i64,
    /// Address key → its newest number and how many it has.
    given: HashMap<String, (i64, i64)>,
}

/// Where numbering stood before one mail.
pub(crate) struct NumbersMark {
    next: i64,
    given: Option<(String, Option<(i64, i64)>)>,
}

impl Numbers {
    /// Reads the series' next number (its first one where it is new) and what the addresses of this batch have.
    pub(crate) async fn load(
        connection: &mut SqliteConnection,
        series: &str,
        first_number: i64,
        address_keys: &[String],
    ) -> Result<Numbers, StoreError> {
        let next: Option<i64> = sqlx::query_scalar("SELECT next_number FROM series WHERE name = ?1")
            .bind(series)
            .fetch_optional(&mut *connection)
            .await?;
        Ok(Numbers {
            next: next.unwrap_or(first_number),
            given: numbers_of(connection, series, address_keys).await?,
        })
    }

    /// The newest number of an address.
    pub(crate) fn of(&self, address_key: &str) -> Option<i64> {
        self.given.get(address_key).map(|(number, _)| *number)
    }

    /// Remembers where numbering stands before a mail of this address.
    pub(crate) fn mark(&self, address_key: Option<&str>) -> NumbersMark {
        let given = address_key.map(|key| (key.to_owned(), self.given.get(key).copied()));
        NumbersMark {
            next: self.next,
            given,
        }
    }

    /// Takes back what was taken since the mark: it was written nowhere.
    pub(crate) fn back_to(&mut self, mark: NumbersMark) {
        self.next = mark.next;
        match mark.given {
            Some((key, Some(given))) => drop(self.given.insert(key, given)),
            Some((key, None)) => drop(self.given.remove(&key)),
            None => {}
        }
    }

    /// Takes the next number for an address; returns it and which issue it is for that address (1 for the first).
    pub(crate) fn take(&mut self, address_key: &str) -> (i64, i64) {
        let number = self.next;
        self.next += 1;
        let issue = self.given.get(address_key).map_or(1, |(_, issue)| issue + 1);
        self.given.insert(address_key.to_owned(), (number, issue));
        (number, issue)
    }
}

/// The newest number and the count of numbers of each address that has one.
pub(crate) async fn numbers_of(
    connection: &mut SqliteConnection,
    series: &str,
    address_keys: &[String],
) -> Result<HashMap<String, (i64, i64)>, StoreError> {
    if address_keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT address_key, max(number), max(issue) FROM receipts WHERE series = ");
    query.push_bind(series).push(" AND address_key IN (");
    let mut list = query.separated(", ");
    for key in address_keys {
        list.push_bind(key);
    }
    query.push(") GROUP BY address_key");
    let rows: Vec<(String, i64, i64)> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, number, issue)| (key, (number, issue)))
        .collect())
}
