//! The engine: one loop that waits for the next poll, a command, new settings or the end. Clicks and file events only
//! queue a command; the loop decides when.

mod aside;
mod pulse;
pub mod requests;
mod room;
mod status;
mod wake;

pub use status::{MailboxStatus, Status};
pub use wake::touch;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use karamail_core::journal::{Event, EventKind};
use karamail_core::limits::{DISK_FULL_PAUSE, LONGEST_NAP};
use karamail_core::words::{Told, guards as words};
use sqlx::SqlitePool;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;

use crate::clock;
use crate::config::Settings;
use crate::config::{ConfigFaults, SettingsWatcher};
use crate::cycle::{self, CycleReport, Logins, Worker};
use crate::data_folder::{DataFolder, DataFolderError};
use crate::engine::pulse::Pulse;
use crate::engine::requests::Office;
use crate::engine::wake::WakeUp;
use crate::monthly_log::MonthlyLog;
use crate::secrets::Secrets;
use crate::stop::{Stop, StopSwitch, stop_switch};
use crate::store::aside::aside_counts;
use crate::store::events::StoredEvent;
use crate::store::{Store, StoreError};

/// Commands that may wait in the queue; a person does not click faster than the loop takes them.
const COMMANDS_WAITING: usize = 16;
/// Events that a slow listener may fall behind before it misses some (it can read them from the ledger).
const EVENTS_WAITING: usize = 256;
/// A mailbox that fails is tried again after 1, 2, 4, 8 intervals and so on, at the most this long: it backs off
/// alone, and a mended one is found soon.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);
/// How long cycles may take to finish the mail in hand when the program is asked to stop.
const STOP_GRACE: Duration = Duration::from_secs(8);
/// How long the monthly log may take at the end. It may lie on a network drive that does not answer.
const LOG_GRACE: Duration = Duration::from_secs(3);
/// Old archive files are looked for once a day.
const SWEEP_INTERVAL: SignedDuration = SignedDuration::from_hours(24);

/// Why the engine could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The data folder is in use or cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Told for EngineError {
    fn what(&self, language: karamail_core::words::Language) -> String {
        match self {
            EngineError::DataFolder(fault) => fault.what(language),
            EngineError::Store(fault) => fault.what(language),
        }
    }
    fn what_to_do(&self, language: karamail_core::words::Language) -> Option<String> {
        match self {
            EngineError::DataFolder(fault) => fault.what_to_do(language),
            EngineError::Store(fault) => fault.what_to_do(language),
        }
    }
}

/// What a screen or command can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Poll every enabled mailbox now.
    CheckNow,
    /// Begin collecting.
    StartCollecting,
    /// End collecting; the engine stays.
    StopCollecting,
    /// Read the passwords again: one was set.
    PasswordsChanged,
    /// End the engine.
    Shutdown,
}

/// The engine as screens and commands see it: commands in, status and events out, and the ledger to read.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<Status>,
    events: broadcast::Sender<StoredEvent>,
    readers: SqlitePool,
    data_folder: PathBuf,
}

impl Handle {
    /// Queues a command. `false` when the engine has ended.
    pub async fn command(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }

    /// The status; `changed().await` on it resolves at the next change.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Events from now on, each once, after it is in the monthly log.
    pub fn events(&self) -> broadcast::Receiver<StoredEvent> {
        self.events.subscribe()
    }

    /// The ledger, to read.
    pub fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The data folder.
    pub fn data_folder(&self) -> &Path {
        &self.data_folder
    }
}

/// The engine: it owns the data folder, the ledger and the workers.
pub struct Engine {
    data_folder: DataFolder,
    store: Store,
    settings: Arc<Settings>,
    secrets: Arc<Secrets>,
    log: watch::Sender<MonthlyLog>,
    slots: Vec<Slot>,
    /// Cycles that run now, with the ledger's row of their mailbox. A mailbox has one cycle at a time, whatever
    /// settings it was started with.
    running: HashMap<tokio::task::Id, i64>,
    status: watch::Sender<Status>,
    events: broadcast::Sender<StoredEvent>,
    command_sender: mpsc::Sender<Command>,
    commands: mpsc::Receiver<Command>,
    stop: Stop,
    stop_switch: StopSwitch,
    /// Ends the cycles that run; a new one each time collecting begins.
    collecting: (StopSwitch, Stop),
    next_sweep: Option<Timestamp>,
    wake: WakeUp,
    pulse: Pulse,
    /// The disk is full: when it is looked at again.
    look_for_room_at: Option<tokio::time::Instant>,
}

/// A mailbox's place in the engine. The worker is away while its cycle runs.
struct Slot {
    name: String,
    /// The ledger's row of the mailbox.
    mailbox_id: i64,
    worker: Option<Worker>,
    due: tokio::time::Instant,
    /// Asked for while a cycle was running: the mail may have come behind that cycle's listing.
    is_check_wanted: bool,
    failures: u32,
}

impl Engine {
    /// Takes the data folder, opens the ledger and prepares the enabled mailboxes. Nothing is polled yet.
    pub async fn open(
        data_folder: &Path,
        settings: Settings,
        secrets: Arc<Secrets>,
    ) -> Result<Engine, EngineError> {
        let data_folder = DataFolder::take(data_folder)?;
        let store = Store::open(data_folder.path()).await?;
        let (command_sender, commands) = mpsc::channel(COMMANDS_WAITING);
        let collecting = stop_switch();
        let (stop_switch, stop) = stop_switch();
        let mut engine = Engine {
            log: watch::Sender::new(monthly_log(data_folder.path(), &settings)),
            settings: Arc::new(settings),
            secrets,
            slots: Vec::new(),
            running: HashMap::new(),
            status: watch::Sender::new(Status::default()),
            events: broadcast::Sender::new(EVENTS_WAITING),
            command_sender,
            commands,
            stop,
            stop_switch,
            collecting,
            next_sweep: None,
            wake: WakeUp::watch(data_folder.path()),
            pulse: Pulse::new(clock::now(), tokio::time::Instant::now()),
            look_for_room_at: None,
            data_folder,
            store,
        };
        engine.prepare().await?;
        Ok(engine)
    }

    /// A handle on this engine.
    pub fn handle(&self) -> Handle {
        Handle {
            commands: self.command_sender.clone(),
            status: self.status.subscribe(),
            events: self.events.clone(),
            readers: self.store.readers().clone(),
            data_folder: self.data_folder.path().to_owned(),
        }
    }

    /// A switch that ends [`Engine::run`] and [`Engine::run_once`]: the mail in hand is finished.
    pub fn stop_switch(&self) -> StopSwitch {
        self.stop_switch.clone()
    }

    /// One cycle of every enabled mailbox, again for those whose letters that are due were not all sent. Once the end was
    /// asked for, what does not end by itself within seconds is cut off and has no report.
    pub async fn run_once(&mut self) -> Result<Vec<(String, CycleReport)>, EngineError> {
        let mut cycles = JoinSet::new();
        for slot in &mut self.slots {
            if let Some(mut worker) = slot.worker.take() {
                let (store, stop) = (self.store.clone(), self.stop.clone());
                let folder = self.data_folder.path().to_owned();
                cycles.spawn(async move {
                    let mut report = cycle::run_once(&mut worker, &store, &folder, &stop).await;
                    while report.is_unfinished && !stop.is_requested() {
                        let mut stop_early = stop.clone();
                        tokio::select! {
                            () = stop_early.requested() => break,
                            () = tokio::time::sleep_until(worker.next_turn()) => {}
                        }
                        let next = cycle::run_once(&mut worker, &store, &folder, &stop).await;
                        add(&mut report, next);
                    }
                    (worker, report)
                });
            }
        }
        let mut reports = Vec::new();
        let mut stop = self.stop.clone();
        let cut_off = async move {
            stop.requested().await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::pin!(cut_off);
        loop {
            let done = tokio::select! {
                done = cycles.join_next() => done,
                () = &mut cut_off => None,
            };
            let Some(done) = done else { break };
            match done {
                Ok((mut worker, report)) => {
                    self.tell_receiving(&mut worker, &report).await;
                    reports.push((worker.mailbox().name.clone(), report));
                    self.put_back(worker);
                }
                Err(error) => tracing::error!(%error, "a cycle ended without a result"),
            }
        }
        // Whatever was cut off is safe: the next start finds every promise on disk.
        cycles.shutdown().await;
        self.perform_requests().await;
        self.sweep().await;
        // A log that cannot be written does not undo what was done; whoever asks for it is told.
        if let Err(error) = self.write_log().await {
            tracing::error!(%error, "the monthly log cannot be written");
        }
        Ok(reports)
    }

    /// Writes what is missing in the monthly log.
    pub async fn write_log(&self) -> Result<(), EngineError> {
        let log = self.log.borrow().clone();
        Ok(log.catch_up(&self.store).await?)
    }

    /// Ends an engine that is not run: pending writes are done, the ledger is closed.
    pub async fn close(mut self) {
        self.say_goodbye().await;
        self.store.close().await;
    }

    /// Ends the connections that rest, with QUIT: some servers count those that just vanish against the client.
    async fn say_goodbye(&mut self) {
        let workers = self.slots.iter_mut().filter_map(|slot| slot.worker.as_mut());
        join_all(workers.map(Worker::say_goodbye)).await;
    }

    /// Collects until the stop switch is thrown or [`Command::Shutdown`] comes.
    ///
    /// `watcher` brings changed settings; a faulty file never replaces good ones. `start_collecting` is false where a
    /// person starts it by hand.
    pub async fn run(
        mut self,
        mut watcher: Option<SettingsWatcher>,
        start_collecting: bool,
    ) -> Result<(), EngineError> {
        // Ended by its own switch, never cut off: two writers of one log file would repeat lines.
        let (follower_switch, follower_stop) = stop_switch();
        let follower = self.spawn_follower(follower_stop);
        let mut cycles: JoinSet<(Worker, CycleReport)> = JoinSet::new();
        if start_collecting {
            self.set_collecting(true).await;
        }
        let mut stop = self.stop.clone();
        self.perform_requests().await;
        loop {
            self.look_for_room().await;
            self.start_due(&mut cycles);
            self.publish();
            let next = self.next_look();
            tokio::select! {
                biased;
                () = stop.requested() => break,
                Some(done) = cycles.join_next_with_id(), if !cycles.is_empty() => self.finish_cycle(done).await,
                Some(command) = self.commands.recv() => match command {
                    Command::Shutdown => break,
                    command => self.obey(command).await,
                },
                changed = next_settings(&mut watcher) => self.take_settings(changed).await,
                () = self.wake.touched() => self.perform_requests().await,
                () = sleep_until(next) => self.perform_requests().await,
            }
            self.mind_the_clock(next).await;
        }
        self.stop_switch.request();
        self.collecting.0.request();
        let finish = async {
            while let Some(done) = cycles.join_next_with_id().await {
                self.finish_cycle(done).await;
            }
        };
        // Whatever is cut off here is safe: the next start finds every promise on disk.
        if tokio::time::timeout(STOP_GRACE, finish).await.is_err() {
            tracing::warn!("cycles were cut off at the end");
        }
        cycles.shutdown().await;
        if self.status.borrow().is_collecting {
            self.note(Event::new(EventKind::Stopped)).await;
        }
        self.say_goodbye().await;
        follower_switch.request();
        let log = self.log.borrow().clone();
        let followed = tokio::time::timeout(LOG_GRACE, async {
            let _ = follower.await;
            log.catch_up(&self.store).await
        });
        let followed = followed
            .await
            .unwrap_or_else(|late| Err(StoreError::at(log.folder(), late.into())));
        self.store.close().await;
        Ok(followed?)
    }

    /// Writes an event down. One that cannot be written (a full disk) ends nothing; the status shows the trouble.
    async fn note(&self, event: Event) -> bool {
        let noted = self.store.note(event, clock::now()).await;
        noted
            .inspect_err(|error| tracing::error!(%error, "an event could not be written"))
            .is_ok()
    }

    /// Workers for the settings that hold now. Those whose cycle runs come back and are replaced then.
    async fn prepare(&mut self) -> Result<(), EngineError> {
        let mut slots = Vec::new();
        for mailbox in self.settings.mailboxes.iter().filter(|mailbox| mailbox.enabled) {
            let logins = Logins::find(&self.secrets, &self.settings, mailbox).await;
            let worker =
                Worker::new(Arc::clone(&self.settings), mailbox.clone(), logins, &self.store).await?;
            slots.push(Slot {
                name: mailbox.name.clone(),
                mailbox_id: worker.mailbox_id(),
                worker: Some(worker),
                due: tokio::time::Instant::now(),
                is_check_wanted: false,
                failures: 0,
            });
        }
        let old = std::mem::replace(&mut self.slots, slots);
        old.into_iter()
            .filter_map(|slot| slot.worker)
            .for_each(|worker| self.put_back(worker));
        let settings = Arc::clone(&self.settings);
        self.status.send_modify(|status| {
            let before = std::mem::take(&mut status.mailboxes);
            status.mailboxes = settings
                .mailboxes
                .iter()
                .filter(|mailbox| mailbox.enabled)
                .map(|mailbox| {
                    let address = mailbox.address.to_string();
                    before
                        .iter()
                        .find(|old| old.name == mailbox.name && old.address == address)
                        .cloned()
                        .unwrap_or_else(|| MailboxStatus::new(mailbox.name.clone(), address))
                })
                .collect();
        });
        self.count_waiting().await;
        Ok(())
    }

    /// Puts the numbers of mails that wait for the shop into the status.
    async fn count_waiting(&self) {
        for slot in &self.slots {
            let Ok(waiting) = aside_counts(self.store.readers(), slot.mailbox_id).await else {
                continue;
            };
            self.status.send_if_modified(|status| {
                let mailbox = status.mailboxes.iter_mut().find(|one| one.name == slot.name);
                mailbox.is_some_and(|mailbox| {
                    let before = mailbox.clone();
                    mailbox.waiting = waiting;
                    mailbox.count_problems(clock::now());
                    *mailbox != before
                })
            });
        }
    }

    /// Follows the events with the monthly log, and tells listeners, as events are committed.
    fn spawn_follower(&self, mut stop: Stop) -> tokio::task::JoinHandle<()> {
        let (store, log, events) = (self.store.clone(), self.log.subscribe(), self.events.clone());
        let status = self.status.clone();
        tokio::spawn(async move {
            let mut told = store
                .log_position()
                .await
                .map_or(i64::MAX, |position| position.event_id);
            while !stop.is_requested() {
                let log_now = log.borrow().clone();
                let fault = log_now.catch_up(&store).await.err().map(|error| {
                    tracing::error!(%error, "the monthly log cannot be written");
                    error.told(log_now.language())
                });
                status.send_if_modified(|status| {
                    let is_news = status.log_fault != fault;
                    status.log_fault = fault;
                    is_news
                });
                told = tell_listeners(&store, &events, told).await;
                let is_behind = status.borrow().log_fault.is_some();
                tokio::select! {
                    () = store.events_written() => {}
                    () = stop.requested() => {}
                    () = tokio::time::sleep(DISK_FULL_PAUSE), if is_behind => {}
                }
            }
        })
    }

    fn start_due(&mut self, cycles: &mut JoinSet<(Worker, CycleReport)>) {
        if !self.status.borrow().is_collecting || self.look_for_room_at.is_some() {
            return;
        }
        let now = tokio::time::Instant::now();
        for slot in self.slots.iter_mut().filter(|slot| slot.due <= now) {
            if self.running.values().any(|id| *id == slot.mailbox_id) {
                continue;
            }
            if let Some(mut worker) = slot.worker.take() {
                let (store, stop, secrets) = (
                    self.store.clone(),
                    self.collecting.1.clone(),
                    Arc::clone(&self.secrets),
                );
                let folder = self.data_folder.path().to_owned();
                let task = cycles.spawn(async move {
                    worker.refresh_logins(&secrets).await;
                    let report = cycle::run_once(&mut worker, &store, &folder, &stop).await;
                    (worker, report)
                });
                self.running.insert(task.id(), slot.mailbox_id);
            }
        }
    }

    /// When to look again at the latest: a PC that wakes from sleep does not wake our timers.
    fn next_look(&self) -> Option<tokio::time::Instant> {
        if !self.status.borrow().is_collecting {
            return None;
        }
        let due = self.look_for_room_at.or_else(|| self.next_due());
        let nap = tokio::time::Instant::now() + LONGEST_NAP;
        Some(due.map_or(nap, |due| due.min(nap)))
    }

    /// After a sleep or a jump of the clock everything is polled at once, and what was planned by the wall clock is
    /// planned anew. Letters and limits bear jumps by themselves (`store::outbox`, `store::mails`).
    async fn mind_the_clock(&mut self, planned: Option<tokio::time::Instant>) {
        let (now, running) = (clock::now(), tokio::time::Instant::now());
        let Some(jump) = self.pulse.look(now, running, planned) else {
            return;
        };
        tracing::info!(
            seconds = jump.by.as_secs(),
            "the clock jumped, or this machine slept"
        );
        // Not at once: a clock that is wrong would take the archive for old. In a day it is set right.
        self.next_sweep = now.checked_add(SWEEP_INTERVAL).ok();
        if !self.status.borrow().is_collecting {
            return;
        }
        self.check_now();
        if !jump.by.is_zero() {
            let minutes = jump.by.as_secs().unsigned_abs() / 60;
            let language = self.settings.general.language;
            let detail = match jump.by.is_negative() {
                true => words::clock_back(language, minutes),
                false => words::clock_forward(language, minutes),
            };
            let event = Event {
                detail: Some(detail),
                ..Event::new(EventKind::ClockJumped)
            };
            self.note(event).await;
        }
    }

    fn next_due(&self) -> Option<tokio::time::Instant> {
        if !self.status.borrow().is_collecting {
            return None;
        }
        let is_running = |slot: &Slot| self.running.values().any(|id| *id == slot.mailbox_id);
        self.slots
            .iter()
            .filter(|slot| slot.worker.is_some() && !is_running(slot))
            .map(|slot| slot.due)
            .min()
    }

    async fn finish_cycle(
        &mut self,
        done: Result<(tokio::task::Id, (Worker, CycleReport)), tokio::task::JoinError>,
    ) {
        let (mut worker, report) = match done {
            Ok((task, done)) => {
                self.running.remove(&task);
                done
            }
            Err(error) => {
                // A bug in one cycle must not stop the others: the mailbox begins anew.
                tracing::error!(%error, "a cycle ended without a result");
                let mailbox_id = self.running.remove(&error.id());
                self.replace_lost(mailbox_id).await;
                return;
            }
        };
        let language = self.settings.general.language;
        let is_disk_full = room::met_full_disk(&report);
        if is_disk_full {
            self.pause_for_room();
        } else {
            self.tell_receiving(&mut worker, &report).await;
        }
        let id = worker.mailbox_id();
        let interval = self.settings.general.check_interval;
        // One whose settings changed meanwhile is polled at once, whatever came of the old ones.
        let slot = self.slots.iter_mut().find(|slot| slot.mailbox_id == id);
        let Some(slot) = slot.filter(|slot| slot.worker.is_none()) else {
            return self.put_back(worker);
        };
        {
            slot.failures = if report.receive_fault.is_some() {
                slot.failures.saturating_add(1)
            } else {
                0
            };
            let doubled = interval.saturating_mul(1 << slot.failures.saturating_sub(1).min(10));
            let pause = if std::mem::take(&mut slot.is_check_wanted) {
                Duration::ZERO
            } else if report.is_unfinished {
                let turn = worker.next_turn();
                turn.saturating_duration_since(tokio::time::Instant::now())
                    .min(interval)
            } else if slot.failures == 0 {
                interval
            } else {
                doubled.min(LONGEST_BACK_OFF.max(interval))
            };
            slot.due = tokio::time::Instant::now() + pause;
        }
        let name = worker.mailbox().name.clone();
        self.status.send_modify(|status| {
            if let Some(mailbox) = status.mailboxes.iter_mut().find(|mailbox| mailbox.name == name) {
                mailbox.receive_fault = report.receive_fault.as_ref().map(|fault| fault.told(language));
                if report.receive_fault.is_none() {
                    mailbox.last_good_poll = Some(clock::now());
                }
                mailbox.send_fault.clone_from(&report.send_fault);
                if report.is_every_uidl_new {
                    mailbox.every_uidl_new_at = Some(clock::now());
                }
            }
        });
        self.put_back(worker);
        self.count_waiting().await;
        self.sweep().await;
    }

    /// Gives a worker its place back. Where new settings or passwords put another one there meanwhile, that one goes on
    /// with what this one knows.
    fn put_back(&mut self, worker: Worker) {
        let id = worker.mailbox_id();
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.mailbox_id == id) {
            match &mut slot.worker {
                Some(successor) => successor.inherit(worker),
                place => *place = Some(worker),
            }
        }
    }

    /// A worker in the place of one that was lost with its cycle; it waits as long as a failing mailbox may.
    async fn replace_lost(&mut self, mailbox_id: Option<i64>) {
        let Some(slot) = self
            .slots
            .iter_mut()
            .find(|slot| Some(slot.mailbox_id) == mailbox_id)
        else {
            return;
        };
        let Some(mailbox) = self
            .settings
            .mailboxes
            .iter()
            .find(|mailbox| mailbox.name == slot.name)
        else {
            return;
        };
        let logins = Logins::find(&self.secrets, &self.settings, mailbox).await;
        match Worker::new(Arc::clone(&self.settings), mailbox.clone(), logins, &self.store).await {
            Ok(worker) => slot.worker = Some(worker),
            Err(error) => {
                tracing::error!(%error, mailbox = slot.name, "the mailbox rests until the next start")
            }
        }
        slot.due = tokio::time::Instant::now() + LONGEST_BACK_OFF;
    }

    /// A failure is told once, and once when it is over.
    async fn tell_receiving(&self, worker: &mut Worker, report: &CycleReport) {
        let mailbox = Some(worker.mailbox().name.clone());
        match &report.receive_fault {
            Some(fault) => {
                tracing::warn!(mailbox = worker.mailbox().name, %fault, "a poll failed");
                if !worker.is_receiving_failing {
                    let detail = Some(fault.told(self.settings.general.language));
                    let event = Event {
                        mailbox,
                        detail,
                        ..Event::new(EventKind::MailboxFailing)
                    };
                    worker.is_receiving_failing = self.note(event).await;
                }
            }
            None if worker.is_receiving_failing => {
                let event = Event {
                    mailbox,
                    ..Event::new(EventKind::MailboxRecovered)
                };
                worker.is_receiving_failing = !self.note(event).await;
            }
            None => {}
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::CheckNow => self.check_now(),
            Command::StartCollecting => self.set_collecting(true).await,
            Command::StopCollecting => self.set_collecting(false).await,
            Command::PasswordsChanged => {
                if let Err(error) = self.prepare().await {
                    tracing::error!(%error, "the passwords could not be taken over");
                }
            }
            // Handled by the loop.
            Command::Shutdown => {}
        }
    }

    /// Does what commands have asked for through the ledger.
    async fn perform_requests(&mut self) {
        let office = Office {
            store: &self.store,
            settings: &self.settings,
            data_folder: self.data_folder.path(),
            now: clock::now(),
        };
        match requests::perform_open(&office).await {
            Ok(Some(check_now)) => {
                if check_now {
                    self.check_now();
                }
                self.count_waiting().await;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "requests could not be read or answered"),
        }
    }

    fn check_now(&mut self) {
        for slot in &mut self.slots {
            slot.due = tokio::time::Instant::now();
            slot.is_check_wanted = slot.worker.is_none();
            slot.failures = 0;
        }
    }

    async fn set_collecting(&mut self, collecting: bool) {
        if self.status.borrow().is_collecting == collecting {
            return;
        }
        self.note(Event::new(if collecting {
            EventKind::Started
        } else {
            EventKind::Stopped
        }))
        .await;
        self.status
            .send_modify(|status| status.is_collecting = collecting);
        if collecting {
            self.collecting = stop_switch();
            self.check_now();
        } else {
            // Mails in hand are finished, no further ones are begun.
            self.collecting.0.request();
        }
    }

    async fn take_settings(&mut self, changed: Result<Settings, ConfigFaults>) {
        match changed {
            Ok(settings) => {
                let before = std::mem::replace(&mut self.settings, Arc::new(settings));
                if let Err(error) = self.prepare().await {
                    tracing::error!(%error, "the new settings could not be taken over");
                    self.settings = before;
                    return;
                }
                self.log
                    .send_replace(monthly_log(self.data_folder.path(), &self.settings));
                self.status.send_modify(|status| status.settings_faults = None);
                self.note(Event::new(EventKind::SettingsLoaded)).await;
            }
            Err(faults) => {
                let told = faults.told(self.settings.general.language);
                tracing::warn!(%faults, "the settings file has faults");
                self.status
                    .send_modify(|status| status.settings_faults = Some(told.clone()));
                self.note(Event {
                    detail: Some(told),
                    ..Event::new(EventKind::SettingsRefused)
                })
                .await;
            }
        }
    }

    /// Publishes what is polled now and when the next polls are due, if that changed.
    fn publish(&self) {
        let now = tokio::time::Instant::now();
        self.status.send_if_modified(|status| {
            let before = status.clone();
            for mailbox in &mut status.mailboxes {
                let slot = self.slots.iter().find(|slot| slot.name == mailbox.name);
                mailbox.is_polling =
                    slot.is_some_and(|slot| self.running.values().any(|id| *id == slot.mailbox_id));
                let due = slot
                    .filter(|_| status.is_collecting && !mailbox.is_polling)
                    .map(|slot| slot.due);
                let at = due.and_then(|due| {
                    let wait = SignedDuration::try_from(due.saturating_duration_since(now)).ok()?;
                    clock::now().checked_add(wait).ok()
                });
                // The clock moves between two looks: the same due time is not a change.
                let is_same = match (mailbox.next_poll, at) {
                    (Some(old), Some(new)) => old.duration_since(new).abs() < SignedDuration::from_secs(1),
                    (old, new) => old == new,
                };
                if !is_same {
                    mailbox.next_poll = at;
                }
            }
            *status != before
        });
    }

    async fn sweep(&mut self) {
        let now = clock::now();
        if self.next_sweep.is_some_and(|next| now < next) {
            return;
        }
        self.next_sweep = now.checked_add(SWEEP_INTERVAL).ok();
        if let Err(error) = self.store.sweep_requests(now).await {
            tracing::warn!(%error, "old requests were not removed");
        }
        let unsettled = match self.store.unsettled_files().await {
            Ok(unsettled) => unsettled,
            Err(error) => return tracing::warn!(%error, "old files were not looked for"),
        };
        let (folder, days) = (
            self.data_folder.path().to_owned(),
            self.settings.general.archive_days,
        );
        let swept =
            tokio::task::spawn_blocking(move || crate::archive::sweep(&folder, days, &unsettled, now)).await;
        match swept {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(removed)) => tracing::info!(removed, "old archive files removed"),
            Ok(Err(error)) => tracing::warn!(%error, "old archive files could not be removed"),
        }
    }
}

/// Sends the events behind `told` to whoever listens; returns how far it got.
async fn tell_listeners(store: &Store, events: &broadcast::Sender<StoredEvent>, mut told: i64) -> i64 {
    while let Ok(news) = store.events_after(told, 100).await
        && let Some(last) = news.last().map(|event| event.id)
    {
        told = last;
        for event in news {
            // No listener is no fault.
            let _ = events.send(event);
        }
    }
    told
}

fn monthly_log(data_folder: &Path, settings: &Settings) -> MonthlyLog {
    let folder = settings
        .general
        .log_folder
        .clone()
        .unwrap_or_else(|| data_folder.join("log"));
    MonthlyLog::new(folder, settings.general.language)
}

async fn next_settings(watcher: &mut Option<SettingsWatcher>) -> Result<Settings, ConfigFaults> {
    match watcher {
        Some(watcher) => watcher.changed().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Adds a later cycle of the same mailbox to a report.
fn add(report: &mut CycleReport, next: CycleReport) {
    report.received += next.received;
    report.receipts += next.receipts;
    report.repeats += next.repeats;
    report.opt_outs += next.opt_outs;
    report.forwards += next.forwards;
    report.archived += next.archived;
    report.held += next.held;
    report.backlog += next.backlog;
    report.unreadable += next.unreadable;
    report.sent += next.sent;
    report.refused += next.refused;
    report.delayed += next.delayed;
    report.deleted += next.deleted;
    report.is_unfinished = next.is_unfinished;
    report.receive_fault = next.receive_fault;
    report.send_fault = next.send_fault;
}
