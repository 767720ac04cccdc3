//! One mailbox, and what mailboxes must agree on.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use karamail_core::limits::MAILBOX_NAME_CHARACTERS;
use karamail_core::template::Mark;

use super::Checking;
use super::template::{self, TemplateText};
use crate::config::faults::FaultKind;
use crate::config::keys::Kind;
use crate::config::read::{FileForm, MailboxForm, SectionValues, shown};
use crate::config::settings::{
    General, KeepRule, Mailbox, Pop3Authentication, Pop3Settings, Security, SeriesSettings,
    SmtpAuthentication, SmtpMechanism, SmtpSettings,
};

const MEGABYTE: u64 = 1024 * 1024;
/// Gmail's sign before a login name; no part of the name for SMTP.
pub(crate) const RECENT: &str = "recent:";

/// What a mailbox takes from the rest of the settings.
pub(super) struct Shared<'a> {
    pub(super) general: &'a General,
    pub(super) series: &'a [SeriesSettings],
    pub(super) receipt: &'a TemplateText,
    pub(super) repeat: &'a TemplateText,
    pub(super) invitation: &'a str,
}

/// One mailbox by itself.
pub(super) fn check(form: &MailboxForm, shared: &Shared<'_>, checking: &mut Checking<'_>) -> Option<Mailbox> {
    let own = &form.own;
    let receipt_text = template::text(&form.receipt, shared.receipt, checking);
    let repeat_text = template::text(&form.duplicate, shared.repeat, checking);
    let receipt = template::parse(&form.receipt, &receipt_text, Mark::Receipt, checking);
    let duplicate = template::parse(&form.duplicate, &repeat_text, Mark::Repeat, checking);
    let pop3 = pop3(&form.pop3, checking);
    let smtp = smtp(&form.smtp, &pop3, checking);
    let series = series(own, shared, checking);
    let address = own.address("address")?;
    Some(Mailbox {
        name: name_of(form)?,
        enabled: own.flag("enabled"),
        address: address.clone(),
        aliases: own
            .addresses("aliases")
            .iter()
            .map(|(_, alias)| alias.clone())
            .collect(),
        display_name: own
            .text_if_set("display_name")
            .unwrap_or(&shared.general.shop_name)
            .to_owned(),
        reply_to: own.address("reply_to").cloned(),
        signature: own.text("signature").to_owned(),
        forward_to: own.address("forward_to").cloned(),
        series,
        keep: keep(own),
        receipt: receipt?,
        invitation: match form.receipt.text_if_set("invitation") {
            Some(own) => own.trim().to_owned(),
            None => shared.invitation.to_owned(),
        },
        duplicate: duplicate?,
        pop3,
        smtp,
    })
}

/// What earlier mailboxes of the file have already: by name, address key and account.
#[derive(Default)]
struct Taken<'f> {
    names: HashMap<String, &'f MailboxForm>,
    addresses: HashMap<String, &'f MailboxForm>,
    accounts: HashMap<(String, u16, String), &'f MailboxForm>,
}

/// What the mailboxes must agree on.
pub(super) fn check_together(form: &FileForm, mailboxes: &[Option<Mailbox>], checking: &mut Checking<'_>) {
    let mut taken = Taken::default();
    for (form, mailbox) in form.mailboxes.iter().zip(mailboxes) {
        check_name(form, &mut taken, checking);
        check_addresses(form, &mut taken, checking);
        if let Some(mailbox) = mailbox {
            check_account(form, mailbox, &mut taken, checking);
        }
    }
    for form in &form.mailboxes {
        check_forward(form, &taken, checking);
    }
}

fn check_name<'f>(form: &'f MailboxForm, taken: &mut Taken<'f>, checking: &mut Checking<'_>) {
    let own = &form.own;
    if own.text_if_set("name").is_some_and(|name| name.trim().is_empty()) {
        let allowed = Kind::Line {
            max: MAILBOX_NAME_CHARACTERS,
        };
        checking
            .faults
            .push(own.fault("name", FaultKind::EmptyValue { allowed }));
        return;
    }
    let Some(name) = name_of(form) else { return };
    // Names become parts of log lines and commands, where case is easily lost.
    match taken.names.entry(name.to_lowercase()) {
        Entry::Occupied(other) => {
            let other = other.get().own.path().to_owned();
            checking.faults.push(own.fault(
                "name",
                FaultKind::NameTaken {
                    name: shown(&name),
                    other,
                },
            ));
        }
        Entry::Vacant(free) => {
            free.insert(form);
        }
    }
}

fn check_addresses<'f>(form: &'f MailboxForm, taken: &mut Taken<'f>, checking: &mut Checking<'_>) {
    let own = &form.own;
    let line = own.line_of("address").unwrap_or_default();
    let written = own.address("address").map(|address| (line, "address", address));
    let aliases = own
        .addresses("aliases")
        .iter()
        .map(|(line, alias)| (*line, "aliases", alias));
    for (line, key, address) in written.into_iter().chain(aliases) {
        match taken.addresses.entry(address.key()) {
            Entry::Occupied(other) => {
                let kind = FaultKind::AddressTaken {
                    address: address.to_string(),
                    other: told(other.get()),
                };
                checking.faults.push(own.fault_at(line, key, kind));
            }
            Entry::Vacant(free) => {
                free.insert(form);
            }
        }
    }
}

fn check_account<'f>(
    form: &'f MailboxForm,
    mailbox: &Mailbox,
    taken: &mut Taken<'f>,
    checking: &mut Checking<'_>,
) {
    let user = mailbox
        .pop3
        .user
        .strip_prefix(RECENT)
        .unwrap_or(&mailbox.pop3.user);
    let account = (mailbox.pop3.host.clone(), mailbox.pop3.port, user.to_owned());
    match taken.accounts.entry(account) {
        Entry::Occupied(other) => {
            let other = told(other.get());
            checking
                .faults
                .push(form.pop3.fault("user", FaultKind::AccountTaken { other }));
        }
        Entry::Vacant(free) => {
            free.insert(form);
        }
    }
}

fn check_forward(form: &MailboxForm, taken: &Taken<'_>, checking: &mut Checking<'_>) {
    let Some(target) = form.own.address("forward_to") else {
        return;
    };
    if let Some(other) = taken.addresses.get(&target.key()) {
        let kind = FaultKind::ForwardToOurselves {
            address: target.to_string(),
            other: told(other),
        };
        checking.faults.push(form.own.fault("forward_to", kind));
    }
}

/// The mailbox as an error names it.
fn told(form: &MailboxForm) -> String {
    match name_of(form) {
        Some(name) => format!("{} ({})", form.own.path(), shown(&name)),
        None => form.own.path().to_owned(),
    }
}

fn name_of(form: &MailboxForm) -> Option<String> {
    if form.own.has("name") {
        return form
            .own
            .text_if_set("name")
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty());
    }
    let address = form.own.address("address")?;
    Some(address.local().chars().take(MAILBOX_NAME_CHARACTERS).collect())
}

fn series(own: &SectionValues, shared: &Shared<'_>, checking: &mut Checking<'_>) -> String {
    let names = || shared.series.iter().map(|one| one.name.clone());
    let Some(name) = own.text_if_set("series").map(str::trim) else {
        return names().next().unwrap_or_default();
    };
    if !names().any(|one| one == name) {
        let mut known: Vec<String> = names().map(|name| format!("\"{name}\"")).collect();
        known.dedup();
        checking.faults.push(own.fault(
            "series",
            FaultKind::UnknownSeries {
                name: shown(name),
                known,
            },
        ));
    }
    name.to_owned()
}

fn keep(own: &SectionValues) -> KeepRule {
    match own.text("keep") {
        "keep" => KeepRule::Keep,
        "days" => KeepRule::Days(own.number("keep_days")),
        "when-erased" => KeepRule::WhenErased,
        _ => KeepRule::Delete,
    }
}

fn security(values: &SectionValues, starttls_ports: &[i64]) -> Security {
    match values.text_if_set("security") {
        Some("none") => Security::None,
        Some("starttls") => Security::StartTls,
        Some(_) => Security::Tls,
        None if values
            .number_if_set("port")
            .is_some_and(|port| starttls_ports.contains(&port)) =>
        {
            Security::StartTls
        }
        None => Security::Tls,
    }
}

fn pop3(values: &SectionValues, checking: &mut Checking<'_>) -> Pop3Settings {
    check_user(values, checking);
    let security = security(values, &[110]);
    let usual_port = if security == Security::Tls { 995 } else { 110 };
    let seconds = |name| Duration::from_secs(values.number(name));
    Pop3Settings {
        host: values.text("host").to_owned(),
        port: values
            .number_if_set("port")
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(usual_port),
        security,
        user: values.text("user").to_owned(),
        authentication: match values.text("authentication") {
            "user-pass" => Pop3Authentication::UserPass,
            "apop" => Pop3Authentication::Apop,
            "plain" => Pop3Authentication::Plain,
            "login" => Pop3Authentication::Login,
            "cram-md5" => Pop3Authentication::CramMd5,
            "xoauth2" => Pop3Authentication::XOAuth2,
            _ => Pop3Authentication::Auto,
        },
        connect_timeout: seconds("connect_timeout_seconds"),
        read_timeout: seconds("read_timeout_seconds"),
        session_timeout: seconds("session_timeout_seconds"),
        extra_ca_file: checking.ca_file(values),
        save_password: values.flag("save_password"),
        largest_mail: values.number::<u64>("largest_mail_megabytes") * MEGABYTE,
    }
}

fn smtp(values: &SectionValues, pop3: &Pop3Settings, checking: &mut Checking<'_>) -> SmtpSettings {
    check_user(values, checking);
    let security = security(values, &[587, 25]);
    let usual_port = match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    };
    let authentication = match values.text("authentication") {
        "none" => SmtpAuthentication::None,
        "pop-before-smtp" => SmtpAuthentication::PopBeforeSmtp,
        _ => SmtpAuthentication::Password,
    };
    let pop3_user = pop3.user.strip_prefix(RECENT).unwrap_or(&pop3.user);
    let same = values
        .flag_if_set("same_credentials_as_pop3")
        .unwrap_or(!values.has("user"));
    let user = match values.text_if_set("user") {
        Some(user) => user,
        None if same => pop3_user,
        None => "",
    };
    if same
        && values
            .text_if_set("user")
            .is_some_and(|user| user != pop3_user && user != pop3.user)
    {
        checking
            .faults
            .push(values.fault("user", FaultKind::CredentialsTwice));
    }
    if authentication == SmtpAuthentication::Password && !same && !values.has("user") {
        checking
            .faults
            .push(values.fault("user", FaultKind::SmtpUserMissing));
    }
    let user = if same { pop3_user } else { user };
    SmtpSettings {
        host: values.text("host").to_owned(),
        port: values
            .number_if_set("port")
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(usual_port),
        security,
        authentication,
        mechanism: match values.text("mechanism") {
            "plain" => SmtpMechanism::Plain,
            "login" => SmtpMechanism::Login,
            "cram-md5" => SmtpMechanism::CramMd5,
            "xoauth2" => SmtpMechanism::XOAuth2,
            _ => SmtpMechanism::Auto,
        },
        user: if authentication == SmtpAuthentication::Password {
            user.to_owned()
        } else {
            String::new()
        },
        same_credentials_as_pop3: same,
        timeout: Duration::from_secs(values.number("timeout_seconds")),
        send_interval: Duration::from_millis(values.number("send_interval_milliseconds")),
        connections: values.number("connections"),
        extra_ca_file: checking.ca_file(values),
        save_password: values.flag("save_password"),
    }
}

fn check_user(values: &SectionValues, checking: &mut Checking<'_>) {
    if values
        .text_if_set("user")
        .is_some_and(|user| user.trim_start_matches(RECENT).trim().is_empty())
    {
        let allowed = Kind::Line { max: 270 };
        checking
            .faults
            .push(values.fault("user", FaultKind::EmptyValue { allowed }));
    }
}
