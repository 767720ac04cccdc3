//! TLS for POP3 and SMTP: who is trusted, and what a failed handshake means.
//!
//! Trusted are the platform's certificates and, beside them, those of a mailbox's own PEM file: as authorities, and as
//! the server's own certificate (`pinned`).
//! Invariant: there is no way to accept just any certificate.

mod pinned;

use std::io;
use std::path::Path;
use std::sync::Arc;

use karamail_core::pop3::quoted;
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, ClientConfig, InvalidMessage};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use self::pinned::PinningVerifier;

/// Why TLS cannot be set up on our side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsSetupFault {
    /// The extra CA file cannot be read, or holds something else than certificates in PEM form.
    #[error("the certificate file {file} cannot be used: {reason}")]
    ExtraCaFile {
        /// The file, for people.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The platform's own certificates cannot be used.
    #[error("the system's certificates cannot be used: {0}")]
    Platform(String),
}

/// The settings of a TLS client. Reads the platform's certificates anew, so that a change of them needs no restart;
/// this blocks for some milliseconds.
pub fn client_config(extra_ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsSetupFault> {
    let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
    let extra = match extra_ca_file {
        Some(file) => certificates(file)?,
        None => Vec::new(),
    };
    let platform = |error: rustls::Error| match extra_ca_file {
        Some(file) => TlsSetupFault::ExtraCaFile {
            file: file.display().to_string(),
            reason: error.to_string(),
        },
        None => TlsSetupFault::Platform(error.to_string()),
    };
    let verifier = PinningVerifier {
        named: extra.clone(),
        platform: Verifier::new_with_extra_roots(extra, provider.clone()).map_err(platform)?,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsSetupFault::Platform(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSetupFault> {
    let fault = |reason: String| TlsSetupFault::ExtraCaFile {
        file: file.display().to_string(),
        reason,
    };
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| fault(error.to_string()))?;
    if certificates.is_empty() {
        return Err(fault("it holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// What a failed handshake, or a failure later on, means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsTrouble {
    /// The other side does not speak TLS.
    NotTls,
    /// The certificate is past its last day.
    Expired,
    /// The certificate's first day is still to come.
    NotYetValid,
    /// Nobody we trust signed the certificate.
    UnknownIssuer,
    /// The certificate is for these other names (made harmless; may be empty).
    WrongHost(String),
    /// Another fault of the certificate.
    BadCertificate(String),
    /// The other side closed the connection.
    Closed,
    /// Anything else that is TLS.
    Other(String),
}

impl TlsTrouble {
    /// Reads the error of a handshake, a read or a write over TLS.
    pub fn of(error: &io::Error) -> TlsTrouble {
        let tls = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => TlsTrouble::NotTls,
            Some(rustls::Error::InvalidCertificate(fault)) => certificate_trouble(fault),
            Some(other) => TlsTrouble::Other(quoted(other.to_string().as_bytes())),
            None => TlsTrouble::Closed,
        }
    }
}

fn certificate_trouble(fault: &CertificateError) -> TlsTrouble {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsTrouble::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsTrouble::NotYetValid
        }
        // A root that signs with another key than the one we know is as foreign as one we do not know.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsTrouble::UnknownIssuer,
        CertificateError::NotValidForName => TlsTrouble::WrongHost(String::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().map(|name| bare_name(name)).collect();
            TlsTrouble::WrongHost(quoted(names.join(", ").as_bytes()))
        }
        other => TlsTrouble::BadCertificate(quoted(other.to_string().as_bytes())),
    }
}

/// rustls names them as `DnsName("mail.example.jp")`.
fn bare_name(presented: &str) -> &str {
    presented
        .split_once('"')
        .and_then(|(_, rest)| rest.rsplit_once('"'))
        .map_or(presented, |(name, _)| name)
}
