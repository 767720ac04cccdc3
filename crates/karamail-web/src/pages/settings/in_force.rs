//! Whether what was saved is in force: the engine reads the file by itself and takes over what is sound.

use std::time::Duration;

use karamail_core::words::Told;
use karamail_core::words::screens::settings as words;
use karamail_engine::config::Settings;
use karamail_engine::program::{Autostart, Phase};

use super::frame::Notice;
use crate::app::App;
use crate::once::IsFirst;

/// How long a person waits for the engine before being told that it will come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Gives the engine a moment to take over what was saved, and starts it where there was none. `settings`: what was saved;
/// `None`: the file has faults still, and nothing will happen.
pub(crate) async fn wait(app: &App, settings: Option<&Settings>) {
    let Some(settings) = settings else {
        return app.program.bump();
    };
    let mut news = app.program.news();
    let taken_over = async {
        loop {
            news.mark_unchanged();
            if is_in_force(app, settings) {
                return;
            }
            if news.changed().await.is_err() {
                return;
            }
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, taken_over).await.is_ok();
    if !in_time && app.program.handle().is_none() {
        app.program.begin(true).await;
    }
    app.program.bump();
}

fn is_in_force(app: &App, settings: &Settings) -> bool {
    // The start at login is the desktop program's to take over.
    let wanted = Some(settings.general.autostart);
    let desktop = app.program.desktop();
    let is_taken_over = desktop.is_none_or(|desktop| desktop.autostart_applied == wanted);
    let handle = app.program.handle();
    is_taken_over && handle.is_some_and(|handle| **handle.settings().borrow() == *settings)
}

/// What to say on a page that was just saved.
pub(crate) fn notice(app: &App, IsFirst(is_first): IsFirst) -> Option<Notice> {
    if !is_first {
        return None;
    }
    let language = app.language();
    let Ok(settings) = Settings::load(&app.program.places().config) else {
        return Some(Notice::warn(words::saved_not_yet_faults(language)));
    };
    if is_in_force(app, &settings) {
        return Some(match app.program.desktop().map(|desktop| desktop.autostart) {
            Some(Autostart::Failed(fault)) => Notice::warn(fault.told(language)),
            _ => Notice::good(words::saved(language)),
        });
    }
    Some(match app.program.phase() {
        Phase::Failed(fault) => Notice::bad(words::saved_not_running(
            language,
            &fault.told_on_screen(language),
        )),
        _ => Notice::busy(words::saved_soon(language)),
    })
}
