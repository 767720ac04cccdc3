//! Server processes that end with the test.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::quietly::quietly;
use crate::{PATIENCE, wait_until};

/// Starts the server in a session of its own and ends it, by its id, as soon as our end of standard input closes: when
/// the fixture is dropped, and also when the test process is killed.
const GUARD: &str = r#"
trap '' INT TERM HUP
setsid "$@" </dev/null &
server=$!
read -r _
kill -TERM "$server" 2>/dev/null
tries=0
while kill -0 "$server" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
kill -KILL "$server" 2>/dev/null
wait "$server" 2>/dev/null
"#;

/// A running server from another project.
#[derive(Debug)]
pub struct Server {
    guard: Child,
    name: &'static str,
    log: PathBuf,
}

impl Server {
    /// Starts `program` in the foreground; what it prints goes to `log`, which is shown when it does not come up.
    pub fn start(name: &'static str, program: &str, arguments: &[&str], log: &Path) -> Server {
        assert!(
            Path::new(program).exists(),
            "{program} is not installed; tests/run.sh installs it"
        );
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("the log can be written");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", program])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a second handle on the log"))
            .stderr(output)
            .spawn()
            .expect("sh starts");
        Server {
            guard,
            name,
            log: log.to_owned(),
        }
    }

    /// Waits until the server takes connections on each port.
    pub fn ready(&self, ports: &[u16]) {
        for &port in ports {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let connects = || TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
            if quietly(|| wait_until("the port opens", PATIENCE, connects)).is_none() {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                panic!("{} does not listen on port {port}; it says:\n{log}", self.name);
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// A folder under the system's temporary one that servers under other user ids can enter; removed when dropped.
pub fn scratch_folder(name: &str) -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix(&format!("karamail-{name}-"))
        .tempdir()
        .expect("a temporary folder can be made");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("our own folder");
    folder
}

/// A port of 127.0.0.1 that nobody listens on.
///
/// Taken from below the range that outgoing connections use (32768 and up on Linux), so that none of the many
/// connections of these tests can take it before the server does.
pub fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() as u16).wrapping_mul(97);
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port from {FIRST} on");
}

/// The user and group that own the mail: servers refuse to deliver as root.
pub const MAIL_OWNER: (u32, u32) = (65_534, 65_534);

/// Gives a path to [`MAIL_OWNER`].
pub fn give_to_mail_owner(path: &Path) {
    std::os::unix::fs::chown(path, Some(MAIL_OWNER.0), Some(MAIL_OWNER.1)).unwrap_or_else(|error| {
        panic!(
            "{} (the tests with real servers run as root): {error}",
            path.display()
        )
    });
}
