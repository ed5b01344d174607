//! Waiting for a thread that makes batches or items, without keeping from it what it may itself wait for.
//!
//! Apart from `workers` and `ahead` because both wait: a thread of rayon's pool that sleeps takes no part in the pool,
//! and where all of them sleep, what is made ahead by way of the pool is never done.

use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use crate::device::waiting;

/// How long a thread of a pool waits before it does a task of others.
const SHORT: Duration = Duration::from_millis(1);
/// How long any other thread waits before it looks again, which it need not.
const LONG: Duration = Duration::from_secs(3600);

/// What `look` gives, which waits for so long; between two looks a thread of a pool does a task of its pool.
pub(super) fn patiently<T>(mut look: impl FnMut(Duration) -> Option<T>) -> T {
    let of_a_pool = rayon::current_thread_index().is_some();
    let mut patience = if of_a_pool { SHORT } else { LONG };
    loop {
        if let Some(found) = look(patience) {
            return found;
        }
        if of_a_pool {
            let helped = matches!(waiting(rayon::yield_now), Some(rayon::Yield::Executed));
            patience = if helped { Duration::ZERO } else { SHORT };
        }
    }
}

/// Waits for the end of a thread, whose panics are none of the caller's.
pub(super) fn joined(thread: JoinHandle<()>) {
    if rayon::current_thread_index().is_some() {
        patiently(|patience| {
            if !thread.is_finished() {
                sleep(patience);
            }
            thread.is_finished().then_some(())
        });
    }
    let _ = thread.join();
}
