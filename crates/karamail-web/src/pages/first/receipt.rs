//! 5: the wording of the receipt, as the customer's phone shows it.

use askama::Template;
use axum::extract::Form;
use axum::response::{Html, IntoResponse, Response};
use karamail_core::address::EmailAddress;
use karamail_core::template::{Mark, Template as Wording, Values};
use karamail_core::words::Language;
use karamail_core::words::screens::first as words;
use karamail_engine::clock;
use karamail_engine::config::READY_MADE_RECEIPTS;
use serde::Deserialize;

use super::desk::{Draft, Step};
use super::values::{Faults, check, of_receipt};
use super::{Go, Steps, elsewhere, shell, to};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Shell, page};
use crate::text::filters;

/// Whom the preview is for.
const CUSTOMER: &str = "hanako@example.jp";

#[derive(Template)]
#[template(path = "first/receipt.html")]
struct Page {
    shell: Shell,
    steps: Steps,
    choices: Vec<Choice>,
    first_number: String,
    faults: Faults,
    phone: Phone,
}

struct Choice {
    place: usize,
    name: &'static str,
    is_chosen: bool,
}

/// The receipt on the phone.
#[derive(Template)]
#[template(path = "first/phone.html")]
struct Phone {
    language: Language,
    from: String,
    subject: String,
    body: String,
}

/// It is our own markup, escaped once.
impl askama::filters::HtmlSafe for Phone {}

impl Phone {
    fn of(draft: &Draft, language: Language) -> Phone {
        let ready_made = READY_MADE_RECEIPTS.get(draft.receipt(language));
        let wording =
            ready_made.and_then(|one| Wording::parse(one.subject(), one.body(), Mark::Receipt).ok());
        let customer = EmailAddress::parse(CUSTOMER).ok();
        let number = draft.first_number.trim().parse().unwrap_or(1);
        let rendered = wording.zip(customer).map(|(wording, customer)| {
            wording.render(&Values {
                number,
                at: &clock::local(clock::now()),
                address: &customer,
                shop_name: &draft.shop_name,
                language,
            })
        });
        let (subject, body) = rendered.map_or_else(Default::default, |one| (one.subject, one.body));
        Phone {
            language,
            from: draft.address.clone(),
            subject,
            body,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    receipt: Option<usize>,
    #[serde(default)]
    first_number: String,
    #[serde(default)]
    go: Go,
}

pub(super) async fn show(app: App) -> Result<Response, PageFault> {
    shown(&app, Faults::default()).await
}

async fn shown(app: &App, faults: Faults) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(app, Step::Receipt).await {
        return Ok(away);
    }
    let language = app.language();
    let shown = {
        let draft = app.first.draft();
        let chosen = draft.receipt(language);
        let choices = READY_MADE_RECEIPTS
            .iter()
            .enumerate()
            .filter(|(_, one)| one.language == language);
        Page {
            shell: shell(app),
            steps: Steps::of(app, Step::Receipt),
            choices: choices
                .map(|(place, one)| Choice {
                    place,
                    name: one.name,
                    is_chosen: place == chosen,
                })
                .collect(),
            first_number: draft.first_number.clone(),
            faults,
            phone: Phone::of(&draft, language),
        }
    };
    page(&shown)
}

fn keep(app: &App, typed: &Typed) {
    let mut draft = app.first.draft();
    draft.receipt = typed.receipt;
    draft.first_number = typed.first_number.trim().to_owned();
}

/// The phone with the wording that is chosen in the form.
pub(super) async fn preview(app: App, Form(typed): Form<Typed>) -> Result<Response, PageFault> {
    keep(&app, &typed);
    let phone = Phone::of(&app.first.draft(), app.language());
    Ok(Html(phone.render()?).into_response())
}

pub(super) async fn take(app: App, Form(typed): Form<Typed>) -> Result<Response, PageFault> {
    if let Some(away) = elsewhere(&app, Step::Receipt).await {
        return Ok(away);
    }
    keep(&app, &typed);
    if typed.go == Go::Back {
        return Ok(to(Step::Test));
    }
    let values = of_receipt(&app.first.draft(), app.language());
    let checked = check(&app, values);
    app.first.draft().is_receipt_chosen = checked.is_ok();
    match checked {
        Ok(_) => Ok(to(Step::Begin)),
        Err(faults) => shown(&app, faults).await,
    }
}
