//! Erasing a person on request: the rows first, then the files.

use std::path::{Component, Path};

use karamail_core::words::{Language, Told, data as words};
use serde::{Deserialize, Serialize};

use crate::engine::requests::Office;
use crate::monthly_log::{MonthlyLog, log_folder};
use crate::store::StoreError;
use crate::store::erasure::{Erased, Erasure};

/// A person who was erased, as the command prints it. The address is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedPerson {
    /// The series of the number that was named.
    pub series: String,
    /// Every number that the address had, as series and number.
    pub numbers: Vec<(String, i64)>,
    /// Mails that were erased.
    pub mails: usize,
    /// Letters that were erased.
    pub letters: usize,
    /// Places in the monthly logs that were blanked.
    pub log_places: usize,
    /// Files that could not be cleaned, with the reason.
    pub faults: Vec<(String, String)>,
}

/// Why nobody was erased.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EraseFault {
    /// There is no such number.
    #[error("there is no number {0}")]
    NoSuchNumber(i64),
    /// It is a number of several series, these.
    #[error("several series have the number {0}")]
    SeveralSeries(i64, Vec<String>),
    /// It was done before.
    #[error("number {0} was erased already")]
    AlreadyErased(i64),
    /// A letter to the person is being sent at this moment.
    #[error("a letter to number {0} is being sent")]
    BeingSent(i64),
}

impl Told for EraseFault {
    fn what(&self, language: Language) -> String {
        match self {
            EraseFault::NoSuchNumber(number) => words::no_such_number(language, *number),
            EraseFault::SeveralSeries(number, series) => {
                words::several_series(language, *number, &series.join(", "))
            }
            EraseFault::AlreadyErased(number) => words::erased_already(language, *number),
            EraseFault::BeingSent(number) => words::being_sent(language, *number),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            EraseFault::BeingSent(_) => Some(words::being_sent_advice(language)),
            EraseFault::NoSuchNumber(_) | EraseFault::SeveralSeries(..) | EraseFault::AlreadyErased(_) => {
                None
            }
        }
    }
}

/// Erases the person behind a number, and the files that tell of that person.
pub(crate) async fn erase(
    office: &Office<'_>,
    number: i64,
    series: Option<&str>,
) -> Result<Result<ErasedPerson, EraseFault>, StoreError> {
    let folder = log_folder(&office.settings.general, office.data_folder);
    let log = MonthlyLog::new(folder, office.settings.general.language);
    let fault = |erasure| match erasure {
        Erasure::Done(erased) => Ok(erased),
        Erasure::NoSuchNumber => Err(EraseFault::NoSuchNumber(number)),
        Erasure::SeveralSeries(all) => Err(EraseFault::SeveralSeries(number, all)),
        Erasure::AlreadyErased => Err(EraseFault::AlreadyErased(number)),
        Erasure::BeingSent => Err(EraseFault::BeingSent(number)),
    };
    // Files first: after a crash in between, the ledger still knows what to look for. Nobody else writes the log until
    // the rows are erased, so no line comes after that tells of the person.
    let _turn = office.store.log_turn().await;
    let found = match fault(office.store.look_up_person(number, series).await?) {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut faults = Vec::new();
    if let Err(error) = log.follow(office.store).await {
        faults.push(("log".to_owned(), error.to_string()));
    }
    let (log_places, log_faults) = log.blank(&found.spellings).await;
    let shown =
        |(path, error): (std::path::PathBuf, std::io::Error)| (path.display().to_string(), error.to_string());
    faults.extend(log_faults.into_iter().map(shown));
    faults.extend(remove_files(office.data_folder, &found));
    let erased = match fault(office.store.erase(number, series, office.now).await?) {
        Ok(erased) => erased,
        Err(fault) => return Ok(Err(fault)),
    };
    Ok(Ok(ErasedPerson {
        series: erased.series,
        numbers: erased.numbers,
        mails: erased.mails,
        letters: erased.letters,
        log_places,
        faults,
    }))
}

/// Removes the person's mails from archive and outbox folder; those that could not be, with the reason.
fn remove_files(data_folder: &Path, erased: &Erased) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for file in &erased.files {
        // The ledger's own names are plain; one that is not was never ours.
        if !Path::new(file)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            continue;
        }
        match std::fs::remove_file(data_folder.join(file)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => faults.push((file.clone(), error.to_string())),
        }
    }
    faults
}
