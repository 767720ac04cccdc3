//! A password in memory.

use std::fmt;

use zeroize::Zeroizing;

/// A password or access token. Its memory is zeroed on drop, and no formatting shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password over; the caller's other copies are the caller's concern.
    pub fn new(secret: impl Into<String>) -> Password {
        Password(Zeroizing::new(secret.into()))
    }

    /// The secret itself, for the login alone. Never log it, never put it into an error.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no password at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(hidden)")
    }
}

impl From<String> for Password {
    fn from(secret: String) -> Password {
        Password::new(secret)
    }
}

impl From<&str> for Password {
    fn from(secret: &str) -> Password {
        Password::new(secret)
    }
}

/// What a login needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The login name.
    pub user: String,
    /// The password or access token.
    pub password: Password,
}
