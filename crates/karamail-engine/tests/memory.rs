//! What was freed goes back to the system (docs/decisions/0140). It is said to glibc's allocator alone: other systems have others.
//!
//! Without the usual harness: a small block that another thread takes at the wrong moment keeps all that is free below it.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

// Linked, and with it what is told to the allocator; nothing of it is called.
use karamail_engine as _;

fn main() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        glibc::after_a_rush_the_program_holds_what_it_held_before();
        glibc::threads_share_one_heap();
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::fs;
    use std::hint::black_box;
    use std::sync::{Arc, Barrier};
    use std::thread;

    const MEBIBYTE: usize = 1 << 20;

    pub(crate) fn after_a_rush_the_program_holds_what_it_held_before() {
        // One larger block that comes and goes: by itself, glibc then keeps twice its size.
        drop(black_box(vec![1_u8; 24 * MEBIBYTE]));
        let before = status("VmRSS");
        drop(black_box(blocks(40 * MEBIBYTE)));
        let after = status("VmRSS");
        assert!(status("VmHWM") > before + 36 * MEBIBYTE, "the rush was none");
        assert!(
            after < before + 4 * MEBIBYTE,
            "{before} bytes before a rush, {after} after it"
        );
        println!("after_a_rush_the_program_holds_what_it_held_before ... ok");
    }

    pub(crate) fn threads_share_one_heap() {
        let threads = 8;
        let before = status("VmSize");
        let all_have_theirs = Arc::new(Barrier::new(threads + 1));
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let all_have_theirs = Arc::clone(&all_have_theirs);
                let work = move || {
                    let mine = black_box(blocks(MEBIBYTE / 4));
                    all_have_theirs.wait();
                    drop(mine);
                };
                let small = thread::Builder::new().stack_size(256 * 1024);
                small.spawn(work).expect("a thread")
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
        println!("threads_share_one_heap ... ok");
    }

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
}
