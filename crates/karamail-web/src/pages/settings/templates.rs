//! テンプレート: ready-made receipts, one click away.

use askama::Template;
use axum::extract::Form as PostedForm;
use axum::response::{IntoResponse, Response};
use karamail_core::template::Mark;
use karamail_core::words::Language;
use karamail_core::words::screens::{settings, settings_letters as words};
use karamail_engine::config::{FileContents, READY_MADE_RECEIPTS, ReadyMade};

use super::field::Asked;
use super::form::{self, Applied, Posted};
use super::frame::{Frame, Tab};
use super::in_force;
use super::letters::{Phone, Sender};
use crate::app::App;
use crate::fault::PageFault;
use crate::once::{self, IsFirst};
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// The keys of the receipt.
const KEYS: [&str; 3] = ["receipt.subject", "receipt.body", "receipt.body_file"];

#[derive(Template)]
#[template(path = "settings/templates.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    digest: String,
    /// In the language of the screens, and in the other.
    cards: Vec<Card>,
    others: Vec<Card>,
}

/// A ready-made receipt on the screen.
struct Card {
    name: &'static str,
    language: Language,
    /// What names it in a form.
    value: String,
    phone: Phone,
    is_in_use: bool,
    /// Asked where the shop's own text would go.
    question: Option<String>,
}

/// The ready-made receipt that is in use, if one is.
pub(super) fn in_use(contents: &FileContents) -> Option<&'static ReadyMade> {
    let wording = contents.wording("receipt");
    READY_MADE_RECEIPTS
        .iter()
        .find(|one| one.subject() == wording.subject && one.body().trim_end() == wording.body.trim_end())
}

fn value_of(one: &ReadyMade) -> String {
    format!("{}:{}", one.language.tag(), one.name)
}

fn cards(app: &App, contents: &FileContents) -> Vec<Card> {
    let language = app.language();
    let used = in_use(contents).map(value_of);
    let sender = Sender::of(contents, |_| None);
    let card = |one: &ReadyMade| Card {
        name: one.name,
        language: one.language,
        value: value_of(one),
        phone: Phone::of(
            language,
            &sender.clone().writing(one.language),
            one.subject(),
            one.body(),
            Mark::Receipt,
        ),
        is_in_use: used.as_ref() == Some(&value_of(one)),
        question: used.is_none().then(|| words::take_asked(language, one.name)),
    };
    READY_MADE_RECEIPTS.iter().map(card).collect()
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let language = app.language();
    let file = form::open(&app)?;
    let (cards, others) = cards(&app, &file.contents())
        .into_iter()
        .partition(|card| card.language == language);
    page(&Page {
        shell: app.shell(Nav::Settings, settings::templates(language)),
        frame: Frame::of(&app, Tab::Templates).telling(in_force::notice(&app, is_first)),
        digest: file.digest(),
        cards,
        others,
    })
}

/// Takes a ready-made receipt over into the settings.
pub(super) async fn take(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let posted = Posted(fields);
    let wanted = posted.get("take").unwrap_or_default();
    let one = READY_MADE_RECEIPTS.iter().find(|one| value_of(one) == wanted);
    let one = one.ok_or(PageFault::NotFound)?;
    let contents = form::open(&app)?;
    // The page showed another file: what would be replaced was not seen.
    if posted.get("digest") != Some(contents.digest().as_str()) {
        return Err(form::changed_meanwhile(&app));
    }
    let filled = Posted::default()
        .with("digest", contents.digest())
        .with("receipt.subject", one.subject())
        .with("receipt.body", one.body())
        .with("receipt.body_file", "");
    let asked: Vec<Asked> = KEYS.into_iter().map(Asked::key).collect();
    match form::apply(&app, &asked, &filled).await? {
        Applied::Saved => Ok(once::lead(&app, "/settings/control").into_response()),
        Applied::Again(_) => Err(form::changed_meanwhile(&app)),
    }
}
