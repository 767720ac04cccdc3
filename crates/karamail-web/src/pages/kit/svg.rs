//! Writing SVG: text that fits its place, in lines that break where Japanese and English may break, and nothing but text
//! whoever typed it.

use karamail_core::words::lines::{Shape, wrap};

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
    fn what_does_not_fit_is_told() {
        let text = "A long text. ".repeat(200);
        let fitted = fit(&text, 500.0, 100.0, (40.0, 20.0), Shape::Full);
        assert!(fitted.is_cut && fitted.height() <= 100.0 && fitted.lines.last().unwrap().ends_with('…'));
        assert!(!fit("A text.", 500.0, 100.0, (40.0, 20.0), Shape::Full).is_cut);
    }
}
