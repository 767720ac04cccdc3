//! Style sheets and scripts, built in. Their addresses carry a digest, so a browser may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::fault::PageFault;

/// One file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("../assets/", $name)),
        }
    };
}

/// Every file. `htmx.min.js` and `pico.min.css` are those of their packages, with their licences beside them.
const ASSETS: &[Asset] = &[
    asset!("htmx.min.js", SCRIPT),
    asset!("pico.min.css", STYLE),
    asset!("karamail.css", STYLE),
    asset!("test.css", STYLE),
    asset!("demo.css", STYLE),
    asset!("kit.css", STYLE),
    asset!("karamail.js", SCRIPT),
    asset!("enter.js", SCRIPT),
    asset!("mailbox.css", STYLE),
    asset!("mailbox.js", SCRIPT),
    asset!("settings.css", STYLE),
    asset!("settings.js", SCRIPT),
    asset!("log.css", STYLE),
    asset!("log.js", SCRIPT),
    asset!("window.css", STYLE),
    asset!("window.js", SCRIPT),
    asset!("icon.svg", "image/svg+xml"),
];

static DIGESTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let digest = |asset: &Asset| {
        let digest = ring::digest::digest(&ring::digest::SHA256, asset.bytes);
        digest
            .as_ref()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    ASSETS.iter().map(digest).collect()
});

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    let named = ASSETS
        .iter()
        .zip(DIGESTS.iter())
        .find(|(asset, _)| asset.name == name);
    match named {
        Some((_, digest)) => format!("/assets/{name}?v={digest}"),
        None => format!("/assets/{name}"),
    }
}

/// `/assets/{name}`
pub(crate) async fn answer(Path(name): Path<String>) -> Result<Response, PageFault> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(PageFault::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.bytes).into_response())
}
