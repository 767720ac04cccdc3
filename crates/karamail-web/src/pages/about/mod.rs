//! About the program: version, where settings and data lie, licences. Reached from the foot of every page.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use karamail_core::words::screens::about as words;

use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/about", get(show))
}

/// A place on this computer.
struct Place {
    id: &'static str,
    label: String,
    path: String,
}

/// A part with a licence of its own.
struct Part {
    name: &'static str,
    licence: &'static str,
    text: &'static str,
}

const PARTS: [Part; 3] = [
    Part {
        name: "Karamail",
        licence: "MIT",
        text: include_str!("../../../../../LICENSE"),
    },
    Part {
        name: "htmx 2.0.11",
        licence: "0BSD",
        text: include_str!("../../../assets/htmx.LICENSE"),
    },
    Part {
        name: "Pico CSS 2.1.1",
        licence: "MIT",
        text: include_str!("../../../assets/pico.LICENSE.md"),
    },
];

#[derive(Template)]
#[template(path = "about/page.html")]
struct Page {
    shell: Shell,
    version: &'static str,
    places: Vec<Place>,
    is_portable: bool,
    parts: &'static [Part],
}

async fn show(app: App) -> Result<Response, PageFault> {
    let language = app.language();
    // The shop's own places, also while the demo is on: those are what somebody looks for here.
    let places = app.program.places();
    let mut shown = vec![
        Place {
            id: "settings-file",
            label: words::settings_file(language),
            path: places.config.display().to_string(),
        },
        Place {
            id: "data-folder",
            label: words::data_folder(language),
            path: places.data.display().to_string(),
        },
    ];
    let handle = app.program.handle();
    let settings = handle.map(|handle| handle.settings().borrow().clone());
    if let Some(folder) = settings.and_then(|settings| settings.general.log_folder.clone()) {
        shown.push(Place {
            id: "log-folder",
            label: words::log_folder(language),
            path: folder.display().to_string(),
        });
    }
    page(&Page {
        shell: app.shell(Nav::Other, words::title(language)),
        version: env!("CARGO_PKG_VERSION"),
        places: shown,
        is_portable: places.portable,
        parts: &PARTS,
    })
}
