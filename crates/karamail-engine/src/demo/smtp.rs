//! The demo's SMTP server (RFC 5321) with PIPELINING, 8BITMIME, SIZE, ENHANCEDSTATUSCODES and AUTH PLAIN and LOGIN.
//! As strict servers do, it refuses a local part with two dots in a row unless it is quoted.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karamail_core::address::EmailAddress;
use karamail_core::limits::{DEMO_MAIL_BYTES, DEMO_RECIPIENTS};

use super::wire::{Command, Wire};
use super::{PASSWORD, SentMail, Shared, USER};

/// What one client has said so far.
#[derive(Default)]
struct Session {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// One connection, from greeting to QUIT or the other side's going.
pub(super) async fn serve(mut wire: Wire, shared: Arc<Shared>) -> io::Result<()> {
    wire.say("220 karamail.example ESMTP Karamail demo").await?;
    let mut session = Session::default();
    while let Some(Command { verb, argument }) = wire.command().await? {
        let answer = match verb.as_str() {
            "EHLO" => {
                session = Session {
                    greeted: true,
                    ..Session::default()
                };
                format!(
                    "250-karamail.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE {DEMO_MAIL_BYTES}\r\n\
                     250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN"
                )
            }
            "HELO" => {
                session = Session {
                    greeted: true,
                    ..Session::default()
                };
                "250 karamail.example".into()
            }
            "NOOP" => "250 2.0.0 Ok".into(),
            "RSET" => {
                session = Session {
                    greeted: session.greeted,
                    ..Session::default()
                };
                "250 2.0.0 Ok".into()
            }
            "QUIT" => {
                wire.say("221 2.0.0 Bye").await?;
                return wire.flush().await;
            }
            _ if !session.greeted => "503 5.5.1 EHLO comes first".into(),
            "AUTH" => authenticate(&mut wire, &argument).await?.into(),
            "MAIL" => session.mail(&argument).into(),
            "RCPT" => session.recipient(&argument).into(),
            "DATA" => data(&mut wire, &mut session, &shared).await?,
            "VRFY" => "252 2.1.5 Send some mail".into(),
            _ => "502 5.5.1 Not a command".into(),
        };
        wire.say(&answer).await?;
    }
    Ok(())
}

impl Session {
    fn mail(&mut self, argument: &str) -> &'static str {
        if self.from.is_some() {
            return "503 5.5.1 The transaction has a sender";
        }
        let Some((path, parameters)) = split_path(argument, "FROM:") else {
            return "501 5.5.4 MAIL FROM:<address>";
        };
        if !path.is_empty() && !is_strict_address(path) {
            return "501 5.1.7 Bad sender address";
        }
        for parameter in parameters.split_ascii_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_uppercase().as_str() {
                "SIZE" if value.parse().is_ok_and(|size: usize| size <= DEMO_MAIL_BYTES) => {}
                "SIZE" => return "552 5.3.4 Larger than SIZE allows",
                "BODY" | "AUTH" => {}
                _ => return "555 5.5.4 Unknown parameter",
            }
        }
        self.from = Some(path.to_owned());
        "250 2.1.0 Ok"
    }

    fn recipient(&mut self, argument: &str) -> &'static str {
        if self.from.is_none() {
            return "503 5.5.1 MAIL comes first";
        }
        let Some((path, parameters)) = split_path(argument, "TO:") else {
            return "501 5.5.4 RCPT TO:<address>";
        };
        if !is_strict_address(path) {
            return "553 5.1.3 Bad recipient address";
        }
        if !parameters.trim().is_empty() {
            return "555 5.5.4 Unknown parameter";
        }
        if self.to.len() >= DEMO_RECIPIENTS {
            return "452 4.5.3 Too many recipients";
        }
        self.to.push(path.to_owned());
        "250 2.1.5 Ok"
    }
}

/// DATA: takes the mail and answers once it is kept.
async fn data(wire: &mut Wire, session: &mut Session, shared: &Shared) -> io::Result<String> {
    if session.to.is_empty() {
        return Ok("503 5.5.1 RCPT comes first".into());
    }
    wire.say("354 End data with <CR><LF>.<CR><LF>").await?;
    let bytes = content(wire).await?;
    let to = std::mem::take(&mut session.to);
    let from = session.from.take().unwrap_or_default();
    let Some(bytes) = bytes else {
        return Ok("552 5.3.4 Larger than SIZE allows".into());
    };
    Ok(match shared.take(SentMail { from, to, bytes }) {
        true => "250 2.0.0 Ok: kept".into(),
        false => "452 4.3.1 No more room".into(),
    })
}

/// The mail up to the lone dot, without dot-stuffing (RFC 5321 section 4.5.2); `None` where it is too large.
///
/// Only CRLF ends a line here: a lone dot between bare LFs is content, as anything else would let one mail smuggle in
/// another.
async fn content(wire: &mut Wire) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut too_large = false;
    let mut at_line_start = true;
    loop {
        let line = wire.line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if at_line_start && line == b".\r\n" {
            return Ok((!too_large).then_some(bytes));
        }
        let plain = match line.strip_prefix(b".") {
            Some(rest) if at_line_start => rest,
            _ => line.as_slice(),
        };
        at_line_start = line.ends_with(b"\r\n");
        too_large |= bytes.len() + plain.len() > DEMO_MAIL_BYTES;
        if !too_large {
            bytes.extend_from_slice(plain);
        }
    }
}

/// AUTH PLAIN (RFC 4616) and AUTH LOGIN, with or without an initial response.
async fn authenticate(wire: &mut Wire, argument: &str) -> io::Result<&'static str> {
    let (mechanism, initial) = argument.split_once(' ').unwrap_or((argument, ""));
    let initial = (!initial.is_empty()).then(|| initial.to_owned());
    let (user, password) = match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" => {
            let message = answer_to(wire, "", initial).await?;
            let mut parts = message.split('\0').skip(1).map(str::to_owned);
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        }
        "LOGIN" => {
            let user = answer_to(wire, "Username:", initial).await?;
            (user, answer_to(wire, "Password:", None).await?)
        }
        _ => return Ok("504 5.5.4 Unknown mechanism"),
    };
    Ok(match user == USER && password == PASSWORD {
        true => "235 2.7.0 Welcome",
        false => "535 5.7.8 User name or password is wrong",
    })
}

/// The client's answer to a challenge, decoded; anything that is no base64 is a wrong password.
async fn answer_to(wire: &mut Wire, challenge: &str, initial: Option<String>) -> io::Result<String> {
    let answer = match initial {
        Some(initial) => initial.into_bytes(),
        None => {
            wire.say(&format!("334 {}", STANDARD.encode(challenge))).await?;
            wire.line().await?.ok_or(io::ErrorKind::UnexpectedEof)?
        }
    };
    let decoded = STANDARD.decode(answer.trim_ascii()).unwrap_or_default();
    Ok(String::from_utf8(decoded).unwrap_or_default())
}

/// The path between the angle brackets and what follows; a `>` inside quotes belongs to the path.
fn split_path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (head, rest) = argument.split_at_checked(keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let path = rest.trim_start().strip_prefix('<')?;
    let (mut quoted, mut escaped) = (false, false);
    let end = path.find(|character| {
        let literal = std::mem::take(&mut escaped);
        match character {
            _ if literal => {}
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '>' => return !quoted,
            _ => {}
        }
        false
    })?;
    let (path, rest) = path.split_at_checked(end)?;
    Some((path, rest.strip_prefix('>')?))
}

/// RFC 5321 section 4.1.2 by the letter: a local part that needs quotes has them, and all is ASCII (no SMTPUTF8 here).
fn is_strict_address(path: &str) -> bool {
    let quoted = path.starts_with('"');
    path.is_ascii()
        && EmailAddress::parse(path).is_ok_and(|address| quoted || !address.to_envelope().starts_with('"'))
}
