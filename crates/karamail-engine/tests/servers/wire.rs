//! What both scripted servers need of a socket.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

pub(crate) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// Writes byte by byte, each in a packet of its own.
pub(crate) async fn drip(
    stream: &mut (impl AsyncWrite + Unpin),
    bytes: &[u8],
    pause: Duration,
) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// The content with its final dot, dot-stuffed (RFC 1939 section 3, RFC 5321 section 4.5.2).
pub(crate) fn dot_stuffed(bytes: &[u8], into: &mut Vec<u8>) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            into.push(b'.');
        }
        into.extend_from_slice(line);
    }
    if !into.ends_with(b"\n") {
        into.extend_from_slice(b"\r\n");
    }
    into.extend_from_slice(b".\r\n");
}

/// A certificate with its key for this host name, signed by itself.
pub(crate) fn certificate(host: &str) -> CertifiedKey<KeyPair> {
    let key = KeyPair::generate().unwrap();
    let cert = CertificateParams::new(vec![host.to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    CertifiedKey {
        cert,
        signing_key: key,
    }
}

pub(crate) fn acceptor(certified: &CertifiedKey<KeyPair>) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
