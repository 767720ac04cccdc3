//! Trying the common names and ports of a domain's mail servers: which answer, what they say first, and whether their
//! certificate is sound and for that name. Nothing is logged in to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use karamail_core::limits::{PROBE_ANSWER_BYTES, PROBE_TIMEOUT, PROBES_AT_ONCE};
use karamail_core::pop3::quoted;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::dns::Dns;
use crate::config::Security;
use crate::tls::{TlsTrouble, client_config};

/// Receiving or sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// POP3.
    Pop3,
    /// SMTP.
    Smtp,
}

/// The ports that are tried, the preferred first.
#[derive(Clone, Debug)]
pub struct Ports {
    /// For receiving.
    pub pop3: Vec<(u16, Security)>,
    /// For sending. Port 25 is for servers among themselves, and blocked nearly everywhere.
    pub smtp: Vec<(u16, Security)>,
}

impl Default for Ports {
    fn default() -> Self {
        Ports {
            pop3: vec![(995, Security::Tls), (110, Security::StartTls)],
            smtp: vec![(465, Security::Tls), (587, Security::StartTls)],
        }
    }
}

/// A server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it serves.
    pub service: Service,
    /// The name it was tried under.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection can be protected there; [`Security::None`] where it offers nothing.
    pub security: Security,
    /// The first line it said, made harmless; empty where its certificate kept us from hearing it.
    pub greeting: String,
    /// What its certificate is worth.
    pub certificate: Certificate,
}

/// What a server's certificate is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// It is sound and for that name.
    Fits,
    /// It is for other names, made harmless.
    OtherNames(String),
    /// It is not to be trusted; why, in English.
    Untrusted(String),
    /// There is no TLS.
    NoTls,
}

impl Answer {
    /// Whether it can be used without a doubt.
    pub fn is_safe(&self) -> bool {
        self.certificate == Certificate::Fits
    }
}

/// Tries servers.
#[derive(Clone)]
pub struct Probe {
    dns: Dns,
    ports: Ports,
    tls: Arc<ClientConfig>,
}

/// One name and port to be tried.
struct Candidate {
    service: Service,
    host: String,
    addresses: Vec<IpAddr>,
    port: u16,
    security: Security,
}

impl Probe {
    /// Prepares trying; certificates of `extra_ca_file` are trusted beside the system's.
    ///
    /// # Errors
    /// Where the system's certificates or the file cannot be used.
    pub fn new(dns: Dns, ports: Ports, extra_ca_file: Option<&Path>) -> io::Result<Probe> {
        let file: Option<PathBuf> = extra_ca_file.map(Path::to_owned);
        let tls = client_config(file.as_deref()).map_err(|fault| io::Error::other(fault.to_string()))?;
        Ok(Probe { dns, ports, tls })
    }

    /// Tries the hosts in this order; what answered, the best of each service first.
    pub async fn run(&self, pop3_hosts: &[String], smtp_hosts: &[String]) -> Vec<Answer> {
        let mut hosts: Vec<&String> = Vec::new();
        for host in pop3_hosts.iter().chain(smtp_hosts) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        let look_up = |host: &'_ String| {
            let (dns, host) = (self.dns.clone(), host.clone());
            async move {
                let addresses = dns.addresses(&host).await.unwrap_or_default();
                (host, addresses)
            }
        };
        let found: Vec<(String, Vec<IpAddr>)> = stream::iter(hosts.into_iter().map(look_up))
            .buffer_unordered(PROBES_AT_ONCE)
            .collect()
            .await;
        let candidates = self.candidates(&found, Service::Pop3, pop3_hosts);
        let candidates = candidates.chain(self.candidates(&found, Service::Smtp, smtp_hosts));
        let tried: Vec<(usize, Candidate)> = candidates.enumerate().collect();
        let attempts = tried.into_iter().map(|(place, candidate)| {
            let tls = Arc::clone(&self.tls);
            async move {
                let answer = timeout(PROBE_TIMEOUT, attempt(&candidate, &tls)).await;
                answer.ok().flatten().map(|answer| (place, answer))
            }
        });
        let mut answers: Vec<(usize, Answer)> = stream::iter(attempts)
            .buffer_unordered(PROBES_AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        // Sound ones first, TLS from the first byte before STARTTLS; then the order of names and ports.
        answers.sort_by_key(|(place, answer)| {
            let is_plain = answer.security == Security::None;
            let is_late = answer.security == Security::StartTls;
            (!answer.is_safe(), is_plain, is_late, *place)
        });
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    fn candidates<'a>(
        &'a self,
        found: &'a [(String, Vec<IpAddr>)],
        service: Service,
        hosts: &'a [String],
    ) -> impl Iterator<Item = Candidate> + 'a {
        let ports = match service {
            Service::Pop3 => &self.ports.pop3,
            Service::Smtp => &self.ports.smtp,
        };
        let known = hosts.iter().filter_map(|host| {
            found
                .iter()
                .find(|(name, addresses)| name == host && !addresses.is_empty())
        });
        known.flat_map(move |(host, addresses)| {
            ports.iter().map(move |(port, security)| Candidate {
                service,
                host: host.clone(),
                addresses: addresses.clone(),
                port: *port,
                security: *security,
            })
        })
    }
}

/// `None` where nothing of that service answers.
async fn attempt(candidate: &Candidate, tls: &Arc<ClientConfig>) -> Option<Answer> {
    let mut socket = connect(candidate).await?;
    if candidate.security == Security::Tls {
        return secured(candidate, socket, tls, None).await;
    }
    let service = candidate.service;
    let greeting = hear(&mut socket)
        .await
        .ok()
        .filter(|heard| is_greeting(service, heard))?;
    if !starts_tls(service, &mut socket).await.unwrap_or(false) {
        return Some(answer(candidate, Security::None, &greeting, Certificate::NoTls));
    }
    secured(candidate, socket, tls, Some(greeting)).await
}

async fn connect(candidate: &Candidate) -> Option<TcpStream> {
    for address in &candidate.addresses {
        let share = PROBE_TIMEOUT / (1 + u32::try_from(candidate.addresses.len()).unwrap_or(u32::MAX));
        let connecting = TcpStream::connect(SocketAddr::new(*address, candidate.port));
        if let Ok(Ok(socket)) = timeout(share, connecting).await {
            return Some(socket);
        }
    }
    None
}

/// The TLS handshake; a greeting that was not heard before it is heard behind it.
async fn secured(
    candidate: &Candidate,
    socket: TcpStream,
    tls: &Arc<ClientConfig>,
    greeting: Option<Vec<u8>>,
) -> Option<Answer> {
    let name = ServerName::try_from(candidate.host.clone()).ok()?;
    let heard = greeting.clone().unwrap_or_default();
    let with = |certificate| Some(answer(candidate, candidate.security, &heard, certificate));
    match TlsConnector::from(Arc::clone(tls)).connect(name, socket).await {
        Ok(mut stream) => {
            let greeting = match greeting {
                Some(greeting) => greeting,
                None => hear(&mut stream).await.ok()?,
            };
            is_greeting(candidate.service, &greeting)
                .then(|| answer(candidate, candidate.security, &greeting, Certificate::Fits))
        }
        Err(error) => match TlsTrouble::of(&error) {
            TlsTrouble::WrongHost(names) => with(Certificate::OtherNames(names)),
            TlsTrouble::Expired => with(Certificate::Untrusted("expired".to_owned())),
            TlsTrouble::NotYetValid => with(Certificate::Untrusted("not valid yet".to_owned())),
            TlsTrouble::UnknownIssuer => with(Certificate::Untrusted("unknown issuer".to_owned())),
            TlsTrouble::BadCertificate(why) => with(Certificate::Untrusted(why)),
            // Something else lives there, or nothing.
            TlsTrouble::NotTls | TlsTrouble::Closed | TlsTrouble::Other(_) => None,
        },
    }
}

fn answer(candidate: &Candidate, security: Security, greeting: &[u8], certificate: Certificate) -> Answer {
    let first = greeting.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Answer {
        service: candidate.service,
        host: candidate.host.clone(),
        port: candidate.port,
        security,
        greeting: quoted(first),
        certificate,
    }
}

/// Asks for TLS; whether the server goes along.
async fn starts_tls(service: Service, socket: &mut TcpStream) -> io::Result<bool> {
    match service {
        Service::Pop3 => Ok(ask(socket, b"STLS\r\n").await?.starts_with(b"+OK")),
        Service::Smtp => {
            let hello = ask(socket, b"EHLO [127.0.0.1]\r\n").await?;
            let offers = String::from_utf8_lossy(&hello)
                .lines()
                .filter_map(|line| line.get(4..))
                .any(|keyword| keyword.trim().eq_ignore_ascii_case("STARTTLS"));
            Ok(offers && ask(socket, b"STARTTLS\r\n").await?.starts_with(b"220"))
        }
    }
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), command: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(command).await?;
    hear(stream).await
}

/// One answer: up to the end of a line that is not followed by more of the same answer (`250-`).
async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    loop {
        heard.push(stream.read_u8().await?);
        let is_over = heard.ends_with(b"\n") && {
            let line = heard.trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
            line.is_none_or(|line| line.get(3) != Some(&b'-') || !line.iter().take(3).all(u8::is_ascii_digit))
        };
        if is_over || heard.len() >= PROBE_ANSWER_BYTES {
            return Ok(heard);
        }
    }
}

fn is_greeting(service: Service, heard: &[u8]) -> bool {
    match service {
        Service::Pop3 => heard.starts_with(b"+OK"),
        Service::Smtp => heard.starts_with(b"220"),
    }
}
