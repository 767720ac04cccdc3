//! Postfix, with every recipient in the world delivered into a Maildir on this machine, so that nothing leaves it. Those
//! whose name begins with `moved` are unknown: Postfix takes the mail, finds that out, and sends it back.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::certificates::Flaw;
use crate::dovecot::{Dovecot, maildir_files, make_maildir};
use crate::server::{MAIL_OWNER, Server, free_port, scratch_folder};
use crate::{PATIENCE, wait_until};

/// A mail that Postfix delivered to somebody outside the shop.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The envelope recipient as it came in, such as `"a..b"@docomo.ne.jp`.
    pub to: String,
    /// The whole mail with the headers that delivery added.
    pub bytes: Vec<u8>,
}

/// A running Postfix, with Dovecot's users and passwords. Runs as root, as in CI.
#[derive(Debug)]
pub struct Postfix {
    open_port: u16,
    submission_port: u16,
    tls_port: u16,
    customers: PathBuf,
    // Before the folder: a server ends before its folder goes.
    _server: Server,
    folder: TempDir,
}

impl Postfix {
    /// Starts it beside `dovecot`: the addresses `user@shop.example` are delivered to Dovecot's mailboxes, all others
    /// into one Maildir, as [`Postfix::delivered`] shows.
    pub fn start(dovecot: &Dovecot, users: &[&str], flaw: Flaw) -> Postfix {
        let folder = scratch_folder("postfix");
        let root = folder.path();
        for name in ["etc", "queue", "data"] {
            fs::create_dir(root.join(name)).expect("our own folder");
        }
        chown_to_postfix(&root.join("data"));
        let customers = dovecot.mail_folder().join("customers");
        make_maildir(&customers);
        let (open_port, submission_port, tls_port) = (free_port(), free_port(), free_port());
        fs::write(root.join("etc/main.cf"), main_cf(root, dovecot, users, flaw)).expect("our own folder");
        fs::write(
            root.join("etc/master.cf"),
            master_cf(open_port, submission_port, tls_port),
        )
        .expect("our own folder");
        let everybody = "if !/^moved/\n/./ customers/\nendif\n";
        fs::write(root.join("etc/customers"), everybody).expect("our own folder");
        let etc = root.join("etc");
        let etc = etc.to_string_lossy();
        let checked = Command::new("/usr/sbin/postfix")
            .args(["-c", &etc, "check"])
            .output();
        let checked = checked.expect("postfix is installed; tests/run.sh installs it");
        assert!(
            checked.status.success(),
            "postfix check: {}",
            String::from_utf8_lossy(&checked.stderr)
        );
        let log = root.join("master.log");
        let server = Server::start(
            "Postfix",
            "/usr/lib/postfix/sbin/master",
            &["-c", &etc, "-d"],
            &log,
        );
        server.ready(&[open_port, submission_port, tls_port]);
        Postfix {
            open_port,
            submission_port,
            tls_port,
            customers,
            _server: server,
            folder,
        }
    }

    /// The port without TLS that takes mail from anybody on this machine; AUTH is offered.
    pub fn open_port(&self) -> u16 {
        self.open_port
    }

    /// The submission port: STARTTLS, then AUTH, or nothing.
    pub fn submission_port(&self) -> u16 {
        self.submission_port
    }

    /// The port for TLS from the first byte; AUTH or nothing.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// Hands it a mail at the open port, as any mail host on the internet would; lines of `text` end in CR LF.
    pub fn take(&self, from: &str, to: &str, text: &str) -> Result<(), String> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.open_port)).map_err(|e| e.to_string())?;
        socket
            .set_read_timeout(Some(PATIENCE))
            .map_err(|e| e.to_string())?;
        let mut answers = BufReader::new(&socket).lines();
        let mut talk = |said: String, wanted: &str| {
            let mut socket = &socket;
            socket.write_all(said.as_bytes()).map_err(|e| e.to_string())?;
            loop {
                let line = answers.next().ok_or("closed")?.map_err(|e| e.to_string())?;
                match line.as_bytes().get(3) {
                    Some(b'-') => {}
                    _ if line.starts_with(wanted) => return Ok(()),
                    _ => return Err(format!("{said}: {line}")),
                }
            }
        };
        let dotted = text.replace("\r\n.", "\r\n..");
        talk(String::new(), "220")?;
        talk("EHLO phone.example\r\n".into(), "250")?;
        talk(format!("MAIL FROM:<{from}>\r\n"), "250")?;
        talk(format!("RCPT TO:<{to}>\r\n"), "250")?;
        talk("DATA\r\n".into(), "354")?;
        talk(format!("{dotted}.\r\n"), "250")?;
        talk("QUIT\r\n".into(), "221")
    }

    /// What was delivered to people outside the shop so far, in no order.
    pub fn delivered(&self) -> Vec<Delivered> {
        let files = maildir_files(&self.customers);
        files
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .map(delivered)
            .collect()
    }

    /// Waits until `count` mails or more were delivered to people outside the shop.
    pub fn wait_for_delivered(&self, count: usize) -> Vec<Delivered> {
        let enough = || maildir_files(&self.customers).len() >= count;
        wait_until(
            &format!("{count} delivered mails; Postfix says:\n{}", self.log()),
            PATIENCE,
            enough,
        );
        self.delivered()
    }

    /// Waits until the queue is empty: what was accepted has been delivered, so that an absence means something.
    pub fn wait_until_idle(&self) {
        let queue = |name: &str| self.folder.path().join("queue").join(name);
        let empty = |name: &str| fs::read_dir(queue(name)).is_ok_and(|entries| entries.count() == 0);
        wait_until("Postfix's queue empties", PATIENCE, || {
            ["incoming", "active", "maildrop"].into_iter().all(empty)
        });
    }

    /// What Postfix has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("postfix.log")).unwrap_or_default()
    }
}

fn delivered(bytes: Vec<u8>) -> Delivered {
    let text = String::from_utf8_lossy(&bytes);
    let recipient = text.lines().find_map(|line| line.strip_prefix("X-Original-To: "));
    Delivered {
        to: recipient.unwrap_or_default().to_owned(),
        bytes,
    }
}

fn chown_to_postfix(path: &Path) {
    let owner = Command::new("chown").arg("postfix").arg(path).status();
    assert!(
        owner.is_ok_and(|status| status.success()),
        "the user postfix exists, and the tests run as root"
    );
}

fn main_cf(root: &Path, dovecot: &Dovecot, users: &[&str], flaw: Flaw) -> String {
    let (uid, gid) = MAIL_OWNER;
    let certificate = dovecot.authority().issue(flaw);
    let (certificate, key) = (certificate.certificate.display(), certificate.key.display());
    let (root, mail) = (root.display(), dovecot.mail_folder());
    let (mail, sasl) = (mail.display(), dovecot.sasl_socket());
    let sasl = sasl.display();
    let shop: String = users
        .iter()
        .map(|user| format!("{{ {user}@shop.example = {user}/ }} "))
        .collect();
    format!(
        "compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.shop.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtputf8_enable = yes
message_size_limit = 104857600
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = static:all
virtual_mailbox_base = {mail}
virtual_mailbox_maps = inline:{{ {shop} }}, regexp:{root}/etc/customers
# Unknown users are found out behind the queue, as at a mail host that relays for its customers.
smtpd_reject_unlisted_recipient = no
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
# Every domain is a virtual one; should that ever fail, nothing leaves this machine all the same.
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions =
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
"
    )
}

fn master_cf(open_port: u16, submission_port: u16, tls_port: u16) -> String {
    format!(
        "127.0.0.1:{open_port} inet n - n - - smtpd
  -o smtpd_recipient_restrictions=reject_unauth_destination
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_auth_only=yes
127.0.0.1:{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
