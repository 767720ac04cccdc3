//! `karamail results`: numbers and addresses.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use karamail_core::address::EmailAddress;
use karamail_core::words::{Language, Told, commands as words, delivery as delivery_words};
use karamail_engine::config::{Mailbox, Settings};
use karamail_engine::export::{Csv, MailboxNames, Xlsx, cells, head};
use karamail_engine::store::results::{ResultRow, Wanted, each_result};
use karamail_engine::store::{Readers, Store};
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

/// Mailboxes as the settings have them now; none without sound settings.
struct Mailboxes(Vec<Mailbox>);

impl Mailboxes {
    fn of(context: &Context) -> Mailboxes {
        let settings = Settings::load(&context.config);
        Mailboxes(settings.map_or_else(|_| Vec::new(), |settings| settings.mailboxes))
    }

    fn find(&self, text: &str) -> Option<EmailAddress> {
        let named = self.0.iter().find(|mailbox| mailbox.name == text);
        named
            .map(|mailbox| mailbox.address.clone())
            .or_else(|| text.parse().ok())
    }

    fn names(&self) -> MailboxNames {
        MailboxNames::of(&self.0)
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
            let names: Vec<&str> = mailboxes.0.iter().map(|one| one.name.as_str()).collect();
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
        limit: arguments.limit,
        ..Wanted::default()
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
                told: row.delivery.what(self.language),
                what_to_do: row.delivery.what_to_do(self.language),
                row: &row,
            };
            let line = output::json(&told).map_err(io::Error::from)?;
            Ok(target.write_all((line + "\n").as_bytes())?)
        })
        .await
    }

    async fn csv(&self, target: &mut Target) -> Result<u64, Ended> {
        let csv = Csv::new(self.mailboxes.names(), self.language);
        target.write_all(csv.begin().as_bytes())?;
        self.each(|row| Ok(target.write_all(csv.row(&row).as_bytes())?))
            .await
    }

    async fn xlsx(&self, target: &mut Target) -> Result<u64, Ended> {
        let mut workbook = Xlsx::new(self.mailboxes.names(), self.language);
        let rows = self
            .each(|row| Ok(workbook.add(&row).map_err(io::Error::from)?))
            .await?;
        // A workbook is packed with jumps back and forth, which the screen and a pipe do not know.
        let mut packed = tempfile::tempfile()?;
        workbook.finish(&packed).map_err(io::Error::from)?;
        packed.rewind()?;
        io::copy(&mut packed, target)?;
        Ok(rows)
    }

    async fn table(&self, target: &mut Target) -> Result<u64, Ended> {
        let names = self.mailboxes.names();
        let mut rows: Vec<Vec<String>> = Vec::new();
        self.each(|row| {
            rows.push(cells(&row, &names, self.language));
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
