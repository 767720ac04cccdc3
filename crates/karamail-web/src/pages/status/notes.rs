//! What the desktop program tells once, above the status: an end that nobody asked for, and where the icon is.

use axum::extract::{Path, State};
use axum::response::Redirect;
use jiff::Timestamp;
use karamail_core::words::desktop as words;
use karamail_engine::clock;
use karamail_engine::program::{self, HowEnded, NoteKind};

use super::numbers::moment;
use crate::app::App;

/// A note, ready to be drawn.
pub(crate) struct Note {
    /// Its kind in addresses.
    pub(crate) kind: &'static str,
    /// Its class in the style sheet.
    pub(crate) class: &'static str,
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    /// It comes with the picture of the task bar.
    pub(crate) has_picture: bool,
}

/// What is to be told now.
pub(crate) fn notes(app: &App, now: Timestamp) -> Vec<Note> {
    let desktop = app.program.desktop().unwrap_or_default();
    desktop.notes.iter().map(|note| of(note, app, now)).collect()
}

fn of(note: &program::Note, app: &App, now: Timestamp) -> Note {
    let language = app.language();
    let kind = note.kind().name();
    match note {
        program::Note::PinIcon => Note {
            kind,
            class: "busy",
            title: words::pin_icon(language),
            lines: vec![words::pin_icon_why(language), words::pin_icon_how(language)],
            has_picture: true,
        },
        program::Note::Ended(ended) => {
            let at = |at| moment(&clock::local(at), &clock::local(now));
            let how = match ended.how {
                HowEnded::Fault => words::ended_by_fault(language),
                HowEnded::Outside => words::ended_outside(language),
                HowEnded::WithComputer => words::ended_with_computer(language),
            };
            Note {
                kind,
                class: "warn",
                title: words::ended(language),
                lines: vec![
                    how,
                    words::ended_nothing_lost(language),
                    words::ended_when(language, &at(ended.started), &at(ended.noticed)),
                ],
                has_picture: false,
            }
        }
    }
}

/// Puts a note away.
pub(super) async fn put_away(State(app): State<App>, Path(kind): Path<String>) -> Redirect {
    if let Some(kind) = NoteKind::from_name(&kind) {
        app.program.put_away(kind);
    }
    Redirect::to("/status")
}
