//! The plays as tests.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::play::{Counts, Played, play};
use super::stage::{Stage, lock, stage};

/// Seeds of a plain `cargo test`.
const SEEDS: u64 = 200;
/// The last lines of a failed play that are shown.
const SHOWN: usize = 400;

fn number_in(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// In memory where there is such a place: flushing a disk thousands of times takes long, and finds nothing.
fn home() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    let folder = tempfile::Builder::new().prefix("karamail-simulation-").to_owned();
    folder.tempdir_in(memory).or_else(|_| folder.tempdir()).unwrap()
}

fn played(seed: u64, home: &std::path::Path) -> Played {
    let attempt = std::panic::catch_unwind(|| play(seed, home));
    attempt.unwrap_or_else(|_| {
        let trace = stage().map(|stage| stage.trace()).unwrap_or_default();
        Stage::strike();
        Played {
            broken: vec!["the play panicked".to_owned()],
            trace,
            counts: Counts::default(),
        }
    })
}

fn tell(seed: u64, played: &Played) -> String {
    let from = played.trace.len().saturating_sub(SHOWN);
    format!(
        "seed {seed} broke:\n  {}\nthe end of its trace:\n{}\nagain: KARAMAIL_SIM_SEED={seed} cargo test -p karamail-engine --lib replay -- --nocapture",
        played.broken.join("\n  "),
        played.trace[from..].join("\n")
    )
}

#[test]
fn no_seed_breaks_a_promise() {
    let first = number_in("KARAMAIL_SIM_FIRST").unwrap_or(0);
    let count = number_in("KARAMAIL_SIM_SEEDS").unwrap_or(SEEDS);
    let (home, next) = (home(), AtomicU64::new(first));
    let failed: Mutex<Vec<(u64, String)>> = Mutex::default();
    let total: Mutex<Counts> = Mutex::default();
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + count || lock(&failed).len() >= 20 {
                        break;
                    }
                    let played = played(seed, home.path());
                    lock(&total).add(&played.counts);
                    if !played.broken.is_empty() {
                        lock(&failed).push((seed, tell(seed, &played)));
                    }
                }
            });
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{count} seeds in {seconds:.1} s, {:.0} a second: {:?}",
        count as f64 / seconds,
        lock(&total)
    );
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    let seeds: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
    if let Some((_, told)) = failed.first() {
        panic!("seeds that broke a promise: {seeds:?}\n{told}");
    }
}

/// The id of an old mail went to a new customer, whose mail was deleted unread.
#[test]
fn the_seeds_that_lost_a_customer_lose_none() {
    let home = home();
    // 4: the ledger believed the old mail to be there. 35: its deletion had been asked for.
    for seed in [4, 35] {
        let played = played(seed, home.path());
        assert!(played.broken.is_empty(), "{}", tell(seed, &played));
    }
}

/// Repeats one seed with all that happened: `KARAMAIL_SIM_SEED`.
#[test]
fn replay() {
    let Some(seed) = number_in("KARAMAIL_SIM_SEED") else {
        return;
    };
    let played = played(seed, home().path());
    println!("{}", played.trace.join("\n"));
    assert!(
        played.broken.is_empty(),
        "seed {seed} broke: {:#?}",
        played.broken
    );
}

#[test]
fn the_same_seed_plays_the_same_play() {
    let home = home();
    let count = number_in("KARAMAIL_SIM_TWICE").unwrap_or(20);
    for seed in 0..count {
        let (one, other) = (played(seed, home.path()), played(seed, home.path()));
        let differs = one
            .trace
            .iter()
            .zip(&other.trace)
            .position(|(one, other)| one != other);
        if let Some(at) = differs {
            let from = at.saturating_sub(10);
            panic!(
                "seed {seed} differs at line {at}:\n{}\n--- and ---\n{}",
                one.trace[from..=at].join("\n"),
                other.trace[from..=at].join("\n")
            );
        }
        assert_eq!(one.trace.len(), other.trace.len(), "seed {seed}");
    }
}

impl Counts {
    fn add(&mut self, more: &Counts) {
        self.cycles += more.cycles;
        self.crashes += more.crashes;
        self.drops += more.drops;
        self.faults += more.faults;
        self.mails += more.mails;
        self.numbers += more.numbers;
        self.letters += more.letters;
        self.copies += more.copies;
        self.steps += more.steps;
    }
}
