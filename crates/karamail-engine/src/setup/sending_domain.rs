//! Whether the world believes mail from the shop's address: the SPF and DMARC records of its domain, followed and told in
//! plain words.
//!
//! Receipts go out with the mailbox itself as envelope sender and as From, so SPF is aligned by construction; what can be
//! asked from here is whether the record lets the sending server's address pass. A provider may send from other machines
//! than the one we hand our mail to, so "not named" is a hint and no proof, and is told as one.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use karamail_core::limits::{DMARC_STEPS, DNS_ALL, SPF_LOOKUPS, SPF_MAIL_SERVERS, SPF_VOID_LOOKUPS};
use karamail_core::pop3::quoted;
use karamail_core::sender_policy::{
    DmarcPolicy, DmarcRecord, Mechanism, Qualifier, SpfRecord, is_in_network,
};
use karamail_core::words::{Language, setup as words};
use tokio::time::timeout;

use super::dns::{Dns, DnsFault};

/// What was found out about a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingDomain {
    /// The domain of the shop's address.
    pub domain: String,
    /// The SMTP server's host.
    pub server: String,
    /// Whether the DNS knows the domain at all: a record of any kind that we ask for.
    pub exists: bool,
    /// Its SPF record.
    pub spf: Spf,
    /// Its DMARC record.
    pub dmarc: Dmarc,
}

/// What SPF says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spf {
    /// There is no record.
    Missing,
    /// The record is wrong, or an include of it is; the reason in English.
    Broken(String),
    /// The record was followed.
    Checked {
        /// The record as it stands.
        record: String,
        /// The sending server's address that was asked about.
        address: IpAddr,
        /// What comes of it.
        result: SpfResult,
    },
    /// The record is there, but the sending server has no address.
    NoAddress {
        /// The record as it stands.
        record: String,
    },
    /// The DNS did not answer.
    Unknown(DnsFault),
}

/// What an SPF record says about an address (RFC 7208 section 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpfResult {
    /// It may send.
    Pass,
    /// It may not.
    Fail,
    /// It probably may not.
    SoftFail,
    /// Nothing is said.
    Neutral,
    /// The record has macros or reverse names, whose result depends on each mail.
    Depends,
}

impl SpfResult {
    /// The stable name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            SpfResult::Pass => "pass",
            SpfResult::Fail => "fail",
            SpfResult::SoftFail => "softfail",
            SpfResult::Neutral => "neutral",
            SpfResult::Depends => "depends",
        }
    }
}

/// What DMARC says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dmarc {
    /// There is no record.
    Missing,
    /// There is one.
    Found {
        /// The domain that has it: this one or one above.
        at: String,
        /// The policy that holds for our domain.
        policy: DmarcPolicy,
    },
    /// The DNS did not answer.
    Unknown(DnsFault),
}

/// One finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether all is well with it.
    pub is_good: bool,
    /// What was found, and what to do.
    pub told: String,
}

/// Looks a domain up; `server` is the SMTP server's host. Ends within [`DNS_ALL`].
pub async fn look_up(dns: &Dns, domain: &str, server: &str) -> SendingDomain {
    let late = || DnsFault::NoAnswer("too slow".to_owned());
    let spf = timeout(DNS_ALL, spf(dns, domain, server));
    let dmarc = timeout(DNS_ALL, dmarc(dns, domain));
    let (spf, dmarc) = tokio::join!(spf, dmarc);
    let is_bare = matches!((&spf, &dmarc), (Ok(Spf::Missing), Ok(Dmarc::Missing)));
    SendingDomain {
        domain: domain.to_owned(),
        server: server.to_owned(),
        exists: !is_bare || exists(dns, domain).await,
        spf: spf.unwrap_or_else(|_| Spf::Unknown(late())),
        dmarc: dmarc.unwrap_or_else(|_| Dmarc::Unknown(late())),
    }
}

impl SendingDomain {
    /// Whether the DNS answered at all.
    pub fn is_known(&self) -> bool {
        !matches!((&self.spf, &self.dmarc), (Spf::Unknown(_), Dmarc::Unknown(_)))
    }

    /// Everything in plain words, with what to do.
    pub fn findings(&self, language: Language) -> Vec<Finding> {
        if !self.is_known() {
            return vec![bad(words::domain_unknown(language, &self.domain))];
        }
        if !self.exists {
            return vec![bad(words::domain_not_found(language, &self.domain))];
        }
        let mut findings = vec![self.spf_finding(language), self.dmarc_finding(language)];
        if findings.iter().any(|finding| !finding.is_good) {
            findings.push(bad(words::docomo_yellow(language)));
        }
        findings
    }

    fn spf_finding(&self, language: Language) -> Finding {
        let domain = &self.domain;
        match &self.spf {
            Spf::Missing => bad(words::spf_missing(language, domain)),
            Spf::Broken(why) => bad(words::spf_broken(language, domain, why)),
            Spf::Unknown(_) => bad(words::spf_unknown(language, domain)),
            Spf::NoAddress { .. } => bad(words::spf_no_address(language, domain, &self.server)),
            Spf::Checked { address, result, .. } => {
                let address = &address.to_string();
                match result {
                    SpfResult::Pass => good(words::spf_pass(language, domain, &self.server, address)),
                    SpfResult::Depends => good(words::spf_depends(language, domain)),
                    SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => {
                        bad(words::spf_not_named(language, domain, &self.server, address))
                    }
                }
            }
        }
    }

    fn dmarc_finding(&self, language: Language) -> Finding {
        let domain = &self.domain;
        match &self.dmarc {
            Dmarc::Missing => bad(words::dmarc_missing(language, domain)),
            Dmarc::Unknown(_) => bad(words::dmarc_unknown(language, domain)),
            Dmarc::Found { policy, at } => good(match policy {
                DmarcPolicy::None => words::dmarc_none(language, at),
                DmarcPolicy::Quarantine => words::dmarc_quarantine(language, at),
                DmarcPolicy::Reject => words::dmarc_reject(language, at),
            }),
        }
    }
}

fn good(told: String) -> Finding {
    Finding { is_good: true, told }
}

fn bad(told: String) -> Finding {
    Finding { is_good: false, told }
}

/// Whether a domain without SPF and DMARC has mail servers or addresses, or other texts.
async fn exists(dns: &Dns, domain: &str) -> bool {
    let (mail_servers, addresses, texts) =
        tokio::join!(dns.mail_servers(domain), dns.addresses(domain), dns.texts(domain));
    let is_empty = mail_servers.is_ok_and(|found| found.is_empty())
        && addresses.is_ok_and(|found| found.is_empty())
        && texts.is_ok_and(|found| found.is_empty());
    !is_empty
}

async fn spf(dns: &Dns, domain: &str, server: &str) -> Spf {
    let record = match record_of(dns, domain).await {
        Ok(Some(record)) => record,
        Ok(None) => return Spf::Missing,
        Err(trouble) => return trouble.into(),
    };
    let addresses = match dns.addresses(server).await {
        Ok(addresses) => addresses,
        Err(fault) => return Spf::Unknown(fault),
    };
    let mut first = None;
    // A server with IPv4 and IPv6 addresses may send from either; that one of them passes is told first.
    for address in addresses {
        let mut check = Check::new(dns, address);
        let result = match check.run(domain).await {
            Ok(Some(SpfResult::Pass)) => SpfResult::Pass,
            Ok(_) if check.depends => SpfResult::Depends,
            Ok(result) => result.unwrap_or(SpfResult::Neutral),
            Err(trouble) => return trouble.into(),
        };
        if result == SpfResult::Pass || first.is_none() {
            first = Some((address, result));
        }
        if result == SpfResult::Pass {
            break;
        }
    }
    match first {
        Some((address, result)) => Spf::Checked {
            record,
            address,
            result,
        },
        None => Spf::NoAddress { record },
    }
}

/// Why a record could not be followed.
enum Trouble {
    /// temperror.
    Dns(DnsFault),
    /// permerror, with the reason in English.
    Broken(String),
}

impl From<DnsFault> for Trouble {
    fn from(fault: DnsFault) -> Self {
        Trouble::Dns(fault)
    }
}

impl From<Trouble> for Spf {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Dns(fault) => Spf::Unknown(fault),
            // It quotes what somebody wrote into the DNS.
            Trouble::Broken(why) => Spf::Broken(quoted(why.as_bytes())),
        }
    }
}

/// The one SPF record of a domain (RFC 7208 section 4.5).
async fn record_of(dns: &Dns, domain: &str) -> Result<Option<String>, Trouble> {
    let mut records = dns
        .texts(domain)
        .await?
        .into_iter()
        .filter(|text| SpfRecord::is_spf(text));
    match (records.next(), records.next()) {
        (record, None) => Ok(record),
        (_, Some(_)) => Err(Trouble::Broken(format!("{domain} has several SPF records"))),
    }
}

/// check_host() of RFC 7208 section 4 for one address; the limits of section 4.6.4 hold over all records together.
struct Check<'a> {
    dns: &'a Dns,
    address: IpAddr,
    lookups: u32,
    void_lookups: u32,
    /// A mechanism was met that cannot be decided from here, and nothing before it matched.
    depends: bool,
}

type Following<'a> = Pin<Box<dyn Future<Output = Result<Option<SpfResult>, Trouble>> + Send + 'a>>;

impl<'a> Check<'a> {
    fn new(dns: &'a Dns, address: IpAddr) -> Self {
        Check {
            dns,
            address,
            lookups: 0,
            void_lookups: 0,
            depends: false,
        }
    }

    /// The result of a domain's record; `None` where it has none. Bounded, for every level costs one of the lookups.
    fn run<'b>(&'b mut self, domain: &'b str) -> Following<'b> {
        Box::pin(async move {
            let Some(record) = record_of(self.dns, domain).await? else {
                return Ok(None);
            };
            let record =
                SpfRecord::parse(&record).map_err(|fault| Trouble::Broken(format!("{domain}: {fault}")))?;
            for directive in &record.directives {
                if self.matches(&directive.mechanism, domain).await? {
                    return Ok(Some(match directive.qualifier {
                        Qualifier::Pass => SpfResult::Pass,
                        Qualifier::Fail => SpfResult::Fail,
                        Qualifier::SoftFail => SpfResult::SoftFail,
                        Qualifier::Neutral => SpfResult::Neutral,
                    }));
                }
            }
            let Some(target) = record.redirect else {
                return Ok(Some(SpfResult::Neutral));
            };
            self.count_lookup()?;
            if self.has_macro(&target) {
                return Ok(Some(SpfResult::Neutral));
            }
            match self.run(&target).await? {
                None => Err(Trouble::Broken(format!("{target} has no SPF record"))),
                result => Ok(result),
            }
        })
    }

    async fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Result<bool, Trouble> {
        let address = self.address;
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Network {
                address: network,
                bits,
            } => Ok(is_in_network(address, *network, *bits)),
            Mechanism::Address { name, bits4, bits6 } => {
                self.count_lookup()?;
                let name = name.as_deref().unwrap_or(domain);
                self.has_address(name, (*bits4, *bits6)).await
            }
            Mechanism::MailServers { name, bits4, bits6 } => {
                self.count_lookup()?;
                let name = name.as_deref().unwrap_or(domain);
                if self.has_macro(name) {
                    return Ok(false);
                }
                let servers = self.dns.mail_servers(name).await?;
                self.count_void(servers.is_empty())?;
                if servers.len() > SPF_MAIL_SERVERS {
                    return Err(Trouble::Broken(format!(
                        "{name} has more than {SPF_MAIL_SERVERS} mail servers"
                    )));
                }
                for server in servers {
                    if self.has_address(&server, (*bits4, *bits6)).await? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Mechanism::Include(name) => {
                self.count_lookup()?;
                if self.has_macro(name) {
                    return Ok(false);
                }
                match self.run(name).await? {
                    None => Err(Trouble::Broken(format!("{name} has no SPF record"))),
                    result => Ok(result == Some(SpfResult::Pass)),
                }
            }
            Mechanism::Exists(name) => {
                self.count_lookup()?;
                if self.has_macro(name) {
                    return Ok(false);
                }
                // Only IPv4 addresses count, whatever the family of the sender (section 5.7).
                let found = self.dns.addresses(name).await?;
                self.count_void(found.is_empty())?;
                Ok(found.iter().any(IpAddr::is_ipv4))
            }
            Mechanism::Reverse => {
                self.count_lookup()?;
                self.depends = true;
                Ok(false)
            }
        }
    }

    async fn has_address(&mut self, name: &str, (bits4, bits6): (u8, u8)) -> Result<bool, Trouble> {
        if self.has_macro(name) {
            return Ok(false);
        }
        let found = self.dns.addresses(name).await?;
        self.count_void(found.is_empty())?;
        let bits = if self.address.is_ipv4() { bits4 } else { bits6 };
        Ok(found
            .iter()
            .any(|found| is_in_network(self.address, *found, bits)))
    }

    /// What a macro stands for depends on the mail (section 7).
    fn has_macro(&mut self, name: &str) -> bool {
        let has_macro = name.contains('%');
        self.depends |= has_macro;
        has_macro
    }

    fn count_lookup(&mut self) -> Result<(), Trouble> {
        self.lookups += 1;
        if self.lookups > SPF_LOOKUPS {
            return Err(Trouble::Broken(format!("more than {SPF_LOOKUPS} look-ups")));
        }
        Ok(())
    }

    fn count_void(&mut self, is_void: bool) -> Result<(), Trouble> {
        self.void_lookups += u32::from(is_void);
        if self.void_lookups > SPF_VOID_LOOKUPS {
            return Err(Trouble::Broken(format!(
                "more than {SPF_VOID_LOOKUPS} names that do not exist"
            )));
        }
        Ok(())
    }
}

/// Asks at the domain and then at each domain above it; the first record counts. That is the tree walk that is to
/// replace the list of public suffixes; it needs no list, and a public suffix has no record.
async fn dmarc(dns: &Dns, domain: &str) -> Dmarc {
    let mut at = domain;
    for step in 0..DMARC_STEPS {
        let texts = match dns.texts(&format!("_dmarc.{at}")).await {
            Ok(texts) => texts,
            Err(fault) => return Dmarc::Unknown(fault),
        };
        let mut records = texts.iter().filter_map(|text| DmarcRecord::parse(text));
        // Several records count as none (RFC 7489 section 6.6.3).
        if let (Some(record), None) = (records.next(), records.next()) {
            return Dmarc::Found {
                at: at.to_owned(),
                policy: record.policy_for(step > 0),
            };
        }
        at = match at.split_once('.') {
            Some((_, above)) if above.contains('.') => above,
            _ => break,
        };
    }
    Dmarc::Missing
}
