//! Which way to log in.

use super::super::capabilities::Capabilities;
use super::super::fault::{Fault, Problem, Step};
use super::super::sasl::{Authentication, Mechanism};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    UserPass,
    Apop,
    Sasl(Mechanism),
}

/// What the choice rests on.
pub(super) struct Situation<'a> {
    pub(super) authentication: Authentication,
    pub(super) capabilities: &'a Capabilities,
    pub(super) encrypted: bool,
    /// The greeting held a sound APOP timestamp.
    pub(super) has_timestamp: bool,
}

impl Situation<'_> {
    /// The way to log in, and the one after it. The password goes in clear over an unencrypted connection only where
    /// that is the shop's own setting, and only if the server announces nothing better or refuses it: many announce
    /// APOP for passwords they cannot use it with.
    pub(super) fn ways(&self) -> Result<(Way, Option<Way>), Fault> {
        match self.authentication {
            Authentication::UserPass => return Ok((Way::UserPass, None)),
            Authentication::Apop => return Ok((Way::Apop, None)),
            // Microsoft and Google call the same thing by two names.
            Authentication::Sasl(Mechanism::XOAuth2)
                if self.offers(Mechanism::OAuthBearer) && !self.offers(Mechanism::XOAuth2) =>
            {
                return Ok((Way::Sasl(Mechanism::OAuthBearer), None));
            }
            Authentication::Sasl(mechanism) => return Ok((Way::Sasl(mechanism), None)),
            Authentication::Auto => {}
        }
        let hashed = if self.offers(Mechanism::CramMd5) {
            Some(Way::Sasl(Mechanism::CramMd5))
        } else {
            self.has_timestamp.then_some(Way::Apop)
        };
        let clear = self.clear_way();
        let order = if self.encrypted {
            (clear, hashed)
        } else {
            (hashed, clear)
        };
        match order {
            (Some(way), _) if self.encrypted => {
                let user_pass = Some(Way::UserPass).filter(|next_way| *next_way != way);
                Ok((way, user_pass))
            }
            (Some(way), next_way) => Ok((way, next_way)),
            (None, Some(way)) => Ok((way, None)),
            (None, None) if !self.encrypted && self.capabilities.stls => {
                Err(Fault::new(Step::UserPass, Problem::EncryptionRequired))
            }
            (None, None) => Err(Fault::new(
                Step::UserPass,
                Problem::NoCommonMechanism(self.capabilities.listed.join(", ")),
            )),
        }
    }

    fn clear_way(&self) -> Option<Way> {
        let capabilities = self.capabilities;
        if self.offers(Mechanism::Plain) {
            Some(Way::Sasl(Mechanism::Plain))
        } else if capabilities.user || !capabilities.known {
            Some(Way::UserPass)
        } else if self.offers(Mechanism::Login) {
            Some(Way::Sasl(Mechanism::Login))
        } else if capabilities.sasl_listed || (!self.encrypted && capabilities.stls) {
            // The server says that it does not take passwords in clear (here, or before STLS).
            None
        } else {
            Some(Way::UserPass)
        }
    }

    fn offers(&self, mechanism: Mechanism) -> bool {
        self.capabilities.sasl.contains(&mechanism)
    }
}
