//! The tray program at rest: what it holds, and how seldom it wakes up.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use karamail_tests::desktop::Desktop;
use karamail_tests::desktop::host::Host;
use karamail_tests::shop::PlainShop;
use karamail_tests::sink::Sink;
use karamail_tests::{PATIENCE, mails, wait_until};

/// The most that it may hold with its window closed.
const MOST_RESIDENT_KIB: u64 = 60 * 1024;
/// How long it is watched at rest: two heartbeats of the engine (decision 0043).
const WATCHED: Duration = Duration::from_secs(60);
const HEARTBEAT: Duration = Duration::from_secs(30);
/// What one heartbeat may cost: a timer fires on one of two worker threads, which may wake the other and the one that holds the timer.
const SWITCHES_A_HEARTBEAT: u64 = 12;

/// A number of `/proc/<process>/status` and the like.
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap()
}

/// How often each thread of a process gave the processor away by itself, which it does to wait. At rest it goes up by each time that it
/// woke up.
fn waits(process: u32) -> BTreeMap<u64, (String, u64)> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let of = |task: fs::DirEntry| {
        let text = fs::read_to_string(task.path().join("status")).ok()?;
        let name = text.lines().next()?.trim_start_matches("Name:\t").to_owned();
        Some((
            number(&text, "Pid:"),
            (name, number(&text, "voluntary_ctxt_switches:")),
        ))
    };
    tasks.flatten().filter_map(of).collect()
}

/// The processes that this one has started and that still run, by their names.
fn children(process: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let status = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("status")).ok();
    let is_child = |text: &String| text.contains(&format!("\nPPid:\t{process}\n"));
    processes
        .filter_map(status)
        .filter(is_child)
        .filter_map(|text| Some(text.lines().next()?.trim_start_matches("Name:\t").to_owned()))
        .collect()
}

#[test]
fn at_rest_it_is_small_and_wakes_up_for_nothing_but_the_engine() {
    let shop = PlainShop::open(Sink::start());
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 3600\n".to_owned();
    let desktop = Desktop::open(&settings);
    let host = Host::start(desktop.bus());
    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    let running = desktop.start(&["--hidden"]);
    let item = host.item();
    assert!(shop.sink.wait_for(1, PATIENCE), "no receipt");
    wait_until("the poll is over", PATIENCE, || {
        item.tooltip().title == "Karamail: Collecting" && item.tooltip().text.ends_with("Given today: 1")
    });
    // Threads for blocking work go after ten seconds without any.
    thread::sleep(Duration::from_secs(15));

    let status = fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let (resident, threads) = (number(&status, "VmRSS:"), number(&status, "Threads:"));
    println!("at rest: {resident} KiB resident, {threads} threads");
    assert!(resident < MOST_RESIDENT_KIB, "{resident} KiB");
    assert_eq!(children(running.id()), [""; 0]);

    let before = waits(running.id());
    thread::sleep(WATCHED);
    let mut woken = 0;
    for (thread, (name, waits)) in waits(running.id()) {
        let times = waits - before.get(&thread).map_or(0, |(_, waits)| *waits);
        println!("{times:5} {name}");
        woken += times;
    }
    let heartbeats = WATCHED.as_secs().div_ceil(HEARTBEAT.as_secs()) + 1;
    println!("woken {woken} times in {WATCHED:?}, {heartbeats} heartbeats at most");
    assert!(woken <= heartbeats * SWITCHES_A_HEARTBEAT, "woken {woken} times");
}
