//! The door keeper of a browser on this machine: any program and any web page can reach a port of 127.0.0.1, so every request
//! must show that it comes from the person who was given the link.
//!
//! 1. The Host must be ours by number or as `localhost` (a name that leads here is DNS rebinding).
//! 2. What changes something must come from a page of ours (Origin, Sec-Fetch-Site).
//! 3. A cookie, strict, out of reach of scripts, got for a link that works once. The token stands behind the link's `#`, so it is
//!    in no request line, no history of a server and no Referer, and a program that looks at links ahead does not use it up.
//!
//! Invariant: without the cookie nothing is shown but the page that says how to get in, and the assets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use karamail_core::words::screens::shell as words;
use karamail_engine::program::Program;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use tokio::time::Instant;

use crate::assets;
use crate::shell::{Notice, Pending};

/// Links that wait to be used: a person needs one, and may ask for another.
const LINKS: usize = 4;
/// Browsers that are signed in.
const SESSIONS: usize = 16;

/// How long a request may take of somebody who has not come in yet: a page, a file of ours, or a form of one line.
const STRANGERS_PATIENCE: Duration = Duration::from_secs(5);

/// Who may come in.
pub struct Access {
    port: u16,
    program: Arc<Program>,
    /// For the next page that is shown.
    notice: Pending,
    /// Digests: what is in memory opens nothing, and comparing them tells nothing by its time.
    links: Mutex<Vec<Vec<u8>>>,
    sessions: Mutex<Vec<Vec<u8>>>,
    uses: Mutex<Uses>,
}

/// How much the screens are used.
struct Uses {
    /// Requests that are being answered.
    running: usize,
    /// When one of them was answered, or a link was made.
    last: Instant,
}

/// A request of somebody who may come in, while it is being answered.
struct Use(Arc<Access>);

impl Use {
    fn of(access: &Arc<Access>) -> Use {
        lock(&access.uses).running += 1;
        Use(Arc::clone(access))
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let mut uses = lock(&self.0.uses);
        uses.running -= 1;
        uses.last = Instant::now();
    }
}

impl Access {
    pub(crate) fn new(port: u16, program: Arc<Program>) -> Access {
        Access {
            port,
            program,
            notice: Arc::default(),
            links: Mutex::default(),
            sessions: Mutex::default(),
            uses: Mutex::new(Uses {
                running: 0,
                last: Instant::now(),
            }),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until nobody who may has asked for anything for so long.
    pub(crate) async fn unused_for(&self, long: Duration) {
        lock(&self.uses).last = Instant::now();
        loop {
            // No ticks: it looks again when it could be over at the earliest.
            let due = {
                let uses = lock(&self.uses);
                match uses.running {
                    0 => uses.last + long,
                    _ => Instant::now() + long,
                }
            };
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }

    /// A new link that opens the screens once. The oldest unused ones go.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn link(&self) -> std::io::Result<String> {
        let token = token()?;
        remember(&self.links, &token, LINKS);
        lock(&self.uses).last = Instant::now();
        Ok(format!("http://127.0.0.1:{}/enter#{token}", self.port))
    }

    /// The same, to a page of ours.
    ///
    /// # Errors
    /// As [`Access::link`].
    pub fn link_to(&self, page: &str) -> std::io::Result<String> {
        Ok(format!("{}:{page}", self.link()?))
    }

    /// Has the next page that is shown begin with a notice.
    pub fn tell_once(&self, notice: Notice) {
        *lock(&self.notice) = Some(notice);
    }

    pub(crate) fn notice(&self) -> Pending {
        Arc::clone(&self.notice)
    }

    fn cookie_name(&self) -> String {
        // Cookies do not know ports: each program on this machine has a name of its own.
        format!("karamail-{}", self.port)
    }

    /// Every name that the request gives us: one Host (RFC 9112 section 3.2 allows no second one), and that of its target where it is
    /// written whole.
    fn is_our_host(&self, headers: &HeaderMap, target: &Uri) -> bool {
        let is_ours = |host: &str| self.hosts().iter().any(|ours| ours == host);
        let mut named = headers.get_all(header::HOST).into_iter();
        let (Some(host), None) = (named.next(), named.next()) else {
            return false;
        };
        host.to_str().is_ok_and(is_ours)
            && target
                .authority()
                .is_none_or(|authority| is_ours(authority.as_str()))
    }

    fn hosts(&self) -> [String; 2] {
        [
            format!("127.0.0.1:{}", self.port),
            format!("localhost:{}", self.port),
        ]
    }

    /// Whether a request that changes something comes from our own page.
    fn is_from_us(&self, headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        if site.is_some_and(|site| site != b"same-origin") {
            return false;
        }
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        match (text(header::ORIGIN), text(header::HOST)) {
            (Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
            _ => false,
        }
    }

    fn is_signed_in(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        let cookies = headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(key, value)| key == name && lock(&self.sessions).contains(&digest_of(value)))
    }
}

/// Lets through whoever may come in.
pub(crate) async fn keep(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !access.is_our_host(headers, request.uri()) {
        return refused(&access, StatusCode::MISDIRECTED_REQUEST);
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !access.is_from_us(headers) {
        return refused(&access, StatusCode::FORBIDDEN);
    }
    let path = request.uri().path();
    if access.is_signed_in(headers) {
        let _use = Use::of(&access);
        return next.run(request).await;
    }
    if path == "/enter" || path.starts_with("/assets/") {
        // Who has not come in yet holds nothing for long, however slowly a form is sent.
        let answered = tokio::time::timeout(STRANGERS_PATIENCE, next.run(request)).await;
        return match answered {
            // The page of a fault has the shop's pages around it.
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => {
                refused(&access, StatusCode::UNAUTHORIZED)
            }
            Ok(answer) => answer,
            Err(_) => refused(&access, StatusCode::REQUEST_TIMEOUT),
        };
    }
    refused(&access, StatusCode::UNAUTHORIZED)
}

#[derive(Template)]
#[template(path = "enter.html")]
struct EnterPage {
    language: &'static str,
    title: String,
    /// `None`: the link is being used.
    advice: Option<String>,
    waiting: String,
    used_up: String,
    style: String,
    pico: String,
    icon: String,
    script: String,
}

fn enter_page(access: &Access, is_refused: bool) -> Html<String> {
    let language = access.program.language();
    let page = EnterPage {
        language: language.tag(),
        title: words::enter_title(language),
        advice: is_refused.then(|| words::enter_advice(language)),
        waiting: words::enter_waiting(language),
        used_up: words::enter_used_up(language),
        style: assets::address("karamail.css"),
        pico: assets::address("pico.min.css"),
        icon: assets::address("icon.svg"),
        script: assets::address("enter.js"),
    };
    Html(page.render().unwrap_or_default())
}

fn refused(access: &Access, status: StatusCode) -> Response {
    (status, enter_page(access, true)).into_response()
}

/// `GET /enter`: the page that takes the token from the link to [`sign_in`].
pub(crate) async fn enter(State(access): State<Arc<Access>>) -> Html<String> {
    enter_page(&access, false)
}

#[derive(Deserialize)]
pub(crate) struct Key {
    token: String,
}

/// `POST /enter`: a link's token becomes a session, once.
pub(crate) async fn sign_in(State(access): State<Arc<Access>>, Form(key): Form<Key>) -> Response {
    let digest = digest_of(&key.token);
    let is_ours = {
        let mut links = lock(&access.links);
        let before = links.len();
        links.retain(|link| *link != digest);
        links.len() < before
    };
    let session = match token() {
        Ok(session) if is_ours => session,
        _ => return refused(&access, StatusCode::FORBIDDEN),
    };
    remember(&access.sessions, &session, SESSIONS);
    let cookie = format!(
        "{}={session}; Path=/; HttpOnly; SameSite=Strict",
        access.cookie_name()
    );
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

/// 256 random bits, as letters and figures.
pub(crate) fn token() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn digest_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

fn remember(list: &Mutex<Vec<Vec<u8>>>, token: &str, most: usize) {
    let mut list = lock(list);
    while list.len() >= most {
        list.remove(0);
    }
    list.push(digest_of(token));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
