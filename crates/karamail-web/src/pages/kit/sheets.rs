//! The two sheets of text: for customers, how to allow our address on each carrier; for the staff, what to do when no number
//! comes.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use karamail_core::decide::DuplicateAction;
use karamail_core::words::Language;
use karamail_core::words::screens::kit as kit_words;
use karamail_core::words::screens::kit_sheets as words;

use super::made::Made;
use super::wish::{Languages, Wish};
use super::{Choice, Empty, Fields, Tab, mailboxes};
use crate::app::App;
use crate::fault::PageFault;
use crate::shell::{Nav, Shell, page};
use crate::text::filters;

/// A carrier or mail service, and the way through its menus.
struct Way {
    name: String,
    way: String,
    mark: String,
}

/// A row of the staff's sheet.
struct Case {
    look: String,
    /// How many rows the first column spans; 0: it is spanned already.
    span: usize,
    finding: String,
    remedy: String,
}

/// What both sheets need.
struct Frame {
    made: Made,
    mailboxes: Vec<Choice>,
    languages: Vec<Choice>,
    /// The language of the paper.
    language: Language,
}

#[derive(Template)]
#[template(path = "kit/allow.html")]
struct Allow {
    shell: Shell,
    tab: Tab,
    frame: Frame,
    ways: Vec<Way>,
    again: String,
}

#[derive(Template)]
#[template(path = "kit/staff.html")]
struct Staff {
    shell: Shell,
    tab: Tab,
    frame: Frame,
    cases: Vec<Case>,
}

/// `/kit/allow`
pub(super) async fn allow(app: App, Query(fields): Fields) -> Result<Response, PageFault> {
    let shell = app.shell(Nav::Kit, kit_words::title(app.language()));
    let Some(frame) = frame(&app, fields)? else {
        return page(&Empty { shell });
    };
    let comes_again = frame.made.settings.duplicate.action == DuplicateAction::Repeat;
    page(&Allow {
        ways: ways(frame.language),
        again: if comes_again {
            words::again_same_number(frame.language)
        } else {
            words::again_ask_us(frame.language)
        },
        tab: Tab::Allow,
        shell,
        frame,
    })
}

/// `/kit/staff`
pub(super) async fn staff(app: App, Query(fields): Fields) -> Result<Response, PageFault> {
    let shell = app.shell(Nav::Kit, kit_words::title(app.language()));
    let Some(frame) = frame(&app, fields)? else {
        return page(&Empty { shell });
    };
    page(&Staff {
        cases: cases(frame.language, &frame.made.content.address),
        tab: Tab::Staff,
        shell,
        frame,
    })
}

fn frame(app: &App, fields: Vec<(String, String)>) -> Result<Option<Frame>, PageFault> {
    let wish = Wish::of(fields, app.language());
    let language = match wish.languages {
        Languages::One(language) => language,
        Languages::Both => Language::Japanese,
    };
    let choice = |one: Language| Choice {
        value: one.tag().to_owned(),
        label: one.name().to_owned(),
        is_chosen: one == language,
    };
    let made = Made::of(app, wish)?;
    Ok(made.map(|made| Frame {
        mailboxes: mailboxes(&made),
        made,
        languages: vec![choice(Language::Japanese), choice(Language::English)],
        language,
    }))
}

fn ways(language: Language) -> Vec<Way> {
    type Word = fn(Language) -> String;
    // The last column: whether a guide of the carrier itself could be read.
    let all: [(Word, Word, bool); 8] = [
        (words::docomo, words::docomo_way, false),
        (words::au, words::au_way, true),
        (words::softbank, words::softbank_way, true),
        (words::rakuten, words::rakuten_way, false),
        (words::ymobile, words::ymobile_way, false),
        (words::uq, words::uq_way, false),
        (words::icloud, words::icloud_way, false),
        (words::gmail, words::gmail_way, true),
    ];
    all.into_iter()
        .map(|(name, way, is_verified)| Way {
            name: name(language),
            way: way(language),
            mark: if is_verified {
                String::new()
            } else {
                words::unverified_mark(language)
            },
        })
        .collect()
}

fn cases(language: Language, address: &str) -> Vec<Case> {
    type Word = fn(Language) -> String;
    let case = |look: Word, span: usize, finding: Word, remedy: Word| Case {
        look: look(language),
        span,
        finding: finding(language),
        remedy: remedy(language),
    };
    vec![
        case(words::look_results, 3, words::found_sent, words::found_sent_do),
        case(
            words::look_results,
            0,
            words::found_refused,
            words::found_refused_do,
        ),
        case(
            words::look_results,
            0,
            words::found_waiting,
            words::found_waiting_do,
        ),
        case(words::look_waiting, 1, words::found_held, words::found_held_do),
        case(
            words::look_status,
            1,
            words::found_stopped,
            words::found_stopped_do,
        ),
        case(words::look_log, 1, words::found_other, words::found_other_do),
        Case {
            look: words::look_phone(language),
            span: 1,
            finding: words::found_unsent(language),
            remedy: words::found_unsent_do(language, address),
        },
    ]
}
