//! The screens in real Chromium, over the real engine, with Dovecot and Postfix. The tests themselves are the scripts in
//! `tests/browser`; each has its servers and its browser here. What failed tests saw is kept in `target/browser`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use karamail_tests::stage::Stage;

/// Longest one script may take, on a machine with much else to do.
const BOUND: Duration = Duration::from_secs(400);

/// Makes a test of each script, and the list of them.
macro_rules! scripts {
    ($($test:ident = $script:literal;)+) => {
        const SCRIPTS: &[&str] = &[$($script),+];
        $(
            #[test]
            fn $test() {
                Stage::open().play($script, &[], BOUND);
            }
        )+
    };
}

scripts! {
    nobody_but_the_one_with_the_link_comes_in = "guard.test.mjs";
    every_screen_fits_and_reads_well = "every-screen.test.mjs";
    numbers_are_found_sent_again_handed_out_and_erased = "results.test.mjs";
    the_status_is_honest_and_its_buttons_work = "status.test.mjs";
    tests_and_the_demo_lead_to_a_receipt = "trials.test.mjs";
    from_nothing_to_a_receipt = "first.test.mjs";
    settings_are_applied_and_nothing_is_lost = "settings.test.mjs";
    the_counter_kit_prints_on_one_page_and_its_code_leads_to_us = "kit.test.mjs";
    pictures_of_every_screen_can_be_made = "pictures.test.mjs";
    the_log_follows_and_is_searched = "log.test.mjs";
}

#[test]
fn every_script_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let scripts: BTreeSet<String> = names.filter(|name| name.ends_with(".test.mjs")).collect();
    let run: BTreeSet<String> = SCRIPTS.iter().map(|script| (*script).to_owned()).collect();
    assert_eq!(scripts, run);
}
