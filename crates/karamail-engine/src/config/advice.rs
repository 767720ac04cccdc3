//! What is allowed but probably not meant. Advice never stops anything.

use std::net::IpAddr;

use karamail_core::words::config as words;
use karamail_core::words::screens::faults as screen;
use karamail_core::words::screens::settings_fields::choice_label;
use karamail_core::words::{Language, Told};

use super::check::RECENT;
use super::settings::{Mailbox, Security, Settings, SmtpAuthentication};

/// One piece of advice about one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The name of the mailbox.
    pub mailbox: String,
    /// What about it.
    pub kind: AdviceKind,
}

/// What is probably not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdviceKind {
    /// The servers are those of the sample.
    StillTheSample,
    /// Gmail without `recent:`: mail that a phone fetched first is never seen.
    GmailWithoutRecent,
    /// Gmail wants an app password.
    GmailAppPassword,
    /// A password travels unprotected over the network.
    Unprotected {
        /// To this server.
        host: String,
    },
    /// A port that speaks TLS from the first byte, or the other way round.
    PortAndSecurity {
        /// The port.
        port: u16,
        /// What it usually goes with, as written in the file.
        usual: &'static str,
    },
}

impl Settings {
    /// What is probably not meant, for enabled mailboxes in the order of the file.
    pub fn advice(&self) -> Vec<Advice> {
        let enabled = self.mailboxes.iter().filter(|mailbox| mailbox.enabled);
        enabled
            .flat_map(|mailbox| {
                kinds(mailbox).into_iter().map(|kind| Advice {
                    mailbox: mailbox.name.clone(),
                    kind,
                })
            })
            .collect()
    }
}

fn kinds(mailbox: &Mailbox) -> Vec<AdviceKind> {
    let (pop3, smtp) = (&mailbox.pop3, &mailbox.smtp);
    if is_reserved(&pop3.host) || is_reserved(&smtp.host) {
        return vec![AdviceKind::StillTheSample];
    }
    let mut kinds = Vec::new();
    if matches!(pop3.host.as_str(), "pop.gmail.com" | "pop.googlemail.com") {
        if !pop3.user.starts_with(RECENT) {
            kinds.push(AdviceKind::GmailWithoutRecent);
        }
        kinds.push(AdviceKind::GmailAppPassword);
    }
    let port_advice = |port, security| {
        let usual = match port {
            995 | 465 => Security::Tls,
            110 | 587 | 25 => Security::StartTls,
            _ => return None,
        };
        let mismatch = (usual == Security::Tls) != (security == Security::Tls);
        let usual = if usual == Security::Tls { "tls" } else { "starttls" };
        mismatch.then_some(AdviceKind::PortAndSecurity { port, usual })
    };
    kinds.extend(port_advice(pop3.port, pop3.security));
    kinds.extend(port_advice(smtp.port, smtp.security));
    let sends_password = smtp.authentication == SmtpAuthentication::Password;
    if pop3.security == Security::None && !is_here(&pop3.host) {
        kinds.push(AdviceKind::Unprotected {
            host: pop3.host.clone(),
        });
    }
    if smtp.security == Security::None && sends_password && !is_here(&smtp.host) {
        kinds.push(AdviceKind::Unprotected {
            host: smtp.host.clone(),
        });
    }
    kinds
}

/// Names that RFC 2606 and JPRS keep for examples; no server answers there.
fn is_reserved(host: &str) -> bool {
    ["example.jp", "example.com", "example.net", "example.org"]
        .iter()
        .any(|reserved| {
            host.strip_suffix(reserved)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Told for Advice {
    fn what(&self, language: Language) -> String {
        let what = match &self.kind {
            AdviceKind::StillTheSample => words::advice_sample(language),
            AdviceKind::GmailWithoutRecent => words::advice_gmail_recent(language),
            AdviceKind::GmailAppPassword => words::advice_gmail_password(language),
            AdviceKind::Unprotected { host } => words::advice_unprotected(language, host),
            AdviceKind::PortAndSecurity { port, usual } => words::advice_port(language, *port, usual),
        };
        format!("{}: {what}", self.mailbox)
    }

    fn told_on_screen(&self, language: Language) -> String {
        let what = match &self.kind {
            AdviceKind::GmailWithoutRecent => screen::gmail_recent(language),
            AdviceKind::Unprotected { host } => screen::unprotected(language, host),
            AdviceKind::PortAndSecurity { port, usual } => {
                let label = choice_label("mailbox.pop3.security", usual, language).unwrap_or(usual);
                screen::port(language, *port, label)
            }
            AdviceKind::StillTheSample | AdviceKind::GmailAppPassword => return self.told(language),
        };
        format!("{}: {what}", self.mailbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn check(pop3: &str, smtp: &str, expected: &[AdviceKind]) {
        let text = format!(
            "[[mailbox]]\naddress = \"a@shop.jp\"\n[mailbox.pop3]\nuser = \"a\"\n{pop3}\n[mailbox.smtp]\n{smtp}\n"
        );
        let settings = Settings::parse(&text, Path::new(".")).unwrap();
        let found: Vec<AdviceKind> = settings.advice().into_iter().map(|advice| advice.kind).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_is_probably_not_meant_is_said() {
        check("host = \"pop.shop.jp\"", "host = \"smtp.shop.jp\"", &[]);
        check(
            "host = \"pop.example.jp\"",
            "host = \"smtp.shop.jp\"",
            &[AdviceKind::StillTheSample],
        );
        check(
            "host = \"pop.gmail.com\"",
            "host = \"smtp.gmail.com\"",
            &[AdviceKind::GmailWithoutRecent, AdviceKind::GmailAppPassword],
        );
        check(
            "host = \"pop.shop.jp\"\nport = 110\nsecurity = \"tls\"",
            "host = \"smtp.shop.jp\"\nport = 465\nsecurity = \"starttls\"",
            &[
                AdviceKind::PortAndSecurity {
                    port: 110,
                    usual: "starttls",
                },
                AdviceKind::PortAndSecurity {
                    port: 465,
                    usual: "tls",
                },
            ],
        );
        let unprotected = |host: &str| AdviceKind::Unprotected {
            host: host.to_owned(),
        };
        check(
            "host = \"pop.shop.jp\"\nsecurity = \"none\"",
            "host = \"smtp.shop.jp\"\nsecurity = \"none\"",
            &[unprotected("pop.shop.jp"), unprotected("smtp.shop.jp")],
        );
        check(
            "host = \"127.0.0.1\"\nsecurity = \"none\"",
            "host = \"localhost\"\nsecurity = \"none\"\nauthentication = \"none\"",
            &[],
        );
    }
}
