//! What is fetched of a listing: the mails that the ledger does not know under their unique id.
//!
//! A unique id only avoids downloads. Whether a fetched mail is a known one after all (the provider changed every unique
//! id, or gives none) is decided by its content key when it is recorded.

use std::collections::{HashMap, HashSet};

/// A mail that the ledger believes to be on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMail {
    /// Its ledger row.
    pub id: i64,
    /// Its unique id (RFC 1939 section 7, UIDL), where the server gave one.
    pub uidl: Option<String>,
}

/// What to do with one listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchPlan {
    /// Message numbers to fetch, in the listing's order.
    pub fetch: Vec<u32>,
    /// Message numbers that are known, with their ledger rows.
    pub known: Vec<(u32, i64)>,
    /// Ledger rows whose unique id is not listed any more: deleted, or listed under another one.
    pub unlisted: Vec<i64>,
    /// Every listed mail is new although the ledger knows mails: a migration, or a box that is not the one it was.
    pub every_uidl_is_new: bool,
}

/// Compares a listing (message number and unique id) with what the ledger knows of the mailbox.
pub fn plan_fetch<'a>(
    listing: impl IntoIterator<Item = (u32, Option<&'a str>)>,
    known: &[KnownMail],
) -> FetchPlan {
    let by_uidl: HashMap<&str, i64> = known
        .iter()
        .filter_map(|mail| Some((mail.uidl.as_deref()?, mail.id)))
        .collect();
    let mut plan = FetchPlan::default();
    let mut seen = HashSet::new();
    for (number, uidl) in listing {
        // A unique id that is listed twice identifies nothing the second time.
        match uidl.and_then(|uidl| by_uidl.get(uidl)) {
            Some(id) if seen.insert(*id) => plan.known.push((number, *id)),
            _ => plan.fetch.push(number),
        }
    }
    plan.unlisted = known
        .iter()
        .map(|mail| mail.id)
        .filter(|id| !seen.contains(id))
        .collect();
    plan.every_uidl_is_new = plan.known.is_empty() && !plan.fetch.is_empty() && !by_uidl.is_empty();
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(rows: &[(i64, &str)]) -> Vec<KnownMail> {
        rows.iter()
            .map(|(id, uidl)| KnownMail {
                id: *id,
                uidl: (!uidl.is_empty()).then(|| (*uidl).to_owned()),
            })
            .collect()
    }

    #[test]
    fn a_known_mail_is_not_fetched_again() {
        let plan = plan_fetch(
            [(1, Some("a")), (2, Some("b")), (3, Some("c"))],
            &known(&[(7, "b"), (8, "gone")]),
        );
        assert_eq!(plan.fetch, [1, 3]);
        assert_eq!(plan.known, [(2, 7)]);
        assert_eq!(plan.unlisted, [8]);
        assert!(!plan.every_uidl_is_new);
    }

    #[test]
    fn a_mail_without_a_unique_id_is_always_fetched() {
        let plan = plan_fetch([(1, None), (2, None)], &known(&[(7, ""), (8, "")]));
        assert_eq!(plan.fetch, [1, 2]);
        assert_eq!(plan.unlisted, [7, 8]);
        assert!(!plan.every_uidl_is_new, "nothing was known by a unique id");
    }

    #[test]
    fn a_box_whose_every_unique_id_changed_is_noticed() {
        let plan = plan_fetch([(1, Some("x")), (2, Some("y"))], &known(&[(7, "a"), (8, "b")]));
        assert!(plan.every_uidl_is_new);
        assert_eq!(plan.fetch, [1, 2]);
    }

    #[test]
    fn a_unique_id_listed_twice_hides_no_mail() {
        let plan = plan_fetch([(1, Some("a")), (2, Some("a"))], &known(&[(7, "a")]));
        assert_eq!((plan.known, plan.fetch), (vec![(1, 7)], vec![2]));
    }
}
