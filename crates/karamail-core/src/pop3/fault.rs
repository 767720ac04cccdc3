//! What can go wrong in a POP3 session, at which step, and whether it is worth trying again.

use std::fmt;
use std::time::Duration;

use super::sasl::Mechanism;
use crate::address::is_blank;
use crate::limits::POP3_SAID_CHARACTERS;

/// The step of a session that was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Name resolution and the TCP connection.
    Connect,
    /// The TLS handshake, at once or after STLS.
    TlsHandshake,
    /// Waiting for the server's greeting.
    Greeting,
    /// CAPA (RFC 2449).
    Capa,
    /// STLS (RFC 2595).
    Stls,
    /// UTF8 (RFC 6856).
    Utf8,
    /// USER or PASS.
    UserPass,
    /// APOP.
    Apop,
    /// AUTH with this mechanism (RFC 5034).
    Auth(Mechanism),
    /// STAT.
    Stat,
    /// LIST.
    List,
    /// UIDL.
    Uidl,
    /// TOP.
    Top,
    /// RETR.
    Retr,
    /// DELE.
    Dele,
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// QUIT; deletions are not believed when it fails.
    Quit,
}

/// The command's name on the wire, or the name of the step in English.
impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Step::Connect => "connect",
            Step::TlsHandshake => "TLS handshake",
            Step::Greeting => "greeting",
            Step::Capa => "CAPA",
            Step::Stls => "STLS",
            Step::Utf8 => "UTF8",
            Step::UserPass => "USER/PASS",
            Step::Apop => "APOP",
            Step::Auth(mechanism) => return write!(formatter, "AUTH {mechanism}"),
            Step::Stat => "STAT",
            Step::List => "LIST",
            Step::Uidl => "UIDL",
            Step::Top => "TOP",
            Step::Retr => "RETR",
            Step::Dele => "DELE",
            Step::Rset => "RSET",
            Step::Noop => "NOOP",
            Step::Quit => "QUIT",
        })
    }
}

/// What went wrong. Each variant needs other advice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The name resolution gave no address.
    #[error("host name unknown ({0})")]
    HostUnknown(String),
    /// The host answers, nothing listens on the port.
    #[error("connection refused")]
    ConnectionRefused,
    /// The operating system could not connect for another reason.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// No TCP connection within the connect time limit.
    #[error("no connection within {0:?}")]
    ConnectTimedOut(Duration),
    /// TLS was spoken to a port that answers in plain text.
    #[error("the port does not speak TLS")]
    PlainServerOnTls,
    /// Plain text was spoken to a port that expects TLS at once.
    #[error("the port speaks TLS")]
    TlsServerOnPlain,
    /// The certificate is past its last day.
    #[error("certificate expired")]
    CertificateExpired,
    /// The certificate's first day is still to come: usually the PC's clock is wrong.
    #[error("certificate not yet valid")]
    CertificateNotYetValid,
    /// Nobody we trust signed the certificate.
    #[error("certificate of an unknown issuer")]
    CertificateForeign,
    /// The certificate is for other host names; they are given where known.
    #[error("certificate of another host ({0})")]
    CertificateWrongHost(String),
    /// Any other fault of the certificate.
    #[error("certificate not acceptable: {0}")]
    CertificateBad(String),
    /// The handshake failed for another reason.
    #[error("TLS failed: {0}")]
    TlsFailed(String),
    /// TLS could not be set up on our side, or the extra CA file cannot be used.
    #[error("TLS cannot be set up: {0}")]
    TlsSetup(String),
    /// The server's capabilities do not list STLS; somebody on the way may have removed it.
    #[error("STLS is not offered")]
    StlsNotOffered,
    /// The server refused STLS.
    #[error("STLS refused")]
    StlsRefused,
    /// Plain text came behind the +OK of STLS: it may have been injected on the way.
    #[error("plain text after the +OK of STLS")]
    PlaintextAfterStls,
    /// The server takes passwords over encrypted connections only.
    #[error("the server demands encryption before login")]
    EncryptionRequired,
    /// No way to log in that both sides have; holds what the server offers.
    #[error("no common way to log in (offered: {0})")]
    NoCommonMechanism(String),
    /// APOP is set, but the greeting holds no (sound) timestamp.
    #[error("the greeting has no APOP timestamp")]
    ApopNotOffered,
    /// User name or password is empty or holds what POP3 cannot carry.
    #[error("user name or password cannot be sent")]
    CredentialsUnusable,
    /// The user name or password is wrong.
    #[error("user name or password refused")]
    WrongPassword,
    /// The provider wants an app password instead of the account's own.
    #[error("the provider wants an app password")]
    AppPasswordNeeded,
    /// Another session holds the mailbox.
    #[error("mailbox in use")]
    InUse,
    /// Logged in too often.
    #[error("logged in too often")]
    LoginDelay,
    /// The server has a passing fault.
    #[error("the server has a temporary fault")]
    SystemTemporary,
    /// The server has a lasting fault.
    #[error("the server has a permanent fault")]
    SystemPermanent,
    /// Any other -ERR.
    #[error("refused")]
    Refused,
    /// Nothing came within the read time limit.
    #[error("no answer within {0:?}")]
    Hung(Duration),
    /// The connection ended.
    #[error("connection lost")]
    Dropped,
    /// What came is no POP3.
    #[error("the answer is not POP3")]
    Garbage,
    /// One reply went on beyond every bound.
    #[error("endless answer")]
    Endless,
    /// The session took longer than allowed.
    #[error("session longer than {0:?}")]
    SessionTimeLimit(Duration),
    /// What was fetched could not be kept on our side (such as a full disk).
    #[error("cannot keep what was fetched: {0}")]
    CannotKeep(String),
    /// The session ended at an earlier fault, or was abandoned in the middle of a reply.
    #[error("the session is over")]
    SessionOver,
}

/// Whether the same again can go well without anybody doing something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Yes: try again at the next poll.
    Again,
    /// No: somebody has to change something first. Polling may go on; the shop is told at once.
    GiveUp,
}

/// One failure: where, what, and the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The step that was under way.
    pub step: Step,
    /// What went wrong.
    pub problem: Problem,
    /// What the server said, made harmless and short; None where it said nothing.
    pub said: Option<String>,
}

impl Fault {
    /// A failure without words of the server.
    pub fn new(step: Step, problem: Problem) -> Self {
        Fault {
            step,
            problem,
            said: None,
        }
    }

    /// The same with the server's words, which are made harmless here.
    pub fn said(mut self, bytes: &[u8]) -> Self {
        self.said = Some(quoted(bytes)).filter(|text| !text.is_empty());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.step, self.problem)?;
        match &self.said {
            Some(said) => write!(formatter, " (server: {said})"),
            None => Ok(()),
        }
    }
}

/// A session that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("POP3 {host}:{port}: {fault}")]
pub struct Pop3Error {
    /// The server's name as in the settings.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What happened.
    pub fault: Fault,
}

impl Pop3Error {
    /// The step that was under way.
    pub fn step(&self) -> Step {
        self.fault.step
    }

    /// What went wrong.
    pub fn problem(&self) -> &Problem {
        &self.fault.problem
    }

    /// Whether the same again can go well without anybody doing something.
    pub fn again_or_give_up(&self) -> Retry {
        match self.fault.problem {
            Problem::HostUnknown(_)
            | Problem::ConnectionRefused
            | Problem::Unreachable(_)
            | Problem::ConnectTimedOut(_)
            | Problem::TlsFailed(_)
            | Problem::InUse
            | Problem::LoginDelay
            | Problem::SystemTemporary
            | Problem::Hung(_)
            | Problem::Dropped
            | Problem::Garbage
            | Problem::Endless
            | Problem::SessionTimeLimit(_)
            | Problem::CannotKeep(_)
            | Problem::SessionOver => Retry::Again,
            // An -ERR in mid-session is mostly the server's bad day; one at the greeting or login is not.
            Problem::Refused => match self.fault.step {
                Step::UserPass | Step::Apop | Step::Auth(_) => Retry::GiveUp,
                _ => Retry::Again,
            },
            Problem::PlainServerOnTls
            | Problem::TlsServerOnPlain
            | Problem::CertificateExpired
            | Problem::CertificateNotYetValid
            | Problem::CertificateForeign
            | Problem::CertificateWrongHost(_)
            | Problem::CertificateBad(_)
            | Problem::TlsSetup(_)
            | Problem::StlsNotOffered
            | Problem::StlsRefused
            | Problem::PlaintextAfterStls
            | Problem::EncryptionRequired
            | Problem::NoCommonMechanism(_)
            | Problem::ApopNotOffered
            | Problem::CredentialsUnusable
            | Problem::WrongPassword
            | Problem::AppPasswordNeeded
            | Problem::SystemPermanent => Retry::GiveUp,
        }
    }
}

/// What is wrong with one mail; the session goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The server answered -ERR for this mail.
    #[error("{step} refused: {said}")]
    Refused {
        /// TOP, RETR or DELE.
        step: Step,
        /// What the server said, harmless and short; may be empty.
        said: String,
    },
    /// The header block is longer than [`crate::limits::POP3_HEADER_BYTES`]; what was kept of it is here.
    #[error("the header is too long")]
    HeaderCut {
        /// The first [`crate::limits::POP3_HEADER_BYTES`] bytes.
        bytes: Vec<u8>,
    },
    /// RETR brought another mail than TOP had shown under that number.
    #[error("RETR brought another mail")]
    AnotherMail,
}

/// A server's words for people and logs: line ends, escapes and direction marks gone, at most
/// [`POP3_SAID_CHARACTERS`] characters.
pub fn quoted(bytes: &[u8]) -> String {
    let bytes = bytes.get(..POP3_SAID_CHARACTERS * 4).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut clean = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    match clean.char_indices().nth(POP3_SAID_CHARACTERS) {
        Some((end, _)) => {
            clean.truncate(end);
            clean.push('…');
            clean
        }
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_can_do_no_harm_where_they_are_shown() {
        assert_eq!(quoted(b"\x1b[31mno\r\n\tway\0\x07"), "[31mno way");
        assert_eq!(quoted("a\u{202e}b\u{200b}c".as_bytes()), "a b c");
        assert_eq!(quoted(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(quoted(&[b'x'; 100_000]).chars().count(), POP3_SAID_CHARACTERS + 1);
    }
}
