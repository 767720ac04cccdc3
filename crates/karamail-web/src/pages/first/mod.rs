//! 初回: from an address to the first receipt, in six steps. `desk` keeps what was typed, `values` makes settings of it, and
//! each step has a file: `address`, `servers`, `password`, `testing`, `receipt`, `begin`.
//!
//! Invariant: nothing is written before the last step, and never over a settings file that is there.
//! Invariant: a password that was typed never comes into a page again.

mod address;
mod begin;
mod desk;
mod password;
mod receipt;
mod servers;
mod testing;
mod values;

use askama::Template;
use axum::Router;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use karamail_core::words::Language;
use karamail_core::words::screens::first as words;
use karamail_engine::program::Phase;
use serde::Deserialize;

pub(crate) use self::desk::Desk;
use self::desk::{Draft, Step};
use self::values::{check, of_shop};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/first", get(welcome).post(choose_shop))
        .route("/first/anew", post(anew))
        .route("/first/address", get(address::show).post(address::take))
        .route("/first/servers", get(servers::show).post(servers::take))
        .route("/first/servers/live", get(servers::follow))
        .route("/first/servers/search", post(servers::search_again))
        .route("/first/servers/type", post(servers::type_them))
        .route("/first/password", get(password::show).post(password::take))
        .route("/first/test", get(testing::show).post(testing::leave))
        .route("/first/test/live", get(testing::follow))
        .route("/first/test/begin", post(testing::begin))
        .route("/first/receipt", get(receipt::show).post(receipt::take))
        .route("/first/receipt/preview", post(receipt::preview))
        .route("/first/begin", get(begin::show).post(begin::take))
}

/// Where on the path a page is.
pub(crate) struct Steps {
    language: Language,
    step: Step,
}

impl Steps {
    fn of(app: &App, step: Step) -> Steps {
        Steps {
            language: app.language(),
            step,
        }
    }

    /// `手順 2/6`.
    fn told(&self) -> String {
        let place = Step::ALL.iter().position(|step| *step == self.step);
        words::step(self.language, place.map_or(1, |place| place + 1), Step::ALL.len())
    }

    /// The steps with their names, and how they stand to this one.
    fn all(&self) -> Vec<(String, &'static str)> {
        let shown = |step: &Step| {
            let class = match step.cmp(&self.step) {
                std::cmp::Ordering::Less => "past",
                std::cmp::Ordering::Equal => "here",
                std::cmp::Ordering::Greater => "ahead",
            };
            (name(*step, self.language), class)
        };
        Step::ALL.iter().map(shown).collect()
    }
}

fn shell(app: &App) -> Shell {
    app.shell(Nav::Other, words::title(app.language()))
}

fn name(step: Step, language: Language) -> String {
    match step {
        Step::Address => words::step_address(language),
        Step::Servers => words::step_servers(language),
        Step::Password => words::step_password(language),
        Step::Test => words::step_test(language),
        Step::Receipt => words::step_receipt(language),
        Step::Begin => words::step_begin(language),
    }
}

#[derive(Template)]
#[template(path = "first/welcome.html")]
struct Welcome {
    shell: Shell,
    shop_name: String,
    fault: Option<String>,
    /// The address that was begun with, and where to go on.
    begun: Option<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "first/already.html")]
struct Already {
    shell: Shell,
    path: String,
}

async fn welcome(app: App) -> Result<Response, PageFault> {
    welcome_page(&app, None).await
}

async fn welcome_page(app: &App, fault: Option<String>) -> Result<Response, PageFault> {
    let shell = app.shell(Nav::Other, words::title(app.language()));
    if has_settings(app).await {
        return page(&Already {
            shell,
            path: app.program.places().config.display().to_string(),
        });
    }
    let welcome = {
        let draft = app.first.draft();
        let is_begun = !draft.address.is_empty();
        Welcome {
            shell,
            shop_name: draft.shop_name.clone(),
            fault,
            begun: is_begun.then(|| (draft.address.clone(), draft.reached().path())),
        }
    };
    page(&welcome)
}

#[derive(Deserialize)]
struct ShopForm {
    #[serde(default)]
    shop_name: String,
}

async fn choose_shop(app: App, Form(form): Form<ShopForm>) -> Result<Response, PageFault> {
    if has_settings(&app).await {
        return Ok(to_welcome());
    }
    let values = {
        let mut draft = app.first.draft();
        draft.shop_name = form.shop_name;
        of_shop(&draft)
    };
    if let Err(faults) = check(&app, values) {
        let fault = faults.of("general.shop_name").map(str::to_owned);
        return welcome_page(
            &app,
            fault.or_else(|| faults.beside(&[]).first().map(|text| (*text).to_owned())),
        )
        .await;
    }
    Ok(to(Step::Address))
}

async fn anew(app: App) -> Response {
    let number = {
        let draft = app.first.draft();
        (draft.search_number, draft.test_number)
    };
    // What is under way is of the draft before.
    *app.first.draft() = Draft {
        search_number: number.0 + 1,
        test_number: number.1 + 1,
        ..Draft::default()
    };
    to_welcome()
}

/// Whether there is a settings file already, sound or not.
async fn has_settings(app: &App) -> bool {
    let phase = app.program.settled().await;
    !matches!(phase, Phase::NoSettings) || app.program.places().config.exists()
}

/// Where a person must go who is not yet at this step, or not there any more.
async fn elsewhere(app: &App, step: Step) -> Option<Response> {
    if has_settings(app).await {
        return Some(to_welcome());
    }
    let reached = app.first.draft().reached();
    (reached < step).then(|| to(reached))
}

fn to(step: Step) -> Response {
    Redirect::to(step.path()).into_response()
}

fn to_welcome() -> Response {
    Redirect::to("/first").into_response()
}

/// The way a form was left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Go {
    #[default]
    Next,
    Back,
}
