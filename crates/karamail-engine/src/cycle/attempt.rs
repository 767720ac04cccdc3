//! One attempt to send a letter, and what becomes of the letter after it.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use karamail_core::delivery::{RefusalClass, Step, next_attempt_after};
use karamail_core::words::{Language, journal as words};
use tokio::sync::Semaphore;

use crate::clock;
use crate::seams::files;
use crate::smtp::{Mailer, SendOutcome, SmtpFault};
use crate::store::mails::LetterBody;
use crate::store::outbox::{Attempt, Claimed};

/// How long a letter waits for its next turn when its series is over but the fault was not its own.
const LONGEST_DELAY: Duration = Duration::from_secs(4 * 60 * 60);
/// A letter of more bytes than this is read from the disk and sent alone: each takes its size in memory, twice.
const LARGE_LETTER: u64 = 1024 * 1024;

/// What came of an attempt; an error where the finished letter could not be read from the disk.
pub(super) type Tried = std::io::Result<SendOutcome>;

pub(super) async fn send(mailer: &Mailer, data_folder: &Path, letter: &Claimed, large: &Semaphore) -> Tried {
    let read;
    let mut _alone = None;
    let bytes: &[u8] = match letter.body() {
        LetterBody::Bytes(bytes) => bytes,
        LetterBody::File(file) => {
            let path = data_folder.join(file);
            if files::metadata(&path)
                .await
                .is_ok_and(|found| found.len() > LARGE_LETTER)
            {
                // The semaphore is never closed.
                _alone = large.acquire().await.ok();
            }
            read = files::read(path)
                .await
                .inspect_err(|error| tracing::error!(file, %error, "a finished forward cannot be read"))?;
            &read
        }
    };
    Ok(mailer.send(letter.from(), letter.to(), bytes).await)
}

/// What becomes of a letter that met trouble with the server itself. Before RCPT it waits with all the others. Behind RCPT
/// the trouble may be about this one recipient after all: it goes to the end of the queue, so that it cannot keep the
/// others waiting for ever, and is never given up for such a reason.
pub(super) fn blameless(attempts: u32, fault: &SmtpFault, now: Timestamp) -> Attempt {
    if fault.step() < Step::Recipient {
        return Attempt::NotMade { at: now };
    }
    let delay = next_attempt_after(attempts).unwrap_or(LONGEST_DELAY);
    let at = now
        .checked_add(SignedDuration::try_from(delay).unwrap_or_default())
        .unwrap_or(now);
    Attempt::Again {
        at,
        why: fault.to_string(),
    }
}

/// When a letter is tried again, or that it is given up after the whole series.
pub(super) fn again(attempts: u32, what: String, now: Timestamp, language: Language) -> Attempt {
    let delay = next_attempt_after(attempts).and_then(|delay| SignedDuration::try_from(delay).ok());
    match delay.and_then(|delay| now.checked_add(delay).ok()) {
        Some(at) => {
            let time = clock::local(at).strftime("%H:%M:%S").to_string();
            Attempt::Again {
                at,
                why: format!("{what} {}", words::tried_again_at(language, &time)),
            }
        }
        None => Attempt::Refused {
            why: format!("{what} {}", words::gave_up(language)),
            class: RefusalClass::GaveUp,
        },
    }
}
