//! 1: the address that takes the empty mails.

use askama::Template;
use axum::extract::Form;
use axum::response::Response;
use karamail_core::words::screens::first as words;
use serde::Deserialize;

use super::desk::{Search, Step};
use super::values::{Faults, check, of_address};
use super::{Go, Steps, elsewhere, servers, shell, to, to_welcome};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Shell, page};
use crate::text::filters;

#[derive(Template)]
#[template(path = "first/address.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    address: String,
    faults: Faults,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    address: String,
    #[serde(default)]
    go: Go,
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    shown(&app, Faults::default()).await
}

async fn shown(app: &App, faults: Faults) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(app, Step::Address).await {
        return Ok(away);
    }
    page(&Page {
        shell: shell(app),
        steps: Steps::of(app, Step::Address),
        address: app.first.draft().address.clone(),
        faults,
    })
}

pub(super) async fn take(app: App, Form(typed): Form<Typed>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Address).await {
        return Ok(away);
    }
    let values = {
        let mut draft = app.first.draft();
        draft.set_address(typed.address.trim().to_owned());
        of_address(&draft)
    };
    if typed.go == Go::Back {
        return Ok(to_welcome());
    }
    if let Err(faults) = check(&app, values) {
        return shown(&app, faults).await;
    }
    let is_new = matches!(app.first.draft().search, Search::NotBegun);
    if is_new {
        servers::search(&app);
    }
    Ok(to(Step::Servers))
}
