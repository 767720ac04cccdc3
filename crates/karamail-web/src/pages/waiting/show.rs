//! The lists of waiting mails.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use karamail_core::limits::ROWS_AT_ONCE;
use karamail_core::words::Language;
use karamail_core::words::screens::waiting as words;
use karamail_engine::clock;
use karamail_engine::engine::Handle;
use karamail_engine::export::MailboxNames;
use karamail_engine::store::aside::Pile;
use karamail_engine::store::waiting::{backlogs, piles, waiting};
use serde::Deserialize;

use super::done::Outcome;
use super::mail::{Mail, chosen_pile, slug};
use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::once::IsFirst;
use crate::part::Part;
use crate::shell::{Nav, Shell, page};
use crate::side::mark;
use crate::text::filters;

#[derive(Template)]
#[template(path = "waiting/page.html")]
struct Page {
    shell: Shell,
    outcome: Vec<String>,
    groups: Part,
    version: String,
}

/// Everything that waits; it follows the program.
#[derive(Template)]
#[template(path = "waiting/groups.html")]
struct Groups {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    piles: Vec<Group>,
    backlogs: Vec<Backlog>,
    old: Vec<Mail>,
    old_count: i64,
    has_older: bool,
}

/// One pile further down, without following.
#[derive(Template)]
#[template(path = "waiting/pile.html")]
struct PilePage {
    shell: Shell,
    language: Language,
    group: Group,
    is_first: bool,
}

/// Held mails, or those that could not be handled.
struct Group {
    mark: String,
    pile: Pile,
    slug: &'static str,
    /// How many nothing is decided about.
    count: i64,
    mails: Vec<Mail>,
    /// The id of the newest mail that is shown: "all" means up to this one.
    newest: i64,
    /// The id of the oldest mail that is shown, where there are older ones.
    older: Option<i64>,
}

/// The old mails of one mailbox.
struct Backlog {
    key: String,
    name: String,
    count: i64,
    decided: i64,
    period: Option<String>,
    is_in_settings: bool,
}

#[derive(Deserialize)]
pub(super) struct Place {
    before: Option<i64>,
}

/// `/waiting`
pub(super) async fn all(
    app: App,
    Query(outcome): Query<Outcome>,
    IsFirst(is_first): IsFirst,
) -> Result<Response, PageFault> {
    let language = app.language();
    let groups = groups(&app).await?;
    page(&Page {
        shell: app.shell(Nav::Results, words::title(language)),
        outcome: if is_first {
            outcome.told(language)
        } else {
            Vec::new()
        },
        version: groups.version(),
        groups,
    })
}

/// `/waiting/live`
pub(super) async fn live(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async { Ok(groups(&app).await?.into_text()) }).await
}

/// `/waiting/held` and `/waiting/quarantined`, further down.
pub(super) async fn pile(
    app: App,
    Path(name): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, PageFault> {
    let pile = chosen_pile(&name).ok_or(PageFault::NotFound)?;
    one_pile(&app, pile, place.before).await
}

/// `/waiting/backlog`, further down.
pub(super) async fn backlog(app: App, Query(place): Query<Place>) -> Result<Response, PageFault> {
    one_pile(&app, Pile::Backlog, place.before).await
}

async fn one_pile(app: &App, pile: Pile, before: Option<i64>) -> Result<Response, PageFault> {
    let (handle, language) = (app.shown()?, app.language());
    let [held, quarantined, backlog] = piles(handle.readers()).await?;
    let (title, count) = match pile {
        Pile::Held => (words::held(language), held),
        Pile::Quarantined => (words::quarantined(language), quarantined),
        Pile::Backlog => (words::backlog(language), backlog),
    };
    page(&PilePage {
        shell: app.shell(Nav::Results, title),
        language,
        group: group(app, &handle, pile, count, before).await?,
        is_first: before.is_none(),
    })
}

async fn groups(app: &App) -> Result<Part, PageFault> {
    let (handle, language) = (&app.shown()?, app.language());
    let [held, quarantined, backlog] = piles(handle.readers()).await?;
    let mut shown = Vec::new();
    for (pile, count) in [(Pile::Held, held), (Pile::Quarantined, quarantined)] {
        let group = group(app, handle, pile, count, None).await?;
        if !group.mails.is_empty() {
            shown.push(group);
        }
    }
    let old = group(app, handle, Pile::Backlog, backlog, None).await?;
    Ok(Part::of(&Groups {
        language,
        mark: mark(&app.side()),
        piles: shown,
        backlogs: mailboxes(handle, language).await?,
        has_older: old.older.is_some(),
        old: old.mails,
        old_count: backlog,
    })?)
}

async fn group(
    app: &App,
    handle: &Handle,
    pile: Pile,
    count: i64,
    before: Option<i64>,
) -> Result<Group, PageFault> {
    let mails = waiting(handle.readers(), pile, None, before, ROWS_AT_ONCE).await?;
    let is_full = mails.len() >= usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX);
    Ok(Group {
        mark: mark(&app.side()),
        pile,
        slug: slug(pile),
        count,
        newest: mails.first().map_or(0, |mail| mail.id),
        older: mails.last().filter(|_| is_full).map(|mail| mail.id),
        mails: mails
            .into_iter()
            .map(|mail| Mail::of(mail, app.language()))
            .collect(),
    })
}

async fn mailboxes(handle: &Handle, language: Language) -> Result<Vec<Backlog>, PageFault> {
    let settings = handle.settings().borrow().clone();
    let names = MailboxNames::of(&settings.mailboxes);
    let day = |at| clock::local(at).strftime("%Y-%m-%d").to_string();
    let found = backlogs(handle.readers()).await?.into_iter().map(|one| Backlog {
        name: names.name(&one.mailbox).to_owned(),
        count: one.waiting,
        decided: one.decided,
        period: one
            .period()
            .map(|(from, to)| words::period(language, &day(from), &day(to))),
        is_in_settings: settings
            .mailboxes
            .iter()
            .any(|mailbox| mailbox.address.key() == one.mailbox),
        key: one.mailbox,
    });
    Ok(found.collect())
}

impl Group {
    fn is_held(&self) -> bool {
        self.pile == Pile::Held
    }

    fn can_choose(&self) -> bool {
        self.pile != Pile::Backlog
    }

    /// Whether there are more than are shown.
    fn is_cut(&self) -> bool {
        self.older.is_some()
    }
}
