//! A form over keys of the settings file: shown from the file as it is, faults and all, and applied to it.
//!
//! A page is made with [`Form::read`]; what is posted goes through [`apply`], which either saved it or gives the form again with
//! what was typed and what is wrong beside each field.
//!
//! A screen: `form: Form` and `frame: Frame` in its page, `{% extends "settings/frame.html" %}`, `{% import "settings/field.html" as
//! fields %}`; in the form `fields::head(form, back)` first, `fields::field(form.field("general.shop_name"))` for each key, and
//! `parts::keys` last. After [`Applied::Saved`] it leads to itself by `once::lead`, and [`in_force::notice`] tells what came of
//! it. `control.rs` is the plainest one.
//!
//! Invariant: only keys of the form that differ from the file are written, all comments stay, and nothing that a hand changed since
//! the page was made is overwritten before the person has seen it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::screens::settings as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::{
    ConfigFault, ConfigFaults, EditFault, FileContents, Mended, Settings, SettingsFile,
};

use super::field::{Asked, Field, digest, id_of, read};
use super::frame::{FaultLine, Frame, Notice};
use super::in_force;
use crate::app::App;
use crate::fault::PageFault;
use crate::once;

/// The name of the hidden field with the file's digest.
const DIGEST: &str = "digest";
/// Before the name of a hidden field with the digest of what a field showed.
const WAS: &str = "was:";
/// How often saving is tried anew where the file changes in the same moment.
const TRIES: usize = 3;

/// The posted fields of a form, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted(pub(crate) Vec<(String, String)>);

impl Posted {
    /// A field's value: the last one, as a check box comes after the hidden field that stands for its absence.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(one, _)| one == name)?;
        Some(&found.1)
    }

    /// The same with one more field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Posted {
        self.0.push((name.to_owned(), value.into()));
        self
    }
}

/// A form, ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) language: Language,
    /// What the file was when the page was made.
    pub(crate) digest: String,
    pub(crate) fields: Vec<Field>,
    /// What a hand changed since the page was made.
    pub(crate) differences: Vec<Difference>,
    /// Faults elsewhere that the change would make.
    pub(crate) others: Vec<FaultLine>,
    /// Why nothing was saved, where it is not a matter of fields.
    pub(crate) failure: Option<String>,
    /// It was posted and is shown again: leaving it loses what was typed (`data-changed` of its form).
    pub(crate) is_again: bool,
}

/// A field that the file has otherwise by now.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) label: String,
    pub(crate) theirs: String,
    pub(crate) mine: String,
}

/// What came of posting a form.
#[derive(Debug)]
pub(crate) enum Applied {
    /// It was saved, and the engine was given a moment to take it over.
    Saved,
    /// Nothing was saved; the form is shown again.
    Again(Box<Form>),
}

impl Form {
    /// The form as the file has it now.
    ///
    /// # Errors
    /// A page: the first steps where there is no file, else what makes it unreadable and the buttons to open it.
    pub(crate) fn read(app: &App, asked: &[Asked]) -> Result<Form, PageFault> {
        let file = open(app)?;
        let contents = file.contents();
        let faults = faults_of(&file);
        Ok(Form::of(app.language(), &file, &contents, asked, None, &faults))
    }

    fn of(
        language: Language,
        file: &SettingsFile,
        contents: &FileContents,
        asked: &[Asked],
        posted: Option<&Posted>,
        faults: &[ConfigFault],
    ) -> Form {
        let field = |asked: &Asked| {
            let typed = posted.and_then(|posted| posted.get(&asked.path));
            let mut field = Field::of(asked, contents.value(&asked.path).as_ref(), typed, language);
            field.take(faults);
            field
        };
        Form {
            language,
            digest: file.digest(),
            fields: asked.iter().map(field).collect(),
            differences: Vec::new(),
            others: Vec::new(),
            failure: None,
            is_again: posted.is_some(),
        }
    }

    /// The field of a key; a form is asked only for fields that it has.
    pub(crate) fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// The field of a key, to be changed.
    pub(crate) fn field_mut(&mut self, path: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.path == path)
    }

    /// What a key's field shows.
    pub(crate) fn value(&self, path: &str) -> &str {
        self.field(path).map_or("", |field| field.value.as_str())
    }

    /// The fields with faults.
    pub(crate) fn faulty(&self) -> Vec<&Field> {
        self.fields
            .iter()
            .filter(|field| !field.faults.is_empty())
            .collect()
    }
}

/// The settings file, to be shown or changed.
///
/// # Errors
/// As [`Form::read`].
pub(crate) fn open(app: &App) -> Result<SettingsFile, PageFault> {
    open_for(app, || None)
}

/// The same for a form that was posted to `address`: where the file cannot be read, the page keeps what was typed.
///
/// # Errors
/// As [`Form::read`].
pub(crate) fn open_posted(app: &App, address: &str, posted: &Posted) -> Result<SettingsFile, PageFault> {
    open_for(app, || Some((address.to_owned(), posted.clone())))
}

fn open_for(app: &App, typed: impl FnOnce() -> Option<(String, Posted)>) -> Result<SettingsFile, PageFault> {
    let path = &app.program.places().config;
    if !path.exists() {
        return Err(PageFault::Elsewhere("/first"));
    }
    SettingsFile::open(path).map_err(|fault| match fault {
        EditFault::Faults(faults) => Frame::unreadable(app, &faults, typed()),
        other => PageFault::of(&other, app.language()),
    })
}

/// What a screen changes together with the file.
pub(crate) trait Beside: Send {
    /// What is wrong with what was posted, beyond what the file says: key and words. Told where the file finds nothing wrong
    /// with the field.
    fn slips(&self, posted: &Posted) -> Vec<(String, String)>;
    /// Prepares its part, before the file is written.
    ///
    /// # Errors
    /// Why nothing is to be written.
    fn prepare(&mut self, file: &SettingsFile) -> impl Future<Output = Result<(), String>> + Send;
    /// Ends its part: the file was written, or it was not after all.
    fn finish(&mut self, is_written: bool) -> impl Future<Output = ()> + Send;
}

/// Nothing but the file.
struct FileAlone;

impl Beside for FileAlone {
    fn slips(&self, _: &Posted) -> Vec<(String, String)> {
        Vec::new()
    }

    async fn prepare(&mut self, _: &SettingsFile) -> Result<(), String> {
        Ok(())
    }

    async fn finish(&mut self, _: bool) {}
}

/// Tells that the file was changed since a page was made, where the page asks for no more than one click.
pub(crate) fn changed_meanwhile(app: &App) -> PageFault {
    PageFault::of(&EditFault::ChangedMeanwhile, app.language())
}

/// Writes to the file what was posted for these keys. Keys that were not posted stay as they are; an empty field removes its
/// key, so that its default holds.
///
/// # Errors
/// As [`Form::read`].
pub(crate) async fn apply(app: &App, asked: &[Asked], posted: &Posted) -> Result<Applied, PageFault> {
    apply_with(app, asked, posted, &mut FileAlone).await
}

/// The same with something that is changed beside the file, both or neither.
///
/// # Errors
/// As [`Form::read`].
pub(crate) async fn apply_with(
    app: &App,
    asked: &[Asked],
    posted: &Posted,
    beside: &mut impl Beside,
) -> Result<Applied, PageFault> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_apply(app, asked, posted, beside).await? {
            Tried::Again(form) => return Ok(Applied::Again(form)),
            Tried::Saved(settings) => {
                in_force::wait(app, settings.as_deref()).await;
                return Ok(Applied::Saved);
            }
            // Somebody wrote the file between our reading and writing: what they wrote is read and compared.
            Tried::Overtaken if tries < TRIES => {}
            Tried::Overtaken => return Err(changed_meanwhile(app)),
        }
    }
}

/// Answers a form of these keys that was posted to its screen: leads back there, or shows it again.
///
/// # Errors
/// As [`Form::read`], and those of `shown`.
pub(crate) async fn answer(
    app: &App,
    address: &str,
    asked: &[Asked],
    posted: &Posted,
    shown: impl FnOnce(Form) -> Result<Response, PageFault>,
) -> Result<Response, PageFault> {
    open_posted(app, address, posted)?;
    match apply(app, asked, posted).await? {
        Applied::Saved => Ok(once::lead(app, address).into_response()),
        Applied::Again(form) => {
            let page = shown(*form)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

enum Tried {
    Saved(Option<Box<Settings>>),
    Again(Box<Form>),
    Overtaken,
}

async fn try_apply(
    app: &App,
    asked: &[Asked],
    posted: &Posted,
    beside: &mut impl Beside,
) -> Result<Tried, PageFault> {
    let language = app.language();
    let mut file = open(app)?;
    let contents = file.contents();
    if posted.get(DIGEST) != Some(file.digest().as_str()) {
        let differences = differences(language, &contents, asked, posted);
        if !differences.is_empty() {
            let merged = merged(&contents, asked, posted);
            let faults = faults_of(&file);
            let mut form = Form::of(language, &file, &contents, asked, Some(&merged), &faults);
            form.differences = differences;
            return Ok(Tried::Again(Box::new(form)));
        }
    }
    let slips = fill(&mut file, &contents, asked, posted);
    let faults = faults_of(&file);
    let mut form = Form::of(language, &file, &contents, asked, Some(posted), &faults);
    for slip in &slips {
        if let Some(field) = form.field_mut(&slip.key) {
            field.faults.push(slip.kind.told_on_screen(language));
        }
    }
    for (key, told) in beside.slips(posted) {
        if let Some(field) = form.field_mut(&key).filter(|field| field.faults.is_empty()) {
            field.faults.push(told);
        }
    }
    if !form.faulty().is_empty() {
        return Ok(Tried::Again(Box::new(form)));
    }
    if let Err(failure) = beside.prepare(&file).await {
        form.failure = Some(failure);
        return Ok(Tried::Again(Box::new(form)));
    }
    let saved = file.save_mending();
    beside.finish(saved.is_ok()).await;
    match saved {
        Ok(Mended::Sound(settings)) => Ok(Tried::Saved(Some(settings))),
        Ok(Mended::StillFaulty(_)) => Ok(Tried::Saved(None)),
        Err(EditFault::ChangedMeanwhile) => Ok(Tried::Overtaken),
        Err(EditFault::Faults(faults)) => {
            form.others = FaultLine::without_lines(&faults.faults, language);
            Ok(Tried::Again(Box::new(form)))
        }
        Err(other) => {
            form.failure = Some(other.told_on_screen(language));
            Ok(Tried::Again(Box::new(form)))
        }
    }
}

/// Sets and removes the keys that changed. Gives what cannot even be written to the file.
fn fill(
    file: &mut SettingsFile,
    contents: &FileContents,
    asked: &[Asked],
    posted: &Posted,
) -> Vec<ConfigFault> {
    let mut slips = Vec::new();
    for asked in asked {
        let Some(typed) = posted.get(&asked.path) else {
            continue;
        };
        let now = contents.value(&asked.path);
        let done = match read(asked.kind(), typed) {
            Ok(wanted) if asked.is_same(now.as_ref(), wanted.as_ref()) => Ok(()),
            Ok(Some(wanted)) => file.set(&asked.path, wanted),
            Ok(None) => file.remove(&asked.path),
            Err(kind) => {
                slips.push(ConfigFault {
                    line: None,
                    key: asked.path.clone(),
                    mailbox: None,
                    kind,
                });
                Ok(())
            }
        };
        if let Err(fault) = done {
            // Only a form of ours that asks for a key there is not.
            tracing::error!(%fault, "a field of the settings has no key");
        }
    }
    slips
}

/// What the file has otherwise than the page had it, and otherwise than it was posted.
fn differences(
    language: Language,
    contents: &FileContents,
    asked: &[Asked],
    posted: &Posted,
) -> Vec<Difference> {
    let shown = |text: &str| match text.trim() {
        "" => words::nothing(language),
        _ => text.to_owned(),
    };
    let mut all = Vec::new();
    for asked in asked {
        let now = contents.value(&asked.path);
        let theirs = asked.shown(now.as_ref());
        let (Some(typed), Some(was)) = (
            posted.get(&asked.path),
            posted.get(&format!("{WAS}{}", asked.path)),
        ) else {
            continue;
        };
        let same = read(asked.kind(), typed).is_ok_and(|wanted| asked.is_same(now.as_ref(), wanted.as_ref()));
        if was == digest(&theirs) || same {
            continue;
        }
        let field = Field::of(asked, now.as_ref(), None, language);
        let told = |value: &str| {
            let choice = field.choices.iter().find(|choice| choice.value == value);
            choice.map_or_else(|| shown(value), |choice| choice.label.clone())
        };
        all.push(Difference {
            theirs: told(&theirs),
            mine: if was == digest(typed) {
                words::untouched(language)
            } else {
                told(typed)
            },
            label: field.label.clone(),
        });
    }
    all
}

/// What was typed where the person changed something, and what the file has by now everywhere else.
fn merged(contents: &FileContents, asked: &[Asked], posted: &Posted) -> Posted {
    let mut merged = Posted::default();
    for asked in asked {
        let Some(typed) = posted.get(&asked.path) else {
            continue;
        };
        let was = posted.get(&format!("{WAS}{}", asked.path));
        let is_mine = was != Some(digest(typed).as_str());
        let now = contents.value(&asked.path);
        let value = if is_mine {
            typed.to_owned()
        } else {
            asked.shown(now.as_ref())
        };
        merged = merged.with(&asked.path, value);
    }
    merged
}

fn faults_of(file: &SettingsFile) -> Vec<ConfigFault> {
    file.check()
        .err()
        .map_or(Vec::new(), |ConfigFaults { faults, .. }| faults)
}

impl FaultLine {
    /// Faults of a file that is not written: its lines are nobody's.
    fn without_lines(faults: &[ConfigFault], language: Language) -> Vec<FaultLine> {
        faults
            .iter()
            .map(|fault| FaultLine {
                line: None,
                ..FaultLine::of(fault, language)
            })
            .collect()
    }
}

impl Notice {
    /// What stands above a form that was not saved.
    pub(crate) fn of(form: &Form) -> Option<Notice> {
        let count = form.faulty().len();
        let language = form.language;
        if !form.is_again || !form.differences.is_empty() {
            return None;
        }
        match &form.failure {
            Some(failure) => Some(Notice::bad(failure.clone())),
            None if !form.others.is_empty() => Some(Notice::bad(words::not_saved_others(language))),
            None if count > 0 => Some(Notice::bad(words::not_saved(language, count))),
            None => None,
        }
    }
}

/// The address of a field on its screen.
pub(crate) fn anchor(path: &str) -> String {
    format!("#{}", id_of(path))
}
