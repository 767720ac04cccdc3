//! From a host name to a stream in the clear: name look-up, TCP, TLS.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use karamail_core::compose::clean;
use karamail_core::delivery::Step;
use karamail_core::limits::{SMTP_ANSWER_BYTES, SMTP_ANSWER_CHARACTERS};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::Security;
use crate::milestone::{Milestone, Watch};
use crate::seams::Socket;
use crate::smtp::HELLO_NAME;
use crate::smtp::fault::{SmtpFault, SmtpFaultKind};
use crate::smtp::reply::{Heard, Reply};
use crate::smtp::wire::Clear;

/// Where to and how.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) timeout: Duration,
    /// There unless the security is none.
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// Whether commands may go out together where the server says so; no more once that came to nothing.
    pub(super) pipelines: AtomicBool,
}

/// An open stream.
pub(super) struct Dialled {
    pub(super) stream: Box<dyn Clear>,
    pub(super) peer: SocketAddr,
    /// Whether the server has greeted already, which it does only once, before STARTTLS.
    pub(super) greeted: bool,
}

impl Target {
    pub(super) fn fault(&self, step: Step, kind: SmtpFaultKind) -> SmtpFault {
        SmtpFault::new((&self.host, self.port), step, kind)
    }

    pub(super) fn answer_fault(&self, step: Step, reply: &Reply) -> SmtpFault {
        SmtpFault::answer((&self.host, self.port), step, reply)
    }

    /// Runs one step within the time-out.
    pub(super) async fn within<T>(
        &self,
        step: Step,
        work: impl Future<Output = io::Result<T>>,
    ) -> Result<T, SmtpFault> {
        match timeout(self.timeout, work).await {
            Ok(result) => result.map_err(|error| self.fault(step, SmtpFaultKind::of_io(&error))),
            Err(_) => Err(self.fault(step, SmtpFaultKind::TimedOut)),
        }
    }

    pub(super) async fn dial(&self, watch: &Watch<'_>) -> Result<Dialled, SmtpFault> {
        let (tcp, peer) = self.connect(watch).await?;
        match self.security {
            Security::None => Ok(Dialled {
                stream: Box::new(tcp),
                peer,
                greeted: false,
            }),
            Security::Tls => Ok(Dialled {
                stream: self.encrypt(tcp, watch).await?,
                peer,
                greeted: false,
            }),
            Security::StartTls => {
                let tcp = self.start_tls(tcp).await?;
                Ok(Dialled {
                    stream: self.encrypt(tcp, watch).await?,
                    peer,
                    greeted: true,
                })
            }
        }
    }

    /// Tries the addresses of the host in turn; each gets its share of the time-out, so that a network without IPv6
    /// still reaches the IPv4 address.
    async fn connect(&self, watch: &Watch<'_>) -> Result<(Socket, SocketAddr), SmtpFault> {
        let unknown = || self.fault(Step::Connect, SmtpFaultKind::HostUnknown);
        let found = timeout(self.timeout, lookup_host((self.host.as_str(), self.port))).await;
        let addresses: Vec<SocketAddr> = found.map_err(|_| unknown())?.map_err(|_| unknown())?.collect();
        watch(Milestone::Resolved(
            addresses.iter().map(SocketAddr::ip).collect(),
        ));
        let share = self.timeout / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
        let mut fault = unknown();
        for address in addresses {
            match timeout(share, Socket::connect(address)).await {
                Ok(Ok(tcp)) => {
                    // A command waits for its answer, so Nagle's algorithm only adds delay. Failing is harmless.
                    let _ = tcp.set_nodelay(true);
                    watch(Milestone::Connected(address));
                    return Ok((tcp, address));
                }
                Ok(Err(error)) => {
                    let detail = clean::one_line(&error.to_string(), SMTP_ANSWER_CHARACTERS);
                    fault = self.fault(Step::Connect, SmtpFaultKind::NotReached(detail));
                }
                Err(_) => fault = self.fault(Step::Connect, SmtpFaultKind::TimedOut),
            }
        }
        Err(fault)
    }

    async fn encrypt(&self, tcp: Socket, watch: &Watch<'_>) -> Result<Box<dyn Clear>, SmtpFault> {
        let config = self
            .tls
            .clone()
            .ok_or_else(|| self.fault(Step::Tls, SmtpFaultKind::NotTls))?;
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| self.fault(Step::Tls, SmtpFaultKind::HostUnknown))?;
        let stream = self
            .within(Step::Tls, TlsConnector::from(config).connect(name, tcp))
            .await?;
        watch(Milestone::Encrypted);
        Ok(Box::new(stream))
    }

    /// Speaks plain SMTP up to STARTTLS (RFC 3207). TLS is required: without it nothing more is sent.
    async fn start_tls(&self, mut tcp: Socket) -> Result<Socket, SmtpFault> {
        let greeting = self.within(Step::Greeting, read_reply(&mut tcp)).await?;
        if greeting.code != 220 {
            return Err(self.answer_fault(Step::Greeting, &greeting));
        }
        let hello = self
            .within(Step::Hello, ask(&mut tcp, &format!("EHLO {HELLO_NAME}\r\n")))
            .await?;
        if !hello.is_success() {
            return Err(self.answer_fault(Step::Hello, &hello));
        }
        if !hello
            .lines
            .iter()
            .skip(1)
            .any(|line| line.trim().eq_ignore_ascii_case("STARTTLS"))
        {
            return Err(self.fault(Step::StartTls, SmtpFaultKind::NoStartTls));
        }
        let answer = self.within(Step::StartTls, ask(&mut tcp, "STARTTLS\r\n")).await?;
        match answer.code {
            220 => Ok(tcp),
            400..500 => Err(self.answer_fault(Step::StartTls, &answer)),
            _ => Err(self.fault(Step::StartTls, SmtpFaultKind::NoStartTls)),
        }
    }
}

async fn ask(tcp: &mut Socket, command: &str) -> io::Result<Reply> {
    tcp.write_all(command.as_bytes()).await?;
    read_reply(tcp).await
}

/// Reads one answer and not a byte more. Bytes behind it were not asked for: before TLS they are somebody's attempt to
/// have them taken for answers from inside it (the command injection of CVE-2011-0411, seen from the client).
async fn read_reply(tcp: &mut Socket) -> io::Result<Reply> {
    let nonsense = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut heard = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = tcp.read(&mut buffer).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        heard.extend_from_slice(buffer.get(..count).unwrap_or_default());
        match Reply::read(&heard) {
            Heard::Whole(reply, 0) => return Ok(reply),
            Heard::Whole(..) => return Err(nonsense("more than one answer")),
            Heard::Nonsense => return Err(nonsense("no answer")),
            Heard::Incomplete if heard.len() > SMTP_ANSWER_BYTES => return Err(nonsense("answer too long")),
            Heard::Incomplete => {}
        }
    }
}
