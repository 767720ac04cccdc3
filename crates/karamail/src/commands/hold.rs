//! `karamail hold`, `backlog` and `quarantine`: mails that wait for the shop.

use karamail_core::decide::Reason;
use karamail_core::words::{Language, Told, guards as words};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::engine::requests::{BacklogAction, HoldAction, Request};
use karamail_engine::store::Store;
use karamail_engine::store::aside::{AsideMail, Pile, Wish, aside};
use serde::Deserialize;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::handover;
use crate::output;

/// `hold list|release|discard`
pub(crate) async fn hold(context: &Context, action: &arguments::HoldAction) -> Result<Exit, Failure> {
    let (action, ids) = match action {
        arguments::HoldAction::List => return list(context, &[Pile::Held, Pile::Quarantined], None).await,
        arguments::HoldAction::Release { ids } => (HoldAction::Release, ids.clone()),
        arguments::HoldAction::Discard { ids } => (HoldAction::Discard, ids.clone()),
    };
    perform(context, &Request::Hold { action, ids }).await
}

/// `backlog list|process|ignore|delete`
pub(crate) async fn backlog(context: &Context, action: &arguments::BacklogAction) -> Result<Exit, Failure> {
    let (action, of) = match action {
        arguments::BacklogAction::List(of) => {
            return list(context, &[Pile::Backlog], of.mailbox.as_deref()).await;
        }
        arguments::BacklogAction::Process(of) => (BacklogAction::Process, of),
        arguments::BacklogAction::Ignore(of) => (BacklogAction::Ignore, of),
        arguments::BacklogAction::Delete(of) => (BacklogAction::Delete, of),
    };
    let mailbox = of.mailbox.clone();
    perform(context, &Request::Backlog { action, mailbox }).await
}

/// `quarantine list`
pub(crate) async fn quarantine(context: &Context) -> Result<Exit, Failure> {
    list(context, &[Pile::Quarantined], None).await
}

/// Prints the mails of some piles; reads beside a running program.
async fn list(context: &Context, piles: &[Pile], mailbox: Option<&str>) -> Result<Exit, Failure> {
    let mut mails = match Store::open_to_read(&context.data_dir).await? {
        Some(readers) => aside(&readers, None).await?,
        None => Vec::new(),
    };
    mails.retain(|mail| piles.contains(&mail.pile));
    // The ledger knows mailboxes by address; without sound settings that is what is shown.
    if let Ok(settings) = context.settings() {
        for mail in &mut mails {
            mail.mailbox = name_of(&settings, &mail.mailbox);
        }
        if let Some(wanted) = mailbox {
            let settings_name = |one: &&karamail_engine::config::Mailbox| {
                one.name == wanted || one.address.to_string().eq_ignore_ascii_case(wanted)
            };
            let name = settings
                .mailboxes
                .iter()
                .find(settings_name)
                .map(|one| one.name.clone());
            mails.retain(|mail| Some(&mail.mailbox) == name.as_ref());
        }
    } else if let Some(wanted) = mailbox {
        mails.retain(|mail| mail.mailbox == wanted);
    }
    let language = context.language;
    if context.json {
        for mail in &mails {
            output::json_line(mail)?;
        }
    } else if mails.is_empty() {
        output::line(&words::nothing_waits(language));
    } else {
        let rows: Vec<Vec<String>> = mails.iter().map(|mail| cells(mail, language)).collect();
        output::raw(&output::table(&head(language), &rows));
    }
    Ok(Exit::Done)
}

fn name_of(settings: &Settings, address_key: &str) -> String {
    let mut mailboxes = settings.mailboxes.iter();
    let found = mailboxes.find(|mailbox| mailbox.address.key() == address_key);
    found.map_or_else(|| address_key.to_owned(), |mailbox| mailbox.name.clone())
}

fn head(language: Language) -> Vec<String> {
    vec![
        words::column_id(language),
        words::column_seen(language),
        words::column_mailbox(language),
        words::column_sender(language),
        words::column_subject(language),
        words::column_why(language),
    ]
}

fn cells(mail: &AsideMail, language: Language) -> Vec<String> {
    let reason = mail.reason.parse::<Reason>().ok();
    let mut why = reason.map_or_else(|| mail.reason.clone(), |reason| reason.what(language));
    if let Some(wish) = mail.wish {
        why.push_str(&match wish {
            Wish::Release => words::to_be_released(language),
            Wish::Discard | Wish::Ignore => words::to_be_discarded(language),
        });
    }
    vec![
        mail.id.to_string(),
        clock::local(mail.first_seen_at)
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        output::harmless(&mail.mailbox),
        output::address(mail.from.as_deref().unwrap_or("-")),
        output::harmless(&mail.subject),
        why,
    ]
}

#[derive(Deserialize)]
struct Performed {
    mails: Vec<MailDone>,
}

#[derive(Deserialize)]
struct MailDone {
    id: i64,
    done: String,
    number: Option<i64>,
}

async fn perform(context: &Context, request: &Request) -> Result<Exit, Failure> {
    let result = handover::request(context, request).await?;
    let language = context.language;
    let done: Performed = serde_json::from_value(result.clone())?;
    if context.json {
        output::json_line(&result)?;
    } else if done.mails.is_empty() {
        output::line(&words::nothing_waits(language));
    } else {
        for mail in &done.mails {
            output::line(&told(mail, language));
        }
    }
    let failed = done
        .mails
        .iter()
        .any(|mail| matches!(mail.done.as_str(), "not-found" | "no-mailbox"));
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn told(mail: &MailDone, language: Language) -> String {
    match (mail.done.as_str(), mail.number) {
        ("decided", Some(number)) => words::done_number(language, mail.id, number),
        ("decided", None) => words::done_decided(language, mail.id),
        ("held-again", _) => words::done_held_again(language, mail.id),
        ("at-next-poll", _) => words::done_at_next_poll(language, mail.id),
        ("ignored", _) => words::done_ignored(language, mail.id),
        ("no-mailbox", _) => words::done_no_mailbox(language, mail.id),
        _ => words::done_not_found(language, mail.id),
    }
}
