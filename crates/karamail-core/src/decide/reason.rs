//! What is done with a mail, and the stable reason for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What is done with a mail that comes from an address with a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateAction {
    /// Send the repeat reply with the old number.
    #[default]
    Repeat,
    /// Send nothing.
    Ignore,
    /// Give it one more number.
    NewNumber,
}

/// What is done with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Our own test mail: reported to the test screen, then deleted.
    SelfTest,
    /// The next number and a receipt.
    Receipt,
    /// The address has a number already.
    Duplicate(DuplicateAction),
    /// A person with a number leaves.
    OptOut,
    /// Forwarded, then deleted.
    Forward,
    /// Archived, then deleted.
    Archive,
    /// Kept for the shop to release; no number, no answer.
    Hold,
    /// Left alone on the server and shown.
    Backlog,
}

/// Why. The names are stable: they are stored, logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// An empty mail from a person.
    Signup,
    /// The same, from an address with a number.
    KnownAddress,
    /// Never-reply rule 1.
    NullReturnPath,
    /// Never-reply rule 2.
    NoSender,
    /// Never-reply rule 3.
    Ourselves,
    /// Never-reply rule 4.
    AutoSubmitted,
    /// Never-reply rule 5.
    List,
    /// Never-reply rule 6.
    Precedence,
    /// Never-reply rule 7.
    Suppress,
    /// Never-reply rule 8.
    AutoReplyHeader,
    /// Never-reply rule 9.
    Report,
    /// Never-reply rule 10.
    MachineSender,
    /// Never-reply rule 11.
    Loop,
    /// Never-reply rule 12.
    NotAddressed,
    /// The subject says something (row 4).
    SubjectNotEmpty,
    /// The subject is a word by which people leave (between rows 4 and 5).
    OptOut,
    /// The address or domain is blocked (row 6).
    Blocked,
    /// SPF failed (row 7).
    SpfFail,
    /// DMARC failed (row 7).
    DmarcFail,
    /// Too many answers to this address (row 8).
    RateLimitAddress,
    /// Too many answers from this mailbox (row 8).
    RateLimitMailbox,
    /// Older than the backlog limit on first contact (row 9).
    Backlog,
    /// The word that the shop asks for is missing (row 7).
    ShopWordMissing,
    /// Every unique id of the mailbox changed, and this mail was not recognised (row 9).
    UidlsChanged,
    /// The server refused to hand out its header again and again: put aside.
    HeaderRefused,
    /// The server refused to hand it out whole again and again: put aside.
    MailRefused,
    /// Working on it ended in a fault of the program: put aside.
    CannotBeHandled,
    /// Our own test mail (row 1).
    SelfTest,
}

/// What was decided about one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// What is done.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
}

/// A text that names no value of the type it was read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name known here")]
pub struct UnknownName(pub String);

impl DuplicateAction {
    /// Every action, in the order of the settings screen.
    pub const ALL: [DuplicateAction; 3] = [
        DuplicateAction::Repeat,
        DuplicateAction::Ignore,
        DuplicateAction::NewNumber,
    ];

    /// The stable name: `repeat`, `ignore` or `new-number`.
    pub const fn as_str(self) -> &'static str {
        match self {
            DuplicateAction::Repeat => "repeat",
            DuplicateAction::Ignore => "ignore",
            DuplicateAction::NewNumber => "new-number",
        }
    }
}

impl Outcome {
    /// Every outcome; the duplicate one with its default action.
    pub const ALL: [Outcome; 8] = [
        Outcome::SelfTest,
        Outcome::Receipt,
        Outcome::Duplicate(DuplicateAction::Repeat),
        Outcome::OptOut,
        Outcome::Forward,
        Outcome::Archive,
        Outcome::Hold,
        Outcome::Backlog,
    ];

    /// The stable name. That of a duplicate does not tell the action.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::SelfTest => "self-test",
            Outcome::Receipt => "receipt",
            Outcome::Duplicate(_) => "duplicate",
            Outcome::OptOut => "opt-out",
            Outcome::Forward => "forward",
            Outcome::Archive => "archive",
            Outcome::Hold => "hold",
            Outcome::Backlog => "backlog",
        }
    }

    /// Whether a letter goes to the sender; of an opt-out, where the shop wrote one.
    pub const fn is_answered(self) -> bool {
        match self {
            Outcome::Receipt | Outcome::OptOut => true,
            Outcome::Duplicate(action) => !matches!(action, DuplicateAction::Ignore),
            Outcome::SelfTest | Outcome::Forward | Outcome::Archive | Outcome::Hold | Outcome::Backlog => {
                false
            }
        }
    }
}

impl Reason {
    /// Every reason, in the order of this type.
    pub const ALL: [Reason; 28] = [
        Reason::Signup,
        Reason::KnownAddress,
        Reason::NullReturnPath,
        Reason::NoSender,
        Reason::Ourselves,
        Reason::AutoSubmitted,
        Reason::List,
        Reason::Precedence,
        Reason::Suppress,
        Reason::AutoReplyHeader,
        Reason::Report,
        Reason::MachineSender,
        Reason::Loop,
        Reason::NotAddressed,
        Reason::SubjectNotEmpty,
        Reason::OptOut,
        Reason::Blocked,
        Reason::SpfFail,
        Reason::DmarcFail,
        Reason::RateLimitAddress,
        Reason::RateLimitMailbox,
        Reason::Backlog,
        Reason::ShopWordMissing,
        Reason::UidlsChanged,
        Reason::HeaderRefused,
        Reason::MailRefused,
        Reason::CannotBeHandled,
        Reason::SelfTest,
    ];

    /// The stable name, in kebab-case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Signup => "signup",
            Reason::KnownAddress => "known-address",
            Reason::NullReturnPath => "null-return-path",
            Reason::NoSender => "no-sender",
            Reason::Ourselves => "ourselves",
            Reason::AutoSubmitted => "auto-submitted",
            Reason::List => "list",
            Reason::Precedence => "precedence",
            Reason::Suppress => "suppress",
            Reason::AutoReplyHeader => "auto-reply-header",
            Reason::Report => "report",
            Reason::MachineSender => "machine-sender",
            Reason::Loop => "loop",
            Reason::NotAddressed => "not-addressed",
            Reason::SubjectNotEmpty => "subject-not-empty",
            Reason::OptOut => "opt-out",
            Reason::Blocked => "blocked",
            Reason::SpfFail => "spf-fail",
            Reason::DmarcFail => "dmarc-fail",
            Reason::RateLimitAddress => "rate-limit-address",
            Reason::RateLimitMailbox => "rate-limit-mailbox",
            Reason::Backlog => "backlog",
            Reason::ShopWordMissing => "shop-word-missing",
            Reason::UidlsChanged => "uidls-changed",
            Reason::HeaderRefused => "header-refused",
            Reason::MailRefused => "mail-refused",
            Reason::CannotBeHandled => "cannot-be-handled",
            Reason::SelfTest => "self-test",
        }
    }
}

/// `Display` and `FromStr` by the stable names.
macro_rules! by_name {
    ($($kind:ty),*) => {
        $(
            impl fmt::Display for $kind {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.pad(self.as_str())
                }
            }

            impl FromStr for $kind {
                type Err = UnknownName;
                fn from_str(name: &str) -> Result<Self, UnknownName> {
                    let known = <$kind>::ALL.into_iter().find(|value| value.as_str() == name);
                    known.ok_or_else(|| UnknownName(name.to_owned()))
                }
            }
        )*
    };
}
by_name!(DuplicateAction, Outcome, Reason);
