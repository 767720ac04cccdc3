//! The settings in checked form: whatever has this type is sound, and nothing else in the engine checks it again.

use std::path::PathBuf;
use std::time::Duration;

/// How the connection to a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// Plain at first, TLS after STLS or STARTTLS; never without.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// How to gain the SMTP server's leave to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpAuthentication {
    /// The server asks for nothing.
    None,
    /// AUTH with user and password.
    Password,
    /// A POP3 login from the same IP address just before.
    PopBeforeSmtp,
}

/// Which AUTH mechanism is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpMechanism {
    /// The best that the server offers.
    #[default]
    Auto,
    /// SASL PLAIN.
    Plain,
    /// SASL LOGIN.
    Login,
    /// SASL XOAUTH2; the password is an access token.
    XOAuth2,
}

/// `[mailbox.smtp]`: where mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// How to gain leave to send.
    pub authentication: SmtpAuthentication,
    /// Which AUTH mechanism is used with [`SmtpAuthentication::Password`].
    pub mechanism: SmtpMechanism,
    /// The login name.
    pub user: String,
    /// Whether user and password are those of POP3.
    pub same_credentials_as_pop3: bool,
    /// For connecting and for each answer of the server.
    pub timeout: Duration,
    /// Pause between two letters, for providers with rate limits; zero = none.
    pub send_interval: Duration,
    /// How many connections at once, 1 to 20.
    pub connections: u32,
    /// A PEM file with certificates to trust beside the system's.
    pub extra_ca_file: Option<PathBuf>,
    /// Whether the password may be kept; otherwise it is asked for at start.
    pub save_password: bool,
}
