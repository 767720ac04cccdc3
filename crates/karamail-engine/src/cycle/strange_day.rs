//! A strange day: every mail of a mailbox with history has a new unique id. The provider moved the mailbox, or gives new
//! ids at every login, or it is another mailbox altogether. Nobody may be answered twice for that.

use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::STRANGE_DAY_MAILS;
use karamail_core::words::guards as words;

use super::safely::candidate;
use super::{CycleFault, CycleReport, Receiver};
use crate::clock;
use crate::pop3::{ListedMail, Pop3Connection};
use crate::store::Store;

/// Mails whose headers are held in memory at once.
const MAILS_A_LOOK: usize = 250;
/// It is told once a day: a server that gives new ids at every login would tell it at every poll.
const TOLD_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What the look at all mails of such a day showed.
pub(super) struct StrangeDay {
    /// Most mails were not recognised, and they are many: they are offered to the shop and not answered at once.
    pub(super) is_backlog: bool,
}

impl StrangeDay {
    /// Looks at every header before anything is decided. Few mails are not worth it: at worst a handful of people get
    /// their number told once more.
    pub(super) async fn look(
        connection: &mut Pop3Connection,
        worker: &Receiver,
        store: &Store,
        mails: &[ListedMail],
    ) -> Result<StrangeDay, CycleFault> {
        // Mails that the ledger believed on the server and that are not, under their ids. A new id can hide no more than
        // those; where many more came, they came.
        let missing = store.expected_on_server(worker.row.id).await?;
        if mails.len() < STRANGE_DAY_MAILS || missing * 2 < STRANGE_DAY_MAILS {
            return Ok(StrangeDay { is_backlog: false });
        }
        let mut recognised = 0;
        for mails in mails.chunks(MAILS_A_LOOK) {
            let mut keys = Vec::with_capacity(mails.len());
            let read = |number, header: Result<Vec<u8>, _>| {
                let listed = mails.iter().find(|mail| mail.number == number);
                if let (Some(listed), Ok(header)) = (listed, header) {
                    keys.push(candidate(store, listed, header).key);
                }
            };
            connection.fetch_headers(mails, read).await?;
            recognised += store.recognised(worker.row.id, &keys).await?;
        }
        let strangers = mails.len() - recognised.min(mails.len());
        Ok(StrangeDay {
            is_backlog: strangers >= STRANGE_DAY_MAILS
                && strangers * 2 > mails.len()
                && strangers <= missing * 2,
        })
    }

    /// Tells the shop, once. A mailbox in which nothing is recognised and that has few mails is no strange day: its old
    /// mails were deleted elsewhere and new ones came.
    pub(super) async fn tell(
        &self,
        worker: &Receiver,
        store: &Store,
        listed: usize,
        recognised: usize,
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        if recognised == 0 && !self.is_backlog {
            return Ok(());
        }
        tracing::warn!(
            mailbox = worker.mailbox.name,
            listed,
            recognised,
            "every unique id on the server is new"
        );
        report.is_every_uidl_new = true;
        let language = worker.settings.general.language;
        let detail = match self.is_backlog {
            true => words::uidls_changed_backlog(language, listed, recognised),
            false => words::uidls_changed(language, listed, recognised),
        };
        let event = Event {
            mailbox: Some(worker.mailbox.name.clone()),
            detail: Some(detail),
            ..Event::new(EventKind::UidlsChanged)
        };
        store.note_once_in(event, TOLD_WITHIN, clock::now()).await?;
        Ok(())
    }
}
