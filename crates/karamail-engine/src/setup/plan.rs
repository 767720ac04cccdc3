//! From an address to the values of a settings file: the provider by the address's domain, or by its MX records, or the
//! servers that answer under common names.

use std::path::Path;

use karamail_core::address::EmailAddress;
use karamail_core::limits::PROBE_MAIL_SERVERS;

use super::dns::{Dns, DnsFault};
use super::probe::{Answer, Certificate, Ports, Probe, Service};
use crate::config::{Security, SettingValue};
use crate::providers::{self, Access, Provider, ServerForm, UserForm};

/// What is known at the beginning.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The shop's address.
    pub address: &'a EmailAddress,
    /// The server's name, where the shop has looked it up.
    pub server: Option<&'a str>,
    /// Whom to ask; `None` asks nobody and tries nothing.
    pub dns: Option<&'a Dns>,
    /// The ports to try.
    pub ports: &'a Ports,
    /// Whether a server without encryption will do.
    pub allow_plain: bool,
    /// Certificates to trust beside the system's.
    pub extra_ca_file: Option<&'a Path>,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Everything is known.
    Ready(Box<Filled>),
    /// The server's name depends on the contract.
    NeedsServer(Known),
    /// A mailbox there cannot be used.
    Unusable(Known),
    /// No usable server answered under the common names.
    NothingFound {
        /// What answered all the same.
        answers: Vec<Answer>,
        /// The provider, as a certificate gives it away.
        hint: Option<&'static Provider>,
    },
    /// Only servers without encryption answered.
    OnlyPlain {
        /// What answered.
        answers: Vec<Answer>,
    },
    /// The domain is on no list, and the DNS did not answer; `None` where it was not to be asked.
    Unknown(Option<DnsFault>),
}

/// A provider, and how it is known.
#[derive(Clone, Debug)]
pub struct Known {
    /// The provider.
    pub provider: &'static Provider,
    /// The MX host it is known by; `None` where the address's domain is its own.
    pub mail_server: Option<String>,
}

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How it is protected.
    pub security: Security,
}

/// Everything a mailbox needs.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The provider, where one is known.
    pub known: Option<Known>,
    /// Where mail is fetched.
    pub pop3: Endpoint,
    /// Where mail is sent.
    pub smtp: Endpoint,
    /// The login name.
    pub user: String,
    /// Whether the login name is only a guess.
    pub is_user_guessed: bool,
    /// What answered, where names were tried.
    pub answers: Vec<Answer>,
}

/// Finds out what there is to find out.
pub async fn plan(wanted: Wanted<'_>) -> Plan {
    let domain = wanted.address.domain();
    if let Some(provider) = providers::by_domain(domain) {
        let known = Known {
            provider,
            mail_server: None,
        };
        return at_provider(wanted, known).await;
    }
    let Some(dns) = wanted.dns else {
        return match wanted.server {
            Some(server) => Plan::Ready(Box::new(assumed(wanted.address, server))),
            None => Plan::Unknown(None),
        };
    };
    let mail_servers = match dns.mail_servers(domain).await {
        Ok(mail_servers) => mail_servers,
        Err(fault) => return Plan::Unknown(Some(fault)),
    };
    let by_mx = |host: &String| {
        let provider = providers::by_mx(host)?;
        let mail_server = Some(host.clone());
        Some(Known {
            provider,
            mail_server,
        })
    };
    match mail_servers.iter().find_map(by_mx) {
        Some(known) => at_provider(wanted, known).await,
        None => by_trying(wanted, dns, &mail_servers).await,
    }
}

impl Filled {
    /// The keys of the sample settings file that are to be set.
    pub fn values(&self, address: &EmailAddress) -> Vec<(&'static str, SettingValue)> {
        let text = |text: &str| SettingValue::Text(text.to_owned());
        let name: String = address.local().chars().take(20).collect();
        vec![
            ("mailbox[1].name", SettingValue::Text(name)),
            ("mailbox[1].address", SettingValue::Text(address.to_string())),
            ("mailbox[1].pop3.host", text(&self.pop3.host)),
            ("mailbox[1].pop3.user", text(&self.user)),
            (
                "mailbox[1].pop3.security",
                text(security_name(self.pop3.security)),
            ),
            (
                "mailbox[1].pop3.port",
                SettingValue::Number(self.pop3.port.into()),
            ),
            ("mailbox[1].smtp.host", text(&self.smtp.host)),
            (
                "mailbox[1].smtp.security",
                text(security_name(self.smtp.security)),
            ),
            (
                "mailbox[1].smtp.port",
                SettingValue::Number(self.smtp.port.into()),
            ),
        ]
    }
}

/// The word in the settings.
pub fn security_name(security: Security) -> &'static str {
    match security {
        Security::None => "none",
        Security::StartTls => "starttls",
        Security::Tls => "tls",
    }
}

async fn at_provider(wanted: Wanted<'_>, known: Known) -> Plan {
    let Access::Pop3 { user, pop3, smtp } = &known.provider.access else {
        return Plan::Unusable(known);
    };
    let domain = wanted.address.domain();
    let endpoint = |form: &ServerForm, server: Option<&str>| {
        Some(Endpoint {
            host: form.host(domain, server)?,
            port: form.port,
            security: form.security,
        })
    };
    let user_name = user.of(wanted.address);
    let is_user_guessed = user_name.is_none();
    let filled = |pop3, smtp, answers| {
        Plan::Ready(Box::new(Filled {
            known: Some(known.clone()),
            pop3,
            smtp,
            user: user_name.unwrap_or_else(|| wanted.address.to_string()),
            is_user_guessed,
            answers,
        }))
    };
    if let (Some(pop3), Some(smtp)) = (endpoint(pop3, wanted.server), endpoint(smtp, wanted.server)) {
        return filled(pop3, smtp, Vec::new());
    }
    // At many hosts the machine that takes a domain's mail is the one to fetch it from.
    if let (Some(dns), Some(mail_server)) = (wanted.dns, &known.mail_server) {
        let hosts = std::slice::from_ref(mail_server);
        let answers = try_hosts(wanted, dns, hosts, hosts).await;
        if let (Some(pop3), Some(smtp)) = (safe(&answers, Service::Pop3), safe(&answers, Service::Smtp)) {
            return filled(pop3, smtp, answers);
        }
    }
    Plan::NeedsServer(known)
}

async fn by_trying(wanted: Wanted<'_>, dns: &Dns, mail_servers: &[String]) -> Plan {
    let domain = wanted.address.domain();
    let named = |labels: &[&str]| -> Vec<String> {
        let common = labels.iter().map(|label| format!("{label}.{domain}"));
        let common = common.chain([domain.to_owned()]);
        common
            .chain(mail_servers.iter().take(PROBE_MAIL_SERVERS).cloned())
            .collect()
    };
    let (pop3_hosts, smtp_hosts) = match wanted.server {
        Some(server) => (vec![server.to_owned()], vec![server.to_owned()]),
        None => (named(&["pop", "mail", "pop3"]), named(&["smtp", "mail"])),
    };
    let answers = try_hosts(wanted, dns, &pop3_hosts, &smtp_hosts).await;
    let best =
        |service| safe(&answers, service).or_else(|| plain(&answers, service).filter(|_| wanted.allow_plain));
    if let (Some(pop3), Some(smtp)) = (best(Service::Pop3), best(Service::Smtp)) {
        return Plan::Ready(Box::new(Filled {
            known: None,
            pop3,
            smtp,
            user: wanted.address.to_string(),
            is_user_guessed: false,
            answers,
        }));
    }
    let would_do = |service| safe(&answers, service).is_some() || plain(&answers, service).is_some();
    if would_do(Service::Pop3) && would_do(Service::Smtp) {
        return Plan::OnlyPlain { answers };
    }
    let hint = answers.iter().find_map(|answer| match &answer.certificate {
        Certificate::OtherNames(names) => names
            .split(", ")
            .find_map(|name| providers::by_mx(name.trim_start_matches("*."))),
        _ => None,
    });
    Plan::NothingFound { answers, hint }
}

async fn try_hosts(
    wanted: Wanted<'_>,
    dns: &Dns,
    pop3_hosts: &[String],
    smtp_hosts: &[String],
) -> Vec<Answer> {
    match Probe::new(dns.clone(), wanted.ports.clone(), wanted.extra_ca_file) {
        Ok(probe) => probe.run(pop3_hosts, smtp_hosts).await,
        Err(error) => {
            tracing::warn!(%error, "no servers can be tried");
            Vec::new()
        }
    }
}

fn safe(answers: &[Answer], service: Service) -> Option<Endpoint> {
    let fits = |answer: &&Answer| answer.service == service && answer.is_safe();
    answers.iter().find(fits).map(endpoint_of)
}

fn plain(answers: &[Answer], service: Service) -> Option<Endpoint> {
    let fits = |answer: &&Answer| answer.service == service && answer.certificate == Certificate::NoTls;
    answers.iter().find(fits).map(endpoint_of)
}

fn endpoint_of(answer: &Answer) -> Endpoint {
    Endpoint {
        host: answer.host.clone(),
        port: answer.port,
        security: answer.security,
    }
}

/// With nothing but a server's name: what nearly all servers offer.
fn assumed(address: &EmailAddress, server: &str) -> Filled {
    let at = |port| Endpoint {
        host: server.to_owned(),
        port,
        security: Security::Tls,
    };
    Filled {
        known: None,
        pop3: at(995),
        smtp: at(465),
        user: UserForm::Address.of(address).unwrap_or_default(),
        is_user_guessed: false,
        answers: Vec::new(),
    }
}
