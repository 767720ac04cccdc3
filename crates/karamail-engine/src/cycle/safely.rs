//! Work on one mail that must not take the others with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use karamail_core::mail::{ContentKey, IncomingMail};
use karamail_core::pop3::ListedMail;
use sha2::{Digest, Sha256};

use karamail_core::decide::Reason;

use crate::store::Store;
use crate::store::mails::{Candidate, Spool};

/// Does `work`; `None` where it panicked. What it changes must be of no account then.
pub(super) fn safely<T>(work: impl FnOnce() -> T) -> Option<T> {
    // The panic's message is in the diagnostic log: the hook has written it.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// A candidate out of the header that the server gave.
pub(super) fn candidate(store: &Store, listed: &ListedMail, header: Vec<u8>) -> Candidate {
    match read(&header) {
        Some((mail, key)) => Candidate {
            header,
            ..blank(store, listed, mail, key)
        },
        None => put_aside(store, listed, Reason::CannotBeHandled, header),
    }
}

/// The content key that a candidate with this header has; without a header that of one that is put aside.
pub(super) fn content_key(uidl: Option<&str>, header: &[u8]) -> ContentKey {
    match read(header).filter(|_| !header.is_empty()) {
        Some((_, key)) => key,
        None => key_aside(uidl, header),
    }
}

fn read(header: &[u8]) -> Option<(IncomingMail, ContentKey)> {
    safely(|| {
        let mail = IncomingMail::parse(header);
        // Not the size that LIST gives: it differs from session to session on servers that guess it.
        let key = mail.content_key(None);
        (mail, key)
    })
}

/// A candidate that cannot be read or handled, and is put aside.
pub(super) fn put_aside(store: &Store, listed: &ListedMail, reason: Reason, header: Vec<u8>) -> Candidate {
    let key = key_aside(listed.uidl.as_ref().map(|uidl| uidl.as_str()), &header);
    let mail = IncomingMail::parse(b"");
    Candidate {
        header,
        put_aside: Some(reason),
        ..blank(store, listed, mail, key)
    }
}

/// Its content is not known; what stands for it is the same for the same mail and for no other.
fn key_aside(uidl: Option<&str>, header: &[u8]) -> ContentKey {
    let mut hash = Sha256::new();
    hash.update(b"put aside\0");
    hash.update(uidl.unwrap_or(""));
    hash.update(header);
    ContentKey(hash.finalize().into())
}

fn blank(store: &Store, listed: &ListedMail, mail: IncomingMail, key: ContentKey) -> Candidate {
    Candidate {
        id: store.allocate_mail_id(),
        message_number: listed.number,
        uidl: listed.uidl.as_ref().map(|uidl| uidl.as_str().to_owned()),
        size: listed.size,
        mail,
        header: Vec::new(),
        shop_word_in_body: false,
        put_aside: None,
        key,
        spooled: Spool::NotFetched,
    }
}
