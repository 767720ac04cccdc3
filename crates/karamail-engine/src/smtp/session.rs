//! One SMTP session: login, letters one after the other, QUIT.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karamail_core::address::EmailAddress;
use karamail_core::delivery::Step;
use karamail_core::limits::{SMTP_COMMAND_BYTES, SMTP_QUIT, SMTP_SLOWEST_LINE};
use karamail_core::pop3::cram_md5_answer;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use crate::config::{Security, SmtpMechanism};
use crate::milestone::{Milestone, Watch};
use crate::secrets::Credentials;
use crate::smtp::HELLO_ADDRESS;
use crate::smtp::dial::Target;
use crate::smtp::extensions::Extensions;
use crate::smtp::fault::{SmtpFault, SmtpFaultKind};
use crate::smtp::reply::{Heard, Reply};
use crate::smtp::wire::{LastAnswer, Wire};

/// The login to use with AUTH.
pub(super) struct Login {
    pub(super) credentials: Credentials,
    pub(super) mechanism: SmtpMechanism,
}

/// A session in which a letter can be sent.
///
/// Dropping it closes the connection, which ends whatever was under way; only [`Session::send`] tells whether it may be
/// used again.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    last_answer: LastAnswer,
    extensions: Extensions,
    /// A letter was begun and not finished: RSET comes before the next.
    unfinished: bool,
    /// The server spoke out of turn or hung up; nothing more can be said.
    broken: bool,
    /// An envelope went out in one piece and its answers were not all heard: it is to be tried again command by command.
    /// No content went out.
    pub(super) pipelined_in_vain: bool,
    /// When it last had work.
    pub(super) rested_since: Instant,
}

/// A command line; lettre writes whatever can be displayed.
struct Line<'a>(&'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\r\n", self.0)
    }
}

impl Session {
    /// Connects, greets and logs in. Every failure is about us or the server, never about a letter.
    ///
    /// Servers from before RFC 1869 do not know EHLO. They get HELO (RFC 5321 section 4.1.1.1) where neither TLS nor a
    /// login is wanted, which both need EHLO.
    pub(super) async fn open(
        target: &Target,
        login: Option<&Login>,
        watch: &Watch<'_>,
    ) -> Result<Session, SmtpFault> {
        match Session::attempt(target, login, watch, false).await {
            Err(fault) if login.is_none() && target.security == Security::None && is_ehlo_unknown(&fault) => {
                let again = Session::attempt(target, None, watch, true).await;
                again.map_err(|_| fault)
            }
            result => result,
        }
    }

    async fn attempt(
        target: &Target,
        login: Option<&Login>,
        watch: &Watch<'_>,
        says_helo: bool,
    ) -> Result<Session, SmtpFault> {
        let dialled = target.dial(watch).await?;
        let primed: &'static [u8] = if dialled.greeted { b"220 \r\n" } else { b"" };
        let (wire, last_answer) = Wire::new(dialled.stream, dialled.peer, primed, says_helo, target.timeout);
        let hello = ClientId::Ipv4(HELLO_ADDRESS);
        // Greeting and EHLO are one call to lettre; each read in it is bounded by the wire, both by the time here.
        let opening = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello);
        let opened = timeout(target.timeout * 2, opening).await;
        let heard = Reply::read(&last_answer.bytes());
        let step = if last_answer.has_written() {
            Step::Hello
        } else {
            Step::Greeting
        };
        let connection = match opened {
            Err(_) => return Err(target.fault(step, SmtpFaultKind::TimedOut)),
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(opening_fault(target, step, &error, heard)),
        };
        let Heard::Whole(hello, 0) = heard else {
            return Err(target.fault(Step::Hello, SmtpFaultKind::Garbled));
        };
        let mut session = Session {
            connection,
            last_answer,
            extensions: Extensions::of(&hello),
            unfinished: false,
            broken: false,
            pipelined_in_vain: false,
            rested_since: Instant::now(),
        };
        if let Some(login) = login {
            session.log_in(target, login).await?;
        }
        watch(Milestone::LoggedIn);
        Ok(session)
    }

    /// Clears away a letter that was begun and not finished. Where that fails the session is of no more use.
    pub(super) async fn reset(&mut self, target: &Target) -> Result<(), SmtpFault> {
        if std::mem::take(&mut self.unfinished) {
            self.expect(target, Step::MailFrom, "RSET", 2).await?;
        }
        Ok(())
    }

    /// Sends one letter through a session that [`Session::reset`]; the answer is the server's acceptance.
    pub(super) async fn send(
        &mut self,
        target: &Target,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
    ) -> Result<Reply, SmtpFault> {
        let parameters = self.parameters(from, to, bytes);
        let Some(parameters) = parameters else {
            return Err(target.fault(Step::Recipient, SmtpFaultKind::NoSmtpUtf8));
        };
        self.unfinished = true;
        let envelope = [
            (
                Step::MailFrom,
                format!("MAIL FROM:<{}>{parameters}", from.to_envelope()),
                2,
            ),
            (Step::Recipient, format!("RCPT TO:<{}>", to.to_envelope()), 2),
            (Step::Data, "DATA".to_owned(), 3),
        ];
        if self.extensions.pipelining && target.pipelines.load(Ordering::Relaxed) {
            let heard = self.expect_all(target, &envelope).await;
            if self.pipelined_in_vain {
                target.pipelines.store(false, Ordering::Relaxed);
            }
            heard?;
        } else {
            for (step, line, class) in &envelope {
                self.expect(target, *step, line, *class).await?;
            }
        }
        // lettre ends the content with a line end of its own.
        let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let slowest = Duration::from_secs(content.len() as u64 / SMTP_SLOWEST_LINE);
        let result = timeout(target.timeout * 2 + slowest, self.connection.message(content)).await;
        if matches!(&result, Ok(Err(_))) && Reply::read(&self.last_answer.bytes()) == Heard::Incomplete {
            // A server may refuse in mid-content and hang up; its words can still be there to read.
            let _ = timeout(SMTP_QUIT, self.connection.read_response()).await;
            self.broken = true;
        }
        let heard = Reply::read(&self.last_answer.bytes());
        let reply = self.settle(target, Step::Content, result, heard, true)?;
        if !reply.is_success() {
            return Err(target.answer_fault(Step::Content, &reply));
        }
        self.unfinished = false;
        self.rested_since = Instant::now();
        Ok(reply)
    }

    /// Whether another letter can go through it.
    pub(super) fn is_usable(&self) -> bool {
        !self.broken
    }

    /// Says goodbye. The answer changes nothing, so it is not waited for long.
    pub(super) async fn quit(mut self) {
        if !self.broken {
            let _ = timeout(SMTP_QUIT, self.connection.command(Line("QUIT"))).await;
        }
    }

    /// The parameters of MAIL FROM; None where the letter needs SMTPUTF8 and the server has not got it.
    fn parameters(&self, from: &EmailAddress, to: &EmailAddress, bytes: &[u8]) -> Option<String> {
        let mut parameters = String::new();
        if self.extensions.size {
            parameters.push_str(&format!(" SIZE={}", bytes.len()));
        }
        // Without 8BITMIME the bytes go out all the same (docs/decisions/0020-forwards-arrive-byte-for-byte.md).
        if !bytes.is_ascii() && self.extensions.eight_bit {
            parameters.push_str(" BODY=8BITMIME");
        }
        if !(from.is_ascii() && to.is_ascii()) {
            if !self.extensions.smtp_utf8 {
                return None;
            }
            parameters.push_str(" SMTPUTF8");
        }
        Some(parameters)
    }

    async fn log_in(&mut self, target: &Target, login: &Login) -> Result<(), SmtpFault> {
        let mut refusal = target.fault(Step::Authentication, SmtpFaultKind::NoMechanism);
        let mut is_refused = false;
        for mechanism in self.extensions.ways(login.mechanism, target.security) {
            let reply = match self.try_mechanism(target, login, mechanism).await {
                Ok(reply) => reply,
                // Some servers hang up on a second try; what they said to the first is what matters.
                Err(fault) => return Err(if is_refused { refusal } else { fault }),
            };
            if reply.code == 235 {
                return Ok(());
            }
            refusal = target.answer_fault(Step::Authentication, &reply);
            is_refused = true;
            // Some servers list a mechanism and do not do it, or not for the form in which they keep this password.
            let is_undone = matches!(reply.code, 500..=504)
                || (mechanism == SmtpMechanism::CramMd5 && reply.code / 100 == 5);
            if !is_undone || self.broken {
                break;
            }
        }
        Err(refusal)
    }

    /// One AUTH exchange (RFC 4954); the reply ends it, for better or worse.
    async fn try_mechanism(
        &mut self,
        target: &Target,
        login: &Login,
        mechanism: SmtpMechanism,
    ) -> Result<Reply, SmtpFault> {
        let (user, password) = (
            login.credentials.user.as_str(),
            login.credentials.password.expose(),
        );
        let lines = match mechanism {
            SmtpMechanism::CramMd5 => {
                let reply = self.ask(target, Step::Authentication, "AUTH CRAM-MD5").await?;
                if reply.code != 334 {
                    return Ok(reply);
                }
                let challenge = reply.lines.first().map_or("", String::as_str);
                // A star takes the exchange back (RFC 4954 section 4).
                vec![cram_md5_answer(challenge, user, password).unwrap_or_else(|| "*".to_owned())]
            }
            SmtpMechanism::Login => {
                vec![
                    "AUTH LOGIN".to_owned(),
                    STANDARD.encode(user),
                    STANDARD.encode(password),
                ]
            }
            SmtpMechanism::XOAuth2 => {
                let token = format!("user={user}\u{1}auth=Bearer {password}\u{1}\u{1}");
                // A refusal comes as a challenge with the details; an empty line fetches the answer itself.
                let mut lines = with_initial_response("XOAUTH2", &token);
                lines.push(String::new());
                lines
            }
            SmtpMechanism::Auto | SmtpMechanism::Plain => {
                with_initial_response("PLAIN", &format!("\0{user}\0{password}"))
            }
        };
        let mut reply = None;
        for line in lines {
            let answer = self.ask(target, Step::Authentication, &line).await?;
            let goes_on = answer.code == 334;
            reply = Some(answer);
            if !goes_on {
                break;
            }
        }
        reply.ok_or_else(|| target.fault(Step::Authentication, SmtpFaultKind::Garbled))
    }

    /// Sends a command and wants an answer of the given class.
    async fn expect(&mut self, target: &Target, step: Step, line: &str, class: u16) -> Result<(), SmtpFault> {
        let reply = self.ask(target, step, line).await?;
        self.check(target, step, &reply, class)
    }

    /// Sends commands together and hears every answer (RFC 2920); the first that is not of its class is the fault.
    ///
    /// DATA may be among them as the last one. Where it is granted although an earlier command was refused, the
    /// session ends: nothing is sent that somebody could take for a letter.
    async fn expect_all(
        &mut self,
        target: &Target,
        commands: &[(Step, String, u16)],
    ) -> Result<(), SmtpFault> {
        let lines: Vec<&str> = commands.iter().map(|(_, line, _)| line.as_str()).collect();
        let together = lines.join("\r\n");
        let mut fault = None;
        for (before, (step, _, class)) in commands.iter().enumerate() {
            let result = match before {
                0 => timeout(target.timeout, self.connection.command(Line(&together))).await,
                _ => timeout(target.timeout, self.connection.read_response()).await,
            };
            let is_last = before + 1 == commands.len();
            let heard = Reply::read_behind(&self.last_answer.bytes(), before);
            // lettre may leave an answer that it cannot parse at its first line. What it still holds of it would be taken
            // for the answer to the content, so none is sent.
            let is_unparsed = matches!(&result, Ok(Err(error)) if error.status().is_none());
            let is_one_line = matches!(
                &heard,
                Heard::Whole(reply, _) if reply.lines.len() == 1 && reply.text().len() <= SMTP_COMMAND_BYTES
            );
            let is_granted = matches!(&heard, Heard::Whole(reply, _) if reply.code < 400);
            if is_unparsed && !is_one_line {
                self.broken = true;
                self.pipelined_in_vain |= fault.is_none() && is_granted;
            }
            let checked = match self.settle(target, *step, result, heard, is_last) {
                Ok(reply) => {
                    self.broken |= fault.is_some() && reply.code / 100 == 3;
                    self.check(target, *step, &reply, *class)
                }
                // Nothing more can be heard.
                Err(lost) => {
                    let Some(fault) = fault else {
                        // Something between us and the server may pass its EHLO on and take one command at a time. A
                        // rested session that was closed shows nothing of that.
                        self.pipelined_in_vain = match lost.kind() {
                            SmtpFaultKind::TimedOut => true,
                            SmtpFaultKind::ConnectionLost => before > 0,
                            _ => false,
                        };
                        return Err(lost);
                    };
                    // A server that refuses may hang up behind its words.
                    return Err(fault);
                }
            };
            fault = fault.or(checked.err());
        }
        fault.map_or(Ok(()), Err)
    }

    fn check(&mut self, target: &Target, step: Step, reply: &Reply, class: u16) -> Result<(), SmtpFault> {
        if reply.code / 100 == class && !self.broken {
            return Ok(());
        }
        if reply.code / 100 < 4 {
            // A success that is none here: we and the server no longer speak of the same thing.
            self.broken = true;
            return Err(target.fault(step, SmtpFaultKind::Garbled));
        }
        Err(target.answer_fault(step, reply))
    }

    async fn ask(&mut self, target: &Target, step: Step, line: &str) -> Result<Reply, SmtpFault> {
        let result = timeout(target.timeout, self.connection.command(Line(line))).await;
        let heard = Reply::read(&self.last_answer.bytes());
        self.settle(target, step, result, heard, true)
    }

    /// Makes an answer of what lettre returned and what the wire heard. lettre's own errors are needed only where the
    /// server gave no whole answer. Behind the last answer that was asked for nothing may come.
    fn settle(
        &mut self,
        target: &Target,
        step: Step,
        result: Result<Result<Response, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>,
        heard: Heard,
        is_last: bool,
    ) -> Result<Reply, SmtpFault> {
        let kind = match (heard, &result) {
            (Heard::Whole(reply, behind), _) => {
                // 421: the server closes the connection behind this answer (RFC 5321 section 3.8).
                self.broken |= (is_last && behind > 0) || reply.code == 421;
                return Ok(reply);
            }
            (_, Err(_)) => SmtpFaultKind::TimedOut,
            (Heard::Nonsense, _) => SmtpFaultKind::Garbled,
            (Heard::Incomplete, Ok(Err(error))) => kind_of(error),
            (Heard::Incomplete, Ok(Ok(_))) => SmtpFaultKind::Garbled,
        };
        self.broken = true;
        Err(target.fault(step, kind))
    }
}

/// AUTH with the first response in it, or behind the server's word to go on where the command would be longer than
/// commands may be (RFC 4954 section 4).
fn with_initial_response(mechanism: &str, response: &str) -> Vec<String> {
    let response = STANDARD.encode(response);
    let command = format!("AUTH {mechanism} {response}");
    if command.len() + "\r\n".len() <= SMTP_COMMAND_BYTES {
        return vec![command];
    }
    vec![format!("AUTH {mechanism}"), response]
}

/// Whether the server may only lack EHLO: it says so, or hangs up on it.
fn is_ehlo_unknown(fault: &SmtpFault) -> bool {
    fault.step() == Step::Hello
        && match fault.kind() {
            SmtpFaultKind::Answer { code, .. } => matches!(code, 500..=504),
            SmtpFaultKind::ConnectionLost => true,
            _ => false,
        }
}

/// What failed before the session stood. lettre answers a refused EHLO with a QUIT of its own, so the wire may hold the
/// answer to that; what lettre read comes first.
fn opening_fault(
    target: &Target,
    step: Step,
    error: &lettre::transport::smtp::Error,
    heard: Heard,
) -> SmtpFault {
    if let Some(code) = error.status() {
        let text = std::error::Error::source(error)
            .map(ToString::to_string)
            .unwrap_or_default();
        return target.answer_fault(
            step,
            &Reply {
                code: code.into(),
                lines: vec![text],
            },
        );
    }
    match heard {
        // A code that lettre does not know.
        Heard::Whole(reply, _) if reply.code >= 400 => target.answer_fault(step, &reply),
        Heard::Whole(..) | Heard::Nonsense => target.fault(step, SmtpFaultKind::Garbled),
        Heard::Incomplete => target.fault(step, kind_of(error)),
    }
}

/// The kind of a failure that lettre met: the cause is an I/O error somewhere in its chain, or the end of the stream.
fn kind_of(error: &lettre::transport::smtp::Error) -> SmtpFaultKind {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return SmtpFaultKind::of_io(io);
        }
        cause = inner.source();
    }
    SmtpFaultKind::ConnectionLost
}
