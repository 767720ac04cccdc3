//! Rows by their numbers, as statements that are put together name them.

use sqlx::{QueryBuilder, Sqlite};

/// Appends what stands behind `id IN (`, with the bracket that closes it.
pub(super) fn push_ids(query: &mut QueryBuilder<Sqlite>, ids: &[i64]) {
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}
