//! What a person has filled in so far. It is kept in memory, so that going back or leaving loses nothing; the passwords in it
//! never come into a page again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use karamail_engine::config::READY_MADE_RECEIPTS;
use karamail_engine::secrets::Password;
use karamail_engine::self_test::Tick;
use karamail_engine::setup::plan::{Endpoint, Filled, Plan, security_name};
use serde::Deserialize;

/// The one draft there is.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Draft>);

impl Desk {
    pub(crate) fn draft(&self) -> MutexGuard<'_, Draft> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far one is. The order is that of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Address,
    Servers,
    Password,
    Test,
    Receipt,
    Begin,
}

impl Step {
    pub(crate) const ALL: [Step; 6] = [
        Step::Address,
        Step::Servers,
        Step::Password,
        Step::Test,
        Step::Receipt,
        Step::Begin,
    ];

    /// Its page.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Step::Address => "/first/address",
            Step::Servers => "/first/servers",
            Step::Password => "/first/password",
            Step::Test => "/first/test",
            Step::Receipt => "/first/receipt",
            Step::Begin => "/first/begin",
        }
    }
}

/// What was filled in.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) shop_name: String,
    /// As typed; an address once [`Draft::mailbox_address`] says so.
    pub(crate) address: String,
    /// The server's name that only the shop can look up.
    pub(crate) server: String,
    pub(crate) search: Search,
    /// Counts searches, so that one that was given up is not taken for the next.
    pub(crate) search_number: u64,
    pub(crate) servers: Servers,
    pub(crate) are_servers_set: bool,
    pub(crate) passwords: Passwords,
    pub(crate) test: Test,
    pub(crate) test_number: u64,
    /// The test passed, or was left out.
    pub(crate) is_test_over: bool,
    /// Which of [`READY_MADE_RECEIPTS`]; `None`: the usual one of the language.
    pub(crate) receipt: Option<usize>,
    pub(crate) first_number: String,
    pub(crate) is_receipt_chosen: bool,
}

/// Looking for the servers.
#[derive(Default)]
pub(crate) enum Search {
    #[default]
    NotBegun,
    Running,
    Done(Arc<Plan>),
    /// The person did not wait, or types all the same.
    GivenUp,
}

/// The servers, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Servers {
    pub(crate) pop3_host: String,
    pub(crate) pop3_port: String,
    pub(crate) pop3_security: String,
    pub(crate) user: String,
    pub(crate) smtp_host: String,
    pub(crate) smtp_port: String,
    pub(crate) smtp_security: String,
    /// `same`, `own`, `pop-before-smtp` or `none`.
    pub(crate) smtp_login: String,
    pub(crate) smtp_user: String,
}

impl Servers {
    /// What nearly all servers offer, for whoever has to type.
    pub(crate) fn usual(address: &str) -> Servers {
        Servers {
            pop3_port: "995".to_owned(),
            pop3_security: "tls".to_owned(),
            user: address.to_owned(),
            smtp_port: "465".to_owned(),
            smtp_security: "tls".to_owned(),
            smtp_login: "same".to_owned(),
            ..Servers::default()
        }
    }

    pub(crate) fn of(filled: &Filled) -> Servers {
        let mut servers = Servers::usual(&filled.user);
        servers.receive_at(&filled.pop3);
        servers.send_at(&filled.smtp);
        servers
    }

    pub(crate) fn receive_at(&mut self, endpoint: &Endpoint) {
        self.pop3_host.clone_from(&endpoint.host);
        self.pop3_port = endpoint.port.to_string();
        self.pop3_security = security_name(endpoint.security).to_owned();
    }

    pub(crate) fn send_at(&mut self, endpoint: &Endpoint) {
        self.smtp_host.clone_from(&endpoint.host);
        self.smtp_port = endpoint.port.to_string();
        self.smtp_security = security_name(endpoint.security).to_owned();
    }

    /// Whether sending has a login of its own.
    pub(crate) fn has_own_login(&self) -> bool {
        self.smtp_login == "own"
    }
}

/// The passwords, and whether they may be kept.
#[derive(Clone)]
pub(crate) struct Passwords {
    pub(crate) pop3: Option<Password>,
    pub(crate) smtp: Option<Password>,
    pub(crate) save: bool,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords {
            pop3: None,
            smtp: None,
            save: true,
        }
    }
}

/// The test.
#[derive(Default)]
pub(crate) struct Test {
    pub(crate) ticks: Vec<Arc<Tick>>,
    pub(crate) state: TestState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TestState {
    #[default]
    NotBegun,
    Running,
    Passed,
    Failed,
}

impl Draft {
    pub(crate) fn mailbox_address(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.address).ok()
    }

    /// The step that one may go to at most.
    pub(crate) fn reached(&self) -> Step {
        let has_passwords =
            self.passwords.pop3.is_some() && (self.passwords.smtp.is_some() || !self.servers.has_own_login());
        let conditions = [
            (self.mailbox_address().is_some(), Step::Address),
            (self.are_servers_set, Step::Servers),
            (has_passwords, Step::Password),
            (self.is_test_over, Step::Test),
            (self.is_receipt_chosen, Step::Receipt),
        ];
        let first_missing = conditions.into_iter().find(|(is_met, _)| !is_met);
        first_missing.map_or(Step::Begin, |(_, step)| step)
    }

    /// A new address: all that depends on it is forgotten.
    pub(crate) fn set_address(&mut self, address: String) {
        if self.address == address {
            return;
        }
        self.address = address;
        self.server.clear();
        self.give_search_up(Search::NotBegun);
        self.servers = Servers::default();
        self.are_servers_set = false;
        self.passwords = Passwords::default();
        self.forget_test();
    }

    /// Forgets the search, also one that is under way.
    pub(crate) fn give_search_up(&mut self, search: Search) {
        self.search = search;
        self.search_number += 1;
    }

    pub(crate) fn set_servers(&mut self, servers: Servers) {
        if self.servers != servers {
            self.forget_test();
            self.are_servers_set = false;
        }
        self.servers = servers;
    }

    /// What was tested is no longer what would be written.
    pub(crate) fn forget_test(&mut self) {
        self.test = Test::default();
        self.test_number += 1;
        self.is_test_over = false;
    }

    /// Which ready-made receipt is chosen, for a screen in this language.
    pub(crate) fn receipt(&self, language: Language) -> usize {
        let is_of = |place: &usize| {
            READY_MADE_RECEIPTS
                .get(*place)
                .is_some_and(|one| one.language == language)
        };
        let usual = READY_MADE_RECEIPTS
            .iter()
            .position(|one| one.language == language);
        self.receipt.filter(is_of).or(usual).unwrap_or_default()
    }
}
