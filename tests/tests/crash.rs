//! The program killed at every named point and at random moments, with all invariants checked after each kill.
//!
//! The mailbox is a real one, the SMTP server remembers what it accepted, and the program under test is the release
//! build with the feature crash-points, killed with SIGKILL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::ledger::{Deposited, Evidence};
use karamail_tests::mails;
use karamail_tests::program::{Finished, Program, RUN_BOUND};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::sink::{Accepted, Sink};

const USER: &str = "touroku";

/// Where the program can be told to stall; each must be reached.
const POINTS: [&str; 16] = [
    "after-listing",
    "before-record",
    "after-record",
    "before-claim",
    "after-claim",
    "after-send",
    "before-settle",
    "after-settle",
    "before-delete",
    "after-delete",
    "after-quit",
    "after-gone",
    "before-archive",
    "after-archive",
    "before-log",
    "after-log",
];

/// Which passing of a point to stall at, in turn: the first, and some in the midst of a batch.
const PASSINGS: [u32; 5] = [1, 2, 1, 4, 3];

/// After so many random kills a run is left alone, so that kills fall on every step of a cycle.
const UNDISTURBED: usize = 8;

/// Kills in one run, named and random; `KARAMAIL_KILLS` asks for another number.
const KILLS: usize = 400;

#[test]
fn no_kill_at_a_named_point_or_at_random_breaks_an_invariant() {
    for forward in [None, Some("owner@elsewhere.example")] {
        let mut play = Play::begin(forward);
        play.kill_at_named_points();
        play.kill_at_random(kills() / 2);
        play.finish();
    }
}

/// Killed exactly between the acceptance of a letter and the note of it.
#[test]
fn a_receipt_accepted_but_not_noted_is_sent_again_with_the_same_bytes() {
    let mut play = Play::begin(None);
    play.deposit_some();
    assert!(play.kill_at("after-send", 1));
    let evidence = play.evidence();
    let times = |accepted: &[Accepted], id: &str| {
        accepted
            .iter()
            .filter(|mail| mails::without_brackets(&mail.message_id) == id)
            .count()
    };
    let open = evidence
        .ledger
        .letters
        .iter()
        .filter(|letter| letter.state == "sending");
    let unsure: Vec<String> = open.map(|letter| letter.message_id.clone()).collect();
    let unsure: Vec<String> = unsure
        .into_iter()
        .filter(|id| times(&evidence.accepted, id) == 1)
        .collect();
    assert!(
        !unsure.is_empty(),
        "the sink had accepted a letter that the ledger does not know to be sent"
    );
    play.finish();
    let accepted = play.sink.accepted();
    for id in unsure {
        // That both have the same bytes is one of the invariants checked at the end.
        assert_eq!(
            times(&accepted, &id),
            2,
            "{id}: once before the crash and once after"
        );
    }
}

/// A log line is neither lost nor written twice, wherever the program dies around it.
#[test]
fn the_monthly_log_follows_the_ledger_without_loss_or_repetition() {
    let mut play = Play::begin(None);
    for point in ["before-log", "after-log", "before-log", "after-log"] {
        // New customers only: each event then has an address of its own, and no two lines may be alike.
        for number in [0, 1] {
            let customer = format!("customer{number}-{}@phone.example", play.deposited.len());
            play.deposit(
                mails::signup(&customer, &format!("m{}", play.deposited.len())),
                Some(&customer),
            );
        }
        play.kill_at(point, 1);
    }
    play.finish();
    play.once().success();
    let log = play.monthly_log();
    let ledger = play.evidence().ledger;
    assert_eq!(
        log.lines().count() as i64,
        ledger.events,
        "one line for each event:\n{log}"
    );
    let different: HashSet<&str> = log.lines().collect();
    assert_eq!(
        different.len(),
        log.lines().count(),
        "a line is in the log twice:\n{log}"
    );
    for receipt in ledger.receipts {
        let mut lines = log.lines().filter(|line| line.contains(&receipt.address_key));
        assert!(
            lines.any(|line| names_number(line, receipt.number)),
            "number {} is missing:\n{log}",
            receipt.number
        );
    }
}

fn names_number(line: &str, number: i64) -> bool {
    line.split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.parse() == Ok(number))
}

fn kills() -> usize {
    std::env::var("KARAMAIL_KILLS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(KILLS)
}

/// One installation that is killed again and again.
struct Play {
    program: Program,
    sink: Sink,
    dovecot: Dovecot,
    deposited: Vec<Deposited>,
    kills: usize,
    /// After how many random kills a letter or mail was found in each state.
    states: BTreeMap<String, usize>,
    random: Random,
}

impl Play {
    fn begin(forward: Option<&str>) -> Play {
        let dovecot = Dovecot::start(&Setup {
            certificate: None,
            ..Setup::default()
        });
        let sink = Sink::start();
        let pop3 = Endpoint::local(dovecot.plain_port(), "none", USER, PASSWORD);
        let mut settings = Settings::one(pop3, Endpoint::local(sink.port(), "none", "", ""));
        if let Some(address) = forward {
            settings = settings.forwarding_to(address);
        }
        let program = Program::install_with_crash_points(&settings);
        settings.general = format!("log_folder = '{}'\n", monthly_folder(&program).display());
        program.configure(&settings);
        let random = Random::begin();
        Play {
            program,
            sink,
            dovecot,
            deposited: vec![],
            kills: 0,
            states: BTreeMap::new(),
            random,
        }
    }

    /// Two new customers, one who has a number, a mail with a subject and an automatic one.
    fn deposit_some(&mut self) {
        let round = self.deposited.len();
        let earlier = self.random.below(round as u64 / 5 * 2 + 2);
        for number in [round / 5 * 2, round / 5 * 2 + 1, earlier as usize] {
            let customer = format!("customer{number}@phone.example");
            self.deposit(
                mails::signup(&customer, &format!("m{}", self.deposited.len())),
                Some(&customer),
            );
        }
        self.deposit(
            mails::other("guest@phone.example", &format!("m{}", self.deposited.len())),
            None,
        );
        self.deposit(
            mails::auto_reply("away@phone.example", &format!("m{}", self.deposited.len())),
            None,
        );
    }

    fn deposit(&mut self, mail: Vec<u8>, signup_of: Option<&str>) {
        self.dovecot.deposit(USER, [&mail]);
        self.deposited.push(Deposited::new(mail, signup_of));
    }

    fn once(&self) -> Finished {
        self.program.once()
    }

    fn kill_at_named_points(&mut self) {
        let mut reached: BTreeMap<&str, usize> = POINTS.iter().map(|&point| (point, 0)).collect();
        for passing in PASSINGS {
            for point in POINTS {
                self.deposit_some();
                if self.kill_at(point, passing) {
                    *reached.entry(point).or_default() += 1;
                }
            }
        }
        println!("kills at named points: {reached:?}");
        let missed: Vec<_> = reached.iter().filter(|(_, count)| **count == 0).collect();
        assert!(missed.is_empty(), "points that no run reaches: {missed:?}");
    }

    /// Runs until the point is passed for that time and kills there; false where the run ends before.
    fn kill_at(&mut self, point: &str, passing: u32) -> bool {
        let stall = format!("{point}:{passing}");
        let running = self
            .program
            .start(&["once", "--json"], &[("KARAMAIL_STALL_AT", &stall)]);
        let stalled = running.wait_for_line(&format!("stalled at {point}"), RUN_BOUND);
        let finished = if stalled {
            let (was_alive, finished) = running.kill();
            assert!(
                was_alive,
                "a stalled program does not end by itself: {finished:?}"
            );
            self.kills += 1;
            finished
        } else {
            running.finish(RUN_BOUND)
        };
        self.check(&format!("killed at {stall}"), &finished);
        stalled
    }

    /// Kills at random moments of a run until there were so many kills: at any time, or soon after some letter of the
    /// run was accepted, which is when most is under way.
    fn kill_at_random(&mut self, kills: usize) {
        self.once();
        self.deposit_some();
        let usual = self.once().success().took;
        while self.kills < kills {
            if self.kills.is_multiple_of(UNDISTURBED) {
                // Letters of earlier runs go out first thing: where work piles up, every kill would come before the end.
                self.once();
            }
            self.deposit_some();
            self.deposit_some();
            let before = self.sink.count();
            let mut running = self.program.start(&["once", "--json"], &[]);
            let begin = Instant::now();
            let longest = if self.random.below(3) == 0 {
                usual
            } else {
                let nth = before + 1 + self.random.below(8) as usize;
                // Without a bound of its own, so that work that has piled up gets done some time.
                running.wait_for(RUN_BOUND, || self.sink.count() >= nth);
                Duration::from_millis(12)
            };
            // The moment is meant to be random: nothing is waited for.
            std::thread::sleep(Duration::from_micros(
                self.random.below(longest.as_micros() as u64 + 1),
            ));
            let killed_after = begin.elapsed();
            let (was_alive, finished) = running.kill();
            self.kills += usize::from(was_alive);
            self.note_states();
            self.check(
                &format!("killed after {killed_after:?} of about {usual:?}"),
                &finished,
            );
        }
        let (mails, letters) = (self.deposited.len(), self.sink.count());
        println!("{} kills, {mails} mails, {letters} accepted letters", self.kills);
        println!("random kills that left something in a state: {:?}", self.states);
        for state in ["letter sending", "mail recorded", "mail settled", "mail purging"] {
            assert!(
                self.states.contains_key(state),
                "no random kill left a {state}: they all came at the same time"
            );
        }
    }

    fn note_states(&mut self) {
        let ledger = self.evidence().ledger;
        let letters = ledger
            .letters
            .iter()
            .map(|letter| format!("letter {}", letter.state));
        let mails = ledger.mails.iter().map(|mail| format!("mail {}", mail.state));
        for state in letters.chain(mails).collect::<HashSet<String>>() {
            *self.states.entry(state).or_default() += 1;
        }
    }

    /// Runs undisturbed until nothing is left to do, and checks that all is done.
    fn finish(&mut self) {
        let begin = Instant::now();
        while self.dovecot.count(USER) > 0 {
            let finished = self.once();
            self.check("an undisturbed run", &finished);
            assert!(begin.elapsed() < RUN_BOUND, "still not done: {finished:?}");
        }
        self.evidence().check_complete();
    }

    fn check(&self, when: &str, finished: &Finished) {
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(!said.contains("panicked"), "{when}: {said}");
        let evidence = self.evidence();
        if let Err(fault) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| evidence.check())) {
            println!("after kill {}, {when}; the program said:\n{said}", self.kills);
            std::panic::resume_unwind(fault);
        }
    }

    fn evidence(&self) -> Evidence<'_> {
        Evidence::collect(
            &self.deposited,
            &self.dovecot,
            USER,
            &self.program.data(),
            &self.sink,
        )
    }

    /// All monthly files, in order.
    fn monthly_log(&self) -> String {
        let mut files: Vec<_> = std::fs::read_dir(monthly_folder(&self.program))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap())
            .collect()
    }
}

fn monthly_folder(program: &Program) -> PathBuf {
    program.data().join("monthly")
}

/// xorshift64*: random enough to choose moments, and repeatable by `KARAMAIL_SEED`.
struct Random(u64);

impl Random {
    fn begin() -> Random {
        static PLAYS: AtomicU64 = AtomicU64::new(0);
        let seed = std::env::var("KARAMAIL_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(u64::from(std::process::id()));
        println!("KARAMAIL_SEED={seed}");
        // Each play its own sequence; a state of 0 would stay 0.
        Random((seed << 20 | PLAYS.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }
}
