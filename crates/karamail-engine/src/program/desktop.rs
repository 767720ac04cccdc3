//! What the desktop program has to say on the screens. It alone knows; where there is none (`karamail serve`), nothing is said.

use jiff::Timestamp;
use karamail_core::words::Telling;

use super::{Program, lock};

/// What the desktop program says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// Whether it starts when the user logs in.
    pub autostart: Autostart,
    /// The setting that was applied last; `None` before the first.
    pub autostart_applied: Option<bool>,
    /// What is shown on the status until somebody puts it away.
    pub notes: Vec<Note>,
}

/// How the start at login stands to its setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Autostart {
    /// As the setting says.
    #[default]
    AsSet,
    /// On in the settings, and switched off by the user in the system's own list: where, told.
    SwitchedOff(Telling),
    /// On in the settings of a program that is carried about, and not on this computer.
    NotHere,
    /// The system refused, told.
    Failed(Telling),
}

/// Something told once, until it is put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Where the icon is and how it stays in sight.
    PinIcon,
    /// The program had ended without being asked to.
    Ended(Ended),
}

/// An end that nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How, as far as it can be known.
    pub how: HowEnded,
    /// When the program that ended had started.
    pub started: Timestamp,
    /// When it was noticed: the next start.
    pub noticed: Timestamp,
}

/// How a program ended that was not asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowEnded {
    /// By a fault of its own, which is recorded.
    Fault,
    /// From outside, while the computer went on.
    Outside,
    /// Together with the computer: no power, or it was reset.
    WithComputer,
}

/// A note by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// [`Note::PinIcon`].
    PinIcon,
    /// [`Note::Ended`].
    Ended,
}

impl NoteKind {
    /// Every kind.
    pub const ALL: [NoteKind; 2] = [NoteKind::PinIcon, NoteKind::Ended];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            NoteKind::PinIcon => "pin-icon",
            NoteKind::Ended => "ended",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<NoteKind> {
        NoteKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Note {
    /// Its kind.
    pub const fn kind(&self) -> NoteKind {
        match self {
            Note::PinIcon => NoteKind::PinIcon,
            Note::Ended(_) => NoteKind::Ended,
        }
    }
}

impl Program {
    /// What the desktop program says; `None` where there is none.
    pub fn desktop(&self) -> Option<Desktop> {
        lock(&self.desktop).clone()
    }

    /// The desktop program says something else, or says that it is there.
    pub fn change_desktop(&self, change: impl FnOnce(&mut Desktop)) {
        change(lock(&self.desktop).get_or_insert_default());
        self.bump();
    }

    /// A person put a note away. The desktop program sees it and remembers.
    pub fn put_away(&self, kind: NoteKind) {
        if let Some(desktop) = &mut *lock(&self.desktop) {
            desktop.notes.retain(|note| note.kind() != kind);
        }
        self.bump();
    }
}
