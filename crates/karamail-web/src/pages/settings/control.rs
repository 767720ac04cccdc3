//! 制御情報: how often mail is fetched, the receipt, the first numbers, and the start with the computer.

use askama::Template;
use axum::extract::Form as PostedForm;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::{settings, settings_letters as words};
use karamail_core::words::{Language, Told, desktop as desktop_words};
use karamail_engine::config::{FileContents, FileValue, SettingValue};
use karamail_engine::program::Autostart;
use karamail_engine::store::results::highest_numbers;

use super::field::{Asked, Field, read};
use super::form::{self, Applied, Form, Posted};
use super::frame::{Frame, Notice, Tab};
use super::in_force;
use super::letters::{self, LetterPart};
use crate::app::App;
use crate::fault::PageFault;
use crate::once::{self, IsFirst};
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

const INTERVAL: &str = "general.check_interval_seconds";
/// The series there is where none is written.
const MAIN: &str = "main";
const DAY_SECONDS: u64 = 86_400;
/// Shorter is asked too often for some providers.
const SHORT_SECONDS: u64 = 15;
/// Longer keeps a customer waiting.
const LONG_SECONDS: u64 = 120;

#[derive(Template)]
#[template(path = "settings/control.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
    /// What the interval means.
    pace: Vec<Notice>,
    receipt: LetterPart,
    own_letters: Option<String>,
    series: Vec<Series>,
    /// What there is to say of the start with the computer.
    autostart: Option<Notice>,
}

/// What an interval means, below its field.
#[derive(Template)]
#[template(path = "settings/pace_part.html")]
struct PacePart {
    notices: Vec<Notice>,
}

fn pace_of(language: Language, typed: &str) -> Vec<Notice> {
    let seconds = match read(Asked::key(INTERVAL).kind(), typed) {
        Ok(Some(SettingValue::Number(seconds))) => u64::try_from(seconds).unwrap_or_default(),
        _ => 0,
    };
    if !(1..=DAY_SECONDS).contains(&seconds) {
        return Vec::new();
    }
    let mut notices = vec![Notice::busy(words::pace(
        language,
        seconds,
        &grouped(DAY_SECONDS / seconds),
    ))];
    if seconds < SHORT_SECONDS {
        notices.push(Notice::warn(words::pace_short(language)));
    } else if seconds > LONG_SECONDS {
        notices.push(Notice::warn(words::pace_long(language)));
    }
    notices
}

/// A number below a million with its thousands apart.
fn grouped(number: u64) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

/// How the start with the computer stands to its switch.
fn autostart(app: &App) -> Option<Notice> {
    let language = app.language();
    let Some(desktop) = app.program.desktop() else {
        return Some(Notice::busy(desktop_words::autostart_elsewhere(language)));
    };
    match desktop.autostart {
        Autostart::AsSet => None,
        Autostart::SwitchedOff(where_to) => Some(Notice::warn(where_to.told(language))),
        Autostart::NotHere => Some(Notice::warn(desktop_words::autostart_not_here(language))),
        Autostart::Failed(fault) => Some(Notice::bad(fault.told(language))),
    }
}

/// A series of numbers.
struct Series {
    path: String,
    note: Notice,
}

/// A series' name as the file has it.
fn series_name(contents: &FileContents, number: usize) -> String {
    match contents.value(&format!("series[{number}].name")) {
        Some(FileValue::Text(name)) => name.trim().to_owned(),
        _ => MAIN.to_owned(),
    }
}

fn first_number(number: usize) -> String {
    format!("series[{number}].first_number")
}

fn asked(contents: &FileContents) -> Vec<Asked> {
    let mut asked: Vec<Asked> = [
        INTERVAL,
        "general.shop_name",
        "general.language",
        "general.autostart",
        "general.notify_trouble",
        "general.notify_receipts",
    ]
    .into_iter()
    .map(Asked::key)
    .collect();
    asked.extend(letters::asked("receipt", contents));
    asked.extend((1..=contents.count("series").max(1)).map(|number| Asked::key(first_number(number))));
    asked
}

async fn shown(
    app: &App,
    contents: &FileContents,
    mut form: Form,
    frame: Frame,
) -> Result<Response, PageFault> {
    let language = app.language();
    let given = match app.program.handle() {
        Some(handle) => highest_numbers(handle.readers()).await?,
        None => Vec::new(),
    };
    let count = contents.count("series").max(1);
    let mut series = Vec::new();
    for number in 1..=count {
        let (path, name) = (first_number(number), series_name(contents, number));
        if let Some(field) = form.field_mut(&path).filter(|_| count > 1) {
            field.label = words::first_number_of(language, &name);
        }
        let highest = given.iter().find(|(series, _)| *series == name);
        series.push(Series {
            path,
            note: match highest {
                Some((_, highest)) => Notice::warn(words::numbers_given(language, *highest)),
                None => Notice::busy(words::no_numbers_given(language)),
            },
        });
    }
    page(&Page {
        shell: app.shell(Nav::Settings, settings::control(language)),
        frame,
        pace: pace_of(language, form.value(INTERVAL)),
        receipt: LetterPart::of(language, "receipt", contents, &form),
        own_letters: letters::own_letters(language, contents, "receipt"),
        autostart: autostart(app),
        series,
        form,
    })
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let contents = form::open(&app)?.contents();
    let form = Form::read(&app, &asked(&contents))?;
    let frame = Frame::of(&app, Tab::Control).telling(in_force::notice(&app, is_first));
    shown(&app, &contents, form, frame).await
}

pub(super) async fn apply(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let posted = Posted(fields);
    let contents = form::open_posted(&app, "/settings/control", &posted)?.contents();
    let mut asked = asked(&contents);
    let posted = letters::take_over_file(&contents, &mut asked, posted);
    let posted = name_first_series(&contents, &mut asked, posted);
    match form::apply(&app, &asked, &posted).await? {
        Applied::Saved => Ok(once::lead(&app, "/settings/control").into_response()),
        Applied::Again(form) => {
            let page = shown(&app, &contents, *form, Frame::of(&app, Tab::Control)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// A first number for a file without series: the one that there is without being written gets its name.
fn name_first_series(contents: &FileContents, asked: &mut Vec<Asked>, posted: Posted) -> Posted {
    let first = Asked::key(first_number(1));
    let typed = posted.get(&first.path).map(|typed| read(first.kind(), typed));
    let is_changed = matches!(&typed, Some(Ok(wanted)) if !first.is_same(None, wanted.as_ref()));
    if contents.count("series") > 0 || !is_changed {
        return posted;
    }
    asked.insert(0, Asked::key("series[1].name"));
    posted.with("series[1].name", MAIN)
}

/// `/settings/preview-interval`: what the interval means that is being typed.
pub(super) async fn pace(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let notices = pace_of(app.language(), Posted(fields).get(INTERVAL).unwrap_or_default());
    page(&PacePart { notices })
}

impl Page {
    /// The field of a series' first number.
    fn first_number(&self, series: &Series) -> Option<&Field> {
        self.form.field(&series.path)
    }
}
