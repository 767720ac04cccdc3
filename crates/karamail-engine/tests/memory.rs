//! What was freed goes back to the system (docs/decisions/0140). glibc alone is told so: other systems' allocators do it by themselves.

#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::hint::black_box;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;

// Linked, and with it what is told to the allocator; nothing of it is called.
use karamail_engine as _;

const MEBIBYTE: usize = 1 << 20;
/// What one test allocates, the other would measure.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A line of `/proc/self/status` (proc(5)), in bytes.
fn status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("the kernel's account of this process");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes
        .and_then(|text| text.parse::<usize>().ok())
        .expect("a size in kB")
        * 1024
}

/// That many bytes in small blocks.
fn blocks(bytes: usize) -> Vec<Box<[u8]>> {
    const BLOCK: usize = 512;
    (0..bytes / BLOCK)
        .map(|number| vec![number as u8; BLOCK].into_boxed_slice())
        .collect()
}

#[test]
fn after_a_rush_the_program_holds_what_it_held_before() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // One larger block that comes and goes: by itself, glibc then keeps twice its size.
    drop(black_box(vec![1_u8; 24 * MEBIBYTE]));
    let before = status("VmRSS");
    let rush = black_box(blocks(40 * MEBIBYTE));
    assert!(status("VmRSS") > before + 40 * MEBIBYTE, "the rush was none");
    drop(rush);
    let after = status("VmRSS");
    assert!(
        after < before + 4 * MEBIBYTE,
        "{before} bytes before, {after} after"
    );
}

#[test]
fn threads_share_one_heap() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = 8;
    let before = status("VmSize");
    let all_have_theirs = Arc::new(Barrier::new(threads + 1));
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let all_have_theirs = Arc::clone(&all_have_theirs);
            let stack = 256 * 1024;
            let work = move || {
                let mine = black_box(blocks(MEBIBYTE / 4));
                all_have_theirs.wait();
                drop(mine);
            };
            thread::Builder::new()
                .stack_size(stack)
                .spawn(work)
                .expect("a thread")
        })
        .collect();
    all_have_theirs.wait();
    let grown = status("VmSize").saturating_sub(before);
    for worker in workers {
        worker.join().expect("a worker's end");
    }
    // A heap of one's own takes 64 MiB of addresses.
    assert!(
        grown < 64 * MEBIBYTE,
        "{grown} bytes of addresses for {threads} threads"
    );
}
