//! Makes text of others fit to stand in a header, a screen line or a letter.

/// Text of anyone as one line of at most `limit` characters: control characters, line ends and line separators become
/// a blank, runs of them one blank; characters that turn or hide text (bidi controls, zero-width blanks) go; blanks at
/// both ends go. What is cut off is shown as `…`. Joiners stay, because emoji and many scripts need them.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let mut characters = 0;
    let mut pending_blank = false;
    let mut blank_is_break = false;
    for character in text.trim().chars().filter(|c| !is_deceptive(*c)) {
        let is_break = is_line_break_or_control(character);
        if is_break {
            pending_blank = true;
            blank_is_break = true;
            continue;
        }
        // A blank beside a line break is part of it (folding); blanks that were typed in a row stay.
        if character == ' ' && blank_is_break {
            continue;
        }
        if pending_blank {
            if !line.is_empty() && !line.ends_with(' ') {
                if characters >= limit {
                    return cut(line);
                }
                line.push(' ');
                characters += 1;
            }
            (pending_blank, blank_is_break) = (false, false);
        }
        if characters >= limit {
            return cut(line);
        }
        line.push(character);
        characters += 1;
    }
    let kept = line.trim_end().len();
    line.truncate(kept);
    line.trim_start().to_owned()
}

/// Text of several lines with LF line ends; CRLF and CR become LF, other control characters but the tab become a
/// blank, and characters that turn text go.
pub fn lines(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() == Some(&'\n') {
                    characters.next();
                }
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(character),
            '\u{2028}' | '\u{2029}' => clean.push('\n'),
            other if other.is_control() => clean.push(' '),
            other if is_deceptive(other) => {}
            other => clean.push(other),
        }
    }
    clean
}

fn cut(mut line: String) -> String {
    line.pop();
    let kept = line.trim_end().len();
    line.truncate(kept);
    line.push('…');
    line
}

fn is_line_break_or_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Bidi controls, which make a text read otherwise than it is, and invisible blanks, which hide a difference.
fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_line_and_bounded() {
        assert_eq!(one_line(" a\r\n b\tc\0\u{2028}d ", 99), "a b c d");
        assert_eq!(one_line("a  b", 99), "a  b", "typed blanks stay");
        assert_eq!(one_line("\u{202e}gpj.exe\u{200b}", 99), "gpj.exe");
        assert_eq!(one_line("👨\u{200d}👩\u{200d}👧", 99), "👨\u{200d}👩\u{200d}👧");
        assert_eq!(one_line("あいうえお", 5), "あいうえお");
        assert_eq!(one_line("あいうえおか", 5), "あいうえ…");
        assert_eq!(one_line("\u{3000}\r\n", 5), "");
        assert_eq!(one_line("a", 0), "…");
    }

    #[test]
    fn a_line_break_at_the_limit_makes_the_line_no_longer_than_the_limit() {
        assert_eq!(one_line("あいうえお\nか", 5), "あいうえ…");
        assert_eq!(one_line("あいうえ\nおか", 5), "あいうえ…");
        assert_eq!(one_line("あいうえお\n", 5), "あいうえお");
    }

    #[test]
    fn lines_keep_lines_and_tabs() {
        assert_eq!(lines("a\r\nb\rc\nd\te\0f\u{202e}"), "a\nb\nc\nd\te f");
    }
}
