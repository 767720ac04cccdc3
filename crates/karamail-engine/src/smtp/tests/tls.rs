use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::server::Tls;
use super::*;

/// An authority of our own, in a file as the settings name it.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Authority {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, issuer.pem()).unwrap();
        Authority {
            issuer,
            file,
            _folder: folder,
        }
    }

    fn acceptor(&self, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let mut parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        change(&mut parameters);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    fn mailer(&self, server: &Server, security: Security) -> Mailer {
        let extra_ca_file = Some(self.file.clone());
        Mailer::new(
            &SmtpSettings {
                security,
                extra_ca_file,
                ..settings(server.port)
            },
            None,
        )
        .unwrap()
    }
}

#[tokio::test]
async fn letters_go_over_tls_and_starttls_with_an_extra_authority() {
    let authority = Authority::new();
    let server = Server::with_tls(Tls::FromStart(authority.acceptor(|_| ())), |_| Act::Proceed).await;
    let mailer = authority.mailer(&server, Security::Tls);
    assert_eq!(
        (kind(&send(&mailer).await), kind(&send(&mailer).await)),
        ("accepted", "accepted")
    );
    assert_eq!(server.connections(), 1);

    let server = Server::with_tls(Tls::Later(authority.acceptor(|_| ())), |_| Act::Proceed).await;
    let mailer = authority.mailer(&server, Security::StartTls);
    assert_eq!(mailer.test().await, Ok(()));
    assert_eq!(kind(&send(&mailer).await), "accepted");
    assert_eq!(
        server.lines()[..3],
        ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]"]
    );
    assert_eq!(server.contents().len(), 1);
}

#[tokio::test]
async fn a_certificate_that_is_not_right_is_refused_and_told() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let expired = authority.acceptor(|certificate| {
        (certificate.not_before, certificate.not_after) =
            (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    });
    let wrong_name = authority
        .acceptor(|certificate| *certificate = CertificateParams::new(vec!["x.jp".to_owned()]).unwrap());
    for (acceptor, expected) in [
        (expired, SmtpFaultKind::CertificateExpired),
        (wrong_name, SmtpFaultKind::CertificateWrongName),
        (stranger.acceptor(|_| ()), SmtpFaultKind::CertificateForeign),
    ] {
        for (security, tls) in [
            (Security::Tls, Tls::FromStart(acceptor.clone())),
            (Security::StartTls, Tls::Later(acceptor.clone())),
        ] {
            let server = Server::with_tls(tls, |_| Act::Proceed).await;
            let outcome = send(&authority.mailer(&server, security)).await;
            assert_eq!(kind(&outcome), "trouble");
            let fault = fault(outcome);
            assert_eq!((fault.step(), fault.kind()), (Step::Tls, &expected));
            assert!(fault.told(Language::Japanese).contains("証明書"));
            assert!(
                !server.lines().iter().any(|line| line.starts_with("MAIL")),
                "nothing was sent"
            );
        }
    }
}

#[tokio::test]
async fn starttls_that_is_stripped_or_refused_sends_nothing_in_the_clear() {
    let authority = Authority::new();
    let stripped = Server::start(at(Step::Hello, || Act::Say("250-test\r\n250 AUTH PLAIN"))).await;
    let refused = Server::start(at(Step::StartTls, || Act::Say("502 5.5.1 no"))).await;
    for server in [stripped, refused] {
        let outcome = send(&authority.mailer(&server, Security::StartTls)).await;
        assert_eq!(kind(&outcome), "trouble");
        assert_eq!(fault(outcome).kind(), &SmtpFaultKind::NoStartTls);
        let allowed = |line: &String| line.starts_with("EHLO") || line == "STARTTLS";
        assert!(server.lines().iter().all(allowed), "{:?}", server.lines());
    }
}

#[tokio::test]
async fn answers_smuggled_in_behind_starttls_are_not_believed() {
    let authority = Authority::new();
    let server = Server::start(at(Step::StartTls, || {
        Act::SayBytes(b"220 go\r\n250 fake\r\n250 ok\r\n250 ok\r\n354 go\r\n250 accepted\r\n")
    }))
    .await;
    let outcome = send(&authority.mailer(&server, Security::StartTls)).await;
    assert_eq!(fault(outcome).kind(), &SmtpFaultKind::Garbled);
}

#[tokio::test]
async fn the_wrong_security_for_a_port_is_told() {
    let authority = Authority::new();
    let plain = Server::start(|_| Act::Proceed).await;
    let outcome = send(&authority.mailer(&plain, Security::Tls)).await;
    assert_eq!(
        (kind(&outcome), fault(outcome).kind()),
        ("trouble", &SmtpFaultKind::NotTls)
    );

    let tls = Server::with_tls(Tls::FromStart(authority.acceptor(|_| ())), |_| Act::Proceed).await;
    for security in [Security::None, Security::StartTls] {
        let settings = SmtpSettings {
            security,
            timeout: SHORT,
            ..settings(tls.port)
        };
        let fault = fault(send(&Mailer::new(&settings, None).unwrap()).await);
        assert_eq!(
            (fault.step(), fault.kind()),
            (Step::Greeting, &SmtpFaultKind::TimedOut)
        );
        assert!(
            fault.told(Language::English).contains("tls"),
            "{}",
            fault.told(Language::English)
        );
    }
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_is_left_within_the_time_out() {
    let authority = Authority::new();
    let server = Server::start(at(Step::Greeting, || Act::Hang)).await;
    let settings = SmtpSettings {
        security: Security::Tls,
        timeout: SHORT,
        extra_ca_file: Some(authority.file.clone()),
        ..settings(server.port)
    };
    let fault = fault(send(&Mailer::new(&settings, None).unwrap()).await);
    assert_eq!(
        (fault.step(), fault.kind()),
        (Step::Tls, &SmtpFaultKind::TimedOut)
    );
}

#[test]
fn a_bad_file_of_extra_certificates_is_told_at_once() {
    let settings = SmtpSettings {
        security: Security::Tls,
        extra_ca_file: Some(PathBuf::from("/nowhere/ca.pem")),
        ..settings(465)
    };
    let fault = Mailer::new(&settings, None).err().unwrap();
    assert!(matches!(fault.kind(), SmtpFaultKind::ExtraCa { .. }));
    assert!(fault.told(Language::English).contains("/nowhere/ca.pem"));
}
