//! The diagnostic log, for the technician: daily files in `diagnostics/`, apart from the shop's monthly log.

use std::path::Path;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{InitError, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait for the disk. The default of 128,000 takes 4 MB from the start, a third of what the program holds
/// at rest; of a burst beyond this the rest is dropped, as the shop's own log is written elsewhere.
const LINES_WAITING: usize = 2_000;
/// What is written without `KARAMAIL_LOG`: our own news and everybody's warnings.
const DEFAULT_FILTER: &str = "warn,karamail=info,karamail_engine=info,karamail_core=info";

/// Starts the diagnostic log in `data_folder`, keeping `days` daily files, and on standard error as well if wanted.
///
/// `KARAMAIL_LOG` sets the filter (for example `debug`). Keep the guard until the program ends: it flushes.
pub fn start(data_folder: &Path, days: u32, on_standard_error: bool) -> Result<WorkerGuard, InitError> {
    let folder = data_folder.join("diagnostics");
    // The appender looks through the folder before it makes it, and complains on standard error.
    let _ = crate::data_folder::make_private_folder(&folder);
    let files = tracing_appender::rolling::Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("karamail")
        .filename_suffix("log")
        .max_log_files(usize::try_from(days.max(1)).unwrap_or(usize::MAX))
        .build(folder)?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_WAITING)
        .finish(files);
    subscribe(writer, on_standard_error);
    Ok(guard)
}

/// Sends warnings to standard error alone, for commands that write no files.
pub fn start_on_standard_error() {
    let filter = EnvFilter::builder()
        .with_env_var("KARAMAIL_LOG")
        .with_default_directive(LevelFilter::ERROR.into())
        .from_env_lossy();
    // A second start in one process (tests) keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

fn subscribe<W>(writer: W, on_standard_error: bool)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    use tracing_subscriber::fmt::writer::MakeWriterExt;
    let filter = EnvFilter::try_from_env("KARAMAIL_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    // A second start in one process (tests) keeps the first subscriber.
    let _ = if on_standard_error {
        builder.with_writer(writer.and(std::io::stderr)).try_init()
    } else {
        builder.with_writer(writer).try_init()
    };
}
