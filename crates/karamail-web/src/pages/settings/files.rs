//! Opening the settings file and the folders with the programs of this computer, and making a first settings file.

use std::path::{Path, PathBuf};

use axum::extract::Path as Part;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use karamail_core::words::screens::settings as words;
use karamail_engine::config::write_new;

use super::frame::Notice;
use super::overview;
use crate::app::App;
use crate::fault::PageFault;
use crate::outside;

/// `/settings/open/{what}`: opens the settings file, its folder, or the data folder.
pub(super) async fn open(app: App, Part(what): Part<String>) -> Result<Response, PageFault> {
    let places = app.program.places();
    let path = match what.as_str() {
        "file" => places.config.clone(),
        "folder" => whole(&places.config)
            .parent()
            .map(PathBuf::from)
            .unwrap_or_default(),
        "data" => places.data.clone(),
        _ => return Err(PageFault::NotFound),
    };
    opened(&app, path).await
}

/// `/settings/new-file`: writes the sample as the settings file where there is none, and opens it.
pub(super) async fn make_sample(app: App) -> Result<Response, PageFault> {
    let path = app.program.places().config.clone();
    write_new(&path, app.language()).map_err(|fault| PageFault::of(&fault, app.language()))?;
    app.program.bump();
    opened(&app, path).await
}

/// The whole path of a file that was named from the current folder.
pub(super) fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

async fn opened(app: &App, path: PathBuf) -> Result<Response, PageFault> {
    let language = app.language();
    let path = whole(&path);
    let shown = path.display().to_string();
    match show_with_its_program(path).await {
        Ok(()) => overview::told(app, Notice::good(words::opened(language, &shown))),
        Err(why) => {
            let notice = Notice::bad(words::not_opened(language, &shown, &why));
            let page = overview::told(app, notice)?;
            if page.status().is_redirection() {
                return Ok(Redirect::to("/first").into_response());
            }
            Ok((StatusCode::INTERNAL_SERVER_ERROR, page).into_response())
        }
    }
}

async fn show_with_its_program(path: PathBuf) -> Result<(), String> {
    if let Err(error) = std::fs::metadata(&path) {
        return Err(error.to_string());
    }
    outside::open(path).await.map_err(|error| error.to_string())
}
