//! What an SMTP answer means for a message in the outbox, and when it is tried again.
//!
//! The question is always whom an answer speaks about. An answer about the customer settles the letter. An answer about
//! us (our password, our provider's limit, our address on a block list) says nothing about the letter: it stays in the
//! outbox and the shop is told, or one wrong setting would turn every receipt into "refused".

mod refusal;

use std::time::Duration;

pub use refusal::RefusalClass;

/// What an answer means for the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The server has taken responsibility for it.
    Accepted,
    /// To be tried again after [`next_attempt_after`].
    Again,
    /// Refused for good; [`RefusalClass`] says why in the shop's words.
    Refused,
    /// The server refuses us, or is in trouble: nothing is said about this letter, and the next would fare the same.
    ServerTrouble,
}

/// Where in the session an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Name look-up and TCP.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The server's greeting.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Authentication,
    /// MAIL FROM: our own address.
    MailFrom,
    /// RCPT TO: the customer's address.
    Recipient,
    /// DATA.
    Data,
    /// The letter, after its final dot.
    Content,
}

impl Step {
    /// The step as it stands in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Step::Connect => "connect",
            Step::Tls => "tls",
            Step::Greeting => "greeting",
            Step::Hello => "ehlo",
            Step::StartTls => "starttls",
            Step::Authentication => "auth",
            Step::MailFrom => "mail-from",
            Step::Recipient => "rcpt-to",
            Step::Data => "data",
            Step::Content => "content",
        }
    }
}

/// An enhanced status code, RFC 3463: class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnhancedCode(pub u8, pub u16, pub u16);

impl EnhancedCode {
    /// Reads the code at the start of an answer's text, such as `5.1.1 User unknown`.
    pub fn parse(text: &str) -> Option<EnhancedCode> {
        let mut numbers = text.split_whitespace().next()?.split('.');
        let class = numbers
            .next()?
            .parse()
            .ok()
            .filter(|class| matches!(class, 2 | 4 | 5))?;
        let subject = numbers.next()?.parse().ok().filter(|number| *number < 1000)?;
        let detail = numbers.next()?.parse().ok().filter(|number| *number < 1000)?;
        numbers
            .next()
            .is_none()
            .then_some(EnhancedCode(class, subject, detail))
    }
}

/// One answer of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The three-digit code.
    pub code: u16,
    /// The text behind it, its lines joined by blanks, with the enhanced code if there is one.
    pub text: &'a str,
}

/// What an answer at a step means for the letter.
///
/// 1. Before MAIL FROM nothing is known of a letter: all but success is trouble.
/// 2. 2yz after the dot is acceptance; success elsewhere where it cannot be is a server out of step: again.
/// 3. 421 up to MAIL FROM closes the session and is trouble; from RCPT TO on it may be about this letter, which must not
///    hold up the others for ever: again. Other 4yz: again (greylisting, full disks, rate limits).
/// 4. 530, 534, 535, 538 (RFC 4954) want us to log in: trouble.
/// 5. 5yz at MAIL FROM, where no customer has been named yet: trouble, but for the size (552, x.3.4) and the parameters
///    (555), which belong to the letter.
/// 6. Later 5yz that speaks of us (`speaks_of_us`): trouble.
/// 7. All other 5yz: refused.
pub fn judge(step: Step, answer: Answer<'_>) -> Verdict {
    let class = answer.code / 100;
    if step < Step::MailFrom {
        return Verdict::ServerTrouble;
    }
    match (class, answer.code, step) {
        (2, _, Step::Content) => Verdict::Accepted,
        (4, 421, Step::MailFrom) => Verdict::ServerTrouble,
        (5, 530 | 534 | 535 | 538, _) => Verdict::ServerTrouble,
        (5, 552 | 555, Step::MailFrom) => Verdict::Refused,
        (5, _, Step::MailFrom) if EnhancedCode::parse(answer.text) == Some(EnhancedCode(5, 3, 4)) => {
            Verdict::Refused
        }
        (5, _, Step::MailFrom) => Verdict::ServerTrouble,
        (5, _, _) if speaks_of_us(step, answer) => Verdict::ServerTrouble,
        (5, _, _) => Verdict::Refused,
        _ => Verdict::Again,
    }
}

/// Phrases in lower case that say we are not logged in, or not to this server.
const NOT_LOGGED_IN: &[&str] = &[
    "relay access denied",
    "relaying denied",
    "relay denied",
    "relay not permitted",
    "relaying not allowed",
    "relaying is not allowed",
    "not permitted to relay",
    "unable to relay",
    "cannot relay",
    "we do not relay",
    "authentication required",
    "authentication is required",
    "authentication needed",
    "must authenticate",
    "please authenticate",
    "not authenticated",
    "must be authenticated",
    "smtp auth",
    "pop before smtp",
    "pop-before-smtp",
    "check for new mail first",
    "check your mail first",
    "check mail first",
    "allowed rcpthosts",
    "must issue a starttls",
    "encryption required",
];

/// Phrases that refuse our address, host or network. Servers that delay their refusals give them at RCPT TO. After the
/// dot the same words speak of what stands in the letter, such as a listed link in a forward.
const SENDER_REFUSED: &[&str] = &[
    "sender address rejected",
    "sender rejected",
    "sender denied",
    "sender not allowed",
    "sender is not allowed",
    "not owned by user",
    "not allowed to send as",
    "sender verify failed",
    "sender domain",
    "from address",
    "client host rejected",
    "client host blocked",
    "helo command rejected",
    "ehlo command rejected",
    "blocked using",
    "spamhaus",
    "blacklist",
    "blocklist",
    "block list",
    "reverse dns",
    "reverse hostname",
    "ptr record",
    "dynamic ip",
    "your ip",
    "bad reputation",
];

/// Phrases about our provider's limits on us.
const LIMITED: &[&str] = &[
    "sending limit",
    "sending quota",
    "sending rate",
    "too many messages",
    "too many mails",
    "too many recipients",
    "message limit",
    "your account",
];

/// Whether a refusal from RCPT TO on speaks about us: a listed phrase, or an enhanced code that can mean nothing else:
/// 5.4.5 (sending limit as Gmail gives it), 5.7.8 to 5.7.14 (authentication, RFC 4954 and RFC 5248), 5.7.20 to 5.7.27
/// (DKIM, SPF, DMARC and reverse DNS, RFC 7372 and RFC 7489).
///
/// 5.7.1 alone decides nothing: it is used for the recipient's own filter as well. Addresses in the answer are not
/// read, so that a customer named `relay@` changes nothing.
fn speaks_of_us(step: Step, answer: Answer<'_>) -> bool {
    if let Some(EnhancedCode(5, subject, detail)) = EnhancedCode::parse(answer.text) {
        match (subject, detail) {
            (4, 5) | (7, 8..=14 | 20..=27) => return true,
            // The recipient is named in so many words: unknown, full, syntax.
            (1, 1..=6 | 10) | (2, 1..=3) => return false,
            _ => {}
        }
    }
    let text = without_addresses(answer.text).to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    says(NOT_LOGGED_IN) || says(LIMITED) || (step == Step::Recipient && says(SENDER_REFUSED))
}

fn without_addresses(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !word.contains('@'))
        .collect();
    words.join(" ")
}

/// How long to wait after the given number of attempts; None means give up, which the shop sees as
/// [`RefusalClass::GaveUp`].
///
/// An attempt is counted before it is made, so a crash in mid-send is one attempt and the first failed one is 1. The
/// customer stands at the counter, so the first waits are short; greylisting wants minutes (RFC 6647 section 4.5: most
/// servers 1 to 15); after an hour nobody waits any more and the provider's limits matter (RFC 5321 section 4.5.4.1).
/// 48 hours cover a weekend's night outage and end before a receipt is of no use to anyone.
///
/// | after attempt | wait | from the first attempt |
/// |---|---|---|
/// | 0 | none | |
/// | 1 | 30 s | 30 s |
/// | 2 | 1 min | 1 min 30 s |
/// | 3 | 2 min | 3 min 30 s |
/// | 4 | 5 min | 8 min 30 s |
/// | 5 | 10 min | 18 min 30 s |
/// | 6 | 15 min | 33 min 30 s |
/// | 7 | 30 min | 1 h 3 min 30 s |
/// | 8 | 1 h | 2 h 3 min 30 s |
/// | 9 | 2 h | 4 h 3 min 30 s |
/// | 10 to 20 | 4 h each | 48 h 3 min 30 s |
/// | 21 | give up | |
pub fn next_attempt_after(attempts: u32) -> Option<Duration> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    let seconds = match attempts {
        0 => 0,
        1 => 30,
        2 => MINUTE,
        3 => 2 * MINUTE,
        4 => 5 * MINUTE,
        5 => 10 * MINUTE,
        6 => 15 * MINUTE,
        7 => 30 * MINUTE,
        8 => HOUR,
        9 => 2 * HOUR,
        10..=20 => 4 * HOUR,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
