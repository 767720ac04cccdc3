//! Delivery reports: which letter a report is about, and the row that marks its number.

use jiff::SignedDuration;
use karamail_core::delivery::RefusalClass;
use karamail_core::delivery_report::{Action, DeliveryReport, ReportedRecipient};
use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::REPORT_MATCH_DAYS;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::StoreError;
use super::mails::Scope;

/// A letter with a number that a report may be about.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Letter {
    id: i64,
    series: String,
    number: i64,
    recipient: String,
    recipient_key: String,
}

/// Marks the numbers that a report is about, for a mail that is in the ledger already; returns what to tell. A report
/// about no letter of ours marks nothing.
pub(crate) async fn mark(
    connection: &mut SqliteConnection,
    scope: &Scope,
    mail_id: i64,
    report: &DeliveryReport,
    now: i64,
) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for (letter, recipient) in matches(connection, scope, report, now).await? {
        let class = matches!(recipient.action, Action::Failed | Action::Delayed).then_some(recipient.class);
        let said = if recipient.said.is_empty() {
            &report.text
        } else {
            &recipient.said
        };
        sqlx::query(
            "INSERT INTO delivery_reports (outbox_id, series, number, mail_id, at, action, class, said) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (mail_id, outbox_id) DO NOTHING",
        )
        .bind(letter.id)
        .bind(&letter.series)
        .bind(letter.number)
        .bind(mail_id)
        .bind(now)
        .bind(recipient.action.as_str())
        .bind(class.map(RefusalClass::as_str))
        .bind(said)
        .execute(&mut *connection)
        .await?;
        if recipient.action == Action::Failed {
            events.push(Event {
                mailbox: Some(scope.mailbox_name.clone()),
                mail_id: Some(mail_id),
                number: Some(letter.number),
                address: Some(letter.recipient),
                reason: Some(recipient.class.as_str().to_owned()),
                detail: Some(said.clone()),
                ..Event::new(EventKind::Bounced)
            });
        }
    }
    Ok(events)
}

/// By Message-ID; else by recipient, and else by whom the returned letter was addressed to.
async fn matches(
    connection: &mut SqliteConnection,
    scope: &Scope,
    report: &DeliveryReport,
    now: i64,
) -> Result<Vec<(Letter, ReportedRecipient)>, StoreError> {
    let named = by_message_id(connection, &report.message_ids).await?;
    if !named.is_empty() {
        let found = named.into_iter().filter_map(|letter| {
            let about = recipient_of(report, &letter)?.clone();
            Some((letter, about))
        });
        return Ok(found.collect());
    }
    let mut found: Vec<(Letter, ReportedRecipient)> = Vec::new();
    for recipient in &report.recipients {
        let keys = recipient.addresses.iter().map(|address| address.key()).collect();
        if let Some(letter) = the_one_recent(connection, scope, keys, now).await?
            && found.iter().all(|(known, _)| known.id != letter.id)
        {
            found.push((letter, recipient.clone()));
        }
    }
    if let ([], [recipient]) = (found.as_slice(), report.recipients.as_slice()) {
        let keys = report.returned_to.iter().map(|address| address.key()).collect();
        let letter = the_one_recent(connection, scope, keys, now).await?;
        found.extend(letter.map(|letter| (letter, recipient.clone())));
    }
    Ok(found)
}

/// What a report says about a letter that it names: about its recipient, or, where the address was rewritten on the way
/// (a forward, another spelling) and only one is named, about that one.
fn recipient_of<'a>(report: &'a DeliveryReport, letter: &Letter) -> Option<&'a ReportedRecipient> {
    let named = report
        .recipients
        .iter()
        .find(|recipient| recipient.is_about(&letter.recipient_key));
    match report.recipients.as_slice() {
        [only] => Some(only),
        _ => named,
    }
}

async fn by_message_id(connection: &mut SqliteConnection, ids: &[String]) -> Result<Vec<Letter>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT id, series, number, recipient, recipient_key FROM outbox WHERE number IS NOT NULL AND message_id IN (",
    );
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(") ORDER BY id");
    Ok(query
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?)
}

/// The newest letter that this mailbox sent lately to one of these addresses, where all of them carry one number.
async fn the_one_recent(
    connection: &mut SqliteConnection,
    scope: &Scope,
    keys: Vec<String>,
    now: i64,
) -> Result<Option<Letter>, StoreError> {
    if keys.is_empty() {
        return Ok(None);
    }
    let days = SignedDuration::from_hours(24 * REPORT_MATCH_DAYS);
    let since = now.saturating_sub(i64::try_from(days.as_millis()).unwrap_or(i64::MAX));
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT id, series, number, recipient, recipient_key FROM outbox WHERE number IS NOT NULL \
         AND state IN ('sent', 'sending', 'unsure') AND mailbox_id = ",
    );
    query
        .push_bind(scope.mailbox_id)
        .push(" AND created_at >= ")
        .push_bind(since);
    query.push(" AND recipient_key IN (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key);
    }
    query.push(") ORDER BY id DESC LIMIT 100");
    let letters: Vec<Letter> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let is_one_number = letters.iter().all(|letter| {
        letters
            .first()
            .is_some_and(|first| (first.number, &first.series) == (letter.number, &letter.series))
    });
    Ok(letters.into_iter().next().filter(|_| is_one_number))
}
