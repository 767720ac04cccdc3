//! The faults of a soak beside broken connections, one after the other from a seed: the POP3 server is started anew, the SMTP
//! server puts everything off, refuses or hangs up, the disk is full, and, in the first sixth of the time, the program is killed.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use karamail_tests::sink::Answer;

use crate::rounds::Course;

/// The most time between two faults.
const MOST_APART: Duration = Duration::from_secs(60);
/// One fault out of so many parts of its time lasts that long; then there is none.
const LASTS: u32 = 4;

/// What happens next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    ServerRestarts,
    DiskIsFull,
    EverythingPutOff,
    ServerHangsUp,
}

const FAULTS: [Fault; 4] = [
    Fault::DiskIsFull,
    Fault::EverythingPutOff,
    Fault::ServerRestarts,
    Fault::ServerHangsUp,
];

/// The faults and what came of them.
pub(crate) struct Weather {
    whole: Duration,
    apart: Duration,
    seed: u64,
    done: u32,
    is_bad: Option<Fault>,
    kills: usize,
    restarts: usize,
    full: usize,
    storms: usize,
    sink: Arc<Mood>,
}

/// What the SMTP server does at the moment.
#[derive(Default)]
struct Mood {
    puts_off: AtomicBool,
    hangs_up: AtomicBool,
    put_off: AtomicUsize,
    dropped: AtomicUsize,
    refused: Mutex<HashSet<String>>,
}

impl Weather {
    /// For that long, and what the SMTP server shall do with each recipient.
    pub(crate) fn new(
        seed: u64,
        whole: Duration,
    ) -> (Weather, impl Fn(usize, &str) -> Answer + Send + Sync + 'static) {
        let sink = Arc::new(Mood::default());
        let mood = Arc::clone(&sink);
        let weather = Weather {
            whole,
            apart: MOST_APART.min(whole / 12),
            seed,
            done: 0,
            is_bad: None,
            kills: 0,
            restarts: 0,
            full: 0,
            storms: 0,
            sink,
        };
        (weather, move |nth, to: &str| mood.answer(nth, to))
    }

    /// How long it lasts.
    pub(crate) fn whole(&self) -> Duration {
        self.whole
    }

    /// Begins and ends faults; true where the program is to be killed now.
    pub(crate) fn change(&mut self, now: Duration, course: &mut Course, disk: Option<&Disk>) -> bool {
        let begins = self.apart * self.done;
        if now >= begins + self.apart / LASTS {
            self.clear(disk);
        }
        if now >= begins + self.apart {
            self.done += 1;
            self.begin(course, disk);
        }
        // In the first sixth the program is killed three times for each other fault, so that it lives long afterwards.
        let is_early = now < self.whole / 6;
        let due = (now.as_secs_f64() / self.apart.as_secs_f64() * 3.0) as usize;
        let kills = is_early && due > self.kills && self.is_bad.is_none();
        self.kills += usize::from(kills);
        kills
    }

    fn begin(&mut self, course: &mut Course, disk: Option<&Disk>) {
        let place = (u64::from(self.done).wrapping_add(self.seed) % FAULTS.len() as u64) as usize;
        let Some(&fault) = FAULTS.get(place) else {
            return;
        };
        match fault {
            Fault::ServerRestarts => {
                course.restart();
                self.restarts += 1;
            }
            Fault::DiskIsFull => {
                if let Some(disk) = disk {
                    disk.fill();
                    self.full += 1;
                }
            }
            Fault::EverythingPutOff => {
                self.storms += 1;
                self.sink.puts_off.store(true, Ordering::Relaxed);
            }
            Fault::ServerHangsUp => {
                self.storms += 1;
                self.sink.hangs_up.store(true, Ordering::Relaxed);
            }
        }
        self.is_bad = Some(fault);
    }

    /// Ends what is under way.
    pub(crate) fn clear(&mut self, disk: Option<&Disk>) {
        if self.is_bad.take() == Some(Fault::DiskIsFull)
            && let Some(disk) = disk
        {
            disk.empty();
        }
        self.sink.puts_off.store(false, Ordering::Relaxed);
        self.sink.hangs_up.store(false, Ordering::Relaxed);
    }

    /// How many people the server refused for good.
    pub(crate) fn refused(&self) -> usize {
        self.sink.refused().len()
    }

    /// In figures.
    pub(crate) fn tell(&self, has_disk: bool) -> String {
        let Weather {
            kills,
            restarts,
            full,
            storms,
            sink,
            ..
        } = self;
        let disk = if has_disk {
            format!("the disk full {full} times")
        } else {
            "the disk never full (no small one could be mounted)".to_owned()
        };
        format!(
            "{kills} kills of the program, {restarts} starts of the POP3 server, {disk}, {storms} times in which the SMTP server took \
             nothing, {} letters put off and {} cut off by it",
            sink.put_off.load(Ordering::Relaxed),
            sink.dropped.load(Ordering::Relaxed)
        )
    }
}

impl Mood {
    fn refused(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, nth: usize, to: &str) -> Answer {
        // One customer in a hundred has a filter that lets nobody in.
        if to.contains("00@") {
            self.refused().insert(to.to_owned());
            return Answer::Refuse;
        }
        let (count, answer) = if self.puts_off.load(Ordering::Relaxed) || nth % 41 == 40 {
            (&self.put_off, Answer::Again)
        } else if self.hangs_up.load(Ordering::Relaxed) {
            (&self.dropped, Answer::ServiceEnds)
        } else if nth % 97 == 96 {
            (&self.dropped, Answer::AcceptAndDrop)
        } else if nth % 89 == 88 {
            (&self.dropped, Answer::Drop)
        } else {
            return Answer::Accept;
        };
        count.fetch_add(1, Ordering::Relaxed);
        answer
    }
}

/// A small disk in memory for the data folder, which can be filled.
pub(crate) struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Mounts one; none where this user may not.
    pub(crate) fn mount(at: &Path, minutes: usize) -> Option<Disk> {
        fs::create_dir_all(at).unwrap_or_else(|error| panic!("{error}"));
        let options = format!("size={}m,mode=700", 64 + 4 * minutes);
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at);
        let is_mounted = command.status().is_ok_and(|status| status.success());
        is_mounted.then(|| Disk { at: at.to_owned() })
    }

    /// Takes every byte of it.
    fn fill(&self) {
        let Ok(mut ballast) = File::create(self.at.join("ballast")) else {
            return;
        };
        for block in [1 << 20, 4096, 1] {
            let block = vec![0; block];
            while ballast.write_all(&block).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.at.join("ballast")).unwrap_or_else(|error| panic!("the ballast: {error}"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}
