//! Fetching mails: headers alone, or one mail whole.

use std::mem;

use karamail_core::limits::{POP3_READ_BUFFER_BYTES, POP3_START_BYTES};
use karamail_core::pop3::{
    Command, Event, Fault, HeaderBlock, ListedMail, MailFault, Pop3Error, Problem, Step, quoted,
};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::Pop3Connection;

/// What came of fetching a mail whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retrieved {
    /// All of it was written.
    Whole {
        /// Its bytes, without dot-stuffing.
        bytes: u64,
    },
    /// It is larger than the limit: that much of it was written, the rest was read and dropped.
    OverLimit {
        /// Its bytes, without dot-stuffing.
        bytes: u64,
    },
    /// The server does not hand it out.
    Refused(MailFault),
}

impl Pop3Connection {
    /// Fetches the header blocks of `mails`, in that order where the server allows, and calls `each` with every one: the
    /// bytes up to and with the empty line, line ends as sent.
    ///
    /// TOP is used where it works; otherwise RETR, of which all behind the header is read and dropped. A refusal of one
    /// mail by both is that mail's [`MailFault`] and the session goes on; headers over the limit come as
    /// [`MailFault::HeaderCut`].
    pub async fn fetch_headers(
        &mut self,
        mails: &[ListedMail],
        mut each: impl FnMut(u32, Result<Vec<u8>, MailFault>),
    ) -> Result<(), Pop3Error> {
        let mut numbers = mails.iter().map(|mail| mail.number);
        // Where TOP is not listed, mails go one by one until it is known: a server may hang up on many bad commands.
        while self.top_works.is_none() && !self.capabilities().top {
            let Some(number) = numbers.next() else {
                return Ok(());
            };
            if self
                .headers_by(Command::Top, [number].into_iter(), &mut each)
                .await?
                .is_empty()
            {
                self.top_works = Some(true);
            } else if self.headers_by_retr(&[number], &mut each).await? {
                self.top_works = Some(false);
            }
        }
        if self.top_works == Some(false) {
            let numbers: Vec<u32> = numbers.collect();
            return self.headers_by_retr(&numbers, &mut each).await.map(drop);
        }
        let mut some_came = false;
        let note = |number, header: Result<Vec<u8>, MailFault>| {
            some_came = true;
            each(number, header);
        };
        let refused = self.headers_by(Command::Top, numbers, note).await?;
        if some_came {
            self.top_works = Some(true);
        }
        // Listed and refused for every mail, or for these alone: RETR may hand them out all the same.
        let numbers: Vec<u32> = refused.into_iter().map(|(number, _)| number).collect();
        if self.headers_by_retr(&numbers, &mut each).await? && self.top_works != Some(true) {
            self.top_works = Some(false);
        }
        Ok(())
    }

    /// Fetches the start of mails, header and first lines of the body, at most
    /// [`karamail_core::limits::POP3_START_BYTES`] of each, and calls `each` with every one; with nothing where the
    /// server does not hand it out.
    pub async fn fetch_starts(
        &mut self,
        numbers: &[u32],
        mut each: impl FnMut(u32, Vec<u8>),
    ) -> Result<(), Pop3Error> {
        let mut left = Vec::new();
        if self.top_works == Some(false) {
            left.extend_from_slice(numbers);
        } else {
            let mut commands = numbers.iter().copied().map(Command::Start);
            let mut start = Vec::new();
            self.run(
                || commands.next(),
                |event| match event {
                    Event::Body(_, bytes) => {
                        let room = POP3_START_BYTES.saturating_sub(start.len());
                        start.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                    }
                    Event::Complete(Command::Start(number)) => each(number, mem::take(&mut start)),
                    Event::Refused(Command::Start(number), _) => left.push(number),
                    _ => {}
                },
            )
            .await?;
        }
        for number in left {
            let mut start = Vec::new();
            self.retrieve(number, &mut start, POP3_START_BYTES as u64).await?;
            each(number, start);
        }
        Ok(())
    }

    /// As [`Pop3Connection::fetch_headers`] with RETR; whether any mail was handed out.
    async fn headers_by_retr(
        &mut self,
        numbers: &[u32],
        mut each: impl FnMut(u32, Result<Vec<u8>, MailFault>),
    ) -> Result<bool, Pop3Error> {
        let refused = self
            .headers_by(Command::Retr, numbers.iter().copied(), &mut each)
            .await?;
        let some_came = refused.len() < numbers.len();
        refused
            .into_iter()
            .for_each(|(number, fault)| each(number, Err(fault)));
        Ok(some_came)
    }

    /// Returns the mails that were refused; `each` sees the others.
    async fn headers_by(
        &mut self,
        command: fn(u32) -> Command,
        numbers: impl Iterator<Item = u32>,
        mut each: impl FnMut(u32, Result<Vec<u8>, MailFault>),
    ) -> Result<Vec<(u32, MailFault)>, Pop3Error> {
        let mut commands = numbers.map(command);
        let mut block = HeaderBlock::new();
        let mut refused = Vec::new();
        self.run(
            || commands.next(),
            |event| match event {
                Event::Body(_, bytes) => block.push(bytes),
                Event::Complete(Command::Top(number) | Command::Retr(number)) => {
                    each(
                        number,
                        match mem::take(&mut block).finish() {
                            (bytes, false) => Ok(bytes),
                            (bytes, true) => Err(MailFault::HeaderCut { bytes }),
                        },
                    );
                }
                Event::Refused(command @ (Command::Top(number) | Command::Retr(number)), text) => {
                    refused.push((number, refusal(command, text)));
                }
                _ => {}
            },
        )
        .await?;
        Ok(refused)
    }

    /// Fetches one mail whole into `into`: dot-stuffing taken off, line ends as sent, at most `limit` bytes. Holds no
    /// more of it in memory than one read brings.
    ///
    /// # Errors
    /// Besides the session's own, [`Problem::CannotKeep`] where `into` fails; the session is over then, too.
    pub async fn retrieve(
        &mut self,
        number: u32,
        into: &mut (impl AsyncWrite + Unpin),
        limit: u64,
    ) -> Result<Retrieved, Pop3Error> {
        self.must_be_idle()?;
        self.session.send(Command::Retr(number));
        let mut bytes: u64 = 0;
        let mut refused = None;
        // What one read brought is written at once: a mail full of dots comes in very small pieces.
        let mut kept = Vec::with_capacity(POP3_READ_BUFFER_BYTES);
        while self.session.on_the_way() > 0 {
            self.exchange().await?;
            self.take_events(&mut |event| match event {
                Event::Body(_, part) => {
                    let room = usize::try_from(limit.saturating_sub(bytes)).unwrap_or(usize::MAX);
                    bytes = bytes.saturating_add(part.len() as u64);
                    kept.extend_from_slice(part.get(..room).unwrap_or(part));
                }
                Event::Refused(command, text) => refused = Some(refusal(command, text)),
                _ => {}
            })?;
            if let Err(error) = into.write_all(&kept).await {
                return Err(self.cannot_keep(&error));
            }
            kept.clear();
        }
        if let Err(error) = into.flush().await {
            return Err(self.cannot_keep(&error));
        }
        Ok(match refused {
            Some(fault) => Retrieved::Refused(fault),
            None if bytes > limit => Retrieved::OverLimit { bytes },
            None => Retrieved::Whole { bytes },
        })
    }

    fn cannot_keep(&mut self, error: &std::io::Error) -> Pop3Error {
        self.fail(Fault::new(Step::Retr, Problem::CannotKeep(error.to_string())))
    }
}

pub(super) fn refusal(command: Command, text: &[u8]) -> MailFault {
    MailFault::Refused {
        step: command.step(),
        said: quoted(text),
    }
}
