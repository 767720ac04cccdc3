//! The monthly log and the listeners, who follow the events as they are committed.

use std::path::Path;

use karamail_core::limits::DISK_FULL_PAUSE;
use karamail_core::words::Telling;
use tokio::sync::broadcast;

use super::Engine;
use crate::config::Settings;
use crate::monthly_log::{MonthlyLog, log_folder};
use crate::stop::Stop;
use crate::store::Store;
use crate::store::events::StoredEvent;

impl Engine {
    /// Follows the events with the monthly log, and tells listeners, as events are committed.
    pub(super) fn spawn_follower(&self, mut stop: Stop) -> tokio::task::JoinHandle<()> {
        let (store, log, events) = (self.store.clone(), self.log.subscribe(), self.events.clone());
        let status = self.status.clone();
        tokio::spawn(async move {
            let mut told = store
                .log_position()
                .await
                .map_or(i64::MAX, |position| position.event_id);
            while !stop.is_requested() {
                let log_now = log.borrow().clone();
                let fault = log_now.catch_up(&store).await.err().map(|error| {
                    tracing::error!(%error, "the monthly log cannot be written");
                    Telling::of(&error)
                });
                status.send_if_modified(|status| {
                    let is_news = status.log_fault != fault;
                    status.log_fault = fault;
                    is_news
                });
                told = tell_listeners(&store, &events, told).await;
                let is_behind = status.borrow().log_fault.is_some();
                tokio::select! {
                    () = store.events_written() => {}
                    () = stop.requested() => {}
                    () = tokio::time::sleep(DISK_FULL_PAUSE), if is_behind => {}
                }
            }
        })
    }
}

/// Sends the events behind `told` to whoever listens; returns how far it got.
async fn tell_listeners(store: &Store, events: &broadcast::Sender<StoredEvent>, mut told: i64) -> i64 {
    while let Ok(news) = store.events_after(told, 100).await
        && let Some(last) = news.last().map(|event| event.id)
    {
        told = last;
        for event in news {
            // No listener is no fault.
            let _ = events.send(event);
        }
    }
    told
}

pub(super) fn monthly_log(data_folder: &Path, settings: &Settings) -> MonthlyLog {
    let folder = log_folder(&settings.general, data_folder);
    MonthlyLog::new(folder, settings.general.language)
}
