//! The local socket of a tray program: its screens for its windows, and the way for a second start to reach the first.
//!
//! A Unix socket that the user alone can open, or a named pipe on Windows with rights for the user alone. One for each
//! data folder, so one program for each (the data folder's lock says so a second time).

use std::io;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;

/// Where a tray program with a data folder listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(PathBuf);

impl Address {
    /// The address that goes with a data folder.
    pub fn of(data_folder: &Path) -> Address {
        let folder = std::path::absolute(data_folder).unwrap_or_else(|_| data_folder.to_owned());
        let folder = one_name(&folder);
        let digest = ring::digest::digest(&ring::digest::SHA256, folder.as_os_str().as_encoded_bytes());
        let name: String = digest
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Address(system::path(&name, &folder))
    }

    /// An address as it was given to a window.
    pub fn from_text(text: &str) -> Address {
        Address(PathBuf::from(text))
    }

    /// As it is given to a window.
    pub fn to_text(&self) -> String {
        self.0.display().to_string()
    }
}

/// One name for a folder, whether it is there already or will be made: a first start must be found by the second.
fn one_name(folder: &Path) -> PathBuf {
    for above in folder.ancestors() {
        if let (Ok(found), Ok(rest)) = (above.canonicalize(), folder.strip_prefix(above)) {
            // Joining nothing would add a separator.
            return found.components().chain(rest.components()).collect();
        }
    }
    folder.to_owned()
}

pub use system::Listener;

/// One request to the tray program, answered whole.
///
/// # Errors
/// Nobody listens, or the answer breaks off.
pub async fn ask(address: &Address, request: Request<Body>) -> io::Result<Response<Vec<u8>>> {
    let stream = system::connect(&address.0).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let running = tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    // HTTP/1.1 wants a Host; the listener knows none.
    parts
        .headers
        .insert("host", axum::http::HeaderValue::from_static("karamail"));
    let response = sender
        .send_request(Request::from_parts(parts, body))
        .await
        .map_err(io::Error::other)?;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
    running.abort();
    Ok(Response::from_parts(parts, bytes.to_vec()))
}

#[cfg(unix)]
mod system {
    use std::fs;
    use std::io;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    use tokio::net::{UnixListener, UnixStream};

    use super::Address;

    /// In the user's runtime folder, which is theirs alone; else in the data folder, which is too.
    pub(super) fn path(name: &str, data_folder: &Path) -> PathBuf {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        match runtime.filter(|folder| folder.is_dir()) {
            Some(folder) => folder.join(format!("karamail-{name}.sock")),
            None => data_folder.join("karamail.sock"),
        }
    }

    pub(super) async fn connect(path: &Path) -> io::Result<UnixStream> {
        UnixStream::connect(path).await
    }

    /// Whoever listens at an [`Address`].
    #[derive(Debug)]
    pub struct Listener {
        socket: UnixListener,
        path: PathBuf,
        /// Held as long as we listen: a socket file may be left over, a lock is not.
        _lock: fs::File,
    }

    impl Listener {
        /// Begins to listen; refused where somebody does already.
        ///
        /// # Errors
        /// The address is taken, or its folder cannot be made or written.
        pub fn bind(address: &Address) -> io::Result<Listener> {
            let path = address.0.clone();
            if let Some(folder) = path.parent() {
                karamail_engine::data_folder::make_private_folder(folder)?;
            }
            let lock = fs::File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path.with_extension("sock-lock"))?;
            lock.try_lock()?;
            // Nobody listens: a socket that lies there is left over.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let socket = UnixListener::bind(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            Ok(Listener {
                socket,
                path,
                _lock: lock,
            })
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.path);
        }
    }

    impl axum::serve::Listener for Listener {
        type Io = UnixStream;
        type Addr = ();

        async fn accept(&mut self) -> (UnixStream, ()) {
            loop {
                match self.socket.accept().await {
                    Ok((stream, _)) => return (stream, ()),
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                }
            }
        }

        fn local_addr(&self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(windows)]
mod system;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_has_one_address_before_and_after_it_is_made() {
        let home = std::env::temp_dir().join(format!("karamail-link-{}", std::process::id()));
        let folder = home.join("new/data");
        let before = Address::of(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(Address::of(&folder), before);
        assert_eq!(Address::of(&folder.join("")), before);
        std::fs::remove_dir_all(&home).unwrap();
    }

    #[tokio::test]
    async fn one_alone_listens_and_is_reached_as_long_as_it_does() {
        let home = std::env::temp_dir().join(format!("karamail-listen-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let address = Address::of(&home);
        let request = || Request::get("/").body(Body::empty()).unwrap();
        assert!(ask(&address, request()).await.is_err(), "nobody there");
        let listener = Listener::bind(&address).unwrap();
        assert!(Listener::bind(&address).is_err(), "taken");
        let router = axum::Router::new().route("/", axum::routing::get(async || "here"));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        for _ in 0..3 {
            let answer = ask(&address, request()).await.unwrap();
            assert_eq!(answer.body(), b"here");
        }
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
        assert!(ask(&address, request()).await.is_err(), "nobody there any more");
        Listener::bind(&address).unwrap();
        std::fs::remove_dir_all(&home).unwrap();
    }

    #[cfg(windows)]
    #[test]
    fn a_process_has_a_user_and_that_of_another_user_has_not_ours() {
        let ours = system::user_of(std::process::id());
        assert!(ours.starts_with("S-1-"), "{ours}");
        assert_ne!(system::user_of(u32::MAX), ours, "nobody is not us");
    }

    /// `KARAMAIL_RIGHTS` names a program that prints who may use a pipe.
    #[cfg(windows)]
    #[tokio::test]
    async fn the_pipe_is_its_users_alone() {
        let Some(rights) = std::env::var_os("KARAMAIL_RIGHTS") else {
            return;
        };
        let address = Address::of(&std::env::temp_dir().join("karamail-rights"));
        let _listener = Listener::bind(&address).unwrap();
        let said = std::process::Command::new(rights)
            .arg(address.to_text())
            .output()
            .unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let user = system::user_of(std::process::id());
        assert!(said.starts_with("D:P("), "{said}");
        assert_eq!(said.matches('(').count(), 1, "{said}");
        assert!(said.trim_end().ends_with(&format!(";;;{user})")), "{said}");
    }
}
