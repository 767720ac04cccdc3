//! The mails of a mailbox: LIST and UIDL put together, however much they disagree.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::fault::quoted;
use crate::limits::{POP3_LINE_BYTES, POP3_LISTING_MAILS, POP3_UIDL_BYTES};

/// A mail's unique id in one mailbox (RFC 1939 section 7), as far as the server can be trusted with that.
///
/// At most [`POP3_UIDL_BYTES`] bytes of printable text; a longer one is kept as `sha256:` and its digest in hex.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uidl(String);

impl Uidl {
    /// Reads what stands behind the number in a line of UIDL; None where it is empty or too long to have been read
    /// whole.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii();
        // A line of the full length may have lost its end, and with it what tells it from another.
        if bytes.is_empty() || bytes.len() >= POP3_LINE_BYTES - 16 {
            return None;
        }
        let is_plain = bytes.len() <= POP3_UIDL_BYTES && bytes.iter().all(|b| matches!(b, b' '..=b'~'));
        match std::str::from_utf8(bytes) {
            Ok(text) if is_plain => Some(Uidl(text.to_owned())),
            _ => {
                let digest = Sha256::digest(bytes);
                let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(Uidl(format!("sha256:{hex}")))
            }
        }
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One mail of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMail {
    /// Its number in this session, from 1.
    pub number: u32,
    /// Its unique id; None where the server gives none, or gives the same one to several mails.
    pub uidl: Option<Uidl>,
    /// Its size in bytes as the server says; None where it does not. Not to be relied on.
    pub size: Option<u64>,
}

/// The mails of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Them, by number.
    pub mails: Vec<ListedMail>,
    /// Whether these are all, as far as can be seen: what is missing may be there.
    pub is_whole: bool,
}

impl Listing {
    /// Message numbers go from 1 to the count of mails (RFC 1939 section 5): a gap is a mail that was left out. The last
    /// ones may be missing, too: `count` is what STAT says, where that was asked.
    pub fn new(mails: Vec<ListedMail>, count: Option<usize>) -> Listing {
        let last = mails.last().map_or(0, |mail| mail.number);
        let has_no_gap = usize::try_from(last).is_ok_and(|last| last == mails.len());
        let is_whole =
            has_no_gap && count.is_none_or(|count| count == mails.len()) && mails.len() < POP3_LISTING_MAILS;
        Listing { mails, is_whole }
    }
}

/// Collects the lines of LIST and UIDL.
#[derive(Debug, Default)]
pub struct ListingReader {
    sizes: Vec<(u32, Option<u64>)>,
    ids: Vec<(u32, Option<Uidl>)>,
}

impl ListingReader {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a line of LIST. What is no line of a listing is left out.
    pub fn list_line(&mut self, line: &[u8]) {
        if let Some((number, rest)) = numbered(line)
            && self.sizes.len() < POP3_LISTING_MAILS
        {
            let size = rest.split(|b| b.is_ascii_whitespace()).next().and_then(number_in);
            self.sizes.push((number, size));
        }
    }

    /// Takes a line of UIDL. What is no line of a listing is left out.
    pub fn uidl_line(&mut self, line: &[u8]) {
        if let Some((number, rest)) = numbered(line)
            && self.ids.len() < POP3_LISTING_MAILS
        {
            self.ids.push((number, Uidl::parse(rest)));
        }
    }

    /// Puts both together by number; the first of two lines for one number counts. A mail that only one of them names
    /// is in the listing: what is not there answers -ERR later.
    pub fn finish(mut self) -> Vec<ListedMail> {
        self.sizes.sort_by_key(|(number, _)| *number);
        self.sizes.dedup_by_key(|(number, _)| *number);
        self.ids.sort_by_key(|(number, _)| *number);
        self.ids.dedup_by_key(|(number, _)| *number);
        self.forget_repeated_ids();

        let mut mails = Vec::with_capacity(self.sizes.len().max(self.ids.len()));
        let mut ids = self.ids.into_iter().peekable();
        for (number, size) in self.sizes {
            while let Some((number, uidl)) = ids.next_if(|(id_number, _)| *id_number < number) {
                mails.push(ListedMail {
                    number,
                    uidl,
                    size: None,
                });
            }
            let uidl = ids
                .next_if(|(id_number, _)| *id_number == number)
                .and_then(|(_, uidl)| uidl);
            mails.push(ListedMail { number, uidl, size });
        }
        mails.extend(ids.map(|(number, uidl)| ListedMail {
            number,
            uidl,
            size: None,
        }));
        mails
    }

    /// An id that several mails share tells none of them apart.
    fn forget_repeated_ids(&mut self) {
        let mut count: HashMap<Uidl, u32> = HashMap::with_capacity(self.ids.len());
        for uidl in self.ids.iter().filter_map(|(_, uidl)| uidl.clone()) {
            *count.entry(uidl).or_default() += 1;
        }
        for (_, uidl) in &mut self.ids {
            if uidl.as_ref().is_some_and(|uidl| count.get(uidl) != Some(&1)) {
                *uidl = None;
            }
        }
    }
}

/// The number at the front of a line, from 1, and the rest.
fn numbered(line: &[u8]) -> Option<(u32, &[u8])> {
    let line = line.trim_ascii_start();
    let end = line
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(line.len());
    let (number, rest) = line.split_at_checked(end)?;
    let number = u32::try_from(number_in(number)?)
        .ok()
        .filter(|number| *number > 0)?;
    Some((number, rest.trim_ascii_start()))
}

/// A decimal number; None for anything else and for what does not fit.
pub(super) fn number_in(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    quoted(bytes).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(list: &[&str], uidl: &[&str]) -> Vec<(u32, Option<String>, Option<u64>)> {
        let mut reader = ListingReader::new();
        list.iter().for_each(|line| reader.list_line(line.as_bytes()));
        uidl.iter().for_each(|line| reader.uidl_line(line.as_bytes()));
        let mails = reader.finish().into_iter();
        mails
            .map(|mail| (mail.number, mail.uidl.map(|uidl| uidl.0), mail.size))
            .collect()
    }

    fn id(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn list_and_uidl_meet_by_number() {
        assert_eq!(
            listing(&["1 120", "2 200"], &["1 aaa", "2 bbb"]),
            [(1, id("aaa"), Some(120)), (2, id("bbb"), Some(200))]
        );
    }

    #[test]
    fn listings_that_disagree_or_lie_lose_no_mail() {
        assert_eq!(
            listing(
                &[
                    "3 10",
                    "1 x",
                    "1 9",
                    "0 5",
                    "junk",
                    "4294967296 1",
                    "5 99999999999999999999999"
                ],
                &["2 b", "3 c", "6 f"]
            ),
            [
                (1, None, None),
                (2, id("b"), None),
                (3, id("c"), Some(10)),
                (5, None, None),
                (6, id("f"), None)
            ]
        );
    }

    #[test]
    fn a_listing_with_a_gap_is_not_whole() {
        let is_whole = |list: &[&str], ids: &[&str], count| {
            let mut reader = ListingReader::new();
            list.iter().for_each(|line| reader.list_line(line.as_bytes()));
            ids.iter().for_each(|line| reader.uidl_line(line.as_bytes()));
            Listing::new(reader.finish(), count).is_whole
        };
        assert!(is_whole(&["1 9", "2 9"], &["2 b", "1 a"], None));
        assert!(is_whole(&["2 9", "1 9"], &["2 b"], None), "LIST has the first");
        assert!(is_whole(&[], &[], Some(0)));
        assert!(!is_whole(&[], &["1 a", "3 c"], None));
        assert!(!is_whole(&["2 9"], &["2 b"], None));
        assert!(!is_whole(&[], &["1 a", "2 b"], Some(3)), "the last is missing");
    }

    #[test]
    fn a_listing_as_long_as_is_read_may_go_on_and_is_not_whole() {
        let mails = |count: u32| -> Vec<ListedMail> {
            let mail = |number| ListedMail {
                number,
                uidl: None,
                size: None,
            };
            (1..=count).map(mail).collect()
        };
        let most = u32::try_from(POP3_LISTING_MAILS).unwrap();
        assert!(!Listing::new(mails(most), None).is_whole);
        assert!(Listing::new(mails(most - 1), None).is_whole);
    }

    #[test]
    fn a_repeated_uidl_counts_for_none_of_its_mails() {
        assert_eq!(
            listing(&[], &["1 same", "2 other", "3 same"]),
            [(1, None, None), (2, id("other"), None), (3, None, None)]
        );
    }

    #[test]
    fn a_uidl_longer_than_70_characters_is_kept_and_a_monstrous_one_is_a_digest() {
        let long = "u".repeat(200);
        assert_eq!(Uidl::parse(long.as_bytes()).unwrap().as_str(), long);
        let digest = Uidl::parse("u".repeat(1_000).as_bytes()).unwrap();
        assert!(digest.as_str().starts_with("sha256:") && digest.as_str().len() == 71);
        assert_ne!(Uidl::parse(b"\xff").unwrap(), Uidl::parse(b"\xfe").unwrap());
        assert_eq!(Uidl::parse(&[b'u'; POP3_LINE_BYTES]), None);
        assert_eq!(Uidl::parse(b"  "), None);
    }
}
