//! Known mails whose size in the listing is not what it was: another mail may have their unique id. They are looked at
//! again, and their content tells; what that shows of the server's sizes is remembered.

use std::collections::HashMap;

use karamail_core::pop3::plan::Doubt;

/// The doubts of one session.
pub(super) struct Doubts {
    open: HashMap<u32, Doubt>,
    /// Mails that were others.
    others: u32,
    /// Mails that were the same in spite of their size.
    same: u32,
}

impl Doubts {
    pub(super) fn new(doubted: &[Doubt]) -> Doubts {
        Doubts {
            open: doubted.iter().map(|doubt| (doubt.number, *doubt)).collect(),
            others: 0,
            same: 0,
        }
    }

    /// The mail with this number was read, and is that of a ledger row.
    pub(super) fn end(&mut self, number: u32, mail_id: i64) {
        if let Some(doubt) = self.open.remove(&number) {
            self.others += u32::from(doubt.id != mail_id);
            self.same += u32::from(doubt.id == mail_id && doubt.had_size);
        }
    }

    /// The mail with this number cannot be looked at: it counts as that of its row, which is given.
    pub(super) fn drop_of(&mut self, number: u32) -> Option<i64> {
        self.open.remove(&number).map(|doubt| doubt.id)
    }

    /// Counts the session among those in which sizes said nothing, or ends their row.
    pub(super) fn judge(&self, vain_looks: &mut u32) {
        match (self.others, self.same) {
            (0, 0) => {}
            (0, _) => *vain_looks = vain_looks.saturating_add(1),
            _ => *vain_looks = 0,
        }
    }
}
