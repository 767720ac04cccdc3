//! 説明: which port goes with which encryption, and what each provider of the built-in list wants.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use karamail_core::words::Language;
use karamail_core::words::screens::mail_settings::EXAMPLES;
use karamail_core::words::screens::ports as words;
use karamail_engine::config::Security;
use karamail_engine::providers::{self, Access, Provider, ServerForm, UserForm};
use serde::Deserialize;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};

/// So few are shown open.
const FEW: usize = 3;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "mail_settings/ports.html")]
struct Page {
    shell: Shell,
    language: Language,
    search: String,
    examples: Vec<Shown>,
    found: Vec<Shown>,
    is_open: bool,
}

/// A provider as the page tells it.
struct Shown {
    name: String,
    /// Whose addresses, the best known first.
    domains: String,
    servers: Option<Servers>,
    /// Why it cannot be used, where it cannot.
    unusable: Option<String>,
    note: String,
    source: String,
    checked: String,
    is_verified: bool,
}

struct Servers {
    pop3: Server,
    smtp: Server,
    account: String,
}

struct Server {
    host: String,
    port: u16,
    security: String,
}

pub(super) async fn show(app: App, Query(search): Query<Search>) -> Result<Response, PageFault> {
    let language = app.language();
    let examples = EXAMPLES.iter().filter_map(|name| {
        let provider = providers::all().iter().find(|one| one.name == *name)?;
        Some(shown(provider, language))
    });
    let found: Vec<Shown> = matching(&search.q)
        .into_iter()
        .map(|one| shown(one, language))
        .collect();
    page(&Page {
        shell: app.shell(Nav::Settings, words::title(language)),
        language,
        examples: examples.collect(),
        is_open: found.len() <= FEW,
        found,
        search: search.q,
    })
}

/// Those whose name or domains have these letters; by an address, the one it is at.
fn matching(search: &str) -> Vec<&'static Provider> {
    let wanted = search.trim().to_lowercase();
    if let Some((_, domain)) = wanted.rsplit_once('@').filter(|(local, _)| !local.is_empty()) {
        return providers::by_domain(domain).into_iter().collect();
    }
    let has = |text: &String| text.to_lowercase().contains(&wanted);
    let fits =
        |one: &&Provider| has(&one.name) || one.domains.iter().any(has) || one.mx_suffixes.iter().any(has);
    providers::all().iter().filter(fits).collect()
}

fn shown(provider: &Provider, language: Language) -> Shown {
    let (servers, unusable) = match &provider.access {
        Access::Pop3 { user, pop3, smtp } => (
            Some(Servers {
                pop3: server(pop3, language),
                smtp: server(smtp, language),
                account: user_form(*user, language),
            }),
            None,
        ),
        Access::OauthOnly => (None, Some(words::oauth_only(language))),
        Access::NoPop3 => (None, Some(words::no_pop3(language))),
        Access::Phone => (None, Some(words::phone(language))),
    };
    let mut domains: Vec<String> = provider.domains.iter().take(4).cloned().collect();
    if provider.domains.len() > domains.len() {
        domains.push("…".to_owned());
    }
    if !provider.mx_suffixes.is_empty() {
        domains.push(words::own_domain(language));
    }
    Shown {
        name: provider.name.clone(),
        domains: domains.join(match language {
            Language::Japanese => "、",
            Language::English => ", ",
        }),
        servers,
        unusable,
        note: provider.note(language).to_owned(),
        source: provider.sources.first().cloned().unwrap_or_default(),
        checked: provider.checked.to_string(),
        is_verified: provider.verified,
    }
}

fn server(form: &ServerForm, language: Language) -> Server {
    let host = form.host(&words::by_domain(language), Some(&words::by_contract(language)));
    Server {
        host: host.unwrap_or_default(),
        port: form.port,
        security: security(form.security, language),
    }
}

/// Encryption in words.
pub(super) fn security(security: Security, language: Language) -> String {
    match security {
        Security::Tls => words::security_tls(language),
        Security::StartTls => words::security_starttls(language),
        Security::None => words::security_none(language),
    }
}

fn user_form(form: UserForm, language: Language) -> String {
    match form {
        UserForm::Address => words::user_address(language),
        UserForm::LocalPart => words::user_local(language),
        UserForm::RecentAddress => words::user_recent(language),
        UserForm::LocalDotDomain => words::user_dot(language),
        UserForm::Ask => words::user_ask(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_found_by_its_name_its_domain_or_an_address_there() {
        let names = |search: &str| -> Vec<&str> {
            let found = matching(search).into_iter();
            found.map(|one| one.name.as_str()).collect()
        };
        assert_eq!(names("ocn.ne.jp"), ["OCN"]);
        assert_eq!(names(" Info@Gmail.com "), ["Gmail"]);
        assert!(names("さくら").len() >= 2);
        assert!(names("no such provider").is_empty());
        assert_eq!(names("").len(), providers::all().len());
    }

    #[test]
    fn the_examples_are_on_the_list() {
        for name in EXAMPLES {
            assert!(providers::all().iter().any(|one| one.name == name), "{name}");
        }
    }
}
