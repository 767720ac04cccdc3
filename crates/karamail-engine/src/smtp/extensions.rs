//! What an SMTP server can do, by its answer to EHLO.

use crate::config::{Security, SmtpMechanism};
use crate::smtp::reply::Reply;

/// What the server said it can do (its answer to EHLO). Keywords compare without case (RFC 5321 section 2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) eight_bit: bool,
    pub(super) smtp_utf8: bool,
    pub(super) size: bool,
    pub(super) pipelining: bool,
    pub(super) plain: bool,
    pub(super) login: bool,
    pub(super) cram_md5: bool,
    pub(super) xoauth2: bool,
}

impl Extensions {
    pub(super) fn of(hello: &Reply) -> Extensions {
        let mut extensions = Extensions::default();
        for line in hello.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("8BITMIME") => extensions.eight_bit = true,
                Some("SMTPUTF8") => extensions.smtp_utf8 = true,
                Some("SIZE") => extensions.size = true,
                Some("PIPELINING") => extensions.pipelining = true,
                Some("AUTH") => words.for_each(|mechanism| extensions.add_mechanism(mechanism)),
                // The form of servers older than RFC 4954.
                Some(first) => {
                    if let Some(mechanism) = first.strip_prefix("AUTH=") {
                        extensions.add_mechanism(mechanism);
                        words.for_each(|mechanism| extensions.add_mechanism(mechanism));
                    }
                }
                None => {}
            }
        }
        extensions
    }

    /// The mechanisms to try, in order. In the clear the password itself is the last thing to send.
    pub(super) fn ways(&self, wanted: SmtpMechanism, security: Security) -> Vec<SmtpMechanism> {
        use SmtpMechanism::{Auto, CramMd5, Login, Plain, XOAuth2};
        let order = match (wanted, security) {
            (Auto, Security::None) => vec![CramMd5, Plain, Login],
            (Auto, Security::StartTls | Security::Tls) => vec![Plain, Login, CramMd5],
            (mechanism, _) => vec![mechanism],
        };
        let is_offered = |mechanism: &SmtpMechanism| match mechanism {
            Plain => self.plain,
            Login => self.login,
            CramMd5 => self.cram_md5,
            XOAuth2 => self.xoauth2,
            Auto => false,
        };
        order.into_iter().filter(is_offered).collect()
    }

    fn add_mechanism(&mut self, mechanism: &str) {
        match mechanism {
            "PLAIN" => self.plain = true,
            "LOGIN" => self.login = true,
            "CRAM-MD5" => self.cram_md5 = true,
            "XOAUTH2" => self.xoauth2 = true,
            _ => {}
        }
    }
}
