//! What happens, told in notifications: trouble and its end, mails that wait for a person, and each receipt where that is wished for.

use std::collections::HashSet;
use std::sync::Arc;

use karamail_core::journal::{Event, EventKind};
use karamail_core::words::Language;
use karamail_core::words::desktop as words;
use karamail_engine::clock;
use karamail_engine::engine::{Handle, Status};
use karamail_engine::program::{Ended, HowEnded, Phase, Program};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::bubble::{self, Bubble};
use super::trouble::{Cause, Sight, Telling, Troubles};

/// Tells trouble and its end until the program ends. `woken` changes when the machine woke up.
pub(super) async fn tell_troubles(program: Arc<Program>, mut woken: watch::Receiver<u64>) {
    let mut news = program.news();
    let mut troubles = Troubles::default();
    let mut were_polling: HashSet<String> = HashSet::new();
    loop {
        let handle = program.handle();
        let status = handle.as_ref().map(|handle| handle.status().borrow().clone());
        let polling: HashSet<String> = status.iter().flat_map(polling).collect();
        let has_polled = !were_polling.is_subset(&polling);
        were_polling = polling;
        let now = clock::now();
        let mut due = vec![troubles.see(sight(&program.phase(), status.as_ref()), has_polled, now)];
        if let Some(status) = &status {
            due.push(troubles.see_waiting(waiting(status), now));
        }
        if wants_troubles(handle.as_ref()) {
            let language = program.language();
            for telling in due.into_iter().flatten() {
                tokio::spawn(bubble::show(told(&telling, language)));
            }
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            Ok(()) = woken.changed() => troubles.woke(),
        }
    }
}

/// The mailboxes that are being polled.
fn polling(status: &Status) -> impl Iterator<Item = String> {
    let polling = status.mailboxes.iter().filter(|mailbox| mailbox.is_polling);
    polling.map(|mailbox| mailbox.name.clone())
}

/// Without an engine there are no settings to say no.
fn wants_troubles(handle: Option<&Handle>) -> bool {
    handle.is_none_or(|handle| handle.settings().borrow().general.notify_trouble)
}

fn sight(phase: &Phase, status: Option<&Status>) -> Sight {
    match (phase, status) {
        (Phase::Failed(_), _) => Sight::Bad(Cause::NoEngine),
        (_, Some(status)) => sight_of(status),
        _ => Sight::Nothing,
    }
}

fn sight_of(status: &Status) -> Sight {
    if !status.is_collecting {
        return Sight::Nothing;
    }
    if status.disk_fault.is_some() {
        return Sight::Bad(Cause::DiskFull);
    }
    let mailboxes = &status.mailboxes;
    let cause = mailboxes.iter().find_map(|mailbox| {
        let name = || mailbox.name.clone();
        match mailbox {
            _ if mailbox.is_password_missing => Some(Cause::PasswordMissing(name())),
            _ if mailbox.receive_fault.is_some() => Some(Cause::Unreachable(name())),
            _ if mailbox.send_fault.is_some() => Some(Cause::NotSending(name())),
            _ => None,
        }
    });
    match cause {
        Some(cause) => Sight::Bad(cause),
        None if mailboxes.iter().any(|mailbox| mailbox.last_good_poll.is_none()) => Sight::Nothing,
        None => Sight::Well,
    }
}

/// Mails that wait for a person. Old ones of a first contact are left out: whoever sets up the mailbox sees them.
fn waiting(status: &Status) -> u64 {
    let piles = status.mailboxes.iter().map(|mailbox| &mailbox.waiting);
    piles.map(|pile| pile.held + pile.quarantined).sum()
}

fn told(telling: &Telling, language: Language) -> Bubble {
    let (title, text, is_urgent) = match telling {
        Telling::Trouble(cause) => {
            let (title, text) = match cause {
                Cause::NoEngine => (words::trouble_no_engine(language), words::trouble_look(language)),
                Cause::DiskFull => (words::trouble_disk(language), words::trouble_look(language)),
                Cause::PasswordMissing(name) => (
                    words::trouble_password(language),
                    words::trouble_mailbox(language, name),
                ),
                Cause::Unreachable(name) => (
                    words::trouble_receiving(language),
                    words::trouble_mailbox(language, name),
                ),
                Cause::NotSending(name) => (
                    words::trouble_sending(language),
                    words::trouble_mailbox(language, name),
                ),
            };
            (title, text, true)
        }
        Telling::Over => (
            words::trouble_over(language),
            words::trouble_over_text(language),
            false,
        ),
        Telling::Hand(count) => (words::hand(language), words::hand_text(language, *count), false),
    };
    Bubble {
        title,
        text,
        is_urgent,
    }
}

/// Tells each receipt until the program ends, where that is wished for.
pub(super) async fn tell_receipts(program: Arc<Program>) {
    let mut news = program.news();
    loop {
        let Some(handle) = program.handle() else {
            if news.changed().await.is_err() {
                return;
            }
            continue;
        };
        let mut events = handle.events();
        let settings = handle.settings();
        drop(handle);
        loop {
            match events.recv().await {
                Ok(stored) if settings.borrow().general.notify_receipts => {
                    if let Some(bubble) = receipt(&stored.event, program.language()) {
                        tokio::spawn(bubble::show(bubble));
                    }
                }
                // Some were missed in a rush: nobody reads that many.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
        if news.changed().await.is_err() {
            return;
        }
    }
}

fn receipt(event: &Event, language: Language) -> Option<Bubble> {
    let (EventKind::ReceiptGiven, Some(number)) = (event.kind, event.number) else {
        return None;
    };
    Some(Bubble {
        title: words::receipt(language, number),
        text: event.address.as_deref().map(masked).unwrap_or_default(),
        is_urgent: false,
    })
}

/// An address as it may stand on a screen that other customers see: its first letter and where the mail goes.
fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first = local.chars().find(|character| *character != '"');
    format!("{}***@{domain}", first.map(String::from).unwrap_or_default())
}

/// That the program had ended without being asked to.
pub(super) fn ended(ended: &Ended, language: Language) -> Bubble {
    Bubble {
        title: words::ended(language),
        text: match ended.how {
            HowEnded::Fault => words::ended_by_fault(language),
            HowEnded::Outside => words::ended_outside(language),
            HowEnded::WithComputer => words::ended_with_computer(language),
        },
        is_urgent: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_of_a_receipt_shows_the_number_and_hides_whose_it_is() {
        let event = Event {
            number: Some(1234),
            address: Some("hanako.yamada@docomo.ne.jp".to_owned()),
            ..Event::new(EventKind::ReceiptGiven)
        };
        let bubble = receipt(&event, Language::Japanese).unwrap();
        assert!(bubble.title.contains("1234"), "{}", bubble.title);
        assert_eq!(bubble.text, "h***@docomo.ne.jp");
        assert_eq!(masked("\"a..b\"@ezweb.ne.jp"), "a***@ezweb.ne.jp");
        assert_eq!(receipt(&Event::new(EventKind::Sent), Language::Japanese), None);
    }
}
