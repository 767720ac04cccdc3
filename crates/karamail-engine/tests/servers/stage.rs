//! One row of a table, played: signup mails and another mail wait, the whole engine runs against the scripted server,
//! the promises are checked, the server becomes a sane one, the engine runs again, and everything must be done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use karamail_core::words::{Language, Told as _};
use karamail_engine::config::Settings;
use karamail_engine::cycle::CycleReport;
use karamail_engine::demo::{self, DemoServers, SentMail};
use karamail_engine::store::Store;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, results};

use crate::common::{NO_LIMITS, engine, make_letters_due, settings};
use crate::row::{PATIENCE, Place, Row, Serves, Told};
use crate::{pop3, smtp};
use pop3::Pop3Server;
use smtp::SmtpServer;

impl Row {
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
            pop3: {
                let script = self
                    .pop3
                    .clone()
                    .unwrap_or_else(|| Arc::new(|_| pop3::Act::Usual));
                let tls = self.tls.clone().filter(|_| self.pop3.is_some());
                Pop3Server::start(self.mails.clone(), tls, Box::new(move |moment| script(moment))).await
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
    pop3: Pop3Server,
    smtp: Option<SmtpServer>,

    demo: DemoServers,
}

impl Stage<'_> {
    async fn play(&mut self) {
        let mut report = CycleReport::default();
        if self.row.stays_up {
            let mut engine = engine(self.folder, self.settings(true)).await;
            for _ in 0..self.row.cycles {
                report = engine.run_once().await.unwrap().remove(0).1;
            }
            engine.close().await;
        } else {
            for _ in 0..self.row.cycles {
                report = self.run(self.settings(true)).await;
                make_letters_due(self.folder).await;
            }
        }
        self.check_promises("against the scripted server").await;
        self.check_served();
        self.check_told(&report).await;
        self.check_heard();

        self.pop3.heal(self.row.uidls_change);
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
        mailbox.pop3.port = self.pop3.port;
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
        self.pop3.mails().iter().map(|mail| mail.bytes.clone()).collect()
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
            self.is(kind == "receipt", &format!("{when}: a {kind} to {:?}", mail.to));
            let row = results
                .iter()
                .find(|row| [&row.address] == mail.to.iter().collect::<Vec<_>>().as_slice());
            self.is(
                row.is_some_and(|row| row.number == number),
                &format!("{when}: {number} is the number of {:?}", mail.to),
            );
            copies
                .entry((mail.to.concat(), number))
                .or_default()
                .push(mail.bytes);
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
            {
                continue;
            }
            let row = results.iter().find(|row| row.address == customer);
            let is_settled = row.is_some_and(|row| {
                matches!(row.delivery, Delivery::Refused { .. }) && row.answer.is_some()
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
        let (customers, left) = (self.customers().len() - self.row.refused, self.mails_left());
        let waiting: BTreeSet<String> = left.iter().filter_map(|mail| customer_of(mail)).collect();
        let is_lost = |customer: &String| !receipts.contains(customer) && !waiting.contains(customer);
        let are_served = !self.customers().iter().any(is_lost);
        let waiting = waiting.len();
        let (receipts, left, mails) = (receipts.len(), left.len(), self.row.mails.len());
        let is_so = match self.row.serves {
            Serves::Everything => receipts == customers && left == self.row.stays,
            Serves::Answers => receipts == customers && left == mails,
            Serves::AllButOne => left == 1 && are_served,
            Serves::Nothing => receipts == 0 && waiting == customers,
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
                Place::Sending => report
                    .send_fault
                    .as_ref()
                    .map(|fault| fault.told(self.language))
                    .unwrap_or_default(),
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
        let mut heard = self.pop3.heard();
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
            .filter(|row| matches!(row.delivery, Delivery::Refused { .. }))
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
        let left = self.mails_left().len();
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
