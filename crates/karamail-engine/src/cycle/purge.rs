//! Purge: DELE what is settled, and believe it only after QUIT's +OK (RFC 1939 section 6).

use std::collections::{BTreeMap, HashSet};

use karamail_core::journal::{Event, EventKind};
use karamail_core::pop3::MailFault;
use karamail_core::words::Told;
use tokio::time::Instant;

use super::intake::Session;
use super::look::{Known, Look, look};
use super::{CycleFault, CycleReport, Receiver};
use crate::clock;
use crate::crash_point::crash_point;
use crate::pop3::Pop3Connection;
use crate::store::Store;
use crate::store::purge::Purgeable;

/// Mails that are looked at and asked to go together at first; then twice as many each time.
const MAILS_AT_FIRST: usize = 64;

/// Deletes from the server what is settled and what the keep rule lets go, and ends the session. What does not fit into
/// the session's time is left to the next one: nothing is deleted before QUIT, and a session that is cut off before it
/// would be in vain each time.
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
    let mut waiting = store
        .begin_purge(&listed, worker.mailbox.keep, clock::now())
        .await?;
    // What the server has kept each time comes last; what went some other way need not be remembered.
    let due: HashSet<i64> = waiting.iter().map(Purgeable::mail_id).collect();
    worker.kept_by_server.retain(|mail, _| due.contains(mail));
    waiting.sort_by_key(|mail| worker.kept_by_server.get(&mail.mail_id()).copied());
    crash_point("before-delete");
    let (mut asked, mut left, mut why) = (Vec::new(), Vec::new(), None);
    let mut most = MAILS_AT_FIRST;
    while !waiting.is_empty() {
        let begin = Instant::now();
        let behind = waiting.split_off(most.min(waiting.len()));
        let (batch, kept) = match ask(&mut connection, &read, waiting, report).await {
            Ok(answered) => answered,
            Err(fault) => {
                store.call_off_purge(behind).await?;
                return Err(fault);
            }
        };
        let is_all_kept = !batch.is_empty() && kept.len() == batch.len();
        count_kept(worker, &batch, &kept);
        left.extend(kept.keys().copied());
        why = why.or_else(|| kept.into_values().next());
        asked.extend(batch);
        (waiting, most) = (behind, 2 * most);
        // Twice as many take twice as long, and a slow server may be slower yet.
        if is_all_kept || connection.time_left() < 4 * begin.elapsed() {
            break;
        }
    }
    store.call_off_purge(waiting).await?;
    if !asked.is_empty() {
        tell_refused(worker, store, why).await?;
    }
    crash_point("after-delete");
    connection.quit().await?;
    crash_point("after-quit");
    report.deleted += store.finish_purge(asked, &left, clock::now()).await?;
    crash_point("after-gone");
    Ok(())
}

/// Looks at these mails and asks the server to delete those that are their rows': them, and what it keeps of them.
async fn ask(
    connection: &mut Pop3Connection,
    read: &HashSet<u32>,
    mails: Vec<Purgeable>,
    report: &mut CycleReport,
) -> Result<(Vec<Purgeable>, BTreeMap<u32, MailFault>), CycleFault> {
    let mails = without_strangers(connection, read, mails, report).await?;
    let numbers: Vec<u32> = mails.iter().map(|mail| mail.message_number()).collect();
    let answers = connection.delete(&numbers).await?;
    let kept = answers
        .into_iter()
        .filter_map(|(number, done)| Some((number, done.err()?)));
    Ok((mails, kept.collect()))
}

/// How often in a row the server kept each mail: a server that keeps them all is asked about a few at each poll.
fn count_kept(worker: &mut Receiver, batch: &[Purgeable], kept: &BTreeMap<u32, MailFault>) {
    for mail in batch {
        match kept.contains_key(&mail.message_number()) {
            true => *worker.kept_by_server.entry(mail.mail_id()).or_default() += 1,
            false => drop(worker.kept_by_server.remove(&mail.mail_id())),
        }
    }
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
