//! The driver of a POP3 session: sockets, TLS and time limits around [`karamail_core::pop3`].
//!
//! [`Pop3Connection::open`] connects and logs in; [`Pop3Connection::quit`] ends the session. Between them the mailbox is
//! locked for others, so a session is kept short. A connection that is dropped without QUIT deletes nothing.
//!
//! Invariant: commands are written and replies are read at the same time, so neither side can wait for the other to
//! empty a socket buffer.
//! Invariant: after an error the session is over: every later call fails with [`Problem::SessionOver`].

mod connect;
mod fetch;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;
use std::time::Duration;

pub use fetch::Retrieved;
pub use karamail_core::pop3::{
    Capabilities, Expire, Fault, ListedMail, Listing, MailFault, Mechanism, Pop3Error, Problem, Retry, Stat,
    Step, Uidl,
};
use karamail_core::pop3::{Command, Event, ListingReader, Transaction};

use karamail_core::limits::{POP3_DRAIN_BYTES, POP3_LISTING_MAILS, POP3_PIPELINE_COMMANDS};
use wire::Wire;

use crate::config::Pop3Settings;
use crate::milestone::{Watch, nobody};
use crate::secrets::Password;

/// A POP3 session in the transaction state.
pub struct Pop3Connection {
    host: String,
    port: u16,
    session: Transaction,
    wire: Wire,
    /// An error ended the session.
    is_over: bool,
    /// Whether TOP works, once that is known: some servers list it wrongly, some have it unlisted.
    top_works: Option<bool>,
    /// Bytes of the reply under way.
    reply_bytes: u64,
}

impl fmt::Debug for Pop3Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pop3Connection")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

impl Pop3Connection {
    /// Connects, encrypts as set, and logs in.
    ///
    /// # Errors
    /// Whatever keeps the session from the transaction state; nothing is ever sent in clear that the settings want
    /// encrypted.
    pub async fn open(settings: &Pop3Settings, password: &Password) -> Result<Self, Pop3Error> {
        Self::open_watched(settings, password, &nobody).await
    }

    /// The same, telling of each milestone on the way.
    ///
    /// # Errors
    /// As [`Pop3Connection::open`].
    pub async fn open_watched(
        settings: &Pop3Settings,
        password: &Password,
        watch: &Watch<'_>,
    ) -> Result<Self, Pop3Error> {
        match connect::open(settings, password, watch).await {
            Ok((wire, session)) => Ok(Self::new(settings, wire, session)),
            Err(fault) => {
                tracing::debug!(host = settings.host, port = settings.port, %fault, "POP3 login failed");
                Err(Pop3Error {
                    host: settings.host.clone(),
                    port: settings.port,
                    fault,
                })
            }
        }
    }

    fn new(settings: &Pop3Settings, wire: Wire, session: Transaction) -> Self {
        Pop3Connection {
            host: settings.host.clone(),
            port: settings.port,
            session,
            wire,
            is_over: false,
            top_works: None,
            reply_bytes: 0,
        }
    }

    /// What the server can do, as it said last.
    pub fn capabilities(&self) -> &Capabilities {
        self.session.capabilities()
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.wire.is_encrypted()
    }

    /// What is left of the session's time limit. Work that would not fit is better left to the next session: what is
    /// deleted counts only after QUIT.
    pub fn time_left(&self) -> Duration {
        self.wire.time_left()
    }

    /// How many mails and bytes the server says it has.
    pub async fn stat(&mut self) -> Result<Stat, Pop3Error> {
        let text = self.simple(Command::Stat).await?;
        Ok(Stat::parse(&text))
    }

    /// All mails, from LIST and UIDL. Whether CAPA lists UIDL does not matter: it is tried.
    pub async fn listing(&mut self) -> Result<Listing, Pop3Error> {
        let mut commands = [Command::Uidl, Command::List].into_iter();
        let mut reader = ListingReader::new();
        let mut refusals = Vec::new();
        self.run(
            || commands.next(),
            |event| match event {
                Event::Line(Command::Uidl, line) => reader.uidl_line(line),
                Event::Line(_, line) => reader.list_line(line),
                Event::Refused(command, text) => {
                    refusals.push((command, Transaction::refused(command, text)));
                }
                _ => {}
            },
        )
        .await?;
        match (refusals.pop(), refusals.is_empty()) {
            // What UIDL leaves out at its end shows in no gap.
            (Some((Command::List, _)), true) => {
                let count = self.count().await?;
                let listing = Listing::new(reader.finish(), count);
                let is_whole = listing.is_whole && count.is_some();
                Ok(Listing { is_whole, ..listing })
            }
            (Some((_, refusal)), false) => self.numbers_alone(refusal).await,
            _ => Ok(Listing::new(reader.finish(), None)),
        }
    }

    /// LIST and UIDL are both refused: numbers are all there is. Some servers answer so for an empty mailbox.
    async fn numbers_alone(&mut self, refusal: Fault) -> Result<Listing, Pop3Error> {
        if refusal.problem != Problem::Refused {
            return Err(self.fail(refusal));
        }
        let count = self.stat().await?.mails;
        let most = u32::try_from(count.min(POP3_LISTING_MAILS as u64)).unwrap_or(u32::MAX);
        let mail = |number| ListedMail {
            number,
            uidl: None,
            size: None,
        };
        Ok(Listing::new((1..=most).map(mail).collect(), None))
    }

    /// How many mails there are, where the server says so.
    async fn count(&mut self) -> Result<Option<usize>, Pop3Error> {
        let mut next = Some(Command::Stat);
        let mut count = None;
        self.run(
            || next.take(),
            |event| {
                if let Event::Accepted(_, text) = event {
                    count = usize::try_from(Stat::parse(text).mails).ok();
                }
            },
        )
        .await?;
        Ok(count)
    }

    /// Marks mails as deleted. For each: whether the server marked it, or why not; that counts only once
    /// [`Pop3Connection::quit`] succeeds.
    pub async fn delete(&mut self, numbers: &[u32]) -> Result<Vec<(u32, Result<(), MailFault>)>, Pop3Error> {
        let mut commands = numbers.iter().copied().map(Command::Dele);
        let mut marked = Vec::with_capacity(numbers.len());
        self.run(
            || commands.next(),
            |event| match event {
                Event::Accepted(Command::Dele(number), _) => marked.push((number, Ok(()))),
                Event::Refused(command @ Command::Dele(number), text) => {
                    marked.push((number, Err(fetch::refusal(command, text))));
                }
                _ => {}
            },
        )
        .await?;
        Ok(marked)
    }

    /// Takes all marks for deletion back.
    pub async fn reset(&mut self) -> Result<(), Pop3Error> {
        self.simple(Command::Rset).await.map(drop)
    }

    /// Keeps the session alive.
    pub async fn noop(&mut self) -> Result<(), Pop3Error> {
        self.simple(Command::Noop).await.map(drop)
    }

    /// Ends the session. Only `Ok` means that what was marked is deleted: the server answered +OK.
    pub async fn quit(mut self) -> Result<(), Pop3Error> {
        self.simple(Command::Quit).await?;
        self.wire.close().await;
        Ok(())
    }

    /// One command with a one-line reply; a refusal ends the session.
    async fn simple(&mut self, command: Command) -> Result<Vec<u8>, Pop3Error> {
        let mut next = Some(command);
        let mut answer = Ok(Vec::new());
        self.run(
            || next.take(),
            |event| match event {
                Event::Accepted(_, text) => answer = Ok(text.to_vec()),
                Event::Refused(command, text) => answer = Err(Transaction::refused(command, text)),
                _ => {}
            },
        )
        .await?;
        answer.map_err(|fault| self.fail(fault))
    }

    /// Sends commands as fast as the server allows and hands out the events, until every reply is complete.
    async fn run(
        &mut self,
        mut next: impl FnMut() -> Option<Command>,
        mut handle: impl FnMut(Event<'_>),
    ) -> Result<(), Pop3Error> {
        self.must_be_idle()?;
        let window = self.window();
        loop {
            // The window is filled again when it is half empty, so that many commands share one write.
            if self.session.on_the_way() <= window / 2 {
                while self.session.on_the_way() < window
                    && let Some(command) = next()
                {
                    self.session.send(command);
                }
            }
            if self.session.on_the_way() == 0 {
                return Ok(());
            }
            self.exchange().await?;
            self.take_events(&mut handle)?;
        }
    }

    fn take_events(&mut self, handle: &mut impl FnMut(Event<'_>)) -> Result<(), Pop3Error> {
        while !self.wire.unread().is_empty() {
            let used = match self.session.advance(self.wire.unread()) {
                Ok((used, event)) => {
                    if let Some(event) = event {
                        self.reply_bytes = match event {
                            Event::Line(..) | Event::Body(..) => self.reply_bytes.saturating_add(used as u64),
                            _ => 0,
                        };
                        handle(event);
                    }
                    used
                }
                Err(fault) => return Err(self.fail(fault)),
            };
            self.wire.used(used);
            self.must_not_be_endless()?;
        }
        Ok(())
    }

    fn must_not_be_endless(&mut self) -> Result<(), Pop3Error> {
        if self.reply_bytes > POP3_DRAIN_BYTES {
            let fault = Fault::new(self.session.step(), Problem::Endless);
            return Err(self.fail(fault));
        }
        Ok(())
    }

    fn window(&self) -> usize {
        if self.capabilities().pipelining {
            POP3_PIPELINE_COMMANDS
        } else {
            1
        }
    }

    /// Writes what there is to write and reads what comes.
    async fn exchange(&mut self) -> Result<(), Pop3Error> {
        match self.wire.exchange(self.session.output()).await {
            Ok(()) => Ok(()),
            Err(problem) => {
                let fault = self.session.interrupted(problem);
                Err(self.fail(fault))
            }
        }
    }

    /// A call that was cancelled in the middle leaves replies behind that would answer other questions, and what came
    /// unasked would, too.
    fn must_be_idle(&mut self) -> Result<(), Pop3Error> {
        if self.is_over || self.session.on_the_way() > 0 {
            let fault = Fault::new(self.session.step(), Problem::SessionOver);
            return Err(self.fail(fault));
        }
        self.take_events(&mut |_| {})
    }

    fn fail(&mut self, fault: Fault) -> Pop3Error {
        self.is_over = true;
        tracing::debug!(host = self.host, port = self.port, %fault, "POP3 session failed");
        Pop3Error {
            host: self.host.clone(),
            port: self.port,
            fault,
        }
    }
}
