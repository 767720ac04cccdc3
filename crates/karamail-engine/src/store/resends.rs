//! Numbers that are sent again: a new letter with the same number, in one transaction with its event.

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::ContentKey;

use super::mails::{Letter, LetterBody};
use super::{Store, StoreError, begin, commit, events, milliseconds};

/// What a new letter with an old number is composed from.
#[derive(Clone, Debug)]
pub struct ResendFacts {
    /// The ledger id that the letter will have.
    pub id: i64,
    /// The number.
    pub number: i64,
    /// Whom it goes to.
    pub address: EmailAddress,
    /// The key of the mailbox that gave the number.
    pub mailbox_key: String,
    /// The content key of the mail that asked for the number.
    pub mail_key: ContentKey,
    /// That mail's Message-ID.
    pub mail_message_id: Option<String>,
}

/// What came of asking for a number to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// The letter lies in the outbox.
    Queued {
        /// The number's series.
        series: String,
        /// Whom it goes to.
        address: String,
    },
    /// There is no such number.
    NoSuchNumber,
    /// It is a number of several series, these.
    SeveralSeries(Vec<String>),
    /// Its letter has not been sent yet: it goes by itself.
    OnItsWay,
    /// The address is no address any more: the person was erased.
    NoAddress,
    /// Nobody can write the letter: the mailbox, by this key, is not in the settings.
    NoMailbox(String),
}

type Row = (String, String, i64, String, i64, Vec<u8>, Option<String>);

impl Store {
    /// Puts a new letter with an old number into the outbox. `compose` gives the finished letter and the mailbox's name,
    /// or `None` where the mailbox is not in the settings. Done once for each `asked_at`: a request that is performed
    /// again after a crash finds its letter there.
    pub async fn resend(
        &self,
        number: i64,
        series: Option<&str>,
        asked_at: Timestamp,
        now: Timestamp,
        compose: impl FnOnce(&ResendFacts) -> Option<(Letter, String)> + Send,
    ) -> Result<Resent, StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let mut rows: Vec<Row> = sqlx::query_as(
            "SELECT r.series, r.address, r.mailbox_id, b.address_key, r.mail_id, m.content_key, m.message_id \
             FROM receipts AS r JOIN mails AS m ON m.id = r.mail_id JOIN mailboxes AS b ON b.id = r.mailbox_id \
             WHERE r.number = ?1 AND (?2 IS NULL OR r.series = ?2) ORDER BY r.series",
        )
        .bind(number)
        .bind(series)
        .fetch_all(&mut *transaction)
        .await?;
        if rows.len() > 1 {
            return Ok(Resent::SeveralSeries(rows.into_iter().map(|row| row.0).collect()));
        }
        let Some((series, address, mailbox_id, mailbox_key, mail_id, mail_key, mail_message_id)) = rows.pop()
        else {
            return Ok(Resent::NoSuchNumber);
        };
        let (Ok(parsed), Ok(mail_key)) = (address.parse::<EmailAddress>(), mail_key.try_into()) else {
            return Ok(Resent::NoAddress);
        };
        let (is_waiting, is_done): (bool, bool) = sqlx::query_as(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE series = ?1 AND number = ?2 AND kind IN ('receipt', 'resend') \
               AND state NOT IN ('sent', 'refused')), \
             EXISTS (SELECT 1 FROM outbox WHERE series = ?1 AND number = ?2 AND kind = 'resend' AND created_at = ?3)",
        )
        .bind(&series)
        .bind(number)
        .bind(milliseconds(asked_at))
        .fetch_one(&mut *transaction)
        .await?;
        if is_done {
            return Ok(Resent::Queued { series, address });
        }
        if is_waiting {
            return Ok(Resent::OnItsWay);
        }
        let facts = ResendFacts {
            id: self.allocate_mail_id(),
            number,
            address: parsed,
            mailbox_key,
            mail_key: ContentKey(mail_key),
            mail_message_id,
        };
        let Some((letter, mailbox_name)) = compose(&facts) else {
            return Ok(Resent::NoMailbox(facts.mailbox_key));
        };
        let LetterBody::Bytes(bytes) = letter.body else {
            return Err(StoreError::Sql(sqlx::Error::RowNotFound));
        };
        sqlx::query(
            "INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, \
             message_id, bytes, state, created_at, next_attempt_at) \
             VALUES (?1, ?2, ?3, 'resend', ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'queued', ?11, ?12)",
        )
        .bind(facts.id)
        .bind(mailbox_id)
        .bind(mail_id)
        .bind(&series)
        .bind(number)
        .bind(letter.from.to_string())
        .bind(letter.to.to_string())
        .bind(letter.to.key())
        .bind(&letter.message_id)
        .bind(bytes)
        .bind(milliseconds(asked_at))
        .bind(milliseconds(now))
        .execute(&mut *transaction)
        .await?;
        let event = Event {
            mailbox: Some(mailbox_name),
            mail_id: Some(mail_id),
            number: Some(number),
            address: Some(address.clone()),
            ..Event::new(EventKind::Resending)
        };
        events::write(&mut transaction, &[event], milliseconds(now)).await?;
        commit(transaction).await?;
        drop(writer);
        self.announce_events();
        Ok(Resent::Queued { series, address })
    }
}
