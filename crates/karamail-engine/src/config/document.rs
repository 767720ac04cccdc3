//! A settings file as TOML has it, with the line of every key and value, and every slip in its form at once.

use std::ops::Range;

use karamail_core::limits::CONFIG_SYNTAX_FAULTS;
use toml::de::{DeTable, DeValue};

use super::faults::{ConfigFault, FaultKind, SyntaxFault, ValueType};

/// A value and its line.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its line, counted from 1.
    pub(crate) line: usize,
    /// Where it ends, bytes from the start of the text.
    pub(crate) end: usize,
    pub(crate) value: Value,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    /// `None`: too large for any of our keys; the digits are kept for the error.
    Integer(Option<i64>, String),
    Float,
    Flag(bool),
    Date,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// One key of a table.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The line of the key.
    pub(crate) line: usize,
    pub(crate) node: Node,
}

impl Value {
    pub(crate) fn kind(&self) -> ValueType {
        match self {
            Value::Text(_) => ValueType::Text,
            Value::Integer(..) => ValueType::Integer,
            Value::Float => ValueType::Float,
            Value::Flag(_) => ValueType::Flag,
            Value::Date => ValueType::Date,
            Value::List(_) => ValueType::List,
            Value::Table(_) => ValueType::Section,
        }
    }
}

/// Reads TOML into its tables, or says everything that is wrong with its form.
pub(crate) fn parse(text: &str) -> Result<Vec<Entry>, Vec<ConfigFault>> {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(syntax_faults(text));
    }
    Ok(entries(table.get_ref(), &lines))
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    let mut all: Vec<Entry> = table
        .iter()
        .map(|(name, value)| Entry {
            name: name.get_ref().to_string(),
            line: lines.line(name.span().start),
            node: node(value.get_ref(), value.span(), lines),
        })
        .collect();
    all.sort_by_key(|entry| entry.line);
    all
}

fn node(value: &DeValue<'_>, span: Range<usize>, lines: &Lines) -> Node {
    let inner = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Integer(
            i64::from_str_radix(number.as_str(), number.radix()).ok(),
            number.to_string(),
        ),
        DeValue::Float(_) => Value::Float,
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(array) => Value::List(
            array
                .iter()
                .map(|value| node(value.get_ref(), value.span(), lines))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table, lines)),
    };
    Node {
        line: lines.line(span.start),
        end: span.end,
        value: inner,
    }
}

/// Where each line begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }
}

/// The parser stops at the first slip. So that a person hears of all of them, each faulty line is made blank and the
/// rest read again, as long as the slip says nothing about the lines around it.
fn syntax_faults(text: &str) -> Vec<ConfigFault> {
    let lines = Lines::of(text);
    let mut rest = text.to_owned();
    let mut faults: Vec<ConfigFault> = Vec::new();
    while faults.len() < CONFIG_SYNTAX_FAULTS {
        let (_, errors) = DeTable::parse_recoverable(&rest);
        let Some(error) = errors.first() else { break };
        let line = error
            .span()
            .map(|span| fault_line(&rest, &lines, span.start, error.message()));
        if faults.iter().any(|fault| fault.line == line) {
            break;
        }
        let line_text = line
            .and_then(|line| rest.lines().nth(line - 1))
            .unwrap_or_default();
        let fault = syntax_fault(error.message(), line_text);
        let stands_alone = match &fault {
            SyntaxFault::OpenString => !error.message().contains("multi-line"),
            SyntaxFault::Duplicate => !line_text.trim_start().starts_with('['),
            SyntaxFault::OpenBracket | SyntaxFault::Other(_) => false,
            _ => true,
        };
        faults.push(ConfigFault {
            line,
            key: String::new(),
            mailbox: None,
            kind: FaultKind::Syntax(fault),
        });
        let Some(line) = line.filter(|_| stands_alone) else {
            break;
        };
        blank(&mut rest, &lines, line);
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// Overwrites a line with blanks, so that every other byte keeps its place.
fn blank(text: &mut String, lines: &Lines, line: usize) {
    let start = lines.0.get(line - 1).copied().unwrap_or_default();
    let end = lines.0.get(line).copied().unwrap_or(text.len());
    let inside = |at: usize| (start..end).contains(&at);
    *text = text
        .char_indices()
        .flat_map(|(at, c)| {
            let count = if inside(at) && !matches!(c, '\r' | '\n') {
                c.len_utf8()
            } else {
                1
            };
            let shown = if count == 1 && (!inside(at) || matches!(c, '\r' | '\n')) {
                c
            } else {
                ' '
            };
            std::iter::repeat_n(shown, count)
        })
        .collect();
}

/// The line to look at. An open text of several lines is noticed at the end of the file, but was opened at the last `"""`.
fn fault_line(text: &str, lines: &Lines, at: usize, message: &str) -> usize {
    let at = if message.contains("multi-line") && at >= text.trim_end().len() {
        text.rfind("\"\"\"").max(text.rfind("'''")).unwrap_or(at)
    } else {
        at
    };
    lines.line(at).min(text.lines().count())
}

/// What a parser's message means for the person who wrote the line.
fn syntax_fault(message: &str, line: &str) -> SyntaxFault {
    if message.contains("duplicate key") {
        return SyntaxFault::Duplicate;
    }
    if let Some(sign) = full_width_sign(line) {
        return SyntaxFault::FullWidth(sign);
    }
    if message.contains("escape") || message.contains("unicode value") {
        return SyntaxFault::Escape;
    }
    if message.contains("string") && message.contains("expected") && !message.contains("must be quoted") {
        return SyntaxFault::OpenString;
    }
    if message.contains("unclosed") || message.contains("missing comma between array") {
        return SyntaxFault::OpenBracket;
    }
    if message.contains("missing value") || (line.trim_end().ends_with('=') && message.contains("value")) {
        return SyntaxFault::NoValue;
    }
    if message.contains("key with no value") || message.contains("missing assignment") {
        return SyntaxFault::NoAssignment;
    }
    let value_words = [
        "must be quoted",
        "invalid value",
        "leading zero",
        "unexpected key or value",
        "_`",
        "radix",
    ];
    if value_words.iter().any(|word| message.contains(word)) {
        return SyntaxFault::Value;
    }
    SyntaxFault::Other(message.to_owned())
}

/// A sign that an input method wrote where TOML wants its ASCII twin, outside quotes and comments.
fn full_width_sign(line: &str) -> Option<char> {
    let mut inside: Option<char> = None;
    for character in line.chars() {
        match (inside, character) {
            (Some(quote), _) if character == quote => inside = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => inside = Some(character),
            (None, '#') => return None,
            (
                None,
                '＝' | '“' | '”' | '’' | '‘' | '［' | '］' | '\u{3000}' | '，' | '、' | '＃' | '｛' | '｝'
                | '．',
            ) => {
                return Some(character);
            }
            (None, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＿' | '−' | '－') => {
                return Some(character);
            }
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, line: usize, expected: SyntaxFault) {
        let faults = parse(text).expect_err(text);
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (fault.line, fault.kind.clone()))
            .collect();
        let expected = (Some(line), FaultKind::Syntax(expected));
        assert!(found.contains(&expected), "{text:?} gave {found:?}");
    }

    #[test]
    fn every_usual_slip_is_named_with_its_line() {
        check("a = 1\nb = \"open", 2, SyntaxFault::OpenString);
        check("a = 1\nb = \"open\nc = 3\n", 2, SyntaxFault::OpenString);
        check("b = \"\"\"open\nmore\n", 1, SyntaxFault::OpenString);
        check("b = 'open\n", 1, SyntaxFault::OpenString);
        check("[general\na = 1\n", 1, SyntaxFault::OpenBracket);
        check("[[mailbox]\na = 1\n", 1, SyntaxFault::OpenBracket);
        check("a = [1, 2\n", 1, SyntaxFault::OpenBracket);
        check("a = 1\na = 2\n", 2, SyntaxFault::Duplicate);
        check("[x]\na = 1\n[x]\nb = 2\n", 3, SyntaxFault::Duplicate);
        check("a ＝ 1\n", 1, SyntaxFault::FullWidth('＝'));
        check("a = “x”\n", 1, SyntaxFault::FullWidth('“'));
        check("a = １\n", 1, SyntaxFault::FullWidth('１'));
        check("\u{3000}a = 1\n", 1, SyntaxFault::FullWidth('\u{3000}'));
        check("a = 1\nb =\n", 2, SyntaxFault::NoValue);
        check("a = 1\nb\n", 2, SyntaxFault::NoAssignment);
        check("a = pop.example.jp\n", 1, SyntaxFault::Value);
        check("a = はい\n", 1, SyntaxFault::Value);
        check("a = 007\n", 1, SyntaxFault::Value);
        check("a = \"C:\\files\\ca.pem\"\n", 1, SyntaxFault::Escape);
    }

    #[test]
    fn keys_and_values_know_their_lines_with_lf_and_crlf() {
        for end in ["\n", "\r\n"] {
            let text = [
                "# 一行目",
                "[general]",
                "a = 1",
                "[[mailbox]]",
                "b = [",
                "  \"x\",",
                "  \"y\" ]",
            ]
            .join(end);
            let all = parse(&text).unwrap();
            let Value::Table(general) = &all[0].node.value else {
                panic!("{all:?}")
            };
            assert_eq!((all[0].line, general[0].line, general[0].node.line), (2, 3, 3));
            let Value::List(mailboxes) = &all[1].node.value else {
                panic!("{all:?}")
            };
            let Value::Table(mailbox) = &mailboxes[0].value else {
                panic!("{all:?}")
            };
            let Value::List(list) = &mailbox[0].node.value else {
                panic!("{all:?}")
            };
            assert_eq!(
                (mailboxes[0].line, mailbox[0].line, list[0].line, list[1].line),
                (4, 5, 6, 7)
            );
        }
    }
}
