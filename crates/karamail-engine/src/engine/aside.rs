//! The requests about mails that wait for the shop: `hold` and `backlog`.

use std::collections::HashMap;

use karamail_core::decide::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::requests::{Office, Performed, RequestFault};
use crate::config::Mailbox;
use crate::cycle;
use crate::store::StoreError;
use crate::store::aside::{AsideRow, Pile, Wish};

/// What is done with held mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldAction {
    /// Decided again, without what held them.
    Release,
    /// Archived where the server still has them, then deleted. No answer.
    Discard,
}

/// What is done with old mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BacklogAction {
    /// Decided as if they had come now.
    Process,
    /// Left on the server and never looked at again.
    Ignore,
    /// Archived and deleted.
    Delete,
}

/// What became of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Done {
    /// It has its number, or what else the decision gave.
    Decided,
    /// Another guard holds it now.
    HeldAgain,
    /// It is done with the next poll, which needs the server for it.
    AtNextPoll,
    /// It stays where it is for good.
    Ignored,
    /// No such mail waits.
    NotFound,
    /// Its mailbox is not in the settings.
    NoMailbox,
}

#[derive(Debug, Serialize)]
struct MailDone {
    id: i64,
    done: Done,
    outcome: Option<&'static str>,
    number: Option<i64>,
}

impl MailDone {
    fn new(id: i64, done: Done) -> MailDone {
        MailDone {
            id,
            done,
            outcome: None,
            number: None,
        }
    }
}

/// Releases or discards held mails.
pub(super) async fn hold(
    office: &Office<'_>,
    action: HoldAction,
    ids: &[i64],
) -> Result<Performed, RequestFault> {
    let failed = |fault: StoreError| office.failed(&fault);
    let mut rows = office.store.aside_by_id(ids).await.map_err(failed)?;
    rows.retain(|row| row.pile != Pile::Backlog);
    let found: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut done = match action {
        HoldAction::Release => release(office, rows).await.map_err(failed)?,
        HoldAction::Discard => wish(office, &rows, Wish::Discard, Done::AtNextPoll)
            .await
            .map_err(failed)?,
    };
    let missing = ids.iter().filter(|id| !found.contains(id));
    done.extend(missing.map(|id| MailDone::new(*id, Done::NotFound)));
    done.sort_by_key(|mail| ids.iter().position(|id| *id == mail.id));
    done.dedup_by_key(|mail| mail.id);
    Ok(performed(&done))
}

/// Processes, ignores or deletes the backlog.
pub(super) async fn backlog(
    office: &Office<'_>,
    action: BacklogAction,
    mailbox: Option<&str>,
) -> Result<Performed, RequestFault> {
    let failed = |fault: StoreError| office.failed(&fault);
    let mailboxes = &office.settings.mailboxes;
    let is_meant = |one: &&Mailbox| {
        mailbox
            .is_none_or(|wanted| one.name == wanted || one.address.to_string().eq_ignore_ascii_case(wanted))
    };
    let meant: Vec<&Mailbox> = mailboxes.iter().filter(is_meant).collect();
    if let (Some(name), true) = (mailbox, meant.is_empty()) {
        let names: Vec<&str> = mailboxes.iter().map(|one| one.name.as_str()).collect();
        return Err(RequestFault::NoMailbox {
            name: name.to_owned(),
            names: names.join(", "),
        });
    }
    let mut done = Vec::new();
    for mailbox in meant {
        let row = office.store.mailbox(&mailbox.address).await.map_err(failed)?;
        let rows = office.store.backlog_of(row.id).await.map_err(failed)?;
        done.extend(
            match action {
                BacklogAction::Process => release(office, rows).await,
                BacklogAction::Ignore => wish(office, &rows, Wish::Ignore, Done::Ignored).await,
                BacklogAction::Delete => wish(office, &rows, Wish::Discard, Done::AtNextPoll).await,
            }
            .map_err(failed)?,
        );
    }
    Ok(performed(&done))
}

async fn wish(
    office: &Office<'_>,
    rows: &[AsideRow],
    wish: Wish,
    done: Done,
) -> Result<Vec<MailDone>, StoreError> {
    office.store.wish(rows, wish, office.now).await?;
    Ok(rows.iter().map(|row| MailDone::new(row.id, done)).collect())
}

async fn release(office: &Office<'_>, rows: Vec<AsideRow>) -> Result<Vec<MailDone>, StoreError> {
    let mut of_mailbox: HashMap<String, Vec<AsideRow>> = HashMap::new();
    for row in rows {
        of_mailbox.entry(row.mailbox.clone()).or_default().push(row);
    }
    let mut done = Vec::new();
    for (address_key, rows) in of_mailbox {
        let mailboxes = &office.settings.mailboxes;
        let Some(mailbox) = mailboxes.iter().find(|one| one.address.key() == address_key) else {
            done.extend(rows.iter().map(|row| MailDone::new(row.id, Done::NoMailbox)));
            continue;
        };
        let recorded =
            cycle::aside::release(office.store, office.settings, mailbox, &rows, office.now).await?;
        done.extend(recorded.into_iter().map(|(id, recorded)| match recorded {
            None => MailDone::new(id, Done::AtNextPoll),
            Some(recorded) => MailDone {
                id,
                done: match recorded.outcome {
                    Some(Outcome::Hold) => Done::HeldAgain,
                    _ => Done::Decided,
                },
                outcome: recorded.outcome.map(Outcome::as_str),
                number: recorded.number,
            },
        }));
    }
    done.sort_by_key(|mail| mail.id);
    Ok(done)
}

fn performed(done: &[MailDone]) -> Performed {
    Performed {
        check_now: done
            .iter()
            .any(|mail| matches!(mail.done, Done::Decided | Done::AtNextPoll)),
        result: json!({ "mails": done }),
    }
}
