//! Writing SVG: text that fits its place, in lines that break where Japanese and English may break, and nothing but text
//! whoever typed it.

/// Fonts of the running text, the first that the machine has. The same names as on the screens, and UD fonts before them.
pub(crate) const SANS: &str = "'BIZ UDPGothic','BIZ UDGothic','Yu Gothic','Meiryo','Hiragino Sans','Noto Sans JP',\
    'Noto Sans CJK JP','IPAPGothic',sans-serif";
/// Fonts of addresses: each tells l from 1 and I, and O from 0.
pub(crate) const MONO: &str =
    "'Consolas','Cascadia Mono','SF Mono','Menlo','DejaVu Sans Mono','Noto Sans Mono CJK JP',monospace";
/// Width of a character of [`MONO`], as a part of its size. The text is set to this width whatever the font's own is.
const MONO_WIDTH: f64 = 0.6;
/// Distance of two lines, as a part of the size.
const LINE: f64 = 1.35;

/// Where a line of text begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
}

/// How text is cut into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Of about equal length: headlines.
    Even,
    /// Each as full as it gets: running text.
    Full,
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) is_bold: bool,
    pub(crate) anchor: Anchor,
    /// Language of the text, for the shapes of its characters.
    pub(crate) language: &'static str,
}

/// Text cut into lines for a place.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    pub(crate) size: f64,
    pub(crate) lines: Vec<String>,
    /// Not everything found a place.
    pub(crate) is_cut: bool,
}

impl Fitted {
    /// Height of the lines.
    pub(crate) fn height(&self) -> f64 {
        self.size * LINE * f64::from(u16::try_from(self.lines.len()).unwrap_or(u16::MAX))
    }
}

/// `text` for XML: markup is text, and characters that XML 1.0 forbids are gone.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            character if character.is_control() && !matches!(character, '\n' | '\t') => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// One line of text, `y` being its base line.
pub(crate) fn line(svg: &mut String, x: f64, y: f64, size: f64, look: Look, text: &str) {
    let weight = if look.is_bold { " font-weight=\"700\"" } else { "" };
    let anchor = match look.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
    };
    svg.push_str(&format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\"{weight}{anchor} lang=\"{}\" xml:lang=\"{}\">{}</text>",
        look.language,
        look.language,
        escape(text)
    ));
}

/// Lines of text below `y`; returns where they end.
pub(crate) fn lines(svg: &mut String, x: f64, y: f64, look: Look, fitted: &Fitted) -> f64 {
    let mut base = y + fitted.size * 1.05;
    for text in &fitted.lines {
        line(svg, x, base, fitted.size, look, text);
        base += fitted.size * LINE;
    }
    y + fitted.height()
}

/// An address in type that cannot be misread, around `x`, as large as `width` and `largest` allow; returns its size.
/// It is cut into two lines before the @ where one would be smaller than `smallest`, and further where it must.
pub(crate) fn address(
    svg: &mut String,
    x: f64,
    y: f64,
    width: f64,
    largest: f64,
    smallest: f64,
    text: &str,
) -> f64 {
    let size_of = |lines: &[String]| {
        let longest = lines
            .iter()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(1)
            .max(1);
        (width / (MONO_WIDTH * count(longest))).min(largest)
    };
    let whole = vec![text.to_owned()];
    let parts = match text.rsplit_once('@') {
        Some((local, domain)) if size_of(&whole) < smallest => {
            let room = ((width / (MONO_WIDTH * smallest)).floor() as usize).max(8);
            let mut parts = chunks(local, room);
            parts.extend(chunks(&format!("@{domain}"), room));
            parts
        }
        _ => whole,
    };
    let size = size_of(&parts);
    let mut base = y + size * 0.95;
    for part in &parts {
        let set = MONO_WIDTH * size * count(part.chars().count());
        svg.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{base:.1}\" font-size=\"{size:.1}\" font-weight=\"700\" text-anchor=\"middle\" \
             font-family=\"{MONO}\" textLength=\"{set:.1}\" lang=\"en\">{}</text>",
            escape(part)
        ));
        base += size * 1.2;
    }
    size * 1.2 * count(parts.len())
}

fn chunks(text: &str, room: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters
        .chunks(room)
        .map(|part| part.iter().collect())
        .collect()
}

pub(crate) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The largest lines of `text` that fit into `width` and `height`, between two sizes. At the smallest size the last line
/// that fits ends with … where there is more.
pub(crate) fn fit(text: &str, width: f64, height: f64, sizes: (f64, f64), shape: Shape) -> Fitted {
    let (largest, smallest) = sizes;
    let mut size = largest;
    loop {
        let lines = wrap(text, width / size, shape);
        let fitted = Fitted {
            size,
            lines,
            is_cut: false,
        };
        if fitted.height() <= height {
            return fitted;
        }
        if size <= smallest {
            return cut(fitted, height);
        }
        size = (size * 0.96).max(smallest);
    }
}

fn cut(mut fitted: Fitted, height: f64) -> Fitted {
    let room = (height / (fitted.size * LINE)).floor().max(0.0) as usize;
    fitted.lines.truncate(room);
    if let Some(last) = fitted.lines.last_mut() {
        last.pop();
        last.push('…');
    }
    fitted.is_cut = true;
    fitted
}

/// Lines no wider than `room` (in ems), broken where it reads best.
pub(crate) fn wrap(text: &str, room: f64, shape: Shape) -> Vec<String> {
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
    fn markup_and_forbidden_characters_are_text_or_gone() {
        assert_eq!(
            escape("<b a=\"1\">&'\u{0}\u{1b}\u{85}\u{FFFF}"),
            "&lt;b a=&quot;1&quot;&gt;&amp;&#39;"
        );
    }

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

    #[test]
    fn what_does_not_fit_is_told() {
        let text = "長い文です。".repeat(200);
        let fitted = fit(&text, 500.0, 100.0, (40.0, 20.0), Shape::Full);
        assert!(fitted.is_cut && fitted.height() <= 100.0 && fitted.lines.last().unwrap().ends_with('…'));
        assert!(!fit("短い文です。", 500.0, 100.0, (40.0, 20.0), Shape::Full).is_cut);
    }
}
