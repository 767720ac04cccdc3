//! Taking held mails after all, or throwing them away; the same for mails that could not be handled.

use askama::Template;
use axum::extract::{Path, RawForm};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karamail_core::words::Language;
use karamail_core::words::screens::waiting as words;
use karamail_engine::engine::requests::{HoldAction, Request};
use karamail_engine::store::Readers;
use karamail_engine::store::aside::Pile;
use karamail_engine::store::waiting::{by_id, waiting_ids};

use super::done::Outcome;
use super::mail::{Mail, chosen_pile, slug};
use crate::app::App;
use crate::fault::PageFault;
use crate::form::fields;
use crate::once;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// How many mails the question lists.
const LISTED: usize = 8;

/// What the form says.
struct Choice {
    action: HoldAction,
    /// Those with a tick, or the one whose button was pressed.
    ids: Vec<i64>,
    /// All up to this id instead.
    all_to: Option<i64>,
    is_confirmed: bool,
}

/// Asks before anything is deleted, or done to all.
#[derive(Template)]
#[template(path = "waiting/ask_held.html")]
struct Ask {
    shell: Shell,
    slug: &'static str,
    is_discard: bool,
    what: String,
    help: String,
    yes: String,
    count: usize,
    mails: Vec<Mail>,
    ids: Vec<i64>,
    all_to: Option<i64>,
}

/// `POST /waiting/held` and `/waiting/quarantined`
pub(super) async fn choose(
    app: App,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, PageFault> {
    let pile = chosen_pile(&name).ok_or(PageFault::NotFound)?;
    let handle = app.shown()?;
    let language = app.language();
    let choice = Choice::read(&form).ok_or(PageFault::NotFound)?;
    let ids = match choice.all_to {
        Some(newest) => waiting_ids(handle.readers(), pile, newest).await?,
        None => choice.ids.clone(),
    };
    if ids.is_empty() {
        return Err(PageFault::Said(
            StatusCode::UNPROCESSABLE_ENTITY,
            words::nothing_chosen(language),
            Some(words::nothing_chosen_advice(language)),
        ));
    }
    let must_ask = choice.action == HoldAction::Discard || choice.all_to.is_some();
    if must_ask && !choice.is_confirmed {
        return ask(&app, handle.readers(), pile, &choice, &ids, language).await;
    }
    let action = choice.action;
    let answer = handle.perform(Request::Hold { action, ids }).await?;
    Ok(once::lead(&app, &Outcome::of(answer)?.address()).into_response())
}

async fn ask(
    app: &App,
    readers: &Readers,
    pile: Pile,
    choice: &Choice,
    ids: &[i64],
    language: Language,
) -> Result<Response, PageFault> {
    let first: Vec<i64> = ids.iter().rev().take(LISTED).copied().collect();
    let mails = by_id(readers, &first).await?;
    let count = ids.len();
    let (what, help, yes) = match (choice.action, pile) {
        (HoldAction::Discard, _) => (
            words::ask_discard(language, count),
            words::ask_discard_help(language),
            words::do_discard(language),
        ),
        (HoldAction::Release, Pile::Quarantined) => (
            words::ask_retry(language, count),
            words::quarantined_help(language),
            words::do_retry(language),
        ),
        (HoldAction::Release, _) => (
            words::ask_release(language, count),
            words::ask_release_help(language),
            words::do_release(language),
        ),
    };
    page(&Ask {
        shell: app.shell(Nav::Results, words::confirm_title(language)),
        slug: slug(pile),
        is_discard: choice.action == HoldAction::Discard,
        what,
        help,
        yes,
        count,
        mails: mails.into_iter().map(|mail| Mail::of(mail, language)).collect(),
        ids: match choice.all_to {
            Some(_) => Vec::new(),
            None => ids.to_vec(),
        },
        all_to: choice.all_to,
    })
}

impl Choice {
    /// `None` where the form is none of ours.
    fn read(form: &[u8]) -> Option<Choice> {
        let (mut action, mut all_to, mut is_all, mut is_confirmed) = (None, None, false, false);
        let (mut ids, mut one) = (Vec::new(), None);
        for (name, value) in fields(form) {
            match (name.as_str(), value.as_str()) {
                ("action", value) => {
                    // `release`, `discard-all`, `release:17`: the button of one mail means this mail alone.
                    let (wanted, which) = value.split_once([':', '-']).unwrap_or((value, ""));
                    action = match wanted {
                        "release" => Some(HoldAction::Release),
                        "discard" => Some(HoldAction::Discard),
                        _ => None,
                    };
                    is_all = which == "all";
                    one = which.parse().ok();
                }
                ("id", id) => ids.extend(id.parse::<i64>().ok()),
                ("newest", id) => all_to = id.parse().ok(),
                ("confirmed", "yes") => is_confirmed = true,
                _ => {}
            }
        }
        Some(Choice {
            action: action?,
            ids: one.map_or(ids, |id| vec![id]),
            all_to: all_to.filter(|_| is_all),
            is_confirmed,
        })
    }
}

impl Ask {
    fn more(&self) -> Option<usize> {
        self.count.checked_sub(self.mails.len()).filter(|more| *more > 0)
    }

    /// What the button says that does it.
    fn action(&self) -> String {
        let action = if self.is_discard { "discard" } else { "release" };
        match self.all_to {
            Some(_) => format!("{action}-all"),
            None => action.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_of_one_mail_means_that_mail_whatever_is_ticked() {
        let choice = Choice::read(b"id=1&id=2&newest=9&action=discard%3A7").unwrap();
        assert_eq!((choice.ids, choice.all_to), (vec![7], None));
        assert!(choice.action == HoldAction::Discard && !choice.is_confirmed);
        let choice = Choice::read(b"id=1&id=x&newest=9&action=release").unwrap();
        assert_eq!((choice.ids, choice.all_to), (vec![1], None));
        let choice = Choice::read(b"id=1&newest=9&action=release-all&confirmed=yes").unwrap();
        assert_eq!((choice.all_to, choice.is_confirmed), (Some(9), true));
        assert!(Choice::read(b"id=1&action=explode").is_none());
    }
}
