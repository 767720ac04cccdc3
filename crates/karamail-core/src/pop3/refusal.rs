//! What an -ERR means: by its response code (RFC 2449 section 8, RFC 3206), else by the words servers use.

use super::fault::{Fault, Problem, Step};
use super::sasl::Mechanism;

/// What is known about the session beside the text.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) host: &'a str,
    pub(super) encrypted: bool,
    /// What the server's capabilities list, for people.
    pub(super) offered: &'a str,
}

/// An -ERR to anything but a login.
pub(super) fn refused(step: Step, text: &[u8]) -> Fault {
    let problem = by_code(text).unwrap_or(Problem::Refused);
    Fault::new(step, problem).said(text)
}

/// An -ERR to USER, PASS, APOP or AUTH.
pub(super) fn login_refused(step: Step, text: &[u8], circumstances: Circumstances<'_>) -> Fault {
    let words = String::from_utf8_lossy(text).to_ascii_lowercase();
    let holds = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let problem = match by_code(text) {
        Some(Problem::WrongPassword) | None => {
            if !circumstances.encrypted && holds(&["plaintext", "stls", "starttls", "ssl", "tls", "encrypt"])
            {
                Problem::EncryptionRequired
            } else if holds(&APP_PASSWORD_WORDS) {
                Problem::AppPasswordNeeded
            } else if code_of(text).is_some() {
                wrong_password(step, circumstances.host)
            } else if holds(&NO_SUCH_COMMAND_WORDS) {
                Problem::NoCommonMechanism(circumstances.offered.to_owned())
            } else if holds(&["lock", "in use", "busy", "another session", "already"]) {
                Problem::InUse
            } else if holds(&[
                "too many",
                "too often",
                "too frequent",
                "login delay",
                "minutes",
                "wait",
            ]) {
                Problem::LoginDelay
            } else if holds(&[
                "tempor",
                "try again",
                "try later",
                "unavailable",
                "internal error",
                "timeout",
            ]) {
                Problem::SystemTemporary
            } else {
                wrong_password(step, circumstances.host)
            }
        }
        Some(problem) => problem,
    };
    Fault::new(step, problem).said(text)
}

/// The words of Gmail, Yahoo, AOL, iCloud, Fastmail and Zoho.
const APP_PASSWORD_WORDS: [&str; 8] = [
    "application-specific",
    "application specific",
    "app password",
    "app-specific",
    "app specific",
    "web login required",
    "less secure",
    "アプリパスワード",
];

/// The command or mechanism is refused, not the password.
const NO_SUCH_COMMAND_WORDS: [&str; 10] = [
    "unknown command",
    "unrecognized",
    "unrecognised",
    "not supported",
    "unsupported",
    "not implemented",
    "unimplemented",
    "invalid command",
    "bad command",
    "mechanism",
];

/// These providers take the account's own password from no mail program any more, so whoever gets here used it.
fn wrong_password(step: Step, host: &str) -> Problem {
    if matches!(step, Step::Auth(Mechanism::XOAuth2 | Mechanism::OAuthBearer)) {
        return Problem::WrongPassword;
    }
    let host = host.to_ascii_lowercase();
    let is_of =
        |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let providers = [
        "gmail.com",
        "googlemail.com",
        "mail.yahoo.com",
        "aol.com",
        "icloud.com",
        "me.com",
    ];
    if providers.into_iter().any(is_of) {
        Problem::AppPasswordNeeded
    } else {
        Problem::WrongPassword
    }
}

fn by_code(text: &[u8]) -> Option<Problem> {
    match code_of(text)?.as_str() {
        "IN-USE" => Some(Problem::InUse),
        "LOGIN-DELAY" => Some(Problem::LoginDelay),
        "SYS/TEMP" => Some(Problem::SystemTemporary),
        "SYS/PERM" => Some(Problem::SystemPermanent),
        "AUTH" => Some(Problem::WrongPassword),
        _ => None,
    }
}

/// The code in brackets at the front, in upper case. It is read whether or not RESP-CODES is listed: no server means
/// anything else by these words in brackets.
fn code_of(text: &[u8]) -> Option<String> {
    let inner = text.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', inner).filter(|end| *end <= 64)?;
    let code = std::str::from_utf8(inner.get(..end)?).ok()?.to_ascii_uppercase();
    let known = ["IN-USE", "LOGIN-DELAY", "SYS/TEMP", "SYS/PERM", "AUTH"];
    // A code may be refined behind a slash (RFC 2449 section 8); the class is what we act on.
    known
        .into_iter()
        .find(|known| code == *known || code.strip_prefix(known).is_some_and(|rest| rest.starts_with('/')))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, encrypted: bool, host: &str, expected: Problem) {
        let circumstances = Circumstances {
            host,
            encrypted,
            offered: "TOP",
        };
        let fault = login_refused(Step::UserPass, text.as_bytes(), circumstances);
        assert_eq!(fault.problem, expected, "{text}");
    }

    #[test]
    fn a_refused_login_is_told_apart_by_code_then_by_words() {
        let host = "mail.example.jp";
        check(
            "[AUTH] Authentication failed.",
            true,
            host,
            Problem::WrongPassword,
        );
        check("[auth] no", true, host, Problem::WrongPassword);
        check("invalid password", true, host, Problem::WrongPassword);
        check("", true, host, Problem::WrongPassword);
        check("unknown user", true, host, Problem::WrongPassword);
        check(
            "Unknown command.",
            true,
            host,
            Problem::NoCommonMechanism("TOP".to_owned()),
        );
        check(
            "[IN-USE] Do you have another POP session running?",
            true,
            host,
            Problem::InUse,
        );
        check("maildrop already locked", true, host, Problem::InUse);
        check(
            "[LOGIN-DELAY] minimum time between mail checks",
            true,
            host,
            Problem::LoginDelay,
        );
        check(
            "login too frequent, wait 5 minutes",
            true,
            host,
            Problem::LoginDelay,
        );
        check(
            "[SYS/TEMP] Internal login failure",
            true,
            host,
            Problem::SystemTemporary,
        );
        check("[SYS/TEMP/DB] down", true, host, Problem::SystemTemporary);
        check(
            "[SYS/PERM] POP3 access is not enabled",
            true,
            host,
            Problem::SystemPermanent,
        );
        check(
            "Temporary authentication failure",
            true,
            host,
            Problem::SystemTemporary,
        );
        check(
            "[AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
            false,
            host,
            Problem::EncryptionRequired,
        );
    }

    #[test]
    fn providers_that_want_an_app_password_are_recognised() {
        check(
            "[AUTH] Application-specific password required: https://support.google.com/accounts/answer/185833",
            true,
            "pop.gmail.com",
            Problem::AppPasswordNeeded,
        );
        check(
            "[AUTH] Username and password not accepted.",
            true,
            "POP.gmail.com",
            Problem::AppPasswordNeeded,
        );
        check(
            "[AUTH] (#MBR1212) Incorrect username or password.",
            true,
            "pop.mail.yahoo.com",
            Problem::AppPasswordNeeded,
        );
        check("[AUTH] no", true, "notgmail.com", Problem::WrongPassword);
        check("[IN-USE] no", true, "pop.gmail.com", Problem::InUse);
    }
}
