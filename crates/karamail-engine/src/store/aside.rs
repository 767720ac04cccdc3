//! What the shop has to decide on: mails that are held, backlog, or were put aside because they cannot be handled.

use jiff::{SignedDuration, Timestamp};
use karamail_core::decide::Reason;
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::ContentKey;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::ids::push_ids;
pub use super::waiting::aside;
use super::{Store, StoreError, begin, commit, events, milliseconds};

/// SQLite takes 32,766 values in one statement.
const VALUES_A_STATEMENT: usize = 10_000;

/// Where a mail lies aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pile {
    /// Held by a guard until the shop decides.
    Held,
    /// Put aside because it cannot be handled.
    Quarantined,
    /// Older than the first contact with the mailbox, or found on a strange day.
    Backlog,
}

/// What the shop wants done with a mail that lies aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Decide again, without what held it.
    Release,
    /// Archive it and delete it from the server; no answer.
    Discard,
    /// Leave it on the server and never look at it again.
    Ignore,
}

impl Wish {
    fn as_str(self) -> &'static str {
        match self {
            Wish::Release => "release",
            Wish::Discard => "discard",
            Wish::Ignore => "ignore",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Wish> {
        [Wish::Release, Wish::Discard, Wish::Ignore]
            .into_iter()
            .find(|wish| wish.as_str() == name)
    }
}

/// A mail that lies aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsideMail {
    /// Its ledger row, by which the shop names it.
    pub id: i64,
    /// Where it lies.
    pub pile: Pile,
    /// The address key of its mailbox.
    pub mailbox: String,
    /// Its sender, where one could be read.
    pub from: Option<String>,
    /// Its subject.
    pub subject: String,
    /// When it says it was written.
    pub mailed_at: Option<Timestamp>,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// The stable name of the reason.
    pub reason: String,
    /// Its size as the server listed it, bytes.
    pub size: Option<i64>,
    /// What the shop wants done, where that waits for the server.
    pub wish: Option<Wish>,
    /// Its bytes, relative to the data folder, where it was put aside and they could be had.
    pub file: Option<String>,
}

/// A mail to decide about again, or to do something about on the server.
#[derive(Clone, Debug)]
pub struct AsideRow {
    /// Its ledger row.
    pub id: i64,
    /// Its mailbox's row.
    pub mailbox_id: i64,
    /// The address key of its mailbox.
    pub mailbox: String,
    /// Where it lies.
    pub pile: Pile,
    /// Its unique id on the server.
    pub uidl: Option<String>,
    /// Its content key.
    pub key: ContentKey,
    /// Its size as the server listed it, bytes.
    pub size: Option<u64>,
    /// Why it lies aside.
    pub reason: Option<Reason>,
    /// The guards that the shop has waived for it already.
    pub waived: Vec<Reason>,
    /// Its header, where it is kept.
    pub header: Option<Vec<u8>>,
    /// What the shop wants done.
    pub wish: Option<Wish>,
    /// Its bytes; an empty name where the server did not give them.
    pub file: Option<String>,
}

impl AsideRow {
    /// Whether its content key is that of a header that was read.
    pub(crate) fn is_comparable(&self) -> bool {
        !matches!(self.reason, Some(Reason::HeaderRefused | Reason::CannotBeHandled))
    }
}

/// How many mails of a mailbox wait for the shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AsideCounts {
    /// Held by a guard.
    pub held: u64,
    /// Put aside.
    pub quarantined: u64,
    /// Backlog, without what the shop wants ignored.
    pub backlog: u64,
}

const COLUMNS: &str = "SELECT m.id, m.mailbox_id, b.address_key, m.state, m.uidl, m.content_key, m.size, m.reason, \
     coalesce(a.waived, ''), a.header, a.wish, a.file FROM mails m JOIN mailboxes b ON b.id = m.mailbox_id \
     LEFT JOIN aside a ON a.mail_id = m.id WHERE m.state IN ('held', 'backlog')";

type Row = (
    i64,
    i64,
    String,
    String,
    Option<String>,
    Vec<u8>,
    Option<i64>,
    String,
    String,
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
);

impl Store {
    /// The mails of these rows that lie aside.
    pub async fn aside_by_id(&self, ids: &[i64]) -> Result<Vec<AsideRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(VALUES_A_STATEMENT) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(COLUMNS);
            query.push(" AND m.id IN (");
            push_ids(&mut query, chunk);
            query.push(" ORDER BY m.id");
            found.extend(self.aside_rows(query).await?);
        }
        Ok(found)
    }

    /// The backlog of a mailbox, without what the shop wants ignored.
    pub async fn backlog_of(&self, mailbox_id: i64) -> Result<Vec<AsideRow>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(COLUMNS);
        query
            .push(" AND m.state = 'backlog' AND a.wish IS NOT 'ignore' AND m.mailbox_id = ")
            .push_bind(mailbox_id)
            .push(" ORDER BY m.id");
        self.aside_rows(query).await
    }

    /// Mails of a mailbox about which something is to be done on the server: what the shop wants, and the bytes of
    /// mails that were put aside.
    pub async fn errands(&self, mailbox_id: i64) -> Result<Vec<AsideRow>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(COLUMNS);
        query.push(" AND m.mailbox_id = ").push_bind(mailbox_id).push(
            " AND (a.wish IN ('release', 'discard') OR (a.file IS NULL AND m.reason IN ('header-refused', \
             'mail-refused', 'cannot-be-handled'))) ORDER BY m.id",
        );
        self.aside_rows(query).await
    }

    async fn aside_rows(&self, mut query: QueryBuilder<Sqlite>) -> Result<Vec<AsideRow>, StoreError> {
        let mut writer = self.writer().await;
        let rows: Vec<Row> = query
            .build_query_as()
            .persistent(false)
            .fetch_all(&mut *writer)
            .await?;
        Ok(rows.into_iter().filter_map(aside_row).collect())
    }

    /// Notes what the shop wants done with these mails, and that it waived what held them where it wants them released.
    pub async fn wish(&self, rows: &[AsideRow], wish: Wish, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let mut news = Vec::new();
        for row in rows {
            let waived: Vec<&str> = waived_with(row).into_iter().map(Reason::as_str).collect();
            sqlx::query(
                "INSERT INTO aside (mail_id, wish, wished_at, waived) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (mail_id) DO UPDATE SET wish = ?2, wished_at = ?3, waived = ?4, \
                 header = CASE WHEN ?2 = 'release' THEN header END",
            )
            .bind(row.id)
            .bind(wish.as_str())
            .bind(milliseconds(now))
            .bind(waived.join(" "))
            .execute(&mut *transaction)
            .await?;
            if wish == Wish::Ignore {
                news.push(Event {
                    mail_id: Some(row.id),
                    ..Event::new(EventKind::Ignored)
                });
            }
        }
        events::write(&mut transaction, &news, milliseconds(now)).await?;
        commit(transaction).await?;
        drop(writer);
        self.announce_events();
        Ok(())
    }

    /// The shop's wish could not be done; the mail stays where it lies.
    pub async fn give_wish_up(&self, mail_id: i64) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query("UPDATE aside SET wish = NULL, wished_at = NULL WHERE mail_id = ?1")
            .bind(mail_id)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// A discarded mail is done with: archived where `archive_file` says so, gone where it is not on the server.
    pub async fn finish_discard(
        &self,
        mailbox: &str,
        mail_id: i64,
        archive_file: Option<&str>,
        is_listed: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        sqlx::query(
            "UPDATE mails SET state = ?2, gone_at = ?3, archive_file = coalesce(?4, archive_file) WHERE id = ?1 \
             AND state IN ('held', 'backlog')",
        )
        .bind(mail_id)
        .bind(if is_listed { "settled" } else { "gone" })
        .bind((!is_listed).then(|| milliseconds(now)))
        .bind(archive_file)
        .execute(&mut *transaction)
        .await?;
        let event = Event {
            mailbox: Some(mailbox.to_owned()),
            mail_id: Some(mail_id),
            ..Event::new(EventKind::Discarded)
        };
        events::write(&mut transaction, &[event], milliseconds(now)).await?;
        commit(transaction).await?;
        drop(writer);
        self.announce_events();
        Ok(())
    }

    /// Where the bytes of a mail that was put aside lie; empty where they cannot be had.
    pub async fn set_quarantine_file(&self, mail_id: i64, file: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query(
            "INSERT INTO aside (mail_id, file) VALUES (?1, ?2) ON CONFLICT (mail_id) DO UPDATE SET file = ?2",
        )
        .bind(mail_id)
        .bind(file)
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Counts one more refusal of the mail with this unique id; how many in a row that makes.
    pub async fn count_refusal(
        &self,
        mailbox_id: i64,
        uidl: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut writer = self.writer().await;
        let times: i64 = sqlx::query_scalar(
            "INSERT INTO refusals (mailbox_id, uidl, times, last_at) VALUES (?1, ?2, 1, ?3) \
             ON CONFLICT (mailbox_id, uidl) DO UPDATE SET times = times + 1, last_at = ?3 RETURNING times",
        )
        .bind(mailbox_id)
        .bind(uidl)
        .bind(milliseconds(now))
        .fetch_one(&mut *writer)
        .await?;
        Ok(u32::try_from(times).unwrap_or(u32::MAX))
    }

    /// How many mails of a mailbox should be on the server. Those that were being deleted are not.
    pub async fn expected_on_server(&self, mailbox_id: i64) -> Result<usize, StoreError> {
        let mut writer = self.writer().await;
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM mails WHERE mailbox_id = ?1 AND state NOT IN ('gone', 'purging') AND uidl IS NOT NULL",
        )
        .bind(mailbox_id)
        .fetch_one(&mut *writer)
        .await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Of these content keys, how many the ledger knows in this mailbox, live or gone.
    pub async fn recognised(&self, mailbox_id: i64, keys: &[ContentKey]) -> Result<usize, StoreError> {
        let mut writer = self.writer().await;
        let mut known = std::collections::HashSet::new();
        for chunk in keys.chunks(VALUES_A_STATEMENT) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("SELECT content_key FROM mails WHERE mailbox_id = ");
            query.push_bind(mailbox_id).push(" AND content_key IN (");
            let mut list = query.separated(", ");
            for key in chunk {
                list.push_bind(key.0.to_vec());
            }
            query.push(")");
            let rows: Vec<Vec<u8>> = query
                .build_query_scalar()
                .persistent(false)
                .fetch_all(&mut *writer)
                .await?;
            known.extend(rows);
        }
        Ok(keys.iter().filter(|key| known.contains(key.0.as_slice())).count())
    }

    /// Writes an event unless one of its kind was written for its mailbox within `within`. Whether it was written.
    pub async fn note_once_in(
        &self,
        event: Event,
        within: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        let since = milliseconds(now.checked_sub(within).unwrap_or(Timestamp::MIN));
        let told = was_told(&mut writer, event.kind, event.mailbox.as_deref(), since, now).await?;
        if !told {
            events::write(&mut writer, std::slice::from_ref(&event), milliseconds(now)).await?;
        }
        drop(writer);
        self.announce_events();
        Ok(!told)
    }
}

/// Whether an event of this kind was written for a mailbox since then. One from the future (the clock was set back) does
/// not count.
pub(crate) async fn was_told(
    connection: &mut sqlx::SqliteConnection,
    kind: EventKind,
    mailbox: Option<&str>,
    since: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let find =
        "SELECT EXISTS (SELECT 1 FROM events WHERE at > ?1 AND at <= ?2 AND kind = ?3 AND mailbox IS ?4)";
    let told: bool = sqlx::query_scalar(find)
        .bind(since)
        .bind(milliseconds(now))
        .bind(kind.as_str())
        .bind(mailbox)
        .fetch_one(connection)
        .await?;
    Ok(told)
}

/// The guards waived for a mail once it is released: those before, and the one that holds it now.
pub(crate) fn waived_with(row: &AsideRow) -> Vec<Reason> {
    let mut waived = row.waived.clone();
    waived.extend(row.reason.filter(|reason| !row.waived.contains(reason)));
    waived
}

/// How many mails of a mailbox wait for the shop.
pub async fn aside_counts(readers: &SqlitePool, mailbox_id: i64) -> Result<AsideCounts, StoreError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT m.state, m.reason, count(*) FROM mails m LEFT JOIN aside a ON a.mail_id = m.id WHERE m.mailbox_id = ?1 \
         AND m.state IN ('held', 'backlog') AND m.state <> 'gone' AND a.wish IS NULL GROUP BY m.state, m.reason",
    )
    .bind(mailbox_id)
    .fetch_all(readers)
    .await?;
    let mut counts = AsideCounts::default();
    for (state, reason, count) in rows {
        let place = match pile_of(&state, reason.parse().ok()) {
            Pile::Held => &mut counts.held,
            Pile::Quarantined => &mut counts.quarantined,
            Pile::Backlog => &mut counts.backlog,
        };
        *place += u64::try_from(count).unwrap_or(0);
    }
    Ok(counts)
}

pub(super) fn pile_of(state: &str, reason: Option<Reason>) -> Pile {
    match reason {
        _ if state == "backlog" => Pile::Backlog,
        Some(Reason::HeaderRefused | Reason::MailRefused | Reason::CannotBeHandled) => Pile::Quarantined,
        _ => Pile::Held,
    }
}

/// `None` for a row whose content key is none, which the schema forbids.
fn aside_row(
    (id, mailbox_id, mailbox, state, uidl, key, size, reason, waived, header, wish, file): Row,
) -> Option<AsideRow> {
    let reason = reason.parse().ok();
    Some(AsideRow {
        id,
        mailbox_id,
        mailbox,
        pile: pile_of(&state, reason),
        uidl,
        key: ContentKey(key.try_into().ok()?),
        size: size.and_then(|size| u64::try_from(size).ok()),
        reason,
        waived: waived.split(' ').filter_map(|name| name.parse().ok()).collect(),
        header,
        wish: wish.as_deref().and_then(Wish::from_name),
        file,
    })
}
