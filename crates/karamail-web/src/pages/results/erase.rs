//! Erasing a person: a page that says what happens and asks for the number, and what came of it.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::results as words;
use karamail_engine::engine::requests::{Request, RequestFault};
use karamail_engine::erase::ErasedPerson;
use karamail_engine::export;
use karamail_engine::store::results::ResultRow;
use serde::Deserialize;

use super::one::find;
use super::row::href;
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "results/erase.html")]
struct Ask {
    shell: Shell,
    href: String,
    number: i64,
    address: String,
    is_erased: bool,
    is_mistyped: bool,
}

#[derive(Template)]
#[template(path = "results/erased.html")]
struct Erased {
    shell: Shell,
    number: i64,
    erased: ErasedPerson,
    others: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    number: String,
}

/// `GET /results/{series}/{number}/erase`
pub(super) async fn ask(
    app: App,
    Path((series, number)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let row = find(&app.shown()?, &series, &number, app.language()).await?;
    question(&app, &row, false)
}

/// `POST /results/{series}/{number}/erase`
pub(super) async fn erase(
    app: App,
    Path((series, number)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let row = find(&handle, &series, &number, language).await?;
    if as_number(&typed.number) != Some(row.number) {
        let page = question(&app, &row, true)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let request = Request::Erase {
        number: row.number,
        series: Some(row.series),
    };
    let result = handle.perform(request).await?;
    let erased: ErasedPerson =
        serde_json::from_value(result).map_err(|error| RequestFault::Failed(error.to_string()))?;
    let others = erased.numbers.iter();
    let others = others.filter(|(series, number)| *number != row.number || *series != erased.series);
    let others: Vec<String> = others
        .map(|(series, number)| format!("{number} ({series})"))
        .collect();
    page(&Erased {
        shell: app.shell(Nav::Results, words::erase_title(language, row.number)),
        number: row.number,
        others: others.join(", "),
        erased,
    })
}

fn question(app: &App, row: &ResultRow, is_mistyped: bool) -> Result<Response, PageFault> {
    let language = app.language();
    page(&Ask {
        shell: app.shell(Nav::Results, words::erase_title(language, row.number)),
        href: href(&row.series, row.number),
        number: row.number,
        address: export::address(row, language),
        is_erased: row.erased_at.is_some(),
        is_mistyped,
    })
}

/// A number as it is typed, full-width digits too.
fn as_number(typed: &str) -> Option<i64> {
    let narrow = typed.trim().chars().map(|digit| match digit {
        '０'..='９' => char::from_u32(u32::from(digit) - u32::from('０') + u32::from('0')).unwrap_or(digit),
        digit => digit,
    });
    narrow.collect::<String>().parse().ok()
}
