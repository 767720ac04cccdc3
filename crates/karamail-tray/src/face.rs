//! What the tray icon says: one of five states, and a line for whoever points at it. Pure.

use karamail_core::words::Language;
use karamail_core::words::tray as words;
use karamail_engine::engine::Status;

/// The states of the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// All is well.
    Collecting,
    /// Mailboxes are being polled.
    Polling,
    /// Nothing is collected.
    Stopped,
    /// Something waits for a person.
    NeedsHand,
    /// Customers are not served.
    Failing,
}

/// What the icon shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Which state.
    pub state: State,
    /// What is said to whoever points at the icon.
    pub tooltip: String,
    /// Whether the menu offers to stop or to start.
    pub is_collecting: bool,
}

impl State {
    /// The state in words.
    pub fn told(self, language: Language) -> String {
        match self {
            State::Collecting => words::collecting(language),
            State::Polling => words::polling(language),
            State::Stopped => words::stopped(language),
            State::NeedsHand => words::needs_hand(language),
            State::Failing => words::failing(language),
        }
    }

    /// Every state.
    pub const ALL: [State; 5] = [
        State::Collecting,
        State::Polling,
        State::Stopped,
        State::NeedsHand,
        State::Failing,
    ];
}

/// The face of an engine's status; `None` where there is no engine.
pub fn of(status: Option<&Status>, language: Language) -> Face {
    let Some(status) = status else {
        return Face {
            state: State::NeedsHand,
            tooltip: words::no_engine(language),
            is_collecting: false,
        };
    };
    let any = |is: fn(&karamail_engine::engine::MailboxStatus) -> bool| status.mailboxes.iter().any(is);
    let state = if !status.is_collecting {
        State::Stopped
    } else if status.disk_fault.is_some() || any(|mailbox| mailbox.receive_fault.is_some()) {
        State::Failing
    } else if any(|mailbox| mailbox.is_polling) {
        State::Polling
    } else if any(|mailbox| mailbox.problems > 0) {
        State::NeedsHand
    } else {
        State::Collecting
    };
    Face {
        state,
        tooltip: words::tooltip(language, &state.told(language)),
        is_collecting: status.is_collecting,
    }
}
