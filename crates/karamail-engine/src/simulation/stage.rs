//! What one seed's play stands on: its clock, its chance, the moment of the next death, and everything that happened.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::random::Random;
use super::weather::{Character, Weather};
use super::world::World;
use crate::store::evidence::Witness;

thread_local! {
    static STAGE: RefCell<Option<Arc<Stage>>> = const { RefCell::new(None) };
}

/// The stage of the play on this thread; none outside of the simulation.
pub(crate) fn stage() -> Option<Arc<Stage>> {
    STAGE.with_borrow(Clone::clone)
}

/// Where the simulated clock begins.
const BEGINNING: i64 = 1_795_300_000;
/// Lines of a trace that are kept; a play that writes more is stuck.
const TRACE_LINES: usize = 200_000;

pub(crate) struct Stage {
    pub(super) dice: Mutex<Random>,
    pub(super) world: Mutex<World>,
    pub(super) weather: Mutex<Weather>,
    pub(super) character: Character,
    pub(super) witness: Mutex<Option<Witness>>,
    pub(crate) ledger_trouble: Arc<LedgerTrouble>,
    trace: Mutex<Vec<String>>,
    broken: Mutex<Vec<String>>,
    began: Instant,
    /// How far the wall clock is off, seconds.
    offset: AtomicI64,
    life: Mutex<Life>,
    outside: AtomicUsize,
    /// The data folder of the program that lives now.
    folder: Mutex<PathBuf>,
}

/// What the ledger's disk does next; its hooks run on SQLite's own thread.
#[derive(Default)]
pub(crate) struct LedgerTrouble {
    /// The commit after so many fails; negative: none.
    pub(crate) commits_left: AtomicI64,
    /// A statement fails after so many looks of the progress handler; negative: none.
    pub(crate) work_left: AtomicI64,
    /// The file may not grow.
    pub(crate) is_full: AtomicBool,
}

impl LedgerTrouble {
    pub(super) fn none() -> LedgerTrouble {
        let trouble = LedgerTrouble::default();
        trouble.end();
        trouble
    }

    pub(super) fn end(&self) {
        self.spare();
        self.is_full.store(false, Ordering::SeqCst);
    }

    /// What was to fail next does not.
    pub(super) fn spare(&self) {
        self.commits_left.store(-1, Ordering::SeqCst);
        self.work_left.store(-1, Ordering::SeqCst);
    }

    /// Counts down; whether this is the one that fails.
    pub(crate) fn strikes(counter: &AtomicI64) -> bool {
        counter.load(Ordering::SeqCst) >= 0 && counter.fetch_sub(1, Ordering::SeqCst) == 0
    }
}

#[derive(Default)]
struct Life {
    steps: u64,
    dies_at: Option<u64>,
    is_dead: bool,
    /// Whoever waits for the death of the program.
    heir: Option<Waker>,
}

impl Stage {
    /// Sets the stage for the play on this thread, inside its runtime.
    pub(super) fn set(dice: Random, character: Character, world: World) -> Arc<Stage> {
        let stage = Arc::new(Stage {
            dice: Mutex::new(dice),
            world: Mutex::new(world),
            weather: Mutex::new(Weather::fair()),
            character,
            witness: Mutex::new(None),
            ledger_trouble: Arc::new(LedgerTrouble::none()),
            trace: Mutex::default(),
            broken: Mutex::default(),
            began: Instant::now(),
            offset: AtomicI64::new(0),
            life: Mutex::default(),
            outside: AtomicUsize::new(0),
            folder: Mutex::default(),
        });
        STAGE.set(Some(Arc::clone(&stage)));
        stage
    }

    pub(super) fn strike() {
        STAGE.set(None);
    }

    pub(super) fn now(&self) -> Timestamp {
        let running = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        let offset = SignedDuration::from_secs(self.offset.load(Ordering::SeqCst));
        Timestamp::from_second(BEGINNING).unwrap() + running + offset
    }

    pub(super) fn move_clock(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::SeqCst);
        self.note(format!("the clock jumps by {seconds} s"));
    }

    /// One more line of what happened.
    pub(super) fn note(&self, line: impl AsRef<str>) {
        let mut trace = lock(&self.trace);
        if trace.len() < TRACE_LINES {
            let at = self.began.elapsed();
            trace.push(format!("{:>10.3} {}", at.as_secs_f64(), line.as_ref()));
        }
    }

    /// A promise was broken.
    pub(super) fn broken(&self, promise: String) {
        self.note(format!("BROKEN: {promise}"));
        lock(&self.broken).push(promise);
    }

    pub(super) fn hold(&self, holds: bool, promise: impl FnOnce() -> String) {
        if !holds {
            self.broken(promise());
        }
    }

    pub(super) fn broken_promises(&self) -> Vec<String> {
        lock(&self.broken).clone()
    }

    pub(super) fn trace(&self) -> Vec<String> {
        lock(&self.trace).clone()
    }

    pub(super) fn dice(&self) -> MutexGuard<'_, Random> {
        lock(&self.dice)
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(super) fn weather(&self) -> MutexGuard<'_, Weather> {
        lock(&self.weather)
    }

    pub(super) fn chance(&self, times: u64) -> bool {
        times > 0 && self.dice().in_thousand(times)
    }

    /// The program lives again, and dies after so many more steps.
    pub(super) fn live(&self, dies_in: Option<u64>) {
        let mut life = lock(&self.life);
        life.is_dead = false;
        life.dies_at = dies_in.map(|steps| life.steps + steps);
    }

    pub(super) fn is_dead(&self) -> bool {
        lock(&self.life).is_dead
    }

    pub(super) fn await_death(&self, heir: &Waker) {
        lock(&self.life).heir = Some(heir.clone());
    }

    pub(super) fn steps(&self) -> u64 {
        lock(&self.life).steps
    }

    /// One more step of the program; whether it lives on.
    pub(super) fn lives_on(&self, name: &str) -> bool {
        let mut life = lock(&self.life);
        if life.is_dead {
            return false;
        }
        life.steps += 1;
        if life.dies_at.is_some_and(|at| life.steps >= at) {
            life.is_dead = true;
            let heir = life.heir.take();
            drop(life);
            self.note(format!("CRASH at {name}"));
            if let Some(heir) = heir {
                heir.wake();
            }
            return false;
        }
        true
    }

    pub(super) fn folder(&self) -> PathBuf {
        lock(&self.folder).clone()
    }

    pub(super) fn set_folder(&self, folder: PathBuf) {
        *lock(&self.folder) = folder;
    }

    pub(super) fn go_outside(&self) {
        self.outside.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn come_back(&self) {
        self.outside.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether the ledger is at work for the program.
    pub(super) fn is_outside(&self) -> bool {
        self.outside.load(Ordering::SeqCst) > 0
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
