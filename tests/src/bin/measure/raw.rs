//! Clients that do the least work possible: the limit that nothing which does real work can beat. They check nothing,
//! keep nothing they are not asked for, and send every command before the first answer.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;

/// What is fetched of each mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// TOP n 0.
    Header,
    /// RETR n.
    Whole,
}

/// Fetches every mail and deletes it. What came of each goes to `each`.
pub(crate) fn fetch(port: u16, part: Part, mut each: impl FnMut(&[u8])) -> io::Result<usize> {
    let mut session = Session::open(port)?;
    let mails = session.login()?;
    let mut writer = session.stream.try_clone()?;
    // A thread of its own: with both in one, the server and we could wait for each other with full buffers.
    let writing = thread::spawn(move || {
        let mut commands = String::new();
        for number in 1..=mails {
            match part {
                Part::Header => commands.push_str(&format!("TOP {number} 0\r\nDELE {number}\r\n")),
                Part::Whole => commands.push_str(&format!("RETR {number}\r\nDELE {number}\r\n")),
            }
            if commands.len() > 32 * 1024 {
                writer.write_all(commands.as_bytes())?;
                commands.clear();
            }
        }
        commands.push_str("QUIT\r\n");
        writer.write_all(commands.as_bytes())
    });
    for _ in 0..mails {
        session.answer()?;
        let text = session.text()?;
        each(text);
        session.answer()?;
    }
    session.answer()?;
    writing
        .join()
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))?;
    Ok(mails)
}

struct Session {
    stream: TcpStream,
    buffer: Vec<u8>,
    begin: usize,
}

impl Session {
    fn open(port: u16) -> io::Result<Session> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        Ok(Session {
            stream,
            buffer: Vec::with_capacity(512 * 1024),
            begin: 0,
        })
    }

    /// Logs in; how many mails there are.
    fn login(&mut self) -> io::Result<usize> {
        self.answer()?;
        let (user, password) = crate::rounds::LOGIN;
        self.stream.write_all(format!("USER {user}\r\n").as_bytes())?;
        self.answer()?;
        self.stream.write_all(format!("PASS {password}\r\n").as_bytes())?;
        self.answer()?;
        self.stream.write_all(b"STAT\r\n")?;
        let answer = self.answer()?;
        let mails = answer.split(|byte| *byte == b' ').nth(1);
        let mails = mails.and_then(|mails| std::str::from_utf8(mails).ok()?.parse().ok());
        mails.ok_or_else(|| io::Error::other("no answer to STAT"))
    }

    /// One line of an answer, which must be +OK.
    fn answer(&mut self) -> io::Result<&[u8]> {
        let end = self.find(b"\n")?;
        let line = self.take(end);
        if line.starts_with(b"+OK") {
            Ok(line)
        } else {
            Err(io::Error::other(String::from_utf8_lossy(line).into_owned()))
        }
    }

    /// The lines up to the lone dot.
    fn text(&mut self) -> io::Result<&[u8]> {
        let end = self.find(b"\r\n.\r\n")?;
        Ok(self.take(end))
    }

    fn take(&mut self, end: usize) -> &[u8] {
        let begin = std::mem::replace(&mut self.begin, end);
        self.buffer.get(begin..end).unwrap_or_default()
    }

    /// Where the first `end` ends, counted from the buffer's start; reads until it is there.
    fn find(&mut self, end: &[u8]) -> io::Result<usize> {
        let mut from = self.begin;
        loop {
            let unread = self.buffer.get(from..).unwrap_or_default();
            if let Some(at) = memchr::memmem::find(unread, end) {
                return Ok(from + at + end.len());
            }
            from = self.buffer.len().saturating_sub(end.len() - 1).max(self.begin);
            if self.begin > 256 * 1024 || self.begin == self.buffer.len() {
                self.buffer.drain(..self.begin);
                from -= self.begin;
                self.begin = 0;
            }
            let length = self.buffer.len();
            self.buffer.resize(length + 64 * 1024, 0);
            let room = self.buffer.get_mut(length..).unwrap_or_default();
            let read = self.stream.read(room)?;
            self.buffer.truncate(length + read);
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Sends a letter to each of these people over one connection: the content of one and the envelope of the next are one
/// write (RFC 2920 asks for an answer to DATA before the content, and no more).
pub(crate) fn send(port: u16, people: &[String]) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    reply(&mut reader, b'2')?;
    stream.write_all(b"EHLO limit.example\r\n")?;
    reply(&mut reader, b'2')?;
    let mut out = String::new();
    for (index, person) in people.iter().enumerate() {
        out.push_str(&format!(
            "MAIL FROM:<touroku@shop.example>\r\nRCPT TO:<{person}>\r\nDATA\r\n"
        ));
        stream.write_all(out.as_bytes())?;
        // The letter before, then MAIL, RCPT and DATA.
        if index > 0 {
            reply(&mut reader, b'2')?;
        }
        reply(&mut reader, b'2')?;
        reply(&mut reader, b'2')?;
        reply(&mut reader, b'3')?;
        out.clear();
        let number = index + 1;
        out.push_str(&format!(
            "From: touroku@shop.example\r\nTo: {person}\r\nSubject: No. {number}\r\nDate: Wed, 01 Apr 2026 09:00:00 +0900\r\n\
             Message-ID: <{number}.limit@shop.example>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nYour number is {number}.\r\n.\r\n"
        ));
    }
    out.push_str("QUIT\r\n");
    stream.write_all(out.as_bytes())?;
    if !people.is_empty() {
        reply(&mut reader, b'2')?;
    }
    reply(&mut reader, b'2')
}

fn reply(reader: &mut BufReader<TcpStream>, class: u8) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.first() != Some(&class) {
            return Err(io::Error::other(String::from_utf8_lossy(&line).into_owned()));
        }
        if line.get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
