//! 設定を探す: the settings of a mailbox by its address. What is found is proposed to the form (`mailbox.js` fills empty fields
//! and asks before it changes others); nothing is saved and nothing is logged in to.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Form;
use axum::response::{Html, IntoResponse, Response};
use karamail_core::address::EmailAddress;
use karamail_core::words::screens::mailbox as words;
use karamail_core::words::screens::settings_fields::{choice_label, label};
use karamail_core::words::{Language, Told, config as config_words, setup};
use karamail_engine::providers::Provider;
use karamail_engine::setup::plan::{Filled, Known, Plan, Wanted, plan, security_name};
use karamail_engine::setup::probe::{Answer, Certificate, Ports, Service};

use crate::app::App;
use crate::fault::PageFault;
use crate::text::filters;

/// What was found, under the address.
#[derive(Template)]
#[template(path = "mail_settings/found.html")]
struct Found {
    language: Language,
    /// How good it is, for its colour.
    kind: &'static str,
    headline: String,
    lines: Vec<String>,
    source: Option<String>,
    answers: Vec<String>,
    proposals: Vec<Proposal>,
    /// Another server can be named.
    asks_for_server: bool,
    server: String,
    /// Servers without encryption can be taken all the same.
    offers_plain: bool,
}

/// A value for a field of the form.
struct Proposal {
    /// The end of the field's id.
    field: &'static str,
    label: String,
    value: String,
    /// As it is told.
    shown: String,
}

/// Looks for the settings of an address. The address comes under the name of its field, whatever its mailbox's number.
pub(super) async fn find(
    app: App,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, PageFault> {
    let language = app.language();
    let typed = fields
        .iter()
        .find(|(name, _)| name.ends_with(".address"))
        .map_or("", |(_, value)| value.trim());
    let server = fields.get("server").map_or("", |server| server.trim());
    let found = match EmailAddress::parse(typed) {
        _ if typed.is_empty() => Found::refused(words::find_address_first(language), language),
        Err(fault) => {
            let why = config_words::address_fault(language, fault);
            Found::refused(config_words::not_an_address(language, typed, why), language)
        }
        Ok(address) => {
            let dns = app.program.dns();
            let wanted = Wanted {
                address: &address,
                server: Some(server).filter(|server| !server.is_empty()),
                dns: dns.as_ref(),
                ports: &Ports::default(),
                allow_plain: fields.contains_key("allow_plain"),
                extra_ca_file: None,
            };
            Found::of(&plan(wanted).await, &address, server, language)
        }
    };
    Ok(Html(found.render()?).into_response())
}

impl Found {
    fn new(kind: &'static str, headline: String, language: Language) -> Found {
        Found {
            language,
            kind,
            headline,
            lines: Vec::new(),
            source: None,
            answers: Vec::new(),
            proposals: Vec::new(),
            asks_for_server: false,
            server: String::new(),
            offers_plain: false,
        }
    }

    fn refused(why: String, language: Language) -> Found {
        Found::new("bad", why, language)
    }

    fn of(plan: &Plan, address: &EmailAddress, server: &str, language: Language) -> Found {
        let domain = address.domain();
        let mut found = match plan {
            Plan::Ready(filled) => return Found::ready(filled, language),
            Plan::NeedsServer(known) => {
                let headline = setup::server_needed(language, &known.provider.name);
                Found::new("busy", headline, language).by(known)
            }
            Plan::Unusable(known) => {
                let headline = setup::provider_unusable(language, &known.provider.name);
                return Found::new("bad", headline, language).by(known);
            }
            Plan::OnlyPlain { answers } => {
                let mut found = Found::new("warn", words::only_plain(language), language);
                found.answers = told_answers(answers, language);
                found.offers_plain = true;
                found
            }
            Plan::NothingFound { answers, hint } => {
                let mut found = Found::new("warn", setup::nothing_found(language, domain), language);
                found.answers = told_answers(answers, language);
                if let Some(provider) = hint {
                    found
                        .lines
                        .push(setup::provider_by_certificate(language, &provider.name));
                    found = found.noting(provider);
                }
                found.lines.push(words::not_found_advice(language));
                found
            }
            Plan::Unknown(fault) => {
                let told = fault.as_ref().map_or_else(
                    || setup::dns_no_answer(language),
                    |fault| fault.told_on_screen(language),
                );
                let mut found = Found::new("warn", told, language);
                found.lines.push(words::not_found_advice(language));
                found
            }
        };
        found.asks_for_server = true;
        found.server = server.to_owned();
        found
    }

    fn ready(filled: &Filled, language: Language) -> Found {
        let mut found = Found::new("good", words::found(language), language);
        if let Some(known) = &filled.known {
            found = found.by(known);
        }
        if filled.is_user_guessed {
            found.lines.push(words::user_guessed(language));
        }
        found.answers = told_answers(&filled.answers, language);
        let propose = |field: &'static str, value: String| {
            let key = format!("mailbox.{}", field.replacen('-', ".", 1));
            Proposal {
                field,
                label: label(&key, language).unwrap_or(field).to_owned(),
                shown: choice_label(&key, &value, language).map_or_else(|| value.clone(), str::to_owned),
                value,
            }
        };
        let (pop3, smtp) = (&filled.pop3, &filled.smtp);
        found.proposals = vec![
            propose("pop3-host", pop3.host.clone()),
            propose("pop3-security", security_name(pop3.security).to_owned()),
            propose("pop3-port", pop3.port.to_string()),
            propose("pop3-user", filled.user.clone()),
            propose("smtp-host", smtp.host.clone()),
            propose("smtp-security", security_name(smtp.security).to_owned()),
            propose("smtp-port", smtp.port.to_string()),
        ];
        found
    }

    /// The provider, and how it is known.
    fn by(mut self, known: &Known) -> Found {
        let name = &known.provider.name;
        self.lines.push(match &known.mail_server {
            Some(host) => setup::provider_by_mx(self.language, name, host),
            None => setup::provider_by_domain(self.language, name),
        });
        self.noting(known.provider)
    }

    /// What a shop has to do there.
    fn noting(mut self, provider: &Provider) -> Found {
        self.lines.push(provider.note(self.language).to_owned());
        if !provider.verified {
            self.lines.push(setup::provider_unverified(self.language));
        }
        self.source = provider.sources.first().cloned();
        self
    }
}

fn told_answers(answers: &[Answer], language: Language) -> Vec<String> {
    let told = |answer: &Answer| {
        let server = format!("{}:{}", answer.host, answer.port);
        let security = choice_label("mailbox.pop3.security", security_name(answer.security), language);
        let security = security.unwrap_or_default();
        let mut line = match answer.service {
            Service::Pop3 => setup::probe_pop3(language, &server, security),
            Service::Smtp => setup::probe_smtp(language, &server, security),
        };
        line.push_str(&match &answer.certificate {
            Certificate::Fits => setup::certificate_fits(language),
            Certificate::OtherNames(names) => setup::certificate_other(language, names),
            Certificate::Untrusted(why) => setup::certificate_bad(language, why),
            Certificate::NoTls => setup::no_encryption(language),
        });
        line
    };
    answers.iter().map(told).collect()
}
