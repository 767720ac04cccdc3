//! The program's life beside its work: its start at login, notices of trouble, an end that nobody asked for, sleep, the first start.
//!
//! Reading order: here what begins and ends with the program; `autostart` (kept in step with its setting), `trouble` (when a notice is
//! due), `notices` (what it says), `bubble` (how it is shown), `crash` and `session` (how the program before ended), `waking`, `memory`.

mod autostart;
mod bubble;
mod crash;
mod memory;
mod notices;
mod session;
mod trouble;
mod waking;

use std::sync::Arc;

use karamail_engine::program::{Note, NoteKind, Program};
use tokio::sync::watch;

use self::autostart::Keeper;
use self::bubble::Bubble;
use self::crash::Mark;
use self::memory::Memory;
use crate::arguments::Arguments;

/// What ends with the program.
pub(crate) struct Life {
    mark: Mark,
}

/// Begins what goes beside the work, within a runtime.
pub(crate) fn begin(program: &Arc<Program>, arguments: &Arguments) -> Life {
    let data_folder = &program.places().data;
    let (mark, ended) = Mark::leave(data_folder);
    crash::record_panics(data_folder);
    let memory = Arc::new(Memory::open(data_folder));
    let knows_icon = memory.read().knows_icon || cfg!(not(windows));
    program.change_desktop(|desktop| {
        desktop.notes.extend(ended.clone().map(Note::Ended));
        desktop.notes.extend((!knows_icon).then_some(Note::PinIcon));
    });
    if let Some(ended) = &ended {
        tracing::warn!(?ended, "the program had ended unexpectedly");
        tokio::spawn(tell_end(Arc::clone(program), ended.clone()));
    }
    let (woken, wakings) = watch::channel(0);
    tokio::spawn(waking::follow(Arc::clone(program), woken));
    tokio::spawn(notices::tell_troubles(Arc::clone(program), wakings));
    tokio::spawn(notices::tell_receipts(Arc::clone(program)));
    if !knows_icon {
        tokio::spawn(remember_icon(Arc::clone(program), Arc::clone(&memory)));
    }
    match Keeper::new(arguments, program.places(), memory) {
        Ok(keeper) => {
            tokio::spawn(keep_in_step(Arc::clone(program), Arc::new(keeper)));
        }
        Err(error) => tracing::warn!(%error, "the start at login is left alone"),
    }
    Life { mark }
}

/// Shows a notification that stays until somebody has seen it, within a runtime.
pub(crate) fn notify_until_seen(title: String, text: String) {
    tokio::spawn(bubble::show(Bubble {
        title,
        text,
        is_urgent: true,
    }));
}

impl Life {
    /// The end was asked for, or the session ends: the next start has nothing to tell.
    pub(crate) fn end(&self) {
        self.mark.take_away();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // A panic of the main thread passes here too.
        if !std::thread::panicking() {
            self.end();
        }
    }
}

/// Tells how the program before ended, once the settings say in which language.
async fn tell_end(program: Arc<Program>, ended: karamail_engine::program::Ended) {
    program.settled().await;
    let wants = program
        .handle()
        .is_none_or(|handle| handle.settings().borrow().general.notify_trouble);
    if wants {
        bubble::show(notices::ended(&ended, program.language())).await;
    }
}

/// Remembers that the note about the icon's place was put away.
async fn remember_icon(program: Arc<Program>, memory: Arc<Memory>) {
    let mut news = program.news();
    loop {
        let notes = program.desktop().map(|desktop| desktop.notes).unwrap_or_default();
        if !notes.iter().any(|note| note.kind() == NoteKind::PinIcon) {
            return memory.change(|remembered| remembered.knows_icon = true);
        }
        if news.changed().await.is_err() {
            return;
        }
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
