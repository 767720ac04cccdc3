//! A Windows desktop: Wine in an Xvfb, with a fresh prefix, for the programs that tests/windows/build.sh made.
//!
//! Wine has no WebView2, so the screens come up in the browser, here a script that writes the link down. Pictures and the prefix stay
//! under target/windows/test until the next run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{PATIENCE, wait_until};

/// Longest a program may take under Wine, on a machine with much else to do.
pub const SLOW: Duration = Duration::from_secs(180);

/// A desktop; Wine and its display end with it.
#[derive(Debug)]
pub struct Desktop {
    root: PathBuf,
    display: String,
    explorer: Option<Child>,
    _screen: Server,
}

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output and error.
    pub text: String,
}

/// `target/windows`.
pub fn built() -> PathBuf {
    match std::env::var_os("KARAMAIL_WINDOWS_TARGET") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/windows"),
    }
}

impl Desktop {
    /// Makes a fresh prefix and starts a screen with a desktop.
    pub fn start() -> Desktop {
        let root = built().join("test");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("the target folder can be written");
        let root = root.canonicalize().expect("just made");
        let number = (80..200)
            .find(|number| !Path::new(&format!("/tmp/.X{number}-lock")).exists())
            .expect("a free display");
        let display = format!(":{number}");
        let screen = Server::start(
            "Xvfb",
            "/usr/bin/Xvfb",
            &[&display, "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
            &root.join("xvfb.log"),
        );
        let socket = format!("/tmp/.X11-unix/X{number}");
        wait_until("Xvfb is up", PATIENCE, || Path::new(&socket).exists());
        let mut desktop = Desktop {
            root,
            display,
            explorer: None,
            _screen: screen,
        };
        desktop.run("wineboot", &["--init"]);
        let browser = desktop.root.join("browser.sh");
        let links = desktop.links_file();
        fs::write(
            &browser,
            format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", links.display()),
        )
        .expect("our own folder");
        let chmod = Command::new("chmod").arg("755").arg(&browser).status();
        assert!(chmod.is_ok_and(|status| status.success()), "chmod");
        let browsers = r"HKCU\Software\Wine\WineBrowser";
        let browser = browser.to_string_lossy();
        desktop.run("reg", &["add", browsers, "/v", "Browsers", "/d", &browser, "/f"]);
        // Windows' shell: it owns the desktop and the tray.
        let explorer = desktop
            .command("explorer", &["/desktop=karamail,1024x768"])
            .spawn();
        desktop.explorer = Some(explorer.expect("Wine starts"));
        desktop
    }

    /// Puts the programs into a folder of drive C.
    pub fn install(&self, folder: &str) -> PathBuf {
        let place = self.drive().join(folder);
        fs::create_dir_all(&place).expect("the prefix can be written");
        self.copy_programs(&place);
        self.add_random(&place);
        place
    }

    fn copy_programs(&self, place: &Path) {
        for file in fs::read_dir(built().join("program")).expect("tests/windows/build.sh made it") {
            let file = file.expect("our own folder").path();
            let name = file.file_name().expect("a file's name");
            fs::copy(&file, place.join(name)).expect("the prefix can be written");
        }
    }

    /// Puts the library there that Wine 8 lacks (see tests/windows/bcryptprimitives.c).
    pub fn add_random(&self, place: &Path) {
        let library = "bcryptprimitives.dll";
        fs::copy(built().join("wine").join(library), place.join(library)).expect("it was built");
    }

    /// Drive C.
    pub fn drive(&self) -> PathBuf {
        self.root.join("prefix/drive_c")
    }

    /// The folder in which `name` of `%APPDATA%` (`Roaming`) or `%LOCALAPPDATA%` (`Local`) lies.
    pub fn app_data(&self, name: &str) -> PathBuf {
        let users = self.drive().join("users");
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        users.join(user).join("AppData").join(name)
    }

    /// A command under Wine.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("wine");
        command
            .arg(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .env("WINEPREFIX", self.root.join("prefix"))
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // No offers to fetch Mono and Gecko.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=")
            .env_remove("BROWSER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Runs a command to its end.
    #[track_caller]
    pub fn run(&self, program: &str, arguments: &[&str]) -> Said {
        let said = self.root.join("said.txt");
        let output = fs::File::create(&said).expect("our own folder");
        let mut child = self
            .command(program, arguments)
            .stdout(output.try_clone().expect("a second handle"))
            .stderr(output)
            .spawn()
            .expect("Wine starts");
        let begin = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("our own child") {
                let text = String::from_utf8_lossy(&fs::read(&said).unwrap_or_default()).into_owned();
                return Said {
                    code: status.code(),
                    text,
                };
            }
            if begin.elapsed() > SLOW {
                let _ = child.kill();
                let _ = child.wait();
                panic!("not ended within {SLOW:?}: {program} {arguments:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The links that the browser was asked to open.
    pub fn links(&self) -> Vec<String> {
        let text = fs::read_to_string(self.links_file()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn links_file(&self) -> PathBuf {
        self.root.join("links.txt")
    }

    /// Keeps a picture of the screen under that name.
    pub fn picture(&self, name: &str) -> PathBuf {
        let path = self.root.join(format!("{name}.png"));
        let taken = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(&path)
            .status();
        assert!(taken.is_ok_and(|status| status.success()), "no picture");
        path
    }

    /// A command of the X server's own, as xdotool.
    pub fn on_screen(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .expect("it is installed; tests/run.sh installs it");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Where test results of this desktop are kept.
    pub fn folder(&self) -> &Path {
        &self.root
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Wine's server ends every program of this prefix.
        let ended = Command::new("wineserver")
            .arg("-k")
            .env("WINEPREFIX", self.root.join("prefix"))
            .status();
        if ended.is_err() {
            let _ = self.command("wineboot", &["--kill"]).status();
        }
        if let Some(mut explorer) = self.explorer.take() {
            let _ = explorer.wait();
        }
        // Hundreds of megabytes that tell nothing.
        let _ = fs::remove_dir_all(self.root.join("prefix"));
    }
}

/// The private memory of a Windows program's processes, KiB, by the name of its file; the sum where there are several.
pub fn private_memory(program: &str) -> u64 {
    processes(program)
        .iter()
        .filter_map(|process| fs::read_to_string(process.join("smaps_rollup")).ok())
        .flat_map(|text| {
            let fields = text.lines().filter_map(|line| {
                let (key, rest) = line.split_once(':')?;
                let kib = rest.trim().trim_end_matches(" kB").parse::<u64>().ok()?;
                key.starts_with("Private_").then_some(kib)
            });
            fields.collect::<Vec<u64>>()
        })
        .sum()
}

/// The folders in /proc of a Windows program's processes, by the end of its path.
pub fn processes(program: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|process| {
            let line = fs::read(process.join("cmdline")).unwrap_or_default();
            let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(first).ends_with(program)
        })
        .collect()
}
