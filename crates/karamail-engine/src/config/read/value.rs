//! One value: whether it is of its key's kind and within its bounds.

use std::net::IpAddr;

use karamail_core::address::EmailAddress;
use karamail_core::limits::CONFIG_SHOWN_VALUE_CHARACTERS;

use crate::config::document::{Node, Value};
use crate::config::faults::{FaultKind, HostSlip};
use crate::config::keys::Kind;
use crate::config::near::nearest;

/// Words that other programs use for one of our choices.
const OTHER_WORDS: [(&str, &str); 7] = [
    ("ssl", "tls"),
    ("ssl/tls", "tls"),
    ("pops", "tls"),
    ("smtps", "tls"),
    ("stls", "starttls"),
    ("japanese", "ja"),
    ("english", "en"),
];

/// A value of its kind.
#[derive(Debug)]
pub(super) enum Checked {
    Flag(bool),
    Number(i64),
    Text(String),
    Address(EmailAddress),
    List(Vec<(usize, String)>),
    Addresses(Vec<(usize, EmailAddress)>),
}

/// What is wrong with a value, and in which lines.
pub(super) type Faulty = Vec<(usize, FaultKind)>;

pub(super) fn read_value(kind: Kind, node: &Node) -> Result<Checked, Faulty> {
    let one = |fault: FaultKind| vec![(node.line, fault)];
    match (kind, &node.value) {
        (Kind::Flag, Value::Flag(flag)) => Ok(Checked::Flag(*flag)),
        (Kind::Number { min, max }, Value::Integer(number, digits)) => match number {
            Some(number) if (min..=max).contains(number) => Ok(Checked::Number(*number)),
            _ => Err(one(FaultKind::NotAllowed {
                found: shown(digits),
                allowed: kind,
                hint: None,
            })),
        },
        (Kind::List { entries, .. }, Value::List(nodes)) => {
            let texts = read_list(entries, nodes, |node| match &node.value {
                Value::Text(text) => check_line(kind, text),
                other => Err(FaultKind::WrongType {
                    found: other.kind(),
                    allowed: kind,
                }),
            })?;
            Ok(Checked::List(texts))
        }
        (Kind::Addresses { entries }, Value::List(nodes)) => {
            let addresses = read_list(entries, nodes, |node| match &node.value {
                Value::Text(text) => check_address(text),
                other => Err(FaultKind::WrongType {
                    found: other.kind(),
                    allowed: kind,
                }),
            })?;
            Ok(Checked::Addresses(addresses))
        }
        (Kind::Address, Value::Text(text)) => {
            if text.trim().is_empty() {
                return Err(one(FaultKind::EmptyValue { allowed: kind }));
            }
            check_address(text).map(Checked::Address).map_err(one)
        }
        (Kind::Flag | Kind::Number { .. } | Kind::List { .. } | Kind::Addresses { .. }, other) => {
            Err(one(FaultKind::WrongType {
                found: other.kind(),
                allowed: kind,
            }))
        }
        (_, Value::Text(text)) => check_text(kind, text).map(Checked::Text).map_err(one),
        (_, other) => Err(one(FaultKind::WrongType {
            found: other.kind(),
            allowed: kind,
        })),
    }
}

fn read_list<T>(
    most: usize,
    nodes: &[Node],
    read: impl Fn(&Node) -> Result<T, FaultKind>,
) -> Result<Vec<(usize, T)>, Faulty> {
    if let Some(first_over) = nodes.get(most) {
        return Err(vec![(
            first_over.line,
            FaultKind::TooMany {
                count: nodes.len(),
                most,
            },
        )]);
    }
    let mut values = Vec::new();
    let mut faults = Vec::new();
    for node in nodes {
        match read(node) {
            Ok(value) => values.push((node.line, value)),
            Err(kind) => faults.push((node.line, kind)),
        }
    }
    if faults.is_empty() {
        Ok(values)
    } else {
        Err(faults)
    }
}

fn check_text(kind: Kind, text: &str) -> Result<String, FaultKind> {
    match kind {
        Kind::Choice(choices) => check_choice(kind, choices, text),
        Kind::Host => check_host(text),
        Kind::Text { max } => match text.chars().count() {
            characters if characters > max => Err(FaultKind::TooLong {
                characters,
                allowed: kind,
            }),
            _ if text
                .chars()
                .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) =>
            {
                Err(FaultKind::ControlCharacter { allowed: kind })
            }
            _ => Ok(text.replace("\r\n", "\n")),
        },
        Kind::File | Kind::Folder if text.trim().is_empty() => Err(FaultKind::EmptyValue { allowed: kind }),
        _ => check_line(kind, text),
    }
}

fn check_line(kind: Kind, text: &str) -> Result<String, FaultKind> {
    let max = match kind {
        Kind::Line { max } | Kind::List { max, .. } => max,
        _ => 4_096,
    };
    match text.chars().count() {
        characters if characters > max => Err(FaultKind::TooLong {
            characters,
            allowed: kind,
        }),
        // U+2028 and U+2029 are line ends too, for some who read the text later.
        _ if text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) =>
        {
            Err(FaultKind::ControlCharacter { allowed: kind })
        }
        _ => Ok(text.to_owned()),
    }
}

fn check_choice(kind: Kind, choices: &'static [&'static str], text: &str) -> Result<String, FaultKind> {
    if choices.contains(&text) {
        return Ok(text.to_owned());
    }
    let lower = text.to_lowercase();
    let other_word = OTHER_WORDS
        .iter()
        .find(|(word, choice)| *word == lower && choices.contains(choice));
    let hint = match other_word {
        Some((_, choice)) => Some(*choice),
        None => nearest(text, choices.iter().copied()),
    };
    Err(FaultKind::NotAllowed {
        found: format!("\"{}\"", shown(text)),
        allowed: kind,
        hint,
    })
}

fn check_address(text: &str) -> Result<EmailAddress, FaultKind> {
    EmailAddress::parse(text).map_err(|fault| FaultKind::NotAnAddress {
        found: shown(text),
        fault,
    })
}

fn check_host(text: &str) -> Result<String, FaultKind> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FaultKind::EmptyValue { allowed: Kind::Host });
    }
    let fault = |slip| {
        Err(FaultKind::NotAHost {
            found: shown(text),
            slip,
        })
    };
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    if text.contains('/') {
        return fault(HostSlip::Url);
    }
    if text
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        return fault(HostSlip::Port);
    }
    // The rules for the part of an address behind its @ are those for a host: full-width letters and kana become what
    // the network knows.
    match EmailAddress::parse(&format!("host@{text}")) {
        Ok(address) if !text.contains('@') => Ok(address.domain().to_owned()),
        _ => fault(HostSlip::Other),
    }
}

/// A piece of a wrong value, short enough for an error and without control characters.
pub(crate) fn shown(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            '\u{fffd}'
        } else {
            c
        }
    };
    let mut piece: String = text
        .chars()
        .take(CONFIG_SHOWN_VALUE_CHARACTERS)
        .map(plain)
        .collect();
    if text.chars().nth(CONFIG_SHOWN_VALUE_CHARACTERS).is_some() {
        piece.push('…');
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_people_write_them() {
        let good = |text: &str, host: &str| assert_eq!(check_host(text).unwrap(), host);
        good("pop.example.jp", "pop.example.jp");
        good(" POP.Example.JP ", "pop.example.jp");
        good("ｐｏｐ．example.jp", "pop.example.jp");
        good("日本語.jp", "xn--wgv71a119e.jp");
        good("localhost", "localhost");
        good("127.0.0.1", "127.0.0.1");
        good("[::1]", "::1");
        let bad = |text: &str, expected: HostSlip| match check_host(text) {
            Err(FaultKind::NotAHost { slip, .. }) => assert_eq!(slip, expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        };
        bad("pop.example.jp:995", HostSlip::Port);
        bad("https://pop.example.jp/", HostSlip::Url);
        bad("pop example jp", HostSlip::Other);
        bad("me@pop.example.jp", HostSlip::Other);
        bad("pop.example.jp\r\nUSER x", HostSlip::Other);
    }
}
