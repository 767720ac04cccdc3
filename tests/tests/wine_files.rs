//! What the Windows programs carry in their files: read from the files themselves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;

use karamail_tests::wine::built;
use pelite::pe64::{Pe, PeFile};

/// The numbers of Windows' subsystems, and what the programs say of themselves.
const WINDOW: u16 = 2;
const CONSOLE: u16 = 3;
const PROGRAMS: [(&str, u16, &str); 3] = [
    ("karamail-tray", WINDOW, "空メール受付 Karamail"),
    ("karamail-window", WINDOW, "空メール受付 Karamail の画面"),
    ("karamail", CONSOLE, "空メール受付 Karamail のコマンド"),
];

fn each(check: impl Fn(&str, PeFile<'_>, u16, &str)) {
    for (name, subsystem, description) in PROGRAMS {
        let path = built().join(format!("program/{name}.exe"));
        let bytes = fs::read(&path).expect("tests/windows/build.sh made it");
        check(name, PeFile::from_bytes(&bytes).unwrap(), subsystem, description);
    }
}

#[test]
fn the_commands_alone_open_a_console() {
    each(|name, file, subsystem, _| {
        assert_eq!(file.optional_header().Subsystem, subsystem, "{name}");
    });
}

#[test]
fn each_program_says_what_it_is_in_japanese() {
    each(|name, file, _, description| {
        let version = file.resources().unwrap().version_info().unwrap();
        let [language] = version.translation() else {
            panic!("{name}: one language")
        };
        assert_eq!(language.lang_id, 0x0411, "{name}: Japanese");
        let fact = |key: &str| version.value(*language, key).unwrap_or_default();
        assert_eq!(fact("FileDescription"), description);
        assert_eq!(fact("ProductName"), "空メール受付 Karamail", "{name}");
        assert_eq!(fact("OriginalFilename"), format!("{name}.exe"));
        assert_eq!(fact("FileVersion"), env!("CARGO_PKG_VERSION"), "{name}");
        assert_eq!(fact("ProductVersion"), env!("CARGO_PKG_VERSION"), "{name}");
        let fixed = version.fixed().unwrap().dwFileVersion;
        let fixed = format!("{}.{}.{}", fixed.Major, fixed.Minor, fixed.Patch);
        assert_eq!(fixed, env!("CARGO_PKG_VERSION"), "{name}");
    });
}

#[test]
fn each_program_has_the_icon_in_the_sizes_that_windows_shows() {
    each(|name, file, _, _| {
        let resources = file.resources().unwrap();
        let icons: Vec<_> = resources.icons().map(Result::unwrap).collect();
        let [(_, icon)] = icons.as_slice() else {
            panic!("{name}: one icon")
        };
        // 0 is how 256 is written.
        let mut sizes: Vec<u8> = icon.entries().iter().map(|entry| entry.bWidth).collect();
        sizes.sort_unstable();
        for size in [0, 16, 20, 24, 32, 40, 48, 64] {
            assert!(sizes.contains(&size), "{name}: {sizes:?}");
        }
        for entry in icon.entries() {
            assert!(!icon.image(entry.nId).unwrap().is_empty(), "{name}");
        }
    });
}

#[test]
fn each_programs_manifest_asks_for_no_administrator_and_for_the_windows_of_today() {
    each(|name, file, _, _| {
        let manifest = file.resources().unwrap().manifest().unwrap();
        for wanted in [
            "level=\"asInvoker\"",
            ">PerMonitorV2, PerMonitor<",
            ">UTF-8<",
            ">true</longPathAware>",
            "Microsoft.Windows.Common-Controls\" version=\"6.0.0.0\"",
            "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}",
        ] {
            assert!(manifest.contains(wanted), "{name}: {wanted} in {manifest}");
        }
    });
}

/// WebView2Loader.dll is shipped; all others come with Windows.
#[test]
fn no_program_wants_a_library_of_the_compilers() {
    each(|name, file, _, _| {
        for library in file.imports().unwrap().iter() {
            let library = library.dll_name().unwrap().to_string().to_lowercase();
            assert!(!library.starts_with("lib"), "{name} wants {library}");
            let is_window = name == "karamail-window";
            assert!(
                is_window || library != "webview2loader.dll",
                "{name} wants {library}"
            );
        }
    });
}
