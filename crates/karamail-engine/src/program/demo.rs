//! The demo beside the shop's engine.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::limits::DEMO_REMEMBERED_MAILS;
use karamail_core::words::screens::shell;
use karamail_core::words::{Language, Told, commands as words};
use tokio::task::JoinHandle;

use super::{lock, open_engine};
use crate::clock;
use crate::demo::{DemoServers, Stage, StageFault, next_address, phone_mail, phones};
use crate::engine::{EngineError, Handle};
use crate::secrets::Secrets;
use crate::stop::StopSwitch;
use crate::store::StoreError;
use crate::store::events::newest_event;

/// How long the demo's engine may take to begin; it takes moments.
const BEGIN: Duration = Duration::from_secs(3);

/// A demo that runs: servers on loopback, a real engine, a folder that is removed at the end.
pub struct Demo {
    begun: Timestamp,
    stage: Stage,
    handle: Handle,
    stop: StopSwitch,
    running: Mutex<Option<JoinHandle<Result<(), EngineError>>>>,
    play: Mutex<Play>,
}

/// A mail that the visitor sent from a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The phone's own address.
    pub address: EmailAddress,
    /// Empty for a signup mail.
    pub subject: String,
    /// When it was sent.
    pub at: Timestamp,
    /// What Karamail does about it comes behind this event.
    pub after_event: i64,
}

/// What the visitor does.
#[derive(Clone, Debug, Default)]
pub struct Play {
    /// The phone in the visitor's hand; `None` before the first was chosen.
    pub in_hand: Option<EmailAddress>,
    /// The mail program shows a mail to be written, though the phone has sent some before.
    pub is_writing: bool,
    /// The mails sent, oldest first.
    pub acts: Vec<Act>,
}

/// Why the demo could not be turned on.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The servers or the folder.
    #[error(transparent)]
    Stage(#[from] StageFault),
    /// Its engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The program is about to end.
    #[error("the program ends")]
    Ending,
}

impl Told for DemoFault {
    fn what(&self, language: Language) -> String {
        match self {
            DemoFault::Stage(fault) => words::demo_failed(language, &fault.to_string()),
            DemoFault::Engine(fault) => fault.what(language),
            DemoFault::Ending => shell::ended(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            DemoFault::Stage(_) => None,
            DemoFault::Engine(fault) => fault.what_to_do(language),
            DemoFault::Ending => Some(shell::ended_advice(language)),
        }
    }

    fn on_screen(&self, language: Language) -> Option<String> {
        match self {
            DemoFault::Engine(fault) => fault.on_screen(language),
            other => other.what_to_do(language),
        }
    }
}

impl Demo {
    pub(super) async fn start(language: Language) -> Result<Demo, DemoFault> {
        let stage = Stage::set(language).await?;
        let engine = open_engine(
            stage.folder().to_owned(),
            stage.settings().clone(),
            Arc::clone(stage.secrets()),
        )
        .await?;
        let (handle, stop) = (engine.handle(), engine.stop_switch());
        let running = tokio::spawn(engine.run(None, true));
        // The first look at it shall not say that it stands still. One that takes long is shown as it is.
        let mut status = handle.status();
        let _ = tokio::time::timeout(BEGIN, status.wait_for(|status| status.is_collecting)).await;
        Ok(Demo {
            begun: clock::now(),
            stage,
            handle,
            stop,
            running: Mutex::new(Some(running)),
            play: Mutex::default(),
        })
    }

    /// Tells this demo from those before and after it, of this program and of others.
    pub fn id(&self) -> i64 {
        self.begun.as_millisecond()
    }

    /// What the visitor did until now.
    pub fn play(&self) -> Play {
        lock(&self.play).clone()
    }

    /// Takes a phone into the hand, with a mail to be written. The screens are told by [`Program::bump`](super::Program::bump).
    pub fn take_phone(&self, address: EmailAddress) {
        let mut play = lock(&self.play);
        play.in_hand = Some(address);
        play.is_writing = true;
    }

    /// Takes the phone of the next customer, who has sent nothing yet, into the hand.
    pub fn take_next_phone(&self) -> Option<EmailAddress> {
        let used: Vec<String> = lock(&self.play)
            .acts
            .iter()
            .map(|act| act.address.key())
            .collect();
        let next = next_address(|address| used.contains(&address.key()))?;
        self.take_phone(next.clone());
        Some(next)
    }

    /// The phone in the hand; the first of the cast where none was chosen.
    pub fn phone_in_hand(&self) -> Option<EmailAddress> {
        let chosen = lock(&self.play).in_hand.clone();
        chosen.or_else(|| EmailAddress::parse(phones().first()?.address).ok())
    }

    /// Sends a mail from a phone, which the visitor has in the hand then: it lies in the mailbox at once, as if a
    /// provider had brought it.
    ///
    /// # Errors
    /// The demo's ledger cannot be read; nothing is sent then.
    pub async fn send(&self, from: &EmailAddress, subject: &str) -> Result<(), StoreError> {
        let after_event = newest_event(self.handle.readers()).await?;
        let at = clock::now();
        {
            let mut play = lock(&self.play);
            play.in_hand = Some(from.clone());
            play.is_writing = false;
            play.acts.push(Act {
                address: from.clone(),
                subject: subject.to_owned(),
                at,
                after_event,
            });
            let too_many = play.acts.len().saturating_sub(DEMO_REMEMBERED_MAILS);
            play.acts.drain(..too_many);
        }
        self.servers()
            .deposit(phone_mail(from, subject, &clock::local(at)));
        Ok(())
    }

    /// The demo's engine.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The demo's mail servers.
    pub fn servers(&self) -> &DemoServers {
        self.stage.servers()
    }

    /// The demo's passwords.
    pub fn secrets(&self) -> &Arc<Secrets> {
        self.stage.secrets()
    }

    pub(super) async fn end(&self) {
        self.stop.request();
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = match running {
            Some(running) => running.await.ok(),
            None => None,
        } {
            tracing::warn!(%error, "the demo ended with a fault");
        }
        // A request that is still being answered keeps the stage; the folder goes now, as far as the system lets it.
        let folder = self.stage.folder().to_owned();
        let _ = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
    }
}
