//! People who left by mail, and those who came back. The number stays in either case.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;

/// Marks the numbers of addresses in a series as left (`Some`) or as there again (`None`); part of a batch's
/// transaction.
pub(super) async fn mark(
    connection: &mut SqliteConnection,
    series: &str,
    address_keys: &[String],
    left_at: Option<i64>,
) -> Result<(), StoreError> {
    if address_keys.is_empty() {
        return Ok(());
    }
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE receipts SET left_at = ");
    query
        .push_bind(left_at)
        .push(" WHERE series = ")
        .push_bind(series);
    query.push(" AND erased_at IS NULL");
    if left_at.is_none() {
        query.push(" AND left_at IS NOT NULL");
    }
    query.push(" AND address_key IN (");
    let mut list = query.separated(", ");
    for key in address_keys {
        list.push_bind(key);
    }
    query.push(")");
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}
