//! A waiting mail, and the piles they lie on.

use karamail_core::decide::Reason;
use karamail_core::words::screens::waiting as words;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::store::aside::{AsideMail, Pile, Wish};

/// A waiting mail as a row.
pub(super) struct Mail {
    pub(super) id: i64,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) date: String,
    pub(super) size: Option<String>,
    pub(super) why: String,
    pub(super) file: Option<String>,
    /// What is done with it at the next look at the server, where that is decided.
    pub(super) wish: Option<String>,
}

impl Mail {
    pub(super) fn of(mail: AsideMail, language: Language) -> Mail {
        let at = clock::local(mail.mailed_at.unwrap_or(mail.first_seen_at));
        let why = mail.reason.parse::<Reason>();
        Mail {
            id: mail.id,
            from: mail.from.unwrap_or_else(|| words::no_sender(language)),
            subject: match mail.subject.is_empty() {
                true => words::no_subject(language),
                false => mail.subject,
            },
            date: at.strftime("%Y-%m-%d %H:%M").to_string(),
            size: mail
                .size
                .map(|size| words::kilobytes(language, size.div_euclid(1024) + 1)),
            why: why.map_or(mail.reason, |reason| reason.what(language)),
            file: mail.file.map(|file| words::kept_in(language, &file)),
            wish: mail.wish.map(|wish| match wish {
                Wish::Release => words::to_be_released(language),
                Wish::Discard | Wish::Ignore => words::to_be_discarded(language),
            }),
        }
    }
}

/// A pile's name in addresses.
pub(super) const fn slug(pile: Pile) -> &'static str {
    match pile {
        Pile::Held => "held",
        Pile::Quarantined => "quarantined",
        Pile::Backlog => "backlog",
    }
}

/// The pile of an address whose mails are chosen one by one.
pub(super) fn chosen_pile(name: &str) -> Option<Pile> {
    [Pile::Held, Pile::Quarantined]
        .into_iter()
        .find(|pile| slug(*pile) == name)
}
