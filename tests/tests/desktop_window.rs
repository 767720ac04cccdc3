//! The real window of the real tray program, in WebKitGTK on an X server: driven by WebKit's own driver, and closed, moved and looked at
//! from outside.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;

use karamail_tests::mails;
use karamail_tests::webdriver::Driven;
use karamail_tests::window::{Desktop, Place};
use karamail_tests::{PATIENCE, wait_until};

fn open() -> (Desktop, Driven) {
    let desktop = Desktop::start(&[]);
    desktop.window();
    let driven = desktop.drive();
    driven.wait_at("/status");
    (desktop, driven)
}

/// WebDriver's code points for keys.
const F12: &str = "\u{E03C}";
const CONTROL: &str = "\u{E009}";
const ENTER: &str = "\u{E007}";

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Keeps a picture for those who look.
fn look(desktop: &Desktop, driven: &Driven, name: &str) {
    driven.wait_until_drawn();
    desktop.picture(name);
}

fn sign_up(desktop: &Desktop, from: &str) {
    desktop.servers.deposit(mails::signup(from, from));
}

/// Presses × and answers the question that comes the first time.
fn close_for_the_first_time(desktop: &Desktop, driven: Driven) {
    desktop.close();
    driven.wait_for("dialog", "メールの収集は続きます");
    driven.click_to_close("dialog button:last-child");
    desktop.wait_for_no_window();
    drop(driven);
}

#[test]
fn the_window_shows_the_shop_in_japanese_and_follows_it_without_a_reload() {
    let (mut desktop, driven) = open();
    driven.wait_for("h2#light-state", "収集中");
    assert!(driven.text(".program").contains("空メール受付 Karamail"));
    assert!(driven.text(".program").contains("山田商店"));
    driven.run("window.isSamePage = true;");
    sign_up(&desktop, "taro@docomo.ne.jp");
    driven.click("#check-now");
    desktop.wait(desktop.servers.wait_for_sent(1));
    driven.wait_for(".figures .card:last-child .big", "1");
    assert_eq!(
        driven.run("return window.isSamePage === true;"),
        true,
        "no reload"
    );
    look(&desktop, &driven, "window-status");
    assert_eq!(desktop.opened(), [""; 0], "the browser is not asked");

    driven.click("nav a[href='/results']");
    driven.wait_for("main", "taro@docomo.ne.jp");
    look(&desktop, &driven, "window-results");
    // A form whose answer is a redirect.
    driven.click(".language button[name=language]");
    driven.wait_for("nav", "Results");
    driven.wait_at("/results");
    driven.click(".language button[name=language]");
    driven.wait_for("nav", "収集結果");
    assert!(desktop.is_running());

    // As small as it can be made.
    driven.go("/status");
    let id = desktop.window();
    desktop.tool("wmctrl", &["-i", "-r", &id, "-e", "0,100,80,200,200"]);
    wait_until("it is small", PATIENCE, || desktop.place().width == 360);
    look(&desktop, &driven, "window-small");
    let overhang = driven.run("return document.documentElement.scrollWidth - window.innerWidth;");
    assert_eq!(overhang, 0, "nothing sticks out");
}

#[test]
fn settings_saved_in_the_window_take_effect() {
    let (desktop, driven) = open();
    driven.go("/settings/control");
    driven.fill("#general-check_interval_seconds", "5");
    // A body longer than any buffer on its way.
    let long = "会員規約をお読みください。".repeat(300);
    driven.run(&format!(
        "const field = document.querySelector('textarea'); field.value = '{long}\\n★1★'; field.dispatchEvent(new Event('input', {{bubbles: true}}));"
    ));
    driven.press(&[F12]);
    driven.wait_for("main", "設定しました。");
    look(&desktop, &driven, "window-settings");
    let file = fs::read_to_string(desktop.config()).unwrap();
    assert!(file.contains("check_interval_seconds = 5\n"), "{file}");
    assert!(file.starts_with("# お店の設定\n"), "comments stay: {file}");
    // Nobody presses anything: the engine polls as often as it was told in the window.
    sign_up(&desktop, "hanako@ezweb.ne.jp");
    desktop.wait(desktop.servers.wait_for_sent(1));
    let written = [desktop.config(), desktop.data()].iter().any(|place| {
        let read = |path: &std::path::Path| fs::read_to_string(path).unwrap_or_default().contains(&long);
        match place.is_dir() {
            true => false,
            false => {
                read(place)
                    || names(place.parent().unwrap())
                        .iter()
                        .any(|name| read(&place.with_file_name(name)))
            }
        }
    });
    assert!(
        written,
        "the whole letter is kept: {:?}",
        names(desktop.config().parent().unwrap())
    );
}

#[test]
fn what_a_browser_would_download_lands_in_the_downloads_and_the_page_says_where() {
    let (desktop, driven) = open();
    sign_up(&desktop, "taro@docomo.ne.jp");
    driven.click("#check-now");
    desktop.wait(desktop.servers.wait_for_sent(1));
    driven.go("/results");
    driven.click("a[href^='/results/export.csv']");
    driven.wait_for("#file-told", "保存しました");
    driven.wait_for("#file-told", "ダウンロード");
    look(&desktop, &driven, "window-saved");
    let files = names(&desktop.downloads());
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(
        files[0].starts_with("収集結果-") && files[0].ends_with(".csv"),
        "{files:?}"
    );
    let text = fs::read_to_string(desktop.downloads().join(&files[0])).unwrap();
    assert!(text.contains("taro@docomo.ne.jp"), "{text}");

    driven.click("#file-told form[action$='/folder'] button");
    driven.wait_for("#file-opened", "開きました");
    wait_until("the folder is opened", PATIENCE, || {
        desktop.opened() == [desktop.downloads().to_string_lossy().into_owned()]
    });
    driven.click("#file-told .dismiss");
    assert!(driven.look("#file-told").is_none());

    let press = |page: &str, selector: &str, count: usize| {
        driven.go(page);
        driven.click(selector);
        driven.wait_for("#file-told", "保存しました");
        let files = names(&desktop.downloads());
        assert_eq!(files.len(), count, "{selector}: {files:?}");
        driven.url()
    };
    press("/results", "a[href^='/results/export.csv']", 2);
    press("/results", "a[href^='/results/export.xlsx']", 3);
    press("/kit", "a[href^='/kit/qr.png']", 4);
    press("/kit", "a[href^='/kit/qr.svg']", 5);
    press("/kit", "a[href^='/kit/poster.svg']", 6);
    press("/log", "a[href^='/log/save']", 7);
    let at = press("/settings/data", "form[action='/settings/data/backup'] button", 8);
    assert!(at.ends_with("/settings/data"), "the page stays: {at}");
    let files = names(&desktop.downloads());
    assert!(files.iter().any(|name| name.ends_with(" (2).csv")), "{files:?}");
    let png = files.iter().find(|name| name.ends_with(".png")).unwrap();
    assert!(
        fs::read(desktop.downloads().join(png))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let zip = files.iter().find(|name| name.ends_with(".zip")).unwrap();
    assert!(
        fs::read(desktop.downloads().join(zip))
            .unwrap()
            .starts_with(b"PK")
    );

    // A folder that cannot be written is told, and the page stays.
    fs::remove_dir_all(desktop.downloads()).unwrap();
    fs::write(desktop.downloads(), "no folder").unwrap();
    driven.go("/results");
    driven.click("a[href^='/results/export.csv']");
    driven.wait_for("#file-told", "保存できませんでした");
    driven.wait_at("/results");
    look(&desktop, &driven, "window-not-saved");
}

#[test]
fn closing_leaves_the_tray_program_alone_and_the_window_comes_back_as_it_was() {
    let (mut desktop, driven) = open();
    let first = desktop.place();
    assert!(first.width > 900 && first.height > 600, "{first:?}");
    let put = desktop.put(Place {
        x: 140,
        y: 90,
        width: 720,
        height: 560,
    });
    desktop.close();
    driven.wait_for("dialog", "メールの収集は続きます");
    look(&desktop, &driven, "window-first-close");
    // Not meant: the window stays.
    driven.click("dialog button:first-child");
    driven.wait_for("h2#light-state", "収集中");
    driven.click_to_close("#to-tray");
    desktop.wait_for_no_window();
    drop(driven);
    assert!(desktop.is_running());
    assert!(names(&desktop.data()).contains(&"window.json".to_owned()));

    let again = desktop.second_start(&[]);
    assert!(again.status.success(), "{again:?}");
    desktop.window();
    wait_until("the window is where it was", PATIENCE, || desktop.place() == put);
    // Now the person knows, and nothing is asked.
    let driven = desktop.drive();
    driven.wait_at("/status");
    desktop.close();
    desktop.wait_for_no_window();
    drop(driven);
    assert!(desktop.is_running());
}

#[test]
fn a_maximised_window_comes_back_maximised_and_keeps_its_size_from_before() {
    let (desktop, driven) = open();
    let put = desktop.put(Place {
        x: 100,
        y: 80,
        width: 640,
        height: 500,
    });
    desktop.state("add,maximized_vert,maximized_horz");
    wait_until("it is maximised", PATIENCE, || desktop.place().width > 1200);
    close_for_the_first_time(&desktop, driven);
    desktop.second_start(&[]);
    desktop.window();
    wait_until("it is maximised again", PATIENCE, || desktop.place().width > 1200);
    desktop.state("remove,maximized_vert,maximized_horz");
    let is_as_before = || {
        let now = desktop.place();
        (now.width, now.height) == (put.width, put.height)
    };
    wait_until("it has its size from before", PATIENCE, is_as_before);
    desktop.close();
    desktop.wait_for_no_window();

    // The other screen is gone, and the file was cut off by a power cut.
    let file = desktop.data().join("window.json");
    for text in [
        "{\"place\":{\"x\":5000,\"y\":4000,\"width\":800.0,\"height\":600.0},\"is_told\":true}",
        "{\"place\":{\"x\":50",
    ] {
        fs::write(&file, text).unwrap();
        desktop.second_start(&[]);
        desktop.window();
        wait_until("it can be seen", PATIENCE, || {
            let now = desktop.place();
            now.x >= 0 && now.x < 1000 && now.y >= 0 && now.y < 700 && now.width >= 360
        });
        let driven = desktop.drive();
        driven.wait_at("/status");
        if text.contains("is_told") {
            desktop.close();
            desktop.wait_for_no_window();
        } else {
            close_for_the_first_time(&desktop, driven);
        }
    }
}

#[test]
fn a_second_start_brings_the_window_up_and_shows_what_is_wished_for() {
    let (desktop, driven) = open();
    let window = desktop.window_process();
    let shown = desktop.second_start(&["--show", "results"]);
    assert!(shown.status.success(), "{shown:?}");
    driven.wait_at("/results");
    driven.wait_for("h1", "収集結果");
    assert_eq!(desktop.window_process(), window, "the same window");

    // What is typed is not lost by somebody who only wants to see the window.
    driven.go("/settings/control");
    driven.fill("#general-shop_name", "書きかけ");
    let id = desktop.window();
    desktop.tool("xdotool", &["windowminimize", &id]);
    let is_shown = || {
        let search = ["search", "--onlyvisible", "--class", "karamail-window"];
        !desktop.tool("xdotool", &search).is_empty()
    };
    wait_until("it is minimised", PATIENCE, || !is_shown());
    desktop.second_start(&[]);
    wait_until("it is up again", PATIENCE, is_shown);
    wait_until("it has the keyboard", PATIENCE, || desktop.active() == id);
    assert_eq!(
        driven.run("return document.getElementById('general-shop_name').value;"),
        "書きかけ"
    );

    // × asks before that is lost.
    desktop.close();
    driven.wait_for("dialog", "保存せずに画面を閉じますか");
    look(&desktop, &driven, "window-unsaved");
    driven.click("dialog button:first-child");
    assert_eq!(
        driven.run("return document.getElementById('general-shop_name').value;"),
        "書きかけ"
    );
    // Who presses it again over the question means it.
    desktop.close();
    driven.wait_for("dialog", "保存せずに画面を閉じますか");
    desktop.close();
    desktop.wait_for_no_window();
}

#[test]
fn links_that_lead_away_open_in_the_persons_own_programs() {
    let (desktop, driven) = open();
    driven.go("/settings/ports");
    driven.run(
        "const link = document.querySelector('a[target=_blank]'); link.closest('details').open = true; link.focus();",
    );
    driven.press(&[ENTER]);
    wait_until("the browser is asked", PATIENCE, || desktop.opened().len() == 1);
    assert!(
        desktop.opened()[0].starts_with("https://"),
        "{:?}",
        desktop.opened()
    );
    driven.wait_at("/settings/ports");
    let follow = |address: &str| {
        driven.run(&format!(
            "const link = document.createElement('a'); link.href = '{address}'; link.textContent = 'x'; document.body.append(link); link.click();"
        ));
    };
    follow("mailto:touroku@shop.example?subject=");
    wait_until("the mail program is asked", PATIENCE, || {
        desktop.opened().len() == 2
    });
    assert_eq!(desktop.opened()[1], "mailto:touroku@shop.example?subject=");
    follow("https://example.jp/inside");
    wait_until("the browser is asked", PATIENCE, || desktop.opened().len() == 3);
    // Nothing that starts a program, and nothing that leaves our pages.
    follow("file:///etc/passwd");
    follow("karamail://evil.example/");
    driven.wait_at("/settings/ports");
    driven.go("/results");
    driven.wait_for("h1", "収集結果");
    assert_eq!(desktop.opened().len(), 3, "{:?}", desktop.opened());
}

#[test]
fn keys_clipboard_and_printing_work_as_in_a_browser() {
    let (_desktop, driven) = open();
    // The pages' own rules hold under our protocol: no inline script, no foreign address.
    driven.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.isBroken = true\">');",
    );
    driven.run("fetch('https://example.com/').catch(() => { window.isRefused = true; });");
    wait_until("foreign addresses are refused", PATIENCE, || {
        driven.run("return window.isRefused === true;") == true
    });
    assert_eq!(driven.run("return window.isBroken === undefined;"), true);

    let width = || driven.run("return window.innerWidth;").as_i64().unwrap();
    let before = width();
    driven.press(&[CONTROL, "+"]);
    wait_until("the text is larger", PATIENCE, || width() < before);
    driven.press(&[CONTROL, "0"]);
    wait_until("the text is as before", PATIENCE, || width() == before);

    driven.run("window.isSamePage = true;");
    driven.press(&["\u{E035}"]);
    wait_until("F5 loads the page again", PATIENCE, || {
        driven.run("return window.isSamePage === undefined;") == true
    });

    driven.go("/settings/data");
    driven.click("[data-copy='data-folder']");
    driven.wait_for("#said", "コピーしました");
    driven.press(&["\u{E00C}"]);
    driven.wait_at("/settings");
}

#[test]
fn the_counter_kit_is_printed_by_the_systems_dialog() {
    // WebKit shows no dialog for printing in a window that is driven, so this one is not.
    let desktop = Desktop::start_undriven(&["--show", "kit"]);
    let kit = desktop.window();
    let windows = || desktop.tool("wmctrl", &["-l"]).lines().count();
    // Before the page is there, the key does nothing.
    wait_until("the dialog is there", PATIENCE, || {
        if windows() == 1 {
            desktop.tool("xdotool", &["windowactivate", "--sync", &kit, "key", "ctrl+p"]);
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        windows() == 2
    });
    desktop.picture("window-print");
}

#[test]
fn a_webview_that_crashes_is_started_again_and_twice_at_once_gives_way_to_the_browser() {
    let (mut desktop, driven) = open();
    driven.go("/results");
    driven.wait_for("h1", "収集結果");
    drop(driven);
    let first = desktop.process("WebKitWebProcess");
    kill(first);
    wait_until("another process draws the pages", PATIENCE, || {
        desktop.process("WebKitWebProcess") != first
    });
    let driven = desktop.drive();
    driven.wait_for("main", "メールの収集と受付は止まっていません");
    look(&desktop, &driven, "window-interrupted");
    driven.click("main a[role=button]");
    driven.wait_at("/results");
    drop(driven);
    kill(desktop.process("WebKitWebProcess"));
    desktop.wait_for_no_window();
    wait_until("the browser is asked", PATIENCE, || desktop.opened().len() == 1);
    assert!(
        desktop.opened()[0].starts_with("http://127.0.0.1:"),
        "{:?}",
        desktop.opened()
    );
    assert!(desktop.is_running());
}

#[test]
fn the_window_ends_with_the_tray_program() {
    let (mut desktop, driven) = open();
    let all: Vec<u32> = desktop.window_processes().into_iter().map(|(id, _)| id).collect();
    assert!(
        all.len() >= 2,
        "a window and its helpers: {:?}",
        desktop.window_processes()
    );
    drop(driven);
    desktop.kill_tray();
    wait_until("nothing is left over", PATIENCE, || {
        all.iter()
            .all(|id| !std::path::Path::new(&format!("/proc/{id}")).exists())
    });
}

#[test]
fn without_a_webview_the_browser_shows_the_same_screens_and_without_a_browser_the_link_is_told() {
    let mut desktop = Desktop::make();
    desktop.without_display();
    desktop.start_tray(&[]);
    wait_until("the browser is asked", PATIENCE, || desktop.opened().len() == 1);
    let link = desktop.opened()[0].clone();
    assert!(
        link.starts_with("http://127.0.0.1:") && link.contains("/enter#"),
        "{link}"
    );
    desktop.without_browser();
    let mut desktop = desktop.started_again(&[]);
    let said = || fs::read_to_string(desktop.log()).unwrap();
    wait_until("the link is told", PATIENCE, || {
        said().contains("http://127.0.0.1:")
    });
    assert!(
        said().contains("このパソコンのブラウザーで開いてください"),
        "{}",
        said()
    );
    assert!(desktop.is_running());
}

fn kill(id: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &id.to_string()])
        .status();
    assert!(killed.unwrap().success());
}
