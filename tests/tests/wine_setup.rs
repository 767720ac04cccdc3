//! The installer and the portable zip for Windows, under Wine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::wine::{Desktop, SLOW, built};
use karamail_tests::{PATIENCE, wait_until};

const TRAY: &str = "karamail-tray.exe";
const FILES: [&str; 6] = [
    TRAY,
    "karamail-window.exe",
    "karamail.exe",
    "WebView2Loader.dll",
    "LICENSE.txt",
    "uninstall.exe",
];
const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
const UNINSTALL: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Karamail";
const SHORTCUT: &str = "空メール受付 Karamail.lnk";
const CREDENTIALS: &str = r"HKCU\Software\Wine\Credential Manager";

/// A desktop with what the installer does to it.
struct Pc {
    desktop: Desktop,
}

impl Pc {
    fn new(name: &str) -> Pc {
        Pc {
            desktop: Desktop::start(name),
        }
    }

    fn place(&self) -> PathBuf {
        self.desktop.app_data("Local").join("Programs/Karamail")
    }

    fn config(&self) -> PathBuf {
        self.desktop.app_data("Roaming").join("Karamail/config")
    }

    fn data(&self) -> PathBuf {
        self.desktop.app_data("Local").join("Karamail/data")
    }

    fn start_menu(&self) -> PathBuf {
        let roaming = self.desktop.app_data("Roaming");
        roaming
            .join("Microsoft/Windows/Start Menu/Programs")
            .join(SHORTCUT)
    }

    fn desktop_icon(&self) -> PathBuf {
        self.desktop.folder().join("home").join(SHORTCUT)
    }

    /// Runs the installer; its exit code.
    fn install(&self, arguments: &[&str]) -> Option<i32> {
        self.desktop.run(&text(&packed("-setup.exe")), arguments).code
    }

    /// Runs the uninstaller; it works from a copy of itself and goes on after its first process.
    fn uninstall(&self, place: &Path, arguments: &[&str]) {
        self.desktop.run(&text(&place.join("uninstall.exe")), arguments);
    }

    fn value(&self, key: &str, value: &str) -> Option<String> {
        self.desktop.registry_value(key, value)
    }

    /// An entry of the installer's. Under load Wine was seen, once in a hundred runs, to show it only some time after the installer's end.
    fn entry(&self, key: &str, value: &str) -> String {
        let mut entry = None;
        wait_until(&format!("{value} is in {key}"), PATIENCE, || {
            entry = self.value(key, value);
            entry.is_some()
        });
        entry.unwrap()
    }

    /// A shop's settings with its password in the Credential Manager.
    fn set_up(&self) {
        let endpoint = |port| Endpoint::local(port, "none", "touroku", "himitsu-no-kotoba");
        let settings = Settings::one(endpoint(9), endpoint(9));
        fs::create_dir_all(self.config()).unwrap();
        fs::write(self.config().join("karamail.toml"), settings.to_toml()).unwrap();
        let given = self.desktop.folder().join("password.txt");
        fs::write(&given, "himitsu-no-kotoba\n").unwrap();
        let program = text(&self.place().join("karamail.exe"));
        let mut command = self.desktop.command(&program, &["password", "set"]);
        let said = self
            .desktop
            .finish(command.stdin(fs::File::open(&given).unwrap()));
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(self.keeps_password());
    }

    fn keeps_password(&self) -> bool {
        let said = self.desktop.run("reg", &["query", CREDENTIALS, "/s"]);
        said.text.contains("Karamail")
    }

    fn start(&self, data: &Path) -> Child {
        let program = text(&self.place().join(TRAY));
        let mut command = self.desktop.command(&program, &["--hidden"]);
        let running = command.env("KARAMAIL_DATA_DIR", data).spawn().unwrap();
        wait_until("the ledger is open", SLOW, || data.join("karamail.db").is_file());
        running
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn packed(end: &str) -> PathBuf {
    let packages = fs::read_dir(built().join("packages")).unwrap();
    packages
        .flatten()
        .map(|file| file.path())
        .find(|path| text(path).ends_with(end))
        .expect("tests/windows/build.sh made it")
}

#[test]
fn the_installer_installs_silently_replaces_a_running_program_and_takes_away() {
    let pc = Pc::new("setup");
    assert_eq!(pc.install(&["/S"]), Some(0));
    let place = pc.place();
    for file in FILES {
        assert!(place.join(file).is_file(), "{file}");
    }
    assert!(pc.desktop.processes(TRAY).is_empty(), "nothing is started");
    assert!(pc.start_menu().is_file());
    assert!(!pc.desktop_icon().exists() && pc.value(RUN, "Karamail").is_none());
    assert!(
        pc.entry(UNINSTALL, "DisplayName")
            .ends_with("空メール受付 Karamail")
    );
    assert!(
        pc.entry(UNINSTALL, "QuietUninstallString")
            .ends_with("uninstall.exe\" /S")
    );
    pc.set_up();

    an_older_version_that_runs_is_replaced(&pc);
    an_installation_that_comes_to_nothing_leaves_the_program_running(&pc);
    a_program_that_does_not_end_is_left_alone(&pc);

    fs::write(place.join("memo.txt"), "the shop's own").unwrap();
    pc.uninstall(&place, &["/S"]);
    wait_until("the programs are gone", SLOW, || {
        FILES.iter().all(|file| !place.join(file).exists())
    });
    assert!(place.join("memo.txt").is_file(), "what is not ours stays");
    assert!(!pc.start_menu().exists() && !pc.desktop_icon().exists());
    assert_eq!(pc.value(RUN, "Karamail"), None);
    assert_eq!(pc.value(UNINSTALL, "DisplayName"), None);
    assert!(pc.config().join("karamail.toml").is_file() && pc.data().join("karamail.db").is_file());
    assert!(pc.keeps_password());
    fs::remove_file(place.join("memo.txt")).unwrap();

    assert_eq!(pc.install(&["/S"]), Some(0));
    fs::write(pc.data().parent().unwrap().join("memo.txt"), "the shop's own").unwrap();
    pc.uninstall(&place, &["/S", "/DELETEDATA"]);
    wait_until("the records are gone", SLOW, || {
        !pc.data().exists() && !pc.config().parent().unwrap().exists() && !place.exists()
    });
    assert!(!pc.keeps_password(), "no password stays");
    assert!(pc.data().parent().unwrap().join("memo.txt").is_file());
}

/// It ends, is replaced and started again, and all that was chosen and written stays.
fn an_older_version_that_runs_is_replaced(pc: &Pc) {
    let mut running = pc.start(&pc.data());
    let license = pc.place().join("LICENSE.txt");
    fs::write(&license, "of then").unwrap();
    assert_eq!(pc.install(&["/S", "/DESKTOP", "/AUTOSTART"]), Some(0));
    wait_until("the program has ended", SLOW, || {
        running.try_wait().unwrap().is_some()
    });
    assert_ne!(fs::read_to_string(&license).unwrap(), "of then", "replaced");
    wait_until("it is started again", SLOW, || {
        !pc.desktop.processes(TRAY).is_empty()
    });
    let autostart = pc.entry(RUN, "Karamail");
    assert!(
        autostart.ends_with(r#"\Programs\Karamail\karamail-tray.exe" --hidden"#),
        "{autostart}"
    );
    assert!(pc.desktop_icon().is_file());
    assert_eq!(pc.install(&["/S"]), Some(0));
    pc.entry(RUN, "Karamail");
    assert!(pc.desktop_icon().is_file());
    assert!(pc.data().join("karamail.db").is_file() && pc.keeps_password());
    wait_until("it collects again", SLOW, || {
        !pc.desktop.processes(TRAY).is_empty()
    });
    quit(pc);
}

/// What cannot be ended stands in the way of it; what was ended for it must not stay so.
fn an_installation_that_comes_to_nothing_leaves_the_program_running(pc: &Pc) {
    let mut running = pc.start(&pc.data());
    let program = text(&pc.place().join("karamail.exe"));
    let elsewhere = ["--data-dir", r"C:\served", "serve", "--port", "0"];
    let mut serving = pc.desktop.command(&program, &elsewhere).spawn().unwrap();
    wait_until("it serves", SLOW, || {
        !pc.desktop.processes("karamail.exe").is_empty()
    });
    assert_eq!(pc.install(&["/S"]), Some(2));
    wait_until("the program was ended", SLOW, || {
        running.try_wait().unwrap().is_some()
    });
    wait_until("and started again", SLOW, || {
        !pc.desktop.processes(TRAY).is_empty()
    });
    serving.kill().unwrap();
    serving.wait().unwrap();
    quit(pc);
}

fn quit(pc: &Pc) {
    let said = pc.desktop.run(&text(&pc.place().join(TRAY)), &["--quit"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    wait_until("it has ended", SLOW, || pc.desktop.processes(TRAY).is_empty());
}

/// One that works in another folder is not reached by `--quit` of this one.
fn a_program_that_does_not_end_is_left_alone(pc: &Pc) {
    let elsewhere = pc.desktop.drive().join("elsewhere");
    let mut running = pc.start(&elsewhere);
    let license = pc.place().join("LICENSE.txt");
    fs::write(&license, "of then").unwrap();
    assert_eq!(pc.install(&["/S"]), Some(2), "told by the exit code");
    assert_eq!(
        fs::read_to_string(&license).unwrap(),
        "of then",
        "nothing is changed"
    );
    pc.uninstall(&pc.place(), &["/S"]);
    // The uninstaller's copy is still at it.
    wait_until("the uninstaller has given up", SLOW, || {
        pc.desktop.processes("Un_A.exe").is_empty()
    });
    assert!(pc.place().join(TRAY).is_file());
    assert!(running.try_wait().unwrap().is_none());
    let program = text(&pc.place().join(TRAY));
    let mut quit = pc.desktop.command(&program, &["--quit"]);
    let quit = pc.desktop.finish(quit.env("KARAMAIL_DATA_DIR", &elsewhere));
    assert_eq!(quit.code, Some(0), "{quit:?}");
    wait_until("the program has ended", SLOW, || {
        running.try_wait().unwrap().is_some()
    });
}

#[test]
fn another_folder_can_be_chosen_and_is_taken_away_again() {
    let pc = Pc::new("folder");
    let place = pc.desktop.drive().join("店のプログラム/Kara mail");
    // The installer takes the rest of the line, and no quotes: Wine would put them around a blank.
    assert_eq!(pc.install(&["/S", r"/D=C:\店のプログラム\Kara", "mail"]), Some(0));
    assert!(place.join(TRAY).is_file() && !pc.place().exists());
    let version = pc.desktop.run(&text(&place.join(TRAY)), &["--quit"]);
    assert_eq!(version.code, Some(0), "it starts: {version:?}");
    pc.uninstall(&place, &["/S"]);
    wait_until("the programs are gone", SLOW, || !place.exists());
}

/// The pictures are for people; they are kept under target/windows/test/pages.
#[test]
fn the_installers_pages_are_gone_through_by_keyboard_in_both_languages() {
    let pc = Pc::new("pages");
    for language in ["ja", "en"] {
        note_the_screen(&pc);
        let setup = text(&packed("-setup.exe"));
        let mut setup = in_language(&pc, &setup, language).spawn().unwrap();
        leave_page(&pc, &format!("{language}-install-folder"), "alt+n");
        leave_page(&pc, &format!("{language}-install-choices"), "alt+i");
        leave_last_page(&pc, &format!("{language}-install-finished"), "alt+f", || {
            setup.try_wait().unwrap().is_some()
        });
        wait_until("the program was started at the end", SLOW, || {
            !pc.desktop.processes(TRAY).is_empty()
        });
        pc.entry(RUN, "Karamail"); // Ticked on its page.
        assert!(!pc.desktop_icon().exists(), "not ticked on its page");
        note_the_screen(&pc);
        let uninstall = text(&pc.place().join("uninstall.exe"));
        let mut uninstall = in_language(&pc, &uninstall, language).spawn().unwrap();
        leave_page(&pc, &format!("{language}-remove-confirm"), "alt+n");
        leave_page(&pc, &format!("{language}-remove-what"), "alt+u");
        leave_last_page(&pc, &format!("{language}-remove-finished"), "alt+c", || {
            !pc.place().exists() && pc.desktop.processes("Un_A.exe").is_empty()
        });
        uninstall.wait().unwrap();
        assert!(pc.desktop.processes(TRAY).is_empty(), "ended first");
    }
}

fn in_language(pc: &Pc, program: &str, language: &str) -> Command {
    let mut command = pc.desktop.command(program, &[]);
    if language == "en" {
        command.env("LC_ALL", "C");
    }
    command
}

/// The first page is another picture than this.
fn note_the_screen(pc: &Pc) {
    let picture = pc.desktop.picture("now");
    fs::copy(picture, pc.desktop.folder().join("last.png")).unwrap();
}

/// Waits for a page, which stands still and is another than the last, keeps its picture and presses the key until it goes.
fn leave_page(pc: &Pc, name: &str, key: &str) {
    let last = pc.desktop.folder().join("last.png");
    let [now, before] = ["now", "before"].map(|name| pc.desktop.folder().join(format!("{name}.png")));
    fs::copy(pc.desktop.picture("now"), &before).unwrap();
    wait_until(&format!("the page {name} is there"), SLOW, || {
        std::thread::sleep(LOOK);
        pc.desktop.picture("now");
        let is_still = differing(pc, &now, &before) == 0;
        fs::copy(&now, &before).unwrap();
        is_still && differing(pc, &now, &last) > A_PAGE
    });
    fs::copy(&now, &last).unwrap();
    fs::copy(&now, pc.desktop.folder().join(format!("{name}.png"))).unwrap();
    wait_until(&format!("the page {name} is gone"), SLOW, || {
        pc.desktop.press(key);
        std::thread::sleep(LOOK);
        pc.desktop.picture("now");
        differing(pc, &now, &last) > A_PAGE
    });
}

/// Behind the page on which the work is watched there is one more.
fn leave_last_page(pc: &Pc, name: &str, key: &str, mut is_over: impl FnMut() -> bool) {
    wait_until(&format!("the page {name} is gone"), SLOW, || {
        let picture = pc.desktop.picture("now");
        if is_over() {
            return true;
        }
        fs::copy(picture, pc.desktop.folder().join(format!("{name}.png"))).unwrap();
        std::thread::sleep(LOOK);
        pc.desktop.press(key);
        is_over()
    });
}

const LOOK: Duration = Duration::from_millis(500);
/// Points in which pages differ, at least; a mark that blinks or moves is smaller.
const A_PAGE: u64 = 4000;

fn differing(pc: &Pc, one: &Path, other: &Path) -> u64 {
    let (one, other) = (text(one), text(other));
    let arguments = ["-compose", "difference", "-composite", "-threshold", "0"];
    let count = ["-format", "%[fx:round(mean*w*h)]", "info:"];
    let said = pc.desktop.on_screen(
        "convert",
        &[&[one.as_str(), other.as_str()], &arguments[..], &count[..]].concat(),
    );
    said.trim().parse().unwrap()
}

#[test]
fn the_portable_zip_is_unpacked_and_runs_in_its_folder() {
    let pc = Pc::new("zip");
    let unpacked = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(packed("-portable.zip"))
        .arg(pc.desktop.drive())
        .status();
    assert!(unpacked.is_ok_and(|status| status.success()));
    let name = packed("-portable.zip");
    let place = pc.desktop.drive().join(name.file_stem().unwrap());
    for file in FILES.iter().filter(|file| **file != "uninstall.exe") {
        assert!(place.join(file).is_file(), "{file}");
    }
    let mut running = pc.desktop.command(&text(&place.join(TRAY)), &[]).spawn().unwrap();
    wait_until("the first start shows the first page", SLOW, || {
        !pc.desktop.links().is_empty()
    });
    assert_eq!(
        pc.desktop.run(&text(&place.join(TRAY)), &["--quit"]).code,
        Some(0)
    );
    wait_until("the program has ended", SLOW, || {
        running.try_wait().unwrap().is_some()
    });
    assert!(!pc.config().parent().unwrap().exists(), "nothing lies elsewhere");
    assert!(!pc.data().parent().unwrap().exists(), "nothing lies elsewhere");
}
