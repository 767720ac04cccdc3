//! Ctrl-C, SIGTERM and their like on Windows.

/// Resolves when somebody asks the program to end.
#[cfg(unix)]
pub(crate) async fn end_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hang_up)) =
        (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}

/// Resolves when somebody asks the program to end: Ctrl-C, Ctrl-Break, the closed console, log-off, shut-down.
#[cfg(windows)]
pub(crate) async fn end_requested() {
    use tokio::signal::windows;
    let (Ok(mut end), Ok(mut close), Ok(mut shutdown), Ok(mut logoff)) = (
        windows::ctrl_break(),
        windows::ctrl_close(),
        windows::ctrl_shutdown(),
        windows::ctrl_logoff(),
    ) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = end.recv() => {}
        _ = close.recv() => {}
        _ = shutdown.recv() => {}
        _ = logoff.recv() => {}
    }
}
