//! The tests a shop can make of its mailbox: receiving, sending, the round trip with an empty subject, cleaning up.
//!
//! A [`SelfTest`] tells each step as a [`Tick`] over a channel while it happens, so that a terminal or a screen can tick it
//! off. Reading order: `tick` (the steps and their words), this page (the tests), `arrival` (waiting for a mail).
//!
//! Invariant: a test gives no number and writes nothing into the ledger. A test mail is known by its marker, by a token of
//! our own form and by our own From; nothing else is ever deleted.
//! Invariant: beside a running program a test leaves the mailbox to it as long as it can, and learns from the events table
//! that the program has consumed the test mail.

mod arrival;
mod tick;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use karamail_core::address::EmailAddress;
use karamail_core::compose::{Letter, Marker, Purpose, compose_letter};
use karamail_core::limits::{SELF_TEST_ARRIVAL, SELF_TEST_BATCH, SELF_TEST_BUSY, SELF_TEST_POLL};
use karamail_core::mail::IncomingMail;
use karamail_core::mail::markers::is_test_token;
use karamail_core::pop3::{ListedMail, Pop3Error, Problem};
use karamail_core::words::{Language, self_test as words};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

pub use tick::{Detail, Step, StepResult, TestFault, Tick};

use crate::clock;
use crate::config::{Mailbox, Security, SmtpAuthentication};
use crate::cycle::Logins;
use crate::milestone::Milestone;
use crate::pop3::Pop3Connection;
use crate::smtp::Mailer;
use tick::Protocol;

/// How long a test waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a mail to come back.
    pub arrival: Duration,
    /// Between two looks into the mailbox.
    pub poll: Duration,
    /// For a mailbox that another session holds.
    pub busy: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            arrival: SELF_TEST_ARRIVAL,
            poll: SELF_TEST_POLL,
            busy: SELF_TEST_BUSY,
        }
    }
}

/// One mailbox under test.
#[derive(Debug)]
pub struct SelfTest {
    mailbox: Mailbox,
    logins: Logins,
    data_folder: PathBuf,
    language: Language,
    patience: Patience,
    /// No running program polls this mailbox.
    is_alone: bool,
    ticks: UnboundedSender<Tick>,
}

impl SelfTest {
    /// Prepares tests of a mailbox; the receiver gets every step. `data_folder` is where a running program would be,
    /// `language` that of the test mails.
    pub fn new(
        mailbox: Mailbox,
        logins: Logins,
        data_folder: &Path,
        language: Language,
        patience: Patience,
    ) -> (SelfTest, UnboundedReceiver<Tick>) {
        let (ticks, receiver) = unbounded_channel();
        let test = SelfTest {
            mailbox,
            logins,
            data_folder: data_folder.to_owned(),
            language,
            patience,
            is_alone: false,
            ticks,
        };
        (test, receiver)
    }

    /// The same where the program that has the data folder does not collect: the test looks into the mailbox itself from
    /// the first.
    #[must_use]
    pub fn alone(mut self) -> SelfTest {
        self.is_alone = true;
        self
    }

    /// Connects to the POP3 server, logs in and lists; changes nothing. Whether all went well.
    pub async fn receive(&self) -> bool {
        let Some((connection, _)) = self.open_box().await else {
            return false;
        };
        // Nothing depends on it: nothing was marked.
        let _ = connection.quit().await;
        true
    }

    /// Sends a test mail with a subject to `to`, or else to the mailbox itself. Whether the server took it.
    pub async fn send(&self, to: Option<&EmailAddress>) -> bool {
        // Such a server takes mail only for a while after a POP3 login from here.
        let needs_login = self.mailbox.smtp.authentication == SmtpAuthentication::PopBeforeSmtp;
        if needs_login && !self.receive().await {
            return false;
        }
        let to = to.unwrap_or(&self.mailbox.address);
        let subject = words::test_subject(self.language);
        self.send_mail(Step::SmtpMail, &token(), to, &subject).await
    }

    /// Deletes our test mails from the server, and nothing else. Whether the server confirmed it.
    pub async fn cleanup(&self) -> bool {
        let Some((connection, listing)) = self.open_box().await else {
            return false;
        };
        self.begin(Step::Deletion);
        match self.delete_tests(connection, &listing).await {
            Ok(mails) => self.done(Step::Deletion, Detail::Deleted { mails }),
            Err(fault) => self.failed(Step::Deletion, fault),
        }
    }

    async fn delete_tests(
        &self,
        mut connection: Pop3Connection,
        listing: &[ListedMail],
    ) -> Result<usize, TestFault> {
        let mut ours = Vec::new();
        for batch in listing.chunks(SELF_TEST_BATCH) {
            let found = self.tests_among(&mut connection, batch).await?;
            ours.extend(found.into_iter().map(|(number, _)| number));
        }
        delete(connection, &ours).await
    }

    /// The test mails among some, with their tokens.
    async fn tests_among(
        &self,
        connection: &mut Pop3Connection,
        mails: &[ListedMail],
    ) -> Result<Vec<(u32, String)>, Pop3Error> {
        let mut found = Vec::new();
        let us = self.mailbox.address.key();
        connection
            .fetch_headers(mails, |number, headers| {
                // A mail whose headers the server does not give is none of ours, as far as we can know.
                let Ok(bytes) = headers else { return };
                let mail = IncomingMail::parse(&bytes);
                let is_from_us = mail.sender_address().is_some_and(|sender| sender.key() == us);
                if let Some(token) = mail
                    .self_test_token()
                    .filter(|token| is_from_us && is_test_token(token))
                {
                    found.push((number, token.to_owned()));
                }
            })
            .await?;
        Ok(found)
    }

    /// Opens the mailbox and lists it, step by step.
    async fn open_box(&self) -> Option<(Pop3Connection, Vec<ListedMail>)> {
        let password = match &self.logins.pop3 {
            Ok(password) => password,
            Err(fault) => {
                self.failed(Step::Pop3Password, TestFault::Login(fault.clone()));
                return None;
            }
        };
        self.done(Step::Pop3Password, Detail::Nothing);
        let settings = &self.mailbox.pop3;
        let deadline = Instant::now() + self.patience.busy;
        let mut connection = loop {
            let ladder = Ladder::new(self, Protocol::Pop3);
            match Pop3Connection::open_watched(settings, password, &|milestone| ladder.reach(milestone)).await
            {
                Ok(connection) => break connection,
                Err(error) if is_busy(&error) && Instant::now() < deadline => sleep(self.patience.poll).await,
                Err(error) => {
                    self.failed(ladder.step(), TestFault::Pop3(error));
                    return None;
                }
            }
        };
        self.begin(Step::Pop3List);
        match connection.listing().await {
            Ok(listing) => {
                let mails = listing.mails.len();
                self.done(Step::Pop3List, Detail::Listed { mails });
                Some((connection, listing.mails))
            }
            Err(error) => {
                self.failed(Step::Pop3List, TestFault::Pop3(error));
                None
            }
        }
    }

    /// Sends one test mail, step by step.
    async fn send_mail(&self, last: Step, token: &str, to: &EmailAddress, subject: &str) -> bool {
        let credentials = match &self.logins.smtp {
            Ok(credentials) => credentials,
            Err(fault) => return self.failed(Step::SmtpPassword, TestFault::Login(fault.clone())),
        };
        self.done(
            Step::SmtpPassword,
            match credentials {
                Some(_) => Detail::Nothing,
                None => Detail::NoPasswordNeeded,
            },
        );
        let mailer = match Mailer::new(&self.mailbox.smtp, credentials.as_ref()) {
            Ok(mailer) => mailer,
            Err(fault) => return self.failed(Step::SmtpPassword, TestFault::Smtp(fault)),
        };
        let bytes = self.letter(token, to, subject);
        let ladder = Ladder::new(self, Protocol::Smtp { last });
        let from = &self.mailbox.address;
        match mailer
            .send_watched(from, to, &bytes, &|milestone| ladder.reach(milestone))
            .await
        {
            Ok(answer) => {
                let to = to.to_string();
                self.done(last, Detail::Accepted { to, answer })
            }
            Err(fault) => self.failed(ladder.step(), TestFault::Smtp(fault)),
        }
    }

    fn letter(&self, token: &str, to: &EmailAddress, subject: &str) -> Vec<u8> {
        let mailbox = &self.mailbox;
        let message_id = format!("{}.{token}@{}", Purpose::Test.as_str(), mailbox.address.domain());
        compose_letter(&Letter {
            from: &mailbox.address,
            display_name: &mailbox.display_name,
            reply_to: None,
            to,
            subject,
            body: &words::test_body(self.language),
            signature: "",
            message_id: &message_id,
            date: &clock::local(clock::now()),
            in_reply_to: None,
            marker: Marker::Test { token },
        })
    }

    fn begin(&self, step: Step) {
        self.tick(step, StepResult::Begun);
    }

    fn done(&self, step: Step, detail: Detail) -> bool {
        self.tick(step, StepResult::Done(detail));
        true
    }

    fn failed(&self, step: Step, fault: TestFault) -> bool {
        self.tick(step, StepResult::Failed(Box::new(fault)));
        false
    }

    fn tick(&self, step: Step, result: StepResult) {
        // Nobody may be watching any more; the test goes on to its end all the same.
        let _ = self.ticks.send(Tick { step, result });
    }
}

/// Marks mails and ends the session; only QUIT's +OK makes them deleted.
async fn delete(mut connection: Pop3Connection, numbers: &[u32]) -> Result<usize, TestFault> {
    let mails = numbers.len();
    let marked = connection.delete(numbers).await?;
    let unmarked = marked.iter().filter(|(_, marked)| marked.is_err()).count();
    match connection.quit().await {
        Ok(()) if unmarked == 0 => Ok(mails),
        Ok(()) => Err(TestFault::NotDeleted { mails: unmarked }),
        Err(_) if mails > 0 => Err(TestFault::NotDeleted { mails }),
        Err(_) => Ok(0),
    }
}

fn is_busy(error: &Pop3Error) -> bool {
    matches!(error.problem(), Problem::InUse | Problem::LoginDelay)
}

/// 128 random bits.
fn token() -> String {
    let mut bits = [0_u8; 16];
    let random = rustls::crypto::ring::default_provider().secure_random;
    if random.fill(&mut bits).is_err() {
        // Without the system's randomness TLS does not work either; the time still tells two tests apart.
        bits = clock::now().as_nanosecond().to_be_bytes();
    }
    bits.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The steps of opening one session, told as they are reached.
struct Ladder<'a> {
    test: &'a SelfTest,
    protocol: Protocol,
    step: Mutex<Step>,
}

impl<'a> Ladder<'a> {
    fn new(test: &'a SelfTest, protocol: Protocol) -> Self {
        let step = protocol.name();
        test.begin(step);
        Ladder {
            test,
            protocol,
            step: Mutex::new(step),
        }
    }

    /// The step that is under way.
    fn step(&self) -> Step {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, milestone: Milestone) {
        let mailbox = &self.test.mailbox;
        let (host, security) = match self.protocol {
            Protocol::Pop3 => (&mailbox.pop3.host, mailbox.pop3.security),
            Protocol::Smtp { .. } => (&mailbox.smtp.host, mailbox.smtp.security),
        };
        let protocol = self.protocol;
        let reached = match milestone {
            Milestone::Resolved(_) => protocol.name(),
            Milestone::Connected(_) => protocol.connect(),
            Milestone::Encrypted => protocol.tls(),
            Milestone::LoggedIn => protocol.login(),
        };
        if reached < self.step() {
            return; // It was told before.
        }
        let next = match milestone {
            Milestone::Resolved(addresses) => {
                let host = host.clone();
                self.test
                    .done(protocol.name(), Detail::Resolved { host, addresses });
                protocol.connect()
            }
            Milestone::Connected(peer) => {
                self.test.done(protocol.connect(), Detail::Connected { peer });
                if security == Security::None {
                    self.test.done(protocol.tls(), Detail::Unprotected);
                    protocol.login()
                } else {
                    protocol.tls()
                }
            }
            Milestone::Encrypted => {
                self.test.done(protocol.tls(), Detail::Encrypted);
                protocol.login()
            }
            Milestone::LoggedIn => {
                let user = match (protocol, &self.test.logins.smtp) {
                    (Protocol::Pop3, _) => Some(mailbox.pop3.user.clone()),
                    (Protocol::Smtp { .. }, Ok(Some(credentials))) => Some(credentials.user.clone()),
                    (Protocol::Smtp { .. }, _) => None,
                };
                self.test.done(protocol.login(), Detail::LoggedIn { user });
                match protocol {
                    Protocol::Pop3 => return,
                    Protocol::Smtp { last } => last,
                }
            }
        };
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.test.begin(next);
    }
}
