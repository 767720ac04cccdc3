//! The steps of the tests, what comes of each, and their words.

use std::net::{IpAddr, SocketAddr};

use karamail_core::pop3::{Pop3Error, Problem};
use karamail_core::words::{Language, Told, self_test as words};
use serde::Serialize;

use crate::cycle::LoginFault;
use crate::smtp::{SmtpFault, SmtpFaultKind};

/// The steps, in the order of the round trip. The names in JSON are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The password for receiving is known.
    Pop3Password,
    /// The POP3 server's name is resolved.
    Pop3Name,
    /// The POP3 server is connected to.
    Pop3Connect,
    /// The POP3 connection is encrypted.
    Pop3Tls,
    /// Login to the POP3 server.
    Pop3Login,
    /// The mailbox is listed.
    Pop3List,
    /// The password for sending is known.
    SmtpPassword,
    /// The SMTP server's name is resolved.
    SmtpName,
    /// The SMTP server is connected to.
    SmtpConnect,
    /// The SMTP connection is encrypted.
    SmtpTls,
    /// Login to the SMTP server.
    SmtpLogin,
    /// The test mail is accepted.
    SmtpMail,
    /// The test mail with an empty subject is accepted.
    EmptyMail,
    /// The test mail with an empty subject comes back.
    EmptyArrival,
    /// A second test mail, with a subject, is accepted.
    SubjectMail,
    /// The second test mail comes back; tells why the first did not.
    SubjectArrival,
    /// Test mails are deleted.
    Deletion,
}

/// What became of a step.
#[derive(Debug)]
pub enum StepResult {
    /// It is under way.
    Begun,
    /// It went well.
    Done(Detail),
    /// It did not.
    Failed(Box<TestFault>),
}

/// One step of a test, as it happens.
#[derive(Debug)]
pub struct Tick {
    /// The step.
    pub step: Step,
    /// What became of it.
    pub result: StepResult,
}

/// What is worth telling of a step that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// No more than that.
    Nothing,
    /// The SMTP server wants no login, so no password is needed.
    NoPasswordNeeded,
    /// The host has these addresses.
    Resolved {
        /// The host.
        host: String,
        /// Its addresses.
        addresses: Vec<IpAddr>,
    },
    /// Connected to this address.
    Connected {
        /// The server's address and port.
        peer: SocketAddr,
    },
    /// TLS stands and the certificate is sound.
    Encrypted,
    /// The settings want no TLS.
    Unprotected,
    /// Logged in, or no login is wanted.
    LoggedIn {
        /// The login name.
        user: Option<String>,
    },
    /// The mailbox was listed.
    Listed {
        /// How many mails it has.
        mails: usize,
    },
    /// A mail was accepted.
    Accepted {
        /// To whom.
        to: String,
        /// The server's words.
        answer: String,
    },
    /// A mail came back.
    Arrived {
        /// After so many seconds.
        seconds: u64,
        /// Whether the running program took it, rather than this test.
        by_collector: bool,
    },
    /// The server confirmed that test mails are deleted.
    Deleted {
        /// How many.
        mails: usize,
    },
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum TestFault {
    /// The password is not there.
    #[error(transparent)]
    Login(LoginFault),
    /// Receiving failed.
    #[error(transparent)]
    Pop3(#[from] Pop3Error),
    /// Sending failed.
    #[error(transparent)]
    Smtp(SmtpFault),
    /// The mail with an empty subject did not come back in time.
    #[error("the mail with an empty subject did not come back within {seconds} s")]
    NotArrived {
        /// How long was waited.
        seconds: u64,
    },
    /// Only a mail with a subject arrives.
    #[error("only mail with a subject arrives")]
    EmptyBinned,
    /// No test mail arrives.
    #[error("no test mail arrives")]
    NothingArrives,
    /// The server did not confirm that test mails are deleted.
    #[error("the server did not confirm the deletion of {mails} test mails")]
    NotDeleted {
        /// How many.
        mails: usize,
    },
}

impl Told for TestFault {
    fn what(&self, language: Language) -> String {
        match self {
            TestFault::Login(fault) => fault.what(language),
            TestFault::Pop3(error) => error.what(language),
            TestFault::Smtp(fault) => fault.what(language),
            TestFault::NotArrived { seconds } => words::not_arrived(language, *seconds),
            TestFault::EmptyBinned => words::empty_binned(language),
            TestFault::NothingArrives => words::nothing_arrives(language),
            TestFault::NotDeleted { mails } => words::not_deleted(language, *mails),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            TestFault::Login(fault) => fault.what_to_do(language),
            TestFault::Pop3(error) => {
                with_blocked_port(error.what_to_do(language), self.blocked_port(), language)
            }
            TestFault::Smtp(fault) => {
                with_blocked_port(fault.what_to_do(language), self.blocked_port(), language)
            }
            TestFault::NotArrived { .. } => Some(words::not_arrived_advice(language)),
            TestFault::EmptyBinned => Some(words::empty_binned_advice(language)),
            TestFault::NothingArrives => Some(words::nothing_arrives_advice(language)),
            TestFault::NotDeleted { .. } => Some(words::not_deleted_advice(language)),
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            TestFault::Login(fault) => fault.on_screen(language),
            TestFault::NotDeleted { .. } => {
                Some(karamail_core::words::screens::test::not_deleted_advice(language))
            }
            other => other.what_to_do(language),
        }
    }
}

impl TestFault {
    /// The port, where nothing at all was heard from it: somebody on the way may block it.
    fn blocked_port(&self) -> Option<u16> {
        match self {
            TestFault::Pop3(error) => matches!(
                error.problem(),
                Problem::ConnectTimedOut(_) | Problem::Unreachable(_)
            )
            .then_some(error.port),
            TestFault::Smtp(fault) => {
                let is_connecting = fault.step() == karamail_core::delivery::Step::Connect;
                // Port 25 has words of its own.
                let is_silent = matches!(fault.kind(), SmtpFaultKind::TimedOut) && fault.port() != 25;
                (is_connecting && is_silent).then_some(fault.port())
            }
            _ => None,
        }
    }
}

fn with_blocked_port(advice: Option<String>, port: Option<u16>, language: Language) -> Option<String> {
    let Some(port) = port else { return advice };
    let blocked = words::port_blocked_advice(language, port);
    Some(match (advice, language) {
        (None, _) => blocked,
        (Some(advice), Language::Japanese) => format!("{advice}{blocked}"),
        (Some(advice), Language::English) => format!("{advice} {blocked}"),
    })
}

impl Tick {
    /// The stable name of what became of the step.
    pub fn result_name(&self) -> &'static str {
        match &self.result {
            StepResult::Begun => "begun",
            StepResult::Done(_) => "done",
            StepResult::Failed(_) => "failed",
        }
    }

    /// The step in words: what was reached, or what failed and what to do. `None` for a step that only begins, unless it
    /// takes long; `wait_seconds` is how long it may take.
    pub fn told(&self, language: Language, wait_seconds: u64) -> Option<String> {
        match (&self.result, self.step) {
            (StepResult::Begun, Step::EmptyArrival | Step::SubjectArrival) => {
                Some(words::waiting(language, wait_seconds))
            }
            (StepResult::Begun, _) => None,
            (StepResult::Failed(fault), _) => Some(fault.told(language)),
            (StepResult::Done(detail), step) => Some(done(step, detail, language)),
        }
    }
}

fn done(step: Step, detail: &Detail, language: Language) -> String {
    match (detail, step) {
        (Detail::Nothing, _) => words::passwords_found(language),
        (Detail::NoPasswordNeeded, _) => words::no_password_needed(language),
        (Detail::Resolved { host, addresses }, Step::Pop3Name) => {
            words::pop3_resolved(language, host, &listed(addresses))
        }
        (Detail::Resolved { host, addresses }, _) => words::smtp_resolved(language, host, &listed(addresses)),
        (Detail::Connected { peer }, Step::Pop3Connect) => words::pop3_connected(language, &peer.to_string()),
        (Detail::Connected { peer }, _) => words::smtp_connected(language, &peer.to_string()),
        (Detail::Encrypted, _) => words::encrypted(language),
        (Detail::Unprotected, _) => words::unprotected(language),
        (Detail::LoggedIn { user: Some(user) }, Step::Pop3Login) => words::pop3_logged_in(language, user),
        (Detail::LoggedIn { user: Some(user) }, _) => words::smtp_logged_in(language, user),
        (Detail::LoggedIn { user: None }, _) => words::smtp_no_login(language),
        (Detail::Listed { mails }, _) => words::listed(language, *mails),
        (Detail::Accepted { answer, .. }, Step::SubjectMail) => words::subject_accepted(language, answer),
        (Detail::Accepted { to, answer }, Step::EmptyMail) => words::empty_accepted(language, to, answer),
        (Detail::Accepted { to, answer }, _) => words::accepted(language, to, answer),
        (Detail::Arrived { seconds, .. }, Step::SubjectArrival) => words::subject_arrived(language, *seconds),
        (
            Detail::Arrived {
                seconds,
                by_collector: true,
            },
            _,
        ) => words::arrived_at_collector(language, *seconds),
        (Detail::Arrived { seconds, .. }, _) => words::arrived(language, *seconds),
        (Detail::Deleted { mails: 0 }, _) => words::nothing_to_delete(language),
        (Detail::Deleted { mails }, _) => words::deleted(language, *mails),
    }
}

fn listed(addresses: &[IpAddr]) -> String {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    addresses.join(", ")
}

/// Which session's steps are meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Protocol {
    Pop3,
    /// `last` is the step in which the mail is accepted.
    Smtp {
        last: Step,
    },
}

impl Protocol {
    pub(super) fn name(self) -> Step {
        match self {
            Protocol::Pop3 => Step::Pop3Name,
            Protocol::Smtp { .. } => Step::SmtpName,
        }
    }

    pub(super) fn connect(self) -> Step {
        match self {
            Protocol::Pop3 => Step::Pop3Connect,
            Protocol::Smtp { .. } => Step::SmtpConnect,
        }
    }

    pub(super) fn tls(self) -> Step {
        match self {
            Protocol::Pop3 => Step::Pop3Tls,
            Protocol::Smtp { .. } => Step::SmtpTls,
        }
    }

    pub(super) fn login(self) -> Step {
        match self {
            Protocol::Pop3 => Step::Pop3Login,
            Protocol::Smtp { .. } => Step::SmtpLogin,
        }
    }
}
