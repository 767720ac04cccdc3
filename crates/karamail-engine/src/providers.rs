//! The mail providers that shops in Japan use: servers, ports, security, and what a shop has to do there.
//!
//! The list is `config/providers.toml`, built in. Its file form is read into [`Provider`], the checked form; a test reads
//! every entry. [`by_domain`] knows addresses at the provider's own domains, [`by_mx`] knows shops with a domain of their
//! own by the name of the machine that takes their mail.

use std::sync::LazyLock;

use jiff::civil::Date;
use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use serde::Deserialize;

use crate::config::Security;

const FILE: &str = include_str!("../../../config/providers.toml");

/// Stands in a host for the domain of the shop's address.
const DOMAIN: &str = "{domain}";
/// Stands in a host for a name that only the shop can look up.
const SERVER: &str = "{server}";

static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    // The file is part of the program and `every_entry_of_the_list_is_sound` reads it.
    parse(FILE).unwrap_or_default()
});

/// One provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name, for people.
    pub name: String,
    /// Its own domains; `*.example.jp` is everything below `example.jp`.
    pub domains: Vec<String>,
    /// How the names of its mail servers end, as MX records have them.
    pub mx_suffixes: Vec<String>,
    /// What a program can do there.
    pub access: Access,
    note_ja: String,
    note_en: String,
    /// Public pages that say so.
    pub sources: Vec<String>,
    /// When they were looked at.
    pub checked: Date,
    /// Whether a source was read and says these values; otherwise they are older knowledge.
    pub verified: bool,
}

/// What a program can do at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// POP3 and SMTP with a password.
    Pop3 {
        /// The form of the login name.
        user: UserForm,
        /// Where mail is fetched.
        pop3: ServerForm,
        /// Where mail is sent.
        smtp: ServerForm,
    },
    /// OAuth only, which Karamail does not do.
    OauthOnly,
    /// No POP3 at all.
    NoPop3,
    /// A phone's mailbox: for customers, not for a shop.
    Phone,
}

/// The form of a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserForm {
    /// The whole address.
    Address,
    /// What stands before `@`.
    LocalPart,
    /// The address behind `recent:` (Gmail).
    RecentAddress,
    /// The address with `.` in place of `@`.
    LocalDotDomain,
    /// Something else, that the shop must look up.
    Ask,
}

/// A server as the list has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerForm {
    host: String,
    /// Its port.
    pub port: u16,
    #[serde(deserialize_with = "security")]
    /// How it is protected.
    pub security: Security,
}

impl Provider {
    /// What a shop has to know or do there.
    pub fn note(&self, language: Language) -> &str {
        match language {
            Language::Japanese => &self.note_ja,
            Language::English => &self.note_en,
        }
    }
}

impl UserForm {
    /// The login name of an address; `None` where the shop must look it up.
    pub fn of(self, address: &EmailAddress) -> Option<String> {
        match self {
            UserForm::Address => Some(address.to_string()),
            UserForm::LocalPart => Some(address.local().to_owned()),
            UserForm::RecentAddress => Some(format!("recent:{address}")),
            UserForm::LocalDotDomain => Some(format!("{}.{}", address.local(), address.domain())),
            UserForm::Ask => None,
        }
    }
}

impl ServerForm {
    /// The host for an address at this domain; `server` is what the shop looked up. `None` where that is needed and
    /// missing.
    pub fn host(&self, domain: &str, server: Option<&str>) -> Option<String> {
        if self.host.contains(SERVER) {
            return server.map(|server| self.host.replace(SERVER, server));
        }
        Some(self.host.replace(DOMAIN, domain))
    }
}

/// All providers, in the order of the list.
pub fn all() -> &'static [Provider] {
    &PROVIDERS
}

/// The provider that addresses of this domain are at. The domain itself counts before a wildcard, and a longer
/// wildcard before a shorter one.
pub fn by_domain(domain: &str) -> Option<&'static Provider> {
    let domain = domain.to_ascii_lowercase();
    let weight = |pattern: &String| match pattern.strip_prefix('*') {
        None => (*pattern == domain).then_some(usize::MAX),
        Some(end) => (domain.len() > end.len() && domain.ends_with(end)).then_some(end.len()),
    };
    best(|provider| provider.domains.iter().filter_map(weight).max())
}

/// The provider whose machine has this name, as an MX record or a certificate gives it. The longest suffix counts.
pub fn by_mx(host: &str) -> Option<&'static Provider> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let weight = |suffix: &String| {
        let front = host.strip_suffix(suffix.as_str())?;
        (front.is_empty() || front.ends_with('.')).then_some(suffix.len())
    };
    best(|provider| provider.mx_suffixes.iter().filter_map(weight).max())
}

fn best(weight: impl Fn(&Provider) -> Option<usize>) -> Option<&'static Provider> {
    let weighed = PROVIDERS
        .iter()
        .filter_map(|provider| weight(provider).map(|weight| (weight, provider)));
    weighed
        .max_by_key(|(weight, _)| *weight)
        .map(|(_, provider)| provider)
}

/// The file form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    mx_suffixes: Vec<String>,
    #[serde(default)]
    access: AccessName,
    user: Option<UserForm>,
    pop3: Option<ServerForm>,
    smtp: Option<ServerForm>,
    note_ja: String,
    note_en: String,
    sources: Vec<String>,
    checked: Date,
    verified: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AccessName {
    #[default]
    Pop3,
    OauthOnly,
    NoPop3,
    Phone,
}

fn security<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Security, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.as_str() {
        "tls" => Ok(Security::Tls),
        "starttls" => Ok(Security::StartTls),
        // A list that sends a shop's password in the clear would be a mistake.
        _ => Err(serde::de::Error::custom("tls or starttls")),
    }
}

fn parse(text: &str) -> Result<Vec<Provider>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.provider.into_iter().map(Provider::try_from).collect()
}

impl TryFrom<Entry> for Provider {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Provider, String> {
        let fault = |what: &str| Err(format!("{}: {what}", entry.name));
        let access = match (entry.access, entry.user, entry.pop3, entry.smtp) {
            (AccessName::Pop3, Some(user), Some(pop3), Some(smtp)) => Access::Pop3 { user, pop3, smtp },
            (AccessName::Pop3, ..) => return fault("user, pop3 and smtp are needed"),
            (AccessName::OauthOnly, None, None, None) => Access::OauthOnly,
            (AccessName::NoPop3, None, None, None) => Access::NoPop3,
            (AccessName::Phone, None, None, None) => Access::Phone,
            _ => return fault("servers are for access by POP3"),
        };
        if entry.domains.is_empty() && entry.mx_suffixes.is_empty() {
            return fault("neither domains nor mx_suffixes");
        }
        if entry.sources.is_empty() {
            return fault("no source");
        }
        if entry.note_ja.is_empty() || entry.note_en.is_empty() {
            return fault("a note is missing");
        }
        Ok(Provider {
            name: entry.name,
            domains: entry.domains,
            mx_suffixes: entry.mx_suffixes,
            access,
            note_ja: entry.note_ja,
            note_en: entry.note_en,
            sources: entry.sources,
            checked: entry.checked,
            verified: entry.verified,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn every_entry_of_the_list_is_sound() {
        let providers = parse(FILE).unwrap();
        assert!(providers.len() >= 50, "{}", providers.len());
        assert_eq!(all().len(), providers.len());
        let (mut names, mut domains, mut suffixes) = (HashSet::new(), HashSet::new(), HashSet::new());
        for provider in providers {
            let name = provider.name.clone();
            assert!(names.insert(provider.name), "{name} is there twice");
            for domain in provider.domains {
                let plain = domain.strip_prefix("*.").unwrap_or(&domain);
                assert_eq!(address(&format!("x@{plain}")).domain(), plain, "{name}: {domain}");
                assert!(domains.insert(domain.clone()), "{domain} is there twice");
            }
            for suffix in provider.mx_suffixes {
                assert_eq!(
                    address(&format!("x@{suffix}")).domain(),
                    suffix,
                    "{name}: {suffix}"
                );
                assert!(suffixes.insert(suffix.clone()), "{suffix} is there twice");
            }
            for source in &provider.sources {
                assert!(
                    source.starts_with("https://") || source.starts_with("http://"),
                    "{name}: {source}"
                );
            }
            if let Access::Pop3 { pop3, smtp, .. } = &provider.access {
                let ports = (pop3.security, pop3.port, smtp.security, smtp.port);
                assert!(
                    matches!(ports.0, Security::Tls) == (ports.1 == 995)
                        && matches!(ports.2, Security::Tls) == (ports.3 == 465),
                    "{name}: {ports:?}"
                );
                for server in [pop3, smtp] {
                    let host = server.host("shop.example.jp", Some("sv1.example.jp")).unwrap();
                    assert_eq!(address(&format!("x@{host}")).domain(), host, "{name}");
                }
            }
        }
    }

    #[test]
    fn a_provider_is_found_by_its_domains() {
        for (domain, name) in [
            ("gmail.com", "Gmail"),
            ("GMAIL.com", "Gmail"),
            ("ocn.ne.jp", "OCN"),
            ("rose.ocn.ne.jp", "OCN"),
            (
                "shop.sakura.ne.jp",
                "さくらのレンタルサーバ / さくらのメールボックス",
            ),
            ("docomo.ne.jp", "docomo"),
        ] {
            assert_eq!(
                by_domain(domain).map(|found| found.name.as_str()),
                Some(name),
                "{domain}"
            );
        }
        for domain in [
            "example.jp",
            "notgmail.com",
            "gmail.com.example.jp",
            "sakura.ne.jp",
            "ne.jp",
        ] {
            assert_eq!(by_domain(domain).map(|found| &found.name), None, "{domain}");
        }
    }

    #[test]
    fn a_shop_with_its_own_domain_is_found_by_its_mail_exchanger() {
        for (host, name) in [
            ("aspmx.l.google.com.", "Google Workspace"),
            ("example-jp.mail.protection.outlook.com", "Microsoft 365"),
            ("outlook-com.olc.protection.outlook.com", "Outlook.com / Hotmail"),
            ("mx01.lolipop.jp", "ロリポップ!"),
            ("sv1234.xserver.jp", "エックスサーバー"),
        ] {
            assert_eq!(by_mx(host).map(|found| found.name.as_str()), Some(name), "{host}");
        }
        assert_eq!(by_mx("mail.notxserver.jp"), None);
    }

    #[test]
    fn servers_and_users_follow_from_the_address() {
        let Some(Provider {
            access: Access::Pop3 { user, pop3, .. },
            ..
        }) = by_domain("shop.sakura.ne.jp")
        else {
            panic!("sakura has POP3");
        };
        assert_eq!(
            pop3.host("shop.sakura.ne.jp", None).as_deref(),
            Some("shop.sakura.ne.jp")
        );
        assert_eq!(
            user.of(&address("info@shop.sakura.ne.jp")).as_deref(),
            Some("info@shop.sakura.ne.jp")
        );
        let Some(Provider {
            access: Access::Pop3 { pop3, .. },
            ..
        }) = by_mx("sv1.xserver.jp")
        else {
            panic!("xserver has POP3");
        };
        assert_eq!(pop3.host("shop.example.jp", None), None, "only the shop knows it");
        assert_eq!(
            pop3.host("shop.example.jp", Some("sv9.xserver.jp")).as_deref(),
            Some("sv9.xserver.jp")
        );
        for (form, user) in [
            (UserForm::LocalPart, Some("info")),
            (UserForm::RecentAddress, Some("recent:info@a.jp")),
            (UserForm::LocalDotDomain, Some("info.a.jp")),
            (UserForm::Ask, None),
        ] {
            assert_eq!(form.of(&address("info@a.jp")).as_deref(), user);
        }
    }
}
