//! Settings of the program under test, as a person would write them.

use std::fmt::Write as _;
use std::path::Path;

/// A server as one mailbox sees it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The host's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub security: &'static str,
    /// The login name; for SMTP, empty means no authentication.
    pub user: String,
    /// The password.
    pub password: String,
    /// More keys of the section, TOML lines.
    pub more: String,
}

impl Endpoint {
    /// A server on this machine.
    pub fn local(port: u16, security: &'static str, user: &str, password: &str) -> Endpoint {
        Endpoint {
            host: "127.0.0.1".into(),
            port,
            security,
            user: user.into(),
            password: password.into(),
            more: String::new(),
        }
    }

    /// The same, trusting the authority of that file.
    pub fn trusting(mut self, authority: &Path) -> Endpoint {
        let _ = writeln!(self.more, "extra_ca_file = '{}'", authority.display());
        self
    }
}

/// A `[[mailbox]]`.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// The part before `@shop.example`; the mailbox's name too.
    pub local: String,
    /// Where other mail goes.
    pub forward_to: Option<String>,
    /// The POP3 server.
    pub pop3: Endpoint,
    /// The SMTP server.
    pub smtp: Endpoint,
    /// More keys of the section, TOML lines.
    pub more: String,
}

/// What goes into `karamail.toml`, besides the templates that [`crate::mails::number`] reads: limits and backlog are
/// off, the language is English.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The mailboxes.
    pub mailboxes: Vec<MailboxSettings>,
    /// More lines of `[general]`.
    pub general: String,
    /// More lines of `[guard]`.
    pub guard: String,
    /// `action` of `[duplicate]`; empty for the default.
    pub duplicate: String,
}

impl Settings {
    /// With one mailbox, `touroku@shop.example`.
    pub fn one(pop3: Endpoint, smtp: Endpoint) -> Settings {
        let local = "touroku".to_owned();
        let mailbox = MailboxSettings {
            local,
            forward_to: None,
            pop3,
            smtp,
            more: String::new(),
        };
        Settings {
            mailboxes: vec![mailbox],
            ..Settings::default()
        }
    }

    /// With other mail forwarded to that address.
    pub fn forwarding_to(mut self, address: &str) -> Settings {
        for mailbox in &mut self.mailboxes {
            mailbox.forward_to = Some(address.to_owned());
        }
        self
    }

    /// The text of `karamail.toml`.
    pub fn to_toml(&self) -> String {
        let mut text = format!(
            "[general]\nlanguage = \"en\"\n{}\n[guard]\nlimit_address_per_hour = 0\nlimit_address_per_day = 0\n\
             limit_mailbox_per_hour = 0\nbacklog_hours = 0\n{}\n",
            self.general, self.guard
        );
        text.push_str(
            "[receipt]\nsubject = \"No. ★1★\"\nbody = \"Your number is ★1★.\\n.\\n受付番号 ★1★\\n\"\n",
        );
        text.push_str("[duplicate]\nsubject = \"No. ★2★\"\nbody = \"Your number is still ★2★.\\n\"\n");
        if !self.duplicate.is_empty() {
            let _ = writeln!(text, "action = \"{}\"", self.duplicate);
        }
        for mailbox in &self.mailboxes {
            mailbox.write(&mut text);
        }
        text
    }

    /// `secrets.toml`: a section for each mailbox, with `pop3` and `smtp`.
    pub(crate) fn secrets(&self) -> String {
        let mut text = String::new();
        for MailboxSettings {
            local, pop3, smtp, ..
        } in &self.mailboxes
        {
            let _ = writeln!(text, "[{local}]\npop3 = {}", quoted(&pop3.password));
            if !smtp.password.is_empty() {
                let _ = writeln!(text, "smtp = {}", quoted(&smtp.password));
            }
        }
        text
    }
}

impl MailboxSettings {
    fn write(&self, text: &mut String) {
        let MailboxSettings {
            local,
            forward_to,
            pop3,
            smtp,
            more,
        } = self;
        let _ = writeln!(
            text,
            "[[mailbox]]\nname = \"{local}\"\naddress = \"{local}@shop.example\"\n{more}"
        );
        if let Some(address) = forward_to {
            let _ = writeln!(text, "forward_to = \"{address}\"");
        }
        text.push_str("[mailbox.pop3]\n");
        pop3.write(text);
        let _ = writeln!(text, "user = {}", quoted(&pop3.user));
        text.push_str("[mailbox.smtp]\n");
        smtp.write(text);
        if smtp.user.is_empty() {
            text.push_str("authentication = \"none\"\n");
        } else {
            let _ = writeln!(
                text,
                "authentication = \"password\"\nsame_credentials_as_pop3 = false\nuser = {}",
                quoted(&smtp.user)
            );
        }
    }
}

/// Any text as a TOML string: JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is JSON")
}

impl Endpoint {
    fn write(&self, text: &mut String) {
        let Endpoint {
            host,
            port,
            security,
            more,
            ..
        } = self;
        let _ = writeln!(
            text,
            "host = \"{host}\"\nport = {port}\nsecurity = \"{security}\"\n{more}"
        );
    }
}
