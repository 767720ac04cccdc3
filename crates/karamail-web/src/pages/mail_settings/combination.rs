//! Ports and encryption that go together, and what is said beside the port where they do not. `mailbox.js` says the same
//! while the person chooses.

use karamail_core::words::Language;
use karamail_core::words::screens::mailbox as words;

/// What is known about the ports of one service.
pub(super) struct Ports {
    /// The usual port of each encryption: TLS, STARTTLS, none.
    pub(super) usual: [u16; 3],
    /// Ports with a meaning.
    pub(super) known: Vec<Known>,
    /// What is wrong with what is chosen now.
    pub(super) warning: Option<String>,
}

/// A port that goes with an encryption.
pub(super) struct Known {
    pub(super) port: u16,
    /// It is encrypted from the start.
    pub(super) is_tls: bool,
    /// What is said where the encryption is another.
    pub(super) told: String,
    /// What is said about it in any case.
    pub(super) always: String,
}

impl Ports {
    pub(super) fn pop3(port: &str, security: &str, language: Language) -> Ports {
        Ports::of(
            [995, 110, 110],
            &[(995, true), (110, false)],
            port,
            security,
            language,
        )
    }

    pub(super) fn smtp(port: &str, security: &str, language: Language) -> Ports {
        let known = [(465, true), (587, false), (25, false)];
        Ports::of([465, 587, 25], &known, port, security, language)
    }

    fn of(usual: [u16; 3], known: &[(u16, bool)], port: &str, security: &str, language: Language) -> Ports {
        let known: Vec<Known> = known
            .iter()
            .map(|(port, is_tls)| Known {
                port: *port,
                is_tls: *is_tls,
                told: match is_tls {
                    true => words::port_wants_tls(language, (*port).into()),
                    false => words::port_wants_starttls(language, (*port).into()),
                },
                always: match port {
                    25 => words::port_25(language),
                    _ => String::new(),
                },
            })
            .collect();
        let warning = known
            .iter()
            .find(|one| one.port.to_string() == port)
            .and_then(|one| one.warning(security));
        Ports {
            usual,
            known,
            warning,
        }
    }
}

impl Known {
    fn warning(&self, security: &str) -> Option<String> {
        // Without a choice the encryption follows the port.
        if !security.is_empty() && (security == "tls") != self.is_tls {
            return Some(self.told.clone());
        }
        Some(self.always.clone()).filter(|told| !told.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_does_not_go_with_its_encryption_is_told() {
        let pop3 = |port, security| Ports::pop3(port, security, Language::English).warning;
        let smtp = |port, security| Ports::smtp(port, security, Language::English).warning;
        assert!(pop3("995", "none").unwrap().contains("995"));
        assert!(pop3("995", "starttls").is_some() && pop3("110", "tls").is_some());
        for (port, security) in [
            ("995", "tls"),
            ("995", ""),
            ("110", "none"),
            ("110", "starttls"),
            ("", "tls"),
            ("1100", "tls"),
        ] {
            assert_eq!(pop3(port, security), None, "{port} {security}");
        }
        assert!(smtp("465", "none").is_some() && smtp("587", "tls").is_some());
        assert!(smtp("25", "none").unwrap().contains("blocked"));
        assert_eq!(smtp("587", "none"), None);
    }
}
