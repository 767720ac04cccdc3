//! The settings in checked form: whoever holds a [`Settings`] holds one in which every value is sound and every
//! reference leads somewhere. The file form, with everything optional, is in `read`; `check` makes this from it.

use std::path::PathBuf;
use std::time::Duration;

use karamail_core::address::EmailAddress;
use karamail_core::decide::{BlockRule, DuplicateAction, Rules, ShopWord, ShopWordIn};
use karamail_core::template::Template;
use karamail_core::words::Language;

/// Everything a shop can set, checked. Made only by [`Settings::load`] and [`Settings::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What holds for the whole program.
    pub general: General,
    /// The number series, at least one. Names are unique.
    pub series: Vec<SeriesSettings>,
    /// The receipt (受付完了メール) of mailboxes without one of their own.
    pub receipt: Template,
    /// What an address that has its number already gets.
    pub duplicate: DuplicateSettings,
    /// What the poster said that invited customers, for the consent records. May be empty.
    pub invitation: String,
    /// How people leave.
    pub opt_out: OptOut,
    /// Whom we do not answer, and how often we answer.
    pub guard: Guard,
    /// The mailboxes in the order of the file, at least one. Names and addresses are unique.
    pub mailboxes: Vec<Mailbox>,
}

/// `[general]`: what holds for the whole program.
#[derive(Clone, Debug, PartialEq)]
pub struct General {
    /// The language of screens, logs and error texts.
    pub language: Language,
    /// The shop's name, for ★店名★ in templates. May be empty.
    pub shop_name: String,
    /// Whether the tray program starts with the computer.
    pub autostart: bool,
    /// Whether the tray program tells trouble and its end in a notification.
    pub notify_trouble: bool,
    /// Whether it tells each receipt number in one.
    pub notify_receipts: bool,
    /// From the end of one round over the mailboxes to the start of the next. 5 s to 86,400 s.
    pub check_interval: Duration,
    /// Where the monthly logs go; `None`: `log` in the data folder.
    pub log_folder: Option<PathBuf>,
    /// How many days deleted and forwarded mail stays in the archive.
    pub archive_days: u32,
    /// How many monthly logs stay; 0 = for ever.
    pub log_months: u32,
    /// How many daily files of the diagnostic log stay.
    pub diagnostic_log_days: u32,
}

/// `[[series]]`: one sequence of receipt numbers; mailboxes may share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesSettings {
    /// The name mailboxes refer to.
    pub name: String,
    /// The number that the first address gets. It counts only until a number was given.
    pub first_number: i64,
}

/// `[duplicate]`: what an address that has its number already gets.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateSettings {
    /// Repeat the number, say nothing, or give a new number.
    pub action: DuplicateAction,
    /// The repeat reply (返信メール) of mailboxes without one of their own.
    pub template: Template,
}

/// `[opt_out]`: how a person with a number leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptOut {
    /// Subjects that say so; none: nobody leaves by mail.
    pub words: Vec<String>,
    /// The answer to it; `None`: none goes out.
    pub template: Option<Template>,
}

/// `[guard]`: whom we do not answer, and how often we answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Answers to one address in an hour; 0 = no limit.
    pub limit_address_hour: u32,
    /// Answers to one address in a day; 0 = no limit.
    pub limit_address_day: u32,
    /// Answers of one mailbox in an hour; 0 = no limit.
    pub limit_mailbox_hour: u32,
    /// Addresses and domains that are never answered.
    pub blocked: Vec<BlockRule>,
    /// Subjects that count as empty, such as `無題`.
    pub also_empty_subjects: Vec<String>,
    /// Words of which a signup mail must hold one; empty: none is asked for.
    pub shop_words: Vec<ShopWord>,
    /// Where a shop word may stand.
    pub shop_word_in: ShopWordIn,
    /// Answer only mail that has our address in To or Cc.
    pub require_addressed: bool,
    /// Hold mail whose Authentication-Results say that SPF or DMARC failed.
    pub hold_spoofed: bool,
    /// Servers whose Authentication-Results are believed; empty: the topmost, whatever its host.
    pub authentication_hosts: Vec<String>,
    /// On first contact with a mailbox, mail older than this is shown as backlog and left alone; `None`: never.
    pub backlog: Option<Duration>,
}

/// `[[mailbox]]`: one mailbox that is collected and answered from.
#[derive(Clone, Debug, PartialEq)]
pub struct Mailbox {
    /// The name in screens and logs, 1 to 20 characters, unique.
    pub name: String,
    /// Whether it takes part in collecting.
    pub enabled: bool,
    /// The address customers write to and receipts come from; also their envelope sender.
    pub address: EmailAddress,
    /// Other addresses that end up in this mailbox.
    pub aliases: Vec<EmailAddress>,
    /// The name beside the address in From. May be empty.
    pub display_name: String,
    /// Where a customer's answer to a receipt goes; `None`: to `address`.
    pub reply_to: Option<EmailAddress>,
    /// Text under every receipt. May be empty.
    pub signature: String,
    /// Where other mail goes; `None`: to the archive. Never one of our own addresses.
    pub forward_to: Option<EmailAddress>,
    /// The name of the series its numbers come from; it exists in [`Settings::series`].
    pub series: String,
    /// When settled mail leaves the server.
    pub keep: KeepRule,
    /// The receipt: this mailbox's own or the general one.
    pub receipt: Template,
    /// What the poster said that invited its customers, for the consent records. May be empty.
    pub invitation: String,
    /// The repeat reply: this mailbox's own or the general one.
    pub duplicate: Template,
    /// Where its mail is fetched.
    pub pop3: Pop3Settings,
    /// Where its mail is sent.
    pub smtp: SmtpSettings,
}

/// When settled mail leaves the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepRule {
    /// As soon as it is settled.
    #[default]
    Delete,
    /// Never; other programs delete it.
    Keep,
    /// So many days after it was settled, 1 to 3,650.
    Days(u32),
    /// When the person's number is erased in the results.
    WhenErased,
}

/// How the connection to a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// Plain at first, TLS after STLS or STARTTLS; never without.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// How to log in to the POP3 server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pop3Authentication {
    /// The best that the server offers.
    #[default]
    Auto,
    /// USER and PASS.
    UserPass,
    /// APOP (RFC 1939 section 7).
    Apop,
    /// SASL PLAIN.
    Plain,
    /// SASL LOGIN.
    Login,
    /// SASL CRAM-MD5.
    CramMd5,
    /// SASL XOAUTH2; the password is an access token.
    XOAuth2,
}

/// `[mailbox.pop3]`: where mail is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pop3Settings {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The login name; may begin with `recent:` (Gmail).
    pub user: String,
    /// How to log in.
    pub authentication: Pop3Authentication,
    /// For connecting and the TLS handshake.
    pub connect_timeout: Duration,
    /// For each answer of the server.
    pub read_timeout: Duration,
    /// For one whole session.
    pub session_timeout: Duration,
    /// A PEM file with certificates to trust beside the system's, found from the folder of the settings file.
    pub extra_ca_file: Option<PathBuf>,
    /// Whether the password may be kept; otherwise it is asked for at start.
    pub save_password: bool,
    /// Mail larger than this is never fetched whole, bytes.
    pub largest_mail: u64,
}

/// How to gain the SMTP server's leave to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpAuthentication {
    /// The server asks for nothing.
    None,
    /// AUTH with user and password.
    Password,
    /// A POP3 login from the same IP address just before.
    PopBeforeSmtp,
}

/// Which AUTH mechanism is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpMechanism {
    /// The best that the server offers.
    #[default]
    Auto,
    /// SASL PLAIN.
    Plain,
    /// SASL LOGIN.
    Login,
    /// SASL CRAM-MD5.
    CramMd5,
    /// SASL XOAUTH2; the password is an access token.
    XOAuth2,
}

/// `[mailbox.smtp]`: where mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// How to gain leave to send.
    pub authentication: SmtpAuthentication,
    /// Which AUTH mechanism is used with [`SmtpAuthentication::Password`].
    pub mechanism: SmtpMechanism,
    /// The login name: POP3's where `same_credentials_as_pop3`, empty without [`SmtpAuthentication::Password`].
    pub user: String,
    /// Whether user and password are those of POP3.
    pub same_credentials_as_pop3: bool,
    /// For connecting and for each answer of the server.
    pub timeout: Duration,
    /// Pause between two letters, for providers with rate limits; zero = none.
    pub send_interval: Duration,
    /// How many connections at once, 1 to 20.
    pub connections: u32,
    /// A PEM file with certificates to trust beside the system's.
    pub extra_ca_file: Option<PathBuf>,
    /// Whether the password may be kept; otherwise it is asked for at start.
    pub save_password: bool,
}

impl Settings {
    /// The mailbox of this name.
    pub fn mailbox(&self, name: &str) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|mailbox| mailbox.name == name)
    }

    /// What the decision table needs to know for one mailbox.
    ///
    /// `backlog_before` is `None`: only the caller knows the time and whether this is the first contact.
    pub fn rules(&self, mailbox: &Mailbox) -> Rules {
        let mut own_addresses: Vec<EmailAddress> = Vec::new();
        let of_mailbox = |one: &Mailbox| {
            let mut addresses = vec![one.address.clone()];
            addresses.extend(one.aliases.iter().cloned());
            addresses.extend(one.reply_to.clone());
            addresses
        };
        own_addresses.extend(of_mailbox(mailbox));
        for other in self.mailboxes.iter().filter(|other| other.name != mailbox.name) {
            own_addresses.extend(of_mailbox(other));
        }
        Rules {
            own_addresses,
            forward_targets: self
                .mailboxes
                .iter()
                .filter_map(|one| one.forward_to.clone())
                .collect(),
            forward: mailbox.forward_to.is_some(),
            also_empty_subjects: self.guard.also_empty_subjects.clone(),
            opt_out_words: self.opt_out.words.clone(),
            blocked: self.guard.blocked.clone(),
            require_addressed: self.guard.require_addressed,
            hold_spoofed: self.guard.hold_spoofed,
            authentication_hosts: self.guard.authentication_hosts.clone(),
            limit_address_hour: self.guard.limit_address_hour,
            limit_address_day: self.guard.limit_address_day,
            limit_mailbox_hour: self.guard.limit_mailbox_hour,
            backlog_before: None,
            all_is_backlog: false,
            shop_words: self.guard.shop_words.clone(),
            shop_word_in: self.guard.shop_word_in,
            duplicate: self.duplicate.action,
        }
    }
}
