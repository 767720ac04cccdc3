//! What the receiving host found out about the sender: Authentication-Results (RFC 8601).

use super::structured::{split_outside_quotes, unquoted, without_comments};
use crate::address::is_blank;

/// One Authentication-Results header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AuthenticationResults {
    /// The authserv-id, lower case; empty where the host wrote none (Exchange Online).
    pub(super) host: String,
    /// Whether SPF failed; `None` where the header has no word on it.
    pub(super) spf_fails: Option<bool>,
    /// Whether DMARC failed, likewise.
    pub(super) dmarc_fails: Option<bool>,
}

impl AuthenticationResults {
    /// Reads a header value. What cannot be read says nothing, and so fails nobody.
    pub(super) fn parse(value: &str) -> Self {
        let plain = without_comments(value);
        let mut segments = split_outside_quotes(&plain, ';').into_iter().peekable();
        let mut host = String::new();
        if let Some(first) = segments.peek()
            && MethodResult::parse(first).is_none()
        {
            let id = first
                .split(is_blank)
                .find(|word| !word.is_empty())
                .unwrap_or_default();
            host = unquoted(id).to_ascii_lowercase();
            segments.next();
        }
        let results: Vec<MethodResult> = segments.filter_map(MethodResult::parse).collect();
        AuthenticationResults {
            host,
            spf_fails: spf_fails(&results),
            dmarc_fails: dmarc_fails(&results),
        }
    }

    /// Whether the header was written by one of `hosts` or a machine below it (mail farms number their machines).
    pub(super) fn is_from(&self, hosts: &[String]) -> bool {
        hosts.iter().any(|trusted| {
            let trusted = trusted.trim().trim_start_matches("*.").to_ascii_lowercase();
            let below = self.host.strip_suffix(&trusted);
            below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.')) && !trusted.is_empty()
        })
    }
}

/// SPF is checked for MAIL FROM and sometimes for HELO as well; HELO counts only where nothing else was checked.
fn spf_fails(results: &[MethodResult]) -> Option<bool> {
    let spf = || results.iter().filter(|result| result.method == "spf");
    let decisive = spf().find(|result| !result.only_helo).or_else(|| spf().next());
    decisive.map(MethodResult::fails)
}

fn dmarc_fails(results: &[MethodResult]) -> Option<bool> {
    let dmarc = results.iter().find(|result| result.method == "dmarc");
    dmarc.map(MethodResult::fails)
}

struct MethodResult {
    method: String,
    result: String,
    only_helo: bool,
}

impl MethodResult {
    /// `spf=pass reason="…" smtp.mailfrom=…`, with a version (`spf/1`) and blanks around `/` and `=` allowed.
    fn parse(segment: &str) -> Option<Self> {
        let (method, rest) = segment.split_once('=')?;
        let method = method.split('/').next()?.trim_matches(is_blank);
        if method.is_empty()
            || !method
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return None;
        }
        let rest = rest.trim_start_matches(is_blank);
        let end = rest.find(is_blank).unwrap_or(rest.len());
        let (result, properties) = rest.split_at_checked(end)?;
        let properties = properties.to_ascii_lowercase();
        Some(MethodResult {
            method: method.to_ascii_lowercase(),
            result: unquoted(result).to_ascii_lowercase(),
            only_helo: properties.contains("smtp.helo") && !properties.contains("smtp.mail"),
        })
    }

    /// `hardfail` is what RFC 5451 called SPF's `fail`, and old filters still write it.
    fn fails(&self) -> bool {
        matches!(self.result.as_str(), "fail" | "hardfail")
    }
}
