//! Breaking text into lines, for paper: where Japanese and English may break, and where they read best. No font is measured;
//! widths are estimated generously.

/// How text is cut into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Of about equal length: headlines.
    Even,
    /// Each as full as it gets: running text.
    Full,
}

/// Lines no wider than `room` (in ems), broken where it reads best.
pub fn wrap(text: &str, room: f64, shape: Shape) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines().filter(|paragraph| !paragraph.trim().is_empty()) {
        let pieces = pieces(paragraph.trim(), room.min(WORD));
        let greedy = fill(&pieces, room, shape);
        // The same number of lines in less room: no last line of one character.
        let mut best = greedy.clone();
        let mut narrower = room * 0.96;
        let is_short = |lines: &[String]| lines.last().is_some_and(|line| width_of_line(line) < room * 0.2);
        while greedy.len() > 1 && narrower > room * 0.5 && (shape == Shape::Even || is_short(&best)) {
            let tried = fill(&pieces, narrower, shape);
            if tried.len() > greedy.len() {
                break;
            }
            best = tried;
            narrower *= 0.96;
        }
        lines.extend(best);
    }
    lines
}

/// A stretch of text that stays together.
struct Piece {
    text: String,
    width: f64,
    /// A line that begins here begins a phrase.
    begins_phrase: bool,
}

fn fill(pieces: &[Piece], room: f64, shape: Shape) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line: Vec<&Piece> = Vec::new();
    let mut width = 0.0;
    for piece in pieces {
        if width + piece.width > room && !line.is_empty() {
            // Back to where a phrase begins, where that is not far.
            let mut kept = line.len();
            let mut back = 0.0;
            if !piece.begins_phrase && shape == Shape::Even {
                for (index, candidate) in line.iter().enumerate().rev() {
                    back += candidate.width;
                    if back > room * 0.3 {
                        break;
                    }
                    if candidate.begins_phrase && index > 0 {
                        kept = index;
                        break;
                    }
                }
            }
            let rest = line.split_off(kept);
            lines.push(join(&line));
            line = rest;
            width = line.iter().map(|piece| piece.width).sum();
        }
        width += piece.width;
        line.push(piece);
    }
    if !line.is_empty() {
        lines.push(join(&line));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn join(pieces: &[&Piece]) -> String {
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    text.trim().to_owned()
}

/// Never at the beginning of a line (JIS X 4051).
const NOT_FIRST: &str =
    "、。，．・：；？！ー）］｝」』】〉》〕…‥々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.:;?!)]}%℃";
/// Never at the end of a line.
const NOT_LAST: &str = "（［｛「『【〈《〔([{";
/// Longest word that stays together.
const WORD: f64 = 14.0;

fn pieces(text: &str, longest: f64) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before = ' ';
    for character in text.chars() {
        let width = width_of(character);
        let is_word = |character: char| !is_wide(character) && !character.is_whitespace();
        let clings = NOT_FIRST.contains(character)
            || NOT_LAST.contains(before)
            || (is_word(before) && is_word(character))
            || character.is_whitespace();
        match pieces.last_mut() {
            Some(last) if clings && last.width + width <= longest => {
                last.text.push(character);
                last.width += width;
            }
            _ => pieces.push(Piece {
                text: character.to_string(),
                width,
                begins_phrase: begins_phrase(before, character),
            }),
        }
        before = character;
    }
    pieces
}

/// Behind a blank or a mark, and where hiragana (mostly a particle) ends.
fn begins_phrase(before: char, character: char) -> bool {
    // お and ご belong to the word behind them.
    if matches!(before, 'お' | 'ご') {
        return false;
    }
    if matches!(character, 'お' | 'ご') && matches!(before, 'を' | 'は' | 'に' | 'の' | 'が' | 'で' | 'と')
    {
        return true;
    }
    let is_hiragana = |character: char| ('\u{3041}'..='\u{3096}').contains(&character);
    before.is_whitespace()
        || "、。，．！？」』）】".contains(before)
        || (is_hiragana(before) && !is_hiragana(character))
}

/// Whether it takes a whole em, and lines may break on both sides of it.
fn is_wide(character: char) -> bool {
    matches!(u32::from(character), 0x2460..=0x24FF | 0x2E80..=0xD7FF | 0xF900..=0xFAFF | 0xFE30..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F000..)
        || "…‥―→←↑↓※★☆●○■□▲△".contains(character)
}

/// A generous width, in ems: no font at hand is wider, on the whole of a line.
fn width_of(character: char) -> f64 {
    match character {
        character if u32::from(character) >= 0x1F000 => 1.4,
        character if is_wide(character) => 1.0,
        '\u{FF61}'..='\u{FF9F}' => 0.55,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | '`' | ' ' => 0.32,
        'f' | 'r' | 't' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.72,
        _ => 0.6,
    }
}

fn width_of_line(line: &str) -> f64 {
    line.chars().map(width_of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_japanese_reads_best() {
        assert_eq!(
            wrap("届いた受付番号を会員登録用紙に記入", 12.0, Shape::Even),
            ["届いた受付番号を", "会員登録用紙に記入"]
        );
        assert_eq!(
            wrap("「空メール」、それだけ。", 8.0, Shape::Even),
            ["「空メール」、", "それだけ。"]
        );
        assert_eq!(
            wrap("Write the number on the membership form", 12.0, Shape::Even),
            ["Write the number on", "the membership form"]
        );
    }

    #[test]
    fn no_line_is_wider_than_its_room_whatever_is_typed() {
        for text in [
            "a".repeat(300),
            "あ".repeat(300),
            "、".repeat(50),
            "a b ".repeat(90),
            "🙂".repeat(40),
        ] {
            for line in wrap(&text, 15.0, Shape::Even) {
                let width = width_of_line(&line);
                assert!(width <= 15.01, "{width}: {line}");
            }
        }
    }
}
