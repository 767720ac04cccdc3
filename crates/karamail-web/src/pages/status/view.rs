//! What the status shows: the engine's state with its numbers, or why there is no engine.

use std::sync::Arc;

use jiff::Timestamp;
use karamail_core::limits::CONFIG_FAULTS;
use karamail_core::words::screens::status as words;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::config::{ConfigFaults, Settings};
use karamail_engine::engine::{EngineError, Handle, MailboxStatus, Status};
use karamail_engine::program::Phase;
use karamail_engine::program::light::{Colour, Light, judge};
use karamail_engine::store::StoreError;

use super::needs::{Facts, Need, needs};
use super::numbers::{Newest, ago, grouped, moment, numbers};
use crate::app::App;

/// What is shown.
pub(crate) enum View {
    Starting,
    Unset,
    Faulty(Faulty),
    Failed {
        what: String,
        what_to_do: Option<String>,
    },
    Ended,
    Running(Box<Running>),
}

/// A settings file that gives no settings.
pub(crate) struct Faulty {
    pub(crate) file: String,
    pub(crate) faults: Vec<FaultRow>,
    /// How many more there are.
    pub(crate) more: usize,
}

pub(crate) struct FaultRow {
    pub(crate) place: String,
    pub(crate) what: String,
    pub(crate) what_to_do: Option<String>,
}

/// An engine that runs.
pub(crate) struct Running {
    /// The colour of the light.
    pub(crate) colour: Colour,
    pub(crate) state: String,
    pub(crate) means: String,
    pub(crate) is_collecting: bool,
    pub(crate) last_good: Option<Moment>,
    pub(crate) next: Next,
    pub(crate) today: String,
    pub(crate) this_month: String,
    pub(crate) total: String,
    pub(crate) needs: Vec<Need>,
    pub(crate) newest: Vec<Newest>,
    /// Each of them, where there are several.
    pub(crate) mailboxes: Vec<MailboxRow>,
}

/// When something was.
pub(crate) struct Moment {
    pub(crate) at: String,
    pub(crate) ago: String,
}

/// When the next poll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// One runs.
    Now,
    /// At this time, Unix milliseconds.
    At(i64),
    /// None is planned.
    Never,
}

pub(crate) struct MailboxRow {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) class: &'static str,
    pub(crate) state: String,
    pub(crate) last_good: Option<Moment>,
    pub(crate) next: Next,
}

/// What is to be shown now.
///
/// # Errors
/// What the ledger says.
pub(crate) async fn view(app: &App, now: Timestamp) -> Result<View, StoreError> {
    let program = &app.program;
    let language = app.language();
    if program.stop().is_requested() {
        return Ok(View::Ended);
    }
    if let Some(handle) = program.handle_of(&app.side()) {
        let running = running(&handle, app.demo().is_some(), now, language).await?;
        return Ok(View::Running(Box::new(running)));
    }
    Ok(match program.phase() {
        Phase::Starting | Phase::Running(_) => View::Starting,
        Phase::NoSettings => View::Unset,
        Phase::Faulty(faults) => View::Faulty(faulty(&faults, language)),
        Phase::Failed(fault) => failed(&fault, language),
        Phase::Ended => View::Ended,
    })
}

fn failed(fault: &Arc<EngineError>, language: Language) -> View {
    View::Failed {
        what: fault.what(language),
        what_to_do: fault.on_screen(language),
    }
}

fn faulty(faults: &ConfigFaults, language: Language) -> Faulty {
    let shown = faults.faults.iter().take(CONFIG_FAULTS);
    let rows = shown.map(|fault| {
        let line = fault.line.map(|line| words::fault_line(language, line));
        let named = [line, Some(fault.key.clone()), fault.mailbox.clone()];
        let place: Vec<String> = named
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        FaultRow {
            place: match place.is_empty() {
                true => words::fault_whole(language),
                false => place.join(" · "),
            },
            what: fault.kind.what(language),
            what_to_do: fault.kind.on_screen(language),
        }
    });
    Faulty {
        file: faults.path.display().to_string(),
        faults: rows.collect(),
        more: faults.faults.len().saturating_sub(CONFIG_FAULTS),
    }
}

async fn running(
    handle: &Handle,
    is_demo: bool,
    now: Timestamp,
    language: Language,
) -> Result<Running, StoreError> {
    let status = handle.status().borrow().clone();
    let settings: Arc<Settings> = Arc::clone(&handle.settings().borrow());
    let numbers = numbers(handle.readers(), now, language).await?;
    let light = judge(&status, settings.general.check_interval, now);
    let facts = Facts {
        status: &status,
        settings: &settings,
        undelivered: numbers.undelivered,
        now,
        language,
        is_demo,
    };
    let mailboxes = &status.mailboxes;
    // The whole is as fresh as its stalest part.
    let last_good = mailboxes
        .iter()
        .map(|mailbox| mailbox.last_good_poll)
        .min()
        .flatten();
    let (state, means) = told(&light, language);
    Ok(Running {
        colour: light.colour(),
        state,
        means,
        is_collecting: status.is_collecting,
        last_good: last_good.map(|at| shown(at, now, language)),
        next: next_of_all(&status),
        today: grouped(numbers.today),
        this_month: grouped(numbers.this_month),
        total: grouped(numbers.total),
        needs: needs(&facts),
        newest: numbers.newest,
        mailboxes: match mailboxes.len() {
            0 | 1 => Vec::new(),
            _ => mailboxes
                .iter()
                .map(|one| row(one, &status, &settings, now, language))
                .collect(),
        },
    })
}

fn row(
    mailbox: &MailboxStatus,
    status: &Status,
    settings: &Settings,
    now: Timestamp,
    language: Language,
) -> MailboxRow {
    // The light of this mailbox alone.
    let alone = Status {
        is_collecting: status.is_collecting,
        mailboxes: vec![mailbox.clone()],
        woke_at: status.woke_at,
        ..Status::default()
    };
    let light = judge(&alone, settings.general.check_interval, now);
    let state = match &light {
        Light::Collecting => words::box_well(language),
        Light::Unreachable(_) => words::box_failing(language),
        Light::Attention if mailbox.send_fault.is_some() => words::box_not_sending(language),
        other => told(other, language).0,
    };
    MailboxRow {
        name: mailbox.name.clone(),
        address: mailbox.address.clone(),
        class: light.colour().class(),
        state,
        last_good: mailbox.last_good_poll.map(|at| shown(at, now, language)),
        next: next_of(mailbox),
    }
}

fn shown(at: Timestamp, now: Timestamp, language: Language) -> Moment {
    Moment {
        at: moment(&clock::local(at), &clock::local(now)),
        ago: ago(at, now, language),
    }
}

fn next_of(mailbox: &MailboxStatus) -> Next {
    match mailbox.next_poll {
        _ if mailbox.is_polling => Next::Now,
        Some(at) => Next::At(at.as_millisecond()),
        None => Next::Never,
    }
}

/// The earliest.
fn next_of_all(status: &Status) -> Next {
    if !status.is_collecting {
        return Next::Never;
    }
    let all = || status.mailboxes.iter().map(next_of);
    let planned = all().filter_map(|next| match next {
        Next::At(at) => Some(at),
        Next::Now | Next::Never => None,
    });
    match planned.min() {
        _ if all().any(|next| next == Next::Now) => Next::Now,
        Some(at) => Next::At(at),
        None => Next::Never,
    }
}

/// The light in words: its name, and what it means.
fn told(light: &Light, language: Language) -> (String, String) {
    let means = match light {
        Light::Collecting => words::collecting_means(language),
        Light::Checking => words::checking_means(language),
        Light::Stopped => words::stopped_means(language),
        Light::Attention => words::attention_means(language),
        Light::NoMailbox => words::no_mailbox_means(language),
        Light::DiskFull => words::disk_full_means(language),
        Light::PasswordMissing(mailbox) => words::password_missing_means(language, mailbox),
        Light::Unreachable(mailbox) => words::unreachable_means(language, mailbox),
        Light::Late(mailbox) => words::late_means(language, mailbox),
    };
    (light.name(language), means)
}
