//! The checks of the invariants themselves: each must catch what it is there for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use karamail_tests::ledger::{Deposited, Evidence, Ledger, LetterRow, MailRow, ReceiptRow};
use karamail_tests::mails;
use karamail_tests::quietly::quietly;
use karamail_tests::sink::Accepted;

/// Three settled mails: two signups (numbers 1 and 2) and a mail with a subject, archived.
fn settled(data: &Path, deposited: &[Deposited]) -> Evidence<'static> {
    let deposited: &'static [Deposited] = deposited.to_vec().leak();
    let mut ledger = Ledger::default();
    let mut accepted = vec![];
    for (id, mail) in (1..).zip(deposited) {
        let customer = mail.signup_of.as_ref().map(|address| address.key());
        let archive_file = customer.is_none().then(|| format!("{id}.eml"));
        if let Some(file) = &archive_file {
            fs::write(data.join(file), &mail.bytes).unwrap();
        }
        ledger.mails.push(MailRow {
            id,
            message_id: Some(mail.message_id.clone()),
            outcome: "receipt".into(),
            reason: "signup".into(),
            state: "gone".into(),
            archive_file,
        });
        let Some(customer) = customer else { continue };
        let bytes = format!("Message-ID: <r{id}@shop>\r\nSubject: No. {id}\r\n\r\n").into_bytes();
        ledger.receipts.push(ReceiptRow {
            number: id,
            address_key: customer.clone(),
            mail_id: id,
        });
        ledger.letters.push(LetterRow {
            mail_id: id,
            kind: "receipt".into(),
            number: Some(id),
            recipient_key: customer.clone(),
            message_id: format!("r{id}@shop"),
            bytes: Some(bytes.clone()),
            state: "sent".into(),
        });
        let message_id = format!("<r{id}@shop>");
        accepted.push(Accepted {
            from: "touroku@shop.example".into(),
            to: vec![customer],
            message_id,
            bytes,
        });
    }
    Evidence {
        deposited,
        waiting: vec![],
        ledger,
        accepted,
        data: data.to_owned(),
    }
}

/// Applies a fault and returns whether the checks see it.
fn catches(fault: impl FnOnce(&mut Evidence<'static>)) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let deposited = [
        Deposited::new(mails::signup("a@x.example", "m1"), Some("a@x.example")),
        Deposited::new(mails::signup("b@x.example", "m2"), Some("b@x.example")),
        Deposited::new(mails::other("c@x.example", "m3"), None),
    ];
    let mut evidence = settled(folder.path(), &deposited);
    evidence.check_complete();
    fault(&mut evidence);
    quietly(|| evidence.check_complete()).is_none()
}

#[test]
fn a_number_missing_doubled_or_given_to_two_is_caught() {
    assert!(catches(|all| all.ledger.receipts[1].number = 3), "a hole");
    assert!(catches(|all| all.ledger.receipts[1].number = 1), "a double");
    assert!(
        catches(|all| all.ledger.receipts[1].address_key = "a@x.example".into()),
        "two numbers for one address"
    );
}

#[test]
fn a_letter_that_is_not_the_one_in_the_ledger_is_caught() {
    assert!(
        catches(|all| all.accepted[0].bytes.push(b'x')),
        "other bytes than committed"
    );
    assert!(
        catches(|all| all.ledger.letters.truncate(1)),
        "a letter that the ledger does not know"
    );
    assert!(
        catches(|all| all.accepted[0].to = vec!["b@x.example".into()]),
        "sent to somebody else"
    );
    let other_number = |all: &mut Evidence<'static>| {
        let bytes = b"Message-ID: <r1@shop>\r\nSubject: No. 2\r\n\r\n".to_vec();
        all.ledger.letters[0].bytes = Some(bytes.clone());
        all.accepted[0].bytes = bytes;
    };
    assert!(catches(other_number), "another customer's number");
    let resent_otherwise = |all: &mut Evidence<'static>| {
        all.ledger.letters[0].bytes = None;
        let mut again = all.accepted[0].clone();
        again.bytes.extend_from_slice(b"later\r\n");
        all.accepted.push(again);
    };
    assert!(catches(resent_otherwise), "a resend with other bytes");
}

#[test]
fn a_mail_that_left_before_it_was_settled_is_caught() {
    assert!(
        catches(|all| drop(all.accepted.pop())),
        "gone, its receipt never accepted"
    );
    assert!(
        catches(|all| drop(all.ledger.mails.remove(0))),
        "gone and forgotten"
    );
    assert!(
        catches(|all| all.ledger.letters[0].mail_id = 99),
        "gone without an answer"
    );
    assert!(
        catches(|all| fs::write(all.data.join("3.eml"), "half").unwrap()),
        "not whole in the archive"
    );
    assert!(
        catches(|all| all.ledger.mails[2].archive_file = None),
        "not in the archive"
    );
}

#[test]
fn work_left_undone_is_caught_at_the_end_and_only_there() {
    assert!(
        catches(|all| all.waiting.push(all.deposited[0].bytes.clone())),
        "a mail left in the mailbox"
    );
    assert!(
        catches(|all| all.ledger.letters[0].state = "unsure".into()),
        "a letter left in the outbox"
    );
    let folder = tempfile::tempdir().unwrap();
    let deposited = [Deposited::new(
        mails::signup("a@x.example", "m1"),
        Some("a@x.example"),
    )];
    let mut evidence = settled(folder.path(), &deposited);
    evidence.waiting.push(deposited[0].bytes.clone());
    evidence.accepted.clear();
    evidence.check();
}
