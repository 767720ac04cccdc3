//! The promises, held against what is true: at each letter, each DELE, after each round, and at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use karamail_core::decide::DuplicateAction;

use super::seams::outside;
use super::stage::{Stage, lock};
use super::world::{Kind, Left, Letter, Mail, key_of};
use crate::config::{KeepRule, Settings};
use crate::store::evidence::{Evidence, LetterRow, MailRow, Witness};

/// The witness, who answers while nothing else goes on; none while no program lives.
fn call(stage: &Stage) -> Option<Witness> {
    lock(&stage.witness).take()
}

fn dismiss(stage: &Stage, witness: Witness) {
    *lock(&stage.witness) = Some(witness);
}

pub(super) async fn everything(stage: &Stage) -> Evidence {
    let mut witness = call(stage).unwrap();
    let everything = outside(witness.everything()).await;
    dismiss(stage, witness);
    everything
}

/// The SMTP server takes a letter: it stands in the ledger as it is, its attempt is counted, and it may be written.
pub(super) async fn letter_taken(stage: &Arc<Stage>, letter: &Letter) {
    let id = &letter.message_id;
    let Some(mut witness) = call(stage) else { return };
    let row = outside(witness.letter(id)).await;
    dismiss(stage, witness);
    let Some(row) = row else {
        return stage.broken(format!("the letter {id} went out and is not in the ledger"));
    };
    stage.hold(row.attempts >= 1, || {
        format!("the attempt to send {id} was not counted before")
    });
    stage.hold(row.number == letter.number, || {
        format!(
            "{id} tells the number {:?}, and the ledger {:?}",
            letter.number, row.number
        )
    });
    stage.hold(key_of(&row.recipient) == key_of(&letter.to), || {
        format!("{id} went to {}", letter.to)
    });
    if let Some(finished) = finished_letter(stage, &row) {
        stage.hold(finished.trim_ascii_end() == letter.bytes.trim_ascii_end(), || {
            format!("{id} went out with other bytes than those in the ledger")
        });
    }
    let world = stage.world();
    let asked = world.asked_for_a_number(&letter.to);
    stage.hold(!letter.is_reply() || asked, || {
        format!("{} never asked for a number and is answered", letter.to)
    });
    let is_ours = world
        .mailboxes
        .iter()
        .any(|ours| key_of(&ours.address) == key_of(&letter.to));
    stage.hold(!is_ours, || format!("{id} goes to ourselves"));
}

fn finished_letter(stage: &Stage, row: &LetterRow) -> Option<Vec<u8>> {
    match (&row.bytes, &row.file) {
        (Some(bytes), _) => Some(bytes.clone()),
        (None, Some(file)) => std::fs::read(stage.folder().join(file)).ok(),
        (None, None) => None,
    }
}

/// DELE was asked for: that the mail is settled is on disk before.
pub(super) async fn delete_asked(stage: &Arc<Stage>, id: usize) {
    let key = stage.world().mails[id].key;
    let Some(mut witness) = call(stage) else { return };
    let rows = outside(witness.mails_with(key)).await;
    dismiss(stage, witness);
    let is_announced =
        |row: &MailRow| row.state == "purging" || (row.state == "gone" && !stage.character.is_honest());
    stage.hold(rows.iter().any(is_announced), || {
        let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
        format!("DELE for mail {id} before the ledger lets it go: {states:?}")
    });
}

/// What holds at any time.
pub(super) fn always(
    stage: &Stage,
    evidence: &Evidence,
    settings: &Settings,
    before: &mut BTreeMap<(String, i64), String>,
) {
    let mut next: BTreeMap<&str, i64> = BTreeMap::new();
    let mut addresses = BTreeSet::new();
    for receipt in &evidence.receipts {
        let number = next.entry(&receipt.series).or_insert(1);
        stage.hold(receipt.number == *number, || {
            format!("number {} comes where {number} should", receipt.number)
        });
        *number = receipt.number + 1;
        let is_first = addresses.insert((&receipt.series, &receipt.address_key));
        stage.hold(
            is_first || settings.duplicate.action == DuplicateAction::NewNumber,
            || format!("{} has two numbers", receipt.address_key),
        );
        let has_letter = evidence.letters.iter().any(|letter| {
            letter.id == receipt.outbox_id
                && letter.number == Some(receipt.number)
                && letter.bytes.as_ref().is_some_and(|bytes| !bytes.is_empty())
        });
        stage.hold(has_letter, || {
            format!("number {} without its finished reply", receipt.number)
        });
        let has_mail = evidence.mails.iter().any(|mail| mail.id == receipt.mail_id);
        stage.hold(has_mail, || format!("number {} without its mail", receipt.number));
        let place = (receipt.series.clone(), receipt.number);
        let owner = before.entry(place).or_insert_with(|| receipt.address_key.clone());
        stage.hold(*owner == receipt.address_key, || {
            format!(
                "number {} was {owner}'s and is {}'s",
                receipt.number, receipt.address_key
            )
        });
    }
    stage.hold(before.len() == evidence.receipts.len(), || {
        format!(
            "{} numbers were given, {} are left",
            before.len(),
            evidence.receipts.len()
        )
    });
    letters(stage, evidence);
    deletions(stage, evidence);
}

/// Every letter that was taken is one of the ledger's, its copies are the same, and its number is its reader's.
fn letters(stage: &Stage, evidence: &Evidence) {
    let world = stage.world();
    let mut copies: BTreeMap<&str, &Letter> = BTreeMap::new();
    for letter in &world.letters {
        let first = copies.entry(&letter.message_id).or_insert(letter);
        stage.hold(
            first.bytes == letter.bytes && first.to == letter.to && first.from == letter.from,
            || format!("the copies of {} differ", letter.message_id),
        );
        let Some(number) = letter.number else { continue };
        let key = key_of(&letter.to);
        let mut given = evidence
            .receipts
            .iter()
            .filter(|receipt| receipt.number == number);
        stage.hold(given.any(|receipt| receipt.address_key == key), || {
            format!("{} was told the number {number}, which is not theirs", letter.to)
        });
    }
    for row in evidence.letters.iter().filter(|row| row.state == "sent") {
        stage.hold(copies.contains_key(row.message_id.as_str()), || {
            format!("{} counts as sent, and no server took it", row.message_id)
        });
    }
}

/// What the server deleted for us is in the ledger, and what the ledger believes gone is gone.
fn deletions(stage: &Stage, evidence: &Evidence) {
    let world = stage.world();
    let rows_of = |mail: &Mail| {
        let mailbox = key_of(&world.mailboxes[mail.mailbox].address);
        let is_its = |row: &&MailRow| row.mailbox == mailbox && row.content_key == mail.key.0;
        evidence.mails.iter().filter(is_its).collect::<Vec<_>>()
    };
    for mail in &world.mails {
        if mail.left == Some(Left::Deleted) {
            let is_let_go = |row: &MailRow| matches!(row.state.as_str(), "purging" | "gone" | "settled");
            stage.hold(rows_of(mail).into_iter().any(is_let_go), || {
                format!("mail {} is deleted and not accounted for", mail.id)
            });
        }
        let alike = world
            .mails
            .iter()
            .filter(|other| other.key == mail.key && other.mailbox == mail.mailbox);
        let there = alike.filter(|other| other.left.is_none()).count();
        let rows = rows_of(mail).len();
        let gone = rows_of(mail)
            .into_iter()
            .filter(|row| row.state == "gone")
            .count();
        if stage.character.is_honest() && mail.left.is_none() && mail.was_listed && there == 1 && rows == 1 {
            let twins = world.mails.iter().filter(|other| other.key == mail.key).count();
            // A row whose mail is gone may still have its id; that is found before anything is done with it.
            let others = |row: &MailRow| {
                let has_id = row.uidl.as_ref() == Some(&mail.uidl) && row.state != "gone";
                has_id && row.content_key != mail.key.0
            };
            let is_hidden = evidence.mails.iter().any(others);
            stage.hold(gone == 0 || twins > 1 || is_hidden, || {
                format!("mail {} counts as gone and is there", mail.id)
            });
        }
    }
}

/// What holds when everything went well for long enough.
pub(super) fn finally(stage: &Stage, evidence: &Evidence, settings: &Settings) {
    for row in &evidence.letters {
        let is_done = row.state == "sent" || row.state == "refused";
        stage.hold(is_done, || {
            format!("the letter {} is still {}", row.message_id, row.state)
        });
    }
    let world = stage.world();
    for mail in &world.mails {
        let mailbox = key_of(&world.mailboxes[mail.mailbox].address);
        let is_its = |row: &&MailRow| row.mailbox == mailbox && row.content_key == mail.key.0;
        let rows: Vec<&MailRow> = evidence.mails.iter().filter(is_its).collect();
        let is_hidden = evidence
            .mails
            .iter()
            .any(|row| hides(stage, settings, row, mail, &mailbox));
        if rows.is_empty() {
            stage.hold(mail.left == Some(Left::Elsewhere) || is_hidden, || {
                format!("mail {} was never seen", mail.id)
            });
        }
        if mail.left.is_none() {
            let may_stay = is_hidden
                || settings.mailboxes[mail.mailbox].keep != KeepRule::Delete
                || rows
                    .iter()
                    .any(|row| matches!(row.state.as_str(), "held" | "backlog"));
            stage.hold(may_stay, || {
                format!("mail {} is still on the server: {rows:?}", mail.id)
            });
        }
        for row in rows {
            outcome(stage, evidence, settings, mail, row);
        }
    }
}

/// Whether a mail may be taken for an old one that stays on the server: it has its unique id, and nothing that a listing
/// says tells it from that.
fn hides(stage: &Stage, settings: &Settings, row: &MailRow, mail: &Mail, mailbox: &str) -> bool {
    let stays = match row.state.as_str() {
        "held" | "backlog" => true,
        "settled" => settings.mailboxes[mail.mailbox].keep != KeepRule::Delete,
        _ => false,
    };
    let was_read = row.reason != "header-refused";
    let looks_alike = stage.character.sizes_lie
        || !was_read
        || row.size == Some(stage.character.listed_size(&mail.bytes) as i64);
    stays && looks_alike && row.mailbox == mailbox && row.uidl.as_ref() == Some(&mail.uidl)
}

fn outcome(stage: &Stage, evidence: &Evidence, settings: &Settings, mail: &Mail, row: &MailRow) {
    let id = mail.id;
    let letters: Vec<&LetterRow> = evidence
        .letters
        .iter()
        .filter(|letter| letter.mail_id == row.id)
        .collect();
    let unexpected = || {
        format!(
            "mail {id} ({:?}) became {} for {}",
            mail.kind, row.outcome, row.reason
        )
    };
    let trouble = [
        "header-refused",
        "mail-refused",
        "uidls-changed",
        "backlog",
        "rate-limit-address",
        "rate-limit-mailbox",
    ];
    let is_trouble = trouble.contains(&row.reason.as_str());
    match (row.outcome.as_str(), mail.kind) {
        ("receipt", Kind::Signup) => {
            let key = key_of(&mail.address);
            let has_number = evidence
                .receipts
                .iter()
                .any(|receipt| receipt.mail_id == row.id && receipt.address_key == key);
            stage.hold(has_number, || {
                format!("mail {id} asked for a number and has none")
            });
            stage.hold(letters.len() == 1, || {
                format!("mail {id} has {} replies", letters.len())
            });
        }
        ("duplicate", Kind::Signup) => {
            let replies = usize::from(settings.duplicate.action != DuplicateAction::Ignore);
            stage.hold(letters.len() == replies, || {
                format!("mail {id} has {} replies", letters.len())
            });
        }
        ("hold" | "backlog", Kind::Signup | Kind::Other | Kind::Automatic) => {
            stage.hold(is_trouble, unexpected)
        }
        ("hold" | "backlog", Kind::Spoofed) => {
            let is_forged = matches!(row.reason.as_str(), "spf-fail" | "dmarc-fail");
            stage.hold(is_forged || is_trouble, unexpected);
            stage.hold(mail.left != Some(Left::Deleted), || {
                format!("mail {id} was held, and is deleted")
            });
        }
        ("forward" | "archive", Kind::Other | Kind::Automatic) => {
            let forwards = usize::from(row.outcome == "forward");
            stage.hold(letters.len() == forwards, || {
                format!("mail {id} has {} forwards", letters.len())
            });
            stage.hold(letters.iter().all(|letter| letter.kind == "forward"), || {
                format!("mail {id} is answered")
            });
            let file = row.archive_file.as_ref().map(|file| stage.folder().join(file));
            archived(stage, mail, file);
        }
        _ => stage.broken(unexpected()),
    }
}

/// Other mail is in the archive as it came.
fn archived(stage: &Stage, mail: &Mail, file: Option<PathBuf>) {
    let kept = file.as_ref().and_then(|file| std::fs::read(file).ok());
    let Some(kept) = kept else {
        return stage.broken(format!("mail {} is not in the archive", mail.id));
    };
    let is_whole = stage.character.faulty_dots || kept.trim_ascii_end() == mail.bytes.trim_ascii_end();
    stage.hold(is_whole, || {
        format!("mail {} lies in the archive with other bytes", mail.id)
    });
}
