//! Purge: DELE what is settled, and believe it only after QUIT's +OK (RFC 1939 section 6).

use std::collections::HashSet;

use karamail_core::journal::{Event, EventKind};
use karamail_core::pop3::MailFault;
use karamail_core::words::Told;

use super::intake::Session;
use super::look::{Known, Look, look};
use super::{CycleFault, CycleReport, Receiver};
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::Pop3Connection;
use crate::store::Store;
use crate::store::purge::Purgeable;

/// Deletes from the server what is settled and what the keep rule lets go, and ends the session.
pub(super) async fn purge(
    worker: &mut Receiver,
    session: Session,
    store: &Store,
    report: &mut CycleReport,
) -> Result<(), CycleFault> {
    let Session {
        mut connection,
        listed,
        read,
    } = session;
    let purgeable = store
        .begin_purge(&listed, worker.mailbox.keep, clock::now())
        .await?;
    let purgeable = without_strangers(&mut connection, &read, purgeable, report).await?;
    crash_point("before-delete");
    let numbers: Vec<u32> = purgeable.iter().map(|mail| mail.message_number()).collect();
    let mut refused = Vec::new();
    let mut why = None;
    if !numbers.is_empty() {
        for (number, done) in connection.delete(&numbers).await? {
            if let Err(fault) = done {
                refused.push(number);
                why.get_or_insert(fault);
            }
        }
        tell_refused(worker, store, why).await?;
    }
    crash_point("after-delete");
    connection.quit().await?;
    crash_point("after-quit");
    report.deleted += store.finish_purge(purgeable, &refused, clock::now()).await?;
    crash_point("after-gone");
    Ok(())
}

/// Leaves out what nobody has seen in this session and is not the mail of its row. That stays `purging`: the next cycle,
/// which follows at once, goes by its content, takes it in as the new mail that it is, and notes the row's mail as gone.
async fn without_strangers(
    connection: &mut Pop3Connection,
    read: &HashSet<u32>,
    purgeable: Vec<Purgeable>,
    report: &mut CycleReport,
) -> Result<Vec<Purgeable>, CycleFault> {
    let unread = purgeable
        .iter()
        .filter(|mail| !read.contains(&mail.message_number()));
    let unread: Vec<Known<'_>> = unread
        .map(|mail| Known {
            number: mail.message_number(),
            uidl: mail.uidl(),
            key: mail.key(),
        })
        .collect();
    let seen = look(connection, &unread).await?;
    report.is_unfinished |= seen.values().any(|look| *look == Look::Other);
    let is_its_own = |mail: &Purgeable| {
        let number = mail.message_number();
        read.contains(&number) || seen.get(&number) == Some(&Look::Same)
    };
    Ok(purgeable.into_iter().filter(is_its_own).collect())
}

/// A server that keeps what it should delete is told once, with its words for the first mail, and again only after it
/// has deleted everything in between.
async fn tell_refused(
    worker: &mut Receiver,
    store: &Store,
    why: Option<MailFault>,
) -> Result<(), CycleFault> {
    let was_told = std::mem::replace(&mut worker.is_deleting_failing, why.is_some());
    let Some(fault) = why.filter(|_| !was_told) else {
        return Ok(());
    };
    tracing::warn!(mailbox = worker.mailbox.name, %fault, "a mail was not deleted");
    let event = Event {
        mailbox: Some(worker.mailbox.name.clone()),
        detail: Some(fault.told(worker.settings.general.language)),
        ..Event::new(EventKind::DeletionRefused)
    };
    Ok(store.note(event, clock::now()).await?)
}
