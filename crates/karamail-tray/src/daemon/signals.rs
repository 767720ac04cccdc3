//! The system's wish to end: a session manager's, a service manager's, a terminal's.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::desk::Wish;
use super::event_loop::Wishes;

/// SIGTERM, SIGINT and SIGHUP, caught from when this is made.
pub(crate) struct Signals(Vec<(SignalKind, Signal)>);

impl Signals {
    /// Catches them. Must be called within a runtime.
    pub(crate) fn catch() -> Signals {
        let kinds = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
        ];
        Signals(
            kinds
                .into_iter()
                .filter_map(|kind| Some((kind, signal(kind).ok()?)))
                .collect(),
        )
    }

    /// Turns them into wishes.
    pub(crate) async fn forward(mut self, wishes: Wishes) {
        let mut asked = Asked::default();
        while !self.0.is_empty() {
            let next = self.0.iter_mut().map(|(kind, signal)| {
                Box::pin(async {
                    signal.recv().await;
                    *kind
                })
            });
            let (kind, ..) = futures_util::future::select_all(next).await;
            tracing::info!(?kind, "the system asks for the end");
            wishes.put(asked.again(kind));
        }
    }
}

/// What was asked for until now.
#[derive(Default)]
struct Asked {
    is_interrupted: bool,
}

impl Asked {
    /// The end; at once where somebody at a terminal asks twice. No other signals count: at the end of a session logind sends SIGTERM
    /// and SIGHUP together, a terminal that is closed may send SIGHUP twice, and the mail in hand shall be finished then. Who has no
    /// patience sends SIGKILL, as service managers do.
    fn again(&mut self, kind: SignalKind) -> Wish {
        let was_interrupted = self.is_interrupted;
        self.is_interrupted |= kind == SignalKind::interrupt();
        match was_interrupted && kind == SignalKind::interrupt() {
            true => Wish::EndNow,
            false => Wish::End,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(signals: &[SignalKind], is_now: bool) {
        let mut asked = Asked::default();
        let wishes: Vec<Wish> = signals.iter().map(|kind| asked.again(*kind)).collect();
        let found = wishes.iter().any(|wish| matches!(wish, Wish::EndNow));
        assert_eq!(found, is_now, "{signals:?}: {wishes:?}");
    }

    #[test]
    fn the_end_of_a_session_finishes_the_mail_in_hand_whatever_signals_come_together() {
        let (term, int, hup) = (
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
        );
        check(&[term, hup], false);
        check(&[hup, hup, term], false);
        check(&[int, term, hup], false);
        check(&[int, hup, int], true);
    }
}
