//! What a page tells once. A form that did something leads on to a page that says so; the address of that page would say it again
//! whenever it is opened: on a reload, from the history, from a bookmark. So each such address has a ticket, and the page says what
//! it says only to who brings the ticket first. It works without scripts and in any number of windows.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Redirect;

use crate::app::App;

/// The ticket's name in addresses.
const NAME: &str = "once";
/// Tickets that nobody has brought yet: pages come at once, and those that never come are of no interest.
const KEPT: usize = 64;

/// The tickets that were given out and not brought yet.
#[derive(Default)]
pub(crate) struct Tickets {
    given: Mutex<Given>,
    /// So that no ticket of another run of the program is one of ours.
    random: RandomState,
}

#[derive(Default)]
struct Given {
    count: u64,
    waiting: VecDeque<String>,
}

impl Tickets {
    fn give(&self) -> String {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.count += 1;
        let ticket = format!("{:016x}", self.random.hash_one(given.count));
        given.waiting.push_back(ticket.clone());
        if given.waiting.len() > KEPT {
            given.waiting.pop_front();
        }
        ticket
    }

    fn take(&self, ticket: &str) -> bool {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let place = given.waiting.iter().position(|waiting| waiting == ticket);
        place.is_some_and(|place| given.waiting.remove(place).is_some())
    }
}

/// Leads on to a page of ours that tells once what was done.
pub(crate) fn lead(app: &App, address: &str) -> Redirect {
    let mark = if address.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{address}{mark}{NAME}={}", app.tickets.give()))
}

/// Whether this page is shown for the first time after what its address says was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IsFirst(pub(crate) bool);

impl FromRequestParts<App> for IsFirst {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<IsFirst, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let mut tickets = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix(NAME)?.strip_prefix('='));
        Ok(IsFirst(
            tickets.next().is_some_and(|ticket| app.tickets.take(ticket)),
        ))
    }
}
