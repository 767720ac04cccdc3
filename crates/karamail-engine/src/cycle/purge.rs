//! Purge: DELE what is settled, and believe it only after QUIT's +OK (RFC 1939 section 6).

use karamail_core::journal::{Event, EventKind};
use karamail_core::pop3::MailFault;
use karamail_core::words::Told;

use super::intake::Session;
use super::{CycleFault, CycleReport, Receiver};
use crate::clock;
use crate::crash_point::crash_point;
use crate::store::Store;

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
    } = session;
    let purgeable = store
        .begin_purge(&listed, worker.mailbox.keep, clock::now())
        .await?;
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
