//! The real program where its folders are full, read-only, or gone for a while, and where the system gives it no more
//! memory or files. Nothing is lost, and what can go on by itself does.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use karamail_tests::ledger::Deposited;
use karamail_tests::program::{Program, RUN_BOUND, Running, exit};
use karamail_tests::server::scratch_folder;
use karamail_tests::shop::PlainShop;
use karamail_tests::sink::Sink;
use karamail_tests::{PATIENCE, mails, wait_until};

/// Longest until a program that goes on by itself has noticed that it can.
const MENDS: Duration = Duration::from_secs(120);

/// A small disk in memory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> SmallDisk {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={size},mode=700");
        run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs"], at);
        SmallDisk(at.to_owned())
    }

    /// Fills it up to so many KiB.
    fn fill_but(&self, free: usize) {
        let mut ballast = File::create(self.0.join("ballast")).unwrap();
        let block = [0x6b; 1024];
        let mut written = 0_u64;
        while ballast.write_all(&block).is_ok() {
            written += 1024;
        }
        ballast
            .set_len(written.saturating_sub(free as u64 * 1024))
            .unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Whether disks can be mounted here. Not in every container, also for root: what wants one is not tried there, and says so.
fn may_mount() -> bool {
    let folder = scratch_folder("mount");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(folder.path())
        .status();
    let may = mounted.is_ok_and(|status| status.success());
    if may {
        drop(SmallDisk(folder.path().to_owned()));
    } else {
        println!("NOT TRIED: this system lets nobody mount a disk");
    }
    may
}

#[track_caller]
fn run(program: &str, arguments: &[&str], at: &Path) {
    let output = Command::new(program).args(arguments).arg(at).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}

/// A shop, a program that polls each five seconds, and what was put into the mailbox.
struct Play {
    shop: PlainShop,
    program: Program,
    deposited: Vec<Deposited>,
}

impl Play {
    fn begin(more: &str) -> Play {
        let shop = PlainShop::open(Sink::start());
        let mut settings = shop.settings();
        settings.general = format!("check_interval_seconds = 5\n{more}");
        Play {
            program: Program::install(&settings),
            shop,
            deposited: vec![],
        }
    }

    /// New customers and a question of that many bytes.
    fn deposit(&mut self, customers: usize, question: usize) {
        for _ in 0..customers {
            let customer = format!("customer{}@phone.example", self.deposited.len());
            let mail = mails::signup(&customer, &format!("m{}", self.deposited.len()));
            self.put(mail, Some(&customer));
        }
        let body = "a photo\r\n".repeat(question.div_ceil(9));
        let id = format!("m{}", self.deposited.len());
        self.put(
            mails::mail("guest@phone.example", &id, "Subject: a question\r\n", &body),
            None,
        );
    }

    fn put(&mut self, mail: Vec<u8>, customer: Option<&str>) {
        self.shop.deposit(&mail);
        self.deposited.push(Deposited::new(mail, customer));
    }

    fn check(&self) {
        self.shop.evidence(&self.program, &self.deposited).check();
    }

    fn check_complete(&self) {
        self.shop
            .evidence(&self.program, &self.deposited)
            .check_complete();
    }

    fn wait_until_all_is_done(&self) {
        wait_until("it goes on by itself", MENDS, || self.shop.waiting() == 0);
    }

    fn end(&self, running: Running) {
        running.terminate();
        let finished = running.finish_within(RUN_BOUND).success();
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(!said.contains("panicked"), "{said}");
        self.check_complete();
    }
}

#[test]
fn a_disk_that_fills_up_at_any_level_loses_no_number_and_no_mail() {
    if !may_mount() {
        return;
    }
    for free in [0, 4, 12, 40, 100, 200, 400, 1_000] {
        let mut play = Play::begin("");
        // The secrets lie in the data folder.
        let secrets = fs::read(play.program.data().join("secrets.toml")).unwrap();
        let disk = SmallDisk::mount(&play.program.data(), "12m");
        fs::write(play.program.data().join("secrets.toml"), secrets).unwrap();
        run("chmod", &["600"], &play.program.data().join("secrets.toml"));
        play.deposit(3, 1_000);
        play.program.once().success();
        play.check_complete();
        disk.fill_but(free);
        // The question alone is more than what is free, or the ledger's log is.
        play.deposit(20, free * 1024 + 100_000);
        let finished = play.program.once();
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(!said.contains("panicked"), "{free} KiB free: {said}");
        let left = play.shop.waiting();
        println!(
            "{free} KiB free: {left} of 21 mails wait, exit code {:?}",
            finished.code()
        );
        assert!(
            left > 0 && finished.code() != Some(0),
            "{free} KiB free: {finished:?}"
        );
        assert!(
            said.to_lowercase().contains("disk"),
            "{free} KiB free: it is told: {said}"
        );
        play.check();
        disk.empty();
        wait_until("it finishes", MENDS, || {
            play.program.once();
            play.shop.waiting() == 0
        });
        play.check_complete();
    }
}

#[test]
fn a_full_disk_of_the_log_alone_stops_no_receipt_and_the_log_is_whole_afterwards() {
    if !may_mount() {
        return;
    }
    let folder = scratch_folder("log");
    let disk = SmallDisk::mount(&folder.path().join("log"), "1m");
    let mut play = Play::begin(&format!("log_folder = '{}'\n", disk.0.display()));
    disk.fill_but(0);
    let running = play.program.start(&["run"], &[]);
    play.deposit(5, 1_000);
    play.wait_until_all_is_done();
    disk.empty();
    play.deposit(1, 1_000);
    let read = || {
        let files = fs::read_dir(&disk.0).unwrap().map(|entry| entry.unwrap().path());
        let texts = files.filter(|path| path.extension().is_some_and(|end| end == "txt"));
        texts
            .map(|path| fs::read_to_string(path).unwrap())
            .collect::<String>()
    };
    let customers = || play.deposited.iter().filter_map(|mail| mail.signup_of.as_ref());
    wait_until("the log has everybody", MENDS, || {
        let text = read();
        customers().all(|customer| text.contains(&customer.key()))
    });
    play.wait_until_all_is_done();
    play.end(running);
    let text = read();
    let mut lines: Vec<&str> = text.lines().collect();
    let all = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), all, "a line is there twice:\n{text}");
}

#[test]
fn a_read_only_disk_is_told_before_any_mail_is_touched() {
    if !may_mount() {
        return;
    }
    let mut play = Play::begin("");
    play.deposit(2, 1_000);
    play.program.once().success();
    let data = play.program.data();
    let is_mounted = Command::new("mount").arg("--bind").args([&data, &data]).status();
    assert!(is_mounted.unwrap().success());
    let disk = SmallDisk(data.clone());
    run("mount", &["-o", "remount,bind,ro"], &data);
    play.deposit(2, 1_000);
    let waiting = play.shop.waiting();
    play.program
        .once()
        .failure(exit::DATA, &[&data.display().to_string()]);
    assert_eq!(play.shop.waiting(), waiting);
    // SQLite cannot read a ledger with a log on a disk that it may not write.
    drop(disk);
    play.check();
    play.program.once().success();
    play.check_complete();
}

/// The stick is taken out and put in again: the folder is not there for a while, as the whole disk is not.
#[test]
fn a_data_folder_that_is_gone_for_a_while_loses_nothing() {
    let mut play = Play::begin("");
    play.deposit(2, 1_000);
    let running = play.program.start(&["run"], &[]);
    play.wait_until_all_is_done();
    let data = play.program.data();
    let elsewhere = data.with_file_name("elsewhere");
    fs::rename(&data, &elsewhere).unwrap();
    play.deposit(3, 20_000);
    // Two polls' time and more: what belongs beside the ledger has no place, so nothing is done.
    let before = play.shop.sink.count();
    assert!(!play.shop.sink.wait_for(before + 1, Duration::from_secs(13)));
    assert_eq!(play.shop.waiting(), 4, "the mails stay on the server");
    let made: Vec<_> = fs::read_dir(&data).into_iter().flatten().flatten().collect();
    assert!(made.is_empty(), "another data folder was made: {made:?}");
    let _ = fs::remove_dir(&data);
    fs::rename(&elsewhere, &data).unwrap();
    play.wait_until_all_is_done();
    play.end(running);
}

/// `prlimit` of a process that runs.
fn limit(running: &Running, which: &str) {
    let process = format!("--pid={}", running.id());
    let output = Command::new("prlimit").args([&process, which]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn without_any_more_open_files_nothing_is_lost_and_it_goes_on_by_itself() {
    for spare in [0, 1, 2, 3, 5, 8] {
        let mut play = Play::begin("");
        play.deposit(2, 1_000);
        let running = play.program.start(&["run"], &[]);
        play.wait_until_all_is_done();
        let open = fs::read_dir(format!("/proc/{}/fd", running.id()))
            .unwrap()
            .count();
        limit(&running, &format!("--nofile={}:4096", open + spare));
        play.deposit(5, 20_000);
        let before = play.shop.sink.count();
        let rest = Duration::from_secs(12);
        let is_answered = play.shop.sink.wait_for(before + 5, rest);
        println!("{spare} files to spare: answered all the same: {is_answered}");
        play.check();
        limit(&running, "--nofile=4096:4096");
        play.wait_until_all_is_done();
        play.end(running);
    }
}

/// An allocation that fails ends a Rust program at once, wherever it is: as a kill, at a moment of its own choice.
#[test]
fn without_any_more_memory_it_ends_and_the_next_start_loses_nothing() {
    let mut ended = 0;
    for spare in [0_u64, 256, 1_024, 2_048, 4_096, 8_192] {
        let mut play = Play::begin("");
        play.deposit(2, 1_000);
        let mut running = play.program.start(&["run"], &[]);
        play.wait_until_all_is_done();
        let status = fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
        let data = status
            .lines()
            .find_map(|line| line.strip_prefix("VmData:"))
            .unwrap();
        let data: u64 = data.trim().trim_end_matches(" kB").parse().unwrap();
        limit(&running, &format!("--data={}:unlimited", (data + spare) * 1_024));
        play.deposit(300, 3_000_000);
        let end = std::time::Instant::now() + Duration::from_secs(20);
        while running.is_running() && play.shop.waiting() > 0 && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        let is_alive = running.is_running();
        ended += usize::from(!is_alive);
        println!(
            "{spare} KiB to spare: alive: {is_alive}, {} mails wait",
            play.shop.waiting()
        );
        play.check();
        drop(running);
        play.program.once().success();
        play.check_complete();
        assert!(play.shop.sink.wait_for(302, PATIENCE));
    }
    println!("{ended} of 6 ran out of memory");
    assert!(ended > 0, "the limit was never met");
}
