//! Addresses out of From, To and Cc as phones and old mail programs write them.
//!
//! RFC 5322 section 3.4 gives the grammar (with groups and obsolete routes); what is read here is wider: carrier
//! addresses with dots anywhere, missing angle brackets, unquoted commas and `@` in display names, a whole address in
//! quotes, U+3000 around it, a trailing comma or semicolon. It never reads one address as another.

use super::structured::{comment, quoted_string, unquoted, without_comments};
use super::text;
use crate::address::{EmailAddress, is_blank};
use crate::limits::HEADER_ADDRESSES;

/// One address of an address header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) address: EmailAddress,
    /// Decoded; may be empty.
    pub(super) display_name: String,
}

/// Every address in a header value (Unicode, unfolded, encoded words as they stand), in order.
pub(super) fn addresses(value: &str) -> Vec<Named> {
    let found = addresses_as_written(value);
    if !found.is_empty() || !value.contains("=?") {
        return found;
    }
    // Some phones encode the whole of `name <address>`, which RFC 2047 section 5 forbids.
    addresses_as_written(&text::decode_words(value))
}

fn addresses_as_written(value: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut entry = Entry::default();
    let mut rest = value;
    while let Some(character) = rest.chars().next() {
        let step = match character {
            '"' => quoted_string(rest).map(|length| (Part::Text, length)),
            '(' => comment(rest).map(|length| (Part::Comment, length)),
            // What an encoded word holds is never syntax, though some phones leave commas and `@` in it as they are.
            '=' => text::encoded_word(rest).map(|length| (Part::Text, length)),
            '<' => angle(rest).map(|length| (Part::Angle, length)),
            ',' | ';' => Some((Part::End, 1)),
            // The name of a group ends here; its members follow.
            ':' if !entry.text.contains('@') => Some((Part::GroupName, 1)),
            _ => None,
        };
        // An unclosed quote or comment is an ordinary character.
        let (part, length) = step.unwrap_or((Part::Text, character.len_utf8()));
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        match part {
            Part::Text => entry.text.push_str(piece),
            Part::Comment => entry.comments.push(piece),
            Part::Angle => entry.angles.push(piece),
            Part::GroupName => entry.text.clear(),
            Part::End => std::mem::take(&mut entry).finish(&mut found),
        }
        if found.len() >= HEADER_ADDRESSES {
            return found;
        }
    }
    entry.finish(&mut found);
    found
}

#[derive(Clone, Copy)]
enum Part {
    Text,
    Comment,
    Angle,
    GroupName,
    End,
}

/// Length of `<…>` at the start of `text`; without a `>` it reaches to the next comma, semicolon or the end. `None`
/// where the bracket is part of a name, as in `Hana <3 <hana@example.jp>`.
fn angle(text: &str) -> Option<usize> {
    let mut index = 1;
    while let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(index..).unwrap_or_default();
        match character {
            '"' => index += quoted_string(rest).unwrap_or(1),
            '>' => return Some(index + 1),
            '<' if index > 1 => return None,
            _ => index += character.len_utf8(),
        }
    }
    Some(text.find([',', ';']).unwrap_or(text.len()))
}

/// What stands between two separators.
#[derive(Default)]
struct Entry<'a> {
    text: String,
    comments: Vec<&'a str>,
    angles: Vec<&'a str>,
}

impl Entry<'_> {
    fn finish(self, found: &mut Vec<Named>) {
        let before = found.len();
        let in_angles = self
            .angles
            .iter()
            .filter_map(|angle| address_spec(angle.trim_matches(['<', '>'])));
        let in_angles: Vec<EmailAddress> = in_angles.take(HEADER_ADDRESSES).collect();
        if !in_angles.is_empty() {
            let display_name = self.display_name(&self.text);
            let named = in_angles.into_iter().map(|address| Named {
                address,
                display_name: display_name.clone(),
            });
            found.extend(named);
        }
        // In angle brackets stands the address, and in front of them only what someone calls himself.
        if found.len() > before || !self.angles.is_empty() {
            return;
        }
        if let Some(address) = address_spec(&self.text) {
            let display_name = self.display_name("");
            found.push(Named {
                address,
                display_name,
            });
            return;
        }
        let words = words_outside_quotes(&self.text);
        let is_quoted = |word: &&str| {
            (word.starts_with('"') && quoted_string(word) == Some(word.len())) || word.starts_with("=?")
        };
        let (quoted, plain): (Vec<&str>, Vec<&str>) = words
            .into_iter()
            .filter(|word| word.contains('@'))
            .partition(is_quoted);
        let read = |words: Vec<&str>| -> Vec<(String, EmailAddress)> {
            let addresses = words
                .into_iter()
                .filter_map(|word| Some((word.to_owned(), address_spec(word)?)));
            addresses.take(HEADER_ADDRESSES).collect()
        };
        // `"taro@home" taro@example.jp`: what stands in quotes is a name, if anything else can be the address.
        let mut addresses = read(plain);
        if addresses.is_empty() {
            addresses = read(quoted);
        }
        let display_name = match addresses.as_slice() {
            [(word, _)] => self.display_name(&self.text.replacen(word.as_str(), " ", 1)),
            _ => String::new(),
        };
        let named = addresses.into_iter().map(|(_, address)| Named {
            address,
            display_name: display_name.clone(),
        });
        found.extend(named);
    }

    /// The phrase, or the comments where there is none (`taro@example.jp (Taro)`).
    fn display_name(&self, phrase: &str) -> String {
        let phrase = phrase.trim_matches(is_blank);
        let whole_is_quoted = phrase.starts_with('"') && quoted_string(phrase) == Some(phrase.len());
        let name = if whole_is_quoted {
            unquoted(phrase)
        } else {
            phrase.to_owned()
        };
        let name = text::decode_words(&name);
        let name = name.trim_matches(is_blank);
        if !name.is_empty() {
            return name.to_owned();
        }
        let comments = self.comments.iter();
        let inner = comments.filter_map(|text| text.strip_prefix('(')?.strip_suffix(')'));
        text::decode_words(&inner.collect::<Vec<_>>().join(" "))
            .trim_matches(is_blank)
            .to_owned()
    }
}

/// One address without a display name, from the inside of angle brackets or a bare text.
pub(super) fn address_spec(text: &str) -> Option<EmailAddress> {
    let text = without_comments(text);
    let text = text.trim_matches(|c| is_blank(c) || matches!(c, '<' | '>' | ',' | ';'));
    // An obsolete route, `@relay,@relay:taro@example.jp` (RFC 5322 section 4.4).
    let text = match text.starts_with('@') {
        true => text.split_once(':').map_or(text, |(_, address)| address),
        false => text,
    };
    let text = strip_prefix_without_case(text, "mailto:");
    let text = without_blanks_at_dots(text);
    if let Ok(address) = EmailAddress::parse(&text) {
        return Some(address);
    }
    // `"taro@example.jp"` or `'taro@example.jp'` whole, or its only encoded word.
    let inner = if text.starts_with('"') && quoted_string(&text) == Some(text.len()) {
        unquoted(&text)
    } else if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        inner.to_owned()
    } else if text.starts_with("=?") {
        text::decode_words(&text)
    } else {
        return None;
    };
    EmailAddress::parse(inner.trim_matches(|c| is_blank(c) || matches!(c, '<' | '>'))).ok()
}

fn strip_prefix_without_case<'a>(text: &'a str, prefix: &str) -> &'a str {
    match text.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest,
        _ => text,
    }
}

/// Blanks around `@` and `.` are folding (RFC 5322 section 4.4, obs-local-part and obs-domain). Blanks elsewhere would
/// join two words into an address that nobody wrote, so they stay and make it unreadable.
fn without_blanks_at_dots(text: &str) -> String {
    if text.starts_with('"') && text.ends_with('"') {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut blanks = String::new();
    for character in text.chars() {
        if is_blank(character) {
            blanks.push(character);
            continue;
        }
        let at_dot = matches!(character, '@' | '.') || kept.ends_with(['@', '.']);
        if !at_dot {
            kept.push_str(&blanks);
        }
        blanks.clear();
        kept.push(character);
    }
    kept
}

/// The words of a text, a quoted string being part of its word.
fn words_outside_quotes(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut index = 0;
    while let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) {
        let length = match character {
            '"' => quoted_string(text.get(index..).unwrap_or_default()).unwrap_or(1),
            other => other.len_utf8(),
        };
        if is_blank(character) {
            words.extend(text.get(start..index));
            start = index + length;
        }
        index += length;
    }
    words.extend(text.get(start..));
    words
}
