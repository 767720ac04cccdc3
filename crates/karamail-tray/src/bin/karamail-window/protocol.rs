//! The screens over a protocol of the window's own, with no port: a request of the webview becomes one of the Router.
//!
//! A webview follows no redirect of such a protocol: that is done here. What it would have to save, the tray program saves
//! (`karamail_web::router_in_window`). What a page asks of the window itself is answered here.

use std::borrow::Cow;
use std::io;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use karamail_tray::link::{self, Address};

use crate::Wish;
use crate::remembered::Step;

/// The protocol's name: pages are at `karamail://localhost/status`, on Windows at `http://karamail.localhost/status`.
pub(crate) const NAME: &str = "karamail";
/// Redirects followed for a part of a page.
const HOPS: usize = 4;

/// Where a page is for the webview.
pub(crate) fn address(path: &str) -> String {
    match cfg!(any(windows, target_os = "android")) {
        true => format!("http://{NAME}.localhost{path}"),
        false => format!("{NAME}://localhost{path}"),
    }
}

/// The path and query of an address of ours.
pub(crate) fn path_in(address: &str) -> Option<&str> {
    let path = address.strip_prefix(self::address("").as_str())?;
    path.starts_with('/').then_some(path)
}

/// What a page asks of the window itself.
pub(crate) fn wish(request: &Request<Vec<u8>>) -> Option<Wish> {
    let what = request.uri().path().strip_prefix("/window/")?;
    if request.method() != Method::POST {
        return None;
    }
    let body = request.body().as_slice();
    match (what, body) {
        ("close", b"sure=yes") => Some(Wish::Close),
        ("close", _) => Some(Wish::AskToClose),
        ("told", _) => Some(Wish::Told),
        ("print", _) => Some(Wish::Print),
        ("zoom", b"by=in") => Some(Wish::Zoom(Step::In)),
        ("zoom", b"by=out") => Some(Wish::Zoom(Step::Out)),
        ("zoom", _) => Some(Wish::Zoom(Step::Reset)),
        _ => None,
    }
}

/// Nothing: the page stays as it is.
pub(crate) fn nothing() -> Response<Cow<'static, [u8]>> {
    let mut response = Response::new(Cow::Borrowed(&[][..]));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Answers one request of the webview.
pub(crate) async fn answer(address: &Address, request: Request<Vec<u8>>) -> Response<Cow<'static, [u8]>> {
    match over_the_link(address, request).await {
        Ok(response) => response.map(Cow::Owned),
        Err(error) => {
            let mut response = Response::new(Cow::Owned(error.to_string().into_bytes()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

async fn over_the_link(address: &Address, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
    let is_part = request.headers().contains_key("hx-request");
    let (mut parts, body) = request.into_parts();
    parts.uri = path_of(&parts.uri);
    let mut response = link::ask(address, Request::from_parts(parts, Body::from(body))).await?;
    for _ in 0..HOPS {
        let Some(location) = location(&response) else {
            break;
        };
        if !is_part {
            return Ok(hop(&location));
        }
        let next = Request::builder()
            .method(Method::GET)
            .uri(&location)
            .header("hx-request", "true");
        let next = next.body(Body::empty()).map_err(io::Error::other)?;
        response = link::ask(address, next).await?;
    }
    Ok(response)
}

/// The path and query alone: the Router knows no host.
fn path_of(uri: &Uri) -> Uri {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    path.parse().unwrap_or_else(|_| Uri::from_static("/"))
}

fn location(response: &Response<Vec<u8>>) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    location.starts_with('/').then(|| location.to_owned())
}

/// A page that goes on to another by itself, and leaves no trace in the history. In the colours of the page that follows.
fn hop(location: &str) -> Response<Vec<u8>> {
    let escaped = location
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <meta http-equiv=\"refresh\" content=\"0;url={escaped}\">"
    );
    let mut response = Response::new(html.into_bytes());
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_ours_have_a_path_here() {
        assert_eq!(path_in(&address("/results?q=1")), Some("/results?q=1"));
        let host = address("");
        for foreign in [
            format!("{host}.evil.example/"),
            format!("{host}@evil.example/"),
            host.clone(),
            "https://example.jp/".to_owned(),
            "file:///etc/passwd".to_owned(),
        ] {
            assert_eq!(path_in(&foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_page_asks_the_window_by_post_alone() {
        let request = |method: &str, path: &str, body: &str| {
            let request = Request::builder().method(method).uri(address(path));
            wish(&request.body(body.as_bytes().to_vec()).unwrap())
        };
        assert!(matches!(
            request("POST", "/window/close", ""),
            Some(Wish::AskToClose)
        ));
        assert!(matches!(
            request("POST", "/window/close", "sure=yes"),
            Some(Wish::Close)
        ));
        assert!(request("GET", "/window/close", "sure=yes").is_none());
        assert!(request("POST", "/window/saved/1/file", "").is_none());
        assert!(request("POST", "/status/check", "").is_none());
    }
}
