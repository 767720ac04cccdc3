//! Watches the shop for the icon: whenever there is news, and at the one moment when the light would turn by itself.
//!
//! Invariant: at rest nothing here wakes up but at that moment (a poll that is overdue) and at midnight (today's count begins anew).

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use karamail_engine::clock;
use karamail_engine::engine::Handle;
use karamail_engine::program::light::turns_at;
use karamail_engine::program::{Phase, Program};
use karamail_engine::store::results::given_since;
use karamail_tray::face::{self, Face, Shop};

use super::desk::Wish;
use super::event_loop::Wishes;

/// While a poll runs it tells much; the ledger is asked no more often.
const COUNT_PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// Puts the shop's face on the desk whenever it is another one, and the end once it is asked for.
pub(crate) async fn watch(program: Arc<Program>, wishes: Wishes) {
    let mut news = program.news();
    let (mut today, mut shown) = (Today::default(), None);
    let mut is_end_told = false;
    loop {
        news.mark_unchanged();
        let (face, turn) = look(&program, &mut today).await;
        if shown.as_ref() != Some(&face) {
            shown = Some(face.clone());
            wishes.put(Wish::Face(Box::new(face)));
        }
        if program.stop().is_requested() && !is_end_told {
            is_end_told = true;
            wishes.put(Wish::End);
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            () = until(turn) => {}
        }
    }
}

/// The shop's face now, and when it will be another one by itself.
///
/// The shop's, also while the demo is shown: the icon stands for what customers get.
async fn look(program: &Program, today: &mut Today) -> (Face, Option<Timestamp>) {
    let (now, language) = (clock::now(), program.language());
    let local = clock::local(now);
    let of = |shop: &Shop<'_>| face::of(shop, &local, language);
    if program.stop().is_requested() {
        return (of(&Shop::Ending), None);
    }
    let shop = match program.phase() {
        Phase::Running(handle) => {
            let status = handle.status().borrow().clone();
            let interval = handle.settings().borrow().general.check_interval;
            let is_polling = status.mailboxes.iter().any(|mailbox| mailbox.is_polling);
            let face = of(&Shop::Running {
                status: &status,
                interval,
                today: today.count(&handle, is_polling, now).await,
            });
            let midnight = clock::tomorrow(&local);
            let turn = turns_at(&status, interval, now).into_iter().chain(midnight).min();
            return (face, turn);
        }
        Phase::Starting => Shop::Starting,
        Phase::NoSettings => Shop::NoSettings,
        Phase::Faulty(_) => Shop::Faulty,
        Phase::Failed(_) => Shop::Failed,
        Phase::Ended => Shop::Ending,
    };
    (of(&shop), None)
}

async fn until(moment: Option<Timestamp>) {
    match moment {
        Some(moment) => {
            let wait = moment.duration_since(clock::now());
            // Not earlier than it: a timer may be a little early.
            let wait = Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(5);
            tokio::time::sleep(wait).await;
        }
        None => std::future::pending().await,
    }
}

/// How many numbers were given today, as it was last read.
#[derive(Default)]
struct Today {
    count: Option<i64>,
    day: Option<Timestamp>,
    read: Option<Timestamp>,
}

impl Today {
    async fn count(&mut self, handle: &Handle, is_polling: bool, now: Timestamp) -> Option<i64> {
        let (day, _) = clock::beginnings(&clock::local(now));
        let is_fresh = self
            .read
            .is_some_and(|read| now.duration_since(read).abs() < COUNT_PAUSE);
        // The end of a poll is news too, so what is left out now is read then.
        if !(is_polling && is_fresh && self.day == Some(day)) {
            self.read = Some(now);
            self.day = Some(day);
            self.count = given_since(handle.readers(), day)
                .await
                .map_err(|error| tracing::warn!(%error, "today's numbers cannot be counted"))
                .ok();
        }
        self.count
    }
}
