//! The rows of the tables: a scripted server, the mails that wait, and what must come of it.

use std::sync::Arc;
use std::time::Duration;

use karamail_engine::config::{Mailbox, Security};
use tokio_rustls::TlsAcceptor;

use crate::common::signup;
use crate::wire::{acceptor, certificate};
use crate::{pop3, smtp};
use pop3::Mail;

/// Long enough for a busy machine; rows whose server hangs set less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// For servers that hang.
pub(crate) const SHORT: Duration = Duration::from_secs(2);

/// How far the engine comes against the scripted server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serves {
    /// Every receipt is out, and every mail is off the server.
    Everything,
    /// Every receipt is out; the mails are still there.
    Answers,
    /// No receipt is out, and no mail is gone.
    Nothing,
    /// Every receipt is out and every mail is off the server, but for the one that the quirk is about.
    AllButOne,
    /// Some of it.
    Part,
}

/// Where the trouble is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The mailbox cannot be collected.
    Receiving,
    /// Nothing can be sent.
    Sending,
    /// Beside a number in the results.
    Letter,
    /// In the log.
    Log,
}

/// What must be told, in both languages: the step, the server's words, what to do.
pub(crate) struct Told {
    pub(crate) place: Place,
    pub(crate) english: Vec<String>,
    pub(crate) japanese: Vec<String>,
}

type Set = Box<dyn Fn(&mut Mailbox) + Send + Sync>;

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) pop3: Option<Arc<pop3::Script>>,
    pub(crate) smtp: Option<Arc<smtp::Script>>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) set: Vec<Set>,
    pub(crate) cycles: usize,
    pub(crate) stays_up: bool,
    pub(crate) serves: Serves,
    pub(crate) told: Vec<Told>,
    pub(crate) refused: usize,
    pub(crate) stays: usize,
    pub(crate) uidls_change: bool,
    pub(crate) heard: Vec<&'static str>,
}

/// A row whose POP3 server is scripted; the SMTP server is the demo's.
pub(crate) fn pop3_row(script: impl Fn(&pop3::Moment<'_>) -> pop3::Act + Send + Sync + 'static) -> Row {
    Row {
        pop3: Some(Arc::new(script)),
        ..Row::plain()
    }
}

/// A row whose SMTP server is scripted; the demo's finishes the work.
pub(crate) fn smtp_row(script: impl Fn(&smtp::Moment<'_>) -> smtp::Act + Send + Sync + 'static) -> Row {
    Row {
        smtp: Some(Arc::new(script)),
        ..Row::plain()
    }
}

/// Three customers and somebody who asks something.
pub(crate) fn usual_mails() -> Vec<Mail> {
    let mut mails: Vec<Mail> = (1..=3).map(customer).collect();
    mails.insert(1, other());
    mails
}

pub(crate) fn customer(nth: usize) -> Mail {
    Mail {
        uidl: format!("uid-{nth}"),
        bytes: signup(&format!("customer{nth}@example.jp"), nth),
    }
}

/// A customer's mail with this behind the header.
pub(crate) fn customer_with(nth: usize, body: &[u8]) -> Mail {
    let mut mail = customer(nth);
    mail.bytes.extend_from_slice(body);
    mail
}

pub(crate) fn other() -> Mail {
    other_with(b"How late are you open?\r\n.\r\n..two dots\r\nBye.\r\n.")
}

/// Another mail with this body.
pub(crate) fn other_with(body: &[u8]) -> Mail {
    let mut bytes =
        b"From: <asker@example.jp>\r\nTo: touroku@karamail.example\r\nSubject: opening hours\r\nMessage-ID: <o@example.jp>\r\n\
          Date: Sat, 21 Nov 2026 12:00:00 +0900\r\n\r\n"
            .to_vec();
    bytes.extend_from_slice(body);
    Mail {
        uidl: "uid-other".to_owned(),
        bytes,
    }
}

impl Row {
    fn plain() -> Row {
        Row {
            name: String::new(),
            pop3: None,
            smtp: None,
            mails: usual_mails(),
            tls: None,
            set: Vec::new(),
            cycles: 1,
            stays_up: false,
            serves: Serves::Everything,
            told: Vec::new(),
            refused: 0,
            stays: 0,
            uidls_change: false,
            heard: Vec::new(),
        }
    }

    pub(crate) fn named(mut self, name: &str) -> Row {
        self.name = name.to_owned();
        self
    }

    /// The other side scripted, too.
    pub(crate) fn and_pop3(
        mut self,
        script: impl Fn(&pop3::Moment<'_>) -> pop3::Act + Send + Sync + 'static,
    ) -> Row {
        self.pop3 = Some(Arc::new(script));
        self
    }

    pub(crate) fn mails(mut self, mails: Vec<Mail>) -> Row {
        self.mails = mails;
        self
    }

    /// STLS or STARTTLS with this certificate.
    pub(crate) fn tls(mut self, acceptor: TlsAcceptor) -> Row {
        self.tls = Some(acceptor);
        self
    }

    /// STLS or STARTTLS with a certificate for this name, which the mailbox trusts.
    pub(crate) fn tls_named(self, name: &str) -> Row {
        let certified = certificate(name);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), certified.cert.pem()).unwrap();
        self.tls(acceptor(&certified)).set(move |mailbox| {
            mailbox.pop3.security = Security::StartTls;
            mailbox.pop3.extra_ca_file = Some(file.path().to_owned());
            mailbox.smtp.extra_ca_file = Some(file.path().to_owned());
        })
    }

    /// Changes the mailbox's settings, for the scripted server only.
    pub(crate) fn set(mut self, change: impl Fn(&mut Mailbox) + Send + Sync + 'static) -> Row {
        self.set.push(Box::new(change));
        self
    }

    /// With short time limits, for servers that hang.
    pub(crate) fn short(self) -> Row {
        self.set(|mailbox| {
            mailbox.pop3.read_timeout = SHORT;
            mailbox.pop3.connect_timeout = SHORT;
            mailbox.smtp.timeout = SHORT;
        })
    }

    /// Against the scripted server so many times.
    pub(crate) fn cycles(mut self, cycles: usize) -> Row {
        self.cycles = cycles;
        self
    }

    /// The program runs on between those cycles; otherwise each is a start of its own.
    pub(crate) fn stays_up(mut self) -> Row {
        self.stays_up = true;
        self
    }

    pub(crate) fn serves(mut self, serves: Serves) -> Row {
        self.serves = serves;
        self
    }

    /// The trouble is told with these words among others; `%` stands between pieces.
    pub(crate) fn told(mut self, place: Place, english: &str, japanese: &str) -> Row {
        let pieces = |text: &str| text.split('%').map(|piece| piece.trim().to_owned()).collect();
        self.told.push(Told {
            place,
            english: pieces(english),
            japanese: pieces(japanese),
        });
        self
    }

    /// So many receipts are refused for good, which the shop sees.
    pub(crate) fn refused(mut self, count: usize) -> Row {
        self.refused = count;
        self
    }

    /// So many mails stay on the server, for the shop to decide.
    pub(crate) fn stays(mut self, count: usize) -> Row {
        self.stays = count;
        self
    }

    /// The sane server comes with unique ids of its own: the provider moved the mailboxes.
    pub(crate) fn uidls_change(mut self) -> Row {
        self.uidls_change = true;
        self
    }

    /// The scripted server must have heard a line that begins so.
    pub(crate) fn hears(mut self, line: &'static str) -> Row {
        self.heard.push(line);
        self
    }
}
