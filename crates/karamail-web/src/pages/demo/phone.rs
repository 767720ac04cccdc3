//! The phone on the page: what it shows at the moment, and what can be tried next.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::limits::DEMO_SUBJECT_CHARACTERS;
use karamail_core::words::Language;
use karamail_core::words::screens::demo as words;
use karamail_engine::clock;
use karamail_engine::demo::{ADDRESS, PhoneLetter, phones};
use karamail_engine::program::Demo;

use super::story::{End, stories};
use crate::fault::PageFault;
use crate::side::mark_of;
use crate::text::filters;

/// Older letters that are listed.
const OLDER: usize = 5;

/// The phone and what stands beside it.
#[derive(Template)]
#[template(path = "demo/phone.html")]
pub(super) struct Phone {
    language: Language,
    /// See [`crate::side`].
    mark: String,
    our_address: &'static str,
    /// The phone's own address.
    address: String,
    view: View,
    /// The letter that is open.
    newest: Option<Letter>,
    /// The others, newest first.
    older: Vec<Letter>,
    /// Addresses to send from.
    choices: Vec<Choice>,
    /// Some mail was sent from some phone.
    has_begun: bool,
    /// The number that this phone's customer has.
    number: Option<i64>,
    interval_seconds: u64,
    subject_characters: usize,
}

/// What the phone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum View {
    /// A mail to be written.
    Compose,
    /// The mail was sent; the reply is on its way.
    Waiting,
    /// The newest letter; on a repeat with the number that was known.
    Inbox { is_repeat: bool },
    /// No reply will come, for this reason.
    Silence(String),
}

/// A letter with its number taken out, to be shown large.
struct Letter {
    /// Its place among this phone's letters, the oldest being 1.
    place: usize,
    /// The sender's name, where there is one.
    name: String,
    /// The sender's address.
    from: String,
    initial: String,
    time: String,
    subject: String,
    before: String,
    number: String,
    after: String,
}

/// A phone that can be taken.
struct Choice {
    address: String,
    label: String,
    is_chosen: bool,
}

// A template escapes what it shows: its text is markup of ours.
impl HtmlSafe for Phone {}

impl Phone {
    /// The phone as it is now.
    pub(super) async fn of(demo: &Demo, language: Language) -> Result<Phone, PageFault> {
        let play = demo.play();
        let in_hand = demo.phone_in_hand();
        let key = in_hand.as_ref().map(EmailAddress::key).unwrap_or_default();
        let stories = stories(demo.handle(), &play.acts, language).await?;
        let mut theirs = stories.iter().filter(|story| story.key == key);
        let number = theirs.clone().find_map(|story| story.number);
        let has_sent = play.acts.iter().any(|act| act.address.key() == key);
        let view = if play.is_writing || !has_sent {
            View::Compose
        } else {
            match theirs.next().map(|story| &story.end) {
                None | Some(End::Waiting) => View::Waiting,
                Some(End::Answered { is_repeat }) => View::Inbox {
                    is_repeat: *is_repeat,
                },
                Some(End::Silence(why)) => View::Silence(why.clone()),
            }
        };
        let mut older = match (&view, &in_hand) {
            // Nothing changes under the hands of somebody who types; and a reply that the server has just taken is shown when
            // Karamail knows that it is sent.
            (View::Compose | View::Waiting, _) | (_, None) => Vec::new(),
            (_, Some(address)) => letters(demo, address, number),
        };
        let is_open = matches!(view, View::Inbox { .. }) && !older.is_empty();
        let newest = is_open.then(|| older.remove(0));
        let settings = demo.handle().settings();
        let interval_seconds = settings.borrow().general.check_interval.as_secs();
        Ok(Phone {
            language,
            mark: mark_of(demo),
            our_address: ADDRESS,
            address: in_hand.as_ref().map(ToString::to_string).unwrap_or_default(),
            choices: choices(in_hand.as_ref()),
            view,
            newest,
            older,
            has_begun: !play.acts.is_empty(),
            number,
            interval_seconds,
            subject_characters: DEMO_SUBJECT_CHARACTERS,
        })
    }
}

fn choices(in_hand: Option<&EmailAddress>) -> Vec<Choice> {
    let key = in_hand.map(EmailAddress::key).unwrap_or_default();
    let mut choices: Vec<Choice> = phones()
        .into_iter()
        .map(|phone| Choice {
            label: format!("{} ({})", phone.address, phone.name),
            is_chosen: EmailAddress::parse(phone.address).is_ok_and(|own| own.key() == key),
            address: phone.address.to_owned(),
        })
        .collect();
    if let (Some(address), false) = (in_hand, choices.iter().any(|choice| choice.is_chosen)) {
        let address = address.to_string();
        choices.push(Choice {
            label: address.clone(),
            address,
            is_chosen: true,
        });
    }
    choices
}

fn letters(demo: &Demo, address: &EmailAddress, number: Option<i64>) -> Vec<Letter> {
    let sent = demo.servers().sent_to(address);
    let placed = (1..).zip(&sent).collect::<Vec<(usize, _)>>();
    let newest = placed.into_iter().rev().take(OLDER + 1);
    newest
        .map(|(place, mail)| letter(place, PhoneLetter::read(mail), number))
        .collect()
}

fn letter(place: usize, read: PhoneLetter, number: Option<i64>) -> Letter {
    let number = number.map(|number| number.to_string()).unwrap_or_default();
    let (before, after) = around(&read.body, &number).unwrap_or((&read.body, ""));
    let time = |at: Timestamp| clock::local(at).strftime("%H:%M").to_string();
    // The number is drawn as a block, which ends its line.
    let behind = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'));
    let has_number = before.len() < read.body.len();
    let (before, after) = (
        before.trim_end_matches([' ', '\u{3000}']).to_owned(),
        behind.unwrap_or(after).to_owned(),
    );
    let (name, from) = match read.from.rsplit_once(" <") {
        Some((name, address)) => (name.to_owned(), address.trim_end_matches('>').to_owned()),
        None => (String::new(), read.from.clone()),
    };
    Letter {
        place,
        initial: read
            .from
            .chars()
            .find(|c| c.is_alphanumeric())
            .map(String::from)
            .unwrap_or_default(),
        name,
        from,
        time: read.at.map(time).unwrap_or_default(),
        subject: read.subject,
        number: if has_number { number } else { String::new() },
        before,
        after,
    }
}

/// The text before and behind the number, where it stands alone: not a part of a longer number.
fn around<'a>(text: &'a str, number: &str) -> Option<(&'a str, &'a str)> {
    if number.is_empty() {
        return None;
    }
    text.match_indices(number).find_map(|(place, _)| {
        let before = text.get(..place)?;
        let after = text.get(place + number.len()..)?;
        let is_part = goes_on(after.chars()) || goes_on(before.chars().rev());
        (!is_part).then_some((before, after))
    })
}

/// Whether these characters go on with a number, a time or a date.
fn goes_on(mut characters: impl Iterator<Item = char>) -> bool {
    match characters.next() {
        Some('-' | ':' | '.' | ',' | '/') => characters.next().is_some_and(char::is_numeric),
        next => next.is_some_and(char::is_numeric),
    }
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn the_number_is_found_where_it_stands_alone() {
        assert_eq!(
            around("2021-21 12:21 No. 21!", "21"),
            Some(("2021-21 12:21 No. ", "!"))
        );
        assert_eq!(around("It is 21.", "21"), Some(("It is ", ".")));
        assert_eq!(around("121", "21"), None);
        assert_eq!(around("x", ""), None);
    }
}
