//! ログ: the monthly log. The page is whole without a script: it shows 200 lines, from the end or from where a day begins or a text
//! was found. With `assets/log.js` it becomes a window over the whole file, which asks for the lines that it shows.
//!
//! Reading order: [`routes`], [`show`], `lines` (what a line becomes), `answers` (what the script asks for), `outside`.

mod answers;
mod lines;
mod outside;

use std::path::PathBuf;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use karamail_core::words::screens::log as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::Settings;
use karamail_engine::monthly_log::log_folder;
use karamail_engine::monthly_log::reader::{Direction, LogFault, LogMonth, LogView, Month, Wanted};
use serde::Deserialize;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;
use lines::{ShownLine, ShownLines};

/// Lines that a page without a script shows.
const PAGE_LINES: u64 = 200;
/// Lines before the one that was looked for.
const LINES_BEFORE: u64 = 3;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/log", get(show))
        .route("/log/lines", get(answers::lines))
        .route("/log/day", get(answers::day))
        .route("/log/find", get(answers::find))
        .route("/log/news", get(answers::news))
        .route("/log/open", post(outside::open_file))
        .route("/log/folder", post(outside::open_folder))
        .route("/log/save", get(outside::save))
}

/// What an address or a form of this screen says. Everything may be missing or nonsense.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    month: String,
    day: String,
    find: String,
    /// The line to begin with; as text, since a form may leave it empty.
    from: String,
    count: String,
    back: String,
    lines: String,
    generation: String,
    newest: String,
}

impl Asked {
    fn month(&self, app: &App) -> Result<Month, PageFault> {
        Month::parse(&self.month).ok_or_else(|| {
            let language = app.language();
            let advice = Some(words::not_a_month_advice(language));
            PageFault::Said(StatusCode::BAD_REQUEST, words::not_a_month(language), advice)
        })
    }

    /// `2026-11-21`, if it is one.
    fn day(&self) -> Option<&str> {
        let day: jiff::civil::Date = self.day.parse().ok()?;
        (self.day.len() == 10 && day.to_string() == self.day).then_some(self.day.as_str())
    }

    fn direction(&self) -> Direction {
        match self.back.is_empty() {
            true => Direction::Forwards,
            false => Direction::Backwards,
        }
    }
}

/// Where the log that is shown lies: the running engine's (the demo's while it is on), else where the settings file says.
async fn folder(app: &App) -> PathBuf {
    let folder = match app.shown() {
        Ok(handle) => log_folder(&handle.settings().borrow().general, handle.data_folder()),
        Err(_) => folder_of_file(app).await,
    };
    // People are shown it, and other programs open it from elsewhere.
    std::path::absolute(&folder).unwrap_or(folder)
}

async fn folder_of_file(app: &App) -> PathBuf {
    let places = app.program.places().clone();
    let data = places.data.clone();
    let read = tokio::task::spawn_blocking(move || {
        let settings = Settings::load(&places.config).ok()?;
        Some(log_folder(&settings.general, &places.data))
    });
    read.await.ok().flatten().unwrap_or_else(|| data.join("log"))
}

fn told(app: &App, fault: &LogFault) -> PageFault {
    let status = match fault {
        LogFault::Missing(_) => StatusCode::NOT_FOUND,
        LogFault::TooLarge(..) => StatusCode::PAYLOAD_TOO_LARGE,
        LogFault::Unreadable(..) | LogFault::Restless(_) => StatusCode::CONFLICT,
    };
    let language = app.language();
    PageFault::Said(status, fault.what(language), fault.on_screen(language))
}

#[derive(Template)]
#[template(path = "log/page.html")]
struct Page {
    shell: Shell,
    months: Vec<MonthChoice>,
    /// The month that is shown, and its file.
    month: String,
    newest: String,
    path: String,
    view: LogView,
    /// What is wrong, where the month cannot be shown.
    fault: Option<(String, Option<String>)>,
    /// What came of the wish for a day or a text.
    said: String,
    day: String,
    find: String,
    /// The line that was looked for.
    place: Option<u64>,
    from: u64,
    lines: Vec<ShownLine>,
    earlier: Option<u64>,
    later: Option<u64>,
}

struct MonthChoice {
    value: String,
    label: String,
    is_shown: bool,
}

/// `2026年11月（120 KB）`
fn choice(found: &LogMonth, shown: &str, language: Language) -> MonthChoice {
    let value = found.month.as_str().to_owned();
    let (year, month) = value.split_once('-').unwrap_or_default();
    let size = match found.bytes.div_ceil(1024) {
        kilobytes @ 0..10_000 => format!("{kilobytes} KB"),
        kilobytes => format!("{} MB", kilobytes.div_ceil(1024)),
    };
    MonthChoice {
        label: words::month(language, year, month.trim_start_matches('0'), &size),
        is_shown: value == shown,
        value,
    }
}

async fn show(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let language = app.language();
    let folder = folder(&app).await;
    let months = app
        .log
        .months(&folder)
        .await
        .map_err(|fault| told(&app, &fault))?;
    let newest = months.first().map(|found| found.month.clone());
    let month = asked
        .day()
        .and_then(|day| day.get(..7))
        .and_then(Month::parse)
        .or_else(|| Month::parse(&asked.month))
        .or_else(|| newest.clone());
    let mut shown = Page::empty(&app);
    if let Some(month) = month {
        shown.month = month.as_str().to_owned();
        shown.path = month.file(&folder).display().to_string();
        if let Err(fault) = shown.fill(&app, &folder, &month, &asked).await {
            shown.fault = Some((fault.what(language), fault.on_screen(language)));
        }
    }
    shown.months = months
        .iter()
        .map(|found| choice(found, &shown.month, language))
        .collect();
    shown.newest = newest.map_or(String::new(), |month| month.as_str().to_owned());
    page(&shown)
}

impl Page {
    fn empty(app: &App) -> Page {
        Page {
            shell: app.shell(Nav::Log, words::title(app.language())),
            months: Vec::new(),
            month: String::new(),
            newest: String::new(),
            path: String::new(),
            view: LogView::default(),
            fault: None,
            said: String::new(),
            day: String::new(),
            find: String::new(),
            place: None,
            from: 0,
            lines: Vec::new(),
            earlier: None,
            later: None,
        }
    }

    async fn fill(
        &mut self,
        app: &App,
        folder: &std::path::Path,
        month: &Month,
        asked: &Asked,
    ) -> Result<(), LogFault> {
        let language = app.language();
        self.view = app.log.view(folder, month).await?;
        let wanted = Wanted::new(&asked.find);
        let from: Option<u64> = asked.from.parse().ok();
        if let Some(wanted) = &wanted {
            let start = from.unwrap_or_default();
            let found = app
                .log
                .find(folder, month, wanted.clone(), start, asked.direction())
                .await?;
            self.find.clone_from(&asked.find);
            self.place = found.line;
            self.said = answers::found_told(language, &found);
        } else if let Some(day) = asked.day() {
            let place = app.log.place_of(folder, month, day).await?;
            self.said = answers::day_told(language, day, place.as_ref().map(|place| place.day.as_str()));
            self.place = place.map(|place| place.line);
            day.clone_into(&mut self.day);
        } else if !asked.day.is_empty() {
            self.said = words::not_a_day(language);
        }
        let last_page = self.view.lines.saturating_sub(PAGE_LINES);
        self.from = match (self.place, from) {
            (Some(place), _) => place.saturating_sub(LINES_BEFORE).min(last_page),
            (None, Some(from)) => from.min(last_page),
            (None, None) => last_page,
        };
        let found = app.log.lines(folder, month, self.from, PAGE_LINES).await?;
        self.lines = ShownLines::new(&found, wanted.as_ref()).lines;
        self.earlier = (self.from > 0).then(|| self.from.saturating_sub(PAGE_LINES));
        let end = self.from + self.lines.len() as u64;
        self.later = (end < self.view.lines).then_some(end);
        Ok(())
    }
}
