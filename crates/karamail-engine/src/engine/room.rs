//! A full disk: collecting pauses, the mails stay on their servers, and it goes on by itself once there is room.

use std::io::Write;
use std::path::Path;

use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::{DISK_FULL_PAUSE, DISK_ROOM_BYTES};
use karamail_core::words::Telling;
use tokio::time::Instant;

use super::Engine;
use crate::clock;
use crate::cycle::{CycleFault, CycleReport};
use crate::store::StoreError;

/// Whether a cycle ended because the disk is full.
pub(super) fn met_full_disk(report: &CycleReport) -> bool {
    matches!(
        report.receive_fault,
        Some(CycleFault::Store(StoreError::DiskFull))
    )
}

impl Engine {
    /// Pauses everything until there is room.
    pub(super) fn pause_for_room(&mut self) {
        self.look_for_room_at = Some(Instant::now() + DISK_FULL_PAUSE);
        let told = Telling::of(&StoreError::DiskFull);
        self.status.send_if_modified(|status| {
            let is_news = status.disk_fault.is_none();
            status.disk_fault = Some(told);
            is_news
        });
    }

    /// Looks whether there is room again, if it is time to; then everything is polled at once, and it is told.
    pub(super) async fn look_for_room(&mut self) {
        if self.look_for_room_at.is_none_or(|at| Instant::now() < at) {
            return;
        }
        let folder = self.data_folder.path().to_owned();
        let found = tokio::task::spawn_blocking(move || has_room(&folder)).await;
        // The event is the proof: the ledger can be written again.
        let again = Event::new(EventKind::DiskRoomAgain);
        if !matches!(found, Ok(true)) || self.store.note(again, clock::now()).await.is_err() {
            self.look_for_room_at = Some(Instant::now() + DISK_FULL_PAUSE);
            return;
        }
        self.look_for_room_at = None;
        self.status.send_modify(|status| status.disk_fault = None);
        self.check_now();
    }
}

/// Whether as much can be written as a few mails need.
fn has_room(folder: &Path) -> bool {
    let probe = folder.join("room.part");
    let write = || {
        let mut file = std::fs::File::create(&probe)?;
        let block = [0x6b; 64 * 1024];
        for _ in 0..DISK_ROOM_BYTES / block.len() {
            file.write_all(&block)?;
        }
        file.sync_all()
    };
    let written = write().inspect_err(|error| tracing::debug!(%error, "there is no room yet"));
    let removed = std::fs::remove_file(&probe);
    written.and(removed).is_ok()
}
