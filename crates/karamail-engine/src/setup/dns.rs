//! Asking name servers, with time limits.

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use karamail_core::limits::{DNS_ATTEMPTS, DNS_TIMEOUT};
use karamail_core::words::{Language, Told, setup as words};
use tokio::net::lookup_host;
use tokio::time::timeout;

/// Names the name server to ask instead of the system's, such as `127.0.0.1:53`.
const CHOSEN: &str = "KARAMAIL_DNS_SERVER";

/// Asks name servers.
#[derive(Clone)]
pub struct Dns {
    resolver: TokioResolver,
    /// Whether names are also looked up as every program on this machine does.
    asks_system: bool,
}

/// Why there is no answer. That a name or record does not exist is an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsFault {
    /// This machine names no name server that could be asked.
    #[error("no name server is set up: {0}")]
    NoServer(String),
    /// No name server gave an answer.
    #[error("no answer from the name server: {0}")]
    NoAnswer(String),
}

impl Told for DnsFault {
    fn what(&self, language: Language) -> String {
        words::dns_no_answer(language)
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(words::dns_no_answer_advice(language))
    }
}

impl Dns {
    /// Asks the name server that `KARAMAIL_DNS_SERVER` names, or else those of this machine.
    ///
    /// # Errors
    /// [`DnsFault::NoServer`] where the variable names none, or none is set up.
    pub fn chosen() -> Result<Dns, DnsFault> {
        match std::env::var(CHOSEN) {
            Ok(server) if !server.is_empty() => match server.parse::<SocketAddr>() {
                Ok(server) => Dns::at(server),
                Err(error) => Err(DnsFault::NoServer(format!("{CHOSEN}: {error}"))),
            },
            _ => Dns::system(),
        }
    }

    /// Asks the name servers of this machine.
    ///
    /// # Errors
    /// [`DnsFault::NoServer`] where none is set up.
    pub fn system() -> Result<Dns, DnsFault> {
        let fault = |error: NetError| DnsFault::NoServer(error.to_string());
        let mut builder = TokioResolver::builder_tokio().map_err(fault)?;
        limit(builder.options_mut());
        Ok(Dns {
            resolver: builder.build().map_err(fault)?,
            asks_system: true,
        })
    }

    /// Asks this one name server alone.
    ///
    /// # Errors
    /// [`DnsFault::NoServer`] where it cannot be set up.
    pub fn at(server: SocketAddr) -> Result<Dns, DnsFault> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        limit(builder.options_mut());
        Ok(Dns {
            resolver: builder
                .build()
                .map_err(|error| DnsFault::NoServer(error.to_string()))?,
            asks_system: false,
        })
    }

    /// The names of the machines that take a domain's mail, the preferred first. Empty where there are none.
    pub async fn mail_servers(&self, domain: &str) -> Result<Vec<String>, DnsFault> {
        let mut found: Vec<(u16, String)> = self
            .lookup(domain, RecordType::MX)
            .await?
            .into_iter()
            .filter_map(|data| match data {
                RData::MX(mx) => Some((mx.preference, mx.exchange.to_ascii())),
                _ => None,
            })
            .collect();
        found.sort();
        let plain = |(_, name): (u16, String)| name.trim_end_matches('.').to_ascii_lowercase();
        // A lone dot says that the domain takes no mail (RFC 7505).
        Ok(found
            .into_iter()
            .map(plain)
            .filter(|name| !name.is_empty())
            .collect())
    }

    /// The TXT records of a name, each with its strings joined (RFC 7208 section 3.3).
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, DnsFault> {
        let texts = self.lookup(name, RecordType::TXT).await?.into_iter();
        Ok(texts
            .filter_map(|data| match data {
                RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
                _ => None,
            })
            .collect())
    }

    /// The addresses of a name. Empty where it has none.
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsFault> {
        if let Ok(address) = name.parse() {
            return Ok(vec![address]);
        }
        if self.asks_system
            && let Ok(Ok(found)) = timeout(DNS_TIMEOUT, lookup_host((name, 0))).await
        {
            // The hosts file and the like count for the connections to come, so they count here.
            return Ok(found.map(|address| address.ip()).collect());
        }
        let (four, six) = tokio::join!(
            self.lookup(name, RecordType::A),
            self.lookup(name, RecordType::AAAA)
        );
        let (four, six) = match (four, six) {
            (Err(fault), Err(_)) => return Err(fault),
            (four, six) => (four.unwrap_or_default(), six.unwrap_or_default()),
        };
        let ip = |data: RData| data.ip_addr();
        Ok(four.into_iter().chain(six).filter_map(ip).collect())
    }

    /// The records of a name. Empty where there are none.
    async fn lookup(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, DnsFault> {
        // Names that no domain can have do not exist.
        let Ok(mut name) = Name::from_ascii(name) else {
            return Ok(Vec::new());
        };
        name.set_fqdn(true);
        match self.resolver.lookup(name, kind).await {
            Ok(found) => Ok(found.answers().iter().map(|record| record.data.clone()).collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(DnsFault::NoAnswer(error.to_string())),
        }
    }
}

fn limit(options: &mut ResolverOpts) {
    options.timeout = DNS_TIMEOUT;
    options.attempts = DNS_ATTEMPTS;
}
