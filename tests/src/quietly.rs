//! Failures that a test provokes on purpose: they are not to be read as failures in what a run prints.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static IS_WANTED: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// Does `work`; `None` where it panicked, of which nothing is printed.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let tell = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_WANTED.get() {
                tell(panic);
            }
        }));
    });
    IS_WANTED.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_WANTED.set(false);
    done.ok()
}
