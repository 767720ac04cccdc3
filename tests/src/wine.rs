//! A Windows desktop: Wine in an Xvfb, with a fresh prefix, for the programs that tests/windows/build.sh made.
//!
//! It is a Japanese one, and all that it writes (links on the desktop, menus) stays in its own home folder. Wine has no WebView2, so the
//! screens come up in the browser, here a script that writes the link down. Pictures stay under target/windows/test until the next run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{PATIENCE, wait_until};

/// Longest a program may take under Wine, on a machine with much else to do.
pub const SLOW: Duration = Duration::from_secs(180);

const JAPANESE: &str = "ja_JP.UTF-8";

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
    /// Makes a fresh prefix and starts a screen with a desktop; `name` tells it from others that run meanwhile.
    pub fn start(name: &str) -> Desktop {
        let root = built().join("test").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("home")).expect("the target folder can be written");
        let root = root.canonicalize().expect("just made");
        make_locale(&root.join("locale"));
        let (screen, display) = start_screen(&root.join("xvfb.log"));
        let mut desktop = Desktop {
            root,
            display,
            explorer: None,
            _screen: screen,
        };
        desktop.run("wineboot", &["--init"]);
        // What Wine 8 lacks and Windows has (see tests/windows/bcryptprimitives.c).
        let library = "bcryptprimitives.dll";
        let system = desktop.drive().join("windows/system32");
        fs::copy(built().join("wine").join(library), system.join(library)).expect("it was built");
        desktop.write_links_down();
        desktop.start_explorer();
        wait_until("the desktop is drawn", PATIENCE, || {
            let picture = desktop.picture("desktop");
            let mean = ["-format", "%[fx:mean]", "info:"];
            let mean = desktop.on_screen("convert", &[&[&*picture.to_string_lossy()], &mean[..]].concat());
            mean.trim().parse::<f64>().is_ok_and(|mean| mean > 0.1)
        });
        desktop
    }

    /// The browser is a script that writes down which link it was to open.
    fn write_links_down(&self) {
        let browser = self.root.join("browser.sh");
        let links = self.links_file();
        fs::write(
            &browser,
            format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", links.display()),
        )
        .expect("our own folder");
        let chmod = Command::new("chmod").arg("755").arg(&browser).status();
        assert!(chmod.is_ok_and(|status| status.success()), "chmod");
        let browsers = r"HKCU\Software\Wine\WineBrowser";
        let browser = browser.to_string_lossy();
        self.run("reg", &["add", browsers, "/v", "Browsers", "/d", &browser, "/f"]);
    }

    /// Starts Windows' shell, which owns the desktop and the tray.
    pub fn start_explorer(&mut self) {
        let explorer = self.command("explorer", &["/desktop=karamail,1024x768"]).spawn();
        self.explorer = Some(explorer.expect("Wine starts"));
    }

    /// Puts the programs into a folder of drive C.
    pub fn install(&self, folder: &str) -> PathBuf {
        let place = self.drive().join(folder);
        fs::create_dir_all(&place).expect("the prefix can be written");
        self.copy_programs(&place);
        place
    }

    fn copy_programs(&self, place: &Path) {
        for file in fs::read_dir(built().join("program")).expect("tests/windows/build.sh made it") {
            let file = file.expect("our own folder").path();
            let name = file.file_name().expect("a file's name");
            fs::copy(&file, place.join(name)).expect("the prefix can be written");
        }
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

    /// A command under Wine; a program on drive C is started as one.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = match Path::new(program).strip_prefix(self.drive()) {
            Ok(inside) => format!(r"C:\{}", inside.display()).replace('/', r"\"),
            Err(_) => program.to_owned(),
        };
        let mut command = Command::new("wine");
        command
            .arg(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .env("WINEPREFIX", self.root.join("prefix"))
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // No offers to fetch Mono and Gecko, no entries in the menus of the desktop outside.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe=")
            .env("HOME", self.root.join("home"))
            .env("LOCPATH", self.root.join("locale"))
            .env("LC_ALL", JAPANESE)
            .env_remove("BROWSER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Runs a command to its end.
    #[track_caller]
    pub fn run(&self, program: &str, arguments: &[&str]) -> Said {
        self.finish(&mut self.command(program, arguments))
    }

    /// Runs a command, made by [`Desktop::command`], to its end.
    #[track_caller]
    pub fn finish(&self, command: &mut Command) -> Said {
        let said = self.root.join("said.txt");
        let output = fs::File::create(&said).expect("our own folder");
        let mut child = command
            .stdout(output.try_clone().expect("a second handle"))
            .stderr(output)
            .spawn()
            .expect("Wine starts");
        let begin = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("our own child") {
                let text = as_text(&fs::read(&said).unwrap_or_default());
                return Said {
                    code: status.code(),
                    text,
                };
            }
            if begin.elapsed() > SLOW {
                let _ = child.kill();
                let _ = child.wait();
                panic!("not ended within {SLOW:?}: {command:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the registry has: the value's type without `REG_`, and the value. `None` only where `reg` itself says that there is none: under
    /// load Wine's `reg` has ended without a word, which would pass for an absent value.
    pub fn registry_value(&self, key: &str, value: &str) -> Option<String> {
        for _ in 0..5 {
            let said = self.run("reg", &["query", key, "/v", value]);
            if let Some((_, found)) = said.text.split_once(" REG_") {
                return found.lines().next().map(|line| line.trim_end().to_owned());
            }
            println!("reg query {key} /v {value}: {said:?}");
            if said.code == Some(1) && said.text.contains("reg:") {
                return None;
            }
        }
        panic!("reg answers nothing that can be understood");
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

    /// A key, to whatever window has the keyboard.
    pub fn press(&self, key: &str) {
        self.on_screen("xdotool", &["key", "--clearmodifiers", key]);
    }

    /// The private memory of a program's processes, KiB, by the end of its path; the sum where there are several.
    pub fn private_memory(&self, program: &str) -> u64 {
        self.processes(program)
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

    /// The folders in /proc of a program's processes on this desktop, by the end of its path.
    pub fn processes(&self, program: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let prefix = format!("WINEPREFIX={}", self.root.join("prefix").display());
        entries
            .map(|entry| entry.path())
            .filter(|process| {
                let line = fs::read(process.join("cmdline")).unwrap_or_default();
                let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
                let environment = fs::read(process.join("environ")).unwrap_or_default();
                String::from_utf8_lossy(first).ends_with(program)
                    && environment
                        .split(|byte| *byte == 0)
                        .any(|value| value == prefix.as_bytes())
            })
            .collect()
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

/// Wine takes its language from the C library's; Debian makes this one seldom by itself.
fn make_locale(folder: &Path) {
    fs::create_dir_all(folder).expect("our own folder");
    let made = Command::new("localedef")
        .args(["-i", "ja_JP", "-f", "UTF-8"])
        .arg(folder.join(JAPANESE))
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "localedef; tests/run.sh installs it"
    );
}

/// A screen of its own, on a display that the server chooses.
fn start_screen(log: &Path) -> (Server, String) {
    let size = [
        "-screen",
        "0",
        "1024x768x24",
        "-nolisten",
        "tcp",
        "-noreset",
        "-displayfd",
        "1",
    ];
    let screen = Server::start("Xvfb", "/usr/bin/Xvfb", &size, log);
    let number = || {
        let said = fs::read_to_string(log).ok()?;
        said.lines().find_map(|line| line.trim().parse::<u32>().ok())
    };
    wait_until("Xvfb is up", PATIENCE, || number().is_some());
    (screen, format!(":{}", number().unwrap_or_default()))
}

/// What Wine's own commands print is in the code page of a Japanese console.
fn as_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS.decode(bytes).0.into_owned(),
    }
}
