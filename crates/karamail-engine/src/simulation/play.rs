//! One seed's play: rounds of mail, storms, crashes and clocks that jump; then fair weather until everything is done.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::join_all;

use super::mails;
use super::random::Random;
use super::seams::{lockstep, outside};
use super::servers::{POP3_PORT, SMTP_PORT};
use super::stage::{Stage, lock};
use super::weather::{Character, Weather};
use super::world::{Kind, Left, World, key_of};
use super::{check, settings};
use crate::config::Settings;
use crate::cycle::{self, CycleReport, Logins, Worker};
use crate::secrets::Password;
use crate::stop::stop_switch;
use crate::store::Store;
use crate::store::evidence::Witness;

/// Cycles in fair weather after which everything must be done; an hour lies between two.
const LONGEST_END: usize = 60;

/// Every wait in a cycle has its limit.
const LONGEST_CYCLE: Duration = Duration::from_secs(24 * 3_600);

/// What came of a play.
pub(crate) struct Played {
    pub(crate) broken: Vec<String>,
    pub(crate) trace: Vec<String>,
    pub(crate) counts: Counts,
}

/// What happened, for those who ask whether anything did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) cycles: usize,
    pub(crate) crashes: usize,
    pub(crate) drops: usize,
    pub(crate) faults: usize,
    pub(crate) mails: usize,
    pub(crate) numbers: usize,
    pub(crate) letters: usize,
    pub(crate) copies: usize,
    pub(crate) steps: u64,
}

/// Plays a seed on this thread, in folders below `home`.
pub(crate) fn play(seed: u64, home: &Path) -> Played {
    on_a_stage(seed, home, async |play| play.whole().await)
}

fn on_a_stage(seed: u64, home: &Path, script: impl AsyncFnOnce(&mut Play)) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    // SQLite's threads may still be at home in the folders of the play before.
    static PLAYS: AtomicU64 = AtomicU64::new(0);
    let home = home.join(PLAYS.fetch_add(1, Ordering::SeqCst).to_string());
    let played = runtime.block_on(async {
        let mut dice = Random::new(seed);
        let character = Character::of(&mut dice);
        let settings = settings::settings(&mut dice);
        let world = World::new(settings.mailboxes.len());
        let stage = Stage::set(dice, character, world);
        stage.note(format!("seed {seed}: {:?}", stage.character));
        let mut play = Play {
            stage: Arc::clone(&stage),
            settings: Arc::new(settings),
            home: home.clone(),
            lives: 0,
            program: None,
            numbers: BTreeMap::new(),
            counts: Counts::default(),
        };
        script(&mut play).await;
        let mut counts = play.counts;
        drop(play.program.take());
        *lock(&stage.witness) = None;
        counts.steps = stage.steps();
        Played {
            broken: stage.broken_promises(),
            trace: stage.trace(),
            counts,
        }
    });
    drop(runtime);
    Stage::strike();
    let _ = std::fs::remove_dir_all(&home);
    played
}

/// The program while it lives.
struct Program {
    store: Store,
    workers: Vec<Worker>,
}

struct Play {
    stage: Arc<Stage>,
    settings: Arc<Settings>,
    home: PathBuf,
    /// How often the program was started on what a crash left.
    lives: usize,
    program: Option<Program>,
    /// Every number that was ever seen, and whose it is.
    numbers: BTreeMap<(String, i64), String>,
    counts: Counts,
}

impl Play {
    async fn whole(&mut self) {
        self.begin().await;
        let rounds = self.stage.dice().between(3, 9);
        for round in 0..rounds {
            self.stage.note(format!("ROUND {round}"));
            self.round().await;
            if !self.stage.broken_promises().is_empty() {
                return;
            }
        }
        self.end().await;
    }

    async fn begin(&mut self) {
        let folder = self.home.join("0");
        std::fs::create_dir_all(&folder).unwrap();
        self.stage.set_folder(folder);
        let world = &self.stage.character;
        if world.has_dead_addresses {
            let mut world = self.stage.world();
            world.dead_addresses.insert(key_of("customer1@example.jp"));
        }
        self.start().await;
    }

    /// Starts the program on the folder as it is. Nothing disturbs that.
    async fn start(&mut self) {
        self.stage.live(None);
        self.stage.ledger_trouble.end();
        let folder = self.stage.folder();
        let store = outside(Store::open(&folder)).await.unwrap();
        *lock(&self.stage.witness) = Some(outside(Witness::of(&folder)).await);
        let workers = self.workers(&store).await;
        self.program = Some(Program { store, workers });
    }

    async fn workers(&self, store: &Store) -> Vec<Worker> {
        let mut workers = Vec::new();
        for mailbox in &self.settings.mailboxes {
            let logins = Logins {
                pop3: Ok(Password::new("secret")),
                smtp: Ok(None),
            };
            let worker = Worker::new(Arc::clone(&self.settings), mailbox.clone(), logins, store);
            workers.push(outside(worker).await.unwrap());
        }
        workers
    }

    async fn round(&mut self) {
        // In this order, so that a new mail may get an id of which nobody knows yet that it is free.
        self.others_delete();
        self.deposit();
        self.storm();
        if self.stage.chance(120) {
            let most = *self.stage.dice().one_of(&[60, 4_000, 90_000, 3_000_000]);
            let by = self.stage.dice().below(2 * most) as i64 - most as i64;
            self.stage.move_clock(by);
        }
        let cycles = self.stage.dice().between(1, 3);
        for _ in 0..cycles {
            self.disk_trouble().await;
            let dies_in = match self.stage.chance(350) {
                true => Some(self.stage.dice().between(1, 120)),
                false => None,
            };
            self.stage.live(dies_in);
            self.cycle().await;
            self.check().await;
            let pause = *self.stage.dice().one_of(&[1, 15, 15, 70, 400, 4_000]);
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    fn storm(&mut self) {
        let is_stormy = self.stage.chance(750);
        let weather = match is_stormy {
            true => Weather::stormy(&mut self.stage.dice()),
            false => Weather {
                is_fair: false,
                ..Weather::fair()
            },
        };
        self.stage.note(format!("{weather:?}"));
        *self.stage.weather() = weather;
    }

    async fn disk_trouble(&mut self) {
        let trouble = &self.stage.ledger_trouble;
        trouble.end();
        let kind = self.stage.dice().below(12);
        let after = match kind {
            1 => self.stage.dice().below(12),
            _ => self.stage.dice().below(400),
        } as i64;
        match kind {
            0 => trouble.is_full.store(true, Ordering::SeqCst),
            1 => trouble.commits_left.store(after, Ordering::SeqCst),
            2 => trouble.work_left.store(after, Ordering::SeqCst),
            _ => {}
        }
        if kind < 3 {
            self.stage.note(format!("disk trouble {kind} after {after}"));
        }
        if let Some(program) = &self.program {
            outside(program.store.simulate_full_disk(kind == 0)).await;
        }
    }

    fn deposit(&mut self) {
        let stage = &self.stage;
        let count = stage.dice().below(7);
        for _ in 0..count {
            let now = stage.now();
            let mut dice = stage.dice();
            let mut world = stage.world();
            let mailbox = dice.below(world.mailboxes.len() as u64) as usize;
            if !world.mails.is_empty() && dice.in_thousand(40) {
                // A sender's server delivers twice.
                let again = dice.below(world.mails.len() as u64) as usize;
                let mail = world.mails[again].clone();
                let id = world.deposit(
                    mail.mailbox,
                    mail.kind,
                    &mail.address,
                    mail.bytes,
                    stage.character.ids,
                    &mut dice,
                );
                drop((world, dice));
                stage.note(format!("mail {id} comes: mail {again} once more"));
                continue;
            }
            let kind = match dice.below(20) {
                0..12 => Kind::Signup,
                12..15 => Kind::Other,
                15..19 => Kind::Automatic,
                _ => Kind::Spoofed,
            };
            let ours: Vec<String> = world
                .mailboxes
                .iter()
                .map(|mailbox| mailbox.address.clone())
                .collect();
            let (address, bytes) =
                mails::mail(&mut dice, kind, world.mails.len(), &ours, &ours[mailbox], now);
            let id = world.deposit(mailbox, kind, &address, bytes, stage.character.ids, &mut dice);
            drop((world, dice));
            stage.note(format!(
                "mail {id} comes: {kind:?} of {address} to {}",
                ours[mailbox]
            ));
        }
    }

    fn others_delete(&mut self) {
        let chance = self.stage.character.others_delete;
        let there: Vec<usize> = {
            let world = self.stage.world();
            world
                .mailboxes
                .iter()
                .flat_map(|mailbox| mailbox.mails.clone())
                .collect()
        };
        for id in there {
            if self.stage.chance(chance) {
                self.stage.world().remove(id, Left::Elsewhere);
                self.stage.note(format!("somebody else deletes mail {id}"));
            }
        }
    }

    /// One cycle of every mailbox, side by side, unless the program dies.
    async fn cycle(&mut self) -> Vec<CycleReport> {
        self.counts.cycles += 1;
        let Some(mut program) = self.program.take() else {
            return Vec::new();
        };
        let folder = self.stage.folder();
        let (_switch, stop) = stop_switch();
        let store = &program.store;
        let cycle = |worker| lockstep(cycle::run_once(worker, store, &folder, &stop));
        let cycles = program.workers.iter_mut().map(cycle);
        let drops_only = self.stage.chance(200);
        let alive = Alive {
            stage: Arc::clone(&self.stage),
            future: Box::pin(join_all(cycles)),
        };
        let ended = tokio::time::timeout(LONGEST_CYCLE, alive).await;
        let ended = ended.unwrap_or_else(|_| {
            self.stage.broken("a cycle does not end".to_owned());
            None
        });
        match ended {
            Some(reports) => {
                // Connections that rest say goodbye between two cycles; that is no moment to die at.
                self.stage.live(None);
                for report in &reports {
                    let told = format!("{report:?}").replace(&*self.home.to_string_lossy(), "…");
                    self.stage.note(format!("cycle ended: {told}"));
                    self.counts.faults +=
                        usize::from(report.receive_fault.is_some() || report.send_fault.is_some());
                }
                self.program = Some(program);
                reports
            }
            None if drops_only => {
                // The cycle alone is lost, as where one panics; the ledger stays open.
                self.counts.drops += 1;
                self.stage.note("the cycle is dropped, the program goes on");
                self.stage.live(None);
                // What was to strike the cycle would strike these hands.
                self.stage.ledger_trouble.spare();
                let workers = self.workers(&program.store).await;
                program.workers = workers;
                self.program = Some(program);
                Vec::new()
            }
            None => {
                self.crash(program).await;
                Vec::new()
            }
        }
    }

    /// The program is gone: what lies on the disk at this moment is all that the next one finds.
    async fn crash(&mut self, program: Program) {
        self.counts.crashes += 1;
        self.lives += 1;
        let (old, new) = (self.stage.folder(), self.home.join(self.lives.to_string()));
        copy(&old, &new);
        *lock(&self.stage.witness) = None;
        drop(program);
        self.stage.set_folder(new);
        self.start().await;
    }

    async fn check(&mut self) {
        let evidence = check::everything(&self.stage).await;
        check::always(&self.stage, &evidence, &self.settings, &mut self.numbers);
    }

    /// Everything is mended, and in the end everything is done.
    async fn end(&mut self) {
        self.stage.note("FAIR WEATHER");
        *self.stage.weather() = Weather::fair();
        self.stage.live(None);
        let mut quiet = 0;
        for _ in 0..LONGEST_END {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            self.stage.ledger_trouble.end();
            if let Some(program) = &self.program {
                outside(program.store.simulate_full_disk(false)).await;
            }
            let reports = self.cycle().await;
            self.check().await;
            let evidence = check::everything(&self.stage).await;
            let waits = evidence
                .letters
                .iter()
                .any(|row| row.state != "sent" && row.state != "refused");
            let is_quiet = |report: &CycleReport| {
                !report.is_unfinished
                    && report.receive_fault.is_none()
                    && report.send_fault.is_none()
                    && report.received + report.sent + report.deleted + report.unreadable == 0
            };
            quiet = if reports.iter().all(is_quiet) && !waits {
                quiet + 1
            } else {
                0
            };
            if quiet == 2 || !self.stage.broken_promises().is_empty() {
                break;
            }
        }
        self.stage.hold(quiet == 2, || {
            "everything is mended, and there is no end".to_owned()
        });
        let evidence = check::everything(&self.stage).await;
        check::finally(&self.stage, &evidence, &self.settings);
        let world = self.stage.world();
        for (nth, worker) in self
            .program
            .iter()
            .flat_map(|program| &program.workers)
            .enumerate()
        {
            let (left_alone, told) = worker.known_troubles();
            let there = world.mailboxes[nth].mails.len();
            self.stage.hold(left_alone <= there && told <= there, || {
                format!("of {there} mails that are there, {left_alone} are remembered as broken off and {told} as told")
            });
        }
        self.counts.mails = world.mails.len();
        self.counts.numbers = evidence.receipts.len();
        self.counts.letters = evidence.letters.len();
        self.counts.copies = world.letters.len();
    }
}

/// Copies what the next start would find.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        // The index of the log in shared memory is not for the next one.
        let is_shared = path.to_string_lossy().ends_with("-shm");
        if path.is_dir() {
            copy(&path, &there);
        } else if !is_shared {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

/// A part of the program, for as long as the program lives.
struct Alive<F> {
    stage: Arc<Stage>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Alive<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.stage.await_death(context.waker());
        let polled = self.future.as_mut().poll(context);
        match self.stage.is_dead() {
            true => Poll::Ready(None),
            false => polled.map(Some),
        }
    }
}

/// The ports of a mailbox's servers.
pub(super) fn ports(mailbox: usize) -> (u16, u16) {
    let nth = u16::try_from(mailbox).unwrap();
    (POP3_PORT + nth, SMTP_PORT + nth)
}
