//! The rows of one batch, written with one statement a table.

use jiff::{SignedDuration, Timestamp};
use karamail_core::decide::{DuplicateAction, Outcome, Reason};
use karamail_core::journal::{Event, EventKind};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::aside::{AsideRow, waived_with, was_told};
use super::batch::{Batch, MailRow};
use super::mails::{Candidate, LetterBody, Scope, Spool};
use super::{StoreError, consents, events, leaving, milliseconds};

impl Batch<'_> {
    /// Tells that a limit was reached, once an hour. Asked only where one was: the events of a busy hour are many.
    pub(super) async fn tell_limit(
        &mut self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(at) = self.limit_reached else {
            return Ok(());
        };
        let (kind, mailbox) = (EventKind::LimitReached, scope.mailbox_name.as_str());
        let hour_ago = milliseconds(now - SignedDuration::from_hours(1));
        if !was_told(connection, kind, Some(mailbox), hour_ago, now).await? {
            let event = Event {
                mailbox: Some(mailbox.to_owned()),
                ..Event::new(kind)
            };
            self.events.insert(at, event);
        }
        Ok(())
    }

    pub(super) async fn write(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let at = milliseconds(now);
        if !self.mails.is_empty() {
            self.insert_mails(scope, at)
                .build()
                .persistent(false)
                .execute(&mut *connection)
                .await?;
        }
        if let Some(mut query) = self.insert_aside() {
            query.build().persistent(false).execute(&mut *connection).await?;
        }
        self.write_letters(connection, scope, at).await
    }

    /// The rows of mails that are in the ledger already, decided again.
    pub(super) async fn write_again(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        mails: &[(AsideRow, Candidate)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for row in &self.mails {
            let file = match &row.candidate.spooled {
                Spool::Whole(spooled) => Some(spooled.archive_file.clone()),
                Spool::NotFetched | Spool::TooLarge | Spool::Refused => None,
            };
            sqlx::query(
                "UPDATE mails SET outcome = ?2, reason = ?3, state = ?4, archive_file = coalesce(?5, archive_file), \
                 content_key = ?6 WHERE id = ?1",
            )
            .bind(row.candidate.id)
            .bind(stored_name(row.decision.outcome))
            .bind(row.decision.reason.as_str())
            .bind(row.state)
            .bind(file)
            .bind(row.candidate.key.0.to_vec())
            .execute(&mut *connection)
            .await?;
            let before = mails.iter().find(|(aside, _)| aside.id == row.candidate.id);
            if let Some((before, _)) = before.filter(|_| row.state == "held") {
                let waived: Vec<&str> = waived_with(before).into_iter().map(Reason::as_str).collect();
                sqlx::query("UPDATE aside SET waived = ?2, wish = NULL, wished_at = NULL WHERE mail_id = ?1")
                    .bind(before.id)
                    .bind(waived.join(" "))
                    .execute(&mut *connection)
                    .await?;
            }
        }
        let released: Vec<Event> = self
            .mails
            .iter()
            .map(|row| Event {
                mailbox: Some(scope.mailbox_name.clone()),
                mail_id: Some(row.candidate.id),
                address: row.candidate.mail.sender_address().map(ToString::to_string),
                ..Event::new(EventKind::Released)
            })
            .collect();
        events::write(connection, &released, milliseconds(now)).await?;
        self.write_letters(connection, scope, milliseconds(now)).await
    }

    async fn write_letters(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        now: i64,
    ) -> Result<(), StoreError> {
        if !self.receipts.is_empty() {
            // Made with its first number: until then the shop may still set another one.
            sqlx::query("INSERT INTO series (name, first_number, next_number) VALUES (?1, ?2, ?2) ON CONFLICT (name) DO NOTHING")
                .bind(&scope.series)
                .bind(scope.first_number)
                .execute(&mut *connection)
                .await?;
            self.insert_receipts(scope, now)
                .build()
                .persistent(false)
                .execute(&mut *connection)
                .await?;
            let numbers: Vec<i64> = self.receipts.iter().map(|receipt| receipt.number).collect();
            consents::write(connection, &scope.wordings, &scope.series, &numbers, now).await?;
        }
        leaving::mark(connection, &scope.series, &self.leaving, Some(now)).await?;
        leaving::mark(connection, &scope.series, &self.returning, None).await?;
        if !self.outbox.is_empty() {
            self.insert_outbox(scope, now)
                .build()
                .persistent(false)
                .execute(&mut *connection)
                .await?;
        }
        events::write(connection, &self.events, now).await
    }

    fn insert_mails(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO mails (id, mailbox_id, uidl, content_key, size, message_id, mailed_at, first_seen_at, \
             sender, subject, outcome, reason, state, archive_file) ",
        );
        query.push_values(
            &self.mails,
            |mut row,
             MailRow {
                 candidate,
                 decision,
                 state,
             }| {
                let mail = &candidate.mail;
                row.push_bind(candidate.id)
                    .push_bind(scope.mailbox_id)
                    .push_bind(candidate.uidl.as_deref().map(ToOwned::to_owned))
                    .push_bind(candidate.key.0.to_vec())
                    .push_bind(candidate.size.and_then(|size| i64::try_from(size).ok()))
                    .push_bind(mail.message_id().map(ToOwned::to_owned))
                    .push_bind(mail.date().map(milliseconds))
                    .push_bind(now)
                    .push_bind(mail.sender_address().map(ToString::to_string))
                    .push_bind(karamail_core::journal::harmless(mail.subject()))
                    .push_bind(stored_name(decision.outcome))
                    .push_bind(decision.reason.as_str())
                    .push_bind(*state)
                    .push_bind(match &candidate.spooled {
                        Spool::Whole(spooled) => Some(spooled.archive_file.clone()),
                        Spool::NotFetched | Spool::TooLarge | Spool::Refused => None,
                    });
            },
        );
        query
    }

    /// What is needed to decide again about mails that wait for the shop; `None` where none does.
    fn insert_aside(&self) -> Option<QueryBuilder<Sqlite>> {
        let waiting: Vec<&MailRow<'_>> = self
            .mails
            .iter()
            .filter(|row| matches!(row.state, "held" | "backlog"))
            .collect();
        (!waiting.is_empty()).then(|| {
            let mut query = QueryBuilder::new("INSERT INTO aside (mail_id, header) ");
            query.push_values(waiting, |mut row, mail| {
                let header = &mail.candidate.header;
                row.push_bind(mail.candidate.id)
                    .push_bind((!header.is_empty()).then(|| header.clone()));
            });
            query
        })
    }

    fn insert_receipts(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) ",
        );
        query.push_values(&self.receipts, |mut row, receipt| {
            row.push_bind(scope.series.clone())
                .push_bind(receipt.number)
                .push_bind(receipt.address.key())
                .push_bind(receipt.address.to_string())
                .push_bind(receipt.issue)
                .push_bind(scope.mailbox_id)
                .push_bind(receipt.mail_id)
                // A mail has at most one first letter, so the letter shares the mail's id.
                .push_bind(receipt.mail_id)
                .push_bind(now);
        });
        query
    }

    fn insert_outbox(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, \
             message_id, bytes, file, state, created_at, next_attempt_at) ",
        );
        query.push_values(&self.outbox, |mut row, entry| {
            let (bytes, file) = match &entry.letter.body {
                LetterBody::Bytes(bytes) => (Some(bytes.clone()), None),
                LetterBody::File(file) => (None, Some(file.clone())),
            };
            row.push_bind(entry.mail_id)
                .push_bind(scope.mailbox_id)
                .push_bind(entry.mail_id)
                .push_bind(entry.kind)
                .push_bind(entry.number.map(|_| scope.series.clone()))
                .push_bind(entry.number)
                .push_bind(entry.letter.from.to_string())
                .push_bind(entry.letter.to.to_string())
                .push_bind(entry.letter.to.key())
                .push_bind(entry.letter.message_id.clone())
                .push_bind(bytes)
                .push_bind(file)
                .push_bind("queued")
                .push_bind(now)
                .push_bind(now);
        });
        query
    }
}

/// What the ledger calls an outcome. Its schema knows no `opt-out`: that is a mail of a known address, told from
/// others by its reason.
fn stored_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OptOut => Outcome::Duplicate(DuplicateAction::Repeat).as_str(),
        other => other.as_str(),
    }
}
