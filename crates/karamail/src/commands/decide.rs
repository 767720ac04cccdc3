//! `karamail decide`: what would become of stored mails. Nothing is sent, numbered or written.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use karamail_core::address::EmailAddress;
use karamail_core::decide::{Decision, Known, Rules, decide};
use karamail_core::mail::{IncomingMail, body_text};
use karamail_core::words::{Language, Told, commands as words};
use karamail_engine::config::Settings;
use karamail_engine::store::{Readers, Store};
use serde::Serialize;

use crate::arguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Decisions rest on the header alone; no header that is read whole is longer.
const BYTES_READ: u64 = karamail_core::limits::HEADER_BLOCK_BYTES as u64 + 1;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    outcome: &'static str,
    reason: &'static str,
    address: Option<String>,
    subject: &'a str,
}

/// Prints outcome and reason of each file, one line a file, in the order given.
pub(crate) async fn run(context: &Context, arguments: &arguments::Decide) -> Result<Exit, Failure> {
    let desk = Desk::new(context, arguments.address.as_ref()).await?;
    let mut exit = Exit::Done;
    let mut rows = Vec::new();
    for file in &arguments.files {
        let name = file.display().to_string();
        let bytes = match read_head(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                output::error_line(&words::unreadable_file(
                    context.language,
                    &output::harmless(&name),
                    &error.to_string(),
                ));
                exit = Exit::Failed;
                continue;
            }
        };
        let mail = IncomingMail::parse(&bytes);
        let decision = desk.decide(&mail, &bytes).await?;
        if context.json {
            output::json_line(&Line {
                file: &name,
                outcome: decision.outcome.as_str(),
                reason: decision.reason.as_str(),
                address: mail.sender_address().map(ToString::to_string),
                subject: mail.subject(),
            })?;
        } else {
            rows.push(row(&name, &mail, decision, context.language));
        }
    }
    if !context.json && !rows.is_empty() {
        let head = [
            words::column_file(context.language),
            words::column_outcome(context.language),
            words::column_reason(context.language),
            words::column_address(context.language),
        ];
        output::raw(&output::table(&head, &rows));
    }
    Ok(exit)
}

fn row(name: &str, mail: &IncomingMail, decision: Decision, language: Language) -> Vec<String> {
    vec![
        output::harmless(name),
        decision.outcome.what(language),
        format!(
            "{} ({})",
            decision.reason.what(language),
            decision.reason.as_str()
        ),
        mail.sender_address()
            .map(|address| output::address(&address.to_string()))
            .unwrap_or_default(),
    ]
}

fn read_head(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(BYTES_READ).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The rules, and the ledger where there is one.
struct Desk {
    rules: Rules,
    ledger: Option<(Readers, String)>,
}

impl Desk {
    /// Without a settings file named on the command line: the default rules, and `address` is our own mailbox.
    async fn new(context: &Context, address: Option<&EmailAddress>) -> Result<Desk, Failure> {
        if !context.is_config_named {
            let mut rules = Rules::default();
            rules.own_addresses.extend(address.cloned());
            return Ok(Desk { rules, ledger: None });
        }
        let settings = Settings::load(&context.config)?;
        let wanted = address.map(EmailAddress::key);
        let mailbox = settings
            .mailboxes
            .iter()
            .find(|mailbox| wanted.as_ref().is_none_or(|key| mailbox.address.key() == *key))
            .ok_or_else(|| {
                let names: Vec<String> = settings
                    .mailboxes
                    .iter()
                    .map(|mailbox| mailbox.address.to_string())
                    .collect();
                let asked = address.map(ToString::to_string).unwrap_or_default();
                Failure::said(
                    Exit::Usage,
                    words::no_such_mailbox(context.language, &asked, &names.join(", ")),
                )
            })?;
        let ledger = Store::open_to_read(&context.data_dir)
            .await?
            .map(|pool| (pool, mailbox.series.clone()));
        Ok(Desk {
            rules: settings.rules(mailbox),
            ledger,
        })
    }

    async fn decide(&self, mail: &IncomingMail, bytes: &[u8]) -> Result<Decision, Failure> {
        let text = body_text(bytes);
        let shop_word_in_body = self.rules.shop_words.iter().any(|word| word.is_in(&text));
        let known = match (&self.ledger, mail.sender_address()) {
            (Some((pool, series)), Some(address)) => Known {
                number: karamail_engine::store::results::number_of(pool, series, address).await?,
                shop_word_in_body,
                ..Known::default()
            },
            _ => Known {
                shop_word_in_body,
                ..Known::default()
            },
        };
        Ok(decide(mail, &self.rules, &known))
    }
}
