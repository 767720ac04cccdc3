//! Parts of a page that follow the program. A part is asked for with the version that the page shows; the answer comes when
//! there is another one, or after a while with nothing (204), and the page asks again (`data-live` in `karamail.js`).
//!
//! Asking and waiting works in a browser and in a window alike, where an answer cannot be streamed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::HeaderName;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::app::App;
use crate::fault::PageFault;

/// The header with the version of the part.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("karamail-version");
/// How long an answer may wait for news: shorter than what browsers and proxies bear.
const PATIENCE: Duration = Duration::from_secs(20);
/// News that come in a burst are shown together.
const GATHER: Duration = Duration::from_millis(100);

/// What a part is asked with.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    /// The version the page shows.
    #[serde(default)]
    version: String,
}

/// The version of a part's text.
pub(crate) fn version(html: &str) -> String {
    let mut hasher = DefaultHasher::new();
    html.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Renders a part until it is another than the one seen.
///
/// # Errors
/// What `render` gives.
pub(crate) async fn follow<F, R>(app: &App, seen: &Seen, render: F) -> Result<Response, PageFault>
where
    F: Fn() -> R + Send,
    R: Future<Output = Result<String, PageFault>> + Send,
{
    let mut news = app.program.news();
    let mut stop = app.program.stop();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        news.mark_unchanged();
        if app.is_left() {
            // What is around the part is of a side that is gone; the header of the answer says so.
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let html = match render().await {
            // The side went while it was being looked at.
            Err(_) if app.is_left() => return Ok(StatusCode::NO_CONTENT.into_response()),
            rendered => rendered?,
        };
        let now = version(&html);
        if now != seen.version {
            return Ok(([(VERSION, now)], Html(html)).into_response());
        }
        tokio::select! {
            changed = news.changed() => {
                if changed.is_err() {
                    return Ok(StatusCode::NO_CONTENT.into_response());
                }
                tokio::time::sleep(GATHER).await;
            }
            () = stop.requested() => return Ok(StatusCode::NO_CONTENT.into_response()),
            () = tokio::time::sleep_until(deadline) => return Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }
}
