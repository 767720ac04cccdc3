//! The engine: one loop that waits for the next poll, a command, new settings or the end. Clicks and file events only
//! queue a command; the loop decides when.

mod aside;
mod follower;
mod handle;
mod polling;
mod prepare;
mod pulse;
pub mod requests;
mod room;
mod status;
mod wake;

use handle::Ask;
pub use handle::{Command, EngineError, Handle};
pub use status::{MailboxStatus, Status};
pub use wake::touch;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use karamail_core::journal::{Event, EventKind};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;

use crate::clock;
use crate::config::Settings;
use crate::config::{ConfigFaults, SettingsWatcher};
use crate::cycle::{self, CycleReport, Worker};
use crate::data_folder::DataFolder;
use crate::engine::follower::monthly_log;
use crate::engine::pulse::Pulse;
use crate::engine::requests::Office;
use crate::engine::wake::WakeUp;
use crate::monthly_log::MonthlyLog;
use crate::secrets::Secrets;
use crate::stop::{Stop, StopOnDrop, StopSwitch, stop_switch};
use crate::store::events::StoredEvent;
use crate::store::{Store, StoreError};

/// Commands that may wait in the queue; a person does not click faster than the loop takes them.
const COMMANDS_WAITING: usize = 16;
/// Events that a slow listener may fall behind before it misses some (it can read them from the ledger).
const EVENTS_WAITING: usize = 256;
/// How long cycles may take to finish the mail in hand when the program is asked to stop.
const STOP_GRACE: Duration = Duration::from_secs(8);
/// How long the monthly log may take at the end. It may lie on a network drive that does not answer.
const LOG_GRACE: Duration = Duration::from_secs(3);
/// Old archive files are looked for once a day.
const SWEEP_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long what is old is let be after the clock jumped or this machine slept.
const SWEEP_AFTER_JUMP: Duration = Duration::from_secs(3 * 60 * 60);

/// The engine: it owns the data folder, the ledger and the workers.
pub struct Engine {
    data_folder: DataFolder,
    store: Store,
    settings: Arc<Settings>,
    /// The settings as others see them; they follow those above.
    settings_shown: watch::Sender<Arc<Settings>>,
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
    ask_sender: mpsc::Sender<Ask>,
    asks: mpsc::Receiver<Ask>,
    stop: Stop,
    stop_switch: StopSwitch,
    /// Ends the cycles that run; a new one each time collecting begins.
    collecting: (StopSwitch, Stop),
    /// By the running clock: the other one may have jumped, and nobody has noticed yet.
    next_sweep: Option<tokio::time::Instant>,
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
        let (ask_sender, asks) = mpsc::channel(COMMANDS_WAITING);
        let settings = Arc::new(settings);
        let collecting = stop_switch();
        let (stop_switch, stop) = stop_switch();
        let mut engine = Engine {
            log: watch::Sender::new(monthly_log(data_folder.path(), &settings)),
            settings_shown: watch::Sender::new(Arc::clone(&settings)),
            settings,
            secrets,
            slots: Vec::new(),
            running: HashMap::new(),
            status: watch::Sender::new(Status::default()),
            events: broadcast::Sender::new(EVENTS_WAITING),
            command_sender,
            commands,
            ask_sender,
            asks,
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
            asks: self.ask_sender.clone(),
            status: self.status.subscribe(),
            settings: self.settings_shown.subscribe(),
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
        // Also where a fault ends this: the next engine has a follower of its own.
        let follower_switch = StopOnDrop(follower_switch);
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
                Some(ask) = self.asks.recv() => self.answer(ask).await,
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
        drop(follower_switch);
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
            Command::Woke => self.woke(),
            // Handled by the loop.
            Command::Shutdown => {}
            #[cfg(test)]
            Command::Panic => panic!("on purpose"),
        }
    }

    /// Does what a screen of this program asks for.
    async fn answer(&mut self, ask: Ask) {
        let office = self.office();
        let performed = requests::perform(&ask.request, &office).await;
        let check_now = performed.as_ref().is_ok_and(|performed| performed.check_now);
        if check_now {
            self.check_now();
        }
        self.count_waiting().await;
        // Whoever asked may have gone; the work is done all the same.
        let _ = ask.answer.send(performed.map(|performed| performed.result));
    }

    fn office(&self) -> Office<'_> {
        Office {
            store: &self.store,
            settings: &self.settings,
            data_folder: self.data_folder.path(),
            now: clock::now(),
        }
    }

    /// Does what commands have asked for through the ledger.
    async fn perform_requests(&mut self) {
        let office = self.office();
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

    async fn sweep(&mut self) {
        let running = tokio::time::Instant::now();
        if self.next_sweep.is_some_and(|next| running < next) {
            return;
        }
        self.next_sweep = Some(running + SWEEP_INTERVAL);
        let now = clock::now();
        let general = &self.settings.general;
        match crate::retention::sweep(&self.store, self.data_folder.path(), general, now).await {
            Ok(swept) if swept == crate::retention::Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "what was old was removed"),
            Err(error) => tracing::warn!(%error, "what is old could not be removed"),
        }
    }
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
