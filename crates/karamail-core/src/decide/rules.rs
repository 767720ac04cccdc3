//! What a decision rests on besides the mail: the settings of one mailbox, and what the store knows.

use std::fmt;

use super::reason::DuplicateAction;
use super::shop_word::{ShopWord, ShopWordIn};
use crate::address::{AddressFault, EmailAddress};

/// The settings of one mailbox, as far as they decide about a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// This mailbox and its aliases, all other mailboxes and aliases, and every reply-to address.
    pub own_addresses: Vec<EmailAddress>,
    /// Where any mailbox forwards to.
    pub forward_targets: Vec<EmailAddress>,
    /// Whether this mailbox forwards other mail.
    pub forward: bool,
    /// Subjects that count as empty, compared without case and without blanks around them.
    pub also_empty_subjects: Vec<String>,
    /// Subjects by which a person with a number leaves; folded for width, case and blanks.
    pub opt_out_words: Vec<String>,
    /// Addresses and domains that get nothing.
    pub blocked: Vec<BlockRule>,
    /// Never-reply rule 12: our address must be in To or Cc.
    pub require_addressed: bool,
    /// Row 7: hold what fails SPF or DMARC.
    pub hold_spoofed: bool,
    /// Whose Authentication-Results are believed (with the machines below them); empty: the topmost, whoever wrote it.
    pub authentication_hosts: Vec<String>,
    /// Most answers to one address in an hour; 0 means no limit.
    pub limit_address_hour: u32,
    /// Most answers to one address in a day; 0 means no limit.
    pub limit_address_day: u32,
    /// Most answers from this mailbox in an hour; 0 means no limit.
    pub limit_mailbox_hour: u32,
    /// Set on first contact with the mailbox only: what is dated before it is backlog.
    pub backlog_before: Option<jiff::Timestamp>,
    /// Set on a strange day only (every unique id is new and most mails are not recognised): whatever is not
    /// recognised is backlog.
    pub all_is_backlog: bool,
    /// Row 7: one of these must be in a signup mail; none: no word is asked for.
    pub shop_words: Vec<ShopWord>,
    /// Where the shop word may stand.
    pub shop_word_in: ShopWordIn,
    /// What is done for an address with a number.
    pub duplicate: DuplicateAction,
}

/// The rules without a configuration: no address of our own, nothing blocked, the limits of the never-reply page.
impl Default for Rules {
    fn default() -> Self {
        Rules {
            own_addresses: Vec::new(),
            forward_targets: Vec::new(),
            forward: false,
            also_empty_subjects: Vec::new(),
            opt_out_words: Vec::new(),
            blocked: Vec::new(),
            require_addressed: false,
            hold_spoofed: true,
            authentication_hosts: Vec::new(),
            limit_address_hour: 3,
            limit_address_day: 10,
            limit_mailbox_hour: 300,
            backlog_before: None,
            all_is_backlog: false,
            shop_words: Vec::new(),
            shop_word_in: ShopWordIn::default(),
            duplicate: DuplicateAction::Repeat,
        }
    }
}

/// What the store knows about a mail and its sender; the default is a stranger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The number the address has in the series.
    pub number: Option<i64>,
    /// The Message-ID or a reference is that of a mail we sent.
    pub refers_to_ours: bool,
    /// Answers to this address in the last hour.
    pub answered_address_hour: u32,
    /// Answers to this address in the last day.
    pub answered_address_day: u32,
    /// Answers from this mailbox in the last hour.
    pub answered_mailbox_hour: u32,
    /// Other mails forwarded from this mailbox in the last hour.
    pub forwarded_mailbox_hour: u32,
    /// A shop word stands in the body. Only the engine can say: it reads bodies for nothing else.
    pub shop_word_in_body: bool,
}

/// One entry of the block list. `Display` is the form it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockRule {
    /// This address, however it is written.
    Address(EmailAddress),
    /// This domain (A-labels, lower case) and everything below it.
    Domain(String),
}

impl BlockRule {
    /// Reads `taro@example.jp`, or `example.com`, `@example.com`, `*@example.com`, `*.example.com` for a domain.
    pub fn parse(text: &str) -> Result<BlockRule, AddressFault> {
        let text = text.trim();
        let domain = ["*@", "@", "*.", "."]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix));
        if domain.is_none() && text.contains('@') {
            return EmailAddress::parse(text).map(BlockRule::Address);
        }
        // An address below the domain is the shortest way to the domain's checked form.
        let domain = domain.unwrap_or(text);
        let address = EmailAddress::parse(&format!("x@{domain}"))?;
        Ok(BlockRule::Domain(address.domain().to_owned()))
    }

    /// Whether this entry blocks the address.
    pub fn blocks(&self, address: &EmailAddress) -> bool {
        match self {
            BlockRule::Address(blocked) => blocked.key() == address.key(),
            BlockRule::Domain(blocked) => is_domain_or_below(address.domain(), blocked),
        }
    }
}

impl fmt::Display for BlockRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockRule::Address(address) => write!(formatter, "{address}"),
            BlockRule::Domain(domain) => write!(formatter, "@{domain}"),
        }
    }
}

pub(super) fn is_domain_or_below(domain: &str, above: &str) -> bool {
    let rest = domain.strip_suffix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
