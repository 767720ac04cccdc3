//! Named points at which a test may kill the program. Without the feature `crash-points` this is nothing at all.

/// Stalls for ever at the `n`th passing of the point named by `KARAMAIL_STALL_AT=<point>[:n]`, having said so on
/// standard error, so that a test can send SIGKILL at exactly this point.
#[cfg(all(feature = "crash-points", not(test)))]
pub(crate) fn crash_point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("KARAMAIL_STALL_AT").ok()?;
        match text.split_once(':') {
            Some((point, nth)) => Some((point.to_owned(), nth.parse().unwrap_or(1))),
            None => Some((text, 1)),
        }
    });
    if let Some((point, nth)) = wanted
        && point == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        eprintln!("stalled at {name}");
        loop {
            std::thread::park();
        }
    }
}

/// Nothing in a release.
#[cfg(not(any(feature = "crash-points", test)))]
#[inline(always)]
pub(crate) fn crash_point(_name: &str) {}

/// In the simulation one of many moments to die at.
#[cfg(test)]
pub(crate) fn crash_point(name: &str) {
    crate::simulation::seams::pass(name);
}
