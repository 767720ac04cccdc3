//! The overview of the settings: each screen with one line of what it holds now, the settings file, and the choice where there
//! is none.

use askama::Template;
use axum::response::Response;
use karamail_core::words::screens::settings_fields::choice_label;
use karamail_core::words::screens::{settings, settings_data as words};
use karamail_core::words::{Language, Told};
use karamail_engine::config::{FileContents, READY_MADE_RECEIPTS, Settings};

use super::field::shown_in as value;
use super::frame::{Frame, Notice, Tab};
use super::{form, in_force, templates};
use crate::app::App;
use crate::fault::PageFault;
use crate::once::IsFirst;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// Entries of a list that are named; the rest are counted.
const NAMED: usize = 3;

#[derive(Template)]
#[template(path = "settings/page.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    rows: Vec<Row>,
}

/// A first start.
#[derive(Template)]
#[template(path = "settings/no_file.html")]
struct NoFilePage {
    shell: Shell,
    path: String,
}

/// A screen and what it holds now.
struct Row {
    href: &'static str,
    name: String,
    holds: String,
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let language = app.language();
    let path = &app.program.places().config;
    if !path.exists() {
        return page(&NoFilePage {
            shell: app.shell(Nav::Settings, settings::title(language)),
            path: path.display().to_string(),
        });
    }
    shown(&app, in_force::notice(&app, is_first))
}

/// The overview with something told.
pub(super) fn told(app: &App, notice: Notice) -> Result<Response, PageFault> {
    shown(app, Some(notice))
}

fn shown(app: &App, notice: Option<Notice>) -> Result<Response, PageFault> {
    let language = app.language();
    let contents = form::open(app)?.contents();
    let mut frame = Frame::of(app, Tab::Overview).telling(notice);
    frame.notices.extend(advice(app, language));
    let row = |tab: Tab, holds: String| Row {
        href: tab.href(),
        name: tab.name(language),
        holds,
    };
    page(&Page {
        shell: app.shell(Nav::Settings, settings::title(language)),
        frame,
        rows: vec![
            row(Tab::Control, control(language, &contents)),
            row(Tab::Duplicate, duplicate(language, &contents)),
            row(Tab::Mail, mail(language, &contents)),
            row(Tab::Templates, templates_line(language, &contents)),
            row(Tab::Guards, guards(language, &contents)),
            row(Tab::Data, data(language, &contents)),
        ],
    })
}

/// What is probably not meant.
fn advice(app: &App, language: Language) -> Vec<Notice> {
    let settings = Settings::load(&app.program.places().config);
    let all = settings.map_or(Vec::new(), |settings| settings.advice());
    all.into_iter()
        .map(|one| {
            Notice::warn(words::advice(
                language,
                &one.mailbox,
                &one.told_on_screen(language),
            ))
        })
        .collect()
}

/// The first entries of a list in one line.
fn list(language: Language, texts: &str) -> Option<String> {
    let all: Vec<&str> = texts.lines().collect();
    let named = all.iter().take(NAMED).copied().collect::<Vec<_>>();
    let line = named.join(", ");
    match all.len() {
        0 => None,
        count if count > NAMED => Some(words::and_more(language, &line, count - NAMED)),
        _ => Some(line),
    }
}

fn control(language: Language, contents: &FileContents) -> String {
    let seconds = value(contents, "general.check_interval_seconds");
    words::overview_control(language, &seconds, &contents.wording("receipt").subject)
}

fn duplicate(language: Language, contents: &FileContents) -> String {
    let action = value(contents, "duplicate.action");
    let label = choice_label("duplicate.action", &action, language).unwrap_or(&action);
    match list(language, &value(contents, "opt_out.words")) {
        Some(leaving) => words::overview_leaving(language, label, &leaving),
        None => words::overview_duplicate(language, label),
    }
}

fn mail(language: Language, contents: &FileContents) -> String {
    let count = contents.count("mailbox");
    let addresses: Vec<String> = (1..=count)
        .map(|number| value(contents, &format!("mailbox[{number}].address")))
        .collect();
    match list(language, &addresses.join("\n")) {
        Some(addresses) => words::overview_mail(language, count, &addresses),
        None => words::overview_no_mail(language),
    }
}

fn templates_line(language: Language, contents: &FileContents) -> String {
    let name = match templates::in_use(contents) {
        Some(one) => one.name.to_owned(),
        None => words::own_wording(language),
    };
    words::overview_templates(language, READY_MADE_RECEIPTS.len(), &name)
}

fn guards(language: Language, contents: &FileContents) -> String {
    let limit = |key: &str| match value(contents, key) {
        limit if limit == "0" => words::unlimited(language),
        limit => words::at_most(language, &limit),
    };
    let shop_words = list(language, &value(contents, "guard.shop_words"));
    words::overview_guards(
        language,
        &limit("guard.limit_address_per_hour"),
        &limit("guard.limit_address_per_day"),
        &shop_words.unwrap_or_else(|| words::none(language)),
    )
}

fn data(language: Language, contents: &FileContents) -> String {
    let months = match value(contents, "general.log_months") {
        months if months == "0" => words::for_ever(language),
        months => words::months(language, &months),
    };
    words::overview_data(language, &value(contents, "general.archive_days"), &months)
}
