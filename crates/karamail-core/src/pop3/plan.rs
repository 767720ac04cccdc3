//! What is fetched of a listing: the mails that the ledger does not know under their unique id.
//!
//! A unique id only avoids downloads. Whether a fetched mail is a known one after all (the provider changed every unique
//! id, or gives none) is decided by its content key when it is recorded.

use std::collections::{HashMap, HashSet};

/// How far a unique id is trusted to stand for the ledger's mail. RFC 1939 section 7 lets a server give the id of a mail
/// that is gone to a new one, and the ledger may not have heard yet that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nothing of it can be compared: its header was never read.
    Id,
    /// As long as the size in the listing is that of the ledger; `None` where the ledger has none.
    IdAndSize(Option<u64>),
    /// Not at all: its deletion was asked for. If it is there after all, its content tells.
    Content,
}

/// A mail that the ledger believes to be on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMail {
    /// Its ledger row.
    pub id: i64,
    /// Its unique id (RFC 1939 section 7, UIDL), where the server gave one.
    pub uidl: Option<String>,
    /// What that id is worth.
    pub trust: Trust,
}

/// What to do with one listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchPlan {
    /// Message numbers to fetch: new ones first, then those that were to be deleted, then those that are doubted.
    pub fetch: Vec<u32>,
    /// Message numbers that are known, with their ledger rows.
    pub known: Vec<(u32, i64)>,
    /// Of those to fetch, the ones that are known but for their size, with their ledger rows.
    pub doubted: Vec<Doubt>,
    /// Ledger rows whose unique id is not listed any more or is not trusted: deleted, or listed under another one.
    pub unlisted: Vec<i64>,
    /// Every listed mail is new although the ledger knows mails: a migration, or a box that is not the one it was.
    pub every_uidl_is_new: bool,
}

/// A known mail whose size is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Its message number.
    pub number: u32,
    /// Its ledger row.
    pub id: i64,
    /// Whether the ledger has a size of it, which differs.
    pub had_size: bool,
}

/// Compares a listing (message number, unique id and size) with what the ledger knows of the mailbox. At most
/// `most_doubts` known mails are doubted for their size.
pub fn plan_fetch<'a>(
    listing: impl IntoIterator<Item = (u32, Option<&'a str>, Option<u64>)>,
    known: &[KnownMail],
    most_doubts: usize,
) -> FetchPlan {
    let by_uidl: HashMap<&str, &KnownMail> = known
        .iter()
        .filter_map(|mail| Some((mail.uidl.as_deref()?, mail)))
        .collect();
    let mut plan = FetchPlan::default();
    let mut leaving = Vec::new();
    let mut seen = HashSet::new();
    for (number, uidl, size) in listing {
        // A unique id that is listed twice identifies nothing the second time.
        let mail = uidl.and_then(|uidl| by_uidl.get(uidl));
        let Some(mail) = mail.filter(|mail| seen.insert(mail.id)) else {
            plan.fetch.push(number);
            continue;
        };
        let differs = |before: Option<u64>| size.is_some() && size != before;
        match mail.trust {
            Trust::Content => leaving.push(number),
            Trust::IdAndSize(before) if differs(before) && plan.doubted.len() < most_doubts => {
                plan.doubted.push(Doubt {
                    number,
                    id: mail.id,
                    had_size: before.is_some(),
                });
            }
            Trust::Id | Trust::IdAndSize(_) => plan.known.push((number, mail.id)),
        }
    }
    plan.every_uidl_is_new = seen.is_empty() && !plan.fetch.is_empty() && !by_uidl.is_empty();
    plan.fetch.extend(leaving);
    plan.fetch.extend(plan.doubted.iter().map(|doubt| doubt.number));
    let trusted: HashSet<i64> = plan.known.iter().map(|(_, id)| *id).collect();
    plan.unlisted = known
        .iter()
        .map(|mail| mail.id)
        .filter(|id| !trusted.contains(id))
        .collect();
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
                trust: Trust::IdAndSize(Some(100)),
            })
            .collect()
    }

    fn plan(listing: &[(u32, Option<&str>)], known: &[KnownMail]) -> FetchPlan {
        let listing = listing.iter().map(|(number, uidl)| (*number, *uidl, Some(100)));
        plan_fetch(listing, known, 10)
    }

    #[test]
    fn a_known_mail_is_not_fetched_again() {
        let plan = plan(
            &[(1, Some("a")), (2, Some("b")), (3, Some("c"))],
            &known(&[(7, "b"), (8, "gone")]),
        );
        assert_eq!(plan.fetch, [1, 3]);
        assert_eq!(plan.known, [(2, 7)]);
        assert_eq!(plan.unlisted, [8]);
        assert!(!plan.every_uidl_is_new);
    }

    #[test]
    fn a_mail_without_a_unique_id_is_always_fetched() {
        let plan = plan(&[(1, None), (2, None)], &known(&[(7, ""), (8, "")]));
        assert_eq!(plan.fetch, [1, 2]);
        assert_eq!(plan.unlisted, [7, 8]);
        assert!(!plan.every_uidl_is_new, "nothing was known by a unique id");
    }

    #[test]
    fn a_box_whose_every_unique_id_changed_is_noticed() {
        let plan = plan(&[(1, Some("x")), (2, Some("y"))], &known(&[(7, "a"), (8, "b")]));
        assert!(plan.every_uidl_is_new);
        assert_eq!(plan.fetch, [1, 2]);
    }

    #[test]
    fn a_unique_id_listed_twice_hides_no_mail() {
        let plan = plan(&[(1, Some("a")), (2, Some("a"))], &known(&[(7, "a")]));
        assert_eq!((plan.known, plan.fetch), (vec![(1, 7)], vec![2]));
    }

    #[test]
    fn a_known_mail_of_another_size_is_looked_at() {
        let known = known(&[(7, "a"), (8, "b"), (9, "c")]);
        let listing = [
            (1, Some("a"), Some(101)),
            (2, Some("b"), None),
            (3, Some("c"), Some(99)),
            (4, Some("new"), Some(1)),
        ];
        let plan = plan_fetch(listing, &known, 1);
        assert_eq!(plan.fetch, [4, 1], "the new one first");
        let doubt = Doubt {
            number: 1,
            id: 7,
            had_size: true,
        };
        assert_eq!(plan.doubted, [doubt], "and no more than may be");
        assert_eq!(plan.known, [(2, 8), (3, 9)]);
        assert_eq!(
            plan.unlisted,
            [7],
            "unless its content tells that it is the same mail"
        );
        assert!(!plan.every_uidl_is_new);
    }

    #[test]
    fn where_no_size_is_listed_the_unique_id_is_believed() {
        let plan = plan_fetch([(1, Some("a"), None)], &known(&[(7, "a")]), 10);
        assert_eq!((plan.known, plan.fetch), (vec![(1, 7)], vec![]));
    }

    #[test]
    fn a_mail_that_was_to_be_deleted_is_known_by_its_content_alone() {
        let mut known = known(&[(7, "a"), (8, "b")]);
        known[0].trust = Trust::Content;
        known[1].trust = Trust::Id;
        let plan = plan_fetch([(1, Some("a"), Some(100)), (2, Some("b"), Some(5))], &known, 10);
        assert_eq!((plan.fetch, plan.known), (vec![1], vec![(2, 8)]));
        assert_eq!((plan.doubted, plan.unlisted), (vec![], vec![7]));
        assert!(!plan.every_uidl_is_new);
    }
}
