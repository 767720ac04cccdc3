//! The system's wish to end: a session manager's, a service manager's, a terminal's.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::desk::Wish;
use super::event_loop::Wishes;

/// SIGTERM, SIGINT and SIGHUP, caught from when this is made.
pub(crate) struct Signals(Vec<Signal>);

impl Signals {
    /// Catches them. Must be called within a runtime.
    pub(crate) fn catch() -> Signals {
        let kinds = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
        ];
        Signals(kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    /// Turns them into the wish to end. Asked twice, it ends at once: the next start finds every promise on disk.
    pub(crate) async fn forward(mut self, wishes: Wishes) {
        for asked in 1.. {
            let next = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
            if next.len() == 0 {
                return;
            }
            futures_util::future::select_all(next).await;
            tracing::info!(asked, "the system asks for the end");
            if asked > 1 {
                std::process::exit(super::trouble::Exit::Failed as i32);
            }
            wishes.put(Wish::End);
        }
    }
}
