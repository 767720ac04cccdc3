//! What came of a choice. It travels in the address of the page that is shown next, as counts alone.

use karamail_core::words::Language;
use karamail_core::words::screens::waiting as words;
use karamail_engine::engine::requests::RequestFault;
use serde::Deserialize;
use serde_json::Value;

use crate::fault::PageFault;

/// How many mails came to what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Outcome {
    /// Got a number.
    #[serde(default)]
    numbers: u64,
    /// Were decided about otherwise.
    #[serde(default)]
    decided: u64,
    #[serde(default)]
    held_again: u64,
    #[serde(default)]
    at_next_poll: u64,
    #[serde(default)]
    ignored: u64,
    #[serde(default)]
    not_found: u64,
    #[serde(default)]
    no_mailbox: u64,
}

/// A count: its name in addresses, how many, and the sentence that tells it.
type Count = (&'static str, u64, fn(Language, u64) -> String);

#[derive(Deserialize)]
struct Performed {
    mails: Vec<MailDone>,
}

#[derive(Deserialize)]
struct MailDone {
    done: String,
    number: Option<i64>,
}

impl Outcome {
    /// Reads the engine's answer.
    pub(super) fn of(answer: Value) -> Result<Outcome, PageFault> {
        let performed: Performed =
            serde_json::from_value(answer).map_err(|error| RequestFault::Failed(error.to_string()))?;
        let mut outcome = Outcome::default();
        for mail in performed.mails {
            *match (mail.done.as_str(), mail.number) {
                ("decided", Some(_)) => &mut outcome.numbers,
                ("decided", None) => &mut outcome.decided,
                ("held-again", _) => &mut outcome.held_again,
                ("at-next-poll", _) => &mut outcome.at_next_poll,
                ("ignored", _) => &mut outcome.ignored,
                ("no-mailbox", _) => &mut outcome.no_mailbox,
                _ => &mut outcome.not_found,
            } += 1;
        }
        Ok(outcome)
    }

    /// The page that tells it.
    pub(super) fn address(&self) -> String {
        let counts: Vec<String> = self
            .counts()
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(name, count, _)| format!("{name}={count}"))
            .collect();
        format!("/waiting?{}", counts.join("&"))
    }

    /// In sentences.
    pub(super) fn told(&self, language: Language) -> Vec<String> {
        self.counts()
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(_, count, words)| words(language, count))
            .collect()
    }

    fn counts(&self) -> [Count; 7] {
        [
            ("numbers", self.numbers, words::done_numbers),
            ("decided", self.decided, words::done_decided),
            ("held_again", self.held_again, words::done_held_again),
            ("at_next_poll", self.at_next_poll, words::done_at_next_poll),
            ("ignored", self.ignored, words::done_ignored),
            ("not_found", self.not_found, words::done_not_found),
            ("no_mailbox", self.no_mailbox, words::done_no_mailbox),
        ]
    }
}
