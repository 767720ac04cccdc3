//! Requests: the work behind every writing command, done by whoever holds the data folder. The command does it itself
//! where no program runs, and hands it over through the ledger where one does; both end in [`perform`].
//!
//! To add a request: a variant of [`Request`], a branch of [`perform`], and a function that does the work in one
//! transaction and can be done twice (a crash may come before the result is written).

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use karamail_core::limits::REQUEST_AGE;
use karamail_core::words::screens::faults as screen;
use karamail_core::words::{Language, Told, commands, requests as words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::Settings;
use crate::erase::{EraseFault, erase};
use crate::resend::resend;
use crate::store::requests::OpenRequest;
use crate::store::{Store, StoreError};

/// What a command can ask of the program that holds the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "arguments", rename_all = "kebab-case")]
pub enum Request {
    /// Erase the person behind a number; the number stays.
    Erase {
        /// The number.
        number: i64,
        /// Its series, where several have it.
        series: Option<String>,
    },
    /// Say that you are there: nothing is changed.
    Ping,
    /// Send receipts with these numbers again.
    Resend {
        /// The numbers.
        numbers: Vec<i64>,
        /// Their series, where it was named.
        series: Option<String>,
        /// When it was asked: done once for each time.
        asked_at: Timestamp,
    },
    /// Decide about mails that are held or were put aside.
    Hold {
        /// What is done with them.
        action: HoldAction,
        /// Their ledger rows.
        ids: Vec<i64>,
    },
    /// Decide about old mails.
    Backlog {
        /// What is done with them.
        action: BacklogAction,
        /// The name or address of their mailbox; every mailbox without one.
        mailbox: Option<String>,
    },
}

pub use super::aside::{BacklogAction, HoldAction};

/// Where a request is performed.
pub struct Office<'a> {
    /// The ledger.
    pub store: &'a Store,
    /// The settings that hold now.
    pub settings: &'a Arc<Settings>,
    /// The data folder.
    pub data_folder: &'a Path,
    /// The time now.
    pub now: Timestamp,
}

/// A request that was performed.
#[derive(Clone, Debug, PartialEq)]
pub struct Performed {
    /// What the command prints.
    pub result: Value,
    /// Whether the mailboxes are to be polled now: letters are due, or mails are to leave the server.
    pub check_now: bool,
}

/// Why a request was not performed. It travels as JSON, so that the command tells it in its reader's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestFault {
    /// Nobody was erased.
    #[error(transparent)]
    Erase(#[from] EraseFault),
    /// The running program knows no such request: it is another version.
    #[error("the running program does not know the request {0}")]
    Unknown(String),
    /// It waited too long: whoever asked has gone.
    #[error("the request is too old")]
    TooOld,
    /// The settings have no such mailbox.
    #[error("there is no mailbox {name}")]
    NoMailbox {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        names: String,
    },
    /// The engine has ended; nothing was done.
    #[error("the engine is not running")]
    NotRunning,
    /// The ledger or the disk; told in the language of the settings.
    #[error("{0}")]
    Failed(String),
}

impl Told for RequestFault {
    fn what(&self, language: Language) -> String {
        match self {
            RequestFault::Erase(fault) => fault.what(language),
            RequestFault::Unknown(kind) => words::unknown(language, kind),
            RequestFault::TooOld => words::too_old(language),
            RequestFault::NotRunning => words::not_running(language),
            RequestFault::NoMailbox { name, names } => commands::no_such_mailbox(language, name, names),
            RequestFault::Failed(told) => told.clone(),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            RequestFault::Erase(fault) => fault.what_to_do(language),
            RequestFault::Unknown(_) => Some(words::unknown_advice(language)),
            RequestFault::TooOld => Some(words::too_old_advice(language)),
            RequestFault::NotRunning => Some(words::not_running_advice(language)),
            RequestFault::NoMailbox { .. } | RequestFault::Failed(_) => None,
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            RequestFault::TooOld => Some(screen::too_old_advice(language)),
            other => other.what_to_do(language),
        }
    }
}

impl Office<'_> {
    /// A fault of the ledger as a request's fault, told in the language of the settings.
    pub fn failed(&self, fault: &StoreError) -> RequestFault {
        RequestFault::Failed(fault.told(self.settings.general.language))
    }
}

/// Performs one request. The one place where writing commands do their work.
pub async fn perform(request: &Request, office: &Office<'_>) -> Result<Performed, RequestFault> {
    match request {
        Request::Ping => Ok(Performed {
            result: json!({ "version": env!("CARGO_PKG_VERSION") }),
            check_now: false,
        }),
        Request::Erase { number, series } => {
            let erased = erase(office, *number, series.as_deref()).await;
            let erased = erased.map_err(|fault| office.failed(&fault))??;
            Ok(Performed {
                result: serde_json::to_value(&erased).unwrap_or_default(),
                // With the keep rule `when-erased`, the person's mails leave the server now.
                check_now: true,
            })
        }
        Request::Resend {
            numbers,
            series,
            asked_at,
        } => {
            let answers = resend(office, numbers, series.as_deref(), *asked_at).await;
            let answers = answers.map_err(|fault| office.failed(&fault))?;
            Ok(Performed {
                check_now: answers.iter().any(|answer| answer.fault.is_none()),
                result: json!({ "numbers": answers }),
            })
        }
        Request::Hold { action, ids } => super::aside::hold(office, *action, ids).await,
        Request::Backlog { action, mailbox } => {
            super::aside::backlog(office, *action, mailbox.as_deref()).await
        }
    }
}

/// Performs the requests that wait in the ledger and writes their results. Returns whether to poll now; `None` where none
/// waited.
pub(super) async fn perform_open(office: &Office<'_>) -> Result<Option<bool>, StoreError> {
    let mut check_now = None;
    for open in office.store.open_requests().await? {
        if !office.store.take_request(open.id, office.now).await? {
            continue;
        }
        let done = perform_one(&open, office).await;
        let wants_check = done.as_ref().is_ok_and(|performed| performed.check_now);
        check_now = Some(check_now.unwrap_or(false) || wants_check);
        let answer = Answer::from(done.map(|performed| performed.result));
        let text = serde_json::to_string(&answer).unwrap_or_else(|_| "null".to_owned());
        office.store.finish_request(open.id, &text, office.now).await?;
        tracing::info!(kind = open.kind, "a request was performed");
    }
    Ok(check_now)
}

async fn perform_one(open: &OpenRequest, office: &Office<'_>) -> Result<Performed, RequestFault> {
    let limit = SignedDuration::try_from(REQUEST_AGE).unwrap_or(SignedDuration::MAX);
    // Either way: the clock may have been set back since.
    if office.now.duration_since(open.at).abs() > limit {
        return Err(RequestFault::TooOld);
    }
    let request =
        parse(&open.kind, &open.arguments).ok_or_else(|| RequestFault::Unknown(open.kind.clone()))?;
    perform(&request, office).await
}

/// A result as it lies in the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Done(Value),
    Fault(RequestFault),
}

impl From<Result<Value, RequestFault>> for Answer {
    fn from(done: Result<Value, RequestFault>) -> Answer {
        match done {
            Ok(value) => Answer::Done(value),
            Err(fault) => Answer::Fault(fault),
        }
    }
}

impl Request {
    /// Its stable name and its arguments as JSON, as they lie in the ledger.
    pub fn to_row(&self) -> Result<(String, String), serde_json::Error> {
        let value = serde_json::to_value(self)?;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        let arguments = value.get("arguments").unwrap_or(&Value::Null);
        Ok((kind.to_owned(), arguments.to_string()))
    }
}

fn parse(kind: &str, arguments: &str) -> Option<Request> {
    let arguments: Value = serde_json::from_str(arguments).ok()?;
    let value = match arguments {
        Value::Null => json!({ "kind": kind }),
        arguments => json!({ "kind": kind, "arguments": arguments }),
    };
    serde_json::from_value(value).ok()
}

/// Reads a result back; `Unknown` where it was written by a program that answers in another way.
pub fn read_answer(kind: &str, text: &str) -> Result<Value, RequestFault> {
    match serde_json::from_str(text) {
        Ok(Answer::Done(value)) => Ok(value),
        Ok(Answer::Fault(fault)) => Err(fault),
        Err(_) => Err(RequestFault::Unknown(kind.to_owned())),
    }
}
