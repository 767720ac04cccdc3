//! Never-reply rule 10: names under which machines write.
//!
//! RFC 3834 section 2 and RFC 5230 section 4.5 name the first of them; the rest is what list software, shops and
//! mail servers really use. docs/decisions/0011 says where the line to people is drawn: `owner@` and `bouncer@` are
//! people, `owner-x@` and `bounce-123@` are not.

use super::rules::is_domain_or_below;

/// Names that no person has, dots, hyphens and underscores left out.
const NAMES: [&str; 19] = [
    "mailerdaemon",
    "maildaemon",
    "maildeliverysubsystem",
    "mailsystem",
    "maildeliverysystem",
    "postmaster",
    "listserv",
    "listserver",
    "listproc",
    "majordomo",
    "sympa",
    "mailman",
    "smartlist",
    "ezmlm",
    "mdaemon",
    "bounce",
    "bounces",
    "bouncehandler",
    "bouncemail",
];

/// Accounts of a server and of bulk senders. At a carrier or a free mail provider people may have chosen such a name.
const SYSTEM_NAMES: [&str; 23] = [
    "root",
    "cron",
    "crond",
    "daemon",
    "nobody",
    "www",
    "wwwdata",
    "wwwrun",
    "apache",
    "httpd",
    "nginx",
    "anonymous",
    "uucp",
    "mailnull",
    "smmsp",
    "mailer",
    "notify",
    "notification",
    "notifications",
    "newsletter",
    "newsletters",
    "mailmagazine",
    "mailmag",
];

const PREFIXES: [&str; 8] = [
    "owner-",
    "bounce-",
    "bounces-",
    "bounce+",
    "bounces+",
    "bounce=",
    "bounces=",
    "mailer-daemon-",
];
const SUFFIXES: [&str; 5] = ["-owner", "-request", "-bounces", "-bounce", "-errors"];

/// Words that say "do not answer" or "nobody wrote this", dots, hyphens and underscores left out.
const SILENT_WORDS: [&str; 16] = [
    "noreply",
    "noreplies",
    "notreply",
    "donotreply",
    "dontreply",
    "donotrespond",
    "noresponse",
    "autoreply",
    "autoreplies",
    "autorespond",
    "autoresponder",
    "autoresponse",
    "autoanswer",
    "autoconfirm",
    "autonotify",
    "automailer",
];

/// What companies glue to a silent word (`noreplymail`, `infonoreply`). Anything else glued to it may be a name.
const GLUED: [&str; 26] = [
    "mail",
    "email",
    "mails",
    "info",
    "news",
    "shop",
    "store",
    "support",
    "service",
    "services",
    "system",
    "sys",
    "admin",
    "web",
    "ml",
    "jp",
    "notification",
    "notifications",
    "notice",
    "alert",
    "alerts",
    "account",
    "accounts",
    "auto",
    "message",
    "team",
];

/// Domains where people choose their own names (with the domains below them).
const PERSONAL_DOMAINS: [&str; 40] = [
    "dwmail.jp",
    "pdx.ne.jp",
    "wcm.ne.jp",
    "y-mobile.ne.jp",
    "mineo.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "ocn.ne.jp",
    "so-net.ne.jp",
    "plala.or.jp",
    "dion.ne.jp",
    "auone.jp",
    "excite.co.jp",
    "infoseek.jp",
    "live.jp",
    "hotmail.com",
    "yahoo.com",
    "googlemail.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "softbank.jp",
    "vodafone.ne.jp",
    "disney.ne.jp",
    "disneymobile.ne.jp",
    "willcom.com",
    "ymobile.ne.jp",
    "emobile.ne.jp",
    "uqmobile.jp",
    "rakumail.jp",
    "gmail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "yahoo.co.jp",
    "ymail.ne.jp",
    "outlook.jp",
    "outlook.com",
    "hotmail.co.jp",
];

/// Whether a machine writes under this address.
pub(super) fn is_machine(local: &str, domain: &str) -> bool {
    let local = local.to_lowercase();
    let personal = || {
        PERSONAL_DOMAINS
            .iter()
            .any(|known| is_domain_or_below(domain, known))
    };
    let untagged = local.split('+').next().unwrap_or_default();
    let squeezed = squeezed(untagged);
    is_role(&local, untagged)
        || NAMES.contains(&squeezed.as_str())
        || (SYSTEM_NAMES.contains(&squeezed.as_str()) && !personal())
        || is_silent(&local)
}

/// Whether an address is one of list software or asks for silence. Where errors or replies go, a postmaster may stand
/// on a person's mail as well (some providers write `Errors-To: postmaster@…` on everyone's).
pub(super) fn is_list_or_silent(local: &str) -> bool {
    let local = local.to_lowercase();
    let untagged = local.split('+').next().unwrap_or_default();
    matches!(untagged, "bounce" | "bounces") || is_role(&local, untagged) || is_silent(&local)
}

/// Whether a machine stands in the envelope sender, which may be an address (`local@domain`, lower case) or only its local part.
pub(super) fn is_machine_path(path: &str) -> bool {
    let (local, domain) = path.rsplit_once('@').unwrap_or((path, ""));
    let Some((local, domain)) = original_path(local.trim_matches('"'), domain) else {
        return false;
    };
    let bulk_domain = domain
        .split('.')
        .any(|label| matches!(label, "bounce" | "bounces"));
    bulk_domain || is_ezmlm_return(local) || is_machine(local, domain)
}

/// The envelope sender before a forwarder or a bounce filter rewrote it; `None` where it is lost.
fn original_path<'a>(local: &'a str, domain: &'a str) -> Option<(&'a str, &'a str)> {
    // Microsoft 365 keeps the original on its own side: `bounces+SRS=hash=time@`.
    if local.starts_with("bounces+srs=") {
        return None;
    }
    // Sender Rewriting Scheme: `SRS0=hash=time=domain=local@` and `SRS1=hash=forwarder==hash=time=domain=local@`.
    let rewritten = match local.strip_prefix("srs1") {
        Some(rest) => Some(rest.split_once("==").map_or("", |(_, rest)| rest)),
        None => local
            .strip_prefix("srs0")
            .map(|rest| rest.trim_start_matches(['=', '+', '-'])),
    };
    if let Some(rest) = rewritten {
        let mut parts = rest.splitn(4, '=').skip(2);
        return parts
            .next()
            .zip(parts.next())
            .map(|(domain, local)| (local, domain));
    }
    // Bounce Address Tag Validation: `prvs=tag=local@`.
    let tagged = local.strip_prefix("prvs=").and_then(|rest| rest.split_once('='));
    Some((tagged.map_or(local, |(_, local)| local), domain))
}

/// Whether a display name is that of the program which writes bounces. Some servers send them from a person's or an
/// administrator's address under such a name.
pub(super) fn is_daemon_name(display_name: &str) -> bool {
    let plain: String = display_name.to_lowercase().split_whitespace().collect();
    let names = [
        "mailerdaemon",
        "maildaemon",
        "maildeliverysubsystem",
        "maildeliverysystem",
        "maildeliveryservice",
    ];
    names.contains(&squeezed(&plain).as_str())
}

/// ezmlm numbers its envelope senders: `members-return-12-taro=example.jp@`.
fn is_ezmlm_return(local: &str) -> bool {
    let number = local.split_once("-return-").map(|(_, number)| number);
    number.is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
}

/// The addresses of list software for its owners, commands and bounces; with digits behind a dot or underscore too.
fn is_role(local: &str, untagged: &str) -> bool {
    let around = |rest: Option<&str>| rest.is_some_and(|rest| !rest.is_empty());
    let numbered = ["bounce", "bounces"]
        .iter()
        .filter_map(|name| local.strip_prefix(name));
    PREFIXES.iter().any(|prefix| around(local.strip_prefix(prefix)))
        || SUFFIXES
            .iter()
            .any(|suffix| around(untagged.strip_suffix(suffix)))
        || numbered
            .map(|rest| rest.trim_start_matches(['.', '_']))
            .any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether one of the words between dots, hyphens and the like, or up to three of them together, asks for silence.
fn is_silent(local: &str) -> bool {
    let words: Vec<&str> = local
        .split(['.', '-', '_', '+', '=', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| is_silent_word(word)) {
        return true;
    }
    [2, 3].iter().any(|&count| {
        words
            .windows(count)
            .any(|run| SILENT_WORDS.contains(&run.concat().as_str()))
    })
}

fn is_silent_word(word: &str) -> bool {
    let is_glue = |text: &str| {
        let text = text.trim_end_matches(|c: char| c.is_ascii_digit());
        text.is_empty() || GLUED.contains(&text)
    };
    SILENT_WORDS.iter().any(|silent| {
        word.split_once(silent)
            .is_some_and(|(before, after)| is_glue(before) && is_glue(after))
    })
}

fn squeezed(local: &str) -> String {
    local
        .chars()
        .filter(|character| !matches!(character, '.' | '-' | '_'))
        .collect()
}
