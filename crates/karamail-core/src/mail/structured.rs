//! The small grammar that structured header values share: comments, quoted strings, tokens (RFC 5322 section 3.2).

use super::text;
use crate::address::is_blank;
use crate::limits::{COMMENT_DEPTH, HEADER_QUOTED_BYTES};

/// The value without its comments, encoded words decoded, lower case: the form in which rules compare values.
pub(super) fn comparable(value: &str) -> String {
    // A comment is dropped before decoding: what an encoded word holds is text, never syntax.
    let plain = text::decode_words(&without_comments(value));
    plain.trim_matches(is_blank).to_lowercase()
}

/// The tokens of a value in comparable form: split at blanks, commas, semicolons and quotes.
pub(super) fn tokens(comparable: &str) -> impl Iterator<Item = &str> {
    comparable
        .split(|c: char| is_blank(c) || matches!(c, ',' | ';' | '"'))
        .filter(|token| !token.is_empty())
}

/// The value with each comment replaced by a blank. An unclosed comment is text: it must hide nothing.
pub(super) fn without_comments(value: &str) -> String {
    if !value.contains('(') {
        return value.to_owned();
    }
    let mut kept = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '"' => {
                let end = quoted_string(rest).unwrap_or(1);
                kept.push_str(rest.get(..end).unwrap_or_default());
                rest = rest.get(end..).unwrap_or_default();
            }
            '(' => match comment(rest) {
                Some(end) => {
                    kept.push(' ');
                    rest = rest.get(end..).unwrap_or_default();
                }
                None => {
                    kept.push('(');
                    rest = after;
                }
            },
            other => {
                kept.push(other);
                rest = after;
            }
        }
    }
    kept
}

/// Length in bytes of the quoted string at the start of `text`, quotes included; `None` where it is not closed.
pub(super) fn quoted_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, character) in text.char_indices().take(HEADER_QUOTED_BYTES).skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// Length in bytes of the comment at the start of `text`, parentheses included; `None` where it is not closed or
/// nested too deeply.
pub(super) fn comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (index, character) in text.char_indices().take(HEADER_QUOTED_BYTES) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(index + 1);
                }
            }
            _ => {}
        }
        if depth > COMMENT_DEPTH {
            return None;
        }
    }
    None
}

/// The inside of a quoted string (quotes included in `text`), escapes undone.
pub(super) fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    plain
}

/// Splits at `separator` outside quoted strings.
pub(super) fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut index = 0;
    while let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(index..).unwrap_or_default();
        if character == '"' {
            index += quoted_string(rest).unwrap_or(1);
            continue;
        }
        if character == separator {
            parts.push(text.get(start..index).unwrap_or_default());
            start = index + character.len_utf8();
        }
        index += character.len_utf8();
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The text without blanks around it and around `/` and `=`.
pub(super) fn without_blanks_at_signs(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !kept.is_empty() && !kept.ends_with(['/', '=']) && !word.starts_with(['/', '=']) {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept
}
