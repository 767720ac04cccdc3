//! The ledger read from outside, and the invariants of the design checked over all there is to see: the ledger, the
//! mailbox, and what the SMTP server accepted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use karamail_core::address::EmailAddress;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _, SqliteConnection};

use crate::dovecot::Dovecot;
use crate::mails::{message_id, number, without_brackets};
use crate::sink::{Accepted, Sink};

/// What the ledger holds, as far as tests look.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Every mail seen.
    pub mails: Vec<MailRow>,
    /// Every number given, in order.
    pub receipts: Vec<ReceiptRow>,
    /// Every letter written.
    pub letters: Vec<LetterRow>,
    /// How many events were written.
    pub events: i64,
}

/// A row of `mails`.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// The row's id.
    pub id: i64,
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// The outcome's stable name.
    pub outcome: String,
    /// The reason's stable name.
    pub reason: String,
    /// The state's name.
    pub state: String,
    /// Relative to the data folder.
    pub archive_file: Option<String>,
}

/// A row of `receipts`.
#[derive(Clone, Debug)]
pub struct ReceiptRow {
    /// The number.
    pub number: i64,
    /// The customer.
    pub address_key: String,
    /// The mail that asked for it.
    pub mail_id: i64,
}

/// A row of `outbox`.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// The mail it answers or forwards.
    pub mail_id: i64,
    /// `receipt`, `repeat` or `forward`.
    pub kind: String,
    /// The number in it; forwards have none.
    pub number: Option<i64>,
    /// Whom it goes to.
    pub recipient_key: String,
    /// Without angle brackets.
    pub message_id: String,
    /// The finished letter, where it is kept in the ledger itself.
    pub bytes: Option<Vec<u8>>,
    /// The state's name.
    pub state: String,
}

impl Ledger {
    /// Reads the ledger of a data folder; an empty one where there is none yet.
    pub fn read(data: &Path) -> Ledger {
        let file = data.join("karamail.db");
        // A crash before the first commit leaves a file without tables.
        if fs::metadata(&file).map_or(0, |file| file.len()) == 0 {
            return Ledger::default();
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(&file).read_only(true);
            let mut database = options.connect().await.expect("the ledger opens");
            read_tables(&mut database)
                .await
                .expect("the ledger's tables are as migration 1 made them")
        })
    }

    /// The numbers given, in order.
    pub fn numbers(&self) -> Vec<i64> {
        self.receipts.iter().map(|receipt| receipt.number).collect()
    }

    /// The row of a mail by its Message-ID without angle brackets.
    pub fn mail(&self, message_id: &str) -> Option<&MailRow> {
        self.mails
            .iter()
            .find(|mail| mail.message_id.as_deref().map(without_brackets) == Some(message_id))
    }

    /// The letters that answer or forward a mail.
    pub fn letters_of(&self, mail: &MailRow) -> impl Iterator<Item = &LetterRow> {
        let id = mail.id;
        self.letters.iter().filter(move |letter| letter.mail_id == id)
    }
}

/// Changes a ledger that nothing else has open, as nobody but a test may: time is made to pass so.
pub fn change(data: &Path, statement: &'static str) {
    let file = data.join("karamail.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(&file);
        let mut database = options.connect().await.expect("the ledger opens");
        sqlx::query(statement)
            .execute(&mut database)
            .await
            .expect("a sound statement");
        sqlx::Connection::close(database)
            .await
            .expect("the ledger closes");
    });
}

async fn read_tables(database: &mut SqliteConnection) -> sqlx::Result<Ledger> {
    let tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('mails', 'receipts', 'outbox')";
    if sqlx::query_scalar::<_, i64>(tables)
        .fetch_one(&mut *database)
        .await?
        < 3
    {
        return Ok(Ledger::default());
    }
    // One transaction, so that the three tables are of one moment.
    sqlx::query("BEGIN").execute(&mut *database).await?;
    let mut ledger = Ledger::default();
    let query = "SELECT id, message_id, outcome, reason, state, archive_file FROM mails ORDER BY id";
    for row in sqlx::query(query).fetch_all(&mut *database).await? {
        ledger.mails.push(MailRow {
            id: row.try_get(0)?,
            message_id: row.try_get(1)?,
            outcome: row.try_get(2)?,
            reason: row.try_get(3)?,
            state: row.try_get(4)?,
            archive_file: row.try_get(5)?,
        });
    }
    let query = "SELECT number, address_key, mail_id FROM receipts ORDER BY number";
    for row in sqlx::query(query).fetch_all(&mut *database).await? {
        ledger.receipts.push(ReceiptRow {
            number: row.try_get(0)?,
            address_key: row.try_get(1)?,
            mail_id: row.try_get(2)?,
        });
    }
    let query =
        "SELECT mail_id, kind, number, recipient_key, message_id, bytes, state FROM outbox ORDER BY id";
    for row in sqlx::query(query).fetch_all(&mut *database).await? {
        let id: String = row.try_get(4)?;
        ledger.letters.push(LetterRow {
            mail_id: row.try_get(0)?,
            kind: row.try_get(1)?,
            number: row.try_get(2)?,
            recipient_key: row.try_get(3)?,
            message_id: without_brackets(&id).to_owned(),
            bytes: row.try_get(5)?,
            state: row.try_get(6)?,
        });
    }
    ledger.events = sqlx::query_scalar("SELECT count(*) FROM events")
        .fetch_one(&mut *database)
        .await?;
    Ok(ledger)
}

/// A mail that a test put into the mailbox.
#[derive(Clone, Debug)]
pub struct Deposited {
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// The customer's address; `None` for a mail that gets no number.
    pub signup_of: Option<EmailAddress>,
    /// The mail.
    pub bytes: Vec<u8>,
}

impl Deposited {
    /// Notes a mail; `signup_of` is the customer where it is a signup mail.
    pub fn new(bytes: Vec<u8>, signup_of: Option<&str>) -> Deposited {
        let message_id = message_id(&bytes).expect("each test mail has a Message-ID");
        let signup_of = signup_of.map(|address| EmailAddress::parse(address).expect("an address"));
        Deposited {
            message_id,
            signup_of,
            bytes,
        }
    }
}

/// All there is to see of one mailbox at one moment.
///
/// Read in this order: the mailbox, the ledger, the accepted mails. A mail that is gone from the mailbox was answered
/// before, so the later look at the accepted mails must find its answer, however late a server wakes up.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// Every mail ever put into the mailbox.
    pub deposited: &'a [Deposited],
    /// What is in it now.
    pub waiting: Vec<Vec<u8>>,
    /// The ledger.
    pub ledger: Ledger,
    /// What the SMTP server accepted.
    pub accepted: Vec<Accepted>,
    /// The data folder, with the archive in it.
    pub data: PathBuf,
}

impl<'a> Evidence<'a> {
    /// Looks at everything, in the order that the type explains.
    pub fn collect(
        deposited: &'a [Deposited],
        dovecot: &Dovecot,
        user: &str,
        data: &Path,
        sink: &Sink,
    ) -> Self {
        let waiting = dovecot.mails(user);
        let ledger = Ledger::read(data);
        let accepted = sink.accepted();
        Evidence {
            deposited,
            waiting,
            ledger,
            accepted,
            data: data.to_owned(),
        }
    }

    /// Panics unless the invariants hold that must hold at every moment, also right after a crash.
    #[track_caller]
    pub fn check(&self) {
        self.check_numbers();
        self.check_letters();
        self.check_mailbox();
    }

    /// Panics unless, beyond [`Evidence::check`], every mail is done with.
    #[track_caller]
    pub fn check_complete(&self) {
        self.check();
        assert_eq!(self.waiting.len(), 0, "mails are left in the mailbox");
        let open: Vec<_> = self
            .ledger
            .letters
            .iter()
            .filter(|letter| letter.state != "sent")
            .collect();
        assert!(open.is_empty(), "letters were not sent: {open:?}");
        let signups = self.deposited.iter().filter_map(|mail| mail.signup_of.as_ref());
        let customers: HashSet<String> = signups.map(EmailAddress::key).collect();
        assert_eq!(
            self.ledger.receipts.len(),
            customers.len(),
            "one number for each customer"
        );
        let numbered: HashSet<_> = self
            .ledger
            .receipts
            .iter()
            .map(|receipt| receipt.address_key.clone())
            .collect();
        assert_eq!(numbered, customers);
    }

    /// Invariant 1: one address, one number; numbers rise by one from 1.
    #[track_caller]
    fn check_numbers(&self) {
        let numbers = self.ledger.numbers();
        let expected: Vec<i64> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "numbers have a hole or a double");
        let addresses: HashSet<_> = self
            .ledger
            .receipts
            .iter()
            .map(|receipt| &receipt.address_key)
            .collect();
        assert_eq!(addresses.len(), numbers.len(), "an address has two numbers");
    }

    /// Invariants 1, 2 and 4, as the world outside sees them: what was accepted is what the ledger holds, a letter sent
    /// twice is the same letter, and each number went to its own customer.
    #[track_caller]
    fn check_letters(&self) {
        let letters: HashMap<&str, &LetterRow> = self
            .ledger
            .letters
            .iter()
            .map(|letter| (letter.message_id.as_str(), letter))
            .collect();
        let owners: HashMap<i64, &str> = self
            .ledger
            .receipts
            .iter()
            .map(|receipt| (receipt.number, receipt.address_key.as_str()))
            .collect();
        let mut first_of: BTreeMap<&str, &Accepted> = BTreeMap::new();
        for mail in &self.accepted {
            let first = first_of.entry(mail.message_id.as_str()).or_insert(mail);
            assert_eq!(*first, mail, "a letter was sent again with other bytes");
            let id = without_brackets(&mail.message_id);
            let letter = letters
                .get(id)
                .unwrap_or_else(|| panic!("accepted, but not in the ledger: {mail:?}"));
            if let Some(bytes) = &letter.bytes {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                assert_eq!(
                    text(&mail.bytes),
                    text(bytes),
                    "what was sent is not what was committed"
                );
            }
            let recipients: Vec<String> = mail.to.iter().map(|to| key(to)).collect();
            assert_eq!(
                recipients,
                std::slice::from_ref(&letter.recipient_key),
                "sent to somebody else"
            );
            if let Some(number_in_ledger) = letter.number {
                assert_eq!(
                    number(&mail.bytes),
                    Some(number_in_ledger),
                    "another number was told: {mail:?}"
                );
                let owner = owners.get(&number_in_ledger).copied();
                assert_eq!(
                    owner,
                    recipients.first().map(String::as_str),
                    "the number is somebody else's"
                );
            }
        }
    }

    /// Invariant 3: what is gone from the mailbox was answered, forwarded or archived.
    #[track_caller]
    fn check_mailbox(&self) {
        let waiting: HashSet<String> = self.waiting.iter().filter_map(|mail| message_id(mail)).collect();
        let accepted: HashSet<&str> = self
            .accepted
            .iter()
            .map(|mail| without_brackets(&mail.message_id))
            .collect();
        for mail in self
            .deposited
            .iter()
            .filter(|mail| !waiting.contains(&mail.message_id))
        {
            let id = &mail.message_id;
            let row = self
                .ledger
                .mail(id)
                .unwrap_or_else(|| panic!("{id} is gone and not in the ledger"));
            for letter in self.ledger.letters_of(row) {
                assert!(
                    accepted.contains(letter.message_id.as_str()),
                    "{id} is gone, its {} unsent",
                    letter.kind
                );
            }
            let letters = self.ledger.letters_of(row).count();
            match &mail.signup_of {
                Some(customer) => {
                    assert_eq!(letters, 1, "{id} is gone without an answer: {row:?}");
                    let letter = self.ledger.letters_of(row).next();
                    assert_eq!(
                        letter.map(|letter| letter.recipient_key.clone()),
                        Some(customer.key())
                    );
                }
                None => {
                    let name = row.archive_file.as_deref().unwrap_or_default();
                    let archived = fs::read(self.data.join(name)).unwrap_or_default();
                    assert!(
                        archived == mail.bytes,
                        "{id} is gone and not whole in the archive: {row:?}"
                    );
                }
            }
        }
    }
}

fn key(path: &str) -> String {
    EmailAddress::parse(path).map_or_else(|_| path.to_owned(), |address| address.key())
}
