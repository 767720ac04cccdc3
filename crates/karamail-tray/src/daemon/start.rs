//! The start: a second one reaches the first, the only one takes its place, and whatever is in the way is told to a person.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use karamail_core::words::Language;
use karamail_engine::config::{Places, Settings};
use karamail_engine::data_folder::{DataFolder, DataFolderError};
use karamail_engine::diagnostics;
use karamail_tray::link::{self, Address, Listener};
use tokio::time::{Instant, sleep, timeout};

use super::desk::Desk;
use super::event_loop;
use super::trouble::{Exit, Trouble};
use crate::arguments::Arguments;

/// A program that runs answers at once, however busy it is.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a place that is neither answered for nor free is tried: two starts at the same moment, or one while another ends.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);
/// How long `--quit` waits: the mail in hand is finished, and mail servers may be slow.
const QUIT_PATIENCE: Duration = Duration::from_secs(120);
/// Days that daily files of the diagnostic log stay, where no sound settings say so.
const LOG_DAYS: u32 = 14;

/// Runs the program until somebody ends it.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match begin(arguments) {
        Ok(exit) => exit,
        Err(trouble) => trouble.tell(),
    }
}

fn begin(arguments: &Arguments) -> Result<ExitCode, Trouble> {
    let asked: Option<Language> = arguments.lang.map(Language::from);
    let places = Places::find(arguments.config.as_deref(), arguments.data_dir.as_deref())
        .map_err(|fault| Trouble::of(&fault, Exit::Settings, asked.unwrap_or_default()))?;
    let settings = Settings::load(&places.config).ok();
    let said = settings.as_ref().map(|settings| settings.general.language);
    let language = asked.or(said).unwrap_or_default();
    let system = |error: io::Error| Trouble::system(&error, language);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(system)?;
    let address = Address::of(&places.data);
    let listener = match runtime.block_on(take_place(&address, arguments, language))? {
        Place::Mine(listener) => listener,
        Place::Reached(exit) => return Ok(exit),
    };
    if DataFolder::is_in_use(&places.data) {
        let in_use = DataFolderError::InUse(places.data);
        return Err(Trouble::of(&in_use, Exit::InUse, language));
    }
    let days = settings.map_or(LOG_DAYS, |settings| settings.general.diagnostic_log_days);
    let log = diagnostics::start(&places.data, days, false);
    if let Err(error) = &log {
        // The program works without its diagnostic log; a folder that cannot be written is told by the engine.
        eprintln!("karamail-tray: {error}");
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the desktop program starts");
    let inside = runtime.enter();
    event_loop::run(|wishes| Desk::new(arguments, places, (address, listener), &runtime, wishes));
    tracing::info!("the desktop program has ended");
    drop(inside);
    runtime.shutdown_timeout(Duration::from_secs(2));
    Ok(ExitCode::SUCCESS)
}

/// Whose place it is.
enum Place {
    Mine(Listener),
    /// Somebody is there already: they do what is wished for, and that was all.
    Reached(ExitCode),
}

async fn take_place(address: &Address, arguments: &Arguments, language: Language) -> Result<Place, Trouble> {
    let begin = Instant::now();
    loop {
        match ask_first(address, arguments).await {
            Ok(exit) => return Ok(Place::Reached(exit)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Err(Trouble::no_answer(language));
            }
            Err(_) if arguments.quit => return Ok(Place::Reached(ExitCode::SUCCESS)),
            Err(_) => {}
        }
        match Listener::bind(address) {
            Ok(listener) => return Ok(Place::Mine(listener)),
            Err(error) if !is_taken(&error) => return Err(Trouble::system(&error, language)),
            Err(_) if begin.elapsed() > PATIENCE => return Err(Trouble::no_answer(language)),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Whether an address is somebody else's now. Windows denies access to a pipe that is.
fn is_taken(error: &io::Error) -> bool {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::AddrInUse => true,
        io::ErrorKind::PermissionDenied => cfg!(windows),
        _ => false,
    }
}

/// Asks a program that runs to do what this start was for.
///
/// # Errors
/// There is none; or one that does not answer ([`io::ErrorKind::TimedOut`]).
async fn ask_first(address: &Address, arguments: &Arguments) -> io::Result<ExitCode> {
    if arguments.quit {
        return end_first(address).await;
    }
    let page = arguments.show.as_deref().unwrap_or_default();
    timeout(ANSWER, post(address, "/desk/show", format!("page=%2F{page}"))).await??;
    Ok(ExitCode::SUCCESS)
}

/// Asks for the end, which is answered when the mail in hand is finished, and waits until nobody is there.
async fn end_first(address: &Address) -> io::Result<ExitCode> {
    let begin = Instant::now();
    match timeout(QUIT_PATIENCE, post(address, "/desk/quit", String::new())).await {
        Ok(answered) => answered?,
        Err(_) => return Ok(ExitCode::FAILURE),
    }
    while begin.elapsed() < QUIT_PATIENCE {
        match timeout(ANSWER, post(address, "/desk/quit", String::new())).await {
            Ok(Err(_)) => return Ok(ExitCode::SUCCESS),
            _ => sleep(PAUSE).await,
        }
    }
    Ok(ExitCode::FAILURE)
}

async fn post(address: &Address, path: &str, body: String) -> io::Result<()> {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .map_err(io::Error::other)?;
    link::ask(address, request).await.map(drop)
}
