//! What all threads keep together, and the count of all that is kept.
//!
//! Apart from what each thread keeps because this is locked, which costs nothing beside the pages of a large block.
#![allow(unsafe_code, reason = "free blocks are pointers that nobody else has")]

use super::block::{CLASSES, Head};
use super::shelf::Shelf;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What the process keeps at most, unless `CONGRUENT_POOL` gives another number.
const POOL_BYTES: usize = 2 << 30;

/// What all threads keep together.
pub(super) struct Common {
    pub(super) shelf: Shelf<CLASSES>,
    pub(super) bytes: usize,
}

impl Common {
    /// # Safety
    /// As for [`Shelf::put`].
    pub(super) unsafe fn put(&mut self, block: NonNull<Head>, class: usize, bytes: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.shelf.put(block, class) }
        self.bytes += bytes;
    }
}

/// Bytes that are kept or reserved for what is; never above [`bound`].
static RESERVED: AtomicUsize = AtomicUsize::new(0);
/// How often all threads were asked to let go of what they keep.
pub(super) static EMPTIED: AtomicUsize = AtomicUsize::new(0);
/// Large blocks, and what threads have too much of.
pub(super) static COMMON: Mutex<Common> = Mutex::new(Common { shelf: Shelf::new(), bytes: 0 });

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is kept at most; 0 makes every buffer an exact allocation of its own, for memory checkers.
fn bound() -> usize {
    static BOUND: OnceLock<usize> = OnceLock::new();
    *BOUND.get_or_init(|| match std::env::var("CONGRUENT_POOL").as_deref() {
        Ok("off") => 0,
        Ok(bytes) => bytes.parse().unwrap_or(POOL_BYTES),
        Err(_) => POOL_BYTES,
    })
}

/// Whether blocks are kept.
pub(super) fn is_on() -> bool {
    bound() > 0
}

/// Counts `bytes` as kept, if they fit.
pub(super) fn reserve(bytes: usize) -> bool {
    let fits = |kept: usize| kept.checked_add(bytes).filter(|&all| all <= bound());
    RESERVED.fetch_update(Relaxed, Relaxed, fits).is_ok()
}

pub(super) fn unreserve(bytes: usize) {
    RESERVED.fetch_sub(bytes, Relaxed);
}

/// A block of this class and size that all threads share.
#[inline(never)]
pub(super) fn taken(class: usize, size: usize) -> Option<NonNull<Head>> {
    let mut common = locked(&COMMON);
    let block = common.shelf.take(class)?;
    common.bytes -= size;
    drop(common);
    unreserve(size);
    Some(block)
}
