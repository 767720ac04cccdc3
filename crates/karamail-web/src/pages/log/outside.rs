//! 外部へ取り出し: the month's file in another program, its folder, and a copy of it.

use std::io;
use std::path::Path;

use axum::body::Body;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use karamail_core::words::screens::log as words;
use karamail_engine::monthly_log::reader::{LogFault, Month};
use tokio::io::AsyncReadExt as _;

use super::{Asked, folder, told};
use crate::app::App;
use crate::fault::{PageFault, is_htmx};
use crate::outside;

/// Bytes of a file in memory while it is sent.
const PIECE_BYTES: usize = 256 * 1024;

/// Which thing is opened.
#[derive(Clone, Copy)]
enum Thing {
    File,
    Folder,
}

/// `POST /log/open`: the file, in the program that the system has for `.txt`.
pub(super) async fn open_file(
    app: App,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, PageFault> {
    let month = asked.month(&app)?;
    let folder = folder(&app).await;
    // A file that is gone is told as such, and not as a program that did not start.
    app.log.view(&folder, &month).await.or_else(|fault| match fault {
        LogFault::TooLarge(..) => Ok(Default::default()),
        fault => Err(told(&app, &fault)),
    })?;
    let file = month.file(&folder);
    open(&app, Thing::File, &file, outside::open(file.clone())).await?;
    Ok(done(&app, &headers, Some(&month), Thing::File))
}

/// `POST /log/folder`: the folder.
pub(super) async fn open_folder(
    app: App,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, PageFault> {
    let folder = folder(&app).await;
    open(&app, Thing::Folder, &folder, outside::open(folder.clone())).await?;
    Ok(done(
        &app,
        &headers,
        asked.month(&app).ok().as_ref(),
        Thing::Folder,
    ))
}

fn done(app: &App, headers: &HeaderMap, month: Option<&Month>, thing: Thing) -> Response {
    if is_htmx(headers) {
        let said = match thing {
            Thing::File => words::opened(app.language()),
            Thing::Folder => words::opened_folder(app.language()),
        };
        return said.into_response();
    }
    let back = month.map_or("/log".to_owned(), |month| {
        format!("/log?month={}", month.as_str())
    });
    Redirect::to(&back).into_response()
}

/// Says where a file or folder is if opening it fails.
async fn open(
    app: &App,
    thing: Thing,
    path: &Path,
    opening: impl Future<Output = io::Result<()>>,
) -> Result<(), PageFault> {
    let language = app.language();
    let Err(error) = opening.await else {
        return Ok(());
    };
    tracing::warn!(path = %path.display(), %error, "could not be opened");
    let what = match thing {
        Thing::File => words::not_opened(language),
        Thing::Folder => words::folder_not_opened(language),
    };
    let advice = words::not_opened_advice(language, &path.display().to_string());
    Err(PageFault::Said(StatusCode::BAD_GATEWAY, what, Some(advice)))
}

/// `GET /log/save`: a copy of the file.
pub(super) async fn save(app: App, Query(asked): Query<Asked>) -> Result<Response, PageFault> {
    let month = asked.month(&app)?;
    let path = month.file(&folder(&app).await);
    let fault = |error| told(&app, &LogFault::of(&path, error));
    let file = tokio::fs::File::open(&path).await.map_err(fault)?;
    let found = file.metadata().await.map_err(fault)?;
    if !found.is_file() {
        return Err(fault(std::io::ErrorKind::InvalidInput.into()));
    }
    // As long as it is now: lines that come meanwhile are not half in it.
    let pieces = stream::try_unfold(file.take(found.len()), |mut file| async move {
        let mut piece = vec![0; PIECE_BYTES];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then_some((piece, file)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"karamail-log-{}.txt\"", month.as_str()),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use karamail_engine::config::Places;
    use karamail_engine::program::Program;
    use karamail_engine::secrets::{Environment, KeyringUse, Secrets};

    use super::*;
    use crate::shell::Pending;

    fn app(folder: &Path) -> App {
        let places = Places {
            config: folder.join("karamail.toml"),
            data: folder.join("data"),
            portable: false,
        };
        let nothing = Environment::Given(Default::default());
        let secrets = Secrets::with(&places.data, nothing, KeyringUse::Off);
        App::new(
            Program::start(places, Arc::new(secrets), false),
            Pending::default(),
        )
    }

    #[tokio::test]
    async fn a_program_that_does_not_start_is_told_with_the_path_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path());
        let path = folder.path().join("2026-11.txt");
        let refused = async { Err(io::Error::other("no program")) };
        let fault = open(&app, Thing::File, &path, refused).await;
        let Err(PageFault::Said(StatusCode::BAD_GATEWAY, _, Some(advice))) = fault else {
            panic!("{fault:?}");
        };
        assert!(advice.contains(&path.display().to_string()), "{advice}");
        open(&app, Thing::File, &path, async { Ok(()) }).await.unwrap();
        app.program.end().await;
    }
}
