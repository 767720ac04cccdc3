//! Files and folders of this computer, in the programs that the system has for them.

use std::io;
use std::path::{Path, PathBuf};
#[cfg(all(unix, not(target_os = "macos")))]
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the system may take to say that it cannot. Some say nothing before the program is closed, which is open then.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a file or folder with its program.
///
/// # Errors
/// Why it was not opened, as the system says.
pub(crate) async fn open(path: PathBuf) -> io::Result<()> {
    started(PATIENCE, move || opened(&path)).await
}

/// Starts it on a thread of its own, which may wait as long as the program is open: the runtime has few that may wait, and the engine
/// needs them.
async fn started(
    patience: Duration,
    start: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let (tells, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("outside".to_owned())
        .spawn(move || {
            // Nobody may wait for it any more.
            let _ = tells.send(start());
        })?;
    match tokio::time::timeout(patience, told).await {
        Ok(told) => told.map_err(io::Error::other)?,
        Err(_) => Ok(()),
    }
}

/// The command is waited for: nothing of it is left over, and its exit code alone tells that there is no program for such files.
#[cfg(all(unix, not(target_os = "macos")))]
fn opened(path: &Path) -> io::Result<()> {
    let ended = Command::new("xdg-open")
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(io::Error::other(format!("xdg-open: {status}"))),
        // `opener` brings the script along.
        Err(error) if error.kind() == io::ErrorKind::NotFound => opener::open(path).map_err(io::Error::other),
        Err(error) => Err(error),
    }
}

#[cfg(any(windows, target_os = "macos"))]
fn opened(path: &Path) -> io::Result<()> {
    opener::open(path).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_tells_only_when_it_is_closed_holds_no_page() {
        let (close, closed) = std::sync::mpsc::channel::<()>();
        let start = move || closed.recv().map_err(io::Error::other);
        assert!(started(Duration::from_millis(50), start).await.is_ok());
        close.send(()).unwrap();
        let refused = started(PATIENCE, || Err(io::ErrorKind::NotFound.into())).await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
