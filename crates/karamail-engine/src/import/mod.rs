//! Mails from files, as if they had arrived: exports of Windows Live Mail, Thunderbird and Outlook (`.eml` files, and
//! mbox files with or without an ending).
//!
//! Two looks: the first finds every mail and its date, the second takes them in by date, a batch a transaction. Limits
//! and the backlog rule do not apply, other mail is archived and never forwarded, and no reply goes out unless asked for.

pub(crate) mod mailbox_file;
mod walk;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use karamail_core::decide::{DuplicateAction, Outcome, Rules, decide};
use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::{HEADER_BLOCK_BYTES, IMPORT_MAILS};
use karamail_core::mail::IncomingMail;
use karamail_core::words::data as words;

use crate::archive;
use crate::config::{Mailbox, Settings};
use crate::cycle::{batch_length, has_shop_word, letters, wordings};
use crate::store::mails::{Candidate, Clerk, Recorded, Scope, Spool, Spooled};
use crate::store::{Store, StoreError};

/// Mails in one transaction, as in intake.
const MAILS_A_BATCH: usize = 250;

/// What an import did.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Files with mails in them.
    pub files: usize,
    /// Mails that were new.
    pub taken: usize,
    /// Numbers given.
    pub receipts: usize,
    /// Mails of known addresses.
    pub duplicates: usize,
    /// People who left.
    pub opt_outs: usize,
    /// Other mails, archived.
    pub archived: usize,
    /// Mails held for the shop.
    pub held: usize,
    /// Mails that were known: imported before, twice in the files, or taken from the server.
    pub known: usize,
    /// Mails that were deleted in the mail program and still lay in its file.
    pub deleted: usize,
    /// Files that are no mail.
    pub skipped: usize,
    /// Links that were not followed.
    pub links: usize,
    /// The lowest and highest number given.
    pub numbers: Option<(i64, i64)>,
    /// Files that could not be read, with the reason; the others were taken in.
    pub faults: Vec<(PathBuf, String)>,
}

/// Why an import did not begin or ended early. What was recorded before stays, and is known at the next try.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The folder cannot be read.
    #[error("{0}: {1}")]
    Folder(PathBuf, io::Error),
    /// More mails than can be sorted at once.
    #[error("more than {IMPORT_MAILS} mails")]
    TooMany,
    /// The ledger or the disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A mail that was found.
struct Found {
    file: usize,
    is_mbox: bool,
    offset: u64,
    length: u64,
    size: u64,
    /// By its Date, or by its arrival; what has neither comes last.
    date: Option<Timestamp>,
}

/// Takes in the mails of `from`, a folder or a file, for `mailbox`. The caller holds the data folder.
pub async fn import(
    from: &Path,
    store: &Store,
    data_folder: &Path,
    settings: &Settings,
    mailbox: &Mailbox,
    reply: bool,
    now: Timestamp,
) -> Result<ImportReport, ImportFault> {
    let mut report = ImportReport::default();
    let files = walk::files(from).map_err(|error| ImportFault::Folder(from.to_owned(), error))?;
    report.links = files.links;
    let shown = |(path, error): (PathBuf, io::Error)| (path, error.to_string());
    report.faults.extend(files.faults.into_iter().map(shown));
    let mut found = Vec::new();
    for (index, path) in files.plain.iter().enumerate() {
        let before = found.len();
        match look(path, index, &mut found, &mut report) {
            Ok(true) => report.files += 1,
            Ok(false) => report.skipped += 1,
            Err(error) => {
                found.truncate(before);
                report.faults.push((path.clone(), error.to_string()));
            }
        }
        if found.len() > IMPORT_MAILS {
            return Err(ImportFault::TooMany);
        }
    }
    // Stable: by date, then by file name and place.
    found.sort_by_key(|mail| mail.date.unwrap_or(Timestamp::MAX));
    let first_number = settings
        .series
        .iter()
        .find(|series| series.name == mailbox.series)
        .map_or(1, |series| series.first_number);
    let rules = rules(settings, mailbox);
    let scope = Scope {
        mailbox_id: store.mailbox(&mailbox.address).await?.id,
        mailbox_name: mailbox.name.clone(),
        series: mailbox.series.clone(),
        first_number,
        limit_hour: rules.limit_mailbox_hour,
        wordings: wordings(mailbox),
    };
    let desk = Desk {
        store,
        data_folder,
        settings,
        mailbox,
        rules,
        scope,
        files: &files.plain,
        reply,
        now,
    };
    let mut rest = found.as_slice();
    while !rest.is_empty() {
        let sizes = rest.iter().map(|mail| mail.size);
        let (batch, behind) = rest.split_at(batch_length(sizes, MAILS_A_BATCH));
        desk.take(batch, &mut report).await?;
        rest = behind;
    }
    if report.taken > 0 {
        let language = settings.general.language;
        let event = Event {
            mailbox: Some(mailbox.name.clone()),
            detail: Some(words::import_event(language, report.taken, report.receipts)),
            ..Event::new(EventKind::Imported)
        };
        store.note(event, now).await?;
    }
    Ok(report)
}

/// The mailbox's rules without what is about the moment of arrival. Other mail that a person exported is not sent to
/// the shop a second time.
fn rules(settings: &Settings, mailbox: &Mailbox) -> Rules {
    Rules {
        limit_address_hour: 0,
        limit_address_day: 0,
        limit_mailbox_hour: 0,
        backlog_before: None,
        forward: false,
        ..settings.rules(mailbox)
    }
}

/// Finds the mails of one file; `false` where it is none of ours.
fn look(path: &Path, index: usize, found: &mut Vec<Found>, report: &mut ImportReport) -> io::Result<bool> {
    let mut file = BufReader::with_capacity(64 * 1024, File::open(path)?);
    let is_mbox = mailbox_file::is_mbox(&mut file)?;
    let is_eml = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("eml"));
    if !is_mbox && !is_eml {
        return Ok(false);
    }
    let mut deleted = 0;
    mailbox_file::each_mail(&mut file, is_mbox, |place| {
        if is_deleted(&place.header) {
            deleted += 1;
            return Ok(());
        }
        let mail = IncomingMail::parse(&place.header);
        found.push(Found {
            file: index,
            is_mbox,
            offset: place.offset,
            length: place.length,
            size: place.size,
            date: mail.date().or_else(|| mail.received_at()),
        });
        Ok(())
    })?;
    report.deleted += deleted;
    Ok(true)
}

/// Thunderbird leaves deleted mails in the file until it is compacted, with bit 8 of `X-Mozilla-Status` set.
fn is_deleted(header: &[u8]) -> bool {
    header.split(|byte| *byte == b'\n').any(|line| {
        let text = String::from_utf8_lossy(line.get(..40).unwrap_or(line));
        let Some((name, value)) = text.split_once(':') else {
            return false;
        };
        name.eq_ignore_ascii_case("x-mozilla-status")
            && u16::from_str_radix(value.trim(), 16).is_ok_and(|bits| bits & 0x0008 != 0)
    })
}

struct Desk<'a> {
    store: &'a Store,
    data_folder: &'a Path,
    settings: &'a Settings,
    mailbox: &'a Mailbox,
    rules: Rules,
    scope: Scope,
    files: &'a [PathBuf],
    reply: bool,
    now: Timestamp,
}

impl Desk<'_> {
    async fn take(&self, batch: &[Found], report: &mut ImportReport) -> Result<(), ImportFault> {
        let mut mails = Vec::with_capacity(batch.len());
        let mut places = Vec::with_capacity(batch.len());
        for found in batch {
            match self.read(found) {
                Ok(mail) => {
                    mails.push(mail);
                    places.push(found);
                }
                Err(error) => self.fault(found, &error, report),
            }
        }
        let known = self.store.are_known(self.scope.mailbox_id, &mails).await?;
        let senders = self
            .store
            .known(&self.scope, &mails, &HashSet::new(), self.now)
            .await?;
        for (((mail, found), is_known), sender) in mails.iter_mut().zip(&places).zip(known).zip(senders) {
            let Some(sender) = sender else { continue };
            let decision = decide(&mail.mail, &self.rules, &sender);
            // What is held lies here too: it may not be on the server any more.
            let is_kept = matches!(
                decision.outcome,
                Outcome::Forward | Outcome::Archive | Outcome::Hold
            );
            if is_known || !is_kept {
                continue;
            }
            match self.archive(found, mail) {
                Ok(spool) => mail.spooled = spool,
                Err(error) if crate::data_folder::is_disk_full(&error) => {
                    return Err(StoreError::from(error).into());
                }
                // Left out of this batch, as a mail that the server does not hand out.
                Err(error) => self.fault(found, &error, report),
            }
        }
        let writer = letters::Writer::new(self.settings, self.mailbox, self.now);
        let clerk = Clerk {
            decide: &|mail, known| decide(mail, &self.rules, known),
            compose: &|candidate, address, is_repeat, number| {
                writer.reply(candidate, address, is_repeat, number)
            },
            farewell: &|candidate, address, number| writer.farewell(candidate, address, number),
        };
        let recorded = self
            .store
            .record_imported(&self.scope, &mails, &clerk, self.reply, self.now)
            .await?;
        for entry in &recorded {
            match entry {
                Some(entry) => count(entry, report),
                None => report.known += 1,
            }
        }
        Ok(())
    }

    fn fault(&self, found: &Found, error: &io::Error, report: &mut ImportReport) {
        if let Some(path) = self.files.get(found.file) {
            report.faults.push((path.clone(), error.to_string()));
        }
    }

    fn open(&self, found: &Found) -> io::Result<BufReader<File>> {
        let path = self.files.get(found.file).ok_or(io::ErrorKind::NotFound)?;
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(found.offset))?;
        Ok(BufReader::new(file))
    }

    fn read(&self, found: &Found) -> io::Result<Candidate> {
        let mut header = Vec::new();
        let most = found.length.min(HEADER_BLOCK_BYTES as u64 + 1);
        self.open(found)?.take(most).read_to_end(&mut header)?;
        let mail = IncomingMail::parse(&header);
        let shop_word_in_body = has_shop_word(&self.rules, &header);
        header.truncate(header_length(&header));
        Ok(Candidate {
            id: self.store.allocate_mail_id(),
            message_number: 0,
            uidl: None,
            size: Some(found.size),
            key: mail.content_key(None),
            mail,
            header,
            shop_word_in_body,
            put_aside: None,
            spooled: Spool::NotFetched,
        })
    }

    fn archive(&self, found: &Found, candidate: &Candidate) -> io::Result<Spool> {
        if found.size > self.mailbox.pop3.largest_mail {
            return Ok(Spool::TooLarge);
        }
        let part = archive::spool_file(self.data_folder, candidate.id)?;
        let mut copy = File::create(&part)?;
        mailbox_file::copy_mail(&mut self.open(found)?, found.length, found.is_mbox, &mut copy)?;
        drop(copy);
        let archive_file = archive::keep(self.data_folder, &part, candidate.id, self.now)?;
        Ok(Spool::Whole(Spooled {
            archive_file,
            forward: None,
            report: None,
        }))
    }
}

/// Where the header of a mail ends, with its empty line.
fn header_length(mail: &[u8]) -> usize {
    let ends: [&[u8]; 2] = [b"\n\r\n", b"\n\n"];
    ends.iter()
        .filter_map(|end| {
            mail.windows(end.len())
                .position(|window| window == *end)
                .map(|at| at + end.len())
        })
        .min()
        .unwrap_or(mail.len())
}

fn count(entry: &Recorded, report: &mut ImportReport) {
    report.taken += 1;
    let is_given = match entry.outcome {
        Some(Outcome::Receipt) => {
            report.receipts += 1;
            true
        }
        Some(Outcome::Duplicate(action)) => {
            report.duplicates += 1;
            action == DuplicateAction::NewNumber
        }
        Some(Outcome::OptOut) => {
            report.opt_outs += 1;
            false
        }
        Some(Outcome::Hold) => {
            report.held += 1;
            false
        }
        Some(Outcome::SelfTest | Outcome::Forward | Outcome::Archive | Outcome::Backlog) | None => {
            report.archived += 1;
            false
        }
    };
    if let Some(number) = entry.number.filter(|_| is_given) {
        let (first, last) = report.numbers.unwrap_or((number, number));
        report.numbers = Some((first.min(number), last.max(number)));
    }
}
