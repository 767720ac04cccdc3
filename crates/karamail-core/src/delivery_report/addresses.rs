//! Addresses in running text, such as `Recipient: <"a..b"@docomo.ne.jp>`.

use crate::address::EmailAddress;
use crate::limits::{ADDRESS_LOCAL_PART_BYTES, ADDRESS_TOTAL_BYTES, REPORT_RECIPIENTS};

/// Every address in a text, in order.
pub(super) fn in_text(text: &str) -> Vec<EmailAddress> {
    let mut found: Vec<EmailAddress> = Vec::new();
    for (at, _) in text.match_indices('@') {
        if found.len() >= REPORT_RECIPIENTS {
            break;
        }
        let before = text.get(..at).unwrap_or_default();
        let before = tail(before, ADDRESS_LOCAL_PART_BYTES * 2);
        let after = text.get(at + 1..).unwrap_or_default();
        let domain_end = after
            .char_indices()
            .take(ADDRESS_TOTAL_BYTES)
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .map_or(after.len().min(ADDRESS_TOTAL_BYTES), |(end, _)| end);
        let domain = after
            .get(..domain_end)
            .unwrap_or_default()
            .trim_end_matches(['.', '-', '_']);
        if !domain.contains('.') {
            continue;
        }
        let local = local_part(before);
        if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}")) {
            found.push(address);
        }
    }
    found
}

/// The local part at the end of `before`: quoted, or back to the first character that no address has.
fn local_part(before: &str) -> &str {
    if let Some(inner) = before.strip_suffix('"') {
        let open = inner.rfind('"').unwrap_or(inner.len());
        return before.get(open..).unwrap_or_default();
    }
    let is_outside = |c: char| {
        !c.is_ascii()
            || c.is_ascii_whitespace()
            || c.is_ascii_control()
            || matches!(
                c,
                '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '@' | '\\'
            )
    };
    let start = before.rfind(is_outside).map_or(0, |at| {
        at + before
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let local = before.get(start..).unwrap_or_default();
    // `'taro@example.jp'` and `To=taro@example.jp` stand in logs; phones write neither at the start of an address.
    local
        .rsplit_once('=')
        .map_or(local, |(_, rest)| rest)
        .trim_start_matches(['\'', '`', '*', '|'])
}

fn tail(text: &str, bytes: usize) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(bytes));
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_as_bounces_write_them() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = in_text(text).iter().map(EmailAddress::to_string).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("<taro@docomo.ne.jp>: unknown", &["taro@docomo.ne.jp"]);
        check("550 Unknown user taro@docomo.ne.jp.", &["taro@docomo.ne.jp"]);
        check(
            "<\"a..b\"@docomo.ne.jp> と a.@ezweb.ne.jp",
            &["a..b@docomo.ne.jp", "a.@ezweb.ne.jp"],
        );
        check("rfc822;taro@x.example", &["taro@x.example"]);
        check("宛先「花子hana@x.example」", &["hana@x.example"]);
        check("mailto:'taro@x.example'", &["taro@x.example"]);
        check("a@b, @x.example, x@, no at all", &[]);
    }
}
