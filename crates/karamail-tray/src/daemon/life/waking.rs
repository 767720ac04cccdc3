//! The machine woke from sleep: mail is looked for at once, and what was seen before the sleep is no trouble of now.
//!
//! On Linux logind tells. Elsewhere no one tells without a window procedure of our own; there the engine notices by itself, within
//! half a minute (decisions 0043 and 0123).

use std::sync::Arc;

use karamail_engine::engine::Command;
use karamail_engine::program::Program;
use tokio::sync::watch;

/// Follows the machine's sleep until the program ends.
pub(super) async fn follow(program: Arc<Program>, woken: watch::Sender<u64>) {
    let woke = || {
        tracing::info!("this machine woke up");
        woken.send_modify(|count| *count += 1);
        if let Some(handle) = program.handle() {
            tokio::spawn(async move { handle.command(Command::Woke).await });
        }
    };
    if let Err(error) = system::each_waking(woke).await {
        tracing::debug!(%error, "nobody tells when this machine wakes up");
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod system {
    use futures_util::StreamExt as _;
    use zbus::{Connection, MatchRule, MessageStream, message};

    /// Calls `woke` at each waking, until the bus goes.
    pub(super) async fn each_waking(woke: impl Fn()) -> zbus::Result<()> {
        let bus = Connection::system().await?;
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender("org.freedesktop.login1")?
            .interface("org.freedesktop.login1.Manager")?
            .member("PrepareForSleep")?
            .path("/org/freedesktop/login1")?
            .build();
        let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
        while let Some(signal) = signals.next().await {
            // True before the sleep, false after it.
            let is_before: bool = signal?.body().deserialize()?;
            if !is_before {
                woke();
            }
        }
        Ok(())
    }
}

#[cfg(any(windows, target_os = "macos"))]
mod system {
    use std::io;

    /// Nobody tells.
    pub(super) async fn each_waking(_: impl Fn()) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
