//! The program on a Linux desktop of its own: an Xvfb, a window manager, a home, a browser that only writes down what it was asked to open, the demo's mail
//! servers on loopback, and the tray program with its window.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use karamail_engine::demo::{self, DemoServers};
use tempfile::TempDir;

use crate::server::{Server, free_port, scratch_folder};
use crate::webdriver::Driven;
use crate::{PATIENCE, wait_until};

/// The desktop's size, as `width x height`.
const SCREEN: (u32, u32) = (1280, 900);
const TRAY: &str = "karamail-tray";
const WINDOW: &str = "karamail-window";

/// A desktop with the program on it.
pub struct Desktop {
    folder: TempDir,
    display: String,
    inspector: u16,
    tray: Option<Child>,
    is_driven: bool,
    has_display: bool,
    has_browser: bool,
    runtime: tokio::runtime::Runtime,
    /// The mail servers of the shop.
    pub servers: DemoServers,
    // The window manager goes before its screen.
    _manager: Server,
    _screen: Server,
}

/// A window's place on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Inside the frame.
    pub width: i32,
    /// Inside the frame.
    pub height: i32,
}

/// The folder with the programs: `KARAMAIL_TRAY_FOLDER`, else the debug build beside the test.
fn programs() -> PathBuf {
    match std::env::var_os("KARAMAIL_TRAY_FOLDER") {
        Some(folder) => folder.into(),
        None => {
            let test = std::env::current_exe().expect("a test is a program");
            test.ancestors()
                .nth(2)
                .expect("target/debug/deps/test")
                .to_owned()
        }
    }
}

impl Desktop {
    /// Makes the desktop and a shop with settings; nothing runs yet.
    pub fn make() -> Desktop {
        let folder = scratch_folder("window");
        for name in ["run", "home/ダウンロード", "home/.config", "shop/data"] {
            fs::create_dir_all(folder.path().join(name)).expect("our own folder");
        }
        let owner = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder.path().join("run"), owner).expect("our own folder");
        let downloads = "XDG_DOWNLOAD_DIR=\"$HOME/ダウンロード\"\n";
        fs::write(folder.path().join("home/.config/user-dirs.dirs"), downloads).expect("our own folder");
        let browser = folder.path().join("browser.sh");
        let opened = folder.path().join("opened.txt");
        fs::write(
            &browser,
            format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", opened.display()),
        )
        .expect("our own folder");
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("our own file");
        // Letters and files go by xdg-open.
        fs::create_dir(folder.path().join("bin")).expect("our own folder");
        fs::copy(&browser, folder.path().join("bin/xdg-open")).expect("our own folder");
        let runtime = tokio::runtime::Runtime::new().expect("threads");
        let servers = runtime.block_on(DemoServers::start()).expect("ports");
        fs::write(folder.path().join("shop/karamail.toml"), settings(&servers)).expect("our own folder");
        let (display, screen) = screen(folder.path());
        let manager = Server::start(
            "openbox",
            "/usr/bin/env",
            &[&format!("DISPLAY={display}"), "/usr/bin/openbox", "--sm-disable"],
            &folder.path().join("openbox.log"),
        );
        // A window that is mapped while the manager takes over the screen can stay unseen.
        wait_until("the window manager is up", PATIENCE, || {
            is_told(&display, "wmctrl", "-m")
        });
        Desktop {
            folder,
            display,
            inspector: free_port(),
            tray: None,
            is_driven: true,
            has_display: true,
            has_browser: true,
            runtime,
            servers,
            _manager: manager,
            _screen: screen,
        }
    }

    /// The same, with the tray program started with these arguments.
    pub fn start(arguments: &[&str]) -> Desktop {
        let mut desktop = Desktop::make();
        desktop.start_tray(arguments);
        desktop
    }

    /// The same, with a window as a person has it: no driver can join it.
    pub fn start_undriven(arguments: &[&str]) -> Desktop {
        let mut desktop = Desktop::make();
        desktop.is_driven = false;
        desktop.start_tray(arguments);
        desktop
    }

    /// Starts the tray program, which stays.
    pub fn start_tray(&mut self, arguments: &[&str]) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("our own folder");
        let child = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("the tray program is built: cargo build -p karamail-tray");
        self.tray = Some(child);
    }

    /// Starts the program a second time and waits for that one.
    pub fn second_start(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// The program, on this desktop.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs().join(TRAY));
        let path = |name: &str| self.folder.path().join(name);
        let paths = std::env::var("PATH").unwrap_or_default();
        command
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{}:{paths}", path("bin").display()))
            .env("HOME", path("home"))
            .env("XDG_RUNTIME_DIR", path("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .env(
                "BROWSER",
                if self.has_browser {
                    path("browser.sh")
                } else {
                    "/bin/false".into()
                },
            )
            .env("KARAMAIL_CONFIG", path("shop/karamail.toml"))
            .env("KARAMAIL_DATA_DIR", self.data())
            .env("KARAMAIL_LANG", "ja")
            .env("KARAMAIL_PASSWORD", demo::PASSWORD);
        if self.is_driven {
            command
                .env("KARAMAIL_WINDOW_AUTOMATION", "1")
                .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{}", self.inspector));
        }
        if self.has_display {
            command.env("DISPLAY", &self.display);
        }
        command
    }

    /// Ends the tray program as a power cut would.
    pub fn kill_tray(&mut self) {
        if let Some(mut tray) = self.tray.take() {
            tray.kill().expect("our own child");
            tray.wait().expect("our own child");
        }
    }

    /// From now on programs find no screen, and so no window.
    pub fn without_display(&mut self) {
        self.has_display = false;
    }

    /// From now on programs find no browser.
    pub fn without_browser(&mut self) {
        self.has_browser = false;
    }

    /// Ends the tray program as a person does and starts it once more.
    pub fn started_again(mut self, arguments: &[&str]) -> Desktop {
        self.end();
        self.start_tray(arguments);
        self
    }

    fn end(&mut self) {
        let Some(mut tray) = self.tray.take() else { return };
        let _ = self.command(&["--quit"]).status();
        let begin = Instant::now();
        while tray.try_wait().is_ok_and(|ended| ended.is_none()) {
            if begin.elapsed() > PATIENCE / 4 {
                let _ = tray.kill();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Joins the window that is open.
    pub fn drive(&self) -> Driven {
        Driven::join(self.inspector, &self.folder.path().join("driver.log"))
    }

    /// The shop's settings file.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("shop/karamail.toml")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("shop/data")
    }

    /// The person's folder for downloads.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("home/ダウンロード")
    }

    /// What the programs said.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("program.log")
    }

    /// What was opened with the person's own programs.
    pub fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("opened.txt")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Whether the tray program runs.
    pub fn is_running(&mut self) -> bool {
        self.tray
            .as_mut()
            .is_some_and(|tray| tray.try_wait().is_ok_and(|ended| ended.is_none()))
    }

    /// The ids of the window program and of the webview's helpers below the tray program.
    pub fn window_processes(&self) -> Vec<(u32, String)> {
        let Some(tray) = &self.tray else { return vec![] };
        let all = processes();
        let mut below = vec![tray.id()];
        let mut found = vec![];
        while let Some(parent) = below.pop() {
            for (id, _, name) in all.iter().filter(|(_, above, _)| *above == parent) {
                below.push(*id);
                found.push((*id, name.clone()));
            }
        }
        found
    }

    /// The id of the window program; it is waited for.
    pub fn window_process(&self) -> u32 {
        self.process(WINDOW)
    }

    /// The id of a process below the tray program, by its name; it is waited for.
    pub fn process(&self, name: &str) -> u32 {
        let mut found = None;
        wait_until("the process is there", PATIENCE, || {
            let mut all = self.window_processes().into_iter();
            found = all.find(|(_, one)| is_named(one, name));
            found.is_some()
        });
        found.map_or(0, |(id, _)| id)
    }

    /// Waits until no window program nor any helper of it is left.
    pub fn wait_for_no_window(&self) {
        wait_until("the window is gone", PATIENCE, || {
            self.window_processes().is_empty()
        });
    }

    /// A tool on this desktop, such as xdotool; what it says.
    pub fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}; tests/run.sh installs it"));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The window's id at the X server; it is waited for.
    pub fn window(&self) -> String {
        let begin = Instant::now();
        loop {
            let found = self.tool("xdotool", &["search", "--onlyvisible", "--class", WINDOW]);
            if let Some(id) = found.lines().last() {
                return id.to_owned();
            }
            assert!(begin.elapsed() < PATIENCE, "no window; {}", self.what_is_known());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// What is known of a desktop on which something did not come.
    fn what_is_known(&self) -> String {
        let said = fs::read_to_string(self.log()).unwrap_or_default();
        let manager = fs::read_to_string(self.folder.path().join("openbox.log")).unwrap_or_default();
        let windows = self.tool("xdotool", &["search", "--name", ""]);
        let mut diagnostics = String::new();
        for file in fs::read_dir(self.data().join("diagnostics"))
            .into_iter()
            .flatten()
            .flatten()
        {
            diagnostics += &fs::read_to_string(file.path()).unwrap_or_default();
        }
        let (below, opened) = (self.window_processes(), self.opened());
        format!(
            "below the tray program: {below:?}; opened outside: {opened:?}; windows of any kind: {windows:?}; it says:\n{said}\n\
             diagnostics:\n{diagnostics}\nwindow manager:\n{manager}"
        )
    }

    /// Where the window is.
    pub fn place(&self) -> Place {
        let said = self.tool("xdotool", &["getwindowgeometry", "--shell", &self.window()]);
        let of = |key: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(key));
            line.and_then(|value| value.strip_prefix('='))
                .and_then(|value| value.parse().ok())
                .unwrap_or_else(|| panic!("no {key} in {said}"))
        };
        Place {
            x: of("X"),
            y: of("Y"),
            width: of("WIDTH"),
            height: of("HEIGHT"),
        }
    }

    /// Moves the window, as a person does, and waits until it has its size; where it is then.
    pub fn put(&self, place: Place) -> Place {
        let window = self.window();
        let Place { x, y, width, height } = place;
        self.tool(
            "wmctrl",
            &["-i", "-r", &window, "-e", &format!("0,{x},{y},{width},{height}")],
        );
        let is_there = |now: Place| (now.width, now.height) == (width, height) && (now.x - x).abs() < 40;
        wait_until("the window is there", PATIENCE, || is_there(self.place()));
        self.place()
    }

    /// Has the window manager make the window a state: `add` or `remove`, `maximized_vert,maximized_horz` and the like.
    pub fn state(&self, change: &str) {
        self.tool("wmctrl", &["-i", "-r", &self.window(), "-b", change]);
    }

    /// Presses ×.
    pub fn close(&self) {
        self.tool("wmctrl", &["-i", "-c", &self.window()]);
    }

    /// The window that has the keyboard.
    pub fn active(&self) -> String {
        self.tool("xdotool", &["getactivewindow"])
    }

    /// A picture of the screen, once it stands still; kept in target/desktop.
    pub fn picture(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/desktop");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let file = folder.join(format!("{name}.png"));
        let take = || {
            self.tool("import", &["-window", "root", &file.to_string_lossy()]);
            // The same pixels: the file itself has the time in it.
            self.tool("identify", &["-format", "%#", &file.to_string_lossy()])
        };
        let mut before = take();
        for _ in 0..20 {
            std::thread::sleep(std::time::Duration::from_millis(300));
            let now = take();
            if now == before {
                break;
            }
            before = now;
        }
        file
    }

    /// Waits for what the mail servers do.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, work)
                .await
                .expect("the mail servers are not asked for it")
        })
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = fs::read_to_string(self.log()).unwrap_or_default();
            eprintln!("the program says:\n{said}");
            self.picture("failed");
        }
        self.end();
    }
}

fn screen(folder: &Path) -> (String, Server) {
    // Tests of one program run side by side and must not find the same one.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = 300 + std::process::id() % 500 + NEXT.fetch_add(20, Ordering::Relaxed);
    let number = (first..first + 20)
        .find(|number| {
            !Path::new(&format!("/tmp/.X{number}-lock")).exists()
                && !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists()
        })
        .expect("a free display");
    let display = format!(":{number}");
    let size = format!("{}x{}x24", SCREEN.0, SCREEN.1);
    let screen = Server::start(
        "Xvfb",
        "/usr/bin/Xvfb",
        &[&display, "-screen", "0", &size, "-nolisten", "tcp", "-noreset"],
        &folder.join("xvfb.log"),
    );
    let socket = format!("/tmp/.X11-unix/X{number}");
    // Without -noreset it begins anew, and ends everybody, whenever its last client leaves: a tool that asked something.
    wait_until("Xvfb is up", PATIENCE, || {
        Path::new(&socket).exists() && is_told(&display, "xdotool", "getdisplaygeometry")
    });
    (display, screen)
}

/// Whether a tool gets an answer from the screen.
fn is_told(display: &str, tool: &str, question: &str) -> bool {
    let mut command = Command::new(tool);
    let asked = command.arg(question).env("DISPLAY", display).output();
    asked.is_ok_and(|asked| asked.status.success())
}

fn settings(servers: &DemoServers) -> String {
    format!(
        "# お店の設定\n[general]\nshop_name = \"山田商店\"\ncheck_interval_seconds = 300\n\n[guard]\nbacklog_hours = 0\n\n[[mailbox]]\nname = \"店頭\"\naddress = \"{address}\"\n\
         [mailbox.pop3]\nhost = \"127.0.0.1\"\nport = {pop3}\nsecurity = \"none\"\nuser = \"{user}\"\n[mailbox.smtp]\n\
         host = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\nauthentication = \"none\"\nconnections = 1\n",
        address = demo::ADDRESS,
        user = demo::USER,
        pop3 = servers.pop3_port(),
        smtp = servers.smtp_port(),
    )
}

/// The kernel keeps fifteen letters of a name.
fn is_named(process: &str, name: &str) -> bool {
    process == name || (process.len() == 15 && name.starts_with(process))
}

/// Every process: id, the one above, name.
fn processes() -> Vec<(u32, u32, String)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let of = |entry: fs::DirEntry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (head, tail) = stat.rsplit_once(") ")?;
        let name = head.split_once('(')?.1.to_owned();
        let above = tail.split(' ').nth(1)?.parse().ok()?;
        Some((id, above, name))
    };
    entries.filter_map(of).collect()
}
