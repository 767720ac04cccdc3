//! At the counter: how long a customer who has sent the empty mail waits for the receipt, as far as it is ours to say:
//! from the mail being in the mailbox to the receipt taken by the SMTP server.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use karamail_engine::engine::{Command, Engine, Handle};
use karamail_engine::secrets::{Environment, KeyringUse, Secrets};
use karamail_tests::dovecot::{Dovecot, PASSWORD, Setup};
use karamail_tests::mails;
use karamail_tests::server::scratch_folder;
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::shop::USER;
use karamail_tests::sink::Sink;

use crate::goals::Goals;
use crate::options::{Choice, Options};
use crate::table::{self, quantile};

/// The options of `counter.sh`.
pub(crate) const OPTIONS: &[Choice] = &[
    ("mails", "200", "30", "customers, each in both ways"),
    ("interval", "10", "5", "seconds between two polls"),
    ("strict", "", "", "exit code 1 where a goal is missed"),
];

/// Longest anything may take before the measurement has failed.
const BOUND: Duration = Duration::from_secs(60);

/// `measure counter`.
pub(crate) fn run(options: &Options) -> ExitCode {
    let (mails, interval) = (options.number("mails"), options.number("interval"));
    // As the program itself runs it.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    let shop = Shop::open();
    let waited_for_poll = runtime.block_on(shop.serve(interval, async |shop, _| {
        shop.wait_for_polls(mails, interval).await
    }));
    // A poll a day: what is answered was asked for.
    let checked =
        runtime.block_on(shop.serve(86_400, async |shop, handle| shop.check_now(mails, handle).await));
    println!(
        "{mails} customers one by one, mailbox on Dovecot and receipts to an SMTP server on this machine, without TLS\n"
    );
    let row = |label: String, waited: &[f64]| {
        let of = |share| format!("{:.3}", quantile(waited.iter().copied(), share));
        vec![label, of(0.5), of(0.99), of(1.0)]
    };
    let rows = [
        row(format!("a poll every {interval} s"), &waited_for_poll),
        row("check now".to_owned(), &checked),
    ];
    table::print(
        &[
            "from the mail in the mailbox to the accepted receipt",
            "median s",
            "99 % s",
            "worst s",
        ],
        &rows,
    );
    let mut goals = Goals::default();
    let worst = quantile(waited_for_poll, 0.99);
    goals.note(
        worst <= interval as f64 + 1.0,
        "with polls alone, 99 % within the interval and a second",
        &format!("{worst:.2} s"),
    );
    let worst = quantile(checked, 0.99);
    goals.note(
        worst <= 1.0,
        "with check now, 99 % within a second",
        &format!("{worst:.3} s"),
    );
    goals.tell(options.is_on("strict"))
}

struct Shop {
    dovecot: Dovecot,
    sink: Sink,
}

impl Shop {
    fn open() -> Shop {
        let dovecot = Dovecot::start(&Setup {
            certificate: None,
            ..Setup::default()
        });
        Shop {
            dovecot,
            sink: Sink::start(),
        }
    }

    /// Runs the real engine while `work` goes on.
    async fn serve(&self, interval: usize, work: impl AsyncFnOnce(&Shop, &Handle) -> Vec<f64>) -> Vec<f64> {
        let folder = scratch_folder("counter");
        let engine = self.engine(folder.path(), interval).await;
        let handle = engine.handle();
        let running = tokio::spawn(engine.run(None, true));
        // The first poll is over: what comes now waits for the second.
        let mut status = handle.status();
        let is_polled = |status: &karamail_engine::engine::Status| {
            status
                .mailboxes
                .iter()
                .all(|mailbox| mailbox.last_good_poll.is_some())
        };
        let first = tokio::time::timeout(BOUND, status.wait_for(is_polled)).await;
        assert!(matches!(first, Ok(Ok(_))), "no first poll");
        drop(first);
        let waited = work(self, &handle).await;
        handle.command(Command::Shutdown).await;
        let ended = running.await;
        assert!(matches!(ended, Ok(Ok(()))), "{ended:?}");
        waited
    }

    async fn engine(&self, folder: &Path, interval: usize) -> Engine {
        let settings = Settings {
            general: format!("check_interval_seconds = {interval}"),
            ..Settings::one(
                Endpoint::local(self.dovecot.plain_port(), "none", USER, PASSWORD),
                Endpoint::local(self.sink.port(), "none", "", ""),
            )
        };
        let settings = karamail_engine::config::Settings::parse(&settings.to_toml(), folder);
        let settings = settings.unwrap_or_else(|faults| panic!("{faults}"));
        let data = folder.join("data");
        let password = [("KARAMAIL_PASSWORD".to_owned(), PASSWORD.into())];
        let environment = Environment::Given(password.into_iter().collect());
        let secrets = Arc::new(Secrets::with(&data, environment, KeyringUse::Off));
        let engine = Engine::open(&data, settings, secrets).await;
        engine.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Customers come at odd moments, about ten in an interval; each waits for the next poll.
    async fn wait_for_polls(&self, mails: usize, interval: usize) -> Vec<f64> {
        let mut came = HashMap::new();
        let before = self.sink.count();
        let gap = Duration::from_secs(interval as u64) / 10;
        for customer in 0..mails {
            // Steps that never fall in with the interval: the golden ratio's share of two gaps.
            let share = (customer as f64 * 0.618_033_988_75).fract();
            tokio::time::sleep(gap.mul_f64(2.0 * share)).await;
            let person = format!("poll.{customer}@phone.example");
            self.dovecot
                .deposit(USER, [mails::signup(&person, &format!("p{customer}"))]);
            came.insert(person, Instant::now());
        }
        self.wait_for(before + mails).await;
        self.waited(&came)
    }

    /// A customer, then check now, then the next customer.
    async fn check_now(&self, mails: usize, handle: &Handle) -> Vec<f64> {
        let mut came = HashMap::new();
        for customer in 0..mails {
            let before = self.sink.count();
            let person = format!("check.{customer}@phone.example");
            self.dovecot
                .deposit(USER, [mails::signup(&person, &format!("c{customer}"))]);
            came.insert(person, Instant::now());
            assert!(handle.command(Command::CheckNow).await, "the engine has ended");
            self.wait_for(before + 1).await;
        }
        self.waited(&came)
    }

    async fn wait_for(&self, count: usize) {
        let begin = Instant::now();
        while self.sink.count() < count {
            assert!(
                begin.elapsed() < BOUND,
                "{} of {count} receipts",
                self.sink.count()
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn waited(&self, came: &HashMap<String, Instant>) -> Vec<f64> {
        let accepted = self.sink.accepted().into_iter().zip(self.sink.accepted_at());
        let waited = accepted.filter_map(|(letter, at)| {
            let came = came.get(letter.to.first()?)?;
            Some(at.duration_since(*came).as_secs_f64())
        });
        let waited: Vec<f64> = waited.collect();
        assert!(
            waited.len() == came.len(),
            "{} receipts for {} mails",
            waited.len(),
            came.len()
        );
        waited
    }
}
