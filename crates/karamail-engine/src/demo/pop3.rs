//! The demo's POP3 server (RFC 1939, with CAPA of RFC 2449 and the codes of RFC 2449 section 8 and RFC 3206).

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use super::wire::{Command, Wire};
use super::{PASSWORD, Shared, StoredMail, USER};

const CAPABILITIES: &str = "+OK capabilities follow\r\nTOP\r\nUIDL\r\nUSER\r\nPIPELINING\r\nRESP-CODES\r\n\
                            AUTH-RESP-CODE\r\nIMPLEMENTATION Karamail-Demo\r\n.";

/// One connection, from greeting to QUIT or the other side's going.
pub(super) async fn serve(mut wire: Wire, shared: Arc<Shared>) -> io::Result<()> {
    wire.say("+OK Karamail demo POP3 server").await?;
    if let Some(session) = authorization(&mut wire, &shared).await? {
        transaction(&mut wire, session).await?;
    }
    wire.flush().await
}

/// The AUTHORIZATION state: `None` where the client left.
async fn authorization<'a>(wire: &mut Wire, shared: &'a Shared) -> io::Result<Option<Session<'a>>> {
    let mut user = None;
    while let Some(Command { verb, argument }) = wire.command().await? {
        match verb.as_str() {
            "CAPA" => wire.say(CAPABILITIES).await?,
            "QUIT" => {
                wire.say("+OK bye").await?;
                return Ok(None);
            }
            // Any name is taken here, so that nobody learns which names exist (RFC 1939 section 7).
            "USER" if !argument.is_empty() => {
                user = Some(argument);
                wire.say("+OK now PASS").await?;
            }
            "PASS" => match user.take() {
                None => wire.say("-ERR USER comes first").await?,
                Some(name) if name != USER || argument != PASSWORD => {
                    wire.say("-ERR [AUTH] user name or password is wrong").await?;
                }
                Some(_) => match Session::open(shared) {
                    None => wire.say("-ERR [IN-USE] another session has the mailbox").await?,
                    Some(session) => {
                        let (count, size) = session.drop_listing();
                        wire.say(&format!("+OK {count} mails ({size} octets)")).await?;
                        return Ok(Some(session));
                    }
                },
            },
            _ => wire.say("-ERR not a command of this state").await?,
        }
    }
    Ok(None)
}

/// The TRANSACTION state, and UPDATE where the client says QUIT.
async fn transaction(wire: &mut Wire, mut session: Session<'_>) -> io::Result<()> {
    while let Some(Command { verb, argument }) = wire.command().await? {
        match verb.as_str() {
            "CAPA" => wire.say(CAPABILITIES).await?,
            "NOOP" => wire.say("+OK").await?,
            "STAT" => {
                let (count, size) = session.drop_listing();
                wire.say(&format!("+OK {count} {size}")).await?;
            }
            "LIST" => listing(wire, &session, &argument, |mail| mail.bytes.len().to_string()).await?,
            "UIDL" => listing(wire, &session, &argument, |mail| mail.uidl.clone()).await?,
            "RETR" => match session.mail(&argument) {
                None => wire.say("-ERR no such mail").await?,
                Some(mail) => content(wire, &mail.bytes).await?,
            },
            "TOP" => match top(&session, &argument) {
                None => wire.say("-ERR TOP wants a mail and a number of lines").await?,
                Some(part) => content(wire, part).await?,
            },
            "DELE" => match session.delete(&argument) {
                false => wire.say("-ERR no such mail").await?,
                true => wire.say("+OK will go at QUIT").await?,
            },
            "RSET" => {
                session.entries.iter_mut().for_each(|entry| entry.deleted = false);
                wire.say("+OK").await?;
            }
            "QUIT" => {
                session.update();
                return wire.say("+OK bye").await;
            }
            _ => wire.say("-ERR not a command of this state").await?,
        }
    }
    // The client is gone without QUIT: nothing is deleted (RFC 1939 section 6).
    Ok(())
}

/// LIST and UIDL: one line for one mail, or a multi-line reply for all.
async fn listing(
    wire: &mut Wire,
    session: &Session<'_>,
    argument: &str,
    column: impl Fn(&StoredMail) -> String,
) -> io::Result<()> {
    if !argument.is_empty() {
        return match session.mail(argument) {
            None => wire.say("-ERR no such mail").await,
            Some(mail) => {
                wire.say(&format!("+OK {} {}", argument.trim(), column(mail)))
                    .await
            }
        };
    }
    wire.say("+OK").await?;
    for (number, entry) in (1..).zip(&session.entries).filter(|(_, entry)| !entry.deleted) {
        let number: u32 = number;
        wire.say(&format!("{number} {}", column(&entry.mail))).await?;
    }
    wire.say(".").await
}

/// A multi-line reply that holds (part of) a mail, dot-stuffed (RFC 1939 section 3).
async fn content(wire: &mut Wire, bytes: &[u8]) -> io::Result<()> {
    wire.say(&format!("+OK {} octets", bytes.len())).await?;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            wire.write(b".").await?;
        }
        wire.write(line).await?;
    }
    wire.say(".").await
}

/// The header, the empty line and the first lines of the body: `TOP mail lines`.
fn top<'s>(session: &'s Session<'_>, argument: &str) -> Option<&'s [u8]> {
    let (mail, lines) = argument.trim().split_once(' ')?;
    let lines: usize = lines.trim().parse().ok()?;
    let bytes = &session.mail(mail)?.bytes;
    let mut end = 0;
    let mut body_lines = None;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match &mut body_lines {
            Some(count) if *count == lines => break,
            Some(count) => *count += 1,
            None if line == b"\r\n" => body_lines = Some(0),
            None => {}
        }
        end += line.len();
    }
    bytes.get(..end)
}

/// A session in TRANSACTION state: the mails as they were when it began, and the exclusive lock.
struct Session<'a> {
    shared: &'a Shared,
    entries: Vec<Entry>,
}

struct Entry {
    mail: Arc<StoredMail>,
    deleted: bool,
}

impl<'a> Session<'a> {
    fn open(shared: &'a Shared) -> Option<Self> {
        let mut mailbox = shared.mailbox();
        if std::mem::replace(&mut mailbox.locked, true) {
            return None;
        }
        let entry = |mail: &Arc<StoredMail>| Entry {
            mail: mail.clone(),
            deleted: false,
        };
        let entries = mailbox.mails.iter().map(entry).collect();
        drop(mailbox);
        Some(Session { shared, entries })
    }

    /// Count and octets of what is not marked deleted.
    fn drop_listing(&self) -> (usize, usize) {
        let kept = self.entries.iter().filter(|entry| !entry.deleted);
        kept.fold((0, 0), |(count, size), entry| {
            (count + 1, size + entry.mail.bytes.len())
        })
    }

    /// The mail of a number as the client wrote it; `None` for a deleted one too.
    fn mail(&self, number: &str) -> Option<&StoredMail> {
        let entry = self.entries.get(place(number)?)?;
        (!entry.deleted).then_some(&*entry.mail)
    }

    fn delete(&mut self, number: &str) -> bool {
        match place(number).and_then(|place| self.entries.get_mut(place)) {
            Some(entry) if !entry.deleted => {
                entry.deleted = true;
                true
            }
            _ => false,
        }
    }

    /// The UPDATE state: only now do the marked mails go.
    fn update(self) {
        let marked = self.entries.iter().filter(|entry| entry.deleted);
        let uidls: HashSet<&str> = marked.map(|entry| entry.mail.uidl.as_str()).collect();
        if !uidls.is_empty() {
            self.shared.remove(&uidls);
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.shared.mailbox().locked = false;
    }
}

fn place(number: &str) -> Option<usize> {
    number.trim().parse::<usize>().ok()?.checked_sub(1)
}
