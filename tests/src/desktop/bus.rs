//! A D-Bus of the test's own: never the one of the person at this machine.

use std::fs;
use std::os::unix::net::UnixStream;

use tempfile::TempDir;

use crate::server::{Server, scratch_folder};
use crate::{PATIENCE, wait_until};

/// A session bus as desktops have it, without services that it could start.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The running daemon; it ends when dropped.
#[derive(Debug)]
pub struct Bus {
    _daemon: Server,
    folder: TempDir,
}

impl Bus {
    /// Starts it in a folder of its own.
    pub fn start() -> Bus {
        let folder = scratch_folder("bus");
        let socket = folder.path().join("bus");
        let config = folder.path().join("bus.conf");
        fs::write(&config, CONFIG.replace("SOCKET", &socket.display().to_string())).expect("our own folder");
        let daemon = Server::start(
            "dbus-daemon",
            "/usr/bin/dbus-daemon",
            &[
                &format!("--config-file={}", config.display()),
                "--nofork",
                "--nopidfile",
            ],
            &folder.path().join("log"),
        );
        wait_until("the bus is there", PATIENCE, || {
            UnixStream::connect(&socket).is_ok()
        });
        Bus {
            _daemon: daemon,
            folder,
        }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }
}
