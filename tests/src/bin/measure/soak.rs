//! A long day in short: mails come all the time while connections break, servers go down and refuse, the disk is full for
//! moments, and the program is killed. `weather` says when which.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use karamail_tests::ledger::Ledger;
use karamail_tests::mails;
use karamail_tests::server::scratch_folder;
use karamail_tests::sink::{Accepted, Sink};

use crate::faults::Relay;
use crate::footprint::collecting;
use crate::goals::Goals;
use crate::growth_over_time::Growth;
use crate::process::{Reading, Running};
use crate::rounds::Course;
use crate::table::{self, megabytes};
use crate::weather::{Disk, Weather};

/// Mails a second while it lasts.
const MAILS_A_SECOND: u32 = 4;
/// How long what is left may take once all is calm: a mailbox that failed rests five minutes at the most, a letter that the
/// server put off twice a little more.
const CALM: Duration = Duration::from_secs(900);
/// What the ledger may grow by for each mail.
const LEDGER_BYTES: u64 = 8 * 1024;
/// What SQLite's log may grow to.
const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// What is looked at, with when.
struct Seen {
    at: Duration,
    reading: Reading,
    /// Bytes of the ledger, and of SQLite's log beside it.
    ledger: (u64, u64),
    mails: usize,
}

/// Runs it for that many minutes and prints what it cost, a line for each twelfth.
pub(crate) fn run(minutes: usize, seed: u64, goals: &mut Goals) {
    let mut course = Course::open();
    let (mut weather, plan) = Weather::new(seed, Duration::from_secs(60 * minutes as u64));
    let sink = Sink::with_plan(plan);
    course.fill(0);
    let (pop3, smtp) = (
        Relay::start(course.pop3(), seed),
        Relay::start(sink.port(), !seed),
    );
    let folder = scratch_folder("soak");
    let disk = Disk::mount(&folder.path().join("data"), minutes);
    let start = || {
        let command = collecting(folder.path(), pop3.port(), smtp.port(), 5, "10");
        Running::start(command, &folder.path().join("output"))
    };
    let mut program = start();
    let whole = weather.whole();
    let (begin, mut mails) = (Instant::now(), 0_usize);
    let mut seen: Vec<Seen> = Vec::new();
    while begin.elapsed() < whole {
        let wanted = (begin.elapsed().as_secs_f64() * f64::from(MAILS_A_SECOND)) as usize;
        course.deposit(wanted.saturating_sub(mails));
        mails = mails.max(wanted);
        if weather.change(begin.elapsed(), &mut course, disk.as_ref()) {
            program.kill();
            program = start();
            // Only the last life of the program is judged: it is the long one.
            seen.clear();
        }
        let reading = program.watch(Duration::from_millis(200));
        seen.push(Seen {
            at: begin.elapsed(),
            reading,
            ledger: ledger_size(folder.path()),
            mails,
        });
    }
    weather.clear(disk.as_ref());
    pop3.calm();
    smtp.calm();
    let calm = Instant::now();
    let is_done =
        |sink: &Sink| course.waiting() == 0 && people(&sink.accepted()) + weather.refused() >= mails;
    while !is_done(&sink) && calm.elapsed() < CALM {
        program.watch(Duration::from_secs(1));
    }
    let calm = calm.elapsed();
    let after = program.watch(Duration::from_secs(12));
    drop(program);
    println!(
        "\n### {minutes} minutes with faults (seed {seed}): karamail run, a poll every 5 s, {MAILS_A_SECOND} mails a second\n"
    );
    tell(&seen, &after, ledger_size(folder.path()), mails, whole);
    let ((logins, bad_logins), (sends, bad_sends)) = (pop3.counts(), smtp.counts());
    let accepted = sink.accepted();
    let answered = people(&accepted);
    println!(
        "\n{logins} connections to the POP3 server, {bad_logins} of them faulty; {sends} to the SMTP server, {bad_sends} faulty; {}.\n\
         {mails} mails, {answered} people answered, {} refused by the server, {} letters twice; all done {:.0} s after the last fault.",
        weather.tell(disk.is_some()),
        weather.refused(),
        accepted.len() - answered,
        calm.as_secs_f64()
    );
    goals.note(
        answered + weather.refused() == mails && course.waiting() == 0,
        "everybody has an answer and the mailbox is empty",
        &format!("{answered} and {} refused of {mails}", weather.refused()),
    );
    check_numbers(&folder.path().join("data"), &accepted, mails, goals);
    judge(&seen, goals);
}

/// No number lost, doubled or skipped, and each letter tells the number that its reader has.
fn check_numbers(data: &Path, accepted: &[Accepted], mails: usize, goals: &mut Goals) {
    let ledger = Ledger::read(data);
    let is_whole = ledger.numbers().into_iter().eq(1..=mails as i64);
    goals.note(
        is_whole,
        "numbers without a hole or a double",
        &format!("{} numbers for {mails} people", ledger.receipts.len()),
    );
    let told: HashSet<(String, Option<i64>)> = accepted
        .iter()
        .map(|letter| (letter.to.concat(), mails::number(&letter.bytes)))
        .collect();
    let owned: HashSet<(String, Option<i64>)> = ledger
        .receipts
        .iter()
        .map(|receipt| (receipt.address_key.clone(), Some(receipt.number)))
        .collect();
    let wrong = told.difference(&owned).count();
    goals.note(
        wrong == 0,
        "everybody was told one number, his own",
        &format!("{wrong} letters say something else"),
    );
}

/// What is judged begins a third of the way in: what a program grows to in its first minutes is not growth.
fn judge(seen: &[Seen], goals: &mut Goals) {
    let warm = seen.get(seen.len() / 3..).unwrap_or_default();
    let growth = |of: fn(&Reading) -> f64| {
        let points = warm
            .iter()
            .map(|seen| (seen.at.as_secs_f64() / 3600.0, of(&seen.reading)));
        Growth::of(points)
    };
    for (what, unit, growth) in [
        (
            "memory",
            "MB",
            growth(|reading| reading.resident_kib as f64 / 1024.0),
        ),
        ("open files", "files", growth(|reading| reading.files as f64)),
        ("threads", "threads", growth(|reading| reading.threads as f64)),
    ] {
        goals.note(
            growth.is_none(),
            &format!("{what} do not grow in the soak (slope of the lows, after warm-up)")
                .replace("memory do", "memory does"),
            &growth.tell(unit),
        );
    }
    if let (Some(first), Some(last)) = (warm.first(), warm.last()) {
        let grown = last.ledger.0.saturating_sub(first.ledger.0);
        let each = grown / (last.mails - first.mails).max(1) as u64;
        goals.note(
            each <= LEDGER_BYTES,
            "the ledger grows with the mails alone (8 KiB for each at most)",
            &format!("{each} bytes for each mail"),
        );
        let most = warm.iter().map(|seen| seen.ledger.1).max().unwrap_or(0);
        goals.note(
            most <= LOG_BYTES,
            "SQLite's log stays small (16 MB at most)",
            &format!("{} MB", megabytes(most / 1024)),
        );
    }
}

fn tell(seen: &[Seen], after: &Reading, ledger: (u64, u64), mails: usize, whole: Duration) {
    let row = |when: String, mails: usize, reading: &Reading, ledger: (u64, u64)| {
        vec![
            when,
            mails.to_string(),
            megabytes(reading.resident_kib),
            megabytes(reading.own_kib),
            megabytes(reading.peak_kib),
            reading.threads.to_string(),
            reading.files.to_string(),
            megabytes(ledger.0 / 1024),
            megabytes(ledger.1 / 1024),
            format!("{:.1}", reading.cpu),
        ]
    };
    let mut rows = Vec::new();
    for twelfth in 1..=12_u32 {
        let from = whole * (twelfth - 1) / 12;
        let until = whole * twelfth / 12;
        if let Some(last) = seen.iter().rfind(|seen| (from..=until).contains(&seen.at)) {
            let minutes = last.at.as_secs_f64() / 60.0;
            rows.push(row(
                format!("{minutes:.1} min"),
                last.mails,
                &last.reading,
                last.ledger,
            ));
        }
    }
    rows.push(row("when all is calm".to_owned(), mails, after, ledger));
    table::print(
        &[
            "when",
            "mails",
            "resident MB",
            "own MB",
            "peak MB",
            "threads",
            "files",
            "ledger MB",
            "log MB",
            "CPU s",
        ],
        &rows,
    );
}

fn ledger_size(folder: &Path) -> (u64, u64) {
    let size = |name: &str| std::fs::metadata(folder.join("data").join(name)).map_or(0, |file| file.len());
    (size("karamail.db"), size("karamail.db-wal"))
}

fn people(accepted: &[Accepted]) -> usize {
    let people: HashSet<&String> = accepted.iter().flat_map(|letter| &letter.to).collect();
    people.len()
}
