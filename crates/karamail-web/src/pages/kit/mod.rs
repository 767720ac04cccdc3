//! 店頭キット: the poster and the cards with the QR code, how customers allow our address, and what the staff does when no
//! number comes. Everything is made anew from the page's address at each request; nothing is stored.
//!
//! Reading order: `wish` (what is wanted), `made` (from that and the settings), `poster` and `panel` (the drawing), `svg`,
//! `qr`; `sheets` for the two sheets of text.

mod made;
mod panel;
mod poster;
mod qr;
mod sheets;
mod svg;
mod wish;

use askama::Template;
use axum::Router;
use axum::extract::{Query, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use karamail_core::words::Language;
use karamail_core::words::screens::kit as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;
use made::Made;
use poster::Drawing;
use wish::{Format, Languages, Wish};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/kit", get(show))
        .route("/kit/poster.svg", get(poster_file))
        .route("/kit/qr.svg", get(qr_svg))
        .route("/kit/qr.png", get(qr_png))
        .route("/kit/allow", get(sheets::allow))
        .route("/kit/staff", get(sheets::staff))
}

/// The fields of an address, in their order.
type Fields = Query<Vec<(String, String)>>;

/// A choice of a list.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// A field of text.
struct Field {
    name: String,
    label: String,
    help: Option<String>,
    value: String,
    longest: usize,
    is_long: bool,
}

/// The fields in one language.
struct FieldGroup {
    legend: String,
    language: &'static str,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "kit/page.html")]
struct Page {
    shell: Shell,
    tab: Tab,
    mailboxes: Vec<Choice>,
    made: Made,
    formats: Vec<Choice>,
    languages: Vec<Choice>,
    has_subject: bool,
    shop: Field,
    groups: Vec<FieldGroup>,
    sheet: Drawing,
    is_cut: bool,
    /// The fields of this page's address, for the files.
    query: String,
    /// This page with the proposed texts.
    reset: String,
}

#[derive(Template)]
#[template(path = "kit/empty.html")]
struct Empty {
    shell: Shell,
}

/// Which of the sheets is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Poster,
    Allow,
    Staff,
}

async fn show(app: App, RawQuery(query): RawQuery, Query(fields): Fields) -> Result<Response, PageFault> {
    let language = app.language();
    let shell = app.shell(Nav::Kit, words::title(language));
    let wish = Wish::of(fields, language);
    let Some(made) = Made::of(&app, wish)? else {
        return page(&Empty { shell });
    };
    let sheet = made.sheet(language);
    page(&Page {
        mailboxes: mailboxes(&made),
        formats: formats(&made.wish, language),
        languages: languages(&made.wish, language),
        has_subject: made.wish.subject == qr::Subject::Empty,
        shop: Field {
            name: "shop".to_owned(),
            label: words::shop(language),
            help: None,
            value: made.content.shop.clone(),
            longest: wish::longest("shop"),
            is_long: false,
        },
        groups: groups(&made, language),
        is_cut: sheet.is_cut,
        sheet: sheet.svg,
        query: query.unwrap_or_default(),
        reset: reset(&made),
        tab: Tab::Poster,
        shell,
        made,
    })
}

/// The page for the same paper, without any text of the person's.
fn reset(made: &Made) -> String {
    let (format, languages) = (made.wish.format.tag(), made.wish.languages.tag());
    format!("/kit?{}&format={format}&language={languages}", made.chosen())
}

/// The mailboxes, by their names.
fn mailboxes(made: &Made) -> Vec<Choice> {
    let choice = |(name, address): &(String, String)| Choice {
        value: name.clone(),
        label: format!("{name} ({address})"),
        is_chosen: *name == made.mailbox.name,
    };
    made.mailboxes.iter().map(choice).collect()
}

fn formats(wish: &Wish, language: Language) -> Vec<Choice> {
    let choice = |format: Format| Choice {
        value: format.tag().to_owned(),
        label: format.label(language),
        is_chosen: format == wish.format,
    };
    Format::ALL.into_iter().map(choice).collect()
}

fn languages(wish: &Wish, language: Language) -> Vec<Choice> {
    let all = [
        (
            Languages::One(Language::Japanese),
            Language::Japanese.name().to_owned(),
        ),
        (
            Languages::One(Language::English),
            Language::English.name().to_owned(),
        ),
        (Languages::Both, words::both(language)),
    ];
    let choice = |(languages, label): (Languages, String)| Choice {
        value: languages.tag().to_owned(),
        label,
        is_chosen: languages == wish.languages,
    };
    all.into_iter().map(choice).collect()
}

/// The fields of each language on the paper.
fn groups(made: &Made, language: Language) -> Vec<FieldGroup> {
    let group = |wording: &poster::Wording| {
        let tag = wording.language.tag();
        let field = |name: &str, label: String, help: Option<String>, value: &str| Field {
            name: format!("{name}_{tag}"),
            label,
            help,
            value: value.to_owned(),
            longest: wish::longest(name),
            is_long: matches!(name, "purpose" | "note"),
        };
        let [one, two, three] = &wording.steps;
        FieldGroup {
            legend: match wording.language {
                Language::Japanese => words::texts_japanese(language),
                Language::English => words::texts_english(language),
            },
            language: tag,
            fields: vec![
                field(
                    "headline",
                    words::headline_field(language),
                    None,
                    &wording.headline,
                ),
                field("step1", words::step_field(language, 1), None, one),
                field("step2", words::step_field(language, 2), None, two),
                field("step3", words::step_field(language, 3), None, three),
                field("note", words::note_field(language), None, &wording.note),
                field(
                    "purpose",
                    words::purpose_field(language),
                    Some(words::purpose_help(language)),
                    &wording.purpose,
                ),
            ],
        }
    };
    made.content.wordings.iter().map(group).collect()
}

/// What is asked for, for a file.
fn made(app: &App, fields: Vec<(String, String)>) -> Result<Made, PageFault> {
    Made::of(app, Wish::of(fields, app.language()))?.ok_or(PageFault::NotFound)
}

async fn poster_file(app: App, Query(fields): Fields) -> Result<Response, PageFault> {
    let made = made(&app, fields)?;
    let name = format!(
        "karamail-{}-{}.svg",
        made.wish.format.tag(),
        made.wish.languages.tag()
    );
    let sheet = made.sheet(app.language());
    Ok(file("image/svg+xml", &made, &name, sheet.svg.file().into_bytes()))
}

async fn qr_svg(app: App, Query(fields): Fields) -> Result<Response, PageFault> {
    let made = made(&app, fields)?;
    let svg = made.content.qr.svg().into_bytes();
    Ok(file("image/svg+xml", &made, "karamail-qr.svg", svg))
}

async fn qr_png(app: App, Query(fields): Fields) -> Result<Response, PageFault> {
    let made = made(&app, fields)?;
    let png = made.content.qr.png().map_err(|error| {
        tracing::error!(%error, "the PNG of a code");
        made::no_code(app.language())
    })?;
    Ok(file("image/png", &made, "karamail-qr.png", png))
}

/// A file to be saved; the demo's is told by its name.
fn file(kind: &'static str, made: &Made, name: &str, bytes: Vec<u8>) -> Response {
    let demo = if made.content.is_sample { "demo-" } else { "" };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{demo}{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}
