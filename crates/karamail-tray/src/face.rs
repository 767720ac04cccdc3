//! What the tray icon says: one of five states, a few lines for whoever points at it, and what its menu offers. Pure.
//!
//! Invariant: it tells of the shop, also while the demo is shown, and judges as the status page does
//! ([`karamail_engine::program::light`]).

use std::time::Duration;

use jiff::{Timestamp, Zoned};
use karamail_core::words::Language;
use karamail_core::words::screens::status;
use karamail_core::words::tray as words;
use karamail_engine::engine::Status;
use karamail_engine::program::light::{Colour, Light, judge};

/// What Windows shows of a tooltip: 128 UTF-16 units, the last of them zero.
const TOOLTIP_UNITS: usize = 127;

/// The states of the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// All is well.
    Collecting,
    /// Mailboxes are being polled.
    Polling,
    /// Nothing is collected, as the shop wants it.
    Stopped,
    /// Something waits for a person.
    NeedsHand,
    /// Customers are not served.
    Failing,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [
        State::Collecting,
        State::Polling,
        State::Stopped,
        State::NeedsHand,
        State::Failing,
    ];
}

/// What is known of the shop.
#[derive(Clone, Debug)]
pub enum Shop<'a> {
    /// The settings are being read.
    Starting,
    /// There are none.
    NoSettings,
    /// They have faults, and there were no good ones before.
    Faulty,
    /// The engine could not start, or broke down.
    Failed,
    /// The engine runs.
    Running {
        /// What it is doing.
        status: &'a Status,
        /// How often it polls.
        interval: Duration,
        /// Numbers given today; `None`: the ledger does not say.
        today: Option<i64>,
    },
    /// The end was asked for.
    Ending,
}

/// What the icon shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Which state.
    pub state: State,
    /// What goes on.
    pub title: String,
    /// What else there is to say.
    pub lines: Vec<String>,
    /// What the menu offers.
    pub offer: Offer,
    /// Of the words here and in the menu.
    pub language: Language,
}

/// What the menu offers, as far as it depends on what goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// 今すぐ確認.
    pub check: Check,
    /// 開始/停止.
    pub collect: Collect,
    /// The program ends: nothing can be chosen that would begin something.
    pub is_ending: bool,
}

/// Whether mailboxes can be polled now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// They can.
    Ready,
    /// Not while the shop has stopped it.
    Stopped,
    /// There is nothing to poll.
    NothingSet,
}

/// Whether collecting can be begun or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collect {
    /// It can be ended.
    Stop,
    /// It can be begun.
    Start,
    /// There is no engine.
    Neither,
}

impl Face {
    /// All of it in one text, as long as Windows shows.
    pub fn tooltip(&self) -> String {
        let mut text = self.title.clone();
        for line in &self.lines {
            text.push('\n');
            text.push_str(line);
        }
        clip(&text, TOOLTIP_UNITS)
    }
}

/// The face of the shop at `now`.
pub fn of(shop: &Shop<'_>, now: &Zoned, language: Language) -> Face {
    let without_engine = |state, told: String| Face {
        state,
        title: words::title(language, &told),
        lines: Vec::new(),
        offer: Offer {
            check: Check::NothingSet,
            collect: Collect::Neither,
            is_ending: matches!(shop, Shop::Ending),
        },
        language,
    };
    match shop {
        Shop::Starting => without_engine(State::Polling, status::starting(language)),
        Shop::NoSettings => without_engine(State::NeedsHand, words::unset(language)),
        Shop::Faulty => without_engine(State::Failing, words::faulty(language)),
        Shop::Failed => without_engine(State::Failing, words::failed(language)),
        Shop::Ending => Face {
            lines: vec![words::ending_means(language)],
            ..without_engine(State::Stopped, words::ending_title(language))
        },
        Shop::Running {
            status,
            interval,
            today,
        } => running(status, *interval, *today, now, language),
    }
}

fn running(status: &Status, interval: Duration, today: Option<i64>, now: &Zoned, language: Language) -> Face {
    let light = judge(status, interval, now.timestamp());
    let name = match state(&light, status) {
        // The page's light stays green while a poll goes on as it should; the icon shows that it goes on.
        State::Polling => Light::Checking.name(language),
        _ => light.name(language),
    };
    let title = match light.mailbox() {
        Some(mailbox) if status.mailboxes.len() > 1 => words::title_of(language, &name, mailbox),
        _ => words::title(language, &name),
    };
    let mut lines: Vec<String> = wrong(&light, status, language).into_iter().collect();
    lines.push(last_good(status, now, language));
    lines.extend(today.map(|count| words::today(language, count)));
    Face {
        state: state(&light, status),
        title,
        lines,
        offer: Offer {
            check: match () {
                () if status.mailboxes.is_empty() => Check::NothingSet,
                () if status.is_collecting => Check::Ready,
                () => Check::Stopped,
            },
            collect: match status.is_collecting {
                true => Collect::Stop,
                false => Collect::Start,
            },
            is_ending: false,
        },
        language,
    }
}

fn state(light: &Light, status: &Status) -> State {
    match light.colour() {
        Colour::Idle => State::Stopped,
        Colour::Bad => State::Failing,
        Colour::Warn => State::NeedsHand,
        Colour::Busy => State::Polling,
        Colour::Good if status.mailboxes.iter().any(|mailbox| mailbox.is_polling) => State::Polling,
        Colour::Good => State::Collecting,
    }
}

/// What the light does not say by its name.
fn wrong(light: &Light, status: &Status, language: Language) -> Option<String> {
    let any = |is: fn(&karamail_engine::engine::MailboxStatus) -> bool| status.mailboxes.iter().any(is);
    let waiting: u64 = status
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.waiting.held + mailbox.waiting.quarantined + mailbox.waiting.backlog)
        .sum();
    match light {
        Light::Attention if any(|mailbox| mailbox.send_fault.is_some()) => Some(words::not_sending(language)),
        Light::Attention if status.settings_faults.is_some() => Some(words::settings_faults(language)),
        Light::Attention if any(|mailbox| mailbox.every_uidl_new_at.is_some()) => {
            Some(words::strange(language))
        }
        Light::Attention => Some(words::log_fault(language)),
        Light::Collecting | Light::Checking | Light::Stopped if waiting > 0 => {
            Some(words::waiting(language, waiting))
        }
        _ => None,
    }
}

/// The whole is as fresh as its stalest part.
fn last_good(status: &Status, now: &Zoned, language: Language) -> String {
    let stalest = status
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.last_good_poll)
        .min()
        .flatten();
    match stalest {
        Some(at) => words::last_good(language, &moment(at, now)),
        None => words::never(language),
    }
}

/// A time as short as it may be: of today without the day, of this year without the year.
fn moment(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    let form = if at.date() == now.date() {
        "%H:%M"
    } else if at.year() == now.year() {
        "%-m/%-d %H:%M"
    } else {
        "%Y/%-m/%-d %H:%M"
    };
    at.strftime(form).to_string()
}

/// At most `units` UTF-16 units, with an ellipsis where something was cut off.
fn clip(text: &str, units: usize) -> String {
    let mut left = units;
    if text.encode_utf16().count() <= left {
        return text.to_owned();
    }
    left -= 1;
    let fits = |character: &char| {
        let fits = character.len_utf16() <= left;
        left = left.saturating_sub(character.len_utf16());
        fits
    };
    let mut clipped: String = text.chars().take_while(fits).collect();
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests;
