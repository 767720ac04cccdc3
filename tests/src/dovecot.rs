//! Dovecot 2.3, the POP3 server that most mail hosts run, with Maildirs that tests fill and look into.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::certificates::{Authority, Flaw};
use crate::server::{MAIL_OWNER, Server, free_port, give_to_mail_owner, scratch_folder};
use crate::{PATIENCE, wait_until};

/// Every user's password.
pub const PASSWORD: &str = "correct horse 電池";

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Setup<'a> {
    /// The users; `user` has the mailbox `user@shop.example`.
    pub users: &'a [&'a str],
    /// The certificate for STLS and POP3S; `None`: no TLS at all.
    pub certificate: Option<Flaw>,
    /// SASL mechanisms besides USER and PASS.
    pub mechanisms: &'a str,
    /// More lines of configuration.
    pub more: &'a str,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Setup {
            users: &["touroku"],
            certificate: Some(Flaw::None),
            mechanisms: "plain login cram-md5 apop",
            more: "",
        }
    }
}

/// A running Dovecot. Runs as root, as in CI.
#[derive(Debug)]
pub struct Dovecot {
    plain_port: u16,
    tls_port: u16,
    authority: Authority,
    // Before the folder: a server ends before its folder goes.
    server: Option<Server>,
    folder: TempDir,
}

impl Dovecot {
    /// Starts it and waits until it takes connections.
    pub fn start(setup: &Setup<'_>) -> Dovecot {
        let folder = scratch_folder("dovecot");
        let root = folder.path();
        let authority = Authority::new(root);
        let (plain_port, tls_port) = (free_port(), free_port());
        fs::create_dir(root.join("mail")).expect("our own folder");
        give_to_mail_owner(&root.join("mail"));
        for user in setup.users {
            make_maildir(&root.join("mail").join(user));
        }
        let users: Vec<(&str, &str)> = setup.users.iter().map(|user| (*user, PASSWORD)).collect();
        write_passwords(root, &users);
        let config = root.join("dovecot.conf");
        fs::write(
            &config,
            configuration(setup, root, &authority, plain_port, tls_port),
        )
        .expect("our own folder");
        let server = serve(root);
        let ports: &[u16] = match setup.certificate {
            Some(_) => &[plain_port, tls_port],
            None => &[plain_port],
        };
        server.ready(ports);
        Dovecot {
            plain_port,
            tls_port,
            authority,
            server: Some(server),
            folder,
        }
    }

    /// Ends it, in the middle of sessions too, and starts it again.
    pub fn restart(&mut self) {
        // The port is free only once the old one has ended.
        drop(self.server.take());
        let server = serve(self.folder.path());
        server.ready(&[self.plain_port]);
        self.server = Some(server);
    }

    /// Gives these users, and nobody else, these passwords from now on.
    pub fn set_passwords(&self, passwords: &[(&str, &str)]) {
        write_passwords(self.folder.path(), passwords);
        let config = self.folder.path().join("dovecot.conf");
        for (user, password) in passwords {
            let is_taken = || {
                let mut command = Command::new("/usr/bin/doveadm");
                command
                    .arg("-c")
                    .arg(&config)
                    .args(["auth", "test", user, password]);
                command.output().is_ok_and(|output| output.status.success())
            };
            wait_until("Dovecot takes the new password", PATIENCE, is_taken);
        }
    }

    /// The port for unprotected POP3 and STLS.
    pub fn plain_port(&self) -> u16 {
        self.plain_port
    }

    /// The port for TLS from the first byte.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The authority that signed (or should have signed) the certificate.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The folder with one Maildir for each user.
    pub fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// The socket at which Postfix asks about passwords.
    pub fn sasl_socket(&self) -> PathBuf {
        self.folder.path().join("run/auth-sasl")
    }

    /// What Dovecot has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The file of [`Dovecot::log`].
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("dovecot.log")
    }

    /// How often that user has logged in so far; a line is there before the login is answered.
    pub fn logins(&self, user: &str) -> usize {
        self.log().matches(&format!("Login: user=<{user}>")).count()
    }

    /// Puts mails into a user's Maildir, in order, each complete from the moment it is seen.
    pub fn deposit(&self, user: &str, mails: impl IntoIterator<Item = impl AsRef<[u8]>>) {
        static DEPOSITED: AtomicU64 = AtomicU64::new(0);
        let maildir = self.mail_folder().join(user);
        for mail in mails {
            // Dovecot numbers new mails in the order of the time in their names: seconds, then microseconds.
            let sequence = DEPOSITED.fetch_add(1, Ordering::Relaxed);
            let (seconds, micros) = (1_700_000_000 + sequence / 1_000_000, sequence % 1_000_000);
            let name = format!("{seconds}.M{micros:06}P1.karamail-tests");
            let hidden = maildir.join("tmp").join(&name);
            fs::write(&hidden, mail.as_ref()).expect("the Maildir can be written");
            fs::rename(hidden, maildir.join("new").join(name)).expect("the Maildir can be written");
        }
    }

    /// The files of the mails in a user's mailbox, in no order.
    pub fn files(&self, user: &str) -> Vec<PathBuf> {
        maildir_files(&self.mail_folder().join(user))
    }

    /// The mails in a user's mailbox, in no order.
    pub fn mails(&self, user: &str) -> Vec<Vec<u8>> {
        // A file may be renamed from new to cur, or deleted, between listing and reading: a session of a program that was
        // killed goes on for a moment. Leaving such a file out would say that a mail is gone that is there.
        loop {
            let files = self.files(user);
            let read: Result<Vec<_>, _> = files.iter().map(fs::read).collect();
            match read {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                read => return read.expect("the Maildir can be read"),
            }
        }
    }

    /// How many mails a user's mailbox holds.
    pub fn count(&self, user: &str) -> usize {
        self.files(user).len()
    }
}

fn serve(root: &Path) -> Server {
    let config = root.join("dovecot.conf");
    let arguments = ["-F", "-c", &config.to_string_lossy()];
    Server::start(
        "Dovecot",
        "/usr/sbin/dovecot",
        &arguments,
        &root.join("dovecot.log"),
    )
}

/// Makes an empty Maildir that Dovecot and Postfix may write.
pub fn make_maildir(path: &Path) {
    for folder in [
        path.to_owned(),
        path.join("new"),
        path.join("cur"),
        path.join("tmp"),
    ] {
        fs::create_dir_all(&folder).expect("the mail folder can be written");
        give_to_mail_owner(&folder);
    }
}

/// The files of a Maildir's mails, in no order.
pub fn maildir_files(maildir: &Path) -> Vec<PathBuf> {
    let entries = |part: &str| fs::read_dir(maildir.join(part)).into_iter().flatten().flatten();
    entries("new")
        .chain(entries("cur"))
        .map(|entry| entry.path())
        .collect()
}

/// The users' passwords, in a form that has no special characters. Dovecot reads the file again when it has changed.
fn write_passwords(root: &Path, passwords: &[(&str, &str)]) {
    let lines: String = passwords
        .iter()
        .map(|(user, password)| format!("{user}:{{PLAIN.b64}}{}\n", STANDARD.encode(password)))
        .collect();
    // In one step: a look in mid-writing would find users without passwords.
    let new = root.join("users.new");
    fs::write(&new, lines).expect("our own folder");
    // Dovecot compares size and time, the time in whole seconds.
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000 + WRITTEN.fetch_add(1, Ordering::Relaxed));
    let file = fs::File::options().write(true).open(&new).expect("our own file");
    file.set_modified(time).expect("our own file");
    fs::rename(new, root.join("users")).expect("our own folder");
}

fn configuration(
    setup: &Setup<'_>,
    root: &Path,
    authority: &Authority,
    plain_port: u16,
    tls_port: u16,
) -> String {
    let (uid, gid) = MAIL_OWNER;
    let root = root.display();
    let (tls, tls_listener) = match setup.certificate {
        None => ("ssl = no".to_owned(), "port = 0".to_owned()),
        Some(flaw) => {
            let files = authority.issue(flaw);
            let tls = format!(
                "ssl = yes\nssl_cert = <{}\nssl_key = <{}",
                files.certificate.display(),
                files.key.display()
            );
            (tls, format!("port = {tls_port}\n    ssl = yes"))
        }
    };
    let Setup { mechanisms, more, .. } = setup;
    format!(
        "protocols = pop3
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
{tls}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%n
mail_max_userip_connections = 100
first_valid_uid = {uid}
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%n
}}
service pop3-login {{
  chroot =
  service_count = 0
  inet_listener pop3 {{
    port = {plain_port}
  }}
  inet_listener pop3s {{
    {tls_listener}
  }}
}}
service auth {{
  unix_listener auth-sasl {{
    mode = 0666
  }}
}}
service anvil {{
  chroot =
  # Otherwise each wrong password makes the next answer slower.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{more}
"
    )
}
