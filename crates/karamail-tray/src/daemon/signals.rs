//! The system's wish to end: a session manager's, a service manager's, a terminal's.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::desk::Wish;
use super::event_loop::Wishes;

/// Turns SIGTERM, SIGINT and SIGHUP into the wish to end. Asked twice, it ends at once: the next start finds every promise on disk.
pub(crate) async fn forward(wishes: Wishes) {
    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    let mut signals: Vec<Signal> = kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect();
    for asked in 1.. {
        let next = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
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
