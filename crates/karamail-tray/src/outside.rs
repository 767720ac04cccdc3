//! Addresses that are not ours, in the person's own programs.

use std::io;
#[cfg(all(unix, not(target_os = "macos")))]
use std::process::{Command, Stdio};

/// Whether an address may leave our window: pages and letters, nothing that starts a program.
pub fn may_leave(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// Opens an address in the person's browser or mail program, on a thread of its own: some browsers come back only when they are
/// closed. `failed` is called there if nothing opened.
pub fn open(address: &str, failed: impl FnOnce(&io::Error) + Send + 'static) {
    let address = address.to_owned();
    let opening = move || {
        if let Err(error) = opened(&address) {
            failed(&error);
        }
    };
    // Without a thread to spare the system is past opening a browser.
    let _ = std::thread::Builder::new()
        .name("outside".to_owned())
        .spawn(opening);
}

/// `$BROWSER`, else what the desktop has for it. The program is waited for: its exit code tells that there is no browser, and nothing
/// of it is left over.
#[cfg(all(unix, not(target_os = "macos")))]
fn opened(address: &str) -> io::Result<()> {
    let named =
        std::env::var_os("BROWSER").filter(|name| !name.is_empty() && !address.starts_with("mailto:"));
    let status = Command::new(named.unwrap_or_else(|| "xdg-open".into()))
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(io::Error::other(status.to_string())),
    }
}

#[cfg(any(windows, target_os = "macos"))]
fn opened(address: &str) -> io::Result<()> {
    opener::open_browser(address).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::may_leave;

    #[test]
    fn only_pages_and_letters_leave_the_window() {
        for address in ["https://example.jp/", "http://example.jp/", "mailto:a@example.jp"] {
            assert!(may_leave(address), "{address}");
        }
        for address in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ms-settings:",
            "about:blank",
            "\\\\host\\share",
        ] {
            assert!(!may_leave(address), "{address}");
        }
    }
}
