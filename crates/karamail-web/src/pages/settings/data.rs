//! データ: how long things stay, the record of consent, backups, and the data folder.

use std::path::PathBuf;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::Form as PostedForm;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use karamail_core::words::screens::{settings, settings_data as words};
use karamail_engine::config::{Settings, files_named};
use karamail_engine::store::Store;
use karamail_engine::{backup, clock};
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::field::Asked;
use super::files::whole;
use super::form::{self, Form, Posted};
use super::frame::{Frame, Tab};
use super::in_force;
use crate::app::App;
use crate::fault::PageFault;
use crate::once::IsFirst;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

const KEYS: [&str; 5] = [
    "receipt.invitation",
    "general.archive_days",
    "general.log_months",
    "general.log_folder",
    "general.diagnostic_log_days",
];
/// A piece of a backup on its way to the browser, bytes.
const PIECE: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "settings/data.html")]
struct Page {
    shell: Shell,
    frame: Frame,
    form: Form,
    data_folder: String,
    /// There is a ledger to back up.
    has_ledger: bool,
    /// Files that are not in a backup.
    left_out: Vec<String>,
    restore: String,
}

fn asked() -> Vec<Asked> {
    KEYS.into_iter().map(Asked::key).collect()
}

fn shown(app: &App, form: Form, frame: Frame) -> Result<Response, PageFault> {
    let places = app.program.places();
    let folder = whole(&places.config)
        .parent()
        .map(PathBuf::from)
        .unwrap_or_default();
    let outside = files_named(&places.config)
        .into_iter()
        .map(|file| whole(&file))
        .filter(|file| !file.starts_with(&folder));
    page(&Page {
        shell: app.shell(Nav::Settings, settings::data(app.language())),
        frame,
        form,
        data_folder: whole(&places.data).display().to_string(),
        has_ledger: Store::is_in(&places.data),
        left_out: outside.map(|file| file.display().to_string()).collect(),
        restore: "karamail restore karamail-backup.zip".to_owned(),
    })
}

pub(super) async fn show(app: App, is_first: IsFirst) -> Result<Response, PageFault> {
    let form = Form::read(&app, &asked())?;
    let frame = Frame::of(&app, Tab::Data).telling(in_force::notice(&app, is_first));
    shown(&app, form, frame)
}

pub(super) async fn apply(
    app: App,
    PostedForm(fields): PostedForm<Vec<(String, String)>>,
) -> Result<Response, PageFault> {
    let again = |form| shown(&app, form, Frame::of(&app, Tab::Data));
    form::answer(&app, "/settings/data", &asked(), &Posted(fields), again).await
}

/// `/settings/data/backup`: a backup of the shop's data, as a download. The file it is made in goes when the download ends.
pub(super) async fn save_backup(app: App) -> Result<Response, PageFault> {
    let told = |fault: backup::BackupFault| PageFault::of(&fault, app.language());
    let places = app.program.places();
    let folder =
        tempfile::tempdir().map_err(|error| told(backup::BackupFault::File(std::env::temp_dir(), error)))?;
    let target = folder.path().join("karamail-backup.zip");
    let settings = match app.program.handle() {
        Some(handle) => Some((**handle.settings().borrow()).clone()),
        None => Settings::load(&places.config).ok(),
    };
    let log_folder = settings.and_then(|settings| settings.general.log_folder);
    let now = clock::now();
    backup::write(&places.data, &places.config, log_folder.as_deref(), &target, now)
        .await
        .map_err(told)?;
    let opened = async {
        let file = File::open(&target).await?;
        let length = file.metadata().await?.len();
        Ok::<_, std::io::Error>((file, length))
    };
    let (file, length) = opened
        .await
        .map_err(|error| told(backup::BackupFault::File(target.clone(), error)))?;
    let name = clock::local(now)
        .strftime("karamail-%Y-%m-%d-%H%M.zip")
        .to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces(file, folder))).into_response())
}

/// A file in pieces. The folder it lies in stays until the last of them, or until nobody wants more.
fn pieces(file: File, folder: TempDir) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((file, folder), |(mut file, folder)| async move {
        let mut piece = vec![0; PIECE];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then(|| (Bytes::from(piece), (file, folder))))
    })
}
