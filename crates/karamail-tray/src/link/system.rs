//! Named pipes, on Windows.
//!
//! Everyone on the computer may open a name in `\\.\pipe`, and whoever comes first has it. So the pipe grants rights to its user alone
//! (the system's default lets everyone read), and who connects looks whose process is at the other end (decision 0118).

use std::io;
use std::os::windows::io::AsHandle;
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::os::windows::named_pipe::tokio::{DuplexPipeStream, PipeListener};
use interprocess::os::windows::named_pipe::{self, PipeListenerOptions, pipe_mode::Bytes};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient};
use widestring::U16CString;

use super::Address;

/// ERROR_PIPE_BUSY: every instance is taken for the moment.
const BUSY: i32 = 231;

pub(super) fn path(name: &str, _data_folder: &Path) -> PathBuf {
    PathBuf::from(format!(r"\\.\pipe\karamail-{name}"))
}

/// Connects to a pipe of this user's. Nobody who serves it can act in our name (the client lets itself be identified only, which is
/// tokio's default).
pub(super) async fn connect(path: &Path) -> io::Result<NamedPipeClient> {
    let mut tries = 0;
    let pipe = loop {
        match ClientOptions::new().open(path) {
            Err(error) if error.raw_os_error() == Some(BUSY) && tries < 100 => tries += 1,
            opened => break opened?,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let probe = named_pipe::DuplexPipeStream::<Bytes>::try_from(pipe.as_handle().try_clone_to_owned()?)
        .map_err(|error| io::Error::other(format!("{:?}", error.details)))?;
    let server = probe.server_process_id()?;
    if !is_ours(server) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("process {server} of another user serves {}", path.display()),
        ));
    }
    Ok(pipe)
}

/// Whether a process is of our own user. One that is hidden from us is not.
fn is_ours(process: u32) -> bool {
    let ours = std::process::id();
    process == ours || !user_of(ours).is_empty() && user_of(process) == user_of(ours)
}

/// The SID of the user whose process it is, as `S-1-5-21-…`; empty where it is hidden from us, which our own is not.
pub(super) fn user_of(process: u32) -> String {
    let process = Pid::from_u32(process);
    let Ok(mut system) = System::new() else {
        return String::new();
    };
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[process]),
        false,
        ProcessRefreshKind::nothing().with_user(UpdateKind::Always),
    );
    let user = system.process(process).and_then(|process| process.user_id());
    user.map(|sid| sid.to_string()).unwrap_or_default()
}

/// Whoever listens at an [`Address`].
#[derive(Debug)]
pub struct Listener(PipeListener<Bytes, Bytes>);

impl Listener {
    /// Begins to listen; refused where somebody does already.
    ///
    /// # Errors
    /// The pipe is taken, or the user of this process is not to be known.
    pub fn bind(address: &Address) -> io::Result<Listener> {
        let user = user_of(std::process::id());
        if user.is_empty() {
            return Err(io::Error::other("this process has no user"));
        }
        // All rights, to this user, and none that are inherited.
        let rights = U16CString::from_str_truncate(format!("D:P(A;;GA;;;{user})"));
        let mut options = PipeListenerOptions::new().path(address.0.as_path());
        options.security_descriptor = Some(SecurityDescriptor::deserialize(&rights)?);
        options.accept_remote = false;
        Ok(Listener(options.create_tokio_duplex()?))
    }
}

impl axum::serve::Listener for Listener {
    type Io = DuplexPipeStream<Bytes>;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexPipeStream<Bytes>, ()) {
        loop {
            match self.0.accept().await {
                Ok(pipe) => return (pipe, ()),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
