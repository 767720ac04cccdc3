//! From the greeting to the transaction state (RFC 1939 section 4, RFC 2449, 2595, 5034, 6856).

#[cfg(test)]
mod tests;
mod ways;

use super::capabilities::Capabilities;
use super::fault::{Fault, Problem, Step};
use super::refusal::{Circumstances, login_refused, refused};
use super::reply::{Reader, Shape, StatusKind, Token, is_binary};
use super::sasl::{
    Authentication, Exchange, Identity, Mechanism, apop_digest, apop_timestamp, encode, initial_response,
};
use super::transaction::Transaction;
use crate::limits::{POP3_AUTH_COMMAND_BYTES, POP3_CAPABILITY_LINES, POP3_GREETING_LINES};
use ways::{Situation, Way};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all, by the shop's own setting.
    None,
    /// By TLS after STLS, or not used at all.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// What a login needs to know.
#[derive(Clone, Copy)]
pub struct LoginSettings<'a> {
    /// The server's host name; it tells providers with app passwords, and goes into OAUTHBEARER.
    pub host: &'a str,
    /// The server's port, for OAUTHBEARER.
    pub port: u16,
    /// The user name.
    pub user: &'a str,
    /// The password, or the access token for XOAUTH2 and OAUTHBEARER.
    pub password: &'a str,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// Which way to log in.
    pub authentication: Authentication,
    /// Whether CAPA is asked. Some servers hang up on it; then everything is tried without knowing.
    pub asks_capabilities: bool,
}

/// What the caller has to do for a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginEvent {
    /// Do the TLS handshake and call [`Login::tls_established`].
    StartTls,
    /// Logged in: call [`Login::into_transaction`].
    Ready,
}

/// A session that is not logged in yet.
pub struct Login<'a> {
    settings: LoginSettings<'a>,
    stage: Stage,
    reader: Reader,
    output: Vec<u8>,
    capabilities: Capabilities,
    /// What was known before the login, should the server not want to be asked again.
    capabilities_before: Capabilities,
    timestamp: Option<String>,
    encrypted: bool,
    /// Lines that stood between the greeting and the first reply; the last of them, for messages.
    stray_lines: u32,
    stray_line: Vec<u8>,
    /// The way to log in that is tried when the one under way is refused.
    next_way: Option<Way>,
    refusal: Option<Fault>,
    /// The last thing the server said was that it does not know CAPA.
    is_capa_refused_last: bool,
}

/// Where the login stands: which reply comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Greeting,
    Capa(Moment),
    Stls,
    Handshake,
    Utf8,
    User,
    Pass,
    Apop,
    Auth(Exchange),
    Ready,
}

/// When CAPA is asked: what is known is forgotten and asked again after TLS (RFC 2595 section 4) and after the login
/// (RFC 2449 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Greeted,
    Encrypted,
    LoggedIn,
}

impl<'a> Login<'a> {
    /// Waits for the greeting. For [`Encryption::Tls`] the handshake is over.
    pub fn new(settings: LoginSettings<'a>) -> Self {
        Login {
            settings,
            stage: Stage::Greeting,
            reader: Reader::new(),
            output: Vec::new(),
            capabilities: Capabilities::default(),
            capabilities_before: Capabilities::default(),
            timestamp: None,
            encrypted: settings.encryption == Encryption::Tls,
            stray_lines: 0,
            stray_line: Vec::new(),
            next_way: None,
            refusal: None,
            is_capa_refused_last: false,
        }
    }

    /// The bytes to send; the caller drains them. They may hold the password.
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// The step that is under way.
    pub fn step(&self) -> Step {
        match self.stage {
            Stage::Greeting => Step::Greeting,
            Stage::Capa(_) => Step::Capa,
            Stage::Stls => Step::Stls,
            Stage::Handshake => Step::TlsHandshake,
            Stage::Utf8 => Step::Utf8,
            Stage::User | Stage::Pass | Stage::Ready => Step::UserPass,
            Stage::Apop => Step::Apop,
            Stage::Auth(exchange) => Step::Auth(exchange.mechanism()),
        }
    }

    /// Takes what came from the server. Returns how many bytes of `input` are used up and, where it stopped before
    /// the end, why.
    pub fn advance(&mut self, input: &[u8]) -> Result<(usize, Option<LoginEvent>), Fault> {
        let mut rest = input;
        loop {
            if self.stage == Stage::Ready || self.stage == Stage::Handshake {
                let event = match self.stage {
                    Stage::Ready => LoginEvent::Ready,
                    _ => LoginEvent::StartTls,
                };
                return Ok((input.len() - rest.len(), Some(event)));
            }
            let shape = match self.stage {
                Stage::Capa(_) => Shape::Lines,
                _ => Shape::Single,
            };
            match self.reader.next(&mut rest, shape) {
                None => return Ok((input.len(), None)),
                Some(Token::Status(kind, text)) => {
                    let text = text.to_vec();
                    self.status(kind, &text)?;
                }
                Some(Token::Line(line)) => {
                    let line = line.to_vec();
                    self.capability_line(&line)?;
                }
                Some(Token::End) => self.capabilities_complete()?,
                Some(Token::Body(_)) => {}
            }
        }
    }

    /// The TLS handshake after STLS is over. `unread` is what came behind the +OK in plain text: it must be nothing,
    /// or somebody on the way could put replies into the encrypted session (as in CVE-2011-0411).
    pub fn tls_established(&mut self, unread: &[u8]) -> Result<(), Fault> {
        if !unread.is_empty() {
            return Err(Fault::new(Step::Stls, Problem::PlaintextAfterStls).said(unread));
        }
        self.encrypted = true;
        self.ask_capabilities(Moment::Encrypted)
    }

    /// The fault when nothing more comes: `problem` is [`Problem::Dropped`] or [`Problem::Hung`]. Where something came
    /// that is no reply, that is the fault.
    pub fn interrupted(&self, problem: Problem) -> Fault {
        let partial = self.reader.partial();
        if !partial.is_empty() && !is_reply_begun(partial) {
            return Fault::new(self.step(), Problem::Garbage).said(partial);
        }
        if !self.stray_line.is_empty() && self.stage == Stage::Capa(Moment::Greeted) {
            return Fault::new(self.step(), Problem::Garbage).said(&self.stray_line);
        }
        // Some servers hang up on a second try; what they said to the first is what matters.
        match &self.refusal {
            Some(refusal) => refusal.clone(),
            None => Fault::new(self.step(), problem).said(partial),
        }
    }

    /// Whether this failure may be the server's way to say that it does not know CAPA: it hangs up, falls silent or
    /// babbles at it. A new session that does not ask may fare better.
    pub fn may_fare_better_without_capabilities(&self, problem: &Problem) -> bool {
        match problem {
            Problem::Dropped => matches!(self.stage, Stage::Capa(_)) || self.is_capa_refused_last,
            Problem::Hung(_) | Problem::Garbage => matches!(self.stage, Stage::Capa(_)),
            _ => false,
        }
    }

    /// What the server can do, as it says now.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The session in the transaction state; None before [`LoginEvent::Ready`].
    pub fn into_transaction(self) -> Option<Transaction> {
        (self.stage == Stage::Ready).then(|| Transaction::new(self.reader, self.capabilities))
    }

    fn status(&mut self, kind: StatusKind, text: &[u8]) -> Result<(), Fault> {
        let stage = self.stage;
        self.is_capa_refused_last = matches!((stage, kind), (Stage::Capa(_), StatusKind::Err));
        match (stage, kind) {
            (Stage::Capa(Moment::Greeted), StatusKind::Other) => self.stray(text),
            (Stage::Auth(exchange), StatusKind::Continue) => self.answer_challenge(exchange, text),
            (_, StatusKind::Other | StatusKind::Continue) => {
                Err(Fault::new(self.step(), Problem::Garbage).said(text))
            }
            (_, StatusKind::Ok) => self.accepted(stage, text),
            (_, StatusKind::Err) => self.refused(stage, text),
        }
    }

    fn accepted(&mut self, stage: Stage, text: &[u8]) -> Result<(), Fault> {
        match stage {
            Stage::Greeting => {
                self.timestamp = apop_timestamp(text);
                self.ask_capabilities(Moment::Greeted)?;
            }
            Stage::Stls => self.stage = Stage::Handshake,
            Stage::Utf8 => self.start_login()?,
            Stage::User => {
                self.stage = Stage::Pass;
                self.command(&["PASS ", self.settings.password]);
            }
            Stage::Pass | Stage::Apop | Stage::Auth(_) => {
                self.refusal = None;
                if self.capabilities.known {
                    self.ask_capabilities(Moment::LoggedIn)?;
                } else {
                    self.stage = Stage::Ready;
                }
            }
            // The lines follow.
            Stage::Capa(_) | Stage::Handshake | Stage::Ready => {}
        }
        Ok(())
    }

    fn refused(&mut self, stage: Stage, text: &[u8]) -> Result<(), Fault> {
        match stage {
            Stage::Capa(moment) => {
                self.capabilities = std::mem::take(&mut self.capabilities_before);
                self.capabilities_asked(moment)
            }
            Stage::Utf8 => self.start_login(),
            Stage::Stls => Err(Fault::new(Step::Stls, Problem::StlsRefused).said(text)),
            Stage::User | Stage::Pass | Stage::Apop | Stage::Auth(_) => self.login_refused(text),
            Stage::Greeting | Stage::Handshake | Stage::Ready => Err(refused(self.step(), text)),
        }
    }

    /// A greeting may have more than one line. What is no reply and stands before the first reply belongs to it.
    fn stray(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.stray_lines += 1;
        if self.stray_lines > POP3_GREETING_LINES || line.first().is_some_and(|first| is_binary(*first)) {
            return Err(Fault::new(Step::Capa, Problem::Garbage).said(line));
        }
        self.stray_line = line.to_vec();
        Ok(())
    }

    fn capability_line(&mut self, line: &[u8]) -> Result<(), Fault> {
        let starts = |prefix: &[u8]| {
            line.get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        // No capability begins so: the +OK before was the second line of the greeting, and this is the reply.
        if starts(b"-ERR") {
            self.reader.abandon_list();
            return self.refused(self.stage, line);
        }
        if starts(b"+OK") {
            return Ok(());
        }
        if self.capabilities.listed.len() < POP3_CAPABILITY_LINES {
            self.capabilities.take_line(line);
        }
        Ok(())
    }

    fn capabilities_complete(&mut self) -> Result<(), Fault> {
        self.capabilities.known = true;
        match self.stage {
            Stage::Capa(moment) => self.capabilities_asked(moment),
            _ => Ok(()),
        }
    }

    fn ask_capabilities(&mut self, moment: Moment) -> Result<(), Fault> {
        if !self.settings.asks_capabilities {
            return self.capabilities_asked(moment);
        }
        let known = std::mem::take(&mut self.capabilities);
        if moment == Moment::LoggedIn {
            self.capabilities_before = known;
        }
        self.stage = Stage::Capa(moment);
        self.command(&["CAPA"]);
        Ok(())
    }

    fn capabilities_asked(&mut self, moment: Moment) -> Result<(), Fault> {
        match moment {
            Moment::Greeted if self.settings.encryption == Encryption::StartTls => {
                if self.capabilities.known && !self.capabilities.stls {
                    return Err(Fault::new(Step::Stls, Problem::StlsNotOffered));
                }
                self.stage = Stage::Stls;
                self.command(&["STLS"]);
                Ok(())
            }
            Moment::Greeted | Moment::Encrypted => {
                if self.capabilities.utf8 {
                    self.stage = Stage::Utf8;
                    self.command(&["UTF8"]);
                    return Ok(());
                }
                self.start_login()
            }
            Moment::LoggedIn => {
                self.stage = Stage::Ready;
                Ok(())
            }
        }
    }

    fn start_login(&mut self) -> Result<(), Fault> {
        let LoginSettings { user, password, .. } = self.settings;
        let unusable = |text: &str| text.is_empty() || text.contains(['\r', '\n', '\0']);
        if unusable(user) || unusable(password) {
            return Err(Fault::new(Step::UserPass, Problem::CredentialsUnusable));
        }
        let situation = Situation {
            authentication: self.settings.authentication,
            capabilities: &self.capabilities,
            encrypted: self.encrypted,
            has_timestamp: self.timestamp.is_some(),
        };
        let (way, next_way) = situation.ways()?;
        self.next_way = next_way;
        self.try_way(way)
    }

    fn try_way(&mut self, way: Way) -> Result<(), Fault> {
        let LoginSettings { user, password, .. } = self.settings;
        match way {
            Way::UserPass => {
                self.stage = Stage::User;
                self.command(&["USER ", user]);
            }
            Way::Apop => {
                let Some(timestamp) = &self.timestamp else {
                    return Err(Fault::new(Step::Apop, Problem::ApopNotOffered));
                };
                let digest = apop_digest(timestamp, password);
                self.stage = Stage::Apop;
                self.command(&["APOP ", user, " ", &digest]);
            }
            Way::Sasl(mechanism) => self.start_auth(mechanism),
        }
        Ok(())
    }

    fn start_auth(&mut self, mechanism: Mechanism) {
        let name = mechanism.name();
        // Servers from before RFC 5034 list no SASL and take no initial response.
        let initial = initial_response(mechanism, self.identity())
            .filter(|_| self.capabilities.sasl_listed)
            .map(|response| encode(&response))
            .filter(|response| {
                "AUTH ".len() + name.len() + 1 + response.len() + 2 <= POP3_AUTH_COMMAND_BYTES
            });
        match initial {
            Some(response) => {
                self.stage = Stage::Auth(Exchange::Answered(mechanism));
                self.command(&["AUTH ", name, " ", &response]);
            }
            None => {
                self.stage = Stage::Auth(Exchange::Waiting(mechanism));
                self.command(&["AUTH ", name]);
            }
        }
    }

    fn answer_challenge(&mut self, exchange: Exchange, challenge: &[u8]) -> Result<(), Fault> {
        let Some((answer, next)) = exchange.answer(challenge, self.identity()) else {
            return Err(Fault::new(self.step(), Problem::Garbage).said(challenge));
        };
        if let Exchange::Explained(_) = next {
            let explanation = super::sasl::decode(challenge).unwrap_or_default();
            self.refusal = Some(Fault::new(self.step(), Problem::WrongPassword).said(&explanation));
        }
        self.stage = Stage::Auth(next);
        self.command(&[&encode(&answer)]);
        Ok(())
    }

    fn login_refused(&mut self, text: &[u8]) -> Result<(), Fault> {
        let offered = self.capabilities.listed.join(", ");
        let circumstances = Circumstances {
            host: self.settings.host,
            encrypted: self.encrypted,
            offered: &offered,
        };
        let fault = login_refused(self.step(), text, circumstances);
        let may_go_on = match fault.problem {
            // Announced, but not there after all.
            Problem::NoCommonMechanism(_) => true,
            Problem::InUse | Problem::LoginDelay | Problem::SystemTemporary | Problem::SystemPermanent => {
                false
            }
            // A password that is wrong in clear is wrong; a hashed one may just not be supported for it.
            _ => !self.encrypted,
        };
        match self.next_way.take() {
            Some(way) if may_go_on => {
                self.refusal = Some(fault);
                self.try_way(way)
            }
            _ => Err(fault),
        }
    }

    fn identity(&self) -> Identity<'a> {
        Identity {
            user: self.settings.user,
            password: self.settings.password,
            host: self.settings.host,
            port: self.settings.port,
        }
    }

    fn command(&mut self, parts: &[&str]) {
        for part in parts {
            self.output.extend_from_slice(part.as_bytes());
        }
        self.output.extend_from_slice(b"\r\n");
    }
}

/// Whether an incomplete line may still become a reply.
fn is_reply_begun(partial: &[u8]) -> bool {
    let begins = |status: &[u8]| {
        let length = status.len().min(partial.len());
        partial
            .get(..length)
            .is_some_and(|head| status.starts_with(&head.to_ascii_uppercase()))
    };
    begins(b"+OK") || begins(b"-ERR") || begins(b"+ ")
}
