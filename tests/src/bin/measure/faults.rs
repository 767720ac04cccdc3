//! A way to a server that misbehaves: connections break after some bytes, stall, or are refused. From a seed.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// A relay in front of a server on this machine. It ends when dropped.
pub(crate) struct Relay {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    target: u16,
    is_calm: AtomicBool,
    is_over: AtomicBool,
    connections: AtomicU64,
    broken: AtomicU64,
}

/// What becomes of one connection.
#[derive(Clone, Copy)]
enum Fate {
    Passes,
    ClosedAtOnce,
    /// Breaks once that many bytes have passed, both ways together.
    BreaksAfter(u64),
    /// Says nothing for a while once that many bytes have passed.
    StallsAfter(u64),
}

/// How long a connection stalls: shorter than any time limit, long enough to be in the way.
const STALL: Duration = Duration::from_secs(3);

impl Relay {
    /// Starts a relay to that port; half of all connections have a fault.
    pub(crate) fn start(target: u16, seed: u64) -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|error| panic!("{error}"));
        let port = listener.local_addr().map_or(0, |address| address.port());
        let shared = Arc::new(Shared {
            target,
            is_calm: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            connections: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        });
        let here = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if here.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let number = here.connections.fetch_add(1, Ordering::Relaxed);
                let fate = if here.is_calm.load(Ordering::Relaxed) {
                    Fate::Passes
                } else {
                    fate(seed, number)
                };
                here.broken
                    .fetch_add(u64::from(!matches!(fate, Fate::Passes)), Ordering::Relaxed);
                let target = here.target;
                // A connection that cannot be made is one more fault.
                thread::spawn(move || relay(client, target, fate));
            }
        });
        Relay { port, shared }
    }

    /// Where clients connect.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on connections have no faults.
    pub(crate) fn calm(&self) {
        self.shared.is_calm.store(true, Ordering::Relaxed);
    }

    /// How many connections there were, and how many had a fault.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let Shared {
            connections, broken, ..
        } = &*self.shared;
        (
            connections.load(Ordering::Relaxed),
            broken.load(Ordering::Relaxed),
        )
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// The fate of a seed's nth connection (splitmix64).
fn fate(seed: u64, number: u64) -> Fate {
    let mut state = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^= state >> 31;
    let bytes = (state >> 8) % 4_000;
    match state % 16 {
        0 => Fate::ClosedAtOnce,
        1..=5 => Fate::BreaksAfter(bytes),
        6 | 7 => Fate::StallsAfter(bytes),
        _ => Fate::Passes,
    }
}

fn relay(client: TcpStream, target: u16, fate: Fate) -> io::Result<()> {
    if matches!(fate, Fate::ClosedAtOnce) {
        return client.shutdown(Shutdown::Both);
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let passed = Arc::new(AtomicU64::new(0));
    let (there, back) = ((client.try_clone()?, server.try_clone()?), (server, client));
    let counted = Arc::clone(&passed);
    let up = thread::spawn(move || pump(there.0, there.1, fate, &counted));
    let down = pump(back.0, back.1, fate, &passed);
    let up = up.join().unwrap_or(Ok(()));
    down.and(up)
}

fn pump(mut from: TcpStream, mut to: TcpStream, fate: Fate, passed: &AtomicU64) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).unwrap_or(0);
        let before = passed.fetch_add(read as u64, Ordering::Relaxed);
        let crosses = |limit: u64| before <= limit && before + read as u64 > limit;
        let mut bytes = buffer.get(..read).unwrap_or_default();
        let mut is_over = read == 0;
        match fate {
            Fate::BreaksAfter(limit) if before + read as u64 > limit => {
                // Half an answer is worse than none.
                bytes = bytes
                    .get(..limit.saturating_sub(before) as usize)
                    .unwrap_or_default();
                is_over = true;
            }
            Fate::StallsAfter(limit) if crosses(limit) => thread::sleep(STALL),
            _ => {}
        }
        let written = to.write_all(bytes);
        if is_over || written.is_err() {
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
            return written;
        }
    }
}
