//! Looks at mails that are known by their unique id alone, before something is done that cannot be taken back. The server
//! may have given the id of a mail that is gone to another one, and nobody has read that (docs/decisions/0131).

use std::collections::HashMap;

use karamail_core::mail::ContentKey;
use karamail_core::pop3::MailFault;

use super::safely::content_key;
use crate::pop3::{ListedMail, Pop3Connection, Pop3Error, Uidl};

/// A mail that stands in this session's listing under the unique id of a ledger row.
pub(super) struct Known<'a> {
    pub(super) number: u32,
    pub(super) uidl: Option<&'a str>,
    /// What its content was.
    pub(super) key: ContentKey,
}

/// What a look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is the row's mail.
    Same,
    /// It is another one.
    Other,
    /// The server does not hand it out.
    Refused,
}

/// Looks at the headers of these mails.
pub(super) async fn look(
    connection: &mut Pop3Connection,
    mails: &[Known<'_>],
) -> Result<HashMap<u32, Look>, Pop3Error> {
    let by_number: HashMap<u32, &Known<'_>> = mails.iter().map(|mail| (mail.number, mail)).collect();
    let listed: Vec<ListedMail> = mails
        .iter()
        .map(|mail| ListedMail {
            number: mail.number,
            uidl: mail.uidl.and_then(|uidl| Uidl::parse(uidl.as_bytes())),
            size: None,
        })
        .collect();
    let mut seen = HashMap::with_capacity(mails.len());
    let read = |number: u32, header: Result<Vec<u8>, MailFault>| {
        let Some(known) = by_number.get(&number) else {
            return;
        };
        let (header, otherwise) = match header {
            Ok(header) | Err(MailFault::HeaderCut { bytes: header }) => (header, Look::Other),
            // One whose header was never handed out is known by that.
            Err(_) => (Vec::new(), Look::Refused),
        };
        let is_same = content_key(known.uidl, &header) == known.key;
        seen.insert(number, if is_same { Look::Same } else { otherwise });
    };
    if !listed.is_empty() {
        connection.fetch_headers(&listed, read).await?;
    }
    Ok(seen)
}
