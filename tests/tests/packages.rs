//! The Debian packages, as a technician gets them: made from programs that are there already, looked into, checked by Debian's own tools,
//! unpacked into a folder and tried from there. Nothing is installed into this machine.
//!
//! `KARAMAIL_PACKAGES` names the folder that `packaging/linux/package.sh` has filled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Largest package, bytes. With programs that are not optimised it is some 11 MB; what shops get is smaller.
const MOST: u64 = 24 * 1024 * 1024;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The package whose file begins like that.
fn package(name: &str) -> PathBuf {
    let folder = std::env::var_os("KARAMAIL_PACKAGES")
        .expect("KARAMAIL_PACKAGES names the folder; see tests/run.sh packages");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(name))
        .collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.remove(0)
}

fn debs() -> [PathBuf; 2] {
    [package("karamail_"), package("karamail-desktop_")]
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Both packages unpacked, as on a machine that has them.
fn unpacked() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for deb in debs() {
        run(Command::new("dpkg-deb").arg("-x").arg(deb).arg(folder.path()));
    }
    folder
}

/// One line of the control file.
fn field(deb: &Path, name: &str) -> String {
    text(&run(Command::new("dpkg-deb").arg("-f").arg(deb).arg(name)))
        .trim()
        .to_owned()
}

#[test]
fn the_headless_package_wants_no_desktop_and_both_are_small() {
    let [headless, desktop] = debs();
    let depends = field(&headless, "Depends");
    for word in ["gtk", "webkit", "glib", "x11", "dbus"] {
        assert!(!depends.contains(word), "a server would get a desktop: {depends}");
    }
    assert!(depends.contains("libc6 (>= "), "{depends}");
    let depends = field(&desktop, "Depends");
    assert!(depends.contains("libwebkit2gtk-4.1-0"), "{depends}");
    for deb in [headless, desktop] {
        let size = fs::metadata(&deb).unwrap().len();
        println!("{}: {} KiB", deb.display(), size / 1024);
        assert!(size < MOST, "{size} bytes");
        assert_eq!(
            field(&deb, "Version"),
            concat!(env!("CARGO_PKG_VERSION"), "-1"),
            "{deb:?}"
        );
    }
}

#[test]
fn what_belongs_into_the_packages_is_there_with_its_rights_and_nothing_is_in_both() {
    let place = unpacked();
    for (path, mode) in [
        ("usr/bin/karamail", 0o755),
        ("usr/bin/karamail-tray", 0o755),
        ("usr/bin/karamail-window", 0o755),
        ("usr/lib/systemd/system/karamail@.service", 0o644),
        ("usr/lib/systemd/user/karamail.service", 0o644),
        ("usr/share/applications/karamail.desktop", 0o644),
        ("usr/share/icons/hicolor/scalable/apps/karamail.svg", 0o644),
        ("usr/share/icons/hicolor/256x256/apps/karamail.png", 0o644),
        ("usr/share/man/man1/karamail.1.gz", 0o644),
        ("usr/share/doc/karamail/copyright", 0o644),
        ("usr/share/doc/karamail/changelog.Debian.gz", 0o644),
        ("usr/share/doc/karamail/THIRD-PARTY.txt", 0o644),
        ("usr/share/doc/karamail/manual.ja.md", 0o644),
        ("usr/share/doc/karamail/examples/karamail.toml", 0o644),
        ("usr/share/doc/karamail-desktop/THIRD-PARTY.txt", 0o644),
    ] {
        let found = fs::metadata(place.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(found.permissions().mode() & 0o7777, mode, "{path}");
    }
    let [headless, desktop] = debs().map(|deb| {
        let listed = text(&run(Command::new("dpkg-deb").arg("-c").arg(deb)));
        let files = listed.lines().filter(|line| !line.starts_with('d'));
        files
            .filter_map(|line| Some(line.rsplit_once(" ./")?.1.to_owned()))
            .collect::<BTreeSet<String>>()
    });
    let both: Vec<&String> = headless.intersection(&desktop).collect();
    assert!(both.is_empty(), "{both:?}");
    let licences = fs::read_to_string(place.path().join("usr/share/doc/karamail/THIRD-PARTY.txt")).unwrap();
    for part in ["ring ", "tokio ", "wry ", "htmx", "Pico CSS", "SQLite"] {
        assert!(
            licences.lines().any(|line| line.starts_with(part)),
            "no licence of {part}"
        );
    }
}

#[test]
fn debians_own_tools_find_no_fault() {
    for deb in debs() {
        let mut lintian = Command::new("lintian");
        lintian
            .args(["--fail-on", "error,warning", "--allow-root"])
            .arg(&deb);
        run(&mut lintian);
    }
    let place = unpacked();
    run(Command::new("desktop-file-validate")
        .arg(place.path().join("usr/share/applications/karamail.desktop")));
}

/// A unit as the package has it, but for where the program lies.
fn unit(place: &Path, packaged: &str, name: &str, user: bool) {
    let program = place.join("usr/bin/karamail");
    let told = fs::read_to_string(place.join(packaged)).unwrap();
    assert!(told.contains("ExecStart=/usr/bin/karamail "), "{told}");
    // What Debian calls this user is made at the installation.
    let told = told
        .replace("/usr/bin/karamail", program.to_str().unwrap())
        .replace("User=karamail\nGroup=karamail\n", "");
    let copy = place.join(name);
    fs::write(&copy, told).unwrap();
    let runtime = place.join("run");
    fs::create_dir_all(&runtime).unwrap();
    let mut verify = Command::new("systemd-analyze");
    verify.args(["--man=no", if user { "--user" } else { "--system" }, "verify"]);
    let said = run(verify.arg(&copy).env("XDG_RUNTIME_DIR", &runtime));
    // Faults of units that this machine has of its own are no business of ours.
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("karamail")).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn systemd_takes_both_units_and_starts_none_again_that_a_person_must_mend() {
    let place = unpacked();
    let (system, user) = (
        "usr/lib/systemd/system/karamail@.service",
        "usr/lib/systemd/user/karamail.service",
    );
    unit(place.path(), system, "karamail@honten.service", false);
    unit(place.path(), user, "karamail.service", true);
    for packaged in [system, user] {
        let told = fs::read_to_string(place.path().join(packaged)).unwrap();
        for line in [
            "Type=notify",
            "Restart=on-failure",
            "RestartPreventExitStatus=2 3 4 5 6",
            "NoNewPrivileges=yes",
            // Customers' addresses are printed; a journal keeps them beyond `results erase`.
            "StandardOutput=null",
        ] {
            assert!(told.lines().any(|one| one == line), "{packaged}: {line}");
        }
    }
}

/// A manager of services of its own, seen by nobody else on this machine: systemd asks for /run/systemd/system before it works at all.
/// `$1` is the home folder. It prints one line for each thing that was asked.
const MANAGED: &str = r#"
mount -t tmpfs tmpfs /run && mkdir -p -m 700 /run/systemd/system /run/user || exit
export HOME="$1" XDG_RUNTIME_DIR=/run/user XDG_CONFIG_HOME="$1/.config" XDG_DATA_HOME="$1/.local/share"
systemd=/usr/lib/systemd/systemd; [ -x $systemd ] || systemd=/lib/systemd/systemd
timeout 120 $systemd --user --log-target=null &
manager=$!
until [ -S /run/user/systemd/private ] && systemctl --user show >/dev/null; do
  kill -0 $manager || exit
done
state() { systemctl --user show karamail -p "$1" --value; }
systemctl --user start karamail; echo "start $? $(state ActiveState)"
kill -KILL "$(state MainPID)"
until [ "$(state SubState)" != running ]; do :; done
echo "killed $(state SubState)"
systemctl --user stop karamail; systemctl --user start karamail; echo "again $? $(state ActiveState)"
systemctl --user stop karamail; echo "stop $? $(state ActiveState) $(state Result) $(state ExecMainStatus)"
echo broken >"$HOME/.config/karamail/karamail.toml"
systemctl --user start karamail 2>/dev/null; echo "faulty $? $(state ActiveState) $(state ExecMainStatus) $(state NRestarts)"
kill $manager; wait $manager
"#;

#[test]
fn systemd_starts_the_users_service_again_after_a_crash_and_never_with_faulty_settings() {
    let place = unpacked();
    let home = place.path().join("home");
    let units = home.join(".config/systemd/user");
    fs::create_dir_all(&units).unwrap();
    fs::create_dir_all(home.join(".config/karamail")).unwrap();
    let told = fs::read_to_string(place.path().join("usr/lib/systemd/user/karamail.service")).unwrap();
    let program = place.path().join("usr/bin/karamail");
    fs::write(
        units.join("karamail.service"),
        told.replace("/usr/bin/karamail", program.to_str().unwrap()),
    )
    .unwrap();
    // Nobody listens at port 9: it collects, and fails to reach its server.
    fs::write(
        home.join(".config/karamail/karamail.toml"),
        "[[mailbox]]\naddress = \"touroku@example.jp\"\n[mailbox.pop3]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nuser = \"a\"\n\
         [mailbox.smtp]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nauthentication = \"none\"\n",
    )
    .unwrap();
    fs::write(
        home.join(".config/karamail/passwords.env"),
        "KARAMAIL_PASSWORD=x\nKARAMAIL_KEYRING=off\n",
    )
    .unwrap();
    let told = text(&run(Command::new("unshare")
        .args(["--mount", "bash", "-c", MANAGED, "managed"])
        .arg(&home)));
    let wanted = [
        "start 0 active",
        "killed auto-restart",
        "again 0 active",
        "stop 0 inactive success 0",
        "faulty 1 failed 3 0",
    ];
    assert_eq!(told.lines().collect::<Vec<&str>>(), wanted);
    let data = home.join(".local/share/karamail");
    assert_eq!(
        fs::metadata(data.join("karamail.db"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn the_programs_run_from_where_the_package_puts_them() {
    let place = unpacked();
    let program = |name: &str| {
        let mut command = Command::new(place.path().join("usr/bin").join(name));
        command
            .env_clear()
            .env("HOME", place.path())
            .env("PATH", "/usr/bin:/bin");
        command
    };
    let told = text(&run(program("karamail").arg("--version")));
    assert_eq!(told.trim(), concat!("karamail ", env!("CARGO_PKG_VERSION")));
    let told = text(&run(program("karamail-tray").arg("--version")));
    assert_eq!(told.trim(), concat!("karamail-tray ", env!("CARGO_PKG_VERSION")));
    run(program("karamail-window").arg("--help"));
    let told = text(&run(program("karamail").args([
        "--lang",
        "en",
        "demo",
        "--customers",
        "2",
        "--exit",
    ])));
    assert!(told.contains("Your receipt number: 2"), "{told}");
    assert!(
        !place.path().join(".local").exists(),
        "the demo left something in the home folder"
    );
}

#[test]
fn the_manual_pages_of_the_desktop_name_every_option() {
    let place = unpacked();
    for name in ["karamail-tray", "karamail-window"] {
        let page = place.path().join(format!("usr/share/man/man1/{name}.1.gz"));
        let page = text(&run(Command::new("man")
            .arg("-l")
            .arg(page)
            .env("MANWIDTH", "200")
            .env("LC_ALL", "C.UTF-8")));
        let help = text(&run(
            Command::new(place.path().join("usr/bin").join(name)).arg("--help")
        ));
        let options = help.split_whitespace().filter(|word| word.starts_with("--"));
        for option in options.map(|word| word.trim_matches(|c: char| c != '-' && !c.is_alphanumeric())) {
            assert!(page.contains(option), "{name}(1) does not name {option}");
        }
    }
}

#[test]
fn the_drawn_icon_and_the_one_for_any_size_are_the_same_picture() {
    let place = unpacked();
    let hicolor = place.path().join("usr/share/icons/hicolor");
    let drawn = hicolor.join("64x64/apps/karamail.png");
    let from_svg = place.path().join("svg.png");
    run(Command::new("rsvg-convert")
        .args(["-w", "64", "-h", "64", "-o"])
        .arg(&from_svg)
        .arg(hicolor.join("scalable/apps/karamail.svg")));
    // Mean difference of a pixel, 0 to 1; two renderers differ a little at edges.
    let compared = Command::new("compare")
        .args(["-metric", "MAE"])
        .args([&drawn, &from_svg])
        .arg("null:")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&compared.stderr).into_owned();
    let difference: f64 = said
        .split_once('(')
        .and_then(|(_, rest)| rest.trim_end().trim_end_matches(')').parse().ok())
        .unwrap_or_else(|| panic!("{said}"));
    println!("the icons differ by {difference}");
    assert!(
        difference < 0.02,
        "{difference}: src/icon.rs draws another picture than packaging/linux/karamail.svg"
    );
    for size in [16, 22, 24, 32, 48, 64, 128, 256] {
        let path = hicolor.join(format!("{size}x{size}/apps/karamail.png"));
        let told = text(&run(Command::new("identify")
            .args(["-format", "%wx%h"])
            .arg(&path)));
        assert_eq!(told, format!("{size}x{size}"));
    }
}

#[test]
fn the_scripts_of_the_package_are_sound_and_keep_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let [headless, _] = debs();
    run(Command::new("dpkg-deb")
        .arg("-e")
        .arg(headless)
        .arg(folder.path()));
    for script in ["postinst", "prerm", "postrm"] {
        run(Command::new("sh").arg("-n").arg(folder.path().join(script)));
        let told = fs::read_to_string(folder.path().join(script)).unwrap();
        assert!(!told.contains("rm -r"), "{script} would delete receipt numbers");
    }
    run(Command::new("shellcheck")
        .arg(root().join("crates/karamail-tray/packaging/linux/package.sh"))
        .arg(root().join("crates/karamail-tray/packaging/macos/package.sh"))
        .args(["postinst", "prerm", "postrm"].map(|script| folder.path().join(script))));
}

#[test]
fn the_archive_for_other_systems_holds_the_programs_and_their_licences() {
    let archive = package(&format!("karamail-{}-linux-", env!("CARGO_PKG_VERSION")));
    let listed = text(&run(Command::new("tar").arg("-tzf").arg(archive)));
    for wanted in [
        "/bin/karamail",
        "/bin/karamail-tray",
        "/bin/karamail-window",
        "/lib/systemd/user/karamail.service",
        "/share/applications/karamail.desktop",
        "/share/doc/karamail/LICENSE",
        "/share/doc/karamail/THIRD-PARTY.txt",
        "/share/man/man1/karamail.1",
    ] {
        assert!(
            listed.lines().any(|line| line.ends_with(wanted)),
            "no {wanted} in\n{listed}"
        );
    }
}
