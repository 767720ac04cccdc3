//! The simulated POP3 server: RFC 1939 by default, and whatever its character makes of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::check;
use super::servers::{Cut, Line};
use super::stage::Stage;
use super::weather::Ids;
use super::world::{Left, header_of};

/// One login: the mails as they were when it began.
struct Session<'a> {
    stage: &'a Arc<Stage>,
    mailbox: usize,
    /// World ids of the mails, by message number.
    mails: Vec<usize>,
    uidls: Vec<String>,
    marked: BTreeSet<usize>,
    /// Whether it holds the mailbox's lock.
    is_open: bool,
}

pub(super) async fn serve(stage: &Arc<Stage>, mailbox: usize, mut line: Line) -> Result<(), Cut> {
    let mut session = Session {
        stage,
        mailbox,
        mails: Vec::new(),
        uidls: Vec::new(),
        marked: BTreeSet::new(),
        is_open: false,
    };
    let ended = session.play(&mut line).await;
    if session.is_open {
        session.break_off();
    }
    ended
}

impl Session<'_> {
    async fn play(&mut self, line: &mut Line) -> Result<(), Cut> {
        line.say(b"+OK ready\r\n").await?;
        loop {
            let heard = String::from_utf8_lossy(&line.hear().await?).into_owned();
            let mut words = heard.split(' ');
            let command = words.next().unwrap_or_default().to_ascii_uppercase();
            let number = words.next().and_then(|word| word.parse::<usize>().ok());
            self.stage
                .note(format!("< {}", if command == "PASS" { "PASS" } else { &heard }));
            let refusal = self.stage.weather().pop3_refusal;
            if command != "QUIT" && self.stage.chance(refusal) {
                let words = *self
                    .stage
                    .dice()
                    .one_of(&["-ERR no\r\n", "-ERR [SYS/TEMP] no\r\n"]);
                line.say(words.as_bytes()).await?;
                continue;
            }
            match command.as_str() {
                "QUIT" => return self.quit(line).await,
                "PASS" => self.log_in(line).await?,
                "DELE" if self.is_open => self.delete(line, number).await?,
                _ => line.say(&self.answer(&command, number)).await?,
            }
        }
    }

    async fn log_in(&mut self, line: &mut Line) -> Result<(), Cut> {
        let in_use = self.stage.weather().in_use;
        let is_locked = {
            let world = self.stage.world();
            let mailbox = &world.mailboxes[self.mailbox];
            mailbox.has_session || mailbox.locked_until.is_some_and(|until| Instant::now() < until)
        };
        if is_locked || self.stage.chance(in_use) {
            return line.say(b"-ERR [IN-USE] another session\r\n").await;
        }
        self.open();
        line.say(b"+OK logged in\r\n").await
    }

    fn open(&mut self) {
        self.is_open = true;
        let is_fair = self.stage.weather().is_fair;
        let character = &self.stage.character;
        let mut dice = self.stage.dice();
        let mut world = self.stage.world();
        if character.ids == Ids::Renumbered && dice.in_thousand(250) {
            world.renumber(self.mailbox);
        }
        world.mailboxes[self.mailbox].has_session = true;
        self.mails = world.mailboxes[self.mailbox].mails.clone();
        if !is_fair {
            self.mails.retain(|_| !dice.in_thousand(character.misses_mails));
        }
        for id in &self.mails {
            world.mails[*id].was_listed = true;
        }
        self.uidls = self
            .mails
            .iter()
            .map(|id| world.mails[*id].uidl.clone())
            .collect();
    }

    /// The session ends without QUIT.
    fn break_off(&mut self) {
        let character = &self.stage.character;
        if character.deletes_without_quit {
            self.apply();
        }
        let seconds = self.stage.dice().between(20, 900);
        let mut world = self.stage.world();
        let mailbox = &mut world.mailboxes[self.mailbox];
        mailbox.has_session = false;
        if character.stale_lock {
            mailbox.locked_until = Some(Instant::now() + Duration::from_secs(seconds));
        }
    }

    /// Deletes what is marked.
    fn apply(&mut self) {
        let forgets = match self.stage.weather().is_fair {
            true => 0,
            false => self.stage.character.forgets,
        };
        for number in std::mem::take(&mut self.marked) {
            let id = self.mails[number - 1];
            if self.stage.chance(forgets) {
                self.stage.note(format!("the server forgets to delete mail {id}"));
                continue;
            }
            let mut world = self.stage.world();
            if world.mails[id].left.is_none() {
                world.remove(id, Left::Deleted);
                drop(world);
                self.stage.note(format!("DELETED mail {id}"));
            }
        }
    }

    async fn quit(&mut self, line: &mut Line) -> Result<(), Cut> {
        let lost = self.stage.weather().lost_quit;
        let (is_lost, is_late) = (self.stage.chance(lost), self.stage.chance(500));
        if is_lost && !is_late {
            return Err(Cut);
        }
        let refuses = match self.stage.weather().is_fair {
            true => 0,
            false => self.stage.character.refuses_quit,
        };
        let is_refused = self.is_open && self.stage.chance(refuses);
        if is_refused && let Some(last) = self.marked.pop_last() {
            self.stage
                .note(format!("mail {} cannot be deleted", self.mails[last - 1]));
        }
        self.apply();
        if self.is_open {
            self.is_open = false;
            self.stage.world().mailboxes[self.mailbox].has_session = false;
        }
        if is_lost {
            return Err(Cut);
        }
        line.say(if is_refused {
            b"-ERR some mails were not deleted\r\n"
        } else {
            b"+OK bye\r\n"
        })
        .await
    }

    async fn delete(&mut self, line: &mut Line, number: Option<usize>) -> Result<(), Cut> {
        let listed = number.filter(|number| self.mails.get(number.wrapping_sub(1)).is_some());
        let Some(number) = listed.filter(|number| !self.marked.contains(number)) else {
            return line.say(b"-ERR no such mail\r\n").await;
        };
        check::delete_asked(self.stage, self.mails[number - 1]).await;
        self.marked.insert(number);
        line.say(b"+OK marked\r\n").await
    }

    fn answer(&mut self, command: &str, number: Option<usize>) -> Vec<u8> {
        let character = &self.stage.character;
        match command {
            "USER" | "NOOP" => return b"+OK\r\n".to_vec(),
            "CAPA" if character.has_capa => {
                let top = if character.has_top { "TOP\r\n" } else { "" };
                let uidl = if character.ids == Ids::None {
                    ""
                } else {
                    "UIDL\r\n"
                };
                let pipelining = if character.pipelines { "PIPELINING\r\n" } else { "" };
                return format!("+OK\r\nUSER\r\n{top}{uidl}{pipelining}.\r\n").into_bytes();
            }
            _ if !self.is_open => return b"-ERR log in first\r\n".to_vec(),
            "RSET" => {
                self.marked.clear();
                return b"+OK\r\n".to_vec();
            }
            "STAT" | "LIST" if number.is_none() => return self.sizes(command == "STAT"),
            "UIDL" if number.is_none() && character.ids != Ids::None => return self.ids(),
            _ => {}
        }
        let at = number
            .filter(|number| !self.marked.contains(number))
            .and_then(|number| number.checked_sub(1));
        let Some(id) = at.and_then(|at| self.mails.get(at)).copied() else {
            return b"-ERR what?\r\n".to_vec();
        };
        let world = self.stage.world();
        let mail = &world.mails[id];
        match command {
            "TOP" if character.has_top => whole(&[header_of(&mail.bytes), b"\r\n"].concat(), false),
            // Somebody else deleted it in mid-session.
            "RETR" if mail.left.is_some() => b"-ERR it is gone\r\n".to_vec(),
            "RETR" => whole(&mail.bytes, character.faulty_dots),
            _ => b"-ERR what?\r\n".to_vec(),
        }
    }

    fn sizes(&self, is_stat: bool) -> Vec<u8> {
        let character = &self.stage.character;
        let mut dice = self.stage.dice();
        let world = self.stage.world();
        let mut size = |id: &usize| match character.sizes_lie {
            true => dice.below(10_000),
            false => character.listed_size(&world.mails[*id].bytes),
        };
        if is_stat {
            let sizes: u64 = self.mails.iter().map(&mut size).sum();
            return format!("+OK {} {sizes}\r\n", self.mails.len()).into_bytes();
        }
        let lines: Vec<String> = (1..)
            .zip(&self.mails)
            .map(|(number, id)| format!("{number} {}\r\n", size(id)))
            .collect();
        drop(world);
        drop(dice);
        self.listing(lines)
    }

    fn ids(&self) -> Vec<u8> {
        let mut lines: Vec<String> = (1..)
            .zip(&self.uidls)
            .map(|(number, uidl)| format!("{number} {uidl}\r\n"))
            .collect();
        let misses = match self.stage.weather().is_fair {
            true => 0,
            false => self.stage.character.misses_ids,
        };
        let mut dice = self.stage.dice();
        lines.retain(|_| !dice.in_thousand(misses));
        drop(dice);
        self.listing(lines)
    }

    fn listing(&self, mut lines: Vec<String>) -> Vec<u8> {
        if self.stage.character.shuffles {
            self.stage.dice().shuffle(&mut lines);
        }
        format!("+OK\r\n{}.\r\n", lines.concat()).into_bytes()
    }
}

/// A mail as the second part of an answer, with dots before the lines that begin with one.
fn whole(bytes: &[u8], is_faulty: bool) -> Vec<u8> {
    let mut answer = b"+OK\r\n".to_vec();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        // A lone dot would end the answer; even faulty servers mind that one.
        if line.starts_with(b".") && (!is_faulty || line.trim_ascii_end() == b".") {
            answer.push(b'.');
        }
        answer.extend_from_slice(line);
    }
    if !answer.ends_with(b"\r\n") {
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b".\r\n");
    answer
}
