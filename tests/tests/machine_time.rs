//! The real program while its time goes wrong: the wall clock jumps by hours and years, midnight and the month pass, the
//! process is stopped in the middle of a mail and goes on later.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use karamail_engine::clock;
use karamail_tests::ledger::{Deposited, Ledger};
use karamail_tests::machine::{WallClock, borrowed};
use karamail_tests::program::{Program, RUN_BOUND, Running};
use karamail_tests::shop::{PlainShop, USER};
use karamail_tests::sink::{Answer, Sink};
use karamail_tests::{PATIENCE, mails, wait_until};
use rustix::process::Signal;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Seconds from poll to poll.
const INTERVAL: u64 = 5;
/// How late a poll may be on a busy machine.
const LATE: Duration = Duration::from_secs(15);

/// A program that collects under that clock, in Japan.
fn collecting(shop: &PlainShop, clock: &WallClock) -> (Program, Running) {
    let mut settings = shop.settings();
    settings.general = format!("check_interval_seconds = {INTERVAL}\n");
    let program = Program::install(&settings);
    let mut variables = clock.variables();
    variables.push(("TZ", "Asia/Tokyo".to_owned()));
    let running = program.start(&["run"], &borrowed(&variables));
    (program, running)
}

/// A new customer's mail.
fn deposit(shop: &PlainShop, deposited: &mut Vec<Deposited>) {
    let customer = format!("customer{}@phone.example", deposited.len());
    let mail = mails::signup(&customer, &format!("m{}", deposited.len()));
    shop.deposit(&mail);
    deposited.push(Deposited::new(mail, Some(&customer)));
}

#[test]
fn a_jump_of_the_clock_makes_neither_a_storm_of_polls_nor_a_silence() {
    let shop = PlainShop::open(Sink::start());
    let clock = WallClock::wrong_by(0);
    let (program, running) = collecting(&shop, &clock);
    let mut deposited = Vec::new();
    for jump in [
        0,
        3 * HOUR,
        DAY,
        -2 * HOUR,
        365 * DAY,
        -400 * DAY,
        20 * 365 * DAY,
        0,
    ] {
        clock.set(jump);
        deposit(&shop, &mut deposited);
        let (begin, before) = (Instant::now(), shop.dovecot.logins(USER));
        let wanted = deposited.len();
        assert!(
            shop.sink.wait_for(wanted, Duration::from_secs(INTERVAL) + LATE),
            "wrong by {jump} s: a silence"
        );
        let answered = begin.elapsed();
        // Two intervals: as many polls, and one at once because of the jump.
        let window = Duration::from_secs(2 * INTERVAL);
        std::thread::sleep(window.saturating_sub(begin.elapsed()));
        let polls = shop.dovecot.logins(USER) - before;
        println!("wrong by {jump:>11} s: answered after {answered:?}, {polls} polls in two intervals");
        assert!((1..=4).contains(&polls), "wrong by {jump} s: {polls} polls");
    }
    running.terminate();
    running.finish_within(RUN_BOUND).success();
    shop.evidence(&program, &deposited).check_complete();
}

/// The wall clock shows that moment now.
fn showing(moment: &str) -> i64 {
    let moment: jiff::Timestamp = moment.parse().unwrap();
    moment.duration_since(clock::now()).as_secs()
}

#[test]
fn midnight_and_the_ends_of_months_and_years_put_each_number_into_its_own_month() {
    let shop = PlainShop::open(Sink::start());
    let clock = WallClock::wrong_by(showing("2026-11-30T23:59:00+09:00"));
    let (program, running) = collecting(&shop, &clock);
    let mut deposited = Vec::new();
    let mut months = Vec::new();
    // Each pair stands on two sides of a midnight in Japan; in UTC all of it is the afternoon before.
    for moment in [
        "2026-11-30T23:59:20+09:00",
        "2026-12-01T00:00:05+09:00",
        "2026-12-31T23:59:20+09:00",
        "2027-01-01T00:00:05+09:00",
        "2028-02-29T23:59:20+09:00",
        "2028-03-01T00:00:05+09:00",
        // And back, into a month whose file is closed.
        "2026-12-15T12:00:00+09:00",
    ] {
        clock.set(showing(moment));
        deposit(&shop, &mut deposited);
        // Sent, noted and deleted before the clock goes on: each step is a line of its own.
        wait_until(moment, PATIENCE, || shop.waiting() == 0);
        months.push(moment.get(..7).unwrap().to_owned());
    }
    running.terminate();
    running.finish_within(RUN_BOUND).success();
    shop.evidence(&program, &deposited).check_complete();
    for (nth, month) in months.iter().enumerate() {
        let customer = format!("customer{nth}@phone.example");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(program.data().join("log")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                let lines = text.lines().filter(|line| line.contains(&customer));
                found.extend(lines.map(|_| name.clone()));
            }
        }
        assert!(!found.is_empty(), "{customer} is in no log");
        assert!(
            found.iter().all(|name| name == month),
            "{customer} belongs to {month}: {found:?}"
        );
    }
}

/// When it is to go again is written down by the wall clock; a clock that is set back must not put it off for a year.
#[test]
fn a_letter_that_waits_is_sent_soon_whatever_the_clock_says_meanwhile() {
    for jump in [-400 * DAY, -DAY, 3 * HOUR] {
        let sink = Sink::with_plan(|nth, _| if nth == 0 { Answer::Again } else { Answer::Accept });
        let shop = PlainShop::open(sink);
        let clock = WallClock::wrong_by(0);
        let (program, running) = collecting(&shop, &clock);
        let mut deposited = Vec::new();
        deposit(&shop, &mut deposited);
        wait_until("it is put off", PATIENCE, || {
            // First the server, then the ledger: queued is what a letter is before it is tried, too.
            let is_tried = shop.sink.recipients() > 0;
            let letters = Ledger::read(&program.data()).letters;
            is_tried && letters.iter().all(|letter| letter.state == "queued")
        });
        clock.set(jump);
        let begin = Instant::now();
        assert!(
            shop.sink.wait_for(1, Duration::from_secs(90)),
            "the clock jumped by {jump} s"
        );
        println!("the clock jumped by {jump} s: sent after {:?}", begin.elapsed());
        wait_until("the mail is deleted", PATIENCE, || shop.waiting() == 0);
        running.terminate();
        running.finish_within(RUN_BOUND).success();
        shop.evidence(&program, &deposited).check_complete();
    }
}

/// The lid is closed, or the machine hangs: SIGSTOP while a server has a letter in its hands and while it lists mails.
#[test]
fn a_program_that_is_stopped_in_the_middle_of_a_mail_goes_on_without_a_double() {
    let stop_at = Arc::new(AtomicUsize::new(1));
    let (is_there, may_go) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (at, there, go) = (stop_at.clone(), is_there.clone(), may_go.clone());
    let shop = PlainShop::open(Sink::with_plan(move |nth, _| {
        if nth == at.load(Ordering::SeqCst) {
            there.store(true, Ordering::SeqCst);
            while !go.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        Answer::Accept
    }));
    let mut settings = shop.settings();
    settings.general = format!("check_interval_seconds = {INTERVAL}\n");
    // Shorter than the program stands still: both time limits are over when it wakes.
    let mailbox = settings.mailboxes.first_mut().unwrap();
    mailbox.smtp.more = "timeout_seconds = 5\n".to_owned();
    mailbox.pop3.more = "read_timeout_seconds = 5\n".to_owned();
    let program = Program::install(&settings);
    let running = program.start(&["run"], &[]);
    let mut deposited = Vec::new();
    for _ in 0..4 {
        deposit(&shop, &mut deposited);
    }
    wait_until("a letter is under way", PATIENCE, || {
        is_there.load(Ordering::SeqCst)
    });
    running.signal(Signal::STOP);
    may_go.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_secs(7));
    running.signal(Signal::CONT);
    wait_until("everybody is answered", PATIENCE * 2, || shop.waiting() == 0);
    running.terminate();
    running.finish_within(RUN_BOUND).success();
    shop.evidence(&program, &deposited).check_complete();
}
