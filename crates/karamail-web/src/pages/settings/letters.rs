//! The letters: their fields, how a customer's phone shows them, and the way from a text file to these fields.

use askama::Template;
use axum::extract::{Form as PostedForm, Path};
use axum::response::Response;
use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use karamail_core::address::EmailAddress;
use karamail_core::template::{Mark, Template as Letter, Values, date_and_time};
use karamail_core::words::screens::settings_letters as words;
use karamail_core::words::{Language, Told};
use karamail_engine::config::FileContents;

use super::field::{Asked, id_of, shown_in};
use super::form::{self, Posted};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::page;
use crate::text::filters;

/// The number of every preview: the one of the reference's manual.
const NUMBER: i64 = 1710;
/// The customer of every preview.
const CUSTOMER: &str = "hanako@example.jp";
/// The button that takes the text of a file over.
const HERE: &str = "here";

/// A letter of the settings.
#[derive(Clone, Debug)]
pub(crate) struct LetterPart {
    pub(crate) language: Language,
    /// Its section, such as `receipt`.
    pub(crate) section: String,
    /// The mark of its number.
    pub(crate) mark: &'static str,
    /// The file with its body, if one holds it.
    pub(crate) file: Option<String>,
    /// The body in that file.
    pub(crate) file_body: String,
    pub(crate) phone: Phone,
}

impl LetterPart {
    /// The letter of a section as the form has it.
    pub(crate) fn of(
        language: Language,
        section: &str,
        contents: &FileContents,
        form: &form::Form,
    ) -> LetterPart {
        let wording = contents.wording(section);
        let typed = |key: &str| form.value(&format!("{section}.{key}")).to_owned();
        let body = match &wording.file {
            Some(_) => wording.body.clone(),
            None => typed("body"),
        };
        let place = Sender::of(contents, |key| form.field(key).map(|field| field.value.clone()));
        LetterPart {
            language,
            section: section.to_owned(),
            mark: mark_of(section).as_str(),
            file: wording.file.map(|file| file.display().to_string()),
            file_body: wording.body,
            phone: Phone::of(language, &place, &typed("subject"), &body, mark_of(section)),
        }
    }

    /// The ids of its fields, the one that marks go into first.
    pub(crate) fn field_ids(&self) -> String {
        let id = self.id();
        match self.file {
            Some(_) => format!("{id}-subject"),
            None => format!("{id}-body {id}-subject"),
        }
    }

    /// What the ids of its elements begin with.
    pub(crate) fn id(&self) -> String {
        id_of(&self.section)
    }

    /// The keys of its fields.
    pub(crate) fn body_file(&self) -> String {
        format!("{}.body_file", self.section)
    }

    /// The keys of its fields.
    pub(crate) fn subject(&self) -> String {
        format!("{}.subject", self.section)
    }

    /// The keys of its fields.
    pub(crate) fn body(&self) -> String {
        format!("{}.body", self.section)
    }
}

/// The keys of a letter, with what holds where nothing is written.
pub(crate) fn asked(section: &str, contents: &FileContents) -> Vec<Asked> {
    let ready_made = contents.ready_made(section);
    let subject = match contents.value(&format!("{section}.body_file")) {
        // The file's first line may hold it.
        Some(_) => contents.wording(section).subject,
        None => ready_made.subject,
    };
    let mut asked = vec![
        Asked::key(format!("{section}.subject")).offering(subject),
        Asked::key(format!("{section}.body")).offering(ready_made.body),
    ];
    let body_file = format!("{section}.body_file");
    if contents.value(&body_file).is_some() {
        asked.push(Asked::key(body_file));
    }
    asked
}

/// Where the button was pressed that takes the text of a file over, does so: with what was posted, the file is no longer named.
pub(crate) fn take_over_file(contents: &FileContents, asked: &mut Vec<Asked>, posted: Posted) -> Posted {
    let Some(section) = posted.get(HERE).map(str::to_owned) else {
        return posted;
    };
    let wording = contents.wording(&section);
    let subject = format!("{section}.subject");
    let was = posted.get(&subject).unwrap_or(&wording.subject).to_owned();
    // Without the file the ready-made subject would hold: what the file said is written.
    asked.retain(|one| one.path != subject);
    asked.push(Asked::key(&subject));
    posted
        .with(&subject, was)
        .with(&format!("{section}.body"), wording.body)
        .with(&format!("{section}.body_file"), "")
}

/// The names of mailboxes with a letter of their own.
pub(crate) fn own_letters(language: Language, contents: &FileContents, section: &str) -> Option<String> {
    let keys = ["subject", "body", "body_file"];
    let has_own = |number: &usize| {
        keys.iter().any(|key| {
            contents
                .value(&format!("mailbox[{number}].{section}.{key}"))
                .is_some()
        })
    };
    let name = |number: usize| {
        let of =
            |key: &str| Asked::key("").shown(contents.value(&format!("mailbox[{number}].{key}")).as_ref());
        match of("name") {
            name if name.is_empty() => of("address"),
            name => name,
        }
    };
    let names: Vec<String> = (1..=contents.count("mailbox"))
        .filter(has_own)
        .map(name)
        .collect();
    (!names.is_empty()).then(|| words::own_letters(language, &names.join(", ")))
}

/// Who a letter seems to come from.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    name: String,
    shop_name: String,
    signature: String,
    language: Language,
}

impl Sender {
    /// As the file has it, or as it is being typed.
    pub(crate) fn of(contents: &FileContents, typed: impl Fn(&str) -> Option<String>) -> Sender {
        let value = |key: &str| typed(key).unwrap_or_else(|| shown_in(contents, key));
        let shop_name = value("general.shop_name");
        let address = value("mailbox[1].address");
        let name = match contents.value("mailbox[1].display_name") {
            Some(_) => value("mailbox[1].display_name"),
            None => shop_name.clone(),
        };
        Sender {
            name: if name.trim().is_empty() { address } else { name },
            shop_name,
            signature: value("mailbox[1].signature"),
            language: if value("general.language") == "en" {
                Language::English
            } else {
                Language::Japanese
            },
        }
    }
}

impl Sender {
    /// The same, writing in this language.
    pub(crate) fn writing(self, language: Language) -> Sender {
        Sender { language, ..self }
    }
}

/// A letter on a customer's phone.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) language: Language,
    pub(crate) sender: String,
    pub(crate) at: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// What is wrong with the wording.
    pub(crate) faults: Vec<String>,
}

/// The same for htmx, as it is being typed.
#[derive(Template)]
#[template(path = "settings/preview.html")]
struct Preview {
    phone: Phone,
}

impl Phone {
    /// How a customer would see it: number 1710, and a time and address that are made up.
    pub(crate) fn of(language: Language, sender: &Sender, subject: &str, body: &str, mark: Mark) -> Phone {
        let at = date(2026, 11, 21)
            .at(14, 5, 0, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap_or_default();
        let phone = |subject: String, body: String, faults| Phone {
            language,
            sender: sender.name.clone(),
            at: date_and_time(&at, sender.language),
            subject,
            body,
            faults,
        };
        match Letter::parse(subject, body, mark) {
            Ok(letter) => match rendered(&letter, sender, &at) {
                Some((subject, body)) => phone(subject, body, Vec::new()),
                None => phone(subject.to_owned(), body.to_owned(), Vec::new()),
            },
            Err(faults) => {
                let faults = faults
                    .iter()
                    .map(|fault| fault.told_on_screen(language))
                    .collect();
                phone(subject.to_owned(), body.to_owned(), faults)
            }
        }
    }
}

fn rendered(letter: &Letter, sender: &Sender, at: &Zoned) -> Option<(String, String)> {
    let address = EmailAddress::parse(CUSTOMER).ok()?;
    let rendered = letter.render(&Values {
        number: NUMBER,
        at,
        address: &address,
        shop_name: &sender.shop_name,
        language: sender.language,
    });
    let mut body = rendered.body;
    if !sender.signature.trim().is_empty() {
        body = format!("{}\n\n{}", body.trim_end(), sender.signature.trim_end());
    }
    Some((rendered.subject, body))
}

/// The mark that a section's letter must hold.
pub(crate) fn mark_of(section: &str) -> Mark {
    match section.rsplit('.').next() {
        Some("duplicate") => Mark::Repeat,
        _ => Mark::Receipt,
    }
}

/// `/settings/preview/{section}`: the letter as it is being typed.
pub(super) async fn preview(
    app: App,
    Path(section): Path<String>,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let contents = form::open(&app)?.contents();
    let posted = Posted(fields);
    let wording = contents.wording(&section);
    let ready_made = contents.ready_made(&section);
    let typed = |key: &str, in_file: String, otherwise: String| match posted.get(&format!("{section}.{key}"))
    {
        None => in_file,
        Some(typed) if typed.trim().is_empty() => otherwise,
        Some(typed) => typed.replace("\r\n", "\n"),
    };
    let subject = typed("subject", wording.subject, ready_made.subject);
    let body = typed("body", wording.body, ready_made.body);
    let sender = Sender::of(&contents, |key| posted.get(key).map(str::to_owned));
    page(&Preview {
        phone: Phone::of(app.language(), &sender, &subject, &body, mark_of(&section)),
    })
}
