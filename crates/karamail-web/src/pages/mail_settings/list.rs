//! The mailboxes: how each is doing, and switching it on and off, copying and removing it.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use karamail_core::words::screens::mail_settings as words;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::config::{EditFault, FileContents, FileValue, Mended, SettingValue, SettingsFile};
use karamail_engine::engine::MailboxStatus;
use serde::Deserialize;

use super::file::{name, no_such_mailbox, open_unchanged, test_address, text};
use super::passwords::Places;
use crate::app::App;
use crate::fault::PageFault;
use crate::live;
use crate::once::{self, IsFirst};
use crate::pages::settings::frame::{Frame, Notice, Tab};
use crate::pages::settings::{form, in_force};
use crate::part::Part;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// What was just done, for the page that follows it.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    n: usize,
}

#[derive(Template)]
#[template(path = "mail_settings/page.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    language: Language,
    version: String,
    cards: Part,
}

#[derive(Template)]
#[template(path = "mail_settings/cards.html")]
struct Cards {
    language: Language,
    digest: String,
    mailboxes: Vec<Card>,
}

/// A mailbox of the list.
struct Card {
    number: usize,
    name: String,
    /// Where it is tested.
    test: String,
    address: String,
    is_enabled: bool,
    is_last: bool,
    series: String,
    /// How the last poll went: the kind of its mark, and in words.
    state: (&'static str, String),
    passwords: Vec<String>,
    is_password_missing: bool,
}

pub(super) async fn show(
    app: App,
    Query(done): Query<Done>,
    is_first: IsFirst,
) -> Result<Response, PageFault> {
    let language = app.language();
    let file = form::open(&app)?;
    let cards = cards(&app, &file).await?;
    let mut frame = Frame::of(&app, Tab::Mail);
    if is_first.0 {
        frame.notices.extend(notices(&app, &file, &done));
    }
    // Removing a password leaves the file alone.
    if done.done != "cleared" {
        // That it is in force is told already; that it is not must be.
        let notice = in_force::notice(&app, is_first);
        frame = frame.telling(notice.filter(|notice| notice.kind != "good"));
    }
    page(&Page {
        shell: app.shell(Nav::Settings, words::title(language)),
        frame,
        language,
        version: cards.version(),
        cards,
    })
}

/// The list again, as soon as there is something new.
pub(super) async fn live(app: App, Query(seen): Query<live::Seen>) -> Result<Response, PageFault> {
    live::follow(&app, &seen, || async {
        Ok(cards(&app, &form::open(&app)?).await?.into_text())
    })
    .await
}

fn notices(app: &App, file: &SettingsFile, done: &Done) -> Vec<Notice> {
    let language = app.language();
    let contents = file.contents();
    let known = (1..=contents.count("mailbox")).contains(&done.n);
    let name = if known {
        name(&contents, done.n)
    } else {
        String::new()
    };
    let good = |text| vec![Notice::good(text)];
    match (done.done.as_str(), known) {
        ("removed", _) => good(words::removed(language)),
        ("added", true) => good(words::added(language, &name)),
        ("saved", true) => good(words::saved(language, &name)),
        ("moved", true) => vec![
            Notice::good(words::saved(language, &name)),
            Notice::busy(words::address_changed(language)),
        ],
        ("on", true) => good(words::turned_on(language, &name)),
        ("off", true) => good(words::turned_off(language, &name)),
        ("cleared", true) => good(words::password_removed(language, &name)),
        _ => Vec::new(),
    }
}

async fn cards(app: &App, file: &SettingsFile) -> Result<Part, PageFault> {
    let language = app.language();
    let contents = file.contents();
    let checked = file.check();
    let count = contents.count("mailbox");
    let status = app
        .program
        .handle()
        .map(|handle| handle.status().borrow().clone());
    let mut mailboxes = Vec::new();
    for number in 1..=count {
        let address = text(&contents, number, "address");
        let is_enabled = flag(&contents, number, "enabled", true);
        let of_engine = status
            .iter()
            .flat_map(|status| &status.mailboxes)
            .find(|one| one.address == address);
        let sound = checked
            .as_ref()
            .ok()
            .and_then(|settings| Some((settings, settings.mailboxes.get(number - 1)?)));
        let places = match sound {
            Some((settings, mailbox)) => {
                Some(Places::of(app.program.secrets(), settings, mailbox, language).await)
            }
            None => None,
        };
        let is_password_missing = places.as_ref().is_some_and(Places::is_any_missing);
        mailboxes.push(Card {
            number,
            test: test_address(&name(&contents, number)),
            name: name(&contents, number),
            is_enabled,
            is_last: count == 1,
            series: sound.map_or_else(String::new, |(_, mailbox)| mailbox.series.clone()),
            // What to do about a missing password is told in the words of these screens.
            state: if is_enabled && is_password_missing {
                ("bad", words::password_wanted(language))
            } else {
                state(is_enabled, status.is_some(), of_engine, language)
            },
            is_password_missing,
            passwords: places.map_or_else(|| vec![words::unknown(language)], |places| places.told(language)),
            address,
        });
    }
    let cards = Cards {
        language,
        digest: file.digest(),
        mailboxes,
    };
    Ok(Part::of(&cards)?)
}

fn flag(contents: &FileContents, number: usize, key: &str, otherwise: bool) -> bool {
    match contents.value(&format!("mailbox[{number}].{key}")) {
        Some(FileValue::Flag(flag)) => flag,
        _ => otherwise,
    }
}

/// How the last poll went.
fn state(
    is_enabled: bool,
    is_running: bool,
    status: Option<&MailboxStatus>,
    language: Language,
) -> (&'static str, String) {
    if !is_enabled {
        return ("", words::not_collected(language));
    }
    if !is_running {
        return ("", words::no_engine(language));
    }
    let Some(status) = status else {
        return ("", words::never_polled(language));
    };
    if let Some(fault) = status.receive_fault.as_ref().or(status.send_fault.as_ref()) {
        return ("bad", fault.told_on_screen(language));
    }
    match status.last_good_poll {
        Some(at) => {
            let at = clock::local(at).strftime("%Y-%m-%d %H:%M").to_string();
            ("good", words::polled(language, &at))
        }
        None if status.is_polling => ("busy", words::polling(language)),
        None => ("", words::never_polled(language)),
    }
}

#[derive(Deserialize)]
pub(super) struct Collect {
    digest: String,
    enabled: bool,
}

/// Switches collecting of one mailbox on or off.
pub(super) async fn collect(
    app: App,
    Path(number): Path<usize>,
    Form(wish): Form<Collect>,
) -> Result<Redirect, PageFault> {
    let language = app.language();
    let mut file = open_unchanged(&app, &wish.digest)?;
    if !(1..=file.contents().count("mailbox")).contains(&number) {
        return Err(no_such_mailbox(language));
    }
    let key = format!("mailbox[{number}].enabled");
    file.set(&key, SettingValue::Flag(wish.enabled))
        .map_err(|fault| PageFault::of(&fault, language))?;
    write(&app, file).await?;
    let done = if wish.enabled { "on" } else { "off" };
    Ok(once::lead(
        &app,
        &format!("/settings/mail?done={done}&n={number}"),
    ))
}

/// Writes the file, and gives the engine a moment to take it over.
async fn write(app: &App, file: SettingsFile) -> Result<(), PageFault> {
    let saved = file
        .save_mending()
        .map_err(|fault: EditFault| PageFault::of(&fault, app.language()))?;
    match saved {
        Mended::Sound(settings) => in_force::wait(app, Some(&settings)).await,
        Mended::StillFaulty(_) => in_force::wait(app, None).await,
    }
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Remove {
    digest: String,
}

/// Removes a mailbox from the settings, with its passwords. Its numbers and records are the ledger's, which is not touched.
pub(super) async fn remove(
    app: App,
    Path(number): Path<usize>,
    Form(wish): Form<Remove>,
) -> Result<Redirect, PageFault> {
    let language = app.language();
    let mut file = open_unchanged(&app, &wish.digest)?;
    let count = file.contents().count("mailbox");
    if !(1..=count).contains(&number) {
        return Err(no_such_mailbox(language));
    }
    if count == 1 {
        return Err(PageFault::Said(
            StatusCode::CONFLICT,
            words::last_one(language),
            None,
        ));
    }
    let gone = file.mailbox_alone(number);
    file.remove_mailbox(number)
        .map_err(|fault| PageFault::of(&fault, language))?;
    write(&app, file).await?;
    let forgotten = match &gone {
        Some(mailbox) => app.program.secrets().forget(mailbox).await,
        None => Ok(()),
    };
    app.program.passwords_changed().await;
    forgotten.map_err(|fault| {
        PageFault::Said(
            StatusCode::CONFLICT,
            words::left_behind(language, &fault.told_on_screen(language)),
            None,
        )
    })?;
    Ok(once::lead(&app, "/settings/mail?done=removed"))
}
