//! The program's life beside its work: its start at login, notices of trouble, an end that nobody asked for, sleep, the first start.
//!
//! Reading order: here what begins and ends with the program; `autostart` (kept in step with its setting), `memory` (what is remembered).

mod autostart;
mod memory;

use std::sync::Arc;

use karamail_engine::program::Program;

use self::autostart::Keeper;
use self::memory::Memory;
use crate::arguments::Arguments;

/// Begins what goes beside the work, within a runtime.
pub(crate) fn begin(program: &Arc<Program>, arguments: &Arguments) {
    let memory = Arc::new(Memory::open(&program.places().data));
    program.change_desktop(|_| {});
    match Keeper::new(arguments, program.places(), Arc::clone(&memory)) {
        Ok(keeper) => {
            tokio::spawn(keep_in_step(Arc::clone(program), Arc::new(keeper)));
        }
        Err(error) => tracing::warn!(%error, "the start at login is left alone"),
    }
}

/// Brings the start at login into step at the start and whenever the setting changes.
async fn keep_in_step(program: Arc<Program>, keeper: Arc<Keeper>) {
    let mut news = program.news();
    let mut applied = None;
    loop {
        let wanted = program
            .handle()
            .map(|handle| handle.settings().borrow().general.autostart);
        if let Some(wanted) = wanted.filter(|wanted| applied != Some(*wanted)) {
            applied = Some(wanted);
            let (program, keeper) = (Arc::clone(&program), Arc::clone(&keeper));
            let _ = tokio::task::spawn_blocking(move || keeper.keep(&program, wanted)).await;
        }
        if news.changed().await.is_err() {
            return;
        }
    }
}
