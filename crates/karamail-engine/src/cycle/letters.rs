//! Finished letters for one mailbox: the shop's templates filled in, with everything core needs gathered.

use std::io;
use std::path::Path;

use jiff::{Timestamp, Zoned};
use karamail_core::address::EmailAddress;
use karamail_core::compose::{
    self, ForwardFacts, Marker, Purpose, compose_forward, compose_letter, compose_notice,
};
use karamail_core::decide::Decision;
use karamail_core::limits::FORWARD_MAX_BYTES;
use karamail_core::mail::Sender;
use karamail_core::template::{Template, Values};
use karamail_core::words::Told;

use crate::archive;
use crate::clock;
use crate::config::{Mailbox, Settings};
use crate::store::mails::{Candidate, Letter, LetterBody};
use crate::store::resends::ResendFacts;

/// The receipt of a number that is sent again, from the present template, with the name of the mailbox it goes out from.
/// `None` where that mailbox is not in the settings.
pub(crate) fn receipt_again(
    settings: &Settings,
    facts: &ResendFacts,
    now: Timestamp,
) -> Option<(Letter, String)> {
    let mailbox = settings
        .mailboxes
        .iter()
        .find(|mailbox| mailbox.enabled && mailbox.address.key() == facts.mailbox_key)?;
    let from = &mailbox.address;
    let message_id = compose::message_id(&facts.mail_key, Purpose::Receipt, facts.id, from.domain());
    let letter = Writer::new(settings, mailbox, now).numbered(
        &mailbox.receipt,
        &facts.address,
        facts.number,
        message_id,
        facts.mail_message_id.as_deref(),
        Marker::Receipt,
    );
    Some((letter, mailbox.name.clone()))
}

/// Writes the letters of one batch.
pub(crate) struct Writer<'a> {
    settings: &'a Settings,
    mailbox: &'a Mailbox,
    now: Zoned,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(settings: &'a Settings, mailbox: &'a Mailbox, now: Timestamp) -> Writer<'a> {
        Writer {
            settings,
            mailbox,
            now: clock::local(now),
        }
    }

    /// The receipt or the repeat reply with this number.
    pub(crate) fn reply(
        &self,
        candidate: &Candidate,
        to: &EmailAddress,
        is_repeat: bool,
        number: i64,
    ) -> Letter {
        let (template, purpose, marker) = if is_repeat {
            (&self.mailbox.duplicate, Purpose::Repeat, Marker::Repeat)
        } else {
            (&self.mailbox.receipt, Purpose::Receipt, Marker::Receipt)
        };
        let from = &self.mailbox.address;
        let message_id = compose::message_id(&candidate.key, purpose, candidate.id, from.domain());
        self.numbered(
            template,
            to,
            number,
            message_id,
            candidate.mail.message_id(),
            marker,
        )
    }

    /// The answer to somebody who leaves, where the shop wrote one.
    pub(crate) fn farewell(&self, candidate: &Candidate, to: &EmailAddress, number: i64) -> Option<Letter> {
        let template = self.settings.opt_out.template.as_ref()?;
        let from = &self.mailbox.address;
        let message_id = compose::message_id(&candidate.key, Purpose::Repeat, candidate.id, from.domain());
        let answered = candidate.mail.message_id();
        Some(self.numbered(template, to, number, message_id, answered, Marker::Repeat))
    }

    /// A letter with a number in it: the template filled in.
    fn numbered(
        &self,
        template: &Template,
        to: &EmailAddress,
        number: i64,
        message_id: String,
        in_reply_to: Option<&str>,
        marker: Marker<'_>,
    ) -> Letter {
        let rendered = template.render(&Values {
            number,
            at: &self.now,
            address: to,
            shop_name: &self.settings.general.shop_name,
            language: self.settings.general.language,
        });
        let from = &self.mailbox.address;
        let bytes = compose_letter(&compose::Letter {
            from,
            display_name: &self.mailbox.display_name,
            reply_to: self.mailbox.reply_to.as_ref(),
            to,
            subject: &rendered.subject,
            body: &rendered.body,
            signature: &self.mailbox.signature,
            message_id: &message_id,
            date: &self.now,
            in_reply_to,
            marker,
        });
        Letter {
            from: from.clone(),
            to: to.clone(),
            message_id,
            body: LetterBody::Bytes(bytes),
        }
    }

    /// The forward of a mail that lies in the archive, written to the outbox folder. `None` without a forward address.
    ///
    /// A mail that is larger than providers take is announced with a notice; it lies whole in the archive.
    pub(super) fn forward(
        &self,
        candidate: &Candidate,
        decision: &Decision,
        data_folder: &Path,
        archive_file: &str,
    ) -> io::Result<Option<Letter>> {
        let Some(to) = &self.mailbox.forward_to else {
            return Ok(None);
        };
        let original_file = data_folder.join(archive_file);
        let original_size = std::fs::metadata(&original_file)?.len();
        let from = &self.mailbox.address;
        let message_id = compose::message_id(&candidate.key, Purpose::Forward, candidate.id, from.domain());
        let language = self.settings.general.language;
        let original_from = match candidate.mail.sender() {
            Sender::One {
                address,
                display_name,
            } if display_name.is_empty() => address.to_string(),
            Sender::One {
                address,
                display_name,
            } => format!("{display_name} <{address}>"),
            Sender::Missing | Sender::Several(_) | Sender::Unreadable(_) => String::new(),
        };
        let facts = ForwardFacts {
            from,
            display_name: &self.mailbox.display_name,
            to,
            message_id: &message_id,
            date: &self.now,
            original_from: &original_from,
            original_subject: candidate.mail.subject(),
            original_date: candidate.mail.date(),
            original_size,
            reason: &decision.reason.what(language),
            language,
        };
        let bytes = if original_size > FORWARD_MAX_BYTES {
            compose_notice(&facts, archive_file)
        } else {
            compose_forward(&facts, &std::fs::read(&original_file)?)
        };
        let file = archive::keep_forward(data_folder, candidate.id, &bytes)?;
        Ok(Some(Letter {
            from: from.clone(),
            to: to.clone(),
            message_id,
            body: LetterBody::File(file),
        }))
    }
}
