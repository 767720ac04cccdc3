//! An e-mail address as phones really write it.
//!
//! docomo (until April 2009) and au (until October 2009) gave out addresses that RFC 5321 does not allow, such as
//! `a..b@docomo.ne.jp`. They are read as they stand and written with a quoted local part (RFC 5321 section 4.1.2),
//! the form that the carriers accept.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{ADDRESS_LOCAL_PART_BYTES, ADDRESS_TOTAL_BYTES};

/// One mailbox address: a local part without its quotes, and a domain as A-labels in lower case.
///
/// Two values are equal when they are written alike; [`EmailAddress::key`] says whether they are one customer.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    local: String,
    domain: String,
}

/// Why a text is not an address we can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No `@`, or nothing before it.
    #[error("there is no name before the @")]
    NoLocalPart,
    /// The part behind the `@` is no host name.
    #[error("the part behind the @ is no host name")]
    BadDomain,
    /// A control character, or a blank outside quotes.
    #[error("it holds a blank or a control character")]
    BadCharacter,
    /// Longer than RFC 5321 section 4.5.3.1 allows.
    #[error("it is longer than an address may be")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address without display name, such as `taro@example.jp`, `a..b@docomo.ne.jp` or `"a..b"@docomo.ne.jp`.
    ///
    /// White space around it is dropped. What RFC 5321 forbids in a local part but phones use (dots at either end or
    /// in a row, `/`, `?`) is taken; blanks, control characters and `<>` are not.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim_matches(is_blank);
        let (local, domain) = text.rsplit_once('@').ok_or(AddressFault::NoLocalPart)?;
        let local = unquote(local)?;
        if local.is_empty() {
            return Err(AddressFault::NoLocalPart);
        }
        let domain = ascii_domain(domain)?;
        if local.len() > ADDRESS_LOCAL_PART_BYTES || local.len() + 1 + domain.len() > ADDRESS_TOTAL_BYTES {
            return Err(AddressFault::TooLong);
        }
        Ok(EmailAddress { local, domain })
    }

    /// The part before the `@`, without quotes or escapes.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part behind the `@`: A-labels, lower case, no final dot.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The key under which one customer is one customer, however the address is written: quotes gone, and the case of
    /// both sides folded (docs/decisions says why the local part too).
    pub fn key(&self) -> String {
        format!("{}@{}", self.local.to_lowercase(), self.domain)
    }

    /// The form for MAIL FROM, RCPT TO and the To header: the local part quoted where it is no dot-string
    /// (RFC 5321 section 4.1.2).
    pub fn to_envelope(&self) -> String {
        if is_dot_string(&self.local) {
            return format!("{}@{}", self.local, self.domain);
        }
        let mut quoted = String::with_capacity(self.local.len() + 2);
        for character in self.local.chars() {
            if matches!(character, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(character);
        }
        format!("\"{quoted}\"@{}", self.domain)
    }

    /// Whether everything in it is ASCII; otherwise sending needs SMTPUTF8 (RFC 6531).
    pub fn is_ascii(&self) -> bool {
        self.local.is_ascii()
    }
}

/// As the customer would write it: no quotes, but where it would not read back without them (a blank, another @).
impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if unquote(&self.local).is_ok_and(|local| local == self.local) {
            write!(formatter, "{}@{}", self.local, self.domain)
        } else {
            formatter.write_str(&self.to_envelope())
        }
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{self}>")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressFault;
    fn try_from(text: String) -> Result<Self, AddressFault> {
        EmailAddress::parse(&text)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = AddressFault;
    fn from_str(text: &str) -> Result<Self, AddressFault> {
        EmailAddress::parse(text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.to_string()
    }
}

/// White space as people and phones type it: U+3000, zero-width and control characters too.
pub fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffc}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// An address as people are shown it: behind each character that can be taken for a letter of ASCII (Cyrillic, Greek, full-width
/// and mathematical letters, accents) stands its code, as in `tа⟦U+0430⟧ro@example.jp`. Kana and kanji stand for themselves, and so
/// do our own words in the place of an address, which have no at sign.
pub fn plainly(address: &str) -> String {
    if !address.contains('@') {
        return address.to_owned();
    }
    let mut shown = String::with_capacity(address.len());
    for character in address.chars() {
        shown.push(character);
        if !character.is_ascii() && !is_japanese(character) {
            shown.push_str(&format!("⟦U+{:04X}⟧", u32::from(character)));
        }
    }
    shown
}

/// Kana, kanji and their marks, half-width kana, and U+FFFD and `…`, which stand for what is not shown. Full-width letters are not
/// among them.
fn is_japanese(character: char) -> bool {
    matches!(character,
        '\u{3001}'..='\u{303f}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3fffd}' | '\u{fffd}' | '…')
}

fn unquote(local: &str) -> Result<String, AddressFault> {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        let bad = |c: char| {
            is_blank(c)
                || matches!(
                    c,
                    '<' | '>' | '"' | '(' | ')' | ',' | ';' | ':' | '\\' | '@' | '[' | ']'
                )
        };
        return if local.contains(bad) {
            Err(AddressFault::BadCharacter)
        } else {
            Ok(local.to_owned())
        };
    };
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().ok_or(AddressFault::BadCharacter)?),
            '"' => return Err(AddressFault::BadCharacter),
            other => plain.push(other),
        }
    }
    // A space is legal inside quotes; control characters and line ends would reach a header or a command line.
    if plain.contains(|c: char| c != ' ' && is_blank(c)) || plain.contains(['<', '>']) {
        return Err(AddressFault::BadCharacter);
    }
    Ok(plain)
}

fn ascii_domain(domain: &str) -> Result<String, AddressFault> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let ascii = idna::domain_to_ascii(domain)
        .map_err(|_| AddressFault::BadDomain)?
        .to_ascii_lowercase();
    // Underscores are no host name by the letter, but small companies have them in mail domains that work.
    let label_is_sound = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if ascii.is_empty() || !ascii.split('.').all(label_is_sound) {
        return Err(AddressFault::BadDomain);
    }
    Ok(ascii)
}

/// RFC 5321 section 4.1.2 Dot-string, with the UTF-8 of RFC 6531.
fn is_dot_string(local: &str) -> bool {
    let is_atext = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str, envelope: &str) {
        let address = EmailAddress::parse(text).unwrap();
        assert_eq!(
            (address.to_string().as_str(), address.to_envelope().as_str()),
            (shown, envelope),
            "{text}"
        );
        assert_eq!(
            EmailAddress::parse(&address.to_envelope()).unwrap(),
            address,
            "the envelope form reads back"
        );
    }

    #[test]
    fn what_is_shown_and_stored_reads_back() {
        for local in ["a b", "a@b", "x,y", "(c)", "q\\\"q", "\\\"q\\\"", "a..b", "taro"] {
            let address = EmailAddress::parse(&format!("\"{local}\"@example.jp")).unwrap();
            assert_eq!(EmailAddress::parse(&address.to_string()), Ok(address));
        }
    }

    #[test]
    fn carrier_addresses_that_break_the_rfc_are_read_and_quoted() {
        check("a..b@docomo.ne.jp", "a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp");
        check("a.@ezweb.ne.jp", "a.@ezweb.ne.jp", "\"a.\"@ezweb.ne.jp");
        check(".a@docomo.ne.jp", ".a@docomo.ne.jp", "\".a\"@docomo.ne.jp");
        check("-a@docomo.ne.jp", "-a@docomo.ne.jp", "-a@docomo.ne.jp");
        check("a-.-b@docomo.ne.jp", "a-.-b@docomo.ne.jp", "a-.-b@docomo.ne.jp");
        check("a/b@docomo.ne.jp", "a/b@docomo.ne.jp", "a/b@docomo.ne.jp");
        check("a?b@docomo.ne.jp", "a?b@docomo.ne.jp", "a?b@docomo.ne.jp");
        check(
            "\"a..b\"@docomo.ne.jp",
            "a..b@docomo.ne.jp",
            "\"a..b\"@docomo.ne.jp",
        );
        let quoted = "\"a b\\\"c\"@x.jp";
        check(quoted, quoted, quoted);
    }

    #[test]
    fn one_customer_is_one_key_however_the_address_is_written() {
        let key = |text| EmailAddress::parse(text).unwrap().key();
        assert_eq!(key("Taro@Example.JP"), key("taro@example.jp."));
        assert_eq!(key("\"taro\"@example.jp"), key("taro@example.jp"));
        assert_eq!(key("taro@日本語.jp"), key("taro@xn--wgv71a119e.jp"));
        assert_ne!(key("taro@example.jp"), key("jiro@example.jp"));
    }

    #[test]
    fn what_could_break_a_header_or_a_command_is_no_address() {
        for text in [
            "",
            "@x.jp",
            "a",
            "a@",
            "a b@x.jp",
            "a@x.jp\r\nBcc: b@x.jp",
            "\"a\r\nb\"@x.jp",
            "a@x..jp",
            "a>@x.jp",
            "\"a>b\"@x.jp",
            "a@[127.0.0.1]",
            "\"a\"b\"@x.jp",
            "a@x.jp>",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn our_own_words_in_the_place_of_an_address_are_shown_as_they_are() {
        use crate::words::screens::waiting;
        use crate::words::{Language, data};
        for language in [Language::Japanese, Language::English] {
            for words in [data::erased_address(language), waiting::no_sender(language)] {
                assert_eq!(plainly(&words), words);
            }
        }
    }
}
