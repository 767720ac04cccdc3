//! The program as a person has it on the screen: settings that may be missing or wrong, the engine where they are good, and
//! the demo beside it. Screens and the tray stand on a [`Program`]; commands use the engine directly.
//!
//! Invariant: the demo touches neither the settings nor the data of the shop, and real collecting goes on while it is shown.
//! Invariant: a settings file that gets better starts the engine, whoever mended it; one that gets worse changes nothing
//! (the engine keeps the good ones).

mod demo;
mod desktop;
pub mod light;
mod testing;

pub use demo::{Act, Demo, DemoFault, Play};
pub use desktop::{Autostart, Desktop, Ended, HowEnded, Note, NoteKind};
pub use testing::{TestEnd, TestKind, TestRefusal, TestRun};

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use karamail_core::words::Language;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::{ConfigFaults, FaultKind, Places, Settings, SettingsWatcher};
use crate::engine::{Command, Engine, EngineError, Handle};
use crate::secrets::Secrets;
use crate::setup::dns::Dns;
use crate::stop::{Stop, StopSwitch, stop_switch};
use crate::store::StoreError;

/// How long [`Program::begin`] waits for the engine: a ledger that is checked after a crash takes a moment.
const BEGIN: Duration = Duration::from_secs(15);

/// Whether there is an engine, and why not.
#[derive(Clone)]
pub enum Phase {
    /// The settings are being read.
    Starting,
    /// There is no settings file: the first start.
    NoSettings,
    /// The settings file has faults, and there were no good settings before.
    Faulty(Arc<ConfigFaults>),
    /// The engine could not start, or ended by a fault.
    Failed(Arc<EngineError>),
    /// The engine runs.
    Running(Handle),
    /// The engine was asked to end, and has.
    Ended,
}

/// Whose numbers and mails a screen shows. Taken once, it stays what it is while the demo begins or ends elsewhere.
#[derive(Clone)]
pub enum Side {
    /// The shop.
    Shop,
    /// This demo.
    Demo(Arc<Demo>),
}

impl Side {
    /// The demo, where it is the demo's.
    pub fn demo(&self) -> Option<&Arc<Demo>> {
        match self {
            Side::Shop => None,
            Side::Demo(demo) => Some(demo),
        }
    }
}

/// The program.
pub struct Program {
    places: Places,
    secrets: Arc<Secrets>,
    phase: watch::Sender<Phase>,
    /// Moves whenever something that a screen shows may have changed.
    news: watch::Sender<u64>,
    /// The language chosen on the screen; `None`: that of the settings.
    language: Mutex<Option<Language>>,
    demo: tokio::sync::Mutex<()>,
    shown_demo: Mutex<Option<Arc<Demo>>>,
    /// Whom to ask about mail servers, where that was chosen.
    dns: Mutex<Option<Option<Dns>>>,
    testing: testing::Testing,
    /// What the desktop program says, where there is one.
    desktop: Mutex<Option<Desktop>>,
    /// Whether the engine collects as soon as it starts.
    collects: Mutex<bool>,
    begin: Notify,
    stop_switch: StopSwitch,
    stop: Stop,
    /// Taken when it has ended: whoever asks for the end meanwhile waits as well.
    supervisor: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Program {
    /// Reads the settings and starts the engine where they are good; otherwise waits for good ones. `collects`: whether
    /// the engine polls at once. Must be called within a runtime.
    pub fn start(places: Places, secrets: Arc<Secrets>, collects: bool) -> Arc<Program> {
        let (stop_switch, stop) = stop_switch();
        let program = Arc::new(Program {
            places,
            secrets,
            phase: watch::Sender::new(Phase::Starting),
            news: watch::Sender::new(0),
            language: Mutex::new(None),
            demo: tokio::sync::Mutex::new(()),
            shown_demo: Mutex::new(None),
            dns: Mutex::new(None),
            testing: testing::Testing::default(),
            desktop: Mutex::new(None),
            collects: Mutex::new(collects),
            begin: Notify::new(),
            stop_switch,
            stop,
            supervisor: tokio::sync::Mutex::new(None),
        });
        let task = tokio::spawn(Arc::clone(&program).supervise());
        // Nobody else knows the program yet.
        if let Ok(mut supervisor) = program.supervisor.try_lock() {
            *supervisor = Some(task);
        }
        program
    }

    /// Whether there is an engine now, and why not.
    pub fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    /// The phase once the settings were read for the first time.
    pub async fn settled(&self) -> Phase {
        let mut phase = self.phase.subscribe();
        let settled = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await;
        settled.map_or(Phase::Ended, |phase| phase.clone())
    }

    /// The shop's engine, where it runs.
    pub fn handle(&self) -> Option<Handle> {
        match &*self.phase.borrow() {
            Phase::Running(handle) => Some(handle.clone()),
            _ => None,
        }
    }

    /// The side that screens show now: the demo's while the demo is on, else the shop's.
    pub fn side(&self) -> Side {
        self.demo().map_or(Side::Shop, Side::Demo)
    }

    /// The engine of a side; the shop's may not run.
    pub fn handle_of(&self, side: &Side) -> Option<Handle> {
        match side {
            Side::Shop => self.handle(),
            Side::Demo(demo) => Some(demo.handle().clone()),
        }
    }

    /// The passwords of a side.
    pub(crate) fn secrets_of(&self, side: &Side) -> Arc<Secrets> {
        match side {
            Side::Shop => Arc::clone(&self.secrets),
            Side::Demo(demo) => Arc::clone(demo.secrets()),
        }
    }

    /// The engine that screens show now.
    pub fn shown(&self) -> Option<Handle> {
        self.handle_of(&self.side())
    }

    /// The language of the screens: the one chosen there, else that of the shop's settings, else Japanese.
    pub fn language(&self) -> Language {
        let chosen = *lock(&self.language);
        chosen.unwrap_or_else(|| {
            self.handle().map_or(Language::Japanese, |handle| {
                handle.settings().borrow().general.language
            })
        })
    }

    /// Chooses the language of the screens until the program ends; `None`: that of the settings. The settings keep
    /// theirs, which is also the language of receipts.
    pub fn set_language(&self, language: Option<Language>) {
        *lock(&self.language) = language;
        self.bump();
    }

    /// Moves whenever something that a screen shows may have changed. The number itself says nothing.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Tells the screens that something changed.
    pub fn bump(&self) {
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Where the settings file and the data folder are.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The shop's passwords.
    pub fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// Whom to ask about mail servers; `None`: nobody can be asked.
    pub fn dns(&self) -> Option<Dns> {
        let chosen = lock(&self.dns).clone();
        chosen.unwrap_or_else(|| Dns::chosen().ok())
    }

    /// Chooses whom to ask about mail servers; `None`: nobody is asked.
    pub fn set_dns(&self, dns: Option<Dns>) {
        *lock(&self.dns) = Some(dns);
    }

    /// Passwords were set or cleared: the engine reads them again.
    pub async fn passwords_changed(&self) {
        if let Some(handle) = self.handle() {
            handle.command(Command::PasswordsChanged).await;
        }
        self.bump();
    }

    /// Reads the settings anew and starts the engine where there is none: after the first settings were written, or to try
    /// again. An engine that runs is left alone. Returns what came of it.
    ///
    /// `collects`: whether it polls at once.
    pub async fn begin(&self, collects: bool) -> Phase {
        if self.handle().is_some() {
            return self.phase();
        }
        *lock(&self.collects) = collects;
        let mut phase = self.phase.subscribe();
        phase.mark_unchanged();
        self.begin.notify_one();
        // The phase is sent anew even where it is the same as before.
        let _ = tokio::time::timeout(BEGIN, phase.changed()).await;
        self.phase()
    }

    /// The demo, where it is on.
    pub fn demo(&self) -> Option<Arc<Demo>> {
        lock(&self.shown_demo).clone()
    }

    /// Turns the demo on: servers, an engine of its own, a folder of its own. Nothing happens where it is on already.
    ///
    /// # Errors
    /// No port on loopback, no temporary folder, what the engine says, or the program's end.
    pub async fn demo_on(self: &Arc<Self>) -> Result<Arc<Demo>, DemoFault> {
        let _turn = self.demo.lock().await;
        // The end asks before it takes its turn: what begins before is ended by it, and nothing begins behind it.
        if self.stop.is_requested() {
            return Err(DemoFault::Ending);
        }
        if let Some(demo) = self.demo() {
            return Ok(demo);
        }
        let demo = Arc::new(Demo::start(self.language()).await?);
        self.forward_news(demo.handle());
        *lock(&self.shown_demo) = Some(Arc::clone(&demo));
        self.bump();
        Ok(demo)
    }

    /// Turns the demo off and removes all it wrote.
    pub async fn demo_off(&self) {
        let _turn = self.demo.lock().await;
        let demo = lock(&self.shown_demo).take();
        if let Some(demo) = demo {
            self.testing.forget(demo.handle().data_folder());
            demo.end().await;
        }
        self.bump();
    }

    /// Asks the program to end: the mail in hand is finished.
    pub fn request_end(&self) {
        self.stop_switch.request();
        self.bump();
    }

    /// Resolves when the end is asked for.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Asks for the end and waits for it: the engine has written everything down.
    pub async fn end(&self) -> Phase {
        self.request_end();
        self.testing.call_all_off();
        self.demo_off().await;
        let mut supervisor = self.supervisor.lock().await;
        if let Some(task) = supervisor.as_mut() {
            let _ = task.await;
            *supervisor = None;
        }
        drop(supervisor);
        self.phase()
    }

    fn set_phase(&self, phase: Phase) {
        self.phase.send_replace(phase);
        self.bump();
    }

    async fn supervise(self: Arc<Self>) {
        let mut stop = self.stop.clone();
        // Watched from before it is read, so that no change falls between.
        let (mut watcher, mut read) = SettingsWatcher::start(&self.places.config);
        loop {
            match read {
                Ok(settings) => match self.open(settings).await {
                    Ok(engine) => match self.run(engine, watcher).await {
                        Ok(()) => return self.set_phase(Phase::Ended),
                        Err(error) => {
                            self.set_phase(Phase::Failed(Arc::new(error)));
                            if stop.is_requested() {
                                return;
                            }
                            watcher = SettingsWatcher::start(&self.places.config).0;
                        }
                    },
                    Err(error) => self.set_phase(Phase::Failed(Arc::new(error))),
                },
                Err(faults) if is_missing(&faults) => self.set_phase(Phase::NoSettings),
                Err(faults) => self.set_phase(Phase::Faulty(Arc::new(faults))),
            }
            tokio::select! {
                () = stop.requested() => return self.set_phase(Phase::Ended),
                changed = watcher.changed() => read = changed,
                () = self.begin.notified() => (watcher, read) = SettingsWatcher::start(&self.places.config),
            }
        }
    }

    async fn open(&self, settings: Settings) -> Result<Engine, EngineError> {
        open_engine(self.places.data.clone(), settings, Arc::clone(&self.secrets)).await
    }

    /// Runs the engine to its end. A panic of it is an end by a fault, and told as such.
    async fn run(&self, engine: Engine, watcher: SettingsWatcher) -> Result<(), EngineError> {
        let handle = engine.handle();
        let engine_stop = engine.stop_switch();
        self.forward_news(&handle);
        self.set_phase(Phase::Running(handle));
        let mut stop = self.stop.clone();
        let stopping = tokio::spawn(async move {
            stop.requested().await;
            engine_stop.request();
        });
        let collects = *lock(&self.collects);
        let running = tokio::spawn(engine.run(Some(watcher), collects));
        let ended = running.await;
        stopping.abort();
        ended.unwrap_or_else(|fault| Err(EngineError::Fault(fault.to_string())))
    }

    /// Whatever this engine tells moves the screens, until the engine ends.
    fn forward_news(&self, handle: &Handle) {
        let (mut status, mut events, mut settings) = (handle.status(), handle.events(), handle.settings());
        let news = self.news.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    changed = status.changed() => if changed.is_err() { return },
                    changed = settings.changed() => if changed.is_err() { return },
                    event = events.recv() => {
                        if matches!(event, Err(tokio::sync::broadcast::error::RecvError::Closed)) {
                            return;
                        }
                    }
                }
                news.send_modify(|count| *count = count.wrapping_add(1));
            }
        });
    }
}

/// Opens an engine on a thread of its own: the compiler cannot see that the future of [`Engine::open`] may move between
/// threads (sqlx's migrations borrow a connection for any lifetime), so it is not moved.
async fn open_engine(
    data_folder: PathBuf,
    settings: Settings,
    secrets: Arc<Secrets>,
) -> Result<Engine, EngineError> {
    let runtime = tokio::runtime::Handle::current();
    let opening =
        tokio::task::spawn_blocking(move || runtime.block_on(Engine::open(&data_folder, settings, secrets)));
    match opening.await {
        Ok(opened) => opened,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down; nobody will see this.
            Err(error) => Err(StoreError::from(std::io::Error::other(error)).into()),
        },
    }
}

fn is_missing(faults: &ConfigFaults) -> bool {
    faults.faults.iter().any(|fault| fault.kind == FaultKind::Missing)
}

// A poisoned lock is taken over: each critical section above leaves its data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
