//! Everything about one number: address, letters and what became of them, consent, and what can be done.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use karamail_core::delivery::RefusalClass;
use karamail_core::words::screens::results as words;
use karamail_core::words::{Language, Told};
use karamail_engine::engine::Handle;
use karamail_engine::export::{self, MailboxNames, time};
use karamail_engine::store::consents::{Consent, Wording, consent_of};
use karamail_engine::store::results::{HistoryStep, ResultRow, history, one};
use serde::Deserialize;

use super::filter::Filter;
use super::row::{Tag, href, is_on_its_way, state};
use crate::app::App;
use crate::fault::PageFault;
use crate::form::fields;
use crate::live::{self, Seen};
use crate::once::IsFirst;
use crate::part::Part;
use crate::shell::{Nav, Shell, page};
use crate::side::mark;
use crate::text::filters;

#[derive(Template)]
#[template(path = "results/one.html")]
struct Page {
    shell: Shell,
    href: String,
    consent: Option<Consent>,
    resending: bool,
    back: String,
    facts: Part,
    version: String,
}

/// What changes while the page is looked at.
#[derive(Template)]
#[template(path = "results/facts.html")]
struct Facts {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    href: String,
    series: String,
    address: String,
    given: String,
    mailbox: String,
    person: String,
    state: Tag,
    told: String,
    what_to_do: Option<String>,
    answer: Option<String>,
    steps: Vec<Step>,
    is_erased: bool,
    waits: bool,
}

/// One step of a letter.
struct Step {
    at: String,
    letter: String,
    happened: String,
    why: Option<String>,
    said: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    said: String,
    /// The filters of the list that led here.
    #[serde(default)]
    back: String,
}

/// `/results/{series}/{number}`
pub(super) async fn show(
    app: App,
    Path((series, number)): Path<(String, String)>,
    Query(said): Query<Said>,
    IsFirst(is_first): IsFirst,
) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let row = find(&handle, &series, &number, language).await?;
    let facts = facts(&app, &handle, &row).await?;
    page(&Page {
        shell: app.shell(Nav::Results, words::one_title(language, row.number)),
        href: href(&row.series, row.number),
        consent: consent_of(handle.readers(), &row.series, row.number).await?,
        resending: is_first && said.said == "resending",
        // Only what a filter of ours can say leads back.
        back: Filter::from(fields(said.back.as_bytes())).address("/results", &[]),
        version: facts.version(),
        facts,
    })
}

/// `/results/{series}/{number}/live`
pub(super) async fn live(
    app: App,
    Path((series, number)): Path<(String, String)>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        let handle = app.shown()?;
        let row = find(&handle, &series, &number, app.language()).await?;
        Ok(facts(&app, &handle, &row).await?.into_text())
    })
    .await
}

/// The number that the address names.
pub(super) async fn find(
    handle: &Handle,
    series: &str,
    number: &str,
    language: Language,
) -> Result<ResultRow, PageFault> {
    let number: i64 = number.parse().map_err(|_| PageFault::NotFound)?;
    let row = one(handle.readers(), series, number).await?;
    row.ok_or_else(|| {
        PageFault::Said(
            StatusCode::NOT_FOUND,
            words::no_such_number(language, number, series),
            Some(words::no_such_number_advice(language)),
        )
    })
}

async fn facts(app: &App, handle: &Handle, row: &ResultRow) -> Result<Part, PageFault> {
    let language = app.language();
    let steps = history(handle.readers(), &row.series, row.number).await?;
    let names = MailboxNames::of(&handle.settings().borrow().mailboxes);
    let is_erased = row.erased_at.is_some();
    let facts = Facts {
        language,
        mark: mark(&app.side()),
        href: href(&row.series, row.number),
        series: row.series.clone(),
        address: export::address(row, language),
        given: time(row.given_at),
        mailbox: names.name(&row.mailbox).to_owned(),
        person: export::person(row, language),
        state: state(row, language),
        told: row.delivery.what(language),
        what_to_do: row.delivery.on_screen(language).filter(|_| !is_erased),
        answer: row.answer.clone().filter(|answer| !answer.is_empty()),
        steps: steps.iter().map(|step| Step::of(step, language)).collect(),
        is_erased,
        waits: is_on_its_way(row),
    };
    Ok(Part::of(&facts)?)
}

impl Step {
    fn of(step: &HistoryStep, language: Language) -> Step {
        let at = Timestamp::from_millisecond(step.at_milliseconds).unwrap_or_default();
        let class = step
            .class
            .as_deref()
            .and_then(|class| class.parse::<RefusalClass>().ok());
        Step {
            at: time(at),
            letter: match step.kind.as_str() {
                "receipt" => words::letter_receipt(language),
                "repeat" => words::letter_repeat(language),
                _ => words::letter_resend(language),
            },
            happened: match step.state.as_str() {
                "queued" => words::step_queued(language),
                "sent" | "sent-again" => words::step_sent(language),
                "refused" => words::step_refused(language),
                "bounced" => words::step_bounced(language),
                "delayed" => words::step_delayed(language),
                "delivered" => words::step_delivered(language),
                "withheld" => words::step_withheld(language),
                _ => words::step_relayed(language),
            },
            why: class.map(|class| class.what(language)),
            said: step.said.clone().filter(|said| !said.is_empty()),
        }
    }
}

impl Page {
    /// Enough of a wording's digest to tell versions apart.
    fn version_of(&self, wording: &Wording) -> String {
        wording.sha256.chars().take(12).collect()
    }
}
