//! A mail server, customers and their phones, all on this machine: for the demo and for tests.
//!
//! [`DemoServers`] is a POP3 server and an SMTP server on 127.0.0.1 with one mailbox, [`ADDRESS`]. They are small but
//! honest: what they announce they do as the RFCs say, and they refuse what a strict server refuses, so that whatever
//! works here works elsewhere. [`customers()`] makes the mails that arrive and [`phone_mail`] one that a visitor sends;
//! [`PhoneLetter`] is a reply as the customer reads it, [`render_phone`] the same for the terminal.
//!
//! Invariant: nothing here leaves the machine; every mail the SMTP server takes stays in memory.

mod customers;
mod letter;
mod phone;
mod pop3;
mod smtp;
mod stage;
mod wire;

use std::collections::HashSet;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use karamail_core::address::EmailAddress;
use karamail_core::limits::{DEMO_SENT_MAILS, DEMO_TOTAL_BYTES};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use customers::{DemoMail, DemoPhone, Role, customers, next_address, phone_mail, phones};
pub use letter::PhoneLetter;
pub use phone::render_phone;
pub use stage::{Stage, StageFault};

/// The address of the one mailbox the demo servers have.
pub const ADDRESS: &str = "touroku@karamail.example";
/// The user name for POP3 and SMTP.
pub const USER: &str = "touroku";
/// The password for POP3 and SMTP. No secret: the servers take connections from this machine alone.
pub const PASSWORD: &str = "demo only";

/// A mail that the SMTP server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMail {
    /// The path of MAIL FROM without its angle brackets; empty for `<>`.
    pub from: String,
    /// The paths of RCPT TO without their angle brackets, written as the client wrote them.
    pub to: Vec<String>,
    /// The mail without dot-stuffing, each byte as the client sent it.
    pub bytes: Vec<u8>,
}

/// A POP3 server and an SMTP server on ephemeral ports of 127.0.0.1; both end when this is dropped.
#[derive(Debug)]
pub struct DemoServers {
    pop3_port: u16,
    smtp_port: u16,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

impl DemoServers {
    /// Starts both servers. Fails only where loopback ports cannot be opened.
    pub async fn start() -> io::Result<Self> {
        let pop3_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let smtp_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (pop3_port, smtp_port) = (
            pop3_listener.local_addr()?.port(),
            smtp_listener.local_addr()?.port(),
        );
        let shared = Arc::new(Shared::new());
        let (for_pop3, for_smtp) = (shared.clone(), shared.clone());
        let tasks = [
            tokio::spawn(wire::accept(
                pop3_listener,
                "-ERR [SYS/TEMP] too many connections",
                move |wire| pop3::serve(wire, for_pop3.clone()),
            )),
            tokio::spawn(wire::accept(
                smtp_listener,
                "421 4.3.2 too many connections",
                move |wire| smtp::serve(wire, for_smtp.clone()),
            )),
        ];
        Ok(DemoServers {
            pop3_port,
            smtp_port,
            shared,
            tasks,
        })
    }

    /// The POP3 server's port on 127.0.0.1. No TLS.
    pub fn pop3_port(&self) -> u16 {
        self.pop3_port
    }

    /// The SMTP server's port on 127.0.0.1. No TLS; AUTH is offered and not asked for.
    pub fn smtp_port(&self) -> u16 {
        self.smtp_port
    }

    /// Puts a mail into the mailbox, as if a customer's server had brought it. Bare LF becomes CRLF, as on delivery.
    /// A POP3 session that is open already does not see it (RFC 1939 section 8).
    pub fn deposit(&self, mail: Vec<u8>) {
        self.shared.deposit(mail);
    }

    /// How many mails are in the mailbox now.
    pub fn mailbox_count(&self) -> usize {
        self.shared.counts.borrow().mailbox
    }

    /// Every mail the SMTP server took, in order; also those for [`ADDRESS`].
    pub fn sent(&self) -> Vec<SentMail> {
        self.shared.outbox().mails.clone()
    }

    /// The mails the SMTP server took for this address, however it is written, in order.
    pub fn sent_to(&self, address: &EmailAddress) -> Vec<SentMail> {
        let key = address.key();
        let is_theirs = |path: &String| EmailAddress::parse(path).is_ok_and(|to| to.key() == key);
        let outbox = self.shared.outbox();
        let theirs = outbox.mails.iter().filter(|mail| mail.to.iter().any(is_theirs));
        theirs.cloned().collect()
    }

    /// How many mails the SMTP server took.
    pub fn sent_count(&self) -> usize {
        self.shared.counts.borrow().sent
    }

    /// Returns as soon as the SMTP server has taken `count` mails or more. Waits without end: bound it outside.
    pub async fn wait_for_sent(&self, count: usize) {
        self.wait_for(|counts| counts.sent >= count).await;
    }

    /// Returns as soon as `count` mails or fewer are in the mailbox. Waits without end: bound it outside.
    pub async fn wait_for_mailbox_at_most(&self, count: usize) {
        self.wait_for(|counts| counts.mailbox <= count).await;
    }

    /// Returns as soon as `count` mails or more are in the mailbox. Waits without end: bound it outside.
    pub async fn wait_for_mailbox_at_least(&self, count: usize) {
        self.wait_for(|counts| counts.mailbox >= count).await;
    }

    async fn wait_for(&self, done: impl Fn(&Counts) -> bool) {
        // The sending half lives in `self.shared`, so that the channel cannot close while we wait.
        let _ = self.shared.counts.subscribe().wait_for(done).await;
    }
}

impl Drop for DemoServers {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What the two servers and their owner share.
#[derive(Debug)]
struct Shared {
    mailbox: Mutex<Mailbox>,
    outbox: Mutex<Outbox>,
    counts: watch::Sender<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    mailbox: usize,
    sent: usize,
}

#[derive(Debug, Default)]
struct Mailbox {
    mails: Vec<Arc<StoredMail>>,
    deposited: u64,
    /// A POP3 session holds the exclusive lock of RFC 1939 section 4.
    locked: bool,
}

#[derive(Debug)]
struct StoredMail {
    uidl: String,
    /// Whole lines, each ended by CRLF.
    bytes: Vec<u8>,
}

#[derive(Debug, Default)]
struct Outbox {
    mails: Vec<SentMail>,
    bytes: usize,
}

impl Shared {
    fn new() -> Self {
        Shared {
            mailbox: Mutex::default(),
            outbox: Mutex::default(),
            counts: watch::Sender::new(Counts::default()),
        }
    }

    // A poisoned lock is taken over: each critical section below leaves its data whole at every step.
    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deposit(&self, mail: Vec<u8>) {
        let bytes = wire::whole_lines(&mail);
        let mut mailbox = self.mailbox();
        mailbox.deposited += 1;
        let uidl = format!("karamail-demo-{:08}", mailbox.deposited);
        mailbox.mails.push(Arc::new(StoredMail { uidl, bytes }));
        let count = mailbox.mails.len();
        self.counts.send_modify(|counts| counts.mailbox = count);
    }

    /// Keeps a mail the SMTP server is about to accept; false where there is no more room.
    fn take(&self, mail: SentMail) -> bool {
        let for_us = mail.to.iter().any(|path| is_our_mailbox(path));
        let delivered = for_us.then(|| delivered_form(&mail));
        let mut outbox = self.outbox();
        if outbox.mails.len() >= DEMO_SENT_MAILS || outbox.bytes + mail.bytes.len() > DEMO_TOTAL_BYTES {
            return false;
        }
        if let Some(delivered) = delivered {
            self.deposit(delivered);
        }
        outbox.bytes += mail.bytes.len();
        outbox.mails.push(mail);
        let count = outbox.mails.len();
        self.counts.send_modify(|counts| counts.sent = count);
        true
    }

    /// Removes mails by their UIDL, which unlike their place stays theirs while others arrive.
    fn remove(&self, uidls: &HashSet<&str>) {
        let mut mailbox = self.mailbox();
        mailbox.mails.retain(|mail| !uidls.contains(mail.uidl.as_str()));
        let count = mailbox.mails.len();
        self.counts.send_modify(|counts| counts.mailbox = count);
    }
}

fn is_our_mailbox(path: &str) -> bool {
    EmailAddress::parse(path).is_ok_and(|address| address.key() == ADDRESS)
}

/// The mail with the Return-Path that final delivery adds (RFC 5321 section 4.4).
fn delivered_form(mail: &SentMail) -> Vec<u8> {
    let mut delivered = format!("Return-Path: <{}>\r\nDelivered-To: {ADDRESS}\r\n", mail.from).into_bytes();
    delivered.extend_from_slice(&mail.bytes);
    delivered
}

#[cfg(test)]
mod tests;
