//! Text from outside, made fit to be looked at.

/// Filters for templates: `{{ subject|shown }}`.
#[allow(
    unreachable_pub,
    reason = "the attribute makes a type of the filter and knows no crate"
)]
pub(crate) mod filters {
    /// `text` with every character that cannot be seen, or that turns the writing direction, made visible as `⟦U+202E⟧`. Escaping
    /// HTML is the template's work and comes after it.
    #[askama::filter_fn]
    pub(crate) fn shown(text: impl std::fmt::Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(super::shown(&text.to_string()))
    }

    /// The same for the address of somebody else, in which letters that look like others have their code behind them.
    #[askama::filter_fn]
    pub(crate) fn shown_plainly(
        text: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        Ok(super::shown(&karamail_core::address::plainly(&text.to_string())))
    }
}

/// See [`filters::shown`]. Line ends and tabs stay: a page folds them to blanks where they mean nothing.
pub(crate) fn shown(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unseen(character) {
            visible.push_str(&format!("⟦U+{:04X}⟧", u32::from(character)));
        } else {
            visible.push(character);
        }
    }
    visible
}

/// `text` without those characters, for paper: what cannot be seen is not printed, and what is no
/// character (Unicode 23.7) is no text for XML. Line ends and tabs stay.
pub(crate) fn without_unseen(text: &str) -> String {
    let is_character = |character: char| u32::from(character) & 0xFFFE != 0xFFFE;
    text.chars()
        .filter(|character| !is_unseen(*character) && is_character(*character))
        .collect()
}

/// Control characters, format characters that join or hide, and those that turn the writing direction (UAX #9).
fn is_unseen(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_hides_or_turns_text_is_made_visible() {
        assert_eq!(shown("a\u{202E}b\u{0}c"), "a⟦U+202E⟧b⟦U+0000⟧c");
        assert_eq!(shown("\u{1b}[2J\u{feff}"), "⟦U+001B⟧[2J⟦U+FEFF⟧");
        assert_eq!(shown("太郎 <b>\n🙂"), "太郎 <b>\n🙂");
    }
}
