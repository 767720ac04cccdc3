//! When the SMTP server takes nothing: all letters wait, and that is told once, and once when it is over.

use std::time::Duration;

use karamail_core::journal::{Event, EventKind};
use karamail_core::words::{Telling, Told};
use tokio::time::Instant;

use super::sender::Sender;
use crate::clock;
use crate::store::{Store, StoreError};

/// How long all letters wait when the SMTP server takes nothing: 15 s, 30 s, 1 min, 2 min, then every 5 min. The
/// letters themselves lose no attempt, so the shop has all the time in the world to mend a password.
const SERVER_PAUSES: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];

/// All letters wait: the server takes nothing. Told once, and once when it is over.
pub(super) async fn pause(sender: &mut Sender, store: &Store, told: Telling) -> Result<(), StoreError> {
    let at = usize::try_from(sender.failures)
        .unwrap_or(usize::MAX)
        .min(SERVER_PAUSES.len() - 1);
    let pause = SERVER_PAUSES.get(at).copied().unwrap_or(Duration::from_secs(300));
    // The clock on the wall may jump; a pause must not grow to years by it.
    sender.paused_until = Some(Instant::now() + pause);
    sender.trouble = Some(told.clone());
    sender.failures = sender.failures.saturating_add(1);
    if sender.failures == 1 {
        let mailbox = Some(sender.mailbox_name.clone());
        let event = Event {
            mailbox,
            detail: Some(told.told(sender.language)),
            ..Event::new(EventKind::SendingFailing)
        };
        store.note(event, clock::now()).await?;
    }
    Ok(())
}

pub(super) async fn recovered(sender: &mut Sender, store: &Store) -> Result<(), StoreError> {
    sender.paused_until = None;
    sender.trouble = None;
    if std::mem::take(&mut sender.failures) > 0 {
        let mailbox = Some(sender.mailbox_name.clone());
        store
            .note(
                Event {
                    mailbox,
                    ..Event::new(EventKind::SendingRecovered)
                },
                clock::now(),
            )
            .await?;
    }
    Ok(())
}
