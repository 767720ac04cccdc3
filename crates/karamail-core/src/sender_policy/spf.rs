//! One SPF record (RFC 7208 sections 4.5, 5, 6 and 12).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A record, in the order in which its mechanisms are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpfRecord {
    /// The mechanisms.
    pub directives: Vec<Directive>,
    /// Whose record counts where no mechanism matches.
    pub redirect: Option<String>,
}

/// A mechanism with what its match means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// What a match means.
    pub qualifier: Qualifier,
    /// What matches.
    pub mechanism: Mechanism,
}

/// What a match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    /// `+`, or nothing: may send.
    Pass,
    /// `-`: may not.
    Fail,
    /// `~`: probably may not.
    SoftFail,
    /// `?`: nothing is said.
    Neutral,
}

/// What matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// Everybody.
    All,
    /// These addresses.
    Network {
        /// One of them.
        address: IpAddr,
        /// How many leading bits count.
        bits: u8,
    },
    /// The addresses of a name; of the domain itself without one.
    Address {
        /// The name.
        name: Option<String>,
        /// How many leading bits count for IPv4.
        bits4: u8,
        /// How many leading bits count for IPv6.
        bits6: u8,
    },
    /// The addresses of a name's mail servers; of the domain's own without one.
    MailServers {
        /// The name.
        name: Option<String>,
        /// How many leading bits count for IPv4.
        bits4: u8,
        /// How many leading bits count for IPv6.
        bits6: u8,
    },
    /// Whom another domain's record lets pass.
    Include(String),
    /// Whether a name exists; with macros mostly.
    Exists(String),
    /// Reverse names; not to be used any more (section 5.5).
    Reverse,
}

/// Why a record is no sound record; everything after it counts as wrong, too (section 4.6).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no SPF term")]
pub struct SpfSyntaxFault(pub String);

impl SpfRecord {
    /// Whether a TXT record is an SPF record at all (section 4.5).
    pub fn is_spf(text: &str) -> bool {
        let version = text.split(' ').next().unwrap_or_default();
        version.eq_ignore_ascii_case("v=spf1")
    }

    /// Reads a record for which [`SpfRecord::is_spf`] holds.
    pub fn parse(text: &str) -> Result<SpfRecord, SpfSyntaxFault> {
        let mut record = SpfRecord {
            directives: Vec::new(),
            redirect: None,
        };
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            let fault = || SpfSyntaxFault(term.to_owned());
            match modifier(term) {
                Some((name, value)) if name.eq_ignore_ascii_case("redirect") => {
                    if record
                        .redirect
                        .replace(name_of(value).ok_or_else(fault)?)
                        .is_some()
                    {
                        return Err(fault());
                    }
                }
                // `exp=` and modifiers that nobody knows change no result (section 6).
                Some(_) => {}
                None => record.directives.push(directive(term).ok_or_else(fault)?),
            }
        }
        Ok(record)
    }
}

/// `name=value`; a mechanism has its `:` or `/` before any `=`.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_name.then_some((name, value))
}

fn directive(term: &str) -> Option<Directive> {
    let (qualifier, rest) = match term.split_at_checked(1)? {
        ("+", rest) => (Qualifier::Pass, rest),
        ("-", rest) => (Qualifier::Fail, rest),
        ("~", rest) => (Qualifier::SoftFail, rest),
        ("?", rest) => (Qualifier::Neutral, rest),
        _ => (Qualifier::Pass, term),
    };
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at_checked(end)?;
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Mechanism::All,
        "ip4" => network(argument.strip_prefix(':')?, true)?,
        "ip6" => network(argument.strip_prefix(':')?, false)?,
        "a" => {
            let (name, bits4, bits6) = name_and_bits(argument)?;
            Mechanism::Address { name, bits4, bits6 }
        }
        "mx" => {
            let (name, bits4, bits6) = name_and_bits(argument)?;
            Mechanism::MailServers { name, bits4, bits6 }
        }
        "include" => Mechanism::Include(name_of(argument.strip_prefix(':')?)?),
        "exists" => Mechanism::Exists(name_of(argument.strip_prefix(':')?)?),
        "ptr" => Mechanism::Reverse,
        _ => return None,
    };
    Some(Directive { qualifier, mechanism })
}

fn network(text: &str, is_ip4: bool) -> Option<Mechanism> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let (address, most) = match is_ip4 {
        true => (IpAddr::V4(address.parse::<Ipv4Addr>().ok()?), 32),
        false => (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), 128),
    };
    let bits = bits.map_or(Some(most), |bits| prefix(bits, most))?;
    Some(Mechanism::Network { address, bits })
}

/// `:name`, `/24`, `//64`, `:name/24//64` (section 12).
fn name_and_bits(argument: &str) -> Option<(Option<String>, u8, u8)> {
    let end = argument.find('/').unwrap_or(argument.len());
    let (name, bits) = argument.split_at_checked(end)?;
    let name = match name.strip_prefix(':') {
        Some(name) => Some(name_of(name)?),
        None if name.is_empty() => None,
        None => return None,
    };
    let (bits4, bits6) = match bits.split_once("//") {
        Some((bits4, bits6)) => (bits4, prefix(bits6, 128)?),
        None => (bits, 128),
    };
    let bits4 = match bits4.strip_prefix('/') {
        Some(bits4) => prefix(bits4, 32)?,
        None if bits4.is_empty() => 32,
        None => return None,
    };
    Some((name, bits4, bits6))
}

fn prefix(text: &str, most: u8) -> Option<u8> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|bits| is_plain && *bits <= most)
}

/// A domain, perhaps with macros.
fn name_of(text: &str) -> Option<String> {
    let is_sound = !text.is_empty() && text.len() <= 253 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_sound.then(|| text.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether two addresses are of the same family and agree in their leading bits.
pub fn is_in_network(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differing = u32::from(address) ^ u32::from(network);
            differing.leading_zeros() >= u32::from(bits)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differing = u128::from(address) ^ u128::from(network);
            differing.leading_zeros() >= u32::from(bits)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_in_order() {
        let text = "v=spf1 +a mx/24//64 a:mail.Example.jp. ip4:192.0.2.0/24 ip6:2001:db8::/32 include:spf.example.net \
                    exists:%{i}.example.net ~all exp=why.example.jp";
        let record = SpfRecord::parse(text).unwrap();
        let shown: Vec<String> = record
            .directives
            .iter()
            .map(|directive| format!("{directive:?}"))
            .collect();
        assert_eq!(shown.len(), 8, "{shown:#?}");
        assert_eq!(
            record.directives[1].mechanism,
            Mechanism::MailServers {
                name: None,
                bits4: 24,
                bits6: 64
            }
        );
        assert_eq!(
            record.directives[2].mechanism,
            Mechanism::Address {
                name: Some("mail.example.jp".to_owned()),
                bits4: 32,
                bits6: 128
            }
        );
        assert_eq!(record.directives[7].qualifier, Qualifier::SoftFail);
        assert_eq!(record.redirect, None);
    }

    #[test]
    fn the_version_stands_alone() {
        for text in ["v=spf1", "v=spf1 -all", "V=SPF1 a"] {
            assert!(SpfRecord::is_spf(text), "{text}");
        }
        for text in ["v=spf10 -all", "v=spf1-all", "spf1 -all", ""] {
            assert!(!SpfRecord::is_spf(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_term_makes_the_record_wrong() {
        for term in [
            "ip4:1.2.3",
            "ip4:1.2.3.4/33",
            "ip4",
            "ip6:1.2.3.4",
            "a/99",
            "a//129",
            "include:",
            "all:x",
            "foo",
            "-",
            "mx:",
            "redirect=",
            "ip4:1.2.3.4/+8",
        ] {
            assert!(SpfRecord::parse(&format!("v=spf1 {term}")).is_err(), "{term}");
        }
        assert!(SpfRecord::parse("v=spf1 redirect=a.jp redirect=b.jp").is_err());
        assert_eq!(
            SpfRecord::parse("v=spf1 redirect=_spf.example.jp")
                .unwrap()
                .redirect
                .as_deref(),
            Some("_spf.example.jp")
        );
    }

    #[test]
    fn networks_compare_leading_bits_of_one_family() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(is_in_network(ip("192.0.2.77"), ip("192.0.2.0"), 24));
        assert!(!is_in_network(ip("192.0.3.77"), ip("192.0.2.0"), 24));
        assert!(is_in_network(ip("10.0.0.1"), ip("192.0.2.0"), 0));
        assert!(is_in_network(ip("2001:db8::1"), ip("2001:db8:ffff::"), 32));
        assert!(!is_in_network(ip("2001:db9::1"), ip("2001:db8::"), 32));
        assert!(!is_in_network(ip("::1"), ip("0.0.0.1"), 0));
    }
}
