//! Purge: DELE what is settled, and believe it only after QUIT's +OK (RFC 1939 section 6).

use super::intake::Session;
use super::{CycleFault, CycleReport, Worker};
use crate::clock;
use crate::crash_point::crash_point;
use crate::store::Store;

/// Deletes from the server what is settled and what the keep rule lets go, and ends the session.
pub(super) async fn purge(
    worker: &Worker,
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
    if !numbers.is_empty() {
        refused.extend(
            connection
                .delete(&numbers)
                .await?
                .into_iter()
                .filter(|(_, done)| !done)
                .map(|(number, _)| number),
        );
    }
    crash_point("after-delete");
    connection.quit().await?;
    crash_point("after-quit");
    report.deleted += store.finish_purge(purgeable, &refused, clock::now()).await?;
    crash_point("after-gone");
    Ok(())
}
