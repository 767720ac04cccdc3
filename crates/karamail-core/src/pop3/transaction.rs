//! The transaction state: commands out, events of their replies in (RFC 1939 section 5).

use std::collections::VecDeque;
use std::io::Write as _;

use super::capabilities::Capabilities;
use super::fault::{Fault, Problem, Step};
use super::listing::number_in;
use super::reply::{Reader, Shape, StatusKind, Token};
use crate::limits::POP3_START_LINES;

/// A command of the transaction state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// How many mails, how many bytes.
    Stat,
    /// The numbers and sizes of all mails.
    List,
    /// The unique ids of all mails.
    Uidl,
    /// The header of this mail.
    Top(u32),
    /// The header of this mail and the first lines of its body ([`POP3_START_LINES`]).
    Start(u32),
    /// This mail whole.
    Retr(u32),
    /// Marks this mail as deleted; it counts once QUIT is answered with +OK.
    Dele(u32),
    /// Takes all such marks back.
    Rset,
    /// Nothing.
    Noop,
    /// Deletes what is marked and ends the session.
    Quit,
}

impl Command {
    /// The step this command is.
    pub fn step(self) -> Step {
        match self {
            Command::Stat => Step::Stat,
            Command::List => Step::List,
            Command::Uidl => Step::Uidl,
            Command::Top(_) | Command::Start(_) => Step::Top,
            Command::Retr(_) => Step::Retr,
            Command::Dele(_) => Step::Dele,
            Command::Rset => Step::Rset,
            Command::Noop => Step::Noop,
            Command::Quit => Step::Quit,
        }
    }

    fn shape(self) -> Shape {
        match self {
            Command::List | Command::Uidl => Shape::Lines,
            Command::Top(_) | Command::Start(_) | Command::Retr(_) => Shape::Body,
            Command::Stat | Command::Dele(_) | Command::Rset | Command::Noop | Command::Quit => Shape::Single,
        }
    }
}

/// What the server answered, always to the oldest command on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// +OK. For LIST, UIDL, TOP and RETR what was asked for follows, up to [`Event::Complete`].
    Accepted(Command, &'a [u8]),
    /// -ERR; this command is over.
    Refused(Command, &'a [u8]),
    /// A line of LIST or UIDL.
    Line(Command, &'a [u8]),
    /// Some bytes of the mail, dot-stuffing taken off, line ends as sent.
    Body(Command, &'a [u8]),
    /// All of the list or mail has come; this command is over.
    Complete(Command),
}

/// The answer to STAT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// How many mails there are, as the server says.
    pub mails: u64,
    /// Their bytes in all, as the server says.
    pub bytes: u64,
}

impl Stat {
    /// Reads the text behind the +OK of STAT; what is missing or no number is 0.
    pub fn parse(text: &[u8]) -> Self {
        let mut numbers = text
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .map(|word| number_in(word).unwrap_or(0));
        Stat {
            mails: numbers.next().unwrap_or(0),
            bytes: numbers.next().unwrap_or(0),
        }
    }
}

/// A session that is logged in.
pub struct Transaction {
    reader: Reader,
    capabilities: Capabilities,
    on_the_way: VecDeque<Command>,
    output: Vec<u8>,
}

impl Transaction {
    pub(super) fn new(reader: Reader, capabilities: Capabilities) -> Self {
        Transaction {
            reader,
            capabilities,
            on_the_way: VecDeque::new(),
            output: Vec::new(),
        }
    }

    /// What the server can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Puts a command behind those on the way. Without PIPELINING the caller waits until none is.
    pub fn send(&mut self, command: Command) {
        // Writing to a Vec cannot fail.
        let _ = match command {
            Command::Stat => self.output.write_all(b"STAT\r\n"),
            Command::List => self.output.write_all(b"LIST\r\n"),
            Command::Uidl => self.output.write_all(b"UIDL\r\n"),
            Command::Top(number) => write!(self.output, "TOP {number} 0\r\n"),
            Command::Start(number) => write!(self.output, "TOP {number} {POP3_START_LINES}\r\n"),
            Command::Retr(number) => write!(self.output, "RETR {number}\r\n"),
            Command::Dele(number) => write!(self.output, "DELE {number}\r\n"),
            Command::Rset => self.output.write_all(b"RSET\r\n"),
            Command::Noop => self.output.write_all(b"NOOP\r\n"),
            Command::Quit => self.output.write_all(b"QUIT\r\n"),
        };
        self.on_the_way.push_back(command);
    }

    /// How many commands have no (complete) answer yet.
    pub fn on_the_way(&self) -> usize {
        self.on_the_way.len()
    }

    /// The bytes to send; the caller drains them.
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// The step that is under way: that of the oldest command without an answer.
    pub fn step(&self) -> Step {
        self.on_the_way
            .front()
            .map_or(Step::Noop, |command| command.step())
    }

    /// Takes the next event off `input`; returns how many bytes of it are used up. Without an event all of them are.
    pub fn advance<'a>(&'a mut self, input: &'a [u8]) -> Result<(usize, Option<Event<'a>>), Fault> {
        let command = self.on_the_way.front().copied();
        let step = command.map_or(Step::Noop, Command::step);
        let shape = command.map_or(Shape::Single, Command::shape);
        let mut rest = input;
        let token = self.reader.next(&mut rest, shape);
        let used = input.len() - rest.len();
        let Some(token) = token else {
            return Ok((used, None));
        };
        let Some(command) = command else {
            // Nobody asked. Some servers say farewell to idle clients so.
            return Err(match token {
                Token::Status(StatusKind::Err, text) => super::refusal::refused(step, text),
                Token::Status(_, text) => Fault::new(step, Problem::Garbage).said(text),
                _ => Fault::new(step, Problem::Garbage),
            });
        };
        let event = match token {
            Token::Status(StatusKind::Ok, text) => {
                if shape == Shape::Single {
                    self.on_the_way.pop_front();
                }
                Event::Accepted(command, text)
            }
            Token::Status(StatusKind::Err, text) => {
                self.on_the_way.pop_front();
                Event::Refused(command, text)
            }
            Token::Status(StatusKind::Continue | StatusKind::Other, text) => {
                return Err(Fault::new(step, Problem::Garbage).said(text));
            }
            Token::Line(line) => Event::Line(command, line),
            Token::Body(bytes) => Event::Body(command, bytes),
            Token::End => {
                self.on_the_way.pop_front();
                Event::Complete(command)
            }
        };
        Ok((used, Some(event)))
    }

    /// The fault when nothing more comes: `problem` is [`Problem::Dropped`] or [`Problem::Hung`].
    pub fn interrupted(&self, problem: Problem) -> Fault {
        Fault::new(self.step(), problem).said(self.reader.partial())
    }

    /// The fault for a refusal that ends what was to be done.
    pub fn refused(command: Command, text: &[u8]) -> Fault {
        super::refusal::refused(command.step(), text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(
        commands: &[Command],
        input: &[u8],
        cuts: impl IntoIterator<Item = usize>,
    ) -> (Vec<String>, Option<Fault>) {
        let mut session = Transaction::new(Reader::new(), Capabilities::default());
        commands.iter().for_each(|command| session.send(*command));
        let mut seen: Vec<String> = Vec::new();
        let mut body = Vec::new();
        let mut rest = input;
        let mut cuts = cuts.into_iter();
        while !rest.is_empty() {
            let (mut piece, behind) = rest.split_at(cuts.next().unwrap_or(1).clamp(1, rest.len()));
            rest = behind;
            while !piece.is_empty() {
                let used = match session.advance(piece) {
                    Err(fault) => return (seen, Some(fault)),
                    Ok((used, None)) => {
                        assert_eq!(used, piece.len());
                        used
                    }
                    Ok((used, Some(Event::Body(_, bytes)))) => {
                        body.extend_from_slice(bytes);
                        used
                    }
                    Ok((used, Some(event))) => {
                        if !body.is_empty() {
                            seen.push(format!("{}", std::mem::take(&mut body).escape_ascii()));
                        }
                        seen.push(match event {
                            Event::Accepted(command, text) => {
                                format!("{command:?} ok {}", text.escape_ascii())
                            }
                            Event::Refused(command, text) => {
                                format!("{command:?} no {}", text.escape_ascii())
                            }
                            Event::Line(command, line) => format!("{command:?} line {}", line.escape_ascii()),
                            Event::Complete(command) => format!("{command:?} complete"),
                            Event::Body(..) => unreachable!("seen above"),
                        });
                        used
                    }
                };
                piece = piece.get(used..).unwrap();
            }
        }
        (seen, None)
    }

    const COMMANDS: [Command; 7] = [
        Command::Uidl,
        Command::Top(1),
        Command::Top(2),
        Command::Top(3),
        Command::Retr(1),
        Command::Dele(1),
        Command::Quit,
    ];
    const REPLIES: &[u8] =
        b"+OK\r\n1 a\r\n2 b\r\n.\r\n+OK 10\r\nSubject:\r\n\r\n.\r\n-ERR gone\r\n+OK\r\n..x\r\n.\r\n\
        +OK\r\nSubject:\r\n\r\nhi\r\n.\r\n+OK deleted\r\n+OK bye\r\n";

    #[test]
    fn pipelined_replies_go_to_their_commands_and_one_refusal_hurts_no_other() {
        let (seen, fault) = events(&COMMANDS, REPLIES, [REPLIES.len()]);
        assert_eq!(fault, None);
        assert_eq!(
            seen,
            [
                "Uidl ok ",
                "Uidl line 1 a",
                "Uidl line 2 b",
                "Uidl complete",
                "Top(1) ok 10",
                r"Subject:\r\n\r\n",
                "Top(1) complete",
                "Top(2) no gone",
                "Top(3) ok ",
                r".x\r\n",
                "Top(3) complete",
                "Retr(1) ok ",
                r"Subject:\r\n\r\nhi\r\n",
                "Retr(1) complete",
                "Dele(1) ok deleted",
                "Quit ok bye",
            ]
        );
    }

    #[test]
    fn commands_are_written_as_in_rfc_1939() {
        let mut session = Transaction::new(Reader::new(), Capabilities::default());
        let all = [Command::Stat, Command::List, Command::Rset, Command::Noop];
        COMMANDS
            .iter()
            .chain(&all)
            .for_each(|command| session.send(*command));
        assert_eq!(
            session.output().as_slice(),
            b"UIDL\r\nTOP 1 0\r\nTOP 2 0\r\nTOP 3 0\r\nRETR 1\r\nDELE 1\r\nQUIT\r\nSTAT\r\nLIST\r\nRSET\r\nNOOP\r\n"
        );
        assert_eq!((session.on_the_way(), session.step()), (11, Step::Uidl));
    }

    #[test]
    fn a_stat_that_lies_or_babbles_is_read_as_far_as_it_goes() {
        let check =
            |text: &str, mails, bytes| assert_eq!(Stat::parse(text.as_bytes()), Stat { mails, bytes });
        check("2 320", 2, 320);
        check(" 2  320 octets", 2, 320);
        check("two 320", 0, 320);
        check("", 0, 0);
        check("99999999999999999999999999 -1", 0, 0);
    }

    #[test]
    fn what_nobody_asked_for_ends_the_session() {
        let fault = events(&[], b"-ERR idle for too long\r\n", [99]).1.unwrap();
        assert_eq!(
            (fault.problem, fault.said.as_deref()),
            (Problem::Refused, Some("idle for too long"))
        );
        assert_eq!(events(&[], b"+OK\r\n", [99]).1.unwrap().problem, Problem::Garbage);
        assert_eq!(
            events(&[Command::Noop], b"220 smtp\r\n", [99]).1.unwrap().problem,
            Problem::Garbage
        );
        assert_eq!(
            events(&[Command::Noop], b"+ go on\r\n", [99]).1.unwrap().problem,
            Problem::Garbage
        );
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_events(cuts in prop::collection::vec(1..40usize, 0..100)) {
            let whole = events(&COMMANDS, REPLIES, [REPLIES.len()]);
            prop_assert_eq!(events(&COMMANDS, REPLIES, cuts), whole);
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = events(&COMMANDS, &bytes, [bytes.len().max(1)]);
            let _ = events(&COMMANDS, &bytes, []);
        }

        #[test]
        fn mutated_replies_never_panic_and_split_alike(
            position in 0..REPLIES.len(),
            byte in any::<u8>().prop_filter("a binary first byte ends the wait early", |b| !b.is_ascii_control()),
        ) {
            let mut bytes = REPLIES.to_vec();
            bytes[position] = byte;
            prop_assert_eq!(events(&COMMANDS, &bytes, []), events(&COMMANDS, &bytes, [bytes.len()]));
        }
    }
}
