//! A Linux desktop for the tray program: a D-Bus of its own, somebody who shows icons, and a window that is the test.
//!
//! [`bus`]: the bus. [`host`]: who shows the icon, and what is seen of it there. [`link`]: the way that windows go.
//! [`screen`]: for the real window. [`Desktop`]: all of it, with the program installed on it.

pub mod bus;
pub mod host;
pub mod link;
pub mod screen;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use self::bus::Bus;
use self::link::Link;
use crate::program::{Program, Running, binary_of_profile};
use crate::server::scratch_folder;
use crate::settings::Settings;
use crate::{PATIENCE, wait_until};

/// A window that shows nothing, tells that it was started, and ends with the program that started it. What it would show the test asks
/// for over the [`Link`].
const WINDOW: &str =
    "#!/bin/sh\necho \"$*\" >>\"$XDG_RUNTIME_DIR/windows\"\nexec tail --pid=$PPID -f /dev/null\n";
/// Opens nothing, and tells what it was to open.
const OPENER: &str = "#!/bin/sh\necho \"$1\" >>\"$XDG_RUNTIME_DIR/opened\"\n";

/// A desktop with the tray program installed.
pub struct Desktop {
    /// The program's settings and data.
    pub program: Program,
    /// `None`: a desktop without one.
    bus: Option<Bus>,
    /// Home, runtime folder, and the programs that are not the system's.
    folder: TempDir,
    /// Beside the real binary, which is linked into it.
    _place: TempDir,
    display: Option<String>,
    /// Further variables of the environment.
    more: Vec<(&'static str, String)>,
}

impl Desktop {
    /// With a bus and a window that is the test ([`Link`]).
    pub fn open(settings: &Settings) -> Desktop {
        Desktop::build(settings, Some(Bus::start()), true)
    }

    /// Without any D-Bus.
    pub fn without_bus(settings: &Settings) -> Desktop {
        Desktop::build(settings, None, true)
    }

    /// With a bus and no window program: everything opens in the browser.
    pub fn without_windows(settings: &Settings) -> Desktop {
        Desktop::build(settings, Some(Bus::start()), false)
    }

    /// With a bus and the real window program on this X display.
    pub fn on_display(settings: &Settings, display: &str) -> Desktop {
        let mut desktop = Desktop::build(settings, Some(Bus::start()), false);
        link_into(desktop._place.path(), "karamail-window");
        desktop.display = Some(display.to_owned());
        desktop
    }

    fn build(settings: &Settings, bus: Option<Bus>, has_window: bool) -> Desktop {
        let folder = scratch_folder("desktop");
        for name in ["home", "run", "bin"] {
            fs::create_dir(folder.path().join(name)).expect("our own folder");
        }
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700))
            .expect("our own folder");
        write_script(&folder.path().join("bin/xdg-open"), OPENER);
        let tray = binary_of_profile("karamail-tray");
        let place = tempfile::Builder::new()
            .prefix("desktop-")
            .tempdir_in(tray.parent().expect("a file lies in a folder"))
            .expect("the target folder can be written");
        if has_window {
            write_script(&place.path().join("karamail-window"), WINDOW);
        }
        let program = Program::install_binary(link_into(place.path(), "karamail-tray"), settings);
        Desktop {
            program,
            bus,
            folder,
            _place: place,
            display: None,
            more: Vec::new(),
        }
    }

    /// Sets a variable of the environment for programs that are started from now on.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.more.push((name, value.to_owned()));
    }

    /// The person's home.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The tray program.
    pub fn tray(&self) -> &Path {
        &self.program.binary
    }

    /// Moves the programs into a folder of this name.
    pub fn move_to(&mut self, name: &str) {
        let folder = self._place.path().join(name);
        fs::create_dir(&folder).expect("our own folder");
        for program in ["karamail-tray", "karamail-window"] {
            let from = self.program.binary.with_file_name(program);
            fs::rename(from, folder.join(program)).expect("our own folder");
        }
        self.program.binary = folder.join("karamail-tray");
    }

    /// The bus.
    pub fn bus(&self) -> &Bus {
        self.bus.as_ref().expect("a desktop with a bus")
    }

    /// Starts the tray program; it runs when its link is there.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let running = self.try_start(arguments);
        wait_until("the program listens", PATIENCE, || self.link().answers());
        running
    }

    /// Starts the tray program, whatever comes of it.
    pub fn try_start(&self, arguments: &[&str]) -> Running {
        let environment = self.environment();
        let environment: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.program.start(arguments, &environment)
    }

    /// What programs on this desktop have around them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let mut environment = vec![
            ("PATH", format!("{}:{path}", at("bin"))),
            ("HOME", at("home")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("XDG_DATA_HOME", at("home/.local/share")),
            ("BROWSER", at("bin/xdg-open")),
            ("WAYLAND_DISPLAY", String::new()),
            ("DISPLAY", self.display.clone().unwrap_or_default()),
            // WebKit's own sandbox needs rights that a test's machine may not give.
            ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1".to_owned()),
        ];
        environment.push((
            "DBUS_SESSION_BUS_ADDRESS",
            match &self.bus {
                Some(bus) => bus.address(),
                None => format!("unix:path={}", at("run/no-bus")),
            },
        ));
        environment.extend(self.more.iter().cloned());
        environment
    }

    /// The way that windows go.
    pub fn link(&self) -> Link {
        let run = self.folder.path().join("run");
        let is_socket = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "sock");
        let mut files = fs::read_dir(&run)
            .expect("our own folder")
            .flatten()
            .map(|entry| entry.path());
        Link::at(files.find(is_socket).unwrap_or_else(|| run.join("nobody.sock")))
    }

    /// With what arguments windows were started, oldest first.
    pub fn windows(&self) -> Vec<String> {
        self.lines("windows")
    }

    /// What was opened in the browser, oldest first.
    pub fn opened(&self) -> Vec<String> {
        self.lines("opened")
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("run").join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).expect("our own folder");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("our own file");
}

/// A second name for one of our binaries, so that it finds beside it what the test puts there.
fn link_into(folder: &Path, name: &str) -> PathBuf {
    let there = folder.join(name);
    fs::hard_link(binary_of_profile(name), &there).expect("the folder lies beside the binary");
    there
}
