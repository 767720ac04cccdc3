//! What may go wrong in a play: the weather of a round, and the character that its servers keep.

use super::random::Random;

/// What goes wrong now; chances in a thousand.
#[derive(Clone, Debug, Default)]
pub(super) struct Weather {
    /// A connection is refused.
    pub(super) refused: u64,
    /// A connection never comes about.
    pub(super) unreached: u64,
    /// A connection is cut, behind at most so many bytes.
    pub(super) cut: u64,
    pub(super) cut_within: u64,
    /// An answer is late, sometimes too late.
    pub(super) stall: u64,
    /// An answer comes in small pieces.
    pub(super) dribble: u64,
    /// A POP3 command is refused.
    pub(super) pop3_refusal: u64,
    /// The mailbox is in use.
    pub(super) in_use: u64,
    /// The connection ends at QUIT, before or behind the moment in which mails are deleted.
    pub(super) lost_quit: u64,
    /// An SMTP step is refused for now, or for good.
    pub(super) smtp_later: u64,
    pub(super) smtp_never: u64,
    /// The connection ends before, or behind the moment in which a letter is taken.
    pub(super) lost_letter: u64,
    pub(super) lost_answer: u64,
    /// Work on a file fails.
    pub(super) files: u64,
    /// Servers tell no lies that they can leave.
    pub(super) is_fair: bool,
}

impl Weather {
    pub(super) fn fair() -> Weather {
        Weather {
            is_fair: true,
            ..Weather::default()
        }
    }

    /// Some of it goes wrong, some does not.
    pub(super) fn stormy(dice: &mut Random) -> Weather {
        let mut some = |share: u64, most: u64| match dice.in_thousand(share) {
            true => dice.between(1, most),
            false => 0,
        };
        Weather {
            refused: some(150, 300),
            unreached: some(100, 200),
            cut: some(400, 900),
            cut_within: 0,
            stall: some(250, 60),
            dribble: some(200, 500),
            pop3_refusal: some(250, 150),
            in_use: some(100, 500),
            lost_quit: some(250, 500),
            smtp_later: some(250, 200),
            smtp_never: some(80, 60),
            lost_letter: some(200, 300),
            lost_answer: some(250, 400),
            files: some(100, 200),
            is_fair: false,
        }
        .reaching(dice)
    }

    fn reaching(mut self, dice: &mut Random) -> Weather {
        self.cut_within = *dice.one_of(&[60, 400, 2_000, 8_000]);
        self
    }
}

/// What unique ids the server gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    Good,
    /// UIDL is no command of it.
    None,
    /// Some mails share one.
    Repeated,
    /// New mails get the ids of mails that were deleted.
    Reused,
    /// All are new, now and then.
    Renumbered,
}

/// How the servers of a play are.
#[derive(Clone, Debug)]
pub(super) struct Character {
    pub(super) ids: Ids,
    pub(super) has_top: bool,
    pub(super) has_capa: bool,
    pub(super) pipelines: bool,
    /// Sizes of LIST and STAT are made up.
    pub(super) sizes_lie: bool,
    /// They are counted in blocks of the disk: many mails have the same.
    pub(super) rounds_sizes: bool,
    /// Listings are out of order, or miss lines.
    pub(super) shuffles: bool,
    pub(super) misses_ids: u64,
    /// Mails are missing in a whole session, in a thousand.
    pub(super) misses_mails: u64,
    /// Mails stay although QUIT was answered with +OK, in a thousand.
    pub(super) forgets: u64,
    /// QUIT is refused and only some mails are deleted, in a thousand.
    pub(super) refuses_quit: u64,
    /// Mails that are marked go even where the session breaks off.
    pub(super) deletes_without_quit: bool,
    /// A lost session keeps the mailbox locked for a while.
    pub(super) stale_lock: bool,
    /// Lines that begin with a dot are sent as they are.
    pub(super) faulty_dots: bool,
    /// Somebody else deletes mails, in a thousand a round.
    pub(super) others_delete: u64,
    /// Some customers' servers refuse every letter.
    pub(super) has_dead_addresses: bool,
}

impl Character {
    pub(super) fn of(dice: &mut Random) -> Character {
        let ids = *dice.one_of(&[
            Ids::Good,
            Ids::Good,
            Ids::Good,
            Ids::Good,
            Ids::None,
            Ids::Repeated,
            Ids::Reused,
            Ids::Renumbered,
        ]);
        let mut lie = |share: u64, most: u64| match dice.in_thousand(share) {
            true => dice.between(1, most),
            false => 0,
        };
        Character {
            ids,
            misses_ids: lie(80, 300),
            misses_mails: match ids {
                // Of two mails with one id that are never listed together nobody could tell which is there.
                Ids::Repeated => 0,
                _ => lie(80, 200),
            },
            forgets: lie(100, 500),
            refuses_quit: lie(60, 500),
            others_delete: match ids {
                // Of two mails with one id that are never listed together nobody could tell which is there.
                Ids::Repeated => 0,
                // The new mail gets the id of one that the ledger believes to be there.
                Ids::Reused => lie(600, 400),
                _ => lie(100, 200),
            },
            has_top: !dice.in_thousand(120),
            has_capa: !dice.in_thousand(150),
            pipelines: dice.in_thousand(600),
            sizes_lie: dice.in_thousand(150),
            shuffles: dice.in_thousand(120),
            deletes_without_quit: dice.in_thousand(80),
            stale_lock: dice.in_thousand(150),
            faulty_dots: dice.in_thousand(60),
            has_dead_addresses: dice.in_thousand(200),
            rounds_sizes: dice.in_thousand(if ids == Ids::Reused { 400 } else { 50 }),
        }
    }

    /// The size that an honest listing gives for a mail.
    pub(super) fn listed_size(&self, bytes: &[u8]) -> u64 {
        let size = bytes.len() as u64;
        match self.rounds_sizes {
            true => size.next_multiple_of(4_096),
            false => size,
        }
    }

    /// Whether what the server says it has, and has deleted, is true.
    pub(super) fn is_honest(&self) -> bool {
        self.misses_mails == 0 && self.forgets == 0 && self.refuses_quit == 0
    }
}
