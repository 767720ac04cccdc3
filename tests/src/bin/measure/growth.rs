//! How the cost grows: with more mails, with a million receipts in the ledger, with a very large mail among the others.

use std::path::Path;

use karamail_tests::old_shop::{Size, fill};
use karamail_tests::server::scratch_folder;

use crate::goals::Goals;
use crate::options::Options;
use crate::peers::karamail_once;
use crate::rounds::{Contestant, Course};
use crate::table::{self, median, megabytes};
use crate::usage::Usage;

const ONCE: Contestant = Contestant {
    name: "karamail once",
    downloads: "headers",
    make: |ground| karamail_once(ground, ground.smtp),
    kept: None,
    deletes: true,
    answers: true,
    code: 0,
};

struct Row {
    label: String,
    mails: usize,
    runs: Vec<Usage>,
}

impl Row {
    fn of(&self, part: fn(&Usage) -> f64) -> f64 {
        median(self.runs.iter().map(part))
    }

    fn each(&self) -> f64 {
        self.of(|run| run.wall) / self.mails as f64
    }

    fn peak_kib(&self) -> f64 {
        self.of(|run| run.peak_kib as f64)
    }
}

/// Measures what the options ask for and prints the table.
pub(crate) fn run(course: &Course, options: &Options, goals: &mut Goals) {
    let rounds = options.number("rounds").max(1);
    let counts = options.numbers("growth");
    let mut rows: Vec<Row> = counts.iter().map(|count| grown(course, *count, rounds)).collect();
    let receipts = options.number("receipts");
    let beside = counts.get(1).or(counts.first()).copied().unwrap_or(1000);
    if receipts > 0 {
        rows.push(old_shop(course, receipts, beside, rounds));
    }
    let megabytes_large = options.number("large");
    if megabytes_large > 0 {
        let mails = counts.first().copied().unwrap_or(1000);
        rows.push(with_a_large_mail(course, megabytes_large, mails, rounds));
    }
    if rows.is_empty() {
        return;
    }
    println!("\n### How the cost grows: karamail once, from the mail to the accepted answer\n");
    tell(&rows);
    for pair in rows.get(..counts.len()).unwrap_or_default().windows(2) {
        if let [few, many] = pair {
            let time = many.each() / few.each();
            let (less, more) = (few.peak_kib(), many.peak_kib());
            let growth = more / less;
            goals.note(
                time <= 1.1 && growth <= many.mails as f64 / few.mails as f64,
                &format!(
                    "time and memory linear or better from {} to {} mails",
                    few.mails, many.mails
                ),
                &format!("{time:.2} times the time a mail, {growth:.2} times the memory"),
            );
        }
    }
}

fn tell(rows: &[Row]) {
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.label.clone(),
                format!("{:.2}", row.of(|run| run.wall)),
                format!("{:.3}", row.each() * 1000.0),
                format!("{:.2}", row.of(|run| run.cpu)),
                megabytes(row.peak_kib() as u64),
            ]
        })
        .collect();
    table::print(&["mails", "s", "ms a mail", "CPU s", "peak MB"], &shown);
}

fn grown(course: &Course, mails: usize, rounds: usize) -> Row {
    let runs = (0..rounds).map(|_| {
        course.fill(mails);
        course.run(&ONCE, mails)
    });
    row(mails.to_string(), mails, runs)
}

fn row(label: String, mails: usize, runs: impl Iterator<Item = Usage>) -> Row {
    let told = |run: &Usage| eprintln!("{label}: {:.3} s", run.wall);
    let runs = runs.inspect(told).collect();
    Row { label, mails, runs }
}

fn with_a_large_mail(course: &Course, megabytes: usize, mails: usize, rounds: usize) -> Row {
    let large = large_mail(megabytes);
    let runs = (0..rounds).map(|_| {
        course.fill(mails);
        course.add(&large);
        course.run(&ONCE, mails)
    });
    row(format!("{mails}, and one of {megabytes} MB"), mails, runs)
}

/// A mail with a subject and an attachment: it goes whole into the archive.
fn large_mail(megabytes: usize) -> String {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let lines = megabytes * 1024 * 1024 / line.len();
    format!(
        "Return-Path: <a@partner.example>\r\nFrom: a@partner.example\r\nTo: touroku@shop.example\r\nSubject: catalogue\r\n\
         Date: Wed, 01 Apr 2026 09:00:00 +0900\r\nMessage-ID: <large@partner.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        line.repeat(lines)
    )
}

/// Each run goes on in the same folder: after five runs it holds five times the mails more, which is nothing beside what
/// was there.
fn old_shop(course: &Course, receipts: usize, mails: usize, rounds: usize) -> Row {
    let folder = scratch_folder("old-shop");
    eprintln!("filling a ledger with {receipts} receipts …");
    fill_ledger(&folder.path().join("data"), receipts);
    // The newest of its letters still wait; they go out before anything is measured.
    course.fill(0);
    course.run_in(
        &Contestant {
            answers: false,
            ..ONCE
        },
        0,
        folder.path(),
    );
    let runs = (0..rounds).map(|_| {
        course.fill(mails);
        course.run_in(&ONCE, mails, folder.path())
    });
    row(
        format!("{mails}, with {receipts} receipts in the ledger"),
        mails,
        runs,
    )
}

fn fill_ledger(data: &Path, receipts: usize) {
    let size = Size {
        numbers: u32::try_from(receipts).unwrap_or(u32::MAX),
        log_lines: 10,
        longest_log_lines: 10,
        waiting: [0, 0, 0],
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    runtime.block_on(fill(data, size));
}
