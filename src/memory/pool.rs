//! Freed blocks that are kept for reuse: small ones by the thread that freed them, large ones by the process.
//!
//! Apart from the buffers because they need not know where their blocks go: to the thread (`own`) or to all of them
//! (`common`), and all of it together is bounded by one number.
#![allow(unsafe_code, reason = "free blocks are pointers that nobody else has")]

use super::block::{CLASSES, Head, class, fresh, give_back};
use super::common::{COMMON, EMPTIED, is_on, locked, reserve, taken, unreserve};
use super::own::{self, OWN_CLASSES};
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

/// A block for so many bytes, if this thread has one at hand.
#[cfg_attr(optimised, inline(always))]
pub(super) fn own_block(bytes: usize) -> Option<NonNull<Head>> {
    own::take(bytes).map(used)
}

/// A block for so many bytes, at most `isize::MAX`; `None` where the system has no room.
pub(super) fn block(bytes: usize) -> Option<NonNull<Head>> {
    let (class, size) = class(bytes);
    if class < OWN_CLASSES {
        own::settle();
        if let Some(head) = own::take(bytes) {
            return Some(used(head));
        }
    }
    taken(class, size).map(used).or_else(|| new(bytes))
}

/// A block that the pool has handed out.
#[inline]
fn used(mut head: NonNull<Head>) -> NonNull<Head> {
    // SAFETY: the pool held the only pointer to it.
    *unsafe { head.as_mut() }.references.get_mut() = 1;
    head
}

/// A block from the system, which is given what is kept where it has no room.
#[inline(never)]
fn new(bytes: usize) -> Option<NonNull<Head>> {
    if !is_on() {
        return fresh(bytes, CLASSES);
    }
    let (class, size) = class(bytes);
    fresh(size, class).or_else(|| {
        empty_cache();
        fresh(size, class)
    })
}

/// Keeps a block for this thread, if there is room and no need to make some; whether it was kept.
///
/// # Safety
/// Nothing else points to the block.
#[cfg_attr(optimised, inline(always))]
pub(super) unsafe fn keep_own(head: NonNull<Head>) -> bool {
    // SAFETY: the caller's contract; what is of such a class came from `block`.
    unsafe {
        let (class, bytes) = (head.as_ref().class, head.as_ref().bytes);
        class < OWN_CLASSES && own::put(head, class, bytes)
    }
}

/// Keeps a block for reuse, if there is room.
///
/// # Safety
/// The block is one of [`block`], and nothing else points to it.
pub(super) unsafe fn keep(head: NonNull<Head>, class: usize, bytes: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        if class < OWN_CLASSES && own::make_room(bytes) && own::put(head, class, bytes) {
            return;
        }
        share(head, class, bytes);
    }
}

/// Keeps a block that no thread has for itself, if there is room.
///
/// # Safety
/// As for [`keep`].
#[inline(never)]
unsafe fn share(head: NonNull<Head>, class: usize, bytes: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        if class >= OWN_CLASSES && reserve(bytes) {
            locked(&COMMON).put(head, class, bytes);
        } else {
            give_back(head);
        }
    }
}

/// Frees the memory that is kept for reuse; live tensors are untouched.
///
/// What other threads keep for themselves, a few MiB each, goes when they next make a tensor or end.
pub fn empty_cache() {
    EMPTIED.fetch_add(1, Relaxed);
    let mut common = locked(&COMMON);
    let bytes = std::mem::take(&mut common.bytes);
    common.shelf.clear();
    drop(common);
    unreserve(bytes);
    own::clear();
}

/// Bytes that the process keeps for reuse. At most 2 GiB, or what the environment variable `CONGRUENT_POOL` says: a
/// number of bytes, or `off` for none.
pub fn cached_bytes() -> usize {
    own::kept() + locked(&COMMON).bytes
}
