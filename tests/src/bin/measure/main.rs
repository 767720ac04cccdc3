//! What the scripts of tests/bench run: `tests/bench/run.sh` and its neighbours say how, docs/PERFORMANCE.md what for.
//!
//! 1. `peers`: Karamail beside other programs and beside the least work possible, in turns on one machine.
//! 2. `mailboxes`: a thousand mailboxes in one process. `counter`: how long a customer waits. `footprint`: what the
//!    program costs at rest, and whether it grows.
//! 3. `usage` and `child` are run by the others: a process that measures one program, and the programs of our own that
//!    are measured (the raw clients, our POP3 driver alone).
//!
//! Whatever was not done wholly (a mail left, a receipt not accepted) ends the measurement: a fast program that does
//! half the work is not fast.

#![expect(
    clippy::panic,
    reason = "a measurement that cannot be made has failed, and the panic says why"
)]

mod child;
mod counter;
mod faults;
mod footprint;
mod goals;
mod growth;
mod growth_over_time;
mod mailboxes;
mod options;
mod peers;
mod process;
mod raw;
mod rest;
mod rounds;
mod soak;
mod table;
mod usage;
mod weather;

use std::process::ExitCode;

use options::Options;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match what.as_str() {
        "usage" => usage::measure(&rest),
        "child" => child::run(&rest),
        "peers" => peers::run(&Options::read(&rest, peers::OPTIONS)),
        "mailboxes" => mailboxes::run(&Options::read(&rest, mailboxes::OPTIONS)),
        "counter" => counter::run(&Options::read(&rest, counter::OPTIONS)),
        "footprint" => footprint::run(&Options::read(&rest, footprint::OPTIONS)),
        _ => {
            eprintln!("measure peers|mailboxes|counter|footprint [--help]; tests/bench/*.sh run it");
            ExitCode::from(2)
        }
    }
}
