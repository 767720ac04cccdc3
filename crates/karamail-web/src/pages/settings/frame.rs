//! What every settings screen has around it: the tabs, what is wrong with the file, what came of saving.

use askama::Template;
use axum::http::StatusCode;
use karamail_core::words::screens::settings as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::{ConfigFault, ConfigFaults, Settings, key_of};

use super::field::plain_path;
use super::files::whole;
use super::form::{Posted, anchor};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell};
use crate::text::filters;

/// Most faults that are listed above a screen; the rest are counted.
const FAULTS: usize = 20;

/// A settings screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Control,
    Duplicate,
    Mail,
    Templates,
    Guards,
    Data,
}

impl Tab {
    /// All of them, in the order of the reference.
    pub(crate) const ALL: [Tab; 7] = [
        Tab::Overview,
        Tab::Control,
        Tab::Duplicate,
        Tab::Mail,
        Tab::Templates,
        Tab::Guards,
        Tab::Data,
    ];

    /// Its address.
    pub(crate) const fn href(self) -> &'static str {
        match self {
            Tab::Overview => "/settings",
            Tab::Control => "/settings/control",
            Tab::Duplicate => "/settings/duplicate",
            Tab::Mail => "/settings/mail",
            Tab::Templates => "/settings/templates",
            Tab::Guards => "/settings/guards",
            Tab::Data => "/settings/data",
        }
    }

    /// Its name.
    pub(crate) fn name(self, language: Language) -> String {
        match self {
            Tab::Overview => words::overview(language),
            Tab::Control => words::control(language),
            Tab::Duplicate => words::duplicate(language),
            Tab::Mail => words::mail(language),
            Tab::Templates => words::templates(language),
            Tab::Guards => words::guards(language),
            Tab::Data => words::data(language),
        }
    }

    /// Where a key's field is.
    pub(crate) fn of_key(path: &str) -> Option<Tab> {
        let plain = plain_path(path);
        let (section, key) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
        Some(match (section, key) {
            ("general", "log_folder" | "archive_days" | "log_months" | "diagnostic_log_days") => Tab::Data,
            ("receipt", "invitation") => Tab::Data,
            ("general" | "series" | "receipt", _) => Tab::Control,
            ("duplicate" | "opt_out", _) => Tab::Duplicate,
            ("guard", _) => Tab::Guards,
            ("mailbox", _) => Tab::Mail,
            _ => return None,
        })
    }
}

/// The way to a tab.
#[derive(Clone, Debug)]
pub(crate) struct TabLink {
    pub(crate) href: &'static str,
    pub(crate) name: String,
    pub(crate) is_here: bool,
}

/// Something told above a screen.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// `good`, `busy`, `warn` or `bad`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl Notice {
    pub(crate) fn good(text: String) -> Notice {
        Notice { kind: "good", text }
    }

    pub(crate) fn busy(text: String) -> Notice {
        Notice { kind: "busy", text }
    }

    pub(crate) fn warn(text: String) -> Notice {
        Notice { kind: "warn", text }
    }

    pub(crate) fn bad(text: String) -> Notice {
        Notice { kind: "bad", text }
    }
}

/// A fault of the file with the way to its field.
#[derive(Clone, Debug)]
pub(crate) struct FaultLine {
    /// Its line in the file.
    pub(crate) line: Option<usize>,
    pub(crate) key: String,
    pub(crate) text: String,
    /// Where its field is, if it has one.
    pub(crate) href: Option<String>,
}

impl FaultLine {
    pub(crate) fn of(fault: &ConfigFault, language: Language) -> FaultLine {
        FaultLine {
            line: fault.line,
            key: fault.key.clone(),
            text: fault.kind.told_on_screen(language),
            href: href_of(&fault.key),
        }
    }
}

/// The address of a key's field.
fn href_of(path: &str) -> Option<String> {
    let tab = Tab::of_key(path)?;
    // A key that does not exist has no field; a mailbox has its page, whatever is wrong with it.
    if tab != Tab::Mail && key_of(path).is_none() {
        return None;
    }
    let number = path
        .strip_prefix("mailbox[")
        .and_then(|rest| rest.split_once(']'));
    let page = match number {
        Some((number, _)) => format!("{}/{number}", tab.href()),
        None => tab.href().to_owned(),
    };
    Some(format!("{page}{}", anchor(path)))
}

/// What a settings screen has around it; the field `frame` of its template.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) tabs: Vec<TabLink>,
    /// What is told first.
    pub(crate) notices: Vec<Notice>,
    /// What is wrong with the file as it is.
    pub(crate) faults: Vec<FaultLine>,
    /// How many faults there are in all.
    pub(crate) faults_count: usize,
    /// The settings file.
    pub(crate) path: String,
}

impl Frame {
    /// What a screen has around it now.
    pub(crate) fn of(app: &App, tab: Tab) -> Frame {
        let faults = Settings::load(&app.program.places().config).err();
        Frame::with(app, tab, faults.as_ref())
    }

    fn with(app: &App, tab: Tab, faults: Option<&ConfigFaults>) -> Frame {
        let language = app.language();
        let link = |one: Tab| TabLink {
            href: one.href(),
            name: one.name(language),
            is_here: one == tab,
        };
        let all = faults.map_or(&[][..], |faults| &faults.faults);
        let mut notices = Vec::new();
        if app.demo().is_some() {
            notices.push(Notice::warn(words::demo_note(language)));
        }
        Frame {
            tabs: Tab::ALL.into_iter().map(link).collect(),
            notices,
            faults: all
                .iter()
                .take(FAULTS)
                .map(|fault| FaultLine::of(fault, language))
                .collect(),
            faults_count: all.len(),
            path: whole(&app.program.places().config).display().to_string(),
        }
    }

    /// The same with something told.
    pub(crate) fn telling(mut self, notice: Option<Notice>) -> Frame {
        self.notices.extend(notice);
        self
    }

    /// Faults beyond those listed.
    pub(crate) fn more_faults(&self) -> usize {
        self.faults_count.saturating_sub(self.faults.len())
    }

    /// The page of a file that cannot be changed here.
    pub(crate) fn unreadable(app: &App, faults: &ConfigFaults, typed: Option<(String, Posted)>) -> PageFault {
        let page = UnreadablePage {
            shell: app.shell(Nav::Settings, words::title(app.language())),
            frame: Frame::with(app, Tab::Overview, Some(faults)),
            typed,
        };
        match page.render() {
            Ok(html) => PageFault::Shown(StatusCode::CONFLICT, html),
            Err(fault) => fault.into(),
        }
    }
}

/// A file that is no settings file at all.
#[derive(Template)]
#[template(path = "settings/unreadable.html")]
struct UnreadablePage {
    shell: Shell,
    frame: Frame,
    /// What was posted, and where to: it can be posted again.
    typed: Option<(String, Posted)>,
}
