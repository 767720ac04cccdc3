//! A shop: Dovecot with its mailbox, Postfix beside it, and the settings that fit.

use crate::certificates::Flaw;
use crate::dovecot::{Dovecot, PASSWORD, Setup};
use crate::ledger::{Deposited, Evidence};
use crate::postfix::Postfix;
use crate::program::Program;
use crate::settings::{Endpoint, Settings};
use crate::sink::Sink;

/// The shop's one user, with the mailbox `touroku@shop.example`.
pub const USER: &str = "touroku";

/// A shop with both real servers.
#[derive(Debug)]
pub struct Shop {
    // Postfix asks Dovecot about passwords: it ends first.
    /// The SMTP server.
    pub postfix: Postfix,
    /// The POP3 server.
    pub dovecot: Dovecot,
}

impl Shop {
    /// Starts both servers.
    pub fn open() -> Shop {
        let dovecot = Dovecot::start(&Setup::default());
        let postfix = Postfix::start(&dovecot, &[USER], Flaw::None);
        Shop { postfix, dovecot }
    }

    /// STLS and STARTTLS, as most mail hosts ask for.
    pub fn settings(&self) -> Settings {
        let trust = self.dovecot.authority().file();
        Settings::one(
            Endpoint::local(self.dovecot.plain_port(), "starttls", USER, PASSWORD).trusting(trust),
            Endpoint::local(self.postfix.submission_port(), "starttls", USER, PASSWORD).trusting(trust),
        )
    }

    /// Puts a mail into the mailbox.
    pub fn deposit(&self, mail: Vec<u8>) {
        self.dovecot.deposit(USER, [mail]);
    }
}

/// Dovecot without TLS and a recording sink: for tests of other things than transport.
pub struct PlainShop {
    /// The POP3 server.
    pub dovecot: Dovecot,
    /// The SMTP server.
    pub sink: Sink,
}

impl PlainShop {
    /// Starts Dovecot beside a sink.
    pub fn open(sink: Sink) -> PlainShop {
        let dovecot = Dovecot::start(&Setup {
            certificate: None,
            ..Setup::default()
        });
        PlainShop { dovecot, sink }
    }

    /// No TLS, no password for SMTP.
    pub fn settings(&self) -> Settings {
        Settings::one(
            Endpoint::local(self.dovecot.plain_port(), "none", USER, PASSWORD),
            Endpoint::local(self.sink.port(), "none", "", ""),
        )
    }

    /// Puts a mail into the mailbox.
    pub fn deposit(&self, mail: impl AsRef<[u8]>) {
        self.dovecot.deposit(USER, [mail]);
    }

    /// How many mails the mailbox holds.
    pub fn waiting(&self) -> usize {
        self.dovecot.count(USER)
    }

    /// All there is to see now.
    pub fn evidence<'a>(&self, program: &Program, deposited: &'a [Deposited]) -> Evidence<'a> {
        Evidence::collect(deposited, &self.dovecot, USER, &program.data(), &self.sink)
    }
}
