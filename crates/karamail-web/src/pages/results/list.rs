//! The list: the newest rows follow the program by themselves, older ones are added while a person scrolls.

use askama::Template;
use axum::extract::Query;
use axum::http::HeaderName;
use axum::response::{Html, IntoResponse, Response};
use karamail_core::limits::{ROWS_A_PAGE, ROWS_AT_ONCE, ROWS_LIVE};
use karamail_core::words::Language;
use karamail_core::words::screens::results as words;
use karamail_engine::engine::Handle;
use karamail_engine::store::results::{Cursor, ResultRow, Wanted, count, results};
use karamail_engine::store::waiting::piles;
use serde::Deserialize;

use super::filter::{Choices, Filter, states};
use super::row::Row;
use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::once::IsFirst;
use crate::part::Part;
use crate::shell::{Nav, Shell, page};
use crate::side::{DEMO, mark, number};
use crate::text::filters;

#[derive(Template)]
#[template(path = "results/page.html")]
struct Page {
    shell: Shell,
    filter: Filter,
    choices: Choices,
    states: [(&'static str, String); 9],
    waiting: i64,
    resent: usize,
    list: Part,
}

/// The list with its downloads and buttons; what a search replaces.
#[derive(Template)]
#[template(path = "results/list.html")]
struct List {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    /// The demo's number for addresses of downloads.
    demo: Option<String>,
    filter: Filter,
    fault: Option<String>,
    choices: Choices,
    /// The rows that follow the program, and their version.
    top: Part,
    version: String,
    /// How many there are in all.
    heading: String,
    /// Where they are asked for again; none on a page that begins further down.
    live: Option<String>,
    more: Option<More>,
    /// How many were found, for who does not see the list change; none where the whole page is shown.
    said: Option<String>,
}

/// Rows; the inside of a part of the table.
#[derive(Template)]
#[template(path = "results/rows.html")]
struct Rows {
    language: Language,
    rows: Vec<Row>,
    has_mailboxes: bool,
    has_series: bool,
    /// Heading of the newest rows: how many there are in all, or why there are none.
    heading: Option<String>,
    /// Rows between these and the next were left out.
    is_cut: bool,
    more: Option<More>,
}

/// How the list goes on.
struct More {
    /// The next page without scripts, or where this one is full.
    href: String,
    /// The next rows; none where this page is full.
    rows: Option<String>,
    count: u32,
}

#[derive(Deserialize)]
pub(super) struct Said {
    /// So many numbers are being sent again.
    #[serde(default)]
    resent: usize,
}

/// `/results`
pub(super) async fn show(
    app: App,
    Query(filter): Query<Filter>,
    Query(said): Query<Said>,
    IsFirst(is_first): IsFirst,
) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let list = list(&app, &handle, filter.clone()).await?;
    page(&Page {
        shell: app.shell(Nav::Results, words::title(language)),
        states: states(language),
        choices: list.choices.clone(),
        waiting: piles(handle.readers()).await?.iter().sum(),
        resent: if is_first { said.resent } else { 0 },
        filter,
        list: Part::of(&list)?,
    })
}

/// `/results/list`: what a search replaces. The address of the page becomes that of the search.
pub(super) async fn part(app: App, Query(filter): Query<Filter>) -> Result<Response, PageFault> {
    let filter = Filter {
        after: String::new(),
        ..filter
    };
    let address = filter.address("/results", &[]);
    let mut list = list(&app, &app.shown()?, filter).await?;
    list.said = Some(list.heading.clone());
    let replace = [(HeaderName::from_static("hx-replace-url"), address)];
    Ok((replace, Html(list.render()?)).into_response())
}

/// `/results/rows`: the next rows while a person scrolls.
pub(super) async fn rows(app: App, Query(filter): Query<Filter>) -> Result<Html<String>, PageFault> {
    let handle = app.shown()?;
    let choices = choices(&handle).await?;
    let found = next_rows(&handle, &filter).await?;
    let shown = filter.rows.saturating_add(ROWS_AT_ONCE);
    let rows = Rows {
        more: more(&filter, &found, shown),
        ..Rows::of(&found, &filter, &choices, app.language())
    };
    Ok(Html(rows.render()?))
}

/// `/results/live`: the newest rows, as soon as they are others.
pub(super) async fn live(
    app: App,
    Query(filter): Query<Filter>,
    Query(seen): Query<Seen>,
) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        let handle = app.shown()?;
        let choices = choices(&handle).await?;
        let wanted = Wanted {
            limit: Some(ROWS_LIVE),
            ..filter.wanted()
        };
        let found = results(handle.readers(), &wanted).await?;
        let (top, _) = top(&handle, &filter, &choices, &found, app.language()).await?;
        Ok(top.into_text())
    })
    .await
}

async fn list(app: &App, handle: &Handle, filter: Filter) -> Result<List, PageFault> {
    let language = app.language();
    let choices = choices(handle).await?;
    let found = next_rows(handle, &filter).await?;
    let is_first = filter.after.is_empty();
    let (top, heading) = if is_first {
        top(handle, &filter, &choices, &found, language).await?
    } else {
        let rows = Rows::of(&found, &filter, &choices, language);
        (Part::of(&rows)?, String::new())
    };
    let more = more(&filter, &found, ROWS_AT_ONCE);
    let last = found
        .last()
        .filter(|_| more.is_some())
        .map(|row| Cursor::of(row).to_string());
    let live = last.map_or_else(
        || filter.address("/results/live", &[]),
        |last| filter.address("/results/live", &[("down_to", &last)]),
    );
    Ok(List {
        language,
        mark: mark(&app.side()),
        demo: number(&app.side()),
        fault: filter.fault(language),
        choices,
        live: is_first.then_some(live),
        version: top.version(),
        top,
        heading,
        said: None,
        more,
        filter,
    })
}

async fn choices(handle: &Handle) -> Result<Choices, PageFault> {
    let settings = handle.settings().borrow().clone();
    Ok(Choices::load(handle.readers(), &settings).await?)
}

async fn next_rows(handle: &Handle, filter: &Filter) -> Result<Vec<ResultRow>, PageFault> {
    let wanted = Wanted {
        limit: Some(ROWS_AT_ONCE),
        down_to: None,
        ..filter.wanted()
    };
    Ok(results(handle.readers(), &wanted).await?)
}

/// The inside of the part with the newest rows. A number that was searched for stands first, however old it is.
async fn top(
    handle: &Handle,
    filter: &Filter,
    choices: &Choices,
    found: &[ResultRow],
    language: Language,
) -> Result<(Part, String), PageFault> {
    let wanted = filter.wanted();
    let count = count(handle.readers(), &wanted).await?;
    let mut rows = Rows::of(found, filter, choices, language);
    if let Some(number) = wanted.searched_number() {
        let exact = Wanted {
            number: Some(number),
            search: None,
            after: None,
            down_to: None,
            ..wanted
        };
        let exact = results(handle.readers(), &exact).await?;
        let query = filter.query();
        let exact = exact.iter().map(|row| Row {
            is_exact: true,
            ..Row::of(row, choices, &query, language)
        });
        rows.rows.splice(0..0, exact);
    }
    rows.is_cut = found.len() >= usize::try_from(ROWS_LIVE).unwrap_or(usize::MAX);
    let heading = match (rows.rows.is_empty(), filter.is_set()) {
        (true, false) => words::none_yet(language),
        (true, true) => words::none_found(language),
        (false, _) => words::found(language, &thousands(count)),
    };
    rows.heading = Some(heading.clone());
    Ok((Part::of(&rows)?, heading))
}

/// How the list goes on behind these rows; `shown` are on the page with them.
fn more(filter: &Filter, found: &[ResultRow], shown: u32) -> Option<More> {
    let is_full = found.len() >= usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX);
    let after = Cursor::of(found.last().filter(|_| is_full)?).to_string();
    let goes_on = shown < ROWS_A_PAGE;
    Some(More {
        href: filter.address("/results", &[("after", &after)]),
        rows: goes_on.then(|| {
            filter.address(
                "/results/rows",
                &[("after", &after), ("rows", &shown.to_string())],
            )
        }),
        count: shown,
    })
}

impl Rows {
    fn of(found: &[ResultRow], filter: &Filter, choices: &Choices, language: Language) -> Rows {
        // It stands at the top already.
        let exact = filter.wanted().searched_number();
        let others = found.iter().filter(|row| Some(row.number) != exact);
        let query = filter.query();
        Rows {
            language,
            rows: others
                .map(|row| Row::of(row, choices, &query, language))
                .collect(),
            has_mailboxes: choices.has_mailboxes(),
            has_series: choices.has_series(),
            heading: None,
            is_cut: false,
            more: None,
        }
    }

    /// How many columns the table has.
    fn columns(&self) -> usize {
        5 + usize::from(self.has_mailboxes) + usize::from(self.has_series)
    }
}

/// A count as people read it: `100,000`.
fn thousands(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl List {
    /// Where the list is had as a file.
    fn download(&self, path: &str) -> String {
        match &self.demo {
            Some(demo) => self.filter.address(path, &[(DEMO, demo)]),
            None => self.filter.address(path, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_count_has_its_commas() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::thousands(count), text);
        }
    }
}
