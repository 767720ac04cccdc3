//! The tray icon over a real D-Bus, with a host played by the test: what it shows, what its menu does, and the shop behind it with a real
//! mail server. The binary is the real one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::thread;
use std::time::Duration;

use karamail_tests::desktop::Desktop;
use karamail_tests::desktop::host::{Host, Item};
use karamail_tests::desktop::screen::Screen;
use karamail_tests::dovecot::PASSWORD;
use karamail_tests::program::Running;
use karamail_tests::settings::Settings;
use karamail_tests::shop::{PlainShop, USER};
use karamail_tests::sink::Sink;
use karamail_tests::{PATIENCE, mails, wait_until};

const ENGLISH: [&str; 8] = [
    "Status",
    "Check now",
    "Stop collecting",
    "Settings",
    "Results",
    "Log",
    "Counter kit",
    "Quit",
];
const JAPANESE: [&str; 8] = [
    "状況",
    "今すぐ確認",
    "収集停止",
    "設定",
    "収集結果",
    "ログ",
    "店頭キット",
    "処理の終了",
];

/// A picture of a window without a page takes less than this.
const EMPTY_PICTURE: usize = 12_000;

/// Polled each hour, so that what happens is what the test does.
fn seldom(shop: &PlainShop) -> Settings {
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 3600\n".to_owned();
    settings
}

/// A panel, the program, and its icon once the shop collects.
fn collecting(desktop: &Desktop) -> (Host, Running, Item) {
    let host = Host::start(desktop.bus());
    let running = desktop.start(&["--hidden"]);
    let item = host.item();
    item.wait_for("Karamail: Collecting");
    (host, running, item)
}

#[test]
fn the_icon_is_found_with_pictures_a_tooltip_and_a_menu_in_both_languages() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let (_host, _running, item) = collecting(&desktop);

    assert_eq!(item.text("Id"), "karamail");
    assert_eq!(item.text("Title"), "Karamail");
    assert_eq!(item.text("Category"), "ApplicationStatus");
    assert_eq!(item.text("Status"), "Active");
    let pictures = item.pictures();
    let sizes: Vec<(i32, i32)> = pictures
        .iter()
        .map(|(width, height, _)| (*width, *height))
        .collect();
    for size in [16, 22, 24, 32, 48, 64] {
        assert!(sizes.contains(&(size, size)), "no {size} in {sizes:?}");
    }
    for (width, height, pixels) in &pictures {
        assert_eq!(pixels.len(), (width * height * 4) as usize);
        // Alpha comes first: what is drawn is there, in green, and the corner under the badge is not.
        let green = pixels
            .chunks_exact(4)
            .filter(|pixel| pixel[0] == 255 && pixel[2] > 100 && pixel[1] < 60);
        assert!(green.count() > pixels.len() / 4 / 8, "{width}: not green");
        assert_eq!(
            pixels[pixels.len() - 4 * *width as usize],
            0,
            "{width}: the corner is drawn on"
        );
    }
    let tooltip = item.tooltip();
    assert!(tooltip.text.starts_with("Last good check: "), "{tooltip:?}");
    assert!(tooltip.text.ends_with(" · Given today: 0"), "{tooltip:?}");

    assert_eq!(item.labels(), ENGLISH);
    assert_eq!(desktop.link().post("/language", "language=ja").code, 303);
    // At once, and not with the next poll: that is an hour away.
    item.wait_for("空メール受付: 収集中");
    assert_eq!(item.labels(), JAPANESE);
    assert_eq!(item.text("Title"), "空メール受付 Karamail");
    assert!(item.tooltip().text.ends_with(" · 今日の受付: 0件"));
}

#[test]
fn each_entry_opens_its_page_and_a_left_click_the_status() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let (_host, mut running, item) = collecting(&desktop);
    assert_eq!(desktop.windows(), [""; 0], "--hidden opened a window");

    // The last wish that a window has seen, as a window remembers it.
    let mut seen = 0;
    let mut next_page = || {
        let (count, page) = desktop.link().page(seen);
        seen = count;
        page
    };
    item.click();
    assert_eq!(next_page(), "/status");
    for (label, page, heading) in [
        ("Results", "/results", "Results"),
        ("Log", "/log", "Log"),
        ("Settings", "/settings", "Settings"),
        ("Counter kit", "/kit", "Counter kit"),
        ("Status", "/status", "Status"),
        ("Quit", "/status/end", "End the program"),
    ] {
        item.choose(label);
        assert_eq!(next_page(), page, "{label}");
        let shown = desktop.link().get(page);
        let is_there = shown.code == 200 && shown.body.contains(&format!("<h1>{heading}</h1>"));
        // The settings begin with their first page.
        assert!(
            is_there || shown.code == 303,
            "{label}: {} {}",
            shown.code,
            shown.body
        );
    }
    // One window took all of it, and told its title; the program asks before it ends.
    wait_until("the window was started", PATIENCE, || {
        !desktop.windows().is_empty()
    });
    let windows = desktop.windows();
    assert_eq!(windows.len(), 1, "{windows:?}");
    assert!(
        windows[0].starts_with("--link ") && windows[0].ends_with(" --title Karamail"),
        "{windows:?}"
    );
    assert!(running.is_running());
}

#[test]
fn the_real_window_shows_what_was_chosen() {
    let shop = PlainShop::open(Sink::start());
    let screen = Screen::start();
    let desktop = Desktop::on_display(&seldom(&shop), screen.display());
    let host = Host::start(desktop.bus());
    let running = desktop.start(&["--hidden", "--lang", "ja"]);
    let item = host.item();
    item.wait_for("空メール受付: 収集中");
    let mut seen = vec![screen.picture("tray-0")];
    for (place, label) in ["状況", "収集結果", "ログ", "設定", "店頭キット", "処理の終了"]
        .iter()
        .enumerate()
    {
        item.choose(label);
        // It is another one than each before, and it has come to rest.
        let name = format!("tray-{}", place + 1);
        let mut last = Vec::new();
        wait_until(label, PATIENCE, || {
            thread::sleep(Duration::from_millis(300));
            let picture = screen.picture(&name);
            let is_at_rest = picture == last;
            last = picture;
            is_at_rest && last.len() > EMPTY_PICTURE && !seen.contains(&last)
        });
        seen.push(last);
    }
    assert_eq!(desktop.opened(), [""; 0], "something went to the browser");
    desktop.link().post("/status/end", "");
    running.finish_within(PATIENCE).success();
    wait_until("the window is gone", PATIENCE, || {
        screen.picture("tray-end") == seen[0]
    });
}

#[test]
fn without_a_window_program_each_entry_opens_in_the_browser() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::without_windows(&seldom(&shop));
    let (_host, _running, item) = collecting(&desktop);
    for (label, page) in [("Results", ":/results"), ("Quit", ":/status/end")] {
        item.choose(label);
        let is_opened = || {
            let opened = desktop.opened();
            let last = opened.last();
            last.is_some_and(|link| link.starts_with("http://127.0.0.1:") && link.ends_with(page))
        };
        wait_until(label, PATIENCE, is_opened);
    }
}

#[test]
fn check_now_start_and_stop_do_what_they_say() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let (_host, _running, item) = collecting(&desktop);

    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    item.choose("Check now");
    assert!(shop.sink.wait_for(1, PATIENCE), "no receipt");
    wait_until("the icon counts it", PATIENCE, || {
        item.tooltip().text.ends_with("Given today: 1")
    });

    item.choose("Stop collecting");
    item.wait_for("Karamail: Stopped");
    let menu = item.menu();
    let check = menu
        .iter()
        .find(|entry| entry.label.starts_with("Check now"))
        .unwrap();
    assert_eq!(
        (check.label.as_str(), check.is_enabled),
        ("Check now (stopped)", false)
    );
    // Some desktops let it be chosen all the same.
    let logins = shop.dovecot.logins(USER);
    shop.deposit(mails::signup("taro@softbank.ne.jp", "second"));
    item.choose("Check now (stopped)");
    item.choose("Start collecting");
    assert!(shop.sink.wait_for(2, PATIENCE), "no receipt after the start");
    item.wait_for("Karamail: Collecting");
    assert_eq!(shop.dovecot.logins(USER), logins + 1, "polled while stopped");
}

#[test]
fn a_wrong_password_turns_the_icon_and_the_right_one_turns_it_back() {
    let shop = PlainShop::open(Sink::start());
    let mut settings = shop.settings();
    settings.general = "check_interval_seconds = 5\n".to_owned();
    let desktop = Desktop::open(&settings);
    let (_host, _running, item) = collecting(&desktop);
    let green = item.pictures();

    shop.dovecot.set_passwords(&[(USER, "another one")]);
    item.wait_for("Karamail: Not reachable");
    assert_eq!(item.text("Status"), "NeedsAttention");
    assert_ne!(item.pictures(), green);
    assert!(item.tooltip().text.starts_with("Last good check: "));

    shop.dovecot.set_passwords(&[(USER, PASSWORD)]);
    item.choose("Check now");
    item.wait_for("Karamail: Collecting");
    assert_eq!(item.text("Status"), "Active");
    assert_eq!(item.pictures(), green);
}

#[test]
fn without_settings_or_with_faulty_ones_it_says_so() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let good = std::fs::read_to_string(desktop.program.config()).unwrap();
    std::fs::remove_file(desktop.program.config()).unwrap();
    let host = Host::start(desktop.bus());
    let _running = desktop.start(&["--hidden", "--lang", "en"]);
    let item = host.item();
    item.wait_for("Karamail: Needs settings");
    let disabled: Vec<String> = item
        .menu()
        .into_iter()
        .filter(|entry| !entry.is_enabled)
        .map(|entry| entry.label)
        .collect();
    assert_eq!(disabled, ["Check now (needs settings)", "Start collecting"]);

    std::fs::write(desktop.program.config(), "[general]\nlanguage = \"xx\"\n").unwrap();
    item.wait_for("Karamail: The settings have faults");
    assert_eq!(item.text("Status"), "NeedsAttention");
    // Mended by hand, it begins by itself.
    std::fs::write(desktop.program.config(), good).unwrap();
    item.wait_for("Karamail: Collecting");
}

#[test]
fn while_the_demo_is_shown_icon_and_menu_are_the_shops() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    let (_host, _running, item) = collecting(&desktop);

    item.choose("Stop collecting");
    item.wait_for("Karamail: Stopped");
    assert_eq!(desktop.link().post("/demo/on", "").code, 303);
    let demo = desktop.link().get("/status");
    assert!(demo.body.contains("data-side=\"demo"), "the demo is not shown");
    assert!(demo.body.contains("class=\"light good\"") || demo.body.contains("class=\"light busy\""));
    // The demo collects; the shop does not, and that is what counts.
    assert_eq!(item.tooltip().title, "Karamail: Stopped");
    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    item.choose("Start collecting");
    assert!(shop.sink.wait_for(1, PATIENCE), "the shop was not started");
    item.wait_for("Karamail: Collecting");
    item.choose("Stop collecting");
    item.wait_for("Karamail: Stopped");
    let demo = desktop.link().get("/status");
    assert!(demo.body.contains("data-side=\"demo") && !demo.body.contains("class=\"light idle\""));
}

#[test]
fn the_icon_comes_back_with_whoever_shows_icons() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::open(&seldom(&shop));
    // Nobody shows icons yet: the program starts before the panel is ready.
    let _running = desktop.start(&["--hidden"]);
    let host = Host::start(desktop.bus());
    let item = host.item();
    item.wait_for("Karamail: Collecting");
    // The panel ends, something happens, and a panel comes.
    host.end();
    desktop.link().post("/status/stop", "");
    let host = Host::start(desktop.bus());
    let item = host.item();
    item.wait_for("Karamail: Stopped");
    item.choose("Start collecting");
    item.wait_for("Karamail: Collecting");
    assert_eq!(host.offers(), 1);
}

#[test]
fn without_any_bus_or_tray_everything_else_works() {
    let shop = PlainShop::open(Sink::start());
    let desktop = Desktop::without_bus(&seldom(&shop));
    shop.deposit(mails::signup("hanako@docomo.ne.jp", "first"));
    let running = desktop.start(&[]);
    assert!(shop.sink.wait_for(1, PATIENCE), "no receipt");
    let (seen, page) = desktop.link().page(0);
    assert_eq!(page, "/");
    desktop
        .try_start(&["--show", "results"])
        .finish(PATIENCE)
        .success();
    assert_eq!(desktop.link().page(seen).1, "/results");
    desktop.try_start(&["--quit"]).finish(PATIENCE).success();
    running.finish_within(PATIENCE).success();
}
