//! Who is trusted, and what happens where TLS and plain text meet.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls_pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;

use super::*;

/// A certificate authority of our own, and its certificate in a PEM file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        Authority {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    /// A server's settings with a certificate for `host` that ends in the year `until`.
    fn server(&self, host: &str, from: i32, until: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }
}

async fn session(mut peer: Peer) {
    peer.log_in(&["PIPELINING"]).await;
    peer.on("QUIT", "+OK\r\n").await;
}

/// A server that speaks TLS at once.
async fn serve_tls(config: Arc<ServerConfig>) -> Pop3Settings {
    let mut settings = serve(move |peer| {
        let config = Arc::clone(&config);
        async move {
            if let Some(peer) = peer.start_tls(&config).await {
                session(peer).await;
            }
        }
    })
    .await;
    settings.security = Security::Tls;
    settings.host = "localhost".to_owned();
    settings
}

#[tokio::test]
async fn an_extra_ca_file_is_trusted_beside_the_systems_certificates() {
    let authority = Authority::new();
    let mut settings = serve_tls(authority.server("localhost", 2020, 2090)).await;
    settings.extra_ca_file = Some(authority.file.path().to_owned());
    let connection = opened(&settings).await;
    assert!(connection.is_encrypted() && connection.capabilities().pipelining);
    connection.quit().await.unwrap();
}

#[tokio::test]
async fn certificates_that_cannot_be_trusted_are_told_apart() {
    let authority = Authority::new();
    let other = Authority::new();
    let check = async |config, ca: Option<&Authority>, expected: Problem| {
        let mut settings = serve_tls(config).await;
        settings.extra_ca_file = ca.map(|ca| ca.file.path().to_owned());
        let error = open(&settings).await.err().unwrap();
        assert_eq!((error.step(), error.problem()), (Step::TlsHandshake, &expected));
        assert_eq!(error.again_or_give_up(), Retry::GiveUp);
    };
    let good = || authority.server("localhost", 2020, 2090);
    check(good(), None, Problem::CertificateForeign).await;
    check(good(), Some(&other), Problem::CertificateForeign).await;
    check(
        authority.server("localhost", 2020, 2021),
        Some(&authority),
        Problem::CertificateExpired,
    )
    .await;
    check(
        authority.server("localhost", 2080, 2090),
        Some(&authority),
        Problem::CertificateNotYetValid,
    )
    .await;
    check(
        authority.server("www.example.jp", 2020, 2090),
        Some(&authority),
        Problem::CertificateWrongHost("www.example.jp".to_owned()),
    )
    .await;
}

#[tokio::test]
async fn an_extra_ca_file_that_is_none_is_told_before_anything_is_sent() {
    let mut settings = settings(1);
    settings.security = Security::Tls;
    let empty = NamedTempFile::new().unwrap();
    for file in [empty.path(), std::path::Path::new("/no/such/file.pem")] {
        settings.extra_ca_file = Some(file.to_owned());
        let fault = refused(&settings).await;
        let Problem::TlsSetup(reason) = &fault.problem else {
            panic!("{fault}")
        };
        assert!(reason.contains(&file.display().to_string()), "{reason}");
    }
}

#[tokio::test]
async fn stls_encrypts_before_the_login_and_asks_capabilities_again() {
    let authority = Authority::new();
    let config = authority.server("localhost", 2020, 2090);
    let mut settings = serve(move |mut peer| {
        let config = Arc::clone(&config);
        async move {
            peer.say("+OK\r\n").await;
            peer.on("CAPA", "+OK\r\nSTLS\r\nUTF8\r\n.\r\n").await;
            peer.on("STLS", "+OK begin\r\n").await;
            let mut peer = peer.start_tls(&config).await.unwrap();
            let capa = "+OK\r\nUSER\r\nPIPELINING\r\n.\r\n";
            peer.on("CAPA", capa).await;
            peer.on("USER taro", "+OK\r\n").await;
            peer.on("PASS himitsu", "+OK\r\n").await;
            peer.on("CAPA", capa).await;
            peer.on("QUIT", "+OK\r\n").await;
        }
    })
    .await;
    settings.host = "localhost".to_owned();
    settings.security = Security::StartTls;
    settings.extra_ca_file = Some(authority.file.path().to_owned());
    let connection = opened(&settings).await;
    assert!(connection.is_encrypted() && connection.capabilities().pipelining);
    connection.quit().await.unwrap();
}

/// A server whose answers to CAPA and STLS somebody on the way has changed; what it heard in clear, and the fault.
async fn tampered(capa: &'static str, stls: &'static str) -> (Vec<String>, Fault) {
    let (said, mut heard) = tokio::sync::mpsc::channel(1);
    let mut settings = serve(move |mut peer| {
        let said = said.clone();
        async move {
            let mut lines = Vec::new();
            peer.say("+OK\r\n").await;
            while let Some(line) = peer.line().await {
                peer.say(match line.as_str() {
                    "CAPA" => capa,
                    "STLS" => stls,
                    _ => "+OK\r\n",
                })
                .await;
                lines.push(line);
            }
            let _ = said.send(lines).await;
        }
    })
    .await;
    settings.security = Security::StartTls;
    let fault = refused(&settings).await;
    (heard.recv().await.unwrap(), fault)
}

#[tokio::test]
async fn a_stripped_or_refused_stls_never_leads_to_a_login_in_clear() {
    let (heard, stripped) = tampered("+OK\r\nUSER\r\n.\r\n", "").await;
    assert_eq!(
        (stripped.step, stripped.problem),
        (Step::Stls, Problem::StlsNotOffered)
    );
    assert_eq!(heard, ["CAPA"]);
    for capa in ["+OK\r\nUSER\r\nSTLS\r\n.\r\n", "-ERR no CAPA\r\n"] {
        let (heard, refused) = tampered(capa, "-ERR no\r\n").await;
        assert_eq!(
            (refused.step, refused.problem),
            (Step::Stls, Problem::StlsRefused)
        );
        assert_eq!(heard, ["CAPA", "STLS"]);
    }
}

#[tokio::test]
async fn plain_text_injected_behind_stls_is_an_error() {
    let injected = "+OK begin\r\n+OK\r\nUSER\r\n.\r\n";
    let (heard, fault) = tampered("+OK\r\nSTLS\r\n.\r\n", injected).await;
    assert_eq!(
        (fault.step, fault.problem),
        (Step::Stls, Problem::PlaintextAfterStls)
    );
    assert_eq!(heard, ["CAPA", "STLS"], "the handshake does not even begin");
}

#[tokio::test]
async fn a_server_that_goes_on_in_plain_text_after_stls_is_an_error() {
    let mut settings = serve(|mut peer| async move {
        peer.say("+OK\r\n").await;
        peer.on("CAPA", "-ERR\r\n").await;
        peer.on("STLS", "+OK begin\r\n").await;
        // The client's hello is heard first, so that this cannot come along with the +OK.
        let _ = peer.stream.fill_buf().await;
        peer.say("+OK and by the way, in clear\r\n").await;
        peer.hang().await;
    })
    .await;
    settings.security = Security::StartTls;
    let fault = refused(&settings).await;
    assert_eq!(
        (fault.step, fault.problem),
        (Step::TlsHandshake, Problem::PlaintextAfterStls)
    );
}

#[tokio::test]
async fn tls_on_a_plain_port_is_told_so() {
    let mut settings = serve(|mut peer| async move {
        peer.say("+OK POP3 ready\r\n").await;
        peer.hang().await;
    })
    .await;
    settings.security = Security::Tls;
    assert_eq!(
        refused(&settings).await,
        Fault::new(Step::TlsHandshake, Problem::PlainServerOnTls)
    );
}

#[tokio::test]
async fn plain_text_on_a_tls_port_is_told_so_whether_the_server_waits_or_closes() {
    let authority = Authority::new();
    let config = authority.server("localhost", 2020, 2090);
    let mut waiting = serve_tls(Arc::clone(&config)).await;
    waiting.security = Security::None;
    waiting.read_timeout = Duration::from_secs(2);
    let expected = Fault::new(Step::Greeting, Problem::TlsServerOnPlain);
    assert_eq!(refused(&waiting).await, expected);

    // This one answers whoever is silent with an alert, or with nothing at all.
    for farewell in [&b"\x15\x03\x03\x00\x02\x01\x00"[..], b""] {
        let config = Arc::clone(&config);
        let mut closing = serve(move |peer| {
            let config = Arc::clone(&config);
            async move {
                let mut peer = peer;
                let heard = tokio::time::timeout(Duration::from_secs(1), peer.stream.fill_buf()).await;
                match heard {
                    Ok(_) => {
                        // The hello that was looked at is still in the buffer.
                        let tls = TlsAcceptor::from(config).accept(peer.stream).await;
                        drop(tls);
                    }
                    Err(_) => peer.say(farewell).await,
                }
            }
        })
        .await;
        closing.security = Security::None;
        assert_eq!(refused(&closing).await, expected, "{farewell:?}");
    }
}

#[tokio::test]
async fn a_tls_server_that_hangs_or_drops_in_the_handshake_is_told_so() {
    let mut hanging = serve(|mut peer| async move { peer.hang().await }).await;
    hanging.security = Security::Tls;
    hanging.read_timeout = Duration::from_millis(300);
    let hung = Problem::Hung(hanging.read_timeout);
    assert_eq!(refused(&hanging).await, Fault::new(Step::TlsHandshake, hung));
    let mut dropping = serve(|mut peer| async move {
        let _ = peer.stream.fill_buf().await;
    })
    .await;
    dropping.security = Security::Tls;
    assert_eq!(
        refused(&dropping).await,
        Fault::new(Step::TlsHandshake, Problem::Dropped)
    );
}

/// A certificate as `openssl req -x509` makes it: it signed itself and says that it is an authority.
fn self_made(host: &str, until: i32) -> (Arc<ServerConfig>, NamedTempFile) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (Arc::new(config), file)
}

#[tokio::test]
async fn a_self_made_certificate_in_the_extra_ca_file_is_accepted_for_its_host_and_time() {
    let (config, file) = self_made("localhost", 2090);
    let mut settings = serve_tls(Arc::clone(&config)).await;
    settings.extra_ca_file = Some(file.path().to_owned());
    opened(&settings).await.quit().await.unwrap();

    let check = async |config, file: Option<&NamedTempFile>, expected: fn(&Problem) -> bool| {
        let mut settings = serve_tls(config).await;
        settings.extra_ca_file = file.map(|file| file.path().to_owned());
        let fault = refused(&settings).await;
        assert!(expected(&fault.problem), "{fault}");
    };
    let is_bad =
        |problem: &Problem| matches!(problem, Problem::CertificateBad(_) | Problem::CertificateForeign);
    check(Arc::clone(&config), None, is_bad).await;
    let (_, another) = self_made("localhost", 2090);
    check(config, Some(&another), is_bad).await;
    let (config, file) = self_made("sv1.hosting.example.jp", 2090);
    check(config, Some(&file), |problem| {
        matches!(problem, Problem::CertificateWrongHost(_))
    })
    .await;
    let (config, file) = self_made("localhost", 2021);
    check(config, Some(&file), |problem| {
        *problem == Problem::CertificateExpired
    })
    .await;
}
