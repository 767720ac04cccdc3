//! How the tray program starts and ends: one for each data folder, a person is told what is in the way, and the mail in hand is finished.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::os::unix::net::UnixListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use karamail_engine::data_folder::DataFolder;
use karamail_tests::desktop::Desktop;
use karamail_tests::desktop::host::Host;
use karamail_tests::program::exit;
use karamail_tests::settings::Settings;
use karamail_tests::shop::PlainShop;
use karamail_tests::sink::{Answer, Sink};
use karamail_tests::{PATIENCE, mails, wait_until};
use rustix::process::Signal;

/// Polled each hour, so that what happens is what the test does.
fn seldom(shop: &PlainShop) -> Settings {
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 3600\n".to_owned();
    settings
}

/// A sink that waits, with a letter half sent, until it is told to go on.
fn waiting_sink() -> (Sink, Receiver<()>, Sender<()>) {
    let (reached, is_reached) = channel();
    let (go_on, may_go_on) = channel();
    let (reached, may_go_on) = (Mutex::new(reached), Arc::new(Mutex::new(may_go_on)));
    let sink = Sink::with_plan(move |_, _| {
        let _ = reached.lock().unwrap().send(());
        let _ = may_go_on.lock().unwrap().recv();
        Answer::Accept
    });
    (sink, is_reached, go_on)
}

#[test]
fn a_second_start_reaches_the_first() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let mut running = desktop.start(&[]);
    let (seen, page) = desktop.link().page(0);
    assert_eq!(page, "/");
    desktop.try_start(&[]).finish(PATIENCE).success();
    let (seen, page) = desktop.link().page(seen);
    assert_eq!(page, "/");
    desktop.try_start(&["--show", "log"]).finish(PATIENCE).success();
    assert_eq!(desktop.link().page(seen).1, "/log");
    assert!(running.is_running());
    assert_eq!(desktop.windows().len(), 1, "{:?}", desktop.windows());
}

#[test]
fn many_starts_at_the_same_moment_give_one_program() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let starts: Vec<_> = (0..4).map(|_| desktop.try_start(&["--hidden"])).collect();
    let mut starts = starts;
    wait_until("one is left", PATIENCE, || {
        starts.retain_mut(|start| start.is_running());
        starts.len() == 1 && desktop.link().answers()
    });
    assert_eq!(desktop.opened(), [""; 0], "somebody told of trouble");
    desktop.try_start(&["--quit"]).finish(PATIENCE).success();
    starts.remove(0).finish_within(PATIENCE).success();
}

#[test]
fn ending_asks_first_and_finishes_the_mail_in_hand() {
    let (sink, is_reached, go_on) = waiting_sink();
    let shop = PlainShop::open(sink);
    let desktop = Desktop::open(&seldom(&shop));
    let host = Host::start(desktop.bus());
    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    let mut running = desktop.start(&["--hidden"]);
    let item = host.item();
    is_reached.recv_timeout(PATIENCE).unwrap();

    item.wait_for("Karamail: Checking");
    item.choose("Quit");
    assert_eq!(desktop.link().page(0).1, "/status/end");
    let asked = desktop.link().get("/status/end");
    assert!(
        asked.body.contains("The mail in hand is finished first."),
        "{}",
        asked.body
    );
    assert!(asked.body.contains("action=\"/status/end\""));
    // Asking ends nothing.
    assert!(running.is_running());
    assert_eq!(item.tooltip().title, "Karamail: Checking");

    let link = desktop.link();
    let ended = thread::spawn(move || link.post("/status/end", ""));
    item.wait_for("Karamail: Ending");
    assert_eq!(item.tooltip().text, "Finishing the mail in hand");
    wait_until("the menu says so", PATIENCE, || {
        let menu = item.menu();
        let end = menu.last().unwrap();
        (end.label.as_str(), end.is_enabled) == ("Ending…", false)
    });
    assert!(running.is_running());

    go_on.send(()).unwrap();
    assert!(shop.sink.wait_for(1, PATIENCE), "the letter was not finished");
    // The page that asked gets its answer, and the icon goes.
    let answer = ended.join().unwrap();
    assert_eq!(answer.code, 200);
    running.finish_within(PATIENCE).success();
    wait_until("the icon is gone", PATIENCE, || !host.has(&item));

    // It was finished: the next start sends nothing.
    let running = desktop.start(&["--hidden"]);
    host.item().wait_for("Karamail: Collecting");
    running.terminate();
    running.finish_within(PATIENCE).success();
    assert_eq!(shop.sink.count(), 1);
    assert_eq!(shop.waiting(), 0);
}

#[test]
fn the_systems_wish_to_end_ends_it_cleanly() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let running = desktop.start(&["--hidden"]);
        let socket = desktop.link().path().to_owned();
        running.signal(signal);
        running.finish_within(PATIENCE).success();
        assert!(!socket.exists(), "{signal:?}: the socket is left");
        assert!(!DataFolder::is_in_use(&desktop.program.data()));
    }
}

#[test]
fn quit_waits_for_the_end() {
    let (sink, is_reached, go_on) = waiting_sink();
    let shop = PlainShop::open(sink);
    let desktop = Desktop::open(&seldom(&shop));
    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    let mut running = desktop.start(&["--hidden"]);
    is_reached.recv_timeout(PATIENCE).unwrap();
    let mut quit = desktop.try_start(&["--quit"]);
    // It asks nobody, and waits as long as a letter is under way.
    let link = desktop.link();
    wait_until("it ends", PATIENCE, || {
        link.get("/status").body.contains("<h2>Ended</h2>") || link.get("/status").body.contains("Ending")
    });
    assert!(running.is_running() && quit.is_running());
    go_on.send(()).unwrap();
    quit.finish_within(PATIENCE).success();
    running.finish_within(PATIENCE).success();
    assert_eq!(shop.sink.count(), 1);
    // Nobody is there: there is nothing to end.
    desktop.try_start(&["--quit"]).finish(PATIENCE).success();
}

/// What was told on a page in the browser.
fn told(desktop: &Desktop) -> String {
    wait_until("a page is opened", PATIENCE, || !desktop.opened().is_empty());
    let opened = desktop.opened();
    assert_eq!(opened.len(), 1, "{opened:?}");
    let page = std::fs::read_to_string(&opened[0]).unwrap();
    std::fs::remove_file(&opened[0]).unwrap();
    page
}

#[test]
fn another_program_on_the_data_folder_is_told_to_a_person() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    // As `karamail run` holds it.
    let held = DataFolder::take(&desktop.program.data()).unwrap();
    let refused = desktop.try_start(&["--hidden"]).finish(PATIENCE);
    refused.failure(exit::IN_USE, &["data folder"]);
    let page = told(&desktop);
    assert!(page.contains("<h1>Karamail cannot start</h1>"), "{page}");
    assert!(
        page.contains(&desktop.program.data().display().to_string()),
        "{page}"
    );
    assert_eq!(desktop.windows(), [""; 0]);
    drop(held);
    let running = desktop.start(&["--hidden"]);
    running.terminate();
    running.finish_within(PATIENCE).success();
}

#[test]
fn a_program_that_does_not_answer_is_told_to_a_person() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let running = desktop.start(&["--hidden"]);
    let socket = desktop.link().path().to_owned();
    running.terminate();
    running.finish_within(PATIENCE).success();
    // Somebody has the place and is stuck.
    let _stuck = UnixListener::bind(&socket).unwrap();
    let refused = desktop.try_start(&["--lang", "ja"]).finish(PATIENCE);
    refused.failure(exit::IN_USE, &["応答しません"]);
    assert!(told(&desktop).contains("<h1>Karamail を起動できません</h1>"));
}

#[test]
fn what_the_program_does_is_in_the_diagnostic_log() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let running = desktop.start(&["--hidden"]);
    running.terminate();
    running.finish_within(PATIENCE).success();
    let files = std::fs::read_dir(desktop.program.data().join("diagnostics")).unwrap();
    let text: String = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert!(text.contains("the desktop program starts"), "{text}");
    assert!(text.contains("the desktop program has ended"), "{text}");
}
