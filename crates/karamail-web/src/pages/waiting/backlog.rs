//! Old mails of a mailbox: taken, left alone or deleted, always after a question.

use askama::Template;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::Language;
use karamail_core::words::screens::waiting as words;
use karamail_engine::engine::requests::{BacklogAction, Request};
use karamail_engine::export::MailboxNames;
use karamail_engine::store::waiting::backlogs;
use serde::Deserialize;

use super::done::Outcome;
use crate::app::App;
use crate::fault::PageFault;
use crate::once;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// What the form says.
#[derive(Deserialize)]
pub(super) struct Choice {
    mailbox: String,
    action: String,
    #[serde(default)]
    confirmed: String,
    /// A deletion is ticked besides.
    #[serde(default)]
    understood: String,
    /// How many the question was about.
    asked: Option<i64>,
}

#[derive(Template)]
#[template(path = "waiting/ask_backlog.html")]
struct Ask {
    shell: Shell,
    mailbox: String,
    action: String,
    count: i64,
    is_delete: bool,
    /// The box was not ticked.
    is_untold: bool,
    what: String,
    help: String,
    yes: String,
}

/// `POST /waiting/backlog`
pub(super) async fn choose(app: App, Form(choice): Form<Choice>) -> Result<Response, PageFault> {
    let action = match choice.action.as_str() {
        "process" => BacklogAction::Process,
        "ignore" => BacklogAction::Ignore,
        "delete" => BacklogAction::Delete,
        _ => return Err(PageFault::NotFound),
    };
    let handle = app.shown()?;
    let is_delete = action == BacklogAction::Delete;
    let is_understood = !is_delete || choice.understood == "yes";
    let settings = handle.settings().borrow().clone();
    let found = backlogs(handle.readers()).await?;
    let count = found.iter().find(|one| one.mailbox == choice.mailbox);
    let count = count.map_or(0, |one| one.waiting);
    // The first look at a large mailbox goes on while a person reads: no mail is deleted that the question did not count.
    let has_grown = is_delete && choice.asked.is_some_and(|asked| asked < count);
    if choice.confirmed == "yes" && is_understood && !has_grown {
        // The engine knows mailboxes by name and address; the ledger's key is the address in lower case.
        let address = settings
            .mailboxes
            .iter()
            .find(|one| one.address.key() == choice.mailbox);
        let mailbox = Some(address.map_or(choice.mailbox, |one| one.address.to_string()));
        let answer = handle.perform(Request::Backlog { action, mailbox }).await?;
        return Ok(once::lead(&app, &Outcome::of(answer)?.address()).into_response());
    }
    let names = MailboxNames::of(&settings.mailboxes);
    let name = names.name(&choice.mailbox).to_owned();
    let language = app.language();
    let (what, help, yes) = asked(action, count, &name, language);
    let is_untold = choice.confirmed == "yes" && !is_understood;
    let question = page(&Ask {
        shell: app.shell(Nav::Results, words::confirm_title(language)),
        mailbox: choice.mailbox,
        action: choice.action,
        count,
        is_delete,
        is_untold,
        what,
        help,
        yes,
    })?;
    Ok(match is_untold {
        true => (StatusCode::UNPROCESSABLE_ENTITY, question).into_response(),
        false => question,
    })
}

fn asked(action: BacklogAction, count: i64, name: &str, language: Language) -> (String, String, String) {
    match action {
        BacklogAction::Process => (
            words::ask_process(language, count, name),
            words::ask_process_help(language),
            words::do_release(language),
        ),
        BacklogAction::Ignore => (
            words::ask_ignore(language, count, name),
            words::ignore_help(language),
            words::do_ignore(language),
        ),
        BacklogAction::Delete => (
            words::ask_delete(language, count, name),
            words::delete_help(language),
            words::do_delete(language),
        ),
    }
}
