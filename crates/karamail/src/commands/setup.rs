//! `karamail config init --address`: a settings file from a mail address; and SPF and DMARC in plain words.

use std::io::{IsTerminal, Write};

use karamail_core::address::EmailAddress;
use karamail_core::words::{Language, Told, setup as words};
use karamail_engine::config::{EditFault, Security, Settings, write_new_with};
use karamail_engine::providers;
use karamail_engine::setup::dns::Dns;
use karamail_engine::setup::plan::{Endpoint, Filled, Known, Plan, Wanted, plan, security_name};
use karamail_engine::setup::probe::{Answer, Certificate, Ports, Service};
use karamail_engine::setup::sending_domain::{Dmarc, SendingDomain, Spf, look_up};
use serde_json::{Value, json};

use crate::arguments::Init;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::output;

/// Writes a settings file filled for an address.
pub(crate) async fn init(context: &Context, init: &Init, address: &EmailAddress) -> Result<Exit, Failure> {
    let language = context.language;
    if context.config.exists() {
        return Err(settings(
            &EditFault::AlreadyThere(context.config.clone()),
            language,
        ));
    }
    let dns = match init.offline {
        true => None,
        false => Dns::chosen().ok(),
    };
    let wanted = Wanted {
        address,
        server: init.server.as_deref(),
        dns: dns.as_ref(),
        ports: &Ports::default(),
        allow_plain: init.allow_plain,
        extra_ca_file: None,
    };
    let is_on_the_list = providers::by_domain(address.domain()).is_some();
    if dns.is_some() && !is_on_the_list && !context.json {
        output::line(&words::probing(language, address.domain()));
    }
    let mut found = plan(wanted).await;
    if let Plan::NeedsServer(known) = &found
        && let Some(server) = ask_for_server(known, language)
    {
        found = plan(Wanted {
            server: Some(&server),
            ..wanted
        })
        .await;
    }
    let filled = match found {
        Plan::Ready(filled) => filled,
        other => {
            if let (Plan::OnlyPlain { answers } | Plan::NothingFound { answers, .. }, false) =
                (&other, context.json)
            {
                print_answers(answers, language);
            }
            return Err(not_found(&other, address, init.offline, language));
        }
    };
    write_new_with(&context.config, language, filled.values(address))
        .map_err(|fault| settings(&fault, language))?;
    let domain = match &dns {
        Some(dns) => Some(look_up(dns, address.domain(), &filled.smtp.host).await),
        None => None,
    };
    if context.json {
        output::line(&filled_json(context, &filled, domain.as_ref()).to_string());
    } else {
        print_filled(context, &filled, domain.as_ref());
    }
    Ok(Exit::Done)
}

/// SPF and DMARC of every address's domain, each once.
pub(crate) async fn look_up_domains(settings: &Settings) -> Vec<SendingDomain> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for mailbox in &settings.mailboxes {
        let pair = (mailbox.address.domain().to_owned(), mailbox.smtp.host.clone());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let mut domains = Vec::new();
    let dns = Dns::chosen();
    for (domain, server) in pairs {
        domains.push(match &dns {
            Ok(dns) => look_up(dns, &domain, &server).await,
            Err(fault) => SendingDomain {
                domain,
                server,
                exists: true,
                spf: Spf::Unknown(fault.clone()),
                dmarc: Dmarc::Unknown(fault.clone()),
            },
        });
    }
    domains
}

/// What was found out about a domain, one finding a line.
pub(crate) fn print_domain(domain: &SendingDomain, language: Language) {
    for finding in domain.findings(language) {
        let mark = if finding.is_good { "○" } else { "△" };
        output::line(&format!("{mark} {}", finding.told));
    }
}

/// The same for programs.
pub(crate) fn domain_json(domain: &SendingDomain, language: Language) -> Value {
    let spf = match &domain.spf {
        Spf::Missing => json!({ "found": false }),
        Spf::Broken(why) => json!({ "found": true, "broken": why }),
        Spf::Unknown(_) => json!({ "found": null }),
        Spf::NoAddress { record } => json!({ "found": true, "record": record }),
        Spf::Checked {
            record,
            address,
            result,
        } => json!({ "found": true, "record": record, "address": address, "result": result.as_str() }),
    };
    let dmarc = match &domain.dmarc {
        Dmarc::Missing => json!({ "found": false }),
        Dmarc::Unknown(_) => json!({ "found": null }),
        Dmarc::Found { at, policy } => json!({ "found": true, "at": at, "policy": policy.as_str() }),
    };
    let findings: Vec<Value> = domain
        .findings(language)
        .into_iter()
        .map(|finding| json!({ "good": finding.is_good, "told": finding.told }))
        .collect();
    json!({
        "domain": domain.domain, "server": domain.server, "exists": domain.exists, "spf": spf, "dmarc": dmarc, "findings": findings,
    })
}

fn settings(fault: &EditFault, language: Language) -> Failure {
    Failure::said(Exit::Settings, fault.told(language))
}

/// Asks at the terminal for what only the shop can look up.
fn ask_for_server(known: &Known, language: Language) -> Option<String> {
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    if !stdin.is_terminal() || !stdout.is_terminal() {
        return None;
    }
    print_known(known, language);
    let mut out = stdout.lock();
    let _ = write!(out, "{}", words::server_prompt(language)).and_then(|()| out.flush());
    let mut line = String::new();
    stdin.read_line(&mut line).ok()?;
    Some(line.trim().to_owned()).filter(|server| !server.is_empty())
}

/// Why there are no settings.
fn not_found(found: &Plan, address: &EmailAddress, offline: bool, language: Language) -> Failure {
    let domain = address.domain();
    let sentences = match found {
        Plan::NeedsServer(Known { provider, .. }) => vec![
            words::server_needed(language, &provider.name),
            provider.note(language).to_owned(),
            words::server_needed_advice(language, &address.to_string()),
        ],
        Plan::Unusable(Known { provider, .. }) => vec![
            words::provider_unusable(language, &provider.name),
            provider.note(language).to_owned(),
        ],
        Plan::OnlyPlain { .. } => vec![words::only_plain(language)],
        Plan::NothingFound { hint, .. } => {
            let mut sentences = vec![words::nothing_found(language, domain)];
            if let Some(provider) = hint {
                sentences.push(words::provider_by_certificate(language, &provider.name));
                sentences.push(provider.note(language).to_owned());
            }
            sentences.push(words::nothing_found_advice(language));
            sentences
        }
        Plan::Unknown(None) if offline => vec![
            words::offline_unknown(language, domain),
            words::nothing_found_advice(language),
        ],
        Plan::Unknown(fault) => {
            let told = fault
                .as_ref()
                .map_or_else(|| words::dns_no_answer(language), |fault| fault.told(language));
            vec![told, words::nothing_found_advice(language)]
        }
        Plan::Ready(_) => Vec::new(),
    };
    let between = match language {
        Language::Japanese => "",
        Language::English => " ",
    };
    Failure::said(Exit::Failed, sentences.join(between))
}

fn print_filled(context: &Context, filled: &Filled, domain: Option<&SendingDomain>) {
    let language = context.language;
    print_answers(&filled.answers, language);
    if let Some(known) = &filled.known {
        print_known(known, language);
    }
    let path = context.config.display().to_string();
    output::line(&words::filled_settings_written(language, &path));
    let (pop3, smtp) = (&filled.pop3, &filled.smtp);
    output::line(&words::filled_pop3(
        language,
        &server(pop3),
        security_name(pop3.security),
        &filled.user,
    ));
    output::line(&words::filled_smtp(
        language,
        &server(smtp),
        security_name(smtp.security),
    ));
    if filled.is_user_guessed {
        output::line(&words::user_needed(language, &filled.user));
    }
    match domain {
        Some(domain) => print_domain(domain, language),
        None => output::line(&words::domain_offline(language)),
    }
    output::line(&words::next_steps(language));
}

fn print_known(known: &Known, language: Language) {
    let provider = known.provider;
    output::line(&match &known.mail_server {
        Some(host) => words::provider_by_mx(language, &provider.name, &output::harmless(host)),
        None => words::provider_by_domain(language, &provider.name),
    });
    output::line(provider.note(language));
    if !provider.verified {
        output::line(&words::provider_unverified(language));
    }
    if let Some(source) = provider.sources.first() {
        output::line(&words::provider_source(language, source));
    }
}

fn print_answers(answers: &[Answer], language: Language) {
    for answer in answers {
        let server = format!("{}:{}", answer.host, answer.port);
        let security = security_name(answer.security);
        let mut line = match answer.service {
            Service::Pop3 => words::probe_pop3(language, &server, security),
            Service::Smtp => words::probe_smtp(language, &server, security),
        };
        if !answer.greeting.is_empty() {
            line.push_str(&words::probe_banner(language, &answer.greeting));
        }
        line.push_str(&match &answer.certificate {
            Certificate::Fits => words::certificate_fits(language),
            Certificate::OtherNames(names) => words::certificate_other(language, names),
            Certificate::Untrusted(why) => words::certificate_bad(language, why),
            Certificate::NoTls => words::no_encryption(language),
        });
        output::line(&output::harmless(&line));
    }
}

fn server(endpoint: &Endpoint) -> String {
    format!("{}:{}", endpoint.host, endpoint.port)
}

fn filled_json(context: &Context, filled: &Filled, domain: Option<&SendingDomain>) -> Value {
    let endpoint = |endpoint: &Endpoint| {
        let security: Security = endpoint.security;
        json!({ "host": endpoint.host, "port": endpoint.port, "security": security_name(security) })
    };
    let provider = filled.known.as_ref().map(|known| {
        json!({
            "name": known.provider.name, "mail_server": known.mail_server,
            "note": known.provider.note(context.language), "verified": known.provider.verified,
            "sources": known.provider.sources,
        })
    });
    json!({
        "config": context.config.display().to_string(), "provider": provider, "pop3": endpoint(&filled.pop3),
        "smtp": endpoint(&filled.smtp), "user": filled.user, "user_guessed": filled.is_user_guessed,
        "domain": domain.map(|domain| domain_json(domain, context.language)),
    })
}
