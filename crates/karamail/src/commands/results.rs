//! `karamail results`: numbers and addresses.

use karamail_core::words::{Language, commands as words};
use karamail_engine::clock;
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, results};

use crate::arguments::{self, Format};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Prints the results; reads beside a running program.
pub(crate) async fn run(context: &Context, arguments: &arguments::Results) -> Result<Exit, Failure> {
    let wanted = Wanted {
        series: arguments.series.clone(),
        search: arguments.search.clone(),
        before: None,
        limit: arguments.limit,
    };
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
                output::json_line(row)?;
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

fn head(language: Language) -> Vec<String> {
    vec![
        words::column_series(language),
        words::column_number(language),
        words::column_address(language),
        words::column_given(language),
        words::column_delivery(language),
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
        row.answer.clone().unwrap_or_default(),
    ]
}

/// A delivery state in words.
pub(crate) fn delivery(delivery: Delivery, language: Language) -> String {
    match delivery {
        Delivery::Queued => words::delivery_queued(language),
        Delivery::Unsure => words::delivery_unsure(language),
        Delivery::Sent => words::delivery_sent(language),
        Delivery::Refused => words::delivery_refused(language),
    }
}
