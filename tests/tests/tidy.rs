//! What no tool checks of the house style: sizes, places, and that the maps name what there is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, lines. A reader must be able to hold it in mind.
const FILE_LINES: usize = 500;
/// Longest map of the architecture, lines.
const MAP_LINES: usize = 200;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of the tree that is ours, as (path from the root, text). Binary files are left out.
fn files() -> Vec<(String, String)> {
    let mut found = vec![];
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let shown = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            let is_foreign =
                name.starts_with("target") || name == ".git" || name == "node_modules" || name == "artifacts";
            if is_foreign {
                // Also a file: `.git` is one in a second work tree.
            } else if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((shown, text));
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    files()
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .collect()
}

#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    let long = |(path, text): (String, String)| {
        let lines = text.lines().count();
        (lines > FILE_LINES).then(|| format!("{path}: {lines} lines, {FILE_LINES} at most"))
    };
    none(sources().into_iter().filter_map(long).collect());
}

#[test]
fn every_source_file_says_in_its_first_lines_what_it_is() {
    // A file of tests is told by the module it tests.
    let is_untold = |(path, text): &(String, String)| !path.contains("tests") && !text.starts_with("//!");
    none(
        sources()
            .into_iter()
            .filter(is_untold)
            .map(|(path, _)| format!("{path}: no //! page"))
            .collect(),
    );
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    // Put together here so that this file does not find itself.
    let places = ["/wo".to_owned() + "rk/", "/ro".to_owned() + "ot/"];
    let named = |(path, text): (String, String)| {
        let place = places.iter().find(|place| text.contains(place.as_str()))?;
        Some(format!("{path}: names {place}"))
    };
    none(files().into_iter().filter_map(named).collect());
}

#[test]
fn text_files_end_in_one_line_end_and_have_no_blanks_at_line_ends() {
    let kinds = [".rs", ".toml", ".sh", ".sql"];
    let untidy = |(path, text): (String, String)| {
        let is_ours = kinds.iter().any(|kind| path.ends_with(kind)) && !path.contains("bad_configs");
        let blank = text.lines().position(|line| line.ends_with([' ', '\t']));
        match (is_ours, blank) {
            (false, _) => None,
            (true, Some(line)) => Some(format!("{path}:{}: a blank at the line's end", line + 1)),
            (true, None) if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) => {
                Some(format!("{path}: does not end in one line end"))
            }
            (true, None) => None,
        }
    };
    none(files().into_iter().filter_map(untidy).collect());
}

#[test]
fn core_does_no_input_or_output_and_reads_no_clock() {
    let banned = [
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "tokio",
        "SystemTime",
        "Instant::now",
        "std::env",
    ];
    let in_core = |(path, text): (String, String)| {
        let is_core = path.starts_with("crates/karamail-core/src/") && !path.contains("tests");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code_lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let word = code_lines
            .flat_map(|line| banned.iter().filter(|word| line.contains(*word)))
            .next()?;
        is_core.then(|| format!("{path}: {word}"))
    };
    none(sources().into_iter().filter_map(in_core).collect());
}

#[test]
fn only_the_store_speaks_sql() {
    let outside = |(path, text): &(String, String)| {
        let is_store = path.starts_with("crates/karamail-engine/src/store/") || path.contains("tests/");
        !is_store && (text.contains("sqlx::") || text.contains("use sqlx"))
    };
    let ask = |(path, _): (String, String)| format!("{path}: SQL outside the store");
    none(sources().into_iter().filter(outside).map(ask).collect());
}

/// See docs/decisions/0138.
#[test]
fn no_statement_that_is_put_together_is_kept() {
    let kept = |(path, text): (String, String)| {
        let is_store = path.starts_with("crates/karamail-engine/src/store/");
        let code: String = text.split_whitespace().collect();
        let built = [".build()", ".build_query_as", ".build_query_scalar"];
        let is_kept = built.iter().any(|build| {
            code.split(build).skip(1).any(|behind| {
                !behind
                    .split_once('.')
                    .is_some_and(|(_, next)| next.starts_with("persistent(false)"))
            })
        });
        (is_store && is_kept).then(|| format!("{path}: a built statement without .persistent(false)"))
    };
    none(sources().into_iter().filter_map(kept).collect());
}

#[test]
fn the_map_of_the_architecture_is_short_and_names_every_part() {
    let map = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md is there");
    let mut faults = vec![];
    if map.lines().count() > MAP_LINES {
        faults.push(format!(
            "docs/ARCHITECTURE.md: {} lines, {MAP_LINES} at most",
            map.lines().count()
        ));
    }
    for krate in fs::read_dir(root().join("crates")).unwrap() {
        let krate = krate.unwrap().path();
        let name = krate.file_name().unwrap().to_string_lossy().into_owned();
        if !map.contains(&name) {
            faults.push(format!("docs/ARCHITECTURE.md does not name {name}"));
        }
        let Ok(root_file) = fs::read_to_string(krate.join("src/lib.rs")) else {
            continue;
        };
        // The crate's own page goes further than the map.
        let page: String = root_file
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        let modules = root_file
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
        for module in modules.filter(|module| !names(&map, module) && !names(&page, module)) {
            faults.push(format!(
                "neither docs/ARCHITECTURE.md nor the page of {name} names {module}"
            ));
        }
    }
    none(faults);
}

/// Whether a text holds a word by itself.
fn names(text: &str, word: &str) -> bool {
    text.split(|c: char| c != '_' && !c.is_alphanumeric())
        .any(|one| one == word)
}

/// Files in which every test is an attack of docs/HOSTILE.md.
const ATTACKS: [&str; 6] = [
    "crates/karamail-core/tests/attacks.rs",
    "crates/karamail-engine/tests/attacks.rs",
    "crates/karamail-web/tests/attacks.rs",
    "crates/karamail-web/tests/guard_attacks.rs",
    "crates/karamail/tests/attacks.rs",
    "tests/tests/hostile.rs",
];

#[test]
fn every_attack_of_the_table_has_a_test_that_is_there() {
    let page = fs::read_to_string(root().join("docs/HOSTILE.md")).expect("docs/HOSTILE.md is there");
    let table = page.split("\n## Figures").next().unwrap_or_default();
    let (mut faults, mut named) = (vec![], vec![]);
    for row in table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| attack "))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, _, _, tests] = cells.as_slice() else {
            faults.push(format!("not four cells: {row}"));
            continue;
        };
        // `name` (`file`), …
        let quoted: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        let pairs = quoted.chunks_exact(2);
        if quoted.is_empty() || !pairs.remainder().is_empty() {
            faults.push(format!("no test, or one without its file: {row}"));
        }
        for pair in pairs {
            let [name, file] = pair else { continue };
            match fs::read_to_string(root().join(file)) {
                Ok(text) if tests_of(&text).iter().any(|test| test == name) => {}
                _ => faults.push(format!("{file} has no test {name}")),
            }
            named.push((*name).to_owned());
        }
    }
    assert!(named.len() > 60, "the table was not read: {}", named.len());
    for file in ATTACKS {
        let tests = tests_of(&fs::read_to_string(root().join(file)).expect("it is there"));
        let missing = tests.into_iter().filter(|test| !named.contains(test));
        faults.extend(missing.map(|test| format!("docs/HOSTILE.md does not name {test} of {file}")));
    }
    none(faults);
}

/// The names of the tests of a source file: functions behind an attribute that makes them tests.
fn tests_of(source: &str) -> Vec<String> {
    let mut found = vec![];
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        let declared = line.trim_start_matches("async ").strip_prefix("fn ");
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let (true, Some(name)) = (is_test, declared.and_then(|rest| rest.split('(').next())) {
            found.push(name.to_owned());
            is_test = false;
        } else if !line.starts_with('#') {
            is_test = false;
        }
    }
    found
}
