//! What can go wrong with an SMTP server, told so that a shop can act on it.

use std::io;

use karamail_core::address::EmailAddress;
use karamail_core::compose::clean;
use karamail_core::delivery::{Answer, RefusalClass, Step, Verdict, judge};
use karamail_core::limits::SMTP_ANSWER_CHARACTERS;
use karamail_core::words::{Language, Told, smtp as words};

use crate::smtp::reply::Reply;
use crate::tls::{TlsSetupFault, TlsTrouble};

/// One failure, with the server and the step of the session it happened at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("smtp {host}:{port} at {}: {kind}", .step.as_str())]
pub struct SmtpFault {
    host: String,
    port: u16,
    step: Step,
    kind: SmtpFaultKind,
}

/// The kinds of failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpFaultKind {
    /// The host name leads nowhere, or there is no name service.
    #[error("host not found")]
    HostUnknown,
    /// No TCP connection; the operating system's words.
    #[error("not reached: {0}")]
    NotReached(String),
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// The connection broke.
    #[error("connection lost")]
    ConnectionLost,
    /// The port does not speak TLS.
    #[error("no TLS on this port")]
    NotTls,
    /// STARTTLS is not offered or is refused. Nothing was sent in the clear.
    #[error("no STARTTLS")]
    NoStartTls,
    /// The certificate has expired or is not valid yet.
    #[error("certificate expired or not valid yet")]
    CertificateExpired,
    /// Nobody we trust issued the certificate.
    #[error("certificate of an unknown issuer")]
    CertificateForeign,
    /// The certificate is for another host.
    #[error("certificate for another host")]
    CertificateWrongName,
    /// Another failure of TLS.
    #[error("TLS: {0}")]
    Tls(String),
    /// The file of extra certificates cannot be used.
    #[error("extra certificates {file}: {detail}")]
    ExtraCa {
        /// The file, for people.
        file: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The settings want a login, and there is no password.
    #[error("no password")]
    NoPassword,
    /// The server offers no mechanism that the settings allow.
    #[error("no usable AUTH mechanism")]
    NoMechanism,
    /// The recipient's address needs SMTPUTF8 (RFC 6531), which the server does not offer.
    #[error("no SMTPUTF8")]
    NoSmtpUtf8,
    /// The server's answer.
    #[error("{code} {text}")]
    Answer {
        /// The three-digit code.
        code: u16,
        /// Its text, cleaned and bounded; lines joined by blanks.
        text: String,
    },
    /// An answer that is no answer, or one that was not asked for.
    #[error("answer makes no sense")]
    Garbled,
}

impl SmtpFault {
    pub(super) fn new(server: (&str, u16), step: Step, kind: SmtpFaultKind) -> SmtpFault {
        SmtpFault {
            host: server.0.to_owned(),
            port: server.1,
            step,
            kind,
        }
    }

    pub(super) fn answer(server: (&str, u16), step: Step, reply: &Reply) -> SmtpFault {
        let text = clean::one_line(&reply.text(), SMTP_ANSWER_CHARACTERS);
        SmtpFault::new(
            server,
            step,
            SmtpFaultKind::Answer {
                code: reply.code,
                text,
            },
        )
    }

    /// The step of the session.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The kind of failure.
    pub fn kind(&self) -> &SmtpFaultKind {
        &self.kind
    }

    /// The code of the server's answer, if it gave one.
    pub fn code(&self) -> Option<u16> {
        match self.kind {
            SmtpFaultKind::Answer { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The server's own words, cleaned and bounded; empty if it gave none.
    pub fn words(&self) -> &str {
        match &self.kind {
            SmtpFaultKind::Answer { text, .. } => text,
            _ => "",
        }
    }

    /// What the failure means for the letter.
    pub fn verdict(&self) -> Verdict {
        match &self.kind {
            SmtpFaultKind::Answer { code, text } => judge(self.step, Answer { code: *code, text }),
            SmtpFaultKind::NoSmtpUtf8 => Verdict::Refused,
            _ if self.step <= Step::MailFrom => Verdict::ServerTrouble,
            _ => Verdict::Again,
        }
    }

    /// Why the letter was refused, in the shop's terms; only of use where the verdict is Refused.
    pub fn refusal_class(&self) -> RefusalClass {
        match &self.kind {
            SmtpFaultKind::Answer { code, text } => {
                RefusalClass::of(Some(self.step), Answer { code: *code, text })
            }
            SmtpFaultKind::NoSmtpUtf8 => RefusalClass::Unwritable,
            _ => RefusalClass::Other,
        }
    }

    /// The same for a letter to this recipient, whose address may be the trouble.
    pub fn refusal_class_of(&self, recipient: &EmailAddress) -> RefusalClass {
        match &self.kind {
            SmtpFaultKind::Answer { code, text } => {
                RefusalClass::of_recipient(self.step, Answer { code: *code, text }, recipient)
            }
            _ => self.refusal_class(),
        }
    }

    /// What happened to a letter to this recipient, and what to do.
    pub fn told_of(&self, recipient: &EmailAddress, language: Language) -> String {
        let class = self.refusal_class_of(recipient);
        if class == self.refusal_class() {
            return self.told(language);
        }
        format!("{} {}", self.what(language), class.told(language))
    }

    fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether the provider wants a password of its own for programs.
    fn wants_app_password(&self) -> bool {
        const PROVIDERS: &[&str] = &[
            "gmail.com",
            "googlemail.com",
            "yahoo.co.jp",
            "yahoo.com",
            "mail.me.com",
            "icloud.com",
            "aol.com",
        ];
        let host = self.host.to_ascii_lowercase();
        PROVIDERS.iter().any(|provider| {
            host.strip_suffix(provider)
                .is_some_and(|front| front.is_empty() || front.ends_with('.'))
        })
    }

    fn answer_told(&self, language: Language, code: u16, text: &str) -> String {
        let answer = format!("{code} {text}");
        let said = words::answer_at(language, &step_told(self.step, language), answer.trim_end());
        let (server, said) = (self.server(), said.as_str());
        match (self.step, self.verdict()) {
            (Step::Authentication, _) if code >= 500 => words::login_refused(language, &server, said),
            (_, Verdict::ServerTrouble) if code == 530 => words::login_wanted(language, &server, said),
            (_, Verdict::ServerTrouble) if code < 500 => words::come_back(language, &server, said),
            (_, Verdict::ServerTrouble) => words::refuses_us(language, &server, said),
            (_, Verdict::Refused) => words::letter_refused(language, said),
            (_, Verdict::Again | Verdict::Accepted) => words::come_back(language, &server, said),
        }
    }

    fn answer_advice(&self, language: Language, code: u16) -> String {
        match (self.step, self.verdict()) {
            (Step::Authentication, _) if code >= 500 && self.wants_app_password() => {
                words::app_password_advice(language)
            }
            (Step::Authentication, _) if code >= 500 => words::login_refused_advice(language),
            (_, Verdict::ServerTrouble) if code == 530 => words::login_wanted_advice(language),
            (_, Verdict::ServerTrouble) if code >= 500 => words::refuses_us_advice(language),
            (_, Verdict::Refused) => self.refusal_class().told(language),
            _ => words::wait_advice(language),
        }
    }
}

impl Told for SmtpFault {
    fn what(&self, language: Language) -> String {
        let server = self.server();
        let step = || step_told(self.step, language);
        match &self.kind {
            SmtpFaultKind::HostUnknown => words::host_unknown(language, &self.host),
            SmtpFaultKind::NotReached(detail) => words::not_reached(language, &server, detail),
            SmtpFaultKind::TimedOut => words::timed_out(language, &server, &step()),
            SmtpFaultKind::ConnectionLost => words::connection_lost(language, &server, &step()),
            SmtpFaultKind::NotTls => words::not_tls(language, &server),
            SmtpFaultKind::NoStartTls => words::no_starttls(language, &server),
            SmtpFaultKind::CertificateExpired => words::certificate_expired(language, &self.host),
            SmtpFaultKind::CertificateForeign => words::certificate_foreign(language, &self.host),
            SmtpFaultKind::CertificateWrongName => words::certificate_wrong_name(language, &self.host),
            SmtpFaultKind::Tls(detail) => words::tls_failed(language, &server, detail),
            SmtpFaultKind::ExtraCa { file, detail } => words::extra_ca(language, file, detail),
            SmtpFaultKind::NoPassword => words::no_password(language, &self.host),
            SmtpFaultKind::NoMechanism => words::no_mechanism(language, &server),
            SmtpFaultKind::NoSmtpUtf8 => words::no_smtputf8(language, &server),
            SmtpFaultKind::Answer { code, text } => self.answer_told(language, *code, text),
            SmtpFaultKind::Garbled => words::garbled(language, &server, &step()),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        let is_unreached = self.step == Step::Connect;
        Some(match &self.kind {
            SmtpFaultKind::HostUnknown => words::host_unknown_advice(language),
            SmtpFaultKind::NotReached(_) | SmtpFaultKind::TimedOut if is_unreached && self.port == 25 => {
                words::port_25_advice(language)
            }
            SmtpFaultKind::NotReached(_) => words::not_reached_advice(language),
            SmtpFaultKind::TimedOut if is_unreached => words::not_reached_advice(language),
            SmtpFaultKind::TimedOut if self.step == Step::Greeting => {
                words::greeting_timed_out_advice(language)
            }
            SmtpFaultKind::TimedOut | SmtpFaultKind::ConnectionLost => words::wait_advice(language),
            SmtpFaultKind::NotTls => words::not_tls_advice(language),
            SmtpFaultKind::NoStartTls => words::no_starttls_advice(language),
            SmtpFaultKind::CertificateExpired => words::certificate_expired_advice(language),
            SmtpFaultKind::CertificateForeign => words::certificate_foreign_advice(language),
            SmtpFaultKind::CertificateWrongName => words::certificate_wrong_name_advice(language),
            SmtpFaultKind::Tls(_) => words::not_reached_advice(language),
            SmtpFaultKind::ExtraCa { .. } => words::extra_ca_advice(language),
            SmtpFaultKind::NoPassword => words::no_password_advice(language),
            SmtpFaultKind::NoMechanism => words::no_mechanism_advice(language),
            SmtpFaultKind::NoSmtpUtf8 => RefusalClass::Unwritable.what_to_do(language)?,
            SmtpFaultKind::Answer { code, .. } => self.answer_advice(language, *code),
            SmtpFaultKind::Garbled => words::garbled_advice(language),
        })
    }
}

fn step_told(step: Step, language: Language) -> String {
    match step {
        Step::Connect => words::step_connect(language),
        Step::Tls | Step::StartTls => words::step_tls(language),
        Step::Greeting => words::step_greeting(language),
        Step::Hello => words::step_hello(language),
        Step::Authentication => words::step_login(language),
        Step::MailFrom => words::step_sender(language),
        Step::Recipient => words::step_recipient(language),
        Step::Data | Step::Content => words::step_content(language),
    }
}

impl SmtpFaultKind {
    /// The kind of a failure of the socket or of TLS on it.
    pub(super) fn of_io(error: &io::Error) -> SmtpFaultKind {
        match TlsTrouble::of(error) {
            TlsTrouble::NotTls => SmtpFaultKind::NotTls,
            TlsTrouble::Expired | TlsTrouble::NotYetValid => SmtpFaultKind::CertificateExpired,
            TlsTrouble::UnknownIssuer => SmtpFaultKind::CertificateForeign,
            TlsTrouble::WrongHost(_) => SmtpFaultKind::CertificateWrongName,
            TlsTrouble::BadCertificate(detail) | TlsTrouble::Other(detail) => SmtpFaultKind::Tls(detail),
            TlsTrouble::Closed => match error.kind() {
                io::ErrorKind::TimedOut => SmtpFaultKind::TimedOut,
                io::ErrorKind::InvalidData => SmtpFaultKind::Garbled,
                _ => SmtpFaultKind::ConnectionLost,
            },
        }
    }

    /// The kind of a fault found while TLS was set up, before any connection.
    pub(super) fn of_setup(fault: TlsSetupFault) -> SmtpFaultKind {
        match fault {
            TlsSetupFault::ExtraCaFile { file, reason } => SmtpFaultKind::ExtraCa { file, detail: reason },
            TlsSetupFault::Platform(detail) => SmtpFaultKind::Tls(detail),
        }
    }
}
