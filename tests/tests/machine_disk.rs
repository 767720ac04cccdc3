//! The real program on a disk whose calls fail: a flush that fails and drops what it should have kept, a write that fails or
//! stops half way, a rename, an open, and the power that goes in any of them. Whatever was sent is in the ledger afterwards,
//! nothing that is gone from the mailbox is unanswered, and the next start finishes the work.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::{Deposited, Evidence};
use karamail_tests::machine::{Call, DiskFault, FAULT_IS_HERE, Kind, POWER_WENT, borrowed};
use karamail_tests::program::{Finished, Program, RUN_BOUND, Running};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::USER;
use karamail_tests::sink::Sink;
use karamail_tests::{mails, wait_until};

/// Longest a program that goes on may need until it has noticed that all is well: a poll each five seconds, and the
/// rest that a failing mailbox gets.
const MENDS: Duration = Duration::from_secs(120);

/// One installation beside a mailbox that many of them share, one after the other.
struct Play<'a> {
    program: Program,
    sink: Sink,
    dovecot: &'a Dovecot,
    deposited: Vec<Deposited>,
    name: String,
}

fn mailbox() -> Dovecot {
    Dovecot::start(&Setup {
        certificate: None,
        ..Setup::default()
    })
}

impl<'a> Play<'a> {
    fn begin(dovecot: &'a Dovecot, name: String) -> Play<'a> {
        let sink = Sink::start();
        let mut settings = Settings::one(
            Endpoint::local(dovecot.plain_port(), "none", USER, PASSWORD),
            Endpoint::local(sink.port(), "none", "", ""),
        );
        settings.general = "check_interval_seconds = 5\n".to_owned();
        Play {
            program: Program::install(&settings),
            sink,
            dovecot,
            deposited: vec![],
            name,
        }
    }

    /// Two customers, the first of them once more, a question for the archive, an automatic mail.
    fn deposit(&mut self) {
        let round = self.deposited.len();
        let id = |nth: usize| format!("m{}", round + nth);
        let customers = [
            format!("c{round}@phone.example"),
            format!("d{round}@phone.example"),
        ];
        let [first, second] = &customers;
        let signup = |customer: &String, nth| {
            Deposited::new(mails::signup(customer, &id(nth)), Some(customer.as_str()))
        };
        let mails = [
            signup(first, 0),
            signup(second, 1),
            Deposited::new(mails::other("guest@phone.example", &id(2)), None),
            signup(first, 3),
            Deposited::new(mails::auto_reply("away@phone.example", &id(4)), None),
        ];
        self.dovecot.deposit(USER, mails.iter().map(|mail| &mail.bytes));
        self.deposited.extend(mails);
    }

    fn start(&self, arguments: &[&str], fault: DiskFault) -> Running {
        let variables = fault.variables(&self.program.data());
        self.program.start(arguments, &borrowed(&variables))
    }

    /// One run on a machine with that fault; whether the fault came.
    fn run_with(&self, fault: DiskFault) -> bool {
        let finished = self.start(&["once", "--json"], fault).finish(RUN_BOUND);
        let is_hit = finished.stderr.contains(FAULT_IS_HERE);
        let is_cut = finished.code() == Some(POWER_WENT);
        assert_eq!(is_cut, is_hit && fault.kind == Kind::Cut, "{finished:?}");
        self.check(&finished);
        is_hit
    }

    /// What must hold at every moment.
    fn check(&self, finished: &Finished) {
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(!said.contains("panicked"), "{}: {said}", self.name);
        let evidence = self.evidence();
        if let Err(fault) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| evidence.check())) {
            println!("{}; the program said:\n{said}", self.name);
            std::panic::resume_unwind(fault);
        }
    }

    /// A sound machine again: everything gets done.
    fn finish(&self) {
        for _ in 0..10 {
            let finished = self.program.once();
            self.check(&finished);
            if self.dovecot.count(USER) == 0 {
                let evidence = self.evidence();
                evidence.check_complete();
                return;
            }
            println!("{}: not all at once: {finished:?}", self.name);
        }
        panic!("{}: mails are left", self.name);
    }

    fn evidence(&self) -> Evidence<'_> {
        Evidence::collect(
            &self.deposited,
            self.dovecot,
            USER,
            &self.program.data(),
            &self.sink,
        )
    }
}

/// Plays with the nth call failing, for n from 1 with steps until a run has fewer calls, on an empty data folder; then the
/// same where the folder was in use. How many failed.
fn nth_call_fails(call: Call, kinds: &[Kind], counts: &[u32], step: usize) {
    let dovecot = mailbox();
    let mut hits = BTreeMap::new();
    for &kind in kinds {
        for &count in counts {
            for is_used in [false, true] {
                for first in (1..).step_by(step) {
                    let fault = DiskFault {
                        call,
                        kind,
                        first,
                        count,
                    };
                    let mut play = Play::begin(&dovecot, format!("{fault:?}, used: {is_used}"));
                    if is_used {
                        play.deposit();
                        play.program.once().success();
                    }
                    play.deposit();
                    let is_hit = play.run_with(fault);
                    play.finish();
                    if !is_hit {
                        break;
                    }
                    *hits.entry((format!("{kind:?} × {count}"), is_used)).or_insert(0) += 1;
                }
            }
        }
    }
    println!("{call:?}: runs with a fault, by kind and whether the folder was in use: {hits:?}");
    let plays = kinds.len() * counts.len() * 2;
    assert_eq!(hits.len(), plays, "a fault that never came: {hits:?}");
}

#[test]
fn after_a_flush_that_failed_nothing_is_sent_or_deleted_on_its_strength() {
    nth_call_fails(Call::Sync, &[Kind::Io, Kind::Full], &[1], 1);
}

#[test]
fn after_a_disk_that_stays_broken_the_next_start_finishes_the_work() {
    nth_call_fails(Call::Sync, &[Kind::Io], &[u32::MAX / 2], 3);
}

#[test]
fn the_power_going_in_any_flush_loses_no_number_and_no_mail() {
    nth_call_fails(Call::Sync, &[Kind::Cut], &[1], 1);
}

#[test]
fn the_power_going_in_any_write_loses_no_number_and_no_mail() {
    nth_call_fails(Call::Write, &[Kind::Cut], &[1], 7);
}

#[test]
fn a_write_that_fails_or_stops_half_way_loses_no_number_and_no_mail() {
    nth_call_fails(Call::Write, &[Kind::Io, Kind::Full, Kind::Short], &[1], 23);
}

#[test]
fn a_file_that_cannot_be_renamed_or_opened_loses_no_mail() {
    nth_call_fails(Call::Rename, &[Kind::Io, Kind::Full, Kind::Cut], &[1], 1);
    nth_call_fails(Call::Open, &[Kind::ReadOnly, Kind::Io], &[1], 2);
}

/// The program goes on through the fault, and is not started again.
#[test]
fn a_running_program_gets_over_a_flush_that_failed_by_itself() {
    let dovecot = mailbox();
    for (first, count) in [(1, 1), (2, 1), (3, 2), (4, 1), (6, 3), (9, 1), (2, 12)] {
        let fault = DiskFault {
            call: Call::Sync,
            kind: Kind::Io,
            first,
            count,
        };
        let mut play = Play::begin(&dovecot, format!("running, {fault:?}"));
        play.deposit();
        play.program.once().success();
        let before = dovecot.logins(USER);
        let mut running = play.start(&["run"], fault);
        assert!(
            running.wait_for(MENDS, || dovecot.logins(USER) > before),
            "it ends"
        );
        play.deposit();
        let begin = std::time::Instant::now();
        let is_done = || {
            let evidence = play.evidence();
            evidence.waiting.is_empty() && play.sink.count() >= 6
        };
        assert!(
            running.wait_for(MENDS, is_done),
            "{}: it ends by itself",
            play.name
        );
        println!("{}: done after {:?}", play.name, begin.elapsed());
        wait_until("the letters are noted", MENDS, || {
            let ledger = play.evidence().ledger;
            ledger.letters.iter().all(|letter| letter.state == "sent")
        });
        running.terminate();
        let finished = running.finish_within(RUN_BOUND);
        play.check(&finished);
        play.finish();
    }
}
