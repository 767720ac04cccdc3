//! What a report says to people: the explanation, the returned letter below it, and the servers' answers quoted in it.

use crate::address::EmailAddress;
use crate::delivery::{EnhancedCode, Step};
use crate::limits::REPORT_MESSAGE_IDS;
use crate::mail::IncomingMail;
use crate::mail::parts::Leaf;

use super::{addresses, bare_id};

/// The text of a report.
pub(super) struct Human {
    /// What stands above the returned letter.
    pub(super) explanation: String,
    /// The header of the returned letter, where it stands in the text itself.
    pub(super) returned: Option<IncomingMail>,
    /// Message-IDs of letters that look like ours, or that a `Message-ID` line names.
    pub(super) letter_ids: Vec<String>,
}

impl Human {
    pub(super) fn of(leaves: &[Leaf]) -> Human {
        let of_kind = |media: &str| -> String {
            let texts = leaves.iter().filter(|leaf| leaf.media == media).map(Leaf::text);
            texts.collect::<Vec<_>>().join("\n")
        };
        let mut text = of_kind("text/plain");
        if text.trim().is_empty() {
            text = without_tags(&of_kind("text/html"));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let copy = copy_start(&text);
        let (explanation, letter) = text.split_at_checked(copy).unwrap_or((&text, ""));
        let returned = header_in(letter).map(|header| IncomingMail::parse(header.as_bytes()));
        Human {
            returned: returned
                .filter(|letter| letter.message_id().is_some() || letter.addresses("to").next().is_some()),
            letter_ids: ids_in(&text),
            explanation: explanation.to_owned(),
        }
    }
}

/// Beginnings of lines below which the returned letter stands.
const COPIES: &[&str] = &[
    "--- below this line is a copy of the message",
    "------ this is a copy of",
    "----- original message",
    "-----original message",
    "--- original message",
    "----- message header",
    "----- unsent message",
    "--- the header of the original message",
    "----- your message",
    "----- the message you sent",
    "original message headers",
    "original message header",
    "original message follows",
    "元のメッセージ ヘッダー",
    "元のメッセージヘッダー",
    "元のメッセージのヘッダー",
    "-----元のメッセージ",
    "----- 元のメッセージ",
    "---元のメッセージ",
    "以下は送信したメール",
    "以下は元のメール",
    "送信されたメールの内容",
    "received: from ",
    "return-path: <",
    "message-id: <",
    "> message-id: <",
    "content-type: message/rfc822",
];

/// Where the returned letter begins; the text's length where none does.
fn copy_start(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let low = line.trim().to_lowercase();
        if COPIES.iter().any(|start| low.starts_with(start)) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// The header lines of a returned letter, quoting marks gone: from the first field that every letter has.
fn header_in(letter: &str) -> Option<String> {
    let mut header = String::new();
    let mut fields = 0_usize;
    for line in letter.lines() {
        let line = line
            .strip_prefix("> ")
            .or_else(|| line.strip_prefix('>'))
            .unwrap_or(line);
        let is_field = line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let is_folded = line.starts_with([' ', '\t']) && !header.is_empty() && !line.trim().is_empty();
        if is_field || is_folded {
            fields += 1;
            header.push_str(line);
            header.push('\n');
        } else if line.trim().is_empty() && fields > 2 {
            break;
        }
    }
    (!header.is_empty()).then_some(header)
}

/// Ids behind `Message-ID:` at any place of a line, and ids of our own form.
fn ids_in(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut add = |id: Option<String>| {
        if let Some(id) = id.filter(|id| !ids.contains(id))
            && ids.len() < REPORT_MESSAGE_IDS
        {
            ids.push(id);
        }
    };
    for line in text.lines() {
        for word in line
            .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | ','))
        {
            if is_ours(word) {
                add(bare_id(word));
            }
        }
        let low = line.to_ascii_lowercase();
        if let Some(at) = low.find("message-id:") {
            let value = line.get(at + "message-id:".len()..).unwrap_or_default().trim();
            add(value.split_whitespace().next().and_then(bare_id));
        }
    }
    ids
}

/// Whether it has the form of [`crate::compose::message_id`].
fn is_ours(word: &str) -> bool {
    let Some((local, _)) = word.split_once('@') else {
        return false;
    };
    let mut pieces = local.split('.');
    let (purpose, digits, id) = (pieces.next(), pieces.next(), pieces.next());
    matches!(purpose, Some("receipt" | "repeat"))
        && digits
            .is_some_and(|digits| digits.len() == 24 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// One answer of a server as it is quoted in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QuotedAnswer {
    /// 0 where there is none.
    pub(super) code: u16,
    pub(super) enhanced: Option<EnhancedCode>,
    /// What follows the code; the whole text where there is none.
    pub(super) text: String,
}

/// The answer in a text: the first refusal (`550 …`, `550-5.1.1 …`, `#5.1.1`).
pub(super) fn answer_in(text: &str) -> QuotedAnswer {
    let mut answer = QuotedAnswer {
        text: text.to_owned(),
        ..QuotedAnswer::default()
    };
    let mut at = 0;
    for word in text.split_inclusive(|c: char| c.is_whitespace()) {
        let start = at;
        at += word.len();
        let bare = word
            .trim()
            .trim_matches(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '#')));
        let bare = bare.strip_prefix('#').unwrap_or(bare);
        let (first, rest) = bare.split_once('-').unwrap_or((bare, ""));
        if answer.code == 0
            && first.len() == 3
            && let Ok(code @ 400..=599) = first.parse::<u16>()
        {
            answer.code = code;
            answer.text = text
                .get(start..)
                .unwrap_or_default()
                .trim_start()
                .get(3..)
                .unwrap_or_default()
                .to_owned();
        }
        let coded = if rest.is_empty() { bare } else { rest };
        if answer.enhanced.is_none()
            && let Some(code) = EnhancedCode::parse(coded).filter(|code| code.0 != 2)
        {
            answer.enhanced = Some(code);
        }
        if answer.code != 0 && answer.enhanced.is_some() {
            break;
        }
    }
    answer
}

/// The step of the session that a text names: Postfix, Exim, sendmail and qmail each say it in a way of their own.
pub(super) fn step_in(text: &str) -> Option<Step> {
    let text: Vec<&str> = text.split_whitespace().collect();
    let text = text.join(" ").to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(&[
        "end of data",
        "after data",
        ">>> data",
        "in reply to data",
        "failed after i sent the message",
        "データの終わり",
    ]) {
        return Some(Step::Content);
    }
    says(&["rcpt to", "does not like recipient"]).then_some(Step::Recipient)
}

/// The lines of an explanation that speak of a recipient: from a line that names it to the next line that names
/// another. The whole of it where the recipient is the only one and is not named.
pub(super) fn about(explanation: &str, named: &[EmailAddress], is_alone: bool) -> String {
    let keys: Vec<String> = named.iter().map(EmailAddress::key).collect();
    let mut lines: Vec<&str> = Vec::new();
    let mut is_current = false;
    for line in explanation.lines() {
        let found = addresses::in_text(line);
        if !found.is_empty() {
            is_current = found.iter().any(|address| keys.contains(&address.key()));
        }
        if is_current {
            lines.push(line);
        }
    }
    if lines.is_empty() && is_alone {
        return explanation.to_owned();
    }
    lines.join("\n")
}

/// The text of a page: tags, scripts and styles gone, the few entities that matter undone.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let low: String = tag.chars().take(10).collect::<String>().to_ascii_lowercase();
        let end = match low.as_str() {
            _ if low.starts_with("style") => "</style>",
            _ if low.starts_with("script") => "</script>",
            _ if low.starts_with("!--") => "-->",
            _ => ">",
        };
        // What never closes hides the rest.
        let Some((_, after)) = tag.split_once(end) else {
            rest = "";
            break;
        };
        let breaks = [
            "br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/li", "h", "/h",
        ];
        if breaks.iter().any(|name| low.starts_with(name)) {
            text.push('\n');
        } else {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#64;", "@"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text, |text, (entity, plain)| text.replace(entity, plain))
}
