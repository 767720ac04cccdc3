//! One row of a table, played: signup mails and another mail wait, the whole engine runs against the scripted server,
//! the promises are checked, the server becomes a sane one, the engine runs again, and everything must be done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use karamail_core::words::{Language, Told as _};
use karamail_engine::config::{Mailbox, Security, Settings};
use karamail_engine::cycle::CycleReport;
use karamail_engine::demo::{self, DemoServers, SentMail};
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, results};
use tokio_rustls::TlsAcceptor;

use crate::common::{NO_LIMITS, engine, make_letters_due, settings, signup};
use crate::wire::{acceptor, certificate};
use crate::{pop3, smtp};
use pop3::{Mail, Pop3Server};
use smtp::SmtpServer;

/// Long enough for a busy machine; rows whose server hangs set less.
const PATIENCE: Duration = Duration::from_secs(30);
/// For servers that hang.
pub(crate) const SHORT: Duration = Duration::from_secs(1);

/// How far the engine comes against the scripted server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serves {
    /// Every receipt is out, and every mail is off the server.
    Everything,
    /// Every receipt is out; the mails are still there.
    Answers,
    /// No receipt is out, and no mail is gone.
    Nothing,
    /// Some of it.
    Part,
}

/// Where the trouble is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The mailbox cannot be collected.
    Receiving,
    /// Nothing can be sent.
    Sending,
    /// Beside a number in the results.
    Letter,
    /// In the log.
    Log,
}

/// What must be told, in both languages: the step, the server's words, what to do.
pub(crate) struct Told {
    pub(crate) place: Place,
    pub(crate) english: Vec<String>,
    pub(crate) japanese: Vec<String>,
}

type Set = Box<dyn Fn(&mut Mailbox) + Send + Sync>;

pub(crate) struct Row {
    pub(crate) name: String,
    pop3: Option<Arc<pop3::Script>>,
    smtp: Option<Arc<smtp::Script>>,
    mails: Vec<Mail>,
    tls: Option<TlsAcceptor>,
    set: Vec<Set>,
    cycles: usize,
    serves: Serves,
    told: Vec<Told>,
    refused: usize,
    stays: usize,
    may_repeat: bool,
    uidls_change: bool,
    heard: Vec<&'static str>,
}

/// A row whose POP3 server is scripted; the SMTP server is the demo's.
pub(crate) fn pop3_row(script: impl Fn(&pop3::Moment<'_>) -> pop3::Act + Send + Sync + 'static) -> Row {
    Row {
        pop3: Some(Arc::new(script)),
        ..Row::plain()
    }
}

/// A row whose SMTP server is scripted; the POP3 server is the demo's.
pub(crate) fn smtp_row(script: impl Fn(&smtp::Moment<'_>) -> smtp::Act + Send + Sync + 'static) -> Row {
    Row {
        smtp: Some(Arc::new(script)),
        ..Row::plain()
    }
}

/// Three customers and somebody who asks something.
pub(crate) fn usual_mails() -> Vec<Mail> {
    let mut mails: Vec<Mail> = (1..=3).map(customer).collect();
    mails.insert(1, other());
    mails
}

pub(crate) fn customer(nth: usize) -> Mail {
    Mail {
        uidl: format!("uid-{nth}"),
        bytes: signup(&format!("customer{nth}@example.jp"), nth),
    }
}

/// A customer's mail with this behind the header.
pub(crate) fn customer_with(nth: usize, body: &[u8]) -> Mail {
    let mut mail = customer(nth);
    mail.bytes.extend_from_slice(body);
    mail
}

pub(crate) fn other() -> Mail {
    other_with(b"How late are you open?\r\n.\r\n..two dots\r\nBye.\r\n.")
}

/// Another mail with this body.
pub(crate) fn other_with(body: &[u8]) -> Mail {
    let mut bytes =
        b"From: <asker@example.jp>\r\nTo: touroku@karamail.example\r\nSubject: opening hours\r\nMessage-ID: <o@example.jp>\r\n\
          Date: Sat, 21 Nov 2026 12:00:00 +0900\r\n\r\n"
            .to_vec();
    bytes.extend_from_slice(body);
    Mail {
        uidl: "uid-other".to_owned(),
        bytes,
    }
}

impl Row {
    fn plain() -> Row {
        Row {
            name: String::new(),
            pop3: None,
            smtp: None,
            mails: usual_mails(),
            tls: None,
            set: Vec::new(),
            cycles: 1,
            serves: Serves::Everything,
            told: Vec::new(),
            refused: 0,
            stays: 0,
            may_repeat: false,
            uidls_change: false,
            heard: Vec::new(),
        }
    }

    pub(crate) fn named(mut self, name: &str) -> Row {
        self.name = name.to_owned();
        self
    }

    /// The other side scripted, too.
    pub(crate) fn and_pop3(
        mut self,
        script: impl Fn(&pop3::Moment<'_>) -> pop3::Act + Send + Sync + 'static,
    ) -> Row {
        self.pop3 = Some(Arc::new(script));
        self
    }

    pub(crate) fn mails(mut self, mails: Vec<Mail>) -> Row {
        self.mails = mails;
        self
    }

    /// STLS or STARTTLS with this certificate.
    pub(crate) fn tls(mut self, acceptor: TlsAcceptor) -> Row {
        self.tls = Some(acceptor);
        self
    }

    /// STLS or STARTTLS with a certificate for this name, which the mailbox trusts.
    pub(crate) fn tls_named(self, name: &str) -> Row {
        let certified = certificate(name);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), certified.cert.pem()).unwrap();
        self.tls(acceptor(&certified)).set(move |mailbox| {
            mailbox.pop3.security = Security::StartTls;
            mailbox.pop3.extra_ca_file = Some(file.path().to_owned());
            mailbox.smtp.extra_ca_file = Some(file.path().to_owned());
        })
    }

    /// Changes the mailbox's settings, for the scripted server only.
    pub(crate) fn set(mut self, change: impl Fn(&mut Mailbox) + Send + Sync + 'static) -> Row {
        self.set.push(Box::new(change));
        self
    }

    /// With short time limits, for servers that hang.
    pub(crate) fn short(self) -> Row {
        self.set(|mailbox| {
            mailbox.pop3.read_timeout = SHORT;
            mailbox.pop3.connect_timeout = SHORT;
            mailbox.smtp.timeout = SHORT;
        })
    }

    /// Against the scripted server so many times.
    pub(crate) fn cycles(mut self, cycles: usize) -> Row {
        self.cycles = cycles;
        self
    }

    pub(crate) fn serves(mut self, serves: Serves) -> Row {
        self.serves = serves;
        self
    }

    /// The trouble is told with these words among others; `%` stands between pieces.
    pub(crate) fn told(mut self, place: Place, english: &str, japanese: &str) -> Row {
        let pieces = |text: &str| text.split('%').map(|piece| piece.trim().to_owned()).collect();
        self.told.push(Told {
            place,
            english: pieces(english),
            japanese: pieces(japanese),
        });
        self
    }

    /// So many receipts are refused for good, which the shop sees.
    pub(crate) fn refused(mut self, count: usize) -> Row {
        self.refused = count;
        self
    }

    /// So many mails stay on the server, for the shop to decide.
    pub(crate) fn stays(mut self, count: usize) -> Row {
        self.stays = count;
        self
    }

    /// A customer may get the number a second time as a repeat reply.
    pub(crate) fn may_repeat(mut self) -> Row {
        self.may_repeat = true;
        self
    }

    /// The sane server comes with unique ids of its own: the provider moved the mailboxes.
    pub(crate) fn uidls_change(mut self) -> Row {
        self.uidls_change = true;
        self
    }

    /// The scripted server must have heard a line that begins so.
    pub(crate) fn hears(mut self, line: &'static str) -> Row {
        self.heard.push(line);
        self
    }

    /// Plays the row; in both languages where its message is told in the settings' language alone.
    pub(crate) async fn play(self) {
        self.play_in(Language::English).await;
        if self.told.iter().any(|told| told.place != Place::Receiving) {
            self.play_in(Language::Japanese).await;
        }
    }

    async fn play_in(&self, language: Language) {
        let folder = tempfile::tempdir().unwrap();
        let demo = DemoServers::start().await.unwrap();
        let mut stage = Stage {
            row: self,
            language,
            folder: folder.path(),
            pop3: match &self.pop3 {
                Some(script) => {
                    let script = Arc::clone(script);
                    Some(
                        Pop3Server::start(
                            self.mails.clone(),
                            self.tls.clone(),
                            Box::new(move |moment| script(moment)),
                        )
                        .await,
                    )
                }
                None => {
                    self.mails
                        .iter()
                        .for_each(|mail| demo.deposit(mail.bytes.clone()));
                    None
                }
            },
            smtp: match &self.smtp {
                Some(script) => {
                    let script = Arc::clone(script);
                    Some(SmtpServer::start(self.tls.clone(), Box::new(move |moment| script(moment))).await)
                }
                None => None,
            },
            demo,
        };
        stage.play().await;
    }
}

struct Stage<'a> {
    row: &'a Row,
    language: Language,
    folder: &'a Path,
    pop3: Option<Pop3Server>,
    smtp: Option<SmtpServer>,
    demo: DemoServers,
}

impl Stage<'_> {
    async fn play(&mut self) {
        let mut report = CycleReport::default();
        for _ in 0..self.row.cycles {
            report = self.run(self.settings(true)).await;
            make_letters_due(self.folder).await;
        }
        self.check_promises("against the scripted server").await;
        self.check_served();
        self.check_told(&report).await;
        self.check_heard();

        if let Some(pop3) = &self.pop3 {
            pop3.heal();
        }
        if self.row.uidls_change
            && let Some(pop3) = self.pop3.take()
        {
            pop3.mails()
                .iter()
                .for_each(|mail| self.demo.deposit(mail.bytes.clone()));
        }
        let report = self.run(self.settings(false)).await;
        self.is(
            report.receive_fault.is_none() && report.send_fault.is_none(),
            &format!("the sane server serves: {report:?}"),
        );
        self.check_promises("against the sane server").await;
        self.check_finished(&report).await;
        let before = self.taken().len();
        let report = self.run(self.settings(false)).await;
        self.is(
            report.received == 0 && self.taken().len() == before,
            &format!("nothing is done twice: {report:?}"),
        );
    }

    async fn run(&self, settings: Settings) -> CycleReport {
        let mut engine = engine(self.folder, settings).await;
        let mut reports = engine.run_once().await.unwrap();
        engine.close().await;
        reports.remove(0).1
    }

    fn settings(&self, is_scripted: bool) -> Settings {
        let mut settings = settings(&self.demo, "", NO_LIMITS);
        settings.general.language = self.language;
        let mailbox = &mut settings.mailboxes[0];
        mailbox.pop3.read_timeout = PATIENCE;
        mailbox.pop3.connect_timeout = PATIENCE;
        mailbox.smtp.timeout = PATIENCE;
        if let Some(pop3) = &self.pop3 {
            mailbox.pop3.port = pop3.port;
        }
        if is_scripted {
            if let Some(smtp) = &self.smtp {
                mailbox.smtp.port = smtp.port;
            }
            self.row.set.iter().for_each(|change| change(mailbox));
        }
        settings
    }

    /// Every letter that a server took.
    fn taken(&self) -> Vec<SentMail> {
        let mut taken = self.smtp.as_ref().map(SmtpServer::taken).unwrap_or_default();
        taken.extend(self.demo.sent());
        taken
    }

    fn mails_left(&self) -> Vec<Vec<u8>> {
        match &self.pop3 {
            Some(pop3) => pop3.mails().iter().map(|mail| mail.bytes.clone()).collect(),
            None => self
                .row
                .mails
                .iter()
                .map(|mail| mail.bytes.clone())
                .take(self.demo.mailbox_count())
                .collect(),
        }
    }

    fn customers(&self) -> BTreeSet<String> {
        self.row
            .mails
            .iter()
            .filter_map(|mail| customer_of(&mail.bytes))
            .collect()
    }

    async fn results(&self) -> Vec<ResultRow> {
        let readers = Store::open_to_read(self.folder).await.unwrap().unwrap();
        let found = results(&readers, &Wanted::default()).await.unwrap();
        readers.close().await;
        found
    }

    /// The promises that hold at any time.
    async fn check_promises(&self, when: &str) {
        let results = self.results().await;
        let mut numbers: Vec<i64> = results.iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        self.is(
            (1..).zip(&numbers).all(|(place, number)| place == *number),
            &format!("{when}: no hole in {numbers:?}"),
        );
        let addresses: BTreeSet<&str> = results.iter().map(|row| row.address.as_str()).collect();
        self.is(
            addresses.len() == results.len(),
            &format!("{when}: one number an address: {results:?}"),
        );
        let mut copies: BTreeMap<(String, i64), Vec<Vec<u8>>> = BTreeMap::new();
        for mail in self.taken() {
            let Some((kind, number)) = kind_and_number(&mail.bytes) else {
                continue;
            };
            self.is(
                kind == "receipt" || self.row.may_repeat,
                &format!("{when}: a {kind} to {:?}", mail.to),
            );
            let row = results
                .iter()
                .find(|row| [&row.address] == mail.to.iter().collect::<Vec<_>>().as_slice());
            self.is(
                row.is_some_and(|row| row.number == number),
                &format!("{when}: {number} is the number of {:?}", mail.to),
            );
            if kind == "receipt" {
                copies
                    .entry((mail.to.concat(), number))
                    .or_default()
                    .push(mail.bytes);
            }
        }
        for (to, copies) in &copies {
            self.is(
                copies.windows(2).all(|two| two[0] == two[1]),
                &format!("{when}: copies for {to:?} are the same letter"),
            );
        }
        // A mail that is off the server was settled.
        let left = self.mails_left();
        for customer in self.customers() {
            if left
                .iter()
                .any(|mail| customer_of(mail).as_ref() == Some(&customer))
                || self.pop3.is_none() && !left.is_empty()
            {
                continue;
            }
            let row = results.iter().find(|row| row.address == customer);
            let is_settled = row.is_some_and(|row| {
                row.delivery == Delivery::Refused && row.answer.is_some()
                    || copies.contains_key(&(customer.clone(), row.number))
            });
            self.is(
                is_settled,
                &format!("{when}: the mail of {customer} is gone and was not settled: {row:?}"),
            );
        }
        if !left.iter().any(|mail| is_other(mail)) && self.row.mails.iter().any(|mail| is_other(&mail.bytes))
        {
            self.check_archived(when);
        }
    }

    /// Another mail that is off the server lies in the archive, byte for byte as the server gave it.
    fn check_archived(&self, when: &str) {
        let months = std::fs::read_dir(self.folder.join("archive"))
            .into_iter()
            .flatten();
        let files = months.flat_map(|month| std::fs::read_dir(month.unwrap().path()).unwrap());
        let kept: Vec<Vec<u8>> = files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        for mail in self.row.mails.iter().filter(|mail| is_other(&mail.bytes)) {
            // The end of the answer brings a line end where the mail has none.
            let is_kept = kept
                .iter()
                .any(|kept| kept.trim_ascii_end() == mail.bytes.trim_ascii_end());
            self.is(
                is_kept,
                &format!("{when}: the other mail is gone and not in the archive"),
            );
        }
    }

    fn check_served(&self) {
        let receipts = self.receipts_taken();
        let (customers, left) = (self.customers().len() - self.row.refused, self.mails_left().len());
        let (receipts, mails) = (receipts.len(), self.row.mails.len());
        let is_so = match self.row.serves {
            Serves::Everything => receipts == customers && left == self.row.stays,
            Serves::Answers => receipts == customers && left == mails,
            Serves::Nothing => receipts == 0 && left == mails,
            Serves::Part => true,
        };
        self.is(
            is_so,
            &format!(
                "serves {:?}: {receipts} of {customers} receipts, {left} of {mails} mails left",
                self.row.serves
            ),
        );
    }

    fn receipts_taken(&self) -> BTreeSet<String> {
        let taken = self.taken();
        taken
            .iter()
            .filter(|mail| kind_and_number(&mail.bytes).is_some())
            .map(|mail| mail.to.concat())
            .collect()
    }

    async fn check_told(&self, report: &CycleReport) {
        let found = |place| -> String {
            match place {
                Place::Receiving => report
                    .receive_fault
                    .as_ref()
                    .map(|fault| fault.told(self.language))
                    .unwrap_or_default(),
                Place::Sending => report.send_fault.clone().unwrap_or_default(),
                Place::Letter | Place::Log => String::new(),
            }
        };
        for place in [Place::Receiving, Place::Sending] {
            if !self.row.told.iter().any(|told| told.place == place) {
                self.is(
                    found(place).is_empty(),
                    &format!("nothing is told: {}", found(place)),
                );
            }
        }
        for told in &self.row.told {
            match told.place {
                Place::Receiving => {
                    for language in [Language::English, Language::Japanese] {
                        let text = report
                            .receive_fault
                            .as_ref()
                            .map(|fault| fault.told(language))
                            .unwrap_or_default();
                        self.check_words(told, &text, language);
                    }
                }
                Place::Sending => self.check_words(told, &found(Place::Sending), self.language),
                Place::Letter => {
                    let answers: Vec<String> = self
                        .results()
                        .await
                        .into_iter()
                        .filter_map(|row| row.answer)
                        .collect();
                    self.check_words(told, &answers.join("\n"), self.language);
                }
                Place::Log => {
                    let files = std::fs::read_dir(self.folder.join("log")).unwrap();
                    let text = files
                        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
                        .collect::<String>();
                    self.check_words(told, &text, self.language);
                }
            }
        }
    }

    fn check_words(&self, told: &Told, text: &str, language: Language) {
        let pieces = match language {
            Language::English => &told.english,
            Language::Japanese => &told.japanese,
        };
        for piece in pieces {
            self.is(
                text.contains(piece.as_str()),
                &format!("{:?} tells {piece:?} in {language:?}: {text:?}", told.place),
            );
        }
        let is_clean = |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
        self.is(
            text.chars().all(is_clean),
            &format!("no control characters: {text:?}"),
        );
        self.is(!text.contains(demo::PASSWORD), &format!("no password: {text:?}"));
    }

    fn check_heard(&self) {
        let mut heard = self.pop3.as_ref().map(Pop3Server::heard).unwrap_or_default();
        heard.extend(self.smtp.as_ref().map(SmtpServer::heard).unwrap_or_default());
        for line in &self.row.heard {
            self.is(
                heard.iter().any(|heard| heard.starts_with(line)),
                &format!("{line} was said: {heard:?}"),
            );
        }
    }

    /// Everybody has a number and has it in hand, and the server is empty.
    async fn check_finished(&self, report: &CycleReport) {
        let results = self.results().await;
        let customers = self.customers();
        self.is(
            results.len() == customers.len(),
            &format!("every customer has a number: {results:?} {report:?}"),
        );
        let refused = results
            .iter()
            .filter(|row| row.delivery == Delivery::Refused)
            .count();
        self.is(
            refused == self.row.refused,
            &format!("{} refused: {results:?}", self.row.refused),
        );
        let sent = results
            .iter()
            .filter(|row| row.delivery == Delivery::Sent)
            .count();
        self.is(
            sent + refused == results.len(),
            &format!("every receipt is settled: {results:?}"),
        );
        self.is(
            self.receipts_taken().len() + refused >= customers.len(),
            "every receipt was taken",
        );
        let left = match &self.pop3 {
            Some(pop3) => pop3.mails().len(),
            None => self.demo.mailbox_count(),
        };
        self.is(
            left == self.row.stays,
            &format!("{left} mails are left on the server: {report:?}"),
        );
    }

    #[track_caller]
    fn is(&self, is_so: bool, what: &str) {
        assert!(is_so, "{} ({:?}): {what}", self.row.name, self.language);
    }
}

fn customer_of(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(50_000)]).into_owned();
    let (_, rest) = head.split_once("From: <customer")?;
    let (address, _) = rest.split_once('>')?;
    Some(format!("customer{address}"))
}

fn is_other(bytes: &[u8]) -> bool {
    bytes.starts_with(b"From: <asker@example.jp>")
}

/// Whether a letter is a receipt or a repeat reply, and the number in its subject.
fn kind_and_number(bytes: &[u8]) -> Option<(String, i64)> {
    let message = mail_parser::MessageParser::default().parse(bytes)?;
    let kind = message.header("X-Karamail")?.as_text()?.trim().to_owned();
    let digits: String = message.subject()?.chars().filter(char::is_ascii_digit).collect();
    Some((kind, digits.parse().ok()?))
}
