//! What a browser would download is saved here, beside the screens, and the window is told where: a webview saves nothing that
//! comes over a protocol of our own. So a file of a hundred thousand rows never passes through the window.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::body::Body;
use axum::extract::{Path as Part, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use directories::UserDirs;
use futures_util::StreamExt as _;
use karamail_core::words::Language;
use karamail_core::words::screens::window as words;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use crate::app::App;
use crate::fault::{PageFault, is_htmx};
use crate::outside;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// Files that can still be opened from the message about them.
const REMEMBERED: usize = 16;
/// Names tried for a file: `a.csv`, `a (2).csv` …; a folder with more of them is not kept in order.
const NAMES: u32 = 1000;
/// Longest name of a file, bytes: the limit of Linux's file systems is 255, and ` (1000)` may be added.
const NAME_BYTES: usize = 200;

/// The files that were saved, so that a page can have opened what was saved and nothing else.
#[derive(Default)]
pub(crate) struct Saved(Mutex<(u64, VecDeque<(u64, PathBuf)>)>);

impl Saved {
    fn remember(&self, path: PathBuf) -> u64 {
        let mut saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        saved.0 += 1;
        let number = saved.0;
        saved.1.push_back((number, path));
        if saved.1.len() > REMEMBERED {
            saved.1.pop_front();
        }
        number
    }

    fn path(&self, number: u64) -> Option<PathBuf> {
        let saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = saved.1.iter();
        known
            .find(|(one, _)| *one == number)
            .map(|(_, path)| path.clone())
    }
}

/// A saved file, for the message about it.
struct SavedFile {
    number: u64,
    name: String,
    folder: String,
}

#[derive(Template)]
#[template(path = "window/saved_part.html")]
struct SavedPart {
    language: Language,
    file: SavedFile,
}

#[derive(Template)]
#[template(path = "window/saved.html")]
struct SavedPage {
    shell: Shell,
    file: SavedFile,
}

/// Saves an answer that a browser would download, and tells about it instead.
pub(crate) async fn save(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_part = is_htmx(request.headers());
    let response = next.run(request).await;
    let Some(name) = attachment(response.headers()) else {
        return response;
    };
    let folder = folder();
    match write(response.into_body(), &folder, &name).await {
        Ok(path) => told(&app, path, is_part).unwrap_or_else(PageFault::into_response),
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "a file could not be saved");
            let language = app.language();
            let what = words::not_saved(language, &name, &error.to_string());
            let advice = words::not_saved_advice(language, &folder.display().to_string());
            PageFault::Said(StatusCode::INTERNAL_SERVER_ERROR, what, Some(advice)).into_response()
        }
    }
}

fn told(app: &App, path: PathBuf, is_part: bool) -> Result<Response, PageFault> {
    let language = app.language();
    let shown = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let file = SavedFile {
        name: shown(path.file_name()).unwrap_or_default(),
        folder: shown(path.parent().map(Path::as_os_str)).unwrap_or_default(),
        number: app.saved.remember(path),
    };
    if is_part {
        return Ok(Html(SavedPart { language, file }.render()?).into_response());
    }
    let shell = app.shell(Nav::Other, words::saved_title(language));
    page(&SavedPage { shell, file })
}

/// `/window/saved/{number}/{what}`: opens a file that was saved, or its folder, with the programs of this computer.
pub(super) async fn open(
    app: App,
    headers: HeaderMap,
    Part((number, what)): Part<(u64, String)>,
) -> Result<Response, PageFault> {
    let language = app.language();
    let unknown = || PageFault::Said(StatusCode::NOT_FOUND, words::not_known(language), None);
    let file = app.saved.path(number).ok_or_else(unknown)?;
    let place = match what.as_str() {
        "file" => file.clone(),
        "folder" => file.parent().map(PathBuf::from).unwrap_or_default(),
        _ => return Err(PageFault::NotFound),
    };
    let shown = place.display().to_string();
    let failed = |why: String| {
        let what = words::not_opened(language, &shown, &why);
        PageFault::Said(StatusCode::BAD_GATEWAY, what, None)
    };
    // A folder that is gone would be opened as nothing, and nobody would be told.
    std::fs::metadata(&place).map_err(|error| failed(error.to_string()))?;
    let opened = outside::open(place).await;
    opened.map_err(|error| failed(error.to_string()))?;
    if is_htmx(&headers) {
        return Ok(words::opened(language).into_response());
    }
    told(&app, file, false)
}

/// The person's folder for downloads, else the home folder.
fn folder() -> PathBuf {
    let Some(user) = UserDirs::new() else {
        return std::env::temp_dir();
    };
    match user.download_dir() {
        Some(downloads) => downloads.to_owned(),
        None => {
            let usual = user.home_dir().join("Downloads");
            if usual.is_dir() {
                usual
            } else {
                user.home_dir().to_owned()
            }
        }
    }
}

/// Writes a file beside its place and gives it its name when it is whole: nobody finds half a file under a good name.
async fn write(body: Body, folder: &Path, name: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let whole = tempfile::Builder::new()
        .prefix(".karamail-")
        .suffix(".part")
        .tempfile_in(folder)?;
    let mut file = tokio::fs::File::from_std(whole.reopen()?);
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        file.write_all(&piece.map_err(io::Error::other)?).await?;
    }
    file.flush().await?;
    file.sync_all().await?;
    named(whole, folder, name)
}

/// Gives it a name that is free.
fn named(mut whole: NamedTempFile, folder: &Path, name: &str) -> io::Result<PathBuf> {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    for count in 1..=NAMES {
        let path = folder.join(match count {
            1 => name.to_owned(),
            _ => format!("{stem} ({count}){ending}"),
        });
        match whole.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => whole = taken.file,
            Err(failed) => return Err(failed.error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The name of a file that is to be saved and not shown (RFC 6266), fit for every system's folders.
fn attachment(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let mut parts = disposition.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("attachment") {
        return None;
    }
    let (mut plain, mut full) = (None, None);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key.trim() {
            "filename" => plain = Some(value.trim().trim_matches('"').to_owned()),
            "filename*" => full = value.trim().strip_prefix("UTF-8''").and_then(decoded),
            _ => {}
        }
    }
    Some(fit(&full.or(plain).unwrap_or_default()))
}

/// `%E3%81%82` as it is meant.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A name without what some system takes for something else: separators, streams, hidden files, devices.
fn fit(name: &str) -> String {
    let mut fit = String::new();
    for character in name.chars() {
        let is_plain = !character.is_control() && !"<>:\"/\\|?*".contains(character);
        if fit.len() + character.len_utf8() <= NAME_BYTES {
            fit.push(if is_plain { character } else { '_' });
        }
    }
    match fit.trim_matches(['.', ' ']) {
        "" => "karamail".to_owned(),
        device if is_device(device) => format!("_{device}"),
        fit => fit.to_owned(),
    }
}

/// Whether Windows takes a name for a device, whatever stands behind its first full stop.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered.is_some_and(|number| number.chars().count() == 1 && "0123456789¹²³".contains(number))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(disposition: &str, name: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(disposition).unwrap(),
        );
        assert_eq!(attachment(&headers).as_deref(), name, "{disposition}");
    }

    #[test]
    fn a_file_to_be_saved_has_its_own_name_and_never_a_place() {
        check("inline; filename=\"a.png\"", None);
        check("attachment; filename=\"results.csv\"", Some("results.csv"));
        check(
            "attachment; filename=\"results.csv\"; filename*=UTF-8''%E5%8F%8E%E9%9B%86%E7%B5%90%E6%9E%9C.csv",
            Some("\u{53CE}\u{96C6}\u{7D50}\u{679C}.csv"),
        );
        check("attachment; filename=\"../../.bashrc\"", Some("_.._.bashrc"));
        check("attachment; filename*=UTF-8''a%2Fb%3A%00c", Some("a_b__c"));
        check("attachment", Some("karamail"));
        check("attachment; filename=\"con.csv\"", Some("_con.csv"));
        check("attachment; filename=\"LPT1 .tar.gz\"", Some("_LPT1 .tar.gz"));
        check("attachment; filename=\"contact.csv\"", Some("contact.csv"));
    }

    #[tokio::test]
    async fn a_file_never_takes_the_place_of_another_and_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let save = |text: &'static str| write(Body::from(text), folder.path(), "a.csv");
        assert_eq!(save("first").await.unwrap(), folder.path().join("a.csv"));
        assert_eq!(save("second").await.unwrap(), folder.path().join("a (2).csv"));
        assert_eq!(std::fs::read(folder.path().join("a.csv")).unwrap(), b"first");
        let broken =
            futures_util::stream::iter([Ok("half a "), Err(io::Error::other("the ledger went away"))]);
        let failed = write(Body::from_stream(broken), folder.path(), "b.csv").await;
        assert!(failed.is_err());
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2, "nothing of the broken one");
    }
}
