//! Mails that make trouble: the server refuses them, or the session breaks off at them. The others go on.
//!
//! What is known of them is forgotten with them: each broken session adds a mail, and the program runs for months.

use std::collections::HashSet;
use std::time::Duration;

use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::MAIL_REFUSALS;
use karamail_core::pop3::{ListedMail, MailFault, Pop3Error, Problem};
use karamail_core::words::Told;

use super::intake::Intake;
use super::{CycleFault, CycleReport, Receiver};
use crate::clock;

/// How long a mail at which the session broke off is left alone. The first time it only goes to the end of the queue: the
/// line may have failed. From the second time on it is this long, then twice as long each time, so that one bad mail does
/// not make every poll fail (invariant 6).
const LEFT_ALONE_FIRST: Duration = Duration::from_secs(60);
const LEFT_ALONE_LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

impl Receiver {
    /// Forgets the troubles of mails that were taken in since, or are no longer listed.
    pub(super) fn forget_troubles(&mut self, listing: &[ListedMail], wanted: &[ListedMail]) {
        if !self.left_alone.is_empty() {
            let wanted: HashSet<String> = wanted.iter().map(mark).collect();
            self.left_alone.retain(|mail, _| wanted.contains(mail));
        }
        if !self.told_unreadable.is_empty() {
            let listed: HashSet<String> = listing.iter().map(mark).collect();
            self.told_unreadable.retain(|mail| listed.contains(mail));
        }
    }

    /// Of how many mails a trouble is known: one left alone, one told.
    #[cfg(test)]
    pub(super) fn known_troubles(&self) -> (usize, usize) {
        (self.left_alone.len(), self.told_unreadable.len())
    }
}

impl Intake<'_> {
    /// One more refusal of a mail; whether these are too many in a row, so that it is put aside. A mail without a unique id
    /// cannot be known again and is asked for at every poll.
    pub(super) async fn is_refused_for_good(
        &self,
        worker: &Receiver,
        mail: &ListedMail,
        fault: &MailFault,
    ) -> Result<bool, CycleFault> {
        let Some(uidl) = mail.uidl.as_ref().filter(|_| !is_temporary(fault)) else {
            return Ok(false);
        };
        let uidl = uidl.as_str();
        let times = self
            .store
            .count_refusal(worker.row.id, uidl, clock::now())
            .await?;
        Ok(times >= MAIL_REFUSALS)
    }

    /// One mail that the server does not hand out: told once.
    pub(super) async fn unreadable(
        &mut self,
        worker: &mut Receiver,
        mail: &ListedMail,
        fault: &(impl Told + std::fmt::Display),
        report: &mut CycleReport,
    ) -> Result<(), CycleFault> {
        self.unread += 1;
        report.unreadable += 1;
        tracing::warn!(mailbox = worker.mailbox.name, number = mail.number, %fault, "a mail could not be read");
        self.tell_unreadable(worker, mail, fault).await
    }

    /// The session broke off at this mail: the next ones go on without it for a while.
    pub(super) async fn broke_off(
        &mut self,
        worker: &mut Receiver,
        mail: &ListedMail,
        fault: &Pop3Error,
    ) -> Result<(), CycleFault> {
        // A full disk is not the mail's fault.
        if matches!(fault.fault.problem, Problem::CannotKeep(_)) {
            return Ok(());
        }
        let before = worker.left_alone.get(&mark(mail)).map(|(_, wait)| *wait);
        let wait = before.map_or(Duration::ZERO, |wait| {
            (2 * wait).clamp(LEFT_ALONE_FIRST, LEFT_ALONE_LONGEST)
        });
        let until = tokio::time::Instant::now() + wait;
        worker.left_alone.insert(mark(mail), (until, wait));
        if before.is_some() {
            self.tell_unreadable(worker, mail, fault).await?;
        }
        Ok(())
    }

    async fn tell_unreadable(
        &self,
        worker: &mut Receiver,
        mail: &ListedMail,
        fault: &impl Told,
    ) -> Result<(), CycleFault> {
        if worker.told_unreadable.insert(mark(mail)) {
            let event = Event {
                mailbox: Some(worker.mailbox.name.clone()),
                detail: Some(fault.told(worker.settings.general.language)),
                ..Event::new(EventKind::MailUnreadable)
            };
            self.store.note(event, clock::now()).await?;
        }
        Ok(())
    }
}

/// A refusal that says of itself that it will pass (RFC 2449 section 8, RFC 3206 section 4).
fn is_temporary(fault: &MailFault) -> bool {
    match fault {
        MailFault::Refused { said, .. } => {
            let said = said.to_ascii_uppercase();
            ["[SYS/TEMP]", "[IN-USE]", "[LOGIN-DELAY]"]
                .iter()
                .any(|code| said.contains(code))
        }
        MailFault::HeaderCut { .. } | MailFault::AnotherMail => false,
    }
}

/// What knows a mail again in the next listing, well enough to leave it alone.
pub(super) fn mark(mail: &ListedMail) -> String {
    match &mail.uidl {
        Some(uidl) => uidl.as_str().to_owned(),
        None => format!("{} {}", mail.number, mail.size.unwrap_or(0)),
    }
}
