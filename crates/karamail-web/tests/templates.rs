//! What no compiler checks of the pages' sources.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

#[track_caller]
fn none_has(files: &[(PathBuf, String)], what: &str, is_bad: impl Fn(&str) -> bool) {
    let mut bad = Vec::new();
    for (path, text) in files {
        for (number, line) in text.lines().enumerate() {
            if is_bad(line) {
                bad.push(format!(
                    "{}:{}: {what}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(bad.is_empty(), "\n{}", bad.join("\n"));
}

fn is_japanese(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}')
}

#[test]
fn no_template_has_a_script_a_style_or_an_event_of_its_own() {
    let templates = files("templates", ".html");
    none_has(&templates, "an inline script", |line| {
        line.contains("<script") && !line.contains("src=")
    });
    none_has(&templates, "an inline style", |line| {
        line.contains(" style=") || line.contains("<style")
    });
    none_has(&templates, "an inline event", |line| {
        let mut rest = line;
        while let Some(at) = rest.find(" on") {
            rest = &rest[at + 3..];
            let name: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            if !name.is_empty() && rest[name.len()..].starts_with('=') {
                return true;
            }
        }
        line.contains("hx-on") || line.contains("javascript:")
    });
}

#[test]
fn no_template_lets_text_through_unescaped() {
    none_has(&files("templates", ".html"), "unescaped", |line| {
        line.contains("|safe") || line.contains("| safe") || line.contains("escape false")
    });
}

#[test]
fn the_words_of_the_screens_stand_in_the_one_table() {
    // Marks such as ★日時★ are names, not words.
    let is_words = |line: &str| {
        line.split('★')
            .step_by(2)
            .any(|part| part.chars().any(is_japanese))
    };
    none_has(&files("templates", ".html"), "Japanese in a template", is_words);
    let scripts: Vec<_> = files("assets", ".js")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("htmx.min.js"))
        .collect();
    none_has(&scripts, "Japanese in a script", |line| {
        let code = line.split("//").next().unwrap_or_default();
        is_words(code)
    });
    let is_code = |line: &str| !line.trim_start().starts_with("//") && is_words(line);
    none_has(&files("src", ".rs"), "Japanese in the code", |line| {
        // Tests look for words.
        is_code(line) && !line.contains("assert") && !line.contains(".has(")
    });
}

#[test]
fn nothing_comes_from_the_network() {
    none_has(&files("templates", ".html"), "a foreign address", |line| {
        ["src=\"http", "href=\"//", "src=\"//", "@import"]
            .iter()
            .any(|bad| line.contains(bad))
    });
}
