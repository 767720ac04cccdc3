//! Sending: finished bytes from the outbox to the SMTP server.
//!
//! [`Mailer`] is the mailbox's way out. It opens as many connections as the settings allow, reuses them, and tells of
//! each letter whether it was accepted, is to be tried again, or was refused, and of the server when it is in trouble.
//!
//! 1. `dial`: name look-up, TCP, TLS; STARTTLS is required where it is set, never opportunistic.
//! 2. `wire`: the stream under lettre, with time-outs and the server's true words.
//! 3. `session`: EHLO (`extensions`), AUTH, and letters one after the other.
//! 4. `pool`: several sessions at once.
//! 5. [`SmtpFault`]: what went wrong, told with what to do.
//!
//! In EHLO we name ourselves `[127.0.0.1]`, an address literal as RFC 5321 section 4.1.4 wants it from a host without a
//! name of its own: the name of the shop's computer is nobody's business and often no valid host name.
//!
//! Invariant: whatever the server does or leaves undone, a send ends within a multiple of the time-out; and dropping a
//! send closes its connection, so that no later letter is taken for the rest of an earlier one.

mod dial;
mod extensions;
mod fault;
mod pool;
mod reply;
mod session;
mod wire;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::future::join_all;
use karamail_core::address::EmailAddress;
use karamail_core::compose::clean;
use karamail_core::delivery::{Step, Verdict};
use karamail_core::limits::{SMTP_ANSWER_CHARACTERS, SMTP_IDLE};

pub use self::fault::{SmtpFault, SmtpFaultKind};
use crate::config::{Security, SmtpAuthentication, SmtpSettings};
use crate::milestone::{Watch, nobody};
use crate::secrets::Credentials;
use crate::smtp::dial::Target;
use crate::smtp::pool::Pool;
use crate::smtp::reply::Reply;
use crate::smtp::session::{Login, Session};
use crate::tls;

const HELLO_ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// [`HELLO_ADDRESS`] as an address literal.
const HELLO_NAME: &str = "[127.0.0.1]";

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The server has taken responsibility for it.
    Accepted {
        /// The server's words, cleaned and bounded; often its queue number.
        answer: String,
    },
    /// Not now; try again later with the same bytes. After a connection lost at the end it may have been accepted.
    Again {
        /// Why.
        fault: SmtpFault,
    },
    /// Refused for good.
    Refused {
        /// Why; [`SmtpFault::refusal_class`] says it in the shop's terms.
        fault: SmtpFault,
    },
    /// The server is in trouble or refuses us; this says nothing about the letter, and the next would most likely fare
    /// the same. From [`Step::Recipient`] on a recipient had been named, so another letter must be tried before this
    /// one, or a single odd recipient could hold up all the others.
    ServerTrouble {
        /// Why.
        fault: SmtpFault,
    },
}

/// Sends the letters of one mailbox. Any number of sends may be under way at once; those beyond
/// [`Mailer::connections`] wait their turn.
pub struct Mailer {
    target: Target,
    login: Option<Login>,
    pool: Arc<Pool>,
    connections: usize,
}

impl Mailer {
    /// Prepares sending; connects to nothing yet. Fails where the settings need a password and `credentials` is None, or
    /// where the file of extra certificates cannot be used. Reads the system's certificates, which takes some
    /// milliseconds.
    pub fn new(settings: &SmtpSettings, credentials: Option<&Credentials>) -> Result<Mailer, SmtpFault> {
        let server = (settings.host.as_str(), settings.port);
        let tls = match settings.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(
                tls::client_config(settings.extra_ca_file.as_deref())
                    .map_err(|fault| SmtpFault::new(server, Step::Tls, SmtpFaultKind::of_setup(fault)))?,
            ),
        };
        let login = match (settings.authentication, credentials) {
            (SmtpAuthentication::None | SmtpAuthentication::PopBeforeSmtp, _) => None,
            (SmtpAuthentication::Password, Some(credentials)) => Some(Login {
                credentials: credentials.clone(),
                mechanism: settings.mechanism,
            }),
            (SmtpAuthentication::Password, None) => {
                return Err(SmtpFault::new(
                    server,
                    Step::Authentication,
                    SmtpFaultKind::NoPassword,
                ));
            }
        };
        let connections = usize::try_from(settings.connections.max(1)).unwrap_or(1);
        Ok(Mailer {
            target: Target {
                host: settings.host.clone(),
                port: settings.port,
                security: settings.security,
                timeout: settings.timeout,
                tls,
                pipelines: AtomicBool::new(true),
            },
            login,
            pool: Pool::new(connections, SMTP_IDLE),
            connections,
        })
    }

    /// How many connections it uses at most; more sends at once gain nothing.
    pub fn connections(&self) -> usize {
        self.connections
    }

    /// Sends finished bytes (CRLF line ends) to one recipient. Waits for a free
    /// connection. The send interval of the settings is the caller's, who knows when the last letter went out.
    pub async fn send(&self, from: &EmailAddress, to: &EmailAddress, bytes: &[u8]) -> SendOutcome {
        match self.try_send(from, to, bytes).await {
            Ok(reply) => SendOutcome::Accepted {
                answer: clean::one_line(&reply.text(), SMTP_ANSWER_CHARACTERS),
            },
            Err(fault) => match fault.verdict() {
                Verdict::Refused => SendOutcome::Refused { fault },
                Verdict::ServerTrouble => SendOutcome::ServerTrouble { fault },
                Verdict::Again | Verdict::Accepted => SendOutcome::Again { fault },
            },
        }
    }

    /// Connects, logs in and says goodbye, on a connection of its own; sends nothing.
    pub async fn test(&self) -> Result<(), SmtpFault> {
        let session = Session::open(&self.target, self.login.as_ref(), &nobody).await?;
        session.quit().await;
        Ok(())
    }

    /// Sends one letter over a connection of its own, telling of each milestone on the way; the server's words of
    /// acceptance, cleaned and bounded.
    ///
    /// # Errors
    /// Whatever went wrong, for the server or for the letter.
    pub async fn send_watched(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
        watch: &Watch<'_>,
    ) -> Result<String, SmtpFault> {
        let session = Session::open(&self.target, self.login.as_ref(), watch).await?;
        let (session, result) = self.send_in(session, from, to, bytes).await?;
        session.quit().await;
        result.map(|reply| clean::one_line(&reply.text(), SMTP_ANSWER_CHARACTERS))
    }

    /// Closes the connections that have nothing to do, with QUIT. They close by themselves after
    /// [`SMTP_IDLE`] too.
    pub async fn close_idle(&self) {
        join_all(self.pool.take_all().into_iter().map(Session::quit)).await;
    }

    async fn try_send(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
    ) -> Result<Reply, SmtpFault> {
        let _permit = self.pool.permit().await;
        if let Some(mut session) = self.pool.take()
            && session.reset(&self.target).await.is_ok()
        {
            match self.send_through(session, from, to, bytes).await {
                // The server hung up or forgot us while the session rested, before it heard of this letter.
                Err(fault) if went_stale(&fault) => {}
                result => return result,
            }
        }
        let session = Session::open(&self.target, self.login.as_ref(), &nobody).await?;
        self.send_through(session, from, to, bytes).await
    }

    /// Sends through a session. Where its pipelined envelope came to nothing, once more through another one, command by
    /// command: no content has gone out.
    async fn send_in(
        &self,
        mut session: Session,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
    ) -> Result<(Session, Result<Reply, SmtpFault>), SmtpFault> {
        let mut result = session.send(&self.target, from, to, bytes).await;
        if session.pipelined_in_vain {
            session = Session::open(&self.target, self.login.as_ref(), &nobody).await?;
            result = session.send(&self.target, from, to, bytes).await;
        }
        Ok((session, result))
    }

    /// Sends through a session and lets it rest afterwards if it can go on. A send that is dropped drops it.
    async fn send_through(
        &self,
        session: Session,
        from: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
    ) -> Result<Reply, SmtpFault> {
        let (session, result) = self.send_in(session, from, to, bytes).await?;
        let is_in_trouble = result
            .as_ref()
            .err()
            .is_some_and(|fault| fault.verdict() == Verdict::ServerTrouble);
        if session.is_usable() && !is_in_trouble {
            self.pool.put_back(session);
        }
        result
    }
}

/// Whether a rested session is to blame. A time-out is not: the server is there and hangs, and would again.
fn went_stale(fault: &SmtpFault) -> bool {
    fault.step() == Step::MailFrom
        && fault.verdict() == Verdict::ServerTrouble
        && *fault.kind() != SmtpFaultKind::TimedOut
}

#[cfg(test)]
mod tests;
