//! `karamail results`: numbers and addresses.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use karamail_core::address::EmailAddress;
use karamail_core::words::{
    Language, Told, commands as words, data as data_words, delivery as delivery_words,
};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, each_result};
use karamail_engine::store::{Readers, Store};
use serde::Serialize;

use super::results_xlsx::ResultsWorkbook;
use crate::arguments::{self, Format};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Where the receipt number stands among the columns.
const NUMBER_COLUMN: usize = 1;

/// A row as JSON, with the words that a person would read.
#[derive(Serialize)]
struct ToldRow<'a> {
    #[serde(flatten)]
    row: &'a ResultRow,
    told: String,
    what_to_do: Option<String>,
}

/// Prints the results, or writes them to a file; reads beside a running program.
pub(crate) async fn run(context: &Context, arguments: &arguments::ResultsList) -> Result<Exit, Failure> {
    let format = if context.json {
        Format::Json
    } else {
        arguments.format
    };
    if format == Format::Xlsx && arguments.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::said(
            Exit::Usage,
            words::xlsx_needs_file(context.language),
        ));
    }
    let mailboxes = Mailboxes::of(context);
    let wanted = wanted(context, arguments, &mailboxes)?;
    let readers = Store::open_to_read(&context.data_dir).await?;
    let mut target = Target::open(arguments.output.as_deref())
        .map_err(|error| target_failed(context, arguments, &error))?;
    let writing = Writing {
        language: context.language,
        mailboxes: &mailboxes,
        readers: readers.as_ref(),
        wanted: &wanted,
    };
    let written = writing.write(format, &mut target).await?;
    let finished = written.and_then(|rows| target.finish().map(|()| rows));
    let rows = match finished {
        Ok(rows) => rows,
        // A closed pipe (`karamail results | head`) is no fault.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        Err(error) => return Err(target_failed(context, arguments, &error)),
    };
    if let Some(path) = &arguments.output {
        output::error_line(&words::results_written(
            context.language,
            &path.display().to_string(),
            rows,
        ));
    }
    Ok(Exit::Done)
}

fn target_failed(context: &Context, arguments: &arguments::ResultsList, error: &io::Error) -> Failure {
    let path = arguments
        .output
        .as_ref()
        .map_or("-".to_owned(), |path| path.display().to_string());
    let text = karamail_core::words::backup::file_failed(context.language, &path, &error.to_string());
    Failure::said(Exit::Failed, text)
}

/// Mailboxes by name and by address, as the settings have them now; none without sound settings.
struct Mailboxes(Vec<(String, EmailAddress)>);

impl Mailboxes {
    fn of(context: &Context) -> Mailboxes {
        let settings = Settings::load(&context.config);
        Mailboxes(settings.map_or_else(
            |_| Vec::new(),
            |settings| {
                let named = |mailbox: karamail_engine::config::Mailbox| (mailbox.name, mailbox.address);
                settings.mailboxes.into_iter().map(named).collect()
            },
        ))
    }

    fn find(&self, text: &str) -> Option<EmailAddress> {
        let named = self.0.iter().find(|(name, _)| name == text);
        named
            .map(|(_, address)| address.clone())
            .or_else(|| text.parse().ok())
    }

    /// From the ledger's address key to the name that people know.
    fn names(&self) -> HashMap<String, &str> {
        self.0
            .iter()
            .map(|(name, address)| (address.key(), name.as_str()))
            .collect()
    }
}

fn wanted(
    context: &Context,
    arguments: &arguments::ResultsList,
    mailboxes: &Mailboxes,
) -> Result<Wanted, Failure> {
    let language = context.language;
    let mailbox = match &arguments.mailbox {
        None => None,
        Some(text) => Some(mailboxes.find(text).ok_or_else(|| {
            let names: Vec<&str> = mailboxes.0.iter().map(|(name, _)| name.as_str()).collect();
            let text = words::no_such_mailbox(language, &output::harmless(text), &names.join(", "));
            Failure::said(Exit::Usage, text)
        })?),
    };
    let midnight = |text: &String, days: i64| {
        let day = text.parse::<Date>().ok();
        let moved = day.and_then(|day| day.checked_add(SignedDuration::from_hours(24 * days)).ok());
        let at = moved.and_then(|day| day.to_zoned(TimeZone::system()).ok());
        at.map(|at| at.timestamp()).ok_or_else(|| {
            Failure::said(
                Exit::Usage,
                delivery_words::not_a_day(language, &output::harmless(text)),
            )
        })
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
        mailbox,
        before: None,
        limit: arguments.limit,
    })
}

/// What ends the writing of results: the ledger or the place they go to.
enum Ended {
    Ledger(karamail_engine::store::StoreError),
    Target(io::Error),
}

impl From<karamail_engine::store::StoreError> for Ended {
    fn from(error: karamail_engine::store::StoreError) -> Self {
        Ended::Ledger(error)
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Ended::Target(error)
    }
}

struct Writing<'a> {
    language: Language,
    mailboxes: &'a Mailboxes,
    /// `None` where there is no ledger yet.
    readers: Option<&'a Readers>,
    wanted: &'a Wanted,
}

impl Writing<'_> {
    /// Writes the results; how many there were.
    async fn write(&self, format: Format, target: &mut Target) -> Result<io::Result<u64>, Failure> {
        let written = match format {
            Format::Json => self.json(target).await,
            Format::Csv => self.csv(target).await,
            Format::Xlsx => self.xlsx(target).await,
            Format::Table => self.table(target).await,
        };
        match written {
            Ok(rows) => Ok(Ok(rows)),
            Err(Ended::Target(error)) => Ok(Err(error)),
            Err(Ended::Ledger(error)) => Err(error.into()),
        }
    }

    async fn each(&self, mut each: impl FnMut(ResultRow) -> Result<(), Ended>) -> Result<u64, Ended> {
        let mut count = 0;
        if let Some(readers) = self.readers {
            each_result(readers, self.wanted, |row| {
                count += 1;
                each(row)
            })
            .await?;
        }
        Ok(count)
    }

    async fn json(&self, target: &mut Target) -> Result<u64, Ended> {
        self.each(|row| {
            let told = ToldRow {
                told: delivery(row.delivery, self.language),
                what_to_do: row
                    .delivery
                    .class()
                    .and_then(|class| class.what_to_do(self.language)),
                row: &row,
            };
            serde_json::to_writer(&mut *target, &told).map_err(io::Error::from)?;
            Ok(target.write_all(b"\n")?)
        })
        .await
    }

    async fn csv(&self, target: &mut Target) -> Result<u64, Ended> {
        let names = self.mailboxes.names();
        target.write_all("\u{feff}".as_bytes())?;
        target.write_all(output::csv_record(&head(self.language)).as_bytes())?;
        self.each(|row| {
            let cells = cells(&row, &names, self.language);
            Ok(target.write_all(output::csv_record(&cells).as_bytes())?)
        })
        .await
    }

    async fn xlsx(&self, target: &mut Target) -> Result<u64, Ended> {
        let names = self.mailboxes.names();
        let mut workbook = ResultsWorkbook::new(head(self.language), self.language);
        let rows = self
            .each(|row| {
                let cells = cells(&row, &names, self.language);
                workbook
                    .add(&cells, NUMBER_COLUMN)
                    .map_err(|error| Ended::Target(io::Error::other(error)))
            })
            .await?;
        let bytes = workbook.finish().map_err(io::Error::other)?;
        target.write_all(&bytes)?;
        Ok(rows)
    }

    async fn table(&self, target: &mut Target) -> Result<u64, Ended> {
        let names = self.mailboxes.names();
        let mut rows: Vec<Vec<String>> = Vec::new();
        self.each(|row| {
            let cells = cells(&row, &names, self.language);
            rows.push(cells.iter().map(|cell| output::harmless(cell)).collect());
            Ok(())
        })
        .await?;
        let text = match rows.is_empty() {
            true => words::no_results(self.language) + "\n",
            false => output::table(&head(self.language), &rows),
        };
        target.write_all(text.as_bytes())?;
        Ok(rows.len() as u64)
    }
}

/// Where results go: the screen, or a file that is there only when it is whole.
enum Target {
    Screen(BufWriter<io::Stdout>),
    File(BufWriter<tempfile::NamedTempFile>, PathBuf),
}

impl Target {
    fn open(path: Option<&Path>) -> io::Result<Target> {
        let Some(path) = path else {
            return Ok(Target::Screen(BufWriter::new(io::stdout())));
        };
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let part = tempfile::Builder::new()
            .prefix(".karamail-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Target::File(BufWriter::new(part), path.to_owned()))
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Target::Screen(mut screen) => screen.flush(),
            Target::File(part, path) => {
                let part = part.into_inner().map_err(|error| error.into_error())?;
                let file: &File = part.as_file();
                file.sync_all()?;
                part.persist(path)?;
                Ok(())
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Screen(screen) => screen.write(bytes),
            Target::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Screen(screen) => screen.flush(),
            Target::File(file, _) => file.flush(),
        }
    }
}

fn head(language: Language) -> Vec<String> {
    vec![
        words::column_series(language),
        words::column_number(language),
        words::column_address(language),
        words::column_given(language),
        words::column_delivery(language),
        words::column_mailbox(language),
        data_words::column_person(language),
        delivery_words::column_advice(language),
        words::column_answer(language),
    ]
}

fn cells(row: &ResultRow, mailboxes: &HashMap<String, &str>, language: Language) -> Vec<String> {
    vec![
        row.series.clone(),
        row.number.to_string(),
        address(row, language),
        time(row.given_at),
        delivery(row.delivery, language),
        mailboxes
            .get(&row.mailbox)
            .map_or_else(|| row.mailbox.clone(), |name| (*name).to_owned()),
        person(row, language),
        row.delivery
            .class()
            .and_then(|class| class.what_to_do(language))
            .unwrap_or_default(),
        row.answer.clone().unwrap_or_default(),
    ]
}

/// Local time to the second.
pub(super) fn time(at: Timestamp) -> String {
    clock::local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The address, or what stands in its place.
pub(super) fn address(row: &ResultRow, language: Language) -> String {
    match row.erased_at {
        Some(_) => data_words::erased_address(language),
        None => row.address.clone(),
    }
}

/// Whether the person left or was erased, and when.
pub(super) fn person(row: &ResultRow, language: Language) -> String {
    match (row.erased_at, row.left_at) {
        (Some(at), _) => data_words::person_erased(language, &time(at)),
        (None, Some(at)) => data_words::person_left(language, &time(at)),
        (None, None) => String::new(),
    }
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
        Delivery::Withheld => data_words::withheld(language),
    }
}
