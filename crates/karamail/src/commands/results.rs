//! `karamail results`: numbers and addresses.

use karamail_core::address::EmailAddress;
use karamail_core::words::{Language, Told, commands as words, delivery as delivery_words};
use karamail_engine::clock;
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, results};
use serde::Serialize;

use crate::arguments::{self, Format};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// A row as JSON, with the words that a person would read.
#[derive(Serialize)]
struct ToldRow<'a> {
    #[serde(flatten)]
    row: &'a ResultRow,
    told: String,
    what_to_do: Option<String>,
}

/// Prints the results; reads beside a running program.
pub(crate) async fn run(context: &Context, arguments: &arguments::ResultsList) -> Result<Exit, Failure> {
    let wanted = wanted(context, arguments)?;
    let rows = match Store::open_to_read(&context.data_dir).await? {
        Some(readers) => results(&readers, &wanted).await?,
        None => Vec::new(),
    };
    let language = context.language;
    match if context.json {
        Format::Json
    } else {
        arguments.format
    } {
        Format::Json => {
            for row in &rows {
                output::json_line(&ToldRow {
                    row,
                    told: delivery(row.delivery, language),
                    what_to_do: row.delivery.class().and_then(|class| class.what_to_do(language)),
                })?;
            }
        }
        Format::Csv => {
            let mut csv = String::from("\u{feff}");
            csv.push_str(&output::csv_record(&head(language)));
            for row in &rows {
                csv.push_str(&output::csv_record(&cells(row, language)));
            }
            output::raw(&csv);
        }
        Format::Table if rows.is_empty() => output::line(&words::no_results(language)),
        Format::Table => {
            let rows: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    cells(row, language)
                        .iter()
                        .map(|cell| output::harmless(cell))
                        .collect()
                })
                .collect();
            output::raw(&output::table(&head(language), &rows));
        }
    }
    Ok(Exit::Done)
}

fn wanted(context: &Context, arguments: &arguments::ResultsList) -> Result<Wanted, Failure> {
    let midnight = |text: &String, days: i64| {
        let day = text.parse::<jiff::civil::Date>().ok();
        let moved = day.and_then(|day| day.checked_add(jiff::SignedDuration::from_hours(24 * days)).ok());
        let at = moved.and_then(|day| day.to_zoned(clock::local(clock::now()).time_zone().clone()).ok());
        at.map(|at| at.timestamp())
            .ok_or_else(|| Failure::said(Exit::Usage, delivery_words::not_a_day(context.language, text)))
    };
    Ok(Wanted {
        series: arguments.series.clone(),
        search: arguments.search.clone(),
        states: arguments
            .state
            .iter()
            .map(|state| state.as_str().to_owned())
            .collect(),
        since: arguments.from.as_ref().map(|day| midnight(day, 0)).transpose()?,
        // The day itself counts.
        until: arguments.until.as_ref().map(|day| midnight(day, 1)).transpose()?,
        mailbox: arguments
            .mailbox
            .as_deref()
            .map(|name| mailbox(context, name))
            .transpose()?,
        before: None,
        limit: arguments.limit,
    })
}

/// The mailbox's address; one that is no longer in the settings is named by its address.
fn mailbox(context: &Context, name: &str) -> Result<EmailAddress, Failure> {
    if let Ok(address) = name.parse() {
        return Ok(address);
    }
    let settings = context.settings()?;
    let found = settings.mailboxes.iter().find(|mailbox| mailbox.name == name);
    found.map(|mailbox| mailbox.address.clone()).ok_or_else(|| {
        let names: Vec<&str> = settings
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.name.as_str())
            .collect();
        Failure::said(
            Exit::Usage,
            words::no_such_mailbox(context.language, name, &names.join(", ")),
        )
    })
}

fn head(language: Language) -> Vec<String> {
    vec![
        words::column_series(language),
        words::column_number(language),
        words::column_address(language),
        words::column_given(language),
        words::column_delivery(language),
        delivery_words::column_advice(language),
        words::column_answer(language),
    ]
}

fn cells(row: &ResultRow, language: Language) -> Vec<String> {
    vec![
        row.series.clone(),
        row.number.to_string(),
        row.address.clone(),
        clock::local(row.given_at)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string(),
        delivery(row.delivery, language),
        row.delivery
            .class()
            .and_then(|class| class.what_to_do(language))
            .unwrap_or_default(),
        row.answer.clone().unwrap_or_default(),
    ]
}

/// A delivery state in words.
pub(crate) fn delivery(delivery: Delivery, language: Language) -> String {
    match delivery {
        Delivery::Queued => words::delivery_queued(language),
        Delivery::Unsure => words::delivery_unsure(language),
        Delivery::Sent => words::delivery_sent(language),
        Delivery::SentAgain => delivery_words::sent_again(language),
        Delivery::Refused { class } => delivery_words::refused(language, &class.what(language)),
        Delivery::Bounced { class } => delivery_words::bounced(language, &class.what(language)),
    }
}
