//! Tests that are made from a screen: one at a time for a mailbox, in a task of its own, kept with its steps until the next
//! one begins. The screen may be left and come back to.
//!
//! Invariant: a test that is called off sends and deletes nothing more.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::limits::{SELF_TEST_DEMO_POLL, SELF_TEST_NUDGE};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{Program, Side, lock};
use crate::clock;
use crate::cycle::Logins;
use crate::engine::{Command, Handle};
use crate::self_test::{Patience, SelfTest, Step, StepResult, Tick};

/// Which test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// Log in and list; changes nothing.
    Receive,
    /// Send a mail with a subject.
    Send {
        /// To whom; `None`: to the mailbox itself.
        to: Option<EmailAddress>,
    },
    /// Send a mail with an empty subject to the mailbox itself and wait for it.
    Roundtrip,
    /// Delete our test mails from the server.
    Cleanup,
}

impl TestKind {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            TestKind::Receive => "receive",
            TestKind::Send { .. } => "send",
            TestKind::Roundtrip => "roundtrip",
            TestKind::Cleanup => "cleanup",
        }
    }
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestEnd {
    /// All went well.
    Passed,
    /// A step failed.
    Failed,
    /// Somebody called it off.
    CalledOff,
}

/// A test under way, or the last one.
#[derive(Debug)]
pub struct TestRun {
    kind: TestKind,
    begun: Timestamp,
    wait_seconds: u64,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    ticks: Vec<Arc<Tick>>,
    end: Option<TestEnd>,
    task: Option<AbortHandle>,
}

impl TestRun {
    /// Which test.
    pub fn kind(&self) -> &TestKind {
        &self.kind
    }

    /// When it began.
    pub fn begun(&self) -> Timestamp {
        self.begun
    }

    /// How long the round trip waits for a mail.
    pub fn wait_seconds(&self) -> u64 {
        self.wait_seconds
    }

    /// Its steps until now, as they came.
    pub fn ticks(&self) -> Vec<Arc<Tick>> {
        lock(&self.progress).ticks.clone()
    }

    /// How it ended; `None` while it runs.
    pub fn end(&self) -> Option<TestEnd> {
        let progress = lock(&self.progress);
        // A fault of ours that ended the task must not keep the mailbox from being tested again.
        let is_lost = || progress.task.as_ref().is_some_and(AbortHandle::is_finished);
        progress.end.or_else(|| is_lost().then_some(TestEnd::Failed))
    }

    /// Ends it where it runs. Whether it did.
    fn finish(&self, end: TestEnd) -> bool {
        let mut progress = lock(&self.progress);
        if progress.end.is_some() {
            return false;
        }
        progress.end = Some(end);
        if let (TestEnd::CalledOff, Some(task)) = (end, &progress.task) {
            task.abort();
        }
        true
    }

    fn is_waiting(&self) -> bool {
        let last = lock(&self.progress).ticks.last().map(Arc::clone);
        last.is_some_and(|tick| {
            matches!(tick.step, Step::EmptyArrival | Step::SubjectArrival)
                && matches!(tick.result, StepResult::Begun)
        })
    }
}

/// Why a test did not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestRefusal {
    /// There is no engine, and so there are no settings to test.
    NoEngine,
    /// The settings have no such mailbox.
    NoSuchMailbox,
    /// Another test of this mailbox runs.
    Busy,
}

/// A mailbox of the shop, or of the demo, by the data folder it goes with and its name.
type Key = (PathBuf, String);

/// The last test of each mailbox.
#[derive(Debug, Default)]
pub(super) struct Testing(Mutex<HashMap<Key, Bench>>);

#[derive(Debug, Default)]
struct Bench {
    run: Option<Arc<TestRun>>,
    /// The kinds that went well at their last run.
    passed: HashSet<&'static str>,
}

impl Testing {
    /// Ends the tests of this data folder's mailboxes and forgets them.
    pub(super) fn forget(&self, data_folder: &Path) {
        lock(&self.0).retain(|(folder, _), bench| {
            let stays = folder != data_folder;
            if let (false, Some(run)) = (stays, &bench.run) {
                run.finish(TestEnd::CalledOff);
            }
            stays
        });
    }

    pub(super) fn call_all_off(&self) {
        for bench in lock(&self.0).values() {
            if let Some(run) = &bench.run {
                run.finish(TestEnd::CalledOff);
            }
        }
    }
}

impl Program {
    /// Begins a test of a mailbox of this side; it goes on by itself and its steps move [`Program::news`].
    ///
    /// # Errors
    /// Why it did not begin.
    pub async fn begin_test(
        &self,
        side: &Side,
        mailbox: &str,
        kind: TestKind,
    ) -> Result<Arc<TestRun>, TestRefusal> {
        let handle = self.handle_of(side).ok_or(TestRefusal::NoEngine)?;
        let secrets = self.secrets_of(side);
        let settings = Arc::clone(&handle.settings().borrow());
        let found = settings.mailboxes.iter().find(|one| one.name == mailbox);
        let mailbox = found.ok_or(TestRefusal::NoSuchMailbox)?.clone();
        let mut patience = Patience::default();
        if side.demo().is_some() {
            patience.poll = SELF_TEST_DEMO_POLL;
        }
        let run = Arc::new(TestRun {
            kind,
            begun: clock::now(),
            wait_seconds: patience.arrival.as_secs(),
            progress: Mutex::default(),
        });
        let key = (handle.data_folder().to_owned(), mailbox.name.clone());
        self.put_on_bench(key.clone(), &run)?;
        let logins = Logins::find(&secrets, &settings, &mailbox).await;
        let (test, ticks) = SelfTest::new(
            mailbox,
            logins,
            handle.data_folder(),
            settings.general.language,
            patience,
        );
        let is_collecting = handle.status().borrow().is_collecting;
        let test = if is_collecting { test } else { test.alone() };
        let task = tokio::spawn(make(Arc::clone(&run), test, ticks, handle, self.news.clone()));
        let mut progress = lock(&run.progress);
        match progress.end {
            // Called off before it began.
            Some(_) => task.abort(),
            None => progress.task = Some(task.abort_handle()),
        }
        drop(progress);
        self.bump();
        Ok(run)
    }

    /// The last test of this mailbox, under way or over.
    pub fn last_test(&self, side: &Side, mailbox: &str) -> Option<Arc<TestRun>> {
        let key = self.bench_key(side, mailbox)?;
        lock(&self.testing.0)
            .get(&key)
            .and_then(|bench| bench.run.clone())
    }

    /// Whether this test went well when it was made last, since the program started.
    pub fn has_passed(&self, side: &Side, mailbox: &str, kind: &TestKind) -> bool {
        let Some(key) = self.bench_key(side, mailbox) else {
            return false;
        };
        let benches = lock(&self.testing.0);
        let Some(bench) = benches.get(&key) else {
            return false;
        };
        match &bench.run {
            Some(run) if run.kind.as_str() == kind.as_str() => run.end() == Some(TestEnd::Passed),
            _ => bench.passed.contains(kind.as_str()),
        }
    }

    /// Calls the test of this mailbox off. Whether one was under way.
    pub fn call_test_off(&self, side: &Side, mailbox: &str) -> bool {
        let was_running = self
            .last_test(side, mailbox)
            .is_some_and(|run| run.finish(TestEnd::CalledOff));
        self.bump();
        was_running
    }

    fn bench_key(&self, side: &Side, mailbox: &str) -> Option<Key> {
        let handle = self.handle_of(side)?;
        Some((handle.data_folder().to_owned(), mailbox.to_owned()))
    }

    fn put_on_bench(&self, key: Key, run: &Arc<TestRun>) -> Result<(), TestRefusal> {
        let mut benches = lock(&self.testing.0);
        let bench = benches.entry(key).or_default();
        if let Some(last) = bench.run.take() {
            match last.end() {
                None => {
                    bench.run = Some(last);
                    return Err(TestRefusal::Busy);
                }
                Some(TestEnd::Passed) => drop(bench.passed.insert(last.kind.as_str())),
                Some(_) => drop(bench.passed.remove(last.kind.as_str())),
            }
        }
        bench.run = Some(Arc::clone(run));
        Ok(())
    }
}

/// Makes a test, and tells its steps.
async fn make(
    run: Arc<TestRun>,
    test: SelfTest,
    mut ticks: UnboundedReceiver<Tick>,
    handle: Handle,
    news: watch::Sender<u64>,
) {
    let tell = || news.send_modify(|count| *count = count.wrapping_add(1));
    let testing = async {
        // The ticks end with the test, which owns their sender.
        let test = test;
        match &run.kind {
            TestKind::Receive => test.receive().await,
            TestKind::Send { to } => test.send(to.as_ref()).await,
            TestKind::Roundtrip => test.roundtrip().await,
            TestKind::Cleanup => test.cleanup().await,
        }
    };
    let telling = async {
        while let Some(tick) = ticks.recv().await {
            lock(&run.progress).ticks.push(Arc::new(tick));
            tell();
        }
    };
    let nudging = async {
        loop {
            tokio::time::sleep(SELF_TEST_NUDGE).await;
            if run.is_waiting() {
                handle.command(Command::CheckNow).await;
            }
        }
    };
    let has_passed = tokio::select! {
        (has_passed, ()) = futures_util::future::join(testing, telling) => has_passed,
        () = nudging => false,
    };
    run.finish(if has_passed {
        TestEnd::Passed
    } else {
        TestEnd::Failed
    });
    tell();
}
