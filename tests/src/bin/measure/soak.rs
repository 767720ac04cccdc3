//! A long day in short: mails come all the time while connections to both servers break, stall and are refused.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use karamail_tests::server::scratch_folder;
use karamail_tests::sink::{Accepted, Sink};

use crate::faults::Relay;
use crate::footprint::{collecting, growth, tell};
use crate::goals::Goals;
use crate::process::{Reading, Running};
use crate::rounds::Course;

/// Mails a second while it lasts.
const MAILS_A_SECOND: u32 = 4;
/// How long what is left may take once all is calm: a mailbox that failed rests five minutes at the most.
const CALM: Duration = Duration::from_secs(900);

/// Runs it for that many minutes and prints what it cost, a line for each twelfth.
pub(crate) fn run(minutes: usize, seed: u64, goals: &mut Goals) {
    let (course, sink) = (Course::open(), Sink::start());
    course.fill(0);
    let (pop3, smtp) = (
        Relay::start(course.pop3(), seed),
        Relay::start(sink.port(), !seed),
    );
    let folder = scratch_folder("soak");
    let command = collecting(folder.path(), pop3.port(), smtp.port(), 5, "10");
    let mut program = Running::start(command, &folder.path().join("output"));
    let whole = Duration::from_secs(60 * minutes as u64);
    let (begin, mut mails) = (Instant::now(), 0_usize);
    let (mut readings, mut shown) = (Vec::new(), Vec::new());
    while begin.elapsed() < whole {
        let wanted = (begin.elapsed().as_secs_f64() * f64::from(MAILS_A_SECOND)) as usize;
        course.deposit(wanted.saturating_sub(mails));
        mails = mails.max(wanted);
        readings.push(program.watch(Duration::from_millis(200)));
        if begin.elapsed() * 12 >= whole * (shown.len() as u32 + 1) {
            let minutes = begin.elapsed().as_secs_f64() / 60.0;
            shown.extend(
                readings
                    .last()
                    .map(|reading| (format!("{minutes:.1} min, {mails} mails"), *reading)),
            );
        }
    }
    pop3.calm();
    smtp.calm();
    let calm = Instant::now();
    let is_done = |sink: &Sink| course.waiting() == 0 && people(&sink.accepted()).len() >= mails;
    while !is_done(&sink) && calm.elapsed() < CALM {
        program.watch(Duration::from_secs(1));
    }
    let calm = calm.elapsed();
    shown.push((
        "when all is calm".to_owned(),
        program.watch(Duration::from_secs(12)),
    ));
    drop(program);
    println!(
        "\n### {minutes} minutes with faults (seed {seed}): karamail run, a poll every 5 s, {MAILS_A_SECOND} mails a second\n"
    );
    tell(&shown);
    let accepted = sink.accepted();
    let answered = people(&accepted).len();
    let ((logins, bad_logins), (sends, bad_sends)) = (pop3.counts(), smtp.counts());
    println!(
        "\n{logins} connections to the POP3 server, {bad_logins} of them faulty; {sends} to the SMTP server, {bad_sends} faulty.\n\
         {mails} mails, {answered} people answered, {} letters twice; all done {:.0} s after the last fault.",
        accepted.len() - answered,
        calm.as_secs_f64()
    );
    let is_whole = answered == mails && course.waiting() == 0;
    goals.note(
        is_whole,
        "everybody has an answer and the mailbox is empty",
        &format!("{answered} of {mails}"),
    );
    judge(&readings, goals);
}

/// The last third beside the middle one: what a program grows to in its first minutes is not growth.
fn judge(readings: &[Reading], goals: &mut Goals) {
    let third = readings.len() / 3;
    let part = |from: usize, to: usize| readings.get(from..to).unwrap_or_default();
    let (middle, last) = (part(third, 2 * third), part(2 * third, readings.len()));
    let (memory, resident) = growth(middle, last, |reading| reading.resident_kib as f64);
    goals.note(
        memory,
        "memory does not grow in the soak (last third beside the middle one)",
        &format!("{resident:.2} times"),
    );
    let (files, open) = growth(middle, last, |reading| reading.files as f64);
    goals.note(
        files,
        "open files do not grow in the soak",
        &format!("{open:.2} times"),
    );
}

fn people(accepted: &[Accepted]) -> HashSet<&str> {
    accepted
        .iter()
        .flat_map(|letter| &letter.to)
        .map(String::as_str)
        .collect()
}
