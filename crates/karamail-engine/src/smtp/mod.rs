//! temporary
use karamail_core::address::EmailAddress;
use karamail_core::words::{Language, Told};
use lettre::transport::smtp::authentication::Credentials as C;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use crate::config::{Security, SmtpSettings};
use crate::secrets::Credentials;
/// t
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SmtpFault(String);
impl SmtpFault { /// t
    pub fn letter_missing(error: &std::io::Error) -> SmtpFault { SmtpFault(error.to_string()) } }
impl Told for SmtpFault { fn what(&self, _: Language) -> String { self.0.clone() } }
/// t
#[derive(Clone)]
pub struct Mailer { transport: AsyncSmtpTransport<Tokio1Executor>, connections: usize }
/// t
#[derive(Debug)]
#[expect(missing_docs)]
pub enum SendOutcome { Accepted { answer: String }, Again { fault: SmtpFault }, Refused { fault: SmtpFault }, ServerTrouble { fault: SmtpFault } }
impl Mailer {
    /// t
    pub fn new(s: &SmtpSettings, c: Option<&Credentials>) -> Result<Mailer, SmtpFault> {
        let mut b = match s.security {
            Security::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&s.host),
            _ => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&s.host).map_err(|e| SmtpFault(e.to_string()))?,
        }.port(s.port).timeout(Some(s.timeout)).pool_config(lettre::transport::smtp::PoolConfig::new().max_size(s.connections));
        if let Some(c) = c { b = b.credentials(C::new(c.user.clone(), c.password.expose().to_owned())); }
        Ok(Mailer { transport: b.build(), connections: s.connections as usize })
    }
    /// t
    pub fn connections(&self) -> usize { self.connections }
    /// t
    pub async fn send(&self, from: &EmailAddress, to: &EmailAddress, bytes: &[u8]) -> SendOutcome {
        let address = |a: &EmailAddress| { let e = a.to_envelope(); let (l, d) = e.rsplit_once('@').unwrap_or_default(); lettre::Address::new(l, d).ok() };
        let envelope = lettre::address::Envelope::new(address(from), address(to).into_iter().collect()).unwrap();
        match self.transport.send_raw(&envelope, bytes).await {
            Ok(r) => SendOutcome::Accepted { answer: format!("{}", r.code()) },
            Err(e) if e.is_permanent() => SendOutcome::Refused { fault: SmtpFault(e.to_string()) },
            Err(e) if e.is_transient() => SendOutcome::Again { fault: SmtpFault(e.to_string()) },
            Err(e) => SendOutcome::ServerTrouble { fault: SmtpFault(e.to_string()) },
        }
    }
}
