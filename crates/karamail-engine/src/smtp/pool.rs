//! The sessions of one mailer: a few at once, kept open for a rush, closed when it is over.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::smtp::session::Session;

pub(super) struct Pool {
    /// Leave to have a session, taken out or resting.
    permits: Semaphore,
    /// How long a session rests before it is closed.
    idle: Duration,
    resting: Mutex<Resting>,
}

#[derive(Default)]
struct Resting {
    sessions: Vec<Session>,
    has_reaper: bool,
}

impl Pool {
    pub(super) fn new(connections: usize, idle: Duration) -> Arc<Pool> {
        Arc::new(Pool {
            permits: Semaphore::new(connections),
            idle,
            resting: Mutex::default(),
        })
    }

    /// Waits for leave to use a session. Whoever holds the permit may take a resting session or open one; so there are
    /// never more open than permits.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.permits.acquire().await.ok()
    }

    /// The session that rested least, which is the likeliest to be alive.
    pub(super) fn take(&self) -> Option<Session> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting
            .sessions
            .pop()
            .filter(|session| session.rested_since.elapsed() < self.idle)
    }

    /// Lets a session rest, and sees to it that it does not rest for ever.
    pub(super) fn put_back(self: &Arc<Self>, session: Session) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.sessions.push(session);
        if !resting.has_reaper {
            resting.has_reaper = true;
            tokio::spawn(reap(Arc::downgrade(self)));
        }
    }

    /// All resting sessions, to be closed.
    pub(super) fn take_all(&self) -> Vec<Session> {
        std::mem::take(
            &mut self
                .resting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .sessions,
        )
    }

    /// The sessions that have rested long enough, and when to look again; None once there are none left.
    fn take_tired(&self) -> (Vec<Session>, Option<Instant>) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let sessions = std::mem::take(&mut resting.sessions);
        let (tired, fresh) = sessions
            .into_iter()
            .partition(|session| session.rested_since.elapsed() >= self.idle);
        resting.sessions = fresh;
        let next = resting
            .sessions
            .iter()
            .map(|session| session.rested_since + self.idle)
            .min();
        resting.has_reaper = next.is_some();
        (tired, next)
    }
}

async fn reap(pool: Weak<Pool>) {
    loop {
        let Some(strong) = pool.upgrade() else { return };
        let (tired, next) = strong.take_tired();
        drop(strong);
        for session in tired {
            session.quit().await;
        }
        let Some(next) = next else { return };
        sleep_until(next).await;
    }
}
