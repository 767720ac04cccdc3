//! From a host name to the transaction state.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use karamail_core::limits::{POP3_SUSPICIOUS_SILENCE, POP3_TLS_PROBE};
use karamail_core::pop3::{
    Authentication, Encryption, Fault, Login, LoginEvent, LoginSettings, Mechanism, Problem, Step,
    Transaction,
};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::net::lookup_host;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::wire::{Stream, Wire};
use crate::config::{Pop3Authentication, Pop3Settings, Security};
use crate::milestone::{Milestone, Watch, nobody};
use crate::seams::{Socket, has_no_tls};
use crate::secrets::Password;
use crate::tls::{TlsTrouble, client_config};

/// Opens a session; a second one without CAPA where the server may have failed at that.
pub(super) async fn open(
    settings: &Pop3Settings,
    password: &Password,
    watch: &Watch<'_>,
) -> Result<(Wire, Transaction), Fault> {
    let mut login = Login::new(login_settings(settings, password, true));
    let wire = match attempt(settings, &mut login, watch).await {
        Err(fault) if login.may_fare_better_without_capabilities(&fault.problem) => {
            tracing::debug!(host = settings.host, port = settings.port, %fault, "trying without CAPA");
            login = Login::new(login_settings(settings, password, false));
            attempt(settings, &mut login, watch).await?
        }
        result => result?,
    };
    let session = login.into_transaction().ok_or_else(session_over)?;
    watch(Milestone::LoggedIn);
    Ok((wire, session))
}

/// One connection, up to the transaction state.
async fn attempt(settings: &Pop3Settings, login: &mut Login<'_>, watch: &Watch<'_>) -> Result<Wire, Fault> {
    let began = Instant::now();
    let tls = match settings.security {
        Security::None => None,
        Security::StartTls | Security::Tls => Some(tls_config(settings).await?),
    };
    let socket = connect(settings, watch).await?;
    let wire = match &tls {
        Some(config) if settings.security == Security::Tls => {
            watched_handshake(settings, config, socket, watch).await?
        }
        _ => Stream::Plain(socket),
    };
    let wire = Wire::new(wire, settings.read_timeout, settings.session_timeout, began);
    greet_and_log_in(settings, login, wire, tls.as_ref(), watch).await
}

/// From the greeting to the transaction state; under TLS on the way where the settings say so.
pub(super) async fn greet_and_log_in(
    settings: &Pop3Settings,
    login: &mut Login<'_>,
    mut wire: Wire,
    tls: Option<&Arc<ClientConfig>>,
    watch: &Watch<'_>,
) -> Result<Wire, Fault> {
    loop {
        match login.advance(wire.unread()) {
            Err(fault) => return Err(explained(settings, fault).await),
            Ok((used, event)) => {
                wire.used(used);
                match event {
                    None => greet_or_exchange(settings, login, &mut wire).await?,
                    Some(LoginEvent::StartTls) => {
                        login.tls_established(wire.unread())?;
                        let config = tls.ok_or_else(session_over)?;
                        wire = under_tls(settings, config, wire, watch).await?;
                    }
                    Some(LoginEvent::Ready) => return Ok(wire),
                }
            }
        }
    }
}

/// The same session, under TLS from here on.
async fn under_tls(
    settings: &Pop3Settings,
    config: &Arc<ClientConfig>,
    wire: Wire,
    watch: &Watch<'_>,
) -> Result<Wire, Fault> {
    let began = wire.began();
    let Stream::Plain(socket) = wire.into_stream() else {
        return Err(session_over());
    };
    let stream = watched_handshake(settings, config, socket, watch)
        .await
        .map_err(after_stls)?;
    Ok(Wire::new(
        stream,
        settings.read_timeout,
        settings.session_timeout,
        began,
    ))
}

/// Cannot happen: STLS is asked for only where TLS is set up, over a plain socket.
pub(super) fn session_over() -> Fault {
    Fault::new(Step::Stls, Problem::SessionOver)
}

/// Whoever says +OK to STLS and goes on in plain text may not be the server.
fn after_stls(fault: Fault) -> Fault {
    match fault.problem {
        Problem::PlainServerOnTls => Fault::new(Step::TlsHandshake, Problem::PlaintextAfterStls),
        _ => fault,
    }
}

pub(super) fn login_settings<'a>(
    settings: &'a Pop3Settings,
    password: &'a Password,
    asks_capabilities: bool,
) -> LoginSettings<'a> {
    LoginSettings {
        host: &settings.host,
        port: settings.port,
        user: &settings.user,
        password: password.expose(),
        encryption: match settings.security {
            Security::None => Encryption::None,
            Security::StartTls => Encryption::StartTls,
            Security::Tls => Encryption::Tls,
        },
        authentication: match settings.authentication {
            Pop3Authentication::Auto => Authentication::Auto,
            Pop3Authentication::UserPass => Authentication::UserPass,
            Pop3Authentication::Apop => Authentication::Apop,
            Pop3Authentication::Plain => Authentication::Sasl(Mechanism::Plain),
            Pop3Authentication::Login => Authentication::Sasl(Mechanism::Login),
            Pop3Authentication::CramMd5 => Authentication::Sasl(Mechanism::CramMd5),
            Pop3Authentication::XOAuth2 => Authentication::Sasl(Mechanism::XOAuth2),
        },
        asks_capabilities,
    }
}

async fn greet_or_exchange(
    settings: &Pop3Settings,
    login: &mut Login<'_>,
    wire: &mut Wire,
) -> Result<(), Fault> {
    let is_plain_greeting = login.step() == Step::Greeting && settings.security != Security::Tls;
    if is_plain_greeting && settings.read_timeout > POP3_SUSPICIOUS_SILENCE {
        match wire
            .exchange_within(login.output(), POP3_SUSPICIOUS_SILENCE)
            .await
        {
            Err(Problem::Hung(_)) => {
                if speaks_tls(settings).await {
                    return Err(Fault::new(Step::Greeting, Problem::TlsServerOnPlain));
                }
            }
            Ok(()) => return Ok(()),
            Err(problem) => return Err(explained(settings, login.interrupted(problem)).await),
        }
    }
    match wire.exchange(login.output()).await {
        Ok(()) => Ok(()),
        Err(problem) => Err(explained(settings, login.interrupted(problem)).await),
    }
}

/// Where a greeting did not come or is no POP3, looks whether the port speaks TLS.
async fn explained(settings: &Pop3Settings, fault: Fault) -> Fault {
    let may_be_tls = fault.step == Step::Greeting
        && settings.security != Security::Tls
        && matches!(
            fault.problem,
            Problem::Hung(_) | Problem::Dropped | Problem::Garbage
        );
    if may_be_tls && speaks_tls(settings).await {
        return Fault::new(Step::Greeting, Problem::TlsServerOnPlain);
    }
    fault
}

/// Whether the port answers a TLS handshake, on a connection of its own. Nothing but the handshake is sent.
async fn speaks_tls(settings: &Pop3Settings) -> bool {
    if has_no_tls() {
        return false;
    }
    let look = async {
        let config = tls_config(settings).await.ok()?;
        let socket = connect(settings, &nobody).await.ok()?;
        let problem = handshake(settings, &config, socket)
            .await
            .err()
            .map(|fault| fault.problem);
        Some(match problem {
            None
            | Some(
                Problem::CertificateExpired
                | Problem::CertificateNotYetValid
                | Problem::CertificateForeign
                | Problem::CertificateWrongHost(_)
                | Problem::CertificateBad(_)
                | Problem::TlsFailed(_),
            ) => true,
            Some(_) => false,
        })
    };
    let limit = POP3_TLS_PROBE.min(settings.read_timeout);
    matches!(timeout(limit, look).await, Ok(Some(true)))
}

async fn tls_config(settings: &Pop3Settings) -> Result<Arc<ClientConfig>, Fault> {
    let file = settings.extra_ca_file.clone();
    let fault = |reason: String| Fault::new(Step::TlsHandshake, Problem::TlsSetup(reason));
    match tokio::task::spawn_blocking(move || client_config(file.as_deref())).await {
        Ok(Ok(config)) => Ok(config),
        Ok(Err(error)) => Err(fault(error.to_string())),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// Tries the host's addresses in turn; each gets its share of the time, so that a dead IPv6 route does not use it up.
async fn connect(settings: &Pop3Settings, watch: &Watch<'_>) -> Result<Socket, Fault> {
    let fault = |problem| Fault::new(Step::Connect, problem);
    let deadline = Instant::now() + settings.connect_timeout;
    let timed_out = || fault(Problem::ConnectTimedOut(settings.connect_timeout));
    let lookup = timeout_at(deadline, lookup_host((settings.host.as_str(), settings.port))).await;
    let addresses: Vec<SocketAddr> = match lookup {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => return Err(fault(Problem::HostUnknown(error.to_string()))),
        Err(_) => return Err(timed_out()),
    };
    watch(Milestone::Resolved(
        addresses.iter().map(SocketAddr::ip).collect(),
    ));
    let mut last = fault(Problem::HostUnknown("no address".to_owned()));
    for (position, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - position).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        last = match timeout(share, Socket::connect(address)).await {
            Ok(Ok(socket)) => {
                // Without it a small command may wait for the acknowledgement of the one before.
                let _ = socket.set_nodelay(true);
                watch(Milestone::Connected(*address));
                return Ok(socket);
            }
            Ok(Err(error)) => fault(connect_problem(&error)),
            Err(_) => timed_out(),
        };
    }
    Err(last)
}

fn connect_problem(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Problem::ConnectionRefused,
        _ => Problem::Unreachable(error.to_string()),
    }
}

async fn watched_handshake(
    settings: &Pop3Settings,
    config: &Arc<ClientConfig>,
    socket: Socket,
    watch: &Watch<'_>,
) -> Result<Stream, Fault> {
    let stream = handshake(settings, config, socket).await?;
    watch(Milestone::Encrypted);
    Ok(stream)
}

async fn handshake(
    settings: &Pop3Settings,
    config: &Arc<ClientConfig>,
    socket: Socket,
) -> Result<Stream, Fault> {
    let fault = |problem| Fault::new(Step::TlsHandshake, problem);
    let name = ServerName::try_from(settings.host.clone())
        .map_err(|error| Fault::new(Step::Connect, Problem::HostUnknown(error.to_string())))?;
    let handshake = TlsConnector::from(Arc::clone(config)).connect(name, socket);
    match timeout(settings.read_timeout, handshake).await {
        Ok(Ok(stream)) => Ok(Stream::Tls(Box::new(stream))),
        Ok(Err(error)) => Err(fault(tls_problem(TlsTrouble::of(&error)))),
        Err(_) => Err(fault(Problem::Hung(settings.read_timeout))),
    }
}

pub(super) fn tls_problem(trouble: TlsTrouble) -> Problem {
    match trouble {
        TlsTrouble::NotTls => Problem::PlainServerOnTls,
        TlsTrouble::Expired => Problem::CertificateExpired,
        TlsTrouble::NotYetValid => Problem::CertificateNotYetValid,
        TlsTrouble::UnknownIssuer => Problem::CertificateForeign,
        TlsTrouble::WrongHost(names) => Problem::CertificateWrongHost(names),
        TlsTrouble::BadCertificate(reason) => Problem::CertificateBad(reason),
        TlsTrouble::Closed => Problem::Dropped,
        TlsTrouble::Other(reason) => Problem::TlsFailed(reason),
    }
}
