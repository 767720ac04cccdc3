//! The form of a mailbox as a page.

use askama::Template;
use karamail_core::words::screens::{mail_settings as list_words, mailbox as words};
use karamail_core::words::{Language, Told};
use karamail_engine::config::{AdviceKind, FileContents, FileValue, SettingsFile};
use karamail_engine::secrets::SecretSource;

use super::combination::Ports;
use super::file::{name, text};
use super::mailbox::LETTERS;
use super::passwords::{Place, Places};
use crate::app::App;
use crate::pages::settings::field::{Choice, Control, Field};
use crate::pages::settings::form::Form;
use crate::pages::settings::frame::{Frame, Notice, Tab};
use crate::pages::settings::letters::LetterPart;
use crate::part::Part;
use crate::shell::{Nav, Shell};
use crate::text::filters;

/// The series that there is where the file names none.
const DEFAULT_SERIES: &str = "main";

/// Why the form is shown.
pub(super) enum Why {
    /// To change a mailbox.
    Change,
    /// For a new one, which may begin like another of this name.
    New { copied: Option<String> },
    /// It could not be saved.
    Again {
        is_new: bool,
        mode: String,
        /// The name of the passwords that wait.
        waiting: Option<String>,
        /// Which of them were typed.
        typed: (bool, bool),
    },
}

#[derive(Template)]
#[template(path = "mail_settings/mailbox.html")]
pub(super) struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
    language: Language,
    number: usize,
    is_new: bool,
    /// The address that the file has for it.
    identity: String,
    mode: String,
    is_same: bool,
    pop3_ports: Ports,
    smtp_ports: Ports,
    stored: Option<Part>,
    receipt: LetterPart,
    duplicate: LetterPart,
    waiting: String,
    placeholders: (String, String),
    is_details_open: bool,
}

/// Where the passwords are, with the button to remove them.
#[derive(Template)]
#[template(path = "mail_settings/stored.html")]
pub(super) struct Stored {
    language: Language,
    number: usize,
    name: String,
    lines: Vec<String>,
    can_clear: bool,
    is_from_environment: bool,
    /// They were just removed.
    cleared: Option<String>,
}

impl Stored {
    fn of(number: usize, name: &str, places: &Places, language: Language) -> Stored {
        let all = [Some(&places.pop3), places.smtp.as_ref()];
        let is_any = |fits: fn(&SecretSource) -> bool| {
            all.iter()
                .flatten()
                .any(|place| matches!(place, Place::Found(source) if fits(source)))
        };
        Stored {
            language,
            number,
            name: name.to_owned(),
            lines: places.told(language),
            can_clear: is_any(|source| !matches!(source, SecretSource::Environment(_))),
            is_from_environment: is_any(|source| matches!(source, SecretSource::Environment(_))),
            cleared: None,
        }
    }

    /// After they were removed.
    pub(super) fn cleared(name: &str, places: &Places, language: Language) -> Stored {
        Stored {
            cleared: Some(list_words::password_removed(language, name)),
            can_clear: false,
            ..Stored::of(0, name, places, language)
        }
    }
}

impl Page {
    pub(super) async fn of(app: &App, mut form: Form, number: usize, why: Why, file: &SettingsFile) -> Page {
        let language = app.language();
        let contents = file.contents();
        let (is_new, mode, waiting, typed) = match &why {
            Why::Change => (false, "", None, (false, false)),
            Why::New { .. } => (true, "", None, (false, false)),
            Why::Again {
                is_new,
                mode,
                waiting,
                typed,
            } => (*is_new, mode.as_str(), waiting.clone(), *typed),
        };
        let title = match is_new {
            true => words::new_title(language),
            false => words::title(language, &name(&contents, number)),
        };
        let key = |rest: &str| format!("mailbox[{number}].{rest}");
        let places = places(app, file, number, is_new).await;
        let placeholder = |place: Option<&Place>, is_typed: bool| match place {
            _ if is_typed => words::pending(language),
            Some(Place::Found(SecretSource::ThisRun)) => words::remembered(language),
            Some(Place::Found(SecretSource::Environment(_))) => words::given(language),
            Some(Place::Found(_)) => words::stored(language),
            _ => String::new(),
        };
        let smtp_place = places.as_ref().and_then(|places| places.smtp.as_ref());
        let frame = notices(app, file, &why, number);
        let [receipt, duplicate] =
            LETTERS.map(|letter| LetterPart::of(language, &key(letter), &contents, &form));
        reword(&mut form, &contents, number);
        Page {
            shell: app.shell(Nav::Settings, title),
            frame,
            language,
            number,
            is_new,
            identity: if is_new {
                String::new()
            } else {
                text(&contents, number, "address")
            },
            mode: if mode.is_empty() {
                mode_of(
                    form.value(&key("smtp.authentication")),
                    form.value(&key("smtp.security")),
                )
            } else {
                mode.to_owned()
            },
            is_same: match form.value(&key("smtp.same_credentials_as_pop3")) {
                "true" => true,
                "false" => false,
                _ => form.value(&key("smtp.user")).trim().is_empty(),
            },
            pop3_ports: Ports::pop3(
                form.value(&key("pop3.port")),
                form.value(&key("pop3.security")),
                language,
            ),
            smtp_ports: Ports::smtp(
                form.value(&key("smtp.port")),
                form.value(&key("smtp.security")),
                language,
            ),
            placeholders: (
                placeholder(places.as_ref().map(|places| &places.pop3), typed.0),
                placeholder(smtp_place, typed.1),
            ),
            stored: places
                .map(|places| Part::of(&Stored::of(number, &name(&contents, number), &places, language)))
                .transpose()
                // A template that fails leaves its place empty; the page is worth more than that line.
                .unwrap_or_default(),
            receipt,
            duplicate,
            waiting: waiting.unwrap_or_default(),
            is_details_open: form.faulty().iter().any(|field| is_detail(&field.path)),
            form,
        }
    }

    /// The field of one of the mailbox's keys.
    fn f(&self, rest: &str) -> Option<&Field> {
        self.form.field(&format!("mailbox[{}].{rest}", self.number))
    }

    /// The id of its field.
    fn id(&self, rest: &str) -> String {
        self.f(rest).map_or_else(String::new, |field| field.id.clone())
    }
}

async fn places(app: &App, file: &SettingsFile, number: usize, is_new: bool) -> Option<Places> {
    let settings = file.check().ok().filter(|_| !is_new)?;
    let mailbox = settings.mailboxes.get(number.checked_sub(1)?)?;
    Some(Places::of(app.program.secrets(), &settings, mailbox, app.language()).await)
}

/// What is told above the form.
fn notices(app: &App, file: &SettingsFile, why: &Why, number: usize) -> Frame {
    let language = app.language();
    let mut frame = Frame::of(app, Tab::Mail);
    match why {
        Why::New { copied: Some(copied) } => {
            frame = frame.telling(Some(Notice::busy(words::copy_notice(language, copied))));
        }
        Why::Again { waiting: Some(_), .. } => {
            frame = frame.telling(Some(Notice::busy(words::pending_help(language))));
        }
        Why::Change => {
            let settings = file.check().ok();
            let name = settings
                .as_ref()
                .and_then(|settings| settings.mailboxes.get(number.checked_sub(1)?))
                .map(|mailbox| mailbox.name.clone());
            let advice = settings.map_or_else(Vec::new, |settings| settings.advice());
            // What a field says itself is not said twice.
            let is_told_here = |kind: &AdviceKind| {
                matches!(
                    kind,
                    AdviceKind::StillTheSample
                        | AdviceKind::GmailWithoutRecent
                        | AdviceKind::GmailAppPassword
                )
            };
            for one in advice {
                if Some(&one.mailbox) == name.as_ref() && is_told_here(&one.kind) {
                    frame = frame.telling(Some(Notice::busy(one.told_on_screen(language))));
                }
            }
        }
        _ => {}
    }
    frame
}

/// Fields that this page calls otherwise than the table of keys does.
fn reword(form: &mut Form, contents: &FileContents, number: usize) {
    let language = form.language;
    let help = [
        ("address", words::address_help(language)),
        ("name", words::name_help(language)),
        ("pop3.port", words::pop3_port_help(language)),
        ("smtp.port", words::smtp_port_help(language)),
        ("smtp.authentication", words::smtp_authentication_help(language)),
        ("forward_to", words::forward_warning(language)),
        ("series", words::series_help(language)),
        ("pop3.save_password", words::save_password_help(language)),
        ("smtp.save_password", words::save_password_help(language)),
        ("smtp.user", String::new()),
        ("pop3.security", String::new()),
        ("smtp.security", String::new()),
        ("keep", String::new()),
        ("pop3.host", words::host_help(language)),
        ("smtp.host", words::host_help(language)),
        ("enabled", words::enabled_help(language)),
        ("display_name", words::display_name_help(language)),
        ("aliases", words::aliases_help(language)),
    ];
    for (rest, help) in help {
        if let Some(field) = form.field_mut(&format!("mailbox[{number}].{rest}")) {
            field.help = help;
            field.note = String::new();
        }
    }
    for rest in ["pop3.security", "smtp.security"] {
        let field = form.field_mut(&format!("mailbox[{number}].{rest}"));
        let automatic = field.and_then(|field| field.choices.first_mut());
        if let Some(automatic) = automatic.filter(|choice| choice.value.is_empty()) {
            automatic.label = words::security_auto(language);
        }
    }
    for field in &mut form.fields {
        let is_letter = field.path.contains(".receipt.") || field.path.contains(".duplicate.");
        if is_letter {
            field.note = String::new();
        }
    }
    if let Some(field) = form.field_mut(&format!("mailbox[{number}].series")) {
        choose_series(field, contents);
    }
}

/// Series are chosen, not typed.
fn choose_series(field: &mut Field, contents: &FileContents) {
    let mut names: Vec<String> = (1..=contents.count("series"))
        .filter_map(|one| match contents.value(&format!("series[{one}].name")) {
            Some(FileValue::Text(name)) => Some(name),
            _ => None,
        })
        .collect();
    let first = names
        .first()
        .cloned()
        .unwrap_or_else(|| DEFAULT_SERIES.to_owned());
    if !field.value.is_empty() && !names.contains(&field.value) {
        names.push(field.value.clone());
    }
    let choice = |value: String, label: String| Choice {
        is_chosen: value == field.value,
        value,
        label,
        help: String::new(),
    };
    let mut choices = vec![choice(String::new(), words::series_first(field.language, &first))];
    choices.extend(names.into_iter().map(|name| choice(name.clone(), name)));
    field.choices = choices;
    field.control = Control::Choice;
}

/// How leave to send is gained, in the words of the page.
fn mode_of(authentication: &str, security: &str) -> String {
    match (authentication, security) {
        ("none", _) => "none",
        ("pop-before-smtp", _) => "pop",
        (_, "none") => "plain",
        _ => "secure",
    }
    .to_owned()
}

/// Whether a field stands behind 「詳しい設定」.
fn is_detail(path: &str) -> bool {
    const DETAILS: [&str; 14] = [
        ".aliases",
        ".pop3.authentication",
        "_timeout_seconds",
        ".timeout_seconds",
        ".largest_mail_megabytes",
        ".extra_ca_file",
        ".mechanism",
        ".send_interval_milliseconds",
        ".connections",
        ".series",
        ".subject",
        ".body",
        ".body_file",
        ".invitation",
    ];
    DETAILS.iter().any(|end| path.ends_with(end))
}
