//! Asking work to end: the mail in hand is finished, nothing new is begun.

use tokio::sync::watch;

/// The side that asks.
#[derive(Clone, Debug)]
pub struct StopSwitch(watch::Sender<bool>);

/// The side that is asked. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// A switch and its listener.
pub fn stop_switch() -> (StopSwitch, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopSwitch(sender), Stop(receiver))
}

impl StopSwitch {
    /// Asks everyone to end.
    pub fn request(&self) {
        self.0.send_replace(true);
    }
}

/// Asks everyone to end when it goes, however it goes.
#[derive(Debug)]
pub(crate) struct StopOnDrop(pub(crate) StopSwitch);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.request();
    }
}

impl Stop {
    /// Whether the end was asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when the end is asked for; never, if the switch is gone without asking.
    pub async fn requested(&mut self) {
        if self.0.wait_for(|requested| *requested).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
