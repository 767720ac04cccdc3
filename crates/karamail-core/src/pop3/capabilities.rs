//! What a server says it can do (RFC 2449 section 6, RFC 5034, RFC 6856).

use std::time::Duration;

use super::fault::quoted;
use super::sasl::Mechanism;

/// The answer to CAPA. Without CAPA nothing is known, which is not the same as nothing being possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// CAPA was answered.
    pub known: bool,
    /// TOP is listed. Servers that do not list it may have it all the same.
    pub top: bool,
    /// UIDL is listed. Servers that do not list it may have it all the same.
    pub uidl: bool,
    /// USER and PASS may be used.
    pub user: bool,
    /// STLS is offered.
    pub stls: bool,
    /// Commands may be sent before the replies to earlier ones came.
    pub pipelining: bool,
    /// -ERR texts may begin with a code in brackets.
    pub response_codes: bool,
    /// `[AUTH]` and `[SYS/…]` are among the codes (RFC 3206).
    pub auth_response_code: bool,
    /// UTF-8 in headers can be asked for (RFC 6856).
    pub utf8: bool,
    /// UTF-8 in user names and passwords is taken (RFC 6856).
    pub utf8_user: bool,
    /// Least time between two logins.
    pub login_delay: Option<Duration>,
    /// How long the server keeps a mail.
    pub expire: Option<Expire>,
    /// The server's name and version, as it says; made harmless.
    pub implementation: Option<String>,
    /// The mechanisms AUTH takes, of those we know.
    pub sasl: Vec<Mechanism>,
    /// AUTH is there, whatever its mechanisms are; so an initial response is too (RFC 5034).
    pub sasl_listed: bool,
    /// All names as sent, for messages and logs; made harmless.
    pub listed: Vec<String>,
}

/// EXPIRE (RFC 2449 section 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expire {
    /// The server never deletes by itself.
    Never,
    /// It deletes after this many days; 0 means that RETR may delete.
    Days(u32),
}

impl Capabilities {
    /// Takes one line of the answer. Unknown and broken lines change nothing but [`Capabilities::listed`].
    pub(super) fn take_line(&mut self, line: &[u8]) {
        let line = quoted(line);
        let mut words = line.split(' ');
        let Some(name) = words.next().filter(|name| !name.is_empty()) else {
            return;
        };
        match name.to_ascii_uppercase().as_str() {
            "TOP" => self.top = true,
            "UIDL" => self.uidl = true,
            "USER" => self.user = true,
            "STLS" => self.stls = true,
            "PIPELINING" => self.pipelining = true,
            "RESP-CODES" => self.response_codes = true,
            "AUTH-RESP-CODE" => self.auth_response_code = true,
            "UTF8" => {
                self.utf8 = true;
                self.utf8_user = words.any(|word| word.eq_ignore_ascii_case("USER"));
            }
            "LOGIN-DELAY" => {
                self.login_delay = words
                    .next()
                    .and_then(|seconds| seconds.parse().ok())
                    .map(Duration::from_secs);
            }
            "EXPIRE" => {
                self.expire = words.next().and_then(|word| {
                    if word.eq_ignore_ascii_case("NEVER") {
                        Some(Expire::Never)
                    } else {
                        word.parse().ok().map(Expire::Days)
                    }
                });
            }
            "IMPLEMENTATION" => self.implementation = Some(words.collect::<Vec<_>>().join(" ")),
            "SASL" => {
                self.sasl_listed = true;
                self.sasl = words.filter_map(Mechanism::from_name).collect();
            }
            _ => {}
        }
        self.listed.push(line);
    }
}
