//! What a service manager wants to know (`Type=notify` of systemd): that collecting has begun, and that it ends.
//!
//! So a start with faulty settings fails where the technician starts it, and not in a log a moment later.

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The settings are sound, the data folder is ours, collecting begins.
    Ready,
    /// Somebody asked for the end; the mail in hand is finished.
    Stopping,
}

/// Tells the service manager that started us; without one nothing happens (sd_notify(3)).
#[cfg(unix)]
pub(crate) fn tell(state: State) {
    use std::os::unix::net::UnixDatagram;
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    let text: &[u8] = match state {
        State::Ready => b"READY=1",
        State::Stopping => b"STOPPING=1",
    };
    let told = UnixDatagram::unbound().and_then(|ours| ours.send_to(text, &socket));
    if let Err(error) = told {
        tracing::warn!(%error, ?state, "the service manager could not be told");
    }
}

/// Windows' services are not what `karamail run` is made for: the tray program is.
#[cfg(not(unix))]
pub(crate) fn tell(_: State) {}
