//! One mailbox, and what mailboxes must agree on.

use std::time::Duration;

use karamail_core::template::Mark;

use super::template::{self, TemplateText};
use super::{Checking, same};
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
        duplicate: duplicate?,
        pop3,
        smtp,
    })
}

/// What the mailboxes must agree on.
pub(super) fn check_together(form: &FileForm, mailboxes: &[Option<Mailbox>], checking: &mut Checking<'_>) {
    let all: Vec<(&MailboxForm, Option<&Mailbox>)> = form
        .mailboxes
        .iter()
        .zip(mailboxes.iter().map(Option::as_ref))
        .collect();
    for (index, (form, mailbox)) in all.iter().enumerate() {
        let earlier = all.get(..index).unwrap_or_default();
        check_name(form, earlier, checking);
        check_addresses(form, earlier, checking);
        if let Some(mailbox) = mailbox {
            let account = account(&mailbox.pop3);
            let taken = earlier
                .iter()
                .find(|(_, other)| other.is_some_and(|other| self::account(&other.pop3) == account));
            if let Some((other, _)) = taken {
                checking.faults.push(
                    form.pop3
                        .fault("user", FaultKind::AccountTaken { other: told(other) }),
                );
            }
        }
        check_forward(form, &all, checking);
    }
}

fn check_name(form: &MailboxForm, earlier: &[(&MailboxForm, Option<&Mailbox>)], checking: &mut Checking<'_>) {
    let own = &form.own;
    if own.text_if_set("name").is_some_and(|name| name.trim().is_empty()) {
        let allowed = Kind::Line {
            max: karamail_core::limits::MAILBOX_NAME_CHARACTERS,
        };
        checking
            .faults
            .push(own.fault("name", FaultKind::EmptyValue { allowed }));
        return;
    }
    let Some(name) = name_of(form) else { return };
    // Names become parts of log lines and commands, where case is easily lost.
    let lower = name.to_lowercase();
    let taken = earlier
        .iter()
        .find(|(other, _)| name_of(other).is_some_and(|other| other.to_lowercase() == lower));
    if let Some((other, _)) = taken {
        let kind = FaultKind::NameTaken {
            name: shown(&name),
            other: other.own.path().to_owned(),
        };
        checking.faults.push(own.fault("name", kind));
    }
}

fn check_addresses(
    form: &MailboxForm,
    earlier: &[(&MailboxForm, Option<&Mailbox>)],
    checking: &mut Checking<'_>,
) {
    let own = &form.own;
    let mut mine = Vec::new();
    let written = own
        .address("address")
        .map(|address| (own.line_of("address").unwrap_or_default(), "address", address));
    let aliases = own
        .addresses("aliases")
        .iter()
        .map(|(line, alias)| (*line, "aliases", alias));
    for (line, key, address) in written.into_iter().chain(aliases) {
        let here = mine.iter().any(|other| same(other, address)).then_some(form);
        let there = || {
            earlier
                .iter()
                .map(|(other, _)| *other)
                .find(|other| owns(other, address))
        };
        if let Some(other) = here.or_else(there) {
            let kind = FaultKind::AddressTaken {
                address: address.to_string(),
                other: told(other),
            };
            checking.faults.push(own.fault_at(line, key, kind));
        }
        mine.push(address.clone());
    }
}

fn check_forward(form: &MailboxForm, all: &[(&MailboxForm, Option<&Mailbox>)], checking: &mut Checking<'_>) {
    let Some(target) = form.own.address("forward_to") else {
        return;
    };
    if let Some((other, _)) = all.iter().find(|(other, _)| owns(other, target)) {
        let kind = FaultKind::ForwardToOurselves {
            address: target.to_string(),
            other: told(other),
        };
        checking.faults.push(form.own.fault("forward_to", kind));
    }
}

fn owns(form: &MailboxForm, address: &karamail_core::address::EmailAddress) -> bool {
    form.own.address("address").is_some_and(|own| same(own, address))
        || form
            .own
            .addresses("aliases")
            .iter()
            .any(|(_, alias)| same(alias, address))
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
    Some(
        address
            .local()
            .chars()
            .take(karamail_core::limits::MAILBOX_NAME_CHARACTERS)
            .collect(),
    )
}

fn account(pop3: &Pop3Settings) -> (String, u16, String) {
    let user = pop3.user.strip_prefix(RECENT).unwrap_or(&pop3.user);
    (pop3.host.clone(), pop3.port, user.to_owned())
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
