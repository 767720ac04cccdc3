//! Plays every file of the fuzzers' corpora, and everything that they ever found.

use std::fs;
use std::path::{Path, PathBuf};

fn play(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz");
    let mut files: Vec<PathBuf> = Vec::new();
    for kind in ["corpus", "found"] {
        // What nothing was found in has no folder.
        let entries = fs::read_dir(folder.join(kind).join(target)).into_iter().flatten();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.sort();
    assert!(files.len() >= 10, "{target} has its corpus");
    for file in files {
        // Shown where it fails.
        println!("{}", file.display());
        check(&fs::read(&file).unwrap());
    }
}

#[test]
fn a_pop3_session_gives_what_the_server_said_and_nothing_else() {
    play("pop3_session", super::pop3_session::check);
}

#[test]
fn no_mail_is_answered_that_a_plain_reading_forbids_to_answer() {
    play("mail_facts", super::mail_facts::check);
}

#[test]
fn a_template_becomes_one_letter_with_its_number() {
    play("template", super::template::check);
}

#[test]
fn settings_are_sound_or_told_and_written_back_the_same() {
    play("config", super::config::check);
}

#[test]
fn what_a_report_says_is_bounded_and_a_standard_one_is_known() {
    play("delivery_report", super::delivery_report::check);
}

#[test]
fn mails_of_a_file_are_read_as_they_were_written() {
    play("mailbox_file", super::mailbox_file::check);
}

#[test]
fn a_log_shows_the_lines_that_it_has() {
    play("monthly_log", super::monthly_log::check);
}
