//! Ctrl-C, SIGTERM and their like on Windows.

/// Resolves when somebody asks the program to end.
#[cfg(unix)]
pub(crate) async fn end_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    let mut hang_up = match is_hang_up_ignored() {
        true => None,
        false => signal(SignalKind::hangup()).ok(),
    };
    let hung_up = async {
        match &mut hang_up {
            Some(hang_up) => hang_up.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hung_up => {}
    }
}

/// Resolves when somebody at a terminal, after they asked for the end, has no patience. Only Ctrl-C counts: at the end of a session SIGTERM
/// and SIGHUP come together, and the mail in hand shall be finished then.
pub(crate) async fn end_insisted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Whether the program is to outlive its terminal (`nohup`). A handler of ours would undo that.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The lowest bit is signal 1, SIGHUP.
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1))
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
