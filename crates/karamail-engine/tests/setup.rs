//! From an address to settings: the list of providers, MX records, and trying common names, all on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "common/dns.rs"]
mod dns;

use std::path::Path;
use std::sync::Arc;

use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use karamail_engine::config::{EditFault, Security, SettingValue, Settings, write_new_with};
use karamail_engine::setup::dns::Dns;
use karamail_engine::setup::plan::{Endpoint, Filled, Plan, Wanted, plan};
use karamail_engine::setup::probe::{Certificate, Ports};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

async fn planned(address: &str, dns: Option<&Dns>, server: Option<&str>) -> Plan {
    with_ports(address, dns, server, &Ports::default(), None, false).await
}

async fn with_ports(
    address: &str,
    dns: Option<&Dns>,
    server: Option<&str>,
    ports: &Ports,
    extra_ca_file: Option<&Path>,
    allow_plain: bool,
) -> Plan {
    let address = EmailAddress::parse(address).unwrap();
    plan(Wanted {
        address: &address,
        server,
        dns,
        ports,
        allow_plain,
        extra_ca_file,
    })
    .await
}

#[track_caller]
fn ready(plan: Plan) -> Filled {
    match plan {
        Plan::Ready(filled) => *filled,
        other => panic!("{other:?}"),
    }
}

fn endpoint(host: &str, port: u16, security: Security) -> Endpoint {
    Endpoint {
        host: host.to_owned(),
        port,
        security,
    }
}

#[tokio::test]
async fn a_listed_provider_needs_no_network() {
    let filled = ready(planned("shop@gmail.com", None, None).await);
    assert_eq!(filled.pop3, endpoint("pop.gmail.com", 995, Security::Tls));
    assert_eq!(
        (filled.user.as_str(), filled.is_user_guessed),
        ("recent:shop@gmail.com", false)
    );
    let filled = ready(planned("info@shop.sakura.ne.jp", None, None).await);
    assert_eq!(filled.smtp, endpoint("shop.sakura.ne.jp", 465, Security::Tls));
    let filled = ready(planned("shop@asahi-net.or.jp", None, None).await);
    assert!(filled.is_user_guessed);
    assert!(matches!(
        planned("shop@hotmail.co.jp", None, None).await,
        Plan::Unusable(_)
    ));
    assert!(matches!(
        planned("shop@docomo.ne.jp", None, None).await,
        Plan::Unusable(_)
    ));
    assert!(matches!(
        planned("a@shop.example", None, None).await,
        Plan::Unknown(None)
    ));
    let filled = ready(planned("a@shop.example", None, Some("sv1.host.example")).await);
    assert_eq!(filled.pop3, endpoint("sv1.host.example", 995, Security::Tls));
}

#[tokio::test]
async fn a_shops_own_domain_leads_to_its_provider_through_mx() {
    let dns = dns::dns(
        "a.example MX 10 mx01.lolipop.jp\nb.example MX 0 b-example.mail.protection.outlook.com\n\
         c.example MX 10 c.example\nc.example MX 20 sv9.xserver.jp\nd.example MX 1 aspmx.l.google.com",
    )
    .await;
    let filled = ready(planned("info@a.example", Some(&dns), None).await);
    assert_eq!(filled.pop3, endpoint("pop.lolipop.jp", 995, Security::Tls));
    assert_eq!(
        filled.known.unwrap().mail_server.as_deref(),
        Some("mx01.lolipop.jp")
    );
    assert!(matches!(
        planned("info@b.example", Some(&dns), None).await,
        Plan::Unusable(_)
    ));
    let Plan::NeedsServer(known) = planned("info@c.example", Some(&dns), None).await else {
        panic!("only the shop knows its server");
    };
    assert_eq!(known.provider.name, "エックスサーバー");
    let filled = ready(planned("info@c.example", Some(&dns), Some("sv12.xserver.jp")).await);
    assert_eq!(filled.smtp, endpoint("sv12.xserver.jp", 465, Security::Tls));
    assert_eq!(
        ready(planned("info@d.example", Some(&dns), None).await).user,
        "recent:info@d.example"
    );
}

#[tokio::test]
async fn the_values_make_a_sound_settings_file_with_its_comments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/karamail.toml");
    let address = EmailAddress::parse("uketsuke-of-a-very-long-name@ocn.ne.jp").unwrap();
    let filled = ready(planned(&address.to_string(), None, None).await);
    write_new_with(&path, Language::English, filled.values(&address)).unwrap();
    let settings = Settings::load(&path).unwrap();
    let mailbox = &settings.mailboxes[0];
    assert_eq!(
        (mailbox.address.clone(), mailbox.pop3.host.as_str()),
        (address.clone(), "pop.ocn.ne.jp")
    );
    assert_eq!((mailbox.smtp.port, mailbox.smtp.security), (465, Security::Tls));
    assert_eq!(mailbox.smtp.user, address.to_string());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("# The POP3 server (required)") && text.matches('#').count() > 100);
    let before = text.len();
    let again = write_new_with(&path, Language::English, filled.values(&address));
    assert!(matches!(again, Err(EditFault::AlreadyThere(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap().len(), before);
    let other = folder.path().join("other.toml");
    let wrong = vec![("mailbox[1].pop3.host", SettingValue::Text("no host".to_owned()))];
    assert!(matches!(
        write_new_with(&other, Language::English, wrong),
        Err(EditFault::Faults(_))
    ));
    assert!(!other.exists(), "nothing is half written");
}

/// What a scripted server speaks.
#[derive(Clone, Copy)]
enum Speaks {
    Pop3,
    Smtp,
}

/// A certificate authority, and servers with its certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), params.self_signed(&key).unwrap().pem()).unwrap();
        Authority {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    fn acceptor(&self, host: &str) -> TlsAcceptor {
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Serves greetings, TLS at once or after being asked; without an acceptor it has no TLS.
async fn serve(speaks: Speaks, security: Security, acceptor: Option<TlsAcceptor>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                match (security, acceptor) {
                    (Security::Tls, Some(acceptor)) => {
                        let stream = acceptor.accept(socket).await.ok()?;
                        talk(speaks, stream, false).await?;
                    }
                    (_, acceptor) => {
                        let socket = talk(speaks, socket, acceptor.is_some()).await?;
                        acceptor?.accept(socket).await.ok()?;
                    }
                }
                Some(())
            });
        }
    });
    port
}

/// Greets and answers until TLS is asked for and offered.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(speaks: Speaks, stream: S, offers_tls: bool) -> Option<S> {
    let mut stream = BufReader::new(stream);
    let greeting: &[u8] = match speaks {
        Speaks::Pop3 => b"+OK POP3 here\r\n",
        Speaks::Smtp => b"220-one moment\r\n220 SMTP here\r\n",
    };
    stream.write_all(greeting).await.ok()?;
    stream.flush().await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match line.trim() {
            "STLS" if offers_tls => b"+OK go\r\n",
            "STARTTLS" if offers_tls => b"220 go\r\n",
            "STLS" => b"-ERR no\r\n",
            line if line.starts_with("EHLO") && offers_tls => b"250-here\r\n250 STARTTLS\r\n",
            line if line.starts_with("EHLO") => b"250-here\r\n250 SIZE 1\r\n",
            _ => b"500 no\r\n",
        };
        stream.write_all(answer).await.ok()?;
        stream.flush().await.ok()?;
        if offers_tls && line.starts_with("ST") {
            return Some(stream.into_inner());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn common_names_are_tried_and_the_one_with_a_fitting_certificate_is_taken() {
    let authority = Authority::new();
    // `pop.` answers with the host's own certificate, as cheap shared hosting does; `mail.` is right.
    let pop3 = serve(
        Speaks::Pop3,
        Security::Tls,
        Some(authority.acceptor("mail.shop.example")),
    )
    .await;
    let starttls = serve(
        Speaks::Smtp,
        Security::StartTls,
        Some(authority.acceptor("mail.shop.example")),
    )
    .await;
    let ports = Ports {
        pop3: vec![(1, Security::Tls), (pop3, Security::Tls)],
        smtp: vec![(1, Security::Tls), (starttls, Security::StartTls)],
    };
    let zone = "shop.example A 127.0.0.1\npop.shop.example A 127.0.0.1\nmail.shop.example A 127.0.0.1";
    let dns = dns::dns(zone).await;
    let found = with_ports(
        "info@shop.example",
        Some(&dns),
        None,
        &ports,
        Some(authority.file.path()),
        false,
    )
    .await;
    let filled = ready(found);
    assert_eq!(filled.pop3, endpoint("mail.shop.example", pop3, Security::Tls));
    assert_eq!(
        filled.smtp,
        endpoint("mail.shop.example", starttls, Security::StartTls)
    );
    assert_eq!(filled.user, "info@shop.example");
    let best = &filled.answers[0];
    assert_eq!(
        (best.greeting.as_str(), &best.certificate),
        ("+OK POP3 here", &Certificate::Fits)
    );
    let other = filled
        .answers
        .iter()
        .find(|answer| answer.host == "pop.shop.example")
        .unwrap();
    assert_eq!(
        other.certificate,
        Certificate::OtherNames("mail.shop.example".to_owned())
    );
    assert!(
        filled
            .answers
            .iter()
            .any(|answer| answer.greeting == "220-one moment")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_without_encryption_is_taken_unless_told() {
    let pop3 = serve(Speaks::Pop3, Security::StartTls, None).await;
    let smtp = serve(Speaks::Smtp, Security::StartTls, None).await;
    let ports = Ports {
        pop3: vec![(pop3, Security::StartTls)],
        smtp: vec![(smtp, Security::StartTls)],
    };
    let dns = dns::dns("shop.example A 127.0.0.1").await;
    let refused = with_ports("info@shop.example", Some(&dns), None, &ports, None, false).await;
    let Plan::OnlyPlain { answers } = refused else {
        panic!("{refused:?}")
    };
    assert!(
        answers
            .iter()
            .all(|answer| answer.certificate == Certificate::NoTls),
        "{answers:?}"
    );
    let filled = ready(with_ports("info@shop.example", Some(&dns), None, &ports, None, true).await);
    assert_eq!(filled.pop3, endpoint("shop.example", pop3, Security::None));
    assert_eq!(filled.smtp, endpoint("shop.example", smtp, Security::None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_other_names_gives_the_provider_away_and_is_never_taken() {
    let authority = Authority::new();
    let pop3 = serve(
        Speaks::Pop3,
        Security::Tls,
        Some(authority.acceptor("*.sakura.ne.jp")),
    )
    .await;
    let smtp = serve(
        Speaks::Smtp,
        Security::Tls,
        Some(authority.acceptor("*.sakura.ne.jp")),
    )
    .await;
    let ports = Ports {
        pop3: vec![(pop3, Security::Tls)],
        smtp: vec![(smtp, Security::Tls)],
    };
    let dns = dns::dns("shop.example A 127.0.0.1").await;
    let found = with_ports(
        "info@shop.example",
        Some(&dns),
        None,
        &ports,
        Some(authority.file.path()),
        true,
    )
    .await;
    let Plan::NothingFound { hint, answers } = found else {
        panic!("{found:?}")
    };
    assert_eq!(answers.len(), 2);
    assert!(hint.unwrap().name.starts_with("さくら"));
    // Without the authority the certificate is from nobody we trust.
    let found = with_ports("info@shop.example", Some(&dns), None, &ports, None, true).await;
    let Plan::NothingFound { answers, .. } = found else {
        panic!("{found:?}")
    };
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.certificate, Certificate::Untrusted(_))),
        "{answers:?}"
    );
}

#[tokio::test]
async fn without_a_network_nothing_is_tried_and_it_ends_soon() {
    let begin = std::time::Instant::now();
    let dns = Dns::at("127.0.0.1:1".parse().unwrap()).unwrap();
    assert!(matches!(
        planned("info@shop.example", Some(&dns), None).await,
        Plan::Unknown(Some(_))
    ));
    assert!(begin.elapsed() < std::time::Duration::from_secs(20));
}
