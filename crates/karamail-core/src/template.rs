//! The shop's wording with its marks: what a template is, when it is refused, and how it is filled in.
//!
//! A mark is `★name★` on one line, where the name is 1 to 10 letters or digits with no blank between them. Full-width
//! letters and digits count as plain ones and case does not matter:
//!
//! | mark | becomes |
//! |---|---|
//! | `★1★` | the receipt number, in the template of a receipt |
//! | `★2★` | the old number, in the template of a repeat reply |
//! | `★日時★` `★DATE★` | date and time of the receipt, in the language's usual form |
//! | `★アドレス★` `★ADDRESS★` | the customer's address |
//! | `★店名★` `★SHOP★` | the shop's name |
//!
//! Any other `★name★` of that shape is a fault, because it is far more often a slip than an ornament and a customer
//! would read it. Every other star is an ornament and stays: `★☆★`, `★★★`, `★ ポイント ★` (blanks), longer text between
//! stars, a star alone. A star that closes a mark does not open the next one: `★店名★からのお知らせ★` is one mark.
//!
//! Invariant: what is filled in is never read for marks again, and cannot add a line to a subject.

use std::fmt::Write as _;

use jiff::Zoned;

use crate::address::EmailAddress;
use crate::compose::clean;
use crate::limits::{
    SHOP_NAME_CHARACTERS, SUBJECT_CHARACTERS, TEMPLATE_BODY_CHARACTERS, TEMPLATE_MARK_CHARACTERS,
    TEMPLATE_SUBJECT_CHARACTERS,
};
use crate::words::{Language, Told, letters};

/// The number mark a template must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `★1★`, the number of a receipt.
    Receipt,
    /// `★2★`, the old number in a repeat reply.
    Repeat,
}

impl Mark {
    /// The mark as it is written in a template.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mark::Receipt => "★1★",
            Mark::Repeat => "★2★",
        }
    }
}

/// A template that is known to be sound: it holds its number mark and no unknown one, and it keeps the limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: Vec<Piece>,
    body: Vec<Piece>,
    subject_source: String,
    body_source: String,
    mark: Mark,
}

/// What is filled into a template.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The receipt number.
    pub number: i64,
    /// When the number was given, in the shop's time zone.
    pub at: &'a Zoned,
    /// The customer.
    pub address: &'a EmailAddress,
    /// The shop's name; one line, bounded here.
    pub shop_name: &'a str,
    /// Decides the form of date and time.
    pub language: Language,
}

/// A template filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line without control characters, at most [`SUBJECT_CHARACTERS`] long, never blank.
    pub subject: String,
    /// Lines ended by LF; no other control character but the tab.
    pub body: String,
}

/// Where in a template a fault lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// The subject.
    Subject,
    /// The body.
    Body,
}

/// One reason why a template is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// The number mark stands neither in the subject nor in the body.
    #[error("the number mark {} is missing", .0.as_str())]
    NumberMarkMissing(Mark),
    /// The number mark of the other template.
    #[error("{part:?} line {line}: the mark {mark} belongs into the other template; {} is wanted", .wanted.as_str())]
    WrongNumberMark {
        /// Subject or body.
        part: TemplatePart,
        /// Line within that part, from 1.
        line: usize,
        /// As written, with its stars.
        mark: String,
        /// The mark that belongs here.
        wanted: Mark,
    },
    /// A mark that does not exist.
    #[error("{part:?} line {line}: there is no mark {mark}")]
    UnknownMark {
        /// Subject or body.
        part: TemplatePart,
        /// Line within that part, from 1.
        line: usize,
        /// As written, with its stars.
        mark: String,
    },
    /// The subject is blank. A reply with an empty subject would itself be a signup mail.
    #[error("the subject is blank")]
    BlankSubject,
    /// Longer than allowed.
    #[error("{part:?} has {characters} characters; {limit} are allowed")]
    TooLong {
        /// Subject or body.
        part: TemplatePart,
        /// How long it is, characters.
        characters: usize,
        /// How long it may be, characters.
        limit: usize,
    },
}

impl TemplateFault {
    /// The part that the fault lies in, where it lies in one.
    pub fn part(&self) -> Option<TemplatePart> {
        match self {
            TemplateFault::NumberMarkMissing(_) => None,
            TemplateFault::BlankSubject => Some(TemplatePart::Subject),
            TemplateFault::WrongNumberMark { part, .. }
            | TemplateFault::UnknownMark { part, .. }
            | TemplateFault::TooLong { part, .. } => Some(*part),
        }
    }

    /// The line within the part, from 1, where the fault lies in one line.
    pub fn line(&self) -> Option<usize> {
        match self {
            TemplateFault::WrongNumberMark { line, .. } | TemplateFault::UnknownMark { line, .. } => {
                Some(*line)
            }
            _ => None,
        }
    }
}

impl Told for TemplateFault {
    fn what(&self, language: Language) -> String {
        let place = |part: &TemplatePart, line: &usize| match part {
            TemplatePart::Subject => letters::template_subject(language),
            TemplatePart::Body => letters::template_body_line(language, *line),
        };
        match self {
            TemplateFault::NumberMarkMissing(mark) => letters::template_no_number(language, mark.as_str()),
            TemplateFault::WrongNumberMark {
                part,
                line,
                mark,
                wanted,
            } => letters::template_wrong_number(language, &place(part, line), mark, wanted.as_str()),
            TemplateFault::UnknownMark { part, line, mark } => {
                letters::template_unknown_mark(language, &place(part, line), mark)
            }
            TemplateFault::BlankSubject => letters::template_blank_subject(language),
            TemplateFault::TooLong {
                part,
                characters,
                limit,
            } => {
                let part = match part {
                    TemplatePart::Subject => letters::template_subject(language),
                    TemplatePart::Body => letters::template_body(language),
                };
                letters::template_too_long(language, &part, *characters, *limit)
            }
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            TemplateFault::NumberMarkMissing(mark) => {
                Some(letters::template_no_number_advice(language, mark.as_str()))
            }
            TemplateFault::WrongNumberMark { wanted, .. } => {
                Some(letters::template_wrong_number_advice(language, wanted.as_str()))
            }
            TemplateFault::UnknownMark { .. } => Some(letters::template_unknown_mark_advice(language)),
            TemplateFault::BlankSubject | TemplateFault::TooLong { .. } => None,
        }
    }
}

impl Template {
    /// Reads a template. Line ends of every kind are taken.
    ///
    /// All faults are reported at once, in the order of the text; an error holds at least one.
    pub fn parse(subject: &str, body: &str, mark: Mark) -> Result<Template, Vec<TemplateFault>> {
        let (subject, body) = (clean::one_line(subject, usize::MAX), clean::lines(body));
        let mut faults = Vec::new();
        if subject.is_empty() {
            faults.push(TemplateFault::BlankSubject);
        }
        for (part, text, limit) in [
            (TemplatePart::Subject, &subject, TEMPLATE_SUBJECT_CHARACTERS),
            (TemplatePart::Body, &body, TEMPLATE_BODY_CHARACTERS),
        ] {
            let characters = text.chars().count();
            if characters > limit {
                faults.push(TemplateFault::TooLong {
                    part,
                    characters,
                    limit,
                });
            }
        }
        let subject_pieces = pieces(&subject, TemplatePart::Subject, mark, &mut faults);
        let body_pieces = pieces(&body, TemplatePart::Body, mark, &mut faults);
        let has_number = subject_pieces.contains(&Piece::Number) || body_pieces.contains(&Piece::Number);
        if !has_number {
            faults.push(TemplateFault::NumberMarkMissing(mark));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Template {
            subject: subject_pieces,
            body: body_pieces,
            subject_source: subject,
            body_source: body,
            mark,
        })
    }

    /// The subject as the shop wrote it, with its marks.
    pub fn subject(&self) -> &str {
        &self.subject_source
    }

    /// The body as the shop wrote it, with its marks and LF line ends.
    pub fn body(&self) -> &str {
        &self.body_source
    }

    /// The number mark that it holds.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Fills the template in.
    pub fn render(&self, values: &Values<'_>) -> Rendered {
        let mut subject = clean::one_line(&fill(&self.subject, values), SUBJECT_CHARACTERS);
        if subject.is_empty() {
            // Only possible where the subject is a mark whose value is blank; a blank subject must never go out.
            subject = values.number.to_string();
        }
        Rendered {
            subject,
            body: fill(&self.body, values),
        }
    }
}

/// Date and time in the language's usual form: `2026年11月21日 14:05`, `21 November 2026, 14:05`.
pub fn date_and_time(at: &Zoned, language: Language) -> String {
    match language {
        Language::Japanese => at.strftime("%Y年%-m月%-d日 %H:%M").to_string(),
        Language::English => at.strftime("%-d %B %Y, %H:%M").to_string(),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Number,
    At,
    Address,
    ShopName,
}

const STAR: char = '★';

fn fill(pieces: &[Piece], values: &Values<'_>) -> String {
    let mut filled = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            // Writing to a String cannot fail.
            Piece::Number => drop(write!(filled, "{}", values.number)),
            Piece::At => filled.push_str(&date_and_time(values.at, values.language)),
            Piece::Address => filled.push_str(&clean::one_line(&values.address.to_string(), usize::MAX)),
            Piece::ShopName => filled.push_str(&clean::one_line(values.shop_name, SHOP_NAME_CHARACTERS)),
        }
    }
    filled
}

/// Cuts a text at its marks; faults go to `faults` and stand as text.
fn pieces(text: &str, part: TemplatePart, mark: Mark, faults: &mut Vec<TemplateFault>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        let Some(name) = (character == STAR).then(|| mark_name(after)).flatten() else {
            if character == '\n' {
                line += 1;
            }
            plain.push(character);
            rest = after;
            continue;
        };
        rest = after.get(name.len() + STAR.len_utf8()..).unwrap_or_default();
        let written = format!("{STAR}{name}{STAR}");
        match piece_named(name, mark) {
            Ok(piece) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(piece);
            }
            Err(other_number) => {
                faults.push(if other_number {
                    TemplateFault::WrongNumberMark {
                        part,
                        line,
                        mark: written.clone(),
                        wanted: mark,
                    }
                } else {
                    TemplateFault::UnknownMark {
                        part,
                        line,
                        mark: written.clone(),
                    }
                });
                plain.push_str(&written);
            }
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// The name of the mark whose opening star stands right before `text`; None where that star is an ornament.
fn mark_name(text: &str) -> Option<&str> {
    let (name, _) = text.split_once(STAR)?;
    let length = name.chars().count();
    let is_name = (1..=TEMPLATE_MARK_CHARACTERS).contains(&length) && name.chars().all(char::is_alphanumeric);
    is_name.then_some(name)
}

/// Err(true) for the number mark of the other template, Err(false) for a mark that does not exist.
fn piece_named(name: &str, mark: Mark) -> Result<Piece, bool> {
    let plain: String = name
        .chars()
        .map(half_width)
        .collect::<String>()
        .to_ascii_uppercase();
    match (plain.as_str(), mark) {
        ("1", Mark::Receipt) | ("2", Mark::Repeat) => Ok(Piece::Number),
        ("1" | "2", _) => Err(true),
        ("日時" | "DATE", _) => Ok(Piece::At),
        ("アドレス" | "ADDRESS", _) => Ok(Piece::Address),
        ("店名" | "SHOP", _) => Ok(Piece::ShopName),
        _ => Err(false),
    }
}

/// Full-width ASCII (U+FF01 to U+FF5E), which Japanese input methods produce, as plain ASCII.
fn half_width(character: char) -> char {
    match u32::from(character) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests;
