//! The consent behind each number, written in the transaction that gives it: when, to which mailbox, answered with
//! which wording, invited by which.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, SqlitePool};

use super::{StoreError, timestamp};

/// The wordings of one mailbox as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wordings {
    /// The mailbox's address.
    pub mailbox: String,
    /// The receipt's template with its marks: subject, an empty line, body.
    pub receipt: String,
    /// What invited the customer; may be empty.
    pub invitation: String,
}

/// The consent behind one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// When the signup mail was taken in.
    pub at: Timestamp,
    /// When the signup mail says that it was written.
    pub mailed_at: Option<Timestamp>,
    /// The mailbox it was sent to.
    pub mailbox: String,
    /// The receipt's template.
    pub template: Wording,
    /// What invited the customer, where the settings said so.
    pub invitation: Option<Wording>,
}

/// A wording with its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wording {
    /// SHA-256 of the text, 64 hex digits: its version.
    pub sha256: String,
    /// When a number was first given with it.
    pub first_used_at: Timestamp,
    /// The text.
    pub text: String,
}

/// Writes the consents of a batch; part of its transaction.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    wordings: &Wordings,
    series: &str,
    numbers: &[i64],
    now: i64,
) -> Result<(), StoreError> {
    if numbers.is_empty() {
        return Ok(());
    }
    let template = wording_id(connection, "receipt", &wordings.receipt, now).await?;
    let invitation = match wordings.invitation.as_str() {
        "" => None,
        text => Some(wording_id(connection, "invitation", text, now).await?),
    };
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("INSERT INTO consents (series, number, at, mailbox, template_id, invitation_id) ");
    query.push_values(numbers, |mut row, number| {
        row.push_bind(series.to_owned())
            .push_bind(*number)
            .push_bind(now)
            .push_bind(wordings.mailbox.clone())
            .push_bind(template)
            .push_bind(invitation);
    });
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}

async fn wording_id(
    connection: &mut SqliteConnection,
    kind: &str,
    text: &str,
    now: i64,
) -> Result<i64, StoreError> {
    let digest = Sha256::digest(text.as_bytes()).to_vec();
    sqlx::query(
        "INSERT INTO templates (kind, sha256, text, first_used_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, sha256) DO NOTHING",
    )
    .bind(kind)
    .bind(&digest)
    .bind(text)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    Ok(
        sqlx::query_scalar("SELECT id FROM templates WHERE kind = ?1 AND sha256 = ?2")
            .bind(kind)
            .bind(&digest)
            .fetch_one(connection)
            .await?,
    )
}

type Row = (
    i64,
    Option<i64>,
    String,
    String,
    i64,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
);

/// The consent behind a number; `None` for a number that was given before consents were kept.
pub async fn consent_of(
    readers: &SqlitePool,
    series: &str,
    number: i64,
) -> Result<Option<Consent>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT c.at, m.mailed_at, c.mailbox, lower(hex(t.sha256)), t.first_used_at, t.text, \
         lower(hex(i.sha256)), i.first_used_at, i.text \
         FROM consents c JOIN receipts r ON r.series = c.series AND r.number = c.number \
         JOIN mails m ON m.id = r.mail_id JOIN templates t ON t.id = c.template_id \
         LEFT JOIN templates i ON i.id = c.invitation_id WHERE c.series = ?1 AND c.number = ?2",
    )
    .bind(series)
    .bind(number)
    .fetch_optional(readers)
    .await?;
    let wording = |sha256: String, first_used_at: i64, text: String| Wording {
        sha256,
        first_used_at: timestamp(first_used_at),
        text,
    };
    Ok(row.map(
        |(at, mailed_at, mailbox, sha256, first_used_at, text, invitation_sha, invitation_at, invitation)| {
            Consent {
                at: timestamp(at),
                mailed_at: mailed_at.map(timestamp),
                mailbox,
                template: wording(sha256, first_used_at, text),
                invitation: match (invitation_sha, invitation_at, invitation) {
                    (Some(sha256), Some(at), Some(text)) => Some(wording(sha256, at, text)),
                    _ => None,
                },
            }
        },
    ))
}
