//! 2: the servers. They are looked for while a page says so; what is found is shown with its source and can be changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::Response;
use karamail_core::words::screens::first as words;
use karamail_core::words::{Language, Told, setup as setup_words};
use karamail_engine::config::{AdviceKind, Settings};
use karamail_engine::providers::{Access, Provider};
use karamail_engine::setup::plan::{Known, Plan, Wanted, plan, security_name};
use karamail_engine::setup::probe::{Answer, Certificate, Ports, Service};
use serde::Deserialize;

use super::desk::{Draft, Search, Servers, Step};
use super::values::{Faults, check, of_address, of_servers};
use super::{Go, Steps, elsewhere, shell, to};
use crate::app::App;
use crate::fault::PageFault;
use crate::live::{self, Seen};
use crate::shell::{Shell, page};
use crate::text::filters;

/// The fields of the form, by their keys.
const FIELDS: [&str; 8] = [
    "mailbox[1].pop3.host",
    "mailbox[1].pop3.port",
    "mailbox[1].pop3.security",
    "mailbox[1].pop3.user",
    "mailbox[1].smtp.host",
    "mailbox[1].smtp.port",
    "mailbox[1].smtp.security",
    "mailbox[1].smtp.user",
];

#[derive(Template)]
#[template(path = "first/servers.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    version: String,
    part: Part,
}

/// What changes when the search is over.
#[derive(Template)]
#[template(path = "first/servers_part.html")]
struct Part {
    language: Language,
    domain: String,
    is_searching: bool,
    found: Found,
    servers: Servers,
    server: String,
    faults: Faults,
    warnings: Vec<String>,
}

/// What came of looking.
#[derive(Default)]
struct Found {
    /// The settings are known.
    is_ready: bool,
    /// What is good to know: where they come from, what the provider says.
    notes: Vec<String>,
    /// What is wrong, and what to do.
    trouble: Vec<String>,
    /// The provider's own page.
    page: Option<String>,
    answers: Vec<String>,
    wants_server: bool,
    is_unusable: bool,
    can_retry: bool,
}

/// It is our own markup, escaped once.
impl askama::filters::HtmlSafe for Part {}

impl Part {
    fn of(app: &App, faults: Faults, warnings: Vec<String>) -> Part {
        let language = app.language();
        let draft = app.first.draft();
        let domain = draft
            .mailbox_address()
            .map_or(String::new(), |address| address.domain().to_owned());
        let found = match &draft.search {
            Search::Done(plan) => found(plan, &domain, language),
            Search::NotBegun | Search::Running | Search::GivenUp => Found::default(),
        };
        Part {
            language,
            is_searching: matches!(draft.search, Search::Running),
            found,
            servers: draft.servers.clone(),
            server: draft.server.clone(),
            domain,
            faults,
            warnings,
        }
    }

    /// What is wrong that belongs to no field.
    fn other_faults(&self) -> Vec<&str> {
        self.faults.beside(&FIELDS)
    }
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    shown(&app, Faults::default(), Vec::new()).await
}

async fn shown(app: &App, faults: Faults, warnings: Vec<String>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(app, Step::Servers).await {
        return Ok(away);
    }
    let is_new = matches!(app.first.draft().search, Search::NotBegun);
    if is_new {
        search(app);
    }
    let part = Part::of(app, faults, warnings);
    let version = live::version(&part.render()?);
    page(&Page {
        shell: shell(app),
        steps: Steps::of(app, Step::Servers),
        version,
        part,
    })
}

pub(super) async fn follow(app: App, Query(seen): Query<Seen>) -> Result<Response, PageFault> {
    let render = || async { Ok(Part::of(&app, Faults::default(), Vec::new()).render()?) };
    live::follow(&app, &seen, render).await
}

/// Begins to look for the servers; the page follows.
pub(super) fn search(app: &App) {
    let (address, server, number) = {
        let mut draft = app.first.draft();
        let Some(address) = draft.mailbox_address() else {
            return;
        };
        draft.give_search_up(Search::Running);
        (address, draft.server.clone(), draft.search_number)
    };
    let app = app.clone();
    tokio::spawn(async move {
        let dns = app.program.dns();
        let wanted = Wanted {
            address: &address,
            server: Some(server.trim()).filter(|server| !server.is_empty()),
            dns: dns.as_ref(),
            ports: &Ports::default(),
            allow_plain: false,
            extra_ca_file: None,
        };
        let found = plan(wanted).await;
        {
            let mut draft = app.first.draft();
            if draft.search_number != number {
                return;
            }
            let servers = suggested(&found, &address.to_string());
            draft.set_servers(servers);
            draft.are_servers_set = false;
            draft.search = Search::Done(Arc::new(found));
        }
        app.program.bump();
    });
}

/// What the form begins with.
fn suggested(plan: &Plan, address: &str) -> Servers {
    let usual = Servers::usual(address);
    match plan {
        Plan::Ready(filled) => Servers::of(filled),
        Plan::OnlyPlain { answers } | Plan::NothingFound { answers, .. } => {
            let mut servers = usual;
            let best = |service| answers.iter().find(|answer: &&Answer| answer.service == service);
            if let Some(answer) = best(Service::Pop3) {
                servers.receive_at(&endpoint(answer));
            }
            if let Some(answer) = best(Service::Smtp) {
                servers.send_at(&endpoint(answer));
            }
            servers
        }
        Plan::NeedsServer(Known { provider, .. }) => of_provider(provider, usual),
        Plan::Unusable(_) | Plan::Unknown(_) => usual,
    }
}

fn endpoint(answer: &Answer) -> karamail_engine::setup::plan::Endpoint {
    karamail_engine::setup::plan::Endpoint {
        host: answer.host.clone(),
        port: answer.port,
        security: answer.security,
    }
}

fn of_provider(provider: &Provider, mut servers: Servers) -> Servers {
    if let Access::Pop3 { pop3, smtp, .. } = &provider.access {
        servers.pop3_port = pop3.port.to_string();
        servers.pop3_security = security_name(pop3.security).to_owned();
        servers.smtp_port = smtp.port.to_string();
        servers.smtp_security = security_name(smtp.security).to_owned();
    }
    servers
}

fn found(plan: &Plan, domain: &str, language: Language) -> Found {
    match plan {
        Plan::Ready(filled) => {
            let mut found = Found {
                is_ready: true,
                answers: told(&filled.answers, language),
                ..Found::default()
            };
            match &filled.known {
                Some(known) => tell_provider(&mut found, known, language),
                None => found.notes.push(words::found_tried(language)),
            }
            if filled.is_user_guessed {
                found.trouble.push(words::user_guessed(language));
            }
            found
        }
        Plan::NeedsServer(known) => {
            let mut found = Found {
                wants_server: true,
                trouble: vec![words::needs_server(language, &known.provider.name)],
                ..Found::default()
            };
            tell_provider(&mut found, known, language);
            found
        }
        Plan::Unusable(known) => {
            let provider = known.provider;
            let why = match provider.access {
                Access::OauthOnly => words::oauth_only(language, &provider.name),
                Access::Phone => words::phone(language, &provider.name),
                Access::NoPop3 | Access::Pop3 { .. } => words::no_pop3(language, &provider.name),
            };
            Found {
                is_unusable: true,
                trouble: vec![why, provider.note(language).to_owned()],
                page: provider.sources.first().cloned(),
                ..Found::default()
            }
        }
        Plan::OnlyPlain { answers } => Found {
            trouble: vec![words::only_plain(language)],
            answers: told(answers, language),
            can_retry: true,
            ..Found::default()
        },
        Plan::NothingFound { answers, hint } => {
            let mut found = Found {
                trouble: vec![words::nothing_found(language, domain)],
                answers: told(answers, language),
                can_retry: true,
                ..Found::default()
            };
            if let Some(provider) = hint {
                let by_certificate = setup_words::provider_by_certificate(language, &provider.name);
                found.notes.push(by_certificate);
                found.notes.push(provider.note(language).to_owned());
            }
            found
        }
        Plan::Unknown(_) => Found {
            trouble: vec![words::unknown(language)],
            can_retry: true,
            ..Found::default()
        },
    }
}

fn tell_provider(found: &mut Found, known: &Known, language: Language) {
    let provider = known.provider;
    found.notes.push(match &known.mail_server {
        Some(host) => setup_words::provider_by_mx(language, &provider.name, host),
        None => setup_words::provider_by_domain(language, &provider.name),
    });
    found.notes.push(provider.note(language).to_owned());
    if !provider.verified {
        found.notes.push(setup_words::provider_unverified(language));
    }
    found.page = provider.sources.first().cloned();
}

fn told(answers: &[Answer], language: Language) -> Vec<String> {
    let tell = |answer: &Answer| {
        let server = format!("{}:{}", answer.host, answer.port);
        let security = security_name(answer.security);
        let answers = match answer.service {
            Service::Pop3 => setup_words::probe_pop3(language, &server, security),
            Service::Smtp => setup_words::probe_smtp(language, &server, security),
        };
        let certificate = match &answer.certificate {
            Certificate::Fits => setup_words::certificate_fits(language),
            Certificate::OtherNames(names) => setup_words::certificate_other(language, names),
            Certificate::Untrusted(why) => setup_words::certificate_bad(language, why),
            Certificate::NoTls => setup_words::no_encryption(language),
        };
        answers + &certificate
    };
    answers.iter().map(tell).collect()
}

#[derive(Deserialize)]
pub(super) struct ServerName {
    #[serde(default)]
    server: String,
}

/// Looks again, with the server's name where the shop has it.
pub(super) async fn search_again(app: App, Form(typed): Form<ServerName>) -> Response {
    if let Some(away) = elsewhere(&app, Step::Servers).await {
        return away;
    }
    app.first.draft().server = typed.server;
    search(&app);
    to(Step::Servers)
}

/// The person types them, found or not.
pub(super) async fn type_them(app: App) -> Response {
    if let Some(away) = elsewhere(&app, Step::Servers).await {
        return away;
    }
    {
        let mut draft = app.first.draft();
        draft.give_search_up(Search::GivenUp);
        if draft.servers == Servers::default() {
            draft.servers = Servers::usual(&draft.address);
        }
    }
    to(Step::Servers)
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(flatten)]
    servers: Servers,
    #[serde(default)]
    accept: Option<String>,
    #[serde(default)]
    go: Go,
}

pub(super) async fn take(app: App, Form(typed): Form<Typed>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Servers).await {
        return Ok(away);
    }
    let is_form = typed.servers != Servers::default();
    let values = {
        let mut draft = app.first.draft();
        if is_form {
            draft.set_servers(typed.servers);
        }
        [of_address(&draft), of_servers(&draft.servers)].concat()
    };
    if typed.go == Go::Back {
        return Ok(to(Step::Address));
    }
    let settings = match check(&app, values) {
        Ok(settings) => settings,
        Err(faults) => {
            app.first.draft().are_servers_set = false;
            return shown(&app, faults, Vec::new()).await;
        }
    };
    let warnings = warnings(&settings, app.language());
    if !warnings.is_empty() && typed.accept.is_none() {
        return shown(&app, Faults::default(), warnings).await;
    }
    let next = {
        let mut draft: std::sync::MutexGuard<'_, Draft> = app.first.draft();
        draft.are_servers_set = true;
        Step::Password
    };
    Ok(to(next))
}

/// What is allowed but probably not meant.
fn warnings(settings: &Settings, language: Language) -> Vec<String> {
    let advice = settings.advice();
    let is_for_here = |kind: &AdviceKind| !matches!(kind, AdviceKind::GmailAppPassword);
    advice
        .into_iter()
        .filter(|advice| is_for_here(&advice.kind))
        .map(|advice| advice.told(language))
        .collect()
}
